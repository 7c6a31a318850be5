// Over the network nothing but TLS with the right certificate is spoken.
#include <gtest/gtest.h>

#include <map>
#include <memory>

#include "common/contract/refusal.h"
#include "common/database/pool.h"
#include "tests/support/private_mariadb.h"

namespace thidua::database {
namespace {

using contract::ReasonOf;
using testing::PrivateMariadb;

// One server for each name that a certificate bears; the tests always connect to "localhost".
PrivateMariadb& Server(const std::string& certificate_host) {
  static std::map<std::string, std::unique_ptr<PrivateMariadb>> servers;
  auto& server = servers[certificate_host];
  if (server == nullptr) {
    PrivateMariadb::Options options;
    options.tls = true;
    options.certificate_host = certificate_host;
    server = std::make_unique<PrivateMariadb>(options);
  }
  return *server;
}

TEST(DatabaseTlsTest, RightCertificateIsSpokenToEncrypted) {
  PrivateMariadb& server = Server("localhost");
  Pool pool(server.OverTls(server.CreateSchema("tls").owner, "localhost"), 1);
  auto connection = pool.Borrow({});
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_NE((*connection)->Query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")->front().Text(1), "");
}

TEST(DatabaseTlsTest, CertificateOfAnotherHostIsRefused) {
  PrivateMariadb& server = Server("other.example.vn");
  Pool pool(server.OverTls(server.CreateSchema("tls").owner, "localhost"), 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

TEST(DatabaseTlsTest, CertificateOfAnotherAuthorityIsRefused) {
  PrivateMariadb& server = Server("localhost");
  Account account = server.OverTls(server.CreateSchema("tls").owner, "localhost");
  account.tls_ca_file = Server("other.example.vn").ca_file();
  Pool pool(account, 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

TEST(DatabaseTlsTest, NetworkWithoutAnAuthorityIsRefused) {
  PrivateMariadb& server = Server("localhost");
  Account account = server.OverTls(server.CreateSchema("tls").owner, "localhost");
  account.tls_ca_file.clear();
  Pool pool(account, 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(pool.Borrow({}).status()));
}

TEST(DatabaseTlsTest, ServerWithoutTlsIsRefused) {
  PrivateMariadb::Options options;
  options.tls = true;
  options.extra_arguments = {"--skip-ssl"};
  PrivateMariadb server(options);
  Pool pool(server.OverTls(server.CreateSchema("tls").owner, "localhost"), 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

}  // namespace
}  // namespace thidua::database
