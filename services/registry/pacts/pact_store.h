// Pacts in the database.
#ifndef THIDUA_SERVICES_REGISTRY_PACTS_PACT_STORE_H_
#define THIDUA_SERVICES_REGISTRY_PACTS_PACT_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/resource/table.h"
#include "thidua/registry/v1/pact_service.pb.h"

namespace thidua::registry {

// Table `pact`. Clusters are named by resource name. Errors are those of resource::Table.
class PactStore {
 public:
  PactStore();

  // By name.
  const resource::Table<v1::Pact>& pacts() const { return pacts_; }

  // All versions of the cluster's pact of that emulation year, whatever their state. No pact of
  // another year shares a day with them.
  absl::StatusOr<std::vector<v1::Pact>> PactsOfYear(database::Connection& connection,
                                                    std::string_view cluster, int year) const;

  // What a list shows; what is absent does not narrow it.
  struct Wanted {
    std::optional<std::string> cluster;
    std::optional<int> year;
    std::optional<v1::PactState> state;
    std::optional<absl::CivilDay> binding_on;  // only pacts that bind their cluster on that day
  };
  static resource::Where Matching(const Wanted& wanted);

 private:
  resource::Table<v1::Pact> pacts_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PACTS_PACT_STORE_H_
