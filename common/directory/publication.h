// How a service makes its own committed writes visible in its directory at once.
#ifndef THIDUA_COMMON_DIRECTORY_PUBLICATION_H_
#define THIDUA_COMMON_DIRECTORY_PUBLICATION_H_

#include "absl/types/span.h"
#include "common/directory/directory.h"
#include "common/telemetry/log.h"

namespace thidua::directory {

// Applies what a transaction wrote. Call after COMMIT. A write stands whatever happens here, and
// the feed brings the same entries again; so a failure, which only a defect can cause, is logged.
inline void Publish(Directory& directory, absl::Span<const Entry> written) {
  const absl::Status status = directory.Apply(written, 0);
  if (!status.ok()) {
    telemetry::Log(telemetry::Severity::kError, "the directory did not take a committed write",
                   {{"why", status.message()}});
  }
}

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_PUBLICATION_H_
