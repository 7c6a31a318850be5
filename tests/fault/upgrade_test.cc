// "Version N and N−1 serve together while the schema changes, and no call fails": the real registry
// is N−1; N and N+1 are made of its sources with the migrations and the patch of
// tests/fixtures/upgrade. N expands the schema and N+1 contracts it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/journal/sealer.h"
#include "common/runtime/ids.h"
#include "tests/support/acknowledged_writes.h"
#include "tests/support/figure.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/persistent_caller.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/suite.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/document_service.pb.h"

namespace thidua::testing {
namespace {

using registry::v1::Document;
using ::testing::HasSubstr;

constexpr char kNext[] = THIDUA_REGISTRY_NEXT;
constexpr char kAfterNext[] = THIDUA_REGISTRY_AFTER_NEXT;
constexpr char kThis[] = THIDUA_BINARY_DIR "/services/registry";
// A running server looks at its schema every 5 s.
constexpr absl::Duration kNoticed = absl::Seconds(15);

Document Decision(int year, const std::string& title) {
  Document document;
  document.set_number(absl::StrCat("Số ", title));
  document.mutable_issue_date()->set_year(year);
  document.set_issuer("Học viện Chính trị quốc gia Hồ Chí Minh");
  document.set_title(title);
  document.mutable_provenance()->set_confidence(registry::v1::CONFIDENCE_DOCUMENTED);
  document.mutable_provenance()->set_source("Số liệu thử nghiệm");
  return document;
}

// Callers that record, correct and read documents, and read the map. Each call is made once: what
// repeats it is the channel alone, as its contract says. All of them go to all replicas in turn.
class DocumentLoad {
 public:
  DocumentLoad(Suite& suite, int threads) : suite_(suite), academy_(suite.As(northern::kAcademy)) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, i] {
        for (int round = 0; !stopping_ && Record(absl::StrCat("thu-", i, "-", round)); ++round) {
        }
      });
    }
  }
  ~DocumentLoad() { Stop(); }

  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  int64_t calls() const { return calls_; }
  int64_t writes() const { return writes_.size(); }
  size_t failed() const { return failures_.size(); }
  absl::Duration slowest() const { return absl::Nanoseconds(slowest_.load()); }

  // Waits for so many more answers; fails when a call failed.
  ::testing::AssertionResult AwaitProgress(int64_t answers) {
    const int64_t goal = calls_ + answers;
    const absl::Time give_up = absl::Now() + absl::Seconds(30);
    while (calls_ < goal && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(2));
    const std::lock_guard lock(mutex_);
    if (calls_ >= goal && failures_.empty()) return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure()
           << goal - calls_ << " answers are missing; failed: " << absl::StrJoin(failures_, "\n");
  }

  void ExpectAllThere() const {
    for (const std::string& failure : failures_) ADD_FAILURE() << failure;
    writes_.ExpectEachOnce(suite_);
  }

 private:
  template <class Response, class Request>
  bool Call(const std::string& method, const Request& request, Response* answer) {
    const absl::Time began = absl::Now();
    auto answered =
        academy_.Call<Response>(method, request, {.deadline = began + absl::Seconds(10)});
    const int64_t took = absl::ToInt64Nanoseconds(absl::Now() - began);
    for (int64_t slowest = slowest_;
         took > slowest && !slowest_.compare_exchange_weak(slowest, took);) {
    }
    ++calls_;
    if (answered.ok()) {
      *answer = *std::move(answered);
      return true;
    }
    const std::lock_guard lock(mutex_);
    failures_.push_back(absl::StrCat(absl::FormatTime(began, absl::UTCTimeZone()), " after ",
                                     took / 1000000, " ms: ", method, ": ",
                                     Described(answered.status())));
    return false;
  }

  template <class Request>
  bool Write(const std::string& method, Request request, Document* answer) {
    request.set_request_id(runtime::NewUuid4());
    if (!Call(method, request, answer)) return false;
    writes_.Add(Service::kRegistry, request.request_id(), *answer);
    return true;
  }

  // What was acknowledged is what is read, from whichever replica.
  bool Read(const Document& written) {
    registry::v1::GetDocumentRequest request;
    request.set_name(written.name());
    Document read;
    if (!Call("thidua.registry.v1.DocumentService.GetDocument", request, &read)) return false;
    EXPECT_EQ(read.SerializeAsString(), written.SerializeAsString()) << written.name();
    return true;
  }

  bool ReadMap() {
    registry::v1::GetClusterSnapshotRequest request;
    request.set_name(northern::kCluster);
    registry::v1::ClusterSnapshot snapshot;
    if (!Call("thidua.registry.v1.ClusterService.GetClusterSnapshot", request, &snapshot))
      return false;
    EXPECT_EQ(snapshot.members_size(), 8);
    return true;
  }

  bool Record(const std::string& id) {
    registry::v1::CreateDocumentRequest create;
    create.set_document_id(id);
    *create.mutable_document() = Decision(2021, id);
    Document document;
    if (!Write("thidua.registry.v1.DocumentService.CreateDocument", create, &document) ||
        !Read(document))
      return false;
    registry::v1::UpdateDocumentRequest update;
    *update.mutable_document() = Decision(2022, id);
    update.mutable_document()->set_name(document.name());
    update.mutable_update_mask()->add_paths("issue_date");
    update.set_etag(document.etag());
    return Write("thidua.registry.v1.DocumentService.UpdateDocument", update, &document) &&
           Read(document) && ReadMap();
  }

  Suite& suite_;
  Client& academy_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> calls_{0};
  std::atomic<int64_t> slowest_{0};
  AcknowledgedWrites writes_;
  std::mutex mutex_;
  std::vector<std::string> failures_;  // guarded by mutex_
};

class Upgrade : public ::testing::Test {
 protected:
  explicit Upgrade(int replicas = 1) : suite_(OptionsFor(replicas)) {}

  static Suite::Options OptionsFor(int replicas) {
    Suite::Options options;
    options.replicas = replicas;
    options.start = {Service::kRegistry};
    options.configure = [](Service, config::v1::ServiceConfig& config) {
      config.set_drain_seconds(1);
    };
    return options;
  }

  void Migrate(const std::string& binary) {
    suite_.Install(Service::kRegistry, binary);
    const CommandResult migrated = suite_.Program(Service::kRegistry, "migrate");
    ASSERT_EQ(migrated.exit_status, 0) << migrated.out << migrated.err;
  }

  std::string Ask(const std::string& sql) {
    database::Account account = suite_.database().root();
    account.schema = suite_.schema(Service::kRegistry);
    database::Pool root(account, 1);
    return (*root.Borrow({}))->Query(sql)->front().Text(0);
  }

  std::string SealedBy() {
    return Ask(absl::StrCat("SELECT holder FROM lease WHERE name = '", journal::kSealerLease, "'"));
  }

  absl::Status RecordDocument(const std::string& id) {
    registry::v1::CreateDocumentRequest create;
    create.set_document_id(id);
    *create.mutable_document() = Decision(2024, id);
    return CallUntilAnswered<Document>(suite_.As(northern::kAcademy),
                                       "thidua.registry.v1.DocumentService.CreateDocument", create)
        .status();
  }

  int LinesWith(const std::string& text) {
    int lines = 0;
    for (absl::string_view line : absl::StrSplit(suite_.Log(Service::kRegistry), '\n')) {
      if (absl::StrContains(line, text)) ++lines;
    }
    return lines;
  }

  ::testing::AssertionResult AwaitLine(const std::string& text) {
    const absl::Time give_up = absl::Now() + kNoticed;
    while (LinesWith(text) == 0) {
      if (absl::Now() > give_up) {
        return ::testing::AssertionFailure() << "no line with " << text << ":\n"
                                             << suite_.Log(Service::kRegistry);
      }
      absl::SleepFor(absl::Milliseconds(10));
    }
    return ::testing::AssertionSuccess();
  }

  Suite suite_;
};

class RollingUpgrade : public Upgrade {
 protected:
  RollingUpgrade() : Upgrade(2) {
    northern::LoadRegistry(suite_);
    EXPECT_TRUE(suite_.AwaitRegistry());
  }

  // One after the other, under load.
  void Roll(DocumentLoad& load) {
    for (int replica = 0; replica < 2; ++replica) {
      ASSERT_EQ(suite_.Replace(Service::kRegistry, replica), 0)
          << suite_.Log(Service::kRegistry, replica);
      ASSERT_TRUE(load.AwaitProgress(500)) << "after replica " << replica;
    }
  }

  void UpgradeTo(const std::string& binary, DocumentLoad& load) {
    ASSERT_TRUE(load.AwaitProgress(500)) << "before the migration";
    Migrate(binary);
    ASSERT_TRUE(load.AwaitProgress(500)) << "the version before, on the new schema";
    Roll(load);
  }
};

TEST_F(RollingUpgrade, TwoVersionsServeTogetherWhileTheSchemaChangesAndNoCallFails) {
  const absl::Time began = absl::Now();
  const std::string first_sealer = SealedBy();
  DocumentLoad load(suite_, 4);
  ASSERT_NO_FATAL_FAILURE(UpgradeTo(kNext, load));
  EXPECT_GT(Ask("SELECT COUNT(*) FROM document WHERE issue_year IS NULL"), "0") << "N−1 wrote";
  EXPECT_GT(Ask("SELECT COUNT(*) FROM document WHERE issue_year IS NOT NULL"), "0") << "N wrote";
  ASSERT_NO_FATAL_FAILURE(UpgradeTo(kAfterNext, load));
  load.Stop();
  load.ExpectAllThere();
  EXPECT_EQ(Ask("SELECT COUNT(*) FROM document WHERE issue_year <> issue_day DIV 10000"), "0");
  EXPECT_TRUE(suite_.AwaitSealed(Service::kRegistry, absl::Seconds(20)));
  EXPECT_NE(SealedBy(), first_sealer) << "the journal is sealed by a new process";
  const CommandResult verified = suite_.Program(Service::kRegistry, "verify");
  EXPECT_EQ(verified.exit_status, 0) << verified.out << verified.err;
  Figure("upgrade in two steps under load, failed calls",
         absl::StrCat(load.failed(), " of ", load.calls(), " (", load.writes(), " writes) in ",
                      absl::ToInt64Seconds(absl::Now() - began), " s"));
  Figure("upgrade in two steps under load, slowest call",
         absl::StrCat(absl::ToInt64Milliseconds(load.slowest()), " ms"));
}

// The binary goes back without its schema.
TEST_F(Upgrade, AVersionRolledBackServesOnTheSchemaOfTheNext) {
  Migrate(kNext);
  EXPECT_EQ(suite_.Stop(Service::kRegistry), 0);
  suite_.Start(Service::kRegistry);
  EXPECT_THAT(RecordDocument("of-the-next"), IsOk());
  EXPECT_EQ(suite_.Stop(Service::kRegistry), 0);
  Migrate(kThis);  // its job runs too, and leaves the schema as it is
  suite_.Start(Service::kRegistry);
  EXPECT_THAT(RecordDocument("of-this"), IsOk());
  EXPECT_EQ(Ask("SELECT GROUP_CONCAT(COALESCE(issue_year, 'NULL') ORDER BY name) FROM document"),
            "2024,NULL");
}

// Its time is over: a version was left out, so that the schema contracts under a server that needs
// it as it was.
TEST_F(Upgrade, AServerThatAContractStepLeavesBehindEndsInGoodOrderAndDoesNotStartAgain) {
  const std::string sentence = "start a newer version";
  Migrate(kAfterNext);
  EXPECT_EQ(suite_.AwaitEnd(Service::kRegistry, kNoticed), 1);
  EXPECT_EQ(LinesWith("the schema no longer fits; draining"), 1);
  EXPECT_THAT(suite_.Log(Service::kRegistry), HasSubstr(sentence));

  const int said = LinesWith(sentence);
  suite_.Install(Service::kRegistry, kThis);
  suite_.Launch(Service::kRegistry);
  EXPECT_EQ(suite_.AwaitEnd(Service::kRegistry, absl::Seconds(5)), 1) << "at once";
  EXPECT_EQ(LinesWith(sentence), said + 1);

  suite_.Install(Service::kRegistry, kAfterNext);
  suite_.Start(Service::kRegistry);
  EXPECT_THAT(RecordDocument("sau-nang-cap"), IsOk());
}

TEST_F(Upgrade, AServerWaitsForItsSchema) {
  EXPECT_EQ(suite_.Stop(Service::kRegistry), 0);
  suite_.Install(Service::kRegistry, kNext);
  suite_.Launch(Service::kRegistry);
  ASSERT_TRUE(AwaitLine("waiting for the schema"));
  EXPECT_EQ(suite_.Stop(Service::kRegistry), 0) << "it may be told to stop";
  suite_.Launch(Service::kRegistry);
  EXPECT_FALSE(suite_.AwaitServing(Service::kRegistry, absl::Seconds(2)));
  ASSERT_TRUE(suite_.Running(Service::kRegistry));
  EXPECT_EQ(LinesWith("waiting for the schema"), 2) << "once each time";
  EXPECT_EQ(LinesWith("run `migrate` of this version as the schema's owner"), 2);
  Migrate(kNext);
  EXPECT_TRUE(suite_.AwaitServing(Service::kRegistry)) << suite_.Log(Service::kRegistry);
}

// The very first start: the application has no rights before the first migration has given them.
TEST_F(Upgrade, AServerWaitsForTheFirstMigration) {
  EXPECT_EQ(suite_.Stop(Service::kRegistry), 0);
  const std::string schema = suite_.schema(Service::kRegistry);
  suite_.database().Administer(absl::StrCat("DROP DATABASE ", schema));
  suite_.database().Administer(
      absl::StrCat("REVOKE ALL, GRANT OPTION FROM '", schema, "_app'@'localhost'"));
  suite_.Launch(Service::kRegistry);
  ASSERT_TRUE(AwaitLine("waiting for the database"));
  suite_.database().Administer(
      absl::StrCat("CREATE DATABASE ", schema, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"));
  EXPECT_FALSE(suite_.AwaitServing(Service::kRegistry, absl::Seconds(2)));
  Migrate(kThis);
  EXPECT_TRUE(suite_.AwaitServing(Service::kRegistry)) << suite_.Log(Service::kRegistry);
}

// A backup of yesterday's schema is put under today's server.
TEST_F(Upgrade, AServerWhoseSchemaWentBackEnds) {
  Migrate(kNext);
  EXPECT_EQ(suite_.Stop(Service::kRegistry), 0);
  suite_.Start(Service::kRegistry);
  suite_.database().Administer(absl::StrCat("DELETE FROM ", suite_.schema(Service::kRegistry),
                                            ".schema_migration WHERE file LIKE '%expand.sql'"));
  EXPECT_EQ(suite_.AwaitEnd(Service::kRegistry, kNoticed), 1);
  EXPECT_THAT(suite_.Log(Service::kRegistry), HasSubstr("the schema is behind"));
}

}  // namespace
}  // namespace thidua::testing
