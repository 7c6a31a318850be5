// Appends events inside the mutation's own transaction: the event row and its pending row, nothing
// shared.
#ifndef THIDUA_COMMON_JOURNAL_WRITER_H_
#define THIDUA_COMMON_JOURNAL_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/transaction.h"
#include "common/journal/act.h"

namespace thidua::journal {

// The kind of an event that records a denied call.
inline constexpr char kDenied[] = "DENIED";

// Largest snapshot of an event, in bytes: what a reader of the feed must be able to take in one
// message, and a row may hold.
inline constexpr size_t kLargestSnapshot = 1 << 20;

// What changed.
struct Change {
  std::string resource;       // resource name
  std::string resource_type;  // full proto name of the resource
  int64_t version = 0;        // after the change
  std::string change_kind;    // CREATED, UPDATED, SUBMITTED …
  std::string snapshot;       // the resource after the change, proto bytes without its etag
  std::string reason;         // what the person says about it; empty when none is asked for
};

// Returns the new event's id. The event has the time of the transaction. OUT_OF_RANGE for a
// snapshot of more than kLargestSnapshot. Never retried alone: an error fails the transaction.
absl::StatusOr<std::string> Append(database::Transaction& transaction, const Act& act,
                                   const Change& change);

// Records a denied call in a transaction of its own. `resource` is what was asked for and may hold
// anything a caller sent: what is longer than a resource name may be is cut, what is not printable
// ASCII becomes '?', and a request id that is no UUID is left out. `left_out`: how many of the
// caller before this one are in no event (DenialBudget); said in its reason. `now` is business
// time. An error leaves nothing behind; UNAVAILABLE may leave the event.
absl::Status AppendDenied(database::Pool& pool, const Act& act, std::string_view resource,
                          int64_t left_out, const database::Bounds& bounds, absl::Time now);

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_WRITER_H_
