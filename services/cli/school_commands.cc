// `thidua school`: what a school is called, what it became and what it came from.
#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/dates.h"
#include "common/text/collation.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/identifier_text.h"
#include "services/cli/registry_text.h"
#include "services/cli/resource_file.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/identifier_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

// The codes that the school was ever given, as they stand on the day that was asked about.
int ShowIdentifiers(Session& session, const GetSchoolRequest& of) {
  ListSchoolIdentifiersRequest request;
  request.set_school(of.name());
  if (of.has_as_of()) *request.mutable_as_of() = of.as_of();
  request.set_show_all(true);
  const auto identifiers = AllPages<ListSchoolIdentifiersResponse>(
      session, "thidua.registry.v1.IdentifierService.ListSchoolIdentifiers", request);
  if (!identifiers.ok()) return session.Fail(identifiers.status());
  Table table = IdentifierTable(session);
  Footnotes notes;
  for (const SchoolIdentifier& identifier : identifiers->school_identifiers())
    AddIdentifier(session, identifier, table, notes);
  if (!table.empty()) std::cout << "\n" << table.Render() << notes.Render();
  return kOk;
}

int Show(Session& session) {
  GetSchoolRequest request;
  request.set_name("schools/" + session.arguments().words().front());
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  auto school = session.Call<School>("thidua.registry.v1.SchoolService.GetSchool", request);
  if (!school.ok()) return session.Fail(school.status());
  if (session.json()) {
    session.PrintJson(*school);
    return kOk;
  }
  std::cout << school->display_name() << " (" << IdOf(school->name()) << ")\n"
            << session.Say("  province   ", "  tỉnh, thành  ") << school->province() << "\n"
            << session.Say("  exists     ", "  hiệu lực     ") << PeriodText(session, *school)
            << "\n";
  if (const std::string certainty = ProvenanceText(session, school->provenance());
      !certainty.empty()) {
    std::cout << session.Say("  certainty  ", "  độ tin cậy   ") << certainty << "\n";
  }
  Table names({{std::string(session.Say("official name", "tên chính thức"))},
               {std::string(session.Say("in use", "thời gian dùng"))},
               {std::string(session.Say("also called", "tên khác"))}});
  for (const SchoolName& name : school->names()) {
    names.Row(
        {name.official_name(), PeriodText(session, name), absl::StrJoin(name.aliases(), "; ")});
  }
  if (!names.empty()) std::cout << "\n" << names.Render();
  Table campuses({{std::string(session.Say("campus", "cơ sở"))},
                  {std::string(session.Say("address", "địa chỉ"))},
                  {std::string(session.Say("in use", "thời gian dùng"))},
                  {std::string(session.Say("certainty", "độ tin cậy"))}});
  Footnotes notes;
  for (const Campus& campus : school->campuses()) {
    const std::string_view main =
        campus.is_main() ? session.Say(" (main)", " (trụ sở chính)") : std::string_view();
    campuses.Row({absl::StrCat(campus.name(), std::string(main)), campus.address(),
                  PeriodText(session, campus),
                  campus.has_provenance() ? notes.Mark(session, campus.provenance()) : ""});
  }
  if (!campuses.empty()) std::cout << "\n" << campuses.Render() << notes.Render();
  return ShowIdentifiers(session, request);
}

int List(Session& session) {
  ListSchoolsRequest request;
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  request.set_show_all(session.arguments().Switch("all"));
  request.set_query(session.arguments().Flag("query").value_or(""));
  Table table({{std::string(session.Say("school", "trường"))},
               {std::string(session.Say("name", "tên"))},
               {std::string(session.Say("province", "tỉnh, thành"))},
               {std::string(session.Say("exists", "hiệu lực"))},
               {std::string(session.Say("certainty", "độ tin cậy"))}});
  Footnotes notes;
  do {
    auto page =
        session.Call<ListSchoolsResponse>("thidua.registry.v1.SchoolService.ListSchools", request);
    if (!page.ok()) return session.Fail(page.status());
    if (session.json()) session.PrintJson(*page);
    for (const School& school : page->schools()) {
      table.Row({IdOf(school.name()), school.display_name(), school.province(),
                 PeriodText(session, school), notes.Mark(session, school.provenance())});
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  if (!session.json()) std::cout << table.Render() << notes.Render();
  return kOk;
}

std::string DirectionText(const Session& session, LineageDirection direction) {
  switch (direction) {
    case LINEAGE_DIRECTION_SUCCESSORS:
      return std::string(session.Say("became", "trở thành"));
    case LINEAGE_DIRECTION_PREDECESSORS:
      return std::string(session.Say("came from", "hình thành từ"));
    default:
      return std::string(session.Say("is itself", "vẫn là"));
  }
}

int Lineage(Session& session) {
  ResolveLineageRequest request;
  request.set_name("schools/" + session.arguments().words().front());
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_map_date() = runtime::DayToProto(**day);
  auto resolved = session.Call<ResolveLineageResponse>(
      "thidua.registry.v1.SchoolService.ResolveLineage", request);
  if (!resolved.ok()) return session.Fail(resolved.status());
  if (session.json()) {
    session.PrintJson(*resolved);
    return kOk;
  }
  std::cout << IdOf(resolved->name()) << " — " << session.Say("on the map of ", "trên bản đồ ngày ")
            << DayText(session, resolved->map_date()) << " — "
            << DirectionText(session, resolved->direction()) << ":\n";
  Table schools({{std::string(session.Say("school", "trường"))},
                 {std::string(session.Say("name", "tên"))},
                 {std::string(session.Say("certainty", "độ tin cậy"))}});
  Footnotes notes;
  for (const ResolvedSchool& school : resolved->schools()) {
    schools.Row(
        {IdOf(school.school()), school.display_name(), notes.Mark(session, school.provenance())});
  }
  std::cout << schools.Render();
  Table events({{std::string(session.Say("date", "ngày"))},
                {std::string(session.Say("event", "sự kiện"))},
                {std::string(session.Say("from", "từ"))},
                {std::string(session.Say("to", "thành"))},
                {std::string(session.Say("certainty", "độ tin cậy"))}});
  const auto ids = [](const auto& names) {
    return absl::StrJoin(
        names, ", ", [](std::string* out, const std::string& name) { out->append(IdOf(name)); });
  };
  for (const LineageEvent& event : resolved->events()) {
    events.Row(
        {DayText(session, event.effective_date()),
         LineageEventType_Name(event.type()).substr(std::string_view("LINEAGE_EVENT_TYPE_").size()),
         ids(event.predecessors()), ids(event.successors()),
         notes.Mark(session, event.provenance())});
  }
  if (!events.empty()) std::cout << "\n" << events.Render();
  std::cout << notes.Render();
  for (const std::string& school : resolved->unresolved()) {
    std::cout << session.Say("  no document says what became of ", "  chưa có văn bản về ")
              << IdOf(school) << "\n";
  }
  return kOk;
}

// By province in Vietnamese order; schools without one last.
std::vector<const MapSchool*> ByProvince(const SchoolMap& map) {
  std::vector<std::pair<std::string, const MapSchool*>> keyed;
  for (const MapSchool& school : map.schools()) {
    const bool central = school.province().empty();
    keyed.emplace_back(absl::StrCat(central ? "1" : "0", text::SortKey(school.province())),
                       &school);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const MapSchool*> schools;
  for (const auto& [key, school] : keyed) schools.push_back(school);
  return schools;
}

std::string KindText(const Session& session, SchoolKind kind) {
  return std::string(kind == SCHOOL_KIND_PROVINCIAL
                         ? session.Say("provincial schools", "trường của tỉnh, thành phố")
                         : session.Say("central cadre schools", "trường cán bộ Trung ương"));
}

std::string ConfidenceText(const Session& session, Confidence confidence) {
  return std::string(confidence == CONFIDENCE_PROVISIONAL ? session.Say("provisional", "tạm thời")
                                                          : std::string_view());
}

void PrintUndecided(const Session& session, const SchoolMap& map) {
  if (map.undecided_size() == 0) return;
  Table table({{std::string(session.Say("presumed school", "trường được cho là"))},
               {std::string(session.Say("province", "tỉnh, thành"))},
               {std::string(session.Say("from", "từ"))},
               {std::string(session.Say("presumed since", "được cho là từ"))},
               {std::string(session.Say("certainty", "độ tin cậy"))}});
  Footnotes notes;
  const auto ids = [](const auto& schools) {
    return absl::StrJoin(schools, ", ", [](std::string* out, const MapSchool& school) {
      out->append(IdOf(school.school()));
    });
  };
  for (const UndecidedEvent& event : map.undecided()) {
    table.Row({ids(event.presumed_successors()),
               absl::StrJoin(event.presumed_successors(), ", ",
                             [](std::string* out, const MapSchool& school) {
                               out->append(school.province());
                             }),
               ids(event.predecessors()), DayText(session, event.effective_date()),
               notes.Mark(session, event.provenance())});
  }
  std::cout << "\n"
            << session.Say("Undecided: no document says that these schools merged",
                           "Chưa rõ: chưa có văn bản về việc hợp nhất các trường này")
            << " (" << map.undecided_size() << ")\n"
            << table.Render() << notes.Render();
}

int Map(Session& session) {
  GetSchoolMapRequest request;
  auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  auto map = session.Call<SchoolMap>("thidua.registry.v1.SchoolService.GetSchoolMap", request);
  if (!map.ok()) return session.Fail(map.status());
  if (session.json()) {
    session.PrintJson(*map);
    return kOk;
  }
  std::cout << session.Say("as of ", "tại ngày ") << DayText(session, map->as_of()) << "\n";
  for (const MapCount& count : map->counts()) {
    std::cout << "  " << KindText(session, count.kind()) << ": " << count.documented();
    if (count.undecided_predecessors() > 0) {
      std::cout << session.Say("; undecided: ", "; chưa rõ: ") << count.undecided_predecessors()
                << " → " << count.presumed_successors();
    }
    std::cout << "\n";
  }
  Table schools({{"#", Table::Align::kRight},
                 {std::string(session.Say("province", "tỉnh, thành"))},
                 {std::string(session.Say("school", "trường"))},
                 {std::string(session.Say("name", "tên"))},
                 {std::string(session.Say("cluster", "cụm"))},
                 {std::string(session.Say("certainty", "độ tin cậy"))}});
  int number = 0;
  for (const MapSchool* school : ByProvince(*map)) {
    schools.Row({absl::StrCat(++number), school->province(), IdOf(school->school()),
                 school->display_name(), IdOf(school->cluster()),
                 ConfidenceText(session, school->confidence())});
  }
  Table clusters({{std::string(session.Say("cluster", "cụm"))},
                  {std::string(session.Say("name", "tên"))},
                  {std::string(session.Say("members", "thành viên")), Table::Align::kRight},
                  {std::string(session.Say("certainty", "độ tin cậy"))}});
  for (const MapCluster& cluster : map->clusters()) {
    clusters.Row({IdOf(cluster.cluster()), cluster.display_name(),
                  absl::StrCat(cluster.member_count()),
                  ConfidenceText(session, cluster.confidence())});
  }
  std::cout << "\n" << schools.Render();
  if (!clusters.empty()) std::cout << "\n" << clusters.Render();
  PrintUndecided(session, *map);
  return kOk;
}

int Resolve(Session& session) {
  const Arguments& arguments = session.arguments();
  ResolveSchoolNameRequest request;
  request.set_text(absl::StrJoin(arguments.words(), " "));
  auto day = arguments.Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  request.set_province_hint(arguments.Flag("province").value_or(""));
  if (const auto cluster = arguments.Flag("cluster"); cluster.has_value())
    request.set_cluster_hint("clusters/" + *cluster);
  auto resolved = session.Call<ResolveSchoolNameResponse>(
      "thidua.registry.v1.SchoolService.ResolveSchoolName", request);
  if (!resolved.ok()) return session.Fail(resolved.status());
  if (session.json()) {
    session.PrintJson(*resolved);
    return ExitOf(resolved->outcome());
  }
  if (resolved->outcome() == NAME_OUTCOME_NONE) {
    std::cerr << "✗ " << session.Say("no school is called so", "không có trường nào tên như vậy")
              << "\n";
    return kNotFound;
  }
  Table table({{std::string(session.Say("school", "trường"))},
               {std::string(session.Say("name of the day", "tên tại ngày đó"))},
               {std::string(session.Say("matches", "khớp với"))},
               {std::string(session.Say("in use", "thời gian dùng"))},
               {std::string(session.Say("score", "điểm")), Table::Align::kRight},
               {std::string(session.Say("reasons", "lý do"))}});
  for (const SchoolCandidate& candidate : resolved->candidates()) {
    table.Row({IdOf(candidate.school()), candidate.display_name(), candidate.matched_name(),
               PeriodText(session, candidate), absl::StrCat(candidate.score()),
               ReasonsText(session, candidate.reasons(), candidate.distance())});
  }
  std::cout << session.Say("as of ", "tại ngày ") << DayText(session, resolved->as_of()) << "\n"
            << table.Render();
  for (const SchoolCandidate& candidate : resolved->candidates()) {
    for (const std::string& school : candidate.schools_on_day()) {
      std::cout << "  " << IdOf(candidate.school()) << " → " << IdOf(school) << "\n";
    }
  }
  const int more = resolved->candidate_count() - resolved->candidates_size();
  if (more > 0) std::cout << "  … +" << more << "\n";
  return ExitOf(resolved->outcome());
}

// Where a school stands on one day.
int ClustersOn(Session& session, const std::string& school, absl::CivilDay day) {
  GetSchoolSnapshotRequest request;
  request.set_name("schools/" + school);
  *request.mutable_as_of() = runtime::DayToProto(day);
  const auto snapshot =
      session.Call<SchoolSnapshot>("thidua.registry.v1.ClusterService.GetSchoolSnapshot", request);
  return Answered(session, snapshot, [&](const SchoolSnapshot& shown) {
    std::cout << shown.display_name() << " (" << IdOf(shown.school()) << ")\n"
              << session.Say("as of ", "tại ngày ") << DayText(session, shown.as_of()) << ": "
              << DirectionText(session, shown.direction()) << "\n\n";
    Table table({{Word(session, "school", "trường")},
                 {Word(session, "cluster", "cụm")},
                 {Word(session, "name", "tên cụm")},
                 {Word(session, "role", "vai trò")},
                 {Word(session, "certainty", "độ tin cậy")}});
    Footnotes notes;
    for (const SchoolStanding& standing : shown.standings()) {
      std::string cluster = standing.cluster_display_name();
      if (standing.cluster_absence() == CLUSTER_ABSENCE_SUCCESSION_UNDECIDED)
        cluster = Word(session, "undecided since the merger", "chưa quyết định sau sáp nhập");
      if (standing.cluster_absence() == CLUSTER_ABSENCE_NONE_RECORDED)
        cluster = Word(session, "no membership is recorded", "chưa ghi nhận thuộc cụm nào");
      table.Row({IdOf(standing.school()), IdOf(standing.cluster()), cluster,
                 absl::StrJoin(standing.posts(), "; ",
                               [&](std::string* out, const ClusterLeader& post) {
                                 out->append(RoleText(session, post.role()));
                               }),
                 notes.Mark(session, standing.has_membership() ? standing.membership().provenance()
                                                               : standing.provenance())});
    }
    std::cout << table.Render() << notes.Render();
    for (const std::string& unresolved : shown.unresolved()) {
      std::cout << session.Say("  no document says what became of ", "  chưa có văn bản về ")
                << IdOf(unresolved) << "\n";
    }
  });
}

// The school and everything that it came from or became, however far, each once.
absl::StatusOr<std::vector<std::string>> Family(Session& session, const std::string& school) {
  std::vector<std::string> family = {school};
  for (size_t next = 0; next < family.size(); ++next) {
    ListLineageEventsRequest request;
    request.set_school(family[next]);
    const auto events = AllPages<ListLineageEventsResponse>(
        session, "thidua.registry.v1.SchoolService.ListLineageEvents", request);
    if (!events.ok()) return events.status();
    for (const LineageEvent& event : events->lineage_events()) {
      // Those who shared a successor with it are no family.
      const bool from =
          std::count(event.predecessors().begin(), event.predecessors().end(), family[next]) > 0;
      const auto& others = from ? event.successors() : event.predecessors();
      for (const std::string& other : others) {
        if (std::find(family.begin(), family.end(), other) == family.end()) family.push_back(other);
      }
    }
  }
  return family;
}

// Every membership of the school and its family.
int Clusters(Session& session) {
  const std::string& id = session.arguments().words().front();
  const auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) return ClustersOn(session, id, **day);
  const auto family = Family(session, "schools/" + id);
  if (!family.ok()) return session.Fail(family.status());
  ListMembershipsResponse all;
  for (const std::string& school : *family) {
    ListMembershipsRequest request;
    request.set_parent("clusters/-");
    request.set_school(school);
    const auto memberships = AllPages<ListMembershipsResponse>(
        session, "thidua.registry.v1.ClusterService.ListMemberships", request);
    if (!memberships.ok()) return session.Fail(memberships.status());
    all.MergeFrom(*memberships);
  }
  return Answered(session, absl::StatusOr<ListMembershipsResponse>(all),
                  [&](const ListMembershipsResponse& response) {
                    Table table({{Word(session, "school", "trường")},
                                 {Word(session, "cluster", "cụm")},
                                 {Word(session, "period", "thời gian")},
                                 {Word(session, "certainty", "độ tin cậy")}});
                    Footnotes notes;
                    for (const Membership& membership : response.memberships()) {
                      table.Row({IdOf(membership.school()), IdOf(ParentOf(membership.name())),
                                 PeriodText(session, membership),
                                 notes.Mark(session, membership.provenance())});
                    }
                    std::cout << table.Render() << notes.Render();
                  });
}

int Written(Session& session, const absl::StatusOr<School>& school) {
  return Answered(session, school, [&](const School& shown) {
    std::cout << shown.display_name() << " (" << IdOf(shown.name()) << "), "
              << PeriodText(session, shown) << "\n";
  });
}

int Create(Session& session) {
  return Written(session, CreateFromFile(session, "thidua.registry.v1.SchoolService.CreateSchool",
                                         &CreateSchoolRequest::mutable_school,
                                         &CreateSchoolRequest::set_school_id<const std::string&>));
}

int Update(Session& session) {
  GetSchoolRequest get;
  get.set_name("schools/" + session.arguments().words().front());
  return Written(session, UpdateFromFile(session, "thidua.registry.v1.SchoolService.GetSchool",
                                         "thidua.registry.v1.SchoolService.UpdateSchool", get,
                                         &UpdateSchoolRequest::mutable_school));
}

}  // namespace

std::vector<Command> SchoolCommands() {
  return {
      {"school create",
       "SCHOOL FILE.json",
       {},
       {},
       "record a school from a JSON file, in the form of show --format json",
       "ghi nhận một trường từ tệp JSON, theo dạng của show --format json",
       2,
       2,
       Create},
      {"school update",
       "SCHOOL FILE.json",
       {},
       {},
       "put the file in place of what is stored; its etag must be the current one",
       "thay nội dung đang lưu bằng tệp; etag trong tệp phải là etag hiện tại",
       2,
       2,
       Update},
      {"school show",
       "SCHOOL",
       {"as-of"},
       {},
       "one school with its names and campuses",
       "một trường, các tên gọi và cơ sở",
       1,
       1,
       Show},
      {"school list",
       "",
       {"as-of", "query"},
       {"all"},
       "the schools of a day, or all; --query finds by name without diacritics",
       "các trường tại một ngày; --query tìm theo tên không dấu",
       0,
       0,
       List},
      {"school lineage",
       "SCHOOL",
       {"as-of"},
       {},
       "what a school is on the map of another day",
       "trường này là trường nào trên bản đồ ngày khác",
       1,
       1,
       Lineage},
      {"school map",
       "",
       {"as-of"},
       {},
       "every school and cluster of a day, and what no document decides",
       "mọi trường và cụm tại một ngày, và những gì chưa có văn bản",
       0,
       0,
       Map},
      {"school resolve",
       "TEXT…",
       {"as-of", "province", "cluster"},
       {},
       "the school that a written name means on a day; --province and --cluster say where it was "
       "written",
       "tên viết như vậy là trường nào tại một ngày; --province và --cluster cho biết nơi viết",
       1,
       kMostWordsOfName,
       Resolve},
      {"school clusters",
       "SCHOOL",
       {"as-of"},
       {},
       "every cluster of a school and of what it came from or became, or that of one day",
       "các cụm của trường và của các trường tiền thân, kế thừa; --as-of: cụm tại một ngày",
       1,
       1,
       Clusters},
  };
}

}  // namespace thidua::cli
