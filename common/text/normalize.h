#ifndef THIDUA_COMMON_TEXT_NORMALIZE_H_
#define THIDUA_COMMON_TEXT_NORMALIZE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// The one form in which text enters the system: UTF-8, Unicode Normalization Form C (AIP-210), one
// line, no outer white space. The columns compare bytes (utf8mb4_bin), so `Hòa` typed as four code
// points and as three must already be the same bytes here.

namespace thidua::text {

// `text` in that form. Outer white space (Unicode White_Space: no-break space, tab and line ends
// too) is removed; inner white space is kept as written. The empty text is allowed: whether a field
// may be blank is its own rule.
//
// INVALID_ARGUMENT, naming the place, when the text holds
//  - bytes that are not UTF-8;
//  - control characters and line separators (categories Cc, Zl, Zp): a name is one line;
//  - invisible format characters (Cf: zero-width spaces, soft hyphens, direction overrides): two
//    names that look the same would differ;
//  - private-use and unassigned code points (Co, Cn): they have no agreed meaning, and Unicode
//    promises that text in NFC stays in NFC in every later version for assigned characters only
//    (UAX #15, "Versioning and Stability").
absl::StatusOr<std::string> Nfc(std::string_view text);

// True when `text` is UTF-8 and in NFC; says nothing about control characters or outer white space.
bool IsNfc(std::string_view text);

bool IsValidUtf8(std::string_view text);

// The length of `text` in code points; an ill-formed sequence counts as one.
int64_t CodePoints(std::string_view text);

}  // namespace thidua::text

#endif  // THIDUA_COMMON_TEXT_NORMALIZE_H_
