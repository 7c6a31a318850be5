// Carries out what is planned: the registry's part as one import, what belongs to other services
// after it.
#ifndef THIDUA_SERVICES_CLI_LISTS_LOADING_H_
#define THIDUA_SERVICES_CLI_LISTS_LOADING_H_

#include "absl/status/statusor.h"
#include "services/cli/csv_file.h"
#include "services/cli/lists/loading_plan.h"
#include "services/cli/session.h"

namespace thidua::cli {

struct LoadingOptions {
  bool dry_run = false;  // ask the registry's rules, store nothing
  bool in_parts =
      false;  // several imports where one is too large; each is all or nothing by itself
};

// True when the plan's writes are too many, or too large, for one import.
bool NeedsParts(const LoadingPlan& plan);

// How many imports are stored; more than one only in parts. What the rules refuse is added to
// `problems`, by file, row and column; then that import stored nothing, and nothing after it was
// sent. Errors: of the services.
absl::StatusOr<int> CarryOut(Session& session, const LoadingPlan& plan,
                             const LoadingOptions& options, CsvProblems& problems);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_LOADING_H_
