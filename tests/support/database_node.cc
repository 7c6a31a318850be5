#include "tests/support/database_node.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

namespace thidua::testing {
namespace {

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "database node: %s\n", what.c_str());
  std::abort();
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

// Where tests/support/newer_debian has unpacked MySQL.
const std::string& MysqlRoot() {
  static const std::string root = [] {
    std::string path = RunOrDie({SourceDirectory() + "/tests/support/newer_debian", "sid",
                                 "--with-libraries", "mysql-server-core"})
                           .out;
    while (!path.empty() && path.back() == '\n') path.pop_back();
    return path;
  }();
  return root;
}

// Galera's state transfer fails as root.
bool NeedsUserOfItsOwn(Engine engine) { return engine == Engine::kGalera && geteuid() == 0; }

}  // namespace

std::string SourceDirectory() { return THIDUA_SOURCE_DIR; }

DatabaseNode::DatabaseNode(Options options)
    : options_(std::move(options)),
      socket_(options_.directory + "/socket"),
      settings_file_(options_.directory + "/settings.cnf") {
  WriteTextFile(settings_file_, Settings());
  std::filesystem::create_directory(options_.directory + "/data");
  if (options_.place == 0) Install();
  GiveToServersUser();
}

std::vector<std::string> DatabaseNode::Program() const {
  // A process that changes its user by itself would no longer die with the test.
  if (NeedsUserOfItsOwn(options_.engine)) {
    return {"setpriv",        "--reuid=mysql",    "--regid=mysql",
            "--clear-groups", "--pdeathsig=KILL", "mariadbd"};
  }
  if (options_.engine != Engine::kMysql) return {"mariadbd"};
  // Another Debian's program, started by that Debian's loader.
  return {MysqlRoot() + "/usr/lib64/ld-linux-x86-64.so.2", "--library-path",
          MysqlRoot() + "/usr/lib/x86_64-linux-gnu", MysqlRoot() + "/usr/sbin/mysqld"};
}

std::string DatabaseNode::Settings() const {
  const std::string files = SourceDirectory() + "/deploy/database/settings/";
  const std::string& directory = options_.directory;
  std::vector<std::string> lines;
  if (options_.engine == Engine::kMysql) {
    lines = {"!include " + files + "mysql.cnf",
             "[mysqld]",
             "lc_messages_dir = " + MysqlRoot() + "/usr/share/mysql",
             "character_sets_dir = " + MysqlRoot() + "/usr/share/mysql/charsets",
             "plugin_dir = " + MysqlRoot() + "/usr/lib/mysql/plugin",
             "innodb_redo_log_capacity = 32M"};
  } else {
    lines = {"!include " + files + "mariadb.cnf"};
    if (options_.engine == Engine::kGalera) lines.push_back("!include " + files + "galera.cnf");
    lines.insert(lines.end(), {"[mariadbd]", "innodb_log_file_size = 16M",
                               "innodb_buffer_pool_load_at_startup = OFF",
                               "innodb_buffer_pool_dump_at_shutdown = OFF",
                               "aria_pagecache_buffer_size = 4M", "key_buffer_size = 1M"});
  }
  // Durable as in production, small in everything else. The directory for temporary files is its
  // own: a server that starts removes what it takes for an earlier one's.
  lines.insert(lines.end(), {"datadir = " + directory + "/data", "socket = " + socket_,
                             "pid_file = " + directory + "/pid", "tmpdir = " + directory,
                             "innodb_buffer_pool_size = 64M"});
  if (options_.port == 0) {
    lines.emplace_back("skip_networking = ON");
  } else {
    lines.insert(lines.end(), {"bind_address = 127.0.0.1", absl::StrCat("port = ", options_.port),
                               "ssl_cert = " + directory + "/server.pem",
                               "ssl_key = " + directory + "/server.key"});
  }
  if (options_.engine == Engine::kGalera) {
    const std::string& own = options_.cluster[options_.place];
    lines.insert(lines.end(),
                 {"wsrep_cluster_address = gcomm://" + absl::StrJoin(options_.cluster, ","),
                  "wsrep_node_address = " + own,
                  absl::StrCat("wsrep_node_incoming_address = 127.0.0.1:", options_.port),
                  absl::StrCat("wsrep_node_name = node-", options_.place),
                  absl::StrCat("wsrep_sst_receive_address = 127.0.0.1:", options_.transfer_port),
                  "wsrep_sst_auth = root:"});
  }
  if (geteuid() == 0)
    lines.push_back(NeedsUserOfItsOwn(options_.engine) ? "user = mysql" : "user = root");
  return absl::StrCat(absl::StrJoin(lines, "\n"), "\n");
}

void DatabaseNode::Install() {
  if (options_.engine == Engine::kMysql) {
    std::vector<std::string> argv = Program();
    argv.insert(argv.end(), {"--defaults-file=" + settings_file_, "--initialize-insecure"});
    RunOrDie(argv);
    return;
  }
  RunOrDie({"mariadb-install-db", "--no-defaults",
            geteuid() == 0 ? "--user=root" : "--skip-name-resolve",
            "--datadir=" + options_.directory + "/data", "--auth-root-authentication-method=normal",
            "--skip-test-db", "--innodb-log-file-size=16M"});
}

void DatabaseNode::GiveToServersUser() const {
  if (NeedsUserOfItsOwn(options_.engine))
    RunOrDie({"chown", "--recursive", "mysql:", options_.directory});
}

void DatabaseNode::Launch(const std::vector<std::string>& more) {
  std::vector<std::string> argv = Program();
  argv.push_back("--defaults-file=" + settings_file_);
  argv.insert(argv.end(), more.begin(), more.end());
  argv.insert(argv.end(), options_.extra_arguments.begin(), options_.extra_arguments.end());
  // What it runs to fill other nodes makes temporary files as the server's user.
  server_ = std::make_unique<Process>(argv, options_.directory + "/server.log",
                                      std::vector<std::string>{"TMPDIR=" + options_.directory});
}

void DatabaseNode::Found() {
  Launch({"--wsrep-new-cluster"});
  AwaitServing();
}

void DatabaseNode::Join() {
  Launch({"--wsrep_sst_method=rsync"});
  AwaitServing();
}

void DatabaseNode::Launch() {
  if (options_.engine != Engine::kGalera) return Launch(std::vector<std::string>{});
  const std::string position = RecoveredPosition();
  Launch(position.empty() ? std::vector<std::string>{}
                          : std::vector<std::string>{"--wsrep_start_position=" + position});
}

void DatabaseNode::Start() {
  Launch();
  AwaitServing();
}

bool DatabaseNode::Serves() {
  return Running() && Greets(socket_) &&
         (options_.engine != Engine::kGalera || StatusOf("wsrep_ready") == "ON");
}

void DatabaseNode::AwaitServing(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  while (!Serves()) {
    if (!Running() || absl::Now() > give_up)
      Die(absl::StrCat("the server does not start:\n", server_->Log()));
    absl::SleepFor(absl::Milliseconds(10));
  }
}

// What galera_recovery does before a real machine's server starts. Nothing for a node without data.
std::string DatabaseNode::RecoveredPosition() {
  constexpr std::string_view kSays = "WSREP: Recovered position: ";
  if (std::filesystem::is_empty(options_.directory + "/data")) return "";
  const CommandResult recovery =
      RunCommand({"mariadbd", "--defaults-file=" + settings_file_, "--wsrep-recover"});
  const size_t found = recovery.err.find(kSays);
  if (found == std::string::npos)
    Die(absl::StrCat("no position was recovered:\n", recovery.out, recovery.err));
  const size_t begin = found + kSays.size();
  return recovery.err.substr(begin, recovery.err.find_first_of(" \n", begin) - begin);
}

void DatabaseNode::Hang() { ::kill(pid(), SIGSTOP); }
void DatabaseNode::GoOn() { ::kill(pid(), SIGCONT); }

void DatabaseNode::Wipe() {
  Kill();
  std::filesystem::remove_all(options_.directory + "/data");
  std::filesystem::create_directory(options_.directory + "/data");
  if (options_.engine != Engine::kGalera) Install();
  GiveToServersUser();
}

database::Account DatabaseNode::root() const {
  database::Account account;
  account.unix_socket = socket_;
  account.schema = "mysql";
  account.user = "root";
  return account;
}

std::string DatabaseNode::StatusOf(const std::string& variable) {
  database::Pool pool(root(), 1);
  auto connection = pool.Borrow({absl::Now() + absl::Seconds(2)});
  if (!connection.ok()) return "";
  const auto rows = (*connection)->Query(absl::StrCat("SHOW STATUS LIKE '", variable, "'"));
  return rows.ok() && !rows->empty() ? rows->front().Text(1) : "";
}

}  // namespace thidua::testing
