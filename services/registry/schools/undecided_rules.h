// What no document decides about a day: lineage that is presumed from the merger of the provinces
// alone.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_UNDECIDED_RULES_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_UNDECIDED_RULES_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "common/directory/school_map.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

// Mergers, splits and re-establishments up to `day` that are provisional and whose outcome stands
// on it: a successor exists on the day, or ended in another of these events. In the order of
// `events`, which is that of SchoolMap::Events. A renaming decides nothing about existence and is
// never among them.
std::vector<const v1::LineageEvent*> UndecidedOn(const directory::SchoolMap& map,
                                                 const std::vector<const v1::LineageEvent*>& events,
                                                 absl::CivilDay day);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_UNDECIDED_RULES_H_
