// A gRPC service made from its descriptor: every method goes to the pipeline as bytes, so that
// decoding, checks and errors are ours.
#ifndef THIDUA_COMMON_RPC_DESCRIPTOR_SERVICE_H_
#define THIDUA_COMMON_RPC_DESCRIPTOR_SERVICE_H_

#include <memory>
#include <vector>

#include "common/rpc/calls_in_flight.h"
#include "common/rpc/pipeline.h"
#include "grpcpp/impl/service_type.h"

namespace thidua::rpc {

class DescriptorService final : public grpc::Service {
 public:
  // pipeline and calls outlive the server. While `calls` is stopping, new calls are refused and
  // open streams end.
  DescriptorService(const Pipeline& pipeline, const google::protobuf::ServiceDescriptor* service,
                    CallsInFlight& calls);
};

// The same names without a way in: lets reflection on the admin port list what the main port
// serves.
class ListedService final : public grpc::Service {
 public:
  explicit ListedService(const google::protobuf::ServiceDescriptor* service);
};

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_DESCRIPTOR_SERVICE_H_
