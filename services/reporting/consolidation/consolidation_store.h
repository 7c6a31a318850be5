// Consolidations in the database.
#ifndef THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_STORE_H_
#define THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/resource/table.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::reporting {

class ConsolidationStore {
 public:
  ConsolidationStore();

  absl::StatusOr<v1::Consolidation> Get(database::Connection& connection,
                                        std::string_view name) const;
  // The consolidation at `etag`; REASON_STALE_ETAG and REASON_NOT_FOUND.
  absl::StatusOr<v1::Consolidation> GetAt(database::Transaction& transaction, std::string_view name,
                                          std::string_view etag) const;
  // In order of name; only of these clusters (identifiers), all when `clusters` is absent.
  absl::StatusOr<resource::Table<v1::Consolidation>::Page> List(
      database::Connection& connection, std::string_view window,
      const std::optional<std::vector<std::string>>& clusters, const contract::Parameters& after,
      int limit) const;
  absl::StatusOr<v1::Consolidation> Create(database::Transaction& transaction,
                                           const journal::Act& act,
                                           v1::Consolidation consolidation) const;
  // The consolidation is as it was read in this transaction, with its etag, and changed.
  absl::StatusOr<v1::Consolidation> Update(database::Transaction& transaction,
                                           const journal::Act& act, v1::Consolidation consolidation,
                                           const resource::Why& why) const;

 private:
  resource::Table<v1::Consolidation> consolidations_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_STORE_H_
