// `thidua lineage`: mergers, splits, renamings and re-establishments of schools.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/provenance_flags.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

constexpr std::string_view kTypePrefix = "LINEAGE_EVENT_TYPE_";

std::string Method(const std::string& name) { return "thidua.registry.v1.SchoolService." + name; }

template <class Names>
std::string Ids(const Names& names) {
  return absl::StrJoin(names, ", ",
                       [](std::string* out, const std::string& name) { out->append(IdOf(name)); });
}

template <class Events>
void Print(const Session& session, const Events& events) {
  Table table({{Word(session, "event", "sự kiện")},
               {Word(session, "date", "ngày")},
               {Word(session, "kind", "loại")},
               {Word(session, "from", "từ")},
               {Word(session, "to", "thành")},
               {Word(session, "decision", "quyết định")},
               {Word(session, "certainty", "độ tin cậy")}});
  Footnotes notes;
  for (const LineageEvent& event : events) {
    table.Row({IdOf(event.name()), DayText(session, event.effective_date()),
               LineageEventType_Name(event.type()).substr(kTypePrefix.size()),
               Ids(event.predecessors()), Ids(event.successors()), event.decision().number(),
               notes.Mark(session, event.provenance())});
  }
  std::cout << table.Render() << notes.Render();
}

int Shown(Session& session, const absl::StatusOr<LineageEvent>& event) {
  return Answered(session, event, [&](const LineageEvent& shown) {
    Print(session, std::vector<LineageEvent>{shown});
  });
}

int List(Session& session) {
  ListLineageEventsRequest request;
  if (const auto school = session.arguments().Flag("school"); school.has_value())
    request.set_school("schools/" + *school);
  const absl::Status day =
      ReadDay(session, "as-of", request, &ListLineageEventsRequest::mutable_as_of);
  if (!day.ok()) return session.Fail(day);
  request.set_page_size(500);
  return Answered(
      session, AllPages<ListLineageEventsResponse>(session, Method("ListLineageEvents"), request),
      [&](const ListLineageEventsResponse& response) {
        Print(session, response.lineage_events());
      });
}

int Show(Session& session) {
  GetLineageEventRequest request;
  request.set_name("lineageEvents/" + session.arguments().words().front());
  return Shown(session, session.Call<LineageEvent>(Method("GetLineageEvent"), request));
}

int Record(Session& session) {
  const Arguments& arguments = session.arguments();
  CreateLineageEventRequest request;
  request.set_lineage_event_id(arguments.words()[0]);
  LineageEvent& event = *request.mutable_lineage_event();
  LineageEventType type = LINEAGE_EVENT_TYPE_UNSPECIFIED;
  if (!LineageEventType_Parse(
          absl::StrCat(std::string(kTypePrefix), absl::AsciiStrToUpper(arguments.words()[1])),
          &type) ||
      type == LINEAGE_EVENT_TYPE_UNSPECIFIED) {
    return Misused(session, "the kind is merge, split, rename or rebrand",
                   "loại là merge, split, rename hoặc rebrand");
  }
  event.set_type(type);
  for (const std::string& school : arguments.Flags("from"))
    event.add_predecessors("schools/" + school);
  for (const std::string& school : arguments.Flags("to")) event.add_successors("schools/" + school);
  absl::Status days = ReadDay(session, "on", event, &LineageEvent::mutable_effective_date);
  event.mutable_decision()->set_number(arguments.Flag("decision").value_or(""));
  event.mutable_decision()->set_issuer(arguments.Flag("issuer").value_or(""));
  if (days.ok()) {
    days = ReadDay(session, "decision-date", *event.mutable_decision(), &Decision::mutable_date);
  }
  if (!days.ok()) return session.Fail(days);
  if (event.decision().ByteSizeLong() == 0) event.clear_decision();
  *event.mutable_provenance() = ReadProvenance(arguments);
  request.set_validate_only(arguments.Switch("validate-only"));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<LineageEvent>(Method("CreateLineageEvent"), request));
}

}  // namespace

std::vector<Command> LineageCommands() {
  return {
      {"lineage list",
       "",
       {"school", "as-of"},
       {},
       "the recorded events by date, or those of one school",
       "các sự kiện kế thừa theo ngày, hoặc của một trường",
       0,
       0,
       List},
      {"lineage show",
       "EVENT",
       {},
       {},
       "one event: who was followed by whom, and by which decision",
       "một sự kiện: trường nào thành trường nào, theo quyết định nào",
       1,
       1,
       Show},
      {"lineage record",
       "EVENT merge|split|rename|rebrand",
       {"on", "from", "to", "decision", "decision-date", "issuer", "source", "document",
        "provenance-note"},
       {"provisional", "validate-only"},
       "record an event; --from and --to may be repeated. The schools before end on that day, with "
       "what they held: see succession list",
       "ghi nhận một sự kiện; --from, --to có thể lặp lại. Các trường cũ kết thúc vào ngày đó, "
       "những việc còn lại: xem succession list",
       2,
       2,
       Record},
  };
}

}  // namespace thidua::cli
