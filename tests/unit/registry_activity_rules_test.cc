// Activities of a programme: dates known in part, who may have which part, the way from planned to
// done, and how joint activities are counted.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/programmes/activity_rules.h"
#include "tests/support/programme_facts.h"
#include "tests/support/refusal_matchers.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using testing::DateOf;
using testing::Day;
using ::testing::ElementsAre;
using testing::Inspection;
using testing::IsOk;
using testing::kProgramme2024;
using testing::Outcome;
using ::testing::Pair;
using testing::Participant;
using testing::RefusedFor;
using testing::RefusedForField;
using v1::Activity;

constexpr absl::CivilDay kToday(2024, 6, 25);

// As it is stored.
Activity Planned(Activity activity, const std::string& id = "roundtable-1") {
  activity.set_name(std::string(kProgramme2024) + "/activities/" + id);
  return NewActivity(std::move(activity));
}

// The roundtable on the culture of the Party's schools, September 2024 at Hà Giang.
Activity Roundtable() {
  return Planned(testing::Activity(v1::ACTIVITY_KIND_ROUNDTABLE, "Tọa đàm khoa học cấp Cụm",
                                   DateOf(2024, 9), "ha-giang"));
}

v1::CompleteActivityRequest Completion(v1::ActivityOutcome outcome) {
  v1::CompleteActivityRequest request;
  *request.mutable_outcome() = std::move(outcome);
  return request;
}

Activity Held(const Activity& activity, const google::type::Date& date) {
  return Complete(activity, Completion(Outcome(date)), Day("2025-12-31")).value();
}

TEST(ActivityDates, AreAsLongAsTheyAreVague) {
  EXPECT_EQ(DaysOf(DateOf(2024, 9, 12)), (directory::Period{Day("2024-09-12"), Day("2024-09-13")}));
  EXPECT_EQ(DaysOf(DateOf(2024, 12)), (directory::Period{Day("2024-12-01"), Day("2025-01-01")}));
  EXPECT_EQ(DaysOf(DateOf(2024)), (directory::Period{Day("2024-01-01"), Day("2025-01-01")}));
}

TEST(ActivityDates, WithoutAPlanTheHeldDayCountsAndElseTheYear) {
  Activity activity = Roundtable();
  activity.clear_planned_date();
  EXPECT_EQ(PossibleDays(activity).from, Day("2024-01-01"));
  EXPECT_EQ(PossibleDays(activity).to, Day("2025-01-01"));
  EXPECT_EQ(PossibleDays(Held(activity, DateOf(2024, 6, 25))).from, Day("2024-06-25"));
}

TEST(ActivityDates, APlanSaysAtLeastTheMonthAndLiesNearItsYear) {
  Activity activity = Roundtable();
  EXPECT_THAT(CheckActivity(activity, kToday), IsOk());
  *activity.mutable_planned_date() = DateOf(2024);
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.planned_date"));
  *activity.mutable_planned_date() = DateOf(2025, 1, 10);
  EXPECT_THAT(CheckActivity(activity, kToday), IsOk());
  *activity.mutable_planned_date() = DateOf(2042, 9);
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.planned_date"));
}

TEST(ActivityNames, AreMadeFromTheKindAndTheNextFreeNumber) {
  EXPECT_EQ(NextActivityId(v1::ACTIVITY_KIND_YEAR_END_REVIEW, {}), "year-end-review-1");
  EXPECT_EQ(NextActivityId(v1::ACTIVITY_KIND_ROUNDTABLE, {Roundtable()}), "roundtable-2");
}

TEST(Activities, ANewOneIsPlannedWhateverItBrings) {
  Activity activity = testing::Activity(v1::ACTIVITY_KIND_GAMES, "Hội thao", DateOf(2024, 7));
  activity.set_state(v1::ACTIVITY_STATE_CANCELLED);
  activity.set_cancel_reason("mưa bão");
  activity = Planned(activity);
  EXPECT_EQ(activity.state(), v1::ACTIVITY_STATE_PLANNED);
  EXPECT_TRUE(activity.cancel_reason().empty());
  *activity.mutable_outcome() = Outcome(DateOf(2024, 6, 1));
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.outcome"));
}

TEST(Activities, EachSchoolTakesPartOnce) {
  Activity activity = Roundtable();
  *activity.add_participants() = Participant("lang-son");
  EXPECT_THAT(CheckActivity(activity, kToday), IsOk());
  *activity.add_participants() = Participant("lang-son", v1::ACTIVITY_ROLE_PRESENTER);
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.participants[1].school"));
  *activity.mutable_participants(1) = Participant("ha-giang");
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.participants[1].school"));
}

TEST(Activities, HostChairAndInspectedSchoolHaveFieldsOfTheirOwn) {
  Activity activity = Roundtable();
  *activity.add_participants() = Participant("lang-son", v1::ACTIVITY_ROLE_CHAIR);
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.participants[0].role"));
  activity = Roundtable();
  activity.add_chairs("schools/lang-son");
  EXPECT_THAT(CheckActivity(activity, kToday), IsOk());
  activity.add_chairs("schools/lang-son");
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.chairs[1]"));
}

TEST(Activities, OneSchoolIsThereOrOnline) {
  Activity activity = Roundtable();
  *activity.add_participants() = Participant("lang-son");
  activity.mutable_participants(0)->set_mode(v1::ACTIVITY_MODE_ONLINE);
  EXPECT_THAT(CheckActivity(activity, kToday), IsOk());
  activity.mutable_participants(0)->set_mode(v1::ACTIVITY_MODE_HYBRID);
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.participants[0].mode"));
}

TEST(Activities, BridgesBelongToWhatIsOnline) {
  Activity activity = Roundtable();
  activity.set_mode(v1::ACTIVITY_MODE_ONLINE);
  activity.add_bridges()->set_place("Học viện Chính trị quốc gia Hồ Chí Minh");
  activity.add_bridges()->set_school("schools/quang-ninh");
  EXPECT_THAT(CheckActivity(activity, kToday), IsOk());
  activity.mutable_bridges(1)->set_place("Hạ Long");
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.bridges[1]"));
  activity.mutable_bridges(1)->clear_place();
  activity.set_mode(v1::ACTIVITY_MODE_IN_PERSON);
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.bridges"));
}

TEST(Inspections, AreOfASchoolAndItsYears) {
  Activity inspection = Planned(Inspection());
  EXPECT_THAT(CheckActivity(inspection, kToday), IsOk());
  inspection.clear_inspected_years();
  EXPECT_THAT(CheckActivity(inspection, kToday), RefusedForField("activity.inspected_years"));
  inspection.add_inspected_years(2024);
  inspection.add_inspected_years(2023);
  EXPECT_THAT(CheckActivity(inspection, kToday), RefusedForField("activity.inspected_years"));
  inspection.clear_inspected_years();
  inspection.add_inspected_years(2025);
  EXPECT_THAT(CheckActivity(inspection, kToday), RefusedForField("activity.inspected_years"));
  inspection = Planned(Inspection());
  inspection.clear_inspected_school();
  EXPECT_THAT(CheckActivity(inspection, kToday), RefusedForField("activity.inspected_school"));
}

TEST(Inspections, NobodyInspectsItself) {
  Activity inspection = Planned(Inspection());
  inspection.set_host("schools/cao-bang");
  EXPECT_THAT(CheckActivity(inspection, kToday), RefusedForField("activity.inspected_school"));
  inspection.clear_host();
  inspection.add_chairs("schools/cao-bang");
  EXPECT_THAT(CheckActivity(inspection, kToday), RefusedForField("activity.inspected_school"));
  inspection = Planned(Inspection());
  *inspection.add_participants() = Participant("cao-bang", v1::ACTIVITY_ROLE_CO_HOST);
  EXPECT_THAT(CheckActivity(inspection, kToday),
              RefusedForField("activity.participants[0].school"));
}

TEST(Inspections, AreOfMembers) {
  const Activity inspection = Planned(Inspection());
  EXPECT_THAT(CheckInspectedIsMember(inspection, {testing::Membership("mnbg", "cao-bang")}),
              IsOk());
  EXPECT_THAT(
      CheckInspectedIsMember(inspection, {testing::Membership("mnbg", "cao-bang", "", "2024-09-01"),
                                          testing::Membership("mnbg", "lang-son")}),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(Inspections, OtherActivitiesInspectNobody) {
  Activity activity = Roundtable();
  activity.set_inspected_school("schools/cao-bang");
  EXPECT_THAT(CheckActivity(activity, kToday), RefusedForField("activity.inspected_school"));
}

TEST(ActivitySchools, ExistOnOneOfThePossibleDays) {
  const Activity activity = Roundtable();
  const directory::Period days = NamedIn(activity).days;
  EXPECT_THAT(
      CheckExists(activity, testing::School("ha-giang", "Hà Giang", "", "", "2024-09-02"), days),
      IsOk());
  EXPECT_THAT(
      CheckExists(activity, testing::School("ha-giang", "Hà Giang", "", "", "2024-09-01"), days),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(
      CheckExists(activity, testing::School("ha-giang", "Hà Giang", "", "2024-10-01"), days),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(ActivitySchools, OfADoneActivityExistWhenItWasHeld) {
  Activity activity = Roundtable();
  *activity.add_participants() = Participant("lao-cai");
  EXPECT_THAT(NamedIn(activity).schools, ElementsAre("schools/ha-giang", "schools/lao-cai"));
  v1::ActivityOutcome outcome = Outcome(DateOf(2024, 10, 3));
  *outcome.add_attendance() = Participant("son-la");
  const auto done = Complete(activity, Completion(outcome), Day("2024-10-04"));
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(NamedIn(*done).days.from, Day("2024-10-03"));
  EXPECT_THAT(NamedIn(*done).schools, ElementsAre("schools/ha-giang", "schools/son-la"));
}

TEST(Joining, IsForSchoolsFromAnywhereWhileTheActivityIsOpen) {
  const auto joined = Join(Roundtable(), Participant("thai-nguyen"));
  ASSERT_THAT(joined, IsOk());
  ASSERT_EQ(joined->participants_size(), 1);
  EXPECT_EQ(joined->participants(0).role(), v1::ACTIVITY_ROLE_PARTICIPANT);
  EXPECT_THAT(Join(Held(Roundtable(), DateOf(2024, 9)), Participant("thai-nguyen")),
              RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Join(*Cancel(Roundtable(), "bão số 3"), Participant("thai-nguyen")),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(Joining, AgainChangesTheRole) {
  const Activity once = Join(Roundtable(), Participant("lang-son")).value();
  const auto again = Join(once, Participant("lang-son", v1::ACTIVITY_ROLE_PRESENTER));
  ASSERT_THAT(again, IsOk());
  ASSERT_EQ(again->participants_size(), 1);
  EXPECT_EQ(again->participants(0).role(), v1::ACTIVITY_ROLE_PRESENTER);
  EXPECT_THAT(Join(once, Participant("ha-giang")), RefusedForField("school"));
}

TEST(Completing, RecordsWhatCameOfIt) {
  v1::ActivityOutcome outcome = Outcome(DateOf(2024, 6, 20));
  outcome.set_conclusions("Thống nhất các giải pháp xây dựng văn hóa trường Đảng");
  v1::CompleteActivityRequest request = Completion(outcome);
  request.add_chairs("schools/lang-son");
  const auto done = Complete(Roundtable(), request, kToday);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), v1::ACTIVITY_STATE_DONE);
  EXPECT_EQ(done->host(), "schools/ha-giang");
  EXPECT_THAT(done->chairs(), ElementsAre("schools/lang-son"));
  EXPECT_EQ(done->planned_date().month(), 9);
  EXPECT_THAT(CheckActivity(*done, kToday), IsOk());
}

TEST(Completing, TakesADateKnownInPartButNoneOfTheFuture) {
  EXPECT_THAT(Complete(Roundtable(), Completion(Outcome(DateOf(2023, 11))), kToday), IsOk());
  EXPECT_THAT(Complete(Roundtable(), Completion(Outcome(DateOf(2024))), kToday), IsOk());
  EXPECT_THAT(Complete(Roundtable(), Completion(Outcome(DateOf(2024, 6, 26))), kToday),
              RefusedForField("outcome.held_date"));
  EXPECT_THAT(Complete(Roundtable(), Completion(Outcome(DateOf(2024, 7))), kToday),
              RefusedForField("outcome.held_date"));
  EXPECT_THAT(Complete(Roundtable(), Completion(Outcome(DateOf(0, 6, 20))), kToday),
              RefusedForField("outcome.held_date"));
  EXPECT_THAT(Complete(Roundtable(), Completion(Outcome(DateOf(2014, 6, 20))), kToday),
              RefusedForField("outcome.held_date"));
}

TEST(Completing, NeedsEvidenceThatCanBeRead) {
  v1::ActivityOutcome outcome = Outcome(DateOf(2024, 6, 20));
  outcome.add_evidence()->set_title("Kỷ yếu tọa đàm");
  EXPECT_THAT(Complete(Roundtable(), Completion(outcome), kToday),
              RefusedForField("outcome.evidence[0]"));
  outcome.mutable_evidence(0)->set_uri("https://truongchinhtri.hagiang.gov.vn/ky-yeu");
  EXPECT_THAT(Complete(Roundtable(), Completion(outcome), kToday), IsOk());
}

TEST(Completing, AnotherHostIsNoParticipantAnyMore) {
  Activity activity = Roundtable();
  *activity.add_participants() = Participant("quang-ninh");
  v1::CompleteActivityRequest request = Completion(Outcome(DateOf(2024, 6, 20)));
  request.set_host("schools/quang-ninh");
  const auto done = Complete(activity, request, kToday);
  ASSERT_THAT(done, IsOk());
  EXPECT_THAT(CheckActivity(*done, kToday), IsOk());
}

TEST(Completing, HappensOnce) {
  EXPECT_THAT(Complete(Held(Roundtable(), DateOf(2024, 9)),
                       Completion(Outcome(DateOf(2024, 6, 20))), kToday),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(Moving, KeepsTheEarlierDatesInOrder) {
  const Activity once = Move(Roundtable(), DateOf(2024, 10), "mưa lũ", kToday).value();
  const auto twice = Move(once, DateOf(2024, 11, 5), "trùng lịch thi", Day("2024-09-30"));
  ASSERT_THAT(twice, IsOk());
  EXPECT_EQ(twice->state(), v1::ACTIVITY_STATE_MOVED);
  EXPECT_EQ(twice->planned_date().day(), 5);
  ASSERT_EQ(twice->earlier_dates_size(), 2);
  EXPECT_EQ(twice->earlier_dates(0).planned_date().month(), 9);
  EXPECT_EQ(twice->earlier_dates(0).reason(), "mưa lũ");
  EXPECT_EQ(twice->earlier_dates(1).planned_date().month(), 10);
  EXPECT_EQ(twice->earlier_dates(1).move_date().day(), 30);
  EXPECT_EQ(Held(*twice, DateOf(2024, 11, 5)).state(), v1::ACTIVITY_STATE_DONE);
}

TEST(Moving, NeedsAnotherDateAndAnOpenActivity) {
  EXPECT_THAT(Move(Roundtable(), DateOf(2024, 9), "mưa lũ", kToday),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(Move(Roundtable(), DateOf(2024), "mưa lũ", kToday), RefusedForField("planned_date"));
  EXPECT_THAT(Move(Held(Roundtable(), DateOf(2024, 9)), DateOf(2024, 10), "mưa lũ", kToday),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(Cancelling, KeepsTheReasonAndIsFinal) {
  const auto cancelled = Cancel(Roundtable(), "bão số 3");
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), v1::ACTIVITY_STATE_CANCELLED);
  EXPECT_EQ(cancelled->cancel_reason(), "bão số 3");
  EXPECT_THAT(Cancel(*cancelled, "bão số 3"), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(CheckCorrection(*cancelled, *cancelled), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(Correcting, ThePlannedDateEndsWithTheFirstMove) {
  Activity after = Roundtable();
  *after.mutable_planned_date() = DateOf(2024, 9, 20);
  EXPECT_THAT(CheckCorrection(Roundtable(), after), IsOk());
  const Activity moved = Move(Roundtable(), DateOf(2024, 10), "mưa lũ", kToday).value();
  after = moved;
  *after.mutable_planned_date() = DateOf(2024, 10, 20);
  EXPECT_THAT(CheckCorrection(moved, after), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(CheckCorrection(moved, moved), IsOk());
}

TEST(Timing, IsLateWhenThePlannedMonthIsOver) {
  EXPECT_EQ(TimingOf(Roundtable(), Day("2024-09-30")), v1::ACTIVITY_TIMING_DUE);
  EXPECT_EQ(TimingOf(Roundtable(), Day("2024-10-01")), v1::ACTIVITY_TIMING_LATE);
  const Activity held = Held(Roundtable(), DateOf(2024, 10, 3));
  EXPECT_EQ(TimingOf(held, Day("2024-10-02")), v1::ACTIVITY_TIMING_LATE);
  EXPECT_EQ(TimingOf(held, Day("2024-10-03")), v1::ACTIVITY_TIMING_DONE);
  EXPECT_EQ(TimingOf(*Cancel(Roundtable(), "bão số 3"), Day("2024-12-01")),
            v1::ACTIVITY_TIMING_CANCELLED);
}

TEST(Roles, AreOfThoseThatCameOnceThatIsRecorded) {
  Activity activity = Roundtable();
  *activity.add_participants() = Participant("lang-son");
  EXPECT_THAT(RolesIn(activity),
              ElementsAre(Pair("schools/ha-giang", v1::ACTIVITY_ROLE_HOST),
                          Pair("schools/lang-son", v1::ACTIVITY_ROLE_PARTICIPANT)));
  EXPECT_THAT(RolesIn(Held(activity, DateOf(2024, 9))), ::testing::SizeIs(2));
  v1::ActivityOutcome outcome = Outcome(DateOf(2024, 6, 20));
  *outcome.add_attendance() = Participant("son-la", v1::ACTIVITY_ROLE_PRESENTER);
  EXPECT_THAT(RolesIn(*Complete(activity, Completion(outcome), kToday)),
              ElementsAre(Pair("schools/ha-giang", v1::ACTIVITY_ROLE_HOST),
                          Pair("schools/son-la", v1::ACTIVITY_ROLE_PRESENTER)));
}

TEST(Counting, AJointActivityIsOneForTheClusterAndOneForEachSchool) {
  Activity joint = Roundtable();
  joint.add_chairs("schools/ha-giang");
  *joint.add_participants() = Participant("lang-son", v1::ACTIVITY_ROLE_CO_HOST);
  *joint.add_participants() = Participant("thai-nguyen", v1::ACTIVITY_ROLE_PRESENTER);
  const auto summary = Summarise(kProgramme2024, {Held(joint, DateOf(2024, 9, 12))},
                                 {"schools/ha-giang", "schools/lang-son"});
  ASSERT_EQ(summary.kinds_size(), 1);
  EXPECT_EQ(summary.kinds(0).kind(), v1::ACTIVITY_KIND_ROUNDTABLE);
  EXPECT_EQ(summary.kinds(0).done(), 1);
  ASSERT_EQ(summary.schools_size(), 3);
  for (const auto& school : summary.schools()) EXPECT_EQ(school.done(), 1) << school.school();
  // Hà Giang is host and chair of the one; Thái Nguyên is of another cluster.
  EXPECT_EQ(summary.schools(0).hosted(), 1);
  EXPECT_EQ(summary.schools(0).chaired(), 1);
  EXPECT_EQ(summary.schools(1).hosted(), 1);
  EXPECT_EQ(summary.schools(2).hosted(), 0);
  EXPECT_TRUE(summary.schools(1).member());
  EXPECT_FALSE(summary.schools(2).member());
}

TEST(Counting, WhatWasCancelledCountsForNoSchool) {
  const auto summary =
      Summarise(kProgramme2024, {Roundtable(), *Cancel(Roundtable(), "bão số 3")}, {});
  ASSERT_EQ(summary.kinds_size(), 1);
  EXPECT_EQ(summary.kinds(0).open(), 1);
  EXPECT_EQ(summary.kinds(0).cancelled(), 1);
  ASSERT_EQ(summary.schools_size(), 1);
  EXPECT_EQ(summary.schools(0).open(), 1);
  EXPECT_EQ(summary.schools(0).done(), 0);
}

TEST(ActivitySuccessions, EveryRoleIsTheSuccessorsOnce) {
  Activity activity = Roundtable();
  activity.add_chairs("schools/tuyen-quang-2025");
  activity.add_chairs("schools/ha-giang");
  const auto succeeded = Succeed(activity, "schools/ha-giang", "schools/tuyen-quang-2025");
  ASSERT_TRUE(succeeded.ok()) << succeeded.status();
  EXPECT_EQ(succeeded->host(), "schools/tuyen-quang-2025");
  EXPECT_THAT(succeeded->chairs(), ElementsAre("schools/tuyen-quang-2025"));
}

TEST(ActivitySuccessions, WhatTookPlaceStaysThePredecessors) {
  EXPECT_THAT(Succeed(Held(Roundtable(), DateOf(2024, 9, 12)), "schools/ha-giang",
                      "schools/tuyen-quang-2025"),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

}  // namespace
}  // namespace thidua::registry
