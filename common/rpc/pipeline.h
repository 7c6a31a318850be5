// The road of one request: identity, time, queue, permission, checks, handler, answer. Every method
// takes it; nothing else answers calls.
#ifndef THIDUA_COMMON_RPC_PIPELINE_H_
#define THIDUA_COMMON_RPC_PIPELINE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/access/authorization.h"
#include "common/access/policy.h"
#include "common/contract/method_rules.h"
#include "common/rpc/admission_queue.h"
#include "common/rpc/router.h"
#include "common/runtime/clock.h"
#include "common/telemetry/instruments.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"

namespace grpc {
class CallbackServerContext;
}  // namespace grpc

namespace thidua::rpc {

// Kept back of every deadline for the way home (boulder's figure).
inline constexpr absl::Duration kWayHome = absl::Milliseconds(20);

// Metadata keys of our own.
inline constexpr char kActingForKey[] = "thidua-acting-for";  // person, UTF-8 percent-encoded
inline constexpr char kPositionKey[] = "thidua-position";
inline constexpr char kAtLeastKey[] = "thidua-at-least";

class Pipeline {
 public:
  struct Parts {
    std::string trust_domain;
    std::function<std::shared_ptr<const access::Policy>()> policy;
    access::ScopeFacts facts;
    const runtime::Clock* clock;
    AdmissionQueue* queue;
    telemetry::Metrics* metrics;
    // The feed position of the map that reads without waiting are answered from.
    std::function<int64_t()> position;
    // Records a denied call; runs on a worker.
    std::function<void(const journal::Act&, const std::string& resource, const database::Bounds&,
                       absl::Time now)>
        record_denial;
    // Told after each mutation that was answered well; must not block.
    std::function<void()> after_mutation;
  };

  // One method with all that is derived from its descriptor.
  struct Method {
    contract::MethodRule rule;
    const UnaryRoute* unary = nullptr;
    const StreamRoute* stream = nullptr;
    std::unique_ptr<telemetry::RpcMethodMetrics> metrics;
  };

  // Everything a call needs before its message is read. From the transport's own thread; never
  // blocks.
  struct Arrival {
    absl::Time since;
    std::vector<std::string> uri_sans;
    std::string acting_for;
    std::string traceparent;
    std::string at_least;
    absl::Time caller_deadline;
  };

  // `router` must outlive the pipeline. Fails when a method lacks a declaration or a handler.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Create(const Router& router, Parts parts);

  // Every method, by service. Stable for the life of the pipeline.
  const std::map<const google::protobuf::ServiceDescriptor*, std::vector<std::unique_ptr<Method>>>&
  methods() const {
    return methods_;
  }
  AdmissionQueue& queue() const { return *parts_.queue; }

  // The end of the time for work on this call.
  absl::Time DeadlineFor(const Method& method, const Arrival& arrival) const;

  // Fills in the context: identity, clock, trace, ids. An error is an answer.
  absl::Status Prepare(const Method& method, const Arrival& arrival, CallContext& context) const;

  // Reads and checks the message; on the way decides permission.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Admit(
      const Method& method, const google::protobuf::Message& prototype, grpc::ByteBuffer& bytes,
      CallContext& context) const;

  // Tells whom it concerns that a mutation was committed.
  void Committed(const Method& method) const {
    if (method.rule.mutates) parts_.after_mutation();
  }

  // True when the answer is a denial, wherever it was decided: it must be recorded.
  static bool IsDenial(const absl::Status& status) { return absl::IsPermissionDenied(status); }

  // Records a denied call as an event. May block.
  void RecordDenial(const CallContext& context, const absl::Status& denial) const;

  // Counts, logs what needs an operator, and turns any status into what crosses the edge.
  grpc::Status Answered(const Method& method, const Arrival& arrival, const CallContext& context,
                        const absl::Status& status) const;

  static std::optional<int64_t> PositionOf(const CallContext& context) { return context.position_; }
  static const telemetry::TraceContext& TraceOf(const CallContext& context) {
    return context.trace_;
  }
  static void Cancel(CallContext& context) {
    context.cancelled_.store(true, std::memory_order_relaxed);
  }

 private:
  explicit Pipeline(Parts parts) : parts_(std::move(parts)) {}

  Parts parts_;
  std::map<const google::protobuf::ServiceDescriptor*, std::vector<std::unique_ptr<Method>>>
      methods_;
};

// Writes a message into a buffer in one slice.
grpc::ByteBuffer Encode(const google::protobuf::Message& message);
// A buffer over shared bytes, without a copy.
grpc::ByteBuffer Share(AnswerBytes bytes);

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_PIPELINE_H_
