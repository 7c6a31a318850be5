#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "tests/bench/measurements.h"
#include "tests/support/wire.h"

namespace thidua::bench {
namespace {

using testing::Service;
using testing::Suite;

constexpr int kStarts = 5;

// "VmRSS:	   12345 kB" of /proc/PID/status, in MB.
absl::StatusOr<double> Memory(pid_t pid, absl::string_view line_name) {
  const std::string status = testing::ReadTextFile(absl::StrCat("/proc/", pid, "/status"));
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    int64_t kilobytes = 0;
    if (!absl::ConsumePrefix(&line, line_name) || !absl::ConsumePrefix(&line, ":") ||
        !absl::ConsumeSuffix(&line, "kB"))
      continue;
    if (!absl::SimpleAtoi(line, &kilobytes)) break;
    return static_cast<double>(kilobytes) / 1024;
  }
  return absl::NotFoundError(
      absl::StrCat(std::string(line_name), " is not in /proc/", pid, "/status"));
}

absl::Status MeasureMemory(Suite& suite, Service service, Figures& figures) {
  const auto resident = Memory(suite.pid(service), "VmRSS");
  if (!resident.ok()) return resident.status();
  const auto anonymous = Memory(suite.pid(service), "RssAnon");
  if (!anonymous.ok()) return anonymous.status();
  figures.push_back(
      {absl::StrCat(testing::NameOf(service), ", resident memory when idle"), *resident,
       Target::kAtMost, 40, " MB",
       absl::StrFormat("of which its own (RssAnon) %.1f MB, the rest is mapped libraries",
                       *anonymous)});
  return absl::OkStatus();
}

absl::StatusOr<double> StartOnce(Suite& suite, Service service) {
  suite.Stop(service);
  const absl::Time start = absl::Now();
  suite.Launch(service);
  while (absl::Now() < start + absl::Seconds(30)) {
    const auto serving = testing::AskHealth(suite.health_address(service));
    if (serving.ok() && *serving) return absl::ToDoubleMilliseconds(absl::Now() - start);
    absl::SleepFor(absl::Milliseconds(2));
  }
  return absl::DeadlineExceededError(absl::StrCat(testing::NameOf(service), " does not serve"));
}

absl::Status MeasureStart(Suite& suite, Service service, Figures& figures) {
  std::vector<double> times;
  for (int i = 0; i < kStarts; ++i) {
    const auto time = StartOnce(suite, service);
    if (!time.ok()) return time.status();
    times.push_back(*time);
  }
  figures.push_back({absl::StrCat(testing::NameOf(service), ", exec to SERVING"), Median(times),
                     Target::kAtMost, 300, " ms",
                     absl::StrFormat("median of %d, %.0f–%.0f ms", kStarts,
                                     *std::min_element(times.begin(), times.end()),
                                     *std::max_element(times.begin(), times.end()))});
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureServices(Suite& suite, Figures& figures) {
  for (const Service service : testing::kAllServices) {
    if (absl::Status measured = MeasureStart(suite, service, figures); !measured.ok())
      return measured;
  }
  for (const Service service : testing::kAllServices) {
    if (!suite.AwaitServing(service))
      return absl::UnavailableError("a service does not serve after its restart");
  }
  absl::SleepFor(absl::Seconds(3));  // idle
  for (const Service service : testing::kAllServices) {
    if (absl::Status measured = MeasureMemory(suite, service, figures); !measured.ok())
      return measured;
  }
  return absl::OkStatus();
}

}  // namespace thidua::bench
