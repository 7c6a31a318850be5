#include "common/directory/directory.h"

#include "common/directory/map_editor.h"

namespace thidua::directory {

Directory::Directory() : current_(std::make_shared<const SchoolMap>()) {}

std::shared_ptr<const SchoolMap> Directory::Current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

absl::Status Directory::Apply(absl::Span<const Entry> entries, int64_t position) {
  std::lock_guard one_editor(editing_);
  MapEditor editor(*Current());
  for (const Entry& entry : entries) {
    if (absl::Status status = editor.Put(entry); !status.ok()) return status;
  }
  std::shared_ptr<const SchoolMap> next = editor.Finish(position);
  std::lock_guard lock(mutex_);
  current_.swap(next);  // the old map, if nobody keeps it, dies outside the lock
  return absl::OkStatus();
}

}  // namespace thidua::directory
