#include "common/database/transaction.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"

namespace thidua::database {
namespace {

namespace access = ::thidua::access::v1;
using contract::Refuse;

constexpr int kMostTries = 3;
constexpr absl::Duration kFirstPause = absl::Milliseconds(20);

// Full jitter: two that collided must not meet again. False when the deadline comes first.
bool PauseBeforeRetry(int conflicts, absl::Time deadline) {
  thread_local absl::BitGen random;
  const absl::Duration longest = kFirstPause * (1 << conflicts);
  const absl::Duration pause = longest * absl::Uniform(random, 0.0, 1.0);
  if (absl::Now() + pause >= deadline) return false;
  absl::SleepFor(pause);
  return true;
}

}  // namespace

struct Transaction::Attempt {
  enum class End {
    kFinal,     // committed, replayed, or refused for good
    kConflict,  // rolled back by the server in favour of another transaction
    kLost,      // the session went before COMMIT was sent: nothing was committed
    kDoubtful,  // COMMIT was sent and not answered by "done" or "conflict"
  };
  absl::StatusOr<Outcome> outcome;
  End end = End::kFinal;
};

// What ended the transaction is what the server said, whatever the body made of it; the refusal is
// the body's.
Transaction::Attempt Transaction::Fail(Connection& connection, const absl::Status& status) {
  const absl::Status cause =
      connection.transaction_failure().ok() ? status : connection.transaction_failure();
  connection.RollbackTransaction().IgnoreError();
  if (Retryable(cause)) return {cause, Attempt::End::kConflict};
  if (ConnectionLost(cause)) return {cause, Attempt::End::kLost};
  return {status, Attempt::End::kFinal};
}

Transaction::Attempt Transaction::Commit(Connection& connection, std::string response) {
  if (const absl::Status failure = connection.transaction_failure(); !failure.ok()) {
    return Fail(connection, failure);
  }
  const absl::Status committed = connection.CommitTransaction();
  if (committed.ok())
    return {Outcome{.response = std::move(response), .replayed = false, .written = {}}};
  connection.RollbackTransaction().IgnoreError();
  // Every other answer than a conflict leaves open what happened: a lost connection, but a
  // statement timeout or a kill just as well.
  return {committed, Retryable(committed) ? Attempt::End::kConflict : Attempt::End::kDoubtful};
}

Transaction::Attempt Transaction::Replay(Connection& connection, const LedgerKey& key) {
  connection.RollbackTransaction().IgnoreError();
  absl::StatusOr<std::string> stored = StoredResponse(connection, key);
  if (stored.ok())
    return {Outcome{.response = *std::move(stored), .replayed = true, .written = {}}};
  // Purged between our INSERT and our SELECT: the next try is the first one.
  if (absl::IsNotFound(stored.status())) return {stored.status(), Attempt::End::kConflict};
  return {stored.status(),
          ConnectionLost(stored.status()) ? Attempt::End::kLost : Attempt::End::kFinal};
}

Transaction::Attempt Transaction::RunOnce(Pool& pool, const Bounds& bounds,
                                          absl::FunctionRef<Attempt(Connection& connection)> work) {
  auto connection = pool.Borrow(bounds);
  if (!connection.ok()) return {connection.status()};
  if (absl::Status begun = (*connection)->BeginTransaction(); !begun.ok()) {
    return {begun, ConnectionLost(begun) ? Attempt::End::kLost : Attempt::End::kFinal};
  }
  return work(**connection);
}

Transaction::Attempt Transaction::RunLedgered(Pool& pool, const Options& options, Body body) {
  return RunOnce(pool, options.bounds, [&](Connection& connection) -> Attempt {
    if (absl::Status recorded = RecordRequest(connection, options.ledger, options.now);
        !recorded.ok()) {
      return IsDuplicateKey(recorded) ? Replay(connection, options.ledger)
                                      : Fail(connection, recorded);
    }
    Transaction transaction(connection, options.now, options.ledger);
    absl::StatusOr<std::string> response = body(transaction);
    if (!response.ok()) return Fail(connection, response.status());
    if (options.rehearse) {
      if (const absl::Status failure = connection.transaction_failure(); !failure.ok()) {
        return Fail(connection, failure);
      }
      connection.RollbackTransaction().IgnoreError();
      return {Outcome{.response = *std::move(response), .replayed = false, .written = {}}};
    }
    if (absl::Status stored = RecordResponse(connection, options.ledger, *response); !stored.ok()) {
      return Fail(connection, stored);
    }
    Attempt attempt = Commit(connection, *std::move(response));
    if (attempt.outcome.ok()) attempt.outcome->written = std::move(transaction.written_);
    return attempt;
  });
}

// Tries again what may be tried again. `once` says kDoubtful only where a second run resolves the
// doubt.
absl::StatusOr<Transaction::Outcome> Transaction::Repeat(const Bounds& bounds,
                                                         const telemetry::DatabaseMetrics& metrics,
                                                         absl::FunctionRef<Attempt()> once) {
  int conflicts = 0;
  bool lost = false;
  bool doubtful = false;
  // "Busy" and "collided" say that nothing happened, which nobody knows while a COMMIT is in doubt.
  const auto unresolved = [&](absl::Status status) {
    return doubtful ? Refuse(access::REASON_DATABASE_UNAVAILABLE) : std::move(status);
  };
  while (true) {
    Attempt attempt = once();
    switch (attempt.end) {
      case Attempt::End::kFinal:
        if (absl::IsResourceExhausted(attempt.outcome.status())) {
          return unresolved(attempt.outcome.status());
        }
        return std::move(attempt.outcome);
      case Attempt::End::kConflict:
        if (++conflicts == kMostTries || !PauseBeforeRetry(conflicts, bounds.deadline)) {
          return unresolved(
              Refuse(access::REASON_CONTENTION, {{"attempts", absl::StrCat(conflicts)}}));
        }
        metrics.conflict_retries.Increment();
        break;
      case Attempt::End::kLost:
      case Attempt::End::kDoubtful:
        if (attempt.end == Attempt::End::kDoubtful) metrics.doubtful_commits.Increment();
        if (lost) return Refuse(access::REASON_DATABASE_UNAVAILABLE);
        metrics.lost_connection_retries.Increment();
        lost = true;
        doubtful = attempt.end == Attempt::End::kDoubtful;
        break;
    }
  }
}

absl::StatusOr<Transaction::Outcome> Transaction::Run(Pool& pool, const Options& options,
                                                      Body body) {
  return Repeat(options.bounds, pool.metrics(), [&] { return RunLedgered(pool, options, body); });
}

absl::Status Transaction::RunUnledgered(
    Pool& pool, const Bounds& bounds,
    absl::FunctionRef<absl::Status(Transaction& transaction)> body) {
  return Repeat(
             bounds, pool.metrics(),
             [&] {
               Attempt attempt = RunOnce(pool, bounds, [&](Connection& connection) -> Attempt {
                 Transaction transaction(connection, absl::Now(), LedgerKey{});
                 if (absl::Status status = body(transaction); !status.ok()) {
                   return Fail(connection, status);
                 }
                 return Commit(connection, "");
               });
               // Without a ledger a second run could do it twice.
               if (attempt.end == Attempt::End::kDoubtful) {
                 return Attempt{Refuse(access::REASON_DATABASE_UNAVAILABLE), Attempt::End::kFinal};
               }
               return attempt;
             })
      .status();
}

}  // namespace thidua::database
