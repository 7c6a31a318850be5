// Every migration after the first release is a step that the version before it survives: it either
// expands, or it contracts and says so (common/database/migration_script.h).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/database/migration_script.h"

namespace thidua::database {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = MigrationStatement::Kind;

// The newest file that the first release had. It and those before it changed schemas beside which
// no released binary ever served, so they may do what they like: 0107 of the registry fills in rows
// and asks for itself.
const std::map<std::string, int>& FirstRelease() {
  static const auto& newest = *new std::map<std::string, int>{
      {"common/database/migrations", 1},
      {"services/registry/migrations", 109},
      {"services/reporting/migrations", 204},
      {"services/awards/migrations", 101},
  };
  return newest;
}

bool Has(const std::string& sql, const std::string& pattern) {
  return RE2::PartialMatch(sql, absl::StrCat("(?i)\\b(", pattern, ")\\b"));
}

// What of it an older binary may not survive; empty when nothing. `made`: tables of the same file,
// which no older binary knows.
std::string NarrowedBy(const MigrationStatement& statement, const std::set<std::string>& made) {
  std::string sql = statement.sql;
  RE2::GlobalReplace(&sql, R"re('(?:[^'\\]|''|\\.)*')re", "''");
  std::string table = statement.table;
  if (statement.kind == Kind::kChangeRows) {
    if (!Has(sql, "SELECT")) RE2::PartialMatch(sql, R"re((?i)^INSERT\s+INTO\s+`?(\w+))re", &table);
    return made.contains(table) ? "" : "older binaries go on writing rows that it does not reach";
  }
  if (Has(sql, "REFERENCES")) return "older binaries may delete what the foreign key holds";
  if (made.contains(table)) return "";
  switch (statement.kind) {
    case Kind::kCreateTable:
      return "";
    case Kind::kCreateIndex:
      return Has(sql, "UNIQUE") ? "older binaries may write rows that a unique key refuses" : "";
    case Kind::kAddColumn:
      if (Has(sql, "UNIQUE|PRIMARY|CHECK")) return "older binaries may write rows that it refuses";
      return Has(sql, "NOT\\s+NULL") && !Has(sql, "DEFAULT")
                 ? "older binaries insert rows without the column"
                 : "";
    default:
      return "older binaries may use it as it was";
  }
}

std::string FirstNarrowing(const MigrationScript& script) {
  std::set<std::string> made;
  for (const MigrationStatement& statement : script.statements) {
    if (statement.kind == Kind::kCreateTable) made.insert(statement.table);
  }
  for (size_t i = 0; i < script.statements.size(); ++i) {
    const std::string why = NarrowedBy(script.statements[i], made);
    if (!why.empty()) return absl::StrCat("statement ", i + 1, ": ", why);
  }
  return "";
}

struct File {
  MigrationScript script;
  bool contracts = false;  // as it says
};

File Read(const std::string& name, const std::string& sql) {
  const auto script = ParseMigration(name, "", sql);
  EXPECT_TRUE(script.ok()) << script.status();
  return {script.ok() ? *script : MigrationScript{},
          RE2::PartialMatch(sql, R"re((?m)^-- contract: \S)re")};
}

// What is wrong with `file` after those `before` it in its series; empty when nothing.
std::string BreachOf(const File& file, const std::vector<File>& before) {
  const MigrationScript& script = file.script;
  const std::string narrowing = FirstNarrowing(script);
  if (!file.contracts && !narrowing.empty())
    return absl::StrCat(script.name, " ", narrowing, "; do it in a contract step");
  if (file.contracts && narrowing.empty())
    return absl::StrCat(script.name, " says that it contracts, and does not");
  int oldest = 0;
  bool raised_by_contract = false;
  for (const File& earlier : before) {
    if (earlier.script.min_compatible < oldest) continue;
    raised_by_contract =
        earlier.contracts || (raised_by_contract && earlier.script.min_compatible == oldest);
    oldest = earlier.script.min_compatible;
  }
  if (!file.contracts && script.min_compatible > oldest) {
    return absl::StrFormat("%s only expands: it leaves min_compatible at %04d", script.name,
                           oldest);
  }
  if (file.contracts && script.min_compatible == script.number) {
    return absl::StrCat(script.name,
                        " leaves no version that could serve while it is rolled out: "
                        "min_compatible names a file of the version before");
  }
  if (file.contracts && script.min_compatible <= oldest && !raised_by_contract) {
    return absl::StrFormat("%s contracts: it raises min_compatible above %04d", script.name,
                           oldest);
  }
  return "";
}

TEST(MigrationStepsTest, EveryFileAfterTheFirstReleaseExpandsOrSaysThatItContracts) {
  const fs::path top = THIDUA_SOURCE_DIR;
  std::map<std::string, std::map<std::string, std::string>> texts;  // by folder and name
  for (const char* folder : {"common", "services"}) {
    for (const auto& entry : fs::recursive_directory_iterator(top / folder)) {
      if (entry.path().extension() != ".sql") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      texts[fs::relative(entry.path().parent_path(), top).string()]
           [entry.path().filename().string()] = text.str();
    }
  }
  EXPECT_GE(texts.size(), FirstRelease().size());
  std::vector<std::string> breaches;
  for (const auto& [folder, by_name] : texts) {
    const auto first = FirstRelease().find(folder);
    std::vector<File> before;
    for (const auto& [name, text] : by_name) {
      before.push_back(Read(name, text));
      if (first != FirstRelease().end() && before.back().script.number <= first->second) continue;
      const File file = before.back();
      before.pop_back();
      if (std::string breach = BreachOf(file, before); !breach.empty()) breaches.push_back(breach);
      before.push_back(file);
    }
  }
  EXPECT_THAT(breaches, IsEmpty());
}

// A file 0103 after 0102, beside which every binary that knows 0101 may serve.
std::string BreachOfNext(const std::string& declarations, const std::string& statements) {
  const std::vector<File> before = {
      Read("0101_a.sql", "-- min_compatible: 0101\nCREATE TABLE a (id INT);"),
      Read("0102_b.sql", "-- min_compatible: 0101\nALTER TABLE a ADD COLUMN b INT;")};
  return BreachOf(Read("0103_c.sql", absl::StrCat(declarations, "\n", statements)), before);
}

TEST(MigrationStepsTest, WhatExpandsPasses) {
  for (const char* statement :
       {"CREATE TABLE c (id INT NOT NULL); CREATE UNIQUE INDEX c_id ON c (id); INSERT INTO c (id) "
        "VALUES (1)",
        "CREATE INDEX a_by_b ON a (b)", "ALTER TABLE a ADD COLUMN c INT NULL",
        "ALTER TABLE a ADD COLUMN c INT COMMENT 'is NOT NULL and UNIQUE later'",
        "ALTER TABLE a ADD COLUMN c INT NOT NULL DEFAULT 0"}) {
    EXPECT_EQ(BreachOfNext("-- min_compatible: 0101", statement), "") << statement;
  }
}

TEST(MigrationStepsTest, WhatNarrowsIsAContractStep) {
  for (const char* statement :
       {"DROP TABLE a", "DROP INDEX a_by_b ON a", "ALTER TABLE a DROP COLUMN b",
        "ALTER TABLE a MODIFY COLUMN b INT NOT NULL", "ALTER TABLE a ADD COLUMN c INT NOT NULL",
        "ALTER TABLE a ADD COLUMN c INT UNIQUE", "CREATE UNIQUE INDEX a_by_b ON a (b)",
        "CREATE TABLE c (id INT, FOREIGN KEY (id) REFERENCES a (id))", "UPDATE a SET b = 1",
        "DELETE FROM a", "INSERT INTO a (id) VALUES (1)",
        "CREATE TABLE c (id INT); INSERT INTO c (id) SELECT id FROM a"}) {
    EXPECT_THAT(BreachOfNext("-- min_compatible: 0101", statement),
                HasSubstr("do it in a contract step"))
        << statement;
    EXPECT_EQ(BreachOfNext("-- min_compatible: 0102\n-- contract: nobody reads b", statement), "")
        << statement;
  }
}

TEST(MigrationStepsTest, MinCompatibleIsRaisedByContractStepsAlone) {
  const char* const expands = "CREATE TABLE c (id INT)";
  const char* const contracts = "ALTER TABLE a DROP COLUMN b";
  EXPECT_THAT(BreachOfNext("-- min_compatible: 0102", expands),
              HasSubstr("leaves min_compatible at 0101"));
  EXPECT_THAT(BreachOfNext("-- min_compatible: 0102\n-- contract: nothing", expands),
              HasSubstr("says that it contracts, and does not"));
  EXPECT_THAT(BreachOfNext("-- min_compatible: 0101\n-- contract: nobody reads b", contracts),
              HasSubstr("raises min_compatible above 0101"));
  EXPECT_THAT(BreachOfNext("-- min_compatible: 0103\n-- contract: nobody reads b", contracts),
              HasSubstr("no version that could serve"));
  EXPECT_THAT(BreachOfNext("-- min_compatible: 0102\n-- contract:", contracts),
              HasSubstr("do it in a contract step"))
      << "without a reason";
}

TEST(MigrationStepsTest, ASecondContractStepOfOneVersionNeedNotRaiseItAgain) {
  const std::vector<File> before = {
      Read("0101_a.sql", "-- min_compatible: 0101\nCREATE TABLE a (id INT);"),
      Read("0102_b.sql", "-- min_compatible: 0101\nCREATE TABLE b (id INT);"),
      Read("0103_c.sql", "-- min_compatible: 0102\n-- contract: empty\nDROP TABLE a;")};
  EXPECT_EQ(
      BreachOf(Read("0104_d.sql", "-- min_compatible: 0102\n-- contract: empty\nDROP TABLE b;"),
               before),
      "");
}

}  // namespace
}  // namespace thidua::database
