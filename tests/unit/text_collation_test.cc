#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "common/text/collation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::text {
namespace {

using ::testing::ElementsAreArray;
using ::testing::MatchesRegex;

// Shuffles `expected`, sorts it by key, and expects the order back.
void ExpectOrder(const std::vector<std::string>& expected) {
  std::vector<std::string> sorted = expected;
  std::shuffle(sorted.begin(), sorted.end(), std::mt19937(2024));
  std::sort(sorted.begin(), sorted.end(), [](const std::string& left, const std::string& right) {
    return SortKey(left) < SortKey(right);
  });
  EXPECT_THAT(sorted, ElementsAreArray(expected));
}

TEST(SortKey, OrdersTonesAsVietnameseDictionariesDo) {
  ExpectOrder({"a", "à", "ả", "ã", "á", "ạ"});
  ExpectOrder({"ơ", "ờ", "ở", "ỡ", "ớ", "ợ"});
}

TEST(SortKey, OrdersLettersOfTheAlphabet) {
  ExpectOrder(
      {"a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "i", "o", "ô", "ơ", "u", "ư", "y"});
}

TEST(SortKey, PutsALetterBeforeEveryToneOfTheNext) { ExpectOrder({"ạ", "ă", "ặ", "â", "ậ", "b"}); }

TEST(SortKey, OrdersProvinces) {
  ExpectOrder({"Bắc Giang",  "Bắc Kạn",   "Bắc Ninh",    "Cao Bằng",    "Đà Nẵng",
               "Đắk Lắk",    "Điện Biên", "Đồng Tháp",   "Hà Giang",    "Hà Nam",
               "Hải Dương",  "Hòa Bình",  "Lai Châu",    "Lạng Sơn",    "Lào Cai",
               "Quảng Ninh", "Sơn La",    "Thái Nguyên", "Tuyên Quang", "Yên Bái"});
}

TEST(SortKey, LetsLettersDecideBeforeTones) { ExpectOrder({"Hà An", "Hạ An", "Ha Bình"}); }

TEST(SortKey, PutsThePrefixFirst) { ExpectOrder({"Lào", "Lào Cai"}); }

TEST(SortKey, IsOneForBothSpellingsOfAMark) {
  EXPECT_EQ(SortKey("Ho\u0300a Bi\u0300nh"), SortKey("H\u00F2a B\u00ECnh"));
  EXPECT_EQ(SortKey("Vie\u0323\u0302t"), SortKey("Vi\u1EC7t"));
}

TEST(SortKey, DistinguishesCaseAndDAndTones) {
  EXPECT_NE(SortKey("hà giang"), SortKey("Hà Giang"));
  EXPECT_NE(SortKey("dong"), SortKey("đong"));
  EXPECT_NE(SortKey("Hoà"), SortKey("Hòa"));
}

TEST(SortKey, HoldsNoZeroByte) {
  for (const std::string_view text :
       {"", "a", "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh"}) {
    EXPECT_EQ(SortKey(text).find('\0'), std::string::npos);
  }
  EXPECT_EQ(SortKey(""), std::string("\x01\x01"));
}

// The widths of the sort key columns rest on this.
TEST(SortKey, TakesAtMostSevenBytesForACharacterOfVietnamese) {
  for (const std::string_view letter :
       {"m", "đ", "Đ", "ậ", "Ậ", "ỗ", "Ỗ", "ự", "Ự", "ẵ", "Ẵ", "ể", "Ể", "ỹ", "Ỹ"}) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += letter;
    EXPECT_LE(SortKey(text).size(), 7 * 200u + 3) << letter;
  }
}

TEST(SortKey, OrdersByItsPrefixOnlyMoreCoarsely) {
  const std::string earlier = SortKey("Trường Chính trị tỉnh Cao Bằng");
  const std::string later = SortKey("Trường Chính trị tỉnh Điện Biên");
  for (size_t kept = 0; kept <= earlier.size(); ++kept) {
    EXPECT_LE(earlier.substr(0, kept), later.substr(0, kept)) << kept;
  }
}

TEST(SortKey, GrowsPastItsFirstGuess) {
  // Every Han character takes more bytes than the guess allows for.
  std::string text;
  for (int i = 0; i < 500; ++i) text += "政治学校";
  EXPECT_LT(SortKey(text), SortKey(text + "a"));
  EXPECT_EQ(SortKey(text), SortKey(text));
}

TEST(SortKey, TakesIllFormedBytesAsReplacementCharacters) {
  EXPECT_EQ(SortKey("L\xFFo Cai"), SortKey("L\uFFFDo Cai"));
}

TEST(SortKey, IsTheSameFromEveryThread) {
  const std::string expected = SortKey("Trường Chính trị Hoàng Văn Thụ");
  std::vector<std::string> keys(4);
  std::vector<std::thread> threads;
  for (std::string& key : keys) {
    threads.emplace_back([&key] {
      for (int i = 0; i < 1000; ++i) key = SortKey("Trường Chính trị Hoàng Văn Thụ");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(keys, ::testing::Each(expected));
}

TEST(CollatorVersion, NamesLanguageLibraryAndCollation) {
  EXPECT_THAT(CollatorVersion(), MatchesRegex("vi/icu-[0-9.]+/[0-9.]+"));
  EXPECT_LE(CollatorVersion().size(), 40u);
}

}  // namespace
}  // namespace thidua::text
