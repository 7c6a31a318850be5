// How a handler writes: inside one transaction through the request ledger, its answer stored beside
// it.
#ifndef THIDUA_COMMON_RPC_MUTATION_H_
#define THIDUA_COMMON_RPC_MUTATION_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "common/contract/refusal.h"
#include "common/database/transaction.h"
#include "common/rpc/call_context.h"

namespace thidua::rpc {

// Where the mutations of a service go.
struct Writing {
  database::Pool& pool;
  // Told what was committed, before the caller hears of it; may be empty.
  std::function<void(absl::Span<const database::ResourceVersion> written)> committed;
};

// A write in the making: what the handler of a mutation works with. The handler runs inside the one
// transaction of its call, which may hold other handlers' writes too (an import). It may run
// several times and must have no effect outside the transaction.
class Mutation {
 public:
  Mutation(CallContext& context, database::Transaction& transaction)
      : context_(context), transaction_(transaction) {}

  CallContext& context() { return context_; }
  const journal::Act& act() const { return context_.act(); }
  absl::CivilDay today() const { return context_.today(); }
  database::Transaction& transaction() { return transaction_; }
  database::Connection& connection() { return transaction_.connection(); }

 private:
  CallContext& context_;
  database::Transaction& transaction_;
};

// True when the request has `validate_only` and it is set.
bool IsRehearsal(const google::protobuf::Message& request);

// Runs `body(Mutation&) -> absl::StatusOr<Response>` once in effect, however often the caller
// repeats the request id. `rehearse` (validate_only) runs everything and stores nothing.
template <class Response, class Body>
absl::StatusOr<Response> RunMutation(CallContext& context, const Writing& writing, bool rehearse,
                                     Body body) {
  database::Transaction::Options options;
  options.ledger = {context.act().actor + "|" + context.act().acting_for, context.act().method,
                    context.act().request_id, context.request_hash()};
  options.bounds = context.bounds();
  options.now = context.now();
  options.rehearse = rehearse;
  std::optional<Response> answer;
  auto outcome = database::Transaction::Run(
      writing.pool, options,
      [&](database::Transaction& transaction) -> absl::StatusOr<std::string> {
        Mutation mutation(context, transaction);
        absl::StatusOr<Response> response = body(mutation);
        if (!response.ok()) return response.status();
        answer = *std::move(response);
        return answer->SerializeAsString();
      });
  if (!outcome.ok()) return outcome.status();
  if (outcome->replayed) {
    Response first;
    if (!first.ParseFromString(outcome->response)) {
      return absl::InternalError("stored response cannot be read as " + first.GetTypeName());
    }
    return first;
  }
  if (writing.committed && !outcome->written.empty()) writing.committed(outcome->written);
  return *std::move(answer);
}

// What the handler of a mutation answers to one call.
template <class Room, class Request, class Response>
absl::StatusOr<Response> RunMutation(CallContext& context, const Writing& writing, Room& room,
                                     absl::StatusOr<Response> (Room::*handler)(Mutation&,
                                                                               const Request&),
                                     const Request& request) {
  return RunMutation<Response>(context, writing, IsRehearsal(request), [&](Mutation& mutation) {
    return (room.*handler)(mutation, request);
  });
}

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_MUTATION_H_
