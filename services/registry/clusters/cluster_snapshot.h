// One cluster on one day, out of the map in memory.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SNAPSHOT_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SNAPSHOT_H_

#include <string_view>

#include "absl/time/civil_time.h"
#include "common/directory/school_map.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// `cluster` is an identifier that the map holds.
v1::ClusterSnapshot SnapshotOfCluster(const directory::SchoolMap& map, std::string_view cluster,
                                      absl::CivilDay day);

// What a term says about its school on a day that it covers.
v1::ClusterLeader LeaderOn(const directory::SchoolMap& map, const v1::LeadershipTerm& term,
                           absl::CivilDay day);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SNAPSHOT_H_
