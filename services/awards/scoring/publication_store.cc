#include "services/awards/scoring/publication_store.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/contract/resource_name.h"

namespace thidua::awards {
namespace {

using reporting::v1::Publication;
using reporting::v1::PublicationState;

// Name of the followed service, as in the configuration and in followed_resource.
constexpr char kSource[] = "reporting";
constexpr char kType[] = "thidua.reporting.v1.Publication";
constexpr int64_t kBatch = 20;

constexpr char kOfCluster[] =
    "SELECT resource, seq, snapshot FROM followed_resource "
    "WHERE source = ? AND resource_type = ? AND resource > ? AND resource < ? ORDER BY resource "
    "LIMIT ?";

absl::StatusOr<Publication> Read(const std::string& name, const std::string& snapshot) {
  Publication publication;
  if (publication.ParseFromString(snapshot)) return publication;
  return absl::DataLossError(absl::StrCat("the followed snapshot of ", name, " cannot be read"));
}

}  // namespace

absl::StatusOr<std::optional<FollowedPublication>> PublicationStore::Newest(
    database::Connection& connection, std::string_view window, std::string_view cluster) const {
  const std::optional<std::string> id = contract::SegmentAfter(cluster, "clusters");
  if (!id.has_value()) return std::nullopt;
  // Names are `<window>/publications/<cluster>-<number>`. The range may hold those of a cluster
  // whose identifier begins like this one's; names order "10" before "9"; so every one is looked
  // at.
  std::string after = absl::StrCat(std::string(window), "/publications/", *id, "-");
  const std::string end = absl::StrCat(std::string(window), "/publications/", *id, ".");
  std::optional<FollowedPublication> newest;
  for (;;) {
    const absl::StatusOr<database::Rows> rows =
        connection.Query(kOfCluster, {kSource, kType, after, end, kBatch});
    if (!rows.ok()) return rows.status();
    for (const database::Row& row : *rows) {
      absl::StatusOr<Publication> publication = Read(row.Text(0), row.Text(2));
      if (!publication.ok()) return publication.status();
      if (publication->cluster() != cluster) continue;
      if (newest.has_value() && newest->publication.number() > publication->number()) continue;
      newest = FollowedPublication{*std::move(publication), row.Int(1)};
    }
    if (rows->size() < kBatch) return newest;
    after = rows->back().Text(0);
  }
}

absl::StatusOr<std::map<std::string, PublicationState>> PublicationStore::StatesOf(
    database::Connection& connection, const std::set<std::string>& names) const {
  std::map<std::string, PublicationState> states;
  if (names.empty()) return states;
  std::string sql =
      "SELECT resource, snapshot FROM followed_resource WHERE source = ? AND resource IN (";
  std::vector<database::Value> parameters = {kSource};
  for (const std::string& name : names) {
    sql += parameters.size() == 1 ? "?" : ",?";
    parameters.emplace_back(name);
  }
  const absl::StatusOr<database::Rows> rows = connection.Query(sql + ")", parameters);
  if (!rows.ok()) return rows.status();
  for (const database::Row& row : *rows) {
    const absl::StatusOr<Publication> publication = Read(row.Text(0), row.Text(1));
    if (!publication.ok()) return publication.status();
    states.emplace(row.Text(0), publication->state());
  }
  return states;
}

}  // namespace thidua::awards
