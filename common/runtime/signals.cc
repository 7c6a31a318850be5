#include "common/runtime/signals.h"

#include <signal.h>

#include <algorithm>
#include <ctime>

#include "absl/time/clock.h"

namespace thidua::runtime {
namespace {

sigset_t ShutdownSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

}  // namespace

void ShutdownSignal::Block() {
  const sigset_t signals = ShutdownSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

std::optional<int> ShutdownSignal::Wait(absl::Time deadline) {
  const sigset_t signals = ShutdownSignals();
  while (true) {
    // sigtimedwait takes no "for ever", and returns early when a debugger interferes: wait in
    // slices.
    const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
    const timespec slice = absl::ToTimespec(std::min(left, absl::Hours(1)));
    const int number = sigtimedwait(&signals, nullptr, &slice);
    if (number > 0) return number;
    if (absl::Now() >= deadline) return std::nullopt;
  }
}

}  // namespace thidua::runtime
