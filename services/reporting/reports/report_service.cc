#include "services/reporting/reports/report_service.h"

#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/contract/field_mask.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/reporting/windows/window_rules.h"

namespace thidua::reporting {
namespace {

using contract::Reason;
using v1::SchoolReport;

constexpr char kServiceName[] = "thidua.reporting.v1.ReportService";
constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 200;
constexpr int kDefaultRevisions = 20;
constexpr int kMostRevisions = 100;

std::string IdAfter(std::string_view name, std::string_view collection) {
  return contract::SegmentAfter(name, collection).value_or("");
}

std::string WindowOf(const std::string& report) { return "windows/" + IdAfter(report, "windows"); }

Hand HandOf(const rpc::CallContext& context) {
  return {context.caller().person(),
          runtime::TimeToProto(runtime::FromMicros(runtime::ToMicros(context.now())))};
}

absl::Status Denied(const rpc::CallContext& context, const std::string& resource) {
  return contract::Refuse(Reason::REASON_PERMISSION_DENIED,
                          {{"permission", context.act().permission}, {"resource", resource}});
}

const char* ChangeKind(ReportVerb verb) {
  switch (verb) {
    case ReportVerb::kUpdate:
      return "UPDATED";
    case ReportVerb::kSubmit:
      return "SUBMITTED";
    case ReportVerb::kReturn:
      return "RETURNED";
    case ReportVerb::kAccept:
      return "ACCEPTED";
    case ReportVerb::kReopen:
      return "REOPENED";
  }
  return "";
}

absl::Status CheckCells(const Form& form,
                        const google::protobuf::RepeatedPtrField<std::string>& cells) {
  std::vector<contract::FieldViolation> violations;
  for (int i = 0; i < cells.size(); ++i) {
    const std::optional<int> cell = form.Find(cells[i]);
    if (cell.has_value() && !form.cell(*cell).cluster_only()) continue;
    violations.push_back({absl::StrCat("cells[", i, "]"), "is not asked of schools in this window",
                          "không thuộc chỉ tiêu trường phải báo cáo trong kỳ này"});
  }
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

// Which of figures and note the mask covers; other writable fields do not exist.
struct Covered {
  bool figures = false;
  bool note = false;
};

Covered CoveredBy(const google::protobuf::FieldMask& mask) {
  Covered covered;
  for (const std::string& path : mask.paths()) {
    covered.figures = covered.figures || path == "figures" || path == "*";
    covered.note = covered.note || path == "note" || path == "*";
  }
  return covered;
}

}  // namespace

void ReportService::Register(rpc::Router& router) {
  router.Offer(kServiceName)
      .Unary("GetReport", this, &ReportService::GetReport)
      .Unary("ListReports", this, &ReportService::ListReports)
      .Mutation("CreateReport", writing_, this, &ReportService::CreateReport)
      .Mutation("UpdateReport", writing_, this, &ReportService::UpdateReport)
      .Mutation("SubmitReport", writing_, this, &ReportService::SubmitReport)
      .Mutation("ReturnReport", writing_, this, &ReportService::ReturnReport)
      .Mutation("AcceptReport", writing_, this, &ReportService::AcceptReport)
      .Mutation("ReopenReport", writing_, this, &ReportService::ReopenReport)
      .Unary("ListReportRevisions", this, &ReportService::ListReportRevisions)
      .Unary("DiffReportRevisions", this, &ReportService::DiffReportRevisions);
}

absl::StatusOr<SchoolReport> ReportService::GetReport(rpc::CallContext& context,
                                                      const v1::GetReportRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<SchoolReport> report = reports_.Get(**connection, request.name());
  if (!report.ok() || report->state() != v1::REPORT_STATE_DRAFT) return report;
  const std::string school = IdAfter(report->school(), "schools");
  if (!SeesDraft(context.caller(), context.reach(), school,
                 directory_.Current()->ProvinceOf(school))) {
    return Denied(context, request.name());
  }
  return report;
}

absl::StatusOr<Sight> ReportService::SightOf(rpc::CallContext& context,
                                             database::Connection& connection,
                                             const std::string& window) const {
  Sight sight;
  if (context.reach() == access::Reach::kAll) {
    sight.everything = true;
    return sight;
  }
  const access::Caller& caller = context.caller();
  const auto map = directory_.Current();
  if (caller.kind == access::Caller::Kind::kSchool) {
    sight.schools.push_back(caller.id);
    const std::string cluster(map->ClusterOf(caller.id, context.today()));
    if (map->Leads(caller.id, cluster, context.today())) sight.clusters.push_back(cluster);
  } else if (caller.kind == access::Caller::Kind::kPortal) {
    const auto schools = reports_.SchoolsIn(connection, window);
    if (!schools.ok()) return schools.status();
    for (const std::string& school : *schools) {
      if (map->ProvinceOf(school) == caller.id) sight.schools.push_back(school);
    }
  }
  return sight;
}

absl::StatusOr<v1::ListReportsResponse> ReportService::ListReports(
    rpc::CallContext& context, const v1::ListReportsRequest& request) {
  auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const std::string window = IdAfter(request.parent(), "windows");
  const auto sight = SightOf(context, **connection, window);
  if (!sight.ok()) return sight.status();
  auto page = reports_.List(**connection, window, *sight, IdAfter(request.cluster(), "clusters"),
                            request.state(), *after,
                            contract::PageSize(request.page_size(), kDefaultPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListReportsResponse response;
  for (SchoolReport& report : page->resources) *response.add_reports() = std::move(report);
  if (!page->next.empty())
    response.set_next_page_token(tokens_.Make(context.act().method, request, page->next));
  return response;
}

absl::Status ReportService::PlaceInCluster(rpc::CallContext& context, const v1::Window& window,
                                           SchoolReport* report) const {
  const auto map = directory_.Current();
  context.set_position(map->position());
  const std::string cluster(
      map->ClusterOf(IdAfter(report->school(), "schools"), MembershipDay(window)));
  if (cluster.empty() || !ReportsIn(window, cluster)) {
    return contract::Refuse(Reason::REASON_NOT_A_MEMBER,
                            {{"school", report->school()},
                             {"window", window.name()},
                             {"date", absl::FormatCivilTime(MembershipDay(window))}});
  }
  report->set_cluster("clusters/" + cluster);
  return absl::OkStatus();
}

absl::StatusOr<SchoolReport> ReportService::CreateReport(rpc::Mutation& mutation,
                                                         const v1::CreateReportRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  if (absl::Status used = windows_.Use(transaction, request.parent()); !used.ok()) return used;
  const auto window = windows_.Get(transaction.connection(), request.parent());
  if (!window.ok()) return window.status();
  const Form form(*window);
  if (const auto violations = CheckFigures(form, request.report().figures(), "report.figures");
      !violations.empty()) {
    return contract::RefuseFields(violations);
  }
  SchoolReport report = FirstDraft(form, request.report());
  report.set_name(
      contract::Join({request.parent(), "reports", IdAfter(request.report().school(), "schools")}));
  if (absl::Status placed = PlaceInCluster(mutation.context(), *window, &report); !placed.ok())
    return placed;
  return reports_.Create(transaction, mutation.act(), std::move(report));
}

absl::StatusOr<SchoolReport> ReportService::Transit(rpc::Mutation& mutation,
                                                    const std::string& name,
                                                    const std::string& etag, ReportVerb verb,
                                                    const Step& step) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<SchoolReport> report = reports_.GetAt(transaction, name, etag);
  if (!report.ok()) return report;
  if (absl::Status allowed = CheckState(*report, verb); !allowed.ok()) return allowed;
  const auto window = windows_.Get(transaction.connection(), WindowOf(name));
  if (!window.ok()) return window.status();
  absl::StatusOr<std::string> reason = step(transaction, *window, &*report);
  if (!reason.ok()) return reason.status();
  return reports_.Update(transaction, mutation.act(), *std::move(report), etag,
                         {ChangeKind(verb), *reason});
}

absl::StatusOr<SchoolReport> ReportService::UpdateReport(rpc::Mutation& mutation,
                                                         const v1::UpdateReportRequest& request) {
  return Transit(
      mutation, request.report().name(), request.etag(), ReportVerb::kUpdate,
      [&](database::Transaction&, const v1::Window& window,
          SchoolReport* report) -> absl::StatusOr<std::string> {
        // What may be written is decided from the descriptor; figures are then merged cell by cell
        // instead of replaced.
        SchoolReport scratch = *report;
        if (absl::Status applied =
                contract::ApplyUpdate(request.report(), request.update_mask(), &scratch);
            !applied.ok()) {
          return applied;
        }
        const Form form(window);
        const Covered covered = CoveredBy(request.update_mask());
        if (covered.figures) {
          const auto violations = CheckFigures(form, request.report().figures(), "report.figures");
          if (!violations.empty()) return contract::RefuseFields(violations);
          if (absl::Status changed = ChangeFigures(form, request.report().figures(), report);
              !changed.ok())
            return changed;
        }
        if (covered.note) report->set_note(request.report().note());
        BeginCorrection(report);
        return "";
      });
}

absl::StatusOr<SchoolReport> ReportService::SubmitReport(rpc::Mutation& mutation,
                                                         const v1::SubmitReportRequest& request) {
  return Transit(mutation, request.name(), request.etag(), ReportVerb::kSubmit,
                 [&](database::Transaction& transaction, const v1::Window& window,
                     SchoolReport* report) -> absl::StatusOr<std::string> {
                   if (absl::Status complete = CheckComplete(Form(window), *report); !complete.ok())
                     return complete;
                   if (absl::Status placed = PlaceInCluster(mutation.context(), window, report);
                       !placed.ok())
                     return placed;
                   if (absl::Status submitted = Submit(window, HandOf(mutation.context()), report);
                       !submitted.ok())
                     return submitted;
                   if (absl::Status kept = reports_.KeepRevision(transaction, *report); !kept.ok())
                     return kept;
                   return report->revision_reason();
                 });
}

absl::StatusOr<SchoolReport> ReportService::ReturnReport(rpc::Mutation& mutation,
                                                         const v1::ReturnReportRequest& request) {
  return Transit(mutation, request.name(), request.etag(), ReportVerb::kReturn,
                 [&](database::Transaction&, const v1::Window& window,
                     SchoolReport* report) -> absl::StatusOr<std::string> {
                   const Form form(window);
                   if (absl::Status cells = CheckCells(form, request.cells()); !cells.ok())
                     return cells;
                   Return(form, HandOf(mutation.context()), request.reason(), request.cells(),
                          report);
                   return request.reason();
                 });
}

absl::StatusOr<SchoolReport> ReportService::AcceptReport(rpc::Mutation& mutation,
                                                         const v1::AcceptReportRequest& request) {
  return Transit(
      mutation, request.name(), request.etag(), ReportVerb::kAccept,
      [&](database::Transaction& transaction, const v1::Window& window,
          SchoolReport* report) -> absl::StatusOr<std::string> {
        if (absl::Status two = CheckFourEyes(*report, mutation.context().caller()); !two.ok())
          return two;
        if (absl::Status placed = PlaceInCluster(mutation.context(), window, report); !placed.ok())
          return placed;
        const std::string reopen_reason = report->reopen_reason();
        Accept(HandOf(mutation.context()), report);
        if (absl::Status recorded = acceptances_.Record(transaction, mutation.act(), Form(window),
                                                        *report, reopen_reason);
            !recorded.ok()) {
          return recorded;
        }
        return "";
      });
}

absl::StatusOr<SchoolReport> ReportService::ReopenReport(rpc::Mutation& mutation,
                                                         const v1::ReopenReportRequest& request) {
  return Transit(mutation, request.name(), request.etag(), ReportVerb::kReopen,
                 [&](database::Transaction&, const v1::Window&,
                     SchoolReport* report) -> absl::StatusOr<std::string> {
                   Reopen(request.reason(), report);
                   return request.reason();
                 });
}

absl::StatusOr<v1::ListReportRevisionsResponse> ReportService::ListReportRevisions(
    rpc::CallContext& context, const v1::ListReportRevisionsRequest& request) {
  auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  const int64_t before =
      after->empty() ? std::numeric_limits<int32_t>::max() : std::get<int64_t>(after->front());
  const int size = contract::PageSize(request.page_size(), kDefaultRevisions, kMostRevisions);
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto revisions = reports_.ListRevisions(**connection, request.parent(), before, size + 1);
  if (!revisions.ok()) return revisions.status();
  v1::ListReportRevisionsResponse response;
  const bool more = revisions->size() > static_cast<size_t>(size);
  if (more) revisions->pop_back();
  if (more) {
    response.set_next_page_token(
        tokens_.Make(context.act().method, request, {int64_t{revisions->back().revision()}}));
  }
  for (v1::ReportRevision& revision : *revisions) *response.add_revisions() = std::move(revision);
  return response;
}

absl::StatusOr<v1::DiffReportRevisionsResponse> ReportService::DiffReportRevisions(
    rpc::CallContext& context, const v1::DiffReportRevisionsRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const auto before = reports_.GetRevision(**connection, request.name(), request.old_revision());
  if (!before.ok()) return before.status();
  const auto after = reports_.GetRevision(**connection, request.name(), request.new_revision());
  if (!after.ok()) return after.status();
  const auto window = windows_.Get(**connection, WindowOf(request.name()));
  if (!window.ok()) return window.status();
  v1::DiffReportRevisionsResponse response;
  for (v1::CellChange& change :
       Difference(Form(*window), before->snapshot().figures(), after->snapshot().figures())) {
    *response.add_changes() = std::move(change);
  }
  response.set_submitted_by(after->submitted_by());
  *response.mutable_submit_time() = after->submit_time();
  response.set_reason(after->snapshot().revision_reason());
  return response;
}

}  // namespace thidua::reporting
