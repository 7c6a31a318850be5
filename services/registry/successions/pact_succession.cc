#include "services/registry/successions/pact_succession.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/registry/pacts/pact_rules.h"
#include "services/registry/successions/succession_rules.h"

namespace thidua::registry {

using v1::Pact;
using v1::SuccessionItem;

absl::StatusOr<std::vector<SuccessionItem>> PactSuccession::Find(
    database::Connection& connection, const v1::LineageEvent& event,
    const std::string& predecessor) const {
  const absl::CivilDay day = EffectiveDay(event);
  const auto memberships = clusters_.MembershipsOfSchool(connection, predecessor);
  if (!memberships.ok()) return memberships.status();
  std::set<std::string> clusters;
  for (const v1::Membership& membership : *memberships) {
    const auto period = directory::PeriodOf(membership);
    if (period.ok() && period->to == day)
      clusters.insert(ClusterStore::ClusterOf(membership.name()));
  }
  std::vector<SuccessionItem> items;
  for (const std::string& cluster : clusters) {
    // A pact lies within its year, and next year's may be open for signing already.
    for (const int year : {static_cast<int>(day.year()), static_cast<int>(day.year()) + 1}) {
      const auto pacts = pacts_.PactsOfYear(connection, cluster, year);
      if (!pacts.ok()) return pacts.status();
      for (const Pact& pact : *pacts) {
        if (!IsOpenPartOf(pact, predecessor, day)) continue;
        SuccessionItem item = NewItem(event, v1::SUCCESSION_KIND_PACT, pact.name(), predecessor);
        const bool binds = Binds(pact);
        item.set_text(absl::StrCat("signature under the pact of ", cluster, " for ", pact.year(),
                                   binds ? ", in force" : ", open for signing"));
        item.set_text_vi(absl::StrCat("chữ ký trong giao ước năm ", pact.year(), " của ", cluster,
                                      binds ? ", đang có hiệu lực" : ", đang mở ký"));
        items.push_back(std::move(item));
      }
    }
  }
  return items;
}

absl::Status PactSuccession::CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                                      v1::SuccessionFate& fate) const {
  database::Transaction& transaction = mutation.transaction();
  const std::string cluster = ClusterStore::ClusterOf(fate.subject());
  if (absl::Status status = clusters_.clusters().Touch(transaction, cluster); !status.ok())
    return status;
  const auto pact = pacts_.pacts().Get(transaction.connection(), fate.subject());
  if (!pact.ok()) return pact.status();
  auto changed = fate.fate() == v1::FATE_CANCEL
                     ? Withdraw(*pact, fate.predecessor())
                     : Succeed(*pact, fate.predecessor(), fate.successor(), EffectiveDay(event));
  if (!changed.ok()) return changed.status();
  const auto stored = pacts_.pacts().Update(transaction, mutation.act(), *std::move(changed),
                                            pact->etag(), {"SUCCEEDED", fate.reason()});
  if (!stored.ok()) return stored.status();
  if (fate.fate() == v1::FATE_TRANSFER) fate.add_continued_by(stored->name());
  return absl::OkStatus();
}

}  // namespace thidua::registry
