#include "common/database/migration_store.h"

#include "common/database/failure.h"
#include "common/database/transaction.h"

namespace thidua::database {
namespace {

using Kind = MigrationStatement::Kind;

// The migrator needs both before it can run any file.
constexpr std::string_view kLeaseTable = R"(CREATE TABLE IF NOT EXISTS lease (
  name VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  holder VARCHAR(255) NOT NULL,
  expires_at BIGINT NOT NULL COMMENT 'microseconds since 1970 by this server''s clock',
  version BIGINT NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin)";
constexpr std::string_view kHistoryTable = R"(CREATE TABLE IF NOT EXISTS schema_migration (
  file VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  statement INT NOT NULL COMMENT 'from 1',
  statement_sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  file_sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  completes TINYINT NOT NULL COMMENT '1 on the last statement of the file',
  min_compatible INT NOT NULL COMMENT 'oldest migration that a binary must know to run here',
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (file, statement)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin)";

constexpr std::string_view kRecord =
    "INSERT INTO schema_migration (file, statement, statement_sha256, file_sha256, completes, "
    "min_compatible, applied_at) VALUES (?, ?, ?, ?, ?, ?, ?)";

std::vector<Value> RecordOf(const MigrationScript& script, size_t index) {
  return {script.name,
          static_cast<int64_t>(index + 1),
          script.statements[index].sha256_hex,
          script.sha256_hex,
          int64_t{index + 1 == script.statements.size()},
          int64_t{script.min_compatible},
          absl::ToUnixMicros(absl::Now())};
}

}  // namespace

absl::Status MigrationStore::Define(std::string_view sql) {
  auto connection = pool_.Borrow({});
  if (!connection.ok()) return connection.status();
  return (*connection)->Send(sql);
}

absl::StatusOr<bool> MigrationStore::Any(std::string_view sql, absl::Span<const Value> parameters) {
  auto connection = pool_.Borrow({});
  if (!connection.ok()) return connection.status();
  const auto rows = (*connection)->Query(sql, parameters);
  if (!rows.ok()) return rows.status();
  return rows->front().Int(0) > 0;
}

absl::Status MigrationStore::Prepare() {
  for (std::string_view table : {kLeaseTable, kHistoryTable}) {
    if (absl::Status status = Define(table); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<AppliedFiles> MigrationStore::Applied() {
  // The catalogue hides tables on which a user has no right, so this also answers for one.
  const auto exists =
      Any("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
          "table_name = 'schema_migration'",
          {});
  if (!exists.ok()) return exists.status();
  AppliedFiles applied;
  if (!*exists) return applied;
  auto connection = pool_.Borrow({});
  if (!connection.ok()) return connection.status();
  const auto rows = (*connection)
                        ->Query(
                            "SELECT file, statement_sha256, file_sha256, completes, min_compatible "
                            "FROM schema_migration "
                            "ORDER BY file, statement LIMIT 100000");
  if (!rows.ok()) return rows.status();
  for (const Row& row : *rows) {
    AppliedFile& file = applied[row.Text(0)];
    file.statements.push_back(row.Text(1));
    file.file_sha256_hex = row.Text(2);
    file.complete = row.Int(3) == 1;
    file.min_compatible = static_cast<int>(row.Int(4));
  }
  return applied;
}

absl::StatusOr<std::vector<std::string>> MigrationStore::Tables() {
  auto connection = pool_.Borrow({});
  if (!connection.ok()) return connection.status();
  const auto rows = (*connection)
                        ->Query(
                            "SELECT table_name FROM information_schema.tables WHERE table_schema = "
                            "DATABASE() AND "
                            "table_type = 'BASE TABLE' ORDER BY table_name LIMIT 10000");
  if (!rows.ok()) return rows.status();
  std::vector<std::string> tables;
  for (const Row& row : *rows) tables.push_back(row.Text(0));
  return tables;
}

absl::StatusOr<bool> MigrationStore::Exists(const MigrationStatement& statement) {
  switch (statement.kind) {
    case Kind::kCreateTable:
    case Kind::kDropTable:
      return Any(
          "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
          "table_name = ?",
          {statement.table});
    case Kind::kCreateIndex:
    case Kind::kDropIndex:
      return Any(
          "SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND "
          "table_name = ? AND index_name = ?",
          {statement.table, statement.object});
    case Kind::kAddColumn:
    case Kind::kModifyColumn:
    case Kind::kDropColumn:
      return Any(
          "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND "
          "table_name = ? AND column_name = ?",
          {statement.table, statement.object});
    case Kind::kChangeRows:
      return false;
  }
  return false;
}

absl::StatusOr<bool> MigrationStore::Done(const MigrationStatement& statement) {
  const auto exists = Exists(statement);
  if (!exists.ok()) return exists;
  switch (statement.kind) {
    case Kind::kDropTable:
    case Kind::kDropIndex:
    case Kind::kDropColumn:
      return !*exists;
    case Kind::kModifyColumn:
      return false;
    default:
      return *exists;
  }
}

absl::Status MigrationStore::ApplyDefinition(const MigrationScript& script, size_t index) {
  const MigrationStatement& statement = script.statements[index];
  auto done = Done(statement);
  if (!done.ok()) return done.status();
  if (!*done) {
    if (absl::Status defined = Define(statement.sql); !defined.ok()) {
      // A migrator that lost its lease while a long statement ran may have finished it after our
      // look.
      done = Done(statement);
      if (!done.ok() || !*done) return defined;
    }
  }
  if (statement.kind == Kind::kCreateTable) {
    if (absl::Status made = table_made_(statement.table); !made.ok()) return made;
  }
  auto connection = pool_.Borrow({});
  if (!connection.ok()) return connection.status();
  const auto recorded = (*connection)->Execute(kRecord, RecordOf(script, index));
  return IsDuplicateKey(recorded.status()) ? absl::OkStatus() : recorded.status();
}

absl::Status MigrationStore::ApplyRowChange(const MigrationScript& script, size_t index) {
  bool done_already = false;
  absl::Status status =
      Transaction::RunUnledgered(pool_, {}, [&](Transaction& transaction) -> absl::Status {
        if (absl::Status recorded = transaction.Execute(kRecord, RecordOf(script, index)).status();
            !recorded.ok()) {
          done_already = IsDuplicateKey(recorded);
          return recorded;
        }
        return transaction.Execute(script.statements[index].sql).status();
      });
  return done_already ? absl::OkStatus() : status;
}

absl::Status MigrationStore::Apply(const MigrationScript& script, size_t index) {
  return script.statements[index].kind == Kind::kChangeRows ? ApplyRowChange(script, index)
                                                            : ApplyDefinition(script, index);
}

}  // namespace thidua::database
