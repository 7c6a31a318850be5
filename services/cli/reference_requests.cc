#include "services/cli/reference_requests.h"

#include "common/runtime/ids.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/cli/registry_text.h"

namespace thidua::cli {

using namespace registry::v1;  // NOLINT: the contract's own words
using reporting::v1::CreateIndicatorRequest;
using reporting::v1::Indicator;
using reporting::v1::UpdateIndicatorRequest;

namespace {

template <class Request, class Resource>
Request Updating(const Resource& resource, Resource* (Request::*field)(),
                 const std::vector<std::string>& fields, const std::string& etag) {
  Request request;
  *(request.*field)() = resource;
  for (const std::string& path : fields) request.mutable_update_mask()->add_paths(path);
  request.set_etag(etag);
  request.set_request_id(runtime::NewUuid4());
  return request;
}

}  // namespace

CreateClusterRegimeRequest CreateRequestFor(const ClusterRegime& regime) {
  CreateClusterRegimeRequest request;
  request.set_cluster_regime_id(IdOf(regime.name()));
  *request.mutable_cluster_regime() = regime;
  request.set_request_id(runtime::NewUuid4());
  return request;
}

CreateClusterRequest CreateRequestFor(const Cluster& cluster) {
  CreateClusterRequest request;
  request.set_cluster_id(IdOf(cluster.name()));
  *request.mutable_cluster() = cluster;
  request.set_request_id(runtime::NewUuid4());
  return request;
}

CreateSchoolRequest CreateRequestFor(const School& school) {
  CreateSchoolRequest request;
  request.set_school_id(IdOf(school.name()));
  *request.mutable_school() = school;
  request.set_request_id(runtime::NewUuid4());
  return request;
}

CreateMembershipRequest CreateRequestFor(const Membership& membership) {
  CreateMembershipRequest request;
  request.set_parent(ParentOf(membership.name()));
  request.set_membership_id(IdOf(membership.name()));
  *request.mutable_membership() = membership;
  request.set_request_id(runtime::NewUuid4());
  return request;
}

CreateLeadershipTermRequest CreateRequestFor(const LeadershipTerm& term) {
  CreateLeadershipTermRequest request;
  request.set_parent(ParentOf(term.name()));
  request.set_leadership_term_id(IdOf(term.name()));
  *request.mutable_leadership_term() = term;
  request.set_request_id(runtime::NewUuid4());
  return request;
}

CreateLineageEventRequest CreateRequestFor(const LineageEvent& event) {
  CreateLineageEventRequest request;
  request.set_lineage_event_id(IdOf(event.name()));
  *request.mutable_lineage_event() = event;
  request.set_request_id(runtime::NewUuid4());
  return request;
}

CreateIndicatorRequest CreateRequestFor(const Indicator& indicator) {
  CreateIndicatorRequest request;
  request.set_indicator_id(IdOf(indicator.name()));
  *request.mutable_indicator() = indicator;
  request.set_request_id(runtime::NewUuid4());
  return request;
}

UpdateClusterRegimeRequest UpdateRequestFor(const ClusterRegime& regime,
                                            const std::vector<std::string>& fields,
                                            const std::string& etag) {
  return Updating(regime, &UpdateClusterRegimeRequest::mutable_cluster_regime, fields, etag);
}

UpdateClusterRequest UpdateRequestFor(const Cluster& cluster,
                                      const std::vector<std::string>& fields,
                                      const std::string& etag) {
  return Updating(cluster, &UpdateClusterRequest::mutable_cluster, fields, etag);
}

UpdateSchoolRequest UpdateRequestFor(const School& school, const std::vector<std::string>& fields,
                                     const std::string& etag) {
  return Updating(school, &UpdateSchoolRequest::mutable_school, fields, etag);
}

UpdateMembershipRequest UpdateRequestFor(const Membership& membership,
                                         const std::vector<std::string>& fields,
                                         const std::string& etag) {
  return Updating(membership, &UpdateMembershipRequest::mutable_membership, fields, etag);
}

UpdateLeadershipTermRequest UpdateRequestFor(const LeadershipTerm& term,
                                             const std::vector<std::string>& fields,
                                             const std::string& etag) {
  return Updating(term, &UpdateLeadershipTermRequest::mutable_leadership_term, fields, etag);
}

UpdateIndicatorRequest UpdateRequestFor(const Indicator& indicator,
                                        const std::vector<std::string>& fields,
                                        const std::string& etag) {
  return Updating(indicator, &UpdateIndicatorRequest::mutable_indicator, fields, etag);
}

std::vector<std::string> DifferingFields(const google::protobuf::Message& stored,
                                         const google::protobuf::Message& wanted,
                                         const std::vector<std::string>& fields) {
  std::vector<std::string> differing;
  for (const std::string& name : fields) {
    const std::vector<const google::protobuf::FieldDescriptor*> field = {
        wanted.GetDescriptor()->FindFieldByName(name)};
    google::protobuf::util::MessageDifferencer differencer;
    if (!differencer.CompareWithFields(stored, wanted, field, field)) differing.push_back(name);
  }
  return differing;
}

}  // namespace thidua::cli
