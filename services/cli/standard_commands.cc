// `thidua standard`: the schools' way to the standard of political schools (trường chính trị
// chuẩn).
#include <iostream>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/file_content.h"
#include "services/cli/partial_date.h"
#include "services/cli/provenance_flags.h"
#include "services/cli/registry_text.h"
#include "services/cli/standard_form.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.registry.v1.StandardService." + name; }

// ---- Names.

std::string SchemeNamed(const std::string& word) {
  return absl::StartsWith(word, "standardSchemes/") ? word : "standardSchemes/" + word;
}

std::string LevelText(const Session& session) {
  return session.arguments().Flag("level").value_or("1");
}

// The case of the school that the first operand names, at --level (1 when not said).
std::string CaseName(const Session& session) {
  const std::string& school = session.arguments().words().front();
  return absl::StrCat(absl::StartsWith(school, "schools/") ? "" : "schools/", school,
                      "/standardCases/level-", LevelText(session));
}

std::string AssessmentName(const std::string& standard_case, const std::string& word) {
  if (word.empty() || absl::StartsWith(word, "schools/")) return word;
  return absl::StrCat(standard_case, "/assessments/", word);
}

std::string SchoolIdOf(const std::string& name) {
  return contract::SegmentAfter(name, "schools").value_or("");
}

// ---- Words.

std::string StateText(const Session& session, StandardCaseState state) {
  switch (state) {
    case STANDARD_CASE_STATE_PREPARING:
      return Word(session, "PREPARING", "đang xây dựng (PREPARING)");
    case STANDARD_CASE_STATE_REASSESSMENT_DUE:
      return Word(session, "REASSESSMENT_DUE", "cần đánh giá lại (REASSESSMENT_DUE)");
    case STANDARD_CASE_STATE_SCHEME_APPROVED:
      return Word(session, "SCHEME_APPROVED", "đã duyệt đề án (SCHEME_APPROVED)");
    case STANDARD_CASE_STATE_SELF_ASSESSED:
      return Word(session, "SELF_ASSESSED", "đã tự đánh giá (SELF_ASSESSED)");
    case STANDARD_CASE_STATE_PROVINCIAL_ASSESSED:
      return Word(session, "PROVINCIAL_ASSESSED", "tỉnh đã đánh giá (PROVINCIAL_ASSESSED)");
    case STANDARD_CASE_STATE_SUBMITTED_TO_ACADEMY:
      return Word(session, "SUBMITTED_TO_ACADEMY", "đã trình Học viện (SUBMITTED_TO_ACADEMY)");
    case STANDARD_CASE_STATE_SURVEYED:
      return Word(session, "SURVEYED", "đã khảo sát (SURVEYED)");
    case STANDARD_CASE_STATE_APPRAISED:
      return Word(session, "APPRAISED", "đã thẩm định (APPRAISED)");
    case STANDARD_CASE_STATE_RECOGNISED:
      return Word(session, "RECOGNISED", "đã công nhận (RECOGNISED)");
    case STANDARD_CASE_STATE_CERTIFIED:
      return Word(session, "CERTIFIED", "đã trao bằng (CERTIFIED)");
    case STANDARD_CASE_STATE_RETURNED:
      return Word(session, "RETURNED", "bị trả lại (RETURNED)");
    default:
      return "?";
  }
}

std::string StepText(const Session& session, StandardStepType type) {
  switch (type) {
    case STANDARD_STEP_TYPE_SCHEME_APPROVED:
      return Word(session, "SCHEME_APPROVED", "duyệt đề án (SCHEME_APPROVED)");
    case STANDARD_STEP_TYPE_SELF_ASSESSED:
      return Word(session, "SELF_ASSESSED", "tự đánh giá (SELF_ASSESSED)");
    case STANDARD_STEP_TYPE_PROVINCIAL_ASSESSED:
      return Word(session, "PROVINCIAL_ASSESSED", "đánh giá cấp tỉnh (PROVINCIAL_ASSESSED)");
    case STANDARD_STEP_TYPE_SUBMITTED_TO_ACADEMY:
      return Word(session, "SUBMITTED_TO_ACADEMY", "trình Học viện (SUBMITTED_TO_ACADEMY)");
    case STANDARD_STEP_TYPE_SURVEYED:
      return Word(session, "SURVEYED", "khảo sát (SURVEYED)");
    case STANDARD_STEP_TYPE_APPRAISED:
      return Word(session, "APPRAISED", "thẩm định (APPRAISED)");
    case STANDARD_STEP_TYPE_RECOGNISED:
      return Word(session, "RECOGNISED", "công nhận (RECOGNISED)");
    case STANDARD_STEP_TYPE_CERTIFIED:
      return Word(session, "CERTIFIED", "trao bằng (CERTIFIED)");
    case STANDARD_STEP_TYPE_RETURNED:
      return Word(session, "RETURNED", "trả lại (RETURNED)");
    case STANDARD_STEP_TYPE_PROGRESS_REPORTED:
      return Word(session, "PROGRESS_REPORTED", "báo cáo tiến độ (PROGRESS_REPORTED)");
    default:
      return "?";
  }
}

std::string StandingText(const Session& session, StandardStanding standing) {
  switch (standing) {
    case STANDARD_STANDING_RECOGNISED:
      return Word(session, "recognised", "đạt chuẩn");
    case STANDARD_STANDING_IN_PROGRESS:
      return Word(session, "in progress", "đang thực hiện");
    case STANDARD_STANDING_REASSESSMENT_DUE:
      return Word(session, "reassessment due", "cần đánh giá lại");
    case STANDARD_STANDING_NONE:
      return Word(session, "none", "chưa có hồ sơ");
    default:
      return "?";
  }
}

std::string ResultText(const Session& session, IndicatorResult result) {
  switch (result) {
    case INDICATOR_RESULT_MET:
      return Word(session, "met", "đạt");
    case INDICATOR_RESULT_UNMET:
      return Word(session, "unmet", "chưa đạt");
    case INDICATOR_RESULT_NEAR:
      return Word(session, "near", "gần đạt");
    case INDICATOR_RESULT_EXCEEDED:
      return Word(session, "exceeded", "vượt");
    default:
      return Word(session, "not judged", "chưa đánh giá");
  }
}

std::string AssessorText(const Session& session, StandardAssessor assessor) {
  switch (assessor) {
    case STANDARD_ASSESSOR_SCHOOL:
      return Word(session, "school", "trường");
    case STANDARD_ASSESSOR_PROVINCE:
      return Word(session, "province", "tỉnh");
    case STANDARD_ASSESSOR_ACADEMY:
      return Word(session, "academy", "Học viện");
    default:
      return "?";
  }
}

// "54/55, exceeded 12"; what is unknown is left out.
std::string CountsText(const Session& session, const StandardCounts& counts) {
  std::vector<std::string> parts;
  if (counts.has_met()) parts.push_back(absl::StrCat(counts.met(), "/", counts.total()));
  if (counts.has_near())
    parts.push_back(absl::StrCat(Word(session, "near ", "gần đạt "), counts.near()));
  if (counts.has_exceeded())
    parts.push_back(absl::StrCat(Word(session, "exceeded ", "vượt "), counts.exceeded()));
  return absl::StrJoin(parts, ", ");
}

// Between which days it was recognised.
template <class Recognised>
std::string RecognisedText(const Session& session, const Recognised& recognised) {
  if (!recognised.has_recognised_latest()) return "";
  const std::string latest = DayText(session, recognised.recognised_latest());
  const std::string earliest =
      DayText(session, recognised.recognised_earliest(), recognised.has_recognised_earliest());
  return earliest == latest ? latest : absl::StrCat(earliest, " – ", latest);
}

// ---- Cases.

void Print(const Session& session, const StandardCase& standard_case) {
  std::cout << SchoolIdOf(standard_case.name()) << session.Say(", level ", ", mức ")
            << standard_case.level() << ": " << StateText(session, standard_case.state()) << "\n"
            << session.Say("  indicators  ", "  bộ chỉ tiêu  ") << IdOf(standard_case.scheme())
            << "\n";
  if (standard_case.has_recognised_latest()) {
    std::cout << session.Say("  recognised  ", "  công nhận    ")
              << RecognisedText(session, standard_case) << "\n";
  }
  Footnotes notes;
  Table table({{"#", Table::Align::kRight},
               {Word(session, "step", "bước")},
               {Word(session, "date", "ngày")},
               {Word(session, "indicators", "chỉ tiêu")},
               {Word(session, "decision", "quyết định")},
               {Word(session, "note", "ghi chú")},
               {Word(session, "certainty", "độ tin cậy")}});
  for (const StandardStep& step : standard_case.steps()) {
    std::string text = StepText(session, step.type());
    if (step.type() == STANDARD_STEP_TYPE_RETURNED)
      absl::StrAppend(&text, " → ", StepText(session, step.returned_to()));
    table.Row({absl::StrCat(step.number()), text,
               PartialDateText(step.date(), session.vietnamese()),
               CountsText(session, step.counts()), step.decision().number(), step.note(),
               notes.Mark(session, step.provenance())});
  }
  if (!table.empty()) std::cout << "\n" << table.Render() << notes.Render();
  if (!standard_case.unknown_steps().empty()) {
    std::vector<std::string> unknown;
    for (int type : standard_case.unknown_steps())
      unknown.push_back(StepText(session, static_cast<StandardStepType>(type)));
    std::cout << session.Say("  unknown     ", "  chưa rõ      ") << absl::StrJoin(unknown, ", ")
              << "\n";
  }
  for (const PredecessorStanding& earlier : standard_case.predecessors()) {
    std::cout << session.Say("  predecessor ", "  tiền thân    ")
              << SchoolIdOf(earlier.standard_case()) << ": " << StateText(session, earlier.state())
              << " " << RecognisedText(session, earlier) << "\n";
  }
}

int Shown(Session& session, const absl::StatusOr<StandardCase>& standard_case) {
  return Answered(session, standard_case,
                  [&](const StandardCase& shown) { Print(session, shown); });
}

absl::StatusOr<StandardCase> GetCase(Session& session) {
  GetStandardCaseRequest request;
  request.set_name(CaseName(session));
  return session.Call<StandardCase>(Method("GetStandardCase"), request);
}

int Show(Session& session) { return Shown(session, GetCase(session)); }

int List(Session& session) {
  ListStandardCasesRequest request;
  request.set_page_size(500);
  const Arguments& arguments = session.arguments();
  if (const auto school = arguments.Flag("school"); school.has_value())
    request.set_school("schools/" + *school);
  std::vector<std::string> filters;
  if (const auto level = arguments.Flag("level"); level.has_value())
    filters.push_back("level = " + *level);
  if (const auto state = arguments.Flag("state"); state.has_value())
    filters.push_back("state = " + absl::AsciiStrToUpper(*state));
  request.set_filter(absl::StrJoin(filters, " AND "));
  const auto day = arguments.Day("recognised-on");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_recognised_as_of() = runtime::DayToProto(**day);
  return Answered(
      session, AllPages<ListStandardCasesResponse>(session, Method("ListStandardCases"), request),
      [&](const ListStandardCasesResponse& response) {
        Table table({{Word(session, "school", "trường")},
                     {Word(session, "level", "mức"), Table::Align::kRight},
                     {Word(session, "state", "tình trạng")},
                     {Word(session, "recognised", "công nhận")},
                     {Word(session, "steps", "số bước"), Table::Align::kRight}});
        for (const StandardCase& standard_case : response.standard_cases()) {
          table.Row({SchoolIdOf(standard_case.name()), absl::StrCat(standard_case.level()),
                     StateText(session, standard_case.state()),
                     RecognisedText(session, standard_case),
                     absl::StrCat(standard_case.steps_size())});
        }
        std::cout << table.Render();
      });
}

void Print(const Session& session, const StandardRegister& standard_register) {
  std::cout << session.Say("level ", "mức ") << standard_register.level()
            << session.Say(", as of ", ", tại ngày ") << DayText(session, standard_register.as_of())
            << "\n";
  for (const StandingCount& count : standard_register.counts()) {
    std::cout << "  " << StandingText(session, count.standing()) << ": " << count.schools() << "\n";
  }
  Table table({{Word(session, "school", "trường")},
               {Word(session, "name", "tên")},
               {Word(session, "standing", "tình trạng")},
               {Word(session, "recognised predecessors", "tiền thân đạt chuẩn")},
               {Word(session, "certainty", "độ tin cậy")}});
  for (const StandardRegisterEntry& entry : standard_register.entries()) {
    std::vector<std::string> predecessors;
    for (const std::string& school : entry.recognised_predecessors())
      predecessors.push_back(IdOf(school));
    table.Row({IdOf(entry.school()), entry.display_name(), StandingText(session, entry.standing()),
               absl::StrJoin(predecessors, ", "),
               entry.provisional() ? Word(session, "provisional", "tạm thời")
               : entry.uncertain() ? Word(session, "dates leave it open", "ngày chưa đủ rõ")
                                   : ""});
  }
  std::cout << "\n" << table.Render();
}

int Register(Session& session) {
  GetStandardRegisterRequest request;
  int level = 0;
  if (!absl::SimpleAtoi(LevelText(session), &level))
    return Misused(session, "--level 1|2", "--level 1|2");
  request.set_level(level);
  if (const auto cluster = session.arguments().Flag("cluster"); cluster.has_value())
    request.set_cluster("clusters/" + *cluster);
  const auto day = session.arguments().Day("as-of");
  if (!day.ok()) return session.Fail(day.status());
  if (day->has_value()) *request.mutable_as_of() = runtime::DayToProto(**day);
  return Answered(session, session.Call<StandardRegister>(Method("GetStandardRegister"), request),
                  [&](const StandardRegister& shown) { Print(session, shown); });
}

// ---- Steps.

// The step that the flags describe, its assessment by full name.
absl::StatusOr<StandardStep> StepOf(const Session& session) {
  absl::StatusOr<StandardStep> step = ReadStep(session.arguments());
  if (step.ok()) step->set_assessment(AssessmentName(CaseName(session), step->assessment()));
  return step;
}

// A method with name, step and etag: moves the case as it stands now.
template <class Request>
int Take(Session& session, const std::string& method) {
  const absl::StatusOr<StandardStep> step = StepOf(session);
  if (!step.ok()) return session.Fail(step.status());
  const absl::StatusOr<StandardCase> standard_case = GetCase(session);
  if (!standard_case.ok()) return session.Fail(standard_case.status());
  Request request;
  request.set_name(standard_case->name());
  *request.mutable_step() = *step;
  request.set_etag(standard_case->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<StandardCase>(Method(method), request));
}

int Approve(Session& session) {
  const absl::StatusOr<StandardStep> step = StepOf(session);
  if (!step.ok()) return session.Fail(step.status());
  const auto scheme = session.arguments().Flag("scheme");
  if (!scheme.has_value())
    return Misused(session, "say --scheme SCHEME", "cần --scheme BỘ-CHỈ-TIÊU");
  const absl::StatusOr<StandardCase> standard_case = GetCase(session);
  if (!standard_case.ok() && !absl::IsNotFound(standard_case.status()))
    return session.Fail(standard_case.status());
  ApproveStandardSchemeRequest request;
  request.set_name(CaseName(session));
  request.set_scheme(SchemeNamed(*scheme));
  *request.mutable_step() = *step;
  if (standard_case.ok()) request.set_etag(standard_case->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<StandardCase>(Method("ApproveStandardScheme"), request));
}

int Return(Session& session) {
  const StandardStepType returned_to = StepNamed(session.arguments().Flag("to").value_or(""));
  const std::string reason = session.arguments().Flag("reason").value_or("");
  if (returned_to == STANDARD_STEP_TYPE_UNSPECIFIED || reason.empty()) {
    return Misused(session, "say --to STEP (for example SELF_ASSESSED) and --reason",
                   "cần --to BƯỚC (ví dụ SELF_ASSESSED) và --reason LÝ-DO");
  }
  const absl::StatusOr<StandardStep> step = StepOf(session);
  if (!step.ok()) return session.Fail(step.status());
  const absl::StatusOr<StandardCase> standard_case = GetCase(session);
  if (!standard_case.ok()) return session.Fail(standard_case.status());
  ReturnStandardCaseRequest request;
  request.set_name(standard_case->name());
  request.set_returned_to(returned_to);
  request.set_reason(reason);
  *request.mutable_step() = *step;
  request.set_etag(standard_case->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<StandardCase>(Method("ReturnStandardCase"), request));
}

int Record(Session& session) {
  RecordStandardStepRequest request;
  request.set_name(CaseName(session));
  request.set_type(StepNamed(session.arguments().words()[1]));
  const absl::StatusOr<StandardStep> step = StepOf(session);
  if (!step.ok()) return session.Fail(step.status());
  *request.mutable_step() = *step;
  if (const auto scheme = session.arguments().Flag("scheme"); scheme.has_value())
    request.set_scheme(SchemeNamed(*scheme));
  request.set_allow_missing(true);
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<StandardCase>(Method("RecordStandardStep"), request));
}

int Correct(Session& session) {
  int number = 0;
  if (!absl::SimpleAtoi(session.arguments().words()[1], &number))
    return Misused(session, "the step is a number, see `standard show`",
                   "bước là một số, xem `standard show`");
  const absl::StatusOr<StandardStep> step = StepOf(session);
  if (!step.ok()) return session.Fail(step.status());
  const absl::StatusOr<StandardCase> standard_case = GetCase(session);
  if (!standard_case.ok()) return session.Fail(standard_case.status());
  CorrectStandardStepRequest request;
  request.set_name(standard_case->name());
  request.set_number(number);
  *request.mutable_step() = *step;
  request.set_reason(session.arguments().Flag("reason").value_or(""));
  request.set_etag(standard_case->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<StandardCase>(Method("CorrectStandardStep"), request));
}

// ---- Schemes.

std::string ThresholdText(const StandardIndicator& indicator) {
  if (!indicator.has_threshold()) return "";
  return absl::StrCat("≥ ", indicator.threshold().at_least().value(), " ",
                      indicator.threshold().unit());
}

void Print(const Session& session, const StandardScheme& scheme) {
  std::cout << scheme.display_name() << " (" << IdOf(scheme.name()) << ")\n"
            << session.Say("  level       ", "  mức          ") << scheme.level() << "\n"
            << session.Say("  indicators  ", "  chỉ tiêu     ") << scheme.indicator_total()
            << session.Say(", listed ", ", đã liệt kê ") << scheme.indicators_size() << "\n"
            << session.Say("  source      ", "  nguồn        ") << scheme.provenance().source()
            << "\n\n";
  Table criteria({{"#", Table::Align::kRight},
                  {Word(session, "criterion", "tiêu chí")},
                  {Word(session, "indicators", "số chỉ tiêu"), Table::Align::kRight}});
  for (const StandardCriterion& criterion : scheme.criteria()) {
    criteria.Row(
        {absl::StrCat(criterion.number()), criterion.display_name(),
         criterion.has_indicator_total() ? absl::StrCat(criterion.indicator_total()) : "?"});
  }
  std::cout << criteria.Render();
  if (scheme.indicators().empty()) return;
  Footnotes notes;
  Table indicators({{Word(session, "code", "mã")},
                    {Word(session, "criterion", "tiêu chí"), Table::Align::kRight},
                    {Word(session, "indicator", "chỉ tiêu")},
                    {Word(session, "threshold", "ngưỡng")},
                    {Word(session, "certainty", "độ tin cậy")}});
  for (const StandardIndicator& indicator : scheme.indicators()) {
    indicators.Row({indicator.code(), absl::StrCat(indicator.criterion()), indicator.text(),
                    ThresholdText(indicator),
                    notes.Mark(session, indicator.has_provenance() ? indicator.provenance()
                                                                   : scheme.provenance())});
  }
  std::cout << "\n" << indicators.Render() << notes.Render();
}

int Shown(Session& session, const absl::StatusOr<StandardScheme>& scheme) {
  return Answered(session, scheme, [&](const StandardScheme& shown) { Print(session, shown); });
}

absl::StatusOr<StandardScheme> GetScheme(Session& session, const std::string& name) {
  GetStandardSchemeRequest request;
  request.set_name(SchemeNamed(name));
  return session.Call<StandardScheme>(Method("GetStandardScheme"), request);
}

int ShowScheme(Session& session) {
  return Shown(session, GetScheme(session, session.arguments().words().front()));
}

int ListSchemes(Session& session) {
  ListStandardSchemesRequest request;
  request.set_page_size(500);
  return Answered(
      session,
      AllPages<ListStandardSchemesResponse>(session, Method("ListStandardSchemes"), request),
      [&](const ListStandardSchemesResponse& response) {
        Table table({{Word(session, "scheme", "bộ chỉ tiêu")},
                     {Word(session, "level", "mức"), Table::Align::kRight},
                     {Word(session, "name", "tên")},
                     {Word(session, "indicators", "chỉ tiêu"), Table::Align::kRight},
                     {Word(session, "listed", "đã liệt kê"), Table::Align::kRight}});
        for (const StandardScheme& scheme : response.standard_schemes()) {
          table.Row({IdOf(scheme.name()), absl::StrCat(scheme.level()), scheme.display_name(),
                     absl::StrCat(scheme.indicator_total()),
                     absl::StrCat(scheme.indicators_size())});
        }
        std::cout << table.Render();
      });
}

// The file is a StandardScheme as `standard scheme show --format json` prints it.
int CreateScheme(Session& session) {
  CreateStandardSchemeRequest request;
  if (absl::Status read =
          ReadJsonFile(session.arguments().words().front(), request.mutable_standard_scheme());
      !read.ok()) {
    return session.Fail(read);
  }
  request.set_standard_scheme_id(IdOf(request.standard_scheme().name()));
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<StandardScheme>(Method("CreateStandardScheme"), request));
}

// The same file: the scheme becomes what it says.
int UpdateScheme(Session& session) {
  UpdateStandardSchemeRequest request;
  if (absl::Status read =
          ReadJsonFile(session.arguments().words().front(), request.mutable_standard_scheme());
      !read.ok()) {
    return session.Fail(read);
  }
  const auto stored = GetScheme(session, request.standard_scheme().name());
  if (!stored.ok()) return session.Fail(stored.status());
  for (const char* path :
       {"display_name", "indicator_total", "criteria", "indicators", "provenance"}) {
    request.mutable_update_mask()->add_paths(path);
  }
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session, session.Call<StandardScheme>(Method("UpdateStandardScheme"), request));
}

// ---- Assessments.

void Print(const Session& session, const StandardAssessment& assessment) {
  std::cout << assessment.name() << "\n"
            << session.Say("  by          ", "  đánh giá bởi ")
            << AssessorText(session, assessment.assessor()) << ", "
            << DayText(session, assessment.date()) << "\n";
  if (assessment.has_counts()) {
    std::cout << session.Say("  indicators  ", "  chỉ tiêu     ")
              << CountsText(session, assessment.counts()) << "\n";
  }
  Table table({{Word(session, "criterion", "tiêu chí"), Table::Align::kRight},
               {Word(session, "met", "đạt"), Table::Align::kRight},
               {Word(session, "exceeded", "vượt"), Table::Align::kRight},
               {Word(session, "unmet", "chưa đạt"), Table::Align::kRight},
               {Word(session, "near", "gần đạt"), Table::Align::kRight},
               {Word(session, "not judged", "chưa đánh giá"), Table::Align::kRight}});
  for (const CriterionResult& result : assessment.criteria()) {
    table.Row({absl::StrCat(result.criterion()), absl::StrCat(result.met()),
               absl::StrCat(result.exceeded()), absl::StrCat(result.unmet()),
               absl::StrCat(result.near()), absl::StrCat(result.not_judged())});
  }
  std::cout << "\n" << table.Render();
}

int Shown(Session& session, const absl::StatusOr<StandardAssessment>& assessment) {
  return Answered(session, assessment,
                  [&](const StandardAssessment& shown) { Print(session, shown); });
}

absl::StatusOr<StandardAssessment> GetAssessment(Session& session, const std::string& name) {
  GetStandardAssessmentRequest request;
  request.set_name(name);
  return session.Call<StandardAssessment>(Method("GetStandardAssessment"), request);
}

// What the flags and the file say.
absl::StatusOr<StandardAssessment> ReadAssessment(const Session& session, CsvProblems& problems) {
  const Arguments& arguments = session.arguments();
  StandardAssessment assessment;
  assessment.set_name(AssessmentName(CaseName(session), arguments.words()[1]));
  StandardAssessor assessor = STANDARD_ASSESSOR_UNSPECIFIED;
  (void)StandardAssessor_Parse(
      "STANDARD_ASSESSOR_" + absl::AsciiStrToUpper(arguments.Flag("by").value_or("school")),
      &assessor);
  assessment.set_assessor(assessor);
  const auto day = arguments.Day("date");
  if (!day.ok()) return day.status();
  if (day->has_value()) *assessment.mutable_date() = runtime::DayToProto(**day);
  const auto counts = ReadCounts(arguments);
  if (!counts.ok()) return counts.status();
  if (counts->ByteSizeLong() > 0) *assessment.mutable_counts() = *counts;
  *assessment.mutable_provenance() = ReadProvenance(arguments);
  assessment.set_note(arguments.Flag("note").value_or(""));
  if (const auto file = arguments.Flag("from"); file.has_value()) {
    const auto text = ReadFile(*file);
    if (!text.ok()) return text.status();
    *assessment.mutable_findings() = ReadFindings(*file, *text, problems);
  }
  return assessment;
}

int UpdateAssessment(Session& session, const StandardAssessment& assessment) {
  const auto stored = GetAssessment(session, assessment.name());
  if (!stored.ok()) return session.Fail(stored.status());
  UpdateStandardAssessmentRequest request;
  *request.mutable_standard_assessment() = assessment;
  for (const char* path : {"date", "findings", "counts", "provenance", "note"})
    request.mutable_update_mask()->add_paths(path);
  request.set_etag(stored->etag());
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session,
               session.Call<StandardAssessment>(Method("UpdateStandardAssessment"), request));
}

int Assess(Session& session) {
  CsvProblems problems;
  const auto assessment = ReadAssessment(session, problems);
  if (!problems.empty()) {
    PrintProblems(problems, session.vietnamese(), std::cerr);
    return kUsage;
  }
  if (!assessment.ok()) return session.Fail(assessment.status());
  if (session.arguments().Switch("update")) return UpdateAssessment(session, *assessment);
  CreateStandardAssessmentRequest request;
  request.set_parent(CaseName(session));
  request.set_assessment_id(IdOf(assessment->name()));
  *request.mutable_standard_assessment() = *assessment;
  request.set_request_id(runtime::NewUuid4());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  return Shown(session,
               session.Call<StandardAssessment>(Method("CreateStandardAssessment"), request));
}

int ShowAssessment(Session& session) {
  return Shown(session, GetAssessment(session, AssessmentName(CaseName(session),
                                                              session.arguments().words()[1])));
}

int ListAssessments(Session& session) {
  ListStandardAssessmentsRequest request;
  request.set_parent(CaseName(session));
  return Answered(
      session,
      AllPages<ListStandardAssessmentsResponse>(session, Method("ListStandardAssessments"),
                                                request),
      [&](const ListStandardAssessmentsResponse& response) {
        Table table({{Word(session, "assessment", "bản đánh giá")},
                     {Word(session, "date", "ngày")},
                     {Word(session, "by", "đánh giá bởi")},
                     {Word(session, "indicators", "chỉ tiêu")},
                     {Word(session, "step", "bước"), Table::Align::kRight}});
        for (const StandardAssessment& assessment : response.standard_assessments()) {
          table.Row({IdOf(assessment.name()), DayText(session, assessment.date()),
                     AssessorText(session, assessment.assessor()),
                     CountsText(session, assessment.counts()),
                     assessment.step_number() == 0 ? "" : absl::StrCat(assessment.step_number())});
        }
        std::cout << table.Render();
      });
}

int Gaps(Session& session) {
  GetStandardGapsRequest request;
  request.set_name(CaseName(session));
  request.set_assessment(
      AssessmentName(request.name(), session.arguments().Flag("assessment").value_or("")));
  return Answered(session, session.Call<StandardGaps>(Method("GetStandardGaps"), request),
                  [&](const StandardGaps& gaps) {
                    std::cout << (gaps.assessment().empty()
                                      ? Word(session, "no assessment yet", "chưa có bản đánh giá")
                                      : gaps.assessment())
                              << "  " << CountsText(session, gaps.counts()) << "\n";
                    Table table({{Word(session, "code", "mã")},
                                 {Word(session, "criterion", "tiêu chí"), Table::Align::kRight},
                                 {Word(session, "indicator", "chỉ tiêu")},
                                 {Word(session, "found", "kết quả")},
                                 {Word(session, "evidence", "minh chứng")},
                                 {Word(session, "note", "ghi chú")}});
                    for (const StandardGap& gap : gaps.gaps()) {
                      table.Row({gap.indicator().code(), absl::StrCat(gap.indicator().criterion()),
                                 gap.indicator().text(), ResultText(session, gap.result()),
                                 gap.evidence_missing() ? Word(session, "missing", "chưa có") : "",
                                 gap.note()});
                    }
                    std::cout << table.Render();
                    if (gaps.unlisted() > 0) {
                      std::cout << session.Say("  indicators that the scheme does not list yet: ",
                                               "  chỉ tiêu chưa có trong bộ chỉ tiêu: ")
                                << gaps.unlisted() << "\n";
                    }
                  });
}

// ---- The commands.

// A step on a case: `standard NAME SCHOOL` with what is known of the step.
Command StepCommand(const std::string& name, const std::string& operands,
                    const std::set<std::string>& more, const std::string& summary,
                    const std::string& summary_vi, std::function<int(Session&)> run) {
  std::set<std::string> flags = StepFlags();
  flags.insert("level");
  flags.insert(more.begin(), more.end());
  const size_t count = operands == "SCHOOL" ? 1 : 2;
  return {"standard " + name,
          operands,
          flags,
          {"provisional", "validate-only"},
          summary,
          summary_vi,
          count,
          count,
          std::move(run)};
}

template <class Request>
std::function<int(Session&)> Taking(const std::string& method) {
  return [method](Session& session) { return Take<Request>(session, method); };
}

std::vector<Command> StepCommands() {
  return {
      StepCommand("approve", "SCHOOL", {"scheme"}, "the province approved the school's project",
                  "tỉnh phê duyệt đề án của trường", Approve),
      StepCommand("self-assess", "SCHOOL", {}, "the school assessed itself", "trường tự đánh giá",
                  Taking<SelfAssessStandardRequest>("SelfAssessStandard")),
      StepCommand("provincial", "SCHOOL", {}, "the province assessed the school",
                  "tỉnh đánh giá trường",
                  Taking<RecordProvincialAssessmentRequest>("RecordProvincialAssessment")),
      StepCommand("submit", "SCHOOL", {}, "the school hands its dossier to the Academy",
                  "trường trình hồ sơ lên Học viện",
                  Taking<SubmitStandardCaseRequest>("SubmitStandardCase")),
      StepCommand("survey", "SCHOOL", {}, "the Academy surveyed the school", "Học viện khảo sát",
                  Taking<RecordStandardSurveyRequest>("RecordStandardSurvey")),
      StepCommand("appraise", "SCHOOL", {}, "the appraisal council passed the school",
                  "hội đồng thẩm định thông qua",
                  Taking<RecordStandardAppraisalRequest>("RecordStandardAppraisal")),
      StepCommand("recognise", "SCHOOL", {}, "the Academy recognised the school",
                  "Học viện công nhận đạt chuẩn",
                  Taking<RecogniseStandardRequest>("RecogniseStandard")),
      StepCommand("certify", "SCHOOL", {}, "the certificate was handed over", "trao bằng công nhận",
                  Taking<CertifyStandardRequest>("CertifyStandard")),
      StepCommand("progress", "SCHOOL", {}, "the school says how far it has come",
                  "trường báo cáo tiến độ",
                  Taking<ReportStandardProgressRequest>("ReportStandardProgress")),
      StepCommand("return", "SCHOOL", {"to", "reason"}, "send a case back to an earlier step",
                  "trả hồ sơ về bước trước", Return),
      StepCommand("record", "SCHOOL STEP", {"scheme"}, "record a step of the past from a source",
                  "ghi một bước đã qua theo nguồn", Record),
      StepCommand("correct", "SCHOOL NUMBER", {"reason"}, "correct what is said of a step",
                  "sửa nội dung một bước", Correct),
  };
}

}  // namespace

std::vector<Command> StandardCommands() {
  std::vector<Command> commands = {
      {"standard list",
       "",
       {"level", "state", "school", "recognised-on"},
       {},
       "the cases of the schools",
       "hồ sơ trường chính trị chuẩn",
       0,
       0,
       List},
      {"standard show",
       "SCHOOL",
       {"level"},
       {},
       "a school's way to a level, step by step",
       "các bước của một trường tới một mức chuẩn",
       1,
       1,
       Show},
      {"standard register",
       "",
       {"level", "as-of", "cluster"},
       {},
       "how every school, or member of a cluster, stands on a day",
       "tình trạng đạt chuẩn của các trường, hoặc của một cụm, tại một ngày",
       0,
       0,
       Register},
      {"standard gaps",
       "SCHOOL",
       {"level", "assessment"},
       {},
       "what a school still lacks",
       "những chỉ tiêu trường còn thiếu",
       1,
       1,
       Gaps},
      {"standard assess",
       "SCHOOL ASSESSMENT",
       {"level", "from", "by", "date", "met", "unmet", "near", "exceeded", "total", "source",
        "document", "provenance-note", "note"},
       {"provisional", "update", "validate-only"},
       "record an assessment from a file (indicator,result,evidence,note) or in counts",
       "ghi bản đánh giá theo tệp (indicator,result,evidence,note) hoặc theo tổng số",
       2,
       2,
       Assess},
      {"standard assessment list",
       "SCHOOL",
       {"level"},
       {},
       "the assessments of a school",
       "các bản đánh giá của một trường",
       1,
       1,
       ListAssessments},
      {"standard assessment show",
       "SCHOOL ASSESSMENT",
       {"level"},
       {},
       "one assessment",
       "một bản đánh giá",
       2,
       2,
       ShowAssessment},
      {"standard scheme list",
       "",
       {},
       {},
       "the sets of indicators of the standard",
       "các bộ chỉ tiêu chuẩn",
       0,
       0,
       ListSchemes},
      {"standard scheme show",
       "SCHEME",
       {},
       {},
       "one set of indicators",
       "một bộ chỉ tiêu chuẩn",
       1,
       1,
       ShowScheme},
      {"standard scheme create",
       "FILE.json",
       {},
       {"validate-only"},
       "record a set of indicators as a file describes it",
       "ghi bộ chỉ tiêu theo tệp",
       1,
       1,
       CreateScheme},
      {"standard scheme update",
       "FILE.json",
       {},
       {"validate-only"},
       "change a set of indicators to what a file says",
       "sửa bộ chỉ tiêu theo tệp",
       1,
       1,
       UpdateScheme},
  };
  for (Command& command : StepCommands()) commands.push_back(std::move(command));
  return commands;
}

}  // namespace thidua::cli
