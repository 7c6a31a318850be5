#include "services/cli/lists/list_requests.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/contract/request_check.h"
#include "google/protobuf/field_mask.pb.h"
#include "services/cli/lists/list.h"
#include "services/cli/registry_text.h"

namespace thidua::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

// Calls `each` with every method of the file that declares the resource, until it says false.
template <class Each>
void ForEachMethod(const Descriptor& resource, Each each) {
  const auto& file = *resource.file();
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      if (!each(*file.service(i)->method(j))) return;
    }
  }
}

// The field of `request` that holds the resource.
const FieldDescriptor* FieldOf(const Descriptor& request, const Descriptor& resource) {
  for (int i = 0; i < request.field_count(); ++i) {
    if (request.field(i)->message_type() == &resource) return request.field(i);
  }
  return nullptr;
}

}  // namespace

const MethodDescriptor* StandardMethod(const Descriptor& resource, const std::string& verb) {
  const MethodDescriptor* found = nullptr;
  ForEachMethod(resource, [&](const MethodDescriptor& method) {
    if (method.name() == absl::StrCat(verb, resource.name())) found = &method;
    return found == nullptr;
  });
  return found;
}

Listing ListingOf(const Descriptor& resource) {
  Listing listing;
  ForEachMethod(resource, [&](const MethodDescriptor& method) {
    const FieldDescriptor* field = FieldOf(*method.output_type(), resource);
    if (absl::StartsWith(method.name(), "List") && field != nullptr && field->is_repeated())
      listing = {&method, field};
    return listing.method == nullptr;
  });
  return listing;
}

std::unique_ptr<Message> MakeMessage(const Descriptor& type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

std::unique_ptr<Message> CreationOf(const Message& resource, const std::string& verb) {
  const Descriptor& type = *StandardMethod(*resource.GetDescriptor(), verb)->input_type();
  std::unique_ptr<Message> request = MakeMessage(type);
  request->GetReflection()
      ->MutableMessage(request.get(), FieldOf(type, *resource.GetDescriptor()))
      ->CopyFrom(resource);
  contract::ClearOutputOnly(request.get());
  const std::string name = NameOf(resource);
  SetText(request.get(), "parent", ParentOf(name));
  for (int i = 0; i < type.field_count(); ++i) {
    const std::string& each = type.field(i)->name();
    if (absl::EndsWith(each, "_id") && each != "request_id")
      SetText(request.get(), each, IdOf(name));
  }
  return request;
}

std::unique_ptr<Message> UpdateOf(const Message& resource, const std::set<std::string>& fields,
                                  const std::string& etag) {
  const Descriptor& type = *StandardMethod(*resource.GetDescriptor(), "Update")->input_type();
  std::unique_ptr<Message> request = MakeMessage(type);
  request->GetReflection()
      ->MutableMessage(request.get(), FieldOf(type, *resource.GetDescriptor()))
      ->CopyFrom(resource);
  contract::ClearOutputOnly(request.get());
  auto* mask = google::protobuf::DynamicCastToGenerated<FieldMask>(
      request->GetReflection()->MutableMessage(request.get(), type.FindFieldByName("update_mask")));
  for (const std::string& field : fields) mask->add_paths(field);
  SetText(request.get(), "etag", etag);
  return request;
}

void SetText(Message* message, const std::string& field, const std::string& value) {
  const FieldDescriptor* found = message->GetDescriptor()->FindFieldByName(field);
  if (found != nullptr) message->GetReflection()->SetString(message, found, value);
}

std::string CollectionOf(const std::string& name) {
  std::vector<std::string> segments = absl::StrSplit(name, '/');
  segments.pop_back();
  for (size_t i = 1; i < segments.size(); i += 2) segments[i] = "*";
  return absl::StrJoin(segments, "/");
}

}  // namespace thidua::cli
