// The requests that bring one resource of the reference data into a service: made once, to be
// checked before anything is written and sent after.
#ifndef THIDUA_SERVICES_CLI_REFERENCE_REQUESTS_H_
#define THIDUA_SERVICES_CLI_REFERENCE_REQUESTS_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::cli {

registry::v1::CreateClusterRegimeRequest CreateRequestFor(
    const registry::v1::ClusterRegime& regime);
registry::v1::CreateClusterRequest CreateRequestFor(const registry::v1::Cluster& cluster);
registry::v1::CreateSchoolRequest CreateRequestFor(const registry::v1::School& school);
registry::v1::CreateMembershipRequest CreateRequestFor(const registry::v1::Membership& membership);
registry::v1::CreateLeadershipTermRequest CreateRequestFor(
    const registry::v1::LeadershipTerm& term);
registry::v1::CreateLineageEventRequest CreateRequestFor(const registry::v1::LineageEvent& event);
reporting::v1::CreateIndicatorRequest CreateRequestFor(const reporting::v1::Indicator& indicator);

// `fields`: what changes; `etag`: of the stored resource.
registry::v1::UpdateClusterRegimeRequest UpdateRequestFor(const registry::v1::ClusterRegime& regime,
                                                          const std::vector<std::string>& fields,
                                                          const std::string& etag);
registry::v1::UpdateClusterRequest UpdateRequestFor(const registry::v1::Cluster& cluster,
                                                    const std::vector<std::string>& fields,
                                                    const std::string& etag);
registry::v1::UpdateSchoolRequest UpdateRequestFor(const registry::v1::School& school,
                                                   const std::vector<std::string>& fields,
                                                   const std::string& etag);
registry::v1::UpdateMembershipRequest UpdateRequestFor(const registry::v1::Membership& membership,
                                                       const std::vector<std::string>& fields,
                                                       const std::string& etag);
registry::v1::UpdateLeadershipTermRequest UpdateRequestFor(const registry::v1::LeadershipTerm& term,
                                                           const std::vector<std::string>& fields,
                                                           const std::string& etag);
reporting::v1::UpdateIndicatorRequest UpdateRequestFor(const reporting::v1::Indicator& indicator,
                                                       const std::vector<std::string>& fields,
                                                       const std::string& etag);

// Those of `fields` in which the two differ; "absent" and "empty" are two things for message fields
// only.
std::vector<std::string> DifferingFields(const google::protobuf::Message& stored,
                                         const google::protobuf::Message& wanted,
                                         const std::vector<std::string>& fields);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REFERENCE_REQUESTS_H_
