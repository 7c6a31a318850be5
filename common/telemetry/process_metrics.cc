#include "common/telemetry/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/telemetry/log.h"

namespace thidua::telemetry {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Family(std::string name, std::string help, MetricType type, double value) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  prometheus::ClientMetric metric;
  if (type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
  return family;
}

// Fields of /proc/self/stat after the command's name, which may contain anything; the first is
// number 3 of proc(5).
std::vector<std::string> StatFields() {
  std::ifstream file("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  return absl::StrSplit(text.substr(name_end + 1), ' ', absl::SkipWhitespace());
}

std::optional<double> StatField(const std::vector<std::string>& fields, size_t number_in_proc_5) {
  const size_t index = number_in_proc_5 - 3;
  double value = 0;
  if (index >= fields.size() || !absl::SimpleAtod(fields[index], &value)) return std::nullopt;
  return value;
}

std::optional<double> OpenDescriptors() {
  std::error_code error;
  std::filesystem::directory_iterator entries("/proc/self/fd", error);
  if (error) return std::nullopt;
  // The listing itself holds one descriptor.
  return static_cast<double>(std::distance(begin(entries), end(entries))) - 1;
}

// Seconds since the epoch at which this process started.
std::optional<double> StartTime(const std::vector<std::string>& fields, double ticks_per_second) {
  const std::optional<double> ticks_after_boot = StatField(fields, 22);
  timespec now{};
  timespec since_boot{};
  if (!ticks_after_boot || clock_gettime(CLOCK_REALTIME, &now) != 0 ||
      clock_gettime(CLOCK_BOOTTIME, &since_boot) != 0) {
    return std::nullopt;
  }
  const double boot = static_cast<double>(now.tv_sec - since_boot.tv_sec) +
                      static_cast<double>(now.tv_nsec - since_boot.tv_nsec) * 1e-9;
  return boot + *ticks_after_boot / ticks_per_second;
}

}  // namespace

std::vector<MetricFamily> ProcessMetrics::Collect() const {
  std::vector<MetricFamily> families;
  const auto add = [&families](const char* name, const char* help, MetricType type,
                               std::optional<double> value) {
    if (value) families.push_back(Family(name, help, type, *value));
  };
  const std::vector<std::string> stat = StatFields();
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (const auto user = StatField(stat, 14), system = StatField(stat, 15); user && system) {
    add("process_cpu_seconds_total", "Processor time used, user and system.", MetricType::Counter,
        (*user + *system) / ticks);
  }
  if (const auto pages = StatField(stat, 24); pages) {
    add("process_resident_memory_bytes", "Resident memory.", MetricType::Gauge,
        *pages * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  add("process_threads", "Threads of the process.", MetricType::Gauge, StatField(stat, 20));
  add("process_start_time_seconds", "Start of the process, seconds since the epoch.",
      MetricType::Gauge, StartTime(stat, ticks));
  add("process_open_fds", "Open file descriptors.", MetricType::Gauge, OpenDescriptors());
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    add("process_max_fds", "Most file descriptors that may be open.", MetricType::Gauge,
        static_cast<double>(limit.rlim_cur));
  }
  add("thidua_log_dropped_records_total", "Log records discarded because the writer lagged behind.",
      MetricType::Counter, static_cast<double>(DroppedLogRecords()));
  return families;
}

}  // namespace thidua::telemetry
