// Programmes over a real database: the year 2024 of the northern mountains, from the plan to what
// was done.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_service.h"
#include "services/registry/programmes/programme_service.h"
#include "services/registry/schools/school_service.h"
#include "tests/store/registry_calls.h"
#include "tests/support/programme_facts.h"
#include "tests/support/refusal_matchers.h"

namespace thidua {
namespace {

using contract::Reason;
using registry::ClusterService;
using registry::ProgrammeService;
using registry::SchoolService;
using registry::v1::Activity;
using registry::v1::Programme;
using registry::v1::ProgrammeText;
using testing::DateOf;
using testing::Day;
using ::testing::ElementsAre;
using testing::Inspection;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::kProgramme2024;
using testing::Outcome;
using testing::Participant;
using testing::RefusedFor;
using testing::RefusedForField;
using ::testing::SizeIs;

class RegistryProgrammesTest : public testing::RegistryCalls {
 protected:
  RegistryProgrammesTest()
      : schools_(writing_, directory_, page_tokens_),
        clusters_(writing_, directory_, page_tokens_),
        programmes_(writing_, directory_, page_tokens_) {}

  void SetUp() override {
    registry::v1::CreateClusterRegimeRequest regime;
    regime.set_cluster_regime_id("2021");
    *regime.mutable_cluster_regime() = testing::Regime("2021", "2021-02-03");
    ASSERT_THAT(Call(clusters_, &ClusterService::CreateClusterRegime, regime), IsOk());
    for (const char* id : {"mnbg", "tdmn"}) {
      registry::v1::CreateClusterRequest cluster;
      cluster.set_cluster_id(id);
      *cluster.mutable_cluster() = testing::Cluster(id, "2021", std::string("Cụm ") + id);
      ASSERT_THAT(Call(clusters_, &ClusterService::CreateCluster, cluster), IsOk());
    }
    for (const auto& [id, province] :
         {std::pair("quang-ninh", "Quảng Ninh"), std::pair("ha-giang", "Hà Giang"),
          std::pair("lang-son", "Lạng Sơn"), std::pair("cao-bang", "Cao Bằng"),
          std::pair("thai-nguyen", "Thái Nguyên")}) {
      CreateSchool(testing::School(id, province, std::string("Trường Chính trị tỉnh ") + province,
                                   "", std::string(id) == "ha-giang" ? "2025-07-01" : ""));
      registry::v1::CreateMembershipRequest membership;
      membership.set_parent(std::string(id) == "thai-nguyen" ? "clusters/tdmn" : "clusters/mnbg");
      *membership.mutable_membership() = testing::Membership("mnbg", id);
      ASSERT_THAT(Call(clusters_, &ClusterService::CreateMembership, membership), IsOk());
    }
    ASSERT_THAT(Open("mnbg", 2024), IsOk());
  }

  void CreateSchool(const registry::v1::School& school) {
    registry::v1::CreateSchoolRequest request;
    request.set_school_id(school.name().substr(std::string("schools/").size()));
    *request.mutable_school() = school;
    ASSERT_THAT(Call(schools_, &SchoolService::CreateSchool, request), IsOk());
  }

  absl::StatusOr<Programme> Open(const std::string& cluster, int year) {
    registry::v1::CreateProgrammeRequest request;
    request.set_parent("clusters/" + cluster);
    *request.mutable_programme() = testing::Programme(year);
    return Call(programmes_, &ProgrammeService::CreateProgramme, request);
  }

  absl::StatusOr<ProgrammeText> Draft(registry::v1::ProgrammeTextKind kind) {
    registry::v1::CreateProgrammeTextRequest request;
    request.set_parent(kProgramme2024);
    *request.mutable_programme_text() = testing::ProgrammeText(kind);
    return Call(programmes_, &ProgrammeService::CreateProgrammeText, request);
  }

  absl::StatusOr<ProgrammeText> Adopt(const ProgrammeText& text,
                                      const registry::v1::Adoption& adoption) {
    registry::v1::AdoptProgrammeTextRequest request;
    request.set_name(text.name());
    request.set_etag(text.etag());
    *request.mutable_adoption() = adoption;
    return Call(programmes_, &ProgrammeService::AdoptProgrammeText, request);
  }

  ProgrammeText Text(const std::string& name) {
    registry::v1::GetProgrammeTextRequest request;
    request.set_name(name);
    return Call(programmes_, &ProgrammeService::GetProgrammeText, request).value();
  }

  absl::StatusOr<Activity> Plan(const Activity& activity, const std::string& id = "",
                                const std::string& parent = kProgramme2024) {
    registry::v1::CreateActivityRequest request;
    request.set_parent(parent);
    request.set_activity_id(id);
    *request.mutable_activity() = activity;
    return Call(programmes_, &ProgrammeService::CreateActivity, request);
  }

  absl::StatusOr<Activity> PlanRoundtable() {
    return Plan(testing::Activity(registry::v1::ACTIVITY_KIND_ROUNDTABLE,
                                  "Tọa đàm khoa học cấp Cụm", DateOf(2024, 9), "ha-giang"));
  }

  absl::StatusOr<Activity> Update(const Activity& activity, const std::string& path) {
    registry::v1::UpdateActivityRequest request;
    *request.mutable_activity() = activity;
    request.mutable_update_mask()->add_paths(path);
    request.set_etag(activity.etag());
    return Call(programmes_, &ProgrammeService::UpdateActivity, request);
  }

  absl::StatusOr<Activity> Join(const Activity& activity, const std::string& school) {
    registry::v1::JoinActivityRequest request;
    request.set_name(activity.name());
    request.set_etag(activity.etag());
    request.set_school("schools/" + school);
    return Call(programmes_, &ProgrammeService::JoinActivity, request);
  }

  absl::StatusOr<Activity> Complete(const Activity& activity,
                                    const registry::v1::ActivityOutcome& outcome,
                                    const std::string& host = "") {
    registry::v1::CompleteActivityRequest request;
    request.set_name(activity.name());
    request.set_etag(activity.etag());
    *request.mutable_outcome() = outcome;
    if (!host.empty()) request.set_host("schools/" + host);
    return Call(programmes_, &ProgrammeService::CompleteActivity, request);
  }

  absl::StatusOr<Activity> Move(const Activity& activity, const google::type::Date& date) {
    registry::v1::MoveActivityRequest request;
    request.set_name(activity.name());
    request.set_etag(activity.etag());
    *request.mutable_planned_date() = date;
    request.set_reason("mưa lũ");
    return Call(programmes_, &ProgrammeService::MoveActivity, request);
  }

  absl::StatusOr<Activity> Cancel(const Activity& activity) {
    registry::v1::CancelActivityRequest request;
    request.set_name(activity.name());
    request.set_etag(activity.etag());
    request.set_reason("bão số 3");
    return Call(programmes_, &ProgrammeService::CancelActivity, request);
  }

  // Identifiers of what is listed.
  std::vector<std::string> Listed(registry::v1::ListActivitiesRequest request,
                                  const std::string& parent = kProgramme2024) {
    request.set_parent(parent);
    std::vector<std::string> ids;
    const auto response = Call(programmes_, &ProgrammeService::ListActivities, request);
    EXPECT_THAT(response, IsOk());
    if (!response.ok()) return ids;
    for (const Activity& activity : response->activities())
      ids.push_back(activity.name().substr(activity.name().rfind('/') + 1));
    return ids;
  }
  std::vector<std::string> OfSchool(const std::string& school) {
    registry::v1::ListActivitiesRequest request;
    request.set_school("schools/" + school);
    return Listed(request);
  }

  SchoolService schools_;
  ClusterService clusters_;
  ProgrammeService programmes_;
};

TEST_F(RegistryProgrammesTest, AClusterHasOneProgrammeAYear) {
  EXPECT_THAT(Open("mnbg", 2024), RefusedFor(Reason::REASON_ALREADY_EXISTS));
  EXPECT_THAT(Open("mnbg", 2025), IsOk());
  EXPECT_THAT(Open("mnbg", 2020), RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(Open("khong-co", 2024), RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryProgrammesTest, ProgrammesAreListedByYearOfOneClusterOrOfAll) {
  ASSERT_THAT(Open("tdmn", 2024), IsOk());
  ASSERT_THAT(Open("mnbg", 2023), IsOk());
  const auto listed = [&](const std::string& parent, int year) {
    registry::v1::ListProgrammesRequest request;
    request.set_parent(parent);
    request.set_year(year);
    std::vector<std::string> names;
    const auto response = Call(programmes_, &ProgrammeService::ListProgrammes, request);
    EXPECT_THAT(response, IsOk());
    for (const Programme& programme : response->programmes()) names.push_back(programme.name());
    return names;
  };
  EXPECT_THAT(listed("clusters/mnbg", 0),
              ElementsAre("clusters/mnbg/programmes/2023", "clusters/mnbg/programmes/2024"));
  EXPECT_THAT(listed("clusters/-", 2024),
              ElementsAre("clusters/mnbg/programmes/2024", "clusters/tdmn/programmes/2024"));
  EXPECT_THAT(listed("clusters/-", 0), SizeIs(3));
}

TEST_F(RegistryProgrammesTest, TheThemeIsChangedWithTheEtagThatWasRead) {
  registry::v1::GetProgrammeRequest get;
  get.set_name(kProgramme2024);
  const auto programme = Call(programmes_, &ProgrammeService::GetProgramme, get);
  ASSERT_THAT(programme, IsOk());
  registry::v1::UpdateProgrammeRequest request;
  request.mutable_programme()->set_name(kProgramme2024);
  request.mutable_programme()->set_theme("Chủ động - Đồng bộ - Đột phá");
  request.mutable_update_mask()->add_paths("theme");
  request.set_etag(programme->etag());
  const auto updated = Call(programmes_, &ProgrammeService::UpdateProgramme, request);
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->theme(), "Chủ động - Đồng bộ - Đột phá");
  EXPECT_THAT(Call(programmes_, &ProgrammeService::UpdateProgramme, request),
              RefusedFor(Reason::REASON_STALE_ETAG));
}

TEST_F(RegistryProgrammesTest, AFactNamesOnlyDocumentsOnRecord) {
  registry::v1::CreateProgrammeRequest request;
  request.set_parent("clusters/tdmn");
  *request.mutable_programme() = testing::Programme(2024);
  request.mutable_programme()->mutable_provenance()->set_document("documents/khong-co");
  EXPECT_THAT(Call(programmes_, &ProgrammeService::CreateProgramme, request),
              RefusedFor(Reason::REASON_NOT_FOUND));
  const auto activity = PlanRoundtable();
  registry::v1::ActivityOutcome outcome = Outcome(DateOf(2024, 6, 20));
  outcome.add_evidence()->set_title("Kỷ yếu");
  outcome.mutable_evidence(0)->set_document("documents/khong-co");
  EXPECT_THAT(Complete(*activity, outcome), RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryProgrammesTest, ATextIsDraftedAdoptedAndSuperseded) {
  const auto first = Draft(registry::v1::PROGRAMME_TEXT_KIND_PLAN);
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->name(), "clusters/mnbg/programmes/2024/texts/plan-1");
  const auto adopted = Adopt(*first, testing::Adoption("2024-03-12", {"quang-ninh", "ha-giang"}));
  ASSERT_THAT(adopted, IsOk());
  const auto second = Draft(registry::v1::PROGRAMME_TEXT_KIND_PLAN);
  EXPECT_EQ(second->version(), 2);
  ASSERT_THAT(Adopt(*second, testing::Adoption("2024-06-25", {"quang-ninh"})), IsOk());
  const ProgrammeText old = Text(first->name());
  EXPECT_EQ(old.state(), registry::v1::PROGRAMME_TEXT_STATE_SUPERSEDED);
  EXPECT_EQ(old.superseded_by(), second->name());
  EXPECT_EQ(old.adoption().schools_size(), 2);
}

TEST_F(RegistryProgrammesTest, OnlyMembersAdopt) {
  const auto plan = Draft(registry::v1::PROGRAMME_TEXT_KIND_PLAN);
  EXPECT_THAT(Adopt(*plan, testing::Adoption("2024-03-12", {"thai-nguyen"})),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryProgrammesTest, AnAdoptionNamesAnActivityThatThereIs) {
  const auto plan = Draft(registry::v1::PROGRAMME_TEXT_KIND_PLAN);
  registry::v1::Adoption adoption = testing::Adoption("2024-03-12", {"quang-ninh"});
  adoption.clear_meeting();
  adoption.set_activity(std::string(kProgramme2024) + "/activities/pact-signing-1");
  EXPECT_THAT(Adopt(*plan, adoption), RefusedFor(Reason::REASON_NOT_FOUND));
  ASSERT_THAT(Plan(testing::Activity(registry::v1::ACTIVITY_KIND_PACT_SIGNING,
                                     "Ký kết giao ước thi đua", DateOf(2024, 3))),
              IsOk());
  EXPECT_THAT(Adopt(*plan, adoption), IsOk());
}

TEST_F(RegistryProgrammesTest, AnAdoptedTextIsNotChanged) {
  const auto draft = Draft(registry::v1::PROGRAMME_TEXT_KIND_BYLAW);
  const auto retitle = [&](const ProgrammeText& text) {
    registry::v1::UpdateProgrammeTextRequest request;
    request.mutable_programme_text()->set_name(text.name());
    request.mutable_programme_text()->set_title("Quy chế tổ chức và hoạt động của Cụm");
    request.mutable_update_mask()->add_paths("title");
    request.set_etag(text.etag());
    return Call(programmes_, &ProgrammeService::UpdateProgrammeText, request);
  };
  const auto changed = retitle(*draft);
  ASSERT_THAT(changed, IsOk());
  const auto adopted = Adopt(*changed, testing::Adoption("2024-03-12", {"quang-ninh"}));
  ASSERT_THAT(adopted, IsOk());
  EXPECT_THAT(retitle(*adopted), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryProgrammesTest, TextsAreListedByKindAndVersion) {
  ASSERT_THAT(Draft(registry::v1::PROGRAMME_TEXT_KIND_BYLAW), IsOk());
  ASSERT_THAT(Draft(registry::v1::PROGRAMME_TEXT_KIND_PLAN), IsOk());
  ASSERT_THAT(Draft(registry::v1::PROGRAMME_TEXT_KIND_PLAN), IsOk());
  registry::v1::ListProgrammeTextsRequest request;
  request.set_parent(kProgramme2024);
  request.set_page_size(2);
  auto page = Call(programmes_, &ProgrammeService::ListProgrammeTexts, request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->programme_texts(1).name(), "clusters/mnbg/programmes/2024/texts/plan-2");
  request.set_page_token(page->next_page_token());
  page = Call(programmes_, &ProgrammeService::ListProgrammeTexts, request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->programme_texts(0).name(), "clusters/mnbg/programmes/2024/texts/bylaw-1");
}

TEST_F(RegistryProgrammesTest, ActivitiesGetTheNextNumberOfTheirKind) {
  EXPECT_EQ(PlanRoundtable()->name(), "clusters/mnbg/programmes/2024/activities/roundtable-1");
  EXPECT_EQ(PlanRoundtable()->name(), "clusters/mnbg/programmes/2024/activities/roundtable-2");
  const auto review = testing::Activity(registry::v1::ACTIVITY_KIND_YEAR_END_REVIEW,
                                        "Hội nghị tổng kết", DateOf(2024, 11), "quang-ninh");
  EXPECT_THAT(Plan(review, "i4"), IsOk());
  EXPECT_THAT(Plan(review, "i4"), RefusedFor(Reason::REASON_ALREADY_EXISTS));
  EXPECT_THAT(Plan(review, "", "clusters/mnbg/programmes/2023"),
              RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryProgrammesTest, SchoolsNamedExistWhenItTakesPlace) {
  EXPECT_THAT(Plan(testing::Activity(registry::v1::ACTIVITY_KIND_EXCHANGE, "Giao lưu",
                                     DateOf(2024, 9), "khong-co")),
              RefusedFor(Reason::REASON_NOT_FOUND));
  ASSERT_THAT(Open("mnbg", 2025), IsOk());
  const auto in_2025 = [&](const google::type::Date& date) {
    return Plan(
        testing::Activity(registry::v1::ACTIVITY_KIND_EXCHANGE, "Giao lưu", date, "ha-giang"), "",
        "clusters/mnbg/programmes/2025");
  };
  EXPECT_THAT(in_2025(DateOf(2025, 6)), IsOk());
  EXPECT_THAT(in_2025(DateOf(2025, 7)), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryProgrammesTest, AnInspectionIsOfAnotherMember) {
  ASSERT_THAT(Plan(Inspection()), IsOk());
  Activity inspection = Inspection();
  inspection.set_inspected_school("schools/thai-nguyen");
  EXPECT_THAT(Plan(inspection), RefusedFor(Reason::REASON_RULE_VIOLATED));
  inspection.set_inspected_school("schools/lang-son");
  EXPECT_THAT(Plan(inspection), RefusedForField("activity.inspected_school"));
}

TEST_F(RegistryProgrammesTest, ARehearsalPlansNothing) {
  registry::v1::CreateActivityRequest request;
  request.set_parent(kProgramme2024);
  *request.mutable_activity() = Inspection();
  request.set_validate_only(true);
  EXPECT_THAT(Call(programmes_, &ProgrammeService::CreateActivity, request), IsOk());
  EXPECT_THAT(Listed({}), IsEmpty());
}

TEST_F(RegistryProgrammesTest, SchoolsJoinFromAnyCluster) {
  const auto planned = PlanRoundtable();
  const auto joined = Join(*planned, "thai-nguyen");
  ASSERT_THAT(joined, IsOk());
  EXPECT_THAT(OfSchool("thai-nguyen"), ElementsAre("roundtable-1"));
  EXPECT_THAT(Join(*planned, "lang-son"), RefusedFor(Reason::REASON_STALE_ETAG));
  EXPECT_THAT(Join(*joined, "khong-co"), RefusedFor(Reason::REASON_NOT_FOUND));
  const auto cancelled = Cancel(*joined);
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_THAT(Join(*cancelled, "lang-son"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryProgrammesTest, WhoTakesPartFollowsEveryChange) {
  Activity activity = Join(*PlanRoundtable(), "lang-son").value();
  EXPECT_THAT(OfSchool("ha-giang"), ElementsAre("roundtable-1"));
  activity.set_host("schools/quang-ninh");
  activity.clear_participants();
  ASSERT_THAT(Update(activity, "host"), IsOk());
  EXPECT_THAT(OfSchool("ha-giang"), IsEmpty());
  EXPECT_THAT(OfSchool("quang-ninh"), ElementsAre("roundtable-1"));
  EXPECT_THAT(OfSchool("lang-son"), ElementsAre("roundtable-1"));
}

TEST_F(RegistryProgrammesTest, AnActivityIsMovedAndThenDone) {
  const auto moved = Move(*PlanRoundtable(), DateOf(2024, 5));
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->earlier_dates_size(), 1);
  registry::v1::ActivityOutcome outcome = Outcome(DateOf(2024, 5, 17));
  *outcome.add_attendance() = Participant("lang-son");
  const auto done = Complete(*moved, outcome);
  ASSERT_THAT(done, IsOk());
  EXPECT_EQ(done->state(), registry::v1::ACTIVITY_STATE_DONE);
  EXPECT_THAT(Move(*done, DateOf(2024, 10)), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Cancel(*done), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Complete(*done, outcome), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryProgrammesTest, ASchoolThatEndedMakesWayWhenTheActivityIsMoved) {
  ASSERT_THAT(Open("mnbg", 2025), IsOk());
  CreateSchool(testing::School("tuyen-quang-2025", "Tuyên Quang", "", "2025-07-01"));
  const auto planned = Plan(testing::Activity(registry::v1::ACTIVITY_KIND_EXCHANGE, "Giao lưu",
                                              DateOf(2025, 6), "ha-giang"),
                            "", "clusters/mnbg/programmes/2025");
  Activity moved = Move(*planned, DateOf(2025, 9)).value();
  moved.set_title("Giao lưu các trường trong Cụm");
  EXPECT_THAT(Update(moved, "title"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  moved.set_host("schools/tuyen-quang-2025");
  EXPECT_THAT(Update(moved, "host"), IsOk());
}

TEST_F(RegistryProgrammesTest, WhatWasHeldLongAgoIsRecordedWithThePartOfTheDateThatIsKnown) {
  ASSERT_THAT(Open("mnbg", 2023), IsOk());
  Activity review = testing::Activity(registry::v1::ACTIVITY_KIND_YEAR_END_REVIEW,
                                      "Hội nghị tổng kết", {}, "quang-ninh");
  review.clear_planned_date();
  const auto planned = Plan(review, "", "clusters/mnbg/programmes/2023");
  ASSERT_THAT(planned, IsOk());
  const auto done = Complete(*planned, Outcome(DateOf(2023, 11)));
  ASSERT_THAT(done, IsOk());
  Activity corrected = *done;
  *corrected.mutable_outcome()->mutable_held_date() = DateOf(2023, 11, 23);
  const auto updated = Update(corrected, "outcome");
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->outcome().held_date().day(), 23);
  registry::v1::ListActivitiesRequest request;
  *request.mutable_planned_from() = runtime::DayToProto(Day("2023-11-23"));
  *request.mutable_planned_to() = runtime::DayToProto(Day("2023-11-23"));
  EXPECT_THAT(Listed(request, "clusters/mnbg/programmes/-"), ElementsAre("year-end-review-1"));
}

TEST_F(RegistryProgrammesTest, ActivitiesAreListedByDateAndFiltered) {
  ASSERT_THAT(Open("tdmn", 2024), IsOk());
  ASSERT_THAT(Plan(testing::Activity(registry::v1::ACTIVITY_KIND_YEAR_END_REVIEW,
                                     "Hội nghị tổng kết", DateOf(2024, 11), "quang-ninh")),
              IsOk());
  ASSERT_THAT(Plan(Inspection()), IsOk());
  ASSERT_THAT(Cancel(*PlanRoundtable()), IsOk());
  ASSERT_THAT(Plan(testing::Activity(registry::v1::ACTIVITY_KIND_GAMES, "Hội thao", DateOf(2024, 5),
                                     "thai-nguyen"),
                   "", "clusters/tdmn/programmes/2024"),
              IsOk());
  EXPECT_THAT(Listed({}), ElementsAre("inspection-1", "roundtable-1", "year-end-review-1"));
  EXPECT_THAT(Listed({}, "clusters/-/programmes/-"),
              ElementsAre("games-1", "inspection-1", "roundtable-1", "year-end-review-1"));
  EXPECT_THAT(Listed({}, "clusters/-/programmes/2023"), IsEmpty());
  registry::v1::ListActivitiesRequest request;
  request.set_filter("kind != YEAR_END_REVIEW AND state = PLANNED");
  EXPECT_THAT(Listed(request), ElementsAre("inspection-1"));
  request.Clear();
  *request.mutable_planned_to() = runtime::DayToProto(Day("2024-09-15"));
  *request.mutable_planned_from() = runtime::DayToProto(Day("2024-09-15"));
  EXPECT_THAT(Listed(request), ElementsAre("inspection-1", "roundtable-1"));
  EXPECT_THAT(OfSchool("cao-bang"), ElementsAre("inspection-1"));
  request.Clear();
  *request.mutable_overdue_as_of() = runtime::DayToProto(Day("2024-10-01"));
  EXPECT_THAT(Listed(request, "clusters/-/programmes/-"), ElementsAre("games-1", "inspection-1"));
  *request.mutable_overdue_as_of() = runtime::DayToProto(Day("2024-09-30"));
  EXPECT_THAT(Listed(request), IsEmpty());
}

TEST_F(RegistryProgrammesTest, PagesOfActivitiesGoOnWhereTheyStopped) {
  for (int i = 0; i < 3; ++i) ASSERT_THAT(PlanRoundtable(), IsOk());
  registry::v1::ListActivitiesRequest request;
  request.set_parent("clusters/mnbg/programmes/-");
  request.set_page_size(2);
  const auto page = Call(programmes_, &ProgrammeService::ListActivities, request);
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->activities_size(), 2);
  request.set_page_token(page->next_page_token());
  EXPECT_THAT(Listed(request, "clusters/mnbg/programmes/-"), ElementsAre("roundtable-3"));
}

TEST_F(RegistryProgrammesTest, AJointActivityCountsOnceForTheClusterAndOnceForEachSchool) {
  registry::v1::ActivityOutcome outcome = Outcome(DateOf(2024, 5, 17));
  *outcome.add_attendance() = Participant("lang-son", registry::v1::ACTIVITY_ROLE_PRESENTER);
  *outcome.add_attendance() = Participant("thai-nguyen");
  ASSERT_THAT(Complete(*PlanRoundtable(), outcome), IsOk());
  registry::v1::SummariseActivitiesRequest request;
  request.set_parent("clusters/mnbg");
  request.set_year(2024);
  const auto summary = Call(programmes_, &ProgrammeService::SummariseActivities, request);
  ASSERT_THAT(summary, IsOk());
  ASSERT_EQ(summary->kinds_size(), 1);
  EXPECT_EQ(summary->kinds(0).done(), 1);
  ASSERT_EQ(summary->schools_size(), 3);
  for (const auto& school : summary->schools()) EXPECT_EQ(school.done(), 1) << school.school();
  EXPECT_FALSE(summary->schools(2).member());
  request.set_year(2023);
  EXPECT_THAT(Call(programmes_, &ProgrammeService::SummariseActivities, request),
              RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryProgrammesTest, TheOverviewSaysWhatIsDueLateAndDone) {
  const auto plan = Draft(registry::v1::PROGRAMME_TEXT_KIND_PLAN);
  ASSERT_THAT(Adopt(*plan, testing::Adoption("2024-03-12", {"quang-ninh"})), IsOk());
  ASSERT_THAT(Draft(registry::v1::PROGRAMME_TEXT_KIND_BYLAW), IsOk());
  ASSERT_THAT(Complete(*PlanRoundtable(), Outcome(DateOf(2024, 6, 20))), IsOk());
  ASSERT_THAT(Plan(Inspection()), IsOk());
  ASSERT_THAT(Plan(testing::Activity(registry::v1::ACTIVITY_KIND_YEAR_END_REVIEW,
                                     "Hội nghị tổng kết", DateOf(2024, 11), "quang-ninh")),
              IsOk());
  ASSERT_THAT(Cancel(*PlanRoundtable()), IsOk());
  registry::v1::GetProgrammeOverviewRequest request;
  request.set_name(kProgramme2024);
  *request.mutable_as_of() = runtime::DayToProto(Day("2024-10-01"));
  const auto overview = Call(programmes_, &ProgrammeService::GetProgrammeOverview, request);
  ASSERT_THAT(overview, IsOk());
  EXPECT_EQ(overview->plan().name(), plan->name());
  EXPECT_FALSE(overview->has_bylaw());
  EXPECT_EQ(overview->drafts_size(), 1);
  EXPECT_EQ(overview->activities_size(), 4);
  EXPECT_EQ(overview->done(), 1);
  EXPECT_EQ(overview->late(), 1);
  EXPECT_EQ(overview->due(), 1);
  EXPECT_EQ(overview->cancelled(), 1);
  ASSERT_EQ(overview->schools_size(), 4);
  EXPECT_EQ(overview->schools(0).display_name(), "Trường Chính trị tỉnh Cao Bằng");
}

}  // namespace
}  // namespace thidua
