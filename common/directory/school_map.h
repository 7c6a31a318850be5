// Who is who on any day: schools with their names and lineage, clusters with their members and
// leaders. One immutable map at one position of the registry's feed; every answer is worked out in
// memory, without waiting.
//
// Schools, clusters and regimes are named by identifier here ("quang-ninh", "mnbg", "2021"), not by
// resource name. Pointers and views in answers live as long as the map they came from.
#ifndef THIDUA_COMMON_DIRECTORY_SCHOOL_MAP_H_
#define THIDUA_COMMON_DIRECTORY_SCHOOL_MAP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::directory {

// One school that belongs to a cluster.
struct Member {
  std::string_view school;                     // identifier
  std::string_view display_name;               // on the day asked about
  const registry::v1::Membership* membership;  // never null
};

// What a school is on another day.
struct Resolution {
  registry::v1::LineageDirection direction = registry::v1::LINEAGE_DIRECTION_UNSPECIFIED;
  // The schools of that day, by identifier; just the school itself for LINEAGE_DIRECTION_SAME.
  std::vector<std::string_view> schools;
  // Every event on the way, by effective date, then by name.
  std::vector<const registry::v1::LineageEvent*> events;
  // Schools on the way that do not exist on that day and from which no event leads on, by
  // identifier.
  std::vector<std::string_view> unresolved;
};

// The name of a school on a day, as School.display_name says it: the official name of that day;
// outside the validity, that of the nearest day within it; a description that ends in "(chưa rõ
// tên)" where none is documented.
std::string DisplayNameOf(const registry::v1::School& school, absl::CivilDay day);

// True when the term lets its school act for the cluster on the day: HEAD or STANDING_DEPUTY,
// RECOGNISED, with documented provenance, the day within the term and not before the date of the
// recognition decision where that is known.
bool GivesActingRights(const registry::v1::LeadershipTerm& term, absl::CivilDay day);

// By identifier, found without making a std::string.
struct IdHash {
  using is_transparent = void;
  size_t operator()(std::string_view id) const { return std::hash<std::string_view>()(id); }
};
template <class T>
using ById = absl::flat_hash_map<std::string, T, IdHash, std::equal_to<>>;

class SchoolMap {
 public:
  // Empty, at position 0.
  SchoolMap();
  ~SchoolMap();
  SchoolMap& operator=(const SchoolMap&) = delete;

  // The feed position up to which the map holds everything. It may hold later changes too, made by
  // this very process.
  int64_t position() const { return position_; }

  // As stored (display_name is not set); null when the map does not hold it.
  const registry::v1::School* School(std::string_view school) const;
  const registry::v1::Cluster* Cluster(std::string_view cluster) const;
  const registry::v1::ClusterRegime* Regime(std::string_view regime) const;

  // Every school that the map holds, by identifier, in no particular order.
  std::vector<std::string_view> Schools() const;
  // Every cluster that the map holds, in order of identifier.
  std::vector<std::string_view> Clusters() const;
  // The schools that exist on a day, in Vietnamese order of their display names.
  std::vector<std::string_view> SchoolsOn(absl::CivilDay day) const;
  // Every lineage event, by effective date, then by name.
  std::vector<const registry::v1::LineageEvent*> Events() const;

  // True when the map holds the school and the day lies within its validity.
  bool Exists(std::string_view school, absl::CivilDay day) const;
  // DisplayNameOf; the identifier itself when the map does not hold the school.
  std::string_view DisplayName(std::string_view school, absl::CivilDay day) const;
  // The short name of that day; empty when none is recorded.
  std::string_view ShortName(std::string_view school, absl::CivilDay day) const;
  // The identifier of the province; empty when unknown or none.
  std::string_view ProvinceOf(std::string_view school) const;

  // A school that does not exist on a day, or that the map does not hold, is nobody's member and
  // leads nobody on that day, whatever is recorded of it.

  // The members of a cluster on a day in Vietnamese order of their display names. Includes
  // provisional memberships.
  std::vector<Member> MembersOf(std::string_view cluster, absl::CivilDay day) const;
  // The membership of the school on that day; null when none.
  const registry::v1::Membership* MembershipOf(std::string_view school, absl::CivilDay day) const;
  // The cluster of which the school is a member on that day; empty when none.
  std::string_view ClusterOf(std::string_view school, absl::CivilDay day) const;
  // The terms whose dates cover the day, of any state: head, standing deputy, deputies; each by
  // school.
  std::vector<const registry::v1::LeadershipTerm*> TermsOf(std::string_view cluster,
                                                           absl::CivilDay day) const;
  // Every term of the cluster, of any day and state, by name.
  std::vector<const registry::v1::LeadershipTerm*> TermsOf(std::string_view cluster) const;
  // True when a term of that school in that cluster GivesActingRights on the day.
  bool Leads(std::string_view school, std::string_view cluster, absl::CivilDay day) const;

  // Follows lineage from a school to the map of another day. A school that the map does not hold
  // resolves to nothing.
  Resolution Resolve(std::string_view school, absl::CivilDay day) const;

 private:
  friend class MapEditor;  // makes the next map from this one; see map_editor.h
  struct SchoolEntry;
  struct ClusterEntry;
  struct RegimeEntry;
  struct MembershipEntry;
  struct TermEntry;
  struct EventEntry;
  SchoolMap(const SchoolMap&);
  template <class Entry>
  using Entries = ById<std::shared_ptr<const Entry>>;

  const SchoolEntry* FindSchool(std::string_view school) const;
  // FindSchool of a school that exists on the day; null for any other.
  const SchoolEntry* FindSchoolOn(std::string_view school, absl::CivilDay day) const;
  const MembershipEntry* FindMembership(std::string_view school, absl::CivilDay day) const;

  int64_t position_ = 0;
  // One pointer each, so that the next map shares all that did not change. Memberships and terms
  // hang on their cluster.
  Entries<SchoolEntry> schools_;
  Entries<ClusterEntry> clusters_;
  Entries<RegimeEntry> regimes_;
  Entries<EventEntry> events_;
};

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_SCHOOL_MAP_H_
