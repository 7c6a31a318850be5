// A node of three is killed under load: no acknowledged write is lost or doubled, and writes go on
// within ten seconds. Two of three: nothing is acknowledged until they are back.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/support/eventually.h"
#include "tests/support/figure.h"
#include "tests/support/reporting_load.h"
#include "tests/support/wire.h"
#include "thidua/registry/v1/import_service.pb.h"

namespace thidua::testing {
namespace {

std::string Seconds(absl::Duration duration) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(duration));
}

Suite::Options OnAGaleraCluster() {
  Suite::Options options;
  options.pool_size = 8;
  options.database.engine = Engine::kGalera;
  options.database.tls = true;
  return options;
}

class GaleraFailover : public ::testing::Test {
 protected:
  GaleraFailover() { northern::Load(suite_); }

  PrivateDatabase& cluster() { return suite_.database(); }

  // The node that has most sessions of the service's account.
  size_t NodeOf(Service service) {
    size_t most = 0;
    int64_t most_sessions = -1;
    for (size_t i = 0; i < cluster().size(); ++i) {
      if (!cluster().node(i).Running()) continue;
      database::Pool root(cluster().node(i).root(), 1);
      const auto rows =
          (*root.Borrow({}))
              ->Query("SELECT COUNT(*) FROM information_schema.processlist WHERE user = ?",
                      {suite_.schema(service) + "_app"});
      const int64_t sessions = rows.ok() ? rows->front().Int(0) : 0;
      if (sessions > most_sessions) {
        most = i;
        most_sessions = sessions;
      }
    }
    return most;
  }

  // The longest time in which no write was acknowledged, from now until writes have flowed again
  // for two seconds.
  static absl::Duration LongestPause(const ReportingLoad& load) {
    constexpr absl::Duration kWatch = absl::Seconds(6);
    constexpr absl::Duration kGiveUp = absl::Seconds(40);
    const absl::Time begin = absl::Now();
    absl::Time last = begin;
    absl::Duration longest;
    for (int64_t seen = load.acknowledged();
         absl::Now() < begin + kWatch ||
         (absl::Now() - last > absl::Seconds(1) && absl::Now() < begin + kGiveUp);
         absl::SleepFor(absl::Milliseconds(1))) {
      longest = std::max(longest, absl::Now() - last);
      if (load.acknowledged() == seen) continue;
      seen = load.acknowledged();
      last = absl::Now();
    }
    return longest;
  }

  // What the service's node has sent to the others since it started.
  int64_t BytesSent(Service service) {
    int64_t bytes = 0;
    EXPECT_TRUE(absl::SimpleAtoi(cluster().node(NodeOf(service)).StatusOf("wsrep_replicated_bytes"),
                                 &bytes));
    return bytes;
  }

  // All nodes hold the same rows of the service's journal.
  void ExpectNodesAlike(Service service) {
    std::vector<std::string> contents;
    for (size_t i = 0; i < cluster().size(); ++i) {
      database::Pool root(cluster().node(i).root(), 1);
      const auto rows =
          (*root.Borrow({}))
              ->Query(absl::StrCat(
                  "SELECT COUNT(*), COALESCE(SUM(CRC32(CONCAT_WS('|', event_id, resource, "
                  "version, request_id, HEX(snapshot)))), 0) FROM `",
                  suite_.schema(service), "`.event"));
      ASSERT_TRUE(rows.ok()) << rows.status();
      contents.push_back(absl::StrCat(rows->front().Text(0), " ", rows->front().Text(1)));
    }
    for (const std::string& content : contents)
      EXPECT_EQ(content, contents.front()) << NameOf(service);
  }

  void ExpectAllThere(ReportingLoad& load) {
    load.Stop();
    load.ExpectAllThere();
    ASSERT_TRUE(suite_.AwaitFollowers(absl::Seconds(60)));
    for (const Service service : kAllServices) {
      ExpectNodesAlike(service);
      const CommandResult verified = suite_.Program(service, "verify");
      EXPECT_EQ(verified.exit_status, 0) << NameOf(service) << ": " << verified.out << verified.err;
    }
  }

  Suite suite_{OnAGaleraCluster()};
};

// First the node that reporting writes to, then the one that it went to, then the third, which
// comes back without its data and is filled again by the method of the settings.
TEST_F(GaleraFailover, EachNodeIsKilledUnderLoadAndNothingIsLostOrDoubled) {
  ReportingLoad load(suite_, {.threads = 8});
  std::vector<size_t> killed;
  absl::Duration worst;
  for (size_t round = 0; round < cluster().size(); ++round) {
    ASSERT_TRUE(load.AwaitProgress(200)) << "before round " << round;
    size_t victim = NodeOf(Service::kReporting);
    for (size_t i = 0; std::ranges::count(killed, victim) > 0; ++i) victim = i;
    killed.push_back(victim);
    cluster().node(victim).Kill();
    const absl::Duration pause = LongestPause(load);
    EXPECT_LT(pause, absl::Seconds(10)) << "round " << round << "\n"
                                        << Described(load.refusals().last());
    worst = std::max(worst, pause);
    const bool empty = round + 1 == cluster().size();
    if (empty) cluster().node(victim).Wipe();
    const absl::Time begin = absl::Now();
    cluster().node(victim).Start();
    Figure(absl::StrCat("galera, node ", victim, " killed: writes pause / node is back ",
                        empty ? "from nothing" : "with what it missed"),
           absl::StrCat(Seconds(pause), " / ", Seconds(absl::Now() - begin)));
  }
  ASSERT_TRUE(load.AwaitProgress(200));
  // All nodes are back, so the service returns to the one that it prefers.
  EXPECT_TRUE(
      Eventually([&] { return NodeOf(Service::kReporting) == killed.front(); }, absl::Seconds(60)));
  ExpectAllThere(load);
  Figure("galera, one of three killed under load: longest pause of writes (target 10 s)",
         Seconds(worst));
  Figure("galera, acknowledged writes in that test, lost or doubled",
         absl::StrCat(load.acknowledged(), ", 0"));
}

// A machine that hangs closes nothing: its cluster has to miss it, and the service to stop waiting.
TEST_F(GaleraFailover, ANodeThatHangsIsLeftAndComesBack) {
  ReportingLoad load(suite_, {.threads = 8});
  ASSERT_TRUE(load.AwaitProgress(200));
  const size_t victim = NodeOf(Service::kReporting);
  cluster().node(victim).Hang();
  const absl::Duration pause = LongestPause(load);
  EXPECT_LT(pause, absl::Seconds(10)) << Described(load.refusals().last());
  // The service looks every five seconds whether the node is back, and nobody waits for that.
  const absl::Duration later = LongestPause(load);
  EXPECT_LT(later, absl::Seconds(1)) << Described(load.refusals().last());
  cluster().node(victim).GoOn();
  const absl::Time begin = absl::Now();
  // The node itself believes at first that nothing has happened.
  DatabaseNode& witness = cluster().node((victim + 1) % cluster().size());
  EXPECT_TRUE(
      Eventually([&] { return witness.StatusOf("wsrep_cluster_size") == "3"; }, absl::Seconds(90)));
  cluster().node(victim).AwaitServing();
  Figure("galera, the node written to hangs: writes pause / are held up later / it is back after",
         absl::StrCat(Seconds(pause), " / ", Seconds(later), " / ", Seconds(absl::Now() - begin)));
  ASSERT_TRUE(load.AwaitProgress(200));
  ExpectAllThere(load);
}

TEST_F(GaleraFailover, AMinorityAcknowledgesNothingAndHealsWhenTheOthersReturn) {
  ReportingLoad load(suite_, {.threads = 4});
  ASSERT_TRUE(load.AwaitProgress(100));
  const size_t left = NodeOf(Service::kReporting);
  for (size_t i = 0; i < cluster().size(); ++i) {
    if (i != left) cluster().node(i).Kill();
  }
  // The last writes that were under way with the majority's consent.
  absl::SleepFor(absl::Seconds(1));
  const int64_t acknowledged = load.acknowledged();
  absl::SleepFor(absl::Seconds(8));
  EXPECT_EQ(load.acknowledged(), acknowledged) << "written by one of three";
  EXPECT_EQ(load.refusals().last().code(), absl::StatusCode::kUnavailable)
      << Described(load.refusals().last());
  const auto healthy = AskHealth(suite_.health_address(Service::kReporting), "");
  EXPECT_TRUE(healthy.ok() && !*healthy) << "a service that cannot write says that it serves";
  for (size_t i = 0; i < cluster().size(); ++i) {
    if (i != left) cluster().node(i).Launch();
  }
  const absl::Time begin = absl::Now();
  for (size_t i = 0; i < cluster().size(); ++i) cluster().node(i).AwaitServing();
  ASSERT_TRUE(load.AwaitProgress(100, absl::Seconds(60)));
  Figure("galera, two of three come back: writes go on after", Seconds(absl::Now() - begin));
  ExpectAllThere(load);
}

// The largest thing that the suite writes as one.
TEST_F(GaleraFailover, AThousandRowsAreImportedAsOneWhileOthersWrite) {
  constexpr int kRows = 1000;
  registry::v1::ImportRegistryRequest request;
  request.set_request_id(runtime::NewUuid4());
  for (int i = 0; i < kRows; ++i) {
    auto& create = *request.add_writes()->mutable_create_school();
    create.set_school_id(absl::StrCat("nhap-", i));
    auto& school = *create.mutable_school();
    school.set_kind(registry::v1::SCHOOL_KIND_PROVINCIAL);
    school.set_province_id(absl::StrCat("nhap-", i));
    school.set_province(absl::StrCat("Tỉnh ", i));
    school.add_names()->set_official_name(absl::StrCat("Trường Chính trị tỉnh ", i));
    school.mutable_provenance()->set_confidence(registry::v1::CONFIDENCE_DOCUMENTED);
    school.mutable_provenance()->set_source("Số liệu thử nghiệm");
  }
  ReportingLoad load(suite_, {.threads = 4});
  ASSERT_TRUE(load.AwaitProgress(100));
  const int64_t sent_by_registry = BytesSent(Service::kRegistry);
  const int64_t sent_by_reporting = BytesSent(Service::kReporting);
  const int64_t written = load.acknowledged();
  absl::StatusOr<registry::v1::ImportRegistryResponse> imported = absl::UnknownError("");
  const absl::Time begin = absl::Now();
  absl::Duration took;
  std::thread importer([&, client = &suite_.As(northern::kAcademy)] {
    imported = client->Call<registry::v1::ImportRegistryResponse>(
        "thidua.registry.v1.ImportService.ImportRegistry", request,
        {.deadline = absl::Now() + absl::Seconds(60)});
    took = absl::Now() - begin;
  });
  const absl::Duration pause = LongestPause(load);
  importer.join();
  ASSERT_THAT(imported, IsOk());
  EXPECT_TRUE(imported->applied()) << imported->ShortDebugString();
  Figure(absl::StrCat("galera, import of ", kRows, " rows as one / others' longest pause"),
         absl::StrCat(Seconds(took), " / ",
                      absl::StrFormat("%.0f ms", absl::ToDoubleMilliseconds(pause))));
  // Each on a node of its own, sealing and followers included.
  Figure("galera, sent to the other nodes: that import / one write of a report",
         absl::StrFormat(
             "%.1f MiB / %.1f KiB",
             static_cast<double>(BytesSent(Service::kRegistry) - sent_by_registry) / (1 << 20),
             static_cast<double>(BytesSent(Service::kReporting) - sent_by_reporting) / 1024 /
                 static_cast<double>(load.acknowledged() - written)));
  ExpectAllThere(load);
}

}  // namespace
}  // namespace thidua::testing
