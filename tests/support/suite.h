// The whole suite as a test's own: a private MariaDB, certificates of a local authority, keys,
// configuration files, and the three real services migrated and serving in a temporary directory,
// on a day of the test's choice. Everything ends with the object, or with the process, however that
// ends.
//
//   Suite suite;              // today is 2024-06-25 in Việt Nam; takes about 3 s
//   northern::Load(suite);    // tests/support/northern_cluster.h: mnbg and its window 2024-h1
//   auto snapshot = suite.As("school/dien-bien").Call<registry::v1::ClusterSnapshot>(
//       "thidua.registry.v1.ClusterService.GetClusterSnapshot", request);
//   suite.Kill(Service::kReporting);     // power cut
//   suite.Start(Service::kReporting);    // back, on the same data
//
// Every member is to be called from the thread that made the suite (the services die with that
// thread), but Client::Call, which is thread-safe. Whatever the machine does not give (no port, no
// binary) aborts with a message.
#ifndef THIDUA_TESTS_SUPPORT_SUITE_H_
#define THIDUA_TESTS_SUPPORT_SUITE_H_

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/rpc/channel.h"
#include "tests/support/certificates.h"
#include "tests/support/gate.h"
#include "tests/support/private_database.h"
#include "tests/support/process.h"
#include "thidua/config/v1/service_config.pb.h"

namespace thidua::testing {

enum class Service { kRegistry, kReporting, kAwards };
inline constexpr std::array kAllServices = {Service::kRegistry, Service::kReporting,
                                            Service::kAwards};

// "registry"
std::string NameOf(Service service);

class Suite;

// The suite as one identity sees it. Cheap to keep; lives no longer than its suite.
class Client {
 public:
  // The method "thidua.registry.v1.SchoolService.GetSchool" on the service whose package it is of.
  // Without a deadline of its own a call has 30 s, so that no test hangs.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(std::string_view method, const Request& request,
                                rpc::CallOptions options = {}) {
    Response response;
    if (absl::Status status = Send(method, request, response, options); !status.ok()) return status;
    return response;
  }
  // The same on a named service, for the journal's contract, which every service offers.
  template <class Response, class Request>
  absl::StatusOr<Response> CallOn(Service service, std::string_view method, const Request& request,
                                  rpc::CallOptions options = {}) {
    Response response;
    if (absl::Status status = SendTo(service, method, request, response, options); !status.ok())
      return status;
    return response;
  }

  // Not by template: what the two above do.
  absl::Status Send(std::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message& response, rpc::CallOptions options = {});
  absl::Status SendTo(Service service, std::string_view method,
                      const google::protobuf::Message& request, google::protobuf::Message& response,
                      rpc::CallOptions options = {});

  rpc::Channel& channel(Service service) { return *channels_.at(service); }

 private:
  friend class Suite;
  std::map<Service, std::unique_ptr<rpc::Channel>> channels_;
};

class Suite {
 public:
  struct Options {
    // The day in Việt Nam on which the suite starts (at ten in the morning; time goes on from
    // there). Nothing: the real day.
    std::optional<absl::CivilDay> today = absl::CivilDay(2024, 6, 25);
    // Connections and workers of each process.
    int pool_size = 4;
    // Processes of each service, on the same data. Callers and followers use all of them in turn.
    int replicas = 1;
    // Each service reaches the database through a gate of its own (tests/support/gate.h), which can
    // cut it off.
    bool through_gates = false;
    // Those that start at once; Start starts the others. All are migrated.
    std::vector<Service> start = {Service::kRegistry, Service::kReporting, Service::kAwards};
    // Last word on a configuration before it is written.
    std::function<void(Service, config::v1::ServiceConfig&)> configure;
    PrivateDatabase::Options database;
  };

  Suite();
  explicit Suite(Options options);
  ~Suite();
  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;

  // --- callers ---
  // The suite as "academy/office", "school/dien-bien", "portal/lang-son", "ops/on-call" or
  // "service/awards"; `acting_for` names a person.
  Client& As(const std::string& identity, const std::string& acting_for = "");
  CertificateAuthority& authority() { return authority_; }

  // --- addresses, "127.0.0.1:port", of the first replica ---
  const std::string& address(Service service) const { return at(service, 0).address; }
  const std::string& health_address(Service service) const { return at(service, 0).health_address; }
  const std::string& admin_address(Service service) const { return at(service, 0).admin_address; }
  const std::string& metrics_address(Service service) const {
    return at(service, 0).metrics_address;
  }

  // --- life and death of the services ---
  // Starts a replica and waits until it serves and is connected to what it follows, as far as that
  // runs.
  void Start(Service service, int replica = 0);
  // Starts it and does not wait.
  void Launch(Service service, int replica = 0);
  // Waits until it serves; false when it has ended or does not serve in time.
  bool AwaitServing(Service service, absl::Duration patience = absl::Seconds(30), int replica = 0);
  // SIGKILL.
  void Kill(Service service, int replica = 0);
  // SIGTERM, waits for the end; the exit status.
  int Stop(Service service, int replica = 0);
  // Waits for the end of one that was not told to stop: the exit status, -1 when it runs on.
  int AwaitEnd(Service service, absl::Duration patience, int replica = 0);
  // What a rolling update does with one replica: Stop, Start, and time for callers to find it again
  // before the next one goes. The exit status of what was stopped.
  int Replace(Service service, int replica);
  bool Running(Service service, int replica = 0);
  pid_t pid(Service service, int replica = 0) {
    return at(service, replica).process == nullptr ? -1 : at(service, replica).process->pid();
  }
  // All that the replica has logged since the suite began, one JSON object a line.
  std::string Log(Service service, int replica = 0) const;
  // Another binary for what is started, or run by Program, from now on: another version.
  void Install(Service service, const std::string& binary) { at(service).binary = binary; }

  // --- the data below ---
  // KillHard and Start of it are a power cut; Administer runs SQL as its root, for tampering (name
  // the schema).
  PrivateDatabase& database() { return database_; }
  const std::string& schema(Service service) const { return at(service).schema.name; }
  database::Account owner(Service service) const { return at(service).schema.owner; }
  // All its data are gone: an empty server with the suite's accounts takes its place. Nothing runs.
  void LoseDatabase();
  // Only with Options::through_gates.
  Gate& gate(Service service) { return *at(service).gate; }
  // How many events the service's journal has, sealed or not, denied calls included.
  int64_t Events(Service service);
  // How many of them are of this kind, "DENIED" for example.
  int64_t Events(Service service, const std::string& change_kind);
  // Waits until the service has sealed all its events; false after `patience`.
  bool AwaitSealed(Service service, absl::Duration patience);
  // Waits until everything is sealed, and known to the services above, in their maps too; false
  // after `patience`. All must run.
  bool AwaitFollowers(absl::Duration patience = absl::Seconds(20));
  // Waits until every replica of the registry has all its events in its map.
  bool AwaitRegistry(absl::Duration patience = absl::Seconds(20));

  // --- files and commands ---
  const std::string& directory() const { return directory_.path(); }
  const std::string& config_file(Service service) const { return at(service, 0).config_file; }
  // PEM of the key that signs the service's journal and documents.
  const std::string& public_key_file(Service service) const { return at(service).public_key_file; }
  // For `thidua --profile`.
  const std::string& profile_file() const { return profile_file_; }
  // The `thidua` command, as an identity.
  CommandResult Thidua(const std::vector<std::string>& words,
                       const std::string& identity = "academy/office");
  // The one number that the query answers to the administrator; 0 for no row.
  int64_t AskDatabase(const std::string& sql, const std::vector<database::Value>& parameters);
  // The service's own binary: Program(Service::kRegistry, "verify").
  CommandResult Program(Service service, const std::string& subcommand,
                        const std::vector<std::string>& operands = {});

 private:
  struct Replica {
    std::string address;
    std::string health_address;
    std::string admin_address;
    std::string metrics_address;
    std::string config_file;
    std::string log_file;
    std::unique_ptr<Process> process;
  };
  struct Instance {
    PrivateDatabase::Schema schema;
    std::unique_ptr<Gate> gate;
    std::string public_key_file;
    std::string binary;
    std::vector<Replica> replicas;
  };
  Instance& at(Service service) { return instances_.at(service); }
  const Instance& at(Service service) const { return instances_.at(service); }
  Replica& at(Service service, int replica) {
    return at(service).replicas.at(static_cast<size_t>(replica));
  }
  const Replica& at(Service service, int replica) const {
    return at(service).replicas.at(static_cast<size_t>(replica));
  }

  void Prepare(Service service);
  void WriteConfigs(Service service);
  void ChooseAddresses();
  void MakeKeys(Service service);
  // Of one replica, or all of them.
  Client& ClientOf(const std::string& identity, const std::string& acting_for,
                   std::optional<int> replica);
  rpc::Channel::Options Towards(Service service, std::optional<int> replica) const;
  config::v1::ServiceConfig ConfigOf(Service service, const Replica& replica);
  void WriteProfile();
  std::vector<std::string> HealthNames(Service service);
  bool AwaitNumber(const std::string& sql, int64_t number, absl::Time give_up);
  bool AwaitMap(Service service, int replica, int64_t position, absl::Time give_up);
  bool AwaitMaps(Service service, int64_t position, absl::Time give_up);

  Options options_;
  TemporaryDirectory directory_;
  int64_t clock_offset_seconds_ = 0;
  CertificateAuthority authority_;
  PrivateDatabase database_;
  std::string page_token_key_file_;
  std::string profile_file_;
  std::map<Service, Instance> instances_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_SUITE_H_
