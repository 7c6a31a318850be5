// A caller as every client of the suite should be: what the service could not do now is asked
// again, with the same request id, until it is answered.
#ifndef THIDUA_TESTS_SUPPORT_PERSISTENT_CALLER_H_
#define THIDUA_TESTS_SUPPORT_PERSISTENT_CALLER_H_

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/random/random.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/contract/refusal.h"
#include "tests/support/suite.h"

namespace thidua::testing {

// Worth another try with the same request id. A stale etag is ABORTED too, but stays stale.
inline bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return true;
    case absl::StatusCode::kAborted:
      return contract::ReasonOf(status) != access::v1::REASON_STALE_ETAG;
    default:
      return false;
  }
}

// What callers were told on the way to their answers. Thread-safe.
class Refusals {
 public:
  void Add(const absl::Status& status) {
    const std::lock_guard lock(mutex_);
    ++counts_[status.code()];
    last_ = status;
  }
  std::map<absl::StatusCode, int> counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }
  absl::Status last() const {
    const std::lock_guard lock(mutex_);
    return last_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<absl::StatusCode, int> counts_;  // guarded by mutex_
  absl::Status last_;                       // guarded by mutex_
};

// Calls until there is an answer or a refusal for good, for at most `patience`. Each try has 5 s.
template <class Response, class Request>
absl::StatusOr<Response> CallUntilAnswered(Client& client, std::string_view method,
                                           const Request& request, Refusals* refusals = nullptr,
                                           absl::Duration patience = absl::Seconds(60)) {
  thread_local absl::BitGen random;
  const absl::Time give_up = absl::Now() + patience;
  for (absl::Duration pause = absl::Milliseconds(20);;
       pause = std::min(2 * pause, absl::Seconds(1))) {
    absl::StatusOr<Response> answer =
        client.Call<Response>(method, request, {.deadline = absl::Now() + absl::Seconds(5)});
    if (answer.ok()) return answer;
    if (refusals != nullptr) refusals->Add(answer.status());
    if (!MayPass(answer.status()) || absl::Now() > give_up) return answer;
    const absl::Duration asked = contract::RetryAfter(answer.status());
    const absl::Duration least = asked == absl::InfiniteDuration() ? pause / 2 : asked;
    absl::SleepFor(least + pause * absl::Uniform(random, 0.0, 0.5));
  }
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PERSISTENT_CALLER_H_
