#include "services/reporting/consolidation/publication_store.h"

#include <string>
#include <utility>

#include "common/contract/resource_name.h"

namespace thidua::reporting {
namespace {

using v1::Publication;

constexpr char kNewest[] =
    "SELECT name FROM publication WHERE window_id = ? AND cluster_id = ? ORDER BY number DESC "
    "LIMIT 1";

std::vector<database::Value> Columns(const Publication& publication) {
  return {contract::SegmentAfter(publication.name(), "windows").value_or(""),
          contract::SegmentAfter(publication.cluster(), "clusters").value_or(""),
          int64_t{publication.number()}};
}

}  // namespace

PublicationStore::PublicationStore()
    : publications_("publication", {"window_id", "cluster_id", "number"}, Columns,
                    {"cluster_id", resource::OrderColumn::Integer("number"), "name"}) {}

absl::StatusOr<Publication> PublicationStore::Get(database::Connection& connection,
                                                  std::string_view name) const {
  return publications_.Get(connection, name);
}

absl::StatusOr<resource::Table<Publication>::Page> PublicationStore::List(
    database::Connection& connection, std::string_view window, std::string_view cluster,
    const contract::Parameters& after, int limit) const {
  resource::Where where{"window_id = ?", {std::string(window)}};
  if (!cluster.empty()) {
    where.sql += " AND cluster_id = ?";
    where.parameters.emplace_back(std::string(cluster));
  }
  return publications_.List(connection, where, after, limit);
}

absl::StatusOr<std::optional<Publication>> PublicationStore::Newest(
    database::Connection& connection, std::string_view window, std::string_view cluster) const {
  const auto rows = connection.Query(kNewest, {std::string(window), std::string(cluster)});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  absl::StatusOr<Publication> publication = publications_.Get(connection, rows->front().Text(0));
  if (!publication.ok()) return publication.status();
  return *std::move(publication);
}

absl::StatusOr<Publication> PublicationStore::Create(database::Transaction& transaction,
                                                     const journal::Act& act,
                                                     Publication publication) const {
  return publications_.Create(transaction, act, std::move(publication), {"PUBLISHED", ""});
}

absl::Status PublicationStore::Supersede(database::Transaction& transaction,
                                         const journal::Act& act, Publication publication,
                                         const std::string& reason) const {
  const std::string etag = publication.etag();
  return publications_
      .Update(transaction, act, std::move(publication), etag, {"SUPERSEDED", reason})
      .status();
}

}  // namespace thidua::reporting
