// `thidua report`: what schools state, and its way from draft to acceptance.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/document/digest.h"
#include "common/runtime/ids.h"
#include "common/text/number.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/csv_file.h"
#include "services/cli/figure_reading.h"
#include "services/cli/figures_text.h"
#include "services/cli/file_content.h"
#include "services/cli/published_document.h"
#include "services/cli/registry_text.h"
#include "services/cli/report_drafting.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/reporting/v1/report_service.pb.h"

namespace thidua::cli {
namespace {

using namespace reporting::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.reporting.v1.ReportService." + name; }

// The operands WINDOW and SCHOOL.
std::string NameAskedFor(const Session& session) {
  return ReportName(session.arguments().words()[0], session.arguments().words()[1]);
}

absl::StatusOr<SchoolReport> GetReport(Session& session, const std::string& name,
                                       const std::string& identity = "") {
  GetReportRequest request;
  request.set_name(name);
  return session.Call<SchoolReport>(Method("GetReport"), request, identity);
}

void PrintHead(const Session& session, const SchoolReport& report) {
  std::cout << report.name() << "\n"
            << session.Say("  state      ", "  trạng thái  ")
            << ReportStateText(report.state(), session.vietnamese()) << ", "
            << session.Say("revision ", "bản số ") << report.revision();
  if (report.accepted_revision() > 0)
    std::cout << session.Say("; in force: ", "; đang có hiệu lực: bản ")
              << report.accepted_revision();
  if (report.late()) std::cout << session.Say("; late", "; nộp muộn");
  std::cout << "\n";
  const auto act = [&](std::string_view english, std::string_view vietnamese,
                       const std::string& who, const auto& when) {
    if (!who.empty())
      std::cout << "  " << session.Say(english, vietnamese) << "  " << WhoText(who) << "  "
                << InstantText(when) << "\n";
  };
  act("submitted", "nộp       ", report.submitted_by(), report.submit_time());
  act("accepted ", "tiếp nhận ", report.accepted_by(), report.accept_time());
  if (!report.return_reason().empty()) {
    std::cout << session.Say("  returned   ", "  trả lại     ") << WhoText(report.returned_by())
              << ": " << report.return_reason() << "\n";
  }
  if (!report.revision_reason().empty()) {
    std::cout << session.Say("  because    ", "  lý do sửa   ") << report.revision_reason() << "\n";
  }
}

// After a verb: where the report stands now.
int Moved(Session& session, const absl::StatusOr<SchoolReport>& report) {
  return Answered(session, report, [&](const SchoolReport& moved) { PrintHead(session, moved); });
}

int Show(Session& session) {
  const absl::StatusOr<SchoolReport> report = GetReport(session, NameAskedFor(session));
  if (!report.ok() || session.json()) return Moved(session, report);
  const absl::StatusOr<Window> window = GetWindow(session, session.arguments().words()[0]);
  if (!window.ok()) return session.Fail(window.status());
  const IndicatorTitles titles(*window);
  PrintHead(session, *report);
  Table table({{Word(session, "indicator", "chỉ tiêu")},
               {Word(session, "figure", "số liệu"), Table::Align::kRight},
               {Word(session, "as written", "nguyên văn")},
               {Word(session, "note", "ghi chú")}});
  for (const Figure& figure : report->figures()) {
    table.Row({titles.TitleOf(figure.indicator()), FigureText(figure, session.vietnamese()),
               figure.raw_text(), figure.note()});
  }
  std::cout << "\n" << table.Render();
  return kOk;
}

int List(Session& session) {
  ListReportsRequest request;
  request.set_parent(Named("windows", session.arguments().words().front()));
  request.set_page_size(200);
  if (const auto cluster = session.arguments().Flag("cluster"); cluster.has_value())
    request.set_cluster(Named("clusters", *cluster));
  if (const auto word = session.arguments().Flag("state"); word.has_value()) {
    ReportState state = REPORT_STATE_UNSPECIFIED;
    if (!ReportState_Parse("REPORT_STATE_" + absl::AsciiStrToUpper(*word), &state)) {
      return Misused(session, "--state draft|submitted|returned|accepted",
                     "--state draft|submitted|returned|accepted");
    }
    request.set_state(state);
  }
  return Answered(
      session, AllPages<ListReportsResponse>(session, Method("ListReports"), request),
      [&](const ListReportsResponse& response) {
        Table table({{Word(session, "school", "trường")},
                     {Word(session, "cluster", "cụm")},
                     {Word(session, "state", "trạng thái")},
                     {Word(session, "revision", "bản số"), Table::Align::kRight},
                     {Word(session, "in force", "bản có hiệu lực"), Table::Align::kRight},
                     {Word(session, "first submitted", "nộp lần đầu")},
                     {Word(session, "late", "muộn")}});
        for (const SchoolReport& report : response.reports()) {
          table.Row(
              {IdOf(report.school()), IdOf(report.cluster()),
               ReportStateText(report.state(), session.vietnamese()),
               absl::StrCat(report.revision()),
               report.accepted_revision() == 0 ? "–" : absl::StrCat(report.accepted_revision()),
               InstantText(report.first_submit_time()),
               report.late() ? Word(session, "late", "muộn") : ""});
        }
        std::cout << table.Render();
      });
}

// What became of one school's draft.
enum class Drafted { kCreated, kUpdated, kUnchanged };

absl::StatusOr<Drafted> CreateDraft(Session& session, const Window& window,
                                    const SchoolFigures& stated, const std::string& identity) {
  CreateReportRequest request;
  request.set_parent(window.name());
  request.mutable_report()->set_school(stated.school);
  for (Figure& figure : WholeReport(window, stated.figures))
    *request.mutable_report()->add_figures() = std::move(figure);
  request.set_request_id(runtime::NewUuid4());
  const auto created = session.Call<SchoolReport>(Method("CreateReport"), request, identity);
  if (!created.ok()) return created.status();
  return Drafted::kCreated;
}

absl::StatusOr<SchoolReport> UpdateDraft(Session& session, const SchoolReport& stored,
                                         const std::vector<Figure>& figures,
                                         const std::string& identity = "") {
  UpdateReportRequest request;
  request.mutable_report()->set_name(stored.name());
  for (const Figure& figure : figures) *request.mutable_report()->add_figures() = figure;
  request.mutable_update_mask()->add_paths("figures");
  request.set_etag(stored.etag());
  request.set_request_id(runtime::NewUuid4());
  return session.Call<SchoolReport>(Method("UpdateReport"), request, identity);
}

absl::StatusOr<Drafted> WriteDraft(Session& session, const Window& window,
                                   const SchoolFigures& stated, const std::string& identity) {
  const absl::StatusOr<SchoolReport> stored =
      GetReport(session, ReportName(window.name(), stated.school), identity);
  if (absl::IsNotFound(stored.status())) return CreateDraft(session, window, stated, identity);
  if (!stored.ok()) return stored.status();
  const std::vector<Figure> changed = ChangedFigures(*stored, WholeReport(window, stated.figures));
  if (changed.empty()) return Drafted::kUnchanged;
  const auto updated = UpdateDraft(session, *stored, changed, identity);
  if (!updated.ok()) return updated.status();
  return Drafted::kUpdated;
}

std::string DraftedText(const Session& session, Drafted drafted) {
  switch (drafted) {
    case Drafted::kCreated:
      return Word(session, "created", "thêm mới");
    case Drafted::kUpdated:
      return Word(session, "updated", "cập nhật");
    case Drafted::kUnchanged:
      return Word(session, "unchanged", "giữ nguyên");
  }
  return "";
}

// Drafts are written one school after another. One that is refused does not hold up the others; the
// exit status is that of the last refusal.
int WriteDrafts(Session& session, const Window& window, const std::vector<SchoolFigures>& reports) {
  int exit = kOk;
  Table table({{Word(session, "school", "trường")},
               {Word(session, "figures", "số liệu"), Table::Align::kRight},
               {Word(session, "draft", "bản nháp")}});
  for (const SchoolFigures& stated : reports) {
    const std::string identity =
        session.arguments().Switch("each-as-school") ? "school/" + IdOf(stated.school) : "";
    const absl::StatusOr<Drafted> drafted = WriteDraft(session, window, stated, identity);
    if (!drafted.ok()) {
      std::cerr << IdOf(stated.school) << ":\n";
      exit = session.Fail(drafted.status());
    }
    table.Row({IdOf(stated.school), absl::StrCat(stated.figures.size()),
               drafted.ok() ? DraftedText(session, *drafted)
                            : Word(session, "✗ refused", "✗ bị từ chối")});
  }
  if (!session.json()) std::cout << table.Render();
  return exit;
}

// Those of one school only, when --school names it.
std::vector<SchoolFigures> AskedFor(const Session& session, std::vector<SchoolFigures> reports) {
  const auto school = session.arguments().Flag("school");
  if (school.has_value())
    std::erase_if(reports, [&](const SchoolFigures& stated) {
      return stated.school != Named("schools", *school);
    });
  return reports;
}

int Import(Session& session) {
  const std::string& file = session.arguments().words()[1];
  const absl::StatusOr<std::string> text = ReadFile(file);
  if (!text.ok()) return session.Fail(text.status());
  const absl::StatusOr<Window> window = GetWindow(session, session.arguments().words()[0]);
  if (!window.ok()) return session.Fail(window.status());
  CsvProblems problems;
  const std::vector<SchoolFigures> reports =
      AskedFor(session, ReadReports(file, *text, *window, problems));
  if (!problems.empty()) {
    PrintProblems(problems, session.vietnamese(), std::cerr);
    std::cerr << session.Say("Nothing was written.\n", "Chưa ghi gì.\n");
    return kRefused;
  }
  if (reports.empty()) {
    return session.Fail(absl::NotFoundError(
        file + " has no row of this school / không có dòng nào của trường này"));
  }
  return WriteDrafts(session, *window, reports);
}

// An empty draft: every figure not reported yet.
int Create(Session& session) {
  CreateReportRequest request;
  request.set_parent(Named("windows", session.arguments().words()[0]));
  request.mutable_report()->set_school(Named("schools", session.arguments().words()[1]));
  request.set_request_id(runtime::NewUuid4());
  return Moved(session, session.Call<SchoolReport>(Method("CreateReport"), request));
}

// The operands INDICATOR=VALUE as figures.
absl::StatusOr<std::vector<Figure>> FiguresAskedFor(const Session& session, const Window& window) {
  std::vector<Figure> figures;
  const std::vector<std::string>& words = session.arguments().words();
  for (size_t i = 2; i < words.size(); ++i) {
    const size_t equals = words[i].find('=');
    const std::string indicator = Named("indicators", words[i].substr(0, equals));
    bool ratio = false;
    for (const WindowIndicator& cell : window.indicators()) {
      if (cell.indicator() == indicator) ratio = cell.definition().kind() == INDICATOR_KIND_RATIO;
    }
    absl::StatusOr<Figure> figure =
        ReadFigure(equals == std::string::npos ? "" : words[i].substr(equals + 1), ratio);
    if (!figure.ok())
      return absl::InvalidArgumentError(
          absl::StrCat(words[i], ": ", std::string(figure.status().message())));
    figure->set_indicator(indicator);
    figure->set_source(FIGURE_SOURCE_MANUAL);
    figures.push_back(*std::move(figure));
  }
  return figures;
}

int Set(Session& session) {
  const absl::StatusOr<Window> window = GetWindow(session, session.arguments().words()[0]);
  if (!window.ok()) return session.Fail(window.status());
  const absl::StatusOr<std::vector<Figure>> figures = FiguresAskedFor(session, *window);
  if (!figures.ok()) {
    std::cerr << "✗ " << std::string(figures.status().message()) << "\n";
    return kUsage;
  }
  const absl::StatusOr<SchoolReport> stored = GetReport(session, NameAskedFor(session));
  if (!stored.ok()) return session.Fail(stored.status());
  return Moved(session, UpdateDraft(session, *stored, *figures));
}

// Moves the report by a verb: reads it for its etag, lets `fill` add what the verb needs, and
// sends.
template <class Request, class Fill>
int Move(Session& session, const std::string& verb, Fill fill) {
  const absl::StatusOr<SchoolReport> stored = GetReport(session, NameAskedFor(session));
  if (!stored.ok()) return session.Fail(stored.status());
  Request request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  fill(request);
  return Moved(session, session.Call<SchoolReport>(Method(verb), request));
}

int Submit(Session& session) {
  return Move<SubmitReportRequest>(session, "SubmitReport", [&](SubmitReportRequest& request) {
    request.set_validate_only(session.arguments().Switch("validate-only"));
  });
}

int Accept(Session& session) {
  return Move<AcceptReportRequest>(session, "AcceptReport", [](AcceptReportRequest&) {});
}

int Return(Session& session) {
  return Move<ReturnReportRequest>(session, "ReturnReport", [&](ReturnReportRequest& request) {
    request.set_reason(session.arguments().Flag("reason").value_or(""));
    const std::vector<std::string> cells =
        absl::StrSplit(session.arguments().Flag("cells").value_or(""), ',', absl::SkipEmpty());
    for (const std::string& cell : cells) request.add_cells(Named("indicators", cell));
  });
}

int Reopen(Session& session) {
  return Move<ReopenReportRequest>(session, "ReopenReport", [&](ReopenReportRequest& request) {
    request.set_reason(session.arguments().Flag("reason").value_or(""));
  });
}

int Revisions(Session& session) {
  ListReportRevisionsRequest request;
  request.set_parent(NameAskedFor(session));
  request.set_page_size(100);
  return Answered(
      session,
      AllPages<ListReportRevisionsResponse>(session, Method("ListReportRevisions"), request),
      [&](const ListReportRevisionsResponse& response) {
        Table table({{Word(session, "revision", "bản số"), Table::Align::kRight},
                     {Word(session, "submitted", "nộp lúc")},
                     {Word(session, "by", "người nộp")},
                     {Word(session, "because", "lý do")},
                     {"SHA-256"}});
        for (const ReportRevision& revision : response.revisions()) {
          table.Row({absl::StrCat(revision.revision()), InstantText(revision.submit_time()),
                     WhoText(revision.submitted_by()), revision.snapshot().revision_reason(),
                     document::Hex(revision.sha256()).substr(0, 16)});
        }
        std::cout << table.Render();
      });
}

int Diff(Session& session) {
  DiffReportRevisionsRequest request;
  request.set_name(NameAskedFor(session));
  const auto from = text::ReadCount(session.arguments().words()[2]);
  const auto to = text::ReadCount(session.arguments().words()[3]);
  if (!from.ok() || !to.ok() || *from > INT32_MAX || *to > INT32_MAX) {
    return Misused(session, "FROM and TO are numbers of revisions",
                   "FROM và TO là số của các bản đã nộp");
  }
  request.set_old_revision(static_cast<int32_t>(*from));
  request.set_new_revision(static_cast<int32_t>(*to));
  return Answered(session,
                  session.Call<DiffReportRevisionsResponse>(Method("DiffReportRevisions"), request),
                  [&](const DiffReportRevisionsResponse& diff) {
                    Table table({{Word(session, "indicator", "chỉ tiêu")},
                                 {Word(session, "old", "số cũ"), Table::Align::kRight},
                                 {Word(session, "new", "số mới"), Table::Align::kRight}});
                    for (const CellChange& change : diff.changes()) {
                      table.Row({IdOf(change.indicator()),
                                 FigureText(change.old_figure(), session.vietnamese()),
                                 FigureText(change.new_figure(), session.vietnamese())});
                    }
                    std::cout << (diff.changes().empty() ? Word(session, "No figure differs.\n",
                                                                "Không có số liệu nào khác nhau.\n")
                                                         : table.Render())
                              << WhoText(diff.submitted_by()) << "  "
                              << InstantText(diff.submit_time()) << "  " << diff.reason() << "\n";
                  });
}

}  // namespace

std::vector<Command> ReportCommands() {
  return {
      {"report show",
       "WINDOW SCHOOL",
       {},
       {},
       "one school's report",
       "báo cáo của một trường",
       2,
       2,
       Show},
      {"report list",
       "WINDOW",
       {"cluster", "state"},
       {},
       "the reports of a window",
       "các báo cáo của một kỳ",
       1,
       1,
       List},
      {"report create",
       "WINDOW SCHOOL",
       {},
       {},
       "write an empty draft",
       "tạo bản nháp trống",
       2,
       2,
       Create},
      {"report import",
       "WINDOW FILE.csv",
       {"school"},
       {"each-as-school"},
       "write the drafts of the schools in a file; figures without a row are not reported",
       "ghi bản nháp của các trường trong tệp; chỉ tiêu không có dòng là chưa báo cáo",
       2,
       2,
       Import},
      {"report set",
       "WINDOW SCHOOL INDICATOR=VALUE…",
       {},
       {},
       "change figures of a draft",
       "sửa số liệu trong bản nháp",
       3,
       500,
       Set},
      {"report submit",
       "WINDOW SCHOOL",
       {},
       {"validate-only"},
       "hand the draft to the cluster",
       "nộp báo cáo cho cụm",
       2,
       2,
       Submit},
      {"report accept",
       "WINDOW SCHOOL",
       {},
       {},
       "accept a submitted report",
       "tiếp nhận báo cáo đã nộp",
       2,
       2,
       Accept},
      {"report return",
       "WINDOW SCHOOL",
       {"reason", "cells"},
       {},
       "give a report back to be corrected",
       "trả lại báo cáo để sửa",
       2,
       2,
       Return},
      {"report reopen",
       "WINDOW SCHOOL",
       {"reason"},
       {},
       "open an accepted report again",
       "mở lại báo cáo đã tiếp nhận",
       2,
       2,
       Reopen},
      {"report revisions",
       "WINDOW SCHOOL",
       {},
       {},
       "what was submitted, newest first",
       "các bản đã nộp, mới nhất trước",
       2,
       2,
       Revisions},
      {"report diff",
       "WINDOW SCHOOL FROM TO",
       {},
       {},
       "what differs between two revisions",
       "khác nhau giữa hai bản đã nộp",
       4,
       4,
       Diff},
      {"report download",
       "WINDOW CLUSTER[-N]",
       {"out"},
       {},
       "a published document and its signature, as files",
       "tải văn bản đã công bố và chữ ký số",
       2,
       2,
       DownloadDocument},
      {"report verify",
       "FILE",
       {"key", "signature"},
       {},
       "check a published document with the public key alone, offline",
       "kiểm tra chữ ký số của văn bản, không cần mạng",
       1,
       1,
       VerifyDocumentFile},
  };
}

}  // namespace thidua::cli
