// Prometheus metrics: handles that are cheap to use, and the page that Prometheus scrapes.
//
// The names and labels that this suite exports are in instruments.h. A handle is obtained once, for
// one set of label values, and kept; using it takes no lock (counters, gauges) or one uncontended
// one (histograms). A handle that was not obtained from a Metrics discards what it is told, so that
// code under test needs none. Handles are copied freely and must not outlive their Metrics.
#ifndef THIDUA_COMMON_TELEMETRY_METRICS_H_
#define THIDUA_COMMON_TELEMETRY_METRICS_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace thidua::telemetry {

// Counts events; never goes down.
class Counter {
 public:
  Counter() = default;
  // Ignores a negative `by`.
  void Increment(double by = 1) const;

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  prometheus::Counter* counter_ = nullptr;
};

// A level that goes up and down.
class Gauge {
 public:
  Gauge() = default;
  void Set(double value) const;
  void Add(double by) const;

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  prometheus::Gauge* gauge_ = nullptr;
};

// A distribution of durations, in seconds.
class Histogram {
 public:
  Histogram() = default;
  void Observe(absl::Duration duration) const;

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  prometheus::Histogram* histogram_ = nullptr;
};

// What a metric measures, in the words of https://prometheus.io/docs/practices/naming.
struct MetricName {
  std::string name;
  std::string help;
};

using Labels = std::map<std::string, std::string>;

// Defined in metrics.cc.
struct ScrapeSource;

class Metrics {
 public:
  // Every Metrics also exports the process's memory, processor time, descriptors, threads and start
  // time, and the log's discarded records.
  Metrics();
  // Ends the exposer, which takes up to 2 s: civetweb looks at its stop flag that often.
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The metrics of this process, which a service exports. Never destroyed, so that handles are good
  // to the end and nobody waits for the exposer at exit.
  static Metrics& Process();

  // The same name and labels give the same metric again. A name of another kind, or one that
  // Prometheus does not allow, is a defect and ends the process.
  Counter GetCounter(const MetricName& name, const Labels& labels = {}) noexcept;
  Gauge GetGauge(const MetricName& name, const Labels& labels = {}) noexcept;
  // Upper bounds in seconds, ascending; the first caller of a name and labels decides.
  Histogram GetHistogram(const MetricName& name, const Labels& labels,
                         absl::Span<const double> upper_bounds) noexcept;

  // Ends what ObserveAtScrape began.
  class Observation {
   public:
    Observation() = default;
    Observation(Observation&&) noexcept;
    Observation& operator=(Observation&&) noexcept;
    ~Observation();

   private:
    friend class Metrics;
    explicit Observation(std::shared_ptr<ScrapeSource> source);
    void End();
    std::shared_ptr<ScrapeSource> source_;
  };

  // A gauge read at each scrape, for values that move while nothing happens (the age of the oldest
  // waiting call). `read` runs on the exposer's thread, must not block, and is not running any more
  // once the Observation is destroyed. No other metric may have that name with the same labels.
  [[nodiscard]] Observation ObserveAtScrape(const MetricName& name, const Labels& labels,
                                            std::function<double()> read);

  // Serves `/metrics` over plain HTTP on `host:port` or `[ipv6]:port`; port 0 lets the system
  // choose. Returns the port. UNAVAILABLE when the address cannot be bound, FAILED_PRECONDITION
  // when already started.
  absl::StatusOr<int> StartExposer(const std::string& address);

  // What a scrape would return now, in the text format 0.0.4.
  std::string Scrape() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace thidua::telemetry

#endif  // THIDUA_COMMON_TELEMETRY_METRICS_H_
