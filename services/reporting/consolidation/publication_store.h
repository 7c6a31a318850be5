// Published documents in the database.
#ifndef THIDUA_SERVICES_REPORTING_CONSOLIDATION_PUBLICATION_STORE_H_
#define THIDUA_SERVICES_REPORTING_CONSOLIDATION_PUBLICATION_STORE_H_

#include <optional>
#include <string_view>

#include "common/resource/table.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::reporting {

class PublicationStore {
 public:
  PublicationStore();

  absl::StatusOr<v1::Publication> Get(database::Connection& connection,
                                      std::string_view name) const;
  // By cluster and number. Windows and clusters are identifiers; an empty cluster means all.
  absl::StatusOr<resource::Table<v1::Publication>::Page> List(database::Connection& connection,
                                                              std::string_view window,
                                                              std::string_view cluster,
                                                              const contract::Parameters& after,
                                                              int limit) const;
  // The one with the highest number; nothing when nothing was published.
  absl::StatusOr<std::optional<v1::Publication>> Newest(database::Connection& connection,
                                                        std::string_view window,
                                                        std::string_view cluster) const;
  absl::StatusOr<v1::Publication> Create(database::Transaction& transaction,
                                         const journal::Act& act,
                                         v1::Publication publication) const;
  // Stores what Supersede did to it. The publication is as it was read in this transaction.
  absl::Status Supersede(database::Transaction& transaction, const journal::Act& act,
                         v1::Publication publication, const std::string& reason) const;

 private:
  resource::Table<v1::Publication> publications_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_CONSOLIDATION_PUBLICATION_STORE_H_
