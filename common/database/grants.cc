#include "common/database/grants.h"

#include "absl/strings/str_cat.h"
#include "common/database/migration_store.h"

namespace thidua::database {
namespace {

constexpr std::string_view kHistoryTable = "schema_migration";

std::string AppRights(const std::string& table, const std::set<std::string>& append_only) {
  if (table == kHistoryTable) return "SELECT";
  if (append_only.contains(table)) return "SELECT, INSERT";
  return "SELECT, INSERT, UPDATE, DELETE";
}

std::string GrantOn(const std::string& rights, const std::string& schema, const std::string& table,
                    const std::string& user) {
  return absl::StrCat("GRANT ", rights, " ON `", schema, "`.`", table, "` TO ", user);
}

// By these files, and `lease`, which the migrator makes beside its history.
absl::StatusOr<std::set<std::string>> TablesMade(const std::vector<MigrationFile>& files) {
  const auto scripts = ParseMigrations(files);
  if (!scripts.ok()) return scripts.status();
  std::set<std::string> tables = {"lease"};
  for (const MigrationScript& script : *scripts) {
    for (const MigrationStatement& statement : script.statements) {
      if (statement.kind == MigrationStatement::Kind::kCreateTable) tables.insert(statement.table);
    }
  }
  return tables;
}

absl::Status Send(Pool& owner_pool, const std::vector<std::string>& statements) {
  MigrationStore store(owner_pool);
  for (const std::string& statement : statements) {
    if (absl::Status status = store.Define(statement); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::set<std::string>> AppendOnlyTables(const std::vector<MigrationFile>& files) {
  const auto scripts = ParseMigrations(files);
  if (!scripts.ok()) return scripts.status();
  std::set<std::string> tables;
  for (const MigrationScript& script : *scripts) {
    tables.insert(script.append_only.begin(), script.append_only.end());
  }
  return tables;
}

std::vector<std::string> GrantStatements(const std::string& schema,
                                         const std::vector<std::string>& tables,
                                         const std::set<std::string>& append_only,
                                         const SchemaUsers& users) {
  std::vector<std::string> statements;
  for (const std::string& table : tables) {
    statements.push_back(GrantOn(AppRights(table, append_only), schema, table, users.app));
    if (!users.read.empty()) statements.push_back(GrantOn("SELECT", schema, table, users.read));
  }
  return statements;
}

absl::StatusOr<TableMade> GrantWhenMade(Pool& owner_pool, const std::vector<MigrationFile>& files,
                                        const SchemaUsers& users) {
  auto append_only = AppendOnlyTables(files);
  if (!append_only.ok()) return append_only.status();
  return [&owner_pool, users, append_only = *std::move(append_only)](const std::string& table) {
    return Send(owner_pool,
                GrantStatements(owner_pool.account().schema, {table}, append_only, users));
  };
}

absl::Status Grant(Pool& owner_pool, const std::vector<MigrationFile>& files,
                   const SchemaUsers& users) {
  const auto append_only = AppendOnlyTables(files);
  if (!append_only.ok()) return append_only.status();
  const auto made = TablesMade(files);
  if (!made.ok()) return made.status();
  auto tables = MigrationStore(owner_pool).Tables();
  if (!tables.ok()) return tables.status();
  std::erase_if(*tables, [&](const std::string& table) { return !made->contains(table); });
  tables->emplace_back(kHistoryTable);
  return Send(owner_pool,
              GrantStatements(owner_pool.account().schema, *tables, *append_only, users));
}

}  // namespace thidua::database
