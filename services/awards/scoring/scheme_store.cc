#include "services/awards/scoring/scheme_store.h"

#include <vector>

namespace thidua::awards {
namespace {

constexpr char kSuccessor[] = "SELECT name FROM scoring_scheme WHERE predecessor = ?";

std::vector<database::Value> ColumnsOf(const v1::ScoringScheme& scheme) {
  database::Value predecessor = nullptr;
  if (!scheme.predecessor().empty()) predecessor = scheme.predecessor();
  return {int64_t{scheme.state()}, predecessor};
}

}  // namespace

SchemeStore::SchemeStore() : Table("scoring_scheme", {"state", "predecessor"}, ColumnsOf) {}

absl::StatusOr<SchemeStore::Page> SchemeStore::ListInState(database::Connection& connection,
                                                           v1::ScoringSchemeState state,
                                                           const contract::Parameters& after,
                                                           int limit) const {
  resource::Where where;
  if (state != v1::SCORING_SCHEME_STATE_UNSPECIFIED) where = {"state = ?", {int64_t{state}}};
  return List(connection, where, after, limit);
}

absl::StatusOr<std::string> SchemeStore::SuccessorOf(database::Transaction& transaction,
                                                     std::string_view name) const {
  const absl::StatusOr<database::Rows> rows = transaction.Query(kSuccessor, {std::string(name)});
  if (!rows.ok()) return rows.status();
  return rows->empty() ? std::string() : rows->front().Text(0);
}

}  // namespace thidua::awards
