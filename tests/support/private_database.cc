#include "tests/support/private_database.h"

#include <openssl/sha.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace thidua::testing {
namespace {

namespace fs = std::filesystem;
using database::Account;
using database::MigrationFile;
using database::Pool;

constexpr size_t kNodesOfACluster = 3;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "private database: %s\n", what.c_str());
  std::abort();
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

Engine PrivateDatabase::ChosenEngine() {
  const char* const chosen = std::getenv("THIDUA_TEST_DATABASE");
  const std::string name = chosen == nullptr ? "mariadb" : chosen;
  if (name == "mariadb") return Engine::kMariadb;
  if (name == "galera") return Engine::kGalera;
  if (name == "mysql") return Engine::kMysql;
  Die(absl::StrCat("THIDUA_TEST_DATABASE is ", name, "; it may be mariadb, galera or mysql"));
}

bool PrivateDatabase::ChosenTls() { return std::getenv("THIDUA_TEST_DATABASE") != nullptr; }

PrivateDatabase::PrivateDatabase() : PrivateDatabase(Options{}) {}

PrivateDatabase::PrivateDatabase(Options options)
    : options_(std::move(options)), directory_("database") {
  // The server may be another user's.
  fs::permissions(directory_.path(), fs::perms::group_exec | fs::perms::others_exec,
                  fs::perm_options::add);
  const size_t size = options_.engine == Engine::kGalera ? kNodesOfACluster : 1;
  if (options_.tls) MakeCertificates();
  // Of each node: for SQL, for the cluster's own traffic, for filling it.
  const std::vector<int> ports = FreePorts(3 * static_cast<int>(size));
  for (size_t place = 0; place < size; ++place) nodes_.push_back(MakeNode(place, ports));
  if (size == 1) {
    nodes_.front()->Start();
  } else {
    for (const auto& node : nodes_) node == nodes_.front() ? node->Found() : node->Join();
  }
}

std::unique_ptr<DatabaseNode> PrivateDatabase::MakeNode(size_t place,
                                                        const std::vector<int>& ports) {
  DatabaseNode::Options node;
  node.engine = options_.engine;
  node.directory = absl::StrCat(directory_.path(), "/", place);
  fs::create_directory(node.directory);
  if (options_.tls) {
    node.port = ports[3 * place];
    for (const char* const file : {"server.pem", "server.key"})
      fs::copy_file(fs::path(directory_.path()) / file, fs::path(node.directory) / file);
  }
  for (size_t i = 1; i < ports.size(); i += 3)
    node.cluster.push_back(absl::StrCat("127.0.0.1:", ports[i]));
  node.place = place;
  node.transfer_port = ports[3 * place + 2];
  node.extra_arguments = options_.extra_arguments;
  return std::make_unique<DatabaseNode>(std::move(node));
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

void PrivateDatabase::Start() { nodes_.front()->Start(); }

void PrivateDatabase::KillHard() {
  for (const auto& node : nodes_) node->Kill();
}

DatabaseNode& PrivateDatabase::NodeOf(database::Connection& session) {
  if (nodes_.size() == 1) return *nodes_.front();
  const auto port = session.Query("SELECT @@port");
  if (!port.ok()) Die(port.status().ToString());
  for (const auto& node : nodes_) {
    if (node->port() == port->front().Int(0)) return *node;
  }
  Die("a session with no node of the cluster");
}

void PrivateDatabase::LoseData() {
  nodes_.front()->Wipe();
  nodes_.front()->Start();
}

Account PrivateDatabase::root() const {
  for (const auto& node : nodes_) {
    if (node->Running()) return node->root();
  }
  return nodes_.front()->root();
}

void PrivateDatabase::Administer(const std::string& sql, const Account& administrator) {
  Pool pool(administrator, 1);
  auto connection = pool.Borrow({});
  if (!connection.ok()) Die("the administrator cannot connect");
  const auto done = (*connection)->Execute(sql);
  if (!done.ok()) Die(absl::StrCat("`", sql, "`: ", done.status().ToString()));
}

// The accounts are made as in production, by deploy/database/accounts.
PrivateDatabase::Schema PrivateDatabase::CreateAccounts(const std::string& name,
                                                        size_t preferred_node) {
  Schema schema;
  schema.name = name;
  std::vector<std::string> argv = {SourceDirectory() + "/deploy/database/accounts"};
  if (!options_.tls) argv.emplace_back("--local");
  argv.push_back(name);
  const auto account_of = [&](const std::string& role) {
    Account account;
    if (options_.tls) {
      for (size_t i = 0; i < nodes_.size(); ++i)
        account.servers.push_back(
            {"localhost", nodes_[(preferred_node + i) % nodes_.size()]->port()});
      account.tls_ca_file = ca_file();
      ++preferred_node;
    } else {
      account.unix_socket = socket();
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
  const CommandResult accounts = RunOrDie(argv);
  for (const auto statement : absl::StrSplit(accounts.out, ";\n", absl::SkipEmpty()))
    Administer(std::string(statement));
  return schema;
}

PrivateDatabase::Schema PrivateDatabase::CreateSchema(const std::string& prefix,
                                                      const std::vector<MigrationFile>& files) {
  static std::atomic<int> counter{0};
  const int number = ++counter;
  Schema schema = CreateAccounts(absl::StrCat(prefix, "_", number), static_cast<size_t>(number));
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

}  // namespace thidua::testing
