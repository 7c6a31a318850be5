// "A drain loses nothing": SIGTERM under load, again and again.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/figure.h"
#include "tests/support/reporting_load.h"

namespace thidua::testing {
namespace {

constexpr int kDrainSeconds = 1;
// The service's own limit for what runs when the drain is over.
constexpr absl::Duration kGrace = absl::Seconds(10);

TEST(Drain, TenTermsUnderLoadFailNobodyWhoRepeats) {
  Suite::Options options;
  options.configure = [](Service, config::v1::ServiceConfig& config) {
    config.set_drain_seconds(kDrainSeconds);
  };
  Suite suite(std::move(options));
  northern::Load(suite);
  ReportingLoad load(suite, {.threads = 8});
  absl::Duration longest;
  for (int round = 0; round < 10; ++round) {
    ASSERT_TRUE(load.AwaitProgress(100)) << "before round " << round;
    const absl::Time told = absl::Now();
    EXPECT_EQ(suite.Stop(Service::kReporting), 0) << suite.Log(Service::kReporting);
    longest = std::max(longest, absl::Now() - told);
    suite.Start(Service::kReporting);
  }
  load.Stop();
  EXPECT_LT(longest, absl::Seconds(kDrainSeconds) + kGrace);
  RecordProperty("longest_drain_ms", absl::StrCat(absl::ToInt64Milliseconds(longest)));
  RecordProperty("acknowledged_writes", absl::StrCat(load.acknowledged()));
  // A stopping service says so; one that has just started may have too few connections yet for
  // all who come back at once. Both say that it is worth another try.
  for (const auto& [code, count] : load.refusals().counts()) {
    EXPECT_TRUE(code == absl::StatusCode::kUnavailable ||
                code == absl::StatusCode::kResourceExhausted)
        << absl::StatusCodeToString(code) << " " << count << " times";
  }
  load.ExpectAllThere();
}

// The one below goes away and comes back; the ones above neither end nor lose their place.
TEST(Drain, TheServiceBelowMayGoAtAnyTime) {
  Suite suite;
  northern::Load(suite);
  ReportingLoad load(suite, {.threads = 4});
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(suite.Stop(Service::kRegistry), 0);
    EXPECT_EQ(suite.Stop(Service::kAwards), 0);
    EXPECT_TRUE(load.AwaitProgress(50));
    suite.Start(Service::kRegistry);
    suite.Start(Service::kAwards);
    EXPECT_TRUE(suite.AwaitServing(Service::kReporting)) << "connected again";
  }
  load.Stop();
  EXPECT_TRUE(load.refusals().counts().empty()) << "reporting needs neither to answer";
  load.ExpectAllThere();
  EXPECT_TRUE(suite.AwaitFollowers());
}

// A rolling restart of everything: two processes of each service, one of them away at a time.
// Nobody is even refused.
TEST(Drain, RollingRestartsOfAllServicesFailNoCall) {
  Suite::Options options;
  options.replicas = 2;
  options.configure = [](Service, config::v1::ServiceConfig& config) {
    config.set_drain_seconds(kDrainSeconds);
  };
  Suite suite(std::move(options));
  northern::Load(suite);
  ReportingLoad load(suite, {.threads = 4});
  const absl::Time began = absl::Now();
  for (int round = 0; round < 2; ++round) {
    for (const Service service : kAllServices) {
      for (int replica = 0; replica < 2; ++replica) {
        ASSERT_TRUE(load.AwaitProgress(50)) << "before " << NameOf(service) << " " << replica;
        EXPECT_EQ(suite.Replace(service, replica), 0) << suite.Log(service, replica);
      }
    }
  }
  const absl::Duration took = absl::Now() - began;
  load.Stop();
  int refused = 0;
  for (const auto& [code, count] : load.refusals().counts()) refused += count;
  EXPECT_EQ(refused, 0) << Described(load.refusals().last());
  load.ExpectAllThere();
  EXPECT_TRUE(suite.AwaitFollowers());
  for (const Service service : kAllServices) {
    const CommandResult verified = suite.Program(service, "verify");
    EXPECT_EQ(verified.exit_status, 0) << NameOf(service) << ": " << verified.out << verified.err;
  }
  Figure("rolling restart of all services, twice, failed calls",
         absl::StrCat(refused, " of ", load.acknowledged(), " writes in ",
                      absl::ToInt64Seconds(took), " s"));
}

// With nothing to do there is nothing to wait for.
TEST(Drain, AnIdleServiceEndsAtOnce) {
  Suite suite;
  northern::LoadRegistry(suite);
  for (const Service service : {Service::kAwards, Service::kReporting, Service::kRegistry}) {
    const absl::Time told = absl::Now();
    EXPECT_EQ(suite.Stop(service), 0) << NameOf(service);
    EXPECT_LT(absl::Now() - told, absl::Seconds(2)) << NameOf(service);
  }
}

}  // namespace
}  // namespace thidua::testing
