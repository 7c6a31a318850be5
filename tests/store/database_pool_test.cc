// The pool against a real server that is busy, killed and brought back.
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/database/pool.h"
#include "tests/support/gate.h"
#include "tests/support/private_database.h"
#include "tests/support/process.h"

namespace thidua::database {
namespace {

using contract::ReasonOf;
using testing::Engine;
using testing::Gate;
using testing::PrivateDatabase;

int64_t SessionId(Pool::Borrowed& connection) {
  return connection->Query("SELECT CONNECTION_ID()")->front().Int(0);
}

TEST(PoolTest, LendsTheSameSessionAgain) {
  const auto schema = PrivateDatabase::Shared().CreateSchema("pool");
  Pool pool(schema.owner, 2);
  int64_t first = 0;
  {
    auto connection = *pool.Borrow({});
    first = SessionId(connection);
  }
  auto connection = *pool.Borrow({});
  EXPECT_EQ(SessionId(connection), first);
}

TEST(PoolTest, OneMoreThanItsSizeIsRefusedWithinAQuarterOfASecond) {
  const auto schema = PrivateDatabase::Shared().CreateSchema("pool");
  Pool pool(schema.owner, 2);
  auto one = *pool.Borrow({});
  auto two = *pool.Borrow({});
  const absl::Time begin = absl::Now();
  const auto three = pool.Borrow({});
  EXPECT_EQ(ReasonOf(three.status()), access::v1::REASON_OVERLOADED);
  EXPECT_LT(absl::Now() - begin, absl::Milliseconds(500));
}

TEST(PoolTest, WaiterGetsWhatIsGivenBack) {
  const auto schema = PrivateDatabase::Shared().CreateSchema("pool");
  Pool pool(schema.owner, 1);
  auto lent = std::make_unique<Pool::Borrowed>(*pool.Borrow({}));
  std::thread giver([&] {
    absl::SleepFor(absl::Milliseconds(60));
    lent.reset();
  });
  EXPECT_TRUE(pool.Borrow({}).ok());
  giver.join();
}

TEST(PoolTest, NoTimeLeftIsSaidAtOnce) {
  const auto schema = PrivateDatabase::Shared().CreateSchema("pool");
  Pool pool(schema.owner, 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({.deadline = absl::Now() - absl::Seconds(1)}).status()),
            access::v1::REASON_DEADLINE_EXCEEDED);
}

TEST(PoolTest, KilledSessionIsDiscarded) {
  const auto schema = PrivateDatabase::Shared().CreateSchema("pool");
  Pool pool(schema.owner, 1);
  {
    auto connection = *pool.Borrow({});
    PrivateDatabase::Shared().Administer(absl::StrCat("KILL ", SessionId(connection)),
                                         PrivateDatabase::Shared().NodeOf(*connection).root());
    EXPECT_TRUE(ConnectionLost(connection->Query("SELECT 1").status()));
  }
  EXPECT_TRUE((*pool.Borrow({}))->Query("SELECT 1").ok());
}

TEST(PoolTest, AfterOneLossTheIdleOnesAreNotLent) {
  Gate gate(PrivateDatabase::Shared().socket());
  Account account = PrivateDatabase::Shared().root();
  account.unix_socket = gate.socket();
  Pool pool(account, 4);
  {
    std::vector<Pool::Borrowed> all;
    for (int i = 0; i < 4; ++i) all.push_back(*pool.Borrow({}));
  }
  gate.Refuse();
  gate.Heal();
  int failures = 0;
  for (int i = 0; i < 8; ++i) failures += (*pool.Borrow({}))->Query("SELECT 1").ok() ? 0 : 1;
  EXPECT_EQ(failures, 1);
}

TEST(PoolTest, DatabaseThatIsAwayIsUnavailableAndBackAtOnce) {
  if (PrivateDatabase::ChosenEngine() == Engine::kGalera)
    GTEST_SKIP() << "one server's; how a cluster fares is in galera_failover_test.cc";
  PrivateDatabase server;
  const auto schema = server.CreateSchema("pool");
  Pool pool(schema.owner, 4);
  ASSERT_TRUE(pool.Ping(absl::Now() + absl::Seconds(2)).ok());
  server.KillHard();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ReasonOf(pool.Ping(absl::Now() + absl::Seconds(2))),
              access::v1::REASON_DATABASE_UNAVAILABLE);
  }
  server.Start();
  EXPECT_TRUE(pool.Ping(absl::Now() + absl::Seconds(2)).ok());
}

TEST(PoolTest, ServerThatIsAwayIsPassedOverForTheNext) {
  PrivateDatabase::Options options;
  options.tls = true;
  PrivateDatabase server(options);
  Account account = server.CreateSchema("pool").owner;
  account.servers.insert(account.servers.begin(), {"localhost", testing::FreePorts(1).front()});
  Pool pool(account, 4);
  EXPECT_TRUE(pool.Ping(absl::Now() + absl::Seconds(5)).ok());
}

// As after somebody else's failover: the old primary is up, and a replica now.
TEST(PoolTest, ServerThatTakesNoWritesCountsAsAway) {
  if (PrivateDatabase::ChosenEngine() == Engine::kGalera)
    GTEST_SKIP() << "one server's; a cluster has no replica that is read-only";
  PrivateDatabase server;
  const auto schema = server.CreateSchema("pool");
  server.Administer("SET GLOBAL read_only = ON");
  Pool pool(schema.owner, 4);
  EXPECT_EQ(ReasonOf(pool.Ping(absl::Now() + absl::Seconds(2))),
            access::v1::REASON_DATABASE_UNAVAILABLE);
  Pool root(server.root(), 1);  // whoever may write all the same is refused as well
  EXPECT_FALSE(root.Ping(absl::Now() + absl::Seconds(2)).ok());
}

TEST(PoolTest, NobodyConnectsForEver) {
  Gate gate(PrivateDatabase::Shared().socket());
  gate.Swallow();
  Account account = PrivateDatabase::Shared().root();
  account.unix_socket = gate.socket();
  Pool pool(account, 4, absl::Seconds(1));
  const absl::Time begin = absl::Now();
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(4));
}

TEST(PoolTest, AtMostFiveConnectAtTheSameTime) {
  Gate gate(PrivateDatabase::Shared().socket());
  gate.Swallow();
  Account account = PrivateDatabase::Shared().root();
  account.unix_socket = gate.socket();
  Pool pool(account, 8, absl::Seconds(1));
  std::vector<std::thread> borrowers;
  for (int i = 0; i < 8; ++i) borrowers.emplace_back([&] { EXPECT_FALSE(pool.Borrow({}).ok()); });
  for (std::thread& borrower : borrowers) borrower.join();
  EXPECT_EQ(gate.sessions_seen(), 5);
}

TEST(PoolTest, SilentServerIsGivenUpAfterTheStatementTimeout) {
  Gate gate(PrivateDatabase::Shared().socket());
  Account account = PrivateDatabase::Shared().root();
  account.unix_socket = gate.socket();
  Pool pool(account, 1, absl::Seconds(1));
  auto connection = *pool.Borrow({});
  gate.Swallow();
  const absl::Time begin = absl::Now();
  EXPECT_TRUE(ConnectionLost(connection->Query("SELECT 1").status()));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

// A server that hangs is worse than one that is gone: each statement that it was asked waits. No
// later one must.
TEST(PoolTest, HangingServerIsPassedOverAfterOneStatementTimeout) {
  if (PrivateDatabase::ChosenEngine() == Engine::kGalera)
    GTEST_SKIP() << "two servers'; how a cluster fares is in galera_failover_test.cc";
  constexpr absl::Duration kStatementTimeout = absl::Seconds(1);
  PrivateDatabase::Options options;
  options.tls = true;
  PrivateDatabase hanging(options);
  PrivateDatabase serving(options);
  Account account = hanging.CreateSchema("pool").owner;
  account.servers.push_back(serving.CreateAccounts(account.schema).owner.servers.front());
  testing::TemporaryDirectory directory("authorities");
  account.tls_ca_file = directory.path() + "/ca.pem";
  testing::WriteTextFile(account.tls_ca_file, testing::ReadTextFile(hanging.ca_file()) +
                                                  testing::ReadTextFile(serving.ca_file()));
  Pool pool(account, 4, kStatementTimeout);
  {
    std::vector<Pool::Borrowed> all;
    for (int i = 0; i < 4; ++i) all.push_back(*pool.Borrow({}));
  }
  hanging.node(0).Hang();
  absl::Time begin = absl::Now();
  EXPECT_TRUE(ConnectionLost((*pool.Borrow({}))->Query("SELECT 1").status()));
  EXPECT_LT(absl::Now() - begin, kStatementTimeout + absl::Seconds(3));
  // Three more idled, and none of them is asked; nor is the server connected to.
  begin = absl::Now();
  for (int i = 0; i < 8; ++i) {
    auto connection = pool.Borrow({});
    ASSERT_TRUE(connection.ok()) << connection.status();
    EXPECT_EQ((*connection)->Query("SELECT @@port")->front().Int(0), serving.node(0).port());
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
  // Nor does anybody wait for it when it is tried again.
  absl::SleepFor(absl::Seconds(5));
  std::barrier all_have_one(4);  // so that each needs one of its own
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      const absl::Time asked = absl::Now();
      const auto connection = pool.Borrow({});
      EXPECT_TRUE(connection.ok()) << connection.status();
      EXPECT_LT(absl::Now() - asked, absl::Seconds(1));
      all_have_one.arrive_and_wait();
    });
  }
  for (std::thread& caller : callers) caller.join();
  // It is back, and found to be.
  hanging.node(0).GoOn();
  absl::SleepFor(absl::Seconds(8));
  serving.KillHard();
  absl::StatusOr<Rows> answer = absl::UnknownError("");
  for (int i = 0; i < 2 && !answer.ok(); ++i) answer = (*pool.Borrow({}))->Query("SELECT @@port");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->front().Int(0), hanging.node(0).port());
}

TEST(PoolTest, ManyThreadsShareFewConnections) {
  const auto schema = PrivateDatabase::Shared().CreateSchema("pool");
  Pool pool(schema.owner, 4);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int64_t thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 100; ++i) {
        auto connection = pool.Borrow({});
        if (!connection.ok() ||
            (*connection)->Query("SELECT ?", {thread})->front().Int(0) != thread)
          ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(PoolTest, WrongPasswordIsUnavailableNotACrash) {
  Account account = PrivateDatabase::Shared().CreateSchema("pool").owner;
  account.password = "sai mật khẩu";
  Pool pool(account, 1);
  EXPECT_EQ(ReasonOf(pool.Borrow({}).status()), access::v1::REASON_DATABASE_UNAVAILABLE);
}

}  // namespace
}  // namespace thidua::database
