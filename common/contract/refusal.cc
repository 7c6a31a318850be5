#include "common/contract/refusal.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/text/characters.h"
#include "google/rpc/error_details.pb.h"

namespace thidua::contract {
namespace {

using access::v1::RefusalText;
using google::rpc::BadRequest;
using google::rpc::ErrorInfo;
using google::rpc::LocalizedMessage;
using google::rpc::PreconditionFailure;
using google::rpc::RetryInfo;

constexpr char kTypeUrlPrefix[] = "type.googleapis.com/";
constexpr char kReasonPrefix[] = "REASON_";
constexpr char kVietnameseSuffix[] = "_vi";
constexpr char kLocale[] = "vi-VN";
constexpr std::string_view kUnspecified = "(unspecified)";
constexpr std::string_view kUnspecifiedVi = "(không rõ)";

constexpr size_t kLongestValue = 512;
constexpr size_t kLongestField = 256;
// grpc-message is percent-encoded, up to three bytes for one.
constexpr size_t kLongestMessage = 640;
constexpr size_t kMostMetadata = 32;

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat(kTypeUrlPrefix, Detail::descriptor()->full_name());
}

template <typename Detail>
void Attach(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

// At most `longest` bytes of printable, well-formed UTF-8: what a caller sent may come back to it,
// and a detail whose strings are not UTF-8 cannot be parsed by any client.
std::string Printable(std::string_view text, size_t longest) {
  static constexpr std::string_view kEllipsis = "…";
  std::string printable;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const int32_t character = text::NextCharacter(text, at);
    std::string_view piece = text.substr(start, at - start);
    if (character == text::kIllFormed) {
      piece = "\uFFFD";
    } else if (character < 0x20 || (character >= 0x7f && character < 0xa0)) {
      piece = " ";
    }
    if (printable.size() + piece.size() + (at < text.size() ? kEllipsis.size() : 0) > longest) {
      return printable.append(kEllipsis);
    }
    printable.append(piece);
  }
  return printable;
}

const RefusalText& TextOf(Reason reason) {
  return access::v1::Reason_descriptor()->FindValueByNumber(reason)->options().GetExtension(
      access::v1::refusal);
}

std::string NameOf(Reason reason) {
  return std::string(absl::StripPrefix(access::v1::Reason_Name(reason), kReasonPrefix));
}

using Values = google::protobuf::Map<std::string, std::string>;

const std::string* Find(const Values& values, const std::string& key) {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

// One pass, so that a value which looks like a placeholder stays text.
std::string Fill(std::string_view text, const Values& values, bool vietnamese) {
  std::string filled;
  while (!text.empty()) {
    const size_t open = text.find('{');
    const size_t close = open == text.npos ? text.npos : text.find('}', open);
    if (close == text.npos) {
      filled.append(text);
      break;
    }
    filled.append(text.substr(0, open));
    const std::string key(text.substr(open + 1, close - open - 1));
    const std::string* value =
        vietnamese ? Find(values, absl::StrCat(key, kVietnameseSuffix)) : nullptr;
    if (value == nullptr) value = Find(values, key);
    filled.append(value != nullptr ? std::string_view(*value)
                  : vietnamese     ? kUnspecifiedVi
                                   : kUnspecified);
    text.remove_prefix(close + 1);
  }
  return Printable(filled, kLongestMessage);
}

Values CleanValues(const Metadata& metadata) {
  Values values;
  for (const auto& [key, value] : metadata) {
    if (values.size() == kMostMetadata) break;
    values[Printable(key, 64)] = Printable(value, kLongestValue);
  }
  return values;
}

absl::Status Make(Reason reason, Values values) {
  const RefusalText& text = TextOf(reason);
  absl::Status status(static_cast<absl::StatusCode>(text.code()), Fill(text.en(), values, false));
  ErrorInfo info;
  info.set_reason(NameOf(reason));
  info.set_domain(kErrorDomain);
  *info.mutable_metadata() = std::move(values);
  Attach(status, info);
  return status;
}

std::optional<ErrorInfo> OwnInfo(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  std::optional<ErrorInfo> info = DetailOf<ErrorInfo>(status);
  if (!info || info->domain() != kErrorDomain) return std::nullopt;
  return info;
}

Reason ReasonIn(const ErrorInfo& info) {
  Reason reason = access::v1::REASON_UNSPECIFIED;
  if (!access::v1::Reason_Parse(absl::StrCat(kReasonPrefix, info.reason()), &reason)) {
    return access::v1::REASON_UNSPECIFIED;
  }
  return reason;
}

// Statuses that reach the edge without a reason. Their messages are internal and stay inside.
absl::Status WithReason(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kCancelled:
      return Refuse(access::v1::REASON_CANCELLED);
    case absl::StatusCode::kDeadlineExceeded:
      return Refuse(
          access::v1::REASON_DEADLINE_EXCEEDED,
          {{"why", "the work was not done in time"}, {"why_vi", "chưa xử lý xong khi hết hạn"}});
    case absl::StatusCode::kResourceExhausted:
      return Refuse(access::v1::REASON_OVERLOADED,
                    {{"why", "too much work at once"}, {"why_vi", "quá nhiều việc cùng lúc"}});
    case absl::StatusCode::kUnavailable:
      return Refuse(access::v1::REASON_DATABASE_UNAVAILABLE);
    default:
      return Refuse(access::v1::REASON_INTERNAL);
  }
}

// The parts of one answer, before they are packed.
struct Answer {
  Reason reason;
  ErrorInfo info;
  std::optional<BadRequest> bad_request;
  std::optional<PreconditionFailure> preconditions;
  std::optional<RetryInfo> retry;
};

Answer Unpack(const absl::Status& status) {
  Answer answer;
  answer.info = *OwnInfo(status);
  answer.reason = ReasonIn(answer.info);
  answer.bad_request = DetailOf<BadRequest>(status);
  answer.preconditions = DetailOf<PreconditionFailure>(status);
  answer.retry = DetailOf<RetryInfo>(status);
  return answer;
}

google::rpc::Status Pack(const Answer& answer) {
  const RefusalText& text = TextOf(answer.reason);
  google::rpc::Status wire;
  wire.set_code(text.code());
  wire.set_message(Fill(text.en(), answer.info.metadata(), false));
  wire.add_details()->PackFrom(answer.info);
  if (answer.bad_request) wire.add_details()->PackFrom(*answer.bad_request);
  if (answer.preconditions) wire.add_details()->PackFrom(*answer.preconditions);
  if (answer.retry) wire.add_details()->PackFrom(*answer.retry);
  LocalizedMessage localized;
  localized.set_locale(kLocale);
  localized.set_message(Fill(text.vi(), answer.info.metadata(), true));
  wire.add_details()->PackFrom(localized);
  return wire;
}

// Drops the last listed violation or, when one is left, halves the longest metadata value; at last
// drops the details. What was made here needs little of it; a refusal received from another service
// may be of any size.
void Shrink(Answer& answer) {
  if (answer.bad_request && answer.bad_request->field_violations_size() > 1) {
    answer.bad_request->mutable_field_violations()->RemoveLast();
    return;
  }
  if (answer.preconditions && answer.preconditions->violations_size() > 1) {
    answer.preconditions->mutable_violations()->RemoveLast();
    return;
  }
  Values& values = *answer.info.mutable_metadata();
  const auto longest = std::max_element(
      values.begin(), values.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  if (longest == values.end()) {
    answer.bad_request.reset();
    answer.preconditions.reset();
  } else if (longest->second.size() > 8) {
    longest->second = Printable(longest->second, longest->second.size() / 2);
  } else {
    values.clear();
  }
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  duration = std::clamp(duration, absl::ZeroDuration(), absl::Hours(24));
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return proto;
}

// The keys of a template; nothing when its braces are not balanced around lower_snake_case keys.
std::optional<std::set<std::string>> KeysOf(std::string_view text) {
  std::set<std::string> keys;
  while (!text.empty()) {
    const size_t brace = text.find_first_of("{}");
    if (brace == text.npos) break;
    if (text[brace] == '}') return std::nullopt;
    const size_t close = text.find_first_of("{}", brace + 1);
    if (close == text.npos || text[close] == '{') return std::nullopt;
    const std::string_view key = text.substr(brace + 1, close - brace - 1);
    if (key.empty() || key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != key.npos) {
      return std::nullopt;
    }
    keys.emplace(absl::StripSuffix(std::string(key), kVietnameseSuffix));
    text.remove_prefix(close + 1);
  }
  return keys;
}

std::string FaultOf(const google::protobuf::EnumValueDescriptor& value) {
  if (!absl::StartsWith(value.name(), kReasonPrefix)) return "lacks the prefix REASON_";
  if (!value.options().HasExtension(access::v1::refusal)) return "has no refusal option";
  const RefusalText& text = value.options().GetExtension(access::v1::refusal);
  if (text.code() == google::rpc::OK) return "has no code";
  if (text.en().empty() || text.vi().empty()) return "lacks a text";
  const auto en = KeysOf(text.en());
  const auto vi = KeysOf(text.vi());
  if (!en || !vi) return "has a broken placeholder";
  if (*en != *vi) return "has different placeholders in its two texts";
  return "";
}

}  // namespace

absl::Status Refuse(Reason reason, const Metadata& metadata) {
  if (reason == access::v1::REASON_UNSPECIFIED || !access::v1::Reason_IsValid(reason)) {
    reason = access::v1::REASON_INTERNAL;
  }
  return Make(reason, CleanValues(metadata));
}

absl::Status RefuseFields(const std::vector<FieldViolation>& violations) {
  absl::Status status =
      Refuse(access::v1::REASON_INVALID_REQUEST, {{"count", absl::StrCat(violations.size())}});
  BadRequest bad_request;
  for (const FieldViolation& violation : violations) {
    if (bad_request.field_violations_size() == kMostViolations) break;
    BadRequest::FieldViolation& listed = *bad_request.add_field_violations();
    listed.set_field(Printable(violation.field, kLongestField));
    listed.set_description(Printable(violation.description, kLongestValue));
    if (violation.description_vi.empty()) continue;
    listed.mutable_localized_message()->set_locale(kLocale);
    listed.mutable_localized_message()->set_message(
        Printable(violation.description_vi, kLongestValue));
  }
  Attach(status, bad_request);
  return status;
}

absl::Status RefusePreconditions(Reason reason, const Metadata& metadata,
                                 const std::vector<Precondition>& preconditions) {
  absl::Status status = Refuse(reason, metadata);
  PreconditionFailure failure;
  for (const Precondition& precondition : preconditions) {
    if (failure.violations_size() == kMostViolations) break;
    PreconditionFailure::Violation& listed = *failure.add_violations();
    listed.set_type(Printable(precondition.type, kLongestField));
    listed.set_subject(Printable(precondition.subject, kLongestField));
    listed.set_description(Printable(precondition.description, kLongestValue));
  }
  Attach(status, failure);
  return status;
}

absl::Status RefuseForNow(Reason reason, const Metadata& metadata, absl::Duration retry_after) {
  absl::Status status = Refuse(reason, metadata);
  RetryInfo retry;
  *retry.mutable_retry_delay() = ToProto(retry_after);
  Attach(status, retry);
  return status;
}

Reason ReasonOf(const absl::Status& status) {
  const std::optional<ErrorInfo> info = OwnInfo(status);
  return info ? ReasonIn(*info) : access::v1::REASON_UNSPECIFIED;
}

Metadata MetadataOf(const absl::Status& status) {
  const std::optional<ErrorInfo> info = OwnInfo(status);
  if (!info) return {};
  return Metadata(info->metadata().begin(), info->metadata().end());
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const std::optional<BadRequest> bad_request = DetailOf<BadRequest>(status);
  if (!bad_request) return violations;
  for (const BadRequest::FieldViolation& listed : bad_request->field_violations()) {
    violations.push_back(
        {listed.field(), listed.description(), listed.localized_message().message()});
  }
  return violations;
}

absl::Duration RetryAfter(const absl::Status& status) {
  const std::optional<RetryInfo> retry = DetailOf<RetryInfo>(status);
  if (!retry) return absl::InfiniteDuration();
  return absl::Seconds(retry->retry_delay().seconds()) +
         absl::Nanoseconds(retry->retry_delay().nanos());
}

std::string VietnameseText(const absl::Status& status) {
  if (const auto localized = DetailOf<LocalizedMessage>(status);
      localized && localized->locale() == kLocale) {
    return localized->message();
  }
  const std::optional<ErrorInfo> info = OwnInfo(status);
  const Reason reason = info ? ReasonIn(*info) : access::v1::REASON_UNSPECIFIED;
  if (reason == access::v1::REASON_UNSPECIFIED) return std::string(status.message());
  return Fill(TextOf(reason).vi(), info->metadata(), true);
}

google::rpc::Status ToWire(const absl::Status& status, std::string_view trace_id) {
  if (status.ok()) return {};
  const bool refused = ReasonOf(status) != access::v1::REASON_UNSPECIFIED;
  Answer answer = Unpack(refused ? status : WithReason(status));
  if (answer.reason == access::v1::REASON_INTERNAL) {
    answer.info.clear_metadata();
    (*answer.info.mutable_metadata())["trace_id"] = Printable(trace_id, 64);
  }
  google::rpc::Status wire = Pack(answer);
  while (wire.ByteSizeLong() > kLargestWireStatus) {
    Shrink(answer);
    wire = Pack(answer);
  }
  return wire;
}

absl::Status FromWire(const google::rpc::Status& wire) {
  if (wire.code() == google::rpc::OK) return absl::OkStatus();
  const bool canonical = google::rpc::Code_IsValid(wire.code());
  absl::Status status(
      canonical ? static_cast<absl::StatusCode>(wire.code()) : absl::StatusCode::kUnknown,
      wire.message());
  for (const google::protobuf::Any& detail : wire.details()) {
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

absl::Status CheckReasons() {
  std::vector<std::string> faults;
  const google::protobuf::EnumDescriptor& reasons = *access::v1::Reason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *reasons.value(i);
    if (value.number() == access::v1::REASON_UNSPECIFIED) continue;
    if (const std::string fault = FaultOf(value); !fault.empty()) {
      faults.push_back(absl::StrCat(value.name(), " ", fault));
    }
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(faults, "; "));
}

}  // namespace thidua::contract
