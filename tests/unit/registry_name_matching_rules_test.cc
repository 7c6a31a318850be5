// What people write, and which school they mean: real spellings over the real schools.
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/schools/name_matching_rules.h"
#include "tests/support/reference_map.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using ::testing::Contains;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using enum v1::NameMatchReason;

const SchoolNames& RealNames() {
  static const auto& names = *new SchoolNames(testing::ReferenceMap());
  return names;
}

v1::ResolveSchoolNameResponse Resolve(const std::string& text, const std::string& day,
                                      const std::string& province = "",
                                      const std::string& cluster = "") {
  return RealNames().Resolve({text, Day(day), province, cluster, 0});
}

std::vector<std::string> Ids(const v1::ResolveSchoolNameResponse& response) {
  std::vector<std::string> ids;
  for (const v1::SchoolCandidate& candidate : response.candidates())
    ids.push_back(candidate.school().substr(std::string("schools/").size()));
  return ids;
}

std::vector<v1::NameMatchReason> Reasons(const v1::SchoolCandidate& candidate) {
  std::vector<v1::NameMatchReason> reasons;
  for (const int reason : candidate.reasons())
    reasons.push_back(static_cast<v1::NameMatchReason>(reason));
  return reasons;
}

constexpr char kBefore[] = "2024-06-25";
constexpr char kAfter[] = "2025-11-01";

struct Spelling {
  const char* text;
  const char* day;
  const char* school;
  v1::NameMatchReason reason;  // one of the candidate's

  friend std::ostream& operator<<(std::ostream& out, const Spelling& spelling) {
    return out << '"' << spelling.text << "\" on " << spelling.day;
  }
};

class SpellingTest : public ::testing::TestWithParam<Spelling> {};

TEST_P(SpellingTest, MeansOneSchool) {
  const auto [text, day, school, reason] = GetParam();
  const auto response = Resolve(text, day);
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_UNIQUE) << response.DebugString();
  ASSERT_THAT(Ids(response), ElementsAre(school));
  EXPECT_THAT(Reasons(response.candidates(0)), Contains(reason));
}

INSTANTIATE_TEST_SUITE_P(
    Written, SpellingTest,
    ::testing::Values(
        // As recorded.
        Spelling{"Trường Chính trị tỉnh Điện Biên", kBefore, "dien-bien",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh", kBefore, "quang-ninh",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Chính trị tỉnh Quảng Ninh", kBefore, "quang-ninh",
                 NAME_MATCH_REASON_ALIAS},
        Spelling{"Trường Chính trị tỉnh Lạng Sơn", kBefore, "lang-son", NAME_MATCH_REASON_ALIAS},
        Spelling{"Học viện Cán bộ Thành phố Hồ Chí Minh", kBefore, "ho-chi-minh",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường cán bộ Thành phố Hồ Chí Minh", kBefore, "ho-chi-minh",
                 NAME_MATCH_REASON_ALIAS},
        Spelling{"Học viện Tư pháp", kBefore, "hv-tu-phap", NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Cán bộ quản lý Nông nghiệp và Phát triển nông thôn 2", kBefore,
                 "cbql-nnptnt-2", NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Bạc Liêu", kBefore, "bac-lieu", NAME_MATCH_REASON_SHORT_NAME},
        Spelling{"Huế", kBefore, "hue", NAME_MATCH_REASON_SHORT_NAME},
        // Case, diacritics, Unicode forms, placement of the tone.
        Spelling{"trường chính trị tỉnh hoà bình", kBefore, "hoa-binh", NAME_MATCH_REASON_FOLDED},
        Spelling{"TRƯỜNG CHÍNH TRỊ TỈNH HÒA BÌNH", kBefore, "hoa-binh", NAME_MATCH_REASON_FOLDED},
        Spelling{"truong chinh tri tinh dien bien", kBefore, "dien-bien", NAME_MATCH_REASON_FOLDED},
        Spelling{"Truo\u031B\u0300ng Chi\u0301nh tri\u0323 ti\u0309nh Lai Cha\u0302u", kBefore,
                 "lai-chau", NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"\u200BTrường Chính trị\u00A0tỉnh Sơn La\n", kBefore, "son-la",
                 NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị tỉnh Cao bằng", kBefore, "cao-bang",
                 NAME_MATCH_REASON_PLACE_NAMED},
        // Đăk/Đắk/Đắc, Kạn/Cạn, y/i.
        Spelling{"Trường Chính trị tỉnh Đăk Nông", kBefore, "dak-nong", NAME_MATCH_REASON_ALIAS},
        Spelling{"Trường Chính trị tỉnh Đăk Lăk", kBefore, "dak-lak", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị Đắc Lắc", kBefore, "dak-lak", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị tỉnh DakLak", kBefore, "dak-lak", NAME_MATCH_REASON_MISSPELLED},
        Spelling{"Trường Chính trị tỉnh Bắc Cạn", kBefore, "bac-kan", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Cán bộ quản lí Giao thông vận tải", kBefore, "cbql-gtvt",
                 NAME_MATCH_REASON_FOLDED},
        // What stands before the name.
        Spelling{"Trường CT tỉnh Yên Bái", kBefore, "yen-bai", NAME_MATCH_REASON_FOLDED},
        Spelling{"TCT Lào Cai", kBefore, "lao-cai", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị Sơn La", kBefore, "son-la", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị TP. Cần Thơ", kBefore, "can-tho", NAME_MATCH_REASON_FOLDED},
        Spelling{"Học viện Cán bộ TP.HCM", kBefore, "ho-chi-minh", NAME_MATCH_REASON_FOLDED},
        Spelling{"HV cán bộ TPHCM", kBefore, "ho-chi-minh", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường ĐTBD Cán bộ Công Thương TW", kBefore, "dtbd-cong-thuong",
                 NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị BR-VT", kBefore, "ba-ria-vung-tau", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị tỉnh Hà Tĩnh", kBefore, "ha-tinh",
                 NAME_MATCH_REASON_PLACE_NAMED},
        Spelling{"(4) Trường Chính trị tỉnh Cao bằng:", kBefore, "cao-bang",
                 NAME_MATCH_REASON_PLACE_NAMED},
        // The proper name alone, with the province, without the kind.
        Spelling{"Trường Chính trị Hoàng Đình Giong", kBefore, "cao-bang",
                 NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"Hoàng Văn Thụ", kBefore, "lang-son", NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"Trường Chính trị Trường Chinh", kBefore, "nam-dinh",
                 NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"Trường Chinh", kBefore, "nam-dinh", NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"Trường Tô Hiệu", kBefore, "hai-phong", NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"Trường Nguyễn Văn Cừ Quảng Ninh", kBefore, "quang-ninh",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Đào tạo cán bộ Nguyễn Văn Cừ", kBefore, "quang-ninh",
                 NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"Trường Chính trị Nguyễn Văn Cừ tỉnh Bắc Ninh", kBefore, "bac-ninh",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Chính trị Nguyễn Chí Thanh thành phố Huế", kBefore, "hue",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Lê Hồng Phong Hà Nội", kBefore, "ha-noi", NAME_MATCH_REASON_OFFICIAL_NAME},
        // Slips.
        Spelling{"Trường Chính trị Hoàng Đình Dong tỉnh Cao Bằng", kBefore, "cao-bang",
                 NAME_MATCH_REASON_MISSPELLED},
        Spelling{"Trường Chính trị Hoàng Vân Thụy tỉnh Lạng Sơn", kBefore, "lang-son",
                 NAME_MATCH_REASON_MISSPELLED},
        Spelling{"Trường Chính trị tỉnh Tuyên Quagn", kBefore, "tuyen-quang",
                 NAME_MATCH_REASON_MISSPELLED},
        Spelling{"Trường Chính trj tỉnh Hà Giang", kBefore, "ha-giang", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị Phạm Hùg", kBefore, "vinh-long", NAME_MATCH_REASON_MISSPELLED},
        // Parts, and more than the name.
        Spelling{"Lê Hồng Phong Nội", kBefore, "ha-noi", NAME_MATCH_REASON_PARTIAL},
        Spelling{"Trường Chính trị tỉnh Lào Cai 24 lớp", kBefore, "lao-cai",
                 NAME_MATCH_REASON_PARTIAL},
        Spelling{"Hiệu trưởng Trường Chính trị Tôn Đức Thắng", kBefore, "an-giang",
                 NAME_MATCH_REASON_PROPER_NAME},
        // One name, two schools, each on its days.
        Spelling{"Trường Chính trị Lê Duẩn", "2025-06-30", "quang-tri",
                 NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"Trường Chính trị Lê Duẩn", "2025-07-01", "quang-tri-2025",
                 NAME_MATCH_REASON_PROPER_NAME},
        Spelling{"truong ct le duan", "2025-07-01", "quang-tri-2025", NAME_MATCH_REASON_FOLDED},
        Spelling{"Trường Chính trị tỉnh Phú Thọ", "2025-06-30", "phu-tho",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Chính trị tỉnh Phú Thọ", "2026-03-02", "phu-tho-2025",
                 NAME_MATCH_REASON_OFFICIAL_NAME},
        Spelling{"Trường Chính trị Lâm Đồng", kAfter, "lam-dong-2025",
                 NAME_MATCH_REASON_OFFICIAL_NAME}));

TEST(SchoolNamesTest, TheNameAloneOfTwoSchoolsGivesBoth) {
  const auto response = Resolve("Nguyễn Văn Cừ", kBefore);
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  EXPECT_THAT(Ids(response), UnorderedElementsAre("quang-ninh", "bac-ninh"));
  EXPECT_EQ(response.candidate_count(), 2);
}

TEST(SchoolNamesTest, TheKindOfSchoolOrdersCandidatesWhereEverySchoolIsCalledThat) {
  EXPECT_THAT(Ids(Resolve("Trường Chính trị Nguyễn Văn Cừ", kBefore)),
              ElementsAre("bac-ninh", "quang-ninh"));
}

TEST(SchoolNamesTest, AnEndThatNoDocumentDecidesLeavesTheNameInQuestion) {
  const auto response = Resolve("Nguyễn Văn Cừ", "2025-07-01");
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  ASSERT_THAT(Ids(response), ElementsAre("quang-ninh", "bac-ninh"));
  EXPECT_THAT(Reasons(response.candidates(1)), Contains(NAME_MATCH_REASON_UNDECIDED));
  EXPECT_THAT(response.candidates(1).schools_on_day(), ElementsAre("schools/bac-ninh-2025"));
}

TEST(SchoolNamesTest, APresumedSchoolIsNotTakenForTheOneBefore) {
  const auto response = Resolve("Trường Chính trị tỉnh Thái Nguyên", kAfter);
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  EXPECT_THAT(Ids(response), UnorderedElementsAre("thai-nguyen", "thai-nguyen-2025"));
}

TEST(SchoolNamesTest, ANameOfAnotherDayIsOfferedWithItsReason) {
  const auto response = Resolve("Trường Chính trị tỉnh Bình Định", kAfter);
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  ASSERT_THAT(Ids(response), ElementsAre("binh-dinh"));
  EXPECT_THAT(Reasons(response.candidates(0)),
              ElementsAre(NAME_MATCH_REASON_OFFICIAL_NAME, NAME_MATCH_REASON_OTHER_DAY));
  EXPECT_THAT(response.candidates(0).schools_on_day(), ElementsAre("schools/gia-lai-2025"));
  EXPECT_EQ(runtime::DayFromProto(response.candidates(0).valid_to()).value(), Day("2025-07-01"));
}

TEST(SchoolNamesTest, TheProvinceOfTheTextDecidesBetweenTwo) {
  for (const char* hint : {"bac-ninh", "Bắc Ninh", "tỉnh Bắc Ninh"}) {
    const auto response = Resolve("Nguyễn Văn Cừ", kBefore, hint);
    EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_UNIQUE) << hint;
    ASSERT_THAT(Ids(response), ElementsAre("bac-ninh"));
    EXPECT_THAT(Reasons(response.candidates(0)), Contains(NAME_MATCH_REASON_PROVINCE_HINT));
  }
}

TEST(SchoolNamesTest, TheClusterOfTheTextDecidesBetweenTwo) {
  const auto response = Resolve("Nguyễn Văn Cừ", kBefore, "", "mnbg");
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_UNIQUE);
  ASSERT_THAT(Ids(response), ElementsAre("quang-ninh"));
  EXPECT_THAT(Reasons(response.candidates(0)), Contains(NAME_MATCH_REASON_CLUSTER_HINT));
}

TEST(SchoolNamesTest, AHintThatFitsNothingIsNotRead) {
  const auto response = Resolve("Trường Chính trị tỉnh Điện Biên", kBefore, "quang-ninh", "dbscl");
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_UNIQUE);
  ASSERT_THAT(Ids(response), ElementsAre("dien-bien"));
  EXPECT_THAT(Reasons(response.candidates(0)), ElementsAre(NAME_MATCH_REASON_OFFICIAL_NAME));
}

TEST(SchoolNamesTest, BareWordsMeanThePublishersOwnProvince) {
  for (const char* text : {"Trường Chính trị tỉnh", "Trường Chính trị", "TCT"}) {
    const auto response = Resolve(text, kBefore, "ninh-binh");
    EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_UNIQUE) << text;
    EXPECT_THAT(Ids(response), ElementsAre("ninh-binh")) << text;
    EXPECT_EQ(Resolve(text, kBefore).outcome(), v1::NAME_OUTCOME_NONE) << text;
  }
}

TEST(SchoolNamesTest, BareWordsInAClusterMeanAnyOfItsMembers) {
  const auto response = Resolve("Trường Chính trị tỉnh", kBefore, "", "mnbg");
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  EXPECT_EQ(response.candidate_count(), 8);
}

TEST(SchoolNamesTest, OneSlipThatMakesTwoNamesGivesBoth) {
  const auto response = Resolve("Trường Chính trị tỉnh Quảng Tinh", kBefore);
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  EXPECT_THAT(Ids(response), ::testing::IsSupersetOf({"quang-ninh", "quang-binh"}));
  EXPECT_EQ(response.candidates(0).distance(), 1);
}

TEST(SchoolNamesTest, ARightNameIsNeverTakenForASlip) {
  // One letter apart.
  EXPECT_THAT(Ids(Resolve("Trường Chính trị tỉnh Kiên Giang", kBefore)), ElementsAre("kien-giang"));
  EXPECT_THAT(Ids(Resolve("Trường Chính trị tỉnh Tiền Giang", kBefore)), ElementsAre("tien-giang"));
}

TEST(SchoolNamesTest, WordsOfSeveralNamesGiveAll) {
  EXPECT_THAT(Ids(Resolve("Nguyễn Văn", kBefore)),
              UnorderedElementsAre("quang-ninh", "bac-ninh", "hung-yen"));
}

TEST(SchoolNamesTest, ATextThatContradictsItselfGivesEverySide) {
  const auto response = Resolve("Trường Chính trị Nguyễn Văn Cừ tỉnh Quảng Trị", kBefore);
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  EXPECT_THAT(Ids(response), UnorderedElementsAre("quang-ninh", "bac-ninh", "quang-tri"));
}

TEST(SchoolNamesTest, WhatNamesNothingGivesNothing) {
  for (const char* text : {"Trường Chính trị tỉnh Hà Tây", "Cửu Long", "…", "Cụm thi đua số 9"}) {
    const auto response = Resolve(text, kBefore);
    EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_NONE) << text;
    EXPECT_THAT(Ids(response), IsEmpty()) << text;
  }
}

TEST(SchoolNamesTest, WhatIsWrittenAsRecordedIsNotMarkedAsFolded) {
  EXPECT_THAT(Reasons(Resolve("Trường Chính trị Lê Duẩn", kBefore).candidates(0)),
              ElementsAre(NAME_MATCH_REASON_PROPER_NAME));
}

TEST(SchoolNamesTest, NoMoreCandidatesThanAskedForAndTheirNumber) {
  const auto response =
      RealNames().Resolve({"Trường Chính trị tỉnh", Day(kBefore), "", "dbscl", 5});
  EXPECT_EQ(response.candidates_size(), 5);
  EXPECT_EQ(response.candidate_count(), 12);
}

TEST(SchoolNamesTest, AnEarlierNameOfTheSameSchoolIsOfAnotherDay) {
  v1::School school = testing::School("quang-ninh", "Quảng Ninh", "");
  *school.add_names() = testing::SchoolName("Trường Đảng Hạ Long", "", "2015-09-01");
  *school.add_names() = testing::SchoolName("Trường Đào tạo cán bộ Nguyễn Văn Cừ", "2015-09-01");
  directory::Directory directory;
  ASSERT_TRUE(directory.Apply({testing::EntryOf(school)}, 1).ok());
  const SchoolNames names(directory.Current());
  const auto now = names.Resolve({"Trường Đảng Hạ Long", Day(kBefore), "", "", 0});
  EXPECT_EQ(now.outcome(), v1::NAME_OUTCOME_UNIQUE);
  EXPECT_THAT(Reasons(now.candidates(0)), Contains(NAME_MATCH_REASON_OTHER_DAY));
  const auto then = names.Resolve({"Trường Đảng Hạ Long", Day("2010-01-01"), "", "", 0});
  EXPECT_THAT(Reasons(then.candidates(0)), Not(Contains(NAME_MATCH_REASON_OTHER_DAY)));
}

}  // namespace
}  // namespace thidua::registry
