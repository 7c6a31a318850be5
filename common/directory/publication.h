// How a service makes its own committed write visible in its directory at once.
#ifndef THIDUA_COMMON_DIRECTORY_PUBLICATION_H_
#define THIDUA_COMMON_DIRECTORY_PUBLICATION_H_

#include "common/directory/directory.h"
#include "common/telemetry/log.h"

namespace thidua::directory {

// Applies resources as a resource::Table returned them. Call after COMMIT, never for a rehearsal.
// The write stands whatever happens here; the feed brings the same entries again, so a failure,
// which only a defect can cause, is logged.
template <class... Stored>
void Publish(Directory& directory, const Stored&... stored) {
  const absl::Status status = directory.Apply({EntryOf(stored)...}, 0);
  if (!status.ok()) {
    telemetry::Log(telemetry::Severity::kError, "the directory did not take a committed write",
                   {{"why", status.message()}});
  }
}

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_PUBLICATION_H_
