// Answers thidua.registry.v1.SuccessionService.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_SERVICE_H_

#include <memory>
#include <vector>

#include "common/contract/page_token.h"
#include "common/rpc/router.h"
#include "services/registry/documents/document_store.h"
#include "services/registry/schools/school_store.h"
#include "services/registry/successions/succession.h"
#include "services/registry/successions/succession_store.h"
#include "thidua/registry/v1/succession_service.pb.h"

namespace thidua::registry {

class SuccessionService {
 public:
  // All must outlive the service.
  SuccessionService(const rpc::Writing& writing, const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  absl::StatusOr<v1::ListSuccessionItemsResponse> ListSuccessionItems(
      rpc::CallContext& context, const v1::ListSuccessionItemsRequest& request);
  absl::StatusOr<v1::SuccessionFate> DecideSuccessionItem(
      rpc::Mutation& mutation, const v1::DecideSuccessionItemRequest& request);
  absl::StatusOr<v1::SuccessionFate> GetSuccessionFate(rpc::CallContext& context,
                                                       const v1::GetSuccessionFateRequest& request);
  absl::StatusOr<v1::ListSuccessionFatesResponse> ListSuccessionFates(
      rpc::CallContext& context, const v1::ListSuccessionFatesRequest& request);

 private:
  // The items of one event with what was decided, by kind, predecessor and subject.
  absl::StatusOr<std::vector<v1::SuccessionItem>> ItemsOf(database::Connection& connection,
                                                          const v1::LineageEvent& event,
                                                          v1::SuccessionKind kind) const;
  // The one item of the event that the request names.
  absl::StatusOr<v1::SuccessionItem> ItemNamed(
      database::Connection& connection, const v1::LineageEvent& event,
      const v1::DecideSuccessionItemRequest& request) const;

  const rpc::Writing& writing_;
  database::Pool& pool_;
  const contract::PageTokens& page_tokens_;
  const DocumentStore documents_;
  const SchoolStore schools_;
  const SuccessionStore store_;
  std::vector<std::unique_ptr<const Succession>> kinds_;  // in order of their numbers
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_SERVICE_H_
