#include "common/telemetry/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/telemetry/process_metrics.h"

namespace thidua::telemetry {

void Counter::Increment(double by) const {
  if (counter_ != nullptr) counter_->Increment(by);
}

void Gauge::Set(double value) const {
  if (gauge_ != nullptr) gauge_->Set(value);
}

void Gauge::Add(double by) const {
  if (gauge_ != nullptr) gauge_->Increment(by);
}

void Histogram::Observe(absl::Duration duration) const {
  if (histogram_ != nullptr) histogram_->Observe(absl::ToDoubleSeconds(duration));
}

// One value read at scrape. Its lock makes the end of an Observation wait for a read that is
// running.
struct ScrapeSource {
  MetricName name;
  Labels labels;
  absl::Mutex mutex;
  std::function<double()> read ABSL_GUARDED_BY(mutex);  // Empty once the Observation has ended.
};

namespace {

std::vector<prometheus::ClientMetric::Label> ClientLabels(const Labels& labels) {
  std::vector<prometheus::ClientMetric::Label> result;
  for (const auto& [name, value] : labels) {
    prometheus::ClientMetric::Label& label = result.emplace_back();
    label.name = name;
    label.value = value;
  }
  return result;
}

// All observed gauges, those of one name together as the text format asks.
class ObservedGauges : public prometheus::Collectable {
 public:
  void Add(const std::shared_ptr<ScrapeSource>& source) {
    absl::MutexLock lock(&mutex_);
    std::erase_if(sources_,
                  [](const std::weak_ptr<ScrapeSource>& known) { return known.expired(); });
    sources_.push_back(source);
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::map<std::string, prometheus::MetricFamily> families;
    for (const std::shared_ptr<ScrapeSource>& source : Living()) {
      absl::MutexLock lock(&source->mutex);
      if (source->read == nullptr) continue;
      prometheus::MetricFamily& family = families[source->name.name];
      family.name = source->name.name;
      family.help = source->name.help;
      family.type = prometheus::MetricType::Gauge;
      prometheus::ClientMetric& metric = family.metric.emplace_back();
      metric.label = ClientLabels(source->labels);
      metric.gauge.value = source->read();
    }
    std::vector<prometheus::MetricFamily> result;
    for (auto& [name, family] : families) result.push_back(std::move(family));
    return result;
  }

 private:
  std::vector<std::shared_ptr<ScrapeSource>> Living() const {
    absl::MutexLock lock(&mutex_);
    std::vector<std::shared_ptr<ScrapeSource>> living;
    for (const std::weak_ptr<ScrapeSource>& known : sources_) {
      if (std::shared_ptr<ScrapeSource> source = known.lock()) living.push_back(std::move(source));
    }
    return living;
  }

  mutable absl::Mutex mutex_;
  std::vector<std::weak_ptr<ScrapeSource>> sources_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

struct Metrics::State {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  std::shared_ptr<ObservedGauges> observed = std::make_shared<ObservedGauges>();
  std::shared_ptr<ProcessMetrics> process = std::make_shared<ProcessMetrics>();
  // After what it serves, so that it ends first.
  absl::Mutex mutex;
  std::unique_ptr<prometheus::Exposer> exposer ABSL_GUARDED_BY(mutex);
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}

Metrics::~Metrics() = default;

Metrics& Metrics::Process() {
  static Metrics& metrics = *new Metrics;
  return metrics;
}

Counter Metrics::GetCounter(const MetricName& name, const Labels& labels) noexcept {
  return Counter(prometheus::BuildCounter()
                     .Name(name.name)
                     .Help(name.help)
                     .Register(*state_->registry)
                     .Add(labels));
}

Gauge Metrics::GetGauge(const MetricName& name, const Labels& labels) noexcept {
  return Gauge(prometheus::BuildGauge()
                   .Name(name.name)
                   .Help(name.help)
                   .Register(*state_->registry)
                   .Add(labels));
}

Histogram Metrics::GetHistogram(const MetricName& name, const Labels& labels,
                                absl::Span<const double> upper_bounds) noexcept {
  return Histogram(prometheus::BuildHistogram()
                       .Name(name.name)
                       .Help(name.help)
                       .Register(*state_->registry)
                       .Add(labels, prometheus::Histogram::BucketBoundaries(upper_bounds.begin(),
                                                                            upper_bounds.end())));
}

Metrics::Observation::Observation(std::shared_ptr<ScrapeSource> source)
    : source_(std::move(source)) {}

Metrics::Observation::Observation(Observation&&) noexcept = default;

Metrics::Observation& Metrics::Observation::operator=(Observation&& other) noexcept {
  if (this != &other) {
    End();
    source_ = std::move(other.source_);
  }
  return *this;
}

Metrics::Observation::~Observation() { End(); }

void Metrics::Observation::End() {
  if (source_ == nullptr) return;
  absl::MutexLock lock(&source_->mutex);
  source_->read = nullptr;
}

Metrics::Observation Metrics::ObserveAtScrape(const MetricName& name, const Labels& labels,
                                              std::function<double()> read) {
  auto source = std::make_shared<ScrapeSource>();
  source->name = name;
  source->labels = labels;
  {
    absl::MutexLock lock(&source->mutex);
    source->read = std::move(read);
  }
  state_->observed->Add(source);
  return Observation(std::move(source));
}

absl::StatusOr<int> Metrics::StartExposer(const std::string& address) {
  absl::MutexLock lock(&state_->mutex);
  if (state_->exposer != nullptr) {
    return absl::FailedPreconditionError("the metrics exposer is already running");
  }
  try {
    // One worker is enough for one scraper, and keeps the idle service small. A client that sends
    // nothing gives it up again after the time-out.
    auto exposer = std::make_unique<prometheus::Exposer>(std::vector<std::string>{
        "listening_ports", address, "num_threads", "1", "request_timeout_ms", "5000"});
    exposer->RegisterCollectable(state_->registry);
    exposer->RegisterCollectable(state_->observed);
    exposer->RegisterCollectable(state_->process);
    state_->exposer = std::move(exposer);
    return state_->exposer->GetListeningPorts().at(0);
  } catch (const std::exception& failure) {
    return absl::UnavailableError(
        absl::StrCat("cannot serve metrics on ", address, ": ", failure.what()));
  }
}

std::string Metrics::Scrape() const {
  std::vector<prometheus::MetricFamily> families;
  for (const prometheus::Collectable* collectable :
       std::initializer_list<const prometheus::Collectable*>{
           state_->registry.get(), state_->observed.get(), state_->process.get()}) {
    std::vector<prometheus::MetricFamily> collected = collectable->Collect();
    std::move(collected.begin(), collected.end(), std::back_inserter(families));
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace thidua::telemetry
