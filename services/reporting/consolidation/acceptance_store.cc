#include "services/reporting/consolidation/acceptance_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/reporting/consolidation/publication_rules.h"

namespace thidua::reporting {
namespace {

using v1::SchoolReport;

constexpr char kPass[] =
    "INSERT INTO consolidation_gate (window_id, cluster_id, passes) VALUES (?, ?, 1) "
    "ON DUPLICATE KEY UPDATE passes = passes + 1";
constexpr char kPut[] =
    "INSERT INTO accepted_report (window_id, school_id, revision, sha256, figures, accepted_by, "
    "accepted_at) "
    "VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE revision = VALUES(revision), sha256 = "
    "VALUES(sha256), "
    "figures = VALUES(figures), accepted_by = VALUES(accepted_by), accepted_at = "
    "VALUES(accepted_at)";
constexpr char kSelect[] =
    "SELECT school_id, revision, sha256, figures, accepted_by, accepted_at FROM accepted_report "
    "WHERE window_id = ?";

// A list of more schools than this is read as the whole window and picked from: a cluster of that
// size is most of it.
constexpr size_t kMostNamed = 200;
constexpr int64_t kChunk = 5000;

AcceptedReport ReadRow(const database::Row& row) {
  return {row.Text(0), static_cast<int32_t>(row.Int(1)), row.Text(2), row.Text(3),
          row.Text(4), runtime::FromMicros(row.Int(5))};
}

absl::StatusOr<std::vector<AcceptedReport>> ReadNamed(database::Connection& connection,
                                                      std::string_view window,
                                                      const std::vector<std::string>& schools) {
  std::string sql = absl::StrCat(kSelect, " AND school_id IN (?");
  std::vector<database::Value> parameters = {std::string(window), schools.front()};
  for (size_t i = 1; i < schools.size(); ++i) {
    sql += ",?";
    parameters.emplace_back(schools[i]);
  }
  sql += ") ORDER BY school_id";
  const auto rows = connection.Query(sql, parameters);
  if (!rows.ok()) return rows.status();
  std::vector<AcceptedReport> reports;
  for (const database::Row& row : *rows) reports.push_back(ReadRow(row));
  return reports;
}

absl::StatusOr<std::vector<AcceptedReport>> ReadWindow(database::Connection& connection,
                                                       std::string_view window,
                                                       std::vector<std::string> schools) {
  std::sort(schools.begin(), schools.end());
  const std::string sql = absl::StrCat(kSelect, " AND school_id > ? ORDER BY school_id LIMIT ?");
  std::vector<AcceptedReport> reports;
  reports.reserve(schools.size());
  std::string after;
  while (true) {
    const auto rows = connection.Query(sql, {std::string(window), after, kChunk});
    if (!rows.ok()) return rows.status();
    for (const database::Row& row : *rows) {
      if (std::binary_search(schools.begin(), schools.end(), row.Text(0)))
        reports.push_back(ReadRow(row));
    }
    if (rows->size() < static_cast<size_t>(kChunk)) return reports;
    after = rows->back().Text(0);
  }
}

AcceptedReport InForce(const Form& form, const SchoolReport& report) {
  return {contract::SegmentAfter(report.school(), "schools").value_or(""),
          report.accepted_revision(),
          report.sha256(),
          Pack(form, report.figures()),
          report.accepted_by(),
          absl::FromUnixSeconds(report.accept_time().seconds()) +
              absl::Nanoseconds(report.accept_time().nanos())};
}

}  // namespace

absl::Status AcceptanceStore::Record(database::Transaction& transaction, const journal::Act& act,
                                     const Form& form, const SchoolReport& report,
                                     const std::string& reopen_reason) const {
  const std::string window = contract::SegmentAfter(report.name(), "windows").value_or("");
  const std::string cluster = contract::SegmentAfter(report.cluster(), "clusters").value_or("");
  if (absl::Status passed = Pass(transaction, window, cluster); !passed.ok()) return passed;
  const AcceptedReport now = InForce(form, report);
  const auto before = Find(transaction.connection(), window, now.school);
  if (!before.ok()) return before.status();
  if (absl::Status put = Put(transaction, window, now); !put.ok()) return put;
  auto publication = publications_.Newest(transaction.connection(), window, cluster);
  if (!publication.ok()) return publication.status();
  if (!publication->has_value()) return absl::OkStatus();

  google::protobuf::RepeatedPtrField<v1::Figure> old_figures;
  if (before->has_value()) {
    const auto unpacked = Unpack(form, (*before)->figures);
    if (!unpacked.ok()) return unpacked.status();
    old_figures.Assign(unpacked->begin(), unpacked->end());
  }
  const auto cells = ChangedCells(form, old_figures, before->has_value() ? (*before)->revision : 0,
                                  report, reopen_reason);
  if (cells.empty()) return absl::OkStatus();
  Supersede(cells, "", runtime::TimeToProto(transaction.now()), &**publication);
  return publications_.Supersede(transaction, act, **std::move(publication), reopen_reason);
}

absl::StatusOr<std::vector<AcceptedReport>> AcceptanceStore::Read(
    database::Connection& connection, std::string_view window,
    const std::vector<std::string>& schools) const {
  if (schools.empty()) return std::vector<AcceptedReport>();
  return schools.size() <= kMostNamed ? ReadNamed(connection, window, schools)
                                      : ReadWindow(connection, window, schools);
}

absl::Status AcceptanceStore::Pass(database::Transaction& transaction, std::string_view window,
                                   std::string_view cluster) const {
  return transaction.Execute(kPass, {std::string(window), std::string(cluster)}).status();
}

absl::StatusOr<std::optional<AcceptedReport>> AcceptanceStore::Find(
    database::Connection& connection, std::string_view window, std::string_view school) const {
  auto reports = ReadNamed(connection, window, {std::string(school)});
  if (!reports.ok()) return reports.status();
  if (reports->empty()) return std::nullopt;
  return std::move(reports->front());
}

absl::Status AcceptanceStore::Put(database::Transaction& transaction, std::string_view window,
                                  const AcceptedReport& report) const {
  return transaction
      .Execute(kPut, {std::string(window), report.school, int64_t{report.revision}, report.sha256,
                      report.figures, report.accepted_by, runtime::ToMicros(report.accept_time)})
      .status();
}

}  // namespace thidua::reporting
