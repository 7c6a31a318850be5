// Sets of indicators, the arithmetic of counts (BR-31), assessments and what is still missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/registry/standards/assessment_rules.h"
#include "services/registry/standards/scheme_rules.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/standard_facts.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using testing::Day;
using testing::Find;
using testing::IsOk;
using testing::Met;
using testing::RefusedFor;
using testing::RefusedForField;
using testing::SchemeListing;
using v1::StandardAssessment;
using v1::StandardCounts;
using v1::StandardScheme;

constexpr char kCase[] = "schools/phu-tho/standardCases/level-1";

// ---- Schemes.

TEST(StandardScheme, HoldsWhatIsKnownOfTheRegulation) {
  EXPECT_THAT(CheckScheme(testing::StandardScheme(1)), IsOk());
  EXPECT_THAT(CheckScheme(testing::StandardScheme(2)), IsOk());
}

TEST(StandardScheme, NeverListsMoreThanItsTotals) {
  EXPECT_THAT(CheckScheme(SchemeListing(54)), IsOk());
  EXPECT_THAT(CheckScheme(SchemeListing(55)), RefusedForField("standard_scheme.indicators"));
  StandardScheme scheme = SchemeListing(6);
  for (auto& indicator : *scheme.mutable_indicators()) indicator.set_criterion(3);
  EXPECT_THAT(CheckScheme(scheme), RefusedForField("standard_scheme.criteria[2].indicator_total"));
}

TEST(StandardScheme, TotalsOfTheCriteriaAddUpOnceAllAreKnown) {
  StandardScheme scheme = testing::StandardScheme();
  for (auto& criterion : *scheme.mutable_criteria()) criterion.set_indicator_total(10);
  EXPECT_THAT(CheckScheme(scheme), RefusedForField("standard_scheme.criteria"));
  scheme.mutable_criteria(2)->set_indicator_total(5);
  EXPECT_THAT(CheckScheme(scheme), IsOk());
  scheme.mutable_criteria(0)->clear_indicator_total();
  scheme.mutable_criteria(1)->set_indicator_total(30);
  EXPECT_THAT(CheckScheme(scheme), RefusedForField("standard_scheme.criteria"))
      << "60 of five criteria are more than 55";
}

TEST(StandardScheme, NumbersItsCriteriaAndCodesItsIndicatorsOnce) {
  StandardScheme scheme = SchemeListing(2);
  scheme.mutable_criteria(1)->set_number(3);
  EXPECT_THAT(CheckScheme(scheme), RefusedForField("standard_scheme.criteria[1].number"));
  scheme = SchemeListing(2);
  scheme.mutable_indicators(2)->set_code("4-1");
  EXPECT_THAT(CheckScheme(scheme), RefusedForField("standard_scheme.indicators[2].code"));
  scheme = SchemeListing(2);
  scheme.mutable_indicators(2)->set_criterion(7);
  EXPECT_THAT(CheckScheme(scheme), RefusedForField("standard_scheme.indicators[2].criterion"));
}

TEST(StandardScheme, OnceUsedItOnlyGrows) {
  const StandardScheme before = testing::StandardScheme();
  StandardScheme after = SchemeListing(3);
  after.mutable_criteria(0)->set_indicator_total(9);
  EXPECT_THAT(CheckOnlyGrows(before, after), IsOk());
  after.set_indicator_total(56);
  EXPECT_THAT(CheckOnlyGrows(before, after), RefusedFor(Reason::REASON_SCHEME_FROZEN));
  after = before;
  after.mutable_indicators(0)->mutable_threshold()->mutable_at_least()->set_value("70");
  EXPECT_THAT(CheckOnlyGrows(before, after), RefusedFor(Reason::REASON_SCHEME_FROZEN));
  after = before;
  after.clear_indicators();
  EXPECT_THAT(CheckOnlyGrows(before, after), RefusedFor(Reason::REASON_SCHEME_FROZEN));
  after = before;
  after.mutable_criteria(2)->set_indicator_total(6);
  EXPECT_THAT(CheckOnlyGrows(before, after), RefusedFor(Reason::REASON_SCHEME_FROZEN));
}

// ---- Counts.

class Counts : public ::testing::Test {
 protected:
  static absl::StatusOr<StandardCounts> Complete(const StandardCounts& counts, int total = 55) {
    Violations violations;
    const StandardCounts complete = CompleteCounts(counts, total, "counts", violations);
    if (!violations.empty()) return contract::RefuseFields(violations);
    return complete;
  }
};

TEST_F(Counts, FortySixAndNineAreFiftyFiveWithFourNear) {
  StandardCounts counts = Met(46);
  counts.set_unmet(9);
  counts.set_near(4);
  EXPECT_THAT(Complete(counts), IsOk());
}

TEST_F(Counts, WhatFollowsIsFilledIn) {
  const auto thai_nguyen = Complete(Met(47));
  ASSERT_THAT(thai_nguyen, IsOk());
  EXPECT_EQ(thai_nguyen->unmet(), 8);
  StandardCounts unmet;
  unmet.set_unmet(2);
  const auto cao_bang = Complete(unmet);
  ASSERT_THAT(cao_bang, IsOk());
  EXPECT_EQ(cao_bang->met(), 53);
  EXPECT_EQ(cao_bang->total(), 55);
}

TEST_F(Counts, FiftyThreeMayHoldEightExceeded) {
  StandardCounts counts = Met(53);
  counts.set_exceeded(8);
  EXPECT_THAT(Complete(counts), IsOk());
  counts.set_exceeded(54);
  EXPECT_THAT(Complete(counts), RefusedForField("counts.exceeded"));
}

TEST_F(Counts, FiftyFourAndTwoAreNotFiftyFive) {
  StandardCounts counts = Met(54);
  counts.set_unmet(2);
  EXPECT_THAT(Complete(counts), RefusedForField("counts"));
  EXPECT_THAT(Complete(Met(56)), RefusedForField("counts"));
}

TEST_F(Counts, NearIsPartOfTheUnmet) {
  StandardCounts counts = Met(53);
  counts.set_near(3);
  EXPECT_THAT(Complete(counts), RefusedForField("counts.near"));
}

TEST_F(Counts, TheTotalIsThatOfTheScheme) {
  EXPECT_THAT(Complete(Met(52, 64), 64), IsOk());
  EXPECT_THAT(Complete(Met(52, 64), 55), RefusedForField("counts.total"));
}

TEST_F(Counts, WhatNoSourceGivesStaysUnknown) {
  StandardCounts counts;
  counts.set_exceeded(18);
  const auto vinh_phuc = Complete(counts);
  ASSERT_THAT(vinh_phuc, IsOk());
  EXPECT_FALSE(vinh_phuc->has_met());
  counts.set_near(38);
  EXPECT_THAT(Complete(counts), RefusedForField("counts"));
}

// ---- Assessments.

class Assessment : public ::testing::Test {
 protected:
  absl::StatusOr<StandardAssessment> Check(const StandardAssessment& assessment) const {
    return CheckAssessment(assessment, scheme_, Day("2026-11-27"));
  }

  StandardScheme scheme_ = SchemeListing(3);
  StandardAssessment assessment_ = testing::Assessment(kCase, "2024-03", "2024-03-20");
};

TEST_F(Assessment, CountsItsFindingsByCriterion) {
  Find(assessment_, "2-lecturer-share", v1::INDICATOR_RESULT_EXCEEDED);
  Find(assessment_, "4-1", v1::INDICATOR_RESULT_NEAR);
  Find(assessment_, "4-2", v1::INDICATOR_RESULT_MET);
  const auto checked = Check(assessment_);
  ASSERT_THAT(checked, IsOk());
  ASSERT_EQ(checked->criteria_size(), 6);
  EXPECT_EQ(checked->criteria(1).met(), 1);
  EXPECT_EQ(checked->criteria(1).exceeded(), 1);
  EXPECT_EQ(checked->criteria(3).met(), 1);
  EXPECT_EQ(checked->criteria(3).unmet(), 1);
  EXPECT_EQ(checked->criteria(3).near(), 1);
  EXPECT_EQ(checked->criteria(3).not_judged(), 1);
  EXPECT_FALSE(checked->has_counts()) << "three of 55 say nothing of the whole";
}

TEST_F(Assessment, MayGiveCountsAlone) {
  *assessment_.mutable_counts() = Met(46);
  const auto checked = Check(assessment_);
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->counts().unmet(), 9);
}

TEST_F(Assessment, GivesOneOrTheOther) {
  EXPECT_THAT(Check(assessment_), RefusedForField("standard_assessment.counts"));
}

TEST_F(Assessment, StatedCountsHoldWhatWasFound) {
  Find(assessment_, "4-1", v1::INDICATOR_RESULT_UNMET);
  Find(assessment_, "4-2", v1::INDICATOR_RESULT_NEAR);
  *assessment_.mutable_counts() = Met(53);
  EXPECT_THAT(Check(assessment_), IsOk());
  *assessment_.mutable_counts() = Met(54);
  EXPECT_THAT(Check(assessment_), RefusedForField("standard_assessment.counts"));
}

TEST_F(Assessment, OnceAllIsJudgedTheCountsAreThoseOfTheFindings) {
  scheme_ = SchemeListing(54);
  Find(assessment_, "2-lecturer-share", v1::INDICATOR_RESULT_MET);
  for (int i = 1; i <= 54; ++i) {
    Find(assessment_, "4-" + std::to_string(i),
         i <= 45   ? v1::INDICATOR_RESULT_MET
         : i <= 49 ? v1::INDICATOR_RESULT_NEAR
                   : v1::INDICATOR_RESULT_UNMET);
  }
  const auto checked = Check(assessment_);
  ASSERT_THAT(checked, IsOk());
  EXPECT_EQ(checked->counts().met(), 46);
  EXPECT_EQ(checked->counts().unmet(), 9);
  EXPECT_EQ(checked->counts().near(), 4);
  EXPECT_EQ(checked->counts().exceeded(), 0);
  *assessment_.mutable_counts() = Met(47);
  EXPECT_THAT(Check(assessment_), RefusedForField("standard_assessment.counts"));
}

TEST_F(Assessment, JudgesIndicatorsOfTheSchemeOnce) {
  Find(assessment_, "5-9", v1::INDICATOR_RESULT_MET);
  EXPECT_THAT(Check(assessment_), RefusedForField("standard_assessment.findings[0].indicator"));
  assessment_.mutable_findings(0)->set_indicator("4-1");
  Find(assessment_, "4-1", v1::INDICATOR_RESULT_UNMET);
  EXPECT_THAT(Check(assessment_), RefusedForField("standard_assessment.findings[1].indicator"));
}

TEST_F(Assessment, IsNotOfTomorrow) {
  *assessment_.mutable_counts() = Met(46);
  *assessment_.mutable_date() = runtime::DayToProto(Day("2026-11-28"));
  EXPECT_THAT(Check(assessment_), RefusedForField("standard_assessment.date"));
}

TEST_F(Assessment, StaysAsItIsOnceAStepRestsOnIt) {
  EXPECT_THAT(CheckStillOpen(assessment_), IsOk());
  assessment_.set_step_number(2);
  EXPECT_THAT(CheckStillOpen(assessment_), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(Assessment, GivesItsCountsToTheStepThatRestsOnIt) {
  v1::StandardStep step = testing::Step(v1::STANDARD_STEP_TYPE_SELF_ASSESSED);
  EXPECT_THAT(RestingOn(step, assessment_), RefusedForField("step.assessment"))
      << "it says nothing of the whole";
  *assessment_.mutable_counts() = Met(46);
  const auto resting = RestingOn(step, assessment_);
  ASSERT_THAT(resting, IsOk());
  EXPECT_EQ(resting->counts().met(), 46);
  *step.mutable_counts() = Met(47);
  EXPECT_THAT(RestingOn(step, assessment_), RefusedForField("step.counts"));
  step.clear_counts();
  step.set_type(v1::STANDARD_STEP_TYPE_SURVEYED);
  EXPECT_THAT(RestingOn(step, assessment_), RefusedForField("step.assessment"))
      << "the school does not survey itself";
}

TEST_F(Assessment, LeavesGapsWhereItIsNotBothMetAndProven) {
  Find(assessment_, "2-lecturer-share", v1::INDICATOR_RESULT_EXCEEDED, "Danh sách giảng viên");
  Find(assessment_, "4-1", v1::INDICATOR_RESULT_MET);
  Find(assessment_, "4-2", v1::INDICATOR_RESULT_NEAR, "Danh mục đề tài cấp tỉnh");
  const v1::StandardGaps gaps = GapsOf(scheme_, &assessment_);
  ASSERT_EQ(gaps.gaps_size(), 3);
  EXPECT_EQ(gaps.gaps(0).indicator().code(), "4-1");
  EXPECT_TRUE(gaps.gaps(0).evidence_missing());
  EXPECT_EQ(gaps.gaps(1).indicator().code(), "4-2");
  EXPECT_EQ(gaps.gaps(1).result(), v1::INDICATOR_RESULT_NEAR);
  EXPECT_FALSE(gaps.gaps(1).evidence_missing());
  EXPECT_EQ(gaps.gaps(2).result(), v1::INDICATOR_RESULT_NOT_JUDGED);
  EXPECT_EQ(gaps.unlisted(), 51);
}

TEST_F(Assessment, WithoutAnyNothingIsJudged) {
  const v1::StandardGaps gaps = GapsOf(scheme_, nullptr);
  EXPECT_EQ(gaps.gaps_size(), 4);
  EXPECT_TRUE(gaps.assessment().empty());
}

}  // namespace
}  // namespace thidua::registry
