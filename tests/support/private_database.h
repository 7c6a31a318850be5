// A real database of the test's own: one server or a Galera cluster of three, in a temporary
// directory. It ends with the object, which removes the directory, or with the test process,
// however that ends. Works as root and as an ordinary user. Everything here aborts with a message
// when the machine does not play along: a test can do nothing about it.
//
// Which database the environment chooses. THIDUA_TEST_DATABASE=mariadb, galera or mysql: that
// engine, over TLS. Without it: MariaDB, by its unix socket.
#ifndef THIDUA_TESTS_SUPPORT_PRIVATE_DATABASE_H_
#define THIDUA_TESTS_SUPPORT_PRIVATE_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "common/database/grants.h"
#include "common/database/migrator.h"
#include "common/database/pool.h"
#include "tests/support/database_node.h"

namespace thidua::testing {

class PrivateDatabase {
 public:
  static Engine ChosenEngine();

  struct Options {
    Engine engine = ChosenEngine();
    // Listens on a port too, and offers TLS with a certificate for `certificate_host` signed by
    // ca_file(). Schemas' accounts are then let in over TLS only, as "localhost".
    bool tls = ChosenTls();
    std::string certificate_host = "localhost";
    std::vector<std::string> extra_arguments;
  };

  // One schema with its three users, all of whose passwords differ. In a cluster each user prefers
  // another node, and each schema other ones than the schema before.
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
  // deploy/database/accounts makes them; CreateSchema does it. In a cluster the owner prefers this
  // node, the others those that follow it.
  Schema CreateAccounts(const std::string& name, size_t preferred_node = 0);

  // The disk is gone: an empty server in its place, reached in the same way. Not of a cluster.
  void LoseData();

  // Runs one statement as the server's administrator; in a cluster on its first node that runs, or
  // on this one.
  void Administer(const std::string& sql) { Administer(sql, root()); }
  void Administer(const std::string& sql, const database::Account& administrator);

  // SIGKILL of all servers, as a power cut; Start brings back one that is no cluster on the same
  // data and waits until it accepts connections. Call both from the main thread: the server dies
  // with the thread that started it.
  void KillHard();
  void Start();

  // One, or the three of a cluster.
  size_t size() const { return nodes_.size(); }
  DatabaseNode& node(size_t index) { return *nodes_.at(index); }
  // The one that a session of a schema's account is with.
  DatabaseNode& NodeOf(database::Connection& session);

  const std::string& socket() const { return nodes_.front()->socket(); }
  std::string ca_file() const { return directory_.path() + "/ca.pem"; }
  // Always by a socket: that of the first server that runs.
  database::Account root() const;

 private:
  static bool ChosenTls();
  void MakeCertificates();
  std::unique_ptr<DatabaseNode> MakeNode(size_t place, const std::vector<int>& ports);

  Options options_;
  TemporaryDirectory directory_;
  std::vector<std::unique_ptr<DatabaseNode>> nodes_;
};

// The migrations that every service has, read from the source tree.
std::vector<database::MigrationFile> FoundationMigrations();

// A file of the migrator as the build embeds it.
database::MigrationFile MakeMigration(const std::string& name, const std::string& sql);

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_PRIVATE_DATABASE_H_
