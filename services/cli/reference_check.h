// What must hold between the rows of the reference data, and what the contracts ask of each, found
// before anything is written. Pure.
#ifndef THIDUA_SERVICES_CLI_REFERENCE_CHECK_H_
#define THIDUA_SERVICES_CLI_REFERENCE_CHECK_H_

#include "services/cli/csv_file.h"
#include "services/cli/reference_data.h"

namespace thidua::cli {

// Adds to `problems`: what the request checks of the contracts would refuse (lengths, patterns,
// required fields); a school in two clusters on one day; a leader that is no member throughout, two
// heads or standing deputies at a time, more deputies than the regime allows; mergers whose days do
// not meet those of their schools, with fewer than two predecessors, or naming a school that
// another merger names on the same side.
void CheckReference(const ReferenceData& data, CsvProblems& problems);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REFERENCE_CHECK_H_
