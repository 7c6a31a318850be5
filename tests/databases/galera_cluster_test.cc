// What the suite promises of one database holds on a Galera cluster of three whose nodes all write:
// no update is lost, nothing happens twice, a read sees what was committed elsewhere.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/database/transaction.h"
#include "common/runtime/ids.h"
#include "tests/support/figure.h"
#include "tests/support/killed_session.h"
#include "tests/support/private_database.h"

namespace thidua::testing {
namespace {

using database::Account;
using database::Pool;
using database::Transaction;

class GaleraCluster : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    PrivateDatabase::Options options;
    options.engine = Engine::kGalera;
    options.tls = true;
    cluster_ = new PrivateDatabase(options);
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  GaleraCluster()
      : schema_(cluster_->CreateSchema("galera", WithCounter(FoundationMigrations()))) {}

  // The service's account on one node and no other.
  Account AppOn(size_t node) const {
    Account account = schema_.app;
    account.servers = {{"localhost", cluster_->node(node).port()}};
    return account;
  }

  static int64_t CounterIn(Pool& pool) {
    auto connection = pool.Borrow({});
    EXPECT_TRUE(connection.ok()) << connection.status();
    return (*connection)->Query("SELECT value FROM counter WHERE id = 1").value().front().Int(0);
  }

  // Reads the counter and writes one more, if it still is what was read.
  static absl::StatusOr<Transaction::Outcome> CountOnce(Pool& pool, const std::string& request_id) {
    Transaction::Options options;
    options.ledger = {.caller = "spiffe://thidua.local/test/counter",
                      .method = "/Count",
                      .request_id = request_id,
                      .request_hash = std::string(32, 'r')};
    options.bounds.deadline = absl::Now() + absl::Seconds(10);
    options.now = absl::Now();
    return Transaction::Run(
        pool, options, [](Transaction& transaction) -> absl::StatusOr<std::string> {
          const auto rows = transaction.Query("SELECT value FROM counter WHERE id = 1");
          if (!rows.ok()) return rows.status();
          const int64_t value = rows->front().Int(0);
          const auto swapped = transaction.Execute(
              "UPDATE counter SET value = ? WHERE id = 1 AND value = ?", {value + 1, value});
          if (!swapped.ok()) return swapped.status();
          if (*swapped != 1) return absl::AbortedError("another was first");
          return absl::StrCat(value + 1);
        });
  }

  inline static PrivateDatabase* cluster_ = nullptr;
  PrivateDatabase::Schema schema_;
};

// Two counters on each node. Each success is one more, no two successes say the same number.
TEST_F(GaleraCluster, SixThatCountThroughThreeNodesLoseNoCount) {
  constexpr int kCounters = 6;
  constexpr int kCounts = 50;
  std::atomic<int> conflicts{0};
  std::vector<std::vector<std::string>> answers(kCounters);
  std::vector<std::thread> counters;
  for (size_t i = 0; i < kCounters; ++i) {
    counters.emplace_back([&, i] {
      Pool pool(AppOn(i % cluster_->size()), 1);
      while (answers[i].size() < kCounts) {
        const auto counted = CountOnce(pool, runtime::NewUuid4());
        if (counted.ok()) {
          answers[i].push_back(counted->response);
          continue;
        }
        ASSERT_TRUE(absl::IsAborted(counted.status())) << counted.status();
        ++conflicts;
      }
    });
  }
  for (std::thread& counter : counters) counter.join();
  std::map<std::string, int> seen;
  for (const auto& of_one : answers) {
    for (const std::string& answer : of_one) ++seen[answer];
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kCounters * kCounts)) << "an answer was given twice";
  for (size_t node = 0; node < cluster_->size(); ++node) {
    Pool pool(AppOn(node), 1);
    EXPECT_EQ(CounterIn(pool), kCounters * kCounts) << "node " << node;
  }
  EXPECT_GT(conflicts, 0) << "nobody met anybody: this proves nothing";
  Figure("galera, 6 writers of one row on 3 nodes: updates lost",
         absl::StrCat("0 of ", kCounters * kCounts, " (", conflicts.load(), " conflicts)"));
}

// The same request on all nodes at once, as when an answer was lost and the repeat goes elsewhere.
TEST_F(GaleraCluster, ARequestOnAllNodesAtOnceHasOneEffect) {
  constexpr int kRequests = 50;
  for (int request = 0; request < kRequests; ++request) {
    const std::string request_id = runtime::NewUuid4();
    std::vector<std::string> answers(cluster_->size());
    std::vector<std::thread> callers;
    for (size_t node = 0; node < cluster_->size(); ++node) {
      callers.emplace_back([&, node] {
        Pool pool(AppOn(node), 1);
        for (;;) {
          const auto counted = CountOnce(pool, request_id);
          if (counted.ok()) {
            answers[node] = counted->response;
            return;
          }
          ASSERT_TRUE(absl::IsAborted(counted.status())) << counted.status();
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
    for (const std::string& answer : answers) EXPECT_EQ(answer, absl::StrCat(request + 1));
  }
  Pool pool(AppOn(0), 1);
  EXPECT_EQ(CounterIn(pool), kRequests);
}

// A transaction that was thrown out in its middle must not leave its second half. The word of it
// gets lost at a read between two writes, most often at one that the session has yet to prepare:
// with the check before COMMIT taken out, some 1 in 100 of these transactions leave a half.
TEST_F(GaleraCluster, NoHalfOfATransactionIsCommitted) {
  constexpr int kWriters = 6;
  constexpr int kCounts = 100;
  {
    Pool pool(AppOn(0), 1);
    ASSERT_TRUE((*pool.Borrow({}))->Execute("INSERT INTO counter (id, value) VALUES (2, 0)").ok());
  }
  std::vector<std::thread> writers;
  std::atomic<int> conflicts{0};
  for (size_t i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      for (int counted = 0; counted < kCounts;) {
        Pool pool(AppOn(i % cluster_->size()), 1);
        const absl::Status done = Transaction::RunUnledgered(
            pool, {absl::Now() + absl::Seconds(10)}, [](Transaction& transaction) -> absl::Status {
              const auto first =
                  transaction.Execute("UPDATE counter SET value = value + 1 WHERE id = 1");
              if (!first.ok()) return first.status();
              const auto rows = transaction.Query("SELECT value FROM counter WHERE id = 2");
              if (!rows.ok()) return rows.status();
              const auto second =
                  transaction.Execute("UPDATE counter SET value = value + 1 WHERE id = 2");
              if (!second.ok()) return second.status();
              return absl::OkStatus();
            });
        if (done.ok()) {
          ++counted;
        } else {
          ASSERT_TRUE(absl::IsAborted(done)) << done;
          ++conflicts;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  Pool pool(AppOn(0), 1);
  const auto values = (*pool.Borrow({}))->Query("SELECT value FROM counter ORDER BY id LIMIT 2");
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(values->at(0).Int(0), kWriters * kCounts);
  EXPECT_EQ(values->at(1).Int(0), kWriters * kCounts);
  EXPECT_GT(conflicts, 0) << "nobody met anybody: this proves nothing";
  Figure("galera, 6 writers of two rows on 3 nodes: halves committed, acknowledged and lost",
         absl::StrCat("0, 0 of ", kWriters * kCounts, " (", conflicts.load(), " conflicts)"));
}

TEST_F(GaleraCluster, WhatWasCommittedOnOneNodeIsReadOnTheOthers) {
  constexpr int kWrites = 300;
  std::vector<std::unique_ptr<Pool>> pools;
  for (size_t node = 0; node < cluster_->size(); ++node)
    pools.push_back(std::make_unique<Pool>(AppOn(node), 1));
  for (int64_t write = 1; write <= kWrites; ++write) {
    const size_t writer = static_cast<size_t>(write) % pools.size();
    ASSERT_TRUE(CountOnce(*pools[writer], runtime::NewUuid4()).ok());
    for (size_t reader = 0; reader < pools.size(); ++reader)
      ASSERT_EQ(CounterIn(*pools[reader]), write)
          << "written on " << writer << ", read on " << reader;
  }
}

}  // namespace
}  // namespace thidua::testing
