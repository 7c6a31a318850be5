#include "common/text/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <cstdint>

#include "common/text/icu.h"

namespace thidua::text {
namespace {

struct Forms {
  const icu::Normalizer2*
      casefold;  // NFKC_Casefold: compatibility forms, case, invisible characters
  const icu::Normalizer2* decompose;  // NFD: marks apart from their letters
};

const Forms& FoldingForms() {
  static const Forms forms = [] {
    UErrorCode status = U_ZERO_ERROR;
    const Forms made{icu::Normalizer2::getNFKCCasefoldInstance(status),
                     icu::Normalizer2::getNFDInstance(status)};
    RequireIcuData(status, "case folding data");
    return made;
  }();
  return forms;
}

// Empty where ICU fails, which it does for want of memory alone.
icu::UnicodeString Decomposed(std::string_view text) {
  const icu::UnicodeString given = icu::UnicodeString::fromUTF8(IcuPiece(text));
  UErrorCode status = U_ZERO_ERROR;
  return FoldingForms().decompose->normalize(FoldingForms().casefold->normalize(given, status),
                                             status);
}

constexpr UChar32 kLetterDWithStroke = 0x0111;  // đ
constexpr UChar32 kLetterEth = 0x00F0;          // ð

}  // namespace

std::string SearchFold(std::string_view text) {
  const icu::UnicodeString characters = Decomposed(text);
  icu::UnicodeString fold;
  bool separated = false;
  for (int32_t at = 0; at < characters.length(); at = characters.moveIndex32(at, 1)) {
    UChar32 character = characters.char32At(at);
    const uint32_t category = U_MASK(u_charType(character));
    if (category & U_GC_M_MASK) continue;
    if (!(category & (U_GC_L_MASK | U_GC_N_MASK))) {
      separated = true;
      continue;
    }
    if (character == kLetterDWithStroke || character == kLetterEth) character = 'd';
    if (separated && !fold.isEmpty()) fold.append(static_cast<UChar>(' '));
    separated = false;
    fold.append(character);
  }
  std::string bytes;
  return fold.toUTF8String(bytes);
}

}  // namespace thidua::text
