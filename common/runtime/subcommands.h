// The command line that the three services share.
//
//   thidua-registry serve|probe|migrate|verify|check-config --config FILE
//   thidua-reporting refollow registry --config FILE
#ifndef THIDUA_COMMON_RUNTIME_SUBCOMMANDS_H_
#define THIDUA_COMMON_RUNTIME_SUBCOMMANDS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/runtime/config.h"

namespace thidua::runtime {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;

// One service binary.
struct Program {
  // "thidua-registry"; also the service's name in the log.
  std::string name;
  // One line for the usage text.
  std::string summary;

  // Runs until it is told to stop by ShutdownSignal, whose signals are already blocked. OK after an
  // orderly stop.
  std::function<absl::Status(const ServiceConfig&)> serve;
  // Asks the running service for its health; not OK unless it serves.
  std::function<absl::Status(const ServiceConfig&)> probe;
  // Brings the schema up to date, as its owner.
  std::function<absl::Status(const ServiceConfig&)> migrate;
  // Recomputes the stored journal; not OK when it does not agree with its chain.
  std::function<absl::Status(const ServiceConfig&)> verify;
  // Forgets what was followed of the named service, so that it is followed from the beginning.
  std::function<absl::Status(const ServiceConfig&, const std::string& service)> refollow;
};

// Runs the subcommand that the arguments name, and returns main's result: 0, 1 when it failed (the
// reason is on standard error), 2 when the arguments cannot be understood (the usage is on standard
// error). `check-config` checks what `serve` would need and prints every problem. The log runs for
// as long as the subcommand does.
int RunProgram(const Program& program, int argc, const char* const* argv);

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_SUBCOMMANDS_H_
