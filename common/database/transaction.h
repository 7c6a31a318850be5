// The one way to write: ledger, body, stored response, COMMIT; retry on conflict; the doubtful
// commit resolved.
#ifndef THIDUA_COMMON_DATABASE_TRANSACTION_H_
#define THIDUA_COMMON_DATABASE_TRANSACTION_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "common/database/pool.h"
#include "common/database/request_ledger.h"

namespace thidua::database {

// One version of a resource, as a table, an event or a transaction holds it.
struct ResourceVersion {
  std::string resource_type;  // full proto name, e.g. "thidua.registry.v1.School"
  std::string resource;       // resource name
  int64_t version = 0;
  std::string snapshot;  // proto bytes without the etag
};

class Transaction {
 public:
  struct Options {
    LedgerKey ledger;
    Bounds bounds;
    absl::Time now;         // business time, stored in the ledger and journal
    bool rehearse = false;  // validate_only: run the body, then ROLLBACK; the answer is what would
                            // have been stored
  };

  struct Outcome {
    std::string response;  // the body's answer, or the stored one of the first attempt
    bool replayed = false;
    std::vector<ResourceVersion>
        written;  // what was committed, in order; empty when replayed or rehearsed
  };

  // Runs `body` at READ COMMITTED between START TRANSACTION and COMMIT, both sent as statements.
  // Any error rolls back, also an error that the body swallowed: the first failed statement is the
  // transaction's last (see Connection). Conflicts (1213, 1205, 1020, ...) repeat the whole body,
  // at most 3 tries with full jitter inside the deadline, then ABORTED. A connection lost before
  // COMMIT repeats once on a fresh one. So does one lost at COMMIT, whose outcome nobody knows: if
  // the first attempt did commit, the ledger row answers. UNAVAILABLE when the repetition is lost
  // too: the caller repeats with its request id. `body` may run several times and must have no
  // effect outside `transaction`.
  static absl::StatusOr<Outcome> Run(
      Pool& pool, const Options& options,
      absl::FunctionRef<absl::StatusOr<std::string>(Transaction& transaction)> body);

  // For work that is no request (sealer, follower): same guarantees about COMMIT errors, no ledger,
  // no doubt resolution: a lost connection at COMMIT is UNAVAILABLE and the caller must read before
  // it repeats. now() is the system's time.
  static absl::Status RunUnledgered(Pool& pool, const Bounds& bounds,
                                    absl::FunctionRef<absl::Status(Transaction& transaction)> body);

  Connection& connection() { return connection_; }
  absl::StatusOr<Rows> Query(std::string_view sql, absl::Span<const Value> parameters = {}) {
    return connection_.Query(sql, parameters);
  }
  absl::StatusOr<int64_t> Execute(std::string_view sql, absl::Span<const Value> parameters = {}) {
    return connection_.Execute(sql, parameters);
  }
  // True once a statement has failed: no further one is sent, and everything is rolled back.
  bool ended() const { return !connection_.transaction_failure().ok(); }
  absl::Time now() const { return now_; }
  const LedgerKey& ledger() const { return ledger_; }

  // Told by the journal of each event that it appends.
  void Wrote(ResourceVersion written) { written_.push_back(std::move(written)); }
  // What was written so far, in order.
  const std::vector<ResourceVersion>& written() const { return written_; }

 private:
  struct Attempt;
  using Body = absl::FunctionRef<absl::StatusOr<std::string>(Transaction& transaction)>;

  Transaction(Connection& connection, absl::Time now, LedgerKey ledger)
      : connection_(connection), now_(now), ledger_(std::move(ledger)) {}

  static absl::StatusOr<Outcome> Repeat(const Bounds& bounds,
                                        const telemetry::DatabaseMetrics& metrics,
                                        absl::FunctionRef<Attempt()> once);
  static Attempt RunLedgered(Pool& pool, const Options& options, Body body);
  static Attempt RunOnce(Pool& pool, const Bounds& bounds,
                         absl::FunctionRef<Attempt(Connection& connection)> work);
  static Attempt Replay(Connection& connection, const LedgerKey& key);
  static Attempt Fail(Connection& connection, const absl::Status& status);
  static Attempt Commit(Connection& connection, std::string response);

  Connection& connection_;
  absl::Time now_;
  LedgerKey ledger_;
  std::vector<ResourceVersion> written_;
};

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_TRANSACTION_H_
