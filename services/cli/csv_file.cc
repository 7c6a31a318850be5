#include "services/cli/csv_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text/csv.h"
#include "common/text/normalize.h"

namespace thidua::cli {
namespace {

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// False when the header does not fit.
bool CheckHeader(const std::string& file, const std::vector<std::string>& header,
                 const CsvColumns& columns, CsvProblems& problems) {
  const size_t before = problems.size();
  for (const std::string& name : columns.required) {
    if (Holds(header, name)) continue;
    problems.push_back(
        {file, 1, name,
         absl::StrCat("the column is missing; the file has: ", absl::StrJoin(header, ", ")),
         absl::StrCat("thiếu cột này; tệp có: ", absl::StrJoin(header, ", "))});
  }
  for (const std::string& name : header) {
    if (Holds(columns.required, name) || Holds(columns.optional, name)) continue;
    problems.push_back({file, 1, name, "no such column is known", "không có cột nào như vậy"});
  }
  return problems.size() == before;
}

}  // namespace

void PrintProblems(const CsvProblems& problems, bool vietnamese, std::ostream& out,
                   std::string_view mark) {
  for (const CsvProblem& problem : problems) {
    out << mark << " " << problem.file;
    if (problem.line > 0) out << ":" << problem.line;
    if (!problem.column.empty()) out << ": " << problem.column;
    out << ": " << (vietnamese ? problem.text_vi : problem.text) << "\n";
  }
}

const std::string& CsvRecord::operator[](const std::string& column) const {
  static const std::string* const kNone = new std::string();
  const auto found = cells_.find(column);
  return found == cells_.end() ? *kNone : found->second;
}

void CsvRecord::Complain(const std::string& column, std::string text, std::string text_vi,
                         CsvProblems& problems) const {
  problems.push_back({file_, line_, column, std::move(text), std::move(text_vi)});
}

std::vector<CsvRecord> ReadRecords(const std::string& file, std::string_view text,
                                   const CsvColumns& columns, CsvProblems& problems) {
  const absl::StatusOr<text::CsvTable> table = text::ReadCsv(text);
  if (!table.ok()) {
    const std::string why(table.status().message());
    problems.push_back({file, 0, "", why, "không phải tệp CSV hợp lệ: " + why});
    return {};
  }
  if (!CheckHeader(file, table->header, columns, problems)) return {};
  std::vector<CsvRecord> records;
  for (const text::CsvRow& row : table->rows) {
    std::map<std::string, std::string> cells;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      absl::StatusOr<std::string> cell = text::Nfc(row.cells[i].text);
      if (!cell.ok()) {
        const std::string why(cell.status().message());
        problems.push_back(
            {file, row.cells[i].line, table->header[i], why, "không phải văn bản hợp lệ: " + why});
      }
      cells[table->header[i]] = cell.ok() ? *std::move(cell) : std::string();
    }
    records.emplace_back(file, row.line, std::move(cells));
  }
  return records;
}

}  // namespace thidua::cli
