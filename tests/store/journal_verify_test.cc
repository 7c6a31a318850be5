// Every kind of tampering by SQL is found, and the right event is named.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/document/digest.h"
#include "common/journal/chain.h"
#include "common/journal/event_row.h"
#include "common/journal/verify.h"
#include "common/runtime/dates.h"
#include "tests/store/journal_schema.h"

namespace thidua::journal {
namespace {

using testing::JournalSchema;

constexpr int kEvents = 12;

// Twelve sealed events, the head signed at 12. Tampering is done as the owner of the schema.
class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    for (int i = 1; i <= kEvents; ++i)
      ids_.push_back(schema_.Write(absl::StrCat("schools/truong-", i)));
    schema_.Seal();
  }

  v1::VerifyEventsResponse Verify() {
    auto response = VerifyJournal(**schema_.pool().Borrow({}), schema_.verifying_key());
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::VerifyEventsResponse());
  }

  // The event with this sequence.
  const std::string& Id(int sequence) const { return ids_[static_cast<size_t>(sequence) - 1]; }

  void ExpectFound(int64_t sequence, const std::string& event_id) {
    const v1::VerifyEventsResponse response = Verify();
    EXPECT_FALSE(response.intact());
    EXPECT_EQ(response.first_bad_sequence(), sequence) << response.finding();
    EXPECT_EQ(response.first_bad_event(), event_id) << response.finding();
    EXPECT_FALSE(response.finding().empty());
    EXPECT_FALSE(response.finding_vi().empty());
  }

  // Exchanges the values of `column` in two rows of event_seal without meeting the unique keys on
  // the way.
  void Exchange(const std::string& columns_from_5, int64_t a, int64_t b) {
    schema_.Sql(absl::StrCat("CREATE TABLE aside AS SELECT * FROM event_seal WHERE seq IN (", a,
                             ", ", b, ")"));
    schema_.Sql(absl::StrCat("DELETE FROM event_seal WHERE seq IN (", a, ", ", b, ")"));
    schema_.Sql(absl::StrCat("INSERT INTO event_seal SELECT CASE seq WHEN ", a, " THEN ", b,
                             " ELSE ", a, " END, ", columns_from_5, " FROM aside"));
    schema_.Sql("DROP TABLE aside");
  }

  // Makes room at `sequence` and moves everything from there on by one, as a forger would who hides
  // an insertion.
  void MoveUpFrom(int64_t sequence) {
    schema_.Sql(absl::StrCat("UPDATE event_seal SET seq = seq + 1 WHERE seq >= ", sequence,
                             " ORDER BY seq DESC"));
  }

  // A forged event row, and the hash it has at the place after `previous`.
  std::string Forge(const std::string& id) {
    schema_.Sql(
        absl::StrCat("INSERT INTO event SELECT '", id,
                     "', 'schools/gia-mao', resource_type, version, change_kind, snapshot, actor, "
                     "acting_person, permission, method, request_id, trace_id, reason, recorded_at "
                     "FROM event WHERE event_id = '",
                     Id(3), "'"));
    const auto row = schema_.Rows(
        absl::StrCat("SELECT ", kEventColumns, " FROM event e WHERE e.event_id = '", id, "'"));
    return EventDigest(ReadEvent(row.front(), 0));
  }

  void InsertSeal(const std::string& id, const ChainPosition& previous, const ChainPosition& place,
                  absl::Time sealed) {
    schema_.Sql(
        absl::StrCat("INSERT INTO event_seal (seq, event_id, prev_hash, hash, sealed_at) VALUES (",
                     place.sequence, ", '", id, "', 0x", document::Hex(previous.hash), ", 0x",
                     document::Hex(place.hash), ", ", runtime::ToMicros(sealed), ")"));
  }

  ChainPosition PlaceOf(int64_t sequence) {
    return {sequence,
            schema_.Text(absl::StrCat("SELECT hash FROM event_seal WHERE seq = ", sequence))};
  }

  // New links for every event from `sequence` on, as somebody would compute who knows chain.h and
  // lacks the key.
  void RecomputeFrom(int64_t sequence) {
    ChainPosition place = PlaceOf(sequence - 1);
    const auto rows = schema_.Rows(absl::StrCat(
        "SELECT ", kEventColumns,
        " FROM event_seal s JOIN event e ON e.event_id = s.event_id WHERE s.seq >= ", sequence,
        " ORDER BY s.seq"));
    for (const database::Row& row : rows) {
      const ChainPosition previous = place;
      place = Next(previous, EventDigest(ReadEvent(row, 0)));
      schema_.Sql(absl::StrCat("UPDATE event_seal SET prev_hash = 0x", document::Hex(previous.hash),
                               ", hash = 0x", document::Hex(place.hash),
                               " WHERE seq = ", place.sequence));
    }
  }

  JournalSchema schema_;
  std::vector<std::string> ids_;
};

TEST_F(VerifyTest, UntouchedJournalIsIntact) {
  const v1::VerifyEventsResponse response = Verify();
  EXPECT_TRUE(response.intact()) << response.DebugString();
  EXPECT_EQ(response.events(), kEvents);
  EXPECT_EQ(response.signed_sequence(), kEvents);
  EXPECT_EQ(response.key_id(), schema_.key().KeyId());
}

TEST_F(VerifyTest, EveryColumnOfAnEventIsProtected) {
  const std::vector<std::string> edits = {"resource = 'schools/khac'",
                                          "resource_type = 'thidua.registry.v1.Cluster'",
                                          "version = version + 1",
                                          "change_kind = 'DELETED'",
                                          "snapshot = 'Trường khác'",
                                          "actor = 'spiffe://thidua.example.vn/ops/x'",
                                          "acting_person = NULL",
                                          "permission = 'none'",
                                          "method = '/x.Y/Z'",
                                          "request_id = ''",
                                          "trace_id = ''",
                                          "reason = 'lý do khác'",
                                          "recorded_at = recorded_at + 1"};
  schema_.Sql("CREATE TABLE aside AS SELECT * FROM event WHERE event_id = '" + Id(5) + "'");
  for (const std::string& edit : edits) {
    SCOPED_TRACE(edit);
    schema_.Sql("UPDATE event SET " + edit + " WHERE event_id = '" + Id(5) + "'");
    ExpectFound(5, Id(5));
    schema_.Sql("DELETE FROM event WHERE event_id = '" + Id(5) + "'");
    schema_.Sql("INSERT INTO event SELECT * FROM aside");
  }
  EXPECT_TRUE(Verify().intact());
}

TEST_F(VerifyTest, EditOfAHashIsFound) {
  schema_.Sql("UPDATE event_seal SET hash = prev_hash WHERE seq = 7");
  ExpectFound(7, Id(7));
}

TEST_F(VerifyTest, EditOfALinkIsFound) {
  schema_.Sql("UPDATE event_seal SET prev_hash = hash WHERE seq = 7");
  ExpectFound(7, Id(7));
}

TEST_F(VerifyTest, DeletedEventIsFound) {
  schema_.Sql("DELETE FROM event WHERE event_id = '" + Id(6) + "'");
  ExpectFound(6, Id(6));
}

TEST_F(VerifyTest, DeletedSealIsFound) {
  schema_.Sql("DELETE FROM event_seal WHERE seq = 6");
  ExpectFound(6, "");
}

TEST_F(VerifyTest, EventDeletedWithItsSealIsFound) {
  schema_.Sql("DELETE FROM event WHERE event_id = '" + Id(6) + "'");
  schema_.Sql("DELETE FROM event_seal WHERE seq = 6");
  ExpectFound(6, "");
}

TEST_F(VerifyTest, DeletionHiddenByNewNumbersIsFound) {
  schema_.Sql("DELETE FROM event WHERE event_id = '" + Id(6) + "'");
  schema_.Sql("DELETE FROM event_seal WHERE seq = 6");
  schema_.Sql("UPDATE event_seal SET seq = seq - 1 WHERE seq > 6 ORDER BY seq");
  ExpectFound(6, Id(7));
}

TEST_F(VerifyTest, DeletedTailIsFound) {
  schema_.Sql("DELETE FROM event WHERE event_id IN ('" + Id(11) + "', '" + Id(12) + "')");
  schema_.Sql("DELETE FROM event_seal WHERE seq > 10");
  ExpectFound(11, "");
}

TEST_F(VerifyTest, InsertedEventWithoutASealIsFound) {
  Forge("01jd3k6m2v0000000000000009");
  ExpectFound(0, "01jd3k6m2v0000000000000009");
}

TEST_F(VerifyTest, InsertionWithACopiedHashIsFound) {
  Forge("01jd3k6m2v0000000000000009");
  MoveUpFrom(5);
  const ChainPosition previous = PlaceOf(4);
  InsertSeal("01jd3k6m2v0000000000000009", previous, {5, PlaceOf(6).hash}, absl::Now());
  ExpectFound(5, "01jd3k6m2v0000000000000009");
}

TEST_F(VerifyTest, InsertionWithTheRightHashBreaksTheNextLink) {
  const std::string digest = Forge("01jd3k6m2v0000000000000009");
  MoveUpFrom(5);
  const ChainPosition previous = PlaceOf(4);
  InsertSeal("01jd3k6m2v0000000000000009", previous, Next(previous, digest), absl::Now());
  ExpectFound(6, Id(5));
}

TEST_F(VerifyTest, InsertionAtTheEndIsFound) {
  const std::string digest = Forge("01jd3k6m2v0000000000000009");
  const ChainPosition previous = PlaceOf(kEvents);
  InsertSeal("01jd3k6m2v0000000000000009", previous, Next(previous, digest),
             absl::Now() - kUnsignedFor - absl::Seconds(1));
  ExpectFound(kEvents + 1, "01jd3k6m2v0000000000000009");
}

TEST_F(VerifyTest, InsertionAtTheEndDatedInTheFutureIsFound) {
  const std::string digest = Forge("01jd3k6m2v0000000000000009");
  const ChainPosition previous = PlaceOf(kEvents);
  InsertSeal("01jd3k6m2v0000000000000009", previous, Next(previous, digest),
             absl::Now() + absl::Hours(1000));
  ExpectFound(kEvents + 1, "01jd3k6m2v0000000000000009");
}

TEST_F(VerifyTest, InsertionBeforeTheBeginningIsFound) {
  Forge("01jd3k6m2v0000000000000009");
  InsertSeal("01jd3k6m2v0000000000000009", {-1, std::string(32, '\0')}, {0, std::string(32, '\0')},
             absl::Now());
  ExpectFound(0, "01jd3k6m2v0000000000000009");
}

TEST_F(VerifyTest, TwoEventsExchangedAreFound) {
  // The events change places, the hashes stay.
  schema_.Sql("UPDATE event_seal SET event_id = 'x' WHERE seq = 4");
  schema_.Sql("UPDATE event_seal SET event_id = '" + Id(4) + "' WHERE seq = 8");
  schema_.Sql("UPDATE event_seal SET event_id = '" + Id(8) + "' WHERE seq = 4");
  ExpectFound(4, Id(8));
}

TEST_F(VerifyTest, TwoSealsExchangedAreFound) {
  Exchange("event_id, prev_hash, hash, sealed_at", 4, 5);
  ExpectFound(4, Id(5));
}

TEST_F(VerifyTest, ContentsOfTwoEventsExchangedAreFound) {
  schema_.Sql("UPDATE event SET event_id = 'x' WHERE event_id = '" + Id(4) + "'");
  schema_.Sql("UPDATE event SET event_id = '" + Id(4) + "' WHERE event_id = '" + Id(8) + "'");
  schema_.Sql("UPDATE event SET event_id = '" + Id(8) + "' WHERE event_id = 'x'");
  ExpectFound(4, Id(4));
}

TEST_F(VerifyTest, SealedEventThatStillWaitsIsFound) {
  schema_.Sql("INSERT INTO event_pending (event_id, digest) VALUES ('" + Id(9) + "', 0x" +
              std::string(64, '0') + ")");
  ExpectFound(9, Id(9));
}

TEST_F(VerifyTest, EditWithAllHashesComputedAnewIsFoundByTheSignature) {
  schema_.Sql("UPDATE event SET snapshot = 'Trường khác' WHERE event_id = '" + Id(5) + "'");
  RecomputeFrom(5);
  const v1::VerifyEventsResponse response = Verify();
  EXPECT_FALSE(response.intact());
  // Of the twelve events under the one head, which were changed cannot be told.
  EXPECT_EQ(response.first_bad_sequence(), 1);
}

TEST_F(VerifyTest, GoodHeadBeforeTheEditNarrowsWhatWasForged) {
  schema_.Write("schools/truong-13");
  schema_.Write("schools/truong-14");
  schema_.Seal();
  schema_.Sql(
      "UPDATE event SET snapshot = 'Trường khác' WHERE event_id = (SELECT event_id FROM event_seal "
      "WHERE seq = 14)");
  RecomputeFrom(13);
  const v1::VerifyEventsResponse response = Verify();
  EXPECT_FALSE(response.intact());
  EXPECT_EQ(response.first_bad_sequence(), 13);
  EXPECT_EQ(response.signed_sequence(), 12);
}

TEST_F(VerifyTest, EditOfASignedHeadIsFound) {
  schema_.Sql("UPDATE event_head SET signed_at = signed_at + 1");
  ExpectFound(kEvents, "");
}

TEST_F(VerifyTest, DeletedHeadIsFound) {
  schema_.Sql("DELETE FROM event_head");
  schema_.Sql(absl::StrCat("UPDATE event_seal SET sealed_at = sealed_at - ",
                           absl::ToInt64Microseconds(kUnsignedFor) + 1));
  ExpectFound(1, Id(1));
}

TEST_F(VerifyTest, AnotherKeyHasSignedNothing) {
  schema_.Sql(absl::StrCat("UPDATE event_seal SET sealed_at = sealed_at - ",
                           absl::ToInt64Microseconds(kUnsignedFor) + 1));
  const testing::KeyFile file;
  const auto other = document::SigningKey::FromPemFile(file.path());
  ASSERT_TRUE(other.ok());
  const auto response = VerifyJournal(
      **schema_.pool().Borrow({}), document::VerifyingKey::FromPem(other->PublicKeyPem()).value());
  ASSERT_TRUE(response.ok());
  EXPECT_FALSE(response->intact());
  EXPECT_EQ(response->first_bad_sequence(), 1);
}

TEST_F(VerifyTest, WaitingEventIsNoFinding) {
  schema_.Write("schools/truong-13");
  EXPECT_TRUE(Verify().intact());
}

TEST_F(VerifyTest, WorkingSealerIsNoFinding) {
  auto sealer = schema_.MakeSealer();
  sealer->Start();
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    for (int i = 1; !stop; ++i) {
      schema_.Write("schools/truong-13", i);
      sealer->Wake();
    }
  });
  for (int i = 0; i < 20; ++i) {
    const v1::VerifyEventsResponse response = Verify();
    EXPECT_TRUE(response.intact()) << response.DebugString();
  }
  stop = true;
  writer.join();
  sealer->Stop();
}

}  // namespace
}  // namespace thidua::journal
