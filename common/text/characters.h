#ifndef THIDUA_COMMON_TEXT_CHARACTERS_H_
#define THIDUA_COMMON_TEXT_CHARACTERS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Walking UTF-8 one character at a time. A character here is a Unicode code point.

namespace thidua::text {

// What NextCharacter answers where the bytes are not UTF-8 (overlong forms, surrogates and values
// above U+10FFFF included).
inline constexpr int32_t kIllFormed = -1;

// The character that starts at byte `at`, which must be < text.size(), or kIllFormed. Moves `at`
// behind it; behind an ill-formed sequence by at least one byte, so a loop always ends.
int32_t NextCharacter(std::string_view text, size_t& at);

// For messages: "U+200B ZERO WIDTH SPACE".
std::string DescribeCharacter(int32_t character);

}  // namespace thidua::text

#endif  // THIDUA_COMMON_TEXT_CHARACTERS_H_
