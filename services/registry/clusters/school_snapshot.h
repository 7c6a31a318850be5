// One school on one day, and where it or those it became or came from stand, out of the map in
// memory.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_SCHOOL_SNAPSHOT_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_SCHOOL_SNAPSHOT_H_

#include <string_view>

#include "absl/time/civil_time.h"
#include "common/directory/school_map.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// `school` is an identifier that the map holds.
v1::SchoolSnapshot SnapshotOfSchool(const directory::SchoolMap& map, std::string_view school,
                                    absl::CivilDay day);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_SCHOOL_SNAPSHOT_H_
