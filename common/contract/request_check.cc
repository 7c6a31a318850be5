#include "common/contract/request_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/check_plan.h"
#include "common/contract/refusal.h"
#include "common/document/decimal.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "common/text/normalize.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/decimal.pb.h"

namespace thidua::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kMostLookedFor = 100;

// Copies, because a message of a known type need not be of the generated class.
template <typename Known>
Known As(const Message& message) {
  if (const Known* known = google::protobuf::DynamicCastToGenerated<Known>(&message)) return *known;
  Known copy;
  copy.ParseFromString(message.SerializePartialAsString());
  return copy;
}

// Text that needs no closer look; most of what callers send.
bool IsPlain(std::string_view text) {
  return text.empty() ||
         (text.front() != ' ' && text.back() != ' ' &&
          std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; }));
}

enum class Coverage { kNone, kPart, kWhole };

Coverage CoverageOf(const std::string& field, const FieldMask& mask) {
  Coverage coverage = Coverage::kNone;
  for (const std::string& path : mask.paths()) {
    if (path == field || path == "*") return Coverage::kWhole;
    if (absl::StartsWith(path, field) && path[field.size()] == '.') coverage = Coverage::kPart;
  }
  return coverage;
}

// One check of one request.
class Walk {
 public:
  std::vector<FieldViolation> Violations(const Message& request) {
    CheckMessage(request, PlanOf(*request.GetDescriptor()), true);
    return std::move(violations_);
  }

 private:
  struct Step {
    const FieldDescriptor* field;
    int index;  // -1 when not repeated
  };

  bool Full() const { return violations_.size() >= kMostLookedFor; }

  std::string Path() const {
    std::string path;
    for (const Step& step : path_) {
      if (!path.empty()) path.push_back('.');
      path.append(step.field->name());
      if (step.index >= 0) absl::StrAppend(&path, "[", step.index, "]");
    }
    return path;
  }

  void Violate(std::string description, std::string description_vi) {
    if (!Full()) violations_.push_back({Path(), std::move(description), std::move(description_vi)});
  }

  // `complete`: REQUIRED counts.
  void CheckMessage(const Message& message, const MessagePlan& plan, bool complete) {
    if (plan.is_request && !path_.empty()) return;
    switch (plan.known) {
      case KnownMessage::kDate:
        return CheckDate(message);
      case KnownMessage::kDecimal:
        return CheckDecimal(message);
      case KnownMessage::kTimestamp:
        return CheckTimestamp(message);
      case KnownMessage::kNone:
        break;
    }
    for (const FieldPlan& field : plan.fields) {
      if (field.output_only || Full()) continue;
      path_.push_back({field.field, -1});
      if (field.is_masked && message.GetReflection()->HasField(message, field.field)) {
        CheckMasked(message, field, *plan.update_mask);
      } else {
        CheckField(message, field, complete);
      }
      path_.pop_back();
    }
  }

  // A resource to be updated: what the mask does not cover has no effect and need not be complete.
  // Without a mask, what is set is covered (AIP-134).
  void CheckMasked(const Message& request, const FieldPlan& field, const FieldPlan& mask_field) {
    const Reflection& reflection = *request.GetReflection();
    const Message& resource = reflection.GetMessage(request, field.field);
    const FieldMask mask = As<FieldMask>(reflection.GetMessage(request, mask_field.field));
    for (const FieldPlan& part : field.message->fields) {
      if (part.output_only || Full()) continue;
      const Coverage coverage =
          mask.paths().empty() ? Coverage::kPart : CoverageOf(part.field->name(), mask);
      const bool identifies = part.is_name || part.field->name() == "etag";
      if (coverage == Coverage::kNone && !identifies) continue;
      path_.push_back({part.field, -1});
      CheckField(resource, part, part.is_name || coverage == Coverage::kWhole, part.is_name);
      path_.pop_back();
    }
  }

  void CheckField(const Message& message, const FieldPlan& plan, bool complete,
                  bool demanded = false) {
    const Reflection& reflection = *message.GetReflection();
    if (plan.field->is_repeated()) return CheckItems(message, plan, complete);
    if (!reflection.HasField(message, plan.field)) {
      if (complete && (plan.required || demanded)) Require();
      return;
    }
    switch (plan.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string& value = reflection.GetStringReference(message, plan.field, &scratch_);
        if (!value.empty()) return CheckBytes(value, plan);
        if (complete && plan.required) Require();
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const Message& part = reflection.GetMessage(message, plan.field);
        return plan.partial_date ? CheckPartialDate(part)
                                 : CheckMessage(part, *plan.message, complete);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = reflection.GetEnumValue(message, plan.field);
        if (value == 0 && complete && plan.required) return Require();
        return CheckEnum(value, plan);
      }
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckInteger(reflection.GetInt32(message, plan.field), plan);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckInteger(reflection.GetInt64(message, plan.field), plan);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckInteger(reflection.GetUInt32(message, plan.field), plan);
      case FieldDescriptor::CPPTYPE_UINT64:
        return CheckUnsigned(reflection.GetUInt64(message, plan.field), plan);
      default:
        return;
    }
  }

  void CheckItems(const Message& message, const FieldPlan& plan, bool complete) {
    const int items = message.GetReflection()->FieldSize(message, plan.field);
    if (items == 0 && complete && plan.required) return Require();
    if (items > plan.max_items) {
      return Violate(
          absl::StrCat("has ", items, " entries; at most ", plan.max_items, " are allowed"),
          absl::StrCat("có ", items, " mục; tối đa ", plan.max_items));
    }
    for (int i = 0; i < items && !Full(); ++i) {
      path_.back().index = i;
      CheckItem(message, plan, i, complete);
    }
    path_.back().index = -1;
  }

  void CheckItem(const Message& message, const FieldPlan& plan, int index, bool complete) {
    const Reflection& reflection = *message.GetReflection();
    switch (plan.field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        const std::string& value =
            reflection.GetRepeatedStringReference(message, plan.field, index, &scratch_);
        return value.empty() ? Violate("is empty", "bị bỏ trống") : CheckBytes(value, plan);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE: {
        const Message& part = reflection.GetRepeatedMessage(message, plan.field, index);
        return plan.partial_date ? CheckPartialDate(part)
                                 : CheckMessage(part, *plan.message, complete);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = reflection.GetRepeatedEnumValue(message, plan.field, index);
        return value == 0 ? Violate("is empty", "bị bỏ trống") : CheckEnum(value, plan);
      }
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckInteger(reflection.GetRepeatedInt32(message, plan.field, index), plan);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckInteger(reflection.GetRepeatedInt64(message, plan.field, index), plan);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckInteger(reflection.GetRepeatedUInt32(message, plan.field, index), plan);
      case FieldDescriptor::CPPTYPE_UINT64:
        return CheckUnsigned(reflection.GetRepeatedUInt64(message, plan.field, index), plan);
      default:
        return;
    }
  }

  void Require() { Violate("is required", "là bắt buộc"); }

  void CheckBytes(const std::string& value, const FieldPlan& plan) {
    if (plan.field->type() == FieldDescriptor::TYPE_STRING) return CheckText(value, plan);
    if (value.size() <= static_cast<size_t>(plan.max_length)) return;
    Violate(absl::StrCat("has ", value.size(), " bytes; at most ", plan.max_length, " are allowed"),
            absl::StrCat("có ", value.size(), " byte; tối đa ", plan.max_length));
  }

  void CheckText(const std::string& value, const FieldPlan& plan) {
    const bool plain = IsPlain(value);
    // A code point is at least one byte, so only long texts are counted; and nothing more is done
    // with one too long.
    if (value.size() > static_cast<size_t>(plan.max_length)) {
      const int64_t length = plain ? static_cast<int64_t>(value.size()) : text::CodePoints(value);
      if (length > plan.max_length) {
        return Violate(
            absl::StrCat("has ", length, " characters; at most ", plan.max_length, " are allowed"),
            absl::StrCat("có ", length, " ký tự; tối đa ", plan.max_length));
      }
    }
    if (!plain && !(plan.raw_text ? IsUtf8(value) : IsStoredForm(value))) return;
    if (plan.pattern != nullptr && !re2::RE2::FullMatch(value, *plan.pattern)) {
      return Violate(absl::StrCat("does not match ", plan.pattern->pattern()),
                     absl::StrCat("không đúng mẫu ", plan.pattern->pattern()));
    }
    if (plan.is_reference) CheckReference(value, plan);
    if (plan.known == KnownField::kRequestId && !runtime::IsUuid4(value)) {
      Violate("is not a UUID of version 4", "không phải là UUID phiên bản 4");
    }
  }

  bool IsUtf8(const std::string& value) {
    if (text::IsValidUtf8(value)) return true;
    Violate("is not usable text: not UTF-8", "chứa ký tự không dùng được");
    return false;
  }

  bool IsStoredForm(const std::string& value) {
    const absl::StatusOr<std::string> stored = text::Nfc(value);
    if (!stored.ok()) {
      Violate(absl::StrCat("is not usable text: ", stored.status().message()),
              "chứa ký tự không dùng được");
    } else if (*stored == value) {
      return true;
    } else if (text::IsNfc(value)) {
      Violate("has white space before or after the text", "có khoảng trắng ở đầu hoặc cuối");
    } else {
      Violate("is not in Unicode Normalization Form C",
              "không ở dạng chuẩn Unicode NFC (dựng sẵn)");
    }
    return false;
  }

  void CheckReference(const std::string& value, const FieldPlan& plan) {
    const bool matches =
        plan.any_name
            ? IsResourceName(value)
            : std::any_of(
                  plan.patterns.begin(), plan.patterns.end(), [&](const NamePattern& pattern) {
                    return plan.wildcards ? pattern.MatchesAny(value) : pattern.Matches(value);
                  });
    if (matches) return;
    const std::string forms =
        plan.any_name ? "collection/id"
                      : absl::StrJoin(plan.patterns, ", ", [](std::string* out, const auto& p) {
                          out->append(p.ToString());
                        });
    Violate(absl::StrCat("is not a resource name of the form ", forms),
            absl::StrCat("không phải là tên đối tượng dạng ", forms));
  }

  void CheckInteger(int64_t value, const FieldPlan& plan) {
    if (plan.known == KnownField::kPageSize && value < 0) return Violate("is negative", "là số âm");
    if (plan.min && value < *plan.min) {
      Violate(absl::StrCat("is ", value, "; the least is ", *plan.min),
              absl::StrCat("là ", value, "; nhỏ nhất là ", *plan.min));
    } else if (plan.max && value > *plan.max) {
      Violate(absl::StrCat("is ", value, "; the most is ", *plan.max),
              absl::StrCat("là ", value, "; lớn nhất là ", *plan.max));
    }
  }

  void CheckUnsigned(uint64_t value, const FieldPlan& plan) {
    CheckInteger(static_cast<int64_t>(std::min(value, uint64_t{INT64_MAX})), plan);
  }

  void CheckEnum(int value, const FieldPlan& plan) {
    if (plan.field->enum_type()->FindValueByNumber(value) != nullptr) return;
    Violate(absl::StrCat("has the undefined value ", value),
            absl::StrCat("có giá trị không được định nghĩa ", value));
  }

  void CheckDate(const Message& message) {
    if (const auto day = runtime::DayFromProto(As<google::type::Date>(message)); !day.ok()) {
      Violate(std::string(day.status().message()),
              "không phải là một ngày có thật (cần đủ ngày, tháng, năm)");
    }
  }

  void CheckPartialDate(const Message& message) {
    const absl::Status valid = runtime::CheckPartialDate(As<google::type::Date>(message));
    if (!valid.ok()) {
      Violate(std::string(valid.message()),
              "không phải là ngày, tháng hoặc năm có thật (phần chưa biết để 0)");
    }
  }

  void CheckDecimal(const Message& message) {
    const std::string value = As<google::type::Decimal>(message).value();
    if (const auto decimal = document::Decimal::Parse(value); !decimal.ok()) {
      Violate("is not a decimal number such as 71.25", "không phải là số thập phân dạng 71.25");
    }
  }

  void CheckTimestamp(const Message& message) {
    if (const auto time = runtime::TimeFromProto(As<google::protobuf::Timestamp>(message));
        !time.ok()) {
      Violate(std::string(time.status().message()), "không phải là một thời điểm hợp lệ");
    }
  }

  std::vector<Step> path_;
  std::vector<FieldViolation> violations_;
  std::string scratch_;
};

void CollectFaults(const MessagePlan& plan, std::set<const MessagePlan*>& seen,
                   std::vector<std::string>& faults) {
  if (!seen.insert(&plan).second) return;
  faults.insert(faults.end(), plan.faults.begin(), plan.faults.end());
  for (const FieldPlan& field : plan.fields) {
    if (field.message != nullptr) CollectFaults(*field.message, seen, faults);
  }
}

void ClearOutputOnly(Message* message, const MessagePlan& plan) {
  if (!plan.holds_output_only) return;
  const Reflection& reflection = *message->GetReflection();
  for (const FieldPlan& field : plan.fields) {
    if (field.output_only) {
      reflection.ClearField(message, field.field);
    } else if (field.message == nullptr || !field.message->holds_output_only) {
      continue;
    } else if (field.field->is_repeated()) {
      const int items = reflection.FieldSize(*message, field.field);
      for (int i = 0; i < items; ++i) {
        ClearOutputOnly(reflection.MutableRepeatedMessage(message, field.field, i), *field.message);
      }
    } else if (reflection.HasField(*message, field.field)) {
      ClearOutputOnly(reflection.MutableMessage(message, field.field), *field.message);
    }
  }
}

}  // namespace

absl::Status PrepareChecks(const Descriptor& request) {
  std::set<const MessagePlan*> seen;
  std::vector<std::string> faults;
  CollectFaults(PlanOf(request), seen, faults);
  if (faults.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(faults, "\n"));
}

absl::Status CheckRequest(const Message& request) {
  const std::vector<FieldViolation> violations = Walk().Violations(request);
  return violations.empty() ? absl::OkStatus() : RefuseFields(violations);
}

void ClearOutputOnly(Message* message) {
  ClearOutputOnly(message, PlanOf(*message->GetDescriptor()));
}

}  // namespace thidua::contract
