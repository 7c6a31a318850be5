// Reading a service's configuration file.
#ifndef THIDUA_COMMON_RUNTIME_CONFIG_H_
#define THIDUA_COMMON_RUNTIME_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/telemetry/log.h"
#include "thidua/config/v1/service_config.pb.h"

namespace thidua::runtime {

using config::v1::ServiceConfig;

// What a file is read for decides which fields it must have and which files must be there: the
// migration job mounts no TLS key, a serving pod does not know the schema owner's password, and who
// asks for the health needs an address only.
enum class ConfigUse { kServe, kMigrate, kVerify, kProbe };

// The configuration in the JSON file `path`, with every default filled in. INVALID_ARGUMENT when
// the file is not JSON of the type ServiceConfig, unknown fields included (the first such problem
// is named), or else when its values cannot be used: then the message names every problem, one a
// line, each behind the path of its field. Relative file names in it are relative to the working
// directory.
absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path,
                                                ConfigUse use = ConfigUse::kServe);

// The same for JSON at hand.
absl::StatusOr<ServiceConfig> ParseServiceConfig(const std::string& json,
                                                 ConfigUse use = ConfigUse::kServe);

// The threshold of the log for `log_level`.
telemetry::Severity LogThreshold(const ServiceConfig& config);

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_CONFIG_H_
