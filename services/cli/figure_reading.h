// Figures as people write them, in a CSV cell or on the command line. Strict: nothing is guessed.
#ifndef THIDUA_SERVICES_CLI_FIGURE_READING_H_
#define THIDUA_SERVICES_CLI_FIGURE_READING_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/csv_file.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::cli {

// What `text` states, without its indicator. A count is digits alone (text::ReadCount: 1206, 03;
// never 1.206 or l206), a ratio a decimal with a point (71.25); ">=" before it makes a lower bound,
// "~" an approximate number; 0 is ZERO. "not_reported" or "chưa báo cáo" and "not_applicable" or
// "không thuộc diện" say so. INVALID_ARGUMENT for everything else, blank texts included.
absl::StatusOr<reporting::v1::Figure> ReadFigure(std::string_view text, bool ratio);

// What a report CSV states for one school: figures in the order of the rows.
struct SchoolFigures {
  std::string school;  // "schools/dien-bien"
  int64_t line = 0;    // of its first row
  std::vector<reporting::v1::Figure> figures;
};

// Reads columns school_code, indicator, value, and optionally raw_token and note, for the window.
// Schools in the order in which they first appear. A cell that cannot be read, an indicator that
// the window does not ask of schools, one given twice for a school are problems.
std::vector<SchoolFigures> ReadReports(const std::string& file, std::string_view text,
                                       const reporting::v1::Window& window, CsvProblems& problems);

// Reads columns indicator, value and optionally raw_token: what a cluster itself states.
std::vector<reporting::v1::DeclaredTotal> ReadDeclaredTotals(const std::string& file,
                                                             std::string_view text,
                                                             const reporting::v1::Window& window,
                                                             CsvProblems& problems);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_FIGURE_READING_H_
