// What the leaders of a cluster look like over the years: whose turn it could be, and what is
// missing or contradictory. Pure: a map and days in, an answer out. Nothing here refuses anything.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_LEADERSHIP_RULES_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_LEADERSHIP_RULES_H_

#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/directory/school_map.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// The members of the day in the order in which 1122/BTĐKT-VI (30-6-2011, "in rotation") would let
// them lead: see v1::LeadershipRotation. `cluster` is an identifier that the map holds.
v1::LeadershipRotation RotationOf(const directory::SchoolMap& map, std::string_view cluster,
                                  absl::CivilDay day);

// Everything that is wrong with the leaders in the emulation years from..to, as far as the regime
// of the cluster is in force, by year, then by kind, then by first day. `cluster` is an identifier
// that the map holds.
std::vector<v1::LeadershipFinding> FindingsOf(const directory::SchoolMap& map,
                                              std::string_view cluster, int from_year, int to_year,
                                              absl::CivilDay today);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_LEADERSHIP_RULES_H_
