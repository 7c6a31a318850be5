// The listeners of one service: calls over mTLS, health for probes in plaintext, reflection for
// operators over mTLS.
#ifndef THIDUA_COMMON_RPC_SERVER_H_
#define THIDUA_COMMON_RPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/calls_in_flight.h"
#include "common/rpc/pipeline.h"

namespace grpc {
class CallbackGenericService;
class Server;
class Service;
}  // namespace grpc

namespace thidua::rpc {

// Where the staged certificate files are (see access/certificate_files.h) and how often gRPC looks
// at them.
struct ServerTls {
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;
  int reload_seconds = 10;
};

class Server {
 public:
  struct Options {
    std::string listen_address;
    std::string health_address;
    std::string admin_address;  // empty: not offered
    ServerTls tls;
  };

  // Binds all ports; a port in use is UNAVAILABLE naming it. Health starts NOT_SERVING. `pipeline`
  // outlives the server.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options,
                                                       const Pipeline& pipeline);
  ~Server();

  // Overall ("") and per-dependency health ("database", "follow:registry"), and that of the process
  // alone ("process"), on the main and the health port.
  void SetServing(const std::string& name, bool serving);

  // NOT_SERVING, wait `drain` for balancers to notice, refuse new calls, give running ones `grace`,
  // then cancel them. The admission queue is stopped by the caller afterwards.
  void Shutdown(absl::Duration drain, absl::Duration grace);

  int port() const { return port_; }
  int health_port() const { return health_port_; }

 private:
  Server();
  CallsInFlight calls_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::CallbackGenericService> health_only_;
  std::unique_ptr<grpc::Server> main_;
  std::unique_ptr<grpc::Server> health_;
  std::unique_ptr<grpc::Server> admin_;
  int port_ = 0;
  int health_port_ = 0;
};

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_SERVER_H_
