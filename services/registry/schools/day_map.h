// Every school of one day, out of the map in memory.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_DAY_MAP_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_DAY_MAP_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "common/directory/school_map.h"
#include "common/rpc/router.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

v1::SchoolMap DayMapOf(const directory::SchoolMap& map, absl::CivilDay day);

// The days of the newest map, each encoded when it is first asked for. Thread-safe.
class EncodedDayMaps {
 public:
  rpc::Encoded<v1::SchoolMap> Of(const std::shared_ptr<const directory::SchoolMap>& map,
                                 absl::CivilDay day);

 private:
  absl::Mutex mutex_;
  // Kept so that its address names it and no other.
  std::shared_ptr<const directory::SchoolMap> map_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<absl::CivilDay, rpc::AnswerBytes> encoded_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_DAY_MAP_H_
