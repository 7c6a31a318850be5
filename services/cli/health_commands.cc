// `thidua health`: do the services answer?
#include <iostream>

#include "services/cli/command.h"
#include "services/cli/table.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::cli {
namespace {

// A page of one event proves the whole road: TLS, identity, permission, database.
absl::StatusOr<int64_t> HeadOf(Session& session, const std::string& service) {
  journal::v1::ListEventsRequest request;
  request.set_page_size(1);
  auto page = session.Call<journal::v1::ListEventsResponse>(
      service + ":thidua.journal.v1.JournalService.ListEvents", request);
  if (!page.ok()) return page.status();
  return page->head_sequence();
}

int Health(Session& session) {
  Table table(
      {{std::string(session.Say("service", "dịch vụ"))},
       {std::string(session.Say("state", "trạng thái"))},
       {std::string(session.Say("journal position", "vị trí nhật ký")), Table::Align::kRight}});
  int exit = kOk;
  for (const auto& [service, address] : session.profile().addresses) {
    auto head = HeadOf(session, service);
    if (head.ok()) {
      table.Row({service, std::string(session.Say("serving", "đang phục vụ")),
                 Grouped(*head, session.vietnamese())});
    } else {
      table.Row({service, std::string(absl::StatusCodeToString(head.status().code())), "—"});
      exit = kUnavailable;
    }
  }
  std::cout << table.Render();
  return exit;
}

}  // namespace

std::vector<Command> HealthCommands() {
  return {{"health",
           "",
           {},
           {},
           "asks each service for its newest event, by the whole road",
           "hỏi từng dịch vụ sự kiện mới nhất",
           0,
           0,
           Health}};
}

}  // namespace thidua::cli
