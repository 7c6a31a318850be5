// What must hold for the sets of indicators of the standard, and for counts of them. Pure.
#ifndef THIDUA_SERVICES_REGISTRY_STANDARDS_SCHEME_RULES_H_
#define THIDUA_SERVICES_REGISTRY_STANDARDS_SCHEME_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "services/registry/schools/school_rules.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::registry {

// What a scheme says by itself: criteria numbered from 1 without a gap, each indicator once and of
// one of them, never more indicators than the totals; the totals of all criteria, where they are
// all known, add up to that of the scheme.
absl::Status CheckScheme(const v1::StandardScheme& scheme);

// A scheme that cases use only grows: an indicator, a threshold or a criterion's total that was
// unknown may come in; what was said stays (REASON_SCHEME_FROZEN).
absl::Status CheckOnlyGrows(const v1::StandardScheme& before, const v1::StandardScheme& after);

// Fills in what follows from the rest (met + unmet = total, the total being the scheme's), and
// checks the arithmetic: exceeded ≤ met, near ≤ unmet. `path` is the field that holds the counts.
v1::StandardCounts CompleteCounts(v1::StandardCounts counts, int total, const std::string& path,
                                  Violations& violations);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STANDARDS_SCHEME_RULES_H_
