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

v1::Campus Campus(const std::string& name, bool is_main, const std::string& from = "",
                  const std::string& to = "") {
  v1::Campus campus;
  campus.set_name(name);
  campus.set_is_main(is_main);
  return testing::Dating(std::move(campus), from, to);
}

// The school of Gia Lai after the merger: its seat in Diên Hồng, another place in Quy Nhơn.
School GiaLai2025() {
  School school =
      testing::School("gia-lai-2025", "Gia Lai", "Trường Chính trị tỉnh Gia Lai", "2025-07-01");
  *school.add_campuses() = Campus("Diên Hồng", true);
  *school.add_campuses() = Campus("Quy Nhơn", false);
  return school;
}

TEST(SchoolRulesTest, ASchoolMayHaveSeveralCampuses) {
  EXPECT_TRUE(CheckSchool(GiaLai2025()).ok());
}

TEST(SchoolRulesTest, TwoMainCampusesOnOneDayAreRefused) {
  School school = GiaLai2025();
  *school.mutable_campuses(0)->mutable_valid_to() = runtime::DayToProto(testing::Day("2026-01-02"));
  *school.mutable_campuses(1) = Campus("Quy Nhơn", true, "2026-01-01");
  const absl::Status status = CheckSchool(school);
  EXPECT_EQ(ReasonOf(status), Reason::REASON_OVERLAP);
  EXPECT_THAT(VietnameseText(status),
              ::testing::HasSubstr("cùng là trụ sở chính vào ngày 2026-01-01"));
}

TEST(SchoolRulesTest, TheMainCampusMayMove) {
  School school = GiaLai2025();
  *school.mutable_campuses(0)->mutable_valid_to() = runtime::DayToProto(testing::Day("2026-01-01"));
  *school.mutable_campuses(1) = Campus("Quy Nhơn", true, "2026-01-01");
  EXPECT_TRUE(CheckSchool(school).ok());
}

TEST(SchoolRulesTest, ACampusOutsideTheValidityIsRefused) {
  School school = GiaLai2025();
  *school.mutable_campuses(1) = Campus("Quy Nhơn", false, "2025-06-30");
  EXPECT_THAT(WrongFields(CheckSchool(school)), ::testing::ElementsAre("school.campuses[1]"));
}

TEST(SchoolRulesTest, ADocumentedNameOrCampusNamesItsSource) {
  School school = GiaLai2025();
  school.mutable_names(0)->mutable_provenance()->set_confidence(v1::CONFIDENCE_DOCUMENTED);
  school.mutable_campuses(1)->mutable_provenance()->set_confidence(v1::CONFIDENCE_DOCUMENTED);
  EXPECT_THAT(WrongFields(CheckSchool(school)),
              ::testing::ElementsAre("school.names[0].provenance.source",
                                     "school.campuses[1].provenance.source"));
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

// Hậu Giang was divided from Cần Thơ at the beginning of 2004.
v1::LineageEvent CanTho2004() {
  return testing::Lineage(LINEAGE_EVENT_TYPE_SPLIT, "can-tho-2004", "2004-01-01", {"can-tho-1992"},
                          {"can-tho", "hau-giang"});
}

v1::LineageEvent WithShare(v1::LineageEvent event, const std::string& successor,
                           const std::string& group, const std::string& part) {
  v1::LineageShare& share = *event.add_shares();
  share.set_successor("schools/" + successor);
  share.set_indicator_group(group);
  share.mutable_share()->set_value(part);
  return event;
}

TEST(LineageSharesTest, TheSharesOfEachGroupAddUpToOne) {
  auto event = WithShare(CanTho2004(), "can-tho", "TRAINING", "0.9");
  event = WithShare(event, "hau-giang", "TRAINING", "0.1");
  EXPECT_TRUE(CheckLineageEvent(event).ok());
  EXPECT_TRUE(CheckLineageEvent(WithShare(event, "can-tho", "STAFF", "1")).ok());
  const absl::Status status = CheckLineageEvent(WithShare(event, "can-tho", "STAFF", "0.99"));
  ASSERT_THAT(WrongFields(status), ::testing::ElementsAre("lineage_event.shares"));
  EXPECT_EQ(FieldViolationsOf(status)[0].description,
            "the shares of STAFF add up to 0.99 instead of 1");
}

// Ten tenths are not 1 in binary.
TEST(LineageSharesTest, AreAddedExactly) {
  auto event = CanTho2004();
  for (int i = 0; i < 10; ++i) {
    event.add_successors("schools/moi-" + std::to_string(i));
    event = WithShare(event, "moi-" + std::to_string(i), "TRAINING", "0.1");
  }
  EXPECT_TRUE(CheckLineageEvent(event).ok());
  event.mutable_shares(9)->mutable_share()->set_value("0.100000000000000001");
  EXPECT_THAT(WrongFields(CheckLineageEvent(event)),
              ::testing::ElementsAre("lineage_event.shares"));
}

TEST(LineageSharesTest, AreAboveZeroAndAtMostOne) {
  for (const char* part : {"0", "-0.5", "1.5", "nửa"}) {
    EXPECT_THAT(WrongFields(CheckLineageEvent(WithShare(CanTho2004(), "can-tho", "STAFF", part))),
                ::testing::ElementsAre("lineage_event.shares[0].share"))
        << part;
  }
}

TEST(LineageSharesTest, AreOfSuccessorsEachOnceInAGroup) {
  auto event = WithShare(CanTho2004(), "can-tho-1992", "STAFF", "0.5");
  event = WithShare(event, "can-tho", "STAFF", "0.25");
  event = WithShare(event, "can-tho", "STAFF", "0.25");
  EXPECT_THAT(
      WrongFields(CheckLineageEvent(event)),
      ::testing::ElementsAre("lineage_event.shares[0].successor", "lineage_event.shares[2]"));
}

TEST(LineageSharesTest, BelongToASplitOnly) {
  EXPECT_THAT(WrongFields(CheckLineageEvent(WithShare(PhuTho2025(), "phu-tho-2025", "STAFF", "1"))),
              ::testing::ElementsAre("lineage_event.shares"));
}

TEST(LineageCycleTest, NoSchoolComesFromItselfOverTwoEvents) {
  const auto there = testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, "there", "2000-01-01",
                                      {"can-tho"}, {"hau-giang"});
  const auto back = testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, "back", "2010-01-01",
                                     {"hau-giang"}, {"can-tho"});
  EXPECT_EQ(ReasonOf(CheckLineageAcyclic(back, {there})), Reason::REASON_LINEAGE_CYCLE);
  EXPECT_TRUE(CheckLineageAcyclic(back, {}).ok());
}

TEST(LineageCycleTest, NorOverThreeInWhateverOrderTheyAreRead) {
  const auto event = [](const char* id, const char* from, const char* to) {
    return testing::Lineage(LINEAGE_EVENT_TYPE_REBRAND, id, "2000-01-01", {from}, {to});
  };
  EXPECT_EQ(ReasonOf(CheckLineageAcyclic(event("ca", "c", "a"),
                                         {event("bc", "b", "c"), event("ab", "a", "b")})),
            Reason::REASON_LINEAGE_CYCLE);
  EXPECT_TRUE(
      CheckLineageAcyclic(event("ca", "c", "a"), {event("ab", "a", "b"), event("bd", "b", "d")})
          .ok());
}

TEST(LineageCycleTest, ARenamedSchoolStaysItselfAsOftenAsItIsRenamed) {
  const auto renamed = testing::Lineage(LINEAGE_EVENT_TYPE_RENAME, "x", "2015-09-01",
                                        {"quang-ninh"}, {"quang-ninh"});
  EXPECT_TRUE(CheckLineageAcyclic(renamed, {renamed}).ok());
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

registry::v1::LineageEvent TuyenQuang2025() {
  return testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", "2025-07-01",
                          {"tuyen-quang", "ha-giang"}, {"tuyen-quang-2025"});
}

TEST(MergerRulesTest, APredecessorWithoutAnEndEndsWithTheName) {
  auto school = testing::School("ha-giang", "Hà Giang", "");
  *school.add_names() = testing::SchoolName("Trường Chính trị tỉnh Hà Giang", "", "2030-01-01");
  const auto ended = EndedBy(TuyenQuang2025(), school);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(directory::PeriodOf(*ended)->to, testing::Day("2025-07-01"));
  EXPECT_EQ(directory::PeriodOf(ended->names(0))->to, testing::Day("2025-07-01"));
  EXPECT_TRUE(CheckLineageDates(TuyenQuang2025(), *ended).ok());
}

TEST(MergerRulesTest, AnEndThatIsWrittenStays) {
  const auto ended =
      EndedBy(TuyenQuang2025(), testing::School("ha-giang", "Hà Giang", "", "", "2025-06-01"));
  EXPECT_EQ(directory::PeriodOf(*ended)->to, testing::Day("2025-06-01"));
  EXPECT_EQ(contract::ReasonOf(CheckLineageDates(TuyenQuang2025(), *ended)),
            contract::Reason::REASON_RULE_VIOLATED);
}

TEST(MergerRulesTest, OnlyPredecessorsEnd) {
  const auto successor =
      EndedBy(TuyenQuang2025(), testing::School("tuyen-quang-2025", "Tuyên Quang", "",
                                                "2025-07-01"));
  EXPECT_FALSE(successor->has_valid_to());
  const auto renamed =
      EndedBy(testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_RENAME, "doi-ten", "2025-07-01",
                               {"ha-giang"}, {"ha-giang"}),
              testing::School("ha-giang", "Hà Giang", ""));
  EXPECT_FALSE(renamed->has_valid_to());
}

TEST(MergerRulesTest, ASchoolThatIsNotThereYetCannotEnd) {
  EXPECT_EQ(contract::ReasonOf(
                EndedBy(TuyenQuang2025(), testing::School("ha-giang", "Hà Giang", "", "2025-07-01"))
                    .status()),
            contract::Reason::REASON_RULE_VIOLATED);
}

TEST(MergerRulesTest, ANameOfLaterDaysStandsInTheWayOfAnEnd) {
  auto school = testing::School("ha-giang", "Hà Giang", "");
  *school.add_names() = testing::SchoolName("Trường Chính trị Hà Giang mới", "2026-01-01");
  EXPECT_EQ(contract::ReasonOf(EndedBy(TuyenQuang2025(), school).status()),
            contract::Reason::REASON_RULE_VIOLATED);
}

}  // namespace
}  // namespace thidua::registry
