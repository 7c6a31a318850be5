// Answers thidua.registry.v1.IdentifierService.
#ifndef THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_SERVICE_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "common/contract/page_token.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/registry/documents/document_store.h"
#include "services/registry/identifiers/identifier_resolution_rules.h"
#include "services/registry/identifiers/identifier_store.h"
#include "services/registry/schools/school_store.h"
#include "thidua/registry/v1/identifier_service.pb.h"

namespace thidua::registry {

// What a transaction of this room relies on it touches first: the school, then the scheme. Holding
// the scheme, no other can give one of its codes.
class IdentifierService {
 public:
  // All must outlive the service.
  IdentifierService(const rpc::Writing& writing, directory::Directory& directory,
                    const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  template <class M>
  using Answer = absl::StatusOr<M>;
  using Context = rpc::CallContext;
  using Mutation = rpc::Mutation;

  Answer<v1::IdentifierScheme> GetIdentifierScheme(Context& context,
                                                   const v1::GetIdentifierSchemeRequest& request);
  Answer<v1::ListIdentifierSchemesResponse> ListIdentifierSchemes(
      Context& context, const v1::ListIdentifierSchemesRequest& request);
  Answer<v1::IdentifierScheme> CreateIdentifierScheme(
      Mutation& mutation, const v1::CreateIdentifierSchemeRequest& request);
  Answer<v1::IdentifierScheme> UpdateIdentifierScheme(
      Mutation& mutation, const v1::UpdateIdentifierSchemeRequest& request);
  Answer<v1::SchoolIdentifier> GetSchoolIdentifier(Context& context,
                                                   const v1::GetSchoolIdentifierRequest& request);
  Answer<v1::ListSchoolIdentifiersResponse> ListSchoolIdentifiers(
      Context& context, const v1::ListSchoolIdentifiersRequest& request);
  Answer<v1::SchoolIdentifier> CreateSchoolIdentifier(
      Mutation& mutation, const v1::CreateSchoolIdentifierRequest& request);
  Answer<v1::SchoolIdentifier> UpdateSchoolIdentifier(
      Mutation& mutation, const v1::UpdateSchoolIdentifierRequest& request);
  Answer<v1::SchoolIdentifier> RetireSchoolIdentifier(
      Mutation& mutation, const v1::RetireSchoolIdentifierRequest& request);
  Answer<v1::ResolvedIdentifier> ResolveIdentifier(Context& context,
                                                   const v1::ResolveIdentifierRequest& request);
  Answer<v1::BatchResolveIdentifiersResponse> BatchResolveIdentifiers(
      Context& context, const v1::BatchResolveIdentifiersRequest& request);

 private:
  using ChangeIdentifier = absl::FunctionRef<Answer<v1::SchoolIdentifier>(v1::SchoolIdentifier)>;

  // Touches the school and the scheme of the identifier.
  absl::Status Hold(database::Transaction& transaction, const v1::SchoolIdentifier& identifier);
  // The identifier, changed and checked, as readers get it.
  Answer<v1::SchoolIdentifier> Change(Mutation& mutation, const std::string& name,
                                      const std::string& etag, const resource::Why& why,
                                      ChangeIdentifier change);
  // Everything that must hold for the identifier in this form. Its school and scheme are held.
  absl::Status Check(database::Connection& connection, const v1::SchoolIdentifier& identifier);
  // The chain of successors goes on through it.
  absl::Status CheckSuccession(database::Connection& connection,
                               const v1::SchoolIdentifier& identifier,
                               const v1::IdentifierScheme& scheme);
  absl::StatusOr<directory::Period> InUseOf(database::Connection& connection,
                                            const v1::SchoolIdentifier& identifier,
                                            const v1::IdentifierScheme& scheme);
  // What these codes lead to on the day, as far as it is recorded.
  absl::StatusOr<IdentifierFacts> FactsOf(database::Connection& connection,
                                          const std::string& scheme,
                                          const std::vector<std::string>& codes,
                                          const directory::SchoolMap& map, absl::CivilDay day);
  // With its state on the day.
  absl::StatusOr<v1::SchoolIdentifier> Shown(database::Connection& connection,
                                             v1::SchoolIdentifier identifier, absl::CivilDay day);

  const rpc::Writing& writing_;
  database::Pool& pool_;
  directory::Directory& directory_;
  const contract::PageTokens& page_tokens_;
  const IdentifierStore store_;
  const SchoolStore schools_;
  const DocumentStore documents_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_SERVICE_H_
