// The requests that a list's resources need, found in the contract: standard methods have standard
// names (AIP-131 to 135).
#ifndef THIDUA_SERVICES_CLI_LISTS_LIST_REQUESTS_H_
#define THIDUA_SERVICES_CLI_LISTS_LIST_REQUESTS_H_

#include <memory>
#include <set>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace thidua::cli {

// The method of the resource's own service with this verb, for example "Create"; null when there is
// none.
const google::protobuf::MethodDescriptor* StandardMethod(
    const google::protobuf::Descriptor& resource, const std::string& verb);

// The method that lists the resources, and the field of its response that holds them.
struct Listing {
  const google::protobuf::MethodDescriptor* method = nullptr;
  const google::protobuf::FieldDescriptor* resources = nullptr;
};
Listing ListingOf(const google::protobuf::Descriptor& resource);

// An empty message of a linked contract.
std::unique_ptr<google::protobuf::Message> MakeMessage(const google::protobuf::Descriptor& type);

// The request that creates the resource under its own name, without what only the server sets and
// without a request id. `verb`: of the method, where it is not the standard one.
std::unique_ptr<google::protobuf::Message> CreationOf(const google::protobuf::Message& resource,
                                                      const std::string& verb = "Create");

// The request that changes these fields of it. `etag`: of the stored resource.
std::unique_ptr<google::protobuf::Message> UpdateOf(const google::protobuf::Message& resource,
                                                    const std::set<std::string>& fields,
                                                    const std::string& etag);

// Sets a text field; nothing happens when there is none of that name.
void SetText(google::protobuf::Message* message, const std::string& field,
             const std::string& value);

// The collection of names like this one: "clusters/*/memberships".
std::string CollectionOf(const std::string& name);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_LIST_REQUESTS_H_
