// From published figures to an order of schools. Exact decimals only; nothing here depends on the
// order of its input.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_RANKING_RULES_H_
#define THIDUA_SERVICES_AWARDS_SCORING_RANKING_RULES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::awards {

// What a publication says about one school.
struct SchoolFigures {
  std::string school;                               // resource name
  std::string display_name;                         // in Vietnamese
  std::map<std::string, v1::ScoredFigure> figures;  // by resource name of the indicator
};

struct Order {
  // By rank, then by school.
  std::vector<v1::RankingEntry> entries;
  // By rank of the tie, each followed by what it left equal.
  std::vector<v1::TieDecision> tie_decisions;
};

// Scores and orders the schools by a sound scheme. Schools are named once each. A figure that a
// school does not have is taken as not asked for. Errors as of ScoreCriterion.
absl::StatusOr<Order> OrderSchools(const v1::ScoringScheme& scheme,
                                   const std::vector<SchoolFigures>& schools);

// The resource name of the ranking made from these inputs and no others: readable window and
// publication, and twelve hexadecimal digits of SHA-256 over the publication's name, its document's
// digest and the scheme's name.
std::string RankingName(std::string_view publication, std::string_view document_sha256,
                        std::string_view scheme);

// The content of a ranking: scheme, maximum, entries and tie decisions. REASON_RULE_VIOLATED on
// `publication` when one of its figures is beyond exact arithmetic.
absl::StatusOr<v1::Ranking> Rank(const v1::ScoringScheme& scheme,
                                 const std::vector<SchoolFigures>& schools,
                                 std::string_view publication);

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_RANKING_RULES_H_
