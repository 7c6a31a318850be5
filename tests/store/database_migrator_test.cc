// The migrator against a real server: killed anywhere, run twice, run by two, fed with edited
// files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/database/grants.h"
#include "common/database/lease.h"
#include "common/database/migrator.h"
#include "tests/support/private_database.h"

namespace thidua::database {
namespace {

using testing::FoundationMigrations;
using ::testing::HasSubstr;
using testing::MakeMigration;
using testing::PrivateDatabase;

constexpr absl::Duration kShortLease = absl::Milliseconds(300);

absl::Status NoGrants(const std::string&) { return absl::OkStatus(); }

const MigrationFile& Schools() {
  static const MigrationFile file = MakeMigration("0101_schools.sql", R"(-- min_compatible: 0101
CREATE TABLE school (id CHAR(26) NOT NULL, name VARCHAR(100) NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB; -- tên; trường
CREATE INDEX school_by_name ON school (name);
ALTER TABLE school ADD COLUMN note VARCHAR(20) NOT NULL DEFAULT 'a;b';
INSERT INTO school (id, name) VALUES ('1', 'Điện Biên');
UPDATE school SET note = CONCAT(note, '+') WHERE id = '1';
)");
  return file;
}

const MigrationFile& Clusters(const std::string& min_compatible = "0101") {
  static std::map<std::string, MigrationFile> files;
  return files
      .try_emplace(
          min_compatible,
          MakeMigration("0102_clusters.sql", absl::StrCat("-- min_compatible: ", min_compatible, R"(
CREATE TABLE cluster (id CHAR(26) NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB;
CREATE TABLE membership (id CHAR(26) NOT NULL, PRIMARY KEY (id)) ENGINE=InnoDB;
)")))
      .first->second;
}

// Takes back most of what the two before it made.
const MigrationFile& Contraction() {
  static const MigrationFile file = MakeMigration("0103_contraction.sql", R"(-- min_compatible: 0102
UPDATE school SET name = CONCAT(name, '!');
ALTER TABLE school MODIFY COLUMN note VARCHAR(30) NULL;
DROP INDEX school_by_name ON school;
ALTER TABLE school DROP COLUMN note;
DROP TABLE membership;
)");
  return file;
}

std::vector<MigrationFile> With(std::initializer_list<MigrationFile> more) {
  std::vector<MigrationFile> files = FoundationMigrations();
  files.insert(files.end(), more);
  return files;
}

class MigratorTest : public ::testing::Test {
 protected:
  MigratorTest()
      : schema_(PrivateDatabase::Shared().CreateSchema("migrate")),
        owner_(schema_.owner, 4),
        app_(schema_.app, 4) {}

  absl::Status Run(const std::vector<MigrationFile>& files) {
    steps_ = 0;
    return Migrate(
        owner_, files, [this](std::string_view) { ++steps_; }, NoGrants, kShortLease);
  }

  std::string Ask(const std::string& sql) {
    return (*owner_.Borrow({}))->Query(sql)->front().Text(0);
  }

  // Everything about the shape of the schema, as one text.
  std::string Shape(Pool& pool) {
    std::string shape;
    for (const char* sql : {"SELECT CONCAT_WS(' ', table_name, column_name, ordinal_position, "
                            "column_type, is_nullable, collation_name, column_default) "
                            "FROM information_schema.columns WHERE table_schema = DATABASE() ORDER "
                            "BY table_name, ordinal_position LIMIT 1000",
                            "SELECT CONCAT_WS(' ', table_name, index_name, seq_in_index, "
                            "column_name, non_unique) FROM information_schema.statistics "
                            "WHERE table_schema = DATABASE() ORDER BY table_name, index_name, "
                            "seq_in_index LIMIT 1000"}) {
      const auto rows = (*pool.Borrow({}))->Query(sql);
      for (const Row& row : *rows) absl::StrAppend(&shape, row.Text(0), "\n");
    }
    return shape;
  }

  PrivateDatabase::Schema schema_;
  Pool owner_;
  Pool app_;
  int steps_ = 0;
};

TEST_F(MigratorTest, EmptySchemaGetsEverything) {
  ASSERT_TRUE(Run(With({Schools()})).ok());
  EXPECT_EQ(Ask("SELECT CONCAT(name, ' ', note) FROM school WHERE id = '1'"), "Điện Biên a;b+");
  EXPECT_TRUE(CheckCompatible(app_, With({Schools()})).ok());
}

TEST_F(MigratorTest, SecondRunDoesNothing) {
  ASSERT_TRUE(Run(With({Schools()})).ok());
  EXPECT_GT(steps_, 0);
  ASSERT_TRUE(Run(With({Schools()})).ok());
  EXPECT_EQ(steps_, 0);
}

TEST_F(MigratorTest, EarlierHeadGoesOnToTheNextWithItsData) {
  ASSERT_TRUE(Run(With({Schools()})).ok());
  ASSERT_TRUE(Run(With({Schools(), Clusters()})).ok());
  EXPECT_EQ(steps_, 2);
  EXPECT_EQ(Ask("SELECT COUNT(*) FROM school"), "1");
}

// A child process is killed before statement 1, 2, 3, … until a run gets through; the shape and the
// rows are those of an undisturbed run.
TEST_F(MigratorTest, KilledBeforeAnyStatementThenRunAgain) {
  const auto files = With({Schools(), Clusters(), Contraction()});
  int kills = 0;
  for (;; ++kills) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Pool pool(schema_.owner, 2);
      int step = 0;
      const auto status = Migrate(
          pool, files,
          [&](std::string_view) {
            if (++step == 2) kill(getpid(), SIGKILL);
          },
          NoGrants, kShortLease);
      _exit(status.ok() ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    if (WIFEXITED(status)) {
      ASSERT_EQ(WEXITSTATUS(status), 0);
      break;
    }
  }
  EXPECT_GE(kills, 17);
  EXPECT_EQ(Ask("SELECT name FROM school"), "Điện Biên!");
  const auto undisturbed = PrivateDatabase::Shared().CreateSchema("migrate", files);
  Pool other(undisturbed.owner, 2);
  EXPECT_EQ(Shape(owner_), Shape(other));
}

// Each statement that takes away is done, and forgotten as if the migrator had died before
// recording it; the next run does not stumble over what is gone.
TEST_F(MigratorTest, WhatIsDroppedAlreadyIsNotDroppedTwice) {
  const auto files = With({Schools(), Clusters(), Contraction()});
  ASSERT_TRUE(Run(files).ok());
  const std::string shape = Shape(owner_);
  EXPECT_EQ(Ask("SELECT name FROM school"), "Điện Biên!");
  for (int64_t statement = 5; statement >= 3; --statement) {
    ASSERT_TRUE(
        (*owner_.Borrow({}))
            ->Execute("DELETE FROM schema_migration WHERE file = '0103_contraction.sql' AND "
                      "statement >= ?",
                      {statement})
            .ok());
    ASSERT_TRUE(Run(files).ok()) << statement;
    EXPECT_EQ(Shape(owner_), shape);
  }
  EXPECT_EQ(Ask("SELECT name FROM school"), "Điện Biên!");
}

// Repeated alone, as after a death between the statement and its record.
TEST_F(MigratorTest, AChangedColumnMayBeChangedAgain) {
  const auto files =
      With({Schools(), Clusters(),
            MakeMigration("0103_longer.sql",
                          "-- min_compatible: 0102\n"
                          "ALTER TABLE school MODIFY COLUMN note VARCHAR(30) NULL;")});
  ASSERT_TRUE(Run(files).ok());
  const std::string shape = Shape(owner_);
  ASSERT_TRUE((*owner_.Borrow({}))
                  ->Execute("DELETE FROM schema_migration WHERE file = '0103_longer.sql'")
                  .ok());
  ASSERT_TRUE(Run(files).ok());
  EXPECT_EQ(Shape(owner_), shape);
}

// The other half of each statement's life: done, but killed before it was recorded.
TEST_F(MigratorTest, StatementDoneButNotRecordedIsNotDoneTwice) {
  const auto files = With({Schools()});
  ASSERT_TRUE(Run(files).ok());
  const std::string shape = Shape(owner_);
  // Statements 4 and 5 change rows: one transaction with their record, both gone or both there.
  for (int64_t statement = 3; statement >= 1; --statement) {
    ASSERT_TRUE(
        (*owner_.Borrow({}))
            ->Execute(
                "DELETE FROM schema_migration WHERE file = '0101_schools.sql' AND statement >= ?",
                {statement})
            .ok());
    ASSERT_TRUE((*owner_.Borrow({}))->Execute("DELETE FROM school WHERE id = '1'").ok());
    ASSERT_TRUE(Run(files).ok());
    EXPECT_EQ(Shape(owner_), shape);
    EXPECT_EQ(Ask("SELECT note FROM school WHERE id = '1'"), "a;b+");
  }
}

TEST_F(MigratorTest, TwoAtOnceBothSucceedAndDoItOnce) {
  const auto files = With({Schools(), Clusters()});
  Pool other(schema_.owner, 4);
  absl::Status second;
  std::atomic<int> steps{0};
  std::thread thread([&] {
    second = Migrate(
        other, files, [&](std::string_view) { ++steps; }, NoGrants, kShortLease);
  });
  const absl::Status first = Migrate(
      owner_, files, [&](std::string_view) { ++steps; }, NoGrants, kShortLease);
  thread.join();
  EXPECT_TRUE(first.ok()) << first;
  EXPECT_TRUE(second.ok()) << second;
  EXPECT_EQ(Ask("SELECT COUNT(*) FROM schema_migration"), std::to_string(steps));
  EXPECT_EQ(Ask("SELECT note FROM school"), "a;b+");
}

TEST_F(MigratorTest, EditedAppliedFileIsRefused) {
  ASSERT_TRUE(Run(With({Schools()})).ok());
  MigrationFile edited = MakeMigration(Schools().name, Schools().sql + "-- another comment\n");
  const auto status = Run(With({edited}));
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("0101_schools.sql was edited after it was applied"));
  EXPECT_FALSE(CheckCompatible(app_, With({edited})).ok());
}

TEST_F(MigratorTest, StatementThatFailedMayBeMended) {
  const std::string good =
      "-- min_compatible: 0101\nCREATE TABLE a (id INT NOT NULL, PRIMARY KEY (id));\n";
  const auto broken =
      Run(With({MakeMigration("0101_a.sql", good + "CREATE TABLE b (id NONSENSE);\n")}));
  EXPECT_THAT(std::string(broken.message()), HasSubstr("0101_a.sql statement 2 of 2"));
  EXPECT_THAT(std::string(broken.message()), HasSubstr("database error"));
  EXPECT_TRUE(
      Run(With({MakeMigration("0101_a.sql",
                              good + "CREATE TABLE b (id INT NOT NULL, PRIMARY KEY (id));\n")}))
          .ok());
}

TEST_F(MigratorTest, MissingNumberIsRefused) {
  const auto status = Run(With({MakeMigration("0102_b.sql", Clusters().sql)}));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("migration 0101 is missing before 0102_b.sql"));
}

TEST_F(MigratorTest, AppliedFileUnknownHereIsRefused) {
  ASSERT_TRUE(Run(With({Schools(), Clusters()})).ok());
  const auto status = Run(With({MakeMigration("0101_other.sql", Schools().sql), Clusters()}));
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("0101_schools.sql is applied to this schema but unknown here"));
}

TEST_F(MigratorTest, SchemaBehindSaysToMigrate) {
  EXPECT_THAT(std::string(CheckCompatible(app_, With({Schools()})).message()),
              HasSubstr("run `migrate`"));
  ASSERT_TRUE(Run(With({Schools()})).ok());
  const auto status = CheckCompatible(app_, With({Schools(), Clusters()}));
  EXPECT_TRUE(absl::IsNotFound(status)) << "it may yet come";
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("0102_clusters.sql is not applied; run `migrate`"));
}

TEST_F(MigratorTest, SchemaAheadIsFineWhenItSaysSo) {
  ASSERT_TRUE(Run(With({Schools(), Clusters("0101")})).ok());
  EXPECT_TRUE(CheckCompatible(app_, With({Schools()})).ok());
  EXPECT_TRUE(Run(With({Schools()})).ok());
}

TEST_F(MigratorTest, SchemaTooFarAheadSaysToUpgrade) {
  ASSERT_TRUE(Run(With({Schools(), Clusters("0102")})).ok());
  const auto status = CheckCompatible(app_, With({Schools()}));
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << "no waiting mends it";
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("0102_clusters.sql needs a version that knows migration 0102, and this one "
                        "knows 0101; start a newer version"));
}

class GrantTest : public ::testing::Test {
 protected:
  GrantTest()
      : schema_(PrivateDatabase::Shared().CreateSchema("grant", FoundationMigrations())),
        app_(schema_.app, 2),
        read_(schema_.read, 2) {}

  static int Errno(Pool& pool, const std::string& sql) {
    return ErrnoOf((*pool.Borrow({}))->Execute(sql).status());
  }

  static constexpr int kDenied = 1142;
  PrivateDatabase::Schema schema_;
  Pool app_;
  Pool read_;
};

TEST_F(GrantTest, JournalCanBeAppendedToAndReadByTheApp) {
  const std::string insert =
      "INSERT INTO event_head (seq, hash, key_id, signature, signed_at) VALUES (1, 'h', 'k', 's', "
      "1)";
  EXPECT_EQ(Errno(app_, insert), 0);
  EXPECT_EQ((*app_.Borrow({}))->Query("SELECT COUNT(*) FROM event_head")->front().Int(0), 1);
}

TEST_F(GrantTest, JournalCannotBeChangedByTheApp) {
  for (const char* table : {"event", "event_seal", "event_head"}) {
    EXPECT_EQ(Errno(app_, absl::StrCat("DELETE FROM ", table)), kDenied) << table;
    EXPECT_EQ(Errno(app_, absl::StrCat("TRUNCATE TABLE ", table)), kDenied) << table;
    EXPECT_EQ(Errno(app_, absl::StrCat("DROP TABLE ", table)), kDenied) << table;
    EXPECT_EQ(Errno(app_, absl::StrCat("ALTER TABLE ", table, " COMMENT = 'x'")), kDenied) << table;
  }
  EXPECT_EQ(Errno(app_, "UPDATE event SET reason = 'x'"), kDenied);
  EXPECT_EQ(Errno(app_,
                  "REPLACE INTO event_head (seq, hash, key_id, signature, signed_at) VALUES (1, "
                  "'h', 'k', 's', 1)"),
            kDenied);
}

TEST_F(GrantTest, AppMayNotRewriteTheHistoryOfTheSchema) {
  EXPECT_EQ(Errno(app_, "DELETE FROM schema_migration"), kDenied);
}

// A version that was rolled back migrates once more: it does not know what is append-only in the
// tables of the later one.
TEST_F(GrantTest, AnOlderVersionLeavesTheRightsOnLaterTablesAlone) {
  const auto later =
      With({MakeMigration("0101_later.sql",
                          "-- min_compatible: 0101\n-- append_only: later\n"
                          "CREATE TABLE later (id INT NOT NULL, PRIMARY KEY (id));")});
  Pool owner(schema_.owner, 2);
  const auto grant = GrantWhenMade(owner, later, schema_.users);
  ASSERT_TRUE(grant.ok());
  ASSERT_TRUE(Migrate(
                  owner, later, [](std::string_view) {}, *grant)
                  .ok());
  EXPECT_EQ(Errno(app_, "INSERT INTO later (id) VALUES (1)"), 0) << "with the table, not after all";
  ASSERT_TRUE(Grant(owner, FoundationMigrations(), schema_.users).ok());
  EXPECT_EQ(Errno(app_, "DELETE FROM later"), kDenied);
}

TEST_F(GrantTest, ReaderReadsAndDoesNothingElse) {
  EXPECT_TRUE((*read_.Borrow({}))->Query("SELECT event_id FROM event LIMIT 1").ok());
  EXPECT_EQ(Errno(read_, "INSERT INTO event_pending (event_id, recorded_at) VALUES ('01', 1)"),
            kDenied);
}

class LeaseTest : public ::testing::Test {
 protected:
  LeaseTest()
      : pool_(PrivateDatabase::Shared().CreateSchema("lease", FoundationMigrations()).app, 8) {}
  Pool pool_;
};

TEST_F(LeaseTest, OnlyOneOfManyHoldsIt) {
  std::atomic<int> holders{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Lease lease(pool_, "sealer", absl::StrCat("holder ", i), absl::Seconds(30));
      const auto taken = lease.TakeOrRenew();
      ASSERT_TRUE(taken.ok()) << taken.status();
      if (*taken) ++holders;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(holders, 1);
}

TEST_F(LeaseTest, HolderRenewsAndAnotherWaitsForItsEnd) {
  Lease mine(pool_, "sealer", "tôi", absl::Milliseconds(300));
  Lease theirs(pool_, "sealer", "họ", absl::Milliseconds(300));
  EXPECT_TRUE(*mine.TakeOrRenew());
  EXPECT_TRUE(*mine.TakeOrRenew());
  EXPECT_FALSE(*theirs.TakeOrRenew());
  absl::SleepFor(absl::Milliseconds(350));
  EXPECT_TRUE(*theirs.TakeOrRenew());
  EXPECT_FALSE(*mine.TakeOrRenew());
}

TEST_F(LeaseTest, ReleasedLeaseIsFreeAtOnce) {
  Lease mine(pool_, "sealer", "tôi", absl::Seconds(30));
  Lease theirs(pool_, "sealer", "họ", absl::Seconds(30));
  ASSERT_TRUE(*mine.TakeOrRenew());
  ASSERT_TRUE(theirs.Release().ok());
  EXPECT_FALSE(*theirs.TakeOrRenew());
  ASSERT_TRUE(mine.Release().ok());
  EXPECT_TRUE(*theirs.TakeOrRenew());
}

}  // namespace
}  // namespace thidua::database
