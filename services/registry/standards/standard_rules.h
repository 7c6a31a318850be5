// What must hold for a school's way to a level of the standard (BR-32, BR-33, BR-35). Pure: what is
// known and the day of today in, the case as it will be or a refusal out.
#ifndef THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_RULES_H_
#define THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::registry {

// What a step is checked against.
struct StepGround {
  const v1::StandardScheme& scheme;  // of the case
  const v1::School& school;          // of the case
  absl::CivilDay today;
};

// `schools/{school}/standardCases/level-{level}`.
std::string CaseName(const std::string& school, int level);
// The school of a case or of what hangs on it: "schools/lao-cai".
std::string SchoolOf(const std::string& name);

// A case without steps. Refused unless its name is that of the scheme's level.
absl::StatusOr<v1::StandardCase> OpenCase(const std::string& name,
                                          const v1::StandardScheme& scheme);

// An act done here: the next step, or the one that the case was returned to (REASON_WRONG_STATE
// otherwise). Of today when it has no date.
absl::StatusOr<v1::StandardCase> TakeStep(v1::StandardCase standard_case, v1::StandardStep step,
                                          const StepGround& ground);

// A step that a source tells of, in its place in the history; whatever is unknown before it when
// `allow_missing`, otherwise only the next one (REASON_WRONG_STATE).
// REASON_ALREADY_EXISTS when the history has it with that date and source; REASON_RULE_VIOLATED
// when it contradicts the history.
absl::StatusOr<v1::StandardCase> RecordStep(v1::StandardCase standard_case, v1::StandardStep step,
                                            const StepGround& ground, bool allow_missing);

// Back to a step that the case has come to.
absl::StatusOr<v1::StandardCase> ReturnTo(v1::StandardCase standard_case,
                                          v1::StandardStepType returned_to, v1::StandardStep step,
                                          const StepGround& ground);

// Puts `step` in the place of what was said of the step of that number; number, type, day of
// recording and assessment stay.
absl::StatusOr<v1::StandardCase> CorrectStep(v1::StandardCase standard_case, int number,
                                             v1::StandardStep step, const StepGround& ground);

// True while nothing was recorded in the case itself, so that its scheme may still be chosen.
bool IsBlank(const v1::StandardCase& standard_case);

// The same case after the life of its school has changed: the days of recognition follow; refused
// when a step would lie outside.
absl::StatusOr<v1::StandardCase> Resettle(v1::StandardCase standard_case, const v1::School& school);

// The same case as it stands for a successor of the event: its predecessor's name is added, and it
// is due when nothing else was recorded.
v1::StandardCase WithPredecessor(v1::StandardCase standard_case, const std::string& predecessor,
                                 const v1::LineageEvent& event);

// Whether the school of the case follows upon others by such an event: all but a renaming.
bool MakesSuccessors(const v1::LineageEvent& event);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STANDARDS_STANDARD_RULES_H_
