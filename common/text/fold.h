#ifndef THIDUA_COMMON_TEXT_FOLD_H_
#define THIDUA_COMMON_TEXT_FOLD_H_

#include <string>
#include <string_view>

namespace thidua::text {

// `text` as people look for it: compatibility forms made plain (fullwidth, ligatures), case folded,
// marks removed, đ (and the ð that old Vietnamese code pages print alike) → d, every run of spaces,
// punctuation and symbols one space, none outside. So `Hoà Bình`, `Hòa Bình` and `HOA  BINH` are
// one, and `Đăk Lăk` is `Đắk Lắk`. NFC and NFD give the same fold; folding a fold changes nothing.
// For searching and for comparing names, never for storing or showing one: different schools may
// share a fold. Ill-formed UTF-8 counts as a space. Text of 2 GiB or more is a programming error.
// Safe from any thread.
std::string SearchFold(std::string_view text);

}  // namespace thidua::text

#endif  // THIDUA_COMMON_TEXT_FOLD_H_
