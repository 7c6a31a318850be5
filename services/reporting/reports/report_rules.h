// A school's report on its way from draft to acceptance: which verb in which state, which cells may
// change, what must be there, and the content that a revision's hash is over. Pure.
//
//   state      UpdateReport   SubmitReport   ReturnReport   AcceptReport   ReopenReport
//   DRAFT      DRAFT          SUBMITTED      -              -              -
//   SUBMITTED  -              -              RETURNED       ACCEPTED       -
//   RETURNED   DRAFT, next    -              -              -              -
//   ACCEPTED   -              -              -              -              DRAFT, next
//
// "next" is the next revision. A returned report is edited before it is submitted again, if only in
// its note: the same revision never comes twice.
#ifndef THIDUA_SERVICES_REPORTING_REPORTS_REPORT_RULES_H_
#define THIDUA_SERVICES_REPORTING_REPORTS_REPORT_RULES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/caller.h"
#include "common/access/policy.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/reporting/windows/figure_rules.h"
#include "thidua/reporting/v1/report_service.pb.h"

namespace thidua::reporting {

enum class ReportVerb { kUpdate, kSubmit, kReturn, kAccept, kReopen };

// REASON_WRONG_STATE unless the table above has an entry.
absl::Status CheckState(const v1::SchoolReport& report, ReportVerb verb);

// One act on a report: by whom (Caller::person) and when.
struct Hand {
  std::string person;
  google::protobuf::Timestamp time;
};

// The first draft: every cell that schools state, `given` where there is one, NOT_REPORTED
// elsewhere. `given` was checked.
v1::SchoolReport FirstDraft(const Form& form, const v1::SchoolReport& given);

// Puts the given figures into the report, which becomes or stays a DRAFT. REASON_RULE_VIOLATED,
// naming the cells, when a returned report changes cells that were not returned. `given` was
// checked.
absl::Status ChangeFigures(const Form& form,
                           const google::protobuf::RepeatedPtrField<v1::Figure>& given,
                           v1::SchoolReport* report);
// A RETURNED report becomes the DRAFT of the next revision; a DRAFT stays as it is.
void BeginCorrection(v1::SchoolReport* report);

// REASON_REPORT_INCOMPLETE, naming the cells, when a mandatory figure is NOT_REPORTED.
absl::Status CheckComplete(const Form& form, const v1::SchoolReport& report);
// Submitted; late when the first submission is after the window's due time. Sets the revision's
// hash; an error when the content has no canonical form.
absl::Status Submit(const v1::Window& window, const Hand& hand, v1::SchoolReport* report);
// Returned, with the cells to correct in the form's order.
void Return(const Form& form, const Hand& hand, const std::string& reason,
            const google::protobuf::RepeatedPtrField<std::string>& cells, v1::SchoolReport* report);
// REASON_FOUR_EYES when the caller is the reporting school or the person who submitted.
absl::Status CheckFourEyes(const v1::SchoolReport& report, const access::Caller& caller);
void Accept(const Hand& hand, v1::SchoolReport* report);
void Reopen(const std::string& reason, v1::SchoolReport* report);

// The canonical content of a revision, canonical JSON of type "thidua.reporting.revision/1":
// report, revision, figures as stated, note. Its SHA-256 is the revision's hash, so that anybody
// who may read a revision can recompute the hash that a published document names.
absl::StatusOr<std::string> RevisionContent(const v1::SchoolReport& report);

// True when the caller may see this report while it is a draft: the academy, the school, the portal
// of its province.
bool SeesDraft(const access::Caller& caller, access::Reach reach, std::string_view school,
               std::string_view province);

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_REPORTS_REPORT_RULES_H_
