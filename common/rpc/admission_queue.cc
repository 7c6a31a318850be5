#include "common/rpc/admission_queue.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/contract/refusal.h"

namespace thidua::rpc {

using contract::RefuseForNow;

namespace {

// A queue that has not been empty for so long is no burst: more comes than can be answered, and a
// long queue would only make all of it late (Nichols and Jacobson, "Controlling Queue Delay",
// 2012).
constexpr absl::Duration kBurst = absl::Milliseconds(100);
constexpr absl::Duration kStandingWait = absl::Milliseconds(25);

}  // namespace

AdmissionQueue::AdmissionQueue(int workers, int length, telemetry::Metrics& metrics)
    : workers_count_(workers),
      most_waiting_(static_cast<size_t>(length)),
      metrics_(
          metrics, [this] { return static_cast<double>(this->length()); },
          [this] { return age(); }) {
  for (int i = 0; i < workers; ++i) workers_.emplace_back([this] { RunWorker(); });
}

AdmissionQueue::~AdmissionQueue() { Stop(); }

absl::Duration AdmissionQueue::ExpectedWait() const {
  if (idle_ > static_cast<int>(waiting_.size())) return absl::ZeroDuration();
  return pace_ * (static_cast<double>(waiting_.size()) + 1) / workers_count_;
}

absl::Status AdmissionQueue::Judge(absl::Time now, absl::Time deadline) const {
  if (stopping_) {
    return RefuseForNow(contract::Reason::REASON_SHUTTING_DOWN, {}, absl::Milliseconds(200));
  }
  const absl::Duration wait = ExpectedWait();
  const absl::Duration come_back = wait + absl::Milliseconds(20);
  const bool standing = !waiting_.empty() && now - waiting_since_ > kBurst;
  if (waiting_.size() >= most_waiting_ || (standing && wait > std::max(kStandingWait, pace_))) {
    metrics_.refused_full.Increment();
    return RefuseForNow(contract::Reason::REASON_OVERLOADED,
                        {{"why", "the queue is full"}, {"why_vi", "hàng đợi đã đầy"}}, come_back);
  }
  if (now + wait > deadline) {
    metrics_.refused_deadline.Increment();
    return RefuseForNow(
        contract::Reason::REASON_OVERLOADED,
        {{"why", "the deadline cannot be met"}, {"why_vi", "không thể kịp thời hạn"}}, come_back);
  }
  return absl::OkStatus();
}

absl::Status AdmissionQueue::Offer(Work work) {
  const absl::Time now = absl::Now();
  {
    std::lock_guard lock(mutex_);
    if (absl::Status refused = Judge(now, work.deadline); !refused.ok()) return refused;
    if (waiting_.empty()) waiting_since_ = now;
    waiting_.push_back({std::move(work), now});
  }
  work_ready_.notify_one();
  return absl::OkStatus();
}

void AdmissionQueue::RunWorker() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    work_ready_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;  // only when stopping
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    const bool stopping = stopping_;
    lock.unlock();

    const absl::Time start = absl::Now();
    metrics_.wait.Observe(start - next.since);
    absl::Duration took;  // what is refused says nothing about the pace of what is run
    if (stopping) {
      next.work.refuse(
          RefuseForNow(contract::Reason::REASON_SHUTTING_DOWN, {}, absl::Milliseconds(200)));
    } else if (start >= next.work.deadline) {
      metrics_.refused_deadline.Increment();
      next.work.refuse(contract::Refuse(
          contract::Reason::REASON_DEADLINE_EXCEEDED,
          {{"why", "it passed while the call waited"}, {"why_vi", "thời hạn đã qua khi còn chờ"}}));
    } else {
      next.work.run();
      took = absl::Now() - start;
    }

    lock.lock();
    if (took > absl::ZeroDuration()) pace_ += (took - pace_) / 16;
  }
}

void AdmissionQueue::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_ready_.notify_all();
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

int AdmissionQueue::length() const {
  std::lock_guard lock(mutex_);
  return static_cast<int>(waiting_.size());
}

absl::Duration AdmissionQueue::age() const {
  std::lock_guard lock(mutex_);
  return waiting_.empty() ? absl::ZeroDuration() : absl::Now() - waiting_.front().since;
}

}  // namespace thidua::rpc
