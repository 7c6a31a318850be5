// What must hold for schools and their lineage. Pure: messages and days in, OK or a refusal out.
// Texts are in NFC and single fields within their bounds already; the request checks see to that.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_RULES_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_RULES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/contract/refusal.h"
#include "common/directory/period.h"
#include "thidua/registry/v1/provenance.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

using Violations = std::vector<contract::FieldViolation>;

// REASON_RULE_VIOLATED on a resource, told in both languages.
absl::Status BreaksRule(const std::string& resource, const std::string& why,
                        const std::string& why_vi);

// A documented fact names its source. `path` is the field that holds the provenance
// ("school.provenance").
void CheckProvenance(const v1::Provenance& provenance, const std::string& path,
                     Violations& violations);

// The period of the message at `path`, which must have at least one day; nothing after adding a
// violation.
template <class Dated>
std::optional<directory::Period> CheckPeriod(const Dated& dated, const std::string& path,
                                             Violations& violations) {
  const absl::StatusOr<directory::Period> period = directory::PeriodOf(dated);
  if (period.ok() && !period->Empty()) return *period;
  violations.push_back({path + ".valid_to", "must be after valid_from", "phải sau valid_from"});
  return std::nullopt;
}

// What a school says by itself: the province where its kind needs one, validity, names and campuses
// that lie within it, names that do not overlap, one main campus at a time.
absl::Status CheckSchool(const v1::School& school);

// What an event says by itself: as many schools on either side as its type needs, each once; shares
// for a split only, each of a successor, those of one group of indicators exactly 1 together. Only
// a renaming has a school on both sides; any other would make it its own predecessor
// (REASON_LINEAGE_CYCLE).
absl::Status CheckLineageEvent(const v1::LineageEvent& event);

// No school may come from itself over other events either (REASON_LINEAGE_CYCLE). `onward`: the
// events that lead on from the event's successors, over as many steps as there are.
absl::Status CheckLineageAcyclic(const v1::LineageEvent& event,
                                 const std::vector<v1::LineageEvent>& onward);

// The school as the event leaves it. The predecessor of a MERGE, SPLIT or REBRAND that has no end
// yet ends on the effective date, and so does the name it bears then; refused when it would not
// have existed before, or bears a name that begins later. Any other school stays as it is.
absl::StatusOr<v1::School> EndedBy(const v1::LineageEvent& event, v1::School school);

// True when the event lets its predecessors end: MERGE, SPLIT and REBRAND.
bool EndsPredecessors(const v1::LineageEvent& event);

// The part of one school named by the event: a predecessor ends on the effective date, a successor
// begins on it, a renamed school begins a name on it.
absl::Status CheckLineageDates(const v1::LineageEvent& event, const v1::School& school);

// A school ends once and begins once. `recorded`: the events that name any of the same schools.
absl::Status CheckLineageOnce(const v1::LineageEvent& event,
                              const std::vector<v1::LineageEvent>& recorded);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_RULES_H_
