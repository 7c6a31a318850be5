#include "common/text/csv.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text/characters.h"

namespace thidua::text {
namespace {

constexpr int32_t kByteOrderMark = 0xFEFF;
constexpr std::string_view kByteOrderMarkBytes = "\xEF\xBB\xBF";

absl::Status ProblemAt(int64_t line, int64_t column, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line, ", column ", column, ": ", std::string(problem)));
}

// Walks the file once, knowing at every step the line and column it is at.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ == text_.size(); }

  // The next record, which may be no wider than `widest` cells.
  absl::StatusOr<CsvRow> ReadRow(size_t widest);

 private:
  absl::Status ReadCell(CsvCell& cell);
  absl::Status ReadBareCell(CsvCell& cell);
  absl::Status ReadQuotedCell(CsvCell& cell);

  // Takes one character, adding its bytes to `into`.
  absl::Status Take(std::string& into);
  // Takes a line end if one is here.
  bool TakeLineEnd();

  bool Sees(std::string_view bytes) const { return text_.substr(at_).starts_with(bytes); }
  bool SeesLineEnd() const { return Sees("\n") || Sees("\r\n"); }
  absl::Status ProblemHere(std::string_view problem) const {
    return ProblemAt(line_, column_, problem);
  }

  std::string_view text_;
  size_t at_ = 0;
  int64_t line_ = 1;
  int64_t column_ = 1;
};

absl::Status CsvReader::Take(std::string& into) {
  const size_t start = at_;
  const int32_t character = NextCharacter(text_, at_);
  if (character == kIllFormed) return ProblemHere("not UTF-8");
  if (character == 0) return ProblemHere("a NUL character");
  if (character == kByteOrderMark) return ProblemHere("a byte order mark within the file");
  into.append(text_.substr(start, at_ - start));
  ++column_;
  return absl::OkStatus();
}

bool CsvReader::TakeLineEnd() {
  if (!SeesLineEnd()) return false;
  at_ += Sees("\n") ? 1 : 2;
  ++line_;
  column_ = 1;
  return true;
}

absl::Status CsvReader::ReadBareCell(CsvCell& cell) {
  while (!AtEnd() && !Sees(",") && !SeesLineEnd()) {
    if (Sees("\"")) return ProblemHere("a quote inside a field that does not begin with one");
    if (Sees("\r")) return ProblemHere("a carriage return that ends no line");
    if (absl::Status taken = Take(cell.text); !taken.ok()) return taken;
  }
  return absl::OkStatus();
}

absl::Status CsvReader::ReadQuotedCell(CsvCell& cell) {
  ++at_;
  ++column_;
  while (!AtEnd()) {
    if (Sees("\"\"")) {
      cell.text.push_back('"');
      at_ += 2;
      column_ += 2;
    } else if (Sees("\"")) {
      ++at_;
      ++column_;
      if (AtEnd() || Sees(",") || SeesLineEnd()) return absl::OkStatus();
      return ProblemHere("text behind a closing quote");
    } else if (SeesLineEnd()) {
      cell.text.append(Sees("\n") ? "\n" : "\r\n");
      TakeLineEnd();
    } else if (Sees("\r")) {
      return ProblemHere("a carriage return that ends no line");
    } else if (absl::Status taken = Take(cell.text); !taken.ok()) {
      return taken;
    }
  }
  return CsvProblem(cell, "a quote that is never closed");
}

absl::Status CsvReader::ReadCell(CsvCell& cell) {
  cell.line = line_;
  cell.column = column_;
  return Sees("\"") ? ReadQuotedCell(cell) : ReadBareCell(cell);
}

absl::StatusOr<CsvRow> CsvReader::ReadRow(size_t widest) {
  if (SeesLineEnd()) return ProblemHere("a blank line");
  CsvRow row;
  row.line = line_;
  while (true) {
    if (row.cells.size() == widest) {
      return ProblemHere(absl::StrCat("more cells than the ", widest, " of the header"));
    }
    if (absl::Status read = ReadCell(row.cells.emplace_back()); !read.ok()) return read;
    if (!Sees(",")) break;
    ++at_;
    ++column_;
  }
  if (!AtEnd()) TakeLineEnd();
  return row;
}

absl::StatusOr<std::vector<std::string>> HeaderOf(CsvRow row) {
  std::vector<std::string> header;
  std::set<std::string_view> seen;
  for (const CsvCell& cell : row.cells) {
    if (cell.text.empty()) return CsvProblem(cell, "a column without a name");
    if (!seen.insert(cell.text).second) {
      return CsvProblem(cell, absl::StrCat("column '", cell.text, "' a second time"));
    }
  }
  for (CsvCell& cell : row.cells) header.push_back(std::move(cell.text));
  return header;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

// A record as one line; a single blank cell is quoted, since it would read as a blank line.
std::string LineOf(const std::vector<std::string>& record) {
  if (record.size() == 1 && record[0].empty()) return "\"\"";
  return absl::StrJoin(record, ",", [](std::string* line, const std::string& cell) {
    *line += cell.find_first_of(",\"\r\n") == std::string::npos ? cell : Quoted(cell);
  });
}

}  // namespace

absl::StatusOr<size_t> CsvTable::Column(std::string_view name) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<size_t>(found - header.begin());
  return absl::InvalidArgumentError(
      absl::StrCat("line 1: no column '", std::string(name),
                   "'; the columns are: ", absl::StrJoin(header, ", ")));
}

absl::StatusOr<CsvTable> ReadCsv(std::string_view text) {
  if (text.starts_with(kByteOrderMarkBytes)) text.remove_prefix(kByteOrderMarkBytes.size());
  CsvReader reader(text);
  if (reader.AtEnd()) return ProblemAt(1, 1, "no header");
  absl::StatusOr<CsvRow> first = reader.ReadRow(text.size());
  if (!first.ok()) return first.status();
  absl::StatusOr<std::vector<std::string>> header = HeaderOf(*std::move(first));
  if (!header.ok()) return header.status();

  CsvTable table;
  table.header = *std::move(header);
  while (!reader.AtEnd()) {
    absl::StatusOr<CsvRow> row = reader.ReadRow(table.header.size());
    if (!row.ok()) return row.status();
    if (row->cells.size() < table.header.size()) {
      return ProblemAt(
          row->line, 1,
          absl::StrCat(row->cells.size(), " cells where the header has ", table.header.size()));
    }
    table.rows.push_back(*std::move(row));
  }
  return table;
}

absl::Status CsvProblem(const CsvCell& cell, std::string_view problem) {
  return ProblemAt(cell.line, cell.column, problem);
}

std::string WriteCsv(const std::vector<std::vector<std::string>>& records) {
  std::string text;
  for (const std::vector<std::string>& record : records) text += LineOf(record) + "\r\n";
  return text;
}

}  // namespace thidua::text
