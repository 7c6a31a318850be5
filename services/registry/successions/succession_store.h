// Decisions about succession in the database.
#ifndef THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_STORE_H_
#define THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_STORE_H_

#include <string_view>
#include <vector>

#include "common/resource/table.h"
#include "thidua/registry/v1/succession_service.pb.h"

namespace thidua::registry {

// The parent of what hangs on any event (AIP-159).
inline constexpr char kAllEvents[] = "lineageEvents/-";

// Table `succession_fate`. Errors are those of resource::Table.
class SuccessionStore {
 public:
  SuccessionStore();

  // By name.
  const resource::Table<v1::SuccessionFate>& fates() const { return fates_; }

  absl::StatusOr<std::vector<v1::SuccessionFate>> FatesOf(database::Connection& connection,
                                                          std::string_view event) const;

  // Decisions of the event, or of kAllEvents.
  static resource::Where OfEvent(std::string_view event);

 private:
  resource::Table<v1::SuccessionFate> fates_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SUCCESSIONS_SUCCESSION_STORE_H_
