// From published figures to points, from points to an order. Exact decimals only; nothing here depends on the order of its input.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_RANKING_RULES_H_
#define THIDUA_SERVICES_AWARDS_SCORING_RANKING_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::awards {

// What a publication says about one school.
struct SchoolFigures {
  std::string school;        // resource name
  std::string display_name;  // in Vietnamese
  std::map<std::string, v1::ScoredFigure> figures;  // by resource name of the indicator
};

// The points of one figure by one criterion of a sound scheme:
//  - not reported: zero points, and shown as not reported;
//  - not applicable, or an indicator the window does not ask for: no points at all, and shown;
//  - a bound or an approximate value: the points of the value as it stands, shown as no more exact than the figure.
// Rounded once, from the exact result of the rule. OUT_OF_RANGE when a figure is too large for exact arithmetic.
absl::StatusOr<v1::CriterionScore> ScoreCriterion(const v1::Criterion& criterion, const v1::ScoredFigure& figure,
                                                  const v1::PointRounding& rounding);

struct Order {
  std::vector<v1::RankingEntry> entries;      // by rank, then by school
  std::vector<v1::TieDecision> tie_decisions;  // by rank of the tie, each followed by what it left equal
};

// Scores and orders the schools by a sound scheme. Schools are named once each.
absl::StatusOr<Order> OrderSchools(const v1::ScoringScheme& scheme, const std::vector<SchoolFigures>& schools);

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_RANKING_RULES_H_
