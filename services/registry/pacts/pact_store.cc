#include "services/registry/pacts/pact_store.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "services/registry/pacts/pact_rules.h"

namespace thidua::registry {
namespace {

using database::Value;
using directory::DayNumber;
using v1::Pact;

constexpr int kRowsAtOnce = 500;

std::vector<Value> PactColumns(const Pact& pact) {
  // Rules have let only good periods through.
  const directory::Period period = directory::PeriodOf(pact).value();
  return {contract::Join({"clusters", contract::SegmentAfter(pact.name(), "clusters").value()}),
          int64_t{pact.year()},
          int64_t{pact.state()},
          DayNumber(period.from),
          DayNumber(period.to),
          int64_t{Binds(pact)}};
}

}  // namespace

PactStore::PactStore()
    : pacts_("pact", {"cluster", "year", "state", "valid_from", "valid_to", "binding"},
             PactColumns) {}

absl::StatusOr<std::vector<Pact>> PactStore::PactsOfYear(database::Connection& connection,
                                                         std::string_view cluster, int year) const {
  const resource::Where where = Matching({std::string(cluster), year, std::nullopt, std::nullopt});
  std::vector<Pact> all;
  contract::Parameters after;
  do {
    auto page = pacts_.List(connection, where, after, kRowsAtOnce);
    if (!page.ok()) return page.status();
    for (Pact& pact : page->resources) all.push_back(std::move(pact));
    after = std::move(page->next);
  } while (!after.empty());
  return all;
}

resource::Where PactStore::Matching(const Wanted& wanted) {
  std::vector<std::string> conditions;
  resource::Where where;
  const auto add = [&](const char* sql, std::vector<Value> values) {
    conditions.emplace_back(sql);
    for (Value& value : values) where.parameters.push_back(std::move(value));
  };
  if (wanted.cluster.has_value()) add("cluster = ?", {*wanted.cluster});
  if (wanted.year.has_value()) add("year = ?", {int64_t{*wanted.year}});
  if (wanted.state.has_value()) add("state = ?", {int64_t{*wanted.state}});
  if (wanted.binding_on.has_value()) {
    // A pact lies within its year, so that the index by year finds a day.
    const int64_t day = DayNumber(*wanted.binding_on);
    add("year = ?", {wanted.binding_on->year()});
    add("binding = 1 AND valid_from <= ? AND ? < valid_to", {day, day});
  }
  where.sql = absl::StrJoin(conditions, " AND ");
  return where;
}

}  // namespace thidua::registry
