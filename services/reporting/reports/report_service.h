// School reports: from draft to acceptance and back.
#ifndef THIDUA_SERVICES_REPORTING_REPORTS_REPORT_SERVICE_H_
#define THIDUA_SERVICES_REPORTING_REPORTS_REPORT_SERVICE_H_

#include <functional>
#include <string>

#include "common/contract/page_token.h"
#include "common/database/pool.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/reporting/consolidation/acceptance_store.h"
#include "services/reporting/reports/report_rules.h"
#include "services/reporting/reports/report_store.h"
#include "services/reporting/windows/window_store.h"

namespace thidua::reporting {

class ReportService {
 public:
  // All must outlive the service.
  ReportService(const rpc::Writing& writing, const directory::Directory& directory,
                const contract::PageTokens& tokens)
      : writing_(writing), pool_(writing.pool), directory_(directory), tokens_(tokens) {}

  void Register(rpc::Router& router);

  absl::StatusOr<v1::SchoolReport> GetReport(rpc::CallContext& context,
                                             const v1::GetReportRequest& request);
  absl::StatusOr<v1::ListReportsResponse> ListReports(rpc::CallContext& context,
                                                      const v1::ListReportsRequest& request);
  absl::StatusOr<v1::SchoolReport> CreateReport(rpc::Mutation& mutation,
                                                const v1::CreateReportRequest& request);
  absl::StatusOr<v1::SchoolReport> UpdateReport(rpc::Mutation& mutation,
                                                const v1::UpdateReportRequest& request);
  absl::StatusOr<v1::SchoolReport> SubmitReport(rpc::Mutation& mutation,
                                                const v1::SubmitReportRequest& request);
  absl::StatusOr<v1::SchoolReport> ReturnReport(rpc::Mutation& mutation,
                                                const v1::ReturnReportRequest& request);
  absl::StatusOr<v1::SchoolReport> AcceptReport(rpc::Mutation& mutation,
                                                const v1::AcceptReportRequest& request);
  absl::StatusOr<v1::SchoolReport> ReopenReport(rpc::Mutation& mutation,
                                                const v1::ReopenReportRequest& request);
  absl::StatusOr<v1::ListReportRevisionsResponse> ListReportRevisions(
      rpc::CallContext& context, const v1::ListReportRevisionsRequest& request);
  absl::StatusOr<v1::DiffReportRevisionsResponse> DiffReportRevisions(
      rpc::CallContext& context, const v1::DiffReportRevisionsRequest& request);

 private:
  // What a verb does to the report of a window; what it returns is the journal's reason.
  using Step = std::function<absl::StatusOr<std::string>(database::Transaction&, const v1::Window&,
                                                         v1::SchoolReport*)>;

  // One transition: the report at `etag`, in a state that allows the verb, changed by `step` and
  // stored.
  absl::StatusOr<v1::SchoolReport> Transit(rpc::Mutation& mutation, const std::string& name,
                                           const std::string& etag, ReportVerb verb,
                                           const Step& step);

  // Looks up the school's cluster on the window's membership date; REASON_NOT_A_MEMBER when it has
  // none that reports there.
  absl::Status PlaceInCluster(rpc::CallContext& context, const v1::Window& window,
                              v1::SchoolReport* report) const;

  absl::StatusOr<Sight> SightOf(rpc::CallContext& context, database::Connection& connection,
                                const std::string& window) const;

  const rpc::Writing& writing_;
  database::Pool& pool_;
  const directory::Directory& directory_;
  const contract::PageTokens& tokens_;
  const ReportStore reports_;
  const WindowStore windows_;
  const AcceptanceStore acceptances_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_REPORTS_REPORT_SERVICE_H_
