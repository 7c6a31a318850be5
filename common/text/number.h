#ifndef THIDUA_COMMON_TEXT_NUMBER_H_
#define THIDUA_COMMON_TEXT_NUMBER_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"

namespace thidua::text {

// The count that a CSV cell or a command-line argument holds: the ASCII digits 0–9 and nothing
// else, at most 9223372036854775807. Leading zeros are accepted, because administrative Vietnamese
// writes `03 đề tài`.
//
// Nothing is guessed. Schools defend these figures, and published reports have printed `l206` for
// 1206, so INVALID_ARGUMENT names the character and its column (in characters, from 1) for
//  - letters and signs that look like digits (l206, O5) and digits of other scripts (fullwidth,
//  Arabic-Indic);
//  - separators: 1.206 is one thousand two hundred and six in Hà Nội and a little over one
//  elsewhere;
//  - signs, blanks (also outer ones), and bytes that are not UTF-8;
// and for a blank cell: "not reported" is another statement than a number, and has its own
// notation. OUT_OF_RANGE past the bound.
absl::StatusOr<int64_t> ReadCount(std::string_view cell);

}  // namespace thidua::text

#endif  // THIDUA_COMMON_TEXT_NUMBER_H_
