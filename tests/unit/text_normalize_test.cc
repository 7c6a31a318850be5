#include <string>

#include "common/text/normalize.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::text {
namespace {

using ::testing::HasSubstr;

std::string Refusal(std::string_view text) {
  const absl::StatusOr<std::string> normalized = Nfc(text);
  EXPECT_EQ(normalized.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(normalized.status().message());
}

TEST(Nfc, KeepsComposedVietnameseAsItIs) {
  EXPECT_EQ(*Nfc("Trường Chính trị tỉnh Điện Biên"), "Trường Chính trị tỉnh Điện Biên");
}

TEST(Nfc, ComposesDecomposedMarks) {
  EXPECT_EQ(*Nfc("Ho\u0300a Bi\u0300nh"), "H\u00F2a B\u00ECnh");
  EXPECT_EQ(*Nfc("Trươ\u0300ng"), "Tr\u01B0\u1EDDng");
}

TEST(Nfc, ComposesMarksInEitherOrder) {
  // ệ from e + circumflex + dot below, and from e + dot below + circumflex.
  EXPECT_EQ(*Nfc("Vie\u0302\u0323t"), "Vi\u1EC7t");
  EXPECT_EQ(*Nfc("Vie\u0323\u0302t"), "Vi\u1EC7t");
}

TEST(Nfc, LeavesOldAndNewTonePlacementApart) { EXPECT_NE(*Nfc("Hoà"), *Nfc("Hòa")); }

TEST(Nfc, TrimsOuterWhiteSpaceOfEveryKind) {
  EXPECT_EQ(*Nfc("\t\u00A0\u3000 Lào Cai \u2028\r\n"), "Lào Cai");
  EXPECT_EQ(*Nfc("  Son La  "), "Son La");
}

TEST(Nfc, KeepsInnerWhiteSpaceAsWritten) { EXPECT_EQ(*Nfc("Cao  Bằng"), "Cao  Bằng"); }

TEST(Nfc, LeavesNothingOfWhiteSpaceAlone) {
  EXPECT_EQ(*Nfc(""), "");
  EXPECT_EQ(*Nfc(" \u00A0\t"), "");
}

TEST(Nfc, IsIdempotent) {
  const std::string once = *Nfc(" Đa\u0306\u0301k La\u0306\u0301k ");
  EXPECT_EQ(*Nfc(once), once);
  EXPECT_EQ(once, "Đắk Lắk");
}

TEST(Nfc, RefusesEveryKindOfIllFormedUtf8) {
  for (const std::string_view bytes : {
           "\x80",              // continuation without a start
           "\xC3",              // cut off
           "\xE1\xBB",          // cut off
           "\xC0\xAF",          // overlong
           "\xED\xA0\x80",      // surrogate
           "\xF4\x90\x80\x80",  // above U+10FFFF
           "\xFF",
       }) {
    EXPECT_THAT(Refusal(bytes), HasSubstr("not UTF-8")) << testing::PrintToString(bytes);
  }
}

TEST(Nfc, SaysWhereTheIllFormedBytesAre) {
  EXPECT_EQ(Refusal("Điện \xFF Biên"), "not UTF-8: ill-formed sequence at character 6 (byte 9)");
}

TEST(Nfc, RefusesControlCharactersWithin) {
  EXPECT_THAT(Refusal("Lạng\nSơn"), HasSubstr("character 5 is U+000A"));
  EXPECT_THAT(Refusal("Lạng\tSơn"), HasSubstr("U+0009"));
  EXPECT_THAT(Refusal(std::string_view("Lạng\0Sơn", 11)), HasSubstr("U+0000"));
  EXPECT_THAT(Refusal("Lạng\x7FSơn"), HasSubstr("U+007F"));
  EXPECT_THAT(Refusal("Lạng\u2028Sơn"), HasSubstr("U+2028 LINE SEPARATOR"));
}

TEST(Nfc, CountsCharactersOfTheTextAsGiven) {
  EXPECT_THAT(Refusal("  Lạng\nSơn"), HasSubstr("character 7 is U+000A"));
}

TEST(Nfc, RefusesInvisibleCharacters) {
  EXPECT_THAT(Refusal("Cao\u200BBằng"), HasSubstr("character 4 is U+200B ZERO WIDTH SPACE"));
  EXPECT_THAT(Refusal("Cao\u00ADBằng"), HasSubstr("SOFT HYPHEN"));
  EXPECT_THAT(Refusal("\uFEFFCao Bằng"), HasSubstr("U+FEFF"));
  EXPECT_THAT(Refusal("Cao \u202EgnằB"), HasSubstr("RIGHT-TO-LEFT OVERRIDE"));
}

TEST(Nfc, RefusesCodePointsWithoutMeaning) {
  EXPECT_THAT(Refusal("\uE000"), HasSubstr("U+E000"));        // private use
  EXPECT_THAT(Refusal("\uFFFF"), HasSubstr("U+FFFF"));        // noncharacter
  EXPECT_THAT(Refusal("\U000E0080"), HasSubstr("U+E0080"));   // unassigned
  EXPECT_THAT(Refusal("\U0010FFFD"), HasSubstr("U+10FFFD"));  // private use, the last
}

TEST(IsNfc, TellsComposedFromDecomposed) {
  EXPECT_TRUE(IsNfc(""));
  EXPECT_TRUE(IsNfc("Quang Ninh"));
  EXPECT_TRUE(IsNfc("Qu\u1EA3ng Ninh"));
  EXPECT_FALSE(IsNfc("Qua\u0309ng Ninh"));
  EXPECT_FALSE(IsNfc("\u212B"));  // ANGSTROM SIGN, which NFC replaces
}

TEST(IsNfc, IsFalseForIllFormedUtf8) { EXPECT_FALSE(IsNfc("Qu\xE1ng")); }

TEST(IsNfc, HoldsForWhatNfcReturns) {
  for (const std::string_view text :
       {"Thái Nguyên", "Tha\u0301i Nguye\u0302n", "\u212B", " a\u0323\u0302 "}) {
    EXPECT_TRUE(IsNfc(*Nfc(text))) << text;
  }
}

TEST(IsValidUtf8, AcceptsTheBordersOfEveryLength) {
  EXPECT_TRUE(IsValidUtf8("\x7F\u0080\u07FF\u0800\uD7FF\uE000\uFFFF\U00010000\U0010FFFF"));
  EXPECT_FALSE(IsValidUtf8("\xF5\x80\x80\x80"));
}

TEST(CodePoints, CountsCharactersNotBytes) {
  EXPECT_EQ(CodePoints(""), 0);
  EXPECT_EQ(CodePoints("Điện Biên"), 9);
  EXPECT_EQ(CodePoints("Ho\u0300a"), 4);
  EXPECT_EQ(CodePoints("a\xFF\xFF"), 3);
}

}  // namespace
}  // namespace thidua::text
