// What commands do with answers: follow pages, print as JSON or for people, say what went wrong.
#ifndef THIDUA_SERVICES_CLI_ANSWERS_H_
#define THIDUA_SERVICES_CLI_ANSWERS_H_

#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/runtime/dates.h"
#include "services/cli/session.h"

namespace thidua::cli {

// The text in the language of the session, as a string that can be put together with others.
inline std::string Word(const Session& session, std::string_view english,
                        std::string_view vietnamese) {
  return std::string(session.Say(english, vietnamese));
}

// Every page of a list as one response, without a page token.
template <class Response, class Request>
absl::StatusOr<Response> AllPages(Session& session, std::string_view method, Request request,
                                  const std::string& identity = "") {
  Response all;
  do {
    absl::StatusOr<Response> page = session.Call<Response>(method, request, identity);
    if (!page.ok()) return page;
    request.set_page_token(page->next_page_token());
    all.MergeFrom(*page);
  } while (!request.page_token().empty());
  all.clear_next_page_token();
  return all;
}

// Puts the day of a flag into a message's date field; nothing when the flag was not given.
template <class Message>
absl::Status ReadDay(const Session& session, const std::string& flag, Message& message,
                     google::type::Date* (Message::*field)()) {
  const auto day = session.arguments().Day(flag);
  if (!day.ok()) return day.status();
  if (day->has_value()) *(message.*field)() = runtime::DayToProto(**day);
  return absl::OkStatus();
}

// Prints the answer: the proto's JSON when that was asked for, otherwise by `print`. Returns the
// exit status.
template <class Message, class Print>
int Answered(Session& session, const absl::StatusOr<Message>& answer, Print print) {
  if (!answer.ok()) return session.Fail(answer.status());
  if (session.json()) {
    session.PrintJson(*answer);
  } else {
    print(*answer);
  }
  return kOk;
}

// The command line cannot be understood: says why. Returns the exit status.
inline int Misused(const Session& session, std::string_view english, std::string_view vietnamese) {
  std::cerr << "✗ " << session.Say(english, vietnamese) << "\n";
  return kUsage;
}

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_ANSWERS_H_
