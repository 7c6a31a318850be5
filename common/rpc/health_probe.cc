#include "common/rpc/health_probe.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/security/credentials.h"

namespace thidua::rpc {
namespace {

// grpc.health.v1.HealthCheckRequest is one string and its response one enum, both in field 1:
// on the wire the same as these wrappers, whereas Debian ships no file of that contract.
using HealthCheckRequest = google::protobuf::StringValue;
using HealthCheckResponse = google::protobuf::Int32Value;
constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
constexpr int kServing = 1;

std::string TargetOf(std::string address) {
  for (const auto& [wildcard, loopback] :
       {std::pair("0.0.0.0:", "127.0.0.1:"), std::pair("[::]:", "[::1]:")}) {
    if (absl::string_view rest = address; absl::ConsumePrefix(&rest, wildcard))
      return absl::StrCat("dns:///", loopback, rest);
  }
  return absl::StrCat("dns:///", address);
}

}  // namespace

absl::Status ProbeHealth(const std::string& health_address, absl::Time deadline) {
  const auto channel =
      grpc::CreateChannel(TargetOf(health_address), grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  HealthCheckResponse response;
  const grpc::internal::RpcMethod rpc(kCheck, grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall<HealthCheckRequest, HealthCheckResponse,
                                        google::protobuf::MessageLite,
                                        google::protobuf::MessageLite>(
          channel.get(), rpc, &context, HealthCheckRequest(), &response);
  if (!status.ok()) {
    return absl::UnavailableError(
        absl::StrCat(health_address, " does not answer: ", status.error_message()));
  }
  if (response.value() != kServing)
    return absl::UnavailableError(absl::StrCat(health_address, " answers, but does not serve"));
  return absl::OkStatus();
}

}  // namespace thidua::rpc
