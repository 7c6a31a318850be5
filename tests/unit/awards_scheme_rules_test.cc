#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/awards/scoring/scheme_rules.h"
#include "tests/support/scoring_facts.h"

namespace thidua::awards {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Linear;
using testing::PerUnit;
using testing::Scheme;
using testing::Steps;
using testing::TieBreak;
using testing::WithTieBreak;

std::vector<std::string> FaultyFields(const v1::ScoringScheme& scheme) {
  std::vector<std::string> fields;
  for (const contract::FieldViolation& fault : FaultsOf(scheme)) fields.push_back(fault.field);
  return fields;
}

v1::ScoringScheme Sound() {
  return WithTieBreak(
      Scheme({PerUnit("classes_total", "0.2", "20"), Linear("learners_total", "2000", "15"),
              Steps("workshops_province", "10", {{"1", "4"}, {"2", "7"}})}),
      {TieBreak(v1::TIE_BREAK_KIND_CRITERION_POINTS, "classes_total"),
       TieBreak(v1::TIE_BREAK_KIND_GROUP_POINTS, "training"),
       TieBreak(v1::TIE_BREAK_KIND_INDICATOR_VALUE, "indicators/learners_total")});
}

TEST(Faults, ASoundSchemeHasNone) { EXPECT_THAT(FaultyFields(Sound()), IsEmpty()); }

TEST(Faults, ACriterionNeedsARule) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_criteria(1)->clear_rule();
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.criteria[1].rule"));
}

TEST(Faults, ACriterionBelongsToAGroupOfTheScheme) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_criteria(0)->set_group("research");
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.criteria[0].group"));
}

TEST(Faults, IdentifiersOccurOnce) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_criteria(1)->set_criterion_id("classes_total");
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.criteria[1].criterion_id"));
}

TEST(Faults, AGroupNeedsACriterion) {
  v1::ScoringScheme scheme = Sound();
  scheme.add_groups()->set_group_id("staff");
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.groups[1]"));
}

TEST(Faults, BonusAloneIsNoScheme) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_groups(0)->set_bonus(true);
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.groups"));
}

TEST(Faults, NumbersAreWrittenAsDecimals) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_criteria(0)->mutable_per_unit()->mutable_points_per_unit()->set_value("0,2");
  EXPECT_THAT(FaultyFields(scheme),
              ElementsAre("scoring_scheme.criteria[0].per_unit.points_per_unit"));
}

TEST(Faults, ATargetIsAboveZero) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_criteria(1)->mutable_linear()->mutable_target()->set_value("0");
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.criteria[1].linear.target"));
}

// Otherwise a total would show a digit that no criterion shows.
TEST(Faults, PointsKeepToTheRounding) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_criteria(0)->mutable_max_points()->set_value("20.125");
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.criteria[0].max_points"));
}

// A table that gave fewer points for more would make a lower bound worth an upper one.
TEST(Faults, StepsRiseAndTheirPointsDoNotFall) {
  v1::ScoringScheme scheme = Scheme(
      {Steps("workshops_province", "10", {{"2", "7"}, {"2", "8"}, {"3", "5"}, {"4", "11"}})});
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.criteria[0].step.steps[1].at_least",
                                                "scoring_scheme.criteria[0].step.steps[2].points",
                                                "scoring_scheme.criteria[0].step.steps[3].points"));
}

TEST(Faults, TheTieBreakChainEndsInARunOff) {
  v1::ScoringScheme scheme = Sound();
  scheme.mutable_tie_break()->RemoveLast();
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.tie_break"));
}

TEST(Faults, NothingComesBehindARunOff) {
  v1::ScoringScheme scheme = Sound();
  *scheme.add_tie_break() = TieBreak(v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED);
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.tie_break[4]"));
}

TEST(Faults, ATieBreakStepComparesSomethingOfTheScheme) {
  v1::ScoringScheme scheme =
      WithTieBreak(Sound(), {TieBreak(v1::TIE_BREAK_KIND_CRITERION_POINTS, "staff_phd")});
  EXPECT_THAT(FaultyFields(scheme), ElementsAre("scoring_scheme.tie_break[0].subject"));
}

TEST(MaxPoints, CapsGroupsAndLeavesBonusOut) {
  v1::ScoringScheme scheme = Sound();  // 20 + 15 + 10
  scheme.mutable_groups(0)->mutable_max_points()->set_value("40");
  *scheme.add_criteria() = PerUnit("monographs", "1", "5", "bonus");
  v1::CriterionGroup& bonus = *scheme.add_groups();
  bonus.set_group_id("bonus");
  bonus.set_bonus(true);
  EXPECT_EQ(MaxPoints(scheme)->ToString(), "40");
}

access::v1::Reason ReasonToChange(v1::ScoringSchemeState state) {
  v1::ScoringScheme scheme = Sound();
  scheme.set_state(state);
  return contract::ReasonOf(CheckMayChange(scheme));
}

TEST(State, OnlyADraftMayChange) {
  EXPECT_EQ(ReasonToChange(v1::SCORING_SCHEME_STATE_DRAFT), access::v1::REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonToChange(v1::SCORING_SCHEME_STATE_PUBLISHED), access::v1::REASON_WRONG_STATE);
  EXPECT_EQ(ReasonToChange(v1::SCORING_SCHEME_STATE_FROZEN), access::v1::REASON_SCHEME_FROZEN);
  EXPECT_EQ(ReasonToChange(v1::SCORING_SCHEME_STATE_RETIRED), access::v1::REASON_WRONG_STATE);
}

TEST(State, OnlySchemesInForceRank) {
  v1::ScoringScheme scheme = Sound();
  scheme.set_state(v1::SCORING_SCHEME_STATE_FROZEN);
  EXPECT_TRUE(CheckMayRank(scheme).ok());
  scheme.set_state(v1::SCORING_SCHEME_STATE_RETIRED);
  const absl::Status refused = CheckMayRank(scheme);
  EXPECT_EQ(contract::MetadataOf(refused).at("needed"), "PUBLISHED or FROZEN");
}

}  // namespace
}  // namespace thidua::awards
