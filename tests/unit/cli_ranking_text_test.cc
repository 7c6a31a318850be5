#include "gtest/gtest.h"
#include "services/cli/ranking_text.h"

namespace thidua::cli {
namespace {

using namespace awards::v1;  // NOLINT: the contract's own words

CriterionScore Score(const std::string& points, reporting::v1::FigureState state,
                     bool exact = true) {
  CriterionScore score;
  if (!points.empty()) score.mutable_points()->set_value(points);
  score.mutable_figure()->set_state(state);
  score.set_exact(exact);
  return score;
}

TEST(PointsText, TellsNotReportedFromZeroAndFromNotApplicable) {
  EXPECT_EQ(PointsText(Score("0", reporting::v1::FIGURE_STATE_ZERO), true), "0");
  EXPECT_EQ(PointsText(Score("0", reporting::v1::FIGURE_STATE_NOT_REPORTED), true), "0 °");
  EXPECT_EQ(PointsText(Score("", reporting::v1::FIGURE_STATE_NOT_APPLICABLE), true), "–");
}

TEST(PointsText, MarksPointsOfABound) {
  CriterionScore score = Score("18.5", reporting::v1::FIGURE_STATE_VALUE, false);
  score.mutable_figure()->set_qualifier(reporting::v1::QUALIFIER_AT_LEAST);
  EXPECT_EQ(PointsText(score, true), "≥ 18,5");
}

TEST(TieText, NamesEveryStepAndWhatDecided) {
  TieDecision tie;
  tie.add_schools("schools/lang-son");
  tie.add_schools("schools/lao-cai");
  tie.mutable_total_points()->set_value("65.20");
  TieTrial& equal = *tie.add_trials();
  equal.mutable_step()->set_kind(TIE_BREAK_KIND_GROUP_POINTS);
  equal.mutable_step()->set_subject("training");
  equal.set_outcome(TIE_OUTCOME_EQUAL);
  TieTrial& decided = *tie.add_trials();
  decided.mutable_step()->set_kind(TIE_BREAK_KIND_INDICATOR_VALUE);
  decided.mutable_step()->set_subject("indicators/learners_total");
  decided.set_outcome(TIE_OUTCOME_DECIDED);
  for (const auto& [school, value] :
       {std::pair("schools/lang-son", "1131"), std::pair("schools/lao-cai", "1254")}) {
    TieValue& compared = *decided.add_values();
    compared.set_school(school);
    compared.mutable_value()->set_value(value);
    compared.set_exact(true);
  }
  EXPECT_EQ(TieText(tie, false),
            "Tied at 65.20: lang-son, lao-cai\n"
            "  points of group training: equal\n"
            "  figure of learners_total (lang-son 1131; lao-cai 1254): ✓ decided\n");
}

}  // namespace
}  // namespace thidua::cli
