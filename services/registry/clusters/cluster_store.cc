#include "services/registry/clusters/cluster_store.h"

#include <string>
#include <utility>

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

// The cluster that a membership or term hangs on.
std::string ClusterOf(const std::string& name) {
  return contract::Join({"clusters", contract::SegmentAfter(name, "clusters").value_or("")});
}

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
  std::vector<Value> values = {ClusterOf(membership.name()), membership.school()};
  AddPeriod(membership, values);
  return values;
}

std::vector<Value> TermColumns(const LeadershipTerm& term) {
  std::vector<Value> values = {ClusterOf(term.name())};
  AddPeriod(term, values);
  return values;
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
      memberships_("membership", {"cluster", "school", "valid_from", "valid_to"},
                   MembershipColumns),
      terms_("leadership_term", {"cluster", "valid_from", "valid_to"}, TermColumns) {}

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
  return All(memberships_, connection, OfCluster(cluster, std::nullopt));
}

absl::StatusOr<std::vector<LeadershipTerm>> ClusterStore::TermsOfCluster(
    database::Connection& connection, std::string_view cluster) const {
  return All(terms_, connection, OfCluster(cluster, std::nullopt));
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

resource::Where ClusterStore::OfCluster(std::string_view cluster,
                                        std::optional<absl::CivilDay> day) {
  resource::Where where{"cluster = ?", {std::string(cluster)}};
  if (day.has_value()) {
    where.sql += " AND valid_from <= ? AND ? < valid_to";
    where.parameters.insert(where.parameters.end(), 2, Value(DayNumber(*day)));
  }
  return where;
}

}  // namespace thidua::registry
