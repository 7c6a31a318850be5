// Orderly stop on SIGTERM and SIGINT.
#ifndef THIDUA_COMMON_RUNTIME_SIGNALS_H_
#define THIDUA_COMMON_RUNTIME_SIGNALS_H_

#include <optional>

#include "absl/time/time.h"

namespace thidua::runtime {

// No handler ever runs: the signals stay blocked in every thread, and one thread takes them when it
// is ready.
class ShutdownSignal {
 public:
  // Blocks SIGTERM and SIGINT in this thread and in those it will start, and ignores SIGPIPE, so
  // that a peer that went away is an error of a write and not the end of the service. Call first in
  // main: a thread that is older would still be killed by the signal.
  static void Block();

  // Waits for one of the signals, in real time, and returns its number; nothing when `deadline`
  // passes first. A signal that arrived earlier is returned at once. Needs Block. May be called
  // again, to hear of a second, impatient signal.
  static std::optional<int> Wait(absl::Time deadline = absl::InfiniteFuture());
};

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_SIGNALS_H_
