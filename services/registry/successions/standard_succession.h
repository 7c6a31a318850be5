// Cases of the standard that a school had not brought to recognition. Nothing passes to a successor
// by itself (BR-33): it has a case of its own that shows the predecessors'. TRANSFER records that
// the work goes on there, CLOSE that it does not.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_STANDARD_SUCCESSION_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_STANDARD_SUCCESSION_H_

#include <string>
#include <vector>

#include "services/registry/standards/standard_store.h"
#include "services/registry/successions/succession.h"

namespace thidua::registry {

class StandardSuccession : public Succession {
 public:
  v1::SuccessionKind kind() const override { return v1::SUCCESSION_KIND_STANDARD_CASE; }
  absl::StatusOr<std::vector<v1::SuccessionItem>> Find(
      database::Connection& connection, const v1::LineageEvent& event,
      const std::string& predecessor) const override;
  absl::Status CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                        v1::SuccessionFate& fate) const override;

 private:
  const StandardStore standards_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_STANDARD_SUCCESSION_H_
