#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "common/database/transaction.h"
#include "common/document/digest.h"
#include "common/journal/chain.h"
#include "common/journal/event_row.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "tests/bench/measurements.h"
#include "tests/support/northern_cluster.h"
#include "thidua/reporting/v1/indicator_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::bench {
namespace {

namespace northern = testing::northern;
using reporting::v1::SchoolReport;
using testing::Service;
using testing::Suite;

constexpr int kFigures = 60;
constexpr int kRounds = 15;
constexpr int kWindowsInRound = 3;  // each with a report of each of the cluster's eight schools
constexpr int kManyCallers = 8;
// Of either number of callers, with the round that warms up; the first is for looking at the
// statements.
constexpr int kWindows = 2 * (kRounds + 1) * kWindowsInRound + 1;
constexpr char kMethod[] = "/thidua.reporting.v1.ReportService/SubmitReport";
constexpr char kReplayed[] = "windows/replayed-";  // in place of "windows/"

std::string Code(int figure) {
  return absl::StrCat("indicators/bench_figure_", figure / 10, "x", figure % 10);
}

template <class Response, class Request>
absl::Status Do(Suite& suite, const char* method, const Request& request) {
  return suite.As(northern::kAcademy).Call<Response>(method, request).status();
}

absl::Status CreateIndicators(Suite& suite) {
  for (int i = 0; i < kFigures; ++i) {
    reporting::v1::CreateIndicatorRequest request;
    request.set_indicator_id(Code(i).substr(Code(i).find('/') + 1));
    auto& indicator = *request.mutable_indicator();
    indicator.set_display_name(absl::StrCat("tổng số lớp đào tạo, bồi dưỡng, loại ", i));
    indicator.set_unit("lớp");
    indicator.set_kind(reporting::v1::INDICATOR_KIND_FLOW);
    indicator.set_aggregation(reporting::v1::INDICATOR_AGGREGATION_SUM);
    indicator.set_group("TRAINING");
    if (absl::Status created = Do<reporting::v1::Indicator>(
            suite, "thidua.reporting.v1.IndicatorService.CreateIndicator", request);
        !created.ok()) {
      return created;
    }
  }
  return absl::OkStatus();
}

absl::Status OpenWindow(Suite& suite, const std::string& id) {
  reporting::v1::CreateWindowRequest open;
  open.set_window_id(id);
  auto& window = *open.mutable_window();
  window.set_title("Sáu tháng đầu năm 2024");
  window.set_kind(reporting::v1::WINDOW_KIND_H1);
  *window.mutable_period_start() = runtime::DayToProto(absl::CivilDay(2024, 1, 1));
  *window.mutable_period_end() = runtime::DayToProto(absl::CivilDay(2024, 6, 30));
  *window.mutable_cut_off_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
  *window.mutable_membership_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
  *window.mutable_due_time() = runtime::TimeToProto(
      absl::FromCivil(absl::CivilSecond(2024, 6, 25, 17, 0, 0), absl::UTCTimeZone()));
  window.add_clusters(northern::kCluster);
  for (int i = 0; i < kFigures; ++i) window.add_indicators()->set_indicator(Code(i));
  return Do<reporting::v1::Window>(suite, "thidua.reporting.v1.WindowService.CreateWindow", open);
}

absl::StatusOr<SchoolReport> Draft(Suite& suite, const std::string& window,
                                   const std::string& school) {
  reporting::v1::CreateReportRequest request;
  request.set_parent("windows/" + window);
  request.mutable_report()->set_school("schools/" + school);
  for (int i = 0; i < kFigures; ++i) {
    auto& figure = *request.mutable_report()->add_figures();
    figure.set_indicator(Code(i));
    figure.set_state(reporting::v1::FIGURE_STATE_VALUE);
    figure.set_value(100 + i);
  }
  return suite.As(northern::kAcademy)
      .Call<SchoolReport>("thidua.reporting.v1.ReportService.CreateReport", request);
}

absl::StatusOr<std::vector<SchoolReport>> Drafts(Suite& suite) {
  if (absl::Status created = CreateIndicators(suite); !created.ok()) return created;
  std::vector<SchoolReport> drafts;
  for (int i = 0; i < kWindows; ++i) {
    const std::string window = absl::StrCat("2024-h1-", i);
    if (absl::Status opened = OpenWindow(suite, window); !opened.ok()) return opened;
    for (const auto& stated : northern::Reports()) {
      absl::StatusOr<SchoolReport> draft = Draft(suite, window, stated.school);
      if (!draft.ok()) return draft.status();
      drafts.push_back(*std::move(draft));
    }
  }
  return drafts;
}

struct Statement {
  const char* sql;
  std::vector<database::Value> values;
  bool reads = false;
};

// The same statements with values like those that the service wrote, on rows of their own, by one
// client.
class Replaying {
 public:
  // Rows like those of the drafts, which are not submitted yet.
  static absl::StatusOr<Replaying> Begin(Suite& suite) {
    database::Account account = suite.database().root();
    account.schema = suite.schema(Service::kReporting);
    suite.database().Administer(absl::StrCat(
        "INSERT INTO `", account.schema, "`.report SELECT REPLACE(name, 'windows/', '", kReplayed,
        "'), version, touched, snapshot, updated_by, updated_at, CONCAT('replayed-', window_id), "
        "school_id, cluster_id, state FROM `",
        account.schema, "`.report"));
    return Replaying(account);
  }

  // Takes over what the service stored for this submission.
  absl::Status Learn(const std::string& report) {
    auto connection = pool_->Borrow({absl::Now() + absl::Seconds(30)});
    if (!connection.ok()) return connection.status();
    const auto events = (*connection)
                            ->Query(absl::StrCat("SELECT ", journal::kEventColumns,
                                                 " FROM event e WHERE e.resource = ? AND "
                                                 "e.change_kind = 'SUBMITTED' LIMIT 1"),
                                    {report});
    if (!events.ok()) return events.status();
    const auto revisions = (*connection)
                               ->Query(
                                   "SELECT snapshot FROM report_revision WHERE report = ? AND "
                                   "revision = 1",
                                   {report});
    if (!revisions.ok()) return revisions.status();
    if (events->empty() || revisions->empty())
      return absl::NotFoundError("the submission left no event or no revision");
    event_ = journal::ReadEvent(events->front(), 0);
    revision_ = revisions->front().Text(0);
    const auto answers = (*connection)
                             ->Query("SELECT response FROM request_ledger WHERE request_id = ?",
                                     {event_.request_id()});
    if (!answers.ok()) return answers.status();
    if (answers->empty())
      return absl::NotFoundError("the submission left no row in the request ledger");
    response_ = answers->front().Text(0);
    return absl::OkStatus();
  }

  // The same submission again, of the row like this draft. Thread-safe.
  absl::Status Submit(const SchoolReport& draft) const {
    const std::vector<Statement> statements = Statements(draft.name());
    return database::Transaction::RunUnledgered(
        *pool_, {absl::Now() + absl::Seconds(5)}, [&](database::Transaction& transaction) {
          for (const Statement& statement : statements) {
            const absl::Status run =
                statement.reads ? transaction.Query(statement.sql, statement.values).status()
                                : transaction.Execute(statement.sql, statement.values).status();
            if (!run.ok()) return run;
          }
          return absl::OkStatus();
        });
  }

  // Waits until the service has sealed all that was submitted either way, so that no round is
  // charged with the sealing of the one before.
  absl::Status AwaitSealed() const {
    auto connection = pool_->Borrow({absl::Now() + absl::Seconds(30)});
    if (!connection.ok()) return connection.status();
    while (true) {
      const auto rows = (*connection)->Query("SELECT COUNT(*) FROM event_pending");
      if (!rows.ok()) return rows.status();
      if (rows->front().Int(0) == 0) return absl::OkStatus();
      absl::SleepFor(absl::Milliseconds(2));
    }
  }

 private:
  explicit Replaying(const database::Account& account)
      : pool_(std::make_unique<database::Pool>(account, kManyCallers)) {}

  std::vector<Statement> Statements(const std::string& draft) const {
    const std::string report = kReplayed + draft.substr(std::string("windows/").size());
    const std::string window = draft.substr(0, draft.find("/reports/"));
    journal::v1::Event event = event_;
    event.set_name(journal::EventName(runtime::NewId()));
    event.set_resource(report);
    event.set_request_id(runtime::NewUuid4());
    const std::string caller = document::Sha256(event.actor() + "|");
    const int64_t now = runtime::ToMicros(absl::Now());
    return {{"INSERT INTO request_ledger (caller, method, request_id, request_hash, recorded_at) "
             "VALUES (?, ?, ?, ?, ?)",
             {caller, std::string(kMethod), event.request_id(),
              document::Sha256(event.request_id()), now}},
            {"SELECT version, snapshot FROM report WHERE name = ?", {report}, true},
            {"SELECT version, snapshot FROM reporting_window WHERE name = ?", {window}, true},
            {"INSERT INTO report_revision (report, revision, snapshot, submitted_at) VALUES (?, ?, "
             "?, ?)",
             {report, int64_t{1}, revision_, now}},
            {"UPDATE report SET version = version + 1, snapshot = ?, updated_by = ?, updated_at = "
             "?, window_id = ?, school_id = ?, "
             "cluster_id = ?, state = ? WHERE name = ? AND version = ?",
             {event.snapshot(), event.actor(), now,
              "replayed-" + window.substr(std::string("windows/").size()),
              report.substr(report.rfind('/') + 1), std::string("mnbg"),
              int64_t{reporting::v1::REPORT_STATE_SUBMITTED}, report, int64_t{1}}},
            {"INSERT INTO event (event_id, resource, resource_type, version, change_kind, "
             "snapshot, actor, acting_person, permission, method, "
             "request_id, trace_id, reason, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
             "?, ?, ?)",
             journal::EventValues(event)},
            {"INSERT INTO event_pending (event_id, digest) VALUES (?, ?)",
             {std::string(journal::EventId(event)), journal::EventDigest(event)}},
            {"UPDATE request_ledger SET response = ? WHERE caller = ? AND method = ? AND "
             "request_id = ?",
             {response_, caller, std::string(kMethod), event.request_id()}}};
  }

  std::unique_ptr<database::Pool> pool_;
  journal::v1::Event event_;
  std::string revision_;
  std::string response_;
};

// The statements of one submission as the server's general log has them, without their values.
absl::StatusOr<std::vector<std::string>> Logged(Suite& suite,
                                                const std::function<absl::Status()>& submit) {
  suite.database().Administer("SET GLOBAL log_output = 'TABLE'");
  suite.database().Administer("TRUNCATE mysql.general_log");
  suite.database().Administer("SET GLOBAL general_log = ON");
  const absl::Status submitted = submit();
  suite.database().Administer("SET GLOBAL general_log = OFF");
  if (!submitted.ok()) return submitted;
  database::Pool root(suite.database().root(), 1);
  auto connection = root.Borrow({absl::Now() + absl::Seconds(30)});
  if (!connection.ok()) return connection.status();
  const auto rows = (*connection)
                        ->Query(
                            "SELECT LEFT(argument, 200) FROM mysql.general_log WHERE command_type "
                            "IN ('Query', 'Execute') AND argument NOT LIKE 'SET SESSION%' "
                            "AND thread_id IN (SELECT thread_id FROM mysql.general_log WHERE "
                            "argument LIKE 'INSERT INTO request_ledger%')");
  if (!rows.ok()) return rows.status();
  std::vector<std::string> statements;
  bool ledgered = false;
  for (const database::Row& row : *rows) {
    std::string text = row.Text(0);
    if (text == "START TRANSACTION" && !ledgered) statements.clear();
    text.resize(std::min({text.size(), text.find(" VALUES"), text.find(" = ")}));
    ledgered = ledgered || absl::StrContains(text, "INTO request_ledger");
    statements.push_back(text);
    if (text == "COMMIT" && ledgered) return statements;
  }
  return absl::NotFoundError("the general log does not show the submission");
}

// A replay of anything but what the service does would prove nothing.
absl::Status CheckSameStatements(Suite& suite, const SchoolReport& draft, Replaying& replaying) {
  const auto ours = Logged(
      suite, [&] { return northern::SubmitReport(suite.As(northern::kAcademy), draft).status(); });
  if (!ours.ok()) return ours.status();
  if (absl::Status learned = replaying.Learn(draft.name()); !learned.ok()) return learned;
  const auto replayed = Logged(suite, [&] { return replaying.Submit(draft); });
  if (!replayed.ok()) return replayed.status();
  if (*ours == *replayed) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("SubmitReport runs other statements than the bench replays:\n",
                   absl::StrJoin(*ours, "\n"), "\nreplayed:\n", absl::StrJoin(*replayed, "\n")));
}

using Submit = std::function<absl::Status(const SchoolReport& draft)>;

// Submits the drafts by so many callers, each one after another; how many a second.
absl::StatusOr<double> SubmitAll(absl::Span<const SchoolReport> drafts, int callers,
                                 const Submit& submit) {
  std::atomic<size_t> next{0};
  std::vector<absl::Status> ends(static_cast<size_t>(callers));
  const absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (absl::Status& end : ends) {
    threads.emplace_back([&] {
      for (size_t i = next++; i < drafts.size() && end.ok(); i = next++) end = submit(drafts[i]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  for (const absl::Status& end : ends) {
    if (!end.ok()) return end;
  }
  return static_cast<double>(drafts.size()) / seconds;
}

// Takes the drafts of the rounds from `drafts`.
absl::Status Compare(absl::Span<const SchoolReport> drafts, int callers, const Submit& submit,
                     const Replaying& replaying, Figures& figures) {
  const size_t in_round = kWindowsInRound * northern::Reports().size();
  const Submit replay = [&](const SchoolReport& draft) { return replaying.Submit(draft); };
  const auto rounds = [&](const Submit& way) {
    return
        [&replaying, &way, callers, in_round, rest = drafts]() mutable -> absl::StatusOr<double> {
          if (absl::Status sealed = replaying.AwaitSealed(); !sealed.ok()) return sealed;
          const auto round = rest.first(in_round);
          rest.remove_prefix(in_round);
          return SubmitAll(round, callers, way);
        };
  };
  const auto comparison = Alternate(kRounds, rounds(submit), rounds(replay));
  if (!comparison.ok()) return comparison.status();
  figures.push_back(
      {absl::StrCat("SubmitReport, 60 figures, ", callers, callers == 1 ? " caller" : " callers",
                    " : the same SQL replayed by as many"),
       comparison->ratio, Target::kAtLeast, 0.8, "",
       Describe(*comparison, "ours", "replayed", "/s")});
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureSubmissions(Suite& suite, Figures& figures) {
  const auto drafts = Drafts(suite);
  if (!drafts.ok()) return drafts.status();
  auto replaying = Replaying::Begin(suite);
  if (!replaying.ok()) return replaying.status();
  if (absl::Status same = CheckSameStatements(suite, drafts->front(), *replaying); !same.ok())
    return same;

  testing::Client& academy = suite.As(northern::kAcademy);
  const Submit submit = [&](const SchoolReport& draft) {
    return northern::SubmitReport(academy, draft).status();
  };
  const auto unused = absl::MakeConstSpan(*drafts).subspan(northern::Reports().size());
  const size_t half = unused.size() / 2;
  if (absl::Status one = Compare(unused.first(half), 1, submit, *replaying, figures); !one.ok())
    return one;
  return Compare(unused.subspan(half), kManyCallers, submit, *replaying, figures);
}

}  // namespace thidua::bench
