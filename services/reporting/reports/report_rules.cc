#include "services/reporting/reports/report_rules.h"

#include <array>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/contract/refusal.h"
#include "common/document/canonical_json.h"
#include "common/document/digest.h"

namespace thidua::reporting {
namespace {

using contract::Reason;
using document::Value;
using v1::Figure;
using v1::ReportState;
using v1::SchoolReport;
using Figures = google::protobuf::RepeatedPtrField<Figure>;

constexpr char kContentType[] = "thidua.reporting.revision/1";

struct VerbRule {
  ReportVerb verb;
  const char* action;
  const char* action_vi;
  std::array<ReportState, 2> from;  // the second UNSPECIFIED when there is one state only
};

constexpr VerbRule kVerbs[] = {
    {ReportVerb::kUpdate,
     "changing it",
     "sửa báo cáo",
     {v1::REPORT_STATE_DRAFT, v1::REPORT_STATE_RETURNED}},
    {ReportVerb::kSubmit,
     "submitting it",
     "nộp báo cáo",
     {v1::REPORT_STATE_DRAFT, v1::REPORT_STATE_UNSPECIFIED}},
    {ReportVerb::kReturn,
     "returning it",
     "trả lại báo cáo",
     {v1::REPORT_STATE_SUBMITTED, v1::REPORT_STATE_UNSPECIFIED}},
    {ReportVerb::kAccept,
     "accepting it",
     "tiếp nhận báo cáo",
     {v1::REPORT_STATE_SUBMITTED, v1::REPORT_STATE_UNSPECIFIED}},
    {ReportVerb::kReopen,
     "re-opening it",
     "mở lại báo cáo",
     {v1::REPORT_STATE_ACCEPTED, v1::REPORT_STATE_UNSPECIFIED}},
};

const VerbRule& RuleOf(ReportVerb verb) { return kVerbs[static_cast<size_t>(verb)]; }

std::string Word(ReportState state) {
  return std::string(absl::StripPrefix(v1::ReportState_Name(state), "REPORT_STATE_"));
}

const char* WordVi(ReportState state) {
  switch (state) {
    case v1::REPORT_STATE_DRAFT:
      return "bản nháp";
    case v1::REPORT_STATE_SUBMITTED:
      return "đã nộp";
    case v1::REPORT_STATE_RETURNED:
      return "đã trả lại";
    case v1::REPORT_STATE_ACCEPTED:
      return "đã tiếp nhận";
    default:
      return "";
  }
}

void ToNextRevision(SchoolReport* report) {
  report->set_state(v1::REPORT_STATE_DRAFT);
  report->set_revision(report->revision() + 1);
  report->clear_submit_time();
  report->clear_submitted_by();
  report->clear_sha256();
}

bool SameCell(const Figure& left, const Figure& right) {
  return SameStatement(left, right) && left.source() == right.source() &&
         left.raw_text() == right.raw_text() && left.note() == right.note();
}

void PutText(const char* key, const std::string& text, Value::Object& object) {
  if (!text.empty()) object[key] = text;
}

Value Content(const Figure& figure) {
  Value::Object object;
  object["indicator"] = figure.indicator();
  object["state"] = StateWord(figure.state());
  object["source"] =
      std::string(absl::StripPrefix(v1::FigureSource_Name(figure.source()), "FIGURE_SOURCE_"));
  if (figure.state() == v1::FIGURE_STATE_VALUE) {
    object["value"] =
        figure.has_decimal_value() ? Value(figure.decimal_value().value()) : Value(figure.value());
    object["qualifier"] = QualifierWord(figure.qualifier());
  }
  PutText("raw_text", figure.raw_text(), object);
  PutText("note", figure.note(), object);
  return object;
}

}  // namespace

absl::Status CheckState(const SchoolReport& report, ReportVerb verb) {
  const VerbRule& rule = RuleOf(verb);
  std::vector<std::string> needed, needed_vi;
  for (const ReportState state : rule.from) {
    if (state == v1::REPORT_STATE_UNSPECIFIED) continue;
    if (report.state() == state) return absl::OkStatus();
    needed.push_back(Word(state));
    needed_vi.emplace_back(WordVi(state));
  }
  return contract::Refuse(Reason::REASON_WRONG_STATE,
                          {{"resource", report.name()},
                           {"state", Word(report.state())},
                           {"state_vi", WordVi(report.state())},
                           {"action", rule.action},
                           {"action_vi", rule.action_vi},
                           {"needed", absl::StrJoin(needed, " or ")},
                           {"needed_vi", absl::StrJoin(needed_vi, " hoặc ")}});
}

SchoolReport FirstDraft(const Form& form, const SchoolReport& given) {
  SchoolReport draft;
  draft.set_school(given.school());
  draft.set_note(given.note());
  draft.set_revision(1);
  draft.set_state(v1::REPORT_STATE_DRAFT);
  std::vector<const Figure*> by_cell(static_cast<size_t>(form.size()), nullptr);
  for (const Figure& figure : given.figures())
    by_cell[static_cast<size_t>(*form.Find(figure.indicator()))] = &figure;
  for (int cell = 0; cell < form.size(); ++cell) {
    if (form.cell(cell).cluster_only()) continue;
    const Figure* figure = by_cell[static_cast<size_t>(cell)];
    *draft.add_figures() =
        figure != nullptr ? Normalised(*figure) : Unreported(form.cell(cell).indicator());
  }
  return draft;
}

absl::Status ChangeFigures(const Form& form, const Figures& given, SchoolReport* report) {
  std::vector<Figure*> by_cell(static_cast<size_t>(form.size()), nullptr);
  for (Figure& figure : *report->mutable_figures()) {
    by_cell[static_cast<size_t>(*form.Find(figure.indicator()))] = &figure;
  }
  const std::set<std::string> open(report->returned_cells().begin(),
                                   report->returned_cells().end());
  std::vector<std::string> closed;
  for (const Figure& figure : given) {
    Figure& current = *by_cell[static_cast<size_t>(*form.Find(figure.indicator()))];
    Figure changed = Normalised(figure);
    if (SameCell(current, changed)) continue;
    if (!open.empty() && !open.contains(figure.indicator())) {
      closed.push_back(figure.indicator());
      continue;
    }
    current = std::move(changed);
  }
  if (closed.empty()) return absl::OkStatus();
  const std::string cells = absl::StrJoin(closed, ", ");
  return contract::Refuse(
      Reason::REASON_RULE_VIOLATED,
      {{"resource", report->name()},
       {"why", absl::StrCat("only the returned cells may change, not ", cells)},
       {"why_vi", absl::StrCat("chỉ được sửa các chỉ tiêu bị trả lại, không được sửa ", cells)}});
}

void BeginCorrection(SchoolReport* report) {
  if (report->state() != v1::REPORT_STATE_RETURNED) return;
  report->set_revision_reason(report->return_reason());
  ToNextRevision(report);
}

absl::Status CheckComplete(const Form& form, const SchoolReport& report) {
  std::vector<std::string> missing;
  for (const Figure& figure : report.figures()) {
    const std::optional<int> cell = form.Find(figure.indicator());
    if (cell.has_value() && form.cell(*cell).mandatory() &&
        figure.state() == v1::FIGURE_STATE_NOT_REPORTED) {
      missing.push_back(figure.indicator());
    }
  }
  if (missing.empty()) return absl::OkStatus();
  std::vector<contract::Precondition> preconditions;
  for (const std::string& indicator : missing) {
    preconditions.push_back(
        {"MANDATORY_FIGURE", report.name(), absl::StrCat(indicator, " is not reported")});
  }
  return contract::RefusePreconditions(Reason::REASON_REPORT_INCOMPLETE,
                                       {{"resource", report.name()},
                                        {"count", absl::StrCat(missing.size())},
                                        {"cells", absl::StrJoin(missing, ", ")}},
                                       preconditions);
}

absl::Status Submit(const v1::Window& window, const Hand& hand, SchoolReport* report) {
  const absl::StatusOr<std::string> content = RevisionContent(*report);
  if (!content.ok()) return content.status();
  report->set_state(v1::REPORT_STATE_SUBMITTED);
  report->set_sha256(document::Sha256(*content));
  report->set_submitted_by(hand.person);
  *report->mutable_submit_time() = hand.time;
  if (!report->has_first_submit_time()) {
    *report->mutable_first_submit_time() = hand.time;
    report->set_late(std::pair(hand.time.seconds(), hand.time.nanos()) >
                     std::pair(window.due_time().seconds(), window.due_time().nanos()));
  }
  report->clear_return_reason();
  report->clear_returned_cells();
  report->clear_returned_by();
  return absl::OkStatus();
}

void Return(const Form& form, const Hand& hand, const std::string& reason,
            const google::protobuf::RepeatedPtrField<std::string>& cells, SchoolReport* report) {
  report->set_state(v1::REPORT_STATE_RETURNED);
  report->set_return_reason(reason);
  report->set_returned_by(hand.person);
  report->clear_returned_cells();
  const std::set<std::string> named(cells.begin(), cells.end());
  for (int cell = 0; cell < form.size(); ++cell) {
    if (named.contains(form.cell(cell).indicator()))
      report->add_returned_cells(form.cell(cell).indicator());
  }
}

absl::Status CheckFourEyes(const SchoolReport& report, const access::Caller& caller) {
  const bool same_school = caller.kind == access::Caller::Kind::kSchool &&
                           absl::StrCat("schools/", caller.id) == report.school();
  if (!same_school && caller.person() != report.submitted_by()) return absl::OkStatus();
  return contract::Refuse(Reason::REASON_FOUR_EYES,
                          {{"resource", report.name()},
                           {"action", RuleOf(ReportVerb::kAccept).action},
                           {"action_vi", RuleOf(ReportVerb::kAccept).action_vi},
                           {"maker", same_school ? report.school() : report.submitted_by()}});
}

void Accept(const Hand& hand, SchoolReport* report) {
  report->set_state(v1::REPORT_STATE_ACCEPTED);
  report->set_accepted_revision(report->revision());
  report->set_accepted_by(hand.person);
  *report->mutable_accept_time() = hand.time;
  report->clear_reopen_reason();
}

void Reopen(const std::string& reason, SchoolReport* report) {
  report->set_revision_reason(reason);
  report->set_reopen_reason(reason);
  ToNextRevision(report);
}

absl::StatusOr<std::string> RevisionContent(const SchoolReport& report) {
  Value::Array figures;
  for (const Figure& figure : report.figures()) figures.push_back(Content(figure));
  Value::Object object;
  object["type"] = kContentType;
  object["report"] = report.name();
  object["revision"] = report.revision();
  object["figures"] = std::move(figures);
  PutText("note", report.note(), object);
  return document::Canonical(object);
}

bool SeesDraft(const access::Caller& caller, access::Reach reach, std::string_view school,
               std::string_view province) {
  if (reach == access::Reach::kAll) return true;
  if (caller.kind == access::Caller::Kind::kSchool) return caller.id == school;
  return caller.kind == access::Caller::Kind::kPortal && !province.empty() && caller.id == province;
}

}  // namespace thidua::reporting
