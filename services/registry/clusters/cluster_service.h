// Answers thidua.registry.v1.ClusterService.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SERVICE_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SERVICE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "common/contract/page_token.h"
#include "common/directory/derived.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/registry/clusters/cluster_name_rules.h"
#include "services/registry/clusters/cluster_rules.h"
#include "services/registry/clusters/cluster_snapshot.h"
#include "services/registry/clusters/cluster_store.h"
#include "services/registry/clusters/encoded_snapshots.h"
#include "services/registry/clusters/school_snapshot.h"
#include "services/registry/documents/document_store.h"
#include "services/registry/schools/school_store.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// What a transaction of this room relies on it touches first, schools before clusters: two that
// meet wait for each other.
class ClusterService {
 public:
  // All must outlive the service.
  ClusterService(const rpc::Writing& writing, directory::Directory& directory,
                 const contract::PageTokens& page_tokens);

  void Register(rpc::Router& router);

  template <class M>
  using Answer = absl::StatusOr<M>;
  using Context = rpc::CallContext;
  using Mutation = rpc::Mutation;

  Answer<v1::ClusterRegime> GetClusterRegime(Context& context,
                                             const v1::GetClusterRegimeRequest& request);
  Answer<v1::ListClusterRegimesResponse> ListClusterRegimes(
      Context& context, const v1::ListClusterRegimesRequest& request);
  Answer<v1::ClusterRegime> CreateClusterRegime(Mutation& mutation,
                                                const v1::CreateClusterRegimeRequest& request);
  Answer<v1::ClusterRegime> UpdateClusterRegime(Mutation& mutation,
                                                const v1::UpdateClusterRegimeRequest& request);

  Answer<v1::Cluster> GetCluster(Context& context, const v1::GetClusterRequest& request);
  Answer<v1::BatchGetClustersResponse> BatchGetClusters(Context& context,
                                                        const v1::BatchGetClustersRequest& request);
  Answer<v1::ListClustersResponse> ListClusters(Context& context,
                                                const v1::ListClustersRequest& request);
  Answer<v1::Cluster> CreateCluster(Mutation& mutation, const v1::CreateClusterRequest& request);
  Answer<v1::Cluster> UpdateCluster(Mutation& mutation, const v1::UpdateClusterRequest& request);

  Answer<v1::Membership> GetMembership(Context& context, const v1::GetMembershipRequest& request);
  Answer<v1::ListMembershipsResponse> ListMemberships(Context& context,
                                                      const v1::ListMembershipsRequest& request);
  Answer<v1::Membership> CreateMembership(Mutation& mutation,
                                          const v1::CreateMembershipRequest& request);
  Answer<v1::Membership> UpdateMembership(Mutation& mutation,
                                          const v1::UpdateMembershipRequest& request);
  Answer<v1::Membership> EndMembership(Mutation& mutation, const v1::EndMembershipRequest& request);

  Answer<v1::LeadershipTerm> GetLeadershipTerm(Context& context,
                                               const v1::GetLeadershipTermRequest& request);
  Answer<v1::ListLeadershipTermsResponse> ListLeadershipTerms(
      Context& context, const v1::ListLeadershipTermsRequest& request);
  Answer<v1::LeadershipTerm> CreateLeadershipTerm(Mutation& mutation,
                                                  const v1::CreateLeadershipTermRequest& request);
  Answer<v1::LeadershipTerm> UpdateLeadershipTerm(Mutation& mutation,
                                                  const v1::UpdateLeadershipTermRequest& request);
  Answer<v1::LeadershipTerm> RecogniseLeadershipTerm(
      Mutation& mutation, const v1::RecogniseLeadershipTermRequest& request);
  Answer<v1::LeadershipTerm> EndLeadershipTerm(Mutation& mutation,
                                               const v1::EndLeadershipTermRequest& request);
  Answer<v1::ReplaceLeadershipTermResponse> ReplaceLeadershipTerm(
      Mutation& mutation, const v1::ReplaceLeadershipTermRequest& request);

  Answer<rpc::Encoded<v1::ClusterSnapshot>> GetClusterSnapshot(
      Context& context, const v1::GetClusterSnapshotRequest& request);
  Answer<v1::ResolveClusterNameResponse> ResolveClusterName(
      Context& context, const v1::ResolveClusterNameRequest& request);
  Answer<rpc::Encoded<v1::SchoolSnapshot>> GetSchoolSnapshot(
      Context& context, const v1::GetSchoolSnapshotRequest& request);
  Answer<v1::LeadershipRotation> GetLeadershipRotation(
      Context& context, const v1::GetLeadershipRotationRequest& request);
  Answer<v1::ListLeadershipFindingsResponse> ListLeadershipFindings(
      Context& context, const v1::ListLeadershipFindingsRequest& request);

 private:
  // What may be done to a membership or a term between reading and writing it.
  using ChangeMembership = absl::FunctionRef<Answer<v1::Membership>(v1::Membership membership)>;
  using ChangeTerm = absl::FunctionRef<Answer<v1::LeadershipTerm>(v1::LeadershipTerm term)>;
  // Reads, changes, checks and writes a membership, everything it depends on held.
  Answer<v1::Membership> Change(Mutation& mutation, const std::string& name,
                                const std::string& etag, const resource::Why& why,
                                ChangeMembership change);
  // Reads, changes and writes a term, its cluster held.
  Answer<v1::LeadershipTerm> Change(Mutation& mutation, const std::string& name,
                                    const std::string& etag, const resource::Why& why,
                                    ChangeTerm change);

  // The membership against school, regime and the school's other memberships, all held already.
  absl::Status Check(database::Transaction& transaction, const v1::Membership& membership);
  // With the bounds of school and regime where none is given.
  Answer<v1::Membership> WithBoundsOf(database::Transaction& transaction,
                                      v1::Membership membership);

  template <class M, class Request>
  Answer<typename resource::Table<M>::Page> ReadPage(Context& context,
                                                     const resource::Table<M>& table,
                                                     const resource::Where& where,
                                                     const Request& request,
                                                     std::string* next_page_token);

  const rpc::Writing& writing_;
  database::Pool& pool_;
  directory::Directory& directory_;
  const contract::PageTokens& page_tokens_;
  const ClusterStore store_;
  const SchoolStore schools_;
  const DocumentStore documents_;
  EncodedSnapshots<v1::ClusterSnapshot> cluster_snapshots_{SnapshotOfCluster};
  EncodedSnapshots<v1::SchoolSnapshot> school_snapshots_{SnapshotOfSchool};
  directory::DerivedFromNewest<ClusterNames> names_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SERVICE_H_
