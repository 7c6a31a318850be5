// What must hold for identifiers of schools. Pure: messages and days in, OK or a refusal out.
#ifndef THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_RULES_H_
#define THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "thidua/registry/v1/identifier_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

// What a scheme says by itself: a pattern that can be read, a validity with a day in it.
absl::Status CheckScheme(const v1::IdentifierScheme& scheme);

// A code is no longer than its scheme allows, has no empty group, and matches the pattern as a
// whole; refused as `school_identifier.code`.
absl::Status CheckCode(const v1::IdentifierScheme& scheme, const std::string& code);

// The days on which an identifier is in use: as written, cut to the validities of its school and of
// its scheme. Empty when they share none.
directory::Period InUse(const v1::SchoolIdentifier& identifier, const directory::Period& school,
                        const directory::Period& scheme);

// Where an identifier stands that is in use in this period.
v1::SchoolIdentifierState StateOn(const directory::Period& in_use, absl::CivilDay day);

// An identifier against its school, its scheme and the other identifiers of that school
// (`others` may hold the identifier itself as it was): a code of the scheme, bounds within both
// validities, no other code of the scheme on the same day (REASON_OVERLAP).
absl::Status CheckIdentifier(const v1::SchoolIdentifier& identifier, const v1::School& school,
                             const v1::IdentifierScheme& scheme,
                             const std::vector<v1::SchoolIdentifier>& others);

// REASON_RULE_VIOLATED: the code was given before, to `holder`; no code is given twice.
absl::Status UsedBefore(const v1::SchoolIdentifier& identifier, const v1::SchoolIdentifier& holder);

// The bounds of a school's identifiers that are written still lie within the validity of the school
// as changed.
absl::Status CheckIdentifiersWithin(const v1::School& school,
                                    const std::vector<v1::SchoolIdentifier>& identifiers);

// Ends the use of an identifier. REASON_WRONG_STATE when somebody retired it before. The caller
// checks the result.
absl::StatusOr<v1::SchoolIdentifier> Retire(v1::SchoolIdentifier identifier, absl::CivilDay end);

// `successor`, which `identifier` names, is another code of the scheme that is in use longer.
// `identifier_in_use` and `successor_in_use` are their InUse. Ends grow from each to its successor,
// so that no chain of successors comes back.
absl::Status CheckSuccessor(const v1::SchoolIdentifier& identifier,
                            const directory::Period& identifier_in_use,
                            const v1::SchoolIdentifier& successor,
                            const directory::Period& successor_in_use);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_RULES_H_
