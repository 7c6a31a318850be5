// May this caller do this to that? Policy × method option × scope, decided before existence and
// before validation (AIP-211).
#ifndef THIDUA_COMMON_ACCESS_AUTHORIZATION_H_
#define THIDUA_COMMON_ACCESS_AUTHORIZATION_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/access/caller.h"
#include "common/access/policy.h"
#include "google/protobuf/message.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::access {

// What scopes need to know about the world today, answered from the service's directory without
// waiting. A fact that is not provided denies whatever depends on it. Schools, clusters and
// provinces are bare identifiers, not resource names.
struct ScopeFacts {
  // True when `school` holds a RECOGNISED leadership term (HEAD or STANDING_DEPUTY) in `cluster` on
  // the day of the act.
  std::function<bool(std::string_view school, std::string_view cluster)> leads_cluster;
  // The cluster of which `school` is a member on the day of the act; empty when none.
  std::function<std::string(std::string_view school)> cluster_of;
  // The identifier of the province of `school` (for portals), empty when unknown.
  std::function<std::string(std::string_view school)> province_of;
};

// OK, or REASON_PERMISSION_DENIED. Denied when the policy has no grant, when the grant has no
// reach, when the scope does not cover what the request names, and, whatever the reach, when the
// request does not name the resource that the scope needs or names it wrongly. Whether the resource
// exists makes no difference to the answer.
absl::Status Authorize(const Caller& caller, const v1::AccessRule& rule,
                       const google::protobuf::Message& request, const Policy& policy,
                       const ScopeFacts& facts);

}  // namespace thidua::access

#endif  // THIDUA_COMMON_ACCESS_AUTHORIZATION_H_
