// The context of one call as the pipeline would make it, for tests that ask a handler directly.
#ifndef THIDUA_TESTS_SUPPORT_HANDLER_CALL_H_
#define THIDUA_TESTS_SUPPORT_HANDLER_CALL_H_

#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "common/document/digest.h"
#include "common/rpc/call_context.h"
#include "common/rpc/mutation.h"
#include "common/runtime/ids.h"
#include "google/protobuf/message.h"

namespace thidua::rpc {

class HandlerCall {
 public:
  // An academy's call of `method` ("/package.Service/Method") with a new request id unless one is
  // given, at `now`, with 30 seconds for it.
  HandlerCall(std::string_view method, const google::protobuf::Message& request,
              absl::Time now = absl::Now(), const std::string& request_id = runtime::NewUuid4()) {
    context_.caller_ = {access::Caller::Kind::kAcademy, "ban-thi-dua",
                        "spiffe://thidua.example.vn/academy/ban-thi-dua", ""};
    context_.reach_ = access::Reach::kAll;
    context_.deadline_ = absl::Now() + absl::Seconds(30);
    context_.now_ = now;
    context_.today_ = absl::ToCivilDay(now, absl::FixedTimeZone(7 * 60 * 60));
    context_.act_ = {context_.caller_.spiffe_id, "",         "test",
                     std::string(method),        request_id, std::string(32, '0')};
    context_.request_hash_ = document::Sha256(request.SerializeAsString());
  }

  // The same call by another caller whose permission goes as far as `reach`.
  HandlerCall& By(const access::Caller& caller, access::Reach reach) {
    context_.caller_ = caller;
    context_.reach_ = reach;
    context_.act_.actor = caller.spiffe_id;
    context_.act_.acting_for = caller.acting_for;
    return *this;
  }

  CallContext& context() { return context_; }

  // What the handler answers, a mutation from inside its own transaction.
  template <class Room, class Request, class Response>
  absl::StatusOr<Response> Ask(const Writing&, Room& room,
                               absl::StatusOr<Response> (Room::*handler)(CallContext&,
                                                                         const Request&),
                               const Request& request) {
    return (room.*handler)(context_, request);
  }
  template <class Room, class Request, class Response>
  absl::StatusOr<Response> Ask(const Writing& writing, Room& room,
                               absl::StatusOr<Response> (Room::*handler)(Mutation&, const Request&),
                               const Request& request) {
    return RunMutation(context_, writing, room, handler, request);
  }

 private:
  CallContext context_;
};

}  // namespace thidua::rpc

#endif  // THIDUA_TESTS_SUPPORT_HANDLER_CALL_H_
