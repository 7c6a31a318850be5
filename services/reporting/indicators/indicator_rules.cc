#include "services/reporting/indicators/indicator_rules.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace thidua::reporting {
namespace {

using contract::FieldViolation;
using v1::Indicator;

bool Suits(v1::IndicatorKind kind, v1::IndicatorAggregation aggregation) {
  switch (aggregation) {
    case v1::INDICATOR_AGGREGATION_SUM:
      return kind == v1::INDICATOR_KIND_FLOW || kind == v1::INDICATOR_KIND_STOCK;
    case v1::INDICATOR_AGGREGATION_SUM_AT_ONE_DATE:
      return kind == v1::INDICATOR_KIND_STOCK;
    case v1::INDICATOR_AGGREGATION_RECOMPUTE:
      return kind == v1::INDICATOR_KIND_RATIO;
    case v1::INDICATOR_AGGREGATION_NONE:
      return true;
    default:
      return false;
  }
}

void CheckParts(const Indicator& indicator, std::vector<FieldViolation>& violations) {
  if (!indicator.has_ratio_parts()) return;
  if (indicator.aggregation() != v1::INDICATOR_AGGREGATION_RECOMPUTE) {
    violations.push_back({"indicator.ratio_parts", "only a recomputed ratio has parts",
                          "chỉ tỷ lệ được tính lại mới có thành phần"});
    return;
  }
  std::set<std::string> seen = {indicator.name(), indicator.ratio_parts().denominator()};
  if (indicator.ratio_parts().denominator() == indicator.name()) {
    violations.push_back(
        {"indicator.ratio_parts.denominator", "is the indicator itself", "là chính chỉ tiêu này"});
  }
  for (int i = 0; i < indicator.ratio_parts().numerators_size(); ++i) {
    if (seen.insert(indicator.ratio_parts().numerators(i)).second) continue;
    violations.push_back({absl::StrCat("indicator.ratio_parts.numerators[", i, "]"),
                          "is named twice, or is the indicator itself or its denominator",
                          "bị lặp lại, hoặc là chính chỉ tiêu này hay mẫu số của nó"});
  }
}

}  // namespace

std::vector<FieldViolation> CheckDefinition(const Indicator& indicator) {
  std::vector<FieldViolation> violations;
  if (!Suits(indicator.kind(), indicator.aggregation())) {
    violations.push_back({"indicator.aggregation", "does not suit the kind of indicator",
                          "không phù hợp với loại chỉ tiêu"});
  }
  CheckParts(indicator, violations);
  return violations;
}

Indicator Pinned(Indicator indicator) {
  indicator.clear_provenance();
  indicator.clear_etag();
  indicator.clear_create_time();
  indicator.clear_update_time();
  return indicator;
}

}  // namespace thidua::reporting
