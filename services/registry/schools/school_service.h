// Answers thidua.registry.v1.SchoolService.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_SERVICE_H_

#include "common/contract/page_token.h"
#include "common/directory/derived.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/registry/clusters/cluster_store.h"
#include "services/registry/documents/document_store.h"
#include "services/registry/identifiers/identifier_store.h"
#include "services/registry/schools/day_map.h"
#include "services/registry/schools/name_matching_rules.h"
#include "services/registry/schools/school_store.h"
#include "services/registry/standards/standard_store.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

class SchoolService {
 public:
  // All must outlive the service.
  SchoolService(const rpc::Writing& writing, directory::Directory& directory,
                const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  absl::StatusOr<v1::School> GetSchool(rpc::CallContext& context,
                                       const v1::GetSchoolRequest& request);
  absl::StatusOr<v1::BatchGetSchoolsResponse> BatchGetSchools(
      rpc::CallContext& context, const v1::BatchGetSchoolsRequest& request);
  absl::StatusOr<v1::ListSchoolsResponse> ListSchools(rpc::CallContext& context,
                                                      const v1::ListSchoolsRequest& request);
  absl::StatusOr<v1::School> CreateSchool(rpc::Mutation& mutation,
                                          const v1::CreateSchoolRequest& request);
  absl::StatusOr<v1::School> UpdateSchool(rpc::Mutation& mutation,
                                          const v1::UpdateSchoolRequest& request);
  absl::StatusOr<v1::LineageEvent> CreateLineageEvent(rpc::Mutation& mutation,
                                                      const v1::CreateLineageEventRequest& request);
  absl::StatusOr<v1::LineageEvent> GetLineageEvent(rpc::CallContext& context,
                                                   const v1::GetLineageEventRequest& request);
  absl::StatusOr<v1::ListLineageEventsResponse> ListLineageEvents(
      rpc::CallContext& context, const v1::ListLineageEventsRequest& request);
  absl::StatusOr<v1::ResolveLineageResponse> ResolveLineage(
      rpc::CallContext& context, const v1::ResolveLineageRequest& request);
  absl::StatusOr<rpc::Encoded<v1::SchoolMap>> GetSchoolMap(rpc::CallContext& context,
                                                           const v1::GetSchoolMapRequest& request);
  absl::StatusOr<v1::ResolveSchoolNameResponse> ResolveSchoolName(
      rpc::CallContext& context, const v1::ResolveSchoolNameRequest& request);

 private:
  // Nothing that names the school or belongs to it may be broken by its new form. The school's row
  // is touched already.
  absl::Status CheckDependents(database::Transaction& transaction, const v1::School& changed);
  // Touches the schools that the event names, checks the event against what is recorded of them,
  // and ends the predecessors that have no end yet.
  absl::Status EndPredecessors(rpc::Mutation& mutation, const v1::LineageEvent& event);
  // Ends every membership and leadership term of the predecessors, whose rows are touched already,
  // on the effective date.
  absl::Status CutPredecessors(rpc::Mutation& mutation, const v1::LineageEvent& event);

  const rpc::Writing& writing_;
  database::Pool& pool_;
  directory::Directory& directory_;
  const contract::PageTokens& page_tokens_;
  const SchoolStore schools_;
  const ClusterStore clusters_;
  const DocumentStore documents_;
  const IdentifierStore identifiers_;
  const StandardStore standards_;
  EncodedDayMaps day_maps_;
  directory::DerivedFromNewest<SchoolNames> names_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_SCHOOL_SERVICE_H_
