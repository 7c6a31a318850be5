// The client side of the road: a channel over mTLS that knows which methods may be repeated, and
// calls by contract.
#ifndef THIDUA_COMMON_RPC_CHANNEL_H_
#define THIDUA_COMMON_RPC_CHANNEL_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace thidua::rpc {

// What goes with one call.
struct CallOptions {
  absl::Time deadline = absl::InfiniteFuture();
  int64_t at_least = 0;         // feed position that the answer must include
  int64_t* position = nullptr;  // receives the position the answer was computed from
};

class Channel {
 public:
  struct Options {
    std::string target;  // "dns:///registry:7101", "ipv4:127.0.0.1:7101"
    std::string
        server_name;  // name that the server's certificate must bear; empty: the host of the target
    std::string certificate_file;
    std::string key_file;
    std::string ca_file;
    int reload_seconds = 10;
    std::string acting_for;  // person; empty when none
  };

  // Does not connect. Methods declared NO_SIDE_EFFECTS or IDEMPOTENT are repeated on UNAVAILABLE by
  // the service configuration generated from the descriptors of `services`; nothing else is
  // repeated at this level.
  static absl::StatusOr<std::unique_ptr<Channel>> Open(
      const Options& options,
      const std::vector<const google::protobuf::ServiceDescriptor*>& services);
  ~Channel();

  // A refusal comes back as a status with its details (contract/refusal.h reads them).
  template <class Response, class Request>
  absl::StatusOr<Response> Call(std::string_view method, const Request& request,
                                const CallOptions& options = {}) {
    Response response;
    absl::Status status = Call(method, request, response, options);
    if (!status.ok()) return status;
    return response;
  }
  absl::Status Call(std::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message& response, const CallOptions& options = {});

  // A server stream. Next: the next message; OUT_OF_RANGE when the server ended it in good order.
  // Cancel may be called from another thread.
  class Stream {
   public:
    ~Stream();
    absl::Status Next(google::protobuf::Message& message);
    void Cancel();

   private:
    friend class Channel;
    struct State;
    explicit Stream(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  std::unique_ptr<Stream> OpenStream(std::string_view method,
                                     const google::protobuf::Message& request, absl::Time deadline);

 private:
  Channel(std::shared_ptr<grpc::Channel> channel, std::string acting_for);
  std::shared_ptr<grpc::Channel> channel_;
  std::string acting_for_;
};

// The service configuration of a client of these services: round robin, health checking, retries by
// idempotency level. Compact JSON.
std::string ServiceConfigFor(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services);

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_CHANNEL_H_
