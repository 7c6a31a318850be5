// What is in force: the accepted revision of each school's report, and the gate through which
// acceptances and publications of a cluster pass.
#ifndef THIDUA_SERVICES_REPORTING_CONSOLIDATION_ACCEPTANCE_STORE_H_
#define THIDUA_SERVICES_REPORTING_CONSOLIDATION_ACCEPTANCE_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/transaction.h"
#include "common/journal/act.h"
#include "services/reporting/consolidation/consolidation_rules.h"
#include "services/reporting/consolidation/publication_store.h"
#include "services/reporting/windows/figure_rules.h"

namespace thidua::reporting {

// Windows, clusters and schools are identifiers here.
class AcceptanceStore {
 public:
  // Puts the report's accepted revision in force. When its figures are not those in force before,
  // the cluster's newest publication is superseded in the same transaction, with exactly the cells
  // that changed. `report` is ACCEPTED; `reopen_reason` says why what was in force was opened
  // again, empty at a first acceptance.
  absl::Status Record(database::Transaction& transaction, const journal::Act& act, const Form& form,
                      const v1::SchoolReport& report, const std::string& reopen_reason) const;

  // What is in force of these schools, in order of school; schools without are left out.
  absl::StatusOr<std::vector<AcceptedReport>> Read(database::Connection& connection,
                                                   std::string_view window,
                                                   const std::vector<std::string>& schools) const;

  // Waits until every other acceptance or publication of the cluster in the window has ended, and
  // keeps the next one waiting until this transaction ends.
  absl::Status Pass(database::Transaction& transaction, std::string_view window,
                    std::string_view cluster) const;

 private:
  absl::StatusOr<std::optional<AcceptedReport>> Find(database::Connection& connection,
                                                     std::string_view window,
                                                     std::string_view school) const;
  absl::Status Put(database::Transaction& transaction, std::string_view window,
                   const AcceptedReport& report) const;

  PublicationStore publications_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_CONSOLIDATION_ACCEPTANCE_STORE_H_
