// One kind of thing that a school leaves behind: how it is found, and how a decision about it is
// carried out. Everything about a kind is in its own file; the service knows none by name.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/mutation.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/registry/v1/succession_service.pb.h"

namespace thidua::registry {

class Succession {
 public:
  virtual ~Succession() = default;

  virtual v1::SuccessionKind kind() const = 0;

  // Every item of that kind that the predecessor leaves behind, by subject; whether it is decided
  // is not said.
  virtual absl::StatusOr<std::vector<v1::SuccessionItem>> Find(
      database::Connection& connection, const v1::LineageEvent& event,
      const std::string& predecessor) const = 0;

  // Does what `fate` says and adds to it what continues the item. The schools of the event are held
  // (touched) by the caller.
  virtual absl::Status CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                                v1::SuccessionFate& fate) const = 0;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_H_
