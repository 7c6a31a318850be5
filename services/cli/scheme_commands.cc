// `thidua scheme`: how points are given.
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/figures_text.h"
#include "services/cli/file_content.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::cli {
namespace {

using namespace awards::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.awards.v1.ScoringService." + name; }

std::string StateText(const Session& session, ScoringSchemeState state) {
  switch (state) {
    case SCORING_SCHEME_STATE_DRAFT:
      return Word(session, "DRAFT", "dự thảo (DRAFT)");
    case SCORING_SCHEME_STATE_PUBLISHED:
      return Word(session, "PUBLISHED", "đã ban hành (PUBLISHED)");
    case SCORING_SCHEME_STATE_FROZEN:
      return Word(session, "FROZEN", "đã khóa (FROZEN)");
    case SCORING_SCHEME_STATE_RETIRED:
      return Word(session, "RETIRED", "hết hiệu lực (RETIRED)");
    default:
      return "?";
  }
}

std::string RuleText(const Session& session, const Criterion& criterion) {
  const bool vietnamese = session.vietnamese();
  switch (criterion.rule_case()) {
    case Criterion::kPerUnit:
      return absl::StrCat(DecimalText(criterion.per_unit().points_per_unit(), vietnamese),
                          Word(session, " a unit", " điểm mỗi đơn vị"));
    case Criterion::kLinear:
      return absl::StrCat(Word(session, "in proportion to ", "theo tỷ lệ, đạt tối đa ở "),
                          DecimalText(criterion.linear().target(), vietnamese));
    case Criterion::kStep: {
      std::vector<std::string> steps;
      for (const PointStep& step : criterion.step().steps()) {
        steps.push_back(absl::StrCat("≥ ", DecimalText(step.at_least(), vietnamese), ": ",
                                     DecimalText(step.points(), vietnamese)));
      }
      return absl::StrJoin(steps, "; ");
    }
    default:
      return "?";
  }
}

void Print(const Session& session, const ScoringScheme& scheme) {
  std::cout << scheme.title() << " (" << IdOf(scheme.name()) << ")\n"
            << session.Say("  state    ", "  trạng thái  ") << StateText(session, scheme.state())
            << session.Say(", version ", ", phiên bản ") << scheme.version()
            << (scheme.sample() ? Word(session, ", a SAMPLE that nobody decided",
                                       ", bảng điểm MẪU, chưa ai ban hành")
                                : "")
            << "\n"
            << session.Say("  maximum  ", "  tối đa      ")
            << DecimalText(scheme.max_points(), session.vietnamese()) << "\n";
  if (!scheme.basis().empty())
    std::cout << session.Say("  basis    ", "  căn cứ      ") << scheme.basis() << "\n";
  Table table({{Word(session, "group", "nhóm")},
               {Word(session, "criterion", "tiêu chí")},
               {Word(session, "name", "tên")},
               {Word(session, "indicator", "chỉ tiêu")},
               {Word(session, "maximum", "tối đa"), Table::Align::kRight},
               {Word(session, "rule", "cách tính")}});
  for (const Criterion& criterion : scheme.criteria()) {
    table.Row({criterion.group(), criterion.criterion_id(), criterion.display_name(),
               IdOf(criterion.indicator()),
               DecimalText(criterion.max_points(), session.vietnamese()),
               RuleText(session, criterion)});
  }
  std::cout << "\n" << table.Render();
}

int Shown(Session& session, const absl::StatusOr<ScoringScheme>& scheme) {
  return Answered(session, scheme, [&](const ScoringScheme& shown) { Print(session, shown); });
}

absl::StatusOr<ScoringScheme> GetScheme(Session& session) {
  GetScoringSchemeRequest request;
  request.set_name(Named("scoringSchemes", session.arguments().words().front()));
  return session.Call<ScoringScheme>(Method("GetScoringScheme"), request);
}

// The file is a ScoringScheme as `scheme show --format json` prints it. Its identifier is that of
// its name, unless --id gives one.
int Create(Session& session) {
  CreateScoringSchemeRequest request;
  if (absl::Status read =
          ReadJsonFile(session.arguments().words().front(), request.mutable_scoring_scheme());
      !read.ok()) {
    return session.Fail(read);
  }
  request.set_scoring_scheme_id(
      session.arguments().Flag("id").value_or(IdOf(request.scoring_scheme().name())));
  if (request.scoring_scheme_id().empty()) {
    return Misused(session, "the file has no name: say --id ID", "tệp không có name: cần --id MÃ");
  }
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<ScoringScheme>(Method("CreateScoringScheme"), request));
}

int Publish(Session& session) {
  const absl::StatusOr<ScoringScheme> stored = GetScheme(session);
  if (!stored.ok()) return session.Fail(stored.status());
  PublishScoringSchemeRequest request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<ScoringScheme>(Method("PublishScoringScheme"), request));
}

int Show(Session& session) { return Shown(session, GetScheme(session)); }

int List(Session& session) {
  ListScoringSchemesRequest request;
  request.set_page_size(200);
  return Answered(
      session, AllPages<ListScoringSchemesResponse>(session, Method("ListScoringSchemes"), request),
      [&](const ListScoringSchemesResponse& response) {
        Table table({{Word(session, "scheme", "bảng điểm")},
                     {Word(session, "title", "tên")},
                     {Word(session, "version", "phiên bản"), Table::Align::kRight},
                     {Word(session, "maximum", "tối đa"), Table::Align::kRight},
                     {Word(session, "state", "trạng thái")},
                     {Word(session, "sample", "mẫu")}});
        for (const ScoringScheme& scheme : response.scoring_schemes()) {
          table.Row({IdOf(scheme.name()), scheme.title(), absl::StrCat(scheme.version()),
                     DecimalText(scheme.max_points(), session.vietnamese()),
                     StateText(session, scheme.state()),
                     scheme.sample() ? Word(session, "sample", "mẫu") : ""});
        }
        std::cout << table.Render();
      });
}

}  // namespace

std::vector<Command> SchemeCommands() {
  return {
      {"scheme create",
       "FILE.json",
       {"id"},
       {"validate-only"},
       "draft a scoring scheme as a file describes it",
       "soạn bảng điểm theo tệp",
       1,
       1,
       Create},
      {"scheme publish",
       "SCHEME",
       {},
       {},
       "put a scheme in force",
       "ban hành bảng điểm",
       1,
       1,
       Publish},
      {"scheme list", "", {}, {}, "the scoring schemes", "các bảng điểm", 0, 0, List},
      {"scheme show", "SCHEME", {}, {}, "one scoring scheme", "một bảng điểm", 1, 1, Show},
  };
}

}  // namespace thidua::cli
