// A real MariaDB server of the test's own: in a temporary directory, on a unix socket and, when
// asked, a TLS port on 127.0.0.1. It ends with the object, which removes the directory, or with the
// test process, however that ends. Works as root and as an ordinary user. Everything here aborts
// with a message when the machine does not play along: a test can do nothing about it.
#ifndef THIDUA_TESTS_SUPPORT_PRIVATE_MARIADB_H_
#define THIDUA_TESTS_SUPPORT_PRIVATE_MARIADB_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/database/grants.h"
#include "common/database/migrator.h"
#include "common/database/pool.h"

namespace thidua::testing {

class PrivateMariadb {
 public:
  struct Options {
    // Listens on port() too, and offers TLS with a certificate for `certificate_host` signed by
    // ca_file().
    bool tls = false;
    std::string certificate_host = "localhost";
    std::vector<std::string> extra_arguments;
  };

  // One schema with its three users, all of whose passwords differ.
  struct Schema {
    std::string name;
    database::Account owner;
    database::Account app;
    database::Account read;
    database::SchemaUsers users;
  };

  // Shared by the tests of one process; started by the first. Tests separate by schema.
  static PrivateMariadb& Shared();

  PrivateMariadb();
  explicit PrivateMariadb(Options options);
  ~PrivateMariadb();
  PrivateMariadb(const PrivateMariadb&) = delete;
  PrivateMariadb& operator=(const PrivateMariadb&) = delete;

  // A new schema named after `prefix` (a-z, 0-9 and _), with the files applied and the rights
  // given. No files: an empty schema.
  Schema CreateSchema(const std::string& prefix,
                      const std::vector<database::MigrationFile>& files = {});

  // Runs one statement as the server's administrator.
  void Administer(const std::string& sql);

  // SIGKILL, as a power cut for the process; Start brings it back on the same data and waits until
  // it accepts connections. Call both from the main thread: the server dies with the thread that
  // started it.
  void KillHard();
  void Start();

  const std::string& socket() const { return socket_; }
  int port() const { return port_; }
  std::string ca_file() const { return directory_ + "/ca.pem"; }
  database::Account root() const;
  // The account over TLS instead of the socket.
  database::Account OverTls(database::Account account, const std::string& host) const;

 private:
  void Install();
  void MakeCertificates();
  std::vector<std::string> Arguments() const;
  void AwaitReady();

  Options options_;
  std::string directory_;
  std::string socket_;
  int port_ = 0;
  pid_t server_ = -1;
};

// The migrations that every service has, read from the source tree.
std::vector<database::MigrationFile> FoundationMigrations();

// A file of the migrator as the build embeds it.
database::MigrationFile MakeMigration(const std::string& name, const std::string& sql);

// The checkout that this binary was built from.
std::string SourceDirectory();

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PRIVATE_MARIADB_H_
