#include "common/database/lease.h"

#include <algorithm>
#include <utility>

#include "common/database/failure.h"

namespace thidua::database {
namespace {

// The answer must come while there is still something left of the lease.
absl::Duration AnswerWithin(absl::Duration duration) {
  return std::min(duration / 2, absl::Seconds(5));
}

}  // namespace

Lease::Lease(Pool& pool, std::string name, std::string holder, absl::Duration duration)
    : pool_(pool), name_(std::move(name)), holder_(std::move(holder)), duration_(duration) {}

absl::StatusOr<bool> Lease::TakeOrRenew() {
  auto connection = pool_.Borrow({.deadline = absl::Now() + AnswerWithin(duration_)});
  if (!connection.ok()) return connection.status();
  const auto rows = (*connection)
                        ->Execute(
                            "UPDATE lease SET holder = ?, version = version + 1, "
                            "expires_at = CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED) + ? "
                            "WHERE name = ? AND (holder = ? OR expires_at <= "
                            "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED))",
                            {holder_, absl::ToInt64Microseconds(duration_), name_, holder_});
  if (!rows.ok()) {
    // Two took it at once and the server rolled us back: the other one has it.
    if (Retryable(rows.status())) return false;
    return rows.status();
  }
  if (*rows == 1) return true;
  return InsertFirst(**connection);
}

absl::StatusOr<bool> Lease::InsertFirst(Connection& connection) {
  const auto rows = connection.Execute(
      "INSERT INTO lease (name, holder, expires_at, version) VALUES (?, ?, "
      "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED) + ?, 1)",
      {name_, holder_, absl::ToInt64Microseconds(duration_)});
  if (rows.ok()) return true;
  if (IsDuplicateKey(rows.status()) || Retryable(rows.status())) return false;
  return rows.status();
}

absl::Status Lease::Release() {
  auto connection = pool_.Borrow({.deadline = absl::Now() + AnswerWithin(duration_)});
  if (!connection.ok()) return connection.status();
  return (*connection)
      ->Execute(
          "UPDATE lease SET expires_at = 0, version = version + 1 WHERE name = ? AND holder = ?",
          {name_, holder_})
      .status();
}

}  // namespace thidua::database
