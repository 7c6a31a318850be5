// Asking a service on the same machine for its health, as an orchestrator without gRPC probes does
// by a command.
#ifndef THIDUA_COMMON_RPC_HEALTH_PROBE_H_
#define THIDUA_COMMON_RPC_HEALTH_PROBE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace thidua::rpc {

// OK when the service that listens in plaintext on `health_address` (a wildcard address stands for
// this machine) says that it serves; UNAVAILABLE with the reason otherwise.
absl::Status ProbeHealth(const std::string& health_address, absl::Time deadline);

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_HEALTH_PROBE_H_
