// What a handler knows about the call it answers.
#ifndef THIDUA_COMMON_RPC_CALL_CONTEXT_H_
#define THIDUA_COMMON_RPC_CALL_CONTEXT_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/access/caller.h"
#include "common/access/policy.h"
#include "common/database/pool.h"
#include "common/journal/act.h"
#include "common/telemetry/trace.h"

namespace thidua::rpc {

class CallContext {
 public:
  const access::Caller& caller() const { return caller_; }
  // How far the granted permission goes for this caller; handlers of SCOPE_FILTERED methods filter
  // by it.
  access::Reach reach() const { return reach_; }
  // End of the time for work: the caller's deadline less what the way home needs.
  absl::Time deadline() const { return deadline_; }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  database::Bounds bounds() const { return {deadline_, &cancelled_}; }
  // Business time (see runtime/clock.h) and the day in Việt Nam.
  absl::Time now() const { return now_; }
  absl::CivilDay today() const { return today_; }
  // The act as the journal records it; request_id is the caller's, or made here when the caller
  // sent none.
  const journal::Act& act() const { return act_; }
  // SHA-256 of the request's bytes, for the ledger.
  const std::string& request_hash() const { return request_hash_; }

  // The position the caller asked for (metadata thidua-at-least); 0 when none.
  int64_t at_least() const { return at_least_; }
  // The feed position this answer was computed from (metadata thidua-position).
  void set_position(int64_t position) { position_ = position; }

 private:
  friend class Pipeline;
  friend class HandlerCall;  // tests/support/handler_call.h
  access::Caller caller_;
  access::Reach reach_ = access::Reach::kNone;
  absl::Time deadline_;
  std::atomic<bool> cancelled_{false};
  absl::Time now_;
  absl::CivilDay today_;
  journal::Act act_;
  std::string request_hash_;
  telemetry::TraceContext trace_;
  int64_t at_least_ = 0;
  std::optional<int64_t> position_;
};

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_CALL_CONTEXT_H_
