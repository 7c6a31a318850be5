#include <string>

#include "common/text/fold.h"
#include "common/text/normalize.h"
#include "gtest/gtest.h"

namespace thidua::text {
namespace {

TEST(SearchFold, RemovesEveryMarkAndCase) {
  EXPECT_EQ(SearchFold("Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh"),
            "truong dao tao can bo nguyen van cu tinh quang ninh");
}

TEST(SearchFold, FoldsTheWholeVietnameseAlphabet) {
  EXPECT_EQ(SearchFold("ÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬ"), "aaaaaaaaaaaaaaaaa");
  EXPECT_EQ(SearchFold("èẻẽéẹêềểễếệ"), "eeeeeeeeeee");
  EXPECT_EQ(SearchFold("ìỉĩíị ỳỷỹýỵ"), "iiiii yyyyy");
  EXPECT_EQ(SearchFold("òỏõóọôồổỗốộơờởỡớợ"), "ooooooooooooooooo");
  EXPECT_EQ(SearchFold("ùủũúụưừửữứự"), "uuuuuuuuuuu");
  EXPECT_EQ(SearchFold("ĐđÐð"), "dddd");
}

TEST(SearchFold, IsOneForOldAndNewTonePlacement) {
  EXPECT_EQ(SearchFold("Hoà Bình"), SearchFold("Hòa Bình"));
}

TEST(SearchFold, IsOneForVariantNames) { EXPECT_EQ(SearchFold("Đăk Lăk"), SearchFold("Đắk Lắk")); }

TEST(SearchFold, IsOneForBothSpellingsOfAMark) {
  const std::string decomposed = "D\u0323ie\u0302\u0323n Bie\u0302n";
  EXPECT_EQ(SearchFold(decomposed), SearchFold(*Nfc(decomposed)));
  EXPECT_EQ(SearchFold("Ho\u0300a"), SearchFold("H\u00F2a"));
}

TEST(SearchFold, MakesRunsOfSpaceAndPunctuationOneSpace) {
  EXPECT_EQ(SearchFold("  Nghị quyết  số 35-NQ/TW, ngày\t22\u00A0tháng 10…  "),
            "nghi quyet so 35 nq tw ngay 22 thang 10");
  EXPECT_EQ(SearchFold("Thi đua – Khen thưởng"), "thi dua khen thuong");
  EXPECT_EQ(SearchFold("“Kỷ cương”+trách nhiệm"), "ky cuong trach nhiem");
}

TEST(SearchFold, LeavesNothingOfPunctuationAlone) {
  EXPECT_EQ(SearchFold(""), "");
  EXPECT_EQ(SearchFold(" – … "), "");
  EXPECT_EQ(SearchFold("\u0301"), "");
}

TEST(SearchFold, MakesCompatibilityFormsPlain) {
  EXPECT_EQ(SearchFold("Ｃụｍ ３"), "cum 3");
  EXPECT_EQ(SearchFold("oﬃce"), "office");
}

TEST(SearchFold, DropsInvisibleCharacters) {
  EXPECT_EQ(SearchFold("Cao\u200B Bằng"), "cao bang");
  EXPECT_EQ(SearchFold("Hà\u00AD Giang"), "ha giang");
}

TEST(SearchFold, IsIdempotent) {
  for (const std::string_view text : {"Đắk Lắk", "35-NQ/TW", "İstanbul ẞ", "Ｃụｍ"}) {
    EXPECT_EQ(SearchFold(SearchFold(text)), SearchFold(text)) << text;
  }
}

TEST(SearchFold, TakesIllFormedBytesAsSpaces) {
  EXPECT_EQ(SearchFold("Lào\xFF\xFE"
                       "Cai"),
            "lao cai");
}

TEST(SearchFold, KeepsLettersAboveTheBasicPlane) {
  EXPECT_EQ(SearchFold("\U00010400 a"), "\U00010428 a");
}

}  // namespace
}  // namespace thidua::text
