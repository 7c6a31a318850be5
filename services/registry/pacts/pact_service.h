// Answers thidua.registry.v1.PactService.
#ifndef THIDUA_SERVICES_REGISTRY_PACTS_PACT_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_PACTS_PACT_SERVICE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "common/contract/page_token.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/registry/clusters/cluster_store.h"
#include "services/registry/documents/document_store.h"
#include "services/registry/pacts/pact_store.h"
#include "thidua/registry/v1/pact_service.pb.h"

namespace thidua::registry {

// Every write touches the cluster first: memberships change with their cluster held too, so that
// who must sign, who has signed and which other pact binds cannot change under it.
class PactService {
 public:
  // All must outlive the service.
  PactService(const rpc::Writing& writing, directory::Directory& directory,
              const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  using Pact = v1::Pact;
  using Context = rpc::CallContext;
  using Mutation = rpc::Mutation;

  absl::StatusOr<Pact> GetPact(Context& context, const v1::GetPactRequest& request);
  absl::StatusOr<v1::ListPactsResponse> ListPacts(Context& context,
                                                  const v1::ListPactsRequest& request);
  absl::StatusOr<v1::PactSigning> GetPactSigning(Context& context,
                                                 const v1::GetPactSigningRequest& request);
  absl::StatusOr<v1::FindBindingPactResponse> FindBindingPact(
      Context& context, const v1::FindBindingPactRequest& request);

  absl::StatusOr<Pact> CreatePact(Mutation& mutation, const v1::CreatePactRequest& request);
  absl::StatusOr<Pact> RecordPact(Mutation& mutation, const v1::RecordPactRequest& request);
  absl::StatusOr<Pact> UpdatePact(Mutation& mutation, const v1::UpdatePactRequest& request);
  absl::StatusOr<Pact> OpenPactForSigning(Mutation& mutation,
                                          const v1::OpenPactForSigningRequest& request);
  absl::StatusOr<Pact> ReturnPactToDraft(Mutation& mutation,
                                         const v1::ReturnPactToDraftRequest& request);
  absl::StatusOr<Pact> SignPact(Mutation& mutation, const v1::SignPactRequest& request);
  absl::StatusOr<Pact> WithdrawSignature(Mutation& mutation,
                                         const v1::WithdrawSignatureRequest& request);
  absl::StatusOr<Pact> BringPactIntoForce(Mutation& mutation,
                                          const v1::BringPactIntoForceRequest& request);
  absl::StatusOr<Pact> AmendPact(Mutation& mutation, const v1::AmendPactRequest& request);
  absl::StatusOr<Pact> AssessPact(Mutation& mutation, const v1::AssessPactRequest& request);
  absl::StatusOr<Pact> CancelPact(Mutation& mutation, const v1::CancelPactRequest& request);

 private:
  // Stores a pact that a rule has made, its cluster held; the identifier is the year where none is
  // given.
  absl::StatusOr<Pact> Store(Mutation& mutation, const std::string& parent,
                             const std::string& pact_id, const absl::StatusOr<Pact>& made,
                             const resource::Why& why);
  // Reads, changes and writes a pact, its cluster held.
  absl::StatusOr<Pact> Change(Mutation& mutation, const std::string& name, const std::string& etag,
                              const resource::Why& why,
                              absl::FunctionRef<absl::StatusOr<Pact>(Pact pact)> change);
  // All pacts of the pact's cluster and year.
  absl::StatusOr<std::vector<Pact>> OfYear(Mutation& mutation, const Pact& pact);

  const rpc::Writing& writing_;
  database::Pool& pool_;
  directory::Directory& directory_;
  const contract::PageTokens& page_tokens_;
  const PactStore store_;
  const ClusterStore clusters_;
  const DocumentStore documents_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PACTS_PACT_SERVICE_H_
