#include "services/registry/clusters/cluster_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "common/text/collation.h"

namespace thidua::registry {
namespace {

using database::Value;
using directory::DayNumber;
using v1::Cluster;
using v1::ClusterRegime;
using v1::LeadershipTerm;
using v1::Membership;

// Width of the column. A longer key would order names only behind their 400th letter.
constexpr size_t kLongestSortKey = 700;

constexpr int kRowsAtOnce = 500;

// Rules have let only good periods through.
template <class Dated>
void AddPeriod(const Dated& dated, std::vector<Value>& values) {
  const directory::Period period = directory::PeriodOf(dated).value();
  values.emplace_back(DayNumber(period.from));
  values.emplace_back(DayNumber(period.to));
}

std::vector<Value> RegimeColumns(const ClusterRegime& regime) {
  std::vector<Value> values;
  AddPeriod(regime, values);
  return values;
}

std::vector<Value> ClusterColumns(const Cluster& cluster) {
  std::string sort_key = text::SortKey(cluster.display_name());
  if (sort_key.size() > kLongestSortKey) sort_key.resize(kLongestSortKey);
  return {cluster.regime(), std::move(sort_key)};
}

std::vector<Value> MembershipColumns(const Membership& membership) {
  std::vector<Value> values = {ClusterStore::ClusterOf(membership.name()), membership.school()};
  AddPeriod(membership, values);
  values.emplace_back(int64_t{membership.provenance().confidence()});
  return values;
}

std::vector<Value> TermColumns(const LeadershipTerm& term) {
  std::vector<Value> values = {ClusterStore::ClusterOf(term.name()), term.school()};
  AddPeriod(term, values);
  for (const int64_t number : {int64_t{term.year()}, int64_t{term.role()}, int64_t{term.state()},
                               int64_t{term.provenance().confidence()}}) {
    values.emplace_back(number);
  }
  return values;
}

contract::FilterField Confidence() {
  return {"confidence", contract::FilterField::Kind::kEnumNumber, v1::Confidence_descriptor()};
}

// Every row that matches, read in pages.
template <class M>
absl::StatusOr<std::vector<M>> All(const resource::Table<M>& table,
                                   database::Connection& connection, const resource::Where& where) {
  std::vector<M> all;
  contract::Parameters after;
  do {
    auto page = table.List(connection, where, after, kRowsAtOnce);
    if (!page.ok()) return page.status();
    for (M& resource : page->resources) all.push_back(std::move(resource));
    after = std::move(page->next);
  } while (!after.empty());
  return all;
}

}  // namespace

ClusterStore::ClusterStore()
    : regimes_("cluster_regime", {"valid_from", "valid_to"}, RegimeColumns,
               {resource::OrderColumn::Integer("valid_from"), "name"}),
      clusters_("cluster", {"regime", "sort_key"}, ClusterColumns, {"sort_key", "name"}),
      memberships_("membership", {"cluster", "school", "valid_from", "valid_to", "confidence"},
                   MembershipColumns),
      terms_("leadership_term",
             {"cluster", "school", "valid_from", "valid_to", "year", "role", "state", "confidence"},
             TermColumns) {}

absl::StatusOr<std::vector<Cluster>> ClusterStore::ClustersNamed(
    database::Connection& connection, const std::vector<std::string>& names) const {
  resource::Where where;
  for (const std::string& name : names) {
    where.sql += where.sql.empty() ? "name IN (?" : ", ?";
    where.parameters.emplace_back(name);
  }
  where.sql += ")";
  auto found = All(clusters_, connection, where);
  if (!found.ok()) return found;
  std::vector<Cluster> clusters;
  for (const std::string& name : names) {
    const auto named = std::find_if(found->begin(), found->end(),
                                    [&](const Cluster& cluster) { return cluster.name() == name; });
    if (named == found->end())
      return contract::Refuse(contract::Reason::REASON_NOT_FOUND, {{"resource", name}});
    clusters.push_back(*named);
  }
  return clusters;
}

absl::StatusOr<std::vector<Cluster>> ClusterStore::ClustersOfRegime(
    database::Connection& connection, std::string_view regime) const {
  return All(clusters_, connection, {"regime = ?", {std::string(regime)}});
}

absl::StatusOr<std::vector<Membership>> ClusterStore::MembershipsOfRegime(
    database::Connection& connection, std::string_view regime) const {
  return All(memberships_, connection,
             {"cluster IN (SELECT name FROM cluster WHERE regime = ?)", {std::string(regime)}});
}

absl::StatusOr<std::vector<Membership>> ClusterStore::MembershipsOfSchool(
    database::Connection& connection, std::string_view school) const {
  return All(memberships_, connection, {"school = ?", {std::string(school)}});
}

absl::StatusOr<std::vector<Membership>> ClusterStore::MembershipsOfCluster(
    database::Connection& connection, std::string_view cluster) const {
  return All(memberships_, connection, {"cluster = ?", {std::string(cluster)}});
}

absl::StatusOr<std::vector<LeadershipTerm>> ClusterStore::TermsOfCluster(
    database::Connection& connection, std::string_view cluster) const {
  return All(terms_, connection, {"cluster = ?", {std::string(cluster)}});
}

absl::StatusOr<std::vector<LeadershipTerm>> ClusterStore::TermsOfSchool(
    database::Connection& connection, std::string_view school) const {
  return All(terms_, connection, {"school = ?", {std::string(school)}});
}

absl::StatusOr<ClusterRegime> ClusterStore::RegimeOf(database::Connection& connection,
                                                     std::string_view cluster) const {
  const absl::StatusOr<Cluster> stored = clusters_.Get(connection, cluster);
  if (!stored.ok()) return stored.status();
  return regimes_.Get(connection, stored->regime());
}

absl::StatusOr<ClusterFacts> ClusterStore::FactsOf(database::Connection& connection,
                                                   std::string_view cluster) const {
  ClusterFacts facts;
  auto memberships = MembershipsOfCluster(connection, cluster);
  if (!memberships.ok()) return memberships.status();
  facts.memberships = *std::move(memberships);
  auto terms = TermsOfCluster(connection, cluster);
  if (!terms.ok()) return terms.status();
  facts.terms = *std::move(terms);
  const absl::StatusOr<ClusterRegime> regime = RegimeOf(connection, cluster);
  if (!regime.ok()) return regime.status();
  facts.deputy_limit = regime->deputy_limit();
  return facts;
}

std::string ClusterStore::ClusterOf(std::string_view name) {
  return contract::Join({"clusters", contract::SegmentAfter(name, "clusters").value_or("")});
}

resource::Where ClusterStore::InForce(std::optional<absl::CivilDay> day) {
  if (!day.has_value()) return {};
  return {"valid_from <= ? AND ? < valid_to", {DayNumber(*day), DayNumber(*day)}};
}

resource::Where ClusterStore::OfRegimesInForce(std::optional<absl::CivilDay> day) {
  if (!day.has_value()) return {};
  resource::Where in_force = InForce(day);
  return {"regime IN (SELECT name FROM cluster_regime WHERE " + in_force.sql + ")",
          std::move(in_force.parameters)};
}

resource::Where ClusterStore::Matching(std::string_view parent, std::string_view school,
                                       const contract::SqlCondition& filter,
                                       std::optional<absl::CivilDay> day) {
  resource::Where where{filter.sql, {}};
  for (const contract::Parameter& parameter : filter.parameters) {
    std::visit([&](const auto& value) { where.parameters.emplace_back(value); }, parameter);
  }
  if (parent != kAllClusters) {
    where.sql += " AND cluster = ?";
    where.parameters.emplace_back(std::string(parent));
  }
  if (!school.empty()) {
    where.sql += " AND school = ?";
    where.parameters.emplace_back(std::string(school));
  }
  if (day.has_value()) {
    where.sql += " AND valid_from <= ? AND ? < valid_to";
    where.parameters.insert(where.parameters.end(), 2, Value(DayNumber(*day)));
  }
  return where;
}

const contract::FilterFields& ClusterStore::MembershipFilters() {
  static const auto& fields = *new contract::FilterFields{{"provenance.confidence", Confidence()}};
  return fields;
}

const contract::FilterFields& ClusterStore::TermFilters() {
  using Kind = contract::FilterField::Kind;
  static const auto& fields = *new contract::FilterFields{
      {"year", {"year", Kind::kInteger}},
      {"role", {"role", Kind::kEnumNumber, v1::LeadershipRole_descriptor()}},
      {"state", {"state", Kind::kEnumNumber, v1::LeadershipTermState_descriptor()}},
      {"provenance.confidence", Confidence()},
  };
  return fields;
}

}  // namespace thidua::registry
