#include <cstdint>
#include <string>

#include "common/text/number.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::text {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Refusal(std::string_view cell) {
  const absl::StatusOr<int64_t> count = ReadCount(cell);
  EXPECT_EQ(count.status().code(), absl::StatusCode::kInvalidArgument) << cell;
  return std::string(count.status().message());
}

TEST(ReadCount, ReadsPlainDigits) {
  EXPECT_EQ(*ReadCount("0"), 0);
  EXPECT_EQ(*ReadCount("97"), 97);
  EXPECT_EQ(*ReadCount("12443"), 12443);
}

TEST(ReadCount, ReadsZeroPaddedCounts) {
  EXPECT_EQ(*ReadCount("03"), 3);
  EXPECT_EQ(*ReadCount("00"), 0);
  EXPECT_EQ(*ReadCount("000000000000000000000000000007"), 7);
}

TEST(ReadCount, ReadsUpToItsBoundAndNoFurther) {
  EXPECT_EQ(*ReadCount("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(ReadCount("9223372036854775808").status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReadCount("18446744073709551617").status().code(), absl::StatusCode::kOutOfRange);
  // Ten times 2^64: would wrap to 0 and stay there.
  EXPECT_EQ(ReadCount("184467440737095516160").status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReadCount(std::string(400, '9')).status().code(), absl::StatusCode::kOutOfRange);
}

TEST(ReadCount, RefusesTheLookAlikesOfTheHalfYearReport) {
  EXPECT_THAT(Refusal("l206"), AllOf(HasSubstr("column 1 is U+006C LATIN SMALL LETTER L"),
                                     HasSubstr("the digit 1")));
  EXPECT_THAT(Refusal("O5"), AllOf(HasSubstr("column 1"), HasSubstr("the digit 0")));
  EXPECT_THAT(Refusal("1 1ớp"), HasSubstr("column 2"));
}

TEST(ReadCount, RefusesEveryLetterThatLooksLikeADigit) {
  for (const std::string_view cell :
       {"4I", "4l", "4i", "4|", "4O", "4o", "4Z", "4S", "4B", "4О", "4Ο", "4І"}) {
    EXPECT_THAT(Refusal(cell), AllOf(HasSubstr("column 2"), HasSubstr("only looks like the digit")))
        << cell;
  }
}

TEST(ReadCount, RefusesDigitsOfOtherScripts) {
  EXPECT_THAT(Refusal("１２"), AllOf(HasSubstr("column 1"), HasSubstr("the digit 1")));
  EXPECT_THAT(Refusal("12٣"), AllOf(HasSubstr("column 3"), HasSubstr("the digit 3")));
  EXPECT_THAT(Refusal("1²"), HasSubstr("column 2"));
  EXPECT_THAT(Refusal("½"), HasSubstr("column 1"));
}

TEST(ReadCount, RefusesSeparators) {
  for (const std::string_view cell : {"1.206", "1,206", "1'206", "1_206", "1’206"}) {
    EXPECT_THAT(Refusal(cell), AllOf(HasSubstr("column 2"), HasSubstr("two ways"))) << cell;
  }
}

TEST(ReadCount, RefusesSigns) {
  for (const std::string_view cell : {"+5", "-5", "−5"}) {
    EXPECT_THAT(Refusal(cell), AllOf(HasSubstr("column 1"), HasSubstr("a sign"))) << cell;
  }
}

TEST(ReadCount, RefusesBlanks) {
  EXPECT_THAT(Refusal(""), HasSubstr("blank where a count is expected"));
  for (const std::string_view cell : {" 5", "\t5", "\u00A05", "\n5"}) {
    EXPECT_THAT(Refusal(cell), AllOf(HasSubstr("column 1"), HasSubstr("a blank"))) << cell;
  }
  EXPECT_THAT(Refusal("5 "), HasSubstr("column 2"));
  EXPECT_THAT(Refusal("1 206"), HasSubstr("column 2"));
}

TEST(ReadCount, RefusesWhatIsNoNumber) {
  for (const std::string_view cell :
       {"ba", "1e3", "0x1F", "97 lớp/3864 học viên", "hơn 330", "nhiều", "#N/A"}) {
    Refusal(cell);
  }
}

TEST(ReadCount, RefusesIllFormedBytesAndNul) {
  EXPECT_THAT(Refusal("12\xFF"), AllOf(HasSubstr("column 3"), HasSubstr("not UTF-8")));
  EXPECT_THAT(Refusal(std::string_view("12\0", 3)), HasSubstr("column 3"));
}

TEST(ReadCount, CountsColumnsInCharacters) { EXPECT_THAT(Refusal("đ5"), HasSubstr("column 1")); }

// A refusal wins over the bound: the cell is no count at all.
TEST(ReadCount, NamesTheCharacterEvenInAnOverlongCell) {
  EXPECT_THAT(Refusal(std::string(30, '9') + "l"), HasSubstr("column 31"));
}

}  // namespace
}  // namespace thidua::text
