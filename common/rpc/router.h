// The table from method to handler. A room registers its handlers; the server refuses to start when
// a method of an offered service has none.
#ifndef THIDUA_COMMON_RPC_ROUTER_H_
#define THIDUA_COMMON_RPC_ROUTER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/call_context.h"
#include "common/rpc/mutation.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace thidua::rpc {

// An answer as it goes out; shared, because what is read from an immutable map is encoded once.
using AnswerBytes = std::shared_ptr<const std::string>;

// The answer of a handler that has it encoded: the bytes of a Response.
template <class Response>
struct Encoded {
  AnswerBytes bytes;
};

// One unary method: makes its request, answers it. The request lives as long as the call.
struct UnaryRoute {
  const google::protobuf::Message* request_prototype;
  std::function<absl::StatusOr<AnswerBytes>(CallContext&, const google::protobuf::Message&)> handle;
};

// One server-streaming method. `open` runs once on a worker; the returned source is asked on a
// worker for the next message whenever the client can take one; nullptr means "none yet" and it is
// asked again after at most 50 ms.
using StreamSource =
    std::function<absl::StatusOr<std::unique_ptr<google::protobuf::Message>>(CallContext&)>;
struct StreamRoute {
  const google::protobuf::Message* request_prototype;
  std::function<absl::StatusOr<StreamSource>(CallContext&, const google::protobuf::Message&)> open;
};

// A write by its request, inside a transaction that is under way. The request is of the generated
// class.
using MutationRoute = std::function<absl::StatusOr<std::unique_ptr<google::protobuf::Message>>(
    Mutation&, const google::protobuf::Message&)>;

class Router {
 public:
  // The routes of one gRPC service, by its full proto name. Rooms, and what is passed by
  // reference, must outlive the server.
  class Service {
   public:
    // room->*handler answers method `name`.
    template <class Room, class Request, class Response>
    Service& Unary(std::string_view name, Room* room,
                   absl::StatusOr<Response> (Room::*handler)(CallContext&, const Request&)) {
      unary_[std::string(name)] = UnaryRoute{
          &Request::default_instance(),
          [room, handler](CallContext& context,
                          const google::protobuf::Message& request) -> absl::StatusOr<AnswerBytes> {
            absl::StatusOr<Response> response =
                (room->*handler)(context, static_cast<const Request&>(request));
            if (!response.ok()) return response.status();
            return Bytes(*response);
          }};
      return *this;
    }

    // The same for a method that writes: room->*handler runs inside the call's own transaction,
    // or inside that of another call that holds several such requests (Router::MutationOf).
    template <class Room, class Request, class Response>
    Service& Mutation(std::string_view name, const Writing& writing, Room* room,
                      absl::StatusOr<Response> (Room::*handler)(rpc::Mutation&, const Request&)) {
      unary_[std::string(name)] = UnaryRoute{
          &Request::default_instance(),
          [&writing, room, handler](CallContext& context, const google::protobuf::Message& request)
              -> absl::StatusOr<AnswerBytes> {
            absl::StatusOr<Response> response =
                RunMutation(context, writing, *room, handler, static_cast<const Request&>(request));
            if (!response.ok()) return response.status();
            return Bytes(*response);
          }};
      mutations_[Request::descriptor()] = [room, handler](rpc::Mutation& mutation,
                                                          const google::protobuf::Message& request)
          -> absl::StatusOr<std::unique_ptr<google::protobuf::Message>> {
        absl::StatusOr<Response> response =
            (room->*handler)(mutation, static_cast<const Request&>(request));
        if (!response.ok()) return response.status();
        return std::make_unique<Response>(*std::move(response));
      };
      return *this;
    }

    template <class Room, class Request>
    Service& Stream(std::string_view name, Room* room,
                    absl::StatusOr<StreamSource> (Room::*open)(CallContext&, const Request&)) {
      stream_[std::string(name)] =
          StreamRoute{&Request::default_instance(),
                      [room, open](CallContext& context, const google::protobuf::Message& request) {
                        return (room->*open)(context, static_cast<const Request&>(request));
                      }};
      return *this;
    }

   private:
    friend class Router;
    friend class Pipeline;
    static AnswerBytes Bytes(const google::protobuf::Message& response) {
      return std::make_shared<const std::string>(response.SerializeAsString());
    }
    template <class Response>
    static AnswerBytes Bytes(const Encoded<Response>& response) {
      return response.bytes;
    }
    std::map<std::string, UnaryRoute> unary_;
    std::map<std::string, StreamRoute> stream_;
    std::map<const google::protobuf::Descriptor*, MutationRoute> mutations_;
  };

  Service& Offer(std::string_view full_service_name) {
    return services_[std::string(full_service_name)];
  }

  // The write that answers requests of this type; null when no offered mutation takes it. Valid as
  // long as the router, once every room has registered.
  const MutationRoute* MutationOf(const google::protobuf::Descriptor& request) const;

  // The offered services' descriptors; an error names services that are unknown, methods without a
  // handler and handlers without a method.
  absl::StatusOr<std::vector<const google::protobuf::ServiceDescriptor*>> Complete() const;

 private:
  friend class Pipeline;
  std::map<std::string, Service> services_;
};

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_ROUTER_H_
