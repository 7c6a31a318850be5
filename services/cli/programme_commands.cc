// `thidua programme`: a cluster's year, its plan and its by-law.
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/document/digest.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/file_content.h"
#include "services/cli/programme_text.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) {
  return "thidua.registry.v1.ProgrammeService." + name;
}

// The operands CLUSTER and YEAR.
std::string NameAskedFor(const Session& session) {
  return ProgrammeName(session.arguments().words()[0], session.arguments().words()[1]);
}

int List(Session& session) {
  ListProgrammesRequest request;
  request.set_page_size(500);
  request.set_parent(Named("clusters", session.arguments().Flag("cluster").value_or("-")));
  if (const auto year = session.arguments().Flag("year"); year.has_value()) {
    int32_t number = 0;
    if (!absl::SimpleAtoi(*year, &number)) return Misused(session, "--year 2024", "--year 2024");
    request.set_year(number);
  }
  return Answered(session,
                  AllPages<ListProgrammesResponse>(session, Method("ListProgrammes"), request),
                  [&](const ListProgrammesResponse& response) {
                    Table table({{Word(session, "year", "năm")},
                                 {Word(session, "cluster", "cụm")},
                                 {Word(session, "theme", "chủ đề thi đua")},
                                 {Word(session, "certainty", "độ tin cậy")}});
                    Footnotes notes;
                    for (const Programme& programme : response.programmes()) {
                      const std::string name = programme.name();
                      table.Row({absl::StrCat(programme.year()),
                                 IdOf(name.substr(0, name.find("/programmes/"))), programme.theme(),
                                 notes.Mark(session, programme.provenance())});
                    }
                    std::cout << table.Render() << notes.Render();
                  });
}

void PrintHead(const Session& session, const Programme& programme) {
  std::cout << session.Say("Programme of ", "Chương trình năm ") << programme.year() << " ("
            << programme.name() << ")\n";
  const auto line = [&](std::string_view english, std::string_view vietnamese,
                        const std::string& value) {
    if (!value.empty()) std::cout << session.Say(english, vietnamese) << value << "\n";
  };
  line("  theme      ", "  chủ đề      ", programme.theme());
  line("  note       ", "  ghi chú     ", programme.note());
  line("  certainty  ", "  độ tin cậy  ", ProvenanceText(session, programme.provenance()));
}

std::string TextLine(const Session& session, const ProgrammeText& text) {
  std::string line = absl::StrCat(text.title(), " (", IdOf(text.name()), ")");
  if (text.has_adoption()) {
    absl::StrAppend(&line, Word(session, ", adopted on ", ", thông qua ngày "),
                    DayText(session, text.adoption().adopt_date()));
  }
  return line;
}

void PrintTexts(const Session& session, const ProgrammeOverview& overview) {
  const std::string none = Word(session, "none adopted", "chưa thông qua");
  std::cout << session.Say("  plan       ", "  kế hoạch    ")
            << (overview.has_plan() ? TextLine(session, overview.plan()) : none) << "\n"
            << session.Say("  by-law     ", "  quy chế     ")
            << (overview.has_bylaw() ? TextLine(session, overview.bylaw()) : none) << "\n";
  for (const ProgrammeText& draft : overview.drafts()) {
    std::cout << session.Say("  draft      ", "  dự thảo     ") << TextLine(session, draft) << "\n";
  }
}

void PrintActivities(const Session& session, const ProgrammeOverview& overview) {
  const SchoolTitles titles(overview);
  Table table({{Word(session, "when", "thời gian")},
               {Word(session, "kind", "loại")},
               {Word(session, "activity", "hoạt động")},
               {Word(session, "title", "tên")},
               {Word(session, "host", "đăng cai")},
               {Word(session, "chair", "chủ trì")},
               {Word(session, "state", "trạng thái")},
               {Word(session, "late", "hạn")},
               {Word(session, "certainty", "độ tin cậy")}});
  Footnotes notes;
  for (const ActivityStanding& standing : overview.activities()) {
    const Activity& activity = standing.activity();
    std::vector<std::string> chairs;
    for (const std::string& chair : activity.chairs()) chairs.push_back(titles.TitleOf(chair));
    table.Row({WhenText(activity, session.vietnamese()),
               KindText(activity.kind(), session.vietnamese()), IdOf(activity.name()),
               activity.topic().empty() ? activity.title()
                                        : absl::StrCat(activity.title(), ": ", activity.topic()),
               activity.host().empty() ? "–" : titles.TitleOf(activity.host()),
               chairs.empty() ? "–" : absl::StrJoin(chairs, ", "),
               StateText(activity.state(), session.vietnamese()),
               LateText(standing.timing(), session.vietnamese()),
               notes.Mark(session, activity.provenance())});
  }
  std::cout << "\n" << table.Render() << notes.Render();
  std::cout << "  " << session.Say("as of ", "tại ngày ") << DayText(session, overview.as_of())
            << ": " << overview.done() << session.Say(" done, ", " đã thực hiện, ")
            << overview.due() << session.Say(" due, ", " chưa đến hạn, ") << overview.late()
            << session.Say(" late, ", " quá hạn, ") << overview.cancelled()
            << session.Say(" cancelled", " đã hủy") << "\n";
}

int Show(Session& session) {
  GetProgrammeOverviewRequest request;
  request.set_name(NameAskedFor(session));
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  return Answered(session, session.Call<ProgrammeOverview>(Method("GetProgrammeOverview"), request),
                  [&](const ProgrammeOverview& overview) {
                    PrintHead(session, overview.programme());
                    PrintTexts(session, overview);
                    PrintActivities(session, overview);
                  });
}

// Writes what the flags say into `programme`; the paths of what they say.
std::vector<std::string> TakeFlags(const Arguments& arguments, Programme& programme) {
  std::vector<std::string> paths;
  if (const auto theme = arguments.Flag("theme"); theme.has_value()) {
    programme.set_theme(*theme);
    paths.push_back("theme");
  }
  if (const auto remark = arguments.Flag("remark"); remark.has_value()) {
    programme.set_note(*remark);
    paths.push_back("note");
  }
  if (TakeProvenance(arguments, programme.mutable_provenance())) paths.push_back("provenance");
  return paths;
}

int Written(Session& session, const absl::StatusOr<Programme>& programme) {
  return Answered(session, programme,
                  [&](const Programme& written) { PrintHead(session, written); });
}

int Create(Session& session) {
  CreateProgrammeRequest request;
  request.set_parent(Named("clusters", session.arguments().words()[0]));
  int32_t year = 0;
  if (!absl::SimpleAtoi(session.arguments().words()[1], &year))
    return Misused(session, "the year is a number", "năm phải là số");
  request.mutable_programme()->set_year(year);
  TakeFlags(session.arguments(), *request.mutable_programme());
  request.set_request_id(runtime::NewUuid4());
  return Written(session, session.Call<Programme>(Method("CreateProgramme"), request));
}

int Update(Session& session) {
  GetProgrammeRequest get;
  get.set_name(NameAskedFor(session));
  absl::StatusOr<Programme> programme = session.Call<Programme>(Method("GetProgramme"), get);
  if (!programme.ok()) return session.Fail(programme.status());
  UpdateProgrammeRequest request;
  for (const std::string& path : TakeFlags(session.arguments(), *programme))
    request.mutable_update_mask()->add_paths(path);
  if (request.update_mask().paths().empty())
    return Misused(session, "say what to change", "cần nêu nội dung thay đổi");
  request.set_etag(programme->etag());
  *request.mutable_programme() = *std::move(programme);
  request.set_request_id(runtime::NewUuid4());
  return Written(session, session.Call<Programme>(Method("UpdateProgramme"), request));
}

// ---- Texts.

int TextList(Session& session) {
  ListProgrammeTextsRequest request;
  request.set_parent(NameAskedFor(session));
  request.set_page_size(500);
  return Answered(
      session, AllPages<ListProgrammeTextsResponse>(session, Method("ListProgrammeTexts"), request),
      [&](const ListProgrammeTextsResponse& response) {
        Table table({{Word(session, "text", "văn bản")},
                     {Word(session, "kind", "loại")},
                     {Word(session, "version", "phiên bản"), Table::Align::kRight},
                     {Word(session, "title", "tên")},
                     {Word(session, "state", "trạng thái")},
                     {Word(session, "adopted", "thông qua")},
                     {Word(session, "by", "số trường dự"), Table::Align::kRight},
                     {Word(session, "certainty", "độ tin cậy")}});
        Footnotes notes;
        for (const ProgrammeText& text : response.programme_texts()) {
          table.Row({IdOf(text.name()), KindText(text.kind(), session.vietnamese()),
                     absl::StrCat(text.version()), text.title(),
                     StateText(text.state(), session.vietnamese()),
                     text.has_adoption() ? DayText(session, text.adoption().adopt_date()) : "–",
                     text.has_adoption() ? absl::StrCat(text.adoption().schools_size()) : "–",
                     notes.Mark(session, text.provenance())});
        }
        std::cout << table.Render() << notes.Render();
      });
}

// After a verb: where the text stands now.
int Moved(Session& session, const absl::StatusOr<ProgrammeText>& text) {
  return Answered(session, text, [&](const ProgrammeText& moved) {
    std::cout << moved.name() << "\n  " << KindText(moved.kind(), session.vietnamese()) << ", "
              << session.Say("version ", "phiên bản ") << moved.version() << ", "
              << StateText(moved.state(), session.vietnamese()) << "\n  "
              << TextLine(session, moved) << "\n";
    if (!moved.sha256().empty()) std::cout << "  SHA-256 " << moved.sha256() << "\n";
  });
}

// Writes what the flags say into `text`; the paths of what they say. --file gives the digest.
absl::StatusOr<std::vector<std::string>> TakeTextFlags(const Arguments& arguments,
                                                       ProgrammeText& text) {
  std::vector<std::string> paths;
  const auto take = [&](const char* flag, const char* path, std::string* value) {
    if (const auto given = arguments.Flag(flag); given.has_value()) {
      *value = *given;
      paths.push_back(path);
    }
  };
  take("title", "title", text.mutable_title());
  take("uri", "uri", text.mutable_uri());
  take("sha256", "sha256", text.mutable_sha256());
  if (const auto file = arguments.Flag("file"); file.has_value()) {
    const auto bytes = ReadFile(*file);
    if (!bytes.ok()) return bytes.status();
    text.set_sha256(document::Hex(document::Sha256(*bytes)));
    paths.push_back("sha256");
  }
  if (TakeProvenance(arguments, text.mutable_provenance())) paths.push_back("provenance");
  return paths;
}

int TextAdd(Session& session) {
  CreateProgrammeTextRequest request;
  request.set_parent(NameAskedFor(session));
  const auto kind = ReadTextKind(session.arguments().words()[2]);
  if (!kind.ok()) return session.Fail(kind.status());
  request.mutable_programme_text()->set_kind(*kind);
  const auto taken = TakeTextFlags(session.arguments(), *request.mutable_programme_text());
  if (!taken.ok()) return session.Fail(taken.status());
  request.set_request_id(runtime::NewUuid4());
  return Moved(session, session.Call<ProgrammeText>(Method("CreateProgrammeText"), request));
}

absl::StatusOr<ProgrammeText> GetText(Session& session) {
  GetProgrammeTextRequest request;
  request.set_name(
      absl::StrCat(NameAskedFor(session), "/texts/", IdOf(session.arguments().words()[2])));
  return session.Call<ProgrammeText>(Method("GetProgrammeText"), request);
}

int TextUpdate(Session& session) {
  absl::StatusOr<ProgrammeText> text = GetText(session);
  if (!text.ok()) return session.Fail(text.status());
  UpdateProgrammeTextRequest request;
  const auto paths = TakeTextFlags(session.arguments(), *text);
  if (!paths.ok()) return session.Fail(paths.status());
  if (paths->empty()) return Misused(session, "say what to change", "cần nêu nội dung thay đổi");
  for (const std::string& path : *paths) request.mutable_update_mask()->add_paths(path);
  request.set_etag(text->etag());
  *request.mutable_programme_text() = *std::move(text);
  request.set_request_id(runtime::NewUuid4());
  return Moved(session, session.Call<ProgrammeText>(Method("UpdateProgrammeText"), request));
}

int TextAdopt(Session& session) {
  const Arguments& arguments = session.arguments();
  const absl::StatusOr<ProgrammeText> text = GetText(session);
  if (!text.ok()) return session.Fail(text.status());
  AdoptProgrammeTextRequest request;
  request.set_name(text->name());
  request.set_etag(text->etag());
  Adoption& adoption = *request.mutable_adoption();
  auto day = arguments.Day("day");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *adoption.mutable_adopt_date() = runtime::DayToProto(**day);
  adoption.set_meeting(arguments.Flag("meeting").value_or(""));
  if (const auto activity = arguments.Flag("activity"); activity.has_value())
    adoption.set_activity(absl::StrCat(NameAskedFor(session), "/activities/", IdOf(*activity)));
  for (const std::string& school : arguments.Flags("school"))
    adoption.add_schools(Named("schools", school));
  TakeProvenance(arguments, adoption.mutable_provenance());
  request.set_validate_only(arguments.Switch("validate-only"));
  request.set_request_id(runtime::NewUuid4());
  return Moved(session, session.Call<ProgrammeText>(Method("AdoptProgrammeText"), request));
}

}  // namespace

std::vector<Command> ProgrammeCommands() {
  const std::set<std::string> fields = {"theme", "remark", "source", "note", "document"};
  const std::set<std::string> text_fields = {"title",  "uri",  "sha256",  "file",
                                             "source", "note", "document"};
  return {
      {"programme list",
       "",
       {"cluster", "year"},
       {},
       "the programmes of a cluster, of a year, or all",
       "chương trình của một cụm, một năm, hoặc tất cả",
       0,
       0,
       List},
      {"programme show",
       "CLUSTER YEAR",
       {"as-of"},
       {},
       "a cluster's year on a day: texts in force, activities, what is late",
       "một năm của cụm tại một ngày: kế hoạch, quy chế, các hoạt động, việc quá hạn",
       2,
       2,
       Show},
      {"programme create",
       "CLUSTER YEAR",
       fields,
       {"provisional"},
       "open the programme of a year",
       "mở chương trình của một năm",
       2,
       2,
       Create},
      {"programme update",
       "CLUSTER YEAR",
       fields,
       {"provisional"},
       "change the theme, the remark or where they are known from",
       "sửa chủ đề, ghi chú hoặc nguồn",
       2,
       2,
       Update},
      {"programme text list",
       "CLUSTER YEAR",
       {},
       {},
       "every version of the plan and the by-law",
       "các phiên bản kế hoạch và quy chế",
       2,
       2,
       TextList},
      {"programme text add",
       "CLUSTER YEAR plan|bylaw",
       text_fields,
       {"provisional"},
       "record the next version as a draft; --file takes the digest of a file",
       "ghi phiên bản tiếp theo (dự thảo); --file lấy mã băm của tệp",
       3,
       3,
       TextAdd},
      {"programme text update",
       "CLUSTER YEAR TEXT",
       text_fields,
       {"provisional"},
       "change a draft",
       "sửa một dự thảo",
       3,
       3,
       TextUpdate},
      {"programme text adopt",
       "CLUSTER YEAR TEXT",
       {"day", "activity", "meeting", "school", "source", "note", "document"},
       {"provisional", "validate-only"},
       "record that the members adopted a draft; --school may be repeated; --validate-only stores "
       "nothing",
       "ghi việc thông qua một dự thảo; --school có thể lặp lại; --validate-only không lưu gì",
       3,
       3,
       TextAdopt},
  };
}

}  // namespace thidua::cli
