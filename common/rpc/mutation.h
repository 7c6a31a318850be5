// How a handler writes: one transaction through the request ledger, its answer stored beside it.
#ifndef THIDUA_COMMON_RPC_MUTATION_H_
#define THIDUA_COMMON_RPC_MUTATION_H_

#include <optional>
#include <string>
#include <utility>

#include "common/contract/refusal.h"
#include "common/database/transaction.h"
#include "common/rpc/call_context.h"

namespace thidua::rpc {

// Runs `body(transaction) -> absl::StatusOr<Response>` once in effect, however often the caller
// repeats the request id. `rehearse` (validate_only) runs everything and stores nothing. `body` may
// run several times; it must have no effect outside the transaction.
template <class Response, class Body>
absl::StatusOr<Response> Mutate(CallContext& context, database::Pool& pool, Body body,
                                bool rehearse = false) {
  database::Transaction::Options options;
  options.ledger = {context.act().actor + "|" + context.act().acting_for, context.act().method,
                    context.act().request_id, context.request_hash()};
  options.bounds = context.bounds();
  options.now = context.now();
  options.rehearse = rehearse;
  std::optional<Response> answer;
  auto outcome = database::Transaction::Run(
      pool, options, [&](database::Transaction& transaction) -> absl::StatusOr<std::string> {
        absl::StatusOr<Response> response = body(transaction);
        if (!response.ok()) return response.status();
        answer = *std::move(response);
        return answer->SerializeAsString();
      });
  if (!outcome.ok()) return outcome.status();
  if (!outcome->replayed) return *std::move(answer);
  Response first;
  if (!first.ParseFromString(outcome->response)) {
    return absl::InternalError("stored response cannot be read as " + first.GetTypeName());
  }
  return first;
}

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_MUTATION_H_
