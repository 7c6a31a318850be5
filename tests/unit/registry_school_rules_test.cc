#include <string>
#include <vector>

#include "common/contract/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/schools/school_rules.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using contract::FieldViolationsOf;
using contract::Reason;
using contract::ReasonOf;
using contract::VietnameseText;
using registry::v1::LINEAGE_EVENT_TYPE_MERGE;
using registry::v1::LINEAGE_EVENT_TYPE_REBRAND;
using registry::v1::LINEAGE_EVENT_TYPE_RENAME;
using registry::v1::LINEAGE_EVENT_TYPE_SPLIT;
using registry::v1::School;
using testing::SchoolName;

std::vector<std::string> WrongFields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : FieldViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

School QuangNinh() {
  School school = testing::School("quang-ninh", "Quảng Ninh", "");
  *school.add_names() = SchoolName("Trường Chính trị tỉnh Quảng Ninh", "", "2015-09-01");
  *school.add_names() =
      SchoolName("Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh", "2015-09-01");
  return school;
}

TEST(SchoolRulesTest, NamesThatFollowOneAnotherAreGood) {
  EXPECT_TRUE(CheckSchool(QuangNinh()).ok());
}

TEST(SchoolRulesTest, ASchoolMayHaveNoDocumentedName) {
  EXPECT_TRUE(CheckSchool(testing::School("lao-cai-2025", "Lào Cai", "", "2025-07-01")).ok());
}

TEST(SchoolRulesTest, TwoNamesOnOneDayAreRefused) {
  School school = QuangNinh();
  *school.mutable_names(0)->mutable_valid_to() = runtime::DayToProto(testing::Day("2015-09-02"));
  const absl::Status status = CheckSchool(school);
  EXPECT_EQ(ReasonOf(status), Reason::REASON_OVERLAP);
  EXPECT_THAT(VietnameseText(status), ::testing::HasSubstr("cùng là tên gọi vào ngày 2015-09-01"));
}

TEST(SchoolRulesTest, ANameOutsideTheValidityIsRefused) {
  School school = testing::School("hoa-binh", "Hòa Bình", "", "", "2025-07-01");
  *school.add_names() = SchoolName("Trường Chính trị tỉnh Hòa Bình", "", "2025-07-02");
  EXPECT_THAT(WrongFields(CheckSchool(school)), ::testing::ElementsAre("school.names[0]"));
}

TEST(SchoolRulesTest, AProvincialSchoolNeedsItsProvince) {
  School school = QuangNinh();
  school.clear_province();
  school.clear_province_id();
  EXPECT_THAT(WrongFields(CheckSchool(school)),
              ::testing::ElementsAre("school.province_id", "school.province"));
}

TEST(SchoolRulesTest, ACentralCadreSchoolHasNoProvince) {
  School school = testing::School("hv-tu-phap", "Hà Nội", "Học viện Tư pháp");
  school.set_kind(registry::v1::SCHOOL_KIND_CENTRAL_CADRE_SCHOOL);
  school.clear_province_id();
  EXPECT_THAT(WrongFields(CheckSchool(school)), ::testing::ElementsAre("school.province"));
}

TEST(SchoolRulesTest, AValidityWithoutADayIsRefused) {
  EXPECT_THAT(
      WrongFields(CheckSchool(testing::School("hue", "Huế", "", "2025-01-01", "2025-01-01"))),
      ::testing::ElementsAre("school.valid_to"));
}

TEST(SchoolRulesTest, ADocumentedFactNamesItsSource) {
  School school = QuangNinh();
  school.mutable_provenance()->clear_source();
  EXPECT_THAT(WrongFields(CheckSchool(school)), ::testing::ElementsAre("school.provenance.source"));
  EXPECT_TRUE(CheckSchool(testing::Provisional(school)).ok());
}

// The merger that made the school of the new Phú Thọ.
registry::v1::LineageEvent PhuTho2025() {
  return testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "phu-tho-2025", "2025-07-01",
                          {"phu-tho", "vinh-phuc", "hoa-binh"}, {"phu-tho-2025"});
}

TEST(LineageRulesTest, AMergerOfThreeIntoOneIsGood) {
  EXPECT_TRUE(CheckLineageEvent(PhuTho2025()).ok());
}

TEST(LineageRulesTest, AMergerNeedsTwoPredecessors) {
  auto event =
      testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "x", "2025-07-01", {"phu-tho"}, {"phu-tho-2025"});
  EXPECT_THAT(WrongFields(CheckLineageEvent(event)),
              ::testing::ElementsAre("lineage_event.predecessors"));
}

TEST(LineageRulesTest, ASplitNeedsTwoSuccessors) {
  auto event =
      testing::Lineage(LINEAGE_EVENT_TYPE_SPLIT, "x", "1992-01-01", {"cuu-long"}, {"vinh-long"});
  EXPECT_THAT(WrongFields(CheckLineageEvent(event)),
              ::testing::ElementsAre("lineage_event.successors"));
}

TEST(LineageRulesTest, ASchoolNamedTwiceOnOneSideIsRefused) {
  auto event = testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "x", "2025-07-01", {"phu-tho", "phu-tho"},
                                {"phu-tho-2025"});
  EXPECT_THAT(WrongFields(CheckLineageEvent(event)),
              ::testing::ElementsAre("lineage_event.predecessors[1]"));
}

TEST(LineageRulesTest, ASchoolIsNotItsOwnPredecessor) {
  auto event = testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "x", "2025-07-01",
                                {"phu-tho", "vinh-phuc"}, {"phu-tho"});
  EXPECT_EQ(ReasonOf(CheckLineageEvent(event)), Reason::REASON_LINEAGE_CYCLE);
}

TEST(LineageRulesTest, ARenamedSchoolStaysItself) {
  EXPECT_TRUE(CheckLineageEvent(testing::Lineage(LINEAGE_EVENT_TYPE_RENAME, "x", "2015-09-01",
                                                 {"quang-ninh"}, {"quang-ninh"}))
                  .ok());
  EXPECT_EQ(ReasonOf(CheckLineageEvent(testing::Lineage(
                LINEAGE_EVENT_TYPE_RENAME, "x", "2015-09-01", {"quang-ninh"}, {"ha-long"}))),
            Reason::REASON_RULE_VIOLATED);
}

TEST(LineageRulesTest, APredecessorEndsOnTheEffectiveDate) {
  const auto event = PhuTho2025();
  EXPECT_TRUE(CheckLineageDates(event, testing::School("vinh-phuc", "Vĩnh Phúc", "Trường Chính trị",
                                                       "", "2025-07-01"))
                  .ok());
  for (const char* end : {"", "2025-06-30", "2025-07-02"}) {
    const absl::Status status = CheckLineageDates(
        event, testing::School("vinh-phuc", "Vĩnh Phúc", "Trường Chính trị", "", end));
    EXPECT_EQ(ReasonOf(status), Reason::REASON_RULE_VIOLATED) << end;
    EXPECT_THAT(VietnameseText(status), ::testing::HasSubstr("phải kết thúc vào 2025-07-01"));
  }
}

TEST(LineageRulesTest, ASuccessorBeginsOnTheEffectiveDate) {
  const auto event = PhuTho2025();
  EXPECT_TRUE(
      CheckLineageDates(event, testing::School("phu-tho-2025", "Phú Thọ", "", "2025-07-01")).ok());
  EXPECT_FALSE(
      CheckLineageDates(event, testing::School("phu-tho-2025", "Phú Thọ", "", "2025-06-30")).ok());
  EXPECT_FALSE(CheckLineageDates(event, testing::School("phu-tho-2025", "Phú Thọ", "")).ok());
}

TEST(LineageRulesTest, ARenamingFallsOnTheFirstDayOfAName) {
  const auto on = [](const char* day) {
    return testing::Lineage(LINEAGE_EVENT_TYPE_RENAME, "x", day, {"quang-ninh"}, {"quang-ninh"});
  };
  EXPECT_TRUE(CheckLineageDates(on("2015-09-01"), QuangNinh()).ok());
  EXPECT_FALSE(CheckLineageDates(on("2016-09-01"), QuangNinh()).ok());
}

// A → B and B → A: whatever validity B has, one of the two events contradicts it.
TEST(LineageRulesTest, ALongerCycleBreaksTheDates) {
  const auto there = testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, "there", "2004-01-01",
                                      {"can-tho"}, {"hau-giang"});
  const auto back = testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, "back", "2010-01-01",
                                     {"hau-giang"}, {"can-tho"});
  const School can_tho = testing::School("can-tho", "Cần Thơ", "", "", "2004-01-01");
  EXPECT_TRUE(CheckLineageDates(there, can_tho).ok());
  EXPECT_FALSE(CheckLineageDates(back, can_tho).ok());
}

TEST(LineageRulesTest, ASchoolEndsOnceAndBeginsOnce) {
  const auto recorded = std::vector{PhuTho2025()};
  auto again = testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, "x", "2025-07-01", {"vinh-phuc"},
                                {"vinh-phuc-2025"});
  EXPECT_EQ(ReasonOf(CheckLineageOnce(again, recorded)), Reason::REASON_RULE_VIOLATED);
  again = testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, "x", "2025-07-01", {"son-tay"},
                           {"phu-tho-2025"});
  EXPECT_EQ(ReasonOf(CheckLineageOnce(again, recorded)), Reason::REASON_RULE_VIOLATED);
  const auto later = testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, "x", "2030-01-01",
                                      {"phu-tho-2025"}, {"phu-tho-2030"});
  EXPECT_TRUE(CheckLineageOnce(later, recorded).ok());
}

}  // namespace
}  // namespace thidua::registry
