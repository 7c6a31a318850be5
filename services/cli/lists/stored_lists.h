// What the services hold of the lists.
#ifndef THIDUA_SERVICES_CLI_LISTS_STORED_LISTS_H_
#define THIDUA_SERVICES_CLI_LISTS_STORED_LISTS_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/cli/lists/list.h"
#include "services/cli/session.h"

namespace thidua::cli {

class StoredLists {
 public:
  // Everything of the lists whose resources belong to `service` ("registry"), page by page. Errors:
  // of the service.
  absl::Status Read(Session& session, const std::vector<List>& lists, const std::string& service);

  // Takes the place of one with the same name.
  void Add(std::unique_ptr<google::protobuf::Message> resource);

  // In the order in which the service lists them, below one parent after the other.
  const std::vector<const google::protobuf::Message*>& Of(
      const google::protobuf::Descriptor* resource) const;
  // Null when there is none of that name.
  const google::protobuf::Message* Find(const std::string& name) const;

 private:
  absl::Status ReadBelow(Session& session, const google::protobuf::Descriptor& resource,
                         const std::string& parent);

  std::map<std::string, std::unique_ptr<google::protobuf::Message>> by_name_;
  std::map<const google::protobuf::Descriptor*, std::vector<const google::protobuf::Message*>>
      in_order_;
};

// "registry" of thidua.registry.v1.School.
std::string ServiceOf(const google::protobuf::Descriptor& resource);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_STORED_LISTS_H_
