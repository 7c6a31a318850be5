#include "common/database/request_ledger.h"

#include <openssl/sha.h>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"

namespace thidua::database {
namespace {

namespace access = ::thidua::access::v1;
using contract::Refuse;

constexpr absl::Duration kLeastKept = absl::Hours(24 * 7);
constexpr int64_t kPurgedAtOnce = 1000;

std::string Sha256(const std::string& bytes) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace

absl::Status RecordRequest(Connection& connection, const LedgerKey& key, absl::Time now) {
  return connection
      .Execute(
          "INSERT INTO request_ledger (caller, method, request_id, request_hash, recorded_at) "
          "VALUES (?, ?, ?, ?, ?)",
          {Sha256(key.caller), key.method, key.request_id, key.request_hash,
           absl::ToUnixMicros(now)})
      .status();
}

absl::Status RecordResponse(Connection& connection, const LedgerKey& key,
                            const std::string& response) {
  const auto rows = connection.Execute(
      "UPDATE request_ledger SET response = ? WHERE caller = ? AND method = ? AND request_id = ? "
      "AND response IS NULL",
      {response, Sha256(key.caller), key.method, key.request_id});
  if (!rows.ok()) return rows.status();
  // The row is gone, or another's with its answer: the transaction that inserted ours was rolled
  // back and nobody said so (see connection.cc, which would find it at COMMIT). Like any conflict
  // it is run again.
  if (*rows != 1) return FailureFromErrno(1213);
  return absl::OkStatus();
}

absl::StatusOr<std::string> StoredResponse(Connection& connection, const LedgerKey& key) {
  const auto rows = connection.Query(
      "SELECT request_hash, response FROM request_ledger WHERE caller = ? AND method = ? AND "
      "request_id = ?",
      {Sha256(key.caller), key.method, key.request_id});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return absl::NotFoundError("no such request");
  const Row& row = rows->front();
  if (row.Text(0) != key.request_hash) {
    return Refuse(access::REASON_REQUEST_ID_REUSED, {{"request_id", key.request_id}});
  }
  return row.Text(1);
}

absl::StatusOr<int64_t> PurgeLedger(Pool& pool, absl::Time now, absl::Duration keep,
                                    const Bounds& bounds) {
  if (keep < kLeastKept) return absl::InvalidArgumentError("requests are kept for at least 7 days");
  auto connection = pool.Borrow(bounds);
  if (!connection.ok()) return connection.status();
  int64_t purged = 0;
  while (true) {
    const auto rows =
        (*connection)
            ->Execute(
                absl::StrCat(
                    "DELETE FROM request_ledger WHERE recorded_at < ? ORDER BY recorded_at LIMIT ",
                    kPurgedAtOnce),
                {absl::ToUnixMicros(now - keep)});
    if (!rows.ok()) return rows.status();
    purged += *rows;
    if (*rows < kPurgedAtOnce) return purged;
  }
}

}  // namespace thidua::database
