#include "gtest/gtest.h"
#include "services/awards/scoring/criterion_rules.h"
#include "tests/support/scoring_facts.h"

namespace thidua::awards {
namespace {

namespace reporting = ::thidua::reporting::v1;
using testing::Figure;
using testing::HalfUp;
using testing::Linear;
using testing::Missing;
using testing::PerUnit;
using testing::Steps;

v1::CriterionScore Score(const v1::Criterion& criterion, const v1::ScoredFigure& figure,
                         const v1::PointRounding& rounding = HalfUp(2)) {
  const absl::StatusOr<v1::CriterionScore> score = ScoreCriterion(criterion, figure, rounding);
  EXPECT_TRUE(score.ok()) << score.status();
  return score.ok() ? *score : v1::CriterionScore();
}

TEST(PerUnit, ShowsHowThePointsWereMade) {
  const v1::CriterionScore score =
      Score(PerUnit("classes_total", "0.2", "20"), Figure("classes_total", "97"));
  EXPECT_EQ(score.points().value(), "19.4");
  EXPECT_EQ(score.arithmetic(), "min(20, 97 × 0.2) = 19.40");
  EXPECT_TRUE(score.exact());
}

TEST(PerUnit, StopsAtTheCap) {
  const v1::CriterionScore score =
      Score(PerUnit("articles_journal", "1", "10"), Figure("articles_journal", "20"));
  EXPECT_EQ(score.arithmetic(), "min(10, 20 × 1) = 10.00");
}

// In binary floating point 3 × 0.1 is 0.30000000000000004 and a threshold of 0.3 would be passed by
// an error.
TEST(PerUnit, IsExactWhereBinaryFractionsAreNot) {
  EXPECT_EQ(
      Score(PerUnit("topics_school", "0.1", "10"), Figure("topics_school", "3")).points().value(),
      "0.3");
  EXPECT_EQ(Score(PerUnit("topics_school", "1.005", "1000"), Figure("topics_school", "1"))
                .points()
                .value(),
            "1.01");
}

TEST(PerUnit, MultipliesRatiosExactly) {
  const v1::CriterionScore score = Score(PerUnit("lecturers_msc_pct", "0.125", "20"),
                                         Figure("lecturers_msc_pct", "71.25"), HalfUp(6));
  EXPECT_EQ(score.points().value(), "8.90625");
}

TEST(PerUnit, RefusesFiguresTooLargeForExactArithmetic) {
  const absl::StatusOr<v1::CriterionScore> score =
      ScoreCriterion(PerUnit("learners_total", "1", "20"),
                     Figure("learners_total", "9223372036854775807"), HalfUp(2));
  EXPECT_EQ(score.status().code(), absl::StatusCode::kOutOfRange);
}

TEST(Linear, GivesTheShareOfTheTarget) {
  const v1::CriterionScore score =
      Score(Linear("learners_total", "2000", "15"), Figure("learners_total", "1254"));
  EXPECT_EQ(score.arithmetic(), "15 × min(1254, 2000) / 2000 = 9.41");  // 9.405
}

TEST(Linear, RoundsDownWhenDeclared) {
  v1::PointRounding down = HalfUp(2);
  down.set_mode(v1::ROUNDING_MODE_DOWN);
  const v1::CriterionScore score =
      Score(Linear("learners_total", "2000", "15"), Figure("learners_total", "1254"), down);
  EXPECT_EQ(score.points().value(), "9.4");
}

TEST(Linear, GivesNoMoreThanAllPointsBeyondTheTarget) {
  const v1::CriterionScore score =
      Score(Linear("learners_total", "2000", "15"), Figure("learners_total", "3864"));
  EXPECT_EQ(score.arithmetic(), "15 × min(3864, 2000) / 2000 = 15.00");
}

TEST(Step, GivesThePointsOfTheHighestStepReached) {
  const v1::Criterion criterion =
      Steps("workshops_province", "10", {{"1", "4"}, {"2", "7"}, {"4", "10"}});
  EXPECT_EQ(Score(criterion, Figure("workshops_province", "2")).arithmetic(), "2 đạt bậc 2 = 7.00");
  EXPECT_EQ(Score(criterion, Figure("workshops_province", "3")).arithmetic(), "3 đạt bậc 2 = 7.00");
  EXPECT_EQ(Score(criterion, Figure("workshops_province", "9")).arithmetic(),
            "9 đạt bậc 4 = 10.00");
}

TEST(Step, GivesNothingBelowTheFirst) {
  const v1::Criterion criterion = Steps("workshops_province", "10", {{"2", "7"}});
  EXPECT_EQ(Score(criterion, Figure("workshops_province", "1")).arithmetic(),
            "1 chưa đạt bậc 2 = 0.00");
}

TEST(Missing, NotReportedScoresZeroAndSaysSo) {
  const v1::CriterionScore score =
      Score(PerUnit("topics_province", "2", "10"),
            Missing("topics_province", reporting::FIGURE_STATE_NOT_REPORTED));
  EXPECT_EQ(score.points().value(), "0");
  EXPECT_EQ(score.arithmetic(), "chưa báo cáo = 0.00");
  EXPECT_EQ(score.figure().state(), reporting::FIGURE_STATE_NOT_REPORTED);
}

TEST(Missing, ZeroIsAFigureAndNotMissing) {
  const v1::CriterionScore score =
      Score(PerUnit("topics_province", "2", "10"), Figure("topics_province", "0"));
  EXPECT_EQ(score.arithmetic(), "min(10, 0 × 2) = 0.00");
}

TEST(Missing, NotApplicableHasNoPointsAtAll) {
  const v1::CriterionScore score =
      Score(PerUnit("learners_foreign", "2", "10"),
            Missing("learners_foreign", reporting::FIGURE_STATE_NOT_APPLICABLE));
  EXPECT_FALSE(score.has_points());
  EXPECT_EQ(score.arithmetic(), "không áp dụng: bỏ qua");
}

TEST(Missing, AnIndicatorTheWindowDoesNotAskForIsToldApart) {
  v1::ScoredFigure figure = Missing("staff_phd", reporting::FIGURE_STATE_NOT_APPLICABLE);
  figure.clear_cell();
  EXPECT_EQ(Score(PerUnit("staff_phd", "2", "10"), figure).arithmetic(),
            "kỳ báo cáo không yêu cầu: bỏ qua");
}

TEST(Bounds, PointsOfALowerBoundAreALowerBound) {
  const v1::CriterionScore score =
      Score(PerUnit("classes_total", "0.2", "20"),
            Figure("classes_total", "90", reporting::QUALIFIER_AT_LEAST));
  EXPECT_EQ(score.arithmetic(), "min(20, ≥90 × 0.2) ≥ 18.00");
  EXPECT_FALSE(score.exact());
}

TEST(Bounds, ALowerBoundBeyondTheCapGivesExactPoints) {
  const v1::CriterionScore score =
      Score(PerUnit("classes_total", "0.2", "20"),
            Figure("classes_total", "450", reporting::QUALIFIER_AT_LEAST));
  EXPECT_EQ(score.arithmetic(), "min(20, ≥450 × 0.2) = 20.00");
  EXPECT_TRUE(score.exact());
}

TEST(Bounds, AnApproximateFigureNeverGivesExactPoints) {
  const v1::CriterionScore score =
      Score(PerUnit("classes_total", "0.2", "20"),
            Figure("classes_total", "450", reporting::QUALIFIER_ABOUT));
  EXPECT_EQ(score.arithmetic(), "min(20, ≈450 × 0.2) ≈ 20.00");
  EXPECT_FALSE(score.exact());
}

TEST(Bounds, ANegativeRateOfChangeGivesNoPoints) {
  const v1::CriterionScore score =
      Score(Linear("std_pct_change", "10", "5"), Figure("std_pct_change", "-3.5"));
  EXPECT_EQ(score.arithmetic(), "max(0, -3.5) = 0.00");
}

}  // namespace
}  // namespace thidua::awards
