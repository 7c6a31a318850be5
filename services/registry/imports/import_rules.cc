#include "services/registry/imports/import_rules.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/contract/refusal.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/descriptor.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The value of a text field; empty also when the message has no such field.
std::string TextIn(const Message& message, const std::string& name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->type() != FieldDescriptor::TYPE_STRING || field->is_repeated())
    return "";
  return message.GetReflection()->GetString(message, field);
}

// "memberships" of a resource whose names are clusters/{cluster}/memberships/{membership}.
std::string CollectionOf(const Descriptor& resource) {
  const auto& declared = resource.options().GetExtension(google::api::resource);
  if (declared.pattern().empty()) return "";
  const std::vector<std::string> segments = absl::StrSplit(declared.pattern(0), '/');
  return segments.size() < 2 ? "" : segments[segments.size() - 2];
}

// The resource that the request holds; null when it holds none.
const FieldDescriptor* ResourceFieldOf(const Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (field.message_type() != nullptr && !field.is_repeated() &&
        field.message_type()->options().HasExtension(google::api::resource))
      return &field;
  }
  return nullptr;
}

// The identifier that a creation gives its resource; null when the request creates nothing.
const FieldDescriptor* IdFieldOf(const Descriptor& request) {
  for (int i = 0; i < request.field_count(); ++i) {
    const std::string& name = request.field(i)->name();
    if (absl::EndsWith(name, "_id") && name != "request_id") return request.field(i);
  }
  return nullptr;
}

}  // namespace

const Message* RequestIn(const v1::RegistryWrite& write) {
  const FieldDescriptor* field = write.GetReflection()->GetOneofFieldDescriptor(
      write, write.GetDescriptor()->FindOneofByName("write"));
  return field == nullptr ? nullptr : &write.GetReflection()->GetMessage(write, field);
}

std::string TargetOf(const Message& request) {
  const Descriptor& type = *request.GetDescriptor();
  // A verb names what it acts on, also one that makes something else beside
  // (ReplaceLeadershipTerm).
  if (type.FindFieldByName("name") != nullptr) return TextIn(request, "name");
  const FieldDescriptor* resource = ResourceFieldOf(type);
  if (resource == nullptr) return "";
  const FieldDescriptor* id_field = IdFieldOf(type);
  if (id_field == nullptr)
    return TextIn(request.GetReflection()->GetMessage(request, resource), "name");
  const std::string id = TextIn(request, id_field->name());
  if (id.empty()) return "";
  const std::string parent = TextIn(request, "parent");
  return absl::StrCat(parent, parent.empty() ? "" : "/", CollectionOf(*resource->message_type()),
                      "/", id);
}

bool LacksEtag(const Message& request) {
  return request.GetDescriptor()->FindFieldByName("etag") != nullptr &&
         TextIn(request, "etag").empty();
}

std::unique_ptr<Message> WithEtag(const Message& request, const std::string& etag) {
  std::unique_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  copy->GetReflection()->SetString(copy.get(), request.GetDescriptor()->FindFieldByName("etag"),
                                   etag);
  return copy;
}

bool ConcernsOneWrite(const absl::Status& status) {
  switch (contract::ReasonOf(status)) {
    case Reason::REASON_UNSPECIFIED:
    case Reason::REASON_INTERNAL:
    case Reason::REASON_OVERLOADED:
    case Reason::REASON_DEADLINE_EXCEEDED:
    case Reason::REASON_DATABASE_UNAVAILABLE:
    case Reason::REASON_CONTENTION:
    case Reason::REASON_CANCELLED:
    case Reason::REASON_SHUTTING_DOWN:
      return false;
    default:
      return true;
  }
}

bool Refusals::Follows(const std::string& target, const Message& request,
                       const absl::Status& refusal) const {
  const Reason reason = contract::ReasonOf(refusal);
  if (reason == Reason::REASON_NOT_FOUND)
    return unwritten_.contains(contract::MetadataOf(refusal)["resource"]);
  // The etag that the refused write would have left.
  return reason == Reason::REASON_INVALID_REQUEST && LacksEtag(request) &&
         unwritten_.contains(target);
}

void Refusals::Add(int index, const v1::RegistryWrite& write, const Message* request,
                   const absl::Status& refusal) {
  const std::string target = request == nullptr ? "" : TargetOf(*request);
  response_.set_problem_count(response_.problem_count() + 1);
  if (response_.problems_size() < kMostProblems) {
    v1::ImportProblem& problem = *response_.add_problems();
    problem.set_index(index);
    problem.set_row(write.row());
    problem.set_reason(contract::ReasonOf(refusal));
    problem.set_message(std::string(refusal.message()));
    problem.set_message_vi(contract::VietnameseText(refusal));
    for (const contract::FieldViolation& violation : contract::FieldViolationsOf(refusal)) {
      v1::ImportFieldViolation& field = *problem.add_field_violations();
      field.set_field(violation.field);
      field.set_description(violation.description);
      field.set_description_vi(violation.description_vi);
    }
    problem.set_consequence(request != nullptr && Follows(target, *request, refusal));
  }
  if (!target.empty()) unwritten_.insert(target);
}

v1::ImportRegistryResponse Refusals::Answer(int tried) && {
  response_.set_tried_count(tried);
  return std::move(response_);
}

}  // namespace thidua::registry
