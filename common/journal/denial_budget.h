// How many denied calls of one caller become events. The journal keeps everything for ever, so a
// caller that is denied again and again (a portal without its right, or somebody who tries) must
// not fill it: what is left out is counted, and the next denial that is recorded says how many.
#ifndef THIDUA_COMMON_JOURNAL_DENIAL_BUDGET_H_
#define THIDUA_COMMON_JOURNAL_DENIAL_BUDGET_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace thidua::journal {

// Thread-safe. One for each process, so replicas together record as many times more.
class DenialBudget {
 public:
  // What one caller may have recorded at once after a long peace, and how soon one more.
  static constexpr int kAtOnce = 600;
  static constexpr absl::Duration kOneMoreAfter = absl::Seconds(10);

  struct Decision {
    bool record = false;
    // How many of the caller were left out since the last that was recorded, without this one.
    int64_t left_out = 0;
  };
  Decision Decide(std::string_view caller, absl::Time now);

  // What was to be recorded could not be, and counts as left out with what it would have told.
  void NotRecorded(std::string_view caller, const Decision& decision);

 private:
  struct Account {
    absl::Time full_at;  // when all of kAtOnce are there again
    int64_t left_out = 0;
  };
  void ForgetWhoIsAtPeace(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::map<std::string, Account, std::less<>> accounts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_DENIAL_BUDGET_H_
