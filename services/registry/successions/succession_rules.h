// What a lineage event leaves to decide, and what may be decided. Pure: messages in, items, OK or a
// refusal out.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_RULES_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_RULES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/registry/v1/succession_service.pb.h"

namespace thidua::registry {

// The day on which the predecessors of the event end.
absl::CivilDay EffectiveDay(const v1::LineageEvent& event);

// `lineageEvents/{event}/fates/{fate}`: one for each subject and predecessor.
std::string FateName(const std::string& event, const std::string& subject,
                     const std::string& predecessor);

// An item of the event that is not decided, as far as every kind has it.
v1::SuccessionItem NewItem(const v1::LineageEvent& event, v1::SuccessionKind kind,
                           const std::string& subject, const std::string& predecessor);

// The item that a membership or term of a predecessor makes; nothing when it had ended before the
// event, of a term also when nothing of its year is left.
std::optional<v1::SuccessionItem> ItemOf(const v1::LineageEvent& event,
                                         const v1::Membership& membership);
std::optional<v1::SuccessionItem> ItemOf(const v1::LineageEvent& event,
                                         const v1::LeadershipTerm& term);

// The item that was decided, as it stood then.
v1::SuccessionItem ItemOf(const v1::LineageEvent& event, const v1::SuccessionFate& fate);

// The membership of `successor` in `cluster` that continues `ended` from the effective date, or
// from its own first day where that is later; bounds of school and regime are not set yet.
v1::Membership Continuing(const v1::Membership& ended, const v1::LineageEvent& event,
                          const std::string& successor, const std::string& cluster);

// What the decision will be when the request fits the item: TRANSFER names a successor of the event
// (the only one where none is given), of a membership also a cluster; CLOSE is for what had begun;
// CANCEL for what had not, of a pact for its signature, of an activity for the whole.
absl::StatusOr<v1::SuccessionFate> Decide(const v1::DecideSuccessionItemRequest& request,
                                          const v1::LineageEvent& event,
                                          const v1::SuccessionItem& item);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_RULES_H_
