#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/awards/scoring/ranking_rules.h"
#include "tests/support/scoring_facts.h"

namespace thidua::awards {
namespace {

namespace reporting = ::thidua::reporting::v1;
using ::testing::ElementsAre;
using testing::Figure;
using testing::Missing;
using testing::PerUnit;
using testing::Scheme;
using testing::School;
using testing::TieBreak;
using testing::WithTieBreak;

Order OrderOf(const v1::ScoringScheme& scheme, const std::vector<SchoolFigures>& schools) {
  absl::StatusOr<Order> order = OrderSchools(scheme, schools);
  EXPECT_TRUE(order.ok()) << order.status();
  return order.ok() ? *std::move(order) : Order();
}

// "quang-ninh 1: 19.4"
std::vector<std::string> Lines(const Order& order) {
  std::vector<std::string> lines;
  for (const v1::RankingEntry& entry : order.entries) {
    lines.push_back(entry.school().substr(8) + " " + std::to_string(entry.rank()) + ": " +
                    entry.total_points().value());
  }
  return lines;
}

// "schools: outcome, outcome"
std::vector<std::string> Ties(const Order& order) {
  std::vector<std::string> ties;
  for (const v1::TieDecision& tie : order.tie_decisions) {
    std::string line;
    for (const std::string& school : tie.schools()) line += school.substr(8) + " ";
    line += "|";
    for (const v1::TieTrial& trial : tie.trials())
      line += " " + v1::TieOutcome_Name(trial.outcome()).substr(12);
    ties.push_back(line);
  }
  return ties;
}

v1::ScoringScheme Classes() { return Scheme({PerUnit("classes_total", "0.2", "20")}); }

TEST(Order, PutsTheHighestTotalFirst) {
  const Order order = OrderOf(Classes(), {School("dien-bien", {Figure("classes_total", "15")}),
                                          School("quang-ninh", {Figure("classes_total", "97")}),
                                          School("ha-giang", {Figure("classes_total", "20")})});
  EXPECT_THAT(Lines(order), ElementsAre("quang-ninh 1: 19.4", "ha-giang 2: 4", "dien-bien 3: 3"));
  EXPECT_TRUE(order.tie_decisions.empty());
}

// 0.1 + 0.2 must tie with 0.3; in binary floating point it does not.
TEST(Order, AddsExactly) {
  const v1::ScoringScheme scheme =
      Scheme({PerUnit("topics_school", "0.1", "10"), PerUnit("proceedings", "0.2", "10")});
  const Order order = OrderOf(
      scheme, {School("lai-chau", {Figure("topics_school", "1"), Figure("proceedings", "1")}),
               School("son-la", {Figure("topics_school", "3"), Figure("proceedings", "0")})});
  EXPECT_THAT(Lines(order), ElementsAre("lai-chau 1: 0.3", "son-la 1: 0.3"));
}

TEST(Order, CapsAGroup) {
  v1::ScoringScheme scheme =
      Scheme({PerUnit("classes_total", "1", "20"), PerUnit("learners_total", "1", "20")});
  scheme.mutable_groups(0)->mutable_max_points()->set_value("30");
  const Order order = OrderOf(
      scheme, {School("son-la", {Figure("classes_total", "18"), Figure("learners_total", "17")})});
  EXPECT_EQ(order.entries[0].group_scores(0).arithmetic(), "min(30, 18.00 + 17.00) = 30.00");
  EXPECT_EQ(order.entries[0].total_points().value(), "30");
}

TEST(Order, AddsBonusOnTopOfTheMaximum) {
  v1::ScoringScheme scheme =
      Scheme({PerUnit("classes_total", "1", "20"), PerUnit("monographs", "3", "5", "bonus")});
  v1::CriterionGroup& bonus = *scheme.add_groups();
  bonus.set_group_id("bonus");
  bonus.set_bonus(true);
  const Order order = OrderOf(
      scheme, {School("quang-ninh", {Figure("classes_total", "97"), Figure("monographs", "1")})});
  EXPECT_EQ(order.entries[0].arithmetic(), "20.00 + 3.00 = 23.00");
  EXPECT_EQ(order.entries[0].attainable_points().value(), "20");
}

TEST(NotApplicable, LowersWhatTheSchoolCanReach) {
  const v1::ScoringScheme scheme =
      Scheme({PerUnit("classes_total", "1", "20"), PerUnit("learners_foreign", "1", "5")});
  const Order order = OrderOf(
      scheme,
      {School("cao-bang", {Figure("classes_total", "14"),
                           Missing("learners_foreign", reporting::FIGURE_STATE_NOT_APPLICABLE)})});
  EXPECT_EQ(order.entries[0].total_points().value(), "14");
  EXPECT_EQ(order.entries[0].attainable_points().value(), "20");
}

TEST(NotApplicable, ScalesTheOthersWhereTheSchemeSaysSo) {
  v1::ScoringScheme scheme =
      Scheme({PerUnit("classes_total", "1", "20"), PerUnit("learners_foreign", "1", "5")});
  scheme.set_not_applicable_policy(v1::NOT_APPLICABLE_POLICY_LEAVE_OUT_AND_SCALE);
  const Order order = OrderOf(
      scheme,
      {School("cao-bang", {Figure("classes_total", "14"),
                           Missing("learners_foreign", reporting::FIGURE_STATE_NOT_APPLICABLE)})});
  EXPECT_EQ(order.entries[0].arithmetic(), "14.00 × 25 / 20 = 17.50");
}

TEST(NotReported, IsNotScaledAway) {
  v1::ScoringScheme scheme =
      Scheme({PerUnit("classes_total", "1", "20"), PerUnit("topics_province", "1", "5")});
  scheme.set_not_applicable_policy(v1::NOT_APPLICABLE_POLICY_LEAVE_OUT_AND_SCALE);
  const Order order = OrderOf(
      scheme,
      {School("cao-bang", {Figure("classes_total", "14"),
                           Missing("topics_province", reporting::FIGURE_STATE_NOT_REPORTED)})});
  EXPECT_EQ(order.entries[0].group_scores(0).arithmetic(), "14.00 + 0.00 = 14.00");
  EXPECT_EQ(order.entries[0].total_points().value(), "14");
  EXPECT_EQ(order.entries[0].attainable_points().value(), "25");
}

TEST(Exactness, OneBoundMakesTheTotalInexact) {
  const v1::ScoringScheme scheme =
      Scheme({PerUnit("classes_total", "0.1", "20"), PerUnit("proceedings", "1", "5")});
  const Order order = OrderOf(
      scheme, {School("son-la", {Figure("classes_total", "27", reporting::QUALIFIER_AT_LEAST),
                                 Figure("proceedings", "1")})});
  EXPECT_FALSE(order.entries[0].exact());
}

// Equal totals from different figures: the one with more provincial topics stands first.
TEST(Tie, IsDecidedByTheFirstStepThatDiffersAndSaysSo) {
  const v1::ScoringScheme scheme = WithTieBreak(
      Scheme({PerUnit("topics_school", "1", "10"), PerUnit("topics_province", "2", "10")}),
      {TieBreak(v1::TIE_BREAK_KIND_GROUP_POINTS, "training"),
       TieBreak(v1::TIE_BREAK_KIND_CRITERION_POINTS, "topics_province")});
  const Order order = OrderOf(
      scheme, {School("lao-cai", {Figure("topics_school", "6"), Figure("topics_province", "2")}),
               School("son-la", {Figure("topics_school", "4"), Figure("topics_province", "3")})});
  EXPECT_THAT(Lines(order), ElementsAre("son-la 1: 10", "lao-cai 2: 10"));
  EXPECT_THAT(Ties(order), ElementsAre("lao-cai son-la | EQUAL DECIDED"));
  const v1::TieTrial& decided = order.tie_decisions[0].trials(1);
  EXPECT_EQ(decided.step().subject(), "topics_province");
  EXPECT_EQ(decided.values(0).value().value(), "4");
  EXPECT_EQ(decided.values(1).value().value(), "6");
}

TEST(Tie, UnresolvedSharesTheRankAndAsksForARunOff) {
  const Order order = OrderOf(Classes(), {School("son-la", {Figure("classes_total", "20")}),
                                          School("ha-giang", {Figure("classes_total", "20")}),
                                          School("lao-cai", {Figure("classes_total", "10")})});
  EXPECT_THAT(Lines(order), ElementsAre("ha-giang 1: 4", "son-la 1: 4", "lao-cai 3: 2"));
  EXPECT_THAT(Ties(order), ElementsAre("ha-giang son-la | RUN_OFF_REQUIRED"));
  EXPECT_TRUE(order.entries[0].run_off_required());
  EXPECT_TRUE(order.entries[1].run_off_required());
  EXPECT_FALSE(order.entries[2].run_off_required());
}

// Three schools with 5 points: the first step takes one out, the rest goes on with the second step.
TEST(Tie, OfThreeGoesOnWithWhatIsLeft) {
  const v1::ScoringScheme scheme =
      WithTieBreak(Scheme({PerUnit("topics_school", "1", "10"), PerUnit("proceedings", "1", "10"),
                           PerUnit("monographs", "1", "10")}),
                   {TieBreak(v1::TIE_BREAK_KIND_INDICATOR_VALUE, "indicators/topics_school"),
                    TieBreak(v1::TIE_BREAK_KIND_INDICATOR_VALUE, "indicators/proceedings")});
  const Order order =
      OrderOf(scheme, {School("cao-bang", {Figure("topics_school", "3"), Figure("proceedings", "1"),
                                           Figure("monographs", "1")}),
                       School("lang-son", {Figure("topics_school", "4"), Figure("proceedings", "0"),
                                           Figure("monographs", "1")}),
                       School("lai-chau", {Figure("topics_school", "3"), Figure("proceedings", "2"),
                                           Figure("monographs", "0")})});
  EXPECT_THAT(Lines(order), ElementsAre("lang-son 1: 5", "lai-chau 2: 5", "cao-bang 3: 5"));
  EXPECT_THAT(Ties(order),
              ElementsAre("cao-bang lai-chau lang-son | DECIDED", "cao-bang lai-chau | DECIDED"));
}

TEST(Tie, OfThreeMayLeaveTwoToARunOff) {
  const v1::ScoringScheme scheme =
      WithTieBreak(Scheme({PerUnit("topics_school", "1", "10"), PerUnit("proceedings", "1", "10")}),
                   {TieBreak(v1::TIE_BREAK_KIND_CRITERION_POINTS, "proceedings")});
  const Order order = OrderOf(
      scheme, {School("cao-bang", {Figure("topics_school", "3"), Figure("proceedings", "1")}),
               School("lang-son", {Figure("topics_school", "2"), Figure("proceedings", "2")}),
               School("lai-chau", {Figure("topics_school", "3"), Figure("proceedings", "1")})});
  EXPECT_THAT(Lines(order), ElementsAre("lang-son 1: 4", "cao-bang 2: 4", "lai-chau 2: 4"));
  EXPECT_THAT(Ties(order), ElementsAre("cao-bang lai-chau lang-son | DECIDED",
                                       "cao-bang lai-chau | RUN_OFF_REQUIRED"));
}

TEST(Tie, ABoundDecidesNothing) {
  const v1::ScoringScheme scheme = WithTieBreak(
      Scheme({PerUnit("classes_total", "1", "10"), PerUnit("topics_school", "1", "10")}),
      {TieBreak(v1::TIE_BREAK_KIND_INDICATOR_VALUE, "indicators/classes_total"),
       TieBreak(v1::TIE_BREAK_KIND_INDICATOR_VALUE, "indicators/topics_school")});
  const Order order = OrderOf(
      scheme, {School("ha-giang", {Figure("classes_total", "30", reporting::QUALIFIER_AT_LEAST),
                                   Figure("topics_school", "4")}),
               School("son-la", {Figure("classes_total", "27"), Figure("topics_school", "4")})});
  EXPECT_THAT(Ties(order), ElementsAre("ha-giang son-la | NOT_EXACT EQUAL RUN_OFF_REQUIRED"));
}

TEST(Tie, ASchoolWithoutAFigureStandsBehindZero) {
  const v1::ScoringScheme scheme = WithTieBreak(
      Scheme({PerUnit("classes_total", "1", "10"), PerUnit("topics_school", "1", "10")}),
      {TieBreak(v1::TIE_BREAK_KIND_INDICATOR_VALUE, "indicators/topics_school")});
  const Order order = OrderOf(
      scheme, {School("ha-giang", {Figure("classes_total", "9"),
                                   Missing("topics_school", reporting::FIGURE_STATE_NOT_REPORTED)}),
               School("son-la", {Figure("classes_total", "9"), Figure("topics_school", "0")})});
  EXPECT_THAT(Lines(order), ElementsAre("son-la 1: 9", "ha-giang 2: 9"));
}

std::string Bytes(const Order& order) {
  v1::Ranking ranking;
  for (const v1::RankingEntry& entry : order.entries) *ranking.add_entries() = entry;
  for (const v1::TieDecision& tie : order.tie_decisions) *ranking.add_tie_decisions() = tie;
  return ranking.SerializeAsString();
}

// Every permutation of five schools with many ties, out of which every kind of tie arises, gives
// the same bytes.
TEST(Property, TheOrderOfTheInputNeverMatters) {
  const v1::ScoringScheme scheme =
      WithTieBreak(Scheme({PerUnit("classes_total", "1", "20"), PerUnit("topics_school", "1", "20"),
                           PerUnit("proceedings", "1", "20")}),
                   {TieBreak(v1::TIE_BREAK_KIND_INDICATOR_VALUE, "indicators/proceedings"),
                    TieBreak(v1::TIE_BREAK_KIND_CRITERION_POINTS, "topics_school")});
  std::mt19937 random(2024);
  for (int round = 0; round < 25; ++round) {
    std::vector<SchoolFigures> schools;
    for (const char* id : {"cao-bang", "dien-bien", "ha-giang", "lai-chau", "lang-son"}) {
      const auto small = [&] { return std::to_string(random() % 3); };
      const auto qualifier =
          random() % 4 == 0 ? reporting::QUALIFIER_AT_LEAST : reporting::QUALIFIER_EXACT;
      schools.push_back(
          School(id, {Figure("classes_total", small()), Figure("topics_school", small()),
                      Figure("proceedings", small(), qualifier)}));
    }
    const std::string expected = Bytes(OrderOf(scheme, schools));
    const auto by_school = [](const auto& left, const auto& right) {
      return left.school < right.school;
    };
    std::sort(schools.begin(), schools.end(), by_school);
    do {
      ASSERT_EQ(Bytes(OrderOf(scheme, schools)), expected) << "round " << round;
    } while (std::next_permutation(schools.begin(), schools.end(), by_school));
  }
}

// Ranks are those of a competition: one more than the number of schools that stand strictly before.
TEST(Property, ARankIsOneMoreThanTheSchoolsBefore) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<SchoolFigures> schools;
    for (int i = 0; i < 12; ++i) {
      schools.push_back(
          School("s" + std::to_string(i), {Figure("classes_total", std::to_string(random() % 5))}));
    }
    const Order order = OrderOf(Classes(), schools);
    for (size_t i = 0; i < order.entries.size(); ++i) {
      const auto better =
          std::count_if(order.entries.begin(), order.entries.end(), [&](const auto& other) {
            return std::stod(other.total_points().value()) >
                   std::stod(order.entries[i].total_points().value());
          });
      EXPECT_EQ(order.entries[i].rank(), better + 1);
    }
  }
}

}  // namespace
}  // namespace thidua::awards
