// Builders for schemes, figures and schools, so that scoring tests read like the domain.
#ifndef THIDUA_TESTS_SUPPORT_SCORING_FACTS_H_
#define THIDUA_TESTS_SUPPORT_SCORING_FACTS_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "services/awards/scoring/ranking_rules.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::testing {

inline awards::v1::Criterion Criterion(const std::string& id, const std::string& group,
                                       const std::string& indicator,
                                       const std::string& max_points) {
  awards::v1::Criterion criterion;
  criterion.set_criterion_id(id);
  criterion.set_display_name("Tiêu chí " + id);
  criterion.set_group(group);
  criterion.set_indicator("indicators/" + indicator);
  criterion.mutable_max_points()->set_value(max_points);
  return criterion;
}

// `points` for each unit of the indicator, at most `max_points`; the criterion is called like the
// indicator.
inline awards::v1::Criterion PerUnit(const std::string& indicator, const std::string& points,
                                     const std::string& max_points,
                                     const std::string& group = "training") {
  awards::v1::Criterion criterion = Criterion(indicator, group, indicator, max_points);
  criterion.mutable_per_unit()->mutable_points_per_unit()->set_value(points);
  return criterion;
}

inline awards::v1::Criterion Linear(const std::string& indicator, const std::string& target,
                                    const std::string& max_points,
                                    const std::string& group = "training") {
  awards::v1::Criterion criterion = Criterion(indicator, group, indicator, max_points);
  criterion.mutable_linear()->mutable_target()->set_value(target);
  return criterion;
}

// steps: {threshold, points}.
inline awards::v1::Criterion Steps(const std::string& indicator, const std::string& max_points,
                                   std::initializer_list<std::pair<const char*, const char*>> steps,
                                   const std::string& group = "training") {
  awards::v1::Criterion criterion = Criterion(indicator, group, indicator, max_points);
  criterion.mutable_step();
  for (const auto& [threshold, points] : steps) {
    awards::v1::PointStep& step = *criterion.mutable_step()->add_steps();
    step.mutable_at_least()->set_value(threshold);
    step.mutable_points()->set_value(points);
  }
  return criterion;
}

inline awards::v1::PointRounding HalfUp(int digits) {
  awards::v1::PointRounding rounding;
  rounding.set_mode(awards::v1::ROUNDING_MODE_HALF_UP);
  rounding.set_digits(digits);
  return rounding;
}

inline awards::v1::TieBreakStep TieBreak(awards::v1::TieBreakKind kind,
                                         const std::string& subject = "") {
  awards::v1::TieBreakStep step;
  step.set_kind(kind);
  step.set_subject(subject);
  return step;
}

// A sound scheme with one group, "training", and nothing but a run-off for ties.
inline awards::v1::ScoringScheme Scheme(std::initializer_list<awards::v1::Criterion> criteria) {
  awards::v1::ScoringScheme scheme;
  scheme.set_title("Bảng điểm thử");
  awards::v1::CriterionGroup& group = *scheme.add_groups();
  group.set_group_id("training");
  group.set_display_name("Đào tạo, bồi dưỡng");
  for (const awards::v1::Criterion& criterion : criteria) *scheme.add_criteria() = criterion;
  *scheme.mutable_rounding() = HalfUp(2);
  scheme.set_not_applicable_policy(awards::v1::NOT_APPLICABLE_POLICY_LEAVE_OUT);
  *scheme.add_tie_break() = TieBreak(awards::v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED);
  return scheme;
}

// The scheme with these steps before its run-off.
inline awards::v1::ScoringScheme WithTieBreak(
    awards::v1::ScoringScheme scheme, std::initializer_list<awards::v1::TieBreakStep> steps) {
  scheme.clear_tie_break();
  for (const awards::v1::TieBreakStep& step : steps) *scheme.add_tie_break() = step;
  *scheme.add_tie_break() = TieBreak(awards::v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED);
  return scheme;
}

inline awards::v1::ScoredFigure Figure(
    const std::string& indicator, const std::string& value,
    reporting::v1::Qualifier qualifier = reporting::v1::QUALIFIER_EXACT) {
  awards::v1::ScoredFigure figure;
  figure.set_indicator("indicators/" + indicator);
  figure.set_state(value == "0" ? reporting::v1::FIGURE_STATE_ZERO
                                : reporting::v1::FIGURE_STATE_VALUE);
  figure.mutable_value()->set_value(value);
  figure.set_qualifier(qualifier);
  figure.set_cell("cells/" + indicator);
  return figure;
}

inline awards::v1::ScoredFigure Missing(const std::string& indicator,
                                        reporting::v1::FigureState state) {
  awards::v1::ScoredFigure figure;
  figure.set_indicator("indicators/" + indicator);
  figure.set_state(state);
  figure.set_cell("cells/" + indicator);
  return figure;
}

inline awards::SchoolFigures School(const std::string& id,
                                    std::initializer_list<awards::v1::ScoredFigure> figures) {
  awards::SchoolFigures school{"schools/" + id, "Trường " + id, {}};
  for (const awards::v1::ScoredFigure& figure : figures)
    school.figures[figure.indicator()] = figure;
  return school;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_SCORING_FACTS_H_
