// Identifiers that services make.
#ifndef THIDUA_COMMON_RUNTIME_IDS_H_
#define THIDUA_COMMON_RUNTIME_IDS_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace thidua::runtime {

// Length of what NewId returns; columns are CHAR(26) CHARACTER SET ascii COLLATE ascii_bin.
inline constexpr size_t kIdLength = 26;

// A new id: 48 bits of milliseconds since the epoch and 80 random bits in Crockford's base 32,
// written in lower case so that it may be a segment of a resource name. The layout is that of
// https://github.com/ulid/spec. Ids of one process sort, as bytes, in the order they were made,
// also within a millisecond and when the system's clock is set back; ids of different processes
// sort by time, give or take their clocks. Real time is used, also in a rehearsal. Thread-safe.
std::string NewId();

// True for 26 characters that NewId could return.
bool IsId(std::string_view text);

// When an id that NewId made was made, in real time and whole milliseconds; the past before all
// time for any other text.
absl::Time IdTime(std::string_view id);

// A random UUID (version 4, RFC 4122) in lower case: request ids.
std::string NewUuid4();

// True for a version 4 UUID of the RFC's variant, 36 characters, in either case.
bool IsUuid4(std::string_view text);

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_IDS_H_
