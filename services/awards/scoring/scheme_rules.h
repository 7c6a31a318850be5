// What makes a scoring scheme sound, and what its state allows.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_SCHEME_RULES_H_
#define THIDUA_SERVICES_AWARDS_SCORING_SCHEME_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "common/contract/refusal.h"
#include "services/awards/scoring/points.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::awards {

// Every fault of a scheme, with field paths from "scoring_scheme" on; empty when it can be used. A
// scheme is sound when
//  - every criterion has a rule, an indicator and a group of the scheme, and no identifier occurs
//    twice;
//  - its rule gives no fewer points for a larger figure, and never more than max_points;
//  - points have no more digits behind the point than the scheme's rounding keeps, so that totals
//    are sums of what is shown;
//  - the tie-break chain names criteria, groups and indicators of the scheme, each once, and ends
//    in RUN_OFF_REQUIRED.
std::vector<contract::FieldViolation> FaultsOf(const v1::ScoringScheme& scheme);

// Most points a school can reach without bonus groups. The scheme must be sound.
absl::StatusOr<Decimal> MaxPoints(const v1::ScoringScheme& scheme);

// OK when the scheme may be changed: REASON_SCHEME_FROZEN once a ranking used it,
// REASON_WRONG_STATE for any other state than DRAFT.
absl::Status CheckMayChange(const v1::ScoringScheme& scheme);

// OK when the scheme may be published (DRAFT), retired (PUBLISHED, FROZEN), ranked with (PUBLISHED,
// FROZEN), or followed by a next version (anything but DRAFT); REASON_WRONG_STATE otherwise.
absl::Status CheckMayPublish(const v1::ScoringScheme& scheme);
absl::Status CheckMayRetire(const v1::ScoringScheme& scheme);
absl::Status CheckMayRank(const v1::ScoringScheme& scheme);
absl::Status CheckMayBeFollowed(const v1::ScoringScheme& scheme);

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_SCHEME_RULES_H_
