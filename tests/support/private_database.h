// A real MariaDB server of the test's own: in a temporary directory, on a unix socket and, when
// asked, a TLS port on 127.0.0.1. It ends with the object, which removes the directory, or with the
// test process, however that ends. Works as root and as an ordinary user. Everything here aborts
// with a message when the machine does not play along: a test can do nothing about it.
#ifndef THIDUA_TESTS_SUPPORT_PRIVATE_DATABASE_H_
#define THIDUA_TESTS_SUPPORT_PRIVATE_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "common/database/grants.h"
#include "common/database/migrator.h"
#include "common/database/pool.h"
#include "tests/support/process.h"

namespace thidua::testing {

class PrivateDatabase {
 public:
  struct Options {
    // Listens on a port too, and offers TLS with a certificate for `certificate_host` signed by
    // ca_file(). Schemas' accounts are then let in over TLS only, as "localhost".
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
  static PrivateDatabase& Shared();

  PrivateDatabase();
  explicit PrivateDatabase(Options options);
  PrivateDatabase(const PrivateDatabase&) = delete;
  PrivateDatabase& operator=(const PrivateDatabase&) = delete;

  // A new schema named after `prefix` (a-z, 0-9 and _), with the files applied and the rights
  // given. No files: an empty schema.
  Schema CreateSchema(const std::string& prefix,
                      const std::vector<database::MigrationFile>& files = {});

  // The accounts of a schema, and the schema itself when it is not there, as
  // deploy/database/accounts makes them; CreateSchema does it.
  Schema CreateAccounts(const std::string& name);

  // The disk is gone: an empty server in its place, reached in the same way.
  void LoseData();

  // Runs one statement as the server's administrator.
  void Administer(const std::string& sql);

  // SIGKILL, as a power cut for the process; Start brings it back on the same data and waits until
  // it accepts connections. Call both from the main thread: the server dies with the thread that
  // started it.
  void KillHard();
  void Start();

  const std::string& socket() const { return socket_; }
  std::string ca_file() const { return directory_.path() + "/ca.pem"; }
  // Always by the socket.
  database::Account root() const;

 private:
  void Install();
  void MakeCertificates();
  std::vector<std::string> Arguments() const;

  Options options_;
  TemporaryDirectory directory_;
  std::string socket_;
  int port_ = 0;
  std::unique_ptr<Process> server_;
};

// The migrations that every service has, read from the source tree.
std::vector<database::MigrationFile> FoundationMigrations();

// A file of the migrator as the build embeds it.
database::MigrationFile MakeMigration(const std::string& name, const std::string& sql);

// The checkout that this binary was built from.
std::string SourceDirectory();

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PRIVATE_DATABASE_H_
