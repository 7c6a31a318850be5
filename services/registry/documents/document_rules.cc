#include "services/registry/documents/document_rules.h"

#include <memory>
#include <mutex>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/descriptor.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Through which fields messages of one type name documents.
struct Plan {
  std::vector<const FieldDescriptor*> references;  // strings that are names of documents
  std::vector<const FieldDescriptor*> holders;     // messages that may name some
};

bool IsReference(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         field.options().GetExtension(google::api::resource_reference).type() ==
             v1::Document::descriptor()->options().GetExtension(google::api::resource).type();
}

// True when a message of the type may name a document. `seen`: the types looked at already.
bool MayName(const Descriptor& type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(&type).second) return false;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsReference(field)) return true;
    if (field.message_type() != nullptr && MayName(*field.message_type(), seen)) return true;
  }
  return false;
}

std::unique_ptr<const Plan> MakePlan(const Descriptor& type) {
  auto plan = std::make_unique<Plan>();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    std::set<const Descriptor*> seen;
    if (IsReference(field)) {
      plan->references.push_back(&field);
    } else if (field.message_type() != nullptr && MayName(*field.message_type(), seen)) {
      plan->holders.push_back(&field);
    }
  }
  return plan;
}

const Plan& PlanOf(const Descriptor& type) {
  static auto& mutex = *new std::mutex;
  static auto& plans = *new absl::flat_hash_map<const Descriptor*, std::unique_ptr<const Plan>>;
  const std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<const Plan>& plan = plans[&type];
  if (plan == nullptr) plan = MakePlan(type);
  return *plan;
}

void Collect(const Message& message, std::set<std::string>& names) {
  const Plan& plan = PlanOf(*message.GetDescriptor());
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : plan.references) {
    if (!field->is_repeated()) {
      names.insert(reflection.GetString(message, field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      names.insert(reflection.GetRepeatedString(message, field, i));
  }
  for (const FieldDescriptor* field : plan.holders) {
    if (!field->is_repeated()) {
      if (reflection.HasField(message, field))
        Collect(reflection.GetMessage(message, field), names);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      Collect(reflection.GetRepeatedMessage(message, field, i), names);
  }
}

}  // namespace

absl::Status CheckDocument(const v1::Document& document) {
  Violations violations;
  CheckProvenance(document.provenance(), "document.provenance", violations);
  std::set<std::string> seen;
  for (int i = 0; i < document.supersedes_size(); ++i) {
    if (seen.insert(document.supersedes(i)).second) continue;
    violations.push_back(
        {absl::StrCat("document.supersedes[", i, "]"), "is named twice", "được nêu hai lần"});
  }
  if (!violations.empty()) return contract::RefuseFields(violations);
  if (!seen.contains(document.name())) return absl::OkStatus();
  return SupersedesItself(document.name(), document.name());
}

absl::Status SupersedesItself(const std::string& document, const std::string& through) {
  if (through == document)
    return BreaksRule(document, "no document supersedes itself", "văn bản không thay thế chính nó");
  return BreaksRule(document, absl::StrCat("it would supersede itself by way of ", through),
                    absl::StrCat("văn bản sẽ thay thế chính nó thông qua ", through));
}

std::vector<std::string> DocumentsNamedIn(const Message& message) {
  std::set<std::string> names;
  Collect(message, names);
  names.erase("");
  return {names.begin(), names.end()};
}

}  // namespace thidua::registry
