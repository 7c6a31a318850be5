// A window as the form that people know: what its indicators are called.
#ifndef THIDUA_SERVICES_CLI_WINDOW_FORM_H_
#define THIDUA_SERVICES_CLI_WINDOW_FORM_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "services/cli/session.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::cli {

// "windows/2024-h1" for "2024-h1"; a whole name stays as it is.
std::string Named(const std::string& collection, const std::string& word);
// "windows/2024-h1/reports/dien-bien".
std::string ReportName(const std::string& window, const std::string& school);
// "windows/2024-h1/consolidations/mnbg".
std::string ConsolidationName(const std::string& window, const std::string& cluster);

// The window by the word that people type.
absl::StatusOr<reporting::v1::Window> GetWindow(Session& session, const std::string& word,
                                                const std::string& identity = "");

// What the window's indicators are called: "tổng số lớp đào tạo, bồi dưỡng (classes_total)".
class IndicatorTitles {
 public:
  explicit IndicatorTitles(const reporting::v1::Window& window);
  // The code alone when the window does not have the indicator.
  std::string TitleOf(const std::string& indicator) const;

 private:
  std::map<std::string, std::string> titles_;
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_WINDOW_FORM_H_
