#include <gtest/gtest.h>

#include <string>

#include "common/rpc/percent.h"

namespace thidua::rpc {
namespace {

TEST(PercentTest, AsciiThatMeansNothingElseStaysAsItIs) {
  EXPECT_EQ(PercentEncode("An-2024_b.c~"), "An-2024_b.c~");
}

TEST(PercentTest, AVietnameseNameIsItsUtf8Bytes) {
  EXPECT_EQ(PercentEncode("Nguyễn Văn Cừ"), "Nguy%E1%BB%85n%20V%C4%83n%20C%E1%BB%AB");
}

TEST(PercentTest, DecodingGivesBackEveryByte) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(PercentDecode(PercentEncode(all)), all);
}

TEST(PercentTest, HexadecimalDigitsMayBeSmall) { EXPECT_EQ(PercentDecode("%c4%83"), "ă"); }

TEST(PercentTest, ATornEscapeIsNothing) {
  for (const char* torn : {"%", "%4", "a%", "a%C", "%G0", "%0G", "% 1", "%+1", "%%41"}) {
    EXPECT_EQ(PercentDecode(torn), std::nullopt) << torn;
  }
}

}  // namespace
}  // namespace thidua::rpc
