// One session against a real server: what goes in comes out, what the server enforces, what the
// errors say.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/database/pool.h"
#include "tests/support/private_database.h"

namespace thidua::database {
namespace {

using contract::ReasonOf;
using testing::Engine;
using testing::PrivateDatabase;

class ConnectionTest : public ::testing::Test {
 protected:
  ConnectionTest()
      : schema_(PrivateDatabase::Shared().CreateSchema("connection")), pool_(schema_.owner, 4) {}

  Pool::Borrowed Borrow(const Bounds& bounds = {}) {
    auto borrowed = pool_.Borrow(bounds);
    EXPECT_TRUE(borrowed.ok()) << borrowed.status();
    return *std::move(borrowed);
  }

  // Makes `value` take the road through a column of the given type.
  std::optional<std::string> RoundTrip(const std::string& type, const Value& value) {
    auto connection = Borrow();
    const std::string table = absl::StrCat("t", ++tables_);
    EXPECT_TRUE(connection
                    ->Execute(absl::StrCat("CREATE TABLE ", table, " (id INT PRIMARY KEY, cell ",
                                           type, ")"))
                    .ok());
    EXPECT_TRUE(
        connection->Execute(absl::StrCat("INSERT INTO ", table, " VALUES (1, ?)"), {value}).ok());
    const auto rows =
        connection->Query(absl::StrCat("SELECT cell FROM ", table, " WHERE id = ?"), {int64_t{1}});
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows->front().OptionalText(0);
  }

  std::string Setting(const std::string& expression) {
    auto connection = Borrow();
    const auto rows = connection->Query(absl::StrCat("SELECT ", expression));
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows->front().Text(0);
  }

  static std::string AllBytes(size_t size) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 131 % 256);
    return bytes;
  }

  PrivateDatabase::Schema schema_;
  Pool pool_;
  int tables_ = 0;
};

TEST_F(ConnectionTest, BytesOfEverySizeComeBackExactly) {
  for (size_t size : {0, 1, 32, 60'000, 300'000, 1 << 20}) {
    EXPECT_EQ(RoundTrip("MEDIUMBLOB", AllBytes(size)), AllBytes(size)) << size;
  }
}

TEST_F(ConnectionTest, DigestWithTrailingZeroBytesComesBackExactly) {
  const std::string digest = AllBytes(30) + std::string(2, '\0');
  EXPECT_EQ(RoundTrip("BINARY(32)", digest), digest);
}

TEST_F(ConnectionTest, DecimalKeepsEveryDigit) {
  EXPECT_EQ(RoundTrip("DECIMAL(30,6)", "-123456789012345678901234.567890"),
            "-123456789012345678901234.567890");
}

TEST_F(ConnectionTest, LargestIntegersComeBackExactly) {
  EXPECT_EQ(RoundTrip("BIGINT", int64_t{INT64_MIN}), "-9223372036854775808");
  EXPECT_EQ(RoundTrip("BIGINT UNSIGNED", "18446744073709551615"), "18446744073709551615");
}

TEST_F(ConnectionTest, NullIsNeitherZeroNorEmpty) {
  EXPECT_EQ(RoundTrip("BIGINT", nullptr), std::nullopt);
  EXPECT_EQ(RoundTrip("VARCHAR(10)", nullptr), std::nullopt);
  EXPECT_EQ(RoundTrip("VARCHAR(10)", ""), "");
}

TEST_F(ConnectionTest, VietnameseTextComesBackExactly) {
  EXPECT_EQ(
      RoundTrip("VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "Sở GD&ĐT Điện Biên 🏫"),
      "Sở GD&ĐT Điện Biên 🏫");
}

TEST_F(ConnectionTest, SessionIsSetUp) {
  const bool mysql = PrivateDatabase::ChosenEngine() == Engine::kMysql;
  EXPECT_EQ(Setting(mysql ? "@@transaction_isolation" : "@@tx_isolation"), "READ-COMMITTED");
  EXPECT_EQ(Setting("@@time_zone"), "+00:00");
  EXPECT_EQ(Setting("@@collation_connection"), "utf8mb4_bin");
  if (PrivateDatabase::ChosenEngine() == Engine::kGalera) {
    EXPECT_EQ(Setting("@@SESSION.wsrep_sync_wait"), "1");
  }
  EXPECT_NE(Setting("@@sql_mode").find("STRICT_ALL_TABLES"), std::string::npos);
  if (!mysql) {
    EXPECT_EQ(Setting("@@idle_transaction_timeout"), "10");
  }
  EXPECT_EQ(Setting("@@autocommit"), "1");
}

TEST_F(ConnectionTest, UpdateToTheSameValueStillMatchesItsRow) {
  auto connection = Borrow();
  ASSERT_TRUE(connection->Execute("CREATE TABLE school (id INT PRIMARY KEY, staff INT)").ok());
  ASSERT_TRUE(connection->Execute("INSERT INTO school VALUES (1, 40)").ok());
  const auto matched =
      connection->Execute("UPDATE school SET staff = ? WHERE id = ?", {int64_t{40}, int64_t{1}});
  ASSERT_TRUE(matched.ok());
  EXPECT_EQ(*matched, 1);
}

TEST_F(ConnectionTest, TextThatDoesNotFitIsRefusedNotCut) {
  auto connection = Borrow();
  ASSERT_TRUE(
      connection->Execute("CREATE TABLE school (id INT PRIMARY KEY, name VARCHAR(3))").ok());
  const auto status =
      connection->Execute("INSERT INTO school VALUES (1, ?)", {"Điện Biên"}).status();
  EXPECT_EQ(ErrnoOf(status), 1406);
  EXPECT_EQ(ReasonOf(status), access::v1::REASON_INTERNAL);
}

TEST_F(ConnectionTest, StatementEndsAtTheDeadline) {
  auto connection = Borrow({.deadline = absl::Now() + absl::Milliseconds(400)});
  const absl::Time begin = absl::Now();
  // Not SLEEP alone, which MySQL ends without an error.
  const auto rows =
      connection->Query("SELECT table_name FROM information_schema.tables WHERE SLEEP(20) LIMIT 1");
  EXPECT_EQ(ReasonOf(rows.status()), access::v1::REASON_DEADLINE_EXCEEDED);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
  EXPECT_FALSE(ConnectionLost(rows.status()));
}

TEST_F(ConnectionTest, ShortDeadlineOfOneCallDoesNotBindTheNext) {
  { Borrow({.deadline = absl::Now() + absl::Milliseconds(300)})->Query("SELECT 1").IgnoreError(); }
  const auto rows =
      Borrow({.deadline = absl::Now() + absl::Seconds(10)})->Query("SELECT SLEEP(0.6)");
  EXPECT_TRUE(rows.ok()) << rows.status();
}

TEST_F(ConnectionTest, WaitForALockEndsAtTheDeadline) {
  auto holder = Borrow();
  ASSERT_TRUE(holder->Execute("CREATE TABLE round (id INT PRIMARY KEY, ballots INT)").ok());
  ASSERT_TRUE(holder->Execute("INSERT INTO round VALUES (1, 0)").ok());
  ASSERT_TRUE(holder->Execute("SET autocommit = 0").ok());
  ASSERT_TRUE(holder->Execute("UPDATE round SET ballots = 1 WHERE id = 1").ok());
  auto waiter = Borrow({.deadline = absl::Now() + absl::Milliseconds(400)});
  const absl::Time begin = absl::Now();
  const auto status = waiter->Execute("UPDATE round SET ballots = 2 WHERE id = 1").status();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
  // MySQL bounds such a wait in whole seconds and calls it a conflict; the transaction that is to
  // run again then finds that no time is left.
  EXPECT_EQ(ReasonOf(status), PrivateDatabase::ChosenEngine() == Engine::kMysql
                                  ? access::v1::REASON_CONTENTION
                                  : access::v1::REASON_DEADLINE_EXCEEDED)
      << status;
}

TEST_F(ConnectionTest, CancelledCallSendsNothingMore) {
  std::atomic<bool> cancelled{false};
  auto connection = Borrow({.cancelled = &cancelled});
  ASSERT_TRUE(connection->Query("SELECT 1").ok());
  cancelled = true;
  EXPECT_EQ(ReasonOf(connection->Query("SELECT 1").status()), access::v1::REASON_CANCELLED);
}

TEST_F(ConnectionTest, DuplicateKeyIsRecognised) {
  auto connection = Borrow();
  ASSERT_TRUE(connection->Execute("CREATE TABLE school (id INT PRIMARY KEY)").ok());
  ASSERT_TRUE(connection->Execute("INSERT INTO school VALUES (1)").ok());
  EXPECT_TRUE(IsDuplicateKey(connection->Execute("INSERT INTO school VALUES (1)").status()));
}

TEST_F(ConnectionTest, MissingParentIsAFailedPrecondition) {
  auto connection = Borrow();
  ASSERT_TRUE(connection->Execute("CREATE TABLE cluster (id INT PRIMARY KEY)").ok());
  ASSERT_TRUE(connection
                  ->Execute("CREATE TABLE membership (id INT PRIMARY KEY, cluster_id INT, FOREIGN "
                            "KEY (cluster_id) REFERENCES "
                            "cluster (id))")
                  .ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(
      connection->Execute("INSERT INTO membership VALUES (1, 7)").status()));
}

TEST_F(ConnectionTest, TwoStatementsInOneAreRefused) {
  EXPECT_EQ(ErrnoOf(Borrow()->Execute("DO 1; DO 2").status()), 1064);
}

TEST_F(ConnectionTest, MoreStatementsThanTheCacheHoldsAllWork) {
  auto connection = Borrow();
  for (int round = 0; round < 2; ++round) {
    for (int64_t number = 0; number < 100; ++number) {
      const auto rows = connection->Query(absl::StrCat("SELECT ? + ", number), {number});
      ASSERT_TRUE(rows.ok()) << rows.status();
      EXPECT_EQ(rows->front().Int(0), 2 * number);
    }
  }
  const auto rows = connection->Query("SHOW SESSION STATUS LIKE 'Com_stmt_close'");
  ASSERT_TRUE(rows.ok());
  EXPECT_GE(rows->front().Int(1), 100 - 64);
}

TEST_F(ConnectionTest, QueryGivenToExecuteDoesNotSpoilThePool) {
  EXPECT_FALSE(Borrow()->Execute("SELECT 1").ok());
  EXPECT_TRUE(Borrow()->Query("SELECT 1").ok());
}

TEST_F(ConnectionTest, PreparedStatementSurvivesAChangeOfItsTable) {
  auto connection = Borrow();
  ASSERT_TRUE(
      connection->Execute("CREATE TABLE school (id INT PRIMARY KEY, name VARCHAR(20))").ok());
  ASSERT_TRUE(connection->Execute("INSERT INTO school VALUES (1, 'Điện Biên')").ok());
  ASSERT_TRUE(connection->Query("SELECT name FROM school WHERE id = ?", {int64_t{1}}).ok());
  ASSERT_TRUE(Borrow()->Execute("ALTER TABLE school ADD COLUMN note VARCHAR(20)").ok());
  const auto rows = connection->Query("SELECT name FROM school WHERE id = ?", {int64_t{1}});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->front().Text(0), "Điện Biên");
}

TEST(RowDeathTest, ReadingNullAsANumberAborts) {
  const Row row({std::nullopt});
  EXPECT_DEATH(row.Int(0), "column 0 is NULL");
}

}  // namespace
}  // namespace thidua::database
