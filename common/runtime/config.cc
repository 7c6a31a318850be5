#include "common/runtime/config.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/runtime/secret_file.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/util/json_util.h"

namespace thidua::runtime {
namespace {

using config::v1::Database;
using config::v1::Follow;
using config::v1::LogLevel;
using config::v1::LogLevel_IsValid;
using config::v1::Tls;

constexpr int kDefaultPort = 3306;
constexpr int kDefaultPoolSize = 8;
constexpr int kDefaultDrainSeconds = 5;
constexpr int kDefaultRetentionDays = 7;  // AIP-155: what we promise at least.
constexpr int kQueueLengthPerWorker = 16;
constexpr absl::Duration kDefaultReloadInterval = absl::Seconds(10);
constexpr absl::Duration kDefaultStatementTimeout = absl::Seconds(5);
constexpr int64_t kSecondsOf100Years = int64_t{36525} * 24 * 60 * 60;

// All that is wrong with a configuration.
class Problems {
 public:
  void Add(const std::string& field, const std::string& what) {
    lines_.push_back(absl::StrCat(field, ": ", what));
  }

  void AddIfError(const std::string& field, const absl::Status& status) {
    if (!status.ok()) Add(field, std::string(status.message()));
  }

  absl::Status ToStatus() const {
    if (lines_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(lines_, "\n"));
  }

 private:
  std::vector<std::string> lines_;
};

void CheckRequired(const std::string& field, const std::string& value, Problems& problems) {
  if (value.empty()) problems.Add(field, "is required");
}

void CheckRange(const std::string& field, int64_t value, int64_t low, int64_t high,
                Problems& problems) {
  if (value < low || value > high) {
    problems.Add(field, absl::StrCat("is ", value, ", must be ", low, " to ", high));
  }
}

// Zero stands for the default and is always allowed.
void CheckRangeOrDefault(const std::string& field, int64_t value, int64_t low, int64_t high,
                         Problems& problems) {
  if (value != 0) CheckRange(field, value, low, high, problems);
}

absl::Duration ToDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

void CheckDuration(const std::string& field, const google::protobuf::Duration& value,
                   absl::Duration low, absl::Duration high, Problems& problems) {
  const absl::Duration duration = ToDuration(value);
  if (duration != absl::ZeroDuration() && (duration < low || duration > high)) {
    problems.Add(field,
                 absl::StrCat("is ", absl::FormatDuration(duration), ", must be ",
                              absl::FormatDuration(low), " to ", absl::FormatDuration(high)));
  }
}

void CheckFile(const std::string& field, const std::string& path, Problems& problems) {
  CheckRequired(field, path, problems);
  if (!path.empty()) problems.AddIfError(field, CheckReadable(path));
}

void CheckSecretFile(const std::string& field, const std::string& path, Problems& problems) {
  CheckRequired(field, path, problems);
  if (!path.empty()) problems.AddIfError(field, ReadSecretFile(path).status());
}

bool ConsistsOf(const std::string& text, std::string_view also_allowed) {
  for (const char c : text) {
    const bool allowed = absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                         also_allowed.find(c) != std::string_view::npos;
    if (!allowed) return false;
  }
  return !text.empty();
}

// The port behind the last colon, -1 when `address` is not `host:port` or `[ipv6]:port`.
int PortOf(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return -1;
  const std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon + 1);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const bool host_fits =
      bracketed ? ConsistsOf(host.substr(1, host.size() - 2), ":.%") : ConsistsOf(host, ".-");
  int number = 0;
  if (!host_fits || port.size() > 5 || port.find_first_not_of("0123456789") != port.npos ||
      !absl::SimpleAtoi(port, &number) || number > 65535) {
    return -1;
  }
  return number;
}

void CheckAddresses(const ServiceConfig& config, ConfigUse use, Problems& problems) {
  const std::pair<const char*, std::string> addresses[] = {
      {"listen_address", config.listen_address()},
      {"health_address", config.health_address()},
      {"admin_address", config.admin_address()},
      {"metrics_address", config.metrics_address()}};
  if (use == ConfigUse::kServe) {
    CheckRequired("listen_address", config.listen_address(), problems);
  }
  if (use == ConfigUse::kServe || use == ConfigUse::kProbe) {
    CheckRequired("health_address", config.health_address(), problems);
  }
  std::set<std::string> taken;
  for (const auto& [field, address] : addresses) {
    if (address.empty()) continue;
    const int port = PortOf(address);
    if (port < 0) problems.Add(field, "is not host:port or [ipv6]:port");
    if (port > 0 && !taken.insert(address).second) {
      problems.Add(field, absl::StrCat("repeats ", address));
    }
  }
}

void CheckTls(const Tls& tls, Problems& problems) {
  CheckFile("tls.certificate_file", tls.certificate_file(), problems);
  CheckSecretFile("tls.key_file", tls.key_file(), problems);
  CheckFile("tls.ca_file", tls.ca_file(), problems);
  // The SPIFFE ID specification, section 2.1.
  const std::string& domain = tls.trust_domain();
  if (!ConsistsOf(domain, ".-_") || domain != absl::AsciiStrToLower(domain) ||
      domain.size() > 255) {
    problems.Add("tls.trust_domain",
                 "must be 1 to 255 lower-case letters, digits, dots, dashes or underscores");
  }
  CheckDuration("tls.reload_interval", tls.reload_interval(), absl::Seconds(1), absl::Hours(1),
                problems);
}

// The database user that this use of the configuration works as.
void CheckAccount(const Database& database, const std::string& account, const std::string& user,
                  const std::string& password_file, Problems& problems) {
  CheckRequired(absl::StrCat("database.", account, "_user"), user, problems);
  // Over the unix socket the server may know the user by the operating system.
  const bool password_needed = !database.host().empty();
  if (password_needed || !password_file.empty()) {
    CheckSecretFile(absl::StrCat("database.", account, "_password_file"), password_file, problems);
  }
}

void CheckDatabase(const Database& database, ConfigUse use, Problems& problems) {
  if (database.unix_socket().empty() == database.host().empty()) {
    problems.Add("database", "exactly one of unix_socket and host must be set");
  }
  if (!database.host().empty()) {
    CheckFile("database.tls_ca_file", database.tls_ca_file(), problems);
  }
  CheckRangeOrDefault("database.port", database.port(), 1, 65535, problems);
  if (database.host().empty() && database.port() != 0) {
    problems.Add("database.port", "needs host");
  }
  for (int i = 0; i < database.fallback_hosts_size(); ++i) {
    const std::string field = absl::StrCat("database.fallback_hosts[", i, "]");
    if (PortOf(database.fallback_hosts(i)) <= 0)
      problems.Add(field, "is not host:port or [ipv6]:port");
    if (database.host().empty()) problems.Add(field, "needs host");
  }
  if (!ConsistsOf(database.schema(), "_") || database.schema().size() > 64) {
    problems.Add("database.schema", "must be 1 to 64 letters, digits or underscores");
  }
  CheckRangeOrDefault("database.pool_size", database.pool_size(), 1, 256, problems);
  CheckDuration("database.statement_timeout", database.statement_timeout(), absl::Milliseconds(100),
                absl::Minutes(10), problems);
  if (use == ConfigUse::kMigrate) {
    CheckAccount(database, "owner", database.owner_user(), database.owner_password_file(),
                 problems);
  } else {
    CheckAccount(database, "app", database.app_user(), database.app_password_file(), problems);
  }
}

void CheckFollows(const ServiceConfig& config, Problems& problems) {
  std::set<std::string> services;
  for (int i = 0; i < config.follow_size(); ++i) {
    const Follow& follow = config.follow(i);
    const std::string field = absl::StrCat("follow[", i, "]");
    if (follow.service() != "registry" && follow.service() != "reporting") {
      problems.Add(field + ".service", "must be \"registry\" or \"reporting\"");
    } else if (!services.insert(follow.service()).second) {
      problems.Add(field + ".service", "repeats " + follow.service());
    }
    CheckRequired(field + ".target", follow.target(), problems);
    if (follow.target().find_first_of(" \t\r\n") != std::string::npos) {
      problems.Add(field + ".target", "contains white space");
    }
  }
}

void CheckNumbers(const ServiceConfig& config, Problems& problems) {
  CheckRangeOrDefault("workers", config.workers(), 1, 256, problems);
  CheckRangeOrDefault("admission_queue_length", config.admission_queue_length(), 1, 100'000,
                      problems);
  CheckRange("drain_seconds", config.drain_seconds(), 0, 300, problems);
  CheckRange("rehearsal_clock_offset_seconds", config.rehearsal_clock_offset_seconds(),
             -kSecondsOf100Years, kSecondsOf100Years, problems);
  CheckRangeOrDefault("request_ledger_retention_days", config.request_ledger_retention_days(),
                      kDefaultRetentionDays, 3'650, problems);
  if (!LogLevel_IsValid(config.log_level())) problems.Add("log_level", "is not a known level");
}

absl::Status Check(const ServiceConfig& config, ConfigUse use) {
  Problems problems;
  CheckAddresses(config, use, problems);
  if (use == ConfigUse::kProbe) return problems.ToStatus();
  if (use == ConfigUse::kServe) {
    CheckTls(config.tls(), problems);
    CheckFile("access_policy_file", config.access_policy_file(), problems);
    CheckSecretFile("signing_key_file", config.signing_key_file(), problems);
    CheckSecretFile("page_token_key_file", config.page_token_key_file(), problems);
  }
  CheckDatabase(config.database(), use, problems);
  CheckFollows(config, problems);
  CheckNumbers(config, problems);
  return problems.ToStatus();
}

void SetIfZero(absl::Duration value, google::protobuf::Duration* duration) {
  if (ToDuration(*duration) == absl::ZeroDuration()) {
    duration->set_seconds(absl::ToInt64Seconds(value));
  }
}

void FillDefaults(ServiceConfig& config) {
  Database& database = *config.mutable_database();
  if (!database.host().empty() && database.port() == 0) database.set_port(kDefaultPort);
  if (database.account_host().empty()) {
    database.set_account_host(database.unix_socket().empty() ? "%" : "localhost");
  }
  if (database.pool_size() == 0) database.set_pool_size(kDefaultPoolSize);
  SetIfZero(kDefaultStatementTimeout, database.mutable_statement_timeout());
  SetIfZero(kDefaultReloadInterval, config.mutable_tls()->mutable_reload_interval());
  if (config.workers() == 0) config.set_workers(database.pool_size());
  if (config.admission_queue_length() == 0) {
    config.set_admission_queue_length(kQueueLengthPerWorker * config.workers());
  }
  if (!config.has_drain_seconds()) config.set_drain_seconds(kDefaultDrainSeconds);
  if (config.log_level() == LogLevel::LOG_LEVEL_UNSPECIFIED) {
    config.set_log_level(LogLevel::LOG_LEVEL_INFO);
  }
  if (config.request_ledger_retention_days() == 0) {
    config.set_request_ledger_retention_days(kDefaultRetentionDays);
  }
}

}  // namespace

absl::StatusOr<ServiceConfig> ParseServiceConfig(const std::string& json, ConfigUse use) {
  ServiceConfig config;
  google::protobuf::util::JsonParseOptions strict;
  strict.ignore_unknown_fields = false;
  strict.case_insensitive_enum_parsing = false;
  const auto parsed = google::protobuf::util::JsonStringToMessage(json, &config, strict);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a service configuration: ", std::string(parsed.message())));
  }
  const absl::Status usable = Check(config, use);
  if (!usable.ok()) return usable;
  FillDefaults(config);
  return config;
}

absl::StatusOr<ServiceConfig> LoadServiceConfig(const std::string& path, ConfigUse use) {
  const absl::Status readable = CheckReadable(path);
  if (!readable.ok()) return absl::InvalidArgumentError(readable.message());
  std::ifstream file(path, std::ios::binary);
  const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  absl::StatusOr<ServiceConfig> config = ParseServiceConfig(json, use);
  if (!config.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":\n", config.status().message()));
  }
  return config;
}

telemetry::Severity LogThreshold(const ServiceConfig& config) {
  switch (config.log_level()) {
    case LogLevel::LOG_LEVEL_DEBUG:
      return telemetry::Severity::kDebug;
    case LogLevel::LOG_LEVEL_WARNING:
      return telemetry::Severity::kWarning;
    case LogLevel::LOG_LEVEL_ERROR:
      return telemetry::Severity::kError;
    default:
      return telemetry::Severity::kInfo;
  }
}

}  // namespace thidua::runtime
