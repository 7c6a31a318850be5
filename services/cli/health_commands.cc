// `thidua health`: do the services answer, and has each heard what those below it have to tell?
#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/table.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::cli {
namespace {

using journal::v1::FollowedService;

constexpr int kLongestWait = 3600;  // seconds
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(500);

struct Answer {
  absl::Status status;
  int64_t head = 0;
  std::vector<FollowedService> follows;
};

using Answers = std::map<std::string, Answer>;  // by service

void AskFollowing(Session& session, const std::string& service, Answer& answer) {
  const auto following = session.Call<journal::v1::DescribeFollowingResponse>(
      service + ":thidua.journal.v1.JournalService.DescribeFollowing",
      journal::v1::DescribeFollowingRequest());
  answer.status.Update(following.status());
  if (following.ok()) {
    answer.follows.assign(following->followed_services().begin(),
                          following->followed_services().end());
  }
}

// A page of one event proves the whole road: TLS, identity, permission, database.
void AskHead(Session& session, const std::string& service, Answer& answer) {
  journal::v1::ListEventsRequest request;
  request.set_page_size(1);
  const auto page = session.Call<journal::v1::ListEventsResponse>(
      service + ":thidua.journal.v1.JournalService.ListEvents", request);
  answer.status.Update(page.status());
  if (page.ok()) answer.head = page->head_sequence();
}

// Who follows is asked before whom it follows, so that "all of it" is never said of an older end.
Answers AskAll(Session& session) {
  Answers answers;
  for (const auto& [service, address] : session.profile().addresses)
    AskFollowing(session, service, answers[service]);
  for (auto& [service, answer] : answers) AskHead(session, service, answer);
  return answers;
}

bool Serve(const Answers& answers) {
  return std::all_of(answers.begin(), answers.end(),
                     [](const auto& each) { return each.second.status.ok(); });
}

bool KnowsAll(const FollowedService& below, const Answers& answers) {
  const auto found = answers.find(below.service());
  return below.connected() && !below.halted() && found != answers.end() &&
         below.sequence() >= found->second.head;
}

// All serve, and nobody has yet to hear of what had happened when it was asked.
bool AllIsKnown(const Answers& answers) {
  return Serve(answers) && std::all_of(answers.begin(), answers.end(), [&](const auto& each) {
           const auto& follows = each.second.follows;
           return std::all_of(follows.begin(), follows.end(), [&](const FollowedService& below) {
             return KnowsAll(below, answers);
           });
         });
}

bool SameHeads(const Answers& before, const Answers& after) {
  return std::equal(before.begin(), before.end(), after.begin(), after.end(),
                    [](const auto& one, const auto& other) {
                      return one.first == other.first && one.second.head == other.second.head;
                    });
}

std::string Described(const Session& session, const FollowedService& below,
                      const Answers& answers) {
  const auto there = answers.find(below.service());
  std::string text =
      absl::StrCat(below.service(), " ", Grouped(below.sequence(), session.vietnamese()));
  if (there != answers.end() && there->second.status.ok())
    absl::StrAppend(&text, "/", Grouped(there->second.head, session.vietnamese()));
  if (below.halted()) {
    text.append(" ").append(session.Say("halted", "đã dừng"));
  } else if (!below.connected()) {
    text.append(" ").append(session.Say("not connected", "mất kết nối"));
  }
  return text;
}

void Print(const Session& session, const Answers& answers) {
  Table table(
      {{std::string(session.Say("service", "dịch vụ"))},
       {std::string(session.Say("state", "trạng thái"))},
       {std::string(session.Say("journal position", "vị trí nhật ký")), Table::Align::kRight},
       {std::string(session.Say("follows, up to/of", "đã theo dõi đến/trên"))}});
  for (const auto& [service, answer] : answers) {
    if (!answer.status.ok()) {
      table.Row({service, std::string(absl::StatusCodeToString(answer.status.code())), "—", ""});
      continue;
    }
    table.Row(
        {service, std::string(session.Say("serving", "đang phục vụ")),
         Grouped(answer.head, session.vietnamese()),
         absl::StrJoin(answer.follows, ", ", [&](std::string* out, const FollowedService& below) {
           absl::StrAppend(out, Described(session, below, answers));
         })});
  }
  std::cout << table.Render();
}

int Health(Session& session) {
  int wait = 0;
  if (const auto given = session.arguments().Flag("wait");
      given.has_value() && (!absl::SimpleAtoi(*given, &wait) || wait < 1 || wait > kLongestWait)) {
    return Misused(session, absl::StrCat("--wait is a number of seconds, 1 to ", kLongestWait),
                   absl::StrCat("--wait là số giây, từ 1 đến ", kLongestWait));
  }
  const absl::Time give_up = absl::Now() + absl::Seconds(wait);
  Answers answers = AskAll(session);
  bool well = wait == 0 && Serve(answers);
  while (!well && absl::Now() + kBetweenLooks < give_up) {
    absl::SleepFor(kBetweenLooks);
    Answers before = std::exchange(answers, AskAll(session));
    // Twice, since what was written a moment ago may not be sealed yet.
    well = AllIsKnown(answers) && SameHeads(before, answers);
  }
  Print(session, answers);
  return well ? kOk : kUnavailable;
}

}  // namespace

std::vector<Command> HealthCommands() {
  return {{"health",
           "",
           {"wait"},
           {},
           "asks each service for its newest event, by the whole road, and how far it has followed "
           "the others; --wait SECONDS: until all serve and know of each other's events",
           "hỏi từng dịch vụ sự kiện mới nhất và đã theo dõi các dịch vụ khác đến đâu; --wait SỐ "
           "GIÂY: chờ đến khi mọi dịch vụ hoạt động và biết hết sự kiện của nhau",
           0,
           0,
           Health}};
}

}  // namespace thidua::cli
