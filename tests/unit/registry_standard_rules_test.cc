// A school's way to the standard: steps in order for what is done here, whatever sources tell of
// the past, no contradictions, nothing passed on by a merger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/registry/standards/register_rules.h"
#include "services/registry/standards/standard_rules.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/standard_facts.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using testing::Day;
using testing::Documented;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Met;
using testing::PartialDate;
using testing::RefusedFor;
using testing::RefusedForField;
using testing::Step;
using v1::StandardCase;
using v1::StandardStep;

const auto kSchemeApproved = v1::STANDARD_STEP_TYPE_SCHEME_APPROVED;
const auto kSelfAssessed = v1::STANDARD_STEP_TYPE_SELF_ASSESSED;
const auto kProvincial = v1::STANDARD_STEP_TYPE_PROVINCIAL_ASSESSED;
const auto kSubmitted = v1::STANDARD_STEP_TYPE_SUBMITTED_TO_ACADEMY;
const auto kSurveyed = v1::STANDARD_STEP_TYPE_SURVEYED;
const auto kAppraised = v1::STANDARD_STEP_TYPE_APPRAISED;
const auto kRecognised = v1::STANDARD_STEP_TYPE_RECOGNISED;
const auto kCertified = v1::STANDARD_STEP_TYPE_CERTIFIED;
const auto kProgress = v1::STANDARD_STEP_TYPE_PROGRESS_REPORTED;

// Of one school; today is 27 November 2026.
class StandardSteps : public ::testing::Test {
 protected:
  StepGround Ground() const { return {scheme_, school_, Day("2026-11-27")}; }
  StandardCase Opened() const {
    return OpenCase("schools/lao-cai/standardCases/level-1", scheme_).value();
  }

  absl::StatusOr<StandardCase> Record(const StandardCase& standard_case,
                                      const StandardStep& step) const {
    return RecordStep(standard_case, step, Ground(), /*allow_missing=*/true);
  }
  StandardCase Recorded(const std::vector<StandardStep>& steps) const {
    StandardCase standard_case = Opened();
    for (const StandardStep& step : steps) {
      const auto next = Record(standard_case, step);
      EXPECT_THAT(next, IsOk());
      if (next.ok()) standard_case = *next;
    }
    return standard_case;
  }
  absl::StatusOr<StandardCase> Take(const StandardCase& standard_case,
                                    v1::StandardStepType type) const {
    StandardStep step = Step(type);
    if (type == kRecognised) step.mutable_decision()->set_number("1234-QĐ/HVCTQG");
    return TakeStep(standard_case, step, Ground());
  }
  StandardCase TakenUpTo(v1::StandardStepType last) const {
    StandardCase standard_case = Opened();
    for (int type = kSchemeApproved; type <= last; ++type)
      standard_case = Take(standard_case, static_cast<v1::StandardStepType>(type)).value();
    return standard_case;
  }

  v1::StandardScheme scheme_ = testing::StandardScheme();
  v1::School school_ = testing::School("lao-cai", "Lào Cai", "Trường Chính trị tỉnh Lào Cai");
};

std::vector<v1::StandardStepType> TypesOf(const StandardCase& standard_case) {
  std::vector<v1::StandardStepType> types;
  for (const StandardStep& step : standard_case.steps()) types.push_back(step.type());
  return types;
}

std::string Text(const google::type::Date& day) {
  return absl::FormatCivilTime(runtime::DayFromProto(day).value());
}

TEST_F(StandardSteps, ActsDoneHereGoInOrder) {
  const StandardCase certified = TakenUpTo(kCertified);
  EXPECT_EQ(certified.state(), v1::STANDARD_CASE_STATE_CERTIFIED);
  EXPECT_EQ(certified.steps_size(), 8);
  EXPECT_TRUE(certified.unknown_steps().empty());
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(certified.steps(i).number(), i + 1);
    EXPECT_EQ(Text(certified.steps(i).date()), "2026-11-27") << "of today without a date";
  }
}

TEST_F(StandardSteps, NoStepIsLeftOutOrTakenTwice) {
  EXPECT_THAT(Take(Opened(), kSelfAssessed), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Take(TakenUpTo(kSelfAssessed), kSubmitted), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Take(TakenUpTo(kSelfAssessed), kSelfAssessed),
              RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Take(TakenUpTo(kCertified), kRecognised), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(StandardSteps, WhatIsDoneHereIsNotOfTomorrow) {
  EXPECT_THAT(TakeStep(Opened(), Step(kSchemeApproved, PartialDate(2026, 12)), Ground()),
              RefusedForField("step.date"));
  EXPECT_THAT(TakeStep(Opened(), Step(kSchemeApproved, PartialDate(2026, 11)), Ground()), IsOk());
}

TEST_F(StandardSteps, ARehearsalRecordsWhatIsInItsFuture) {
  const StepGround rehearsal{scheme_, school_, Day("2024-06-25")};
  const auto certified =
      RecordStep(Opened(), Step(kCertified, PartialDate(2025, 9, 11)), rehearsal, true);
  ASSERT_THAT(certified, IsOk());
  EXPECT_EQ(Text(certified->recognised_latest()), "2025-09-11");
}

TEST_F(StandardSteps, ARecognitionNamesItsDecision) {
  EXPECT_THAT(TakeStep(TakenUpTo(kAppraised), Step(kRecognised), Ground()),
              RefusedForField("step.decision.number"));
}

TEST_F(StandardSteps, AnAppraisalMayPassWithOpenQuestions) {
  StandardStep appraisal = Step(kAppraised);
  *appraisal.mutable_counts() = Met(53);
  appraisal.mutable_counts()->set_exceeded(8);
  const auto appraised = TakeStep(TakenUpTo(kSurveyed), appraisal, Ground());
  ASSERT_THAT(appraised, IsOk());
  EXPECT_EQ(appraised->state(), v1::STANDARD_CASE_STATE_APPRAISED);
  EXPECT_EQ(appraised->steps(5).counts().unmet(), 2);
}

TEST_F(StandardSteps, CountsOfAStepMustAddUp) {
  StandardStep survey = Step(kSurveyed, PartialDate(2026, 3, 2));
  *survey.mutable_counts() = Met(54);
  survey.mutable_counts()->set_unmet(2);
  EXPECT_THAT(Record(Opened(), survey), RefusedForField("step.counts"));
  *survey.mutable_counts() = Met(52, 64);
  EXPECT_THAT(Record(Opened(), survey), RefusedForField("step.counts.total"));
}

TEST_F(StandardSteps, AReportOfProgressChangesNoState) {
  StandardStep progress = Step(kProgress, PartialDate(2023, 12, 31));
  *progress.mutable_counts() = Met(47);
  const StandardCase preparing = Recorded({progress});
  EXPECT_EQ(preparing.state(), v1::STANDARD_CASE_STATE_PREPARING);
  const auto reported = Take(TakenUpTo(kSurveyed), kProgress);
  ASSERT_THAT(reported, IsOk());
  EXPECT_EQ(reported->state(), v1::STANDARD_CASE_STATE_SURVEYED);
  EXPECT_THAT(Take(*reported, kAppraised), IsOk());
}

// ---- Returns.

TEST_F(StandardSteps, AReturnedCaseGoesOnFromTheStepNamed) {
  const auto returned =
      ReturnTo(TakenUpTo(kSurveyed), kProvincial, Step(v1::STANDARD_STEP_TYPE_RETURNED), Ground());
  ASSERT_THAT(returned, IsOk());
  EXPECT_EQ(returned->state(), v1::STANDARD_CASE_STATE_RETURNED);
  EXPECT_THAT(Take(*returned, kAppraised), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Take(*returned, kSurveyed), RefusedFor(Reason::REASON_WRONG_STATE));
  const auto again = Take(*returned, kProvincial);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->state(), v1::STANDARD_CASE_STATE_PROVINCIAL_ASSESSED);
  EXPECT_THAT(Take(*again, kSubmitted), IsOk());
}

TEST_F(StandardSteps, OnlyBackAndOnlyBeforeRecognition) {
  const StandardStep step = Step(v1::STANDARD_STEP_TYPE_RETURNED);
  EXPECT_THAT(ReturnTo(TakenUpTo(kSelfAssessed), kSurveyed, step, Ground()),
              RefusedForField("returned_to"));
  EXPECT_THAT(ReturnTo(TakenUpTo(kSurveyed), kProgress, step, Ground()),
              RefusedForField("returned_to"));
  EXPECT_THAT(ReturnTo(TakenUpTo(kRecognised), kSelfAssessed, step, Ground()),
              RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(ReturnTo(Opened(), kSchemeApproved, step, Ground()),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(StandardSteps, WhatWasBeforeAReturnIsRecordedBeforeIt) {
  StandardCase surveyed = Recorded(
      {Step(kSelfAssessed, PartialDate(2022, 5, 10)), Step(kSurveyed, PartialDate(2022, 8, 1))});
  StandardStep returning = Step(v1::STANDARD_STEP_TYPE_RETURNED, PartialDate(2022, 9, 1));
  const StandardCase returned = ReturnTo(surveyed, kSelfAssessed, returning, Ground()).value();
  const auto approved = Record(returned, Step(kSchemeApproved, PartialDate(2022, 1, 5)));
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(TypesOf(*approved).front(), kSchemeApproved);
  EXPECT_EQ(approved->state(), v1::STANDARD_CASE_STATE_RETURNED);
}

// ---- What sources tell of the past.

TEST_F(StandardSteps, SkippedStepsOfThePastStayUnknown) {
  const StandardCase recognised =
      Recorded({Step(kProvincial, PartialDate(2022, 9)), Step(kRecognised, PartialDate(2022, 11)),
                Step(kCertified, PartialDate(2022, 11, 16))});
  EXPECT_EQ(recognised.state(), v1::STANDARD_CASE_STATE_CERTIFIED);
  EXPECT_THAT(recognised.unknown_steps(),
              ElementsAre(kSchemeApproved, kSelfAssessed, kSubmitted, kSurveyed, kAppraised));
}

TEST_F(StandardSteps, WithoutAllowMissingOnlyTheNextStepIsRecorded) {
  EXPECT_THAT(RecordStep(Opened(), Step(kRecognised), Ground(), /*allow_missing=*/false),
              RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(RecordStep(Opened(), Step(kSchemeApproved), Ground(), /*allow_missing=*/false),
              IsOk());
}

TEST_F(StandardSteps, TheOrderOfRecordingDoesNotMatter) {
  const std::vector<StandardStep> forward = {Step(kProvincial, PartialDate(2022, 9)),
                                             Step(kRecognised, PartialDate(2022, 11)),
                                             Step(kCertified, PartialDate(2022, 11, 16))};
  const std::vector<StandardStep> backward(forward.rbegin(), forward.rend());
  const StandardCase one = Recorded(forward);
  const StandardCase other = Recorded(backward);
  EXPECT_EQ(TypesOf(one), TypesOf(other));
  EXPECT_EQ(one.state(), other.state());
  EXPECT_EQ(Text(one.recognised_latest()), Text(other.recognised_latest()));
}

TEST_F(StandardSteps, TheSameStepFromTheSameSourceIsThereAlready) {
  const StandardCase certified = Recorded({Step(kCertified, PartialDate(0, 4, 27))});
  EXPECT_THAT(Record(certified, Step(kCertified, PartialDate(0, 4, 27))),
              RefusedFor(Reason::REASON_ALREADY_EXISTS));
  const StandardCase undated = Recorded({Step(kRecognised)});
  EXPECT_THAT(Record(undated, Step(kRecognised)), RefusedFor(Reason::REASON_ALREADY_EXISTS));
}

TEST_F(StandardSteps, ASchoolIsRecognisedOnce) {
  const StandardCase recognised = Recorded({Step(kRecognised, PartialDate(2022, 11))});
  EXPECT_THAT(Record(recognised, Step(kRecognised, PartialDate(2022, 12, 1))),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(Record(recognised, Documented(Step(kRecognised, PartialDate(2022, 11)), "TTXVN")),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(StandardSteps, ReportsOfProgressMayBeMany) {
  const StandardCase one = Recorded({Step(kProgress, PartialDate(2023, 5, 19))});
  EXPECT_THAT(Record(one, Step(kProgress, PartialDate(2023, 12, 31))), IsOk());
}

TEST_F(StandardSteps, ADateThatCannotBeIsRefused) {
  const StandardCase assessed = Recorded({Step(kProvincial, PartialDate(2022, 9))});
  EXPECT_THAT(Record(assessed, Step(kRecognised, PartialDate(2022, 8, 31))),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  const StandardCase certified = Recorded({Step(kCertified, PartialDate(2022, 11, 16))});
  EXPECT_THAT(Record(certified, Step(kRecognised, PartialDate(2022, 12))),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(StandardSteps, DatesThatCannotBeComparedAreNoContradiction) {
  const StandardCase certified = Recorded({Step(kCertified, PartialDate(2022, 11, 16))});
  // The same month; a day of an unknown year; the same year; unknown.
  for (const auto& date : {PartialDate(2022, 11), PartialDate(0, 12, 17), PartialDate(2022)})
    EXPECT_THAT(Record(certified, Step(kRecognised, date)), IsOk());
  EXPECT_THAT(Record(certified, Step(kRecognised)), IsOk());
}

TEST_F(StandardSteps, AStepLiesWithinTheLifeOfItsSchool) {
  school_ = testing::School("quang-tri-2025", "Quảng Trị", "", "2025-07-01");
  EXPECT_THAT(Record(Opened(), Step(kCertified, PartialDate(2025, 6, 30))),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(Record(Opened(), Step(kCertified, PartialDate(2025))), IsOk());
  school_ = testing::School("phu-tho", "Phú Thọ", "", "", "2025-07-01");
  EXPECT_THAT(Record(Opened(), Step(kRecognised, PartialDate(2025, 7, 1))),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(StandardSteps, ACorrectionSaysWhatWasUnknown) {
  const StandardCase certified =
      Recorded({Step(kProvincial, PartialDate(2022, 9)), Step(kCertified, PartialDate(0, 4, 27))});
  const auto right = CorrectStep(
      certified, 2, Step(v1::STANDARD_STEP_TYPE_UNSPECIFIED, PartialDate(2023, 4, 27)), Ground());
  ASSERT_THAT(right, IsOk());
  EXPECT_EQ(right->steps(1).type(), kCertified);
  EXPECT_EQ(Text(right->recognised_latest()), "2023-04-27");
  EXPECT_THAT(
      CorrectStep(certified, 2, Step(v1::STANDARD_STEP_TYPE_UNSPECIFIED, PartialDate(2021, 4, 27)),
                  Ground()),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(CorrectStep(certified, 3, Step(kCertified), Ground()), RefusedForField("number"));
}

TEST_F(StandardSteps, ACaseIsOfTheLevelOfItsScheme) {
  EXPECT_THAT(OpenCase("schools/lao-cai/standardCases/level-2", scheme_),
              RefusedForField("scheme"));
  EXPECT_THAT(OpenCase("schools/lao-cai/standardCases/muc-1", scheme_), RefusedForField("scheme"));
}

// ---- When a school was recognised.

TEST_F(StandardSteps, RecognitionLiesBetweenTheDaysThatAreKnown) {
  const StandardCase month = Recorded({Step(kRecognised, PartialDate(2022, 11))});
  EXPECT_EQ(Text(month.recognised_earliest()), "2022-11-01");
  EXPECT_EQ(Text(month.recognised_latest()), "2022-11-30");
  const StandardCase ceremony = Recorded(
      {Step(kProvincial, PartialDate(2022, 9)), Step(kCertified, PartialDate(2022, 11, 16))});
  EXPECT_EQ(Text(ceremony.recognised_earliest()), "2022-09-01");
  EXPECT_EQ(Text(ceremony.recognised_latest()), "2022-11-16");
  const StandardCase both = Recorded(
      {Step(kRecognised, PartialDate(2022, 11)), Step(kCertified, PartialDate(2022, 11, 16))});
  EXPECT_EQ(Text(both.recognised_latest()), "2022-11-16");
}

TEST_F(StandardSteps, AnUndatedRecognitionWasBeforeItWasRecordedAndBeforeTheSchoolEnded) {
  const StandardCase open = Recorded({Step(kCertified, PartialDate(0, 4, 27))});
  EXPECT_FALSE(open.has_recognised_earliest());
  EXPECT_EQ(Text(open.recognised_latest()), "2026-11-27");
  school_ = testing::School("vinh-phuc", "Vĩnh Phúc", "", "", "2025-07-01");
  EXPECT_EQ(Text(Recorded({Step(kCertified, PartialDate(0, 4, 27))}).recognised_latest()),
            "2025-06-30");
}

TEST_F(StandardSteps, WhoIsNotRecognisedHasNoDay) {
  const StandardCase appraised = Recorded({Step(kAppraised, PartialDate(2025, 8, 27))});
  EXPECT_FALSE(appraised.has_recognised_latest());
}

// ---- After a merger.

v1::LineageEvent PhuTho() {
  return testing::Lineage(v1::LINEAGE_EVENT_TYPE_MERGE, "phu-tho-2025", "2025-07-01",
                          {"phu-tho", "vinh-phuc", "hoa-binh"}, {"phu-tho-2025"});
}

TEST_F(StandardSteps, ASuccessorIsDueAndNamesEachPredecessorOnce) {
  StandardCase due;
  due.set_name("schools/phu-tho-2025/standardCases/level-1");
  for (const char* earlier : {"vinh-phuc", "phu-tho", "vinh-phuc"}) {
    due = WithPredecessor(due, CaseName(std::string("schools/") + earlier, 1), PhuTho());
  }
  EXPECT_EQ(due.state(), v1::STANDARD_CASE_STATE_REASSESSMENT_DUE);
  EXPECT_THAT(due.predecessor_cases(), ElementsAre("schools/phu-tho/standardCases/level-1",
                                                   "schools/vinh-phuc/standardCases/level-1"));
  EXPECT_EQ(due.lineage_event(), "lineageEvents/phu-tho-2025");
}

TEST_F(StandardSteps, ADueCaseGoesOnWithAnyStepRecordedForIt) {
  school_ = testing::School("phu-tho-2025", "Phú Thọ", "", "2025-07-01");
  const StandardCase due =
      WithPredecessor(Opened(), "schools/phu-tho/standardCases/level-1", PhuTho());
  StandardStep survey = Step(kSurveyed, PartialDate(2026, 3, 2));
  *survey.mutable_counts() = Met(54);
  survey.mutable_counts()->set_exceeded(12);
  const auto surveyed = Record(due, survey);
  ASSERT_THAT(surveyed, IsOk());
  EXPECT_EQ(surveyed->state(), v1::STANDARD_CASE_STATE_SURVEYED);
  EXPECT_EQ(surveyed->steps(0).counts().unmet(), 1);
  EXPECT_THAT(Take(*surveyed, kAppraised), IsOk());
}

TEST_F(StandardSteps, ACaseWithStepsOfItsOwnIsNotDue) {
  const StandardCase certified = Recorded({Step(kCertified, PartialDate(2025, 12, 5))});
  EXPECT_EQ(WithPredecessor(certified, "schools/quang-tri/standardCases/level-1", PhuTho()).state(),
            v1::STANDARD_CASE_STATE_CERTIFIED);
}

// ---- The register of a day.

class Register : public StandardSteps {
 protected:
  StandardCase Of(const std::string& school, std::vector<StandardStep> steps) {
    StandardCase standard_case = Recorded(steps);
    standard_case.set_name(CaseName("schools/" + school, 1));
    return standard_case;
  }
  v1::StandardRegisterEntry Entry(std::vector<StandardCase> cases, const std::string& school,
                                  const std::string& day) {
    return CasesOfLevel(1, std::move(cases)).EntryOf("schools/" + school, Day(day));
  }
};

TEST_F(Register, ASchoolStandsAsItStoodThatDay) {
  const StandardCase cao_bang = Of("cao-bang", {Step(kAppraised, PartialDate(2025, 8, 27)),
                                                Step(kCertified, PartialDate(2025, 9, 11))});
  EXPECT_EQ(Entry({cao_bang}, "cao-bang", "2025-08-26").standing(), v1::STANDARD_STANDING_NONE);
  EXPECT_EQ(Entry({cao_bang}, "cao-bang", "2025-08-27").standing(),
            v1::STANDARD_STANDING_IN_PROGRESS);
  EXPECT_EQ(Entry({cao_bang}, "cao-bang", "2025-09-11").standing(),
            v1::STANDARD_STANDING_RECOGNISED);
  EXPECT_EQ(Entry({cao_bang}, "lang-son", "2025-09-11").standing(), v1::STANDARD_STANDING_NONE);
}

TEST_F(Register, WhatDatesLeaveOpenDoesNotCountAndIsMarked) {
  const StandardCase lao_cai = Of("lao-cai", {Step(kRecognised, PartialDate(2022, 11))});
  const auto within = Entry({lao_cai}, "lao-cai", "2022-11-10");
  EXPECT_NE(within.standing(), v1::STANDARD_STANDING_RECOGNISED);
  EXPECT_TRUE(within.uncertain());
  const auto before = Entry({lao_cai}, "lao-cai", "2022-10-31");
  EXPECT_FALSE(before.uncertain());
  const auto after = Entry({lao_cai}, "lao-cai", "2022-11-30");
  EXPECT_EQ(after.standing(), v1::STANDARD_STANDING_RECOGNISED);
  EXPECT_FALSE(after.uncertain());
}

TEST_F(Register, ThroughPredecessorsASchoolIsOnlyDue) {
  const StandardCase phu_tho = Of("phu-tho", {Step(kRecognised, PartialDate(2024, 1, 5))});
  const StandardCase vinh_phuc = Of("vinh-phuc", {Step(kCertified, PartialDate(2023, 4, 27))});
  const StandardCase hoa_binh = Of("hoa-binh", {Step(kSelfAssessed, PartialDate(2024, 4, 27))});
  StandardCase due = Of("phu-tho-2025", {});
  for (const StandardCase* earlier : {&phu_tho, &vinh_phuc, &hoa_binh})
    due = WithPredecessor(due, earlier->name(), PhuTho());
  const auto entry = Entry({phu_tho, vinh_phuc, hoa_binh, due}, "phu-tho-2025", "2025-07-01");
  EXPECT_EQ(entry.standing(), v1::STANDARD_STANDING_REASSESSMENT_DUE);
  EXPECT_THAT(entry.recognised_predecessors(), ElementsAre("schools/phu-tho", "schools/vinh-phuc"));
}

TEST_F(Register, ARecognitionByProvisionalStepsIsMarked) {
  const StandardStep ceremony = Step(kCertified, PartialDate(2024, 10, 4));
  const StandardCase inferred = Of("an-giang", {testing::Provisional(ceremony)});
  EXPECT_TRUE(Entry({inferred}, "an-giang", "2024-10-04").provisional());
  EXPECT_FALSE(Entry({Of("an-giang", {ceremony})}, "an-giang", "2024-10-04").provisional());
}

TEST_F(Register, TheCountsAreThoseOfTheEntries) {
  v1::StandardRegister standard_register;
  standard_register.add_entries()->set_standing(v1::STANDARD_STANDING_RECOGNISED);
  standard_register.add_entries()->set_standing(v1::STANDARD_STANDING_NONE);
  standard_register.add_entries()->set_standing(v1::STANDARD_STANDING_NONE);
  SetCounts(standard_register);
  ASSERT_EQ(standard_register.counts_size(), 4);
  EXPECT_EQ(standard_register.counts(0).schools(), 1);
  EXPECT_EQ(standard_register.counts(1).schools(), 0);
  EXPECT_EQ(standard_register.counts(3).schools(), 2);
}

}  // namespace
}  // namespace thidua::registry
