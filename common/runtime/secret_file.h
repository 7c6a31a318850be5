// Secrets come from files, never from the environment, the command line or the configuration
// itself.
#ifndef THIDUA_COMMON_RUNTIME_SECRET_FILE_H_
#define THIDUA_COMMON_RUNTIME_SECRET_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace thidua::runtime {

// The content of a regular file of at most 64 KiB, without one newline at its end if there is one;
// so a secret is text (a password, PEM, hexadecimal), not raw bytes. FAILED_PRECONDITION, with the
// path and never with the content, when the file cannot be read, is empty, is too large, or may be
// read or written by any user of the machine. A Kubernetes Secret volume needs `defaultMode: 0440`
// and an `fsGroup`.
absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

// Whether a file that is no secret can be read and has content: FAILED_PRECONDITION otherwise.
absl::Status CheckReadable(const std::string& path);

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_SECRET_FILE_H_
