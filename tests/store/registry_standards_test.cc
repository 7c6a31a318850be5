// The standard of political schools over a real database: cases and their steps, what a merger
// makes of them in any order of recording, who may record what, the register of a day.
#include <string>
#include <vector>

#include "common/contract/refusal.h"
#include "common/database/migrator.h"
#include "common/directory/publication.h"
#include "common/runtime/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/imports/import_service.h"
#include "services/registry/schools/school_service.h"
#include "services/registry/standards/standard_service.h"
#include "tests/support/handler_call.h"
#include "tests/support/private_database.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/standard_facts.h"

namespace thidua {
namespace {

using contract::Reason;
using registry::StandardService;
using registry::v1::LineageEvent;
using registry::v1::StandardAssessment;
using registry::v1::StandardCase;
using registry::v1::StandardScheme;
using registry::v1::StandardStep;
using registry::v1::StandardStepType;
using testing::Assessment;
using testing::Day;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Met;
using testing::PartialDate;
using testing::RefusedFor;
using testing::RefusedForField;
using testing::Step;
using ::testing::UnorderedElementsAre;

namespace v1 = registry::v1;

constexpr char kPageKey[] = "khoa-thu-nghiem-cua-trang-danh-sach-0123456789";
constexpr char kLaoCai[] = "schools/lao-cai/standardCases/level-1";
constexpr char kPhuTho[] = "schools/phu-tho/standardCases/level-1";
constexpr char kVinhPhuc[] = "schools/vinh-phuc/standardCases/level-1";
constexpr char kMerged[] = "schools/phu-tho-2025/standardCases/level-1";

class RegistryStandardsTest : public ::testing::Test {
 protected:
  RegistryStandardsTest()
      : schema_(testing::PrivateDatabase::Shared().CreateSchema("registry",
                                                                database::registry_migrations())),
        pool_(schema_.app, 4),
        page_tokens_(contract::PageTokens::Create(kPageKey).value()),
        writing_{pool_,
                 [this](absl::Span<const database::ResourceVersion> written) {
                   directory::Publish(directory_, written);
                 }},
        schools_(writing_, directory_, page_tokens_),
        standards_(writing_, directory_, page_tokens_) {}

  void SetUp() override {
    for (int level : {1, 2}) ASSERT_THAT(Create(testing::StandardScheme(level)), IsOk());
    ASSERT_THAT(Create(testing::School("lao-cai", "Lào Cai", "Trường Chính trị tỉnh Lào Cai")),
                IsOk());
    for (const auto& [id, province] :
         {std::pair("phu-tho", "Phú Thọ"), std::pair("vinh-phuc", "Vĩnh Phúc"),
          std::pair("hoa-binh", "Hòa Bình")}) {
      ASSERT_THAT(
          Create(testing::School(id, province, std::string("Trường Chính trị tỉnh ") + province, "",
                                 "2025-07-01")),
          IsOk());
    }
    ASSERT_THAT(Create(testing::School("phu-tho-2025", "Phú Thọ", "Trường Chính trị tỉnh Phú Thọ",
                                       "2025-07-01")),
                IsOk());
  }

  // Asks a handler as the pipeline would, on 27 November 2026: the academy, or a school.
  template <class Room, class Handler, class Request>
  auto Call(Room& room, Handler handler, const Request& request, const std::string& school = "") {
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, Now());
    if (!school.empty()) {
      call.By({access::Caller::Kind::kSchool, school, "spiffe://thidua.example.vn/school/" + school,
               ""},
              access::Reach::kOwn);
    }
    return call.Ask(writing_, room, handler, request);
  }
  static absl::Time Now() {
    return absl::FromCivil(Day("2026-11-27"), runtime::VietnamTime()) + absl::Hours(9);
  }

  absl::StatusOr<v1::School> Create(const v1::School& school) {
    v1::CreateSchoolRequest request;
    request.set_school_id(school.name().substr(std::string("schools/").size()));
    *request.mutable_school() = school;
    return Call(schools_, &registry::SchoolService::CreateSchool, request);
  }
  absl::StatusOr<v1::School> End(const std::string& school, const std::string& day) {
    v1::GetSchoolRequest get;
    get.set_name("schools/" + school);
    v1::UpdateSchoolRequest request;
    request.mutable_school()->set_name(get.name());
    *request.mutable_school()->mutable_valid_to() = runtime::DayToProto(Day(day));
    request.mutable_update_mask()->add_paths("valid_to");
    request.set_etag(Call(schools_, &registry::SchoolService::GetSchool, get)->etag());
    return Call(schools_, &registry::SchoolService::UpdateSchool, request);
  }
  absl::StatusOr<StandardScheme> Create(const StandardScheme& scheme) {
    v1::CreateStandardSchemeRequest request;
    request.set_standard_scheme_id(scheme.name().substr(std::string("standardSchemes/").size()));
    *request.mutable_standard_scheme() = scheme;
    return Call(standards_, &StandardService::CreateStandardScheme, request);
  }
  absl::StatusOr<LineageEvent> RecordEvent(const LineageEvent& event) {
    v1::CreateLineageEventRequest request;
    request.set_lineage_event_id(event.name().substr(std::string("lineageEvents/").size()));
    *request.mutable_lineage_event() = event;
    return Call(schools_, &registry::SchoolService::CreateLineageEvent, request);
  }
  absl::StatusOr<LineageEvent> Merge() {
    return RecordEvent(testing::Lineage(v1::LINEAGE_EVENT_TYPE_MERGE, "phu-tho-2025", "2025-07-01",
                                        {"phu-tho", "vinh-phuc", "hoa-binh"}, {"phu-tho-2025"}));
  }
  absl::StatusOr<StandardCase> Record(const std::string& name, const StandardStep& step) {
    v1::RecordStandardStepRequest request;
    request.set_name(name);
    request.set_type(step.type());
    *request.mutable_step() = step;
    request.set_scheme(std::string("standardSchemes/11-qd-tw-") +
                       name.substr(name.rfind("level-")));
    request.set_allow_missing(true);
    return Call(standards_, &StandardService::RecordStandardStep, request);
  }
  // What the newspapers tell of the two predecessors.
  void RecordPredecessors() {
    EXPECT_THAT(Record(kPhuTho, Step(v1::STANDARD_STEP_TYPE_RECOGNISED)), IsOk());
    EXPECT_THAT(Record(kVinhPhuc, Step(v1::STANDARD_STEP_TYPE_CERTIFIED, PartialDate(0, 4, 27))),
                IsOk());
  }
  StandardCase Get(const std::string& name) {
    v1::GetStandardCaseRequest request;
    request.set_name(name);
    const auto standard_case = Call(standards_, &StandardService::GetStandardCase, request);
    EXPECT_THAT(standard_case, IsOk());
    return standard_case.value_or(StandardCase());
  }
  absl::StatusOr<StandardCase> Approve(const std::string& name, const std::string& etag = "") {
    v1::ApproveStandardSchemeRequest request;
    request.set_name(name);
    request.set_scheme("standardSchemes/11-qd-tw-level-1");
    *request.mutable_step() = Step(v1::STANDARD_STEP_TYPE_SCHEME_APPROVED);
    request.set_etag(etag);
    return Call(standards_, &StandardService::ApproveStandardScheme, request);
  }
  template <class Request>
  absl::StatusOr<StandardCase> Take(
      absl::StatusOr<StandardCase> (StandardService::*handler)(rpc::Mutation&, const Request&),
      const std::string& name, const std::string& etag, const StandardStep& step = Unnamed()) {
    Request request;
    request.set_name(name);
    request.set_etag(etag);
    *request.mutable_step() = step;
    return Call(standards_, handler, request);
  }
  static StandardStep Unnamed() { return Step(v1::STANDARD_STEP_TYPE_UNSPECIFIED); }

  absl::StatusOr<StandardAssessment> Assess(const StandardAssessment& assessment,
                                            const std::string& school = "") {
    v1::CreateStandardAssessmentRequest request;
    const size_t end = assessment.name().rfind("/assessments/");
    request.set_parent(assessment.name().substr(0, end));
    request.set_assessment_id(assessment.name().substr(end + std::string("/assessments/").size()));
    *request.mutable_standard_assessment() = assessment;
    return Call(standards_, &StandardService::CreateStandardAssessment, request, school);
  }
  absl::StatusOr<StandardAssessment> Note(const StandardAssessment& assessment,
                                          const std::string& school = "") {
    v1::UpdateStandardAssessmentRequest request;
    *request.mutable_standard_assessment() = assessment;
    request.mutable_standard_assessment()->set_note("đã rà soát");
    request.mutable_update_mask()->add_paths("note");
    request.set_etag(assessment.etag());
    return Call(standards_, &StandardService::UpdateStandardAssessment, request, school);
  }
  v1::StandardRegister RegisterOn(const std::string& day, int level = 1) {
    v1::GetStandardRegisterRequest request;
    request.set_level(level);
    *request.mutable_as_of() = runtime::DayToProto(Day(day));
    return Call(standards_, &StandardService::GetStandardRegister, request).value();
  }
  std::vector<std::string> Listed(const v1::ListStandardCasesRequest& request) {
    std::vector<std::string> names;
    const auto page = Call(standards_, &StandardService::ListStandardCases, request);
    EXPECT_THAT(page, IsOk());
    for (const StandardCase& standard_case : page->standard_cases())
      names.push_back(standard_case.name());
    return names;
  }

  testing::PrivateDatabase::Schema schema_;
  database::Pool pool_;
  directory::Directory directory_;
  contract::PageTokens page_tokens_;
  rpc::Writing writing_;
  registry::SchoolService schools_;
  StandardService standards_;
};

v1::StandardRegisterEntry EntryOf(const v1::StandardRegister& standard_register,
                                  const std::string& school) {
  for (const auto& entry : standard_register.entries()) {
    if (entry.school() == "schools/" + school) return entry;
  }
  return {};
}

// ---- The way of a school.

TEST_F(RegistryStandardsTest, ASchoolGoesFromItsProjectToItsCertificate) {
  auto standard_case = Approve(kLaoCai);
  ASSERT_THAT(standard_case, IsOk());
  EXPECT_EQ(standard_case->state(), v1::STANDARD_CASE_STATE_SCHEME_APPROVED);
  const auto next = [&](auto handler, const StandardStep& step = Unnamed()) {
    standard_case = Take(handler, kLaoCai, standard_case->etag(), step);
    ASSERT_THAT(standard_case, IsOk());
  };
  next(&StandardService::SelfAssessStandard);
  next(&StandardService::RecordProvincialAssessment);
  next(&StandardService::SubmitStandardCase);
  next(&StandardService::ReportStandardProgress);
  next(&StandardService::RecordStandardSurvey);
  next(&StandardService::RecordStandardAppraisal);
  StandardStep recognition = Unnamed();
  recognition.mutable_decision()->set_number("7431-QĐ/HVCTQG");
  next(&StandardService::RecogniseStandard, recognition);
  next(&StandardService::CertifyStandard);
  EXPECT_EQ(Get(kLaoCai).state(), v1::STANDARD_CASE_STATE_CERTIFIED);
  EXPECT_EQ(Get(kLaoCai).steps_size(), 9);
}

TEST_F(RegistryStandardsTest, AStepIsTakenOnWhatWasRead) {
  const auto approved = Approve(kLaoCai);
  ASSERT_THAT(approved, IsOk());
  ASSERT_THAT(Take(&StandardService::SelfAssessStandard, kLaoCai, approved->etag()), IsOk());
  EXPECT_THAT(Take(&StandardService::SelfAssessStandard, kLaoCai, approved->etag()),
              RefusedFor(Reason::REASON_STALE_ETAG));
  EXPECT_THAT(Take(&StandardService::SelfAssessStandard, kPhuTho, approved->etag()),
              RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryStandardsTest, AReturnedCaseIsDoneAgain) {
  auto standard_case = Approve(kLaoCai);
  standard_case = Take(&StandardService::SelfAssessStandard, kLaoCai, standard_case->etag());
  v1::ReturnStandardCaseRequest request;
  request.set_name(kLaoCai);
  request.set_returned_to(v1::STANDARD_STEP_TYPE_SELF_ASSESSED);
  request.set_reason("thiếu minh chứng tiêu chí 4");
  *request.mutable_step() = Unnamed();
  request.set_etag(standard_case->etag());
  standard_case = Call(standards_, &StandardService::ReturnStandardCase, request);
  ASSERT_THAT(standard_case, IsOk());
  EXPECT_EQ(standard_case->state(), v1::STANDARD_CASE_STATE_RETURNED);
  EXPECT_EQ(standard_case->steps(2).note(), "thiếu minh chứng tiêu chí 4");
  EXPECT_THAT(Take(&StandardService::SelfAssessStandard, kLaoCai, standard_case->etag()), IsOk());
}

TEST_F(RegistryStandardsTest, ARepeatedRowOfTheSourcesIsThereAlready) {
  const StandardStep ceremony = Step(v1::STANDARD_STEP_TYPE_CERTIFIED, PartialDate(2022, 11, 16));
  ASSERT_THAT(Record(kLaoCai, ceremony), IsOk());
  EXPECT_THAT(Record(kLaoCai, ceremony), RefusedFor(Reason::REASON_ALREADY_EXISTS));
  EXPECT_EQ(Get(kLaoCai).steps_size(), 1);
}

TEST_F(RegistryStandardsTest, ACaseIsOpenedOnlyWhenThatIsAskedFor) {
  v1::RecordStandardStepRequest request;
  request.set_name(kLaoCai);
  request.set_type(v1::STANDARD_STEP_TYPE_CERTIFIED);
  *request.mutable_step() = Unnamed();
  EXPECT_THAT(Call(standards_, &StandardService::RecordStandardStep, request),
              RefusedFor(Reason::REASON_NOT_FOUND));
  request.set_allow_missing(true);
  EXPECT_THAT(Call(standards_, &StandardService::RecordStandardStep, request),
              RefusedForField("scheme"));
  EXPECT_THAT(
      Record("schools/khong-co/standardCases/level-1", Step(v1::STANDARD_STEP_TYPE_CERTIFIED)),
      RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryStandardsTest, AStepIsCorrectedOnceMoreIsKnown) {
  const auto certified =
      Record(kLaoCai, Step(v1::STANDARD_STEP_TYPE_CERTIFIED, PartialDate(0, 11, 16)));
  ASSERT_THAT(certified, IsOk());
  v1::CorrectStandardStepRequest request;
  request.set_name(kLaoCai);
  request.set_number(1);
  *request.mutable_step() = Step(v1::STANDARD_STEP_TYPE_UNSPECIFIED, PartialDate(2022, 11, 16));
  request.set_reason("tìm thấy năm");
  request.set_etag(certified->etag());
  const auto right = Call(standards_, &StandardService::CorrectStandardStep, request);
  ASSERT_THAT(right, IsOk());
  EXPECT_EQ(right->steps(0).date().year(), 2022);
  EXPECT_EQ(right->state(), v1::STANDARD_CASE_STATE_CERTIFIED);
}

TEST_F(RegistryStandardsTest, ASchoolsLifeIsNotMovedAwayFromItsSteps) {
  ASSERT_THAT(Record(kMerged, Step(v1::STANDARD_STEP_TYPE_SURVEYED, PartialDate(2026, 3, 2))),
              IsOk());
  EXPECT_THAT(End("phu-tho-2025", "2026-03-01"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(End("phu-tho-2025", "2026-03-03"), IsOk());
}

TEST_F(RegistryStandardsTest, AnUndatedRecognitionFollowsTheEndOfItsSchool) {
  ASSERT_THAT(Record(kLaoCai, Step(v1::STANDARD_STEP_TYPE_RECOGNISED)), IsOk());
  ASSERT_THAT(End("lao-cai", "2025-07-01"), IsOk());
  EXPECT_EQ(Get(kLaoCai).recognised_latest().day(), 30);
  EXPECT_EQ(Get(kLaoCai).recognised_latest().month(), 6);
}

TEST_F(RegistryStandardsTest, AFactNamesOnlyDocumentsOnRecord) {
  StandardStep ceremony = Step(v1::STANDARD_STEP_TYPE_CERTIFIED, PartialDate(2022, 11, 16));
  ceremony.mutable_provenance()->set_document("documents/khong-co");
  EXPECT_THAT(Record(kLaoCai, ceremony), RefusedFor(Reason::REASON_NOT_FOUND));
  ASSERT_THAT(Approve(kLaoCai), IsOk());
  StandardAssessment assessment = Assessment(kLaoCai, "2026-10", "2026-10-15");
  testing::Find(assessment, "2-lecturer-share", v1::INDICATOR_RESULT_MET, "Quyết định 12");
  assessment.mutable_findings(0)->mutable_evidence(0)->set_document("documents/khong-co");
  EXPECT_THAT(Assess(assessment), RefusedFor(Reason::REASON_NOT_FOUND));
  StandardScheme scheme = testing::StandardScheme();
  scheme.set_name("standardSchemes/other");
  scheme.mutable_provenance()->set_document("documents/khong-co");
  EXPECT_THAT(Create(scheme), RefusedFor(Reason::REASON_NOT_FOUND));
}

// ---- Mergers (BR-33).

TEST_F(RegistryStandardsTest, PhuThoIsDueWithBothItsRecognisedPredecessors) {
  RecordPredecessors();
  ASSERT_THAT(Merge(), IsOk());
  const StandardCase due = Get(kMerged);
  EXPECT_EQ(due.state(), v1::STANDARD_CASE_STATE_REASSESSMENT_DUE);
  EXPECT_THAT(due.predecessor_cases(), ElementsAre(kPhuTho, kVinhPhuc));
  EXPECT_EQ(due.lineage().name(), "lineageEvents/phu-tho-2025");
  ASSERT_EQ(due.predecessors_size(), 2);
  EXPECT_EQ(due.predecessors(0).state(), v1::STANDARD_CASE_STATE_RECOGNISED);
  EXPECT_EQ(due.predecessors(1).state(), v1::STANDARD_CASE_STATE_CERTIFIED);
}

TEST_F(RegistryStandardsTest, TheOrderInWhichMergerAndRecognitionAreRecordedDoesNotMatter) {
  ASSERT_THAT(Merge(), IsOk());
  RecordPredecessors();
  const StandardCase due = Get(kMerged);
  EXPECT_EQ(due.state(), v1::STANDARD_CASE_STATE_REASSESSMENT_DUE);
  EXPECT_THAT(due.predecessor_cases(), ElementsAre(kPhuTho, kVinhPhuc));
}

TEST_F(RegistryStandardsTest, ASurveyRecordedBeforeTheMergerStandsBesideThePredecessors) {
  StandardStep survey = Step(v1::STANDARD_STEP_TYPE_SURVEYED, PartialDate(2026, 3, 2));
  *survey.mutable_counts() = Met(54);
  survey.mutable_counts()->set_exceeded(12);
  ASSERT_THAT(Record(kMerged, survey), IsOk());
  RecordPredecessors();
  ASSERT_THAT(Merge(), IsOk());
  const StandardCase surveyed = Get(kMerged);
  EXPECT_EQ(surveyed.state(), v1::STANDARD_CASE_STATE_SURVEYED);
  EXPECT_THAT(surveyed.predecessor_cases(), ElementsAre(kPhuTho, kVinhPhuc));
}

TEST_F(RegistryStandardsTest, WhereNoPredecessorHasACaseNothingIsDue) {
  ASSERT_THAT(Merge(), IsOk());
  EXPECT_TRUE(Listed({}).empty());
}

TEST_F(RegistryStandardsTest, ADueCaseBeginsAnewWithItsProject) {
  RecordPredecessors();
  ASSERT_THAT(Merge(), IsOk());
  EXPECT_THAT(Approve(kMerged), ::testing::Not(IsOk())) << "its etag was not read";
  const auto approved = Approve(kMerged, Get(kMerged).etag());
  ASSERT_THAT(approved, IsOk());
  EXPECT_EQ(approved->state(), v1::STANDARD_CASE_STATE_SCHEME_APPROVED);
}

TEST_F(RegistryStandardsTest, TheNeedReachesThroughSeveralMergers) {
  ASSERT_THAT(Create(testing::School("tay-bac", "Tây Bắc", "", "2027-01-01")), IsOk());
  ASSERT_THAT(End("phu-tho-2025", "2027-01-01"), IsOk());
  ASSERT_THAT(RecordEvent(testing::Lineage(v1::LINEAGE_EVENT_TYPE_REBRAND, "tay-bac", "2027-01-01",
                                           {"phu-tho-2025"}, {"tay-bac"})),
              IsOk());
  ASSERT_THAT(Merge(), IsOk());
  RecordPredecessors();
  EXPECT_THAT(Get("schools/tay-bac/standardCases/level-1").predecessor_cases(),
              ElementsAre(kMerged));
  EXPECT_THAT(EntryOf(RegisterOn("2027-01-01"), "tay-bac").recognised_predecessors(),
              ElementsAre("schools/phu-tho", "schools/vinh-phuc"));
}

TEST_F(RegistryStandardsTest, OneImportMayHoldAMergerAndTheStepsOfAllItsSchools) {
  rpc::Router router;
  schools_.Register(router);
  standards_.Register(router);
  registry::ImportService imports(writing_, router);
  v1::ImportRegistryRequest request;
  const auto record = [&](const std::string& name, const StandardStep& step) {
    auto& write = *request.add_writes()->mutable_record_standard_step();
    write.set_name(name);
    write.set_type(step.type());
    *write.mutable_step() = step;
    write.mutable_step()->clear_type();
    write.set_scheme("standardSchemes/11-qd-tw-level-1");
    write.set_allow_missing(true);
  };
  record(kMerged, Step(v1::STANDARD_STEP_TYPE_SELF_ASSESSED, PartialDate(2025, 12)));
  auto& merger = *request.add_writes()->mutable_create_lineage_event();
  merger.set_lineage_event_id("phu-tho-2025");
  *merger.mutable_lineage_event() =
      testing::Lineage(v1::LINEAGE_EVENT_TYPE_MERGE, "phu-tho-2025", "2025-07-01",
                       {"phu-tho", "vinh-phuc"}, {"phu-tho-2025"});
  merger.mutable_lineage_event()->clear_name();
  record(kPhuTho, Step(v1::STANDARD_STEP_TYPE_RECOGNISED));
  record(kVinhPhuc, Step(v1::STANDARD_STEP_TYPE_CERTIFIED, PartialDate(0, 4, 27)));
  record(kMerged, Step(v1::STANDARD_STEP_TYPE_SURVEYED, PartialDate(2026, 3, 2)));
  const auto imported = Call(imports, &registry::ImportService::ImportRegistry, request);
  ASSERT_THAT(imported, IsOk());
  EXPECT_TRUE(imported->applied()) << imported->DebugString();
  EXPECT_EQ(Get(kMerged).state(), v1::STANDARD_CASE_STATE_SURVEYED);
  EXPECT_THAT(Get(kMerged).predecessor_cases(), ElementsAre(kPhuTho, kVinhPhuc));
}

// ---- The register and lists.

TEST_F(RegistryStandardsTest, TheRegisterShowsEverySchoolOfTheDay) {
  ASSERT_THAT(Record(kLaoCai, Step(v1::STANDARD_STEP_TYPE_CERTIFIED, PartialDate(2022, 11, 16))),
              IsOk());
  RecordPredecessors();
  ASSERT_THAT(Merge(), IsOk());
  const auto before = RegisterOn("2025-06-30");
  EXPECT_EQ(before.entries_size(), 4);
  EXPECT_EQ(before.counts(0).schools(), 3) << "lao-cai, phu-tho and vinh-phuc";
  const auto after = RegisterOn("2025-07-01");
  EXPECT_EQ(after.entries_size(), 2);
  const auto merged = EntryOf(after, "phu-tho-2025");
  EXPECT_EQ(merged.standing(), v1::STANDARD_STANDING_REASSESSMENT_DUE);
  EXPECT_EQ(merged.display_name(), "Trường Chính trị tỉnh Phú Thọ");
  EXPECT_THAT(merged.recognised_predecessors(),
              ElementsAre("schools/phu-tho", "schools/vinh-phuc"));
  EXPECT_EQ(EntryOf(RegisterOn("2022-11-15"), "lao-cai").standing(), v1::STANDARD_STANDING_NONE);
  EXPECT_EQ(RegisterOn("2025-07-01", 2).counts(0).schools(), 0);
}

TEST_F(RegistryStandardsTest, TheRegisterOfAClusterShowsItsMembersOfTheDay) {
  RecordPredecessors();
  ASSERT_THAT(Merge(), IsOk());
  const auto membership = testing::Membership("tdmn", "phu-tho-2025", "2025-07-01");
  ASSERT_TRUE(directory_
                  .Apply({testing::EntryOf(testing::Regime("2025")),
                          testing::EntryOf(testing::Cluster("tdmn", "2025", "Trung du miền núi")),
                          testing::EntryOf(membership)},
                         0)
                  .ok());
  v1::GetStandardRegisterRequest request;
  request.set_level(1);
  request.set_cluster("clusters/tdmn");
  const auto members = Call(standards_, &StandardService::GetStandardRegister, request);
  ASSERT_THAT(members, IsOk());
  ASSERT_EQ(members->entries_size(), 1);
  EXPECT_EQ(members->entries(0).school(), "schools/phu-tho-2025");
  EXPECT_EQ(members->entries(0).recognised_predecessors_size(), 2);
  request.set_cluster("clusters/khong-co");
  EXPECT_THAT(Call(standards_, &StandardService::GetStandardRegister, request),
              RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryStandardsTest, CasesAreListedByWhatIsAskedFor) {
  ASSERT_THAT(Record(kLaoCai, Step(v1::STANDARD_STEP_TYPE_CERTIFIED, PartialDate(2022, 11, 16))),
              IsOk());
  ASSERT_THAT(Record("schools/lao-cai/standardCases/level-2",
                     Step(v1::STANDARD_STEP_TYPE_PROGRESS_REPORTED, PartialDate(2024))),
              IsOk());
  RecordPredecessors();
  ASSERT_THAT(Merge(), IsOk());
  v1::ListStandardCasesRequest request;
  EXPECT_EQ(Listed(request).size(), 5u);
  request.set_school("schools/lao-cai");
  EXPECT_THAT(Listed(request), ElementsAre(kLaoCai, "schools/lao-cai/standardCases/level-2"));
  request.clear_school();
  request.set_filter("level = 1 AND state = REASSESSMENT_DUE");
  EXPECT_THAT(Listed(request), ElementsAre(kMerged));
  request.clear_filter();
  *request.mutable_recognised_as_of() = runtime::DayToProto(Day("2022-11-16"));
  EXPECT_THAT(Listed(request), ElementsAre(kLaoCai));
  *request.mutable_recognised_as_of() = runtime::DayToProto(Day("2025-06-30"));
  EXPECT_THAT(Listed(request), UnorderedElementsAre(kLaoCai, kPhuTho, kVinhPhuc));
}

// ---- Schemes and assessments.

TEST_F(RegistryStandardsTest, ASchemeInUseOnlyGrows) {
  v1::GetStandardSchemeRequest get;
  get.set_name("standardSchemes/11-qd-tw-level-1");
  v1::UpdateStandardSchemeRequest request;
  *request.mutable_standard_scheme() = *Call(standards_, &StandardService::GetStandardScheme, get);
  request.mutable_standard_scheme()->set_indicator_total(54);
  request.mutable_update_mask()->add_paths("indicator_total");
  request.set_etag(request.standard_scheme().etag());
  request.set_validate_only(true);
  ASSERT_THAT(Approve(kLaoCai), IsOk());
  EXPECT_THAT(Call(standards_, &StandardService::UpdateStandardScheme, request),
              RefusedFor(Reason::REASON_SCHEME_FROZEN));
  *request.mutable_standard_scheme() = testing::SchemeListing(2);
  request.mutable_update_mask()->Clear();
  request.mutable_update_mask()->add_paths("indicators");
  request.clear_validate_only();
  const auto grown = Call(standards_, &StandardService::UpdateStandardScheme, request);
  ASSERT_THAT(grown, IsOk());
  EXPECT_EQ(grown->indicators_size(), 3);
}

TEST_F(RegistryStandardsTest, ASchemeWithoutCasesMayStillChange) {
  v1::UpdateStandardSchemeRequest request;
  *request.mutable_standard_scheme() = testing::StandardScheme();
  request.mutable_standard_scheme()->set_indicator_total(54);
  request.mutable_update_mask()->add_paths("indicator_total");
  request.set_etag("\"v1\"");
  EXPECT_THAT(Call(standards_, &StandardService::UpdateStandardScheme, request), IsOk());
}

TEST_F(RegistryStandardsTest, AStepTakesTheCountsOfItsAssessmentAndFreezesIt) {
  const auto approved = Approve(kLaoCai);
  StandardAssessment assessment = Assessment(kLaoCai, "2026-10", "2026-10-15");
  *assessment.mutable_counts() = Met(46);
  assessment.mutable_counts()->set_near(4);
  const auto made = Assess(assessment, "lao-cai");
  ASSERT_THAT(made, IsOk());
  const auto noted = Note(*made, "lao-cai");
  ASSERT_THAT(noted, IsOk());
  StandardStep step = Unnamed();
  step.set_assessment(made->name());
  const auto assessed = Take(&StandardService::SelfAssessStandard, kLaoCai, approved->etag(), step);
  ASSERT_THAT(assessed, IsOk());
  EXPECT_EQ(assessed->steps(1).counts().unmet(), 9);
  v1::GetStandardAssessmentRequest get;
  get.set_name(made->name());
  const auto frozen = Call(standards_, &StandardService::GetStandardAssessment, get);
  ASSERT_THAT(frozen, IsOk());
  EXPECT_EQ(frozen->step_number(), 2);
  EXPECT_THAT(Note(*frozen), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryStandardsTest, AStepRestsOnAnAssessmentOfItsOwnCase) {
  const auto approved = Approve(kLaoCai);
  StandardStep step = Unnamed();
  step.set_assessment(std::string(kPhuTho) + "/assessments/2026-10");
  EXPECT_THAT(Take(&StandardService::SelfAssessStandard, kLaoCai, approved->etag(), step),
              RefusedForField("step.assessment"));
}

TEST_F(RegistryStandardsTest, ASchoolSpeaksForItselfOnly) {
  ASSERT_THAT(Approve(kLaoCai), IsOk());
  StandardAssessment assessment = Assessment(kLaoCai, "survey", "2026-10-15");
  *assessment.mutable_counts() = Met(53);
  assessment.set_assessor(v1::STANDARD_ASSESSOR_ACADEMY);
  EXPECT_THAT(Assess(assessment, "lao-cai"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  const auto made = Assess(assessment);
  ASSERT_THAT(made, IsOk());
  EXPECT_THAT(Note(*made, "lao-cai"), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryStandardsTest, GapsAreThoseOfTheNewestAssessment) {
  ASSERT_THAT(Approve(kLaoCai), IsOk());
  StandardAssessment later = Assessment(kLaoCai, "a-later", "2026-10-15");
  testing::Find(later, "2-lecturer-share", v1::INDICATOR_RESULT_MET, "Danh sách giảng viên");
  StandardAssessment earlier = Assessment(kLaoCai, "b-earlier", "2026-03-15");
  testing::Find(earlier, "2-lecturer-share", v1::INDICATOR_RESULT_NEAR);
  ASSERT_THAT(Assess(later), IsOk());
  ASSERT_THAT(Assess(earlier), IsOk());
  v1::GetStandardGapsRequest request;
  request.set_name(kLaoCai);
  const auto now = Call(standards_, &StandardService::GetStandardGaps, request);
  ASSERT_THAT(now, IsOk());
  EXPECT_EQ(now->assessment(), later.name());
  EXPECT_EQ(now->gaps_size(), 0);
  EXPECT_EQ(now->unlisted(), 54);
  request.set_assessment(earlier.name());
  const auto then = Call(standards_, &StandardService::GetStandardGaps, request);
  ASSERT_EQ(then->gaps_size(), 1);
  EXPECT_EQ(then->gaps(0).result(), v1::INDICATOR_RESULT_NEAR);
  request.set_assessment(std::string(kPhuTho) + "/assessments/b-earlier");
  EXPECT_THAT(Call(standards_, &StandardService::GetStandardGaps, request),
              RefusedForField("assessment"));
}

}  // namespace
}  // namespace thidua
