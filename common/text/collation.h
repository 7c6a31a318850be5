#ifndef THIDUA_COMMON_TEXT_COLLATION_H_
#define THIDUA_COMMON_TEXT_COLLATION_H_

#include <string>
#include <string_view>

// Vietnamese order as bytes. The collations of MariaDB, MySQL and TiDB do not agree on Vietnamese,
// so order is computed here and stored in a `…_sort_key VARBINARY` column, where every engine
// compares the same bytes.

namespace thidua::text {

// The key of `text` under ICU's "vi" collation: comparing two keys as bytes (memcmp, the shorter
// first on a tie) orders the texts. Letters first (a ă â b c d đ e ê …), then tones (à after a,
// then ả ã á ạ), then lower before upper case. NFC and NFD spellings have one key. Two texts may
// share a key, so a list needs an id behind it.
//
// A name takes about two bytes per character, Vietnamese text at most 7 and 3 more; other scripts
// may take more. A column that holds less may keep the first bytes of a key: such prefixes order
// the same texts more coarsely, never otherwise. No key contains a zero byte. Ill-formed UTF-8
// sorts as U+FFFD. Text of 2 GiB or more is a programming error. Safe from any thread.
std::string SortKey(std::string_view text);

// Names everything the bytes of SortKey depend on: "vi/icu-72.1/153.120.42". Kept beside the stored
// keys; where it differs from the stored one, every key must be rebuilt. At most 40 ASCII
// characters.
std::string CollatorVersion();

}  // namespace thidua::text

#endif  // THIDUA_COMMON_TEXT_COLLATION_H_
