// What people type about the standard: steps, files of findings.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/cli/standard_form.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

TEST(StepNamed, TakesTheWordsOfTheContract) {
  EXPECT_EQ(StepNamed("SURVEYED"), STANDARD_STEP_TYPE_SURVEYED);
  EXPECT_EQ(StepNamed("provincial-assessed"), STANDARD_STEP_TYPE_PROVINCIAL_ASSESSED);
  EXPECT_EQ(StepNamed("khảo sát"), STANDARD_STEP_TYPE_UNSPECIFIED);
}

absl::StatusOr<StandardStep> StepFrom(const std::vector<std::string>& words) {
  return ReadStep(Arguments::Parse(words, {"provisional"}).value());
}

TEST(Step, HoldsWhatTheFlagsSay) {
  const auto step = StepFrom({"--date", "2026-03-02", "--met", "54", "--exceeded", "12", "--source",
                              "Báo Phú Thọ", "--decision", "7431-QĐ/HVCTQG"});
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->date().day(), 2);
  EXPECT_EQ(step->counts().met(), 54);
  EXPECT_FALSE(step->counts().has_unmet());
  EXPECT_EQ(step->decision().number(), "7431-QĐ/HVCTQG");
  EXPECT_EQ(step->provenance().confidence(), CONFIDENCE_DOCUMENTED);
}

TEST(Step, LeavesOutWhatTheyDoNotSay) {
  const auto step = StepFrom({"--provisional"});
  ASSERT_TRUE(step.ok());
  EXPECT_FALSE(step->has_date());
  EXPECT_FALSE(step->has_counts());
  EXPECT_FALSE(step->has_decision());
  EXPECT_EQ(step->provenance().confidence(), CONFIDENCE_PROVISIONAL);
}

TEST(Step, ZeroIsACount) {
  const auto step = StepFrom({"--near", "0"});
  ASSERT_TRUE(step.ok());
  EXPECT_TRUE(step->counts().has_near());
}

TEST(Step, RefusesWhatIsNoNumberOrDate) {
  EXPECT_FALSE(StepFrom({"--met", "năm"}).ok());
  EXPECT_FALSE(StepFrom({"--date", "hôm qua"}).ok());
}

TEST(Findings, AreReadWithTheirEvidence) {
  CsvProblems problems;
  const auto findings = ReadFindings("ct.csv",
                                     "indicator,result,evidence,note\n"
                                     "2-lecturer-share,exceeded,"
                                     "Danh sách giảng viên | https://tct.vn/gv; Quyết định 12,\n"
                                     "4-1,NOT_JUDGED,,thiếu đề tài\n",
                                     problems);
  EXPECT_TRUE(problems.empty());
  ASSERT_EQ(findings.size(), 2);
  EXPECT_EQ(findings.Get(0).result(), INDICATOR_RESULT_EXCEEDED);
  ASSERT_EQ(findings.Get(0).evidence_size(), 2);
  EXPECT_EQ(findings.Get(0).evidence(0).title(), "Danh sách giảng viên");
  EXPECT_EQ(findings.Get(0).evidence(0).uri(), "https://tct.vn/gv");
  EXPECT_EQ(findings.Get(0).evidence(1).title(), "Quyết định 12");
  EXPECT_EQ(findings.Get(1).note(), "thiếu đề tài");
}

TEST(Findings, EveryWrongResultIsTold) {
  CsvProblems problems;
  (void)ReadFindings("ct.csv", "indicator,result\n4-1,tốt\n4-2,MET\n4-3,UNSPECIFIED\n", problems);
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_EQ(problems[0].line, 2);
  EXPECT_EQ(problems[1].column, "result");
}

}  // namespace
}  // namespace thidua::cli
