// `thidua journal`: who did what, and whether the record was touched.
#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/runtime/dates.h"
#include "google/protobuf/util/time_util.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::cli {
namespace {

using journal::v1::Event;

constexpr const char* kServices[] = {"registry", "reporting", "awards"};

// The services named by the first operand, all three when there is none.
std::vector<std::string> ServicesAskedFor(const Session& session) {
  if (!session.arguments().words().empty()) return {session.arguments().words().front()};
  return {std::begin(kServices), std::end(kServices)};
}

int Verify(Session& session) {
  int exit = kOk;
  Table table({{std::string(session.Say("service", "dịch vụ"))},
               {std::string(session.Say("verdict", "kết quả"))},
               {std::string(session.Say("events", "số sự kiện")), Table::Align::kRight},
               {std::string(session.Say("signed up to", "đã ký đến")), Table::Align::kRight},
               {std::string(session.Say("finding", "phát hiện"))}});
  for (const std::string& service : ServicesAskedFor(session)) {
    auto verified = session.Call<journal::v1::VerifyEventsResponse>(
        service + ":thidua.journal.v1.JournalService.VerifyEvents",
        journal::v1::VerifyEventsRequest());
    if (!verified.ok()) return session.Fail(verified.status());
    if (session.json()) session.PrintJson(*verified);
    std::string finding = verified->intact()     ? ""
                          : session.vietnamese() ? verified->finding_vi()
                                                 : verified->finding();
    if (!verified->intact()) {
      finding = absl::StrCat(verified->first_bad_sequence(), " ", verified->first_bad_event(), ": ",
                             finding);
      exit = kRefused;
    }
    table.Row({service,
               std::string(verified->intact() ? session.Say("✓ intact", "✓ nguyên vẹn")
                                              : session.Say("✗ broken", "✗ đã bị sửa")),
               Grouped(verified->events(), session.vietnamese()),
               Grouped(verified->signed_sequence(), session.vietnamese()), finding});
  }
  if (!session.json()) std::cout << table.Render();
  return exit;
}

std::string TimeOf(const Event& event) {
  const absl::Time time = absl::FromUnixMicros(
      google::protobuf::util::TimeUtil::TimestampToMicroseconds(event.record_time()));
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::FixedTimeZone(7 * 3600));
}

// "reporting-service" of "spiffe://domain/service/reporting" is longer than people need:
// "service/reporting".
std::string ActorOf(const Event& event) {
  const size_t start = event.actor().find('/', std::string_view("spiffe://").size());
  const std::string actor =
      start == std::string::npos ? event.actor() : event.actor().substr(start + 1);
  return event.acting_for().empty() ? actor : absl::StrCat(actor, " (", event.acting_for(), ")");
}

int List(Session& session) {
  const std::string& service = session.arguments().words().front();
  journal::v1::ListEventsRequest request;
  request.set_resource(session.arguments().Flag("resource").value_or(""));
  int32_t most = 50;
  if (const auto limit = session.arguments().Flag("limit");
      limit.has_value() && (!absl::SimpleAtoi(*limit, &most) || most < 1)) {
    return session.Fail(absl::InvalidArgumentError("--limit N"));
  }
  int64_t after = 0;
  if (const auto text = session.arguments().Flag("after");
      text.has_value() && !absl::SimpleAtoi(*text, &after)) {
    return session.Fail(absl::InvalidArgumentError("--after SEQUENCE"));
  }
  request.set_after_sequence(after);
  request.set_page_size(most);
  auto page = session.Call<journal::v1::ListEventsResponse>(
      service + ":thidua.journal.v1.JournalService.ListEvents", request);
  if (!page.ok()) return session.Fail(page.status());
  if (session.json()) {
    session.PrintJson(*page);
    return kOk;
  }
  Table table({{"#", Table::Align::kRight},
               {std::string(session.Say("time (Việt Nam)", "giờ Việt Nam"))},
               {std::string(session.Say("what", "việc"))},
               {std::string(session.Say("resource", "đối tượng"))},
               {"v", Table::Align::kRight},
               {std::string(session.Say("by", "người thực hiện"))},
               {std::string(session.Say("reason", "lý do"))}});
  for (const Event& event : page->events()) {
    table.Row({absl::StrCat(event.sequence()), TimeOf(event), event.change_kind(), event.resource(),
               event.version() == 0 ? "" : absl::StrCat(event.version()), ActorOf(event),
               event.reason()});
  }
  std::cout << table.Render();
  return kOk;
}

}  // namespace

std::vector<Command> JournalCommands() {
  return {
      {"journal verify",
       "[SERVICE]",
       {},
       {},
       "recomputes the chain and checks the signatures; exit 1 when something was touched",
       "tính lại chuỗi băm và kiểm chữ ký; mã thoát 1 khi nhật ký bị sửa",
       0,
       1,
       Verify},
      {"journal list",
       "SERVICE",
       {"resource", "after", "limit"},
       {},
       "who did what, oldest first",
       "ai đã làm gì, cũ nhất trước",
       1,
       1,
       List},
  };
}

}  // namespace thidua::cli
