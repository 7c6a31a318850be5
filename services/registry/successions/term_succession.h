// Leadership terms that a school leaves behind. TRANSFER puts the successor into the post for the
// rest of the year, to be recognised; CLOSE ends the term; CANCEL leaves one that never began.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_TERM_SUCCESSION_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_TERM_SUCCESSION_H_

#include <string>
#include <vector>

#include "services/registry/clusters/cluster_store.h"
#include "services/registry/successions/succession.h"

namespace thidua::registry {

class TermSuccession : public Succession {
 public:
  v1::SuccessionKind kind() const override { return v1::SUCCESSION_KIND_LEADERSHIP_TERM; }
  absl::StatusOr<std::vector<v1::SuccessionItem>> Find(
      database::Connection& connection, const v1::LineageEvent& event,
      const std::string& predecessor) const override;
  absl::Status CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                        v1::SuccessionFate& fate) const override;

 private:
  const ClusterStore clusters_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_TERM_SUCCESSION_H_
