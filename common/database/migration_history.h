// Compares the migration files of a binary with what a schema has recorded. Pure.
#ifndef THIDUA_COMMON_DATABASE_MIGRATION_HISTORY_H_
#define THIDUA_COMMON_DATABASE_MIGRATION_HISTORY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/migration_script.h"

namespace thidua::database {

struct MigrationFile;

// What the schema says about one file.
struct AppliedFile {
  std::vector<std::string> statements;  // SHA-256 of each statement done, in order
  std::string file_sha256_hex;          // of the file as it was when the last of them was done
  bool complete = false;
  int min_compatible = 0;
};
using AppliedFiles = std::map<std::string, AppliedFile>;  // by file name

// Parsed, in order of name, numbered without gap or double in each series.
absl::StatusOr<std::vector<MigrationScript>> ParseMigrations(
    const std::vector<MigrationFile>& files);

// FAILED_PRECONDITION when the schema was not made by these files or by a later set of them.
absl::Status CheckHistory(const std::vector<MigrationScript>& scripts, const AppliedFiles& applied);

// CheckHistory, and every file is applied (NOT_FOUND: what lies behind may yet come), and what lies
// ahead allows a binary that knows no more than these (FAILED_PRECONDITION).
absl::Status CheckFit(const std::vector<MigrationScript>& scripts, const AppliedFiles& applied);

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_MIGRATION_HISTORY_H_
