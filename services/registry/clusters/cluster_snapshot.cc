#include "services/registry/clusters/cluster_snapshot.h"

#include <string>

#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"

namespace thidua::registry {
namespace {

void AddMember(const directory::SchoolMap& map, const directory::Member& from, absl::CivilDay day,
               v1::ClusterMember& member) {
  member.set_school(from.membership->school());
  member.set_display_name(from.display_name.data(), from.display_name.size());
  const std::string_view short_name = map.ShortName(from.school, day);
  member.set_short_name(short_name.data(), short_name.size());
  member.set_membership(from.membership->name());
  *member.mutable_provenance() = from.membership->provenance();
  if (const v1::School* school = map.School(from.school); school != nullptr) {
    member.set_province(school->province());
    member.set_kind(school->kind());
  }
}

}  // namespace

v1::ClusterLeader LeaderOn(const directory::SchoolMap& map, const v1::LeadershipTerm& term,
                           absl::CivilDay day) {
  const std::string school = contract::SegmentAfter(term.school(), "schools").value_or("");
  const std::string_view display_name = map.DisplayName(school, day);
  v1::ClusterLeader leader;
  leader.set_school(term.school());
  leader.set_display_name(display_name.data(), display_name.size());
  leader.set_role(term.role());
  leader.set_state(term.state());
  leader.set_acting(map.Exists(school, day) && directory::GivesActingRights(term, day));
  leader.set_leadership_term(term.name());
  *leader.mutable_provenance() = term.provenance();
  return leader;
}

v1::ClusterSnapshot SnapshotOfCluster(const directory::SchoolMap& map, std::string_view cluster,
                                      absl::CivilDay day) {
  v1::ClusterSnapshot snapshot;
  *snapshot.mutable_cluster() = *map.Cluster(cluster);
  *snapshot.mutable_as_of() = runtime::DayToProto(day);
  for (const directory::Member& member : map.MembersOf(cluster, day)) {
    AddMember(map, member, day, *snapshot.add_members());
  }
  for (const v1::LeadershipTerm* term : map.TermsOf(cluster, day)) {
    *snapshot.add_leaders() = LeaderOn(map, *term, day);
  }
  return snapshot;
}

}  // namespace thidua::registry
