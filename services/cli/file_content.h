// Files that commands read and write.
#ifndef THIDUA_SERVICES_CLI_FILE_CONTENT_H_
#define THIDUA_SERVICES_CLI_FILE_CONTENT_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace thidua::cli {

// The bytes of a file. NOT_FOUND when it cannot be read; INVALID_ARGUMENT when it is larger than 16
// MiB, which no file of ours is.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Writes a file as a whole: a reader sees the old bytes or the new ones, never a part. UNAVAILABLE
// when it cannot be written.
absl::Status WriteFile(const std::string& path, std::string_view bytes);

// Reads the proto's JSON, strictly: unknown fields are refused. Errors as ReadFile;
// INVALID_ARGUMENT with the file's name.
absl::Status ReadJsonFile(const std::string& path, google::protobuf::Message* message);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_FILE_CONTENT_H_
