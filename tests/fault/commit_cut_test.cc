// "A retried request has one effect": the connection is cut around COMMIT, again and again, and
// each request has happened once, whatever its caller was told.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/database/transaction.h"
#include "tests/support/gate.h"
#include "tests/support/killed_session.h"
#include "tests/support/private_database.h"

namespace thidua::database {
namespace {

using testing::CommitCut;
using testing::Gate;
using testing::PrivateDatabase;

Account Through(const Gate& gate, Account account) {
  account.unix_socket = gate.socket();
  return account;
}

class CommitCutTest : public ::testing::Test {
 protected:
  CommitCutTest()
      : schema_(PrivateDatabase::Shared().CreateSchema(
            "cut", testing::WithCounter(testing::FoundationMigrations()))),
        gate_(PrivateDatabase::Shared().socket()),
        through_gate_(Through(gate_, schema_.app), 4),
        direct_(schema_.app, 2) {}

  absl::StatusOr<Transaction::Outcome> Submit(const std::string& request_id) {
    const Transaction::Options options{
        .ledger = {.caller = "spiffe://thidua.example.vn/portal/dien-bien",
                   .method = "/thidua.reporting.v1.ReportService/SubmitReport",
                   .request_id = request_id,
                   .request_hash = std::string(32, 'h')},
        .bounds = {.deadline = absl::Now() + absl::Seconds(10)},
        .now = absl::Now()};
    return Transaction::Run(
        through_gate_, options, [&](Transaction& transaction) -> absl::StatusOr<std::string> {
          const auto rows =
              transaction.Execute("UPDATE counter SET value = value + 1 WHERE id = 1");
          if (!rows.ok()) return rows.status();
          return absl::StrCat("answer to ", request_id);
        });
  }

  int64_t Effects() {
    return (*direct_.Borrow({}))->Query("SELECT value FROM counter WHERE id = 1")->front().Int(0);
  }

  // Cuts `times` requests there. The service hides the cut from its caller: every request is
  // answered, and has one effect.
  void CutAndExpectOneEffectEach(CommitCut cut, int times) {
    for (int i = 0; i < times; ++i) {
      gate_.CutNextCommit(cut);
      const std::string id = absl::StrCat(static_cast<int>(cut), "-", i);
      const auto outcome = Submit(id);
      ASSERT_TRUE(outcome.ok()) << id << ": " << outcome.status();
      ASSERT_EQ(outcome->response, absl::StrCat("answer to ", id));
      ASSERT_TRUE(gate_.cut_done());
      ASSERT_EQ(Effects(), i + 1) << id;
    }
  }

  PrivateDatabase::Schema schema_;
  Gate gate_;
  Pool through_gate_;
  Pool direct_;
};

TEST_F(CommitCutTest, BeforeTheServerSawIt) {
  CutAndExpectOneEffectEach(CommitCut::kBeforeForwarding, 60);
}

TEST_F(CommitCutTest, WhileTheServerWorksOnIt) {
  CutAndExpectOneEffectEach(CommitCut::kWhileInFlight, 60);
}

TEST_F(CommitCutTest, AfterTheServerCommittedAndBeforeWeHeard) {
  CutAndExpectOneEffectEach(CommitCut::kBeforeReply, 60);
}

TEST_F(CommitCutTest, AfterWeHeard) { CutAndExpectOneEffectEach(CommitCut::kAfterReply, 60); }

// The answer of a request whose COMMIT succeeded unheard is the stored one.
TEST_F(CommitCutTest, UnheardCommitIsReplayed) {
  gate_.CutNextCommit(CommitCut::kBeforeReply);
  const auto outcome = Submit("a");
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_TRUE(outcome->replayed);
}

// Callers repeat what they did not hear of; four of them at once, cuts of all kinds.
TEST_F(CommitCutTest, CallersThatRepeatUntilAnsweredHaveOneEffectEach) {
  constexpr int kCallers = 4;
  constexpr int kRequests = 50;
  constexpr std::array kCuts = {CommitCut::kBeforeForwarding, CommitCut::kWhileInFlight,
                                CommitCut::kBeforeReply, CommitCut::kAfterReply};
  std::atomic<bool> done{false};
  std::atomic<int> cuts{0};
  std::thread saboteur([&] {
    for (size_t i = 0; !done; ++i) {
      gate_.CutNextCommit(kCuts[i % kCuts.size()]);
      while (!done && !gate_.cut_done()) absl::SleepFor(absl::Milliseconds(1));
      ++cuts;
    }
  });
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < kRequests; ++i) {
        const std::string id = absl::StrCat(caller, "-", i);
        absl::StatusOr<Transaction::Outcome> outcome = Submit(id);
        for (int tries = 1; !outcome.ok() && tries < 100; ++tries) outcome = Submit(id);
        EXPECT_TRUE(outcome.ok()) << outcome.status();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  done = true;
  saboteur.join();
  EXPECT_GE(cuts, kCallers * kRequests / 2);
  EXPECT_EQ(Effects(), kCallers * kRequests);
}

// Without a ledger the doubt cannot be resolved here: the caller is told, and must look before it
// repeats.
TEST_F(CommitCutTest, UnledgeredDoubtIsReportedAndNotRepeated) {
  int runs = 0;
  gate_.CutNextCommit(CommitCut::kBeforeReply);
  const auto status =
      Transaction::RunUnledgered(through_gate_, {}, [&](Transaction& transaction) -> absl::Status {
        ++runs;
        return transaction.Execute("UPDATE counter SET value = value + 1 WHERE id = 1").status();
      });
  EXPECT_EQ(contract::ReasonOf(status), access::v1::REASON_DATABASE_UNAVAILABLE);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(Effects(), 1);
}

// kill -9 of the server under writers: what was acknowledged is there, and once.
TEST(ServerKillTest, AcknowledgedWritesSurviveTheServersDeath) {
  PrivateDatabase server;
  const auto schema =
      server.CreateSchema("kill", testing::WithCounter(testing::FoundationMigrations()));
  constexpr int kKills = 20;
  Pool pool(schema.app, 4);
  std::atomic<bool> done{false};
  std::atomic<int64_t> acknowledged{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; !done; ++i) {
        const Transaction::Options options{
            .ledger = {.caller = absl::StrCat("writer ", writer),
                       .method = "/thidua.reporting.v1.ReportService/SubmitReport",
                       .request_id = absl::StrCat(i),
                       .request_hash = std::string(32, 'h')},
            .bounds = {.deadline = absl::Now() + absl::Seconds(10)},
            .now = absl::Now()};
        // A request is repeated until it is answered, so that in the end each has happened.
        while (true) {
          const auto outcome = Transaction::Run(
              pool, options, [](Transaction& transaction) -> absl::StatusOr<std::string> {
                const auto rows =
                    transaction.Execute("UPDATE counter SET value = value + 1 WHERE id = 1");
                if (!rows.ok()) return rows.status();
                return "ok";
              });
          if (outcome.ok()) break;
          absl::SleepFor(absl::Milliseconds(20));
        }
        ++acknowledged;
      }
    });
  }
  for (int i = 0; i < kKills; ++i) {
    absl::SleepFor(absl::Milliseconds(150));
    server.KillHard();
    server.Start();
  }
  done = true;
  for (std::thread& writer : writers) writer.join();
  auto connection = *pool.Borrow({});
  EXPECT_GT(acknowledged, kKills);
  EXPECT_EQ(connection->Query("SELECT value FROM counter WHERE id = 1")->front().Int(0),
            acknowledged);
  EXPECT_EQ(connection->Query("SELECT COUNT(*) FROM request_ledger")->front().Int(0), acknowledged);
}

}  // namespace
}  // namespace thidua::database
