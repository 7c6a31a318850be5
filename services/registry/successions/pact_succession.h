// The part of a school in pacts that are open for signing or in force. TRANSFER puts the successor
// into its place, which must sign itself; CLOSE ends its part with the school; CANCEL withdraws the
// signature from a pact that is not in force yet.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_PACT_SUCCESSION_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_PACT_SUCCESSION_H_

#include <string>
#include <vector>

#include "services/registry/clusters/cluster_store.h"
#include "services/registry/pacts/pact_store.h"
#include "services/registry/successions/succession.h"

namespace thidua::registry {

class PactSuccession : public Succession {
 public:
  v1::SuccessionKind kind() const override { return v1::SUCCESSION_KIND_PACT; }
  absl::StatusOr<std::vector<v1::SuccessionItem>> Find(
      database::Connection& connection, const v1::LineageEvent& event,
      const std::string& predecessor) const override;
  absl::Status CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                        v1::SuccessionFate& fate) const override;

 private:
  const ClusterStore clusters_;
  const PactStore pacts_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_PACT_SUCCESSION_H_
