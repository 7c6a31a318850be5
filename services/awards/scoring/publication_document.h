// The document inside a publication: whether it may be trusted, and what it says about each school.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_PUBLICATION_DOCUMENT_H_
#define THIDUA_SERVICES_AWARDS_SCORING_PUBLICATION_DOCUMENT_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/document/signature.h"
#include "services/awards/scoring/ranking_rules.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::awards {

// OK when the document has the digest that the publication states and, where keys are given, the
// signature of one of them. REASON_DOCUMENT_BROKEN otherwise.
absl::Status CheckIntegrity(const reporting::v1::Publication& publication,
                            const document::VerifyingKeys* keys);

struct PublishedFigures {
  // The day whose members the document lists.
  absl::CivilDay membership_date;
  // Every member once, with a figure for each indicator that schools are asked for.
  std::vector<SchoolFigures> schools;
};

// Reads a document of type "thidua.reporting.consolidation/1". REASON_DOCUMENT_BROKEN when it is
// none.
absl::StatusOr<PublishedFigures> ReadFigures(const reporting::v1::Publication& publication);

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_PUBLICATION_DOCUMENT_H_
