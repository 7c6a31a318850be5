// What makes a definition of an indicator sound. Pure.
#ifndef THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_RULES_H_
#define THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_RULES_H_

#include <string>
#include <vector>

#include "common/contract/refusal.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::reporting {

// What is wrong with the definition beyond what its fields declare: the aggregation must suit the
// kind, and ratio parts belong to RECOMPUTE alone and name each part once, never the indicator
// itself. Paths begin with "indicator.".
std::vector<contract::FieldViolation> CheckDefinition(const v1::Indicator& indicator);

// The definition as a window pins it: what says how figures are read and put together, without the
// catalogue's own bookkeeping.
v1::Indicator Pinned(v1::Indicator indicator);

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_RULES_H_
