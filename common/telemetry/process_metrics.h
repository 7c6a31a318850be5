// The process as the kernel sees it, under the names that Prometheus's client libraries share.
#ifndef THIDUA_COMMON_TELEMETRY_PROCESS_METRICS_H_
#define THIDUA_COMMON_TELEMETRY_PROCESS_METRICS_H_

#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"

namespace thidua::telemetry {

// process_resident_memory_bytes, process_cpu_seconds_total, process_open_fds, process_max_fds,
// process_threads, process_start_time_seconds, and thidua_log_dropped_records_total. What /proc
// does not tell is left out.
class ProcessMetrics : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace thidua::telemetry

#endif  // THIDUA_COMMON_TELEMETRY_PROCESS_METRICS_H_
