#include "services/registry/clusters/load_directory.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "services/registry/clusters/cluster_store.h"
#include "services/registry/schools/school_store.h"

namespace thidua::registry {
namespace {

constexpr int kRowsAtOnce = 1000;
constexpr absl::Duration kLongestLoad = absl::Minutes(1);

// Every row of the table as it is stored.
template <class M>
absl::Status Read(const resource::Table<M>& table, database::Connection& connection,
                  std::vector<directory::Entry>& entries) {
  const resource::AnyTable& rows = table;
  contract::Parameters after;
  for (;;) {
    auto stored = rows.List(connection, {}, after, kRowsAtOnce);
    if (!stored.ok()) return stored.status();
    for (resource::AnyTable::Stored& row : *stored) {
      entries.push_back({M::descriptor()->full_name(), std::get<std::string>(row.position.back()),
                         row.version, std::move(row.snapshot)});
    }
    if (stored->size() < kRowsAtOnce) return absl::OkStatus();
    after = std::move(stored->back().position);
  }
}

}  // namespace

absl::Status LoadDirectory(database::Pool& pool, directory::Directory& directory) {
  auto connection = pool.Borrow({absl::Now() + kLongestLoad});
  if (!connection.ok()) return connection.status();
  const SchoolStore schools;
  const ClusterStore clusters;
  std::vector<directory::Entry> entries;
  absl::Status status = Read(schools.schools(), **connection, entries);
  if (status.ok()) status = Read(schools.events(), **connection, entries);
  if (status.ok()) status = Read(clusters.regimes(), **connection, entries);
  if (status.ok()) status = Read(clusters.clusters(), **connection, entries);
  if (status.ok()) status = Read(clusters.memberships(), **connection, entries);
  if (status.ok()) status = Read(clusters.terms(), **connection, entries);
  if (!status.ok()) return status;
  return directory.Apply(entries, 0);
}

}  // namespace thidua::registry
