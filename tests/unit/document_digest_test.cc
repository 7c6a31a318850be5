#include <string>
#include <utility>

#include "common/document/digest.h"
#include "gtest/gtest.h"

namespace thidua::document {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, MatchesTheStandardsExamples) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Hex(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, GivesRawBytes) { EXPECT_EQ(Sha256("Lào Cai").size(), 32u); }

TEST(Sha256, TakesZeroBytesAsBytes) { EXPECT_NE(Sha256(std::string_view("a\0", 2)), Sha256("a")); }

TEST(Sha256Builder, DigestsPiecesAsTheirWhole) {
  const std::string text = "Cụm thi đua các trường chính trị khu vực miền núi, biên giới phía Bắc";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256Builder builder;
    builder.Add(text.substr(0, cut)).Add(text.substr(cut));
    EXPECT_EQ(builder.Finish(), Sha256(text)) << cut;
  }
}

TEST(Sha256Builder, IsEmptyAtFirstAndAfterFinish) {
  Sha256Builder builder;
  EXPECT_EQ(builder.Finish(), Sha256(""));
  builder.Add("Sơn La");
  builder.Finish();
  EXPECT_EQ(builder.Add("Lai Châu").Finish(), Sha256("Lai Châu"));
}

TEST(Sha256Builder, KeepsItsPiecesWhenMoved) {
  Sha256Builder builder;
  builder.Add("Hà ");
  Sha256Builder moved = std::move(builder);
  EXPECT_EQ(moved.Add("Giang").Finish(), Sha256("Hà Giang"));
}

TEST(Hex, WritesTwoLowerCaseDigitsForAByte) {
  EXPECT_EQ(Hex(""), "");
  EXPECT_EQ(Hex(std::string_view("\x00\x09\x7f\x80\xab\xff", 6)), "00097f80abff");
}

}  // namespace
}  // namespace thidua::document
