// What each method declares about itself: who may call it, how long it may take, its HTTP path,
// whether it may be repeated. A server refuses to start when a method lacks any of it.
#ifndef THIDUA_COMMON_CONTRACT_METHOD_RULES_H_
#define THIDUA_COMMON_CONTRACT_METHOD_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/api/http.pb.h"
#include "google/protobuf/descriptor.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::contract {

struct MethodRule {
  const google::protobuf::MethodDescriptor* method;
  std::string path;  // "/package.Service/Method", as gRPC and the journal write it
  access::v1::AccessRule access;
  google::api::HttpRule http;  // unset on streaming methods
  bool mutates;                // idempotency_level is not NO_SIDE_EFFECTS
  absl::Duration default_deadline;
  absl::Duration max_deadline;
};

// What the method declares, wrong or missing declarations included.
MethodRule RuleOf(const google::protobuf::MethodDescriptor& method);

// OK when every method of the services declares, rightly:
//  - a permission ("reporting.reports.submit"), a scope, and for the scopes that need one a
//  scope_field that is a string
//    field of the request and a scope_collection which that field's resource names hold; deadlines
//    above zero, the default not above the largest; in_memory on reads only;
//  - google.api.http on unary methods, with variables and body that the request has; no two methods
//  with one HTTP verb
//    and path, whatever the service;
//  - idempotency_level NO_SIDE_EFFECTS or IDEMPOTENT;
//  - for mutations a string `request_id`; for those that change an existing resource (Update…, and
//  those whose request has
//    a `name`) an `etag`, in the request or in its resource;
//  - for List… methods page_size, page_token and next_page_token, and exactly one repeated field,
//  the response's first;
//  - field checks that can be kept (PrepareChecks).
// Otherwise FAILED_PRECONDITION that names every fault, one a line.
absl::Status CheckMethods(absl::Span<const google::protobuf::ServiceDescriptor* const> services);

// The permissions of the services' methods, sorted, each once.
std::vector<std::string> PermissionsOf(
    absl::Span<const google::protobuf::ServiceDescriptor* const> services);

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_METHOD_RULES_H_
