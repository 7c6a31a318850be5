#include "common/rpc/descriptor_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/telemetry/trace.h"
#include "grpcpp/alarm.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace thidua::rpc {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;

// How long an open stream without news waits before its source is asked again.
constexpr absl::Duration kStreamPause = absl::Milliseconds(50);

std::string MetadataValue(const CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

Pipeline::Arrival ArrivalOf(const CallbackServerContext& context) {
  Pipeline::Arrival arrival;
  arrival.since = absl::Now();
  for (const grpc::string_ref& uri : context.auth_context()->FindPropertyValues("peer_uri")) {
    arrival.uri_sans.emplace_back(uri.data(), uri.size());
  }
  arrival.acting_for = MetadataValue(context, kActingForKey);
  arrival.traceparent = MetadataValue(context, telemetry::kTraceparentKey);
  arrival.at_least = MetadataValue(context, kAtLeastKey);
  const auto deadline = context.deadline();
  arrival.caller_deadline = deadline == std::chrono::system_clock::time_point::max()
                                ? absl::InfiniteFuture()
                                : absl::FromChrono(deadline);
  return arrival;
}

absl::Status ShuttingDown() {
  return contract::RefuseForNow(contract::Reason::REASON_SHUTTING_DOWN, {},
                                absl::Milliseconds(200));
}

// One unary call. Lives until OnDone; after Finish no other thread touches it.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  UnaryCall(const Pipeline& pipeline, const Pipeline::Method& method,
            CallbackServerContext* transport, const ByteBuffer* request, ByteBuffer* response,
            CallsInFlight& calls)
      : pipeline_(pipeline),
        method_(method),
        calls_(calls),
        transport_(transport),
        request_(*request),
        response_(response),
        arrival_(ArrivalOf(*transport)) {
    calls_.Begin();
  }
  ~UnaryCall() override { calls_.End(); }

  // On the transport's thread: never blocks.
  void Start() {
    if (absl::Status prepared = pipeline_.Prepare(method_, arrival_, context_); !prepared.ok())
      return Answer(prepared);
    if (calls_.stopping()) return Answer(ShuttingDown());
    if (method_.rule.access.in_memory()) return Run();
    Queue([this] { Run(); });
  }

 private:
  void Queue(std::function<void()> run) {
    absl::Status taken = pipeline_.queue().Offer(
        {context_.deadline(), std::move(run), [this](const absl::Status& why) { Answer(why); }});
    if (!taken.ok()) Answer(taken);
  }

  void Run() {
    const telemetry::TraceScope scope(Pipeline::TraceOf(context_));
    auto request = pipeline_.Admit(method_, *method_.unary->request_prototype, request_, context_);
    if (!request.ok()) return Refuse(request.status());
    auto answer = method_.unary->handle(context_, **request);
    if (!answer.ok()) return Refuse(answer.status());
    *response_ = Share(*std::move(answer));
    if (const auto position = Pipeline::PositionOf(context_); position.has_value()) {
      transport_->AddInitialMetadata(kPositionKey, absl::StrCat(*position));
    }
    pipeline_.Committed(method_);
    Answer(absl::OkStatus());
  }

  // A denial is recorded first. The record may block, so a method answered on the transport's
  // thread takes the queue for it.
  void Refuse(const absl::Status& status) {
    if (!Pipeline::IsDenial(status)) return Answer(status);
    const auto record_and_answer = [this, status] {
      pipeline_.RecordDenial(context_, status);
      Answer(status);
    };
    if (!method_.rule.access.in_memory()) return record_and_answer();
    Queue(record_and_answer);
  }

  void Answer(const absl::Status& status) {
    Finish(pipeline_.Answered(method_, arrival_, context_, status));
  }

  void OnCancel() override { Pipeline::Cancel(context_); }
  void OnDone() override { delete this; }
  // Neither blocks, so that gRPC need not hand each call to a thread of its executor at its end: a
  // fifth of what a call costs.
  bool InternalInlineable() override { return true; }

  const Pipeline& pipeline_;
  const Pipeline::Method& method_;
  CallsInFlight& calls_;
  CallbackServerContext* transport_;
  ByteBuffer request_;
  ByteBuffer* response_;
  Pipeline::Arrival arrival_;
  CallContext context_;
};

// One server stream: asks its source on a worker, writes, and pauses without holding a worker when
// there is nothing yet.
class StreamCall final : public grpc::ServerWriteReactor<ByteBuffer> {
 public:
  StreamCall(const Pipeline& pipeline, const Pipeline::Method& method,
             CallbackServerContext* transport, const ByteBuffer* request, CallsInFlight& calls)
      : pipeline_(pipeline),
        method_(method),
        request_(*request),
        calls_(calls),
        arrival_(ArrivalOf(*transport)) {
    calls_.Begin();
  }
  ~StreamCall() override { calls_.End(); }

  void Start() {
    if (absl::Status prepared = pipeline_.Prepare(method_, arrival_, context_); !prepared.ok())
      return Answer(prepared);
    if (calls_.stopping()) return Answer(ShuttingDown());
    const absl::Status taken = Queue([this] { Open(); });
    if (!taken.ok()) Answer(taken);
  }

 private:
  absl::Status Queue(std::function<void()> run) {
    return pipeline_.queue().Offer(
        {context_.deadline(), std::move(run), [this](const absl::Status& why) { Answer(why); }});
  }

  void Open() {
    const telemetry::TraceScope scope(Pipeline::TraceOf(context_));
    auto request = pipeline_.Admit(method_, *method_.stream->request_prototype, request_, context_);
    if (Pipeline::IsDenial(request.status())) pipeline_.RecordDenial(context_, request.status());
    if (!request.ok()) return Answer(request.status());
    open_request_ = *std::move(request);
    auto source = method_.stream->open(context_, *open_request_);
    if (!source.ok()) return Answer(source.status());
    source_ = *std::move(source);
    Pump();
  }

  void Pump() {
    if (context_.cancelled()) return Answer(contract::Refuse(contract::Reason::REASON_CANCELLED));
    if (calls_.stopping()) return Answer(ShuttingDown());
    if (absl::Now() >= context_.deadline())
      return Answer(absl::OkStatus());  // the caller resumes from its cursor
    const telemetry::TraceScope scope(Pipeline::TraceOf(context_));
    auto next = source_(context_);
    if (!next.ok()) return Answer(next.status());
    if (*next == nullptr) return Pause();
    message_ = Encode(**next);
    StartWrite(&message_);
  }

  void Pause() {
    pause_.Set(absl::ToChronoTime(absl::Now() + kStreamPause), [this](bool) { Again(); });
  }

  // Never refuses an open stream because others are busy: it comes back after a pause.
  void Again() {
    if (!Queue([this] { Pump(); }).ok()) {
      if (calls_.stopping() || context_.cancelled()) return Answer(ShuttingDown());
      Pause();
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return Answer(contract::Refuse(contract::Reason::REASON_CANCELLED));
    Again();
  }

  void Answer(const absl::Status& status) {
    Finish(pipeline_.Answered(method_, arrival_, context_, status));
  }

  void OnCancel() override { Pipeline::Cancel(context_); }
  void OnDone() override { delete this; }

  const Pipeline& pipeline_;
  const Pipeline::Method& method_;
  ByteBuffer request_;
  CallsInFlight& calls_;
  Pipeline::Arrival arrival_;
  CallContext context_;
  std::unique_ptr<google::protobuf::Message> open_request_;
  StreamSource source_;
  ByteBuffer message_;
  grpc::Alarm pause_;
};

}  // namespace

DescriptorService::DescriptorService(const Pipeline& pipeline,
                                     const google::protobuf::ServiceDescriptor* service,
                                     CallsInFlight& calls) {
  int index = 0;
  for (const auto& owned : pipeline.methods().at(service)) {
    const Pipeline::Method* method = owned.get();
    if (method->unary != nullptr) {
      AddMethod(new grpc::internal::RpcServiceMethod(
          method->rule.path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
      MarkMethodRawCallback(
          index,
          new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
              [&pipeline, method, &calls](CallbackServerContext* context, const ByteBuffer* request,
                                          ByteBuffer* response) -> grpc::ServerUnaryReactor* {
                auto* call = new UnaryCall(pipeline, *method, context, request, response, calls);
                call->Start();
                return call;
              }));
    } else {
      AddMethod(new grpc::internal::RpcServiceMethod(
          method->rule.path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING, nullptr));
      MarkMethodRawCallback(
          index, new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
                     [&pipeline, method, &calls](
                         CallbackServerContext* context,
                         const ByteBuffer* request) -> grpc::ServerWriteReactor<ByteBuffer>* {
                       auto* call = new StreamCall(pipeline, *method, context, request, calls);
                       call->Start();
                       return call;
                     }));
    }
    ++index;
  }
}

ListedService::ListedService(const google::protobuf::ServiceDescriptor* service) {
  static auto* const paths =
      new std::vector<std::unique_ptr<std::string>>;  // method names must outlive the server
  for (int i = 0; i < service->method_count(); ++i) {
    paths->push_back(std::make_unique<std::string>(
        absl::StrCat("/", service->full_name(), "/", service->method(i)->name())));
    AddMethod(new grpc::internal::RpcServiceMethod(paths->back()->c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(i, new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
                                 [](CallbackServerContext* context, const ByteBuffer*,
                                    ByteBuffer*) -> grpc::ServerUnaryReactor* {
                                   auto* reactor = context->DefaultReactor();
                                   reactor->Finish({grpc::StatusCode::UNIMPLEMENTED,
                                                    "This port only describes the services."});
                                   return reactor;
                                 }));
  }
}

}  // namespace thidua::rpc
