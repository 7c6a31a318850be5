// Somebody with the database's root password changes the journal: `thidua journal verify` names the
// first event that is wrong.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/suite.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::testing {
namespace {

using ::testing::HasSubstr;

class JournalTamper : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    northern::Load(*suite_);
    // Heads are signed every few seconds; what is newer can be cut off without a trace.
    const absl::Time give_up = absl::Now() + absl::Seconds(30);
    while (Ask().signed_sequence() < suite_->Events(Service::kRegistry)) {
      ASSERT_LT(absl::Now(), give_up) << "the newest head is not signed";
      absl::SleepFor(absl::Milliseconds(50));
    }
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  // Each test tampers with the journal as it was.
  void SetUp() override {
    ASSERT_TRUE(suite_->AwaitFollowers());
    for (const char* table : {"event", "event_seal"}) {
      Administer(
          absl::StrCat("CREATE TABLE ", Table(table), "_kept AS SELECT * FROM ", Table(table)));
    }
    ASSERT_EQ(Verify().exit_status, 0) << Verify().out;
  }
  void TearDown() override {
    for (const char* table : {"event", "event_seal"}) {
      Administer(absl::StrCat("DELETE FROM ", Table(table)));
      Administer(
          absl::StrCat("INSERT INTO ", Table(table), " SELECT * FROM ", Table(table), "_kept"));
      Administer(absl::StrCat("DROP TABLE ", Table(table), "_kept"));
    }
    EXPECT_EQ(Verify().exit_status, 0) << "put back, it is intact again";
  }

  static std::string Table(const std::string& name) {
    return absl::StrCat("`", suite_->schema(Service::kRegistry), "`.", name);
  }
  static void Administer(const std::string& sql) { suite_->database().Administer(sql); }
  // The id of the event at a place in the order.
  static std::string EventAt(int64_t sequence) {
    return absl::StrCat("(SELECT event_id FROM ", Table("event_seal"), " WHERE seq = ", sequence,
                        ")");
  }
  static CommandResult Verify() {
    return suite_->Thidua({"journal", "verify", "registry"}, "ops/on-call");
  }

  static journal::v1::VerifyEventsResponse Ask() {
    return northern::Must(suite_->As("ops/on-call")
                              .CallOn<journal::v1::VerifyEventsResponse>(
                                  Service::kRegistry,
                                  "thidua.journal.v1.JournalService.VerifyEvents",
                                  journal::v1::VerifyEventsRequest()));
  }

  // The command and the service's own `verify` say the same.
  static void ExpectBroken(int64_t sequence) {
    const journal::v1::VerifyEventsResponse found = Ask();
    EXPECT_FALSE(found.intact());
    EXPECT_EQ(found.first_bad_sequence(), sequence);
    EXPECT_FALSE(found.finding().empty());
    EXPECT_FALSE(found.finding_vi().empty());
    const CommandResult command = Verify();
    EXPECT_EQ(command.exit_status, 1);
    EXPECT_THAT(command.out, HasSubstr(absl::StrCat(sequence, " ")));
    const CommandResult program = suite_->Program(Service::kRegistry, "verify");
    EXPECT_EQ(program.exit_status, 1);
    EXPECT_THAT(program.out + program.err, HasSubstr(absl::StrCat(sequence)));
  }

  inline static Suite* suite_ = nullptr;
};

TEST_F(JournalTamper, AnEditedEventIsNamed) {
  Administer(absl::StrCat(
      "UPDATE ", Table("event"),
      " SET actor = 'spiffe://thidua.local/school/lang-son' WHERE event_id = ", EventAt(7)));
  ExpectBroken(7);
}

TEST_F(JournalTamper, OneBitOfASnapshotIsEnough) {
  Administer(absl::StrCat("UPDATE ", Table("event"),
                          " SET snapshot = CONCAT(LEFT(snapshot, LENGTH(snapshot) - 1), ",
                          "CHAR(ASCII(RIGHT(snapshot, 1)) ^ 1)) WHERE event_id = ", EventAt(5)));
  ExpectBroken(5);
}

TEST_F(JournalTamper, ADeletedEventIsNamed) {
  Administer(absl::StrCat("DELETE FROM ", Table("event"), " WHERE event_id = ", EventAt(9)));
  ExpectBroken(9);
}

TEST_F(JournalTamper, AnEventDeletedWithItsSealIsNamed) {
  Administer(absl::StrCat("DELETE FROM ", Table("event"), " WHERE event_id = ", EventAt(9)));
  Administer(absl::StrCat("DELETE FROM ", Table("event_seal"), " WHERE seq = 9"));
  ExpectBroken(9);
}

TEST_F(JournalTamper, ANewestEventThatIsGoneIsMissed) {
  const int64_t newest = suite_->Events(Service::kRegistry);
  Administer(absl::StrCat("DELETE FROM ", Table("event"), " WHERE event_id = ", EventAt(newest)));
  Administer(absl::StrCat("DELETE FROM ", Table("event_seal"), " WHERE seq = ", newest));
  ExpectBroken(newest);
}

TEST_F(JournalTamper, AnInsertedEventIsFound) {
  Administer(
      absl::StrCat("INSERT INTO ", Table("event"),
                   " SELECT '01HZZZZZZZZZZZZZZZZZZZZZZZ', resource, resource_type, version, ",
                   "change_kind, snapshot, actor, acting_person, permission, method, request_id, "
                   "trace_id, reason, recorded_at FROM ",
                   Table("event"), " WHERE event_id = ", EventAt(3)));
  const journal::v1::VerifyEventsResponse found = Ask();
  EXPECT_FALSE(found.intact());
  EXPECT_THAT(found.first_bad_event(), HasSubstr("01HZZZZZZZZZZZZZZZZZZZZZZZ"));
  EXPECT_EQ(Verify().exit_status, 1);
}

TEST_F(JournalTamper, TwoEventsThatChangedPlacesAreFound) {
  const std::string seal = Table("event_seal");
  Administer(absl::StrCat("UPDATE ", seal, " a JOIN ", Table("event_seal_kept"),
                          " b ON a.seq = b.seq SET a.event_id = ",
                          "CASE a.seq WHEN 6 THEN 'x6' ELSE 'x8' END WHERE a.seq IN (6, 8)"));
  Administer(absl::StrCat("UPDATE ", seal, " a JOIN ", Table("event_seal_kept"),
                          " b ON b.seq = 14 - a.seq SET a.event_id = b.event_id ",
                          "WHERE a.seq IN (6, 8)"));
  ExpectBroken(6);
}

}  // namespace
}  // namespace thidua::testing
