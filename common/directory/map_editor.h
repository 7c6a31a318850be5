// Makes the next SchoolMap out of one: copies pointers, and only the entries that change. For the
// sources of this room only.
#ifndef THIDUA_COMMON_DIRECTORY_MAP_EDITOR_H_
#define THIDUA_COMMON_DIRECTORY_MAP_EDITOR_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "common/directory/directory.h"
#include "common/directory/school_map.h"

namespace thidua::directory {

// For one edit by one thread.
class MapEditor {
 public:
  explicit MapEditor(const SchoolMap& before);
  ~MapEditor();

  // Takes the entry in unless the map holds its version already or does not hold its type.
  // DATA_LOSS when it cannot be read.
  absl::Status Put(const Entry& entry);

  // The map after all Puts, at `position` or where it was, whichever is later. Ends the edit.
  std::shared_ptr<const SchoolMap> Finish(int64_t position);

 private:
  absl::Status PutSchool(const Entry& entry);
  absl::Status PutCluster(const Entry& entry);
  absl::Status PutRegime(const Entry& entry);
  absl::Status PutMembership(const Entry& entry);
  absl::Status PutTerm(const Entry& entry);
  absl::Status PutEvent(const Entry& entry);

  // The entry as this edit may change it: copied at its first change.
  SchoolMap::SchoolEntry& EditSchool(std::string_view school);
  SchoolMap::ClusterEntry& EditCluster(std::string_view cluster);

  std::shared_ptr<SchoolMap> map_;
  ById<std::shared_ptr<SchoolMap::SchoolEntry>> schools_;
  ById<std::shared_ptr<SchoolMap::ClusterEntry>> clusters_;
};

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_MAP_EDITOR_H_
