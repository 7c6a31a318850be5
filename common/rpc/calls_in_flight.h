// The calls that a server is at, so that a stopping one knows when the last has been answered.
#ifndef THIDUA_COMMON_RPC_CALLS_IN_FLIGHT_H_
#define THIDUA_COMMON_RPC_CALLS_IN_FLIGHT_H_

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace thidua::rpc {

// Thread-safe. Every Begin is followed by one End.
class CallsInFlight {
 public:
  void Begin() {
    absl::MutexLock lock(&mutex_);
    ++calls_;
  }
  void End() {
    absl::MutexLock lock(&mutex_);
    --calls_;
  }

  // From now on new calls are to be refused, and streams to be ended.
  void Stop() {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  bool stopping() const {
    absl::MutexLock lock(&mutex_);
    return stopping_;
  }

  // Returns when there is none, or at `deadline`.
  void AwaitNone(absl::Time deadline) const {
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithDeadline(absl::Condition(
                                 +[](const int* calls) { return *calls == 0; }, &calls_),
                             deadline);
  }

 private:
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_CALLS_IN_FLIGHT_H_
