// `thidua ranking`: in which order the schools of a cluster stand, and why.
#include <algorithm>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/document/digest.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/figures_text.h"
#include "services/cli/ranking_text.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::cli {
namespace {

using namespace awards::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.awards.v1.ScoringService." + name; }

std::string StateText(const Session& session, RankingState state) {
  switch (state) {
    case RANKING_STATE_CURRENT:
      return Word(session, "CURRENT", "còn giá trị (CURRENT)");
    case RANKING_STATE_SUPERSEDED:
      return Word(session, "SUPERSEDED", "đã bị thay thế (SUPERSEDED)");
    default:
      return "?";
  }
}

void PrintHead(const Session& session, const Ranking& ranking) {
  std::cout << ranking.name() << "  " << StateText(session, ranking.state()) << "\n"
            << session.Say("  from     ", "  từ        ") << ranking.source().publication()
            << "  SHA-256 " << document::Hex(ranking.source().document_sha256()).substr(0, 16)
            << "…\n"
            << session.Say("  scheme   ", "  bảng điểm ") << IdOf(ranking.scoring_scheme())
            << (ranking.sample()
                    ? Word(session, " (SAMPLE: shows how scoring works, decides nothing)",
                           " (MẪU: minh họa cách chấm, không có giá trị quyết định)")
                    : "")
            << "\n"
            << session.Say("  maximum  ", "  tối đa    ")
            << DecimalText(ranking.max_points(), session.vietnamese()) << "\n\n";
}

// Places of the criteria that apply to at least one school; a column of dashes would tell nothing.
std::vector<int> AppliedCriteria(const Ranking& ranking) {
  std::vector<int> applied;
  const int count = ranking.entries().empty() ? 0 : ranking.entries(0).criterion_scores_size();
  for (int i = 0; i < count; ++i) {
    const bool applies = std::any_of(
        ranking.entries().begin(), ranking.entries().end(),
        [i](const RankingEntry& entry) { return entry.criterion_scores(i).has_points(); });
    if (applies) applied.push_back(i);
  }
  return applied;
}

void PrintLeftOut(const Session& session, const Ranking& ranking, const std::vector<int>& applied) {
  std::vector<std::string> left_out;
  for (int i = 0; !ranking.entries().empty() && i < ranking.entries(0).criterion_scores_size();
       ++i) {
    if (std::find(applied.begin(), applied.end(), i) == applied.end())
      left_out.push_back(ranking.entries(0).criterion_scores(i).criterion());
  }
  if (left_out.empty()) return;
  std::cout << session.Say("  applies to no school here: ",
                           "  không áp dụng cho trường nào trong kỳ này: ")
            << absl::StrJoin(left_out, ", ") << "\n";
}

void PrintEntries(const Session& session, const Ranking& ranking) {
  std::vector<Table::Column> columns = {
      {Word(session, "rank", "hạng"), Table::Align::kRight},
      {Word(session, "school", "trường")},
      {Word(session, "total", "tổng điểm"), Table::Align::kRight}};
  const std::vector<int> applied = AppliedCriteria(ranking);
  for (const int i : applied)
    columns.push_back({ranking.entries(0).criterion_scores(i).criterion(), Table::Align::kRight});
  Table table(columns);
  for (const RankingEntry& entry : ranking.entries()) {
    std::vector<std::string> cells = {
        absl::StrCat(entry.rank(), entry.run_off_required() ? "=" : ""), entry.display_name(),
        absl::StrCat(entry.exact() ? "" : "≈ ",
                     DecimalText(entry.total_points(), session.vietnamese()))};
    for (const int i : applied)
      cells.push_back(PointsText(entry.criterion_scores(i), session.vietnamese()));
    table.Row(std::move(cells));
  }
  std::cout << table.Render()
            << session.Say(
                   "  ° not reported, no points · – not applicable · ≥ ≈ from a bound or an "
                   "approximate figure · = run-off vote needed\n",
                   "  ° chưa báo cáo, không có điểm · – không thuộc diện · ≥ ≈ từ số cận dưới hoặc "
                   "số ước · = cần biểu quyết phân định\n");
  PrintLeftOut(session, ranking, applied);
}

void Print(const Session& session, const Ranking& ranking) {
  PrintHead(session, ranking);
  PrintEntries(session, ranking);
  for (const TieDecision& tie : ranking.tie_decisions())
    std::cout << "\n" << TieText(tie, session.vietnamese());
}

// Where every point of one school comes from.
int Trace(const Session& session, const Ranking& ranking, const std::string& school) {
  for (const RankingEntry& entry : ranking.entries()) {
    if (IdOf(entry.school()) != school) continue;
    PrintHead(session, ranking);
    std::cout << entry.display_name() << session.Say(": rank ", ": hạng ") << entry.rank() << ", "
              << entry.arithmetic() << "\n\n";
    Table table({{Word(session, "criterion", "tiêu chí")},
                 {Word(session, "indicator", "chỉ tiêu")},
                 {Word(session, "figure", "số liệu"), Table::Align::kRight},
                 {Word(session, "qualifier", "mức chính xác")},
                 {Word(session, "report, revision", "báo cáo, bản số")},
                 {Word(session, "place in the document", "vị trí trong văn bản")},
                 {Word(session, "arithmetic", "phép tính")}});
    for (const CriterionScore& score : entry.criterion_scores()) {
      const ScoredFigure& figure = score.figure();
      const std::string report =
          figure.report().empty() ? "–"
                                  : absl::StrCat(figure.report(), " #", figure.report_revision());
      table.Row({score.display_name(), IdOf(figure.indicator()),
                 ScoredFigureText(figure, session.vietnamese()),
                 QualifierText(figure.qualifier(), session.vietnamese()), report, figure.cell(),
                 score.arithmetic()});
    }
    std::cout << table.Render();
    for (const GroupScore& group : entry.group_scores())
      std::cout << "  " << group.group() << ": " << group.arithmetic() << "\n";
    return kOk;
  }
  std::cerr << "✗ "
            << session.Say("the ranking does not have this school: ",
                           "bảng xếp hạng không có trường: ")
            << school << "\n";
  return kNotFound;
}

absl::StatusOr<Ranking> NewestRanking(Session& session) {
  ListRankingsRequest request;
  request.set_window(Named("windows", session.arguments().words()[0]));
  request.set_cluster(Named("clusters", session.arguments().words()[1]));
  if (const auto scheme = session.arguments().Flag("scheme"); scheme.has_value()) {
    request.set_scoring_scheme(Named("scoringSchemes", *scheme));
  }
  request.set_page_size(1);
  const auto newest = session.Call<ListRankingsResponse>(Method("ListRankings"), request);
  if (!newest.ok()) return newest.status();
  if (newest->rankings().empty()) {
    return absl::NotFoundError(
        "no ranking was computed for this window and cluster / chưa có bảng xếp hạng cho kỳ và cụm "
        "này");
  }
  GetRankingRequest one;
  one.set_name(newest->rankings(0).name());
  return session.Call<Ranking>(Method("GetRanking"), one);
}

int Show(Session& session) {
  const absl::StatusOr<Ranking> ranking = NewestRanking(session);
  const auto school = session.arguments().Flag("trace");
  if (ranking.ok() && school.has_value() && !session.json())
    return Trace(session, *ranking, IdOf(*school));
  return Answered(session, ranking, [&](const Ranking& shown) { Print(session, shown); });
}

int Compute(Session& session) {
  const auto scheme = session.arguments().Flag("scheme");
  if (!scheme.has_value())
    return Misused(session, "--scheme SCHEME says how points are given", "cần --scheme BẢNG-ĐIỂM");
  ComputeRankingRequest request;
  request.set_window(Named("windows", session.arguments().words()[0]));
  request.set_cluster(Named("clusters", session.arguments().words()[1]));
  request.set_scoring_scheme(Named("scoringSchemes", *scheme));
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Answered(session, session.Call<Ranking>(Method("ComputeRanking"), request),
                  [&](const Ranking& ranking) { Print(session, ranking); });
}

int List(Session& session) {
  ListRankingsRequest request;
  if (const auto window = session.arguments().Flag("window"); window.has_value())
    request.set_window(Named("windows", *window));
  if (const auto cluster = session.arguments().Flag("cluster"); cluster.has_value())
    request.set_cluster(Named("clusters", *cluster));
  if (const auto scheme = session.arguments().Flag("scheme"); scheme.has_value())
    request.set_scoring_scheme(Named("scoringSchemes", *scheme));
  request.set_page_size(100);
  return Answered(
      session, AllPages<ListRankingsResponse>(session, Method("ListRankings"), request),
      [&](const ListRankingsResponse& response) {
        Table table({{Word(session, "ranking", "bảng xếp hạng")},
                     {Word(session, "window", "kỳ")},
                     {Word(session, "cluster", "cụm")},
                     {Word(session, "publication", "văn bản")},
                     {Word(session, "scheme", "bảng điểm")},
                     {Word(session, "computed", "tính lúc")},
                     {Word(session, "state", "trạng thái")}});
        for (const Ranking& ranking : response.rankings()) {
          table.Row({IdOf(ranking.name()), IdOf(ranking.window()), IdOf(ranking.cluster()),
                     IdOf(ranking.source().publication()), IdOf(ranking.scoring_scheme()),
                     InstantText(ranking.create_time()), StateText(session, ranking.state())});
        }
        std::cout << table.Render();
      });
}

}  // namespace

std::vector<Command> RankingCommands() {
  return {
      {"ranking compute",
       "WINDOW CLUSTER",
       {"scheme"},
       {"validate-only"},
       "rank the schools by the published figures",
       "xếp hạng các trường theo số liệu đã công bố",
       2,
       2,
       Compute},
      {"ranking show",
       "WINDOW CLUSTER",
       {"scheme", "trace"},
       {},
       "the newest ranking; --trace SCHOOL shows where its points come from",
       "bảng xếp hạng mới nhất; --trace TRƯỜNG cho biết điểm từ đâu ra",
       2,
       2,
       Show},
      {"ranking list",
       "",
       {"window", "cluster", "scheme"},
       {},
       "the rankings, newest first",
       "các bảng xếp hạng, mới nhất trước",
       0,
       0,
       List},
  };
}

}  // namespace thidua::cli
