// The cluster mnbg (miền núi, biên giới phía Bắc) and its first half of 2024, as its schools stated
// it (Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh, site, 25-6-2024), put into a running
// suite through its contracts, and each step of the way to a ranking.
//
//   Suite suite;
//   northern::Load(suite);               // registry, catalogue and window; nothing reported yet
//   northern::AcceptAll(suite);          // all eight reports, by their own schools and the heads
//   northern::Publish(suite);            // consolidated, declared, explained, published
//
// Steps that are only preparation abort when they fail. The single steps answer as the service
// does.
#ifndef THIDUA_TESTS_SUPPORT_NORTHERN_CLUSTER_H_
#define THIDUA_TESTS_SUPPORT_NORTHERN_CLUSTER_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/support/suite.h"
#include "thidua/awards/v1/scoring_service.pb.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"

namespace thidua::testing::northern {

inline constexpr char kCluster[] = "clusters/mnbg";
inline constexpr char kWindow[] = "windows/2024-h1";
inline constexpr char kConsolidation[] = "windows/2024-h1/consolidations/mnbg";
inline constexpr char kScheme[] = "scoringSchemes/mau-2024";
// Heads the cluster in 2024, and the one that stands in: each accepts the other's report.
inline constexpr char kHead[] = "school/quang-ninh";
inline constexpr char kStandingDeputy[] = "school/ha-giang";
// A deputy has no rights of a head.
inline constexpr char kDeputy[] = "school/lang-son";
// A member of another cluster (tdmn).
inline constexpr char kOutsider[] = "school/thai-nguyen";
inline constexpr char kAcademy[] = "academy/office";

// What one school stated, by indicator code; what it did not state is not in it.
struct SchoolFigures {
  std::string school;  // "quang-ninh"
  std::map<std::string, int64_t> figures;
};
// The eight schools, in order of identifier.
const std::vector<SchoolFigures>& Reports();
// The twelve indicators that schools state; classes_total and learners_total are mandatory.
const std::vector<std::string>& Indicators();
std::string ReportName(const std::string& school);

// --- preparation ---
// Schools, the clusters mnbg and tdmn, memberships and the recognised terms of 2024; waits until
// every service knows them. Needs only the registry when nothing else runs.
void LoadRegistry(Suite& suite);
// Indicators and the window.
void LoadWindow(Suite& suite);
// Both.
void Load(Suite& suite);
// Creates, submits and accepts all reports.
void AcceptAll(Suite& suite);
// Consolidates, declares 238 classes and 12,378 learners, explains both discrepancies.
reporting::v1::Consolidation ConsolidateAndExplain(Suite& suite);
// That, published.
reporting::v1::Publication Publish(Suite& suite);
// A sample scheme over classes, learners and topics, published; waits until the awards service
// knows the publications made so far.
void LoadScheme(Suite& suite);

// --- single steps ---
reporting::v1::CreateReportRequest DraftOf(const SchoolFigures& stated);
absl::StatusOr<reporting::v1::SchoolReport> CreateReport(Client& client,
                                                         const SchoolFigures& stated);
absl::StatusOr<reporting::v1::SchoolReport> GetReport(Client& client, const std::string& name);
absl::StatusOr<reporting::v1::SchoolReport> SubmitReport(Client& client,
                                                         const reporting::v1::SchoolReport& report);
absl::StatusOr<reporting::v1::SchoolReport> AcceptReport(Client& client,
                                                         const reporting::v1::SchoolReport& report);
absl::StatusOr<reporting::v1::SchoolReport> ReopenReport(Client& client,
                                                         const reporting::v1::SchoolReport& report,
                                                         const std::string& reason);
// Replaces the given figures of a draft.
absl::StatusOr<reporting::v1::SchoolReport> UpdateFigures(
    Client& client, const reporting::v1::SchoolReport& report,
    const std::map<std::string, int64_t>& figures);
absl::StatusOr<reporting::v1::Consolidation> Consolidate(Client& client);
absl::StatusOr<reporting::v1::Consolidation> DeclareTotals(
    Client& client, const reporting::v1::Consolidation& consolidation,
    const std::map<std::string, int64_t>& totals);
absl::StatusOr<reporting::v1::Consolidation> Explain(
    Client& client, const reporting::v1::Consolidation& consolidation, const std::string& indicator,
    const std::string& explanation);
absl::StatusOr<reporting::v1::Publication> PublishConsolidation(
    Client& client, const reporting::v1::Consolidation& consolidation);
absl::StatusOr<reporting::v1::Publication> GetPublication(Client& client, const std::string& name);
absl::StatusOr<awards::v1::Ranking> ComputeRanking(Client& client);

// The cell of an indicator; aborts when there is none.
const reporting::v1::ConsolidatedCell& CellOf(const reporting::v1::Consolidation& consolidation,
                                              const std::string& indicator);

// The value of a preparation, or the end of the test.
template <class T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "a step of the preparation failed: %s\n",
                 value.status().ToString().c_str());
    std::abort();
  }
  return *std::move(value);
}

}  // namespace thidua::testing::northern

#endif  // THIDUA_TESTS_SUPPORT_NORTHERN_CLUSTER_H_
