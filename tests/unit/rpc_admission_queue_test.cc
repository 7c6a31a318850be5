#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/rpc/admission_queue.h"
#include "gmock/gmock.h"

namespace thidua::rpc {
namespace {

using contract::Reason;
using contract::ReasonOf;
using ::testing::ElementsAre;
using ::testing::Ge;

// What became of each piece of work, in order.
class Fates {
 public:
  AdmissionQueue::Work Work(std::string name, absl::Duration patience = absl::Seconds(30)) {
    return {absl::Now() + patience, [this, name] { Add(name); },
            [this, name](const absl::Status& why) {
              Add(name + " " + access::v1::Reason_Name(ReasonOf(why)));
            }};
  }
  // Work that holds its worker until Release.
  AdmissionQueue::Work Held(std::string name) {
    return {absl::Now() + absl::Seconds(30),
            [this, name] {
              ++holding_;
              released_.WaitForNotification();
              Add(name);
            },
            [](const absl::Status&) {}};
  }
  void AwaitHolding(int count) const {
    while (holding_ < count) std::this_thread::yield();
  }
  void Release() { released_.Notify(); }
  std::vector<std::string> All() const {
    std::lock_guard lock(mutex_);
    return fates_;
  }
  void Await(size_t count) const {
    while (All().size() < count) std::this_thread::yield();
  }

 private:
  void Add(const std::string& fate) {
    std::lock_guard lock(mutex_);
    fates_.push_back(fate);
  }
  mutable std::mutex mutex_;
  std::vector<std::string> fates_;
  std::atomic<int> holding_{0};
  absl::Notification released_;
};

class AdmissionQueueTest : public ::testing::Test {
 protected:
  telemetry::Metrics metrics_;
  Fates fates_;
};

TEST_F(AdmissionQueueTest, RunsWorkInTheOrderItCame) {
  AdmissionQueue queue(1, 10, metrics_);
  ASSERT_TRUE(queue.Offer(fates_.Held("giữ chỗ")).ok());
  fates_.AwaitHolding(1);
  for (const char* name : {"một", "hai", "ba"}) ASSERT_TRUE(queue.Offer(fates_.Work(name)).ok());
  EXPECT_EQ(queue.length(), 3);
  fates_.Release();
  fates_.Await(4);
  EXPECT_THAT(fates_.All(), ElementsAre("giữ chỗ", "một", "hai", "ba"));
}

TEST_F(AdmissionQueueTest, AFullQueueRefusesAtOnceAndSaysWhenToComeBack) {
  AdmissionQueue queue(1, 2, metrics_);
  ASSERT_TRUE(queue.Offer(fates_.Held("giữ chỗ")).ok());
  fates_.AwaitHolding(1);
  ASSERT_TRUE(queue.Offer(fates_.Work("một")).ok());
  ASSERT_TRUE(queue.Offer(fates_.Work("hai")).ok());
  const absl::Status refused = queue.Offer(fates_.Work("ba"));
  EXPECT_EQ(ReasonOf(refused), Reason::REASON_OVERLOADED);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(contract::RetryAfter(refused), absl::Minutes(1));
  EXPECT_GT(contract::RetryAfter(refused), absl::ZeroDuration());
  fates_.Release();
  fates_.Await(3);
  EXPECT_THAT(fates_.All(), ElementsAre("giữ chỗ", "một", "hai"))
      << "what was refused has no other fate";
}

TEST_F(AdmissionQueueTest, WhoseDeadlineCannotBeMetIsRefusedAtOnce) {
  AdmissionQueue queue(1, 10, metrics_);
  // The pace of the last calls is what the queue expects of the next.
  for (int i = 0; i < 40; ++i) {
    std::atomic<bool> done{false};
    ASSERT_TRUE(queue
                    .Offer({absl::Now() + absl::Seconds(5),
                            [&done] {
                              absl::SleepFor(absl::Milliseconds(10));
                              done = true;
                            },
                            [](const absl::Status&) {}})
                    .ok());
    while (!done) std::this_thread::yield();
  }
  ASSERT_TRUE(queue.Offer(fates_.Held("giữ chỗ")).ok());
  fates_.AwaitHolding(1);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(queue.Offer(fates_.Work("chờ")).ok());
  EXPECT_EQ(ReasonOf(queue.Offer(fates_.Work("gấp", absl::Milliseconds(15)))),
            Reason::REASON_OVERLOADED);
  EXPECT_TRUE(queue.Offer(fates_.Work("thong thả", absl::Seconds(10))).ok());
  fates_.Release();
}

TEST_F(AdmissionQueueTest, ABurstMayFillTheQueueButAStandingQueueIsKeptShort) {
  AdmissionQueue queue(1, 200, metrics_);
  ASSERT_TRUE(queue.Offer(fates_.Held("giữ chỗ")).ok());
  fates_.AwaitHolding(1);
  // 1 ms each is what the queue expects before it has seen any.
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.Offer(fates_.Work("dồn dập")).ok());
  absl::SleepFor(absl::Milliseconds(120));
  EXPECT_EQ(ReasonOf(queue.Offer(fates_.Work("đến sau"))), Reason::REASON_OVERLOADED)
      << "it would wait for 100 ms in a queue that has stood for longer than a burst";
  fates_.Release();
  fates_.Await(101);
  EXPECT_TRUE(queue.Offer(fates_.Work("khi đã vãn")).ok());
  fates_.Await(102);
}

TEST_F(AdmissionQueueTest, WorkWhoseDeadlinePassedWhileItWaitedIsNotRun) {
  AdmissionQueue queue(1, 10, metrics_);
  ASSERT_TRUE(queue.Offer(fates_.Held("giữ chỗ")).ok());
  fates_.AwaitHolding(1);
  ASSERT_TRUE(queue.Offer(fates_.Work("muộn", absl::Milliseconds(50))).ok());
  absl::SleepFor(absl::Milliseconds(80));
  EXPECT_THAT(queue.age(), Ge(absl::Milliseconds(70)));
  fates_.Release();
  fates_.Await(2);
  EXPECT_THAT(fates_.All(), ElementsAre("giữ chỗ", "muộn REASON_DEADLINE_EXCEEDED"));
}

TEST_F(AdmissionQueueTest, StoppingFinishesWhatRunsAndRefusesWhatWaits) {
  AdmissionQueue queue(1, 10, metrics_);
  ASSERT_TRUE(queue.Offer(fates_.Held("đang chạy")).ok());
  fates_.AwaitHolding(1);
  ASSERT_TRUE(queue.Offer(fates_.Work("đang chờ")).ok());
  std::thread stopper([&queue] { queue.Stop(); });
  while (ReasonOf(queue.Offer({absl::InfiniteFuture(), [] {}, [](const absl::Status&) {}})) !=
         Reason::REASON_SHUTTING_DOWN) {
    std::this_thread::yield();
  }
  fates_.Release();
  stopper.join();
  EXPECT_THAT(fates_.All(), ElementsAre("đang chạy", "đang chờ REASON_SHUTTING_DOWN"));
}

TEST_F(AdmissionQueueTest, EveryWorkOfManyHasExactlyOneFate) {
  std::atomic<int> fates{0};
  std::atomic<int> refused{0};
  {
    AdmissionQueue queue(4, 8, metrics_);
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 8; ++caller) {
      callers.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          const absl::Status taken =
              queue.Offer({absl::Now() + absl::Seconds(5), [&fates] { ++fates; },
                           [&fates](const absl::Status&) { ++fates; }});
          if (!taken.ok()) ++refused;
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  EXPECT_EQ(fates + refused, 8 * 500);
}

}  // namespace
}  // namespace thidua::rpc
