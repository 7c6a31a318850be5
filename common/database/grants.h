// Rights in a schema, as its owner passes them on; deploy/database/accounts gives the owner its
// own. Append-only is enforced by them: no code path of the service can change a journal row.
#ifndef THIDUA_COMMON_DATABASE_GRANTS_H_
#define THIDUA_COMMON_DATABASE_GRANTS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/database/migrator.h"
#include "common/database/pool.h"

namespace thidua::database {

// Accounts as SQL writes them, for example 'registry_app'@'%'. They exist already.
struct SchemaUsers {
  std::string app;
  std::string read;  // empty: there is none
};

// Tables that some file declares append-only (see migration_script.h).
absl::StatusOr<std::set<std::string>> AppendOnlyTables(const std::vector<MigrationFile>& files);

// What the owner gives after each migration. app: SELECT and INSERT on append-only tables, SELECT
// on schema_migration, SELECT, INSERT, UPDATE and DELETE on all others; read: SELECT. Repeating
// them is harmless.
std::vector<std::string> GrantStatements(const std::string& schema,
                                         const std::vector<std::string>& tables,
                                         const std::set<std::string>& append_only,
                                         const SchemaUsers& users);

// What Migrate does with each table that it makes.
absl::StatusOr<TableMade> GrantWhenMade(Pool& owner_pool, const std::vector<MigrationFile>& files,
                                        const SchemaUsers& users);

// GrantStatements for the tables that these files and the migrator have made, sent as the owner.
// Tables of a later version are left as they are: only that version knows which of them are
// append-only. The history comes last: a server that waits for its schema sees none before it has
// all its rights.
absl::Status Grant(Pool& owner_pool, const std::vector<MigrationFile>& files,
                   const SchemaUsers& users);

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_GRANTS_H_
