#include "tests/support/private_mariadb.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/sha.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace thidua::testing {
namespace {

namespace fs = std::filesystem;
using database::Account;
using database::MigrationFile;
using database::Pool;

constexpr absl::Duration kStartWithin = absl::Seconds(60);

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "private MariaDB: %s\n", what.c_str());
  std::abort();
}

// Starts a program with its output in `log`. It dies with the thread that started it.
pid_t Spawn(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child < 0) Die("fork failed");
  if (child > 0) return child;
  // Only async-signal-safe calls from here to exec: other threads' locks are copied as they were.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(127);
  execvp(argv[0], argv.data());
  _exit(127);
}

void RunOrDie(const std::vector<std::string>& arguments, const std::string& log) {
  int status = 0;
  const pid_t child = Spawn(arguments, log);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    Die(absl::StrCat("`", absl::StrJoin(arguments, " "), "` failed; see ", log));
  }
}

std::string MakeDirectory() {
  const char* const base = std::getenv("TMPDIR");
  std::string pattern = absl::StrCat(base == nullptr ? "/tmp" : base, "/thidua-mariadb-XXXXXX");
  if (pattern.size() > 80) pattern = "/tmp/thidua-mariadb-XXXXXX";  // a socket's path has 107 bytes
  if (mkdtemp(pattern.data()) == nullptr) Die("no temporary directory");
  return pattern;
}

// Free now; nothing else on the machine picks it in the moment before the server does.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    Die("no free port");
  }
  close(listener);
  return ntohs(address.sin_port);
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

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Die(absl::StrCat("cannot read ", path.string()));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

PrivateMariadb& PrivateMariadb::Shared() {
  static PrivateMariadb server;
  return server;
}

PrivateMariadb::PrivateMariadb() : PrivateMariadb(Options{}) {}

PrivateMariadb::PrivateMariadb(Options options)
    : options_(std::move(options)), directory_(MakeDirectory()), socket_(directory_ + "/socket") {
  Install();
  if (options_.tls) {
    port_ = FreePort();
    MakeCertificates();
  }
  Start();
}

PrivateMariadb::~PrivateMariadb() {
  KillHard();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void PrivateMariadb::Install() {
  RunOrDie(
      {"mariadb-install-db", "--no-defaults",
       geteuid() == 0 ? "--user=root" : "--skip-name-resolve",
       absl::StrCat("--datadir=", directory_, "/data"), "--auth-root-authentication-method=normal",
       "--skip-test-db", "--innodb-log-file-size=16M"},
      directory_ + "/install.log");
}

void PrivateMariadb::MakeCertificates() {
  const std::string log = directory_ + "/openssl.log";
  const std::string ca_key = directory_ + "/ca.key";
  const std::string key = directory_ + "/server.key";
  const std::string request = directory_ + "/server.csr";
  const std::string names = directory_ + "/names";
  std::ofstream(names) << "subjectAltName=DNS:" << options_.certificate_host << "\n";
  RunOrDie(
      {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
       "-days", "2", "-subj", "/CN=private test authority", "-keyout", ca_key, "-out", ca_file()},
      log);
  RunOrDie(
      {"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
       absl::StrCat("/CN=", options_.certificate_host), "-keyout", key, "-out", request},
      log);
  RunOrDie({"openssl", "x509", "-req", "-in", request, "-CA", ca_file(), "-CAkey", ca_key,
            "-CAcreateserial", "-days", "2", "-extfile", names, "-out", directory_ + "/server.pem"},
           log);
}

std::vector<std::string> PrivateMariadb::Arguments() const {
  std::vector<std::string> arguments = {
      "mariadbd", "--no-defaults", absl::StrCat("--datadir=", directory_, "/data"),
      absl::StrCat("--socket=", socket_), absl::StrCat("--pid-file=", directory_, "/pid"),
      // Its own: a server that starts removes what it takes for an earlier one's temporary tables.
      absl::StrCat("--tmpdir=", directory_),
      // Durable as in production, small in everything else.
      "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M",
      "--innodb-log-file-size=16M", "--innodb-buffer-pool-load-at-startup=OFF",
      "--innodb-buffer-pool-dump-at-shutdown=OFF", "--aria-pagecache-buffer-size=4M",
      "--key-buffer-size=1M", "--skip-name-resolve"};
  if (geteuid() == 0) arguments.emplace_back("--user=root");
  if (options_.tls) {
    arguments.insert(arguments.end(), {"--bind-address=127.0.0.1", absl::StrCat("--port=", port_),
                                       absl::StrCat("--ssl-cert=", directory_, "/server.pem"),
                                       absl::StrCat("--ssl-key=", directory_, "/server.key")});
  } else {
    arguments.emplace_back("--skip-networking");
  }
  arguments.insert(arguments.end(), options_.extra_arguments.begin(),
                   options_.extra_arguments.end());
  return arguments;
}

void PrivateMariadb::Start() {
  server_ = Spawn(Arguments(), directory_ + "/server.log");
  AwaitReady();
}

void PrivateMariadb::AwaitReady() {
  const absl::Time give_up = absl::Now() + kStartWithin;
  while (!Greets(socket_)) {
    int status = 0;
    if (waitpid(server_, &status, WNOHANG) == server_ || absl::Now() > give_up) {
      std::fputs(ReadFile(directory_ + "/server.log").c_str(), stderr);
      Die("the server does not start");
    }
    absl::SleepFor(absl::Milliseconds(10));
  }
}

void PrivateMariadb::KillHard() {
  if (server_ < 0) return;
  kill(server_, SIGKILL);
  while (waitpid(server_, nullptr, 0) < 0 && errno == EINTR) {
  }
  server_ = -1;
}

Account PrivateMariadb::root() const {
  Account account;
  account.unix_socket = socket_;
  account.schema = "mysql";
  account.user = "root";
  return account;
}

Account PrivateMariadb::OverTls(Account account, const std::string& host) const {
  account.unix_socket.clear();
  account.host = host;
  account.port = port_;
  account.tls_ca_file = ca_file();
  return account;
}

void PrivateMariadb::Administer(const std::string& sql) {
  Pool pool(root(), 1);
  auto connection = pool.Borrow({});
  if (!connection.ok()) Die("the administrator cannot connect");
  const auto done = (*connection)->Execute(sql);
  if (!done.ok()) Die(absl::StrCat("`", sql, "`: ", done.status().ToString()));
}

PrivateMariadb::Schema PrivateMariadb::CreateSchema(const std::string& prefix,
                                                    const std::vector<MigrationFile>& files) {
  static std::atomic<int> counter{0};
  Schema schema;
  schema.name = absl::StrCat(prefix, "_", ++counter);
  Administer(absl::StrCat("CREATE DATABASE `", schema.name,
                          "` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
  const auto make_user = [&](const std::string& role, std::string& grantee) {
    Account account;
    account.unix_socket = socket_;
    account.schema = schema.name;
    account.user = absl::StrCat(schema.name, "_", role);
    account.password = absl::StrCat("password of ", account.user);
    grantee = absl::StrCat("'", account.user, "'@'%'");
    Administer(absl::StrCat("CREATE USER ", grantee, " IDENTIFIED BY '", account.password, "'"));
    return account;
  };
  schema.owner = make_user("owner", schema.users.owner);
  schema.app = make_user("app", schema.users.app);
  schema.read = make_user("read", schema.users.read);
  Administer(database::OwnerGrant(schema.name, schema.users));
  if (files.empty()) {
    // A user without any right in a schema cannot even connect to it.
    for (const std::string& user : {schema.users.app, schema.users.read}) {
      Administer(absl::StrCat("GRANT SELECT ON `", schema.name, "`.* TO ", user));
    }
    return schema;
  }
  Pool owner(schema.owner, 2);
  absl::Status status = database::Migrate(owner, files, [](std::string_view) {});
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
    files.push_back(MakeMigration(entry.path().filename().string(), ReadFile(entry.path())));
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

std::string SourceDirectory() { return THIDUA_SOURCE_DIR; }

}  // namespace thidua::testing
