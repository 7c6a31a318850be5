// What people type or keep in a file about the standard of political schools, as the contract has
// it. Pure.
#ifndef THIDUA_SERVICES_CLI_STANDARD_FORM_H_
#define THIDUA_SERVICES_CLI_STANDARD_FORM_H_

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/cli/arguments.h"
#include "services/cli/csv_file.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::cli {

// "SURVEYED", also in small letters and with hyphens; UNSPECIFIED for no step.
registry::v1::StandardStepType StepNamed(const std::string& word);

// The flags that say something about a step.
const std::set<std::string>& StepFlags();
// The step that the flags describe: --date, --met … --total, --decision, --decision-date, --issuer,
// --body, --assessment (a resource name), --source, --document, --provisional, --note.
absl::StatusOr<registry::v1::StandardStep> ReadStep(const Arguments& arguments);
// The counts that the flags give; without any field when they give none.
absl::StatusOr<registry::v1::StandardCounts> ReadCounts(const Arguments& arguments);

// The findings of a file with the columns indicator, result (MET, UNMET, NEAR, EXCEEDED or
// NOT_JUDGED), and, if it likes, evidence and note. Several papers are separated by `;`; where a
// paper is kept stands behind `|`.
google::protobuf::RepeatedPtrField<registry::v1::IndicatorFinding> ReadFindings(
    const std::string& file, std::string_view text, CsvProblems& problems);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_STANDARD_FORM_H_
