// Snapshots out of the newest map, each encoded when it is first asked for.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_ENCODED_SNAPSHOTS_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_ENCODED_SNAPSHOTS_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "common/directory/school_map.h"
#include "common/rpc/router.h"

namespace thidua::registry {

// Thread-safe.
template <class Snapshot>
class EncodedSnapshots {
 public:
  // The snapshot of a school or cluster, by an identifier that the map holds, on a day.
  using Make = Snapshot (*)(const directory::SchoolMap& map, std::string_view id,
                            absl::CivilDay day);
  explicit EncodedSnapshots(Make make) : make_(make) {}

  rpc::Encoded<Snapshot> Of(const std::shared_ptr<const directory::SchoolMap>& map,
                            const std::string& id, absl::CivilDay day) {
    // Whoever asks for every day of a century must not fill the memory.
    constexpr size_t kMostKept = 1024;
    const auto key = std::make_pair(id, directory::DayNumber(day));
    {
      absl::MutexLock lock(&mutex_);
      if (map_ != map || encoded_.size() >= kMostKept) {
        encoded_.clear();
        map_ = map;
      }
      if (const auto found = encoded_.find(key); found != encoded_.end()) return {found->second};
    }
    auto bytes = std::make_shared<const std::string>(make_(*map, id, day).SerializeAsString());
    absl::MutexLock lock(&mutex_);
    if (map_ == map) encoded_[key] = bytes;
    return {std::move(bytes)};
  }

 private:
  const Make make_;
  absl::Mutex mutex_;
  // Kept so that its address names it and no other.
  std::shared_ptr<const directory::SchoolMap> map_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::pair<std::string, int64_t>, rpc::AnswerBytes> encoded_
      ABSL_GUARDED_BY(mutex_);  // by identifier and day number
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_ENCODED_SNAPSHOTS_H_
