// From what a file states to what has to be sent: which figures of a draft change. Pure.
#ifndef THIDUA_SERVICES_CLI_REPORT_DRAFTING_H_
#define THIDUA_SERVICES_CLI_REPORT_DRAFTING_H_

#include <vector>

#include "thidua/reporting/v1/report_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::cli {

// The whole report that `stated` makes: one figure for each indicator that the window asks of
// schools, in its order; NOT_REPORTED where nothing was stated.
std::vector<reporting::v1::Figure> WholeReport(const reporting::v1::Window& window,
                                               const std::vector<reporting::v1::Figure>& stated);

// Those of `wanted` that say something else than the stored report, source, words and notes
// included.
std::vector<reporting::v1::Figure> ChangedFigures(const reporting::v1::SchoolReport& stored,
                                                  const std::vector<reporting::v1::Figure>& wanted);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REPORT_DRAFTING_H_
