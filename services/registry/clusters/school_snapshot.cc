#include "services/registry/clusters/school_snapshot.h"

#include <algorithm>
#include <string>

#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "services/registry/clusters/cluster_snapshot.h"

namespace thidua::registry {
namespace {

using directory::SchoolMap;

// Of a school that exists and is nobody's member.
v1::ClusterAbsence AbsenceOf(const SchoolMap& map, std::string_view school) {
  const absl::StatusOr<directory::Period> validity = directory::PeriodOf(*map.School(school));
  if (!validity.ok() || validity->from == directory::kOpenStart)
    return v1::CLUSTER_ABSENCE_NONE_RECORDED;
  const absl::CivilDay before = validity->from - 1;
  const directory::Resolution origin = map.Resolve(school, before);
  const bool inherits =
      std::any_of(origin.schools.begin(), origin.schools.end(), [&](std::string_view predecessor) {
        return map.MembershipOf(predecessor, before) != nullptr;
      });
  return inherits ? v1::CLUSTER_ABSENCE_SUCCESSION_UNDECIDED : v1::CLUSTER_ABSENCE_NONE_RECORDED;
}

void AddCluster(const SchoolMap& map, std::string_view school, absl::CivilDay day,
                v1::SchoolStanding& standing) {
  const v1::Membership* membership = map.MembershipOf(school, day);
  if (membership == nullptr) {
    standing.set_cluster_absence(AbsenceOf(map, school));
    return;
  }
  const std::string_view cluster = map.ClusterOf(school, day);
  *standing.mutable_membership() = *membership;
  standing.set_cluster(contract::Join({"clusters", cluster}));
  if (const v1::Cluster* known = map.Cluster(cluster); known != nullptr)
    standing.set_cluster_display_name(known->display_name());
  for (const v1::LeadershipTerm* term : map.TermsOf(cluster, day)) {
    if (term->school() != standing.school()) continue;
    v1::ClusterLeader& post = *standing.add_posts() = LeaderOn(map, *term, day);
    standing.set_acting(standing.acting() || post.acting());
  }
}

void AddStanding(const SchoolMap& map, std::string_view school, absl::CivilDay day,
                 v1::SchoolStanding& standing) {
  standing.set_school(contract::Join({"schools", school}));
  standing.set_display_name(std::string(map.DisplayName(school, day)));
  standing.set_short_name(std::string(map.ShortName(school, day)));
  *standing.mutable_provenance() = map.School(school)->provenance();
  AddCluster(map, school, day, standing);
}

}  // namespace

v1::SchoolSnapshot SnapshotOfSchool(const SchoolMap& map, std::string_view school,
                                    absl::CivilDay day) {
  v1::SchoolSnapshot snapshot;
  snapshot.set_school(contract::Join({"schools", school}));
  *snapshot.mutable_as_of() = runtime::DayToProto(day);
  snapshot.set_display_name(std::string(map.DisplayName(school, day)));
  snapshot.set_short_name(std::string(map.ShortName(school, day)));
  snapshot.set_exists(map.Exists(school, day));
  *snapshot.mutable_provenance() = map.School(school)->provenance();
  const directory::Resolution resolution = map.Resolve(school, day);
  snapshot.set_direction(resolution.direction);
  for (const std::string_view resolved : resolution.schools)
    AddStanding(map, resolved, day, *snapshot.add_standings());
  snapshot.set_confidence(v1::CONFIDENCE_DOCUMENTED);
  for (const v1::LineageEvent* event : resolution.events) {
    *snapshot.add_events() = *event;
    if (event->provenance().confidence() != v1::CONFIDENCE_DOCUMENTED)
      snapshot.set_confidence(v1::CONFIDENCE_PROVISIONAL);
  }
  for (const std::string_view unresolved : resolution.unresolved)
    snapshot.add_unresolved(contract::Join({"schools", unresolved}));
  return snapshot;
}

}  // namespace thidua::registry
