// A gRPC service made from its descriptor: every method goes to the pipeline as bytes, so that
// decoding, checks and errors are ours.
#ifndef THIDUA_COMMON_RPC_DESCRIPTOR_SERVICE_H_
#define THIDUA_COMMON_RPC_DESCRIPTOR_SERVICE_H_

#include <atomic>
#include <memory>
#include <vector>

#include "common/rpc/pipeline.h"
#include "grpcpp/impl/service_type.h"

namespace thidua::rpc {

class DescriptorService final : public grpc::Service {
 public:
  // pipeline and stopping outlive the server. `stopping` ends open streams.
  DescriptorService(const Pipeline& pipeline, const google::protobuf::ServiceDescriptor* service,
                    const std::atomic<bool>& stopping);
};

// The same names without a way in: lets reflection on the admin port list what the main port
// serves.
class ListedService final : public grpc::Service {
 public:
  explicit ListedService(const google::protobuf::ServiceDescriptor* service);
};

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_DESCRIPTOR_SERVICE_H_
