#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/runtime/config.h"
#include "common/runtime/secret_file.h"
#include "common/runtime/subcommands.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace thidua::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

// A directory with the files that a configuration names.
class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    char name[] = "/tmp/thidua-config-XXXXXX";
    directory_ = mkdtemp(name);
    Write("server.crt", "certificate\n", 0644);
    Write("ca.crt", "certificate\n", 0644);
    Write("access.json", "{}\n", 0644);
    for (const char* secret : {"server.key", "sign.pem", "page.key", "app.password"}) {
      Write(secret, "planted-secret\n", 0600);
    }
  }

  ~ConfigTest() override { std::filesystem::remove_all(directory_); }

  std::string Path(const std::string& name) const { return absl::StrCat(directory_, "/", name); }

  void Write(const std::string& name, const std::string& content, mode_t mode) const {
    std::ofstream(Path(name), std::ios::binary) << content;
    ASSERT_EQ(chmod(Path(name).c_str(), mode), 0);
  }

  // A configuration with which the reporting service of Điện Biên's cluster could serve.
  ServiceConfig Usable() const {
    ServiceConfig config;
    config.set_listen_address("127.0.0.1:8443");
    config.set_health_address("127.0.0.1:8080");
    config.mutable_tls()->set_certificate_file(Path("server.crt"));
    config.mutable_tls()->set_key_file(Path("server.key"));
    config.mutable_tls()->set_ca_file(Path("ca.crt"));
    config.mutable_tls()->set_trust_domain("thidua.example.vn");
    config.mutable_database()->set_host("db.example.vn");
    config.mutable_database()->set_tls_ca_file(Path("ca.crt"));
    config.mutable_database()->set_schema("thidua_reporting");
    config.mutable_database()->set_app_user("reporting_app");
    config.mutable_database()->set_app_password_file(Path("app.password"));
    config.set_access_policy_file(Path("access.json"));
    config.set_signing_key_file(Path("sign.pem"));
    config.set_page_token_key_file(Path("page.key"));
    config.add_follow()->set_service("registry");
    config.mutable_follow(0)->set_target("dns:///registry.thidua.svc:8443");
    return config;
  }

  static std::string Json(const ServiceConfig& config) {
    std::string json;
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(config, &json, options).ok());
    return json;
  }

  static std::string ProblemsOf(const ServiceConfig& config, ConfigUse use = ConfigUse::kServe) {
    const absl::StatusOr<ServiceConfig> loaded = ParseServiceConfig(Json(config), use);
    if (loaded.ok()) return "";
    EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(loaded.status().message());
  }

  std::string directory_;
};

TEST_F(ConfigTest, UsableConfigurationIsRead) {
  Write("config.json", Json(Usable()), 0644);
  const absl::StatusOr<ServiceConfig> config = LoadServiceConfig(Path("config.json"));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->listen_address(), "127.0.0.1:8443");
}

TEST_F(ConfigTest, DefaultsAreFilledIn) {
  const absl::StatusOr<ServiceConfig> config = ParseServiceConfig(Json(Usable()));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->database().port(), 3306);
  EXPECT_EQ(config->database().pool_size(), 8);
  EXPECT_EQ(config->database().statement_timeout().seconds(), 5);
  EXPECT_EQ(config->tls().reload_interval().seconds(), 10);
  EXPECT_EQ(config->workers(), 8);
  EXPECT_EQ(config->admission_queue_length(), 128);
  EXPECT_EQ(config->drain_seconds(), 5);
  EXPECT_EQ(config->log_level(), config::v1::LOG_LEVEL_INFO);
  EXPECT_EQ(config->request_ledger_retention_days(), 7);
}

TEST_F(ConfigTest, WhatIsSetIsKept) {
  ServiceConfig given = Usable();
  given.set_workers(3);
  given.set_drain_seconds(0);
  given.mutable_database()->mutable_statement_timeout()->set_nanos(500'000'000);
  const absl::StatusOr<ServiceConfig> config = ParseServiceConfig(Json(given));
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->workers(), 3);
  EXPECT_EQ(config->admission_queue_length(), 48);
  EXPECT_EQ(config->drain_seconds(), 0);
  EXPECT_EQ(config->database().statement_timeout().nanos(), 500'000'000);
}

TEST_F(ConfigTest, UnknownFieldIsRefusedByName) {
  const absl::StatusOr<ServiceConfig> config = ParseServiceConfig(R"({"listen_adress": "x:1"})");
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("listen_adress"));
}

TEST_F(ConfigTest, WrongTypeIsRefused) {
  EXPECT_FALSE(ParseServiceConfig(R"({"workers": "many"})").ok());
  EXPECT_FALSE(ParseServiceConfig(R"({"log_level": "LOUD"})").ok());
  EXPECT_FALSE(ParseServiceConfig("workers: 3").ok());
}

TEST_F(ConfigTest, MissingFileIsNamed) {
  const absl::StatusOr<ServiceConfig> config = LoadServiceConfig(Path("nowhere.json"));
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr(Path("nowhere.json")));
}

TEST_F(ConfigTest, AllProblemsAreNamedAtOnce) {
  ServiceConfig config = Usable();
  config.clear_listen_address();
  config.set_health_address("127.0.0.1:99999");
  config.set_access_policy_file(Path("missing.json"));
  config.mutable_tls()->set_trust_domain("Thidua.VN");
  config.mutable_database()->set_pool_size(1000);
  config.set_request_ledger_retention_days(6);
  config.set_rehearsal_clock_offset_seconds(int64_t{200} * 365 * 86400);
  config.add_follow()->set_service("awards");
  const std::string problems = ProblemsOf(config);
  EXPECT_THAT(problems, HasSubstr("listen_address: is required\n"));
  EXPECT_THAT(problems, HasSubstr("health_address: is not host:port"));
  EXPECT_THAT(problems, HasSubstr(absl::StrCat("access_policy_file: ", Path("missing.json"),
                                               ": No such file or directory")));
  EXPECT_THAT(problems, HasSubstr("tls.trust_domain: "));
  EXPECT_THAT(problems, HasSubstr("database.pool_size: is 1000, must be 1 to 256\n"));
  EXPECT_THAT(problems, HasSubstr("request_ledger_retention_days: is 6, must be 7 to 3650"));
  EXPECT_THAT(problems, HasSubstr("rehearsal_clock_offset_seconds: "));
  EXPECT_THAT(problems, HasSubstr("follow[1].service: must be"));
  EXPECT_THAT(problems, HasSubstr("follow[1].target: is required"));
}

TEST_F(ConfigTest, EmptyConfigurationNamesWhatServingNeeds) {
  const std::string problems = ProblemsOf(ServiceConfig());
  for (const char* field :
       {"listen_address", "health_address", "tls.certificate_file", "tls.key_file", "tls.ca_file",
        "tls.trust_domain", "access_policy_file", "signing_key_file", "page_token_key_file",
        "database", "database.schema", "database.app_user"}) {
    EXPECT_THAT("\n" + problems, HasSubstr(absl::StrCat("\n", field, ": "))) << field;
  }
}

TEST_F(ConfigTest, SecretsThatEverybodyMayReadAreRefused) {
  for (const char* secret : {"server.key", "sign.pem", "page.key", "app.password"}) {
    ASSERT_EQ(chmod(Path(secret).c_str(), 0644), 0);
  }
  const std::string problems = ProblemsOf(Usable());
  for (const char* field :
       {"tls.key_file", "signing_key_file", "page_token_key_file", "database.app_password_file"}) {
    EXPECT_THAT("\n" + problems, HasSubstr(absl::StrCat("\n", field, ": "))) << field;
  }
  EXPECT_THAT(problems, Not(HasSubstr("planted-secret")));
}

TEST_F(ConfigTest, ListenersMustDiffer) {
  ServiceConfig config = Usable();
  config.set_metrics_address(config.health_address());
  EXPECT_EQ(ProblemsOf(config), "metrics_address: repeats 127.0.0.1:8080");
}

TEST_F(ConfigTest, PortsChosenByTheSystemMayRepeat) {
  ServiceConfig config = Usable();
  config.set_listen_address("127.0.0.1:0");
  config.set_health_address("127.0.0.1:0");
  EXPECT_EQ(ProblemsOf(config), "");
}

TEST_F(ConfigTest, AddressesOfEveryKind) {
  for (const char* address :
       {"0.0.0.0:1", "[::]:8443", "[::1]:8443", "localhost:65535", "reporting-0.thidua.svc:8443"}) {
    ServiceConfig config = Usable();
    config.set_listen_address(address);
    EXPECT_EQ(ProblemsOf(config), "") << address;
  }
  for (const char* address :
       {"localhost", ":8443", "::1:8443", "localhost:", "localhost:65536", "localhost:+1",
        "local host:1", "127.0.0.1:1,127.0.0.1:2", "unix:/run/x", "[]:1", "localhost:1s"}) {
    ServiceConfig config = Usable();
    config.set_listen_address(address);
    EXPECT_THAT(ProblemsOf(config), HasSubstr("listen_address: is not")) << address;
  }
}

TEST_F(ConfigTest, DatabaseIsReachedByOneRoad) {
  ServiceConfig both = Usable();
  both.mutable_database()->set_unix_socket("/run/mysqld/mysqld.sock");
  EXPECT_THAT(ProblemsOf(both), HasSubstr("database: exactly one of"));
  ServiceConfig neither = Usable();
  neither.mutable_database()->clear_host();
  EXPECT_THAT(ProblemsOf(neither), HasSubstr("database: exactly one of"));
}

TEST_F(ConfigTest, FallbacksAreServersOnTheNetwork) {
  ServiceConfig config = Usable();
  config.mutable_database()->add_fallback_hosts("db-2.example.vn:3306");
  config.mutable_database()->add_fallback_hosts("[fd00::3]:3306");
  EXPECT_EQ(ProblemsOf(config), "");
  config.mutable_database()->add_fallback_hosts("db-4.example.vn");
  config.mutable_database()->add_fallback_hosts("db-5.example.vn:0");
  EXPECT_EQ(ProblemsOf(config),
            "database.fallback_hosts[2]: is not host:port or [ipv6]:port\n"
            "database.fallback_hosts[3]: is not host:port or [ipv6]:port");
  ServiceConfig local;
  local.mutable_database()->set_unix_socket("/run/mysqld/mysqld.sock");
  local.mutable_database()->set_schema("registry");
  local.mutable_database()->set_owner_user("registry_owner");
  local.mutable_database()->add_fallback_hosts("db-2.example.vn:3306");
  EXPECT_EQ(ProblemsOf(local, ConfigUse::kMigrate), "database.fallback_hosts[0]: needs host");
}

TEST_F(ConfigTest, OverTheNetworkTheDatabaseNeedsPasswordAndAuthority) {
  ServiceConfig config = Usable();
  config.mutable_database()->clear_app_password_file();
  config.mutable_database()->clear_tls_ca_file();
  EXPECT_EQ(ProblemsOf(config),
            "database.tls_ca_file: is required\ndatabase.app_password_file: is required");
}

TEST_F(ConfigTest, OverTheSocketItNeedsNeither) {
  ServiceConfig config = Usable();
  config.mutable_database()->clear_host();
  config.mutable_database()->clear_app_password_file();
  config.mutable_database()->clear_tls_ca_file();
  config.mutable_database()->set_unix_socket("/run/mysqld/mysqld.sock");
  EXPECT_EQ(ProblemsOf(config), "");
}

TEST_F(ConfigTest, MigrationNeedsTheOwnerAndNothingThatServes) {
  ServiceConfig config;
  config.mutable_database()->set_unix_socket("/run/mysqld/mysqld.sock");
  config.mutable_database()->set_schema("thidua_registry");
  EXPECT_EQ(ProblemsOf(config, ConfigUse::kMigrate), "database.owner_user: is required");
  config.mutable_database()->set_owner_user("registry_owner");
  EXPECT_EQ(ProblemsOf(config, ConfigUse::kMigrate), "");
}

TEST_F(ConfigTest, ServingDoesNotReadTheOwnersPassword) {
  ServiceConfig config = Usable();
  config.mutable_database()->set_owner_user("reporting_owner");
  config.mutable_database()->set_owner_password_file(Path("not-mounted-here"));
  EXPECT_EQ(ProblemsOf(config), "");
}

TEST_F(ConfigTest, DurationsHaveBounds) {
  ServiceConfig config = Usable();
  config.mutable_tls()->mutable_reload_interval()->set_seconds(7200);
  config.mutable_database()->mutable_statement_timeout()->set_nanos(1'000'000);
  EXPECT_EQ(ProblemsOf(config),
            "tls.reload_interval: is 2h, must be 1s to 1h\n"
            "database.statement_timeout: is 1ms, must be 100ms to 10m");
}

TEST_F(ConfigTest, AServiceIsFollowedOnce) {
  ServiceConfig config = Usable();
  *config.add_follow() = config.follow(0);
  EXPECT_EQ(ProblemsOf(config), "follow[1].service: repeats registry");
}

TEST_F(ConfigTest, SecretFileLosesOneNewlineOnly) {
  Write("secret", "mật khẩu\n\n", 0600);
  EXPECT_EQ(*ReadSecretFile(Path("secret")), "mật khẩu\n");
}

TEST_F(ConfigTest, SecretFileMayBeForTheGroup) {
  Write("secret", "x", 0440);
  EXPECT_EQ(*ReadSecretFile(Path("secret")), "x");
}

TEST_F(ConfigTest, SecretFileWithoutContentIsRefused) {
  Write("empty", "", 0600);
  Write("newline", "\n", 0600);
  EXPECT_EQ(ReadSecretFile(Path("empty")).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReadSecretFile(Path("newline")).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ConfigTest, SecretFileThatIsNoFileOrTooLargeIsRefused) {
  Write("large", std::string(64 * 1024 + 1, 'x'), 0600);
  ASSERT_EQ(mkfifo(Path("fifo").c_str(), 0600), 0);
  EXPECT_FALSE(ReadSecretFile(Path("large")).ok());
  EXPECT_FALSE(ReadSecretFile(Path("fifo")).ok());
  EXPECT_FALSE(ReadSecretFile(directory_).ok());
}

TEST_F(ConfigTest, SecretFileIsJudgedByWhatALinkPointsTo) {
  Write("secret", "x", 0644);
  std::filesystem::create_symlink(Path("secret"), Path("link"));
  EXPECT_FALSE(ReadSecretFile(Path("link")).ok());
}

// What a run of the binary would print and return.
struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

Outcome RunWith(const std::vector<const char*>& arguments, absl::Status result = absl::OkStatus(),
                std::string* called = nullptr) {
  const auto record = [&](const char* name) {
    return [=](const ServiceConfig&) {
      if (called != nullptr) *called = name;
      return result;
    };
  };
  const Program program{.name = "thidua-reporting",
                        .summary = "reports and consolidations",
                        .serve = record("serve"),
                        .probe = record("probe"),
                        .migrate = record("migrate"),
                        .verify = record("verify"),
                        .refollow = [&](const ServiceConfig& config, const std::string&) {
                          return record("refollow")(config);
                        }};
  std::vector<const char*> argv = {"thidua-reporting"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = RunProgram(program, static_cast<int>(argv.size()), argv.data());
  std::string out = testing::internal::GetCapturedStdout();
  return {code, std::move(out), testing::internal::GetCapturedStderr()};
}

class SubcommandsTest : public ConfigTest {
 protected:
  SubcommandsTest() : config_file_(Path("config.json")) { WriteConfig(Usable()); }
  void WriteConfig(const ServiceConfig& config) const { Write("config.json", Json(config), 0644); }
  std::string config_file_;
};

TEST_F(SubcommandsTest, VerifyRunsWithTheConfiguration) {
  std::string called;
  const Outcome run =
      RunWith({"verify", "--config", config_file_.c_str()}, absl::OkStatus(), &called);
  EXPECT_EQ(run.exit_code, kExitOk) << run.err;
  EXPECT_EQ(called, "verify");
}

TEST_F(SubcommandsTest, ProbeNeedsAnAddressOnly) {
  Write("config.json", R"({"health_address": "[::]:8081"})", 0644);
  std::string called;
  EXPECT_EQ(
      RunWith({"probe", "--config", config_file_.c_str()}, absl::OkStatus(), &called).exit_code,
      kExitOk);
  EXPECT_EQ(called, "probe");
  Write("config.json", "{}", 0644);
  EXPECT_THAT(RunWith({"probe", "--config", config_file_.c_str()}).err,
              HasSubstr("health_address: is required"));
}

TEST_F(SubcommandsTest, ConfigMayPrecedeAndBeJoined) {
  const std::string flag = "--config=" + config_file_;
  std::string called;
  EXPECT_EQ(RunWith({flag.c_str(), "verify"}, absl::OkStatus(), &called).exit_code, kExitOk);
  EXPECT_EQ(called, "verify");
}

TEST_F(SubcommandsTest, FailureIsLoggedWithItsReason) {
  const Outcome run = RunWith({"verify", "--config", config_file_.c_str()},
                              absl::DataLossError("journal broken at 41"));
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_THAT(run.err, HasSubstr("\"severity\":\"ERROR\",\"service\":\"thidua-reporting\""));
  EXPECT_THAT(run.err, HasSubstr("journal broken at 41"));
}

TEST_F(SubcommandsTest, MigrateIsNotRunWithoutAnOwner) {
  std::string called;
  const Outcome run =
      RunWith({"migrate", "--config", config_file_.c_str()}, absl::OkStatus(), &called);
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_EQ(called, "");
  EXPECT_THAT(run.err, HasSubstr("database.owner_user: is required"));
}

TEST_F(SubcommandsTest, CheckConfigSaysOk) {
  const Outcome run = RunWith({"check-config", "--config", config_file_.c_str()});
  EXPECT_EQ(run.exit_code, kExitOk);
  EXPECT_EQ(run.out, config_file_ + ": ok\n");
  EXPECT_EQ(run.err, "");
}

TEST_F(SubcommandsTest, CheckConfigPrintsTheProblems) {
  ServiceConfig config = Usable();
  config.set_workers(-1);
  config.set_admission_queue_length(-1);
  WriteConfig(config);
  const Outcome run = RunWith({"check-config", "--config", config_file_.c_str()});
  EXPECT_EQ(run.exit_code, kExitFailed);
  EXPECT_EQ(run.err, absl::StrCat(config_file_, ":\nworkers: is -1, must be 1 to 256\n",
                                  "admission_queue_length: is -1, must be 1 to 100000\n"));
}

TEST_F(SubcommandsTest, WrongUsageExplainsItself) {
  const std::vector<std::vector<const char*>> wrong = {{},
                                                       {"serve"},
                                                       {"serve", "--config"},
                                                       {"serve", "--config="},
                                                       {"--config", "x"},
                                                       {"destroy", "--config", "x"},
                                                       {"verify", "--config", "x", "more"},
                                                       {"verify", "--config", "x", "--config", "y"},
                                                       {"verify", "--force", "--config", "x"}};
  for (const std::vector<const char*>& arguments : wrong) {
    const Outcome run = RunWith(arguments);
    EXPECT_EQ(run.exit_code, kExitUsage) << testing::PrintToString(arguments);
    EXPECT_THAT(run.err, HasSubstr("Usage: thidua-reporting SUBCOMMAND --config FILE"));
  }
}

TEST_F(SubcommandsTest, HelpIsNoError) {
  const Outcome run = RunWith({"--help"});
  EXPECT_EQ(run.exit_code, kExitOk);
  EXPECT_THAT(run.out, HasSubstr("check-config"));
  EXPECT_EQ(run.err, "");
}

}  // namespace
}  // namespace thidua::runtime
