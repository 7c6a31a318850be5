// Over the network nothing but TLS with the right certificate is spoken.
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "common/contract/refusal.h"
#include "common/database/pool.h"
#include "tests/support/private_database.h"

namespace thidua::database {
namespace {

using contract::ReasonOf;
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
  options.extra_arguments = {"--skip-ssl"};
  PrivateDatabase server(options);
  Pool pool(server.CreateSchema("tls").owner, 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

}  // namespace
}  // namespace thidua::database
