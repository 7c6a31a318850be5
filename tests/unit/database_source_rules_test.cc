// Rules about the source text itself: who may see the driver, which of its calls nobody may use,
// and the SQL that every engine we may move to understands (MariaDB 10.11, MySQL 8.4/9.x, TiDB,
// Vitess).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "common/database/migration_history.h"
#include "common/database/migrator.h"

namespace thidua::database {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

constexpr char kDriverFile[] = "common/database/connection.cc";

struct SourceFile {
  std::string path;  // from the top of the checkout
  std::string text;
};

std::vector<SourceFile> Sources(std::initializer_list<const char*> folders,
                                const std::vector<std::string>& extensions) {
  std::vector<SourceFile> files;
  const fs::path top = THIDUA_SOURCE_DIR;
  for (const char* folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(top / folder)) {
      const std::string extension = entry.path().extension().string();
      if (std::find(extensions.begin(), extensions.end(), extension) == extensions.end()) continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      files.push_back({fs::relative(entry.path(), top).string(), text.str()});
    }
  }
  return files;
}

std::vector<SourceFile> Code() { return Sources({"common", "services"}, {".cc", ".h"}); }

// The defect kept for reintroduced_commit_test.cc is the one permitted use.
std::string WithoutReintroducedDefect(std::string text) {
  RE2::GlobalReplace(&text, R"((?s)#ifdef THIDUA_REINTRODUCE_DRIVER_COMMIT\n.*?#else)", "");
  return text;
}

std::string WithoutComments(std::string text) {
  RE2::GlobalReplace(&text, R"((?s)/\*.*?\*/)", " ");
  RE2::GlobalReplace(&text, R"((?m)//.*$)", " ");
  return text;
}

std::string WithoutSqlComments(std::string text) {
  RE2::GlobalReplace(&text, R"((?m)--.*$)", " ");
  RE2::GlobalReplace(&text, R"(COMMENT '(?:[^']|'')*')", " ");
  return text;
}

// The string literals of a C++ file, one after the other as the compiler joins them.
std::string Literals(const std::string& code) {
  static const RE2 kLiteral(R"re((?s)R"(?:sql)?\((.*?)\)(?:sql)?"|"((?:[^"\\\n]|\\.)*)")re");
  std::string joined;
  re2::StringPiece rest(code);
  std::string raw;
  std::string plain;
  while (RE2::FindAndConsume(&rest, kLiteral, &raw, &plain))
    joined += raw.empty() ? plain + " " : raw + " ; ";
  return joined;
}

struct Forbidden {
  const char* pattern;
  const char* why;
};

constexpr Forbidden kForbiddenSql[] = {
    {R"(\bCREATE\s+(OR\s+REPLACE\s+)?(DEFINER\s*=\s*\S+\s+)?(PROCEDURE|FUNCTION|TRIGGER|EVENT|VIEW)\b)",
     "stored programs and views"},
    {R"(\bCREATE\s+TEMPORARY\b)", "temporary tables"},
    {R"(\bFULLTEXT\b)", "full-text indexes"},
    {R"(\bXA\s+(START|BEGIN|END|PREPARE|COMMIT|ROLLBACK)\b)", "XA"},
    {R"(\b(GET_LOCK|RELEASE_LOCK)\s*\()", "named locks: two Galera nodes grant the same one"},
    {R"(\bLOCK\s+TABLES?\b)", "table locks"},
    {R"(\bSKIP\s+LOCKED\b)", "SKIP LOCKED"},
    {R"(\bRETURNING\b)", "RETURNING: MariaDB only"},
    {R"(\b(ADD|DROP)\s+(COLUMN|INDEX)\s+IF\b)", "IF [NOT] EXISTS in ALTER TABLE: MariaDB only"},
    {R"(\bON\s+(DELETE|UPDATE)\s+(CASCADE|SET\s+NULL)\b)",
     "cascades: Group Replication limitations"},
    {R"(\bAUTO_INCREMENT\b)", "AUTO_INCREMENT: ids are made by the service"},
    {R"(\bJSON_(EXTRACT|TABLE|VALUE|QUERY|SET|ARRAYAGG|OBJECTAGG)\s*\()", "JSON operators"},
    {R"(\b(DOUBLE|FLOAT)\s+(NOT\s+)?NULL\b)", "binary floating point in the schema"},
    {R"(\b(DATETIME|TIMESTAMP)\b(\(\d\))?\s+(NOT\s+)?NULL\b)", "instants are BIGINT microseconds"},
    {R"(\bOFFSET\s+(\?|\d))", "OFFSET: pages go by key"},
    {R"(\buca1400_|\butf8mb4_vi_0900|\butf8mb4_vietnamese_ci|\butf8mb4_0900)",
     "a collation of one engine"},
    {R"(\bSELECT\s+\*)", "SELECT *: a column added later would change the row"},
};

// `flags`: "(?i)" where all of the text is SQL; in code only capitals are, since literals are also
// sentences.
std::vector<std::string> Breaches(const std::string& path, const std::string& sql,
                                  const std::string& flags = "") {
  std::vector<std::string> breaches;
  for (const Forbidden& forbidden : kForbiddenSql) {
    std::string found;
    if (RE2::PartialMatch(sql, flags + "(" + forbidden.pattern + ")", &found)) {
      breaches.push_back(path + ": `" + found + "`: " + forbidden.why);
    }
  }
  return breaches;
}

TEST(SourceRulesTest, OnlyOneFileSeesTheDriver) {
  static const RE2 kInclude(R"((?m)^\s*#\s*include\s*[<"](cppconn/|mysql|mariadb))");
  std::vector<std::string> breaches;
  for (const SourceFile& file : Code()) {
    if (file.path != kDriverFile && RE2::PartialMatch(file.text, kInclude))
      breaches.push_back(file.path);
  }
  EXPECT_THAT(breaches, IsEmpty());
}

TEST(SourceRulesTest, NobodyUsesTheTransactionCallsOfTheDriver) {
  // They drop the server's error: a commit that failed looks like one that succeeded.
  static const RE2 kCall(
      R"((->|\.)\s*(commit|rollback|setAutoCommit|setTransactionIsolation|reconnect)\s*\()");
  std::vector<std::string> breaches;
  for (const SourceFile& file : Code()) {
    if (RE2::PartialMatch(WithoutComments(WithoutReintroducedDefect(file.text)), kCall))
      breaches.push_back(file.path);
  }
  EXPECT_THAT(breaches, IsEmpty());
}

TEST(SourceRulesTest, TransactionControlIsSentByOneFile) {
  static const RE2 kControl(
      R"re((?i)"\s*(START\s+TRANSACTION|BEGIN|COMMIT|ROLLBACK|SET\s+autocommit)\b[^"]*")re");
  std::vector<std::string> breaches;
  for (const SourceFile& file : Code()) {
    if (file.path != kDriverFile && RE2::PartialMatch(WithoutComments(file.text), kControl))
      breaches.push_back(file.path);
  }
  EXPECT_THAT(breaches, IsEmpty());
}

TEST(SourceRulesTest, MigrationsSpeakTheSharedDialect) {
  std::vector<std::string> breaches;
  for (const SourceFile& file : Sources({"common", "services"}, {".sql"})) {
    for (std::string& breach : Breaches(file.path, WithoutSqlComments(file.text), "(?i)"))
      breaches.push_back(std::move(breach));
  }
  EXPECT_THAT(breaches, IsEmpty());
}

// A service's schema is the common files and its own; the migrator must understand all of them.
TEST(SourceRulesTest, MigrationsOfEveryServiceAreUnderstood) {
  for (const char* service : {"registry", "reporting", "awards"}) {
    std::vector<MigrationFile> files;
    const std::string own = std::string("services/") + service;
    for (const SourceFile& file : Sources({"common/database/migrations", own.c_str()}, {".sql"})) {
      files.push_back({fs::path(file.path).filename().string(), "", file.text});
    }
    EXPECT_GT(files.size(), 1u) << service;
    EXPECT_TRUE(ParseMigrations(files).ok()) << ParseMigrations(files).status();
  }
}

TEST(SourceRulesTest, StatementsInTheCodeSpeakTheSharedDialect) {
  std::vector<std::string> breaches;
  for (const SourceFile& file : Code()) {
    for (std::string& breach : Breaches(file.path, Literals(WithoutComments(file.text))))
      breaches.push_back(std::move(breach));
  }
  EXPECT_THAT(breaches, IsEmpty());
}

TEST(SourceRulesTest, ScannerFindsWhatItLooksFor) {
  EXPECT_EQ(Breaches("x", "DELETE FROM school RETURNING id").size(), 1u);
  EXPECT_EQ(
      Breaches("x", Literals("Query(\"SELECT id FROM a LIMIT 10 \"\n  \"OFFSET 20\")")).size(), 1u);
  EXPECT_EQ(Breaches("x", Literals("R\"(SELECT GET_LOCK('a', 1))\"")).size(), 1u);
  EXPECT_EQ(Breaches("x", "create table a (b double not null)", "(?i)").size(), 1u);
  EXPECT_THAT(Breaches("x", Literals("Refuse(\"a returning school\")")), IsEmpty());
  EXPECT_THAT(Breaches("x", "SELECT id FROM event ORDER BY id LIMIT 10"), IsEmpty());
}

}  // namespace
}  // namespace thidua::database
