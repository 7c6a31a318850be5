#include "services/cli/window_form.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/cli/registry_text.h"

namespace thidua::cli {

std::string Named(const std::string& collection, const std::string& word) {
  return absl::StartsWith(word, collection + "/") ? word : absl::StrCat(collection, "/", word);
}

std::string ReportName(const std::string& window, const std::string& school) {
  return absl::StrCat(Named("windows", window), "/reports/", IdOf(school));
}

std::string ConsolidationName(const std::string& window, const std::string& cluster) {
  return absl::StrCat(Named("windows", window), "/consolidations/", IdOf(cluster));
}

absl::StatusOr<reporting::v1::Window> GetWindow(Session& session, const std::string& word,
                                                const std::string& identity) {
  reporting::v1::GetWindowRequest request;
  request.set_name(Named("windows", word));
  return session.Call<reporting::v1::Window>("thidua.reporting.v1.WindowService.GetWindow", request,
                                             identity);
}

IndicatorTitles::IndicatorTitles(const reporting::v1::Window& window) {
  for (const reporting::v1::WindowIndicator& cell : window.indicators()) {
    if (cell.definition().display_name().empty()) continue;
    titles_[cell.indicator()] =
        absl::StrCat(cell.definition().display_name(), " (", IdOf(cell.indicator()), ")");
  }
}

std::string IndicatorTitles::TitleOf(const std::string& indicator) const {
  const auto found = titles_.find(indicator);
  return found == titles_.end() ? IdOf(indicator) : found->second;
}

}  // namespace thidua::cli
