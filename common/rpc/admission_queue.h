// The bounded queue in front of a fixed pool of workers: what cannot be done in time is refused at
// once, not late.
#ifndef THIDUA_COMMON_RPC_ADMISSION_QUEUE_H_
#define THIDUA_COMMON_RPC_ADMISSION_QUEUE_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/telemetry/instruments.h"

namespace thidua::rpc {

class AdmissionQueue {
 public:
  // One piece of work. Exactly one of the two functions is called, once, if Offer took it.
  struct Work {
    absl::Time deadline;
    std::function<void()> run;
    // Called instead of `run` when the deadline passed while waiting.
    std::function<void(const absl::Status&)> refuse;
  };

  // workers: threads, one for each database connection. length: most work waiting.
  AdmissionQueue(int workers, int length, telemetry::Metrics& metrics);
  // Stops; what waits is refused.
  ~AdmissionQueue();

  // OK when the work was taken; else REASON_OVERLOADED with RetryInfo or REASON_SHUTTING_DOWN, and
  // neither function is called. Overloaded is a queue that is full, one in which the deadline
  // cannot be met by the pace of the last calls, and one that has not been empty for 100 ms and
  // would keep the work waiting for longer than both 25 ms and one call takes: a burst may fill the
  // whole queue, but when more comes than can be answered, those taken are answered soon. Never
  // blocks.
  absl::Status Offer(Work work);

  // Takes no more work, finishes what runs, refuses what waits, joins the workers.
  void Stop();

  int length() const;
  // How long the oldest waiting work has waited.
  absl::Duration age() const;

 private:
  struct Waiting {
    Work work;
    absl::Time since;
  };

  void RunWorker();
  absl::Duration ExpectedWait() const;
  // Why work that comes now is refused; OK when it is taken.
  absl::Status Judge(absl::Time now, absl::Time deadline) const;

  const int workers_count_;
  const size_t most_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable work_ready_;
  std::deque<Waiting> waiting_;
  bool stopping_ = false;
  absl::Time waiting_since_;  // when the queue was last empty; only while it is not
  int idle_ = 0;
  absl::Duration pace_ = absl::Milliseconds(1);  // moving average of one piece of work
  telemetry::AdmissionMetrics metrics_;
  std::vector<std::thread> workers_;
};

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_ADMISSION_QUEUE_H_
