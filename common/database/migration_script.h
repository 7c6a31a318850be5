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
// While a new version is rolled out, binaries of the version before serve on its schema. So a file
// either expands (tables, indexes, columns that an older INSERT may leave out) and leaves
// min_compatible as it is, or it contracts (everything else), says `-- contract: why nobody needs
// it any more`, and raises min_compatible to the first file that came with binaries which do not:
// the version before this one. Rows are filled in (UPDATE) by a contract step too, since older
// binaries go on writing rows without the new column. The step that fills in and the column that
// needs it never come in one file as in 0107_terms_by_school.sql of the registry, which no older
// binary could have served beside. tests/unit/database_migration_steps_test.cc enforces this for
// all files after the first release.
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
