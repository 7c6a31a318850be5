#ifndef THIDUA_COMMON_TEXT_CSV_H_
#define THIDUA_COMMON_TEXT_CSV_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Comma-separated values as RFC 4180 has them, read strictly: every complaint names the line and
// the column where a person can find it in an editor.

namespace thidua::text {

// One field with the place where it begins: the line of the file and the character in that line,
// both from 1. Text is as written, spaces included; a blank cell is the empty string.
struct CsvCell {
  std::string text;
  int64_t line = 0;
  int64_t column = 0;
};

struct CsvRow {
  int64_t line = 0;  // where the row begins; quoted fields may carry it over several lines
  std::vector<CsvCell> cells;
};

// A header, and rows with exactly as many cells as the header has names.
struct CsvTable {
  std::vector<std::string> header;
  std::vector<CsvRow> rows;

  // The index of the column called `name`, byte for byte. INVALID_ARGUMENT, listing the names there
  // are, when there is none.
  absl::StatusOr<size_t> Column(std::string_view name) const;
};

// Reads a whole file. Records end in LF or CRLF, the last one with or without. Quoted fields may
// hold commas, line ends and doubled quotes. A UTF-8 byte order mark at the very start is skipped,
// because Excel's "CSV UTF-8" always writes one.
//
// INVALID_ARGUMENT for: bytes that are not UTF-8; a NUL; a byte order mark elsewhere (two files
// joined); a carriage return that ends no line; a quote inside a bare field; text behind a closing
// quote; a quote never closed; a blank line; a row wider or narrower than the header; a header that
// is missing or has a blank or repeated name. Memory is a small multiple of the size of `text` (at
// worst, one-letter cells, some 60 times): the caller bounds it.
absl::StatusOr<CsvTable> ReadCsv(std::string_view text);

// INVALID_ARGUMENT "line 3, column 5: <problem>": for what the reader of a table finds wrong with a
// cell.
absl::Status CsvProblem(const CsvCell& cell, std::string_view problem);

// Writes records, the header being the first, with CRLF ends (RFC 4180 §2) and quotes where they
// are needed. ReadCsv gives back the same texts, provided the records satisfy its rules above.
std::string WriteCsv(const std::vector<std::vector<std::string>>& records);

}  // namespace thidua::text

#endif  // THIDUA_COMMON_TEXT_CSV_H_
