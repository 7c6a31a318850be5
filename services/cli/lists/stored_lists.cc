#include "services/cli/lists/stored_lists.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"
#include "google/api/resource.pb.h"
#include "services/cli/lists/list_requests.h"
#include "services/cli/registry_text.h"

namespace thidua::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The services' largest page.
constexpr int kPage = 500;

void SetIfThere(Message* request, const std::string& field, int32_t number) {
  const FieldDescriptor* found = request->GetDescriptor()->FindFieldByName(field);
  if (found != nullptr) request->GetReflection()->SetInt32(request, found, number);
}

// The collection below which the resources are listed: "clusters" of clusters/*/memberships/*;
// empty where a list has no parent.
std::string ParentCollectionOf(const Descriptor& resource) {
  if (ListingOf(resource).method->input_type()->FindFieldByName("parent") == nullptr) return "";
  return CollectionOf(ParentOf(resource.options().GetExtension(google::api::resource).pattern(0)));
}

}  // namespace

std::string ServiceOf(const Descriptor& resource) {
  const std::vector<std::string> parts = absl::StrSplit(resource.full_name(), '.');
  return parts[1];
}

absl::Status StoredLists::Read(Session& session, const std::vector<List>& lists,
                               const std::string& service) {
  for (const List& list : lists) {
    if (list.part.has_value() || ServiceOf(*list.resource) != service) continue;
    const std::string above = ParentCollectionOf(*list.resource);
    if (above.empty()) {
      if (absl::Status read = ReadBelow(session, *list.resource, ""); !read.ok()) return read;
      continue;
    }
    // The list of what is above stands before this one.
    std::vector<std::string> parents;
    for (const auto& [type, resources] : in_order_) {
      for (const Message* parent : resources) {
        if (CollectionOf(NameOf(*parent)) == above) parents.push_back(NameOf(*parent));
      }
    }
    for (const std::string& parent : parents) {
      if (absl::Status read = ReadBelow(session, *list.resource, parent); !read.ok()) return read;
    }
  }
  return absl::OkStatus();
}

absl::Status StoredLists::ReadBelow(Session& session, const Descriptor& resource,
                                    const std::string& parent) {
  const Listing listing = ListingOf(resource);
  std::unique_ptr<Message> request = MakeMessage(*listing.method->input_type());
  SetText(request.get(), "parent", parent);
  SetIfThere(request.get(), "page_size", kPage);
  if (const FieldDescriptor* all = request->GetDescriptor()->FindFieldByName("show_all"))
    request->GetReflection()->SetBool(request.get(), all, true);
  std::string next;
  do {
    SetText(request.get(), "page_token", next);
    std::unique_ptr<Message> page = MakeMessage(*listing.method->output_type());
    if (absl::Status read = session.Call(listing.method->full_name(), *request, *page); !read.ok())
      return read;
    const auto& reflection = *page->GetReflection();
    for (int i = 0; i < reflection.FieldSize(*page, listing.resources); ++i) {
      std::unique_ptr<Message> stored = MakeMessage(resource);
      stored->CopyFrom(reflection.GetRepeatedMessage(*page, listing.resources, i));
      Add(std::move(stored));
    }
    next = reflection.GetString(*page, page->GetDescriptor()->FindFieldByName("next_page_token"));
  } while (!next.empty());
  return absl::OkStatus();
}

void StoredLists::Add(std::unique_ptr<Message> resource) {
  std::vector<const Message*>& in_order = in_order_[resource->GetDescriptor()];
  std::unique_ptr<Message>& place = by_name_[NameOf(*resource)];
  if (place == nullptr) {
    in_order.push_back(resource.get());
  } else {
    std::replace(in_order.begin(), in_order.end(), static_cast<const Message*>(place.get()),
                 static_cast<const Message*>(resource.get()));
  }
  place = std::move(resource);
}

const std::vector<const Message*>& StoredLists::Of(const Descriptor* resource) const {
  static const auto& none = *new std::vector<const Message*>;
  const auto found = in_order_.find(resource);
  return found == in_order_.end() ? none : found->second;
}

const Message* StoredLists::Find(const std::string& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second.get();
}

}  // namespace thidua::cli
