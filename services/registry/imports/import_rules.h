// What the writes of an import have to do with each other. Pure; works for any request of the
// registry, from its descriptor.
#ifndef THIDUA_SERVICES_REGISTRY_IMPORTS_IMPORT_RULES_H_
#define THIDUA_SERVICES_REGISTRY_IMPORTS_IMPORT_RULES_H_

#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "thidua/registry/v1/import_service.pb.h"

namespace thidua::registry {

// Most refusals that an answer lists.
inline constexpr int kMostProblems = 1000;

// The request that the write carries; null when there is none.
const google::protobuf::Message* RequestIn(const v1::RegistryWrite& write);

// The resource that a request is about: the one it names, or the one it is to create. Empty when
// the method itself is to choose the identifier.
std::string TargetOf(const google::protobuf::Message& request);

// True when the request has an `etag` and leaves it empty.
bool LacksEtag(const google::protobuf::Message& request);

// The same request with that etag.
std::unique_ptr<google::protobuf::Message> WithEtag(const google::protobuf::Message& request,
                                                    const std::string& etag);

// True for a refusal that concerns this write alone, so that the others can be tried: by a rule, a
// check or a stale etag. What the database or the time allowed says concerns the whole import.
bool ConcernsOneWrite(const absl::Status& status);

// Gathers the refusals of one import.
class Refusals {
 public:
  // `request`: what the write at `index` carried, null when nothing.
  void Add(int index, const v1::RegistryWrite& write, const google::protobuf::Message* request,
           const absl::Status& refusal);
  bool empty() const { return response_.problem_count() == 0; }
  // The answer, with what was added.
  v1::ImportRegistryResponse Answer(int tried) &&;

 private:
  // Whether the refusal follows from an earlier one.
  bool Follows(const std::string& target, const google::protobuf::Message& request,
               const absl::Status& refusal) const;

  v1::ImportRegistryResponse response_;
  std::set<std::string> unwritten_;  // what the refused writes were about
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_IMPORTS_IMPORT_RULES_H_
