// The only door to SQL: connections, statements, the pool. Driver types and exceptions never leave
// this room.
#ifndef THIDUA_COMMON_DATABASE_DATABASE_H_
#define THIDUA_COMMON_DATABASE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace thidua::database {

struct Account;
struct Bounds;

// A bound parameter: NULL, an integer, or text/bytes/decimal text.
using Value = std::variant<std::nullptr_t, int64_t, std::string>;

// One row of a fully buffered result: every cell as the server's exact text or bytes. Column
// indexes start at 0. Reading NULL through Int or Text, a column that is not there, or a text as a
// number is a defect of the caller's SQL and aborts; nullable columns are read with the optional
// forms. An unsigned value above 2^63-1 is read as text.
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> cells) : cells_(std::move(cells)) {}
  int64_t Int(size_t column) const;
  const std::string& Text(size_t column) const;
  std::optional<int64_t> OptionalInt(size_t column) const;
  const std::optional<std::string>& OptionalText(size_t column) const;

 private:
  std::vector<std::optional<std::string>> cells_;
};
using Rows = std::vector<Row>;

// Makes the driver ready. Its first use fills an unlocked table, so main calls this before it
// starts threads; the first Pool does it otherwise.
void InitializeDriver();

// One session with the database. Not thread-safe. Statements are prepared once and cached (LRU 64).
// Every statement is bounded by the deadline set at check-out and refused with CANCELLED when the
// caller's cancellation flag is up. The server enforces the deadline to within a tenth of the time
// left; where it does not answer at all, the driver gives up two seconds after the pool's statement
// timeout. Errors are refusals as of failure.h. Within a transaction the first failed statement is
// the last: all later ones fail alike, since some errors (1213) have ended the transaction on the
// server and what followed would commit by itself.
class Connection {
 public:
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Reads. Every query must bound its result (LIMIT or a key).
  absl::StatusOr<Rows> Query(std::string_view sql, absl::Span<const Value> parameters = {});

  // Writes. Outside a transaction for single statements only (leases); everything else goes through
  // Transaction. Returns the rows matched (CLIENT_FOUND_ROWS), so that a compare-and-swap tests `==
  // 1`.
  absl::StatusOr<int64_t> Execute(std::string_view sql, absl::Span<const Value> parameters = {});

 private:
  friend class MigrationStore;
  friend class Pool;
  friend class Transaction;

  struct Driver;  // the cppconn session, defined in connection.cc only
  Connection(std::unique_ptr<Driver> driver, size_t server);

  // Connects to the account's unix socket or to this one of its servers and sets the session up
  // (see connection.cc). Blocks for at most `connect_timeout`, rounded up to whole seconds. A
  // server that takes no writes is refused like one that is away.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Account& account, size_t server,
                                                          absl::Duration connect_timeout,
                                                          absl::Duration statement_timeout);

  // Sends a statement as text: transaction control and DDL, which the server does not prepare alike
  // everywhere. Neither deadline nor cancellation stop it.
  absl::Status Send(std::string_view sql);

  // One round trip; false when the session is gone.
  bool Ping();

  void SetBounds(const Bounds& bounds);
  bool broken() const;
  // Broken, and by a server that did not answer within the statement timeout.
  bool silent() const;
  // Which one of the account's servers it is to.
  size_t server() const { return server_; }

  absl::Status BeginTransaction();
  // Both end it, whatever they return. A commit that fails as a conflict has committed nothing.
  absl::Status CommitTransaction();
  absl::Status RollbackTransaction();
  void EndTransaction();
  // OK as long as no statement of the transaction has failed.
  const absl::Status& transaction_failure() const { return transaction_failure_; }

  absl::Status ReadyForStatement();
  absl::Status Noted(absl::Status status);

  std::unique_ptr<Driver> driver_;
  const size_t server_;
  bool in_transaction_ = false;
  absl::Status transaction_failure_;
};

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_DATABASE_H_
