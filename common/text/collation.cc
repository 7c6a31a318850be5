#include "common/text/collation.h"

#include <unicode/coll.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>
#include <unicode/uversion.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "common/text/icu.h"

namespace thidua::text {
namespace {

// Without its Vietnamese data ICU falls back to the root order (đ = d, tones in another order) with
// no more than a warning.
const icu::Collator* MakeVietnameseCollator() {
  UErrorCode status = U_ZERO_ERROR;
  icu::Collator* collator = icu::Collator::createInstance(icu::Locale("vi"), status);
  RequireIcuData(status, "Vietnamese collation");
  collator->setAttribute(UCOL_NORMALIZATION_MODE, UCOL_ON, status);
  RequireIcuData(status, "normalizing collation");
  return collator;
}

// Const methods of a collator may be called from several threads at once (ICU User Guide, "ICU
// Threading Model").
const icu::Collator& VietnameseCollator() {
  static const icu::Collator* const collator = MakeVietnameseCollator();
  return *collator;
}

}  // namespace

std::string SortKey(std::string_view text) {
  const icu::UnicodeString characters = icu::UnicodeString::fromUTF8(IcuPiece(text));
  const icu::Collator& collator = VietnameseCollator();
  // Room for nearly every name, so that most keys are computed once and not once more to learn
  // their length.
  std::string key(static_cast<size_t>(characters.length()) * 3 + 16, '\0');
  int32_t length = collator.getSortKey(characters, reinterpret_cast<uint8_t*>(key.data()),
                                       static_cast<int32_t>(key.size()));
  if (static_cast<size_t>(length) > key.size()) {
    key.resize(static_cast<size_t>(length));
    length = collator.getSortKey(characters, reinterpret_cast<uint8_t*>(key.data()), length);
  }
  key.resize(static_cast<size_t>(length) -
             1);  // without ICU's closing zero byte: VARBINARY knows its length
  return key;
}

std::string CollatorVersion() {
  UVersionInfo version;
  char collation[U_MAX_VERSION_STRING_LENGTH];
  VietnameseCollator().getVersion(version);
  u_versionToString(version, collation);
  char library[U_MAX_VERSION_STRING_LENGTH];
  u_getVersion(version);
  u_versionToString(version, library);
  return absl::StrCat("vi/icu-", library, "/", collation);
}

}  // namespace thidua::text
