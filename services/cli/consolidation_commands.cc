// `thidua consolidation` and `thidua publication`: from the schools' reports to the cluster's
// document.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/document/digest.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/csv_file.h"
#include "services/cli/figure_reading.h"
#include "services/cli/figures_text.h"
#include "services/cli/file_content.h"
#include "services/cli/published_document.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"

namespace thidua::cli {
namespace {

using namespace reporting::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) {
  return "thidua.reporting.v1.ConsolidationService." + name;
}

// The operands WINDOW and CLUSTER.
std::string NameAskedFor(const Session& session) {
  return ConsolidationName(session.arguments().words()[0], session.arguments().words()[1]);
}

absl::StatusOr<Consolidation> GetConsolidation(Session& session) {
  GetConsolidationRequest request;
  request.set_name(NameAskedFor(session));
  return session.Call<Consolidation>(Method("GetConsolidation"), request);
}

std::string StateText(const Session& session, const Consolidation& consolidation) {
  switch (consolidation.state()) {
    case CONSOLIDATION_STATE_OPEN:
      return absl::StrCat(Word(session, "OPEN: ", "còn chênh lệch chưa giải trình (OPEN): "),
                          consolidation.open_discrepancies(),
                          Word(session, " open discrepancies", ""));
    case CONSOLIDATION_STATE_CLEAR:
      return Word(session, "CLEAR: can be published", "có thể công bố (CLEAR)");
    case CONSOLIDATION_STATE_PUBLISHED:
      return absl::StrCat(Word(session, "PUBLISHED: ", "đã công bố (PUBLISHED): "),
                          IdOf(consolidation.publication()));
    default:
      return "?";
  }
}

std::string ResolutionText(const Session& session, DiscrepancyResolution resolution) {
  switch (resolution) {
    case DISCREPANCY_RESOLUTION_DECLARED_PREVAILS:
      return Word(session, "declared prevails", "lấy số công bố");
    case DISCREPANCY_RESOLUTION_COMPUTED_PREVAILS:
      return Word(session, "computed prevails", "lấy số tổng hợp");
    case DISCREPANCY_RESOLUTION_BOTH_STAND:
      return Word(session, "both stand", "giữ cả hai số");
    default:
      return "";
  }
}

std::string DifferenceText(const Session& session, const ConsolidatedCell& cell) {
  if (!cell.has_discrepancy()) return "";
  const Discrepancy& discrepancy = cell.discrepancy();
  return discrepancy.has_decimal_difference()
             ? SignedText(discrepancy.decimal_difference(), session.vietnamese())
             : SignedText(discrepancy.difference(), session.vietnamese());
}

std::string CellStateText(const Session& session, const ConsolidatedCell& cell) {
  if (!cell.has_discrepancy()) return "";
  if (cell.discrepancy().state() == DISCREPANCY_STATE_OPEN)
    return Word(session, "✗ open", "✗ chưa giải trình");
  return absl::StrCat(Word(session, "explained: ", "đã giải trình: "),
                      ResolutionText(session, cell.discrepancy().resolution()));
}

// "5/8 trường"; nothing for what only the cluster states.
std::string ReportedText(const Session& session, const ConsolidatedCell& cell) {
  if (cell.expected_count() == 0) return "–";
  return absl::StrCat(cell.reported_count(), "/", cell.expected_count(),
                      Word(session, " schools", " trường"));
}

// A cell that only the cluster states has nothing to compute from and nobody who failed to report.
std::string ComputedTextOf(const Session& session, const ConsolidatedCell& cell) {
  return cell.expected_count() == 0 && cell.contributions().empty()
             ? "–"
             : ComputedText(cell.computed(), session.vietnamese());
}

std::string Ids(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) ids.push_back(IdOf(name));
  return absl::StrJoin(ids, ", ");
}

void PrintNotes(const Session& session, const Consolidation& consolidation,
                const IndicatorTitles& titles) {
  if (!consolidation.missing_schools().empty()) {
    std::cout << session.Say("\nWithout an accepted report: ",
                             "\nTrường chưa có báo cáo được tiếp nhận: ")
              << Ids(consolidation.missing_schools()) << "\n";
  }
  bool first = true;
  for (const ConsolidatedCell& cell : consolidation.cells()) {
    if (cell.not_reported().empty() || cell.expected_count() == 0) continue;
    if (first)
      std::cout << session.Say("\nNot reported (never counted as 0):\n",
                               "\nChưa báo cáo (không tính là 0):\n");
    first = false;
    std::cout << "  " << IdOf(cell.indicator()) << ": " << Ids(cell.not_reported()) << "\n";
  }
  first = true;
  for (const ConsolidatedCell& cell : consolidation.cells()) {
    if (!cell.has_discrepancy() || cell.discrepancy().explanation().empty()) continue;
    if (first) std::cout << session.Say("\nExplanations:\n", "\nGiải trình:\n");
    first = false;
    std::cout << "  " << titles.TitleOf(cell.indicator()) << ": "
              << cell.discrepancy().explanation() << "\n    "
              << WhoText(cell.discrepancy().explained_by()) << "  "
              << InstantText(cell.discrepancy().explain_time()) << "\n";
  }
}

void Print(const Session& session, const Consolidation& consolidation, const Window& window) {
  const IndicatorTitles titles(window);
  std::cout << consolidation.cluster_display_name() << " (" << IdOf(consolidation.cluster())
            << ") · " << window.title() << "\n"
            << session.Say("  state    ", "  trạng thái  ") << StateText(session, consolidation)
            << "\n"
            << session.Say("  reports  ", "  báo cáo     ") << consolidation.sources_size() << "/"
            << consolidation.members_size() << session.Say(" schools", " trường") << "\n\n";
  Table table({{Word(session, "indicator", "chỉ tiêu")},
               {Word(session, "declared", "số công bố"), Table::Align::kRight},
               {Word(session, "computed", "số tổng hợp"), Table::Align::kRight},
               {Word(session, "difference", "chênh lệch"), Table::Align::kRight},
               {Word(session, "reported", "số trường báo cáo"), Table::Align::kRight},
               {Word(session, "state", "trạng thái")}});
  for (const ConsolidatedCell& cell : consolidation.cells()) {
    table.Row({titles.TitleOf(cell.indicator()),
               cell.has_declared() ? FigureText(cell.declared(), session.vietnamese()) : "",
               ComputedTextOf(session, cell), DifferenceText(session, cell),
               ReportedText(session, cell), CellStateText(session, cell)});
  }
  std::cout << table.Render();
  PrintNotes(session, consolidation, titles);
}

// Prints a consolidation with the names of its window.
int Shown(Session& session, const absl::StatusOr<Consolidation>& consolidation) {
  if (!consolidation.ok() || session.json())
    return Answered(session, consolidation, [](const Consolidation&) {});
  const absl::StatusOr<Window> window = GetWindow(session, session.arguments().words()[0]);
  if (!window.ok()) return session.Fail(window.status());
  Print(session, *consolidation, *window);
  return kOk;
}

int Run(Session& session) {
  ConsolidateReportsRequest request;
  request.set_name(NameAskedFor(session));
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<Consolidation>(Method("ConsolidateReports"), request));
}

int Show(Session& session) { return Shown(session, GetConsolidation(session)); }

int List(Session& session) {
  ListConsolidationsRequest request;
  request.set_parent(Named("windows", session.arguments().words()[0]));
  request.set_page_size(50);
  return Answered(
      session, AllPages<ListConsolidationsResponse>(session, Method("ListConsolidations"), request),
      [&](const ListConsolidationsResponse& response) {
        Table table({{Word(session, "cluster", "cụm")},
                     {Word(session, "reports", "báo cáo"), Table::Align::kRight},
                     {Word(session, "state", "trạng thái")}});
        for (const Consolidation& consolidation : response.consolidations()) {
          table.Row({IdOf(consolidation.cluster()),
                     absl::StrCat(consolidation.sources_size(), "/", consolidation.members_size()),
                     StateText(session, consolidation)});
        }
        std::cout << table.Render();
      });
}

int Declare(Session& session) {
  const std::string& file = session.arguments().words()[2];
  const absl::StatusOr<std::string> text = ReadFile(file);
  if (!text.ok()) return session.Fail(text.status());
  const absl::StatusOr<Window> window = GetWindow(session, session.arguments().words()[0]);
  if (!window.ok()) return session.Fail(window.status());
  CsvProblems problems;
  DeclareTotalsRequest request;
  for (DeclaredTotal& total : ReadDeclaredTotals(file, *text, *window, problems))
    *request.add_totals() = std::move(total);
  if (!problems.empty()) {
    PrintProblems(problems, session.vietnamese(), std::cerr);
    return kRefused;
  }
  const absl::StatusOr<Consolidation> stored = GetConsolidation(session);
  if (!stored.ok()) return session.Fail(stored.status());
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<Consolidation>(Method("DeclareTotals"), request));
}

int Explain(Session& session) {
  ExplainDiscrepancyRequest request;
  const std::string word = absl::AsciiStrToUpper(
      absl::StrReplaceAll(session.arguments().Flag("resolution").value_or(""), {{"-", "_"}}));
  DiscrepancyResolution resolution = DISCREPANCY_RESOLUTION_UNSPECIFIED;
  if (!DiscrepancyResolution_Parse("DISCREPANCY_RESOLUTION_" + word, &resolution) ||
      resolution == DISCREPANCY_RESOLUTION_UNSPECIFIED) {
    return Misused(session, "--resolution declared-prevails|computed-prevails|both-stand",
                   "--resolution declared-prevails|computed-prevails|both-stand");
  }
  const absl::StatusOr<Consolidation> stored = GetConsolidation(session);
  if (!stored.ok()) return session.Fail(stored.status());
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  request.set_indicator(Named("indicators", session.arguments().words()[2]));
  request.set_resolution(resolution);
  request.set_explanation(session.arguments().Flag("explanation").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Consolidation>(Method("ExplainDiscrepancy"), request));
}

std::string PublicationStateText(const Session& session, PublicationState state) {
  switch (state) {
    case PUBLICATION_STATE_CURRENT:
      return Word(session, "CURRENT", "còn hiệu lực (CURRENT)");
    case PUBLICATION_STATE_SUPERSEDED:
      return Word(session, "SUPERSEDED", "đã bị thay thế (SUPERSEDED)");
    default:
      return "?";
  }
}

void PrintPublication(const Session& session, const Publication& publication) {
  std::cout << publication.name() << "\n"
            << session.Say("  state      ", "  trạng thái  ")
            << PublicationStateText(session, publication.state());
  if (publication.state() == PUBLICATION_STATE_SUPERSEDED)
    std::cout << "  " << InstantText(publication.supersede_time());
  if (!publication.superseded_by().empty())
    std::cout << session.Say("  by ", "  bởi ") << IdOf(publication.superseded_by());
  std::cout << "\n"
            << session.Say("  published  ", "  công bố     ") << WhoText(publication.published_by())
            << "  " << InstantText(publication.create_time()) << "\n"
            << "  SHA-256    " << (session.vietnamese() ? " " : "")
            << document::Hex(publication.sha256()) << "\n"
            << session.Say("  key        ", "  khóa        ") << publication.key_id() << "\n";
  if (publication.superseded_cells().empty()) return;
  std::cout << session.Say("\nChanged since it was published:\n",
                           "\nSố liệu thay đổi sau khi công bố:\n");
  Table table({{Word(session, "school", "trường")},
               {Word(session, "indicator", "chỉ tiêu")},
               {Word(session, "old", "số cũ"), Table::Align::kRight},
               {Word(session, "new", "số mới"), Table::Align::kRight},
               {Word(session, "revision", "bản số")},
               {Word(session, "accepted", "tiếp nhận")},
               {Word(session, "because", "lý do")}});
  for (const SupersededCell& cell : publication.superseded_cells()) {
    const CellChange& change = cell.change();
    table.Row({IdOf(cell.school()), IdOf(change.indicator()),
               change.has_old_figure() ? FigureText(change.old_figure(), session.vietnamese())
                                       : Word(session, "no report", "chưa có báo cáo"),
               FigureText(change.new_figure(), session.vietnamese()),
               absl::StrCat(cell.old_revision(), " → ", cell.new_revision()),
               InstantText(cell.accept_time()), cell.reason()});
  }
  std::cout << table.Render();
}

// `preview`: everything is checked and the document made, but nothing is stored.
int PublishOr(Session& session, bool preview) {
  const absl::StatusOr<Consolidation> stored = GetConsolidation(session);
  if (!stored.ok()) return session.Fail(stored.status());
  PublishConsolidationRequest request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(preview);
  return Answered(session, session.Call<Publication>(Method("PublishConsolidation"), request),
                  [&](const Publication& publication) { PrintPublication(session, publication); });
}

int Publish(Session& session) { return PublishOr(session, false); }

int Preview(Session& session) { return PublishOr(session, true); }

int ShowPublication(Session& session) {
  return Answered(
      session,
      FindPublication(session, session.arguments().words()[0], session.arguments().words()[1]),
      [&](const Publication& publication) { PrintPublication(session, publication); });
}

int ListPublications(Session& session) {
  const std::vector<std::string>& words = session.arguments().words();
  ListPublicationsRequest request;
  request.set_parent(Named("windows", words[0]));
  if (words.size() > 1) request.set_cluster(Named("clusters", words[1]));
  request.set_page_size(50);
  return Answered(
      session, AllPages<ListPublicationsResponse>(session, Method("ListPublications"), request),
      [&](const ListPublicationsResponse& response) {
        Table table({{Word(session, "publication", "văn bản")},
                     {Word(session, "state", "trạng thái")},
                     {Word(session, "published", "công bố lúc")},
                     {Word(session, "by", "người công bố")},
                     {Word(session, "changed cells", "số liệu đã đổi"), Table::Align::kRight},
                     {"SHA-256"}});
        for (const Publication& publication : response.publications()) {
          table.Row({IdOf(publication.name()), PublicationStateText(session, publication.state()),
                     InstantText(publication.create_time()), WhoText(publication.published_by()),
                     absl::StrCat(publication.superseded_cells_size()),
                     document::Hex(publication.sha256()).substr(0, 16)});
        }
        std::cout << table.Render();
      });
}

}  // namespace

std::vector<Command> ConsolidationCommands() {
  return {
      {"consolidation run",
       "WINDOW CLUSTER",
       {},
       {"validate-only"},
       "compute the cluster's totals from the accepted reports",
       "tổng hợp số liệu của cụm từ các báo cáo đã tiếp nhận",
       2,
       2,
       Run},
      {"consolidation show",
       "WINDOW CLUSTER",
       {},
       {},
       "totals, declared and computed, and what does not add up",
       "số công bố, số tổng hợp và chênh lệch",
       2,
       2,
       Show},
      {"consolidation list",
       "WINDOW",
       {},
       {},
       "the consolidations of a window",
       "các bản tổng hợp của một kỳ",
       1,
       1,
       List},
      {"consolidation declare",
       "WINDOW CLUSTER FILE.csv",
       {},
       {"validate-only"},
       "record the totals that the cluster itself states",
       "ghi số liệu do cụm công bố",
       3,
       3,
       Declare},
      {"consolidation explain",
       "WINDOW CLUSTER INDICATOR",
       {"resolution", "explanation"},
       {},
       "say why declared and computed differ",
       "giải trình chênh lệch",
       3,
       3,
       Explain},
      {"consolidation preview",
       "WINDOW CLUSTER",
       {},
       {},
       "the document that publishing would make",
       "văn bản sẽ được công bố",
       2,
       2,
       Preview},
      {"consolidation publish",
       "WINDOW CLUSTER",
       {},
       {},
       "publish the consolidation as a signed document",
       "công bố bản tổng hợp có chữ ký số",
       2,
       2,
       Publish},
      {"publication list",
       "WINDOW [CLUSTER]",
       {},
       {},
       "the published documents of a window",
       "các văn bản đã công bố",
       1,
       2,
       ListPublications},
      {"publication show",
       "WINDOW CLUSTER[-N]",
       {},
       {},
       "one published document, and what changed since",
       "một văn bản đã công bố và những gì đã đổi",
       2,
       2,
       ShowPublication},
  };
}

}  // namespace thidua::cli
