#ifndef THIDUA_COMMON_TEXT_ICU_H_
#define THIDUA_COMMON_TEXT_ICU_H_

#include <unicode/stringpiece.h>
#include <unicode/utypes.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// For the sources of this room only: nothing outside includes ICU.

namespace thidua::text {

// ICU's built-in data is part of the installation. Without it no text can be accepted, ordered or
// found, and going on with other data would store wrong bytes; so the process ends. `status` must
// be U_ZERO_ERROR: a warning means that a fallback was taken.
inline void RequireIcuData(UErrorCode status, const char* data) {
  if (status == U_ZERO_ERROR) return;
  std::fprintf(stderr, "ICU has no %s: %s\n", data, u_errorName(status));
  std::abort();
}

// ICU counts bytes in 32 bits; every caller has refused, or forbids, text of 2 GiB or more.
inline icu::StringPiece IcuPiece(std::string_view text) {
  return icu::StringPiece(text.data(), static_cast<int32_t>(text.size()));
}

}  // namespace thidua::text

#endif  // THIDUA_COMMON_TEXT_ICU_H_
