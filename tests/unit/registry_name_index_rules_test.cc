#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/schools/name_index_rules.h"
#include "services/registry/schools/name_reading_rules.h"

namespace thidua::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(EditDistanceTest, CountsLettersInsertedDroppedChangedAndSwapped) {
  EXPECT_EQ(EditDistance("le duan", "le duan", 2), 0);
  EXPECT_EQ(EditDistance("le duan", "le duann", 2), 1);
  EXPECT_EQ(EditDistance("le duan", "leduan", 2), 1);
  EXPECT_EQ(EditDistance("le duan", "le duen", 2), 1);
  EXPECT_EQ(EditDistance("le duan", "le dauN", 2), 2);
  EXPECT_EQ(EditDistance("le duan", "le daun", 2), 1);
  EXPECT_EQ(EditDistance("", "ab", 2), 2);
}

TEST(EditDistanceTest, StopsBeyondTheBound) {
  EXPECT_EQ(EditDistance("quang ninh", "quang tri", 2), 3);
  EXPECT_EQ(EditDistance("a", "abcdef", 2), 3);
}

class NameIndexTest : public ::testing::Test {
 protected:
  NameIndexTest() {
    for (uint32_t i = 0; i < keys_.size(); ++i) index_.Add(keys_[i], i, KeyPart::kWhole);
  }
  std::vector<std::string> Found(const std::string& text) const {
    std::vector<std::string> found;
    for (const NameHit& hit : index_.Find({text})) found.push_back(keys_[hit.form]);
    return found;
  }

  const std::vector<std::string> keys_ = {"quang ninh",
                                          "quang binh",
                                          "hue",
                                          "nguyen van cu",
                                          "ca mau",
                                          "le duan quang tri",
                                          "nguyen van linh hung yen"};
  NameIndex index_;
};

TEST_F(NameIndexTest, FindsWhatIsTheSameAndNothingElse) {
  EXPECT_THAT(Found("quang ninh"), ElementsAre("quang ninh"));
}

TEST_F(NameIndexTest, FindsTheFewestSlips) {
  EXPECT_THAT(Found("quang nim"), ElementsAre("quang ninh"));
  EXPECT_THAT(Found("quang minh"), UnorderedElementsAre("quang ninh", "quang binh"));
}

TEST_F(NameIndexTest, AShortNameAllowsOneSlipAndAVeryShortOneNone) {
  EXPECT_THAT(Found("ca mai"), ElementsAre("ca mau"));
  EXPECT_THAT(Found("co mai"), IsEmpty());
  EXPECT_THAT(Found("hua"), IsEmpty());
}

TEST_F(NameIndexTest, FindsNamesThatHoldTheWords) {
  EXPECT_THAT(Found("linh nguyen"), ElementsAre("nguyen van linh hung yen"));
  EXPECT_THAT(Found("nguyen van"),
              UnorderedElementsAre("nguyen van cu", "nguyen van linh hung yen"));
}

TEST_F(NameIndexTest, FindsTheLongestNamesInALongerText) {
  EXPECT_THAT(Found("so 5 le duan quang tri bao cao 20 lop cua nguyen van cu"),
              UnorderedElementsAre("le duan quang tri", "nguyen van cu"));
}

TEST(NameReadingTest, TellsTheKindFromTheName) {
  const auto first = [](const char* text) { return ReadSchoolName(text).front(); };
  EXPECT_EQ(first("Trường Chính trị Lê Duẩn tỉnh Quảng Trị").kind, "truong chinh tri");
  EXPECT_EQ(first("Trường Chính trị Lê Duẩn tỉnh Quảng Trị").core, "le duan quang tri");
  EXPECT_EQ(first("Trường Đào tạo, bồi dưỡng Cán bộ quản lý Thông tin và Truyền thông").core,
            "thong tin va truyen thong");
  EXPECT_EQ(first("Học viện Phụ nữ Việt Nam").kind, "hoc vien");
}

TEST(NameReadingTest, TheTinhOfHaTinhIsNotTheWordForProvince) {
  EXPECT_EQ(ReadSchoolName("Trường Chính trị Trần Phú tỉnh Hà Tĩnh").front().core,
            "tran phu ha tinh");
  EXPECT_EQ(ReadPlace("Hà Tĩnh"), "ha tinh");
  EXPECT_EQ(ReadPlace("Thành phố Hồ Chí Minh"), "ho chi minh");
}

TEST(NameReadingTest, WhatIsSpelledEitherWayIsOne) {
  EXPECT_EQ(ComparableWords("Lý Kỳ Quý Đắk Kạn", {}), ComparableWords("Lí Kì Quí Đắc Cạn", {}));
  EXPECT_THAT(ComparableWords("Tây Kiên Khánh", {}), ElementsAre("tay", "kien", "khanh"));
  EXPECT_THAT(ComparableWords("Cụm 09", {}), ElementsAre("cum", "9"));
}

TEST(NameReadingTest, ABareKindSaysNoName) {
  for (const char* text : {"Trường Chính trị tỉnh", "TCT", "Trường Chính trị thành phố"})
    EXPECT_EQ(ReadSchoolName(text).front().core, "") << text;
}

}  // namespace
}  // namespace thidua::registry
