#include "services/registry/successions/term_succession.h"

#include <optional>
#include <utility>

#include "services/registry/clusters/cluster_rules.h"
#include "services/registry/successions/succession_rules.h"

namespace thidua::registry {

using v1::LeadershipTerm;
using v1::SuccessionItem;

absl::StatusOr<std::vector<SuccessionItem>> TermSuccession::Find(
    database::Connection& connection, const v1::LineageEvent& event,
    const std::string& predecessor) const {
  const auto terms = clusters_.TermsOfSchool(connection, predecessor);
  if (!terms.ok()) return terms.status();
  std::vector<SuccessionItem> items;
  for (const LeadershipTerm& term : *terms) {
    if (std::optional<SuccessionItem> item = ItemOf(event, term); item.has_value())
      items.push_back(*std::move(item));
  }
  return items;
}

absl::Status TermSuccession::CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                                      v1::SuccessionFate& fate) const {
  if (fate.fate() == v1::FATE_CANCEL) return absl::OkStatus();
  database::Transaction& transaction = mutation.transaction();
  const std::string cluster = ClusterStore::ClusterOf(fate.subject());
  if (absl::Status status = clusters_.clusters().Touch(transaction, cluster); !status.ok())
    return status;
  const auto term = clusters_.terms().Get(transaction.connection(), fate.subject());
  if (!term.ok()) return term.status();
  if (fate.fate() == v1::FATE_CLOSE) {
    auto ended = End(*term, EffectiveDay(event), mutation.today());
    if (!ended.ok()) return ended.status();
    return clusters_.terms()
        .Update(transaction, mutation.act(), *std::move(ended), term->etag(),
                {"ENDED", fate.reason()})
        .status();
  }
  LeadershipTerm successor;
  const auto name = NewTermName(cluster, "", term->year(), fate.successor());
  if (!name.ok()) return name.status();
  successor.set_name(*name);
  successor.set_school(fate.successor());
  *successor.mutable_provenance() = fate.provenance();
  auto replacement = TakeOver(*term, std::move(successor), EffectiveDay(event), mutation.today());
  if (!replacement.ok()) return replacement.status();
  const auto replaced =
      clusters_.terms().Update(transaction, mutation.act(), std::move(replacement->replaced),
                               term->etag(), {"REPLACED", fate.reason()});
  if (!replaced.ok()) return replaced.status();
  const auto facts = clusters_.FactsOf(transaction.connection(), cluster);
  if (!facts.ok()) return facts.status();
  if (absl::Status status = CheckTerm(replacement->successor, *facts); !status.ok()) return status;
  const auto created = clusters_.terms().Create(
      transaction, mutation.act(), std::move(replacement->successor), {"ELECTED", fate.reason()});
  if (!created.ok()) return created.status();
  fate.add_continued_by(created->name());
  return absl::OkStatus();
}

}  // namespace thidua::registry
