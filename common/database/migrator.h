// Forward-only schema migration, statement by statement, safe to kill and repeat.
#ifndef THIDUA_COMMON_DATABASE_MIGRATOR_H_
#define THIDUA_COMMON_DATABASE_MIGRATOR_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/database/pool.h"

namespace thidua::database {

// One embedded SQL file. What its name and its comment lines say: migration_script.h.
struct MigrationFile {
  std::string name;
  std::string sha256_hex;
  std::string sql;
};

// Embedded by services/CMakeLists.txt.
const std::vector<MigrationFile>& registry_migrations();
const std::vector<MigrationFile>& reporting_migrations();
const std::vector<MigrationFile>& awards_migrations();

using TableMade = std::function<absl::Status(const std::string& table)>;

// Applies what is missing as the schema owner, holding the migration lease; waits for another
// migrator up to ten minutes. Records (file, statement, sha256) after each statement; before each
// CREATE TABLE, CREATE INDEX and ADD COLUMN it looks into information_schema, and rows change in
// one transaction with the record, so a run that was killed anywhere is completed by the next. Does
// nothing on a schema that is ahead of these files. FAILED_PRECONDITION with a sentence that says
// what is wrong: an applied file or statement was edited, an applied file is unknown, a number is
// missing, a file comes before an applied one of its series. INVALID_ARGUMENT for a file that
// cannot be understood. `progress` is called before each statement with a line to show. The owner
// pool needs two connections (the second renews the lease during long statements) and a statement
// timeout that suits the longest ALTER TABLE. A killed migrator's lease ends after
// `lease_duration`; the next one waits for that. `table_made` gives the users their rights on a
// table that was just made, before the schema says that it is there: servers may be waiting for it.
absl::Status Migrate(Pool& owner_pool, const std::vector<MigrationFile>& files,
                     const std::function<void(std::string_view)>& progress,
                     const TableMade& table_made,
                     absl::Duration lease_duration = absl::Seconds(15));

// Whether this binary and the schema fit; if not, a sentence that says what to do. NOT_FOUND: the
// schema is behind, a file of this binary is not (fully) applied yet; `migrate` of this version
// mends that. FAILED_PRECONDITION: no waiting mends it, since a file was applied in another text,
// or the schema is ahead and declares that binaries must know more. Any user may ask.
absl::Status CheckCompatible(Pool& pool, const std::vector<MigrationFile>& files);

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_MIGRATOR_H_
