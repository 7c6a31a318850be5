#include "services/awards/scoring/ranking_store.h"

#include <vector>

#include "common/runtime/dates.h"

namespace thidua::awards {
namespace {

std::vector<database::Value> ColumnsOf(const v1::Ranking& ranking) {
  const absl::StatusOr<absl::Time> computed = runtime::TimeFromProto(ranking.create_time());
  return {ranking.window(), ranking.cluster(), ranking.scoring_scheme(),
          computed.ok() ? -runtime::ToMicros(*computed) : int64_t{0}};
}

void Narrow(const char* column, const std::string& name, resource::Where& where) {
  if (name.empty()) return;
  if (!where.sql.empty()) where.sql += " AND ";
  where.sql.append(column).append(" = ?");
  where.parameters.emplace_back(name);
}

}  // namespace

RankingStore::RankingStore()
    : Table("ranking", {"window_name", "cluster", "scoring_scheme", "recency"}, ColumnsOf,
            {resource::OrderColumn::Integer("recency"), "name"}) {}

absl::StatusOr<RankingStore::Page> RankingStore::ListSelected(database::Connection& connection,
                                                              const Selection& selection,
                                                              const contract::Parameters& after,
                                                              int limit) const {
  resource::Where where;
  Narrow("window_name", selection.window, where);
  Narrow("cluster", selection.cluster, where);
  Narrow("scoring_scheme", selection.scoring_scheme, where);
  return List(connection, where, after, limit);
}

}  // namespace thidua::awards
