#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/database/transaction.h"
#include "services/reporting/consolidation/acceptance_store.h"
#include "services/reporting/consolidation/consolidation_rules.h"
#include "services/reporting/windows/figure_rules.h"
#include "tests/bench/measurements.h"
#include "tests/support/report_facts.h"

namespace thidua::bench {
namespace {

using reporting::AcceptedReport;
using reporting::CellSum;
using testing::Service;
using testing::Suite;

constexpr int kSchools = 10'000;
constexpr int kIndicators = 60;
constexpr int kRounds = 9;
constexpr char kWindow[] = "2024-h1";

// Each school says what this text of SQL says too (kFigureRows): one in seven nothing, one in
// eleven "not applicable", one in five zero.
reporting::v1::Figure Stated(int school, int indicator) {
  const int mixed = school * 31 + indicator * 17;
  const std::string code = absl::StrCat("indicator-", indicator);
  if (mixed % 7 == 0) return testing::NotReported(code);
  if (mixed % 11 == 0) return testing::NotApplicable(code);
  if (mixed % 5 == 0) return testing::Zero(code);
  return testing::Count(code, mixed % 997 + 1);
}

constexpr char kFigureTable[] =
    "CREATE TABLE bench.figure (window_id VARBINARY(63) NOT NULL, school_id VARBINARY(63) NOT "
    "NULL, indicator INT NOT NULL, "
    "state TINYINT NOT NULL, qualifier TINYINT NOT NULL, value BIGINT NOT NULL, PRIMARY KEY "
    "(window_id, indicator, school_id)) "
    "ENGINE=InnoDB";

// A figure in a row; the key is in the order that grouping by indicator wants.
std::string FigureRows() {
  const std::string mixed = "(s.seq * 31 + i.seq * 17)";
  const std::string state = absl::StrFormat(
      "CASE WHEN %s %% 7 = 0 THEN %d WHEN %s %% 11 = 0 THEN %d WHEN %s %% 5 = 0 THEN %d ELSE %d "
      "END",
      mixed, reporting::v1::FIGURE_STATE_NOT_REPORTED, mixed,
      reporting::v1::FIGURE_STATE_NOT_APPLICABLE, mixed, reporting::v1::FIGURE_STATE_ZERO,
      reporting::v1::FIGURE_STATE_VALUE);
  return absl::StrFormat(
      "INSERT INTO bench.figure SELECT '%s', CONCAT('school-', LPAD(s.seq, 5, '0')), i.seq, %s, "
      "%d, IF(%s = %d, %s %% 997 + 1, 0) "
      "FROM bench.seq_1_to_%d i, bench.seq_1_to_%d s",
      kWindow, state, reporting::v1::QUALIFIER_EXACT, state, reporting::v1::FIGURE_STATE_VALUE,
      mixed, kIndicators, kSchools);
}

// What SumCells says of each cell: who stated it, to whom it does not apply, how exact it is, and
// the sum.
std::string GroupBy() {
  return absl::StrFormat(
      "SELECT indicator, SUM(state IN (%d, %d)), SUM(state = %d), MAX(qualifier), SUM(value) FROM "
      "bench.figure WHERE window_id = ? "
      "GROUP BY indicator ORDER BY indicator",
      reporting::v1::FIGURE_STATE_VALUE, reporting::v1::FIGURE_STATE_ZERO,
      reporting::v1::FIGURE_STATE_NOT_APPLICABLE);
}

std::string SchoolId(int school) { return absl::StrFormat("school-%05d", school); }

reporting::v1::Window TheWindow() {
  std::vector<reporting::v1::Indicator> indicators;
  for (int i = 1; i <= kIndicators; ++i)
    indicators.push_back(testing::Flow(absl::StrCat("indicator-", i), i));
  return testing::HalfYear(indicators);
}

absl::Status AcceptReports(database::Pool& pool, const reporting::Form& form) {
  constexpr int kBatch = 500;
  for (int first = 1; first <= kSchools; first += kBatch) {
    std::string sql =
        "INSERT INTO accepted_report (window_id, school_id, revision, sha256, figures, "
        "accepted_by, accepted_at) VALUES ";
    std::vector<database::Value> values;
    for (int school = first; school < first + kBatch; ++school) {
      std::vector<reporting::v1::Figure> figures;
      for (int indicator = 1; indicator <= kIndicators; ++indicator)
        figures.push_back(Stated(school, indicator));
      absl::StrAppend(&sql, school == first ? "" : ", ", "(?, ?, 1, ?, ?, ?, 0)");
      values.insert(values.end(), {std::string(kWindow), SchoolId(school), std::string(32, 'x'),
                                   reporting::Pack(form, testing::Figures(figures)),
                                   std::string("spiffe://thidua.local/school/head")});
    }
    const absl::Status stored = database::Transaction::RunUnledgered(
        pool, {absl::Now() + absl::Minutes(1)}, [&](database::Transaction& transaction) {
          return transaction.Execute(sql, values).status();
        });
    if (!stored.ok()) return stored;
  }
  return absl::OkStatus();
}

absl::Status CheckSame(const std::vector<CellSum>& sums, const database::Rows& rows) {
  if (sums.size() != rows.size())
    return absl::InternalError("the two consolidations have not the same cells");
  for (size_t i = 0; i < sums.size(); ++i) {
    if (sums[i].reported != rows[i].Int(1) || sums[i].not_applicable != rows[i].Int(2) ||
        sums[i].value != rows[i].Int(4)) {
      return absl::InternalError(absl::StrCat("the two consolidations differ in cell ", i));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureConsolidation(Suite& suite, Figures& figures) {
  suite.database().Administer("CREATE DATABASE IF NOT EXISTS bench");
  suite.database().Administer(kFigureTable);
  suite.database().Administer(FigureRows());
  database::Account account = suite.database().root();
  account.schema = suite.schema(Service::kReporting);
  database::Pool pool(account, 1, absl::Minutes(2));
  const reporting::v1::Window window = TheWindow();
  const reporting::Form form(window);
  if (absl::Status accepted = AcceptReports(pool, form); !accepted.ok()) return accepted;
  std::vector<std::string> schools;
  for (int school = 1; school <= kSchools; ++school) schools.push_back(SchoolId(school));

  auto connection = pool.Borrow({});
  if (!connection.ok()) return connection.status();
  if (const auto analyzed = (*connection)->Query("ANALYZE TABLE bench.figure"); !analyzed.ok())
    return analyzed.status();
  const reporting::AcceptanceStore store;
  std::vector<CellSum> sums;
  database::Rows rows;
  const auto timed = [](const auto& work) -> absl::StatusOr<double> {
    const absl::Time start = absl::Now();
    if (absl::Status done = work(); !done.ok()) return done;
    return 1 / absl::ToDoubleSeconds(absl::Now() - start);
  };
  const auto ours = [&]() -> absl::Status {
    const auto reports = store.Read(**connection, kWindow, schools);
    if (!reports.ok()) return reports.status();
    auto summed = reporting::SumCells(form, *reports);
    if (!summed.ok()) return summed.status();
    sums = *std::move(summed);
    return absl::OkStatus();
  };
  const auto select = [&]() -> absl::Status {
    auto grouped = (*connection)->Query(GroupBy(), {std::string(kWindow)});
    if (!grouped.ok()) return grouped.status();
    rows = *std::move(grouped);
    return absl::OkStatus();
  };
  const auto comparison = Alternate(
      kRounds, [&] { return timed(ours); }, [&] { return timed(select); });
  if (!comparison.ok()) return comparison.status();
  if (absl::Status same = CheckSame(sums, rows); !same.ok()) return same;
  figures.push_back(
      {"consolidate 10,000 reports x 60 : SELECT ... GROUP BY", comparison->ratio, Target::kAtLeast,
       5, "",
       absl::StrFormat("ours %.0f ms, GROUP BY %.0f ms; rounds %.2f–%.2f", 1000 / comparison->ours,
                       1000 / comparison->reference, comparison->lowest, comparison->highest)});
  return absl::OkStatus();
}

}  // namespace thidua::bench
