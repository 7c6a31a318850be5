#include "common/database/migration_script.h"

#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace thidua::database {
namespace {

using Kind = MigrationStatement::Kind;

std::string Sha256Hex(absl::string_view bytes) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return absl::BytesToHexString(hash);
}

// Copies one quoted token, quotes included, and returns the position after it. A doubled quote is a
// quote, as is one after a backslash.
size_t CopyQuoted(absl::string_view sql, size_t at, std::string& out) {
  const char quote = sql[at];
  out.push_back(sql[at++]);
  while (at < sql.size()) {
    const char c = sql[at++];
    out.push_back(c);
    if (c == '\\' && quote != '`' && at < sql.size()) {
      out.push_back(sql[at++]);
    } else if (c == quote) {
      if (at >= sql.size() || sql[at] != quote) break;
      out.push_back(sql[at++]);
    }
  }
  return at;
}

// Statements without comments, in order.
std::vector<std::string> SplitStatements(absl::string_view sql) {
  std::vector<std::string> statements;
  std::string current;
  const auto finish = [&] {
    const absl::string_view text = absl::StripAsciiWhitespace(current);
    if (!text.empty()) statements.emplace_back(text);
    current.clear();
  };
  for (size_t at = 0; at < sql.size();) {
    const absl::string_view rest = sql.substr(at);
    if (rest[0] == '\'' || rest[0] == '"' || rest[0] == '`') {
      at = CopyQuoted(sql, at, current);
    } else if (absl::StartsWith(rest, "--") || rest[0] == '#') {
      at = std::min(sql.find('\n', at), sql.size());
    } else if (absl::StartsWith(rest, "/*")) {
      const size_t end = sql.find("*/", at + 2);
      at = end == absl::string_view::npos ? sql.size() : end + 2;
      current.push_back(' ');
    } else if (rest[0] == ';') {
      finish();
      ++at;
    } else {
      current.push_back(rest[0]);
      ++at;
    }
  }
  finish();
  return statements;
}

// Words and single signs outside quotes; quoted texts are one token. Words in lower case, without
// backquotes.
std::vector<std::string> Tokens(absl::string_view sql) {
  std::vector<std::string> tokens;
  for (size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    if (absl::ascii_isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else if (c == '\'' || c == '"' || c == '`') {
      std::string quoted;
      at = CopyQuoted(sql, at, quoted);
      tokens.push_back(
          c == '`' ? absl::AsciiStrToLower(absl::string_view(quoted).substr(1, quoted.size() - 2))
                   : quoted);
    } else if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_') {
      size_t end = at;
      while (end < sql.size() &&
             (absl::ascii_isalnum(static_cast<unsigned char>(sql[end])) || sql[end] == '_')) {
        ++end;
      }
      tokens.push_back(absl::AsciiStrToLower(sql.substr(at, end - at)));
      at = end;
    } else {
      tokens.emplace_back(1, c);
      ++at;
    }
  }
  return tokens;
}

// A comma outside parentheses: a second clause.
bool HasSecondClause(const std::vector<std::string>& tokens) {
  int depth = 0;
  for (const std::string& token : tokens) {
    if (token == "(") ++depth;
    if (token == ")") --depth;
    if (token == "," && depth == 0) return true;
  }
  return false;
}

// The one statement form for each kind. The table's name stands at `table`, that of the index or
// column at `object`; -1 where there is none.
struct Form {
  Kind kind;
  std::vector<absl::string_view> words;  // "*" is any name
  int table;
  int object;
  bool ends = false;  // nothing may follow
};

const std::vector<Form>& Forms() {
  static const auto& forms = *new std::vector<Form>{
      {Kind::kCreateTable, {"create", "table", "*", "("}, 2, -1},
      {Kind::kCreateIndex, {"create", "index", "*", "on", "*", "("}, 4, 2},
      {Kind::kCreateIndex, {"create", "unique", "index", "*", "on", "*", "("}, 5, 3},
      {Kind::kAddColumn, {"alter", "table", "*", "add", "column", "*"}, 2, 5},
      {Kind::kModifyColumn, {"alter", "table", "*", "modify", "column", "*"}, 2, 5},
      {Kind::kDropTable, {"drop", "table", "*"}, 2, -1, true},
      {Kind::kDropIndex, {"drop", "index", "*", "on", "*"}, 4, 2, true},
      {Kind::kDropColumn, {"alter", "table", "*", "drop", "column", "*"}, 2, 5, true},
      {Kind::kChangeRows, {"insert"}, -1, -1},
      {Kind::kChangeRows, {"update"}, -1, -1},
      {Kind::kChangeRows, {"delete"}, -1, -1},
  };
  return forms;
}

bool Matches(const std::vector<std::string>& tokens, const Form& form) {
  if (tokens.size() < form.words.size()) return false;
  if (form.ends && tokens.size() != form.words.size()) return false;
  for (size_t i = 0; i < form.words.size(); ++i) {
    if (form.words[i] != "*" && tokens[i] != form.words[i]) return false;
  }
  const bool one_column = form.kind == Kind::kAddColumn || form.kind == Kind::kModifyColumn;
  return !one_column || !HasSecondClause(tokens);
}

absl::StatusOr<MigrationStatement> Understand(std::string sql) {
  const std::vector<std::string> tokens = Tokens(sql);
  const auto form = std::find_if(Forms().begin(), Forms().end(),
                                 [&](const Form& known) { return Matches(tokens, known); });
  if (form == Forms().end()) {
    return absl::InvalidArgumentError(
        "only CREATE TABLE name (…), CREATE [UNIQUE] INDEX name ON table (…), DROP TABLE name, "
        "DROP INDEX name ON table, ALTER TABLE … ADD, MODIFY or DROP COLUMN (one), INSERT, UPDATE "
        "and DELETE can be repeated safely");
  }
  MigrationStatement statement;
  statement.kind = form->kind;
  if (form->table >= 0) statement.table = tokens[static_cast<size_t>(form->table)];
  if (form->object >= 0) statement.object = tokens[static_cast<size_t>(form->object)];
  statement.sha256_hex = Sha256Hex(sql);
  statement.sql = std::move(sql);
  return statement;
}

// Four digits and an underscore begin the name.
absl::StatusOr<int> NumberOf(absl::string_view name) {
  int number = 0;
  if (name.size() < 6 || name[4] != '_' || !absl::SimpleAtoi(name.substr(0, 4), &number) ||
      number <= 0 || number % 100 == 0 || !absl::EndsWith(name, ".sql")) {
    return absl::InvalidArgumentError("a migration is named NNMM_words.sql, MM from 01");
  }
  return number;
}

absl::Status ReadDeclarations(absl::string_view sql, MigrationScript& script) {
  bool declared = false;
  for (absl::string_view line : absl::StrSplit(sql, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::ConsumePrefix(&line, "-- min_compatible:")) {
      declared = absl::SimpleAtoi(absl::StripAsciiWhitespace(line), &script.min_compatible);
    } else if (absl::ConsumePrefix(&line, "-- append_only:")) {
      for (absl::string_view table : absl::StrSplit(line, ',')) {
        script.append_only.emplace_back(absl::StripAsciiWhitespace(table));
      }
    }
  }
  if (!declared) return absl::InvalidArgumentError("the line `-- min_compatible: NNMM` is missing");
  if (script.min_compatible / 100 != script.series() || script.min_compatible > script.number) {
    return absl::InvalidArgumentError(
        "min_compatible names an earlier file of the same series, or the file itself");
  }
  return absl::OkStatus();
}

absl::Status In(absl::string_view name, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(name, ": ", status.message()));
}

}  // namespace

absl::StatusOr<MigrationScript> ParseMigration(const std::string& name,
                                               const std::string& sha256_hex,
                                               const std::string& sql) {
  MigrationScript script;
  script.name = name;
  script.sha256_hex = sha256_hex;
  const auto number = NumberOf(name);
  if (!number.ok()) return In(name, number.status());
  script.number = *number;
  if (absl::Status status = ReadDeclarations(sql, script); !status.ok()) return In(name, status);
  for (std::string& text : SplitStatements(sql)) {
    auto statement = Understand(std::move(text));
    if (!statement.ok()) {
      return In(absl::StrCat(name, " statement ", script.statements.size() + 1),
                statement.status());
    }
    script.statements.push_back(*std::move(statement));
  }
  if (script.statements.empty()) return In(name, absl::InvalidArgumentError("it has no statement"));
  return script;
}

}  // namespace thidua::database
