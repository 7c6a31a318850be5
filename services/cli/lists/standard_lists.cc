// standard_schemes.csv with standard_criteria.csv and standard_indicators.csv; standard_cases.csv
// with standard_steps.csv; standard_assessments.csv with standard_findings.csv.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/cli/lists/catalogue.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::cli {
namespace {

using google::protobuf::Message;
using registry::v1::StandardAssessment;
using registry::v1::StandardCase;
using registry::v1::StandardScheme;
using registry::v1::StandardStep;

constexpr char kSteps[] = "standard_steps.csv";
// The journal's reason of a correction.
constexpr char kCorrection[] = "theo danh mục";

const StandardCase& AsCase(const Message& message) {
  return *google::protobuf::DynamicCastToGenerated<StandardCase>(&message);
}

// What makes two rows, or a row and what is recorded, the same step.
std::string KeyOf(const StandardStep& step) {
  return absl::StrCat(step.type(), "|", step.date().ShortDebugString(), "|",
                      step.provenance().source());
}

// Without what the service sets by itself.
StandardStep Told(StandardStep step) {
  step.clear_number();
  step.clear_recorded_on();
  return step;
}

std::unique_ptr<Message> Record(const StandardCase& wanted, const StandardStep& step) {
  if (step.type() == registry::v1::STANDARD_STEP_TYPE_RETURNED) {
    auto request = std::make_unique<registry::v1::ReturnStandardCaseRequest>();
    request->set_name(wanted.name());
    request->set_returned_to(step.returned_to());
    request->set_reason(step.note());
    *request->mutable_step() = Told(step);
    return request;
  }
  auto request = std::make_unique<registry::v1::RecordStandardStepRequest>();
  request->set_name(wanted.name());
  request->set_type(step.type());
  *request->mutable_step() = Told(step);
  request->set_scheme(wanted.scheme());
  request->set_allow_missing(true);
  return request;
}

std::unique_ptr<Message> Correct(const StandardCase& wanted, int number, const StandardStep& step) {
  auto request = std::make_unique<registry::v1::CorrectStandardStepRequest>();
  request->set_name(wanted.name());
  request->set_number(number);
  *request->mutable_step() = Told(step);
  request->set_reason(kCorrection);
  return request;
}

const StandardStep* Recorded(const StandardCase* stored, const StandardStep& step) {
  if (stored == nullptr) return nullptr;
  for (const StandardStep& each : stored->steps()) {
    if (KeyOf(each) == KeyOf(step)) return &each;
  }
  return nullptr;
}

// A case comes into being with its first step, and each step is an act: those that are not recorded
// are, and those that the files tell otherwise are corrected.
Verbs CaseVerbs(const Message* stored, const Message& target, const Lookup&) {
  const StandardCase& wanted = AsCase(target);
  const StandardCase* before = stored == nullptr ? nullptr : &AsCase(*stored);
  Verbs verbs;
  verbs.settled = {kSteps};
  if (stored == nullptr) {
    verbs.settled.insert("scheme_code");
    verbs.made = std::make_unique<StandardCase>(wanted);
  }
  for (const StandardStep& step : wanted.steps()) {
    const StandardStep* recorded = Recorded(before, step);
    if (recorded == nullptr) {
      const bool opens = stored == nullptr && verbs.acts.empty();
      verbs.acts.push_back({Record(wanted, step), opens ? wanted.name() : ""});
    } else if (Told(*recorded).SerializeAsString() != Told(step).SerializeAsString()) {
      verbs.acts.push_back({Correct(wanted, recorded->number(), step), ""});
    }
  }
  verbs.moved_on = stored != nullptr && verbs.acts.empty() && wanted.scheme() == before->scheme();
  return verbs;
}

}  // namespace

std::vector<List> StandardLists() {
  ListOf schemes("standard_schemes.csv", StandardScheme::descriptor());
  schemes.Segment("code", "standardSchemes")
      .Field("level")
      .Field("name_vi", "display_name")
      .Field("indicator_total")
      .Provenance();

  ListOf criteria("standard_criteria.csv", StandardScheme::descriptor(), "criteria");
  criteria.Segment("scheme_code", "standardSchemes")
      .Field("number")
      .Field("name_vi", "display_name")
      .Field("indicator_total");

  ListOf indicators("standard_indicators.csv", StandardScheme::descriptor(), "indicators");
  indicators.Segment("scheme_code", "standardSchemes")
      .Field("code")
      .Field("criterion")
      .Field("text_vi", "text")
      .Field("threshold_at_least", "threshold.at_least")
      .Field("threshold_unit", "threshold.unit")
      .Provenance();

  ListOf cases("standard_cases.csv", StandardCase::descriptor());
  cases.Segment("school_code", "schools")
      .Segment("code", "standardCases")
      .Field("scheme_code", "scheme");
  cases.list.verbs = CaseVerbs;

  ListOf steps(kSteps, StandardCase::descriptor(), "steps");
  steps.Segment("school_code", "schools")
      .Segment("case_code", "standardCases")
      .Field("step", "type")
      .Field("date")
      .Decision("decision", "decision")
      .Field("body")
      .Field("met", "counts.met")
      .Field("unmet", "counts.unmet")
      .Field("near", "counts.near")
      .Field("exceeded", "counts.exceeded")
      .Field("total", "counts.total")
      .Field("assessment")
      .Field("returned_to")
      .Field("remark", "note")
      .Provenance();

  ListOf assessments("standard_assessments.csv", StandardAssessment::descriptor());
  assessments.Segment("school_code", "schools")
      .Segment("case_code", "standardCases")
      .Segment("code", "assessments")
      .Field("assessor")
      .Field("date")
      .Field("met", "counts.met")
      .Field("unmet", "counts.unmet")
      .Field("near", "counts.near")
      .Field("exceeded", "counts.exceeded")
      .Field("total", "counts.total")
      .Field("remark", "note")
      .Provenance();

  ListOf findings("standard_findings.csv", StandardAssessment::descriptor(), "findings");
  findings.Segment("school_code", "schools")
      .Segment("case_code", "standardCases")
      .Segment("assessment_code", "assessments")
      .Field("indicator")
      .Field("result")
      .Field("evidence")
      .Field("remark", "note");
  return {schemes.list, criteria.list,    indicators.list, cases.list,
          steps.list,   assessments.list, findings.list};
}

}  // namespace thidua::cli
