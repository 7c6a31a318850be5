// `thidua school`: what a school is called, what it became and what it came from.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/dates.h"
#include "services/cli/command.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

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
  return kOk;
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

}  // namespace

std::vector<Command> SchoolCommands() {
  return {
      {"school show",
       "SCHOOL",
       {"as-of"},
       {},
       "one school with its names",
       "một trường và các tên gọi",
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
  };
}

}  // namespace thidua::cli
