#include "services/cli/ranking_text.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/cli/figures_text.h"
#include "services/cli/registry_text.h"

namespace thidua::cli {

using namespace awards::v1;  // NOLINT: the contract's own words

namespace {

std::string KindText(TieBreakKind kind, bool vietnamese) {
  switch (kind) {
    case TIE_BREAK_KIND_CRITERION_POINTS:
      return vietnamese ? "điểm tiêu chí " : "points of criterion ";
    case TIE_BREAK_KIND_GROUP_POINTS:
      return vietnamese ? "điểm nhóm " : "points of group ";
    case TIE_BREAK_KIND_INDICATOR_VALUE:
      return vietnamese ? "số liệu " : "figure of ";
    case TIE_BREAK_KIND_RUN_OFF_REQUIRED:
      return vietnamese ? "biểu quyết phân định" : "run-off vote";
    default:
      return "?";
  }
}

std::string OutcomeText(TieOutcome outcome, bool vietnamese) {
  switch (outcome) {
    case TIE_OUTCOME_DECIDED:
      return vietnamese ? "✓ phân định được" : "✓ decided";
    case TIE_OUTCOME_EQUAL:
      return vietnamese ? "bằng nhau" : "equal";
    case TIE_OUTCOME_NOT_EXACT:
      return vietnamese ? "số không chính xác, không phân định được" : "not exact, decides nothing";
    case TIE_OUTCOME_RUN_OFF_REQUIRED:
      return vietnamese ? "✗ cần biểu quyết, các trường đồng hạng"
                        : "✗ required, the schools share the rank";
    default:
      return "?";
  }
}

std::string TrialText(const TieTrial& trial, bool vietnamese) {
  std::vector<std::string> values;
  for (const TieValue& value : trial.values()) {
    values.push_back(
        absl::StrCat(IdOf(value.school()), " ", value.exact() ? "" : "≈ ",
                     value.has_value() ? DecimalText(value.value(), vietnamese) : "–"));
  }
  const std::string compared =
      values.empty() ? "" : absl::StrCat(" (", absl::StrJoin(values, "; "), ")");
  return absl::StrCat(KindText(trial.step().kind(), vietnamese), IdOf(trial.step().subject()),
                      compared, ": ", OutcomeText(trial.outcome(), vietnamese));
}

}  // namespace

std::string PointsText(const CriterionScore& score, bool vietnamese) {
  if (!score.has_points()) return "–";
  const std::string points = DecimalText(score.points(), vietnamese);
  if (score.figure().state() == reporting::v1::FIGURE_STATE_NOT_REPORTED) return points + " °";
  if (score.exact()) return points;
  return (score.figure().qualifier() == reporting::v1::QUALIFIER_AT_LEAST ? "≥ " : "≈ ") + points;
}

std::string ScoredFigureText(const ScoredFigure& figure, bool vietnamese) {
  return FigureText(figure.state(), 0, &figure.value(), figure.qualifier(), vietnamese);
}

std::string TieText(const TieDecision& tie, bool vietnamese) {
  std::vector<std::string> schools;
  for (const std::string& school : tie.schools()) schools.push_back(IdOf(school));
  std::string text = absl::StrCat(vietnamese ? "Đồng điểm " : "Tied at ",
                                  DecimalText(tie.total_points(), vietnamese), ": ",
                                  absl::StrJoin(schools, ", "), "\n");
  for (const TieTrial& trial : tie.trials())
    absl::StrAppend(&text, "  ", TrialText(trial, vietnamese), "\n");
  return text;
}

}  // namespace thidua::cli
