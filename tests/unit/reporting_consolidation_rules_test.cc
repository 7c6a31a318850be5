#include <limits>
#include <map>
#include <string>
#include <utility>

#include "common/directory/directory.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/reporting/consolidation/consolidation_rules.h"
#include "tests/support/report_facts.h"
#include "tests/support/school_facts.h"

namespace thidua::reporting {
namespace {

using contract::Reason;
using contract::ReasonOf;
using google::protobuf::util::MessageDifferencer;
using testing::At;
using testing::Count;
using testing::Declared;
using ::testing::ElementsAre;
using testing::Figures;
using testing::Flow;
using testing::HalfYear;
using ::testing::HasSubstr;
using testing::Indicator;
using testing::IndicatorName;
using ::testing::IsEmpty;
using testing::NotApplicable;
using testing::NotReported;
using testing::Percent;
using testing::Ratio;
using testing::Stock;
using testing::Zero;

constexpr v1::Qualifier kAtLeast = v1::QUALIFIER_AT_LEAST;
constexpr v1::Qualifier kAbout = v1::QUALIFIER_ABOUT;
constexpr v1::Qualifier kExact = v1::QUALIFIER_EXACT;

// Three schools of a cluster and the figures that were accepted.
class ConsolidationRulesTest : public ::testing::Test {
 protected:
  void Ask(const std::vector<v1::Indicator>& indicators) {
    window_ = HalfYear(indicators);
    form_.emplace(window_);
  }

  void Accepted(const std::string& school, const std::vector<v1::Figure>& figures,
                int revision = 1) {
    AcceptedReport report{school,
                          revision,
                          std::string(32, 'x'),
                          Pack(*form_, Figures(figures)),
                          "anh Vũ",
                          absl::FromUnixSeconds(1718900000)};
    std::erase_if(reports_, [&](const AcceptedReport& old) { return old.school == school; });
    reports_.push_back(report);
    std::sort(reports_.begin(), reports_.end(),
              [](const auto& a, const auto& b) { return a.school < b.school; });
  }

  v1::Consolidation Run(const v1::Consolidation* previous = nullptr) {
    auto consolidation = Consolidate(*form_, cluster_, reports_, previous);
    EXPECT_TRUE(consolidation.ok()) << consolidation.status();
    return *consolidation;
  }

  v1::ConsolidatedCell Cell(const v1::Consolidation& consolidation, const std::string& code) const {
    for (const auto& cell : consolidation.cells()) {
      if (cell.indicator() == IndicatorName(code)) return cell;
    }
    ADD_FAILURE() << code;
    return {};
  }

  void DeclareIn(v1::Consolidation* consolidation, const std::vector<v1::DeclaredTotal>& totals,
                 const std::string& person = "chị Hà", int64_t when = 10) {
    Declare(*form_, {totals.begin(), totals.end()}, person, At(when), consolidation);
  }

  static v1::ExpectedSchool Member(const std::string& school) {
    v1::ExpectedSchool member;
    member.set_school("schools/" + school);
    member.set_display_name("Trường " + school);
    return member;
  }

  v1::Window window_;
  std::optional<Form> form_;
  std::vector<AcceptedReport> reports_;
  ClusterOnDay cluster_{"mnbg",
                        "Cụm miền núi, biên giới phía Bắc",
                        {Member("cao-bang"), Member("dien-bien"), Member("son-la")},
                        120};
};

TEST_F(ConsolidationRulesTest, FlowsAndStocksAreSummedOverSchools) {
  Ask({Flow("classes_total", 1), Stock("staff_total", 2)});
  Accepted("cao-bang", {Count("classes_total", 14), Count("staff_total", 40)});
  Accepted("dien-bien", {Count("classes_total", 15), Count("staff_total", 38)});
  Accepted("son-la", {Count("classes_total", 27), Zero("staff_total")});
  const v1::Consolidation consolidation = Run();
  EXPECT_EQ(Cell(consolidation, "classes_total").computed().value(), 56);
  EXPECT_EQ(Cell(consolidation, "staff_total").computed().value(), 78);
  EXPECT_EQ(Cell(consolidation, "staff_total").reported_count(), 3);
  EXPECT_EQ(consolidation.state(), v1::CONSOLIDATION_STATE_CLEAR);
  EXPECT_THAT(consolidation.missing_schools(), IsEmpty());
}

TEST_F(ConsolidationRulesTest, WhoSaidNothingIsNamedAndAddsNothing) {
  Ask({Flow("topics_province", 1)});
  Accepted("dien-bien", {NotReported("topics_province")});
  Accepted("son-la", {Count("topics_province", 2)});
  const v1::ConsolidatedCell cell = Cell(Run(), "topics_province");
  EXPECT_EQ(cell.computed().value(), 2);
  EXPECT_EQ(cell.reported_count(), 1);
  EXPECT_EQ(cell.expected_count(), 3);
  EXPECT_THAT(cell.not_reported(), ElementsAre("schools/cao-bang", "schools/dien-bien"));
  EXPECT_THAT(Run().missing_schools(), ElementsAre("schools/cao-bang"));
}

TEST_F(ConsolidationRulesTest, ASumOfZerosIsAnotherThingThanNothingReported) {
  Ask({Flow("monographs", 1), Flow("proceedings", 2)});
  Accepted("son-la", {Zero("monographs"), NotReported("proceedings")});
  const v1::Consolidation consolidation = Run();
  EXPECT_EQ(Cell(consolidation, "monographs").computed().state(), v1::COMPUTED_STATE_SUM);
  EXPECT_EQ(Cell(consolidation, "monographs").computed().value(), 0);
  EXPECT_EQ(Cell(consolidation, "proceedings").computed().state(),
            v1::COMPUTED_STATE_NOTHING_REPORTED);
}

TEST_F(ConsolidationRulesTest, WhereTheQuestionDoesNotAriseNobodyIsExpected) {
  Ask({Flow("learners_foreign", 1)});
  Accepted("cao-bang", {NotApplicable("learners_foreign")});
  Accepted("son-la", {Count("learners_foreign", 30)});
  const v1::ConsolidatedCell cell = Cell(Run(), "learners_foreign");
  EXPECT_EQ(cell.expected_count(), 2);
  EXPECT_THAT(cell.not_applicable(), ElementsAre("schools/cao-bang"));
  EXPECT_THAT(cell.not_reported(), ElementsAre("schools/dien-bien"));
}

// "Hơn 450" (more than 450) never makes a sum exact.
TEST_F(ConsolidationRulesTest, ABoundNeverEntersASumAsExact) {
  Ask({Flow("classes_total", 1)});
  Accepted("cao-bang", {Count("classes_total", 14)});
  EXPECT_EQ(Cell(Run(), "classes_total").computed().qualifier(), kExact);
  Accepted("dien-bien", {Count("classes_total", 450, kAtLeast)});
  EXPECT_EQ(Cell(Run(), "classes_total").computed().qualifier(), kAtLeast);
  Accepted("son-la", {Count("classes_total", 30, kAbout)});
  EXPECT_EQ(Cell(Run(), "classes_total").computed().qualifier(), kAbout);
}

TEST_F(ConsolidationRulesTest, ARatioIsMadeAgainFromItsPartsAndNeverAveraged) {
  Ask({Stock("staff_msc", 1), Stock("staff_phd", 2), Stock("staff_total", 3),
       Ratio("staff_msc_up_pct", 4, {"staff_msc", "staff_phd"}, "staff_total")});
  Accepted("cao-bang", {Count("staff_msc", 10), Count("staff_phd", 1), Count("staff_total", 20),
                        Percent("staff_msc_up_pct", "55")});
  Accepted("dien-bien", {Count("staff_msc", 60), Zero("staff_phd"), Count("staff_total", 70),
                         Percent("staff_msc_up_pct", "85.7")});
  const v1::ConsolidatedCell cell = Cell(Run(), "staff_msc_up_pct");
  EXPECT_EQ(cell.computed().state(), v1::COMPUTED_STATE_RECOMPUTED);
  EXPECT_EQ(cell.computed().decimal_value().value(), "78.9");  // 71 / 90
  EXPECT_EQ(cell.computed().qualifier(), kExact);
  EXPECT_EQ(cell.reported_count(), 2);
}

TEST_F(ConsolidationRulesTest, ASchoolWithoutOnePartDoesNotEnterTheRatio) {
  Ask({Stock("staff_msc", 1), Stock("staff_total", 2),
       Ratio("staff_msc_pct", 3, {"staff_msc"}, "staff_total")});
  Accepted("cao-bang", {Count("staff_msc", 10), Count("staff_total", 20)});
  Accepted("dien-bien",
           {NotReported("staff_msc"), Count("staff_total", 1000), Percent("staff_msc_pct", "50")});
  const v1::ConsolidatedCell cell = Cell(Run(), "staff_msc_pct");
  EXPECT_EQ(cell.computed().decimal_value().value(), "50");
  EXPECT_EQ(cell.reported_count(), 1);
  EXPECT_THAT(cell.not_reported(), ElementsAre("schools/dien-bien", "schools/son-la"));
}

TEST_F(ConsolidationRulesTest, ARatioOfABoundIsAbout) {
  Ask({Stock("staff_msc", 1), Stock("staff_total", 2),
       Ratio("staff_msc_pct", 3, {"staff_msc"}, "staff_total")});
  Accepted("cao-bang", {Count("staff_msc", 10), Count("staff_total", 20, kAtLeast)});
  EXPECT_EQ(Cell(Run(), "staff_msc_pct").computed().qualifier(), kAbout);
}

TEST_F(ConsolidationRulesTest, ARatioWhosePartsTheWindowLacksIsNotAdditive) {
  Ask({Stock("staff_total", 2), Ratio("staff_msc_pct", 3, {"staff_msc"}, "staff_total"),
       Ratio("plan_exceeded_pct", 4, {}, "")});
  Accepted("cao-bang", {Count("staff_total", 20), Percent("staff_msc_pct", "50"),
                        Percent("plan_exceeded_pct", "11.2")});
  const v1::Consolidation consolidation = Run();
  EXPECT_EQ(Cell(consolidation, "staff_msc_pct").computed().state(),
            v1::COMPUTED_STATE_NOT_ADDITIVE);
  EXPECT_EQ(Cell(consolidation, "plan_exceeded_pct").computed().state(),
            v1::COMPUTED_STATE_NOT_ADDITIVE);
  EXPECT_EQ(Cell(consolidation, "plan_exceeded_pct").contributions(0).decimal_value().value(),
            "11.2");
}

TEST_F(ConsolidationRulesTest, NothingIsDividedByZero) {
  Ask({Stock("staff_msc", 1), Stock("staff_total", 2),
       Ratio("staff_msc_pct", 3, {"staff_msc"}, "staff_total")});
  Accepted("cao-bang", {Zero("staff_msc"), Zero("staff_total")});
  EXPECT_EQ(Cell(Run(), "staff_msc_pct").computed().state(), v1::COMPUTED_STATE_NOTHING_REPORTED);
}

TEST_F(ConsolidationRulesTest, WhatDoesNotAddStandsAlone) {
  Ask({Indicator("faculties", 1, v1::INDICATOR_KIND_STOCK, v1::INDICATOR_AGGREGATION_NONE)});
  Accepted("cao-bang", {Count("faculties", 4)});
  const v1::ConsolidatedCell cell = Cell(Run(), "faculties");
  EXPECT_EQ(cell.computed().state(), v1::COMPUTED_STATE_NOT_ADDITIVE);
  EXPECT_EQ(cell.reported_count(), 1);
  EXPECT_EQ(cell.contributions(0).value(), 4);
}

TEST_F(ConsolidationRulesTest, ATotalThatDoesNotFitIsRefusedByName) {
  Ask({Flow("learners_total", 1)});
  Accepted("cao-bang", {Count("learners_total", std::numeric_limits<int64_t>::max())});
  Accepted("dien-bien", {Count("learners_total", 1)});
  const auto consolidation = Consolidate(*form_, cluster_, reports_, nullptr);
  EXPECT_EQ(ReasonOf(consolidation.status()), Reason::REASON_RULE_VIOLATED);
  EXPECT_THAT(std::string(consolidation.status().message()),
              HasSubstr("indicators/learners_total"));
}

TEST_F(ConsolidationRulesTest, WithoutAnAcceptedReportThereIsNothingToConsolidate) {
  Ask({Flow("classes_total", 1)});
  EXPECT_EQ(ReasonOf(Consolidate(*form_, cluster_, {}, nullptr).status()),
            Reason::REASON_NOTHING_ACCEPTED);
}

TEST_F(ConsolidationRulesTest, DamagedFiguresStopTheConsolidation) {
  Ask({Flow("classes_total", 1)});
  Accepted("cao-bang", {Count("classes_total", 14)});
  reports_[0].figures.pop_back();
  EXPECT_EQ(Consolidate(*form_, cluster_, reports_, nullptr).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(ConsolidationRulesTest, EachCellNamesItsSourcesAndDefinitionVersion) {
  v1::Indicator third = Flow("classes_total", 1);
  third.set_definition_version(3);
  Ask({third});
  Accepted("son-la", {Count("classes_total", 27)}, 4);
  const v1::Consolidation consolidation = Run();
  EXPECT_EQ(Cell(consolidation, "classes_total").definition_version(), 3);
  EXPECT_EQ(Cell(consolidation, "classes_total").contributions(0).revision(), 4);
  ASSERT_EQ(consolidation.sources_size(), 1);
  EXPECT_EQ(consolidation.sources(0).report(), "windows/2024-h1/reports/son-la");
  EXPECT_EQ(consolidation.sources(0).sha256(), std::string(32, 'x'));
}

class DiscrepancyTest : public ConsolidationRulesTest {
 protected:
  DiscrepancyTest() {
    Ask({Flow("classes_total", 1), Flow("sent_phd", 2),
         Indicator("schools_count", 3, v1::INDICATOR_KIND_STOCK, v1::INDICATOR_AGGREGATION_NONE)});
    Accepted("cao-bang", {Count("classes_total", 200)});
    Accepted("son-la", {Count("classes_total", 34)});
    consolidation_ = Run();
  }

  bool Contradicts(const v1::DeclaredTotal& declared) {
    DeclareIn(&consolidation_, {declared});
    return Cell(consolidation_, "classes_total").has_discrepancy();
  }

  v1::ExplainDiscrepancyRequest Explanation() const {
    v1::ExplainDiscrepancyRequest request;
    request.set_indicator(IndicatorName("classes_total"));
    request.set_resolution(v1::DISCREPANCY_RESOLUTION_BOTH_STAND);
    request.set_explanation("chốt số liệu khác ngày");
    return request;
  }

  v1::Consolidation consolidation_;
};

TEST_F(DiscrepancyTest, TheDifferenceIsDeclaredMinusComputed) {
  DeclareIn(&consolidation_, {Declared("classes_total", 238)});
  const v1::ConsolidatedCell cell = Cell(consolidation_, "classes_total");
  EXPECT_EQ(cell.discrepancy().difference(), 4);
  EXPECT_EQ(cell.discrepancy().state(), v1::DISCREPANCY_STATE_OPEN);
  EXPECT_EQ(cell.declared().declared_by(), "chị Hà");
  EXPECT_EQ(consolidation_.state(), v1::CONSOLIDATION_STATE_OPEN);
  EXPECT_EQ(consolidation_.open_discrepancies(), 1);
  DeclareIn(&consolidation_, {Declared("classes_total", 230)});
  EXPECT_EQ(Cell(consolidation_, "classes_total").discrepancy().difference(), -4);
}

TEST_F(DiscrepancyTest, OnlyWhatCannotBothBeTrueContradicts) {
  EXPECT_FALSE(Contradicts(Declared("classes_total", 234)));
  EXPECT_TRUE(Contradicts(Declared("classes_total", 235)));
  EXPECT_FALSE(Contradicts(Declared("classes_total", 230, kAtLeast)));
  EXPECT_TRUE(Contradicts(Declared("classes_total", 240, kAtLeast)));
  EXPECT_TRUE(Contradicts(Declared("classes_total", 233, kAbout)));
  EXPECT_FALSE(Contradicts(Declared("classes_total", 234, kAbout)));
  v1::DeclaredTotal none;
  none.set_indicator(IndicatorName("classes_total"));
  none.set_state(v1::FIGURE_STATE_ZERO);
  EXPECT_TRUE(Contradicts(none));
}

TEST_F(DiscrepancyTest, AComputedBoundIsContradictedByLessOnly) {
  Accepted("son-la", {Count("classes_total", 34, kAtLeast)});
  consolidation_ = Run();
  EXPECT_FALSE(Contradicts(Declared("classes_total", 238)));
  EXPECT_TRUE(Contradicts(Declared("classes_total", 230)));
  EXPECT_FALSE(Contradicts(Declared("classes_total", 240, kAtLeast)));
}

TEST_F(DiscrepancyTest, WhatNobodyComputedIsNotHeldAgainstAnything) {
  DeclareIn(&consolidation_, {Declared("sent_phd", 6), Declared("schools_count", 8)});
  EXPECT_FALSE(Cell(consolidation_, "sent_phd").has_discrepancy());
  EXPECT_FALSE(Cell(consolidation_, "schools_count").has_discrepancy());
  EXPECT_EQ(Cell(consolidation_, "sent_phd").declared().value(), 6);
}

TEST_F(DiscrepancyTest, AnExplanationLastsAsLongAsBothNumbers) {
  DeclareIn(&consolidation_, {Declared("classes_total", 238)});
  ASSERT_TRUE(Explain(Explanation(), "chị Hà", At(20), &consolidation_).ok());
  EXPECT_EQ(consolidation_.state(), v1::CONSOLIDATION_STATE_CLEAR);
  EXPECT_TRUE(CheckNothingOpen(consolidation_).ok());

  // The same numbers again, from another revision and with another declaration beside it.
  Accepted("son-la", {Count("classes_total", 34)}, 2);
  v1::Consolidation again = Run(&consolidation_);
  DeclareIn(&again, {Declared("classes_total", 238), Declared("sent_phd", 6)});
  EXPECT_EQ(Cell(again, "classes_total").discrepancy().explanation(), "chốt số liệu khác ngày");

  v1::Consolidation declared_other = again;
  DeclareIn(&declared_other, {Declared("classes_total", 239)});
  EXPECT_EQ(Cell(declared_other, "classes_total").discrepancy().state(),
            v1::DISCREPANCY_STATE_OPEN);

  Accepted("son-la", {Count("classes_total", 35)}, 3);
  const v1::Consolidation computed_other = Run(&again);
  EXPECT_EQ(Cell(computed_other, "classes_total").discrepancy().difference(), 3);
  EXPECT_EQ(Cell(computed_other, "classes_total").discrepancy().state(),
            v1::DISCREPANCY_STATE_OPEN);
}

TEST_F(DiscrepancyTest, NumbersThatAgreeHaveNoDiscrepancyLeft) {
  DeclareIn(&consolidation_, {Declared("classes_total", 238)});
  Accepted("son-la", {Count("classes_total", 38)}, 2);
  const v1::Consolidation agreed = Run(&consolidation_);
  EXPECT_FALSE(Cell(agreed, "classes_total").has_discrepancy());
  EXPECT_EQ(Cell(agreed, "classes_total").declared().value(), 238);
}

TEST_F(DiscrepancyTest, ADeclarationThatIsRepeatedKeepsWhoMadeIt) {
  v1::DeclaredTotal total = Declared("classes_total", 238);
  total.set_source_text("đã mở được 238 lớp");
  DeclareIn(&consolidation_, {total}, "chị Hà", 10);
  DeclareIn(&consolidation_, {Declared("classes_total", 238)}, "anh Vũ", 99);
  EXPECT_EQ(Cell(consolidation_, "classes_total").declared().declared_by(), "chị Hà");
  EXPECT_EQ(Cell(consolidation_, "classes_total").declared().source_text(), "đã mở được 238 lớp");
  DeclareIn(&consolidation_, {});
  EXPECT_FALSE(Cell(consolidation_, "classes_total").has_declared());
  EXPECT_FALSE(Cell(consolidation_, "classes_total").has_discrepancy());
}

TEST_F(DiscrepancyTest, OpenCellsAreNamedWithTheirDifferences) {
  DeclareIn(&consolidation_, {Declared("classes_total", 238)});
  const absl::Status open = CheckNothingOpen(consolidation_);
  EXPECT_EQ(ReasonOf(open), Reason::REASON_OPEN_DISCREPANCIES);
  EXPECT_EQ(contract::MetadataOf(open).at("cells"), "indicators/classes_total (+4)");
}

TEST_F(DiscrepancyTest, ACellWithoutDiscrepancyCannotBeExplained) {
  EXPECT_EQ(ReasonOf(Explain(Explanation(), "chị Hà", At(20), &consolidation_)),
            Reason::REASON_RULE_VIOLATED);
}

TEST_F(DiscrepancyTest, DeclaredTotalsAreCheckedLikeFigures) {
  v1::DeclaredTotal zero = Declared("classes_total", 0);
  v1::DeclaredTotal blank = Declared("sent_phd", 0);
  blank.set_state(v1::FIGURE_STATE_NOT_REPORTED);
  const std::vector<v1::DeclaredTotal> totals = {zero, blank, Declared("monographs", 1)};
  std::vector<std::string> fields;
  for (const auto& violation : CheckDeclared(*form_, {totals.begin(), totals.end()}))
    fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("totals[0].value", "totals[1].state", "totals[2].indicator"));
}

TEST_F(DiscrepancyTest, TheSameInputsGiveTheSameConsolidation) {
  DeclareIn(&consolidation_, {Declared("classes_total", 238)});
  consolidation_.set_etag("\"v3\"");
  *consolidation_.mutable_create_time() = At(5);
  *consolidation_.mutable_update_time() = At(10);
  consolidation_.set_state(v1::CONSOLIDATION_STATE_PUBLISHED);
  consolidation_.set_publication("windows/2024-h1/publications/mnbg-1");
  // The registry went on, but nothing of this cluster changed.
  cluster_.registry_position = 500;
  EXPECT_TRUE(MessageDifferencer::Equals(Run(&consolidation_), consolidation_));
  Accepted("son-la", {Count("classes_total", 40)}, 2);
  EXPECT_EQ(Run(&consolidation_).state(), v1::CONSOLIDATION_STATE_OPEN);
}

TEST_F(DiscrepancyTest, ANameThatChangedMovesThePosition) {
  cluster_.registry_position = 500;
  cluster_.members[0].set_display_name("Trường Chính trị Hoàng Đình Giong");
  EXPECT_EQ(Run(&consolidation_).registry_position(), 500);
}

TEST(ReadClusterTest, MembersAreThoseOfTheDayUnderTheirNamesOfTheDay) {
  directory::Directory directory;
  ASSERT_TRUE(directory
                  .Apply({testing::EntryOf(
                              testing::Cluster("mnbg", "2021", "Cụm miền núi, biên giới phía Bắc")),
                          testing::EntryOf(
                              testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La")),
                          testing::EntryOf(testing::School("cao-bang", "Cao Bằng",
                                                           "Trường Chính trị Hoàng Đình Giong")),
                          testing::EntryOf(testing::Membership("mnbg", "son-la")),
                          testing::EntryOf(testing::Membership("mnbg", "cao-bang", "2025-01-01"))},
                         42)
                  .ok());
  const auto on_day = ReadCluster(*directory.Current(), "mnbg", testing::Day("2024-06-25"));
  ASSERT_TRUE(on_day.ok());
  ASSERT_EQ(on_day->members.size(), 1u);
  EXPECT_EQ(on_day->members[0].display_name(), "Trường Chính trị tỉnh Sơn La");
  EXPECT_EQ(on_day->registry_position, 42);
  EXPECT_EQ(
      ReasonOf(ReadCluster(*directory.Current(), "cum-99", testing::Day("2024-06-25")).status()),
      Reason::REASON_NOT_FOUND);
}

}  // namespace
}  // namespace thidua::reporting
