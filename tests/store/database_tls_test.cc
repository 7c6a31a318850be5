// Over the network nothing but TLS with the right certificate is spoken.
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/database/pool.h"
#include "tests/support/private_database.h"

namespace thidua::database {
namespace {

using contract::ReasonOf;
using testing::Engine;
using testing::PrivateDatabase;

// One server for each name that a certificate bears; the tests always connect to "localhost".
PrivateDatabase& Server(const std::string& certificate_host) {
  static std::map<std::string, std::unique_ptr<PrivateDatabase>> servers;
  auto& server = servers[certificate_host];
  if (server == nullptr) {
    PrivateDatabase::Options options;
    options.tls = true;
    options.certificate_host = certificate_host;
    server = std::make_unique<PrivateDatabase>(options);
  }
  return *server;
}

TEST(DatabaseTlsTest, RightCertificateIsSpokenToEncrypted) {
  PrivateDatabase& server = Server("localhost");
  Pool pool(server.CreateSchema("tls").owner, 1);
  auto connection = pool.Borrow({});
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_NE((*connection)->Query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")->front().Text(1), "");
}

// The accounts ask for TLS themselves: the same password without it is turned away.
TEST(DatabaseTlsTest, AccountIsNotLetInWithoutTls) {
  PrivateDatabase& server = Server("localhost");
  const auto schema = server.CreateSchema("tls");
  for (Account account : {schema.owner, schema.app, schema.read}) {
    account.servers.clear();
    account.unix_socket = server.socket();
    Pool pool(account, 1);
    EXPECT_EQ(ErrnoOf(pool.Borrow({}).status()), 1045) << account.user;
  }
}

TEST(DatabaseTlsTest, WrongPasswordIsRefused) {
  PrivateDatabase& server = Server("localhost");
  Account account = server.CreateSchema("tls").owner;
  account.password += "r";
  Pool pool(account, 1);
  EXPECT_EQ(ErrnoOf(pool.Borrow({}).status()), 1045);
}

// MySQL has no other way since 9.0.
TEST(DatabaseTlsTest, MysqlLogsInByCachingSha2) {
  if (PrivateDatabase::ChosenEngine() != Engine::kMysql)
    GTEST_SKIP() << "MariaDB 10.11 does not know caching_sha2_password";
  PrivateDatabase& server = Server("localhost");
  const auto schema = server.CreateSchema("tls");
  Pool root(server.root(), 1);
  const auto rows = (*root.Borrow({}))
                        ->Query(
                            "SELECT COUNT(*) FROM mysql.user WHERE user LIKE ? AND plugin = "
                            "'caching_sha2_password'",
                            {schema.name + "\\_%"});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->front().Int(0), 3);
  // The first login proves the password in full, over TLS; the second is the cached, short way.
  for (int login = 0; login < 2; ++login)
    EXPECT_TRUE(Pool(schema.owner, 1).Ping(absl::Now() + absl::Seconds(5)).ok());
}

TEST(DatabaseTlsTest, CertificateOfAnotherHostIsRefused) {
  PrivateDatabase& server = Server("other.example.vn");
  Pool pool(server.CreateSchema("tls").owner, 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

TEST(DatabaseTlsTest, CertificateOfAnotherAuthorityIsRefused) {
  PrivateDatabase& server = Server("localhost");
  Account account = server.CreateSchema("tls").owner;
  account.tls_ca_file = Server("other.example.vn").ca_file();
  Pool pool(account, 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

TEST(DatabaseTlsTest, NetworkWithoutAnAuthorityIsRefused) {
  PrivateDatabase& server = Server("localhost");
  Account account = server.CreateSchema("tls").owner;
  account.tls_ca_file.clear();
  Pool pool(account, 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(pool.Borrow({}).status()));
}

TEST(DatabaseTlsTest, ServerWithoutTlsIsRefused) {
  PrivateDatabase::Options options;
  options.tls = true;
  options.extra_arguments = {options.engine == Engine::kMysql ? "--tls-version=" : "--skip-ssl"};
  PrivateDatabase server(options);
  Pool pool(server.CreateSchema("tls").owner, 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

}  // namespace
}  // namespace thidua::database
