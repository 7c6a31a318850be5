#include "tests/support/suite.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/runtime/clock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "tests/support/wire.h"
#include "thidua/awards/v1/scoring_service.pb.h"
#include "thidua/journal/v1/journal_service.pb.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/document_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"
#include "thidua/reporting/v1/indicator_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::testing {
namespace {

using google::protobuf::ServiceDescriptor;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "suite: %s\n", what.c_str());
  std::abort();
}

std::string BinaryOf(Service service) {
  return absl::StrCat(THIDUA_BINARY_DIR "/services/", NameOf(service));
}

// The services that this one follows.
std::vector<Service> Below(Service service) {
  switch (service) {
    case Service::kRegistry:
      return {};
    case Service::kReporting:
      return {Service::kRegistry};
    case Service::kAwards:
      return {Service::kRegistry, Service::kReporting};
  }
  return {};
}

std::vector<const ServiceDescriptor*> ContractsOf(Service service) {
  const auto* journal = journal::v1::Event::descriptor()->file()->service(0);
  switch (service) {
    case Service::kRegistry:
      return {journal, registry::v1::School::descriptor()->file()->service(0),
              registry::v1::Cluster::descriptor()->file()->service(0),
              registry::v1::Document::descriptor()->file()->service(0)};
    case Service::kReporting:
      return {journal, reporting::v1::Indicator::descriptor()->file()->service(0),
              reporting::v1::Window::descriptor()->file()->service(0),
              reporting::v1::SchoolReport::descriptor()->file()->service(0),
              reporting::v1::Consolidation::descriptor()->file()->service(0)};
    case Service::kAwards:
      return {journal, awards::v1::ScoringScheme::descriptor()->file()->service(0)};
  }
  return {};
}

Service ServiceOf(std::string_view method) {
  for (const Service service : kAllServices) {
    if (method.rfind(absl::StrCat("thidua.", NameOf(service), "."), 0) == 0) return service;
  }
  Die(absl::StrCat("no service offers ", std::string(method), " alone; use CallOn"));
}

std::string PathOf(std::string_view method) {
  std::string path(method);
  path[path.rfind('.')] = '/';
  return "/" + path;
}

int64_t OffsetTo(absl::CivilDay today) {
  return absl::ToInt64Seconds(runtime::StartOfDayInVietnam(today) + absl::Hours(10) - absl::Now());
}

}  // namespace

std::string NameOf(Service service) {
  switch (service) {
    case Service::kRegistry:
      return "registry";
    case Service::kReporting:
      return "reporting";
    case Service::kAwards:
      return "awards";
  }
  return "";
}

absl::Status Client::Send(std::string_view method, const google::protobuf::Message& request,
                          google::protobuf::Message& response, rpc::CallOptions options) {
  return SendTo(ServiceOf(method), method, request, response, options);
}

absl::Status Client::SendTo(Service service, std::string_view method,
                            const google::protobuf::Message& request,
                            google::protobuf::Message& response, rpc::CallOptions options) {
  if (options.deadline == absl::InfiniteFuture())
    options.deadline = absl::Now() + absl::Seconds(30);
  return channels_.at(service)->Call(PathOf(method), request, response, options);
}

Suite::Suite() : Suite(Options{}) {}

Suite::Suite(Options options)
    : options_(std::move(options)),
      directory_("suite"),
      clock_offset_seconds_(options_.today.has_value() ? OffsetTo(*options_.today) : 0),
      authority_(directory_.path() + "/identities"),
      database_(options_.database) {
  authority_.MakeIdentities(
      {"service/registry", "service/reporting", "service/awards", "academy/office"});
  page_token_key_file_ = directory_.path() + "/page_token.key";
  WriteTextFile(page_token_key_file_, "a key of forty-one characters for tests..\n");
  ChooseAddresses();
  for (const Service service : kAllServices) Prepare(service);
  WriteProfile();
  for (const Service service : options_.start) {
    for (int replica = 0; replica < options_.replicas; ++replica) Start(service, replica);
  }
}

Suite::~Suite() {
  clients_.clear();
  for (auto& [service, instance] : instances_) instance.replicas.clear();
}

void Suite::ChooseAddresses() {
  const std::vector<int> ports =
      FreePorts(4 * options_.replicas * static_cast<int>(kAllServices.size()));
  auto port = ports.begin();
  for (const Service service : kAllServices) {
    Instance& instance = instances_[service];
    instance.binary = BinaryOf(service);
    instance.replicas.resize(static_cast<size_t>(options_.replicas));
    for (Replica& replica : instance.replicas) {
      for (std::string* address : {&replica.address, &replica.health_address,
                                   &replica.admin_address, &replica.metrics_address}) {
        *address = absl::StrCat("127.0.0.1:", *port++);
      }
    }
  }
}

void Suite::MakeKeys(Service service) {
  Instance& instance = at(service);
  const std::string key = absl::StrCat(directory_.path(), "/", NameOf(service), ".key");
  instance.public_key_file = absl::StrCat(directory_.path(), "/", NameOf(service), ".pub");
  RunOrDie({"openssl", "genpkey", "-algorithm", "ed25519", "-out", key});
  std::filesystem::permissions(
      key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  RunOrDie({"openssl", "pkey", "-in", key, "-pubout", "-out", instance.public_key_file});
}

config::v1::ServiceConfig Suite::ConfigOf(Service service, const Replica& replica) {
  const Instance& instance = at(service);
  const std::string stem = absl::StrCat(directory_.path(), "/", NameOf(service));
  config::v1::ServiceConfig config;
  config.set_listen_address(replica.address);
  config.set_health_address(replica.health_address);
  config.set_admin_address(replica.admin_address);
  config.set_metrics_address(replica.metrics_address);
  const access::CertificateFiles identity = authority_.Identity("service/" + NameOf(service));
  config.mutable_tls()->set_certificate_file(identity.certificate);
  config.mutable_tls()->set_key_file(identity.key);
  config.mutable_tls()->set_ca_file(identity.ca);
  config.mutable_tls()->set_trust_domain(CertificateAuthority::kTrustDomain);
  config.mutable_tls()->mutable_reload_interval()->set_seconds(1);
  auto& database = *config.mutable_database();
  const database::Account& app = instance.schema.app;
  if (instance.gate != nullptr) {
    database.set_unix_socket(instance.gate->socket());
  } else if (app.servers.empty()) {
    database.set_unix_socket(app.unix_socket);
  } else {
    database.set_host(app.servers.front().host);
    database.set_port(app.servers.front().port);
    for (const database::Server& fallback : absl::MakeSpan(app.servers).subspan(1))
      database.add_fallback_hosts(absl::StrCat(fallback.host, ":", fallback.port));
    database.set_tls_ca_file(app.tls_ca_file);
  }
  database.set_schema(instance.schema.name);
  database.set_app_user(instance.schema.app.user);
  database.set_app_password_file(stem + "_app.password");
  database.set_owner_user(instance.schema.owner.user);
  database.set_owner_password_file(stem + "_owner.password");
  database.set_read_user(instance.schema.read.user);
  database.set_pool_size(options_.pool_size);
  config.set_access_policy_file(THIDUA_SOURCE_DIR "/deploy/access/policy.json");
  config.set_signing_key_file(stem + ".key");
  config.set_page_token_key_file(page_token_key_file_);
  config.set_drain_seconds(0);
  config.set_rehearsal_clock_offset_seconds(clock_offset_seconds_);
  for (const Service below : Below(service)) {
    auto& follow = *config.add_follow();
    const rpc::Channel::Options towards = Towards(below, std::nullopt);
    follow.set_service(NameOf(below));
    follow.set_target(towards.target);
    follow.set_server_name(towards.server_name);
  }
  if (options_.configure != nullptr) options_.configure(service, config);
  return config;
}

void Suite::Prepare(Service service) {
  Instance& instance = at(service);
  const std::string stem = absl::StrCat(directory_.path(), "/", NameOf(service));
  instance.schema = database_.CreateSchema(NameOf(service));
  // As in production, the application has no more than the migration gives it, table by table.
  for (const std::string& user : {instance.schema.users.app, instance.schema.users.read}) {
    database_.Administer(
        absl::StrCat("REVOKE SELECT ON `", instance.schema.name, "`.* FROM ", user));
  }
  if (options_.through_gates) instance.gate = std::make_unique<Gate>(database_.socket());
  MakeKeys(service);
  WriteTextFile(stem + "_app.password", instance.schema.app.password);
  WriteTextFile(stem + "_owner.password", instance.schema.owner.password);
  WriteConfigs(service);
  RunOrDie({instance.binary, "migrate", "--config", config_file(service)});
}

void Suite::WriteConfigs(Service service) {
  for (int number = 0; number < options_.replicas; ++number) {
    Replica& replica = at(service, number);
    const std::string stem =
        absl::StrCat(directory_.path(), "/", NameOf(service), number == 0 ? "" : "-",
                     number == 0 ? "" : absl::StrCat(number));
    replica.log_file = stem + ".log";
    replica.config_file = stem + ".json";
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(ConfigOf(service, replica), &json).ok())
      Die("the configuration cannot be written");
    WriteTextFile(replica.config_file, json);
  }
}

void Suite::WriteProfile() {
  profile_file_ = directory_.path() + "/profile.json";
  std::string json = "{";
  for (const Service service : kAllServices)
    absl::StrAppend(&json, "\"", NameOf(service), "\": \"", address(service), "\", ");
  WriteTextFile(
      profile_file_,
      absl::StrCat(json, "\"identities\": \"identities\", \"identity\": \"academy/office\"}\n"));
}

void Suite::Launch(Service service, int replica) {
  Replica& launched = at(service, replica);
  launched.process.reset();
  launched.process = std::make_unique<Process>(
      std::vector<std::string>{at(service).binary, "serve", "--config", launched.config_file},
      launched.log_file, std::vector<std::string>{"TMPDIR=" + directory_.path()});
}

void Suite::Start(Service service, int replica) {
  Launch(service, replica);
  if (!AwaitServing(service, absl::Seconds(30), replica))
    Die(absl::StrCat(NameOf(service), " does not serve:\n", Log(service, replica)));
}

std::vector<std::string> Suite::HealthNames(Service service) {
  std::vector<std::string> names = {"", "database"};
  for (const Service below : Below(service)) {
    if (Running(below)) names.push_back("follow:" + NameOf(below));
  }
  return names;
}

bool Suite::AwaitServing(Service service, absl::Duration patience, int replica) {
  const absl::Time give_up = absl::Now() + patience;
  for (const std::string& name : HealthNames(service)) {
    for (;;) {
      const absl::StatusOr<bool> serving = AskHealth(at(service, replica).health_address, name);
      if (serving.ok() && *serving) break;
      if (!Running(service, replica) || absl::Now() > give_up) return false;
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  return true;
}

void Suite::Kill(Service service, int replica) {
  if (at(service, replica).process != nullptr) at(service, replica).process->Kill();
}

int Suite::Stop(Service service, int replica) {
  if (at(service, replica).process == nullptr) return -1;
  at(service, replica).process->Signal(SIGTERM);
  return AwaitEnd(service, absl::Seconds(30), replica);
}

int Suite::AwaitEnd(Service service, absl::Duration patience, int replica) {
  return at(service, replica).process->Wait(patience);
}

int Suite::Replace(Service service, int replica) {
  // Callers that were turned away try again after at most 2 s and a fifth (rpc/channel.cc). For a
  // balancer it is `minReadySeconds`.
  constexpr absl::Duration kUntilFound = absl::Seconds(3);
  const int status = Stop(service, replica);
  Start(service, replica);
  absl::SleepFor(kUntilFound);
  return status;
}

bool Suite::Running(Service service, int replica) {
  return at(service, replica).process != nullptr && at(service, replica).process->Running();
}

std::string Suite::Log(Service service, int replica) const {
  const std::string& file = at(service, replica).log_file;
  return std::filesystem::exists(file) ? ReadTextFile(file) : "";
}

Client& Suite::As(const std::string& identity, const std::string& acting_for) {
  return ClientOf(identity, acting_for, std::nullopt);
}

rpc::Channel::Options Suite::Towards(Service service, std::optional<int> replica) const {
  rpc::Channel::Options options;
  if (!replica.has_value() && options_.replicas == 1) replica = 0;
  if (replica.has_value()) {
    options.target = at(service, *replica).address;
    return options;
  }
  options.server_name = "localhost";
  options.target = absl::StrCat(
      "ipv4:", absl::StrJoin(at(service).replicas, ",", [](std::string* out, const Replica& one) {
        absl::StrAppend(out, one.address);
      }));
  return options;
}

Client& Suite::ClientOf(const std::string& identity, const std::string& acting_for,
                        std::optional<int> replica) {
  std::unique_ptr<Client>& client =
      clients_[absl::StrCat(identity, "\n", acting_for, "\n", replica.value_or(-1))];
  if (client != nullptr) return *client;
  client = std::make_unique<Client>();
  const access::CertificateFiles files = authority_.Identity(identity);
  for (const Service service : kAllServices) {
    rpc::Channel::Options options = Towards(service, replica);
    options.certificate_file = files.certificate;
    options.key_file = files.key;
    options.ca_file = files.ca;
    options.acting_for = acting_for;
    auto channel = rpc::Channel::Open(options, ContractsOf(service));
    if (!channel.ok()) Die(channel.status().ToString());
    client->channels_[service] = *std::move(channel);
  }
  return *client;
}

int64_t Suite::AskDatabase(const std::string& sql, const std::vector<database::Value>& parameters) {
  database::Pool root(database_.root(), 1);
  auto connection = root.Borrow({absl::Now() + absl::Seconds(30)});
  if (!connection.ok()) Die("the administrator cannot connect");
  auto rows = (*connection)->Query(sql, parameters);
  if (!rows.ok()) Die(absl::StrCat("`", sql, "`: ", rows.status().ToString()));
  return rows->empty() ? 0 : rows->front().Int(0);
}

int64_t Suite::Events(Service service) {
  return AskDatabase(absl::StrCat("SELECT COUNT(*) FROM `", schema(service), "`.event"), {});
}

int64_t Suite::Events(Service service, const std::string& change_kind) {
  return AskDatabase(
      absl::StrCat("SELECT COUNT(*) FROM `", schema(service), "`.event WHERE change_kind = ?"),
      {change_kind});
}

void Suite::LoseDatabase() {
  database_.LoseData();
  for (const auto& [service, instance] : instances_) database_.CreateAccounts(instance.schema.name);
}

// Waits until the query's number is no less; false after `give_up`.
bool Suite::AwaitNumber(const std::string& sql, int64_t number, absl::Time give_up) {
  while (AskDatabase(sql, {}) < number) {
    if (absl::Now() > give_up) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

bool Suite::AwaitSealed(Service service, absl::Duration patience) {
  return AwaitNumber(
      absl::StrCat("SELECT COALESCE(MAX(seq), 0) FROM `", schema(service), "`.event_seal"),
      Events(service), absl::Now() + patience);
}

bool Suite::AwaitFollowers(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  for (const Service below : {Service::kRegistry, Service::kReporting}) {
    const int64_t events = Events(below);
    if (!AwaitSealed(below, give_up - absl::Now())) return false;
    for (const Service above : kAllServices) {
      if (std::ranges::count(Below(above), below) == 0) continue;
      if (!AwaitNumber(absl::StrCat("SELECT seq FROM `", schema(above),
                                    "`.follower_cursor WHERE source = '", NameOf(below), "'"),
                       events, give_up))
        return false;
      if (below == Service::kRegistry && !AwaitMaps(above, events, give_up)) return false;
    }
  }
  return AwaitRegistry(give_up - absl::Now());
}

bool Suite::AwaitRegistry(absl::Duration patience) {
  return AwaitMaps(Service::kRegistry, Events(Service::kRegistry), absl::Now() + patience);
}

bool Suite::AwaitMaps(Service service, int64_t position, absl::Time give_up) {
  for (int replica = 0; replica < options_.replicas; ++replica) {
    if (!AwaitMap(service, replica, position, give_up)) return false;
  }
  return true;
}

// The map is swapped just after the cursor is committed; only an answer tells that it has been.
bool Suite::AwaitMap(Service service, int replica, int64_t position, absl::Time give_up) {
  journal::v1::ListEventsRequest request;
  request.set_page_size(1);
  rpc::CallOptions options;
  options.at_least = position;
  Client& client = ClientOf("ops/on-call", "", replica);
  for (;;) {
    auto answer = client.CallOn<journal::v1::ListEventsResponse>(
        service, "thidua.journal.v1.JournalService.ListEvents", request, options);
    if (answer.ok()) return true;
    if (absl::Now() > give_up) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
}

CommandResult Suite::Thidua(const std::vector<std::string>& words, const std::string& identity) {
  authority_.Identity(identity);
  std::vector<std::string> argv = {THIDUA_BINARY_DIR "/services/thidua"};
  argv.insert(argv.end(), words.begin(), words.end());
  argv.insert(argv.end(), {"--profile", profile_file_, "--identity", identity});
  return RunCommand(argv, {"LANG=C.UTF-8"});
}

CommandResult Suite::Program(Service service, const std::string& subcommand,
                             const std::vector<std::string>& operands) {
  std::vector<std::string> argv = {at(service).binary, subcommand};
  argv.insert(argv.end(), operands.begin(), operands.end());
  argv.insert(argv.end(), {"--config", config_file(service)});
  return RunCommand(argv);
}

}  // namespace thidua::testing
