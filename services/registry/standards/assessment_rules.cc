#include "services/registry/standards/assessment_rules.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/runtime/dates.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/registry/schools/school_rules.h"
#include "services/registry/standards/scheme_rules.h"

namespace thidua::registry {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::CriterionResult;
using v1::IndicatorFinding;
using v1::IndicatorResult;
using v1::StandardAssessment;
using v1::StandardCounts;
using v1::StandardIndicator;
using v1::StandardScheme;
using v1::StandardStep;

void Count(IndicatorResult result, CriterionResult& into) {
  switch (result) {
    case v1::INDICATOR_RESULT_EXCEEDED:
      into.set_exceeded(into.exceeded() + 1);
      into.set_met(into.met() + 1);
      break;
    case v1::INDICATOR_RESULT_MET:
      into.set_met(into.met() + 1);
      break;
    case v1::INDICATOR_RESULT_NEAR:
      into.set_near(into.near() + 1);
      into.set_unmet(into.unmet() + 1);
      break;
    case v1::INDICATOR_RESULT_UNMET:
      into.set_unmet(into.unmet() + 1);
      break;
    default:
      into.set_not_judged(into.not_judged() + 1);
  }
}

std::map<std::string, const IndicatorFinding*> FindingsByCode(
    const StandardAssessment& assessment) {
  std::map<std::string, const IndicatorFinding*> findings;
  for (const IndicatorFinding& finding : assessment.findings())
    findings.emplace(finding.indicator(), &finding);
  return findings;
}

void CheckFindings(const StandardAssessment& assessment, const StandardScheme& scheme,
                   Violations& violations) {
  std::set<std::string> known;
  for (const StandardIndicator& indicator : scheme.indicators()) known.insert(indicator.code());
  std::set<std::string> seen;
  for (int i = 0; i < assessment.findings_size(); ++i) {
    const std::string& code = assessment.findings(i).indicator();
    const std::string path = absl::StrCat("standard_assessment.findings[", i, "].indicator");
    if (!known.contains(code))
      violations.push_back(
          {path, "is not listed by " + scheme.name(), "không có trong " + scheme.name()});
    if (!seen.insert(code).second) violations.push_back({path, "is there twice", "bị trùng"});
  }
}

// The indicators that the scheme lists, criterion by criterion.
void SetCriteria(StandardAssessment& assessment, const StandardScheme& scheme) {
  assessment.clear_criteria();
  for (const auto& criterion : scheme.criteria())
    assessment.add_criteria()->set_criterion(criterion.number());
  const auto findings = FindingsByCode(assessment);
  for (const StandardIndicator& indicator : scheme.indicators()) {
    const auto finding = findings.find(indicator.code());
    Count(finding == findings.end() ? v1::INDICATOR_RESULT_NOT_JUDGED : finding->second->result(),
          *assessment.mutable_criteria(indicator.criterion() - 1));
  }
}

CriterionResult Judged(const StandardAssessment& assessment) {
  CriterionResult all;
  for (const IndicatorFinding& finding : assessment.findings()) Count(finding.result(), all);
  return all;
}

// More were found than are stated, or not the same number though all were judged.
bool Contradicts(int found, bool stated_known, int stated, bool all_judged) {
  return stated_known && (all_judged ? found != stated : found > stated);
}

void ReconcileCounts(StandardAssessment& assessment, const StandardScheme& scheme,
                     Violations& violations) {
  const std::string path = "standard_assessment.counts";
  const CriterionResult found = Judged(assessment);
  const bool all_judged = found.met() + found.unmet() == scheme.indicator_total();
  if (!assessment.has_counts()) {
    if (assessment.findings().empty()) {
      violations.push_back(
          {path, "is required without findings", "bắt buộc khi không có kết quả từng chỉ tiêu"});
    }
    if (!all_judged) return;
  }
  StandardCounts counts =
      CompleteCounts(assessment.counts(), scheme.indicator_total(), path, violations);
  if (Contradicts(found.met(), counts.has_met(), counts.met(), all_judged) ||
      Contradicts(found.unmet(), counts.has_unmet(), counts.unmet(), all_judged) ||
      Contradicts(found.near(), counts.has_near(), counts.near(), all_judged) ||
      Contradicts(found.exceeded(), counts.has_exceeded(), counts.exceeded(), all_judged)) {
    violations.push_back(
        {path,
         absl::StrCat("does not agree with the findings: ", found.met(), " met, ", found.unmet(),
                      " unmet, ", found.near(), " near, ", found.exceeded(), " exceeded"),
         absl::StrCat("không khớp kết quả từng chỉ tiêu: ", found.met(), " đạt, ", found.unmet(),
                      " chưa đạt, ", found.near(), " gần đạt, ", found.exceeded(), " vượt")});
  }
  if (all_judged) {
    counts.set_met(found.met());
    counts.set_unmet(found.unmet());
    counts.set_near(found.near());
    counts.set_exceeded(found.exceeded());
  }
  *assessment.mutable_counts() = counts;
}

v1::StandardAssessor AssessorOf(v1::StandardStepType type) {
  switch (type) {
    case v1::STANDARD_STEP_TYPE_SELF_ASSESSED:
      return v1::STANDARD_ASSESSOR_SCHOOL;
    case v1::STANDARD_STEP_TYPE_PROVINCIAL_ASSESSED:
      return v1::STANDARD_ASSESSOR_PROVINCE;
    case v1::STANDARD_STEP_TYPE_SURVEYED:
    case v1::STANDARD_STEP_TYPE_APPRAISED:
      return v1::STANDARD_ASSESSOR_ACADEMY;
    default:
      return v1::STANDARD_ASSESSOR_UNSPECIFIED;
  }
}

bool IsMet(IndicatorResult result) {
  return result == v1::INDICATOR_RESULT_MET || result == v1::INDICATOR_RESULT_EXCEEDED;
}

}  // namespace

absl::StatusOr<StandardAssessment> CheckAssessment(StandardAssessment assessment,
                                                   const StandardScheme& scheme,
                                                   absl::CivilDay today) {
  Violations violations;
  CheckProvenance(assessment.provenance(), "standard_assessment.provenance", violations);
  if (runtime::DayFromProto(assessment.date()).value_or(today) > today)
    violations.push_back({"standard_assessment.date", "is in the future", "ở tương lai"});
  CheckFindings(assessment, scheme, violations);
  if (violations.empty()) ReconcileCounts(assessment, scheme, violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  SetCriteria(assessment, scheme);
  return assessment;
}

absl::Status CheckStillOpen(const StandardAssessment& assessment) {
  if (assessment.step_number() == 0) return absl::OkStatus();
  return BreaksRule(
      assessment.name(),
      absl::StrCat("step ", assessment.step_number(), " of the case rests on it; make a new one"),
      absl::StrCat("bước số ", assessment.step_number(),
                   " của hồ sơ đã căn cứ vào bản này; hãy lập bản mới"));
}

absl::StatusOr<StandardStep> RestingOn(StandardStep step, const StandardAssessment& assessment) {
  const v1::StandardAssessor needed = AssessorOf(step.type());
  if (needed != v1::STANDARD_ASSESSOR_UNSPECIFIED && assessment.assessor() != needed) {
    return contract::RefuseFields(
        {{"step.assessment", "was made by another body", "do cơ quan khác thực hiện"}});
  }
  if (!assessment.has_counts()) {
    return contract::RefuseFields(
        {{"step.assessment", "neither judges all indicators nor states counts",
          "chưa đánh giá hết các chỉ tiêu và cũng không nêu tổng số"}});
  }
  if (step.has_counts() && !MessageDifferencer::Equals(step.counts(), assessment.counts())) {
    return contract::RefuseFields(
        {{"step.counts", "are not those of the assessment", "khác với bản đánh giá"}});
  }
  *step.mutable_counts() = assessment.counts();
  return step;
}

v1::StandardGaps GapsOf(const StandardScheme& scheme, const StandardAssessment* assessment) {
  v1::StandardGaps gaps;
  std::map<std::string, const IndicatorFinding*> findings;
  if (assessment != nullptr) {
    gaps.set_assessment(assessment->name());
    if (assessment->has_counts()) *gaps.mutable_counts() = assessment->counts();
    findings = FindingsByCode(*assessment);
  }
  for (const StandardIndicator& indicator : scheme.indicators()) {
    const auto found = findings.find(indicator.code());
    const bool judged = found != findings.end();
    const bool proven = judged && !found->second->evidence().empty();
    if (judged && proven && IsMet(found->second->result())) continue;
    v1::StandardGap& gap = *gaps.add_gaps();
    *gap.mutable_indicator() = indicator;
    gap.set_result(judged ? found->second->result() : v1::INDICATOR_RESULT_NOT_JUDGED);
    gap.set_evidence_missing(!proven);
    if (judged) gap.set_note(found->second->note());
  }
  gaps.set_unlisted(scheme.indicator_total() - scheme.indicators_size());
  return gaps;
}

}  // namespace thidua::registry
