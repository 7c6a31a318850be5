// What the suite measures: every metric of our own, by the room that feeds it. The help texts are
// in instruments.cc; alerts and dashboards in deploy/kubernetes use these names.
#ifndef THIDUA_COMMON_TELEMETRY_INSTRUMENTS_H_
#define THIDUA_COMMON_TELEMETRY_INSTRUMENTS_H_

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "absl/base/call_once.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/telemetry/metrics.h"

namespace thidua::telemetry {

// Calls of one method. Thread-safe.
//   thidua_rpc_handled_total{service,method,code}; a code appears with its first call
//   thidua_rpc_seconds{service,method}: from arrival to answer, waiting included
class RpcMethodMetrics {
 public:
  // service: full name, "thidua.reporting.v1.ReportService"; method: "SubmitReport".
  RpcMethodMetrics(Metrics& metrics, std::string_view service, std::string_view method);
  void Handled(absl::StatusCode code, absl::Duration latency);

 private:
  static constexpr size_t kCodes = 17;  // The canonical codes, 0 to 16.

  Metrics& metrics_;
  Labels labels_;
  Histogram seconds_;
  std::array<absl::once_flag, kCodes> first_call_;
  std::array<Counter, kCodes> handled_;
};

// The queue in front of the workers.
//   thidua_admission_queue_length, thidua_admission_queue_age_seconds (of the oldest waiting call)
//   thidua_admission_refused_total{why="full"|"deadline"}
//   thidua_admission_wait_seconds: how long calls waited that were then run
struct AdmissionMetrics {
  AdmissionMetrics() = default;
  // `length` and `oldest_age` are read at each scrape for as long as this object lives.
  AdmissionMetrics(Metrics& metrics, std::function<double()> length,
                   std::function<absl::Duration()> oldest_age);

  Counter refused_full;
  Counter refused_deadline;
  Histogram wait;
  Metrics::Observation length;
  Metrics::Observation age;
};

// One pool of connections and the transactions on it.
//   thidua_database_connections_in_use{user}, thidua_database_connections_waiting{user}
//   thidua_database_connections_opened_total{user},
//   thidua_database_connections_discarded_total{user}
//   thidua_database_retries_total{user,cause="conflict"|"lost_connection"}
//   thidua_database_doubtful_commits_total{user}
struct DatabaseMetrics {
  DatabaseMetrics() = default;
  // user: the database user of the pool.
  DatabaseMetrics(Metrics& metrics, std::string_view user);

  Gauge in_use;
  Gauge waiting;
  Counter opened;
  Counter discarded;
  Counter conflict_retries;
  Counter lost_connection_retries;
  Counter doubtful_commits;
};

// The sealer of one schema's journal; only the replica that holds the lease moves these.
//   thidua_journal_sealed_sequence, thidua_journal_pending_events
//   thidua_journal_seal_lag_seconds: from an event's commit to its seal
//   thidua_journal_last_pass_timestamp_seconds: when the sealer last finished a pass
struct JournalMetrics {
  JournalMetrics() = default;
  explicit JournalMetrics(Metrics& metrics);

  Gauge sealed_sequence;
  Gauge pending;
  Histogram seal_lag;
  Gauge last_pass;
};

// A follower of another service's feed.
//   thidua_follower_position{service}
//   thidua_follower_lag_seconds{service}: from an event's commit there to its effect here
//   thidua_follower_last_contact_timestamp_seconds{service}
//   thidua_follower_halted{service}: 1 when the chain of the followed journal is broken and an
//   operator is needed
struct FollowerMetrics {
  FollowerMetrics() = default;
  // service: the one followed, "registry".
  FollowerMetrics(Metrics& metrics, std::string_view service);

  Gauge position;
  Histogram lag;
  Gauge last_contact;
  Gauge halted;
};

// The service's own certificate.
//   thidua_certificate_expiry_timestamp_seconds: end of its validity (alarm at a third of its life)
//   thidua_certificate_reloads_total{result="ok"|"refused"}
struct CertificateMetrics {
  CertificateMetrics() = default;
  explicit CertificateMetrics(Metrics& metrics);

  Gauge expiry;
  Counter reloaded;
  Counter refused;
};

// What the service depends on, as its health says. Thread-safe.
//   thidua_health_serving{dependency="database"|"follow:registry"|…}: 1 or 0
class HealthMetrics {
 public:
  explicit HealthMetrics(Metrics& metrics) : metrics_(metrics) {}
  void Set(std::string_view dependency, bool serving) const;

 private:
  Metrics& metrics_;
};

// One mounted file that is read again when it changes: the policy, a key.
//   thidua_mounted_file_refused{file}: 1 while the file cannot be used and what it said before is
//   in force, else 0
Gauge MountedFileRefused(Metrics& metrics, std::string_view file);

// Denied calls that are in no event, since their caller was denied too often.
//   thidua_denied_calls_left_out_total
Counter DeniedCallsLeftOut(Metrics& metrics);

// Seconds since the epoch, for gauges of instants.
double TimestampSeconds(absl::Time time);

}  // namespace thidua::telemetry

#endif  // THIDUA_COMMON_TELEMETRY_INSTRUMENTS_H_
