// The roles of a school in activities that are still to take place. TRANSFER gives them to the
// successor; CANCEL gives the activity up; CLOSE leaves it as it was planned.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_ACTIVITY_SUCCESSION_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_ACTIVITY_SUCCESSION_H_

#include <string>
#include <vector>

#include "services/registry/clusters/cluster_store.h"
#include "services/registry/programmes/programme_store.h"
#include "services/registry/schools/school_store.h"
#include "services/registry/successions/succession.h"

namespace thidua::registry {

class ActivitySuccession : public Succession {
 public:
  v1::SuccessionKind kind() const override { return v1::SUCCESSION_KIND_ACTIVITY; }
  absl::StatusOr<std::vector<v1::SuccessionItem>> Find(
      database::Connection& connection, const v1::LineageEvent& event,
      const std::string& predecessor) const override;
  absl::Status CarryOut(rpc::Mutation& mutation, const v1::LineageEvent& event,
                        v1::SuccessionFate& fate) const override;

 private:
  const ClusterStore clusters_;
  const ProgrammeStore programmes_;
  const SchoolStore schools_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_ACTIVITY_SUCCESSION_H_
