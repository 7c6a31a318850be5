#include "services/awards/scoring/criterion_rules.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace thidua::awards {
namespace {

namespace reporting = ::thidua::reporting::v1;

// Points of a rule, and the left side of the sentence that shows how they were made.
struct Worked {
  Decimal points;
  std::string expression;
};

// One figure under one rule.
struct Case {
  Decimal value;
  std::string shown;  // "97", "≥97", "≈97"
  Decimal most;       // the criterion's max_points
  const v1::PointRounding& rounding;
};

absl::StatusOr<Worked> Work(const v1::PerUnitRule& rule, const Case& figure) {
  const absl::StatusOr<Decimal> per_unit = FromProto(rule.points_per_unit());
  if (!per_unit.ok()) return per_unit.status();
  const absl::StatusOr<Decimal> product = Product(figure.value, *per_unit);
  if (!product.ok()) return product.status();
  const absl::StatusOr<Decimal> points =
      std::min(*product, figure.most).Rounded(figure.rounding.digits(), ModeOf(figure.rounding));
  if (!points.ok()) return points.status();
  return Worked{*points, absl::StrCat("min(", figure.most.ToString(), ", ", figure.shown, " × ",
                                      per_unit->ToString(), ")")};
}

absl::StatusOr<Worked> Work(const v1::LinearRule& rule, const Case& figure) {
  const absl::StatusOr<Decimal> target = FromProto(rule.target());
  if (!target.ok()) return target.status();
  const absl::StatusOr<Decimal> product = Product(figure.most, std::min(figure.value, *target));
  if (!product.ok()) return product.status();
  const absl::StatusOr<Decimal> points =
      product->DividedBy(*target, figure.rounding.digits(), ModeOf(figure.rounding));
  if (!points.ok()) return points.status();
  return Worked{*points, absl::StrCat(figure.most.ToString(), " × min(", figure.shown, ", ",
                                      target->ToString(), ") / ", target->ToString())};
}

absl::StatusOr<Worked> Work(const v1::StepRule& rule, const Case& figure) {
  Worked worked{Decimal(),
                absl::StrCat(figure.shown, " chưa đạt bậc ", rule.steps(0).at_least().value())};
  for (const v1::PointStep& step : rule.steps()) {
    const absl::StatusOr<Decimal> threshold = FromProto(step.at_least());
    if (!threshold.ok()) return threshold.status();
    if (figure.value < *threshold) break;
    const absl::StatusOr<Decimal> points = FromProto(step.points());
    if (!points.ok()) return points.status();
    worked = {*points, absl::StrCat(figure.shown, " đạt bậc ", threshold->ToString())};
  }
  return worked;
}

absl::StatusOr<Worked> Work(const v1::Criterion& criterion, const Case& figure) {
  // A rate of change may be negative; points never are.
  if (figure.value < Decimal())
    return Worked{Decimal(), absl::StrCat("max(0, ", figure.shown, ")")};
  switch (criterion.rule_case()) {
    case v1::Criterion::kPerUnit:
      return Work(criterion.per_unit(), figure);
    case v1::Criterion::kLinear:
      return Work(criterion.linear(), figure);
    case v1::Criterion::kStep:
      return Work(criterion.step(), figure);
    case v1::Criterion::RULE_NOT_SET:
      break;
  }
  return absl::InternalError(absl::StrCat("criterion ", criterion.criterion_id(), " has no rule"));
}

// "≥" for at least, "≈" for about, nothing for exact.
std::string_view Sign(reporting::Qualifier qualifier) {
  switch (qualifier) {
    case reporting::QUALIFIER_AT_LEAST:
      return "≥";
    case reporting::QUALIFIER_ABOUT:
      return "≈";
    default:
      return "";
  }
}

// No rule gives fewer points for more, nor more than the maximum: a lower bound that reaches it
// gives exactly that.
bool IsExact(reporting::Qualifier qualifier, Decimal points, Decimal most) {
  return Sign(qualifier).empty() || (qualifier == reporting::QUALIFIER_AT_LEAST && points == most);
}

absl::Status ScoreValue(const v1::Criterion& criterion, const v1::PointRounding& rounding,
                        v1::CriterionScore& score) {
  const absl::StatusOr<Decimal> value = FromProto(score.figure().value());
  if (!value.ok()) return value.status();
  const absl::StatusOr<Decimal> most = FromProto(criterion.max_points());
  if (!most.ok()) return most.status();
  const reporting::Qualifier qualifier = score.figure().qualifier();
  const absl::StatusOr<Worked> worked = Work(
      criterion,
      {*value, absl::StrCat(std::string(Sign(qualifier)), value->ToString()), *most, rounding});
  if (!worked.ok()) return worked.status();
  score.set_exact(IsExact(qualifier, worked->points, *most));
  *score.mutable_points() = ToProto(worked->points);
  score.set_arithmetic(absl::StrCat(worked->expression, " ",
                                    score.exact() ? "=" : std::string(Sign(qualifier)), " ",
                                    Fixed(worked->points, rounding.digits())));
  return absl::OkStatus();
}

}  // namespace

document::Rounding ModeOf(const v1::PointRounding& rounding) {
  return rounding.mode() == v1::ROUNDING_MODE_DOWN ? document::Rounding::kDown
                                                   : document::Rounding::kHalfUp;
}

absl::StatusOr<v1::CriterionScore> ScoreCriterion(const v1::Criterion& criterion,
                                                  const v1::ScoredFigure& figure,
                                                  const v1::PointRounding& rounding) {
  v1::CriterionScore score;
  score.set_criterion(criterion.criterion_id());
  score.set_display_name(criterion.display_name());
  *score.mutable_figure() = figure;
  *score.mutable_max_points() = criterion.max_points();
  score.set_exact(true);
  if (figure.state() == reporting::FIGURE_STATE_NOT_APPLICABLE) {
    score.set_arithmetic(figure.cell().empty() ? "kỳ báo cáo không yêu cầu: bỏ qua"
                                               : "không áp dụng: bỏ qua");
    return score;
  }
  if (figure.state() == reporting::FIGURE_STATE_NOT_REPORTED) {
    *score.mutable_points() = ToProto(Decimal());
    score.set_arithmetic(absl::StrCat("chưa báo cáo = ", Fixed(Decimal(), rounding.digits())));
    return score;
  }
  if (absl::Status scored = ScoreValue(criterion, rounding, score); !scored.ok()) return scored;
  return score;
}

}  // namespace thidua::awards
