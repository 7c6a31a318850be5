#include "common/database/migration_history.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/database/migrator.h"

namespace thidua::database {
namespace {

template <typename... Parts>
absl::Status Unfit(const Parts&... parts) {
  return absl::FailedPreconditionError(absl::StrCat(parts...));
}

// Recorded names were checked when they were applied.
int NumberOf(const std::string& file) {
  int number = 0;
  return absl::SimpleAtoi(file.substr(0, 4), &number) ? number : 0;
}

// The newest number known in each series.
std::map<int, int> NewestBySeries(const std::vector<MigrationScript>& scripts) {
  std::map<int, int> newest;
  for (const MigrationScript& script : scripts) {
    newest[script.series()] = std::max(newest[script.series()], script.number);
  }
  return newest;
}

// The newest number known in the series of `number`, 0 when none is.
int NewestBeside(const std::map<int, int>& newest, int number) {
  const auto series = newest.find(number / 100);
  return series == newest.end() ? 0 : series->second;
}

bool IsAhead(const std::map<int, int>& newest, int number) {
  return number > NewestBeside(newest, number);
}

absl::Status CheckUnedited(const MigrationScript& script, const AppliedFile& applied) {
  if (applied.complete && applied.file_sha256_hex != script.sha256_hex) {
    return Unfit(script.name,
                 " was edited after it was applied; restore it and put the change into a new file");
  }
  for (size_t i = 0; i < applied.statements.size(); ++i) {
    if (i >= script.statements.size() || applied.statements[i] != script.statements[i].sha256_hex) {
      return Unfit("statement ", i + 1, " of ", script.name,
                   " was edited after it was applied; restore it");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<MigrationScript>> ParseMigrations(
    const std::vector<MigrationFile>& files) {
  std::vector<MigrationScript> scripts;
  for (const MigrationFile& file : files) {
    auto script = ParseMigration(file.name, file.sha256_hex, file.sql);
    if (!script.ok()) return script.status();
    scripts.push_back(*std::move(script));
  }
  std::sort(scripts.begin(), scripts.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  std::map<int, int> last;
  for (const MigrationScript& script : scripts) {
    int& previous = last.try_emplace(script.series(), script.series() * 100).first->second;
    if (script.number == previous) return Unfit(script.name, ": another migration has this number");
    if (script.number != previous + 1) {
      return Unfit(
          absl::StrFormat("migration %04d is missing before %s", previous + 1, script.name));
    }
    previous = script.number;
  }
  return scripts;
}

absl::Status CheckHistory(const std::vector<MigrationScript>& scripts,
                          const AppliedFiles& applied) {
  const std::map<int, int> newest = NewestBySeries(scripts);
  std::set<std::string> known;
  for (const MigrationScript& script : scripts) {
    known.insert(script.name);
    const auto found = applied.find(script.name);
    if (found == applied.end()) continue;
    if (absl::Status status = CheckUnedited(script, found->second); !status.ok()) return status;
  }
  std::map<int, int> newest_applied;
  for (const auto& [file, state] : applied) {
    const int number = NumberOf(file);
    newest_applied[number / 100] = std::max(newest_applied[number / 100], number);
    if (!known.contains(file) && !IsAhead(newest, number)) {
      return Unfit(file,
                   " is applied to this schema but unknown here: the schema was made by another "
                   "line of this software");
    }
  }
  for (const MigrationScript& script : scripts) {
    const auto found = applied.find(script.name);
    const bool incomplete = found == applied.end() || !found->second.complete;
    if (incomplete && newest_applied[script.series()] > script.number) {
      return Unfit(script.name,
                   " is missing from the schema although a later file is applied; restore the "
                   "schema from a backup");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckFit(const std::vector<MigrationScript>& scripts, const AppliedFiles& applied) {
  if (absl::Status status = CheckHistory(scripts, applied); !status.ok()) return status;
  for (const MigrationScript& script : scripts) {
    const auto found = applied.find(script.name);
    if (found == applied.end() || !found->second.complete) {
      return absl::NotFoundError(absl::StrCat(
          "the schema is behind: ", script.name, " is not ", found == applied.end() ? "" : "fully ",
          "applied; run `migrate` of this version as the schema's owner"));
    }
  }
  const std::map<int, int> newest = NewestBySeries(scripts);
  for (const auto& [file, state] : applied) {
    const int number = NumberOf(file);
    if (IsAhead(newest, number) && IsAhead(newest, state.min_compatible)) {
      return Unfit(
          absl::StrFormat("the schema is ahead: %s needs a version that knows migration %04d, and "
                          "this one knows %04d; start a newer version",
                          file, state.min_compatible, NewestBeside(newest, number)));
    }
  }
  return absl::OkStatus();
}

}  // namespace thidua::database
