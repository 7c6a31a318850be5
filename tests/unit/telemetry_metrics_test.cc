#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/telemetry/instruments.h"
#include "common/telemetry/metrics.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::telemetry {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

// The whole answer to `GET path` on the loopback port; empty when nobody answers.
std::string HttpGet(int port, const std::string& path) {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) {
    const std::string request = absl::StrCat("GET ", path, " HTTP/1.0\r\n\r\n");
    EXPECT_EQ(write(descriptor, request.data(), request.size()),
              static_cast<ssize_t>(request.size()));
    char buffer[4096];
    ssize_t count = 0;
    while ((count = read(descriptor, buffer, sizeof(buffer))) > 0) {
      answer.append(buffer, static_cast<size_t>(count));
    }
  }
  close(descriptor);
  return answer;
}

TEST(Metrics, ScrapeOverHttpShowsWhatWasCounted) {
  Metrics metrics;
  metrics.GetCounter({"thidua_ballots_total", "Ballots cast."}, {{"round", "1"}}).Increment(3);
  const absl::StatusOr<int> port = metrics.StartExposer("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  ASSERT_GT(*port, 0);
  const std::string answer = HttpGet(*port, "/metrics");
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(answer, HasSubstr("# HELP thidua_ballots_total Ballots cast.\n"
                                "# TYPE thidua_ballots_total counter\n"
                                "thidua_ballots_total{round=\"1\"} 3\n"));
  EXPECT_THAT(answer, HasSubstr("process_resident_memory_bytes"));
}

TEST(Metrics, NothingButTheMetricsPageIsServed) {
  Metrics metrics;
  const absl::StatusOr<int> port = metrics.StartExposer("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  EXPECT_THAT(HttpGet(*port, "/etc/passwd"), HasSubstr("404"));
}

TEST(Metrics, PortInUseIsAStatus) {
  Metrics first;
  const absl::StatusOr<int> port = first.StartExposer("127.0.0.1:0");
  ASSERT_TRUE(port.ok()) << port.status();
  Metrics second;
  EXPECT_EQ(second.StartExposer(absl::StrCat("127.0.0.1:", *port)).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(Metrics, SecondStartIsRefused) {
  Metrics metrics;
  ASSERT_TRUE(metrics.StartExposer("127.0.0.1:0").ok());
  EXPECT_EQ(metrics.StartExposer("127.0.0.1:0").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Metrics, PortIsFreeOnceTheMetricsEnd) {
  absl::StatusOr<int> port;
  {
    Metrics metrics;
    port = metrics.StartExposer("127.0.0.1:0");
    ASSERT_TRUE(port.ok()) << port.status();
  }
  EXPECT_EQ(HttpGet(*port, "/metrics"), "");
}

TEST(Metrics, SameNameAndLabelsGiveTheSameMetric) {
  Metrics metrics;
  metrics.GetCounter({"thidua_x_total", "X."}, {{"a", "1"}}).Increment();
  metrics.GetCounter({"thidua_x_total", "X."}, {{"a", "1"}}).Increment();
  EXPECT_THAT(metrics.Scrape(), HasSubstr("thidua_x_total{a=\"1\"} 2\n"));
}

TEST(Metrics, CountersOfManyThreadsAddUp) {
  Metrics metrics;
  const Counter counter = metrics.GetCounter({"thidua_x_total", "X."});
  const Histogram histogram = metrics.GetHistogram({"thidua_x_seconds", "X."}, {}, {0.1, 1});
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&counter, &histogram] {
      for (int i = 0; i < 1000; ++i) {
        counter.Increment();
        histogram.Observe(absl::Milliseconds(500));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string scrape = metrics.Scrape();
  EXPECT_THAT(scrape, HasSubstr("thidua_x_total 8000\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_x_seconds_bucket{le=\"0.1\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_x_seconds_bucket{le=\"1\"} 8000\n"));
}

TEST(Metrics, GaugeGoesUpAndDown) {
  Metrics metrics;
  const Gauge gauge = metrics.GetGauge({"thidua_level", "Level."});
  gauge.Set(5);
  gauge.Add(-2);
  EXPECT_THAT(metrics.Scrape(), HasSubstr("thidua_level 3\n"));
}

TEST(Metrics, HandlesWithoutMetricsDiscard) {
  Counter().Increment();
  Gauge().Set(1);
  Histogram().Observe(absl::Seconds(1));
}

TEST(Metrics, ObservedGaugeIsReadAtEachScrapeUntilItsEnd) {
  Metrics metrics;
  int length = 4;
  {
    const Metrics::Observation observation = metrics.ObserveAtScrape(
        {"thidua_queue_length", "Length."}, {}, [&length] { return length; });
    EXPECT_THAT(metrics.Scrape(), HasSubstr("thidua_queue_length 4\n"));
    length = 9;
    EXPECT_THAT(metrics.Scrape(), HasSubstr("thidua_queue_length 9\n"));
  }
  EXPECT_THAT(metrics.Scrape(), Not(HasSubstr("thidua_queue_length")));
}

TEST(Metrics, ObservedGaugesOfOneNameStandTogether) {
  Metrics metrics;
  const auto b = metrics.ObserveAtScrape({"thidua_b", "B."}, {{"x", "1"}}, [] { return 1; });
  const auto a = metrics.ObserveAtScrape({"thidua_a", "A."}, {}, [] { return 2; });
  const auto c = metrics.ObserveAtScrape({"thidua_b", "B."}, {{"x", "2"}}, [] { return 3; });
  EXPECT_THAT(metrics.Scrape(), HasSubstr("thidua_b{x=\"1\"} 1\nthidua_b{x=\"2\"} 3\n"));
}

TEST(Metrics, ReplacingAnObservationEndsTheFirst) {
  Metrics metrics;
  auto observation = metrics.ObserveAtScrape({"thidua_old", "Old."}, {}, [] { return 1; });
  observation = metrics.ObserveAtScrape({"thidua_new", "New."}, {}, [] { return 1; });
  EXPECT_THAT(metrics.Scrape(), Not(HasSubstr("thidua_old")));
  EXPECT_THAT(metrics.Scrape(), HasSubstr("thidua_new 1\n"));
}

TEST(MetricsDeathTest, NameOfAnotherKindIsADefect) {
  Metrics metrics;
  metrics.GetCounter({"thidua_x", "X."});
  EXPECT_DEATH(metrics.GetGauge({"thidua_x", "X."}), "");
}

double ValueOf(const std::string& scrape, const std::string& name) {
  const size_t at = scrape.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(scrape.substr(at + name.size() + 2));
}

TEST(ProcessMetrics, AreThoseOfThisProcess) {
  const std::string scrape = Metrics().Scrape();
  EXPECT_GT(ValueOf(scrape, "process_resident_memory_bytes"), 1e6);
  EXPECT_GE(ValueOf(scrape, "process_open_fds"), 3);
  EXPECT_GE(ValueOf(scrape, "process_threads"), 1);
  EXPECT_NEAR(ValueOf(scrape, "process_start_time_seconds"), TimestampSeconds(absl::Now()), 3600);
  EXPECT_THAT(scrape, HasSubstr("# TYPE process_cpu_seconds_total counter"));
  EXPECT_THAT(scrape, HasSubstr("# TYPE thidua_log_dropped_records_total counter"));
}

TEST(ProcessMetrics, OpenDescriptorsAreCountedExactly) {
  Metrics metrics;
  const double before = ValueOf(metrics.Scrape(), "process_open_fds");
  const int descriptor = dup(0);
  EXPECT_EQ(ValueOf(metrics.Scrape(), "process_open_fds"), before + 1);
  close(descriptor);
}

TEST(RpcMethodMetrics, CallsAreCountedByCodeAndTimed) {
  Metrics metrics;
  RpcMethodMetrics method(metrics, "thidua.reporting.v1.ReportService", "SubmitReport");
  method.Handled(absl::StatusCode::kOk, absl::Milliseconds(3));
  method.Handled(absl::StatusCode::kOk, absl::Milliseconds(3));
  method.Handled(absl::StatusCode::kAborted, absl::Milliseconds(30));
  method.Handled(static_cast<absl::StatusCode>(99), absl::Milliseconds(30));
  const std::string scrape = metrics.Scrape();
  const std::string labels =
      "method=\"SubmitReport\",service=\"thidua.reporting.v1.ReportService\"";
  EXPECT_THAT(scrape,
              HasSubstr(absl::StrCat("thidua_rpc_handled_total{code=\"OK\",", labels, "} 2\n")));
  EXPECT_THAT(scrape, HasSubstr(absl::StrCat("thidua_rpc_handled_total{code=\"ABORTED\",", labels,
                                             "} 1\n")));
  EXPECT_THAT(scrape, HasSubstr(absl::StrCat("thidua_rpc_handled_total{code=\"UNKNOWN\",", labels,
                                             "} 1\n")));
  EXPECT_THAT(scrape, HasSubstr(absl::StrCat("thidua_rpc_seconds_count{", labels, "} 4\n")));
  EXPECT_THAT(scrape,
              HasSubstr(absl::StrCat("thidua_rpc_seconds_bucket{", labels, ",le=\"0.005\"} 2\n")));
}

TEST(Instruments, EachRoomExportsUnderItsDocumentedNames) {
  Metrics metrics;
  const AdmissionMetrics admission(
      metrics, [] { return 7; }, [] { return absl::Seconds(2); });
  const DatabaseMetrics database(metrics, "app");
  const JournalMetrics journal(metrics);
  const FollowerMetrics follower(metrics, "registry");
  const CertificateMetrics certificate(metrics);
  const HealthMetrics health(metrics);
  health.Set("database", true);
  health.Set("database", false);
  admission.refused_deadline.Increment();
  database.conflict_retries.Increment();
  journal.sealed_sequence.Set(41);
  follower.lag.Observe(absl::Milliseconds(80));
  certificate.expiry.Set(TimestampSeconds(absl::FromUnixSeconds(1735689600)));
  const std::string scrape = metrics.Scrape();
  EXPECT_THAT(scrape, HasSubstr("thidua_admission_queue_length 7\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_admission_queue_age_seconds 2\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_admission_refused_total{why=\"deadline\"} 1\n"));
  EXPECT_THAT(scrape,
              HasSubstr("thidua_database_retries_total{cause=\"conflict\",user=\"app\"} 1\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_database_doubtful_commits_total{user=\"app\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_journal_sealed_sequence 41\n"));
  EXPECT_THAT(scrape,
              HasSubstr("thidua_follower_lag_seconds_bucket{service=\"registry\",le=\"0.1\"} 1\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_health_serving{dependency=\"database\"} 0\n"));
  EXPECT_THAT(scrape, HasSubstr("thidua_certificate_expiry_timestamp_seconds 1735689600\n"));
}

}  // namespace
}  // namespace thidua::telemetry
