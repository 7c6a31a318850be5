// Migration files: how they are cut into statements, and which are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/database/grants.h"
#include "common/database/migration_history.h"
#include "common/database/migration_script.h"
#include "common/database/migrator.h"

namespace thidua::database {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = MigrationStatement::Kind;

absl::StatusOr<MigrationScript> Parse(const std::string& statements) {
  return ParseMigration("0101_schools.sql", "hash", "-- min_compatible: 0101\n" + statements);
}

MigrationFile File(const std::string& name) {
  return {name, "hash of " + name,
          "-- min_compatible: " + name.substr(0, 4) + "\nCREATE TABLE t (id INT);"};
}

TEST(MigrationScriptTest, StatementsAreSplitOutsideQuotesAndComments) {
  const auto script = Parse(R"(
-- a comment; with a semicolon and a quote '
INSERT INTO school (name) VALUES ('a;b'); # end; of line
/* block; comment */ INSERT INTO school (name) VALUES ('it''s; "fine"');
INSERT INTO school (name) VALUES ('back\'slash; here'))");
  ASSERT_TRUE(script.ok()) << script.status();
  ASSERT_EQ(script->statements.size(), 3u);
  EXPECT_EQ(script->statements[0].sql, "INSERT INTO school (name) VALUES ('a;b')");
  EXPECT_EQ(script->statements[1].sql, R"(INSERT INTO school (name) VALUES ('it''s; "fine"'))");
  EXPECT_EQ(script->statements[2].sql, R"(INSERT INTO school (name) VALUES ('back\'slash; here'))");
}

TEST(MigrationScriptTest, CommentsDoNotChangeTheHashOfAStatement) {
  const auto plain = Parse("CREATE TABLE a (id INT);");
  const auto commented = Parse("-- why\nCREATE TABLE a (id INT);");
  EXPECT_EQ(plain->statements[0].sha256_hex, commented->statements[0].sha256_hex);
}

TEST(MigrationScriptTest, EachDefinitionNamesWhatItMakes) {
  const auto script = Parse(
      "CREATE TABLE `School` (id INT);"
      "create unique index school_by_code ON school (code);"
      "CREATE INDEX school_by_name ON school(name, id);"
      "ALTER TABLE school ADD COLUMN points DECIMAL(12,3) NOT NULL;"
      "ALTER TABLE school MODIFY COLUMN points DECIMAL(12,3) NULL;"
      "DROP INDEX school_by_name ON school;"
      "ALTER TABLE `school` DROP COLUMN points;"
      "drop table school;"
      "UPDATE school SET code = 1;");
  ASSERT_TRUE(script.ok()) << script.status();
  std::vector<std::string> seen;
  for (const auto& statement : script->statements) {
    seen.push_back(std::to_string(static_cast<int>(statement.kind)) + statement.table + "." +
                   statement.object);
  }
  EXPECT_THAT(seen, ElementsAre("0school.", "1school.school_by_code", "1school.school_by_name",
                                "2school.points", "3school.points", "5school.school_by_name",
                                "6school.points", "4school.", "7."));
}

TEST(MigrationScriptTest, WhatCannotBeRepeatedIsRefused) {
  for (const char* statement :
       {"DROP TABLE school, cluster", "DROP TABLE IF EXISTS school", "TRUNCATE school",
        "ALTER TABLE school DROP name", "ALTER TABLE school DROP COLUMN a, DROP COLUMN b",
        "ALTER TABLE school DROP PRIMARY KEY", "DROP INDEX school_by_name",
        "ALTER TABLE school ADD COLUMN a INT, ADD COLUMN b INT",
        "ALTER TABLE school MODIFY COLUMN a INT, MODIFY COLUMN b INT",
        "ALTER TABLE school ADD INDEX i (a)", "CREATE VIEW v AS SELECT 1", "SET NAMES utf8mb4",
        "RENAME TABLE a TO b", "CREATE TABLE IF NOT EXISTS school (id INT)",
        "CREATE TABLE a LIKE b"}) {
    EXPECT_THAT(std::string(Parse(statement).status().message()),
                HasSubstr("0101_schools.sql statement 1"))
        << statement;
  }
}

TEST(MigrationScriptTest, CompatibilityMustBeDeclared) {
  EXPECT_THAT(
      std::string(ParseMigration("0101_a.sql", "", "CREATE TABLE a (id INT);").status().message()),
      HasSubstr("min_compatible"));
  for (const char* declared : {"0102", "0001", "0201", "x"}) {
    const std::string sql =
        std::string("-- min_compatible: ") + declared + "\nCREATE TABLE a (id INT);";
    EXPECT_FALSE(ParseMigration("0101_a.sql", "", sql).ok()) << declared;
  }
}

TEST(MigrationScriptTest, NameBeginsWithItsNumber) {
  for (const char* name : {"schools.sql", "1_schools.sql", "0101.sql", "0100_schools.sql",
                           "01a1_schools.sql", "0101_schools.txt"}) {
    EXPECT_FALSE(ParseMigration(name, "", "-- min_compatible: 0101\nCREATE TABLE a (id INT);").ok())
        << name;
  }
}

TEST(MigrationScriptTest, FileWithoutAStatementIsRefused) {
  EXPECT_FALSE(Parse("-- nothing;").ok());
}

TEST(MigrationHistoryTest, SeriesAreNumberedFromOneWithoutGap) {
  EXPECT_TRUE(ParseMigrations({File("0001_a.sql"), File("0101_b.sql"), File("0102_c.sql")}).ok());
  EXPECT_FALSE(ParseMigrations({File("0002_a.sql")}).ok());
  EXPECT_FALSE(ParseMigrations({File("0101_a.sql"), File("0103_b.sql")}).ok());
  EXPECT_FALSE(ParseMigrations({File("0101_a.sql"), File("0101_b.sql")}).ok());
}

TEST(MigrationHistoryTest, LaterFoundationFileMayFollowAppliedServiceFiles) {
  const auto scripts =
      ParseMigrations({File("0001_a.sql"), File("0002_b.sql"), File("0101_c.sql")});
  ASSERT_TRUE(scripts.ok());
  AppliedFiles applied;
  for (const auto& script : *scripts) {
    if (script.number != 2)
      applied[script.name] = {
          {script.statements[0].sha256_hex}, script.sha256_hex, true, script.number};
  }
  EXPECT_TRUE(CheckHistory(*scripts, applied).ok());
  EXPECT_THAT(std::string(CheckFit(*scripts, applied).message()),
              HasSubstr("0002_b.sql is not applied"));
}

TEST(MigrationHistoryTest, HoleInTheSchemaIsRefused) {
  const auto scripts = ParseMigrations({File("0101_a.sql"), File("0102_b.sql")});
  ASSERT_TRUE(scripts.ok());
  const auto& later = (*scripts)[1];
  const AppliedFiles applied = {
      {later.name, {{later.statements[0].sha256_hex}, later.sha256_hex, true, 101}}};
  EXPECT_THAT(std::string(CheckHistory(*scripts, applied).message()),
              HasSubstr("0101_a.sql is missing from the schema"));
}

TEST(GrantStatementsTest, AppendOnlyTablesGetNoMoreThanInsert) {
  const SchemaUsers users{"'app'@'%'", "'read'@'%'"};
  EXPECT_THAT(
      GrantStatements("registry", {"event", "school", "schema_migration"}, {"event"}, users),
      ElementsAre("GRANT SELECT, INSERT ON `registry`.`event` TO 'app'@'%'",
                  "GRANT SELECT ON `registry`.`event` TO 'read'@'%'",
                  "GRANT SELECT, INSERT, UPDATE, DELETE ON `registry`.`school` TO 'app'@'%'",
                  "GRANT SELECT ON `registry`.`school` TO 'read'@'%'",
                  "GRANT SELECT ON `registry`.`schema_migration` TO 'app'@'%'",
                  "GRANT SELECT ON `registry`.`schema_migration` TO 'read'@'%'"));
}

TEST(GrantStatementsTest, NobodyNeedsAReader) {
  EXPECT_THAT(GrantStatements("registry", {"event"}, {"event"}, {"'app'@'%'", ""}),
              ElementsAre("GRANT SELECT, INSERT ON `registry`.`event` TO 'app'@'%'"));
}

TEST(GrantStatementsTest, AppendOnlyIsReadFromTheFiles) {
  MigrationFile file = File("0001_a.sql");
  file.sql += "\n-- append_only: event, event_seal\n";
  EXPECT_THAT(*AppendOnlyTables({file, File("0101_b.sql")}), ElementsAre("event", "event_seal"));
}

}  // namespace
}  // namespace thidua::database
