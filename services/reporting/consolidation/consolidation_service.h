// Consolidation and publication: from accepted reports to a signed document.
#ifndef THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_SERVICE_H_
#define THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_SERVICE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "common/contract/page_token.h"
#include "common/database/pool.h"
#include "common/directory/directory.h"
#include "common/document/signature.h"
#include "common/rpc/router.h"
#include "services/reporting/consolidation/acceptance_store.h"
#include "services/reporting/consolidation/consolidation_store.h"
#include "services/reporting/consolidation/publication_store.h"
#include "services/reporting/windows/window_store.h"

namespace thidua::reporting {

class ConsolidationService {
 public:
  // All must outlive the service. `key` signs what is published.
  ConsolidationService(const rpc::Writing& writing, const directory::Directory& directory,
                       const contract::PageTokens& tokens, document::CurrentSigningKey key)
      : writing_(writing),
        pool_(writing.pool),
        directory_(directory),
        tokens_(tokens),
        key_(std::move(key)) {}

  void Register(rpc::Router& router);

  absl::StatusOr<v1::Consolidation> ConsolidateReports(
      rpc::Mutation& mutation, const v1::ConsolidateReportsRequest& request);
  absl::StatusOr<v1::Consolidation> DeclareTotals(rpc::Mutation& mutation,
                                                  const v1::DeclareTotalsRequest& request);
  absl::StatusOr<v1::Consolidation> ExplainDiscrepancy(
      rpc::Mutation& mutation, const v1::ExplainDiscrepancyRequest& request);
  absl::StatusOr<v1::Publication> PublishConsolidation(
      rpc::Mutation& mutation, const v1::PublishConsolidationRequest& request);
  absl::StatusOr<v1::Consolidation> GetConsolidation(rpc::CallContext& context,
                                                     const v1::GetConsolidationRequest& request);
  absl::StatusOr<v1::ListConsolidationsResponse> ListConsolidations(
      rpc::CallContext& context, const v1::ListConsolidationsRequest& request);
  absl::StatusOr<v1::Publication> GetPublication(rpc::CallContext& context,
                                                 const v1::GetPublicationRequest& request);
  absl::StatusOr<v1::ListPublicationsResponse> ListPublications(
      rpc::CallContext& context, const v1::ListPublicationsRequest& request);

 private:
  // The consolidation that today's inputs give, on top of `previous` (null when there is none).
  absl::StatusOr<v1::Consolidation> Compute(rpc::CallContext& context,
                                            database::Connection& connection,
                                            const v1::Window& window, const std::string& cluster,
                                            const v1::Consolidation* previous) const;
  // Signs the document and stores it as the next publication; returns the newest one when it is the
  // same document.
  absl::StatusOr<v1::Publication> Publish(rpc::CallContext& context,
                                          database::Transaction& transaction,
                                          const v1::Window& window,
                                          const v1::Consolidation& consolidation) const;
  // Clusters whose consolidations of the window the caller may read; absent when all.
  std::optional<std::vector<std::string>> ClustersSeen(rpc::CallContext& context,
                                                       absl::CivilDay membership_day) const;

  const rpc::Writing& writing_;
  database::Pool& pool_;
  const directory::Directory& directory_;
  const contract::PageTokens& tokens_;
  const document::CurrentSigningKey key_;
  const ConsolidationStore consolidations_;
  const PublicationStore publications_;
  const AcceptanceStore acceptances_;
  const WindowStore windows_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_CONSOLIDATION_CONSOLIDATION_SERVICE_H_
