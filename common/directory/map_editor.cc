#include "common/directory/map_editor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/etag.h"
#include "common/contract/resource_name.h"
#include "common/directory/map_entries.h"
#include "common/text/collation.h"

namespace thidua::directory {
namespace {

absl::Status Unreadable(const Entry& entry, absl::string_view why) {
  return absl::DataLossError(absl::StrCat(entry.resource, " version ", entry.version, ": ", why));
}

template <class M>
absl::StatusOr<M> Read(const Entry& entry) {
  M message;
  if (!message.ParseFromString(entry.snapshot))
    return Unreadable(entry, "not a message of its type");
  message.set_name(entry.resource);
  message.set_etag(contract::Etag(entry.version));
  return message;
}

template <class M>
absl::StatusOr<Period> ReadPeriod(const Entry& entry, const M& dated) {
  absl::StatusOr<Period> period = PeriodOf(dated);
  if (!period.ok()) return Unreadable(entry, period.status().message());
  return period;
}

// The identifier behind `collection`; empty when there is none.
std::string IdIn(std::string_view name, std::string_view collection) {
  return contract::SegmentAfter(name, collection).value_or("");
}

// Entries of a cluster are ordered by resource name.
template <class E, class NameOf>
auto Place(std::vector<std::shared_ptr<const E>>& entries, const std::string& name,
           NameOf name_of) {
  return std::lower_bound(
      entries.begin(), entries.end(), name,
      [&](const auto& entry, const std::string& wanted) { return name_of(*entry) < wanted; });
}

template <class E>
void Remove(std::vector<std::shared_ptr<const E>>& entries, const std::shared_ptr<const E>& entry) {
  entries.erase(std::remove(entries.begin(), entries.end(), entry), entries.end());
}

std::vector<std::string> SchoolIds(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(IdIn(name, "schools"));
  return ids;
}

}  // namespace

MapEditor::MapEditor(const SchoolMap& before) : map_(new SchoolMap(before)) {}
MapEditor::~MapEditor() = default;

absl::Status MapEditor::Put(const Entry& entry) {
  using Putter = absl::Status (MapEditor::*)(const Entry&);
  static const auto& putters = *new ById<Putter>{
      {"thidua.registry.v1.School", &MapEditor::PutSchool},
      {"thidua.registry.v1.LineageEvent", &MapEditor::PutEvent},
      {"thidua.registry.v1.ClusterRegime", &MapEditor::PutRegime},
      {"thidua.registry.v1.Cluster", &MapEditor::PutCluster},
      {"thidua.registry.v1.Membership", &MapEditor::PutMembership},
      {"thidua.registry.v1.LeadershipTerm", &MapEditor::PutTerm},
  };
  const auto putter = putters.find(entry.resource_type);
  return putter == putters.end() ? absl::OkStatus() : (this->*putter->second)(entry);
}

std::shared_ptr<const SchoolMap> MapEditor::Finish(int64_t position) {
  for (auto& [id, entry] : schools_) map_->schools_.insert_or_assign(id, std::move(entry));
  for (auto& [id, entry] : clusters_) map_->clusters_.insert_or_assign(id, std::move(entry));
  map_->position_ = std::max(map_->position_, position);
  return std::move(map_);
}

SchoolMap::SchoolEntry& MapEditor::EditSchool(std::string_view school) {
  std::shared_ptr<SchoolMap::SchoolEntry>& edited = schools_[school];
  if (edited == nullptr) {
    const auto before = map_->schools_.find(school);
    edited = before == map_->schools_.end()
                 ? std::make_shared<SchoolMap::SchoolEntry>()
                 : std::make_shared<SchoolMap::SchoolEntry>(*before->second);
  }
  return *edited;
}

SchoolMap::ClusterEntry& MapEditor::EditCluster(std::string_view cluster) {
  std::shared_ptr<SchoolMap::ClusterEntry>& edited = clusters_[cluster];
  if (edited == nullptr) {
    const auto before = map_->clusters_.find(cluster);
    edited = before == map_->clusters_.end()
                 ? std::make_shared<SchoolMap::ClusterEntry>()
                 : std::make_shared<SchoolMap::ClusterEntry>(*before->second);
  }
  return *edited;
}

absl::Status MapEditor::PutSchool(const Entry& entry) {
  SchoolMap::SchoolEntry& edited = EditSchool(IdIn(entry.resource, "schools"));
  if (edited.known != nullptr && edited.known->version >= entry.version) return absl::OkStatus();
  auto known = std::make_shared<SchoolMap::SchoolEntry::Known>();
  known->version = entry.version;
  auto school = Read<registry::v1::School>(entry);
  if (!school.ok()) return school.status();
  known->school = *std::move(school);
  const auto validity = ReadPeriod(entry, known->school);
  if (!validity.ok()) return validity.status();
  known->validity = *validity;
  for (const registry::v1::SchoolName& name : known->school.names()) {
    const auto period = ReadPeriod(entry, name);
    if (!period.ok()) return period.status();
    known->names.push_back({*period, &name, text::SortKey(name.official_name())});
  }
  known->description = DescriptionOf(known->school);
  known->description_sort_key = text::SortKey(known->description);
  edited.known = std::move(known);
  return absl::OkStatus();
}

absl::Status MapEditor::PutCluster(const Entry& entry) {
  SchoolMap::ClusterEntry& edited = EditCluster(IdIn(entry.resource, "clusters"));
  if (edited.known != nullptr && edited.known->version >= entry.version) return absl::OkStatus();
  auto cluster = Read<registry::v1::Cluster>(entry);
  if (!cluster.ok()) return cluster.status();
  edited.known = std::make_shared<SchoolMap::ClusterEntry::Known>(
      SchoolMap::ClusterEntry::Known{entry.version, *std::move(cluster)});
  return absl::OkStatus();
}

absl::Status MapEditor::PutRegime(const Entry& entry) {
  const std::string id = IdIn(entry.resource, "clusterRegimes");
  const auto before = map_->regimes_.find(id);
  if (before != map_->regimes_.end() && before->second->version >= entry.version)
    return absl::OkStatus();
  auto regime = Read<registry::v1::ClusterRegime>(entry);
  if (!regime.ok()) return regime.status();
  map_->regimes_.insert_or_assign(id,
                                  std::make_shared<SchoolMap::RegimeEntry>(
                                      SchoolMap::RegimeEntry{entry.version, *std::move(regime)}));
  return absl::OkStatus();
}

absl::Status MapEditor::PutMembership(const Entry& entry) {
  const std::string cluster_id = IdIn(entry.resource, "clusters");
  SchoolMap::ClusterEntry& cluster = EditCluster(cluster_id);
  const auto place =
      Place(cluster.memberships, entry.resource,
            [](const auto& held) -> const std::string& { return held.membership.name(); });
  const bool held =
      place != cluster.memberships.end() && (*place)->membership.name() == entry.resource;
  if (held && (*place)->version >= entry.version) return absl::OkStatus();
  auto membership = Read<registry::v1::Membership>(entry);
  if (!membership.ok()) return membership.status();
  const auto period = ReadPeriod(entry, *membership);
  if (!period.ok()) return period.status();
  const std::string school = IdIn(membership->school(), "schools");
  auto next = std::make_shared<const SchoolMap::MembershipEntry>(SchoolMap::MembershipEntry{
      entry.version, *std::move(membership), cluster_id, school, *period});
  if (held) {
    Remove(EditSchool((*place)->school).memberships, *place);
    *place = next;
  } else {
    cluster.memberships.insert(place, next);
  }
  EditSchool(school).memberships.push_back(std::move(next));
  return absl::OkStatus();
}

absl::Status MapEditor::PutTerm(const Entry& entry) {
  const std::string cluster_id = IdIn(entry.resource, "clusters");
  SchoolMap::ClusterEntry& cluster = EditCluster(cluster_id);
  const auto place = Place(cluster.terms, entry.resource,
                           [](const auto& held) -> const std::string& { return held.term.name(); });
  const bool held = place != cluster.terms.end() && (*place)->term.name() == entry.resource;
  if (held && (*place)->version >= entry.version) return absl::OkStatus();
  auto term = Read<registry::v1::LeadershipTerm>(entry);
  if (!term.ok()) return term.status();
  const auto period = ReadPeriod(entry, *term);
  if (!period.ok()) return period.status();
  const std::string school = IdIn(term->school(), "schools");
  auto next = std::make_shared<const SchoolMap::TermEntry>(
      SchoolMap::TermEntry{entry.version, *std::move(term), cluster_id, school, *period});
  if (held) {
    *place = std::move(next);
  } else {
    cluster.terms.insert(place, std::move(next));
  }
  return absl::OkStatus();
}

absl::Status MapEditor::PutEvent(const Entry& entry) {
  const std::string id = IdIn(entry.resource, "lineageEvents");
  const auto before = map_->events_.find(id);
  const bool held = before != map_->events_.end();
  if (held && before->second->version >= entry.version) return absl::OkStatus();
  auto event = Read<registry::v1::LineageEvent>(entry);
  if (!event.ok()) return event.status();
  const auto effective = runtime::DayFromProto(event->effective_date());
  if (!effective.ok()) return Unreadable(entry, effective.status().message());
  if (held) {
    for (const auto& school : before->second->predecessors)
      Remove(EditSchool(school).onward, before->second);
    for (const auto& school : before->second->successors)
      Remove(EditSchool(school).back, before->second);
  }
  auto next = std::make_shared<SchoolMap::EventEntry>();
  next->version = entry.version;
  next->effective = *effective;
  next->predecessors = SchoolIds(event->predecessors());
  next->successors = SchoolIds(event->successors());
  next->event = *std::move(event);
  map_->events_.insert_or_assign(id, next);
  // A renaming leads to no other school: it is in the dated names.
  if (next->event.type() == registry::v1::LINEAGE_EVENT_TYPE_RENAME) return absl::OkStatus();
  for (const std::string& school : next->predecessors) EditSchool(school).onward.push_back(next);
  for (const std::string& school : next->successors) EditSchool(school).back.push_back(next);
  return absl::OkStatus();
}

}  // namespace thidua::directory
