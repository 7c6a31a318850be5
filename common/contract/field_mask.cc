#include "common/contract/field_mask.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/contract/check_plan.h"
#include "common/contract/refusal.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"

namespace thidua::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::MessageDifferencer;

constexpr char kEverything[] = "*";
constexpr char kEtag[] = "etag";

bool IsFixed(const FieldDescriptor& field) {
  return Behaves(field, google::api::IMMUTABLE) || Behaves(field, google::api::IDENTIFIER);
}

// Finds which of the paths asked for may be written.
class Allowance {
 public:
  Allowance(const Message& update, const Message& current) : update_(update), current_(current) {}

  void Allow(const std::string& path) {
    const Message* from = &update_;
    const Message* to = &current_;
    const std::vector<std::string> names = absl::StrSplit(path, '.');
    for (size_t depth = 0;; ++depth) {
      const FieldDescriptor* field = from->GetDescriptor()->FindFieldByName(names[depth]);
      if (field == nullptr) return NoSuchPath(path);
      if (Behaves(*field, google::api::OUTPUT_ONLY)) return;
      if (depth + 1 == names.size()) return AllowField(*from, *to, *field, path);
      if (field->is_repeated() || field->message_type() == nullptr) return NoSuchPath(path);
      from = &from->GetReflection()->GetMessage(*from, field);
      to = &to->GetReflection()->GetMessage(*to, field);
    }
  }

  // Every field of the two messages found at `prefix`, which is empty or ends with a dot.
  void AllowAll(const Message& from, const Message& to, const std::string& prefix) {
    const Descriptor& descriptor = *from.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (!Behaves(field, google::api::OUTPUT_ONLY)) {
        AllowField(from, to, field, prefix + field.name());
      }
    }
  }

  const FieldMask& allowed() const { return allowed_; }
  const std::vector<FieldViolation>& violations() const { return violations_; }

 private:
  void NoSuchPath(const std::string& path) {
    violations_.push_back({"update_mask",
                           absl::StrCat("names no field that can be updated: ", path),
                           absl::StrCat("không có trường cập nhật được: ", path)});
  }

  void AllowField(const Message& from, const Message& to, const FieldDescriptor& field,
                  const std::string& path) {
    if (path == kEtag || Same(from, to, field)) return;
    if (IsFixed(field)) {
      violations_.push_back({path, "cannot be changed", "không được thay đổi"});
      return;
    }
    // A message with OUTPUT_ONLY parts is replaced around them.
    const bool keeps_parts = field.message_type() != nullptr && !field.is_repeated() &&
                             PlanOf(*field.message_type()).holds_output_only;
    if (keeps_parts) {
      AllowAll(from.GetReflection()->GetMessage(from, &field),
               to.GetReflection()->GetMessage(to, &field), path + ".");
    } else {
      allowed_.add_paths(path);
    }
  }

  static bool Same(const Message& a, const Message& b, const FieldDescriptor& field) {
    MessageDifferencer differencer;
    return differencer.CompareWithFields(a, b, {&field}, {&field});
  }

  const Message& update_;
  const Message& current_;
  FieldMask allowed_;
  std::vector<FieldViolation> violations_;
};

std::set<std::string> PathsOf(const Message& update, const FieldMask& mask) {
  std::set<std::string> paths(mask.paths().begin(), mask.paths().end());
  if (!paths.empty()) return paths;
  std::vector<const FieldDescriptor*> set;
  update.GetReflection()->ListFields(update, &set);
  for (const FieldDescriptor* field : set) paths.insert(field->name());
  return paths;
}

}  // namespace

absl::Status ApplyUpdate(const Message& update, const FieldMask& mask, Message* current) {
  Allowance allowance(update, *current);
  const std::set<std::string> paths = PathsOf(update, mask);
  if (paths.count(kEverything) == 0) {
    for (const std::string& path : paths) allowance.Allow(path);
  } else if (paths.size() == 1) {
    allowance.AllowAll(update, *current, "");
  } else {
    return RefuseFields({{"update_mask", "* stands alone or not at all", "* phải đứng một mình"}});
  }
  if (!allowance.violations().empty()) return RefuseFields(allowance.violations());
  FieldMaskUtil::MergeOptions replace;
  replace.set_replace_message_fields(true);
  replace.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(update, allowance.allowed(), replace, current);
  return absl::OkStatus();
}

}  // namespace thidua::contract
