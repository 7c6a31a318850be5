#include "common/rpc/channel.h"

#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/refusal.h"
#include "common/rpc/percent.h"
#include "common/rpc/pipeline.h"
#include "common/telemetry/trace.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "grpcpp/support/sync_stream.h"
#include "grpcpp/support/validate_service_config.h"

namespace thidua::rpc {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodOptions;

// Between calls nobody polls the connections of a client, so that one that is being made moves on
// only when gRPC looks after them by itself: every 5 s by default, which is once for each step of a
// handshake, and handshakes end after 20 s. A caller who pauses between failed tries, as a follower
// does, might then never see a restarted server again. Read once, when gRPC starts, therefore set
// before main; what the environment says wins.
[[maybe_unused]] const int kPollInterval =
    setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "100", 0);

std::string MethodName(const google::protobuf::MethodDescriptor& method) {
  return absl::StrCat(R"({"service":")", method.service()->full_name(), R"(","method":")",
                      method.name(), R"("})");
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status wire;
  if (!status.error_details().empty() && wire.ParseFromString(status.error_details()))
    return contract::FromWire(wire);
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

void Describe(grpc::ClientContext& context, const std::string& acting_for, absl::Time deadline) {
  if (deadline != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(deadline));
  if (!acting_for.empty()) context.AddMetadata(kActingForKey, PercentEncode(acting_for));
  if (const telemetry::TraceContext* trace = telemetry::CurrentTrace(); trace != nullptr) {
    context.AddMetadata(telemetry::kTraceparentKey,
                        telemetry::FormatTraceparent(telemetry::ChildOf(*trace)));
  }
}

}  // namespace

std::string ServiceConfigFor(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  std::vector<std::string> repeatable;
  for (const auto* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const auto level = method->options().idempotency_level();
      if (!method->server_streaming() && level != MethodOptions::IDEMPOTENCY_UNKNOWN)
        repeatable.push_back(MethodName(*method));
    }
  }
  std::string config =
      R"({"loadBalancingConfig":[{"round_robin":{}}],"healthCheckConfig":{"serviceName":""})";
  if (!repeatable.empty()) {
    absl::StrAppend(
        &config,
        R"(,"retryThrottling":{"maxTokens":100,"tokenRatio":0.1},"methodConfig":[{"name":[)",
        absl::StrJoin(repeatable, ","),
        R"(],"retryPolicy":{"maxAttempts":3,"initialBackoff":"0.05s","maxBackoff":"1s","backoffMultiplier":2,)",
        R"("retryableStatusCodes":["UNAVAILABLE"]}}])");
  }
  absl::StrAppend(&config, "}");
  return config;
}

absl::StatusOr<std::unique_ptr<Channel>> Channel::Open(
    const Options& options,
    const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  const std::string config = ServiceConfigFor(services);
  if (const std::string problem = grpc::experimental::ValidateServiceConfigJSON(config);
      !problem.empty()) {
    return absl::InternalError(
        absl::StrCat("generated service configuration is refused: ", problem));
  }
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      options.key_file, options.certificate_file, options.ca_file,
      static_cast<unsigned>(options.reload_seconds));
  grpc::experimental::TlsChannelCredentialsOptions tls;
  tls.set_certificate_provider(provider);
  tls.watch_root_certs();
  tls.watch_identity_key_cert_pairs();

  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(config);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  // During a rolling update the servers that a client knows go one by one. It must have found the
  // new ones before the last of the old goes: by default it asks the DNS every 30 s at most.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, 5'000);
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  auto channel =
      grpc::CreateCustomChannel(options.target, grpc::experimental::TlsCredentials(tls), arguments);
  return std::unique_ptr<Channel>(new Channel(std::move(channel), options.acting_for));
}

Channel::Channel(std::shared_ptr<grpc::Channel> channel, std::string acting_for)
    : channel_(std::move(channel)), acting_for_(std::move(acting_for)) {}

Channel::~Channel() = default;

absl::Status Channel::Call(std::string_view method, const Message& request, Message& response,
                           const CallOptions& options) {
  grpc::ClientContext context;
  Describe(context, acting_for_, options.deadline);
  if (options.at_least > 0) context.AddMetadata(kAtLeastKey, absl::StrCat(options.at_least));
  const std::string path(method);
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall<Message, Message, google::protobuf::MessageLite,
                                        google::protobuf::MessageLite>(
          channel_.get(), rpc, &context, request, &response);
  if (options.position != nullptr) {
    const auto& metadata = context.GetServerInitialMetadata();
    if (const auto found = metadata.find(kPositionKey); found != metadata.end()) {
      (void)absl::SimpleAtoi(absl::string_view(found->second.data(), found->second.size()),
                             options.position);
    }
  }
  return FromGrpc(status);
}

// The call begins with the first Next, not with the stream: beginning waits for a connection, up to
// 20 s for a peer that has vanished, and what waits must be known to whoever wants to cancel it.
struct Channel::Stream::State {
  std::shared_ptr<grpc::Channel> channel;
  std::string path;
  std::unique_ptr<Message> request;
  grpc::ClientContext context;
  std::unique_ptr<grpc::ClientReader<Message>> reader;
  std::optional<grpc::Status> ended;  // gRPC aborts the process when a stream is finished twice

  void Begin() {
    const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING);
    reader.reset(grpc::internal::ClientReaderFactory<Message>::Create<Message>(channel.get(), rpc,
                                                                               &context, *request));
  }

  const grpc::Status& Finish() {
    if (!ended.has_value()) ended = reader->Finish();
    return *ended;
  }
};

Channel::Stream::Stream(std::unique_ptr<State> state) : state_(std::move(state)) {}

Channel::Stream::~Stream() {
  Cancel();
  if (state_->reader != nullptr) state_->Finish();
}

absl::Status Channel::Stream::Next(Message& message) {
  if (state_->reader == nullptr) state_->Begin();
  if (state_->reader->Read(&message)) return absl::OkStatus();
  absl::Status ended = FromGrpc(state_->Finish());
  return ended.ok() ? absl::OutOfRangeError("the stream ended") : ended;
}

void Channel::Stream::Cancel() { state_->context.TryCancel(); }

std::unique_ptr<Channel::Stream> Channel::OpenStream(std::string_view method,
                                                     const Message& request, absl::Time deadline) {
  auto state = std::make_unique<Stream::State>();
  state->channel = channel_;
  state->path = std::string(method);
  state->request.reset(request.New());
  state->request->CopyFrom(request);
  Describe(state->context, acting_for_, deadline);
  return std::unique_ptr<Stream>(new Stream(std::move(state)));
}

}  // namespace thidua::rpc
