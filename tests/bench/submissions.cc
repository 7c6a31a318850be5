#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
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
constexpr int kRounds = 9;
constexpr int kPasses = 3;  // of a round: each school's report so often
constexpr char kMethod[] = "/thidua.reporting.v1.ReportService/SubmitReport";
constexpr char kWindow[] = "windows/2024-h1";
constexpr char kReplayed[] = "windows/2024-replayed";

std::string Code(int figure) { return absl::StrCat("indicators/bench_figure_", figure / 10, "x", figure % 10); }

template <class Response, class Request>
absl::Status Do(Suite& suite, const char* method, const Request& request) {
  return suite.As(northern::kAcademy).Call<Response>(method, request).status();
}

absl::Status OpenWindow(Suite& suite) {
  reporting::v1::CreateWindowRequest open;
  open.set_window_id("2024-h1");
  auto& window = *open.mutable_window();
  window.set_title("Sáu tháng đầu năm 2024");
  window.set_kind(reporting::v1::WINDOW_KIND_H1);
  *window.mutable_period_start() = runtime::DayToProto(absl::CivilDay(2024, 1, 1));
  *window.mutable_period_end() = runtime::DayToProto(absl::CivilDay(2024, 6, 30));
  *window.mutable_cut_off_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
  *window.mutable_membership_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
  *window.mutable_due_time() = runtime::TimeToProto(absl::FromCivil(absl::CivilSecond(2024, 6, 25, 17, 0, 0), absl::UTCTimeZone()));
  window.add_clusters(northern::kCluster);
  for (int i = 0; i < kFigures; ++i) {
    reporting::v1::CreateIndicatorRequest create;
    create.set_indicator_id(Code(i).substr(Code(i).find('/') + 1));
    auto& indicator = *create.mutable_indicator();
    indicator.set_display_name(absl::StrCat("tổng số lớp đào tạo, bồi dưỡng, loại ", i));
    indicator.set_unit("lớp");
    indicator.set_kind(reporting::v1::INDICATOR_KIND_FLOW);
    indicator.set_aggregation(reporting::v1::INDICATOR_AGGREGATION_SUM);
    indicator.set_group("TRAINING");
    if (absl::Status created = Do<reporting::v1::Indicator>(suite, "thidua.reporting.v1.IndicatorService.CreateIndicator", create);
        !created.ok()) {
      return created;
    }
    window.add_indicators()->set_indicator(Code(i));
  }
  return Do<reporting::v1::Window>(suite, "thidua.reporting.v1.WindowService.CreateWindow", open);
}

absl::StatusOr<SchoolReport> Draft(Suite& suite, const std::string& school) {
  reporting::v1::CreateReportRequest request;
  request.set_parent(kWindow);
  request.mutable_report()->set_school("schools/" + school);
  for (int i = 0; i < kFigures; ++i) {
    auto& figure = *request.mutable_report()->add_figures();
    figure.set_indicator(Code(i));
    figure.set_state(reporting::v1::FIGURE_STATE_VALUE);
    figure.set_value(100 + i);
  }
  return suite.As(northern::kAcademy).Call<SchoolReport>("thidua.reporting.v1.ReportService.CreateReport", request);
}

absl::StatusOr<SchoolReport> GiveBackAndCorrect(Suite& suite, const SchoolReport& report) {
  reporting::v1::ReturnReportRequest request;
  request.set_name(report.name());
  request.set_etag(report.etag());
  request.set_reason("đề nghị rà soát lại số liệu");
  testing::Client& academy = suite.As(northern::kAcademy);
  const auto returned = academy.Call<SchoolReport>("thidua.reporting.v1.ReportService.ReturnReport", request);
  if (!returned.ok()) return returned;
  return northern::UpdateFigures(academy, *returned, {{Code(0).substr(Code(0).find('/') + 1), report.revision() + 1}});
}

// Submissions by the service: of a report that is submitted, given back and submitted again.
class Submitting {
 public:
  static absl::StatusOr<Submitting> Begin(Suite& suite) {
    Submitting submitting(suite);
    for (const auto& stated : northern::Reports()) {
      absl::StatusOr<SchoolReport> report = Draft(suite, stated.school);
      if (!report.ok()) return report.status();
      submitting.reports_.push_back(*std::move(report));
    }
    return submitting;
  }

  const std::vector<SchoolReport>& reports() const { return reports_; }

  // Makes the report a draft, unless it is one.
  absl::Status MakeDraft(size_t index) {
    SchoolReport& report = reports_[index];
    if (report.state() != reporting::v1::REPORT_STATE_SUBMITTED) return absl::OkStatus();
    absl::StatusOr<SchoolReport> draft = GiveBackAndCorrect(suite_, report);
    if (!draft.ok()) return draft.status();
    report = *std::move(draft);
    return absl::OkStatus();
  }

  // The seconds that the submission of this report took.
  absl::StatusOr<double> Submit(size_t index) {
    if (absl::Status draft = MakeDraft(index); !draft.ok()) return draft;
    SchoolReport& report = reports_[index];
    const absl::Time start = absl::Now();
    absl::StatusOr<SchoolReport> submitted = northern::SubmitReport(suite_.As(northern::kAcademy), report);
    const absl::Duration took = absl::Now() - start;
    if (!submitted.ok()) return submitted.status();
    report = *std::move(submitted);
    return absl::ToDoubleSeconds(took);
  }

 private:
  explicit Submitting(Suite& suite) : suite_(suite) {}
  Suite& suite_;
  std::vector<SchoolReport> reports_;
};

struct Statement {
  const char* sql;
  std::vector<database::Value> values;
  bool reads = false;
};

// The same statements with values like those that the service wrote, on rows of their own, by one client.
class Replaying {
 public:
  static absl::StatusOr<Replaying> Begin(Suite& suite, const SchoolReport& submitted) {
    database::Account account = suite.database().root();
    account.schema = suite.schema(Service::kReporting);
    Replaying replaying(account);
    if (absl::Status learned = replaying.Learn(submitted.name()); !learned.ok()) return learned;
    suite.database().Administer(absl::StrCat("INSERT INTO `", account.schema, "`.report SELECT REPLACE(name, '", kWindow, "', '", kReplayed,
                                             "'), 1, 0, snapshot, updated_by, updated_at, '2024-replayed', school_id, cluster_id, state FROM `",
                                             account.schema, "`.report"));
    return replaying;
  }

  // The seconds that one replay took, with the values already made.
  absl::StatusOr<double> Submit(const SchoolReport& like) {
    const std::string report = kReplayed + like.name().substr(std::string(kWindow).size());
    const std::vector<Statement> statements = Statements(report, ++versions_[report]);
    const absl::Time start = absl::Now();
    const absl::Status done =
        database::Transaction::RunUnledgered(*pool_, {start + absl::Seconds(30)}, [&](database::Transaction& transaction) {
          for (const Statement& statement : statements) {
            const absl::Status run = statement.reads ? transaction.Query(statement.sql, statement.values).status()
                                                     : transaction.Execute(statement.sql, statement.values).status();
            if (!run.ok()) return run;
          }
          return absl::OkStatus();
        });
    if (!done.ok()) return done;
    return absl::ToDoubleSeconds(absl::Now() - start);
  }

 private:
  explicit Replaying(const database::Account& account) : pool_(std::make_unique<database::Pool>(account, 1)) {}

  // What the service stored for this submission.
  absl::Status Learn(const std::string& report) {
    auto connection = pool_->Borrow({absl::Now() + absl::Seconds(30)});
    if (!connection.ok()) return connection.status();
    const auto events = (*connection)->Query(
        absl::StrCat("SELECT ", journal::kEventColumns, " FROM event e WHERE e.resource = ? AND e.change_kind = 'SUBMITTED' ORDER BY e.version DESC LIMIT 1"),
        {report});
    if (!events.ok()) return events.status();
    const auto revisions =
        (*connection)->Query("SELECT snapshot FROM report_revision WHERE report = ? ORDER BY revision DESC LIMIT 1", {report});
    if (!revisions.ok()) return revisions.status();
    if (events->empty() || revisions->empty()) return absl::NotFoundError("the submission left no event or no revision");
    event_ = journal::ReadEvent(events->front(), 0);
    revision_ = revisions->front().Text(0);
    const auto answers = (*connection)->Query("SELECT response FROM request_ledger WHERE request_id = ?", {event_.request_id()});
    if (!answers.ok()) return answers.status();
    if (answers->empty()) return absl::NotFoundError("the submission left no row in the request ledger");
    response_ = answers->front().Text(0);
    return absl::OkStatus();
  }

  // `version`: that the report has, and of which this submission makes the next.
  std::vector<Statement> Statements(const std::string& report, int64_t version) const {
    journal::v1::Event event = event_;
    event.set_name(journal::EventName(runtime::NewId()));
    event.set_resource(report);
    event.set_version(version + 1);
    event.set_request_id(runtime::NewUuid4());
    const std::string caller = document::Sha256(event.actor() + "|");
    const int64_t now = runtime::ToMicros(absl::Now());
    return {
        {"INSERT INTO request_ledger (caller, method, request_id, request_hash, recorded_at) VALUES (?, ?, ?, ?, ?)",
         {caller, std::string(kMethod), event.request_id(), document::Sha256(event.request_id()), now}},
        {"SELECT version, snapshot, updated_by, updated_at, name FROM report WHERE name = ?", {report}, true},
        {"SELECT version, snapshot, updated_by, updated_at, cut_off_order, name FROM reporting_window WHERE name = ?",
         {std::string(kWindow)},
         true},
        {"INSERT INTO report_revision (report, revision, snapshot, submitted_at) VALUES (?, ?, ?, ?)", {report, version, revision_, now}},
        {"UPDATE report SET version = version + 1, snapshot = ?, updated_by = ?, updated_at = ?, window_id = ?, school_id = ?, "
         "cluster_id = ?, state = ? WHERE name = ? AND version = ?",
         {event.snapshot(), event.actor(), now, std::string("2024-replayed"), report.substr(report.rfind('/') + 1), std::string("mnbg"),
          int64_t{reporting::v1::REPORT_STATE_SUBMITTED}, report, version}},
        {"INSERT INTO event (event_id, resource, resource_type, version, change_kind, snapshot, actor, acting_person, permission, method, "
         "request_id, trace_id, reason, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         journal::EventValues(event)},
        {"INSERT INTO event_pending (event_id, digest) VALUES (?, ?)", {std::string(journal::EventId(event)), journal::EventDigest(event)}},
        {"UPDATE request_ledger SET response = ? WHERE caller = ? AND method = ? AND request_id = ?",
         {response_, caller, std::string(kMethod), event.request_id()}}};
  }

  std::unique_ptr<database::Pool> pool_;
  journal::v1::Event event_;
  std::string revision_;
  std::string response_;
  std::map<std::string, int64_t> versions_;
};

// The statements of one submission as the server's general log has them, without their values.
absl::StatusOr<std::vector<std::string>> Logged(Suite& suite, const std::function<absl::Status()>& submit) {
  suite.database().Administer("SET GLOBAL log_output = 'TABLE'");
  suite.database().Administer("TRUNCATE mysql.general_log");
  suite.database().Administer("SET GLOBAL general_log = ON");
  const absl::Status submitted = submit();
  suite.database().Administer("SET GLOBAL general_log = OFF");
  if (!submitted.ok()) return submitted;
  database::Pool root(suite.database().root(), 1);
  auto connection = root.Borrow({absl::Now() + absl::Seconds(30)});
  if (!connection.ok()) return connection.status();
  const auto rows = (*connection)->Query(
      "SELECT LEFT(argument, 200) FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') AND argument NOT LIKE 'SET SESSION%' "
      "AND thread_id IN (SELECT thread_id FROM mysql.general_log WHERE argument LIKE 'INSERT INTO request_ledger%')");
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
absl::Status CheckSameStatements(Suite& suite, Submitting& submitting, Replaying& replaying) {
  if (absl::Status draft = submitting.MakeDraft(0); !draft.ok()) return draft;
  const auto ours = Logged(suite, [&] { return submitting.Submit(0).status(); });
  if (!ours.ok()) return ours.status();
  const auto replayed = Logged(suite, [&] { return replaying.Submit(submitting.reports().front()).status(); });
  if (!replayed.ok()) return replayed.status();
  if (*ours == *replayed) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("SubmitReport runs other statements than the bench replays:\n", absl::StrJoin(*ours, "\n"),
                                          "\nreplayed:\n", absl::StrJoin(*replayed, "\n")));
}

}  // namespace

absl::Status MeasureSubmissions(Suite& suite, Figures& figures) {
  if (absl::Status opened = OpenWindow(suite); !opened.ok()) return opened;
  auto submitting = Submitting::Begin(suite);
  if (!submitting.ok()) return submitting.status();
  if (const auto first = submitting->Submit(0); !first.ok()) return first.status();
  auto replaying = Replaying::Begin(suite, submitting->reports().front());
  if (!replaying.ok()) return replaying.status();
  if (absl::Status same = CheckSameStatements(suite, *submitting, *replaying); !same.ok()) return same;

  const auto round = [&](const std::function<absl::StatusOr<double>(size_t)>& submit) -> absl::StatusOr<double> {
    double seconds = 0;
    const size_t reports = submitting->reports().size();
    for (size_t i = 0; i < kPasses * reports; ++i) {
      const auto took = submit(i % reports);
      if (!took.ok()) return took;
      seconds += *took;
    }
    return static_cast<double>(kPasses * reports) / seconds;
  };
  const auto comparison = Alternate(
      kRounds, [&] { return round([&](size_t i) { return submitting->Submit(i); }); },
      [&] { return round([&](size_t i) { return replaying->Submit(submitting->reports()[i]); }); });
  if (!comparison.ok()) return comparison.status();
  figures.push_back({"SubmitReport, 60 figures, durable : the same statements replayed", comparison->ratio, Target::kAtLeast, 0.8, "",
                     Describe(*comparison, "ours", "replayed", "/s") + "; one caller each"});
  return absl::OkStatus();
}

}  // namespace thidua::bench
