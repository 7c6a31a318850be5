// The read-only map of who is who — schools, lineage, clusters, memberships, leadership terms —
// immutable at a position and swapped atomically. The registry builds it from its own tables;
// reporting and awards from what they followed.
#ifndef THIDUA_COMMON_DIRECTORY_DIRECTORY_H_
#define THIDUA_COMMON_DIRECTORY_DIRECTORY_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/database/transaction.h"
#include "common/directory/school_map.h"

namespace thidua::directory {

// What a map is made of; types that it does not hold are ignored.
using Entry = database::ResourceVersion;

// Thread-safe.
class Directory {
 public:
  Directory();
  // The newest map; never null; valid as long as the caller keeps it.
  std::shared_ptr<const SchoolMap> Current() const;
  // Applies entries newer than what the map holds (by resource version) and moves to `position`
  // (kept when 0, never moved back). One swap per call; order and repeats do not matter. DATA_LOSS
  // when a snapshot cannot be read: nothing is applied.
  absl::Status Apply(absl::Span<const Entry> entries, int64_t position);

 private:
  std::mutex editing_;        // held while the next map is made
  mutable std::mutex mutex_;  // held to read or swap the pointer
  std::shared_ptr<const SchoolMap> current_;
};

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_DIRECTORY_H_
