#include "common/contract/check_plan.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <unordered_map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/contract/page_token.h"
#include "common/contract/request_check.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/decimal.pb.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::contract {
namespace {

using access::v1::FieldCheck;
using google::api::ResourceDescriptor;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

constexpr char kAnyType[] = "*";

KnownMessage KnownMessageOf(const Descriptor& descriptor) {
  const std::string& name = descriptor.full_name();
  if (name == google::type::Date::descriptor()->full_name()) return KnownMessage::kDate;
  if (name == google::type::Decimal::descriptor()->full_name()) return KnownMessage::kDecimal;
  if (name == google::protobuf::Timestamp::descriptor()->full_name()) {
    return KnownMessage::kTimestamp;
  }
  return KnownMessage::kNone;
}

bool IsFieldMask(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated() &&
         field.message_type()->full_name() ==
             google::protobuf::FieldMask::descriptor()->full_name();
}

bool IsResource(const Descriptor& descriptor) {
  return descriptor.options().HasExtension(google::api::resource);
}

KnownField KnownFieldOf(const FieldDescriptor& field) {
  if (field.is_repeated()) return KnownField::kNone;
  if (field.name() == "page_size" && field.type() == FieldDescriptor::TYPE_INT32) {
    return KnownField::kPageSize;
  }
  if (field.name() == "request_id" && field.type() == FieldDescriptor::TYPE_STRING) {
    return KnownField::kRequestId;
  }
  if (field.name() == "update_mask" && IsFieldMask(field)) return KnownField::kUpdateMask;
  return KnownField::kNone;
}

int DefaultLongest(const FieldDescriptor& field) {
  if (field.type() != FieldDescriptor::TYPE_STRING) return kDefaultLongestBytes;
  return field.name() == "page_token" ? kLongestPageToken : kDefaultLongestText;
}

bool IsInteger(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return true;
    default:
      return false;
  }
}

void AddPatterns(const ResourceDescriptor& resource, std::vector<NamePattern>& patterns) {
  for (const std::string& text : resource.pattern()) {
    if (absl::StatusOr<NamePattern> pattern = NamePattern::Parse(text); pattern.ok()) {
      patterns.push_back(*std::move(pattern));
    }
  }
}

void AddPatterns(const std::string& type, const Descriptor& message,
                 std::vector<NamePattern>& patterns) {
  const ResourceDescriptor& resource = message.options().GetExtension(google::api::resource);
  if (resource.type() == type) AddPatterns(resource, patterns);
  for (int i = 0; i < message.nested_type_count(); ++i) {
    AddPatterns(type, *message.nested_type(i), patterns);
  }
}

void AddPatterns(const std::string& type, const FileDescriptor& file,
                 std::set<const FileDescriptor*>& seen, std::vector<NamePattern>& patterns) {
  if (!seen.insert(&file).second) return;
  for (int i = 0; i < file.message_type_count(); ++i) {
    AddPatterns(type, *file.message_type(i), patterns);
  }
  for (int i = 0; i < file.options().ExtensionSize(google::api::resource_definition); ++i) {
    const ResourceDescriptor& resource =
        file.options().GetExtension(google::api::resource_definition, i);
    if (resource.type() == type) AddPatterns(resource, patterns);
  }
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddPatterns(type, *file.dependency(i), seen, patterns);
  }
}

// Makes the plan of one message; faults are collected under the field's full name.
class Planner {
 public:
  explicit Planner(MessagePlan& plan) : plan_(plan) {}

  void Plan(const Descriptor& descriptor) {
    plan_.descriptor = &descriptor;
    plan_.is_request = absl::EndsWith(descriptor.name(), "Request");
    plan_.known = KnownMessageOf(descriptor);
    if (plan_.known != KnownMessage::kNone) return;
    CheckResource(descriptor);
    for (int i = 0; i < descriptor.field_count(); ++i) {
      plan_.fields.push_back(PlanField(*descriptor.field(i)));
    }
    for (const FieldPlan& field : plan_.fields) {
      if (field.known == KnownField::kUpdateMask) plan_.update_mask = &field;
    }
    for (FieldPlan& field : plan_.fields) {
      field.is_masked = plan_.update_mask != nullptr && !field.field->is_repeated() &&
                        field.field->message_type() != nullptr &&
                        IsResource(*field.field->message_type());
    }
  }

 private:
  void Fault(const FieldDescriptor& field, const std::string& what) {
    plan_.faults.push_back(absl::StrCat(field.full_name(), ": ", what));
  }

  void CheckResource(const Descriptor& descriptor) {
    if (!IsResource(descriptor)) return;
    const ResourceDescriptor& resource = descriptor.options().GetExtension(google::api::resource);
    if (resource.pattern().empty()) {
      plan_.faults.push_back(absl::StrCat(descriptor.full_name(), ": no pattern"));
    }
    for (const std::string& pattern : resource.pattern()) {
      if (!NamePattern::Parse(pattern).ok()) {
        plan_.faults.push_back(
            absl::StrCat(descriptor.full_name(), ": not a name pattern: ", pattern));
      }
    }
  }

  FieldPlan PlanField(const FieldDescriptor& field) {
    FieldPlan plan;
    plan.field = &field;
    plan.known = KnownFieldOf(field);
    plan.required = Behaves(field, google::api::REQUIRED);
    plan.output_only = Behaves(field, google::api::OUTPUT_ONLY);
    if (plan.required && field.type() == FieldDescriptor::TYPE_BOOL && !field.has_presence() &&
        !field.is_repeated()) {
      Fault(field, "REQUIRED on a bool that cannot be absent; make it optional");
    }
    if (field.is_map()) Fault(field, "a map has no place in a request; use a repeated message");
    PlanBounds(field, plan);
    PlanNames(field, plan);
    return plan;
  }

  void PlanBounds(const FieldDescriptor& field, FieldPlan& plan) {
    const FieldCheck& check = field.options().GetExtension(access::v1::check);
    const bool is_text = field.type() == FieldDescriptor::TYPE_STRING;
    const bool is_bytes = field.type() == FieldDescriptor::TYPE_BYTES;
    if (check.max_length() < 0 || (check.max_length() > 0 && !is_text && !is_bytes)) {
      Fault(field, "max_length needs a string or bytes field");
    }
    if (check.max_items() < 0 || (check.max_items() > 0 && !field.is_repeated())) {
      Fault(field, "max_items needs a repeated field");
    }
    if ((check.has_min() || check.has_max()) && !IsInteger(field)) {
      Fault(field, "min and max need an integer field");
    }
    if (check.has_min() && check.has_max() && check.min() > check.max()) {
      Fault(field, "min is larger than max");
    }
    plan.partial_date = check.partial_date();
    if (plan.partial_date && (field.message_type() == nullptr ||
                              KnownMessageOf(*field.message_type()) != KnownMessage::kDate)) {
      Fault(field, "partial_date needs a google.type.Date field");
    }
    plan.raw_text = check.raw_text();
    if (plan.raw_text && !is_text) Fault(field, "raw_text needs a string field");

    plan.max_length = check.max_length() > 0 ? check.max_length() : DefaultLongest(field);
    plan.max_items = check.max_items() > 0 ? check.max_items() : kDefaultMostItems;
    if (check.has_min()) plan.min = check.min();
    if (check.has_max()) plan.max = check.max();
    if (check.pattern().empty()) return;
    if (!is_text) return Fault(field, "pattern needs a string field");
    plan.pattern = std::make_unique<re2::RE2>(check.pattern(), re2::RE2::Quiet);
    if (!plan.pattern->ok()) Fault(field, absl::StrCat("pattern: ", plan.pattern->error()));
  }

  void PlanNames(const FieldDescriptor& field, FieldPlan& plan) {
    const ResourceDescriptor& own =
        field.containing_type()->options().GetExtension(google::api::resource);
    const std::string name_field = own.name_field().empty() ? "name" : own.name_field();
    plan.is_name = IsResource(*field.containing_type()) && field.name() == name_field;
    if (plan.is_name) {
      plan.is_reference = true;
      AddPatterns(own, plan.patterns);
    }
    if (!field.options().HasExtension(google::api::resource_reference)) return;
    const auto& reference = field.options().GetExtension(google::api::resource_reference);
    plan.is_reference = true;
    if (field.type() != FieldDescriptor::TYPE_STRING) {
      return Fault(field, "resource_reference needs a string field");
    }
    plan.any_name = reference.type() == kAnyType || reference.child_type() == kAnyType;
    if (plan.any_name) return;
    plan.patterns = PatternsOf(reference.type(), *field.file());
    plan.wildcards = !reference.child_type().empty();
    for (const NamePattern& child : PatternsOf(reference.child_type(), *field.file())) {
      if (std::optional<NamePattern> parent = child.Parent()) {
        plan.patterns.push_back(*std::move(parent));
      }
    }
    if (plan.patterns.empty()) {
      Fault(field, absl::StrCat("unknown resource type ", reference.type(), reference.child_type(),
                                "; import its file or add a google.api.resource_definition"));
    }
  }

  MessagePlan& plan_;
};

class Plans {
 public:
  const MessagePlan& Get(const Descriptor& descriptor) {
    {
      std::shared_lock lock(mutex_);
      const auto found = plans_.find(&descriptor);
      if (found != plans_.end()) return *found->second;
    }
    std::unique_lock lock(mutex_);
    return Make(descriptor);
  }

 private:
  // With the plans of all messages below. Recursive types meet the plan that is being made.
  MessagePlan& Make(const Descriptor& descriptor) {
    std::unique_ptr<MessagePlan>& slot = plans_[&descriptor];
    if (slot != nullptr) return *slot;
    slot = std::make_unique<MessagePlan>();
    MessagePlan& plan = *slot;
    Planner(plan).Plan(descriptor);
    for (FieldPlan& field : plan.fields) {
      if (field.field->message_type() != nullptr) {
        field.message = &Make(*field.field->message_type());
      }
    }
    std::set<const Descriptor*> seen;
    plan.holds_output_only = HoldsOutputOnly(descriptor, seen);
    return plan;
  }

  static bool HoldsOutputOnly(const Descriptor& descriptor, std::set<const Descriptor*>& seen) {
    if (!seen.insert(&descriptor).second) return false;
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (Behaves(field, google::api::OUTPUT_ONLY)) return true;
      if (field.message_type() != nullptr && HoldsOutputOnly(*field.message_type(), seen)) {
        return true;
      }
    }
    return false;
  }

  std::shared_mutex mutex_;
  std::unordered_map<const Descriptor*, std::unique_ptr<MessagePlan>> plans_;
};

}  // namespace

const MessagePlan& PlanOf(const Descriptor& descriptor) {
  static Plans& plans = *new Plans;  // never destroyed: handlers may run while the process exits
  return plans.Get(descriptor);
}

bool Behaves(const FieldDescriptor& field, google::api::FieldBehavior behavior) {
  const google::protobuf::FieldOptions& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == behavior) return true;
  }
  return false;
}

std::vector<NamePattern> PatternsOf(const std::string& type, const FileDescriptor& file) {
  std::vector<NamePattern> patterns;
  std::set<const FileDescriptor*> seen;
  if (!type.empty()) AddPatterns(type, file, seen, patterns);
  return patterns;
}

}  // namespace thidua::contract
