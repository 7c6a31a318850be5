// CSV files by column name, read so that every problem can be found again: file, line, column.
#ifndef THIDUA_SERVICES_CLI_CSV_FILE_H_
#define THIDUA_SERVICES_CLI_CSV_FILE_H_

#include <cstdint>
#include <map>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace thidua::cli {

// Something wrong with a file, where a person finds it in an editor.
struct CsvProblem {
  std::string file;
  int64_t line = 0;    // from 1; 0 for the file as a whole
  std::string column;  // the header's name; empty for the row as a whole
  std::string text;
  std::string text_vi;
};

// Every problem of all files, in the order found.
using CsvProblems = std::vector<CsvProblem>;

// One a line, behind a mark: "✗ schools.csv:12: province_id: is required".
void PrintProblems(const CsvProblems& problems, bool vietnamese, std::ostream& out,
                   std::string_view mark = "✗");

// One row. Cells are in the stored form of text (NFC, no outer blanks).
class CsvRecord {
 public:
  CsvRecord(std::string file, int64_t line, std::map<std::string, std::string> cells)
      : file_(std::move(file)), line_(line), cells_(std::move(cells)) {}

  const std::string& file() const { return file_; }
  int64_t line() const { return line_; }
  // The cell; empty also when the file does not have that column.
  const std::string& operator[](const std::string& column) const;
  // True when the file has that column.
  bool Has(const std::string& column) const { return cells_.contains(column); }
  // Adds a problem of this row.
  void Complain(const std::string& column, std::string text, std::string text_vi,
                CsvProblems& problems) const;

 private:
  std::string file_;
  int64_t line_;
  std::map<std::string, std::string> cells_;
};

// The columns that a file has, in any order.
struct CsvColumns {
  std::vector<std::string> required;
  std::vector<std::string> optional;
};

// The rows of `text`, the content of `file` (the name used in problems). What is wrong is added to
// `problems`: what common/text/csv.h refuses, a column that is missing or unknown, a cell that is
// no text. Rows that could be read are returned all the same, so that one run finds every problem.
std::vector<CsvRecord> ReadRecords(const std::string& file, std::string_view text,
                                   const CsvColumns& columns, CsvProblems& problems);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_CSV_FILE_H_
