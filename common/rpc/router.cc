#include "common/rpc/router.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace thidua::rpc {

const MutationRoute* Router::MutationOf(const google::protobuf::Descriptor& request) const {
  for (const auto& [name, routes] : services_) {
    const auto found = routes.mutations_.find(&request);
    if (found != routes.mutations_.end()) return &found->second;
  }
  return nullptr;
}

absl::StatusOr<std::vector<const google::protobuf::ServiceDescriptor*>> Router::Complete() const {
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  std::vector<std::string> problems;
  for (const auto& [name, routes] : services_) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      problems.push_back(absl::StrCat("service ", name, " is not in any linked contract"));
      continue;
    }
    services.push_back(service);
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const size_t names = method->server_streaming() ? routes.stream_.count(method->name())
                                                      : routes.unary_.count(method->name());
      if (method->client_streaming() || names == 0) {
        problems.push_back(absl::StrCat("method ", method->full_name(), " has no handler"));
      }
    }
    const auto check_handled = [&](const std::string& handled, bool streams) {
      const auto* method = service->FindMethodByName(handled);
      if (method == nullptr || method->server_streaming() != streams) {
        problems.push_back(absl::StrCat("handler ", name, ".", handled, " has no such method"));
      }
    };
    for (const auto& [handled, route] : routes.unary_) check_handled(handled, false);
    for (const auto& [handled, route] : routes.stream_) check_handled(handled, true);
  }
  if (!problems.empty()) return absl::FailedPreconditionError(absl::StrJoin(problems, "; "));
  return services;
}

}  // namespace thidua::rpc
