#include <string>
#include <utility>

#include "common/contract/refusal.h"
#include "common/document/digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/reports/report_rules.h"
#include "tests/support/report_facts.h"

namespace thidua::reporting {
namespace {

using contract::MetadataOf;
using contract::Reason;
using contract::ReasonOf;
using testing::At;
using testing::Count;
using ::testing::ElementsAre;
using testing::Figures;
using testing::Flow;
using testing::HalfYear;
using ::testing::HasSubstr;
using testing::NotApplicable;
using testing::NotReported;
using testing::Zero;

constexpr int64_t kDue = 1718902800;

class ReportRulesTest : public ::testing::Test {
 protected:
  ReportRulesTest() {
    window_ =
        HalfYear({Flow("classes_total", 1), Flow("learners_total", 2), Flow("topics_province", 3)});
    window_.mutable_indicators(0)->set_mandatory(true);
    v1::SchoolReport given;
    given.set_school("schools/dien-bien");
    *given.mutable_figures() = Figures({Count("learners_total", 1206), Count("classes_total", 15)});
    report_ = FirstDraft(Form(window_), given);
    report_.set_name("windows/2024-h1/reports/dien-bien");
  }

  void Advance(v1::ReportState state) { report_.set_state(state); }
  absl::Status SubmitAt(int64_t seconds) {
    return Submit(window_, {"chị Lò Thị Mai", At(seconds)}, &report_);
  }

  v1::Window window_;
  v1::SchoolReport report_;
};

TEST_F(ReportRulesTest, TheFirstDraftHasEveryCellInTheFormsOrder) {
  ASSERT_EQ(report_.figures_size(), 3);
  EXPECT_EQ(report_.figures(0).value(), 15);
  EXPECT_EQ(report_.figures(1).value(), 1206);
  EXPECT_EQ(report_.figures(2).state(), v1::FIGURE_STATE_NOT_REPORTED);
  EXPECT_EQ(report_.revision(), 1);
  EXPECT_EQ(report_.state(), v1::REPORT_STATE_DRAFT);
}

// The table of report_rules.h, all twenty entries.
TEST_F(ReportRulesTest, EachVerbHasItsStates) {
  const std::vector<std::pair<v1::ReportState, std::vector<bool>>> table = {
      {v1::REPORT_STATE_DRAFT, {true, true, false, false, false}},
      {v1::REPORT_STATE_SUBMITTED, {false, false, true, true, false}},
      {v1::REPORT_STATE_RETURNED, {true, false, false, false, false}},
      {v1::REPORT_STATE_ACCEPTED, {false, false, false, false, true}},
  };
  for (const auto& [state, allowed] : table) {
    Advance(state);
    for (size_t verb = 0; verb < allowed.size(); ++verb) {
      const absl::Status status = CheckState(report_, static_cast<ReportVerb>(verb));
      EXPECT_EQ(status.ok(), allowed[verb]) << v1::ReportState_Name(state) << " verb " << verb;
      EXPECT_EQ(ReasonOf(status) == Reason::REASON_WRONG_STATE, !allowed[verb]);
    }
  }
}

TEST_F(ReportRulesTest, AWrongStateIsToldInBothLanguages) {
  Advance(v1::REPORT_STATE_ACCEPTED);
  const absl::Status status = CheckState(report_, ReportVerb::kUpdate);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("is ACCEPTED; changing it needs DRAFT or RETURNED"));
  EXPECT_THAT(contract::VietnameseText(status), HasSubstr("đã tiếp nhận"));
}

TEST_F(ReportRulesTest, AnAllZeroReportCanBeSubmittedAndABlankMandatoryCellCannot) {
  const Form form(window_);
  ASSERT_TRUE(ChangeFigures(
                  form,
                  Figures({Zero("classes_total"), Zero("learners_total"), Zero("topics_province")}),
                  &report_)
                  .ok());
  EXPECT_TRUE(CheckComplete(form, report_).ok());
  ASSERT_TRUE(ChangeFigures(form, Figures({NotApplicable("classes_total")}), &report_).ok());
  EXPECT_TRUE(CheckComplete(form, report_).ok());
  ASSERT_TRUE(ChangeFigures(form, Figures({NotReported("classes_total")}), &report_).ok());
  const absl::Status blank = CheckComplete(form, report_);
  EXPECT_EQ(ReasonOf(blank), Reason::REASON_REPORT_INCOMPLETE);
  EXPECT_EQ(MetadataOf(blank).at("cells"), "indicators/classes_total");
}

TEST_F(ReportRulesTest, OneSecondAfterTheDueTimeIsLate) {
  ASSERT_TRUE(SubmitAt(kDue).ok());
  EXPECT_FALSE(report_.late());
  report_.clear_first_submit_time();
  ASSERT_TRUE(SubmitAt(kDue + 1).ok());
  EXPECT_TRUE(report_.late());
}

TEST_F(ReportRulesTest, ACorrectionThatWasAskedForMakesNoReportLate) {
  ASSERT_TRUE(SubmitAt(kDue - 60).ok());
  Return(Form(window_), {"anh Vũ", At(kDue + 10)}, "số học viên?", {}, &report_);
  BeginCorrection(&report_);
  ASSERT_TRUE(SubmitAt(kDue + 3600).ok());
  EXPECT_FALSE(report_.late());
  EXPECT_EQ(report_.first_submit_time().seconds(), kDue - 60);
  EXPECT_EQ(report_.submit_time().seconds(), kDue + 3600);
}

TEST_F(ReportRulesTest, AReturnOpensOnlyTheNamedCells) {
  const Form form(window_);
  ASSERT_TRUE(SubmitAt(kDue).ok());
  google::protobuf::RepeatedPtrField<std::string> cells;
  *cells.Add() = "indicators/learners_total";
  Return(form, {"anh Vũ", At(kDue + 10)}, "đọc nhầm l206", cells, &report_);
  EXPECT_EQ(report_.state(), v1::REPORT_STATE_RETURNED);
  // The unchanged cell may be sent along.
  EXPECT_TRUE(ChangeFigures(form,
                            Figures({Count("classes_total", 15), Count("learners_total", 1260)}),
                            &report_)
                  .ok());
  const absl::Status other = ChangeFigures(form, Figures({Count("classes_total", 16)}), &report_);
  EXPECT_EQ(ReasonOf(other), Reason::REASON_RULE_VIOLATED);
  EXPECT_THAT(std::string(other.message()), HasSubstr("indicators/classes_total"));
  EXPECT_EQ(report_.figures(0).value(), 15);
}

TEST_F(ReportRulesTest, TheCorrectionOfAReturnedReportIsTheNextRevision) {
  ASSERT_TRUE(SubmitAt(kDue).ok());
  Return(Form(window_), {"anh Vũ", At(kDue + 10)}, "thiếu đề tài", {}, &report_);
  EXPECT_EQ(report_.revision(), 1);
  BeginCorrection(&report_);
  EXPECT_EQ(report_.revision(), 2);
  EXPECT_EQ(report_.state(), v1::REPORT_STATE_DRAFT);
  EXPECT_EQ(report_.revision_reason(), "thiếu đề tài");
  EXPECT_FALSE(report_.has_submit_time());
  BeginCorrection(&report_);
  EXPECT_EQ(report_.revision(), 2);
}

TEST_F(ReportRulesTest, WhatIsInForceStaysInForceThroughAReopening) {
  ASSERT_TRUE(SubmitAt(kDue).ok());
  Accept({"anh Vũ", At(kDue + 20)}, &report_);
  Reopen("bổ sung đề tài cấp tỉnh", &report_);
  EXPECT_EQ(report_.state(), v1::REPORT_STATE_DRAFT);
  EXPECT_EQ(report_.revision(), 2);
  EXPECT_EQ(report_.accepted_revision(), 1);
  EXPECT_EQ(report_.reopen_reason(), "bổ sung đề tài cấp tỉnh");
}

TEST_F(ReportRulesTest, NeitherTheSchoolNorThePersonWhoSubmittedAccepts) {
  ASSERT_TRUE(SubmitAt(kDue).ok());
  access::Caller school{access::Caller::Kind::kSchool, "dien-bien", "spiffe://t/school/dien-bien",
                        ""};
  EXPECT_EQ(ReasonOf(CheckFourEyes(report_, school)), Reason::REASON_FOUR_EYES);
  access::Caller same_person{access::Caller::Kind::kAcademy, "vu-ctct",
                             "spiffe://t/academy/vu-ctct", "chị Lò Thị Mai"};
  EXPECT_EQ(ReasonOf(CheckFourEyes(report_, same_person)), Reason::REASON_FOUR_EYES);
  access::Caller head{access::Caller::Kind::kSchool, "quang-ninh", "spiffe://t/school/quang-ninh",
                      "anh Vũ"};
  EXPECT_TRUE(CheckFourEyes(report_, head).ok());
}

TEST_F(ReportRulesTest, TheHashIsOverWhatTheSchoolStates) {
  const std::string content = RevisionContent(report_).value();
  EXPECT_THAT(
      content,
      HasSubstr(
          R"({"indicator":"indicators/topics_province","source":"MANUAL","state":"NOT_REPORTED"})"));
  ASSERT_TRUE(SubmitAt(kDue).ok());
  EXPECT_EQ(report_.sha256(), document::Sha256(content));
  // Who and when do not enter it.
  EXPECT_EQ(RevisionContent(report_).value(), content);
}

TEST_F(ReportRulesTest, DraftsAreSeenByTheirOwn) {
  using Kind = access::Caller::Kind;
  using access::Reach;
  const auto sees = [](Kind kind, const char* id, Reach reach) {
    return SeesDraft({kind, id, "", ""}, reach, "dien-bien", "dien-bien-tinh");
  };
  EXPECT_TRUE(sees(Kind::kSchool, "dien-bien", Reach::kOwn));
  EXPECT_FALSE(sees(Kind::kSchool, "quang-ninh", Reach::kOwn));
  EXPECT_TRUE(sees(Kind::kPortal, "dien-bien-tinh", Reach::kOwn));
  EXPECT_FALSE(sees(Kind::kPortal, "dien-bien", Reach::kOwn));
  EXPECT_FALSE(sees(Kind::kService, "dien-bien", Reach::kOwn));
  EXPECT_TRUE(sees(Kind::kAcademy, "vu-ctct", Reach::kAll));
}

}  // namespace
}  // namespace thidua::reporting
