#include "services/cli/pact_text.h"

#include "absl/strings/str_cat.h"
#include "services/cli/figures_text.h"
#include "services/cli/partial_date.h"

namespace thidua::cli {

using namespace registry::v1;  // NOLINT: the contract's own words

namespace {

std::string WithUnit(const google::type::Decimal& number, const std::string& unit,
                     bool vietnamese) {
  const std::string text = DecimalText(number, vietnamese);
  return unit.empty() ? text : absl::StrCat(text, " ", unit);
}

}  // namespace

std::string PactStateText(PactState state, bool vietnamese) {
  switch (state) {
    case PACT_STATE_DRAFT:
      return vietnamese ? "dự thảo (DRAFT)" : "DRAFT";
    case PACT_STATE_OPEN_FOR_SIGNING:
      return vietnamese ? "mở ký (OPEN_FOR_SIGNING)" : "OPEN_FOR_SIGNING";
    case PACT_STATE_IN_FORCE:
      return vietnamese ? "có hiệu lực (IN_FORCE)" : "IN_FORCE";
    case PACT_STATE_ASSESSED:
      return vietnamese ? "đã đánh giá (ASSESSED)" : "ASSESSED";
    case PACT_STATE_SUPERSEDED:
      return vietnamese ? "đã được thay thế (SUPERSEDED)" : "SUPERSEDED";
    case PACT_STATE_CANCELLED:
      return vietnamese ? "đã hủy (CANCELLED)" : "CANCELLED";
    case PACT_STATE_RECORDED:
      return vietnamese ? "ghi nhận theo nguồn (RECORDED)" : "RECORDED from a source";
    default:
      return "?";
  }
}

std::string TargetValueText(const PactTarget& target, bool vietnamese) {
  const char* sign = "";
  switch (target.operator_()) {
    case PACT_OPERATOR_AT_LEAST:
      sign = "≥";
      break;
    case PACT_OPERATOR_AT_MOST:
      sign = "≤";
      break;
    case PACT_OPERATOR_EQUAL:
      sign = "=";
      break;
    case PACT_OPERATOR_MORE_THAN:
      sign = ">";
      break;
    case PACT_OPERATOR_LESS_THAN:
      sign = "<";
      break;
    default:
      return "";
  }
  return absl::StrCat(sign, " ", WithUnit(target.value(), target.unit(), vietnamese));
}

std::string AttainedText(const PactTarget& target, bool vietnamese) {
  const TargetAssessment& assessment = target.assessment();
  if (!assessment.has_attained()) return assessment.judgement();
  return WithUnit(assessment.attained(), target.unit(), vietnamese);
}

std::string VerdictText(PactVerdict verdict, bool vietnamese) {
  switch (verdict) {
    case PACT_VERDICT_MET:
      return vietnamese ? "✓ đạt" : "✓ met";
    case PACT_VERDICT_NOT_MET:
      return vietnamese ? "✗ không đạt" : "✗ not met";
    default:
      return "";
  }
}

std::string NoBindingPactText(NoBindingPact why, bool vietnamese) {
  switch (why) {
    case NO_BINDING_PACT_NO_CLUSTER:
      return vietnamese ? "trường không thuộc cụm nào vào ngày đó"
                        : "the school belongs to no cluster on that day";
    case NO_BINDING_PACT_NONE_IN_FORCE:
      return vietnamese ? "cụm không có giao ước có hiệu lực vào ngày đó"
                        : "no pact of the cluster is in force on that day";
    case NO_BINDING_PACT_SIGNATURES_UNKNOWN:
      return vietnamese ? "nguồn có nói việc ký kết, nhưng không nói mọi thành viên đã ký"
                        : "a source tells of a signing, but not that all members signed";
    default:
      return "?";
  }
}

std::string RecordText(const PactRecord& record, bool vietnamese) {
  const std::string date = PartialDateText(record.signing_date(), vietnamese);
  std::string text = vietnamese ? "ký ngày " + date : "signed on " + date;
  if (record.all_members_signed()) {
    absl::StrAppend(&text, vietnamese ? ", mọi thành viên đã ký" : " by all members");
  } else {
    absl::StrAppend(&text, vietnamese ? ", không rõ mọi thành viên đã ký"
                                      : ", whether by all members is not said");
  }
  if (record.has_target_count()) {
    absl::StrAppend(&text, ", ", record.target_count(),
                    vietnamese ? " chỉ tiêu theo nguồn" : " targets counted");
  }
  return text;
}

std::vector<std::string> ChangedFields(const Pact& pact) {
  std::vector<std::string> fields;
  if (!pact.theme().empty()) fields.push_back("theme");
  if (pact.has_valid_from()) fields.push_back("valid_from");
  if (pact.has_valid_to()) fields.push_back("valid_to");
  if (!pact.targets().empty()) fields.push_back("targets");
  if (pact.has_record()) fields.push_back("record");
  if (pact.has_provenance()) fields.push_back("provenance");
  return fields;
}

}  // namespace thidua::cli
