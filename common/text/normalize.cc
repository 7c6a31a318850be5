#include "common/text/normalize.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/text/characters.h"
#include "common/text/icu.h"

namespace thidua::text {
namespace {

// ICU counts bytes in 32 bits.
constexpr size_t kLongestText = std::numeric_limits<int32_t>::max();

constexpr uint32_t kRefusedCategories =
    U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK | U_GC_CN_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;

const icu::Normalizer2& NfcForm() {
  static const icu::Normalizer2* const form = [] {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
    RequireIcuData(status, "NFC data");
    return nfc;
  }();
  return *form;
}

// The part of `text` between its outer white space, as byte offsets, once every character has been
// found well-formed.
struct Extent {
  size_t begin = 0;
  size_t end = 0;
};

absl::StatusOr<Extent> WithoutOuterSpace(std::string_view text) {
  Extent extent{text.size(), text.size()};
  int64_t position = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const int32_t character = NextCharacter(text, at);
    ++position;
    if (character == kIllFormed) {
      return absl::InvalidArgumentError(absl::StrCat("not UTF-8: ill-formed sequence at character ",
                                                     position, " (byte ", start + 1, ")"));
    }
    if (u_isUWhiteSpace(character)) continue;
    extent.begin = std::min(extent.begin, start);
    extent.end = at;
  }
  return extent;
}

absl::Status CheckCharacters(std::string_view text, Extent extent) {
  int64_t position = 0;
  for (size_t at = 0; at < extent.end;) {
    const size_t start = at;
    const int32_t character = NextCharacter(text, at);
    ++position;
    if (start < extent.begin || (U_MASK(u_charType(character)) & kRefusedCategories) == 0) continue;
    return absl::InvalidArgumentError(absl::StrCat("character ", position, " is ",
                                                   DescribeCharacter(character),
                                                   ", which may not stand in a text"));
  }
  return absl::OkStatus();
}

bool IsPrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

absl::StatusOr<std::string> Nfc(std::string_view text) {
  if (text.size() > kLongestText) return absl::InvalidArgumentError("text of 2 GiB or more");
  absl::StatusOr<Extent> extent = WithoutOuterSpace(text);
  if (!extent.ok()) return extent.status();
  if (absl::Status checked = CheckCharacters(text, *extent); !checked.ok()) return checked;

  std::string normalized;
  icu::StringByteSink<std::string> sink(&normalized);
  UErrorCode status = U_ZERO_ERROR;
  NfcForm().normalizeUTF8(0, IcuPiece(text.substr(extent->begin, extent->end - extent->begin)),
                          sink, nullptr, status);
  if (U_FAILURE(status)) return absl::InternalError(absl::StrCat("NFC: ", u_errorName(status)));
  return normalized;
}

bool IsNfc(std::string_view text) {
  if (IsPrintableAscii(text)) return true;
  if (text.size() > kLongestText || !IsValidUtf8(text)) return false;
  UErrorCode status = U_ZERO_ERROR;
  const bool normalized = NfcForm().isNormalizedUTF8(IcuPiece(text), status);
  return U_SUCCESS(status) && normalized;
}

bool IsValidUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (NextCharacter(text, at) == kIllFormed) return false;
  }
  return true;
}

int64_t CodePoints(std::string_view text) {
  int64_t count = 0;
  for (size_t at = 0; at < text.size(); ++count) NextCharacter(text, at);
  return count;
}

}  // namespace thidua::text
