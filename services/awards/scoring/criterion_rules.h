// What one published figure is worth by one criterion.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_CRITERION_RULES_H_
#define THIDUA_SERVICES_AWARDS_SCORING_CRITERION_RULES_H_

#include "absl/status/statusor.h"
#include "services/awards/scoring/points.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::awards {

// The points of one figure by one criterion of a sound scheme:
//  - not reported: zero points, and shown as not reported;
//  - not applicable, or an indicator the window does not ask for: no points at all, and shown;
//  - a bound or an approximate value: the points of the value as it stands, shown as no more exact
//    than the figure. Rounded once, from the exact result of the rule. OUT_OF_RANGE when a figure
//    is too large for exact arithmetic, INVALID_ARGUMENT when it has more than kMostFractionDigits
//    digits behind the point.
absl::StatusOr<v1::CriterionScore> ScoreCriterion(const v1::Criterion& criterion,
                                                  const v1::ScoredFigure& figure,
                                                  const v1::PointRounding& rounding);

// The rounding of a scheme in the terms of exact arithmetic.
document::Rounding ModeOf(const v1::PointRounding& rounding);

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_CRITERION_RULES_H_
