// What must hold for assessments of a school, and what follows from them. Pure.
#ifndef THIDUA_SERVICES_REGISTRY_STANDARDS_ASSESSMENT_RULES_H_
#define THIDUA_SERVICES_REGISTRY_STANDARDS_ASSESSMENT_RULES_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::registry {

// The assessment with its counts and results by criterion worked out. Findings and stated counts
// must agree: they are the same when every indicator is judged, and otherwise the judged ones fit
// into what is stated.
absl::StatusOr<v1::StandardAssessment> CheckAssessment(v1::StandardAssessment assessment,
                                                       const v1::StandardScheme& scheme,
                                                       absl::CivilDay today);

// Only while no step rests on it.
absl::Status CheckStillOpen(const v1::StandardAssessment& assessment);

// The step with the counts of the assessment that it rests on. What is assessed by the school, its
// province or the Academy rests on an assessment of theirs.
absl::StatusOr<v1::StandardStep> RestingOn(v1::StandardStep step,
                                           const v1::StandardAssessment& assessment);

// What is not both met and proven. `assessment` may be null: then nothing is judged.
v1::StandardGaps GapsOf(const v1::StandardScheme& scheme, const v1::StandardAssessment* assessment);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STANDARDS_ASSESSMENT_RULES_H_
