// How a SchoolMap holds its facts; for the sources of this room only.
#ifndef THIDUA_COMMON_DIRECTORY_MAP_ENTRIES_H_
#define THIDUA_COMMON_DIRECTORY_MAP_ENTRIES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "common/directory/school_map.h"

namespace thidua::directory {

struct SchoolMap::MembershipEntry {
  int64_t version;
  registry::v1::Membership membership;
  std::string cluster;
  std::string school;
  Period period;
};

struct SchoolMap::TermEntry {
  int64_t version;
  registry::v1::LeadershipTerm term;
  std::string cluster;
  std::string school;
  Period period;
};

struct SchoolMap::EventEntry {
  int64_t version;
  registry::v1::LineageEvent event;
  absl::CivilDay effective;
  std::vector<std::string> predecessors;
  std::vector<std::string> successors;
};

struct SchoolMap::RegimeEntry {
  int64_t version;
  registry::v1::ClusterRegime regime;
};

// A school and what hangs on it. Facts may arrive before the school itself; it is null until then.
struct SchoolMap::SchoolEntry {
  struct Name {
    Period period;
    const registry::v1::SchoolName* name;  // in Known::school
    std::string sort_key;
  };
  struct Known {
    int64_t version;
    registry::v1::School school;
    Period validity;
    std::vector<Name> names;
    std::string description;  // shown where no name is documented
    std::string description_sort_key;

    // Null where no name is documented.
    const Name* NameOn(absl::CivilDay day) const;
  };
  std::shared_ptr<const Known> known;
  std::vector<std::shared_ptr<const MembershipEntry>> memberships;
  // Events that lead to other schools: those in which it is a predecessor, and those in which it is
  // a successor.
  std::vector<std::shared_ptr<const EventEntry>> onward;
  std::vector<std::shared_ptr<const EventEntry>> back;
};

// A cluster and what hangs on it, by name. The cluster itself is null until it arrives.
struct SchoolMap::ClusterEntry {
  struct Known {
    int64_t version;
    registry::v1::Cluster cluster;
  };
  std::shared_ptr<const Known> known;
  std::vector<std::shared_ptr<const MembershipEntry>> memberships;
  std::vector<std::shared_ptr<const TermEntry>> terms;
};

// "Trường chính trị của Lào Cai (chưa rõ tên)".
std::string DescriptionOf(const registry::v1::School& school);

// The day of `validity` nearest to `day`: a school that has ended is shown under its last name.
absl::CivilDay NearestDay(const Period& validity, absl::CivilDay day);

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_MAP_ENTRIES_H_
