// Waits for what happens by itself.
#ifndef THIDUA_TESTS_SUPPORT_EVENTUALLY_H_
#define THIDUA_TESTS_SUPPORT_EVENTUALLY_H_

#include "absl/functional/function_ref.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace thidua::testing {

// True as soon as it holds; false when it does not hold in time.
inline bool Eventually(absl::FunctionRef<bool()> holds,
                       absl::Duration patience = absl::Seconds(20)) {
  const absl::Time give_up = absl::Now() + patience;
  while (!holds()) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_EVENTUALLY_H_
