// Points and ties as people read them.
#ifndef THIDUA_SERVICES_CLI_RANKING_TEXT_H_
#define THIDUA_SERVICES_CLI_RANKING_TEXT_H_

#include <string>

#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::cli {

// The points of one criterion: "19,40"; "–" when it does not apply; "0 °" when nothing was
// reported; "≥ 18" and "≈ 18" when they come from a figure that is a bound or approximate.
std::string PointsText(const awards::v1::CriterionScore& score, bool vietnamese);

// The figure that was scored: "97", "0", "chưa báo cáo", "không thuộc diện".
std::string ScoredFigureText(const awards::v1::ScoredFigure& figure, bool vietnamese);

// One tie, the steps tried on it and what decided: lines with "\n".
std::string TieText(const awards::v1::TieDecision& tie, bool vietnamese);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_RANKING_TEXT_H_
