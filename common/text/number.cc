#include "common/text/number.h"

#include <unicode/uchar.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/text/characters.h"

namespace thidua::text {
namespace {

// The digit that `character` is mistaken for in typed and scanned reports, or -1.
int MistakenFor(int32_t character) {
  switch (character) {
    case 'l':
    case 'I':
    case 'i':
    case '|':
    case 0x0406:  // CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I
      return 1;
    case 'O':
    case 'o':
    case 0x039F:  // GREEK CAPITAL LETTER OMICRON
    case 0x041E:  // CYRILLIC CAPITAL LETTER O
    case 0x043E:  // CYRILLIC SMALL LETTER O
      return 0;
    case 'Z':
      return 2;
    case 'S':
      return 5;
    case 'B':
      return 8;
    default:
      return u_charDigitValue(character);
  }
}

bool IsSeparator(int32_t character) {
  return character == '.' || character == ',' || character == '\'' || character == '_' ||
         character == 0x066C || character == 0x2019;
}

bool IsSign(int32_t character) {
  return character == '+' || character == '-' || character == 0x2212;
}

std::string Objection(int32_t character) {
  if (character == kIllFormed) return "not UTF-8";
  std::string described = DescribeCharacter(character);
  if (u_isUWhiteSpace(character)) return absl::StrCat(described, ", a blank");
  if (IsSeparator(character)) {
    return absl::StrCat(described, ", a separator that people read in two ways");
  }
  if (IsSign(character)) return absl::StrCat(described, ", a sign");
  const int digit = MistakenFor(character);
  if (digit >= 0) return absl::StrCat(described, ", which only looks like the digit ", digit);
  return described;
}

}  // namespace

absl::StatusOr<int64_t> ReadCount(std::string_view cell) {
  if (cell.empty()) return absl::InvalidArgumentError("blank where a count is expected");
  int64_t count = 0;
  int64_t column = 0;
  bool overflow = false;
  for (size_t at = 0; at < cell.size();) {
    const int32_t character = NextCharacter(cell, at);
    ++column;
    if (character < '0' || character > '9') {
      return absl::InvalidArgumentError(
          absl::StrCat("column ", column, " is ", Objection(character),
                       "; a count is written with the digits 0 to 9 alone"));
    }
    overflow = overflow || __builtin_mul_overflow(count, 10, &count) ||
               __builtin_add_overflow(count, character - '0', &count);
  }
  if (overflow) return absl::OutOfRangeError("count above 9223372036854775807");
  return count;
}

}  // namespace thidua::text
