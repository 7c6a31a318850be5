// The request ledger: which requests had their effect, and what they were answered. Table
// `request_ledger` of every schema.
#ifndef THIDUA_COMMON_DATABASE_REQUEST_LEDGER_H_
#define THIDUA_COMMON_DATABASE_REQUEST_LEDGER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/database/pool.h"

namespace thidua::database {

// Identity of one logical request. The same caller, method and request_id get the first answer
// again; with another request_hash the call is refused (REASON_REQUEST_ID_REUSED).
struct LedgerKey {
  std::string caller;
  std::string method;
  std::string request_id;    // UUID4
  std::string request_hash;  // SHA-256, 32 raw bytes
};

// Inserts the row. An error with IsDuplicateKey when the request was seen before; while another
// transaction that has inserted it is open, waits for that one's end.
absl::Status RecordRequest(Connection& connection, const LedgerKey& key, absl::Time now);

// Stores the answer in the row inserted before in this transaction.
absl::Status RecordResponse(Connection& connection, const LedgerKey& key,
                            const std::string& response);

// The stored answer of a committed request; REASON_REQUEST_ID_REUSED when it was another request;
// NOT_FOUND when there is none.
absl::StatusOr<std::string> StoredResponse(Connection& connection, const LedgerKey& key);

// Deletes rows recorded before now - keep, at most 1,000 in one statement, until none is left.
// Returns how many; an error when the bounds are reached first, and what was deleted stays deleted.
// `now` is business time, as in the rows. INVALID_ARGUMENT when keep is less than 7 days: callers
// may repeat for that long.
absl::StatusOr<int64_t> PurgeLedger(Pool& pool, absl::Time now, absl::Duration keep,
                                    const Bounds& bounds);

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_REQUEST_LEDGER_H_
