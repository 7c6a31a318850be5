// What the migrator keeps in the schema, and its look at what the schema holds.
#ifndef THIDUA_COMMON_DATABASE_MIGRATION_STORE_H_
#define THIDUA_COMMON_DATABASE_MIGRATION_STORE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/database/migration_history.h"
#include "common/database/migration_script.h"
#include "common/database/migrator.h"
#include "common/database/pool.h"

namespace thidua::database {

class MigrationStore {
 public:
  // The pool must outlive the store. `table_made` runs after each CREATE TABLE, before it is
  // recorded.
  explicit MigrationStore(Pool& pool, TableMade table_made = nullptr)
      : pool_(pool), table_made_(std::move(table_made)) {}

  // Makes the tables `lease` and `schema_migration` where they are missing.
  absl::Status Prepare();

  // Empty for a schema that was never migrated.
  absl::StatusOr<AppliedFiles> Applied();

  // Does statement `index` (from 0) of the script and records it; harmless when it is done already,
  // recorded or not.
  absl::Status Apply(const MigrationScript& script, size_t index);

  // Names of the schema's tables, sorted.
  absl::StatusOr<std::vector<std::string>> Tables();

  // Sends a statement that defines structure or rights.
  absl::Status Define(std::string_view sql);

 private:
  absl::StatusOr<bool> Exists(const MigrationStatement& statement);
  absl::StatusOr<bool> Done(const MigrationStatement& statement);
  absl::Status ApplyDefinition(const MigrationScript& script, size_t index);
  absl::Status ApplyRowChange(const MigrationScript& script, size_t index);
  absl::StatusOr<bool> Any(std::string_view sql, absl::Span<const Value> parameters);

  Pool& pool_;
  const TableMade table_made_;
};

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_MIGRATION_STORE_H_
