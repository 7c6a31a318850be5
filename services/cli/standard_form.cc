#include "services/cli/standard_form.h"

#include <optional>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/runtime/dates.h"
#include "services/cli/partial_date.h"
#include "services/cli/provenance_flags.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

// "not judged" and "not-judged" as the enum's own word.
std::string EnumWord(const std::string& prefix, const std::string& word) {
  return absl::StrCat(prefix,
                      absl::AsciiStrToUpper(absl::StrReplaceAll(word, {{"-", "_"}, {" ", "_"}})));
}

absl::Status ReadCount(const Arguments& arguments, const std::string& flag,
                       std::optional<int>* count) {
  const std::optional<std::string> text = arguments.Flag(flag);
  if (!text.has_value()) return absl::OkStatus();
  int value = 0;
  if (!absl::SimpleAtoi(*text, &value))
    return absl::InvalidArgumentError(absl::StrCat("--", flag, ": ", *text, " is no number"));
  *count = value;
  return absl::OkStatus();
}

void ReadEvidence(const std::string& cell, IndicatorFinding& finding) {
  const std::vector<std::string> papers = absl::StrSplit(cell, ';', absl::SkipWhitespace());
  for (const std::string& paper : papers) {
    const std::vector<std::string> parts = absl::StrSplit(paper, absl::MaxSplits('|', 1));
    StandardEvidence& evidence = *finding.add_evidence();
    evidence.set_title(std::string(absl::StripAsciiWhitespace(parts[0])));
    if (parts.size() > 1) evidence.set_uri(std::string(absl::StripAsciiWhitespace(parts[1])));
  }
}

}  // namespace

StandardStepType StepNamed(const std::string& word) {
  StandardStepType type = STANDARD_STEP_TYPE_UNSPECIFIED;
  (void)StandardStepType_Parse(EnumWord("STANDARD_STEP_TYPE_", word), &type);
  return type;
}

const std::set<std::string>& StepFlags() {
  static const auto& flags = *new std::set<std::string>{
      "date",       "met",      "unmet",         "near",   "exceeded",
      "total",      "decision", "decision-date", "issuer", "body",
      "assessment", "source",   "document",      "note",   "provenance-note"};
  return flags;
}

absl::StatusOr<StandardCounts> ReadCounts(const Arguments& arguments) {
  std::optional<int> met, unmet, near, exceeded, total;
  for (const auto& [flag, count] :
       {std::pair("met", &met), std::pair("unmet", &unmet), std::pair("near", &near),
        std::pair("exceeded", &exceeded), std::pair("total", &total)}) {
    if (absl::Status status = ReadCount(arguments, flag, count); !status.ok()) return status;
  }
  StandardCounts counts;
  if (met.has_value()) counts.set_met(*met);
  if (unmet.has_value()) counts.set_unmet(*unmet);
  if (near.has_value()) counts.set_near(*near);
  if (exceeded.has_value()) counts.set_exceeded(*exceeded);
  if (total.has_value()) counts.set_total(*total);
  return counts;
}

absl::StatusOr<StandardStep> ReadStep(const Arguments& arguments) {
  StandardStep step;
  if (const auto date = arguments.Flag("date"); date.has_value()) {
    const auto read = ReadPartialDate(*date);
    if (!read.ok()) return read.status();
    *step.mutable_date() = *read;
  }
  const auto counts = ReadCounts(arguments);
  if (!counts.ok()) return counts.status();
  if (counts->ByteSizeLong() > 0) *step.mutable_counts() = *counts;
  const auto decided = arguments.Day("decision-date");
  if (!decided.ok()) return decided.status();
  Decision decision;
  decision.set_number(arguments.Flag("decision").value_or(""));
  decision.set_issuer(arguments.Flag("issuer").value_or(""));
  if (decided->has_value()) *decision.mutable_date() = runtime::DayToProto(**decided);
  if (decision.ByteSizeLong() > 0) *step.mutable_decision() = decision;
  step.set_body(arguments.Flag("body").value_or(""));
  step.set_assessment(arguments.Flag("assessment").value_or(""));
  step.set_note(arguments.Flag("note").value_or(""));
  *step.mutable_provenance() = ReadProvenance(arguments);
  return step;
}

google::protobuf::RepeatedPtrField<IndicatorFinding> ReadFindings(const std::string& file,
                                                                  std::string_view text,
                                                                  CsvProblems& problems) {
  google::protobuf::RepeatedPtrField<IndicatorFinding> findings;
  for (const CsvRecord& row :
       ReadRecords(file, text, {{"indicator", "result"}, {"evidence", "note"}}, problems)) {
    IndicatorFinding& finding = *findings.Add();
    finding.set_indicator(row["indicator"]);
    finding.set_note(row["note"]);
    ReadEvidence(row["evidence"], finding);
    IndicatorResult result = INDICATOR_RESULT_UNSPECIFIED;
    if (!IndicatorResult_Parse(EnumWord("INDICATOR_RESULT_", row["result"]), &result) ||
        result == INDICATOR_RESULT_UNSPECIFIED) {
      row.Complain("result", "must be MET, UNMET, NEAR, EXCEEDED or NOT_JUDGED",
                   "phải là MET, UNMET, NEAR, EXCEEDED hoặc NOT_JUDGED", problems);
    }
    finding.set_result(result);
  }
  return findings;
}

}  // namespace thidua::cli
