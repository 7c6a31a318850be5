// School reports and their submitted revisions in the database.
#ifndef THIDUA_SERVICES_REPORTING_REPORTS_REPORT_STORE_H_
#define THIDUA_SERVICES_REPORTING_REPORTS_REPORT_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/resource/table.h"
#include "thidua/reporting/v1/report_service.pb.h"

namespace thidua::reporting {

// Which reports of a window a caller may list.
struct Sight {
  bool everything = false;
  std::vector<std::string> schools;   // identifiers: in any state
  std::vector<std::string> clusters;  // identifiers: all but drafts
};

class ReportStore {
 public:
  ReportStore();

  absl::StatusOr<v1::SchoolReport> Get(database::Connection& connection,
                                       std::string_view name) const;
  // The report at `etag`: REASON_STALE_ETAG before anybody looks at a state that the caller has not
  // seen, and REASON_NOT_FOUND.
  absl::StatusOr<v1::SchoolReport> GetAt(database::Transaction& transaction, std::string_view name,
                                         std::string_view etag) const;
  // In order of name. `cluster`: identifier, empty for all; `state`: 0 for all.
  absl::StatusOr<resource::Table<v1::SchoolReport>::Page> List(
      database::Connection& connection, std::string_view window, const Sight& sight,
      std::string_view cluster, v1::ReportState state, const contract::Parameters& after,
      int limit) const;
  // The schools that have begun a report in the window, by identifier; at most 20,000.
  absl::StatusOr<std::vector<std::string>> SchoolsIn(database::Connection& connection,
                                                     std::string_view window) const;

  absl::StatusOr<v1::SchoolReport> Create(database::Transaction& transaction,
                                          const journal::Act& act, v1::SchoolReport report) const;
  absl::StatusOr<v1::SchoolReport> Update(database::Transaction& transaction,
                                          const journal::Act& act, v1::SchoolReport report,
                                          std::string_view etag, const resource::Why& why) const;
  // Keeps the revision for ever.
  absl::Status KeepRevision(database::Transaction& transaction,
                            const v1::SchoolReport& report) const;

  // REASON_NOT_FOUND when that revision was never submitted.
  absl::StatusOr<v1::ReportRevision> GetRevision(database::Connection& connection,
                                                 std::string_view report, int revision) const;
  // At most `limit` revisions below `before`, newest first.
  absl::StatusOr<std::vector<v1::ReportRevision>> ListRevisions(database::Connection& connection,
                                                                std::string_view report,
                                                                int64_t before, int limit) const;

 private:
  resource::Table<v1::SchoolReport> reports_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_REPORTS_REPORT_STORE_H_
