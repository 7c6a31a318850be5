#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "absl/time/clock.h"
#include "common/runtime/signals.h"
#include "gtest/gtest.h"

namespace thidua::runtime {
namespace {

// Each test plays in a process of its own, which exits with the number of the signal it heard.
[[noreturn]] void ExitWith(std::optional<int> number) { std::_Exit(number.value_or(0)); }

TEST(ShutdownSignalDeathTest, WaitReturnsTheSignalThatWasSent) {
  for (const int sent : {SIGTERM, SIGINT}) {
    EXPECT_EXIT(
        {
          ShutdownSignal::Block();
          std::thread sender([sent] {
            absl::SleepFor(absl::Milliseconds(50));
            kill(getpid(), sent);
          });
          sender.detach();
          ExitWith(ShutdownSignal::Wait(absl::Now() + absl::Seconds(10)));
        },
        testing::ExitedWithCode(sent), "");
  }
}

TEST(ShutdownSignalDeathTest, SignalBeforeTheWaitIsNotLost) {
  EXPECT_EXIT(
      {
        ShutdownSignal::Block();
        kill(getpid(), SIGTERM);
        absl::SleepFor(absl::Milliseconds(50));
        ExitWith(ShutdownSignal::Wait());
      },
      testing::ExitedWithCode(SIGTERM), "");
}

TEST(ShutdownSignalDeathTest, ThreadsStartedLaterAreNotKilled) {
  EXPECT_EXIT(
      {
        ShutdownSignal::Block();
        std::thread worker([] {
          pthread_kill(pthread_self(), SIGTERM);
          absl::SleepFor(absl::Milliseconds(20));
        });
        worker.join();
        ExitWith(ShutdownSignal::Wait(absl::Now()));
      },
      testing::ExitedWithCode(0), "");
}

TEST(ShutdownSignalDeathTest, NothingByTheDeadline) {
  EXPECT_EXIT(
      {
        ShutdownSignal::Block();
        const absl::Time start = absl::Now();
        const auto heard = ShutdownSignal::Wait(start + absl::Milliseconds(100));
        const absl::Duration waited = absl::Now() - start;
        if (waited < absl::Milliseconds(100) || waited > absl::Seconds(5)) std::_Exit(99);
        ExitWith(heard);
      },
      testing::ExitedWithCode(0), "");
}

TEST(ShutdownSignalDeathTest, SecondSignalIsHeardToo) {
  EXPECT_EXIT(
      {
        ShutdownSignal::Block();
        kill(getpid(), SIGTERM);
        if (ShutdownSignal::Wait() != SIGTERM) std::_Exit(99);
        kill(getpid(), SIGINT);
        ExitWith(ShutdownSignal::Wait());
      },
      testing::ExitedWithCode(SIGINT), "");
}

TEST(ShutdownSignalDeathTest, ReaderThatWentAwayIsAnErrorOfTheWrite) {
  EXPECT_EXIT(
      {
        ShutdownSignal::Block();
        int ends[2];
        if (pipe(ends) != 0) std::_Exit(98);
        close(ends[0]);
        std::_Exit(write(ends[1], "x", 1) == -1 ? 0 : 99);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace thidua::runtime
