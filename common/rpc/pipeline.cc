#include "common/rpc/pipeline.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/contract/request_check.h"
#include "common/document/digest.h"
#include "common/rpc/percent.h"
#include "common/runtime/ids.h"
#include "common/telemetry/log.h"
#include "common/telemetry/trace.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/reflection.h"

namespace thidua::rpc {
namespace {

using contract::Reason;
using contract::Refuse;
using google::protobuf::Message;

// The same request gives the same bytes whoever encoded it, so that a repeat is recognised.
std::string HashOf(const Message& request) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  return document::Sha256(bytes);
}

// The string field `request_id` of a mutation; empty when the caller sent none.
std::string RequestIdOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  if (field == nullptr) return "";
  return request.GetReflection()->GetString(request, field);
}

bool NeedsOperator(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Create(const Router& router, Parts parts) {
  auto services = router.Complete();
  if (!services.ok()) return services.status();
  if (absl::Status declared = contract::CheckMethods(*services); !declared.ok()) return declared;

  auto pipeline = std::unique_ptr<Pipeline>(new Pipeline(std::move(parts)));
  for (const auto* service : *services) {
    const Router::Service& routes = router.services_.at(service->full_name());
    auto& methods = pipeline->methods_[service];
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* descriptor = service->method(i);
      auto method = std::make_unique<Method>();
      method->rule = contract::RuleOf(*descriptor);
      if (descriptor->server_streaming()) {
        method->stream = &routes.stream_.at(descriptor->name());
      } else {
        method->unary = &routes.unary_.at(descriptor->name());
      }
      const Message* prototype = method->unary != nullptr ? method->unary->request_prototype
                                                          : method->stream->request_prototype;
      if (prototype->GetDescriptor() != descriptor->input_type()) {
        return absl::FailedPreconditionError(
            absl::StrCat(descriptor->full_name(), " is handled with another request type"));
      }
      method->metrics = std::make_unique<telemetry::RpcMethodMetrics>(
          *pipeline->parts_.metrics, service->full_name(), descriptor->name());
      methods.push_back(std::move(method));
    }
  }
  return pipeline;
}

absl::Time Pipeline::DeadlineFor(const Method& method, const Arrival& arrival) const {
  if (arrival.caller_deadline == absl::InfiniteFuture())
    return arrival.since + method.rule.default_deadline - kWayHome;
  return std::min(arrival.caller_deadline, arrival.since + method.rule.max_deadline) - kWayHome;
}

absl::Status Pipeline::Prepare(const Method& method, const Arrival& arrival,
                               CallContext& context) const {
  context.deadline_ = DeadlineFor(method, arrival);
  context.now_ = parts_.clock->Now();
  context.today_ = parts_.clock->Today();

  const auto parent = telemetry::ParseTraceparent(arrival.traceparent);
  context.trace_ = parent.has_value() ? telemetry::ChildOf(*parent) : telemetry::NewTrace();
  context.act_.trace_id = context.trace_.TraceIdHex();
  context.act_.method = method.rule.path;
  context.act_.permission = method.rule.access.permission();

  if (!arrival.at_least.empty()) {
    if (!absl::SimpleAtoi(arrival.at_least, &context.at_least_) || context.at_least_ < 0) {
      return contract::RefuseFields(
          {{kAtLeastKey, "must be a feed position", "phải là một vị trí nhật ký"}});
    }
    const int64_t position = parts_.position();
    if (position < context.at_least_) {
      return contract::RefuseForNow(
          Reason::REASON_POSITION_NOT_REACHED,
          {{"position", absl::StrCat(position)}, {"at_least", arrival.at_least}},
          absl::Milliseconds(50));
    }
  }

  const std::optional<std::string> acting_for = PercentDecode(arrival.acting_for);
  if (!acting_for.has_value()) {
    return contract::RefuseFields(
        {{kActingForKey, "must be percent-encoded UTF-8", "phải là UTF-8 mã hóa phần trăm"}});
  }
  auto caller = access::IdentifyCaller(arrival.uri_sans, parts_.trust_domain, *acting_for);
  if (!caller.ok()) return caller.status();
  context.caller_ = *std::move(caller);
  context.act_.actor = context.caller_.spiffe_id;
  context.act_.acting_for = context.caller_.acting_for;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Message>> Pipeline::Admit(const Method& method,
                                                         const Message& prototype,
                                                         grpc::ByteBuffer& bytes,
                                                         CallContext& context) const {
  std::unique_ptr<Message> request(prototype.New());
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok() ||
      !request->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return Refuse(
        Reason::REASON_MALFORMED_MESSAGE,
        {{"why", absl::StrCat("not a ", prototype.GetTypeName(), ", or a text in it is not UTF-8")},
         {"why_vi", absl::StrCat("không phải ", prototype.GetTypeName(),
                                 ", hoặc có văn bản không phải UTF-8")}});
  }
  const std::shared_ptr<const access::Policy> policy = parts_.policy();
  context.reach_ = policy->ReachOf(context.caller_, method.rule.access.permission());
  if (absl::Status allowed =
          access::Authorize(context.caller_, method.rule.access, *request, *policy, parts_.facts);
      !allowed.ok()) {
    return allowed;
  }
  contract::ClearOutputOnly(request.get());
  if (absl::Status valid = contract::CheckRequest(*request); !valid.ok()) return valid;
  if (method.rule.mutates) {
    context.act_.request_id = RequestIdOf(*request);
    if (context.act_.request_id.empty()) context.act_.request_id = runtime::NewUuid4();
    context.request_hash_ = HashOf(*request);
  }
  return request;
}

void Pipeline::RecordDenial(const CallContext& context, const absl::Status& denial) const {
  // Every denial names what was asked for.
  parts_.record_denial(context.act_, contract::MetadataOf(denial)["resource"], context.bounds(),
                       context.now_);
}

grpc::Status Pipeline::Answered(const Method& method, const Arrival& arrival,
                                const CallContext& context, const absl::Status& status) const {
  const absl::Duration took = absl::Now() - arrival.since;
  method.metrics->Handled(status.code(), took);
  if (status.ok()) return grpc::Status::OK;

  const google::rpc::Status wire = contract::ToWire(status, context.act_.trace_id);
  const telemetry::TraceScope scope(context.trace_);
  if (NeedsOperator(status.code())) {
    telemetry::Log(telemetry::Severity::kError, "call failed",
                   {{"method", method.rule.path},
                    {"caller", context.act_.actor},
                    {"cause", status.ToString()}});
  } else {
    telemetry::Log(
        telemetry::Severity::kDebug, "call refused",
        {{"method", method.rule.path}, {"caller", context.act_.actor}, {"answer", wire.message()}});
  }
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code()), wire.message(),
                      wire.SerializeAsString());
}

grpc::ByteBuffer Encode(const Message& message) {
  const size_t size = message.ByteSizeLong();
  grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer Share(AnswerBytes bytes) {
  auto* owner = new AnswerBytes(std::move(bytes));
  grpc::Slice slice(
      const_cast<char*>((*owner)->data()), (*owner)->size(),
      +[](void* held) { delete static_cast<AnswerBytes*>(held); }, owner);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace thidua::rpc
