#include "tests/support/private_database.h"

#include <openssl/sha.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace thidua::testing {
namespace {

namespace fs = std::filesystem;
using database::Account;
using database::MigrationFile;
using database::Pool;

constexpr absl::Duration kStartWithin = absl::Seconds(60);

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "private database: %s\n", what.c_str());
  std::abort();
}

void RunOrDie(const std::vector<std::string>& argv) {
  const CommandResult result = RunCommand(argv);
  if (result.exit_status == 0) return;
  Die(absl::StrCat("`", absl::StrJoin(argv, " "), "` failed:\n", result.out, result.err));
}

// The server greets whoever it accepts.
bool Greets(const std::string& path) {
  const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  char greeting = 0;
  const bool greets =
      connect(client, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      read(client, &greeting, 1) == 1;
  close(client);
  return greets;
}

std::string Sha256Hex(const std::string& bytes) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return absl::BytesToHexString(hash);
}

}  // namespace

PrivateDatabase& PrivateDatabase::Shared() {
  static PrivateDatabase server;
  return server;
}

PrivateDatabase::PrivateDatabase() : PrivateDatabase(Options{}) {}

PrivateDatabase::PrivateDatabase(Options options)
    : options_(std::move(options)), directory_("database"), socket_(directory_.path() + "/socket") {
  Install();
  if (options_.tls) {
    port_ = FreePorts(1).front();
    MakeCertificates();
  }
  Start();
}

void PrivateDatabase::Install() {
  RunOrDie({"mariadb-install-db", "--no-defaults",
            geteuid() == 0 ? "--user=root" : "--skip-name-resolve",
            absl::StrCat("--datadir=", directory_.path(), "/data"),
            "--auth-root-authentication-method=normal", "--skip-test-db",
            "--innodb-log-file-size=16M"});
}

void PrivateDatabase::MakeCertificates() {
  const std::string ca_key = directory_.path() + "/ca.key";
  const std::string key = directory_.path() + "/server.key";
  const std::string request = directory_.path() + "/server.csr";
  const std::string names = directory_.path() + "/names";
  WriteTextFile(names, absl::StrCat("subjectAltName=DNS:", options_.certificate_host, "\n"));
  RunOrDie({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", "/CN=private test authority", "-keyout", ca_key,
            "-out", ca_file()});
  RunOrDie({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", absl::StrCat("/CN=", options_.certificate_host), "-keyout", key, "-out",
            request});
  RunOrDie({"openssl", "x509", "-req", "-in", request, "-CA", ca_file(), "-CAkey", ca_key,
            "-CAcreateserial", "-days", "2", "-extfile", names, "-out",
            directory_.path() + "/server.pem"});
}

std::vector<std::string> PrivateDatabase::Arguments() const {
  std::vector<std::string> arguments = {
      "mariadbd", "--no-defaults", absl::StrCat("--datadir=", directory_.path(), "/data"),
      absl::StrCat("--socket=", socket_), absl::StrCat("--pid-file=", directory_.path(), "/pid"),
      // Its own: a server that starts removes what it takes for an earlier one's temporary tables.
      absl::StrCat("--tmpdir=", directory_.path()),
      // Durable as in production, small in everything else.
      "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M",
      "--innodb-log-file-size=16M", "--innodb-buffer-pool-load-at-startup=OFF",
      "--innodb-buffer-pool-dump-at-shutdown=OFF", "--aria-pagecache-buffer-size=4M",
      "--key-buffer-size=1M", "--skip-name-resolve"};
  if (geteuid() == 0) arguments.emplace_back("--user=root");
  if (options_.tls) {
    arguments.insert(arguments.end(),
                     {"--bind-address=127.0.0.1", absl::StrCat("--port=", port_),
                      absl::StrCat("--ssl-cert=", directory_.path(), "/server.pem"),
                      absl::StrCat("--ssl-key=", directory_.path(), "/server.key")});
  } else {
    arguments.emplace_back("--skip-networking");
  }
  arguments.insert(arguments.end(), options_.extra_arguments.begin(),
                   options_.extra_arguments.end());
  return arguments;
}

void PrivateDatabase::Start() {
  server_ = std::make_unique<Process>(Arguments(), directory_.path() + "/server.log");
  const absl::Time give_up = absl::Now() + kStartWithin;
  while (!Greets(socket_)) {
    if (!server_->Running() || absl::Now() > give_up)
      Die(absl::StrCat("the server does not start:\n", server_->Log()));
    absl::SleepFor(absl::Milliseconds(10));
  }
}

void PrivateDatabase::KillHard() { server_->Kill(); }

void PrivateDatabase::LoseData() {
  KillHard();
  fs::remove_all(directory_.path() + "/data");
  Install();
  Start();
}

Account PrivateDatabase::root() const {
  Account account;
  account.unix_socket = socket_;
  account.schema = "mysql";
  account.user = "root";
  return account;
}

void PrivateDatabase::Administer(const std::string& sql) {
  Pool pool(root(), 1);
  auto connection = pool.Borrow({});
  if (!connection.ok()) Die("the administrator cannot connect");
  const auto done = (*connection)->Execute(sql);
  if (!done.ok()) Die(absl::StrCat("`", sql, "`: ", done.status().ToString()));
}

PrivateDatabase::Schema PrivateDatabase::CreateAccounts(const std::string& name) {
  Schema schema;
  schema.name = name;
  std::vector<std::string> argv = {SourceDirectory() + "/deploy/database/accounts"};
  if (!options_.tls) argv.emplace_back("--local");
  argv.push_back(name);
  const auto account_of = [&](const std::string& role) {
    Account account;
    if (options_.tls) {
      account.host = "localhost";
      account.port = port_;
      account.tls_ca_file = ca_file();
    } else {
      account.unix_socket = socket_;
    }
    account.schema = name;
    account.user = absl::StrCat(name, "_", role);
    account.password = absl::StrCat("password of ", account.user);
    argv.push_back(absl::StrCat(directory_.path(), "/", account.user, ".password"));
    WriteTextFile(argv.back(), account.password);
    return account;
  };
  schema.owner = account_of("owner");
  schema.app = account_of("app");
  schema.read = account_of("read");
  const auto as_grantee = [&](const Account& account) {
    return absl::StrCat("'", account.user, "'@'", options_.tls ? "%" : "localhost", "'");
  };
  schema.users = {as_grantee(schema.app), as_grantee(schema.read)};
  const CommandResult accounts = RunCommand(argv);
  if (accounts.exit_status != 0) Die(accounts.err);
  for (const auto statement : absl::StrSplit(accounts.out, ";\n", absl::SkipEmpty()))
    Administer(std::string(statement));
  return schema;
}

PrivateDatabase::Schema PrivateDatabase::CreateSchema(const std::string& prefix,
                                                      const std::vector<MigrationFile>& files) {
  static std::atomic<int> counter{0};
  Schema schema = CreateAccounts(absl::StrCat(prefix, "_", ++counter));
  if (files.empty()) {
    // A user without any right in a schema cannot even connect to it.
    for (const std::string& user : {schema.users.app, schema.users.read}) {
      Administer(absl::StrCat("GRANT SELECT ON `", schema.name, "`.* TO ", user));
    }
    return schema;
  }
  Pool owner(schema.owner, 2);
  absl::Status status = database::Migrate(
      owner, files, [](std::string_view) {}, *database::GrantWhenMade(owner, files, schema.users));
  if (status.ok()) status = database::Grant(owner, files, schema.users);
  if (!status.ok()) Die(absl::StrCat("preparing ", schema.name, ": ", status.ToString()));
  return schema;
}

MigrationFile MakeMigration(const std::string& name, const std::string& sql) {
  return {name, Sha256Hex(sql), sql};
}

std::vector<MigrationFile> FoundationMigrations() {
  std::vector<MigrationFile> files;
  for (const auto& entry :
       fs::directory_iterator(fs::path(SourceDirectory()) / "common/database/migrations")) {
    files.push_back(MakeMigration(entry.path().filename().string(), ReadTextFile(entry.path())));
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

std::string SourceDirectory() { return THIDUA_SOURCE_DIR; }

}  // namespace thidua::testing
