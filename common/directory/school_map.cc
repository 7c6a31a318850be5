#include "common/directory/school_map.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/resource_name.h"
#include "common/directory/map_entries.h"

namespace thidua::directory {

using registry::v1::LeadershipTerm;
using registry::v1::SchoolName;

SchoolMap::SchoolMap() = default;
SchoolMap::SchoolMap(const SchoolMap&) = default;
SchoolMap::~SchoolMap() = default;

std::string DescriptionOf(const registry::v1::School& school) {
  if (school.kind() == registry::v1::SCHOOL_KIND_PROVINCIAL) {
    return absl::StrCat("Trường chính trị của ", school.province(), " (chưa rõ tên)");
  }
  // Nothing else tells central schools apart.
  const std::string id = contract::SegmentAfter(school.name(), "schools").value_or(school.name());
  return absl::StrCat("Trường cán bộ Trung ương ", id, " (chưa rõ tên)");
}

absl::CivilDay NearestDay(const Period& validity, absl::CivilDay day) {
  return std::clamp(day, validity.from, validity.to - 1);
}

std::string DisplayNameOf(const registry::v1::School& school, absl::CivilDay day) {
  const absl::StatusOr<Period> validity = PeriodOf(school);
  if (validity.ok()) day = NearestDay(*validity, day);
  for (const SchoolName& name : school.names()) {
    const absl::StatusOr<Period> period = PeriodOf(name);
    if (period.ok() && period->Contains(day)) return name.official_name();
  }
  return DescriptionOf(school);
}

bool GivesActingRights(const LeadershipTerm& term, absl::CivilDay day) {
  if (term.state() != registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED ||
      term.provenance().confidence() != registry::v1::CONFIDENCE_DOCUMENTED) {
    return false;
  }
  if (term.role() != registry::v1::LEADERSHIP_ROLE_HEAD &&
      term.role() != registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY) {
    return false;
  }
  const absl::StatusOr<Period> period = PeriodOf(term);
  if (!period.ok() || !period->Contains(day)) return false;
  if (!term.recognition().has_date()) return true;
  const absl::StatusOr<absl::CivilDay> recognised =
      runtime::DayFromProto(term.recognition().date());
  return recognised.ok() && *recognised <= day;
}

const SchoolMap::SchoolEntry::Name* SchoolMap::SchoolEntry::Known::NameOn(
    absl::CivilDay day) const {
  day = NearestDay(validity, day);
  for (const Name& name : names) {
    if (name.period.Contains(day)) return &name;
  }
  return nullptr;
}

const SchoolMap::SchoolEntry* SchoolMap::FindSchool(std::string_view school) const {
  const auto found = schools_.find(school);
  return found == schools_.end() || found->second->known == nullptr ? nullptr : found->second.get();
}

const SchoolMap::SchoolEntry* SchoolMap::FindSchoolOn(std::string_view school,
                                                      absl::CivilDay day) const {
  const SchoolEntry* entry = FindSchool(school);
  return entry != nullptr && entry->known->validity.Contains(day) ? entry : nullptr;
}

const registry::v1::School* SchoolMap::School(std::string_view school) const {
  const SchoolEntry* entry = FindSchool(school);
  return entry == nullptr ? nullptr : &entry->known->school;
}

const registry::v1::Cluster* SchoolMap::Cluster(std::string_view cluster) const {
  const auto found = clusters_.find(cluster);
  return found == clusters_.end() || found->second->known == nullptr
             ? nullptr
             : &found->second->known->cluster;
}

const registry::v1::ClusterRegime* SchoolMap::Regime(std::string_view regime) const {
  const auto found = regimes_.find(regime);
  return found == regimes_.end() ? nullptr : &found->second->regime;
}

std::vector<std::string_view> SchoolMap::Schools() const {
  std::vector<std::string_view> schools;
  schools.reserve(schools_.size());
  for (const auto& [id, entry] : schools_) {
    if (entry->known != nullptr) schools.push_back(id);
  }
  return schools;
}

std::vector<std::string_view> SchoolMap::Clusters() const {
  std::vector<std::string_view> clusters;
  clusters.reserve(clusters_.size());
  for (const auto& [id, entry] : clusters_) {
    if (entry->known != nullptr) clusters.push_back(id);
  }
  std::sort(clusters.begin(), clusters.end());
  return clusters;
}

std::vector<std::string_view> SchoolMap::SchoolsOn(absl::CivilDay day) const {
  std::vector<std::pair<std::string_view, std::string_view>> ordered;
  for (const auto& [id, entry] : schools_) {
    if (entry->known == nullptr || !entry->known->validity.Contains(day)) continue;
    const SchoolEntry::Name* name = entry->known->NameOn(day);
    ordered.emplace_back(name == nullptr ? entry->known->description_sort_key : name->sort_key, id);
  }
  std::sort(ordered.begin(), ordered.end());
  std::vector<std::string_view> schools;
  schools.reserve(ordered.size());
  for (const auto& [sort_key, id] : ordered) schools.push_back(id);
  return schools;
}

std::vector<const registry::v1::LineageEvent*> SchoolMap::Events() const {
  std::vector<const EventEntry*> entries;
  entries.reserve(events_.size());
  for (const auto& [id, entry] : events_) entries.push_back(entry.get());
  std::sort(entries.begin(), entries.end(), [](const EventEntry* a, const EventEntry* b) {
    return std::forward_as_tuple(a->effective, a->event.name()) <
           std::forward_as_tuple(b->effective, b->event.name());
  });
  std::vector<const registry::v1::LineageEvent*> events;
  events.reserve(entries.size());
  for (const EventEntry* entry : entries) events.push_back(&entry->event);
  return events;
}

bool SchoolMap::Exists(std::string_view school, absl::CivilDay day) const {
  return FindSchoolOn(school, day) != nullptr;
}

std::string_view SchoolMap::DisplayName(std::string_view school, absl::CivilDay day) const {
  const SchoolEntry* entry = FindSchool(school);
  if (entry == nullptr) return school;
  const SchoolEntry::Name* name = entry->known->NameOn(day);
  return name == nullptr ? entry->known->description : name->name->official_name();
}

std::string_view SchoolMap::ShortName(std::string_view school, absl::CivilDay day) const {
  const SchoolEntry* entry = FindSchool(school);
  const SchoolEntry::Name* name = entry == nullptr ? nullptr : entry->known->NameOn(day);
  return name == nullptr ? std::string_view() : name->name->short_name();
}

std::string_view SchoolMap::ProvinceOf(std::string_view school) const {
  const SchoolEntry* entry = FindSchool(school);
  return entry == nullptr ? std::string_view() : entry->known->school.province_id();
}

std::vector<Member> SchoolMap::MembersOf(std::string_view cluster, absl::CivilDay day) const {
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) return {};
  struct Ordered {
    std::string_view sort_key;
    Member member;
  };
  std::vector<Ordered> ordered;
  for (const auto& entry : found->second->memberships) {
    if (!entry->period.Contains(day)) continue;
    const SchoolEntry* school = FindSchoolOn(entry->school, day);
    if (school == nullptr) continue;
    const SchoolEntry::Known& known = *school->known;
    const SchoolEntry::Name* name = known.NameOn(day);
    ordered.push_back(
        {name == nullptr ? known.description_sort_key : name->sort_key,
         {entry->school, name == nullptr ? known.description : name->name->official_name(),
          &entry->membership}});
  }
  std::sort(ordered.begin(), ordered.end(), [](const Ordered& a, const Ordered& b) {
    return std::tie(a.sort_key, a.member.school) < std::tie(b.sort_key, b.member.school);
  });
  std::vector<Member> members;
  members.reserve(ordered.size());
  for (const Ordered& next : ordered) members.push_back(next.member);
  return members;
}

const SchoolMap::MembershipEntry* SchoolMap::FindMembership(std::string_view school,
                                                            absl::CivilDay day) const {
  const SchoolEntry* member = FindSchoolOn(school, day);
  if (member == nullptr) return nullptr;
  for (const auto& entry : member->memberships) {
    if (entry->period.Contains(day)) return entry.get();
  }
  return nullptr;
}

const registry::v1::Membership* SchoolMap::MembershipOf(std::string_view school,
                                                        absl::CivilDay day) const {
  const MembershipEntry* entry = FindMembership(school, day);
  return entry == nullptr ? nullptr : &entry->membership;
}

std::string_view SchoolMap::ClusterOf(std::string_view school, absl::CivilDay day) const {
  const MembershipEntry* entry = FindMembership(school, day);
  return entry == nullptr ? std::string_view() : entry->cluster;
}

std::vector<const LeadershipTerm*> SchoolMap::TermsOf(std::string_view cluster,
                                                      absl::CivilDay day) const {
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) return {};
  std::vector<const LeadershipTerm*> terms;
  for (const auto& entry : found->second->terms) {
    if (entry->period.Contains(day)) terms.push_back(&entry->term);
  }
  // The roles are numbered in order of precedence.
  std::sort(terms.begin(), terms.end(), [](const LeadershipTerm* a, const LeadershipTerm* b) {
    return std::forward_as_tuple(a->role(), a->school(), a->name()) <
           std::forward_as_tuple(b->role(), b->school(), b->name());
  });
  return terms;
}

std::vector<const LeadershipTerm*> SchoolMap::TermsOf(std::string_view cluster) const {
  std::vector<const LeadershipTerm*> terms;
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) return terms;
  for (const auto& entry : found->second->terms) terms.push_back(&entry->term);
  return terms;
}

bool SchoolMap::Leads(std::string_view school, std::string_view cluster, absl::CivilDay day) const {
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end() || FindSchoolOn(school, day) == nullptr) return false;
  for (const auto& entry : found->second->terms) {
    if (entry->school == school && GivesActingRights(entry->term, day)) return true;
  }
  return false;
}

Resolution SchoolMap::Resolve(std::string_view school, absl::CivilDay day) const {
  using registry::v1::LineageEvent;
  Resolution resolution;
  const auto start = schools_.find(school);
  if (start == schools_.end() || start->second->known == nullptr) return resolution;
  const Period& validity = start->second->known->validity;
  if (validity.Contains(day)) {
    resolution.direction = registry::v1::LINEAGE_DIRECTION_SAME;
    resolution.schools.push_back(start->first);
    return resolution;
  }
  const bool onward = validity.to <= day;
  resolution.direction = onward ? registry::v1::LINEAGE_DIRECTION_SUCCESSORS
                                : registry::v1::LINEAGE_DIRECTION_PREDECESSORS;

  std::set<std::string_view> schools, unresolved, seen = {start->first};
  std::vector<std::string_view> waiting = {start->first};
  std::set<std::tuple<absl::CivilDay, std::string_view, const LineageEvent*>> events;
  while (!waiting.empty()) {
    const std::string_view id = waiting.back();
    waiting.pop_back();
    const SchoolEntry* entry = FindSchool(id);
    if (entry != nullptr && entry->known->validity.Contains(day)) {
      schools.insert(id);
      continue;
    }
    bool led_on = false;
    if (entry != nullptr) {
      for (const auto& event : onward ? entry->onward : entry->back) {
        if (onward != (event->effective <= day)) continue;
        led_on = true;
        events.emplace(event->effective, event->event.name(), &event->event);
        for (const std::string& next : onward ? event->successors : event->predecessors) {
          if (seen.insert(next).second) waiting.push_back(next);
        }
      }
    }
    if (!led_on) unresolved.insert(id);
  }
  resolution.schools.assign(schools.begin(), schools.end());
  resolution.unresolved.assign(unresolved.begin(), unresolved.end());
  for (const auto& event : events) resolution.events.push_back(std::get<2>(event));
  return resolution;
}

}  // namespace thidua::directory
