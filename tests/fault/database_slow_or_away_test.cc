// The database refuses, swallows or crawls: health says so and goes on answering, calls end within
// their deadlines, and everything comes back by itself, leaving nothing behind. And reporting needs
// none of the other services to take a report.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/eventually.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/suite.h"
#include "tests/support/wire.h"

namespace thidua::testing {
namespace {

constexpr char kGetReport[] = "/thidua.reporting.v1.ReportService/GetReport";
constexpr absl::Duration kDeadline = absl::Seconds(1);
constexpr absl::Duration kLateness = absl::Milliseconds(100);
constexpr absl::Duration kRecovery = absl::Seconds(10);
// The driver notices a silent server after the statement timeout and 2 s, in whole seconds.
constexpr absl::Duration kNoticed = absl::Seconds(8);
constexpr int kPoolSize = 4;
// Beside the handlers' connections, the service has some of its own (common/service/service.cc).
constexpr int kMostSessions = kPoolSize + 4;

// Asks the health port as a probe does, every 20 ms.
class HealthProbe {
 public:
  explicit HealthProbe(std::string address)
      : address_(std::move(address)), thread_([this] { Run(); }) {}
  ~HealthProbe() { Stop(); }
  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  bool Await(bool serving, absl::Duration patience) const {
    const absl::Time give_up = absl::Now() + patience;
    while (serving_ != serving) {
      if (absl::Now() > give_up) return false;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return true;
  }
  // After Stop.
  absl::Duration slowest() const { return slowest_; }
  int unanswered() const { return unanswered_; }

 private:
  void Run() {
    while (!stopping_) {
      const absl::Time asked = absl::Now();
      const absl::StatusOr<bool> answer = AskHealth(address_);
      slowest_ = std::max(slowest_, absl::Now() - asked);
      if (answer.ok()) serving_ = *answer;
      if (!answer.ok()) ++unanswered_;
      absl::SleepFor(absl::Milliseconds(20));
    }
  }

  const std::string address_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> serving_{true};
  absl::Duration slowest_;
  int unanswered_ = 0;
  std::thread thread_;
};

// Callers that read one report again and again, each call with the same short deadline, and that do
// not stay away because health says so.
class Callers {
 public:
  Callers(const std::string& address, const access::CertificateFiles& identity,
          const std::string& report, int threads) {
    reporting::v1::GetReportRequest request;
    request.set_name(report);
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back(
          [this, channel = ConnectAs(address, identity), bytes = request.SerializeAsString()] {
            while (!stopping_) Call(*channel, bytes);
          });
    }
  }
  ~Callers() { Stop(); }
  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  int64_t answered() const { return answered_; }
  bool AwaitAnswers(int64_t count, absl::Duration patience) const {
    const int64_t goal = answered_ + count;
    const absl::Time give_up = absl::Now() + patience;
    while (answered_ < goal) {
      if (absl::Now() > give_up) return false;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return true;
  }
  // After Stop.
  const std::map<absl::StatusCode, int>& refusals() const { return refusals_; }
  absl::Duration slowest() const { return slowest_; }

 private:
  void Call(grpc::Channel& channel, const std::string& bytes) {
    const absl::Time asked = absl::Now();
    const WireAnswer answer =
        CallWithBytes(channel, kGetReport, bytes, {.patience = kDeadline, .metadata = {}});
    {
      const std::lock_guard lock(mutex_);
      slowest_ = std::max(slowest_, absl::Now() - asked);
      if (!answer.status.ok()) ++refusals_[answer.status.code()];
    }
    if (answer.status.ok()) ++answered_;
    absl::SleepFor(absl::Milliseconds(10));
  }

  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> answered_{0};
  std::mutex mutex_;
  std::map<absl::StatusCode, int> refusals_;  // guarded by mutex_
  absl::Duration slowest_;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

Suite::Options ThroughGates() {
  Suite::Options options;
  options.pool_size = kPoolSize;
  options.through_gates = true;
  options.configure = [](Service, config::v1::ServiceConfig& config) {
    config.mutable_database()->mutable_statement_timeout()->set_nanos(500'000'000);
  };
  return options;
}

class DatabaseSlowOrAway : public ::testing::Test {
 protected:
  DatabaseSlowOrAway() : suite_(ThroughGates()) {
    northern::Load(suite_);
    report_ =
        northern::Must(northern::CreateReport(suite_.As(northern::kHead), northern::Reports()[6]));
    identity_ = suite_.authority().Identity(northern::kHead);
  }

  Gate& gate() { return suite_.gate(Service::kReporting); }

  // What the process holds when nobody calls.
  struct Holdings {
    int threads = 0;
    int files = 0;
    int sessions = 0;
  };
  Holdings Held() {
    absl::SleepFor(absl::Seconds(2));  // until what ends has ended
    const std::string process = absl::StrCat("/proc/", suite_.pid(Service::kReporting));
    Holdings held;
    for (const auto& entry : std::filesystem::directory_iterator(process + "/task"))
      held.threads += entry.exists();
    for (const auto& entry : std::filesystem::directory_iterator(process + "/fd"))
      held.files += entry.is_symlink();
    database::Pool root(suite_.database().root(), 1);
    auto connection = root.Borrow({absl::Now() + absl::Seconds(10)});
    EXPECT_TRUE(connection.ok()) << connection.status();
    const auto rows =
        (*connection)
            ->Query("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = ?",
                    {absl::StrCat(suite_.schema(Service::kReporting), "_app")});
    EXPECT_TRUE(rows.ok()) << rows.status();
    held.sessions = rows.ok() ? static_cast<int>(rows->front().Int(0)) : -1;
    return held;
  }

  // One outage under callers, from the first failure to recovery.
  void Suffer(const std::function<void()>& break_it, bool expect_not_serving) {
    HealthProbe probe(suite_.health_address(Service::kReporting));
    Callers callers(suite_.address(Service::kReporting), identity_, report_.name(), 8);
    ASSERT_TRUE(callers.AwaitAnswers(50, absl::Seconds(5))) << "all is well before";
    break_it();
    if (expect_not_serving) {
      EXPECT_TRUE(probe.Await(false, kNoticed)) << "health does not say that the database is away";
      const auto process = AskHealth(suite_.health_address(Service::kReporting), "process");
      ASSERT_THAT(process, IsOk());
      EXPECT_TRUE(*process) << "a liveness probe would restart it, which helps nobody";
    }
    absl::SleepFor(absl::Seconds(3));
    gate().Heal();
    const absl::Time healed = absl::Now();
    EXPECT_TRUE(probe.Await(true, kRecovery)) << "not serving again";
    EXPECT_TRUE(callers.AwaitAnswers(50, kRecovery - (absl::Now() - healed)))
        << "not answering again";
    probe.Stop();
    callers.Stop();

    EXPECT_EQ(probe.unanswered(), 0);
    EXPECT_LT(probe.slowest(), absl::Milliseconds(100));
    EXPECT_LT(callers.slowest(), kDeadline + kLateness);
    EXPECT_FALSE(callers.refusals().empty()) << "nobody noticed, so this proves nothing";
    for (const auto& [code, count] : callers.refusals()) {
      EXPECT_TRUE(code == absl::StatusCode::kUnavailable ||
                  code == absl::StatusCode::kDeadlineExceeded ||
                  code == absl::StatusCode::kResourceExhausted)
          << absl::StatusCodeToString(code) << " " << count << " times";
    }
  }

  // Several outages hold no more than the first one left.
  void SufferWithoutLeak(const std::function<void()>& break_it, bool expect_not_serving) {
    Suffer(break_it, expect_not_serving);
    const Holdings before = Held();
    Suffer(break_it, expect_not_serving);
    const Holdings after = Held();
    EXPECT_LE(after.threads, before.threads + 2);
    EXPECT_LE(after.files, before.files + 2);
    EXPECT_LE(after.sessions, kMostSessions);
    EXPECT_TRUE(suite_.Running(Service::kReporting));
  }

  Suite suite_;
  reporting::v1::SchoolReport report_;
  access::CertificateFiles identity_;
};

TEST_F(DatabaseSlowOrAway, Refused) {
  SufferWithoutLeak([this] { gate().Refuse(); }, true);
}

TEST_F(DatabaseSlowOrAway, Swallowed) {
  SufferWithoutLeak([this] { gate().Swallow(); }, true);
}

// Every packet of the database's late: a statement takes about a second and a half.
TEST_F(DatabaseSlowOrAway, Slow) {
  SufferWithoutLeak([this] { gate().Delay(absl::Milliseconds(300)); }, false);
}

// A write whose database went away in the middle is either there or not, and its repeat says which.
TEST_F(DatabaseSlowOrAway, AWriteCutOffIsResolvedByItsRepeat) {
  reporting::v1::UpdateReportRequest update;
  update.mutable_report()->set_name(report_.name());
  update.mutable_report()->set_school(report_.school());
  update.mutable_report()->set_note("bổ sung");
  update.mutable_update_mask()->add_paths("note");
  update.set_etag(report_.etag());
  update.set_request_id("0b7a3a52-6f5e-4a39-9d0f-5b1f3f3f7a10");
  Client& school = suite_.As(northern::kHead);
  constexpr char kUpdate[] = "thidua.reporting.v1.ReportService.UpdateReport";

  gate().Swallow();
  const auto cut_off = school.Call<reporting::v1::SchoolReport>(
      kUpdate, update, {.deadline = absl::Now() + kDeadline});
  EXPECT_FALSE(cut_off.ok());
  gate().Heal();
  absl::StatusOr<reporting::v1::SchoolReport> repeated = cut_off;
  for (const absl::Time give_up = absl::Now() + kRecovery;
       !repeated.ok() && absl::Now() < give_up;) {
    absl::SleepFor(absl::Milliseconds(50));
    repeated = school.Call<reporting::v1::SchoolReport>(kUpdate, update,
                                                        {.deadline = absl::Now() + kDeadline});
  }
  ASSERT_THAT(repeated, IsOk());
  EXPECT_EQ(repeated->etag(), "\"v2\"") << "once";
  EXPECT_EQ(repeated->note(), "bổ sung");
}

// A serving process gives a statement up early, so as not to hang with a database that hangs; what
// `migrate` does may take long, and half of it done helps nobody.
TEST(LongMigration, WaitsForALockLongerThanAnyCallMay) {
  constexpr absl::Duration kHeld = absl::Seconds(4);
  Suite::Options options;
  options.configure = [](Service, config::v1::ServiceConfig& config) {
    config.mutable_database()->mutable_statement_timeout()->set_nanos(500'000'000);
  };
  Suite suite(options);
  std::thread holder([&] {
    RunOrDie({"mariadb", "--no-defaults", "--user=root", "--socket=" + suite.database().socket(),
              "-e",
              absl::StrCat("LOCK TABLES `", suite.schema(Service::kRegistry),
                           "`.schema_migration WRITE; SELECT SLEEP(", absl::ToInt64Seconds(kHeld),
                           ")")});
  });
  EXPECT_TRUE(Eventually([&] {
    return suite.AskDatabase(
               "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT "
               "SLEEP(%'",
               {}) == 1;
  }));
  const absl::Time begin = absl::Now();
  const CommandResult migrated = suite.Program(Service::kRegistry, "migrate");
  EXPECT_EQ(migrated.exit_status, 0) << migrated.out << migrated.err;
  EXPECT_GT(absl::Now() - begin, kHeld / 2) << "nothing held it up: this proves nothing";
  holder.join();
}

// With the registry and awards gone, schools go on reporting, also after reporting itself has been
// started anew: what it follows it keeps.
TEST(OthersAway, ReportingTakesReportsAlone) {
  Suite suite;
  northern::Load(suite);
  suite.Kill(Service::kRegistry);
  suite.Kill(Service::kAwards);
  const auto hand_in = [&](const northern::SchoolFigures& stated) {
    Client& school = suite.As("school/" + stated.school);
    const auto draft = northern::CreateReport(school, stated);
    ASSERT_THAT(draft, IsOk()) << stated.school;
    EXPECT_THAT(northern::SubmitReport(school, *draft), IsOk()) << stated.school;
  };
  hand_in(northern::Reports()[0]);

  suite.Kill(Service::kReporting);
  suite.Start(Service::kReporting);
  const auto connected = AskHealth(suite.health_address(Service::kReporting), "follow:registry");
  ASSERT_THAT(connected, IsOk());
  EXPECT_FALSE(*connected) << "it says what it lacks";
  for (size_t i = 1; i < northern::Reports().size(); ++i) hand_in(northern::Reports()[i]);

  suite.Start(Service::kRegistry);
  suite.Start(Service::kAwards);
  EXPECT_TRUE(suite.AwaitServing(Service::kReporting));
  EXPECT_TRUE(suite.AwaitFollowers());
}

}  // namespace
}  // namespace thidua::testing
