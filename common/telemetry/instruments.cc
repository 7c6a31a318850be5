#include "common/telemetry/instruments.h"

#include <utility>

namespace thidua::telemetry {
namespace {

// From a map read (well under a millisecond) to the longest default deadline.
constexpr double kCallBounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                  0.1,    0.25,  0.5,    1,     2.5,  5,     10};

// Feeds: the promise is below 100 ms as a rule and 1 s at most.
constexpr double kLagBounds[] = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600};

}  // namespace

RpcMethodMetrics::RpcMethodMetrics(Metrics& metrics, std::string_view service,
                                   std::string_view method)
    : metrics_(metrics),
      labels_{{"service", std::string(service)}, {"method", std::string(method)}},
      seconds_(metrics.GetHistogram(
          {"thidua_rpc_seconds", "Seconds from a call's arrival to its answer."}, labels_,
          kCallBounds)) {}

void RpcMethodMetrics::Handled(absl::StatusCode code, absl::Duration latency) {
  size_t index = static_cast<size_t>(code);
  if (index >= kCodes) index = static_cast<size_t>(absl::StatusCode::kUnknown);
  absl::call_once(first_call_[index], [this, index] {
    Labels labels = labels_;
    labels["code"] = absl::StatusCodeToString(static_cast<absl::StatusCode>(index));
    handled_[index] = metrics_.GetCounter(
        {"thidua_rpc_handled_total", "Calls answered, by canonical status code."}, labels);
  });
  handled_[index].Increment();
  seconds_.Observe(latency);
}

AdmissionMetrics::AdmissionMetrics(Metrics& metrics, std::function<double()> read_length,
                                   std::function<absl::Duration()> read_oldest_age) {
  const MetricName refused_name{"thidua_admission_refused_total",
                                "Calls refused before any work was done."};
  refused_full = metrics.GetCounter(refused_name, {{"why", "full"}});
  refused_deadline = metrics.GetCounter(refused_name, {{"why", "deadline"}});
  wait = metrics.GetHistogram({"thidua_admission_wait_seconds",
                               "Seconds that calls waited for a worker before they were run."},
                              {}, kCallBounds);
  length =
      metrics.ObserveAtScrape({"thidua_admission_queue_length", "Calls that wait for a worker."},
                              {}, std::move(read_length));
  age = metrics.ObserveAtScrape(
      {"thidua_admission_queue_age_seconds", "Age of the oldest call that waits for a worker."}, {},
      [read = std::move(read_oldest_age)] { return absl::ToDoubleSeconds(read()); });
}

DatabaseMetrics::DatabaseMetrics(Metrics& metrics, std::string_view user) {
  const Labels labels{{"user", std::string(user)}};
  in_use = metrics.GetGauge({"thidua_database_connections_in_use", "Connections at work."}, labels);
  waiting = metrics.GetGauge(
      {"thidua_database_connections_waiting", "Threads that wait for a connection."}, labels);
  opened = metrics.GetCounter(
      {"thidua_database_connections_opened_total", "Connections made to the database."}, labels);
  discarded = metrics.GetCounter({"thidua_database_connections_discarded_total",
                                  "Connections given up because they broke or grew old."},
                                 labels);
  const auto retries = [&metrics, &user](const char* cause) {
    return metrics.GetCounter(
        {"thidua_database_retries_total", "Transactions run again from their start."},
        {{"user", std::string(user)}, {"cause", cause}});
  };
  conflict_retries = retries("conflict");
  lost_connection_retries = retries("lost_connection");
  doubtful_commits = metrics.GetCounter({"thidua_database_doubtful_commits_total",
                                         "Commits whose answer was lost, resolved by the ledger."},
                                        labels);
}

JournalMetrics::JournalMetrics(Metrics& metrics) {
  sealed_sequence = metrics.GetGauge(
      {"thidua_journal_sealed_sequence", "Sequence number of the newest sealed event."});
  pending =
      metrics.GetGauge({"thidua_journal_pending_events", "Events committed and not yet sealed."});
  seal_lag = metrics.GetHistogram(
      {"thidua_journal_seal_lag_seconds", "Seconds from an event's commit to its seal."}, {},
      kLagBounds);
  last_pass = metrics.GetGauge({"thidua_journal_last_pass_timestamp_seconds",
                                "When the sealer last finished a pass, seconds since the epoch."});
}

FollowerMetrics::FollowerMetrics(Metrics& metrics, std::string_view service) {
  const Labels labels{{"service", std::string(service)}};
  position = metrics.GetGauge(
      {"thidua_follower_position", "Sequence number of the newest event applied here."}, labels);
  lag = metrics.GetHistogram(
      {"thidua_follower_lag_seconds", "Seconds from an event's commit there to its effect here."},
      labels, kLagBounds);
  last_contact =
      metrics.GetGauge({"thidua_follower_last_contact_timestamp_seconds",
                        "When the followed service last answered, seconds since the epoch."},
                       labels);
  halted = metrics.GetGauge(
      {"thidua_follower_halted", "1 when the chain of the followed journal is broken, else 0."},
      labels);
}

CertificateMetrics::CertificateMetrics(Metrics& metrics) {
  expiry = metrics.GetGauge(
      {"thidua_certificate_expiry_timestamp_seconds",
       "End of the validity of the service's certificate, seconds since the epoch."});
  const MetricName reloads{"thidua_certificate_reloads_total",
                           "Renewed certificates found, by whether they could be used."};
  reloaded = metrics.GetCounter(reloads, {{"result", "ok"}});
  refused = metrics.GetCounter(reloads, {{"result", "refused"}});
}

void HealthMetrics::Set(std::string_view dependency, bool serving) const {
  metrics_
      .GetGauge({"thidua_health_serving", "1 when what the service depends on answers, else 0."},
                {{"dependency", std::string(dependency)}})
      .Set(serving ? 1 : 0);
}

Gauge MountedFileRefused(Metrics& metrics, std::string_view file) {
  return metrics.GetGauge(
      {"thidua_mounted_file_refused",
       "1 while a mounted file cannot be used and what it said before is in force, else 0."},
      {{"file", std::string(file)}});
}

Counter DeniedCallsLeftOut(Metrics& metrics) {
  return metrics.GetCounter(
      {"thidua_denied_calls_left_out_total",
       "Denied calls that are in no event, since their caller was denied too often."});
}

double TimestampSeconds(absl::Time time) {
  return static_cast<double>(absl::ToUnixMicros(time)) * 1e-6;
}

}  // namespace thidua::telemetry
