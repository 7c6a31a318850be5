#include "common/text/characters.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "absl/strings/str_format.h"

namespace thidua::text {

int32_t NextCharacter(std::string_view text, size_t& at) {
  UChar32 character;
  U8_NEXT(text.data(), at, text.size(), character);
  return character < 0 ? kIllFormed : character;
}

std::string DescribeCharacter(int32_t character) {
  char name[128];
  UErrorCode status = U_ZERO_ERROR;
  u_charName(character, U_EXTENDED_CHAR_NAME, name, sizeof(name), &status);
  if (U_FAILURE(status)) return absl::StrFormat("U+%04X", character);
  return absl::StrFormat("U+%04X %s", character, name);
}

}  // namespace thidua::text
