#include "services/registry/clusters/cluster_snapshot.h"

#include <string>

#include "common/contract/resource_name.h"
#include "common/directory/period.h"
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

void AddLeader(const directory::SchoolMap& map, const v1::LeadershipTerm& term, absl::CivilDay day,
               v1::ClusterLeader& leader) {
  const std::string school = contract::SegmentAfter(term.school(), "schools").value_or("");
  const std::string_view display_name = map.DisplayName(school, day);
  leader.set_school(term.school());
  leader.set_display_name(display_name.data(), display_name.size());
  leader.set_role(term.role());
  leader.set_state(term.state());
  leader.set_acting(directory::GivesActingRights(term, day));
  leader.set_leadership_term(term.name());
  *leader.mutable_provenance() = term.provenance();
}

}  // namespace

v1::ClusterSnapshot SnapshotOf(const directory::SchoolMap& map, std::string_view cluster,
                               absl::CivilDay day) {
  v1::ClusterSnapshot snapshot;
  *snapshot.mutable_cluster() = *map.Cluster(cluster);
  *snapshot.mutable_as_of() = runtime::DayToProto(day);
  for (const directory::Member& member : map.MembersOf(cluster, day)) {
    AddMember(map, member, day, *snapshot.add_members());
  }
  for (const v1::LeadershipTerm* term : map.TermsOf(cluster, day)) {
    AddLeader(map, *term, day, *snapshot.add_leaders());
  }
  return snapshot;
}

rpc::Encoded<v1::ClusterSnapshot> EncodedSnapshots::Of(
    const std::shared_ptr<const directory::SchoolMap>& map, const std::string& cluster,
    absl::CivilDay day) {
  // Whoever asks for every day of a century must not fill the memory.
  constexpr size_t kMostKept = 1024;
  const auto key = std::make_pair(cluster, directory::DayNumber(day));
  {
    absl::MutexLock lock(&mutex_);
    if (map_ != map || encoded_.size() >= kMostKept) {
      encoded_.clear();
      map_ = map;
    }
    if (const auto found = encoded_.find(key); found != encoded_.end()) return {found->second};
  }
  auto bytes =
      std::make_shared<const std::string>(SnapshotOf(*map, cluster, day).SerializeAsString());
  absl::MutexLock lock(&mutex_);
  if (map_ == map) encoded_[key] = bytes;
  return {std::move(bytes)};
}

}  // namespace thidua::registry
