// The published document of a consolidation, and what a later acceptance does to it. Pure.
//
// The document is a function of the consolidation and its window and of nothing else. It has no
// number, no time of publication and no signature in it: those are told beside it, in Publication.
// The times and persons it does name (acceptance, declaration, explanation) are inputs. So
// consolidating and publishing again on the same inputs gives the same bytes, on any replica, and a
// publication that would repeat the newest one is that one. Its fields are listed at
// Publication.document in consolidation_service.proto.
#ifndef THIDUA_SERVICES_REPORTING_CONSOLIDATION_PUBLICATION_RULES_H_
#define THIDUA_SERVICES_REPORTING_CONSOLIDATION_PUBLICATION_RULES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/reporting/windows/figure_rules.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::reporting {

// The canonical bytes. An error when a text has no canonical form, which checked requests do not
// let in.
absl::StatusOr<std::string> PublicationDocument(const Form& form,
                                                const v1::Consolidation& consolidation);

// What a new acceptance changes in what was in force before. `before`: the figures in force, empty
// and `old_revision` 0 when there were none.
std::vector<v1::SupersededCell> ChangedCells(
    const Form& form, const google::protobuf::RepeatedPtrField<v1::Figure>& before,
    int old_revision, const v1::SchoolReport& accepted, const std::string& reopen_reason);

// The publication is no longer the last word: its sources changed in these cells, or `newer` (empty
// when none) took its place.
void Supersede(const std::vector<v1::SupersededCell>& cells, const std::string& newer,
               const google::protobuf::Timestamp& now, v1::Publication* publication);

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_CONSOLIDATION_PUBLICATION_RULES_H_
