// Reads a migration file: its declarations, its statements, and what each statement is about. Pure.
//
// A file is numbered NNMM_words.sql: NN is the series (00 for what every service has, 01 registry,
// 02 reporting, 03 awards), MM counts from 01 within it without gaps. Declarations are comment
// lines:
//   -- min_compatible: 0101        oldest file of the same series that a binary must know to run on
//   a schema that has this one. Required.
//   -- append_only: event, …       tables of this file that the app user may only INSERT into and
//   SELECT from.
//
// While a version is rolled out, the one before it serves on the same schema, and may come back to
// it. So a file is one of two steps. It expands: tables, indexes, and columns that an older INSERT
// may leave out; it leaves min_compatible as it is. Or it contracts, which is everything else,
// filling in older rows too, since older binaries go on writing them without the new column: then
// it says
// `-- contract: why no binary needs it any more`, and raises min_compatible to a file of the
// version before, whose binaries are the ones that do not. A change that needs both takes two
// versions. 0107_terms_by_school.sql of the registry does both in one, and no older binary can
// serve beside it: it is from before the first release, and not to be imitated.
// tests/unit/database_migration_steps_test.cc keeps later files to this.
#ifndef THIDUA_COMMON_DATABASE_MIGRATION_SCRIPT_H_
#define THIDUA_COMMON_DATABASE_MIGRATION_SCRIPT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace thidua::database {

// DDL commits by itself, so that a statement may have been done although it was not recorded: what
// it makes or drops is looked for before it runs; MODIFY COLUMN may run again. Rows are changed in
// one transaction with the record and need no look.
struct MigrationStatement {
  enum class Kind {
    kCreateTable,
    kCreateIndex,
    kAddColumn,
    kModifyColumn,
    kDropTable,
    kDropIndex,
    kDropColumn,
    kChangeRows
  };
  Kind kind = Kind::kChangeRows;
  std::string table;   // empty for kChangeRows
  std::string object;  // index or column, empty otherwise
  std::string sql;     // without comments and without the semicolon
  std::string sha256_hex;
};

struct MigrationScript {
  std::string name;
  std::string sha256_hex;  // of the whole file
  int number = 0;
  int min_compatible = 0;
  std::vector<std::string> append_only;
  std::vector<MigrationStatement> statements;

  int series() const { return number / 100; }
};

// INVALID_ARGUMENT, with file and statement, for a file that breaks the rules above, or holds a
// statement other than CREATE TABLE, CREATE [UNIQUE] INDEX, DROP TABLE, DROP INDEX, ALTER TABLE …
// ADD COLUMN, MODIFY COLUMN or DROP COLUMN (one column for a statement), INSERT, UPDATE and DELETE.
absl::StatusOr<MigrationScript> ParseMigration(const std::string& name,
                                               const std::string& sha256_hex,
                                               const std::string& sql);

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_MIGRATION_SCRIPT_H_
