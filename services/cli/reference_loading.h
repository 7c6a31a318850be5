// Brings the reference data into the services: what is missing is created, what differs is updated,
// the rest is left alone.
#ifndef THIDUA_SERVICES_CLI_REFERENCE_LOADING_H_
#define THIDUA_SERVICES_CLI_REFERENCE_LOADING_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/cli/csv_file.h"
#include "services/cli/reference_data.h"
#include "services/cli/session.h"

namespace thidua::cli {

// What loading does, or did, with one file. Rows are lines of the file, the others resources: a
// merger has a row for each predecessor.
struct FileTally {
  std::string file;
  int rows = 0;
  int created = 0;
  int updated = 0;
  int unchanged = 0;
  int provisional = 0;
};

// One write that is still to be done.
struct PendingWrite {
  const CsvRecord* row;
  std::string file;
  std::string resource;
  std::function<absl::Status()> run;
};

// What is to be done. Refers to the data it was made from, which must live until it is carried out.
struct LoadingPlan {
  std::vector<FileTally> tallies;    // by file, in order of loading
  std::vector<PendingWrite> writes;  // in order
};

// Reads what the services have, page by page, and compares. A stored resource that differs in what
// never changes (a merger, the kind of a school) is added to `problems`. Errors: of the services.
// Nothing is written.
absl::StatusOr<LoadingPlan> PlanLoading(Session& session, const ReferenceData& data,
                                        CsvProblems& problems);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REFERENCE_LOADING_H_
