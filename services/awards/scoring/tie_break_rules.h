// What becomes of schools with equal totals: the declared chain, step by step, and never an
// arbitrary winner.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_TIE_BREAK_RULES_H_
#define THIDUA_SERVICES_AWARDS_SCORING_TIE_BREAK_RULES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::awards {

// Pointers to entries of one ranking; never null.
using Tied = std::vector<v1::RankingEntry*>;

struct TieBreak {
  // First place first; more than one school where only a run-off can decide.
  std::vector<Tied> places;
  // How it came to that.
  std::vector<v1::TieDecision> tie_decisions;
};

// Separates entries with equal totals by the chain of a sound scheme. `tied` is in the order of the
// schools' names and has at least two.
absl::StatusOr<TieBreak> BreakTie(const v1::ScoringScheme& scheme, const Tied& tied);

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_TIE_BREAK_RULES_H_
