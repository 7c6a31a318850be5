#include "services/reporting/consolidation/consolidation_store.h"

#include <utility>

#include "common/contract/resource_name.h"

namespace thidua::reporting {
namespace {

using v1::Consolidation;

std::vector<database::Value> Columns(const Consolidation& consolidation) {
  return {contract::SegmentAfter(consolidation.name(), "windows").value_or(""),
          contract::SegmentAfter(consolidation.cluster(), "clusters").value_or("")};
}

}  // namespace

ConsolidationStore::ConsolidationStore()
    : consolidations_("consolidation", {"window_id", "cluster_id"}, Columns) {}

absl::StatusOr<Consolidation> ConsolidationStore::Get(database::Connection& connection,
                                                      std::string_view name) const {
  return consolidations_.Get(connection, name);
}

absl::StatusOr<Consolidation> ConsolidationStore::GetAt(database::Transaction& transaction,
                                                        std::string_view name,
                                                        std::string_view etag) const {
  return consolidations_.GetAt(transaction, name, etag);
}

absl::StatusOr<resource::Table<Consolidation>::Page> ConsolidationStore::List(
    database::Connection& connection, std::string_view window,
    const std::optional<std::vector<std::string>>& clusters, const contract::Parameters& after,
    int limit) const {
  resource::Where where{"window_id = ?", {std::string(window)}};
  if (clusters.has_value()) {
    if (clusters->empty()) return resource::Table<Consolidation>::Page();
    where.sql += " AND cluster_id IN (?";
    for (size_t i = 1; i < clusters->size(); ++i) where.sql += ",?";
    where.sql += ")";
    where.parameters.insert(where.parameters.end(), clusters->begin(), clusters->end());
  }
  return consolidations_.List(connection, where, after, limit);
}

absl::StatusOr<Consolidation> ConsolidationStore::Create(database::Transaction& transaction,
                                                         const journal::Act& act,
                                                         Consolidation consolidation) const {
  return consolidations_.Create(transaction, act, std::move(consolidation), {"CONSOLIDATED", ""});
}

absl::StatusOr<Consolidation> ConsolidationStore::Update(database::Transaction& transaction,
                                                         const journal::Act& act,
                                                         Consolidation consolidation,
                                                         const resource::Why& why) const {
  const std::string etag = consolidation.etag();
  return consolidations_.Update(transaction, act, std::move(consolidation), etag, why);
}

}  // namespace thidua::reporting
