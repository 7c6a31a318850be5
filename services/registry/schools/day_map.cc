#include "services/registry/schools/day_map.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "services/registry/schools/undecided_rules.h"

namespace thidua::registry {
namespace {

std::string SchoolId(const std::string& name) {
  return contract::SegmentAfter(name, "schools").value_or("");
}

v1::MapSchool MapSchoolOf(const directory::SchoolMap& map, std::string_view id,
                          absl::CivilDay day) {
  v1::MapSchool shown;
  shown.set_school(contract::Join({"schools", id}));
  shown.set_display_name(std::string(map.DisplayName(id, day)));
  shown.set_short_name(std::string(map.ShortName(id, day)));
  if (const v1::School* school = map.School(id); school != nullptr) {
    shown.set_kind(school->kind());
    shown.set_province_id(school->province_id());
    shown.set_province(school->province());
    shown.set_confidence(school->provenance().confidence());
  }
  if (const v1::Membership* membership = map.MembershipOf(id, day); membership != nullptr) {
    shown.set_cluster(contract::Join(
        {"clusters", contract::SegmentAfter(membership->name(), "clusters").value_or("")}));
    shown.set_membership_confidence(membership->provenance().confidence());
  }
  return shown;
}

void AddClusters(const directory::SchoolMap& map, absl::CivilDay day,
                 const std::map<std::string, int32_t>& member_counts, v1::SchoolMap& day_map) {
  const std::vector<std::string_view> held = map.Clusters();
  for (const std::string_view id : std::set<std::string_view>(held.begin(), held.end())) {
    const v1::Cluster& cluster = *map.Cluster(id);
    const v1::ClusterRegime* regime =
        map.Regime(contract::SegmentAfter(cluster.regime(), "clusterRegimes").value_or(""));
    if (regime == nullptr) continue;
    const absl::StatusOr<directory::Period> period = directory::PeriodOf(*regime);
    if (!period.ok() || !period->Contains(day)) continue;
    v1::MapCluster& shown = *day_map.add_clusters();
    shown.set_cluster(cluster.name());
    shown.set_display_name(cluster.display_name());
    shown.set_confidence(cluster.provenance().confidence());
    const auto members = member_counts.find(cluster.name());
    if (members != member_counts.end()) shown.set_member_count(members->second);
  }
}

}  // namespace

v1::SchoolMap DayMapOf(const directory::SchoolMap& map, absl::CivilDay day) {
  v1::SchoolMap day_map;
  *day_map.mutable_as_of() = runtime::DayToProto(day);
  std::map<v1::SchoolKind, v1::MapCount> counts;
  std::set<std::string> presumed;
  for (const v1::LineageEvent* event : UndecidedOn(map, map.Events(), day)) {
    v1::UndecidedEvent& undecided = *day_map.add_undecided();
    undecided.set_lineage_event(event->name());
    undecided.set_type(event->type());
    *undecided.mutable_effective_date() = event->effective_date();
    *undecided.mutable_provenance() = event->provenance();
    for (const std::string& name : event->predecessors()) {
      v1::MapSchool& school = *undecided.add_predecessors();
      school = MapSchoolOf(map, SchoolId(name), day);
      v1::MapCount& count = counts[school.kind()];
      count.set_undecided_predecessors(count.undecided_predecessors() + 1);
    }
    for (const std::string& name : event->successors()) {
      v1::MapSchool& school = *undecided.add_presumed_successors();
      school = MapSchoolOf(map, SchoolId(name), day);
      v1::MapCount& count = counts[school.kind()];
      count.set_presumed_successors(count.presumed_successors() + 1);
      presumed.insert(name);
    }
  }
  std::map<std::string, int32_t> member_counts;
  for (const std::string_view id : map.SchoolsOn(day)) {
    v1::MapSchool school = MapSchoolOf(map, id, day);
    if (presumed.contains(school.school())) continue;
    v1::MapCount& count = counts[school.kind()];
    count.set_documented(count.documented() + 1);
    if (!school.cluster().empty()) ++member_counts[school.cluster()];
    *day_map.add_schools() = std::move(school);
  }
  AddClusters(map, day, member_counts, day_map);
  for (auto& [kind, count] : counts) {
    count.set_kind(kind);
    *day_map.add_counts() = std::move(count);
  }
  return day_map;
}

rpc::Encoded<v1::SchoolMap> EncodedDayMaps::Of(
    const std::shared_ptr<const directory::SchoolMap>& map, absl::CivilDay day) {
  // A map of 10,000 schools takes 2 to 3 MB; few ask for many days of one.
  constexpr size_t kMostKept = 16;
  {
    absl::MutexLock lock(&mutex_);
    if (map_ != map || encoded_.size() >= kMostKept) {
      encoded_.clear();
      map_ = map;
    }
    if (const auto found = encoded_.find(day); found != encoded_.end()) return {found->second};
  }
  auto bytes = std::make_shared<const std::string>(DayMapOf(*map, day).SerializeAsString());
  absl::MutexLock lock(&mutex_);
  if (map_ == map) encoded_[day] = bytes;
  return {std::move(bytes)};
}

}  // namespace thidua::registry
