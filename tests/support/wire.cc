#include "tests/support/wire.h"

#include <vector>

#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/byte_buffer.h"
#include "tests/support/process.h"

namespace thidua::testing {
namespace {

grpc::ByteBuffer Wrap(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string Unwrap(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices)
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

absl::Status StatusOf(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status wire;
  if (!status.error_details().empty() && wire.ParseFromString(status.error_details()))
    return contract::FromWire(wire);
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::shared_ptr<grpc::Channel> Connect(
    const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  // No channel shares a connection with another, even to the same address.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

}  // namespace

std::shared_ptr<grpc::Channel> ConnectAs(const std::string& address,
                                         const access::CertificateFiles& identity) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadTextFile(identity.ca);
  options.pem_cert_chain = ReadTextFile(identity.certificate);
  options.pem_private_key = ReadTextFile(identity.key);
  return Connect(address, grpc::SslCredentials(options));
}

std::shared_ptr<grpc::Channel> ConnectWithoutCertificate(const std::string& address,
                                                         const std::string& ca_file) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadTextFile(ca_file);
  return Connect(address, grpc::SslCredentials(options));
}

std::shared_ptr<grpc::Channel> ConnectInPlaintext(const std::string& address) {
  return Connect(address, grpc::InsecureChannelCredentials());
}

WireAnswer CallWithBytes(grpc::Channel& channel, const std::string& path, const std::string& bytes,
                         const WireOptions& options) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options.patience));
  for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
  const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::ByteBuffer request = Wrap(bytes);
  grpc::ByteBuffer response;
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer,
                                                                grpc::ByteBuffer, grpc::ByteBuffer>(
      &channel, method, &context, request, &response);
  WireAnswer answer;
  answer.status = StatusOf(status);
  answer.bytes = Unwrap(response);
  for (const auto& [key, value] : context.GetServerInitialMetadata()) {
    answer.initial_metadata.emplace(std::string(key.data(), key.size()),
                                    std::string(value.data(), value.size()));
  }
  return answer;
}

absl::StatusOr<bool> AskHealth(const std::string& address, const std::string& service) {
  std::string request;
  if (!service.empty())
    request = std::string("\x0a") + static_cast<char>(service.size()) +
              service;  // HealthCheckRequest.service
  WireOptions options;
  options.patience = absl::Seconds(2);
  const WireAnswer answer =
      CallWithBytes(*ConnectInPlaintext(address), "/grpc.health.v1.Health/Check", request, options);
  if (!answer.status.ok()) return answer.status;
  return answer.bytes == std::string("\x08\x01", 2);  // HealthCheckResponse{status: SERVING}
}

}  // namespace thidua::testing
