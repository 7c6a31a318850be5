#include "services/reporting/reports/report_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"

namespace thidua::reporting {
namespace {

using v1::ReportRevision;
using v1::SchoolReport;

constexpr char kKeepRevision[] =
    "INSERT INTO report_revision (report, revision, snapshot, submitted_at) VALUES (?, ?, ?, ?)";
constexpr char kOneRevision[] =
    "SELECT snapshot FROM report_revision WHERE report = ? AND revision = ?";
constexpr char kRevisions[] =
    "SELECT snapshot FROM report_revision WHERE report = ? AND revision < ? ORDER BY revision DESC "
    "LIMIT ?";
constexpr char kSchools[] =
    "SELECT school_id FROM report WHERE window_id = ? ORDER BY school_id LIMIT 20000";

std::string IdAfter(std::string_view name, std::string_view collection) {
  return contract::SegmentAfter(name, collection).value_or("");
}

std::vector<database::Value> Columns(const SchoolReport& report) {
  return {IdAfter(report.name(), "windows"), IdAfter(report.school(), "schools"),
          IdAfter(report.cluster(), "clusters"), int64_t{report.state()}};
}

// "column IN (?,?)", or FALSE for none.
void AppendIn(const char* column, const std::vector<std::string>& values, resource::Where& where) {
  if (values.empty()) {
    where.sql += "1 = 0";
    return;
  }
  absl::StrAppend(&where.sql, column, " IN (?");
  for (size_t i = 1; i < values.size(); ++i) where.sql += ",?";
  where.sql += ")";
  where.parameters.insert(where.parameters.end(), values.begin(), values.end());
}

void AppendSight(const Sight& sight, resource::Where& where) {
  if (sight.everything) return;
  where.sql += " AND (";
  AppendIn("school_id", sight.schools, where);
  where.sql += " OR (";
  AppendIn("cluster_id", sight.clusters, where);
  where.sql += " AND state <> ?))";
  where.parameters.emplace_back(int64_t{v1::REPORT_STATE_DRAFT});
}

absl::StatusOr<ReportRevision> ReadRevision(std::string_view report, const std::string& snapshot) {
  ReportRevision revision;
  SchoolReport& content = *revision.mutable_snapshot();
  if (!content.ParseFromString(snapshot)) {
    return absl::DataLossError(
        absl::StrCat("a revision of ", std::string(report), " cannot be read"));
  }
  revision.set_name(absl::StrCat(std::string(report), "/revisions/", content.revision()));
  revision.set_revision(content.revision());
  revision.set_sha256(content.sha256());
  revision.set_submitted_by(content.submitted_by());
  *revision.mutable_submit_time() = content.submit_time();
  return revision;
}

}  // namespace

ReportStore::ReportStore()
    : reports_("report", {"window_id", "school_id", "cluster_id", "state"}, Columns) {}

absl::StatusOr<SchoolReport> ReportStore::Get(database::Connection& connection,
                                              std::string_view name) const {
  return reports_.Get(connection, name);
}

absl::StatusOr<SchoolReport> ReportStore::GetAt(database::Transaction& transaction,
                                                std::string_view name,
                                                std::string_view etag) const {
  return reports_.GetAt(transaction, name, etag);
}

absl::StatusOr<resource::Table<SchoolReport>::Page> ReportStore::List(
    database::Connection& connection, std::string_view window, const Sight& sight,
    std::string_view cluster, v1::ReportState state, const contract::Parameters& after,
    int limit) const {
  resource::Where where{"window_id = ?", {std::string(window)}};
  AppendSight(sight, where);
  if (!cluster.empty()) {
    where.sql += " AND cluster_id = ?";
    where.parameters.emplace_back(std::string(cluster));
  }
  if (state != v1::REPORT_STATE_UNSPECIFIED) {
    where.sql += " AND state = ?";
    where.parameters.emplace_back(int64_t{state});
  }
  return reports_.List(connection, where, after, limit);
}

absl::StatusOr<std::vector<std::string>> ReportStore::SchoolsIn(database::Connection& connection,
                                                                std::string_view window) const {
  const absl::StatusOr<database::Rows> rows = connection.Query(kSchools, {std::string(window)});
  if (!rows.ok()) return rows.status();
  std::vector<std::string> schools;
  for (const database::Row& row : *rows) schools.push_back(row.Text(0));
  return schools;
}

absl::StatusOr<SchoolReport> ReportStore::Create(database::Transaction& transaction,
                                                 const journal::Act& act,
                                                 SchoolReport report) const {
  return reports_.Create(transaction, act, std::move(report), {"CREATED", ""});
}

absl::StatusOr<SchoolReport> ReportStore::Update(database::Transaction& transaction,
                                                 const journal::Act& act, SchoolReport report,
                                                 std::string_view etag,
                                                 const resource::Why& why) const {
  return reports_.Update(transaction, act, std::move(report), etag, why);
}

absl::Status ReportStore::KeepRevision(database::Transaction& transaction,
                                       const SchoolReport& report) const {
  SchoolReport snapshot = report;
  snapshot.clear_etag();
  return transaction
      .Execute(kKeepRevision, {report.name(), int64_t{report.revision()},
                               snapshot.SerializeAsString(), runtime::ToMicros(transaction.now())})
      .status();
}

absl::StatusOr<ReportRevision> ReportStore::GetRevision(database::Connection& connection,
                                                        std::string_view report,
                                                        int revision) const {
  const auto rows = connection.Query(kOneRevision, {std::string(report), int64_t{revision}});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) {
    return contract::Refuse(
        contract::Reason::REASON_NOT_FOUND,
        {{"resource", absl::StrCat(std::string(report), "/revisions/", revision)}});
  }
  return ReadRevision(report, rows->front().Text(0));
}

absl::StatusOr<std::vector<ReportRevision>> ReportStore::ListRevisions(
    database::Connection& connection, std::string_view report, int64_t before, int limit) const {
  const auto rows = connection.Query(kRevisions, {std::string(report), before, int64_t{limit}});
  if (!rows.ok()) return rows.status();
  std::vector<ReportRevision> revisions;
  for (const database::Row& row : *rows) {
    absl::StatusOr<ReportRevision> revision = ReadRevision(report, row.Text(0));
    if (!revision.ok()) return revision.status();
    revisions.push_back(*std::move(revision));
  }
  return revisions;
}

}  // namespace thidua::reporting
