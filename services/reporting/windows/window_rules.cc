#include "services/reporting/windows/window_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/reporting/indicators/indicator_rules.h"

namespace thidua::reporting {
namespace {

using contract::FieldViolation;

constexpr char kClusters[] = "clusters/";

absl::CivilDay DayOf(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

void CheckDays(const v1::Window& window, std::vector<FieldViolation>& violations) {
  const absl::CivilDay start = DayOf(window.period_start());
  const absl::CivilDay end = DayOf(window.period_end());
  const absl::CivilDay cut_off = DayOf(window.cut_off_date());
  if (end < start) {
    violations.push_back({"window.period_end", "is before period_start", "trước ngày bắt đầu kỳ"});
  } else if (cut_off < start || end < cut_off) {
    violations.push_back({"window.cut_off_date", "is outside the period", "nằm ngoài kỳ báo cáo"});
  }
  if (window.kind() == v1::WINDOW_KIND_AS_OF && start != end) {
    violations.push_back({"window.period_start", "must be the cut-off date for AS_OF",
                          "phải là ngày chốt số liệu đối với báo cáo tại thời điểm"});
  }
}

void CheckIndicators(const v1::Window& window, std::vector<FieldViolation>& violations) {
  std::set<std::string> seen;
  for (int i = 0; i < window.indicators_size(); ++i) {
    const v1::WindowIndicator& item = window.indicators(i);
    const std::string path = absl::StrCat("window.indicators[", i, "]");
    if (!seen.insert(item.indicator()).second) {
      violations.push_back({absl::StrCat(path, ".indicator"), "is named twice", "bị lặp lại"});
    }
    if (item.mandatory() && item.cluster_only()) {
      violations.push_back({absl::StrCat(path, ".mandatory"),
                            "cannot be asked of schools: it is stated by the cluster only",
                            "không thể yêu cầu trường báo cáo: chỉ cụm công bố"});
    }
  }
}

void CheckClusters(const v1::Window& window, std::vector<FieldViolation>& violations) {
  std::set<std::string> seen;
  for (int i = 0; i < window.clusters_size(); ++i) {
    if (seen.insert(window.clusters(i)).second) continue;
    violations.push_back(
        {absl::StrCat("window.clusters[", i, "]"), "is named twice", "bị lặp lại"});
  }
}

}  // namespace

std::vector<FieldViolation> CheckWindow(const v1::Window& window) {
  std::vector<FieldViolation> violations;
  CheckDays(window, violations);
  CheckIndicators(window, violations);
  CheckClusters(window, violations);
  return violations;
}

std::vector<FieldViolation> PinDefinitions(const std::vector<v1::Indicator>& definitions,
                                           v1::Window* window) {
  std::map<std::string_view, const v1::Indicator*> by_name;
  for (const v1::Indicator& definition : definitions) by_name[definition.name()] = &definition;
  std::vector<FieldViolation> violations;
  for (int i = 0; i < window->indicators_size(); ++i) {
    v1::WindowIndicator& item = *window->mutable_indicators(i);
    const auto found = by_name.find(item.indicator());
    if (found == by_name.end()) {
      violations.push_back({absl::StrCat("window.indicators[", i, "].indicator"), "does not exist",
                            "không tồn tại"});
      continue;
    }
    item.set_definition_version(found->second->definition_version());
    *item.mutable_definition() = Pinned(*found->second);
  }
  return violations;
}

bool ReportsIn(const v1::Window& window, std::string_view cluster) {
  if (window.clusters().empty()) return true;
  const std::string id(absl::StripPrefix(std::string(cluster), kClusters));
  return std::any_of(
      window.clusters().begin(), window.clusters().end(),
      [&](const std::string& name) { return absl::StripPrefix(name, kClusters) == id; });
}

absl::CivilDay MembershipDay(const v1::Window& window) { return DayOf(window.membership_date()); }

}  // namespace thidua::reporting
