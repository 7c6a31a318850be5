#include "common/rpc/server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/descriptor_service.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"

namespace thidua::rpc {
namespace {

constexpr int kMostMessageBytes = 4 << 20;
constexpr int kMostMetadataBytes = 8 << 10;

std::shared_ptr<grpc::ServerCredentials> MutualTls(const ServerTls& tls) {
  auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      tls.key_file, tls.certificate_file, tls.ca_file, static_cast<unsigned>(tls.reload_seconds));
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

// Keeps reflection off every listener but the admin's: the plugin is global in Debian's build once
// linked, so it is taken out where not wanted.
class NoReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins,
                  [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

// What every listener has in common.
void ApplyLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMostMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMostMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT,
                             0);  // two servers must not share a port silently
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 300'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 30'000);
}

absl::Status CannotBind(const std::string& address) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": is another process using the port?"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options,
                                                      const Pipeline& pipeline) {
  grpc::EnableDefaultHealthCheckService(true);
  // Named here, or the linker leaves the library out as unused and no listener has reflection.
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto server = std::unique_ptr<Server>(new Server);

  grpc::ServerBuilder builder;
  ApplyLimits(builder);
  builder.SetOption(std::make_unique<NoReflection>());
  builder.AddListeningPort(options.listen_address, MutualTls(options.tls), &server->port_);
  for (const auto& [descriptor, unused] : pipeline.methods()) {
    server->services_.push_back(
        std::make_unique<DescriptorService>(pipeline, descriptor, server->calls_));
    builder.RegisterService(server->services_.back().get());
  }
  server->main_ = builder.BuildAndStart();
  if (server->main_ == nullptr || server->port_ == 0) return CannotBind(options.listen_address);
  server->main_->GetHealthCheckService()->SetServingStatus(false);

  grpc::ServerBuilder health_builder;
  ApplyLimits(health_builder);
  health_builder.SetOption(std::make_unique<NoReflection>());
  // Answers UNIMPLEMENTED to everything else; without any callback service of ours gRPC would not
  // poll for its own.
  server->health_only_ = std::make_unique<grpc::CallbackGenericService>();
  health_builder.RegisterCallbackGenericService(server->health_only_.get());
  health_builder.AddListeningPort(options.health_address, grpc::InsecureServerCredentials(),
                                  &server->health_port_);
  server->health_ = health_builder.BuildAndStart();
  if (server->health_ == nullptr || server->health_port_ == 0)
    return CannotBind(options.health_address);
  server->health_->GetHealthCheckService()->SetServingStatus(false);

  if (!options.admin_address.empty()) {
    grpc::ServerBuilder admin_builder;
    ApplyLimits(admin_builder);
    int admin_port = 0;
    admin_builder.AddListeningPort(options.admin_address, MutualTls(options.tls), &admin_port);
    for (const auto& [descriptor, unused] : pipeline.methods()) {
      server->services_.push_back(std::make_unique<ListedService>(descriptor));
      admin_builder.RegisterService(server->services_.back().get());
    }
    server->admin_ = admin_builder.BuildAndStart();
    if (server->admin_ == nullptr || admin_port == 0) return CannotBind(options.admin_address);
  }
  return server;
}

Server::Server() = default;

Server::~Server() { Shutdown(absl::ZeroDuration(), absl::ZeroDuration()); }

void Server::SetServing(const std::string& name, bool serving) {
  main_->GetHealthCheckService()->SetServingStatus(name, serving);
  health_->GetHealthCheckService()->SetServingStatus(name, serving);
}

void Server::Shutdown(absl::Duration drain, absl::Duration grace) {
  if (main_ == nullptr) return;
  main_->GetHealthCheckService()->SetServingStatus(false);
  if (health_ != nullptr) health_->GetHealthCheckService()->SetServingStatus(false);
  absl::SleepFor(drain);
  calls_.Stop();
  calls_.AwaitNone(absl::Now() + grace);
  // What is left has outlasted the grace, or is a client's watch over our health, which would last
  // until that client looks at its connection again: it may take 5 s.
  main_->Shutdown(std::chrono::system_clock::now());
  main_->Wait();
  if (admin_ != nullptr) admin_->Shutdown(std::chrono::system_clock::now());
  if (health_ != nullptr) health_->Shutdown(std::chrono::system_clock::now());
  main_.reset();
  admin_.reset();
  health_.reset();
}

}  // namespace thidua::rpc
