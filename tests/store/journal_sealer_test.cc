// The sealer against a real server: a total order without gaps, whoever seals and however it dies.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "common/journal/sealer.h"
#include "common/journal/verify.h"
#include "common/journal/writer.h"
#include "tests/store/journal_schema.h"

namespace thidua::journal {
namespace {

using testing::Eventually;
using testing::JournalSchema;

class SealerTest : public ::testing::Test {
 protected:
  void ExpectSealedInOrder(int64_t events) {
    EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM event"), events);
    EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM event_pending"), 0);
    EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM event_seal"), events);
    EXPECT_EQ(schema_.Number("SELECT COALESCE(MAX(seq), 0) FROM event_seal"), events);
    const auto verified = VerifyJournal(**schema_.pool().Borrow({}), schema_.verifying_key());
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_TRUE(verified->intact()) << verified->DebugString();
    EXPECT_EQ(verified->events(), events);
    EXPECT_EQ(verified->signed_sequence(), events);
  }

  JournalSchema schema_;
};

TEST_F(SealerTest, OrderHasNoGapsUnderConcurrentWriters) {
  constexpr int kWriters = 8;
  constexpr int kEach = 50;
  auto sealer = schema_.MakeSealer();
  sealer->Start();
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int version = 1; version <= kEach; ++version) {
        schema_.Write(absl::StrCat("schools/truong-", writer), version);
        sealer->Wake();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_TRUE(Eventually([&] { return sealer->SealedHead() == kWriters * kEach; }));
  sealer->Stop();
  ExpectSealedInOrder(kWriters * kEach);

  // What one writer committed later has the later place.
  std::map<std::string, int64_t> last_version;
  for (const database::Row& row :
       schema_.Rows("SELECT e.resource, e.version FROM event_seal s JOIN event e ON e.event_id = "
                    "s.event_id ORDER BY s.seq")) {
    EXPECT_EQ(row.Int(1), ++last_version[row.Text(0)]);
  }
}

TEST_F(SealerTest, MoreThanOneBatchIsSealedWithoutWaiting) {
  constexpr int kEvents = kSealBatch + 77;
  for (int i = 0; i < kEvents; ++i) schema_.Write(absl::StrCat("schools/truong-", i));
  schema_.Seal();
  ExpectSealedInOrder(kEvents);
}

// The older id is committed after newer ones were sealed; until then nobody waits for it, however
// many rows a statement takes away.
TEST_F(SealerTest, EventOfACommitThatCameLateIsNeitherMissedNorWaitedFor) {
  constexpr int kMeanwhile = 64 + 8 + 1;
  auto sealer = schema_.MakeSealer();
  const absl::Status late = database::Transaction::RunUnledgered(
      schema_.pool(), {absl::Now() + absl::Seconds(30)},
      [&](database::Transaction& transaction) -> absl::Status {
        Change change;
        change.resource = "schools/ha-giang";
        change.change_kind = "CREATED";
        const auto id = Append(transaction, JournalSchema::Act(), change);
        if (!id.ok()) return id.status();
        for (int version = 1; version <= kMeanwhile; ++version)
          schema_.Write("schools/lang-son", version);
        sealer->Start();
        EXPECT_TRUE(Eventually([&] { return sealer->SealedHead() == kMeanwhile; }));
        return absl::OkStatus();
      });
  ASSERT_TRUE(late.ok()) << late;
  EXPECT_TRUE(Eventually([&] { return sealer->SealedHead() == kMeanwhile + 1; }));
  sealer->Stop();
  ExpectSealedInOrder(kMeanwhile + 1);
  EXPECT_EQ(schema_.Text(absl::StrCat("SELECT e.resource FROM event_seal s JOIN event e ON "
                                      "e.event_id = s.event_id WHERE s.seq = ",
                                      kMeanwhile + 1)),
            "schools/ha-giang");
}

TEST_F(SealerTest, OnlyTheHolderOfTheLeaseSeals) {
  schema_.Write("schools/quang-ninh");
  auto first = schema_.MakeSealer();
  first->Start();
  ASSERT_TRUE(Eventually([&] { return first->SealedHead() == 1; }));
  auto second = schema_.MakeSealer();
  second->Start();
  schema_.Write("schools/ha-giang");
  second->Wake();
  ASSERT_TRUE(Eventually([&] { return first->SealedHead() == 2; }));
  EXPECT_EQ(second->SealedHead(), 0);
  // An orderly end hands over without waiting for the lease to run out.
  first->Stop();
  schema_.Write("schools/lang-son");
  EXPECT_TRUE(Eventually([&] { return second->SealedHead() == 3; }));
  second->Stop();
  ExpectSealedInOrder(3);
}

// The first sealer is held up in the middle of its transaction until its lease has gone over to the
// second.
TEST_F(SealerTest, SealerWithAStaleLeaseLosesCleanly) {
  const std::string id = schema_.Write("schools/quang-ninh");
  auto stale = schema_.MakeSealer(absl::Milliseconds(300));
  auto fresh = schema_.MakeSealer(absl::Milliseconds(300));
  ASSERT_TRUE(database::Transaction::RunUnledgered(
                  schema_.pool(), {absl::Now() + absl::Seconds(30)},
                  [&](database::Transaction& transaction) -> absl::Status {
                    // Whoever seals inserts the seal, then waits for this row.
                    auto locked = transaction.Query(
                        "SELECT event_id FROM event_pending WHERE event_id = ? FOR UPDATE", {id});
                    if (!locked.ok()) return locked.status();
                    stale->Start();
                    absl::SleepFor(absl::Milliseconds(200));
                    fresh->Start();
                    absl::SleepFor(absl::Milliseconds(800));
                    return absl::OkStatus();
                  })
                  .ok());
  // One of them has sealed it; the other hears of it when the lease is its own again.
  ASSERT_TRUE(Eventually([&] { return fresh->SealedHead() == 1 || stale->SealedHead() == 1; }));
  for (int i = 0; i < 20; ++i) {
    schema_.Write("schools/ha-giang", i + 1);
    stale->Wake();
    fresh->Wake();
  }
  ASSERT_TRUE(
      Eventually([&] { return schema_.Number("SELECT COUNT(*) FROM event_pending") == 0; }));
  stale->Stop();
  fresh->Stop();
  schema_.Seal();
  ExpectSealedInOrder(21);
}

TEST_F(SealerTest, HeadIsSignedAtStop) {
  schema_.Write("schools/quang-ninh");
  schema_.Seal();
  const auto heads = schema_.Rows("SELECT seq, hash, signature, signed_at, key_id FROM event_head");
  ASSERT_EQ(heads.size(), 1u);
  EXPECT_EQ(heads[0].Int(0), 1);
  EXPECT_EQ(heads[0].Text(4), schema_.key().KeyId());
  EXPECT_TRUE(
      schema_.verifying_key()
          .Verify(HeadStatement({1, heads[0].Text(1)}, absl::FromUnixMicros(heads[0].Int(3))),
                  heads[0].Text(2))
          .ok());
}

TEST_F(SealerTest, HeadIsSignedAboutOnceASecondUnderLoad) {
  auto sealer = schema_.MakeSealer();
  sealer->Start();
  const absl::Time end = absl::Now() + absl::Milliseconds(2500);
  int events = 0;
  for (; absl::Now() < end; ++events) {
    schema_.Write("schools/quang-ninh", events + 1);
    sealer->Wake();
  }
  // Nothing more is written: the rest is signed all the same.
  EXPECT_TRUE(
      Eventually([&] { return schema_.Number("SELECT MAX(seq) FROM event_head") == events; }));
  EXPECT_LE(schema_.Number("SELECT COUNT(*) FROM event_head"), 5);
  EXPECT_GE(schema_.Number("SELECT COUNT(*) FROM event_head"), 3);
  sealer->Stop();
}

// While it works, and with no event to wake it.
TEST_F(SealerTest, NewKeySignsTheHeadAgain) {
  schema_.Write("schools/quang-ninh");
  const testing::KeyFile file;
  const auto next = *document::SigningKey::Load(file.path());
  std::atomic<bool> renewed = false;
  Sealer sealer(schema_.pool(), [&] { return renewed ? next : schema_.current_key()(); },
                {.holder = runtime::NewId()});
  sealer.Start();
  const auto heads = [&](const std::string& key_id) {
    return schema_.Number("SELECT COUNT(*) FROM event_head WHERE seq = 1 AND key_id = '" + key_id +
                          "'");
  };
  EXPECT_TRUE(Eventually([&] { return heads(schema_.key().KeyId()) == 1; }));
  renewed = true;
  EXPECT_TRUE(Eventually([&] { return heads(next->KeyId()) == 1; }));
  sealer.Stop();
}

TEST_F(SealerTest, NothingIsSealedOnTopOfATruncatedChain) {
  schema_.Write("schools/quang-ninh");
  schema_.Write("schools/ha-giang");
  schema_.Seal();
  schema_.Sql("DELETE FROM event_seal WHERE seq = 2");
  schema_.Write("schools/lang-son");
  auto sealer = schema_.MakeSealer();
  sealer->Start();
  absl::SleepFor(absl::Milliseconds(300));
  sealer->Stop();
  EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM event_seal"), 1);
}

TEST_F(SealerTest, NothingIsSealedOnTopOfAChainThatWasTruncatedMeanwhile) {
  auto sealer = schema_.MakeSealer();
  sealer->Start();
  schema_.Write("schools/quang-ninh");
  schema_.Write("schools/ha-giang");
  ASSERT_TRUE(Eventually([&] { return sealer->SealedHead() == 2; }));
  schema_.Sql("DELETE FROM event_seal WHERE seq = 2");
  schema_.Sql("DELETE FROM event_head");
  schema_.Write("schools/lang-son");
  absl::SleepFor(absl::Milliseconds(300));
  sealer->Stop();
  EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM event_seal"), 1);
}

TEST_F(SealerTest, AppUserCannotTouchWhatIsWritten) {
  schema_.Write("schools/quang-ninh");
  schema_.Seal();
  auto connection = schema_.pool().Borrow({});
  for (const char* statement :
       {"DELETE FROM event", "UPDATE event SET version = 9", "DELETE FROM event_seal",
        "UPDATE event_seal SET seq = 9", "DELETE FROM event_head"}) {
    EXPECT_FALSE((*connection)->Execute(statement).ok()) << statement;
  }
}

TEST_F(SealerTest, SurvivesTheLossOfItsSessions) {
  auto sealer = schema_.MakeSealer();
  sealer->Start();
  database::Pool root(testing::PrivateDatabase::Shared().NodeOf(**schema_.pool().Borrow({})).root(),
                      1);
  constexpr int kEvents = 150;
  for (int i = 1; i <= kEvents; ++i) {
    schema_.Write("schools/quang-ninh", i);
    sealer->Wake();
    if (i % 15 != 0) continue;
    const auto sessions = (*root.Borrow({}))
                              ->Query(
                                  "SELECT id FROM information_schema.processlist WHERE user = ? "
                                  "AND command = 'Execute'",
                                  {schema_.schema().app.user});
    // MySQL refuses the list while some statement in it holds bytes that are no text (3854).
    if (!sessions.ok()) continue;
    for (const database::Row& row : *sessions) {
      testing::PrivateDatabase::Shared().Administer(absl::StrCat("KILL ", row.Int(0)),
                                                    root.account());
    }
  }
  EXPECT_TRUE(Eventually([&] { return sealer->SealedHead() == kEvents; }));
  sealer->Stop();
  ExpectSealedInOrder(kEvents);
}

// Not a test: the sealer that the next one kills. It is this binary again.
TEST(SealerProcess, DISABLED_SealsUntilKilled) {
  database::Account account;
  account.unix_socket = std::getenv("SEALER_SOCKET");
  if (account.unix_socket.empty())
    account.servers = {{"localhost", std::atoi(std::getenv("SEALER_PORT"))}};
  account.tls_ca_file = std::getenv("SEALER_CA");
  account.schema = std::getenv("SEALER_SCHEMA");
  account.user = std::getenv("SEALER_USER");
  account.password = std::getenv("SEALER_PASSWORD");
  const auto key = document::SigningKey::Load(std::getenv("SEALER_KEY"));
  ASSERT_TRUE(key.ok()) << key.status();
  database::Pool pool(account, 2);
  Sealer sealer(pool, [&] { return *key; },
                {.holder = runtime::NewId(), .lease = absl::Milliseconds(300)});
  sealer.Start();
  while (::getppid() != 1) {
    sealer.Wake();
    absl::SleepFor(absl::Milliseconds(1));
  }
}

class SealerProcessRunner {
 public:
  explicit SealerProcessRunner(const JournalSchema& schema) {
    const database::Account& account = schema.schema().app;
    ::setenv("SEALER_SOCKET", account.unix_socket.c_str(), 1);
    if (!account.servers.empty())
      ::setenv("SEALER_PORT", absl::StrCat(account.servers.front().port).c_str(), 1);
    ::setenv("SEALER_CA", account.tls_ca_file.c_str(), 1);
    ::setenv("SEALER_SCHEMA", account.schema.c_str(), 1);
    ::setenv("SEALER_USER", account.user.c_str(), 1);
    ::setenv("SEALER_PASSWORD", account.password.c_str(), 1);
    ::setenv("SEALER_KEY", schema.key_file().c_str(), 1);
  }
  void Start() {
    std::string program = "/proc/self/exe", disabled = "--gtest_also_run_disabled_tests",
                filter = "--gtest_filter=SealerProcess.DISABLED_SealsUntilKilled",
                brief = "--gtest_brief=1";
    char* arguments[] = {program.data(), disabled.data(), filter.data(), brief.data(), nullptr};
    ASSERT_EQ(::posix_spawn(&process_, program.c_str(), nullptr, nullptr, arguments, environ), 0);
  }
  void Kill() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

 private:
  pid_t process_ = -1;
};

TEST_F(SealerTest, KilledSealerLeavesNothingHalfDone) {
  SealerProcessRunner runner(schema_);
  std::atomic<bool> stop{false};
  std::atomic<int64_t> written{0};
  std::thread writer([&] {
    while (!stop) {
      schema_.Write("schools/quang-ninh", written + 1);
      ++written;
    }
  });
  std::mt19937 random(20240625);
  for (int kill = 0; kill < 10; ++kill) {
    const int64_t before = schema_.Head().sequence;
    runner.Start();
    EXPECT_TRUE(Eventually([&] { return schema_.Head().sequence > before; }));
    absl::SleepFor(absl::Microseconds(std::uniform_int_distribution<int>(0, 40'000)(random)));
    runner.Kill();
  }
  stop = true;
  writer.join();
  auto sealer = schema_.MakeSealer();
  sealer->Start();
  EXPECT_TRUE(Eventually([&] { return sealer->SealedHead() == written; }));
  sealer->Stop();
  ExpectSealedInOrder(written);
}

TEST_F(SealerTest, DeniedCallIsAnEvent) {
  Act act = JournalSchema::Act();
  act.request_id = "không phải UUID";
  ASSERT_TRUE(AppendDenied(schema_.pool(), act, "windows/2024-h1/reports/hà-giang", 0,
                           {absl::Now() + absl::Seconds(5)}, absl::Now())
                  .ok());
  ASSERT_TRUE(AppendDenied(schema_.pool(), act, std::string(5000, 'a'), 41,
                           {absl::Now() + absl::Seconds(5)}, absl::Now())
                  .ok());
  schema_.Seal();
  ExpectSealedInOrder(2);
  const auto events = schema_.Rows(
      "SELECT resource, change_kind, request_id, actor, acting_person, reason FROM event ORDER BY "
      "event_id");
  EXPECT_FALSE(events[0].OptionalText(5).has_value());
  EXPECT_EQ(events[1].Text(5), "41 denied calls of this caller before it are in no event");
  EXPECT_EQ(events[0].Text(0), std::string("windows/2024-h1/reports/h") + "??" + "-giang");
  EXPECT_EQ(events[0].Text(1), kDenied);
  EXPECT_EQ(events[0].Text(2), "");
  EXPECT_EQ(events[0].Text(3), act.actor);
  EXPECT_EQ(events[0].Text(4), "Trần Văn Bình");
  EXPECT_EQ(events[1].Text(0).size(), 255u);
}

TEST_F(SealerTest, SnapshotThatNoReaderCouldTakeIsRefused) {
  const absl::Status written = database::Transaction::RunUnledgered(
      schema_.pool(), {absl::Now() + absl::Seconds(20)}, [&](database::Transaction& transaction) {
        Change change;
        change.resource = "schools/x";
        change.snapshot = std::string(kLargestSnapshot + 1, 'x');
        return Append(transaction, JournalSchema::Act(), change).status();
      });
  EXPECT_EQ(written.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM event"), 0);
}

}  // namespace
}  // namespace thidua::journal
