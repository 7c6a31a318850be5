// One cluster on one day, out of the map in memory.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SNAPSHOT_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SNAPSHOT_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "common/directory/school_map.h"
#include "common/rpc/router.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// `cluster` is an identifier that the map holds.
v1::ClusterSnapshot SnapshotOf(const directory::SchoolMap& map, std::string_view cluster,
                               absl::CivilDay day);

// The snapshots of the newest map, each encoded when it is first asked for. Thread-safe.
class EncodedSnapshots {
 public:
  rpc::Encoded<v1::ClusterSnapshot> Of(const std::shared_ptr<const directory::SchoolMap>& map,
                                       const std::string& cluster, absl::CivilDay day);

 private:
  absl::Mutex mutex_;
  // Kept so that its address names it and no other.
  std::shared_ptr<const directory::SchoolMap> map_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::pair<std::string, int64_t>, rpc::AnswerBytes> encoded_
      ABSL_GUARDED_BY(mutex_);  // by cluster and day number
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_SNAPSHOT_H_
