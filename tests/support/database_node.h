// One server of a database engine: MariaDB, a node of a Galera cluster of it, or MySQL, each on its
// settings in deploy/database/settings. A real process on a data directory of its own, which ends
// with the object or with the test process, however that ends. Works as root and as an ordinary
// user. Whatever the machine does not give aborts with a message.
#ifndef THIDUA_TESTS_SUPPORT_DATABASE_NODE_H_
#define THIDUA_TESTS_SUPPORT_DATABASE_NODE_H_

#include <memory>
#include <string>
#include <vector>

#include "common/database/pool.h"
#include "tests/support/process.h"

namespace thidua::testing {

enum class Engine { kMariadb, kGalera, kMysql };

class DatabaseNode {
 public:
  struct Options {
    Engine engine = Engine::kMariadb;
    std::string directory;  // exists, and is the node's alone
    // Where it listens on 127.0.0.1, with the certificate and key `server.pem` and `server.key` of
    // its directory; 0: by its socket only.
    int port = 0;
    // Galera: this node's place among the cluster's addresses, which are for its own traffic, and
    // the port by which it is filled.
    std::vector<std::string> cluster;
    size_t place = 0;
    int transfer_port = 0;
    // More words for the server's command line.
    std::vector<std::string> extra_arguments;
  };

  // Installs an empty database, but on a node that is to be filled by others of its cluster.
  explicit DatabaseNode(Options options);

  // Starts it and waits until it serves. A node that was killed says first how far its data go, as
  // its unit file makes it do on a real machine.
  void Start();
  // Does not wait.
  void Launch();
  // The first node of a cluster founds it; the others join it empty, filled by rsync, since the
  // script of the method that production uses sleeps for ten seconds.
  void Found();
  void Join();
  bool Serves();
  void AwaitServing(absl::Duration patience = absl::Seconds(90));

  // SIGKILL, as a power cut for the process.
  void Kill() { server_.reset(); }
  // It keeps its place and its connections and does nothing any more, as a machine that hangs.
  void Hang();
  void GoOn();
  bool Running() { return server_ != nullptr && server_->Running(); }
  pid_t pid() const { return server_->pid(); }
  // Its data are lost with it: it is empty, or in a cluster to be filled again.
  void Wipe();

  const std::string& socket() const { return socket_; }
  int port() const { return options_.port; }
  // The administrator, by the socket.
  database::Account root() const;
  // The value of a status variable of the server, "" without it.
  std::string StatusOf(const std::string& variable);

 private:
  std::vector<std::string> Program() const;
  std::string Settings() const;
  void Install();
  void GiveToServersUser() const;
  std::string RecoveredPosition();
  void Launch(const std::vector<std::string>& more);

  Options options_;
  std::string socket_;
  std::string settings_file_;
  std::unique_ptr<Process> server_;
};

// The checkout that this binary was built from.
std::string SourceDirectory();

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_DATABASE_NODE_H_
