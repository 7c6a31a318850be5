// How a cluster's year stands on a day, put together.
#ifndef THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_OVERVIEW_H_
#define THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_OVERVIEW_H_

#include <vector>

#include "absl/time/civil_time.h"
#include "common/directory/school_map.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::registry {

// `texts` and `activities`: all of the programme, in the order in which they are shown. `map`: for
// what schools are called on the day.
v1::ProgrammeOverview Overview(v1::Programme programme, std::vector<v1::ProgrammeText> texts,
                               std::vector<v1::Activity> activities,
                               const directory::SchoolMap& map, absl::CivilDay as_of);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PROGRAMMES_PROGRAMME_OVERVIEW_H_
