#include "services/registry/successions/membership_succession.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/registry/clusters/cluster_rules.h"
#include "services/registry/successions/succession_rules.h"

namespace thidua::registry {

using v1::Membership;
using v1::SuccessionItem;

absl::StatusOr<std::vector<SuccessionItem>> MembershipSuccession::Find(
    database::Connection& connection, const v1::LineageEvent& event,
    const std::string& predecessor) const {
  const auto memberships = clusters_.MembershipsOfSchool(connection, predecessor);
  if (!memberships.ok()) return memberships.status();
  std::vector<std::string> in_place;
  for (const std::string& successor : event.successors()) {
    const auto of_successor = clusters_.MembershipsOfSchool(connection, successor);
    if (!of_successor.ok()) return of_successor.status();
    for (const Membership& membership : *of_successor) {
      const absl::StatusOr<directory::Period> period = directory::PeriodOf(membership);
      if (period.ok() && period->Contains(EffectiveDay(event)))
        in_place.push_back(membership.name());
    }
  }
  std::vector<SuccessionItem> items;
  for (const Membership& membership : *memberships) {
    std::optional<SuccessionItem> item = ItemOf(event, membership);
    if (!item.has_value()) continue;
    *item->mutable_in_place() = {in_place.begin(), in_place.end()};
    items.push_back(*std::move(item));
  }
  return items;
}

absl::Status MembershipSuccession::CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                                            v1::SuccessionFate& fate) const {
  if (fate.fate() != v1::FATE_TRANSFER) return absl::OkStatus();
  database::Transaction& transaction = mutation.transaction();
  if (absl::Status status = clusters_.clusters().Touch(transaction, fate.cluster()); !status.ok())
    return status;
  const auto ended = clusters_.memberships().Get(transaction.connection(), fate.subject());
  if (!ended.ok()) return ended.status();
  const auto school = schools_.schools().Get(transaction.connection(), fate.successor());
  if (!school.ok()) return school.status();
  const auto regime = clusters_.RegimeOf(transaction.connection(), fate.cluster());
  if (!regime.ok()) return regime.status();
  const auto others = clusters_.MembershipsOfSchool(transaction.connection(), fate.successor());
  if (!others.ok()) return others.status();
  Membership membership = Continuing(*ended, event, fate.successor(), fate.cluster());
  // Two predecessors out of one cluster go on as one member.
  const auto same = std::find_if(others->begin(), others->end(), [&](const Membership& other) {
    const auto period = directory::PeriodOf(other);
    return ClusterStore::ClusterOf(other.name()) == fate.cluster() && period.ok() &&
           period->Contains(directory::PeriodOf(membership)->from);
  });
  if (same != others->end()) {
    fate.add_continued_by(same->name());
    return absl::OkStatus();
  }
  *membership.mutable_provenance() = fate.provenance();
  membership = WithBounds(std::move(membership), *school, *regime);
  if (absl::Status status = CheckMembership(membership, *school, *regime, *others); !status.ok())
    return status;
  const auto created = clusters_.memberships().Create(
      transaction, mutation.act(), std::move(membership), {"CREATED", fate.reason()});
  if (!created.ok()) return created.status();
  fate.add_continued_by(created->name());
  return absl::OkStatus();
}

}  // namespace thidua::registry
