// A report on its way: who may do what when, two editors, what is kept.
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/access/authorization.h"
#include "common/contract/method_rules.h"
#include "common/directory/scope_facts.h"
#include "tests/store/reporting_rooms.h"

namespace thidua::testing {
namespace {

using contract::MetadataOf;
using contract::Reason;
using contract::ReasonOf;
using reporting::v1::SchoolReport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ReportingReportsTest : public ReportingRooms {
 protected:
  void SetUp() override { OpenHalfYear(); }

  std::vector<std::string> ListedTo(const access::Caller& caller,
                                    reporting::v1::ReportState state = {}, int page_size = 0) {
    reporting::v1::ListReportsRequest request;
    request.set_parent(kWindow);
    request.set_state(state);
    request.set_page_size(page_size);
    std::vector<std::string> schools;
    while (true) {
      const auto response = Call(reports_, &reporting::ReportService::ListReports, request, caller);
      EXPECT_TRUE(response.ok()) << response.status();
      for (const SchoolReport& report : response->reports()) schools.push_back(SchoolOf(report));
      if (response->next_page_token().empty()) return schools;
      request.set_page_token(response->next_page_token());
    }
  }

  int64_t CountRows(const std::string& sql) {
    database::Pool pool(schema_.read, 1);
    auto connection = pool.Borrow({absl::Now() + absl::Seconds(10)});
    return (*connection)->Query(sql)->front().Int(0);
  }
};

TEST_F(ReportingReportsTest, ADraftHoldsEveryCellOfTheForm) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien"));
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->name(), "windows/2024-h1/reports/dien-bien");
  EXPECT_EQ(draft->cluster(), "clusters/mnbg");
  EXPECT_EQ(draft->figures_size(), 12);
  EXPECT_EQ(draft->figures(3).raw_text(), "15 1ớp/l206");
  int unreported = 0;
  for (const auto& figure : draft->figures())
    unreported += figure.state() == reporting::v1::FIGURE_STATE_NOT_REPORTED;
  EXPECT_EQ(unreported, 6);
  EXPECT_EQ(Read("dien-bien")->SerializeAsString(), draft->SerializeAsString());
}

TEST_F(ReportingReportsTest, ASchoolOutsideTheClusterIsRefused) {
  const absl::Status ninth = Draft("dong-thap", {}).status();
  EXPECT_EQ(ReasonOf(ninth), Reason::REASON_NOT_A_MEMBER);
  EXPECT_EQ(MetadataOf(ninth).at("date"), "2024-06-25");
}

TEST_F(ReportingReportsTest, ASchoolReportsOnceInAWindow) {
  ASSERT_TRUE(Draft("dien-bien", {}).ok());
  EXPECT_EQ(ReasonOf(Draft("dien-bien", {}).status()), Reason::REASON_ALREADY_EXISTS);
}

TEST_F(ReportingReportsTest, WrongFiguresAreAllToldAtOnce) {
  const absl::Status wrong =
      Draft("dien-bien", {Count("classes_total", 0), Count("sent_phd", 6), Count("unknown", 1)})
          .status();
  std::vector<std::string> fields;
  for (const auto& violation : contract::FieldViolationsOf(wrong))
    fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("report.figures[0].value", "report.figures[1].indicator",
                                  "report.figures[2].indicator"));
}

TEST_F(ReportingReportsTest, AMandatoryBlankIsNotSubmittedAndZeroIs) {
  const auto blank = Draft("dien-bien", {Count("learners_total", 1206)}).value();
  EXPECT_EQ(ReasonOf(Submit(blank).status()), Reason::REASON_REPORT_INCOMPLETE);
  const auto zero = Change(blank, {Zero("classes_total"), Zero("learners_total")}).value();
  EXPECT_TRUE(Submit(zero).ok());
}

TEST_F(ReportingReportsTest, ARehearsedSubmissionStoresNothing) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien")).value();
  const auto rehearsed = Submit(draft, true);
  ASSERT_TRUE(rehearsed.ok()) << rehearsed.status();
  EXPECT_EQ(rehearsed->state(), reporting::v1::REPORT_STATE_SUBMITTED);
  EXPECT_EQ(Read("dien-bien")->state(), reporting::v1::REPORT_STATE_DRAFT);
  EXPECT_EQ(CountRows("SELECT COUNT(*) FROM report_revision"), 0);
}

TEST_F(ReportingReportsTest, LateIsByTheServersClock) {
  const auto late = Submit(Draft("dien-bien", RealFigures("dien-bien")).value()).value();
  EXPECT_TRUE(late.late());
  now_ = absl::FromCivil(absl::CivilSecond(2024, 6, 20, 17, 0, 0), runtime::VietnamTime());
  EXPECT_FALSE(Submit(Draft("son-la", RealFigures("son-la")).value())->late());
}

TEST_F(ReportingReportsTest, EveryVerbNeedsItsState) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien")).value();
  EXPECT_EQ(ReasonOf(Accept(draft).status()), Reason::REASON_WRONG_STATE);
  EXPECT_EQ(ReasonOf(Return(draft, "thiếu", {}).status()), Reason::REASON_WRONG_STATE);
  EXPECT_EQ(ReasonOf(Reopen(draft, "sửa").status()), Reason::REASON_WRONG_STATE);
  const auto submitted = Submit(draft).value();
  EXPECT_EQ(ReasonOf(Submit(submitted).status()), Reason::REASON_WRONG_STATE);
  EXPECT_EQ(ReasonOf(Change(submitted, {Count("classes_total", 16)}).status()),
            Reason::REASON_WRONG_STATE);
  const auto accepted = Accept(submitted).value();
  EXPECT_EQ(ReasonOf(Return(accepted, "thiếu", {}).status()), Reason::REASON_WRONG_STATE);
}

TEST_F(ReportingReportsTest, NobodyAcceptsTheirOwnReport) {
  const auto submitted = Submit(Draft("quang-ninh", RealFigures("quang-ninh")).value()).value();
  EXPECT_EQ(ReasonOf(Accept(submitted, School("quang-ninh")).status()), Reason::REASON_FOUR_EYES);
  EXPECT_EQ(ReasonOf(Accept(submitted, School("quang-ninh", "chị Hà")).status()),
            Reason::REASON_FOUR_EYES);
  const auto accepted = Accept(submitted, School("ha-giang"));
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(accepted->accepted_by(), "spiffe://thidua.example.vn/school/ha-giang");
}

TEST_F(ReportingReportsTest, AReturnOpensItsCellsAndTheNextRevision) {
  const auto submitted = Submit(Draft("dien-bien", RealFigures("dien-bien")).value()).value();
  const auto unknown = Return(submitted, "xem lại", {"sent_phd"});
  EXPECT_EQ(contract::FieldViolationsOf(unknown.status()).front().field, "cells[0]");
  const auto returned = Return(submitted, "đọc nhầm l206", {"learners_total"}).value();
  EXPECT_THAT(returned.returned_cells(), ElementsAre("indicators/learners_total"));
  EXPECT_EQ(ReasonOf(Change(returned, {Count("classes_total", 16)}).status()),
            Reason::REASON_RULE_VIOLATED);
  const auto corrected = Change(returned, {Count("learners_total", 1260)}).value();
  EXPECT_EQ(corrected.revision(), 2);
  const auto again = Submit(corrected).value();
  EXPECT_THAT(again.returned_cells(), IsEmpty());

  reporting::v1::DiffReportRevisionsRequest diff;
  diff.set_name(again.name());
  diff.set_old_revision(1);
  diff.set_new_revision(2);
  const auto changes = Call(reports_, &reporting::ReportService::DiffReportRevisions, diff);
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_EQ(changes->changes_size(), 1);
  EXPECT_EQ(changes->changes(0).old_figure().value(), 1206);
  EXPECT_EQ(changes->changes(0).new_figure().value(), 1260);
  EXPECT_EQ(changes->reason(), "đọc nhầm l206");
  diff.set_new_revision(3);
  EXPECT_EQ(ReasonOf(Call(reports_, &reporting::ReportService::DiffReportRevisions, diff).status()),
            Reason::REASON_NOT_FOUND);
}

TEST_F(ReportingReportsTest, EverySubmittedRevisionIsKept) {
  auto report = Bring("dien-bien", RealFigures("dien-bien"));
  for (int learners = 1; learners <= 4; ++learners) {
    report =
        Settle(Change(Reopen(report, "sửa").value(), {Count("learners_total", learners)}).value());
  }
  reporting::v1::ListReportRevisionsRequest request;
  request.set_parent(report.name());
  request.set_page_size(2);
  std::vector<int> revisions;
  while (true) {
    const auto page = Call(reports_, &reporting::ReportService::ListReportRevisions, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& revision : page->revisions()) {
      revisions.push_back(revision.revision());
      EXPECT_EQ(revision.sha256(), revision.snapshot().sha256());
    }
    if (page->next_page_token().empty()) break;
    request.set_page_token(page->next_page_token());
  }
  EXPECT_THAT(revisions, ElementsAre(5, 4, 3, 2, 1));
}

TEST_F(ReportingReportsTest, RevisionsCannotBeChangedByTheService) {
  Submit(Draft("dien-bien", RealFigures("dien-bien")).value()).value();
  auto connection = pool_.Borrow({absl::Now() + absl::Seconds(10)});
  EXPECT_FALSE((*connection)->Execute("UPDATE report_revision SET revision = 7").ok());
  EXPECT_FALSE((*connection)->Execute("DELETE FROM report_revision").ok());
}

TEST_F(ReportingReportsTest, OfTwoEditorsOneWinsAndTheOtherLearnsWho) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien")).value();
  const auto first = Change(draft, {Count("classes_total", 16)}, runtime::NewUuid4(), "chị Mai");
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second =
      Change(draft, {Count("classes_total", 17)}, runtime::NewUuid4(), "anh Pao").status();
  EXPECT_EQ(ReasonOf(second), Reason::REASON_STALE_ETAG);
  EXPECT_EQ(MetadataOf(second).at("author"), "chị Mai");
  EXPECT_EQ(MetadataOf(second).at("etag"), first->etag());
}

TEST_F(ReportingReportsTest, OfManyEditorsAtOnceExactlyOneWins) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien")).value();
  std::atomic<int> winners{0}, stale{0};
  std::vector<std::thread> editors;
  for (int editor = 1; editor <= 6; ++editor) {
    editors.emplace_back([&, editor] {
      const absl::Status status = Change(draft, {Count("classes_total", 100 + editor)}).status();
      if (status.ok()) ++winners;
      if (ReasonOf(status) == Reason::REASON_STALE_ETAG) ++stale;
    });
  }
  for (std::thread& editor : editors) editor.join();
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(stale, 5);
}

TEST_F(ReportingReportsTest, ARepeatedRequestHasOneEffect) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien")).value();
  const std::string id = runtime::NewUuid4();
  const auto first = Change(draft, {Count("classes_total", 16)}, id);
  const auto repeated = Change(draft, {Count("classes_total", 16)}, id);
  ASSERT_TRUE(repeated.ok()) << repeated.status();
  EXPECT_EQ(repeated->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(ReasonOf(Change(draft, {Count("classes_total", 17)}, id).status()),
            Reason::REASON_REQUEST_ID_REUSED);
}

TEST_F(ReportingReportsTest, ADraftIsSeenByItsOwnAlone) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien")).value();
  EXPECT_TRUE(Read("dien-bien", School("dien-bien")).ok());
  EXPECT_TRUE(Read("dien-bien", Portal("dien-bien")).ok());
  EXPECT_TRUE(Read("dien-bien", Academy()).ok());
  EXPECT_EQ(ReasonOf(Read("dien-bien", School("quang-ninh")).status()),
            Reason::REASON_PERMISSION_DENIED);
  EXPECT_THAT(ListedTo(School("quang-ninh")), IsEmpty());
  ASSERT_TRUE(Submit(draft).ok());
  EXPECT_TRUE(Read("dien-bien", School("quang-ninh")).ok());
  EXPECT_THAT(ListedTo(School("quang-ninh")), ElementsAre("dien-bien"));
}

TEST_F(ReportingReportsTest, ListsShowWhatTheCallerMaySee) {
  Submit(Draft("dien-bien", RealFigures("dien-bien")).value()).value();
  Submit(Draft("cao-bang", RealFigures("cao-bang")).value()).value();
  Draft("son-la", RealFigures("son-la")).value();
  Draft("quang-ninh", RealFigures("quang-ninh")).value();
  EXPECT_THAT(ListedTo(School("quang-ninh"), {}, 1),
              ElementsAre("cao-bang", "dien-bien", "quang-ninh"));
  EXPECT_THAT(ListedTo(School("son-la")), ElementsAre("son-la"));
  EXPECT_THAT(ListedTo(School("lang-son")), IsEmpty());  // a deputy has no acting rights
  EXPECT_THAT(ListedTo(Portal("son-la")), ElementsAre("son-la"));
  EXPECT_THAT(ListedTo(Academy(), reporting::v1::REPORT_STATE_DRAFT),
              ElementsAre("quang-ninh", "son-la"));
  EXPECT_THAT(ListedTo(Academy(), {}, 2),
              ElementsAre("cao-bang", "dien-bien", "quang-ninh", "son-la"));
}

TEST_F(ReportingReportsTest, ActingRightsEndWithTheYear) {
  Submit(Draft("dien-bien", RealFigures("dien-bien")).value()).value();
  now_ = absl::FromCivil(absl::CivilSecond(2025, 1, 1, 0, 0, 0), runtime::VietnamTime());
  EXPECT_THAT(ListedTo(School("quang-ninh")), IsEmpty());
}

// The right to accept, as the pipeline asks for it before it lets a call through.
class AcceptingRightsTest : public ReportingReportsTest {
 protected:
  bool MayAccept(const std::string& school, const std::string& day) {
    const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
        "thidua.reporting.v1.ReportService.AcceptReport");
    const contract::MethodRule rule = contract::RuleOf(*method);
    const auto policy = access::Policy::Load(THIDUA_SOURCE_DIR "/deploy/access/policy.json", {});
    EXPECT_TRUE(policy.ok()) << policy.status();
    reporting::v1::AcceptReportRequest request;
    request.set_name(ReportOf("dien-bien"));
    return access::Authorize(School(school), rule.access, request, **policy,
                             directory::FactsFrom(directory_, [&] { return testing::Day(day); }))
        .ok();
  }
};

TEST_F(AcceptingRightsTest, TheStandingDeputysEndWithTheYear) {
  EXPECT_TRUE(MayAccept("ha-giang", "2024-12-31"));
  EXPECT_FALSE(MayAccept("ha-giang", "2025-01-01"));
}

TEST_F(AcceptingRightsTest, TheStandingDeputysEndWithItsSchoolInMidYear) {
  ASSERT_TRUE(directory_
                  .Apply({testing::EntryOf(
                             testing::School("ha-giang", "Hà Giang",
                                             "Trường Chính trị tỉnh Hà Giang", "", "2024-07-01"),
                             2)},
                         0)
                  .ok());
  EXPECT_TRUE(MayAccept("ha-giang", "2024-06-30"));
  EXPECT_FALSE(MayAccept("ha-giang", "2024-07-01"));
  EXPECT_TRUE(MayAccept("quang-ninh", "2024-07-01"));
}

TEST_F(AcceptingRightsTest, AnOrdinaryDeputyHasNone) {
  EXPECT_FALSE(MayAccept("lang-son", "2024-06-25"));
}

TEST_F(ReportingReportsTest, SubmittingTakesFewStatements) {
  const auto draft = Draft("dien-bien", RealFigures("dien-bien")).value();
  const auto questions = [&] {
    auto connection = pool_.Borrow({absl::Now() + absl::Seconds(10)});
    return (*connection)->Query("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'")->front().Int(1);
  };
  Submit(draft, true).value();  // prepares what is prepared once
  const int64_t before = questions();
  ASSERT_TRUE(Submit(draft).ok());
  // Ledger twice, report and window read, report, event and its pending row written, revision; and
  // this count itself.
  EXPECT_LE(questions() - before, 10);
}

class ReportingWindowsTest : public ReportingRooms {};

TEST_F(ReportingWindowsTest, EveryVersionOfADefinitionStaysReadable) {
  const auto first = AddIndicator(Flow("classes_total", 0));
  EXPECT_EQ(first.ordinal(), 1);
  EXPECT_EQ(AddIndicator(Flow("learners_total", 0)).ordinal(), 2);
  reporting::v1::UpdateIndicatorRequest update;
  update.mutable_indicator()->set_name(first.name());
  update.mutable_indicator()->set_note("kể cả lớp trực tuyến");
  update.mutable_update_mask()->add_paths("note");
  update.set_etag(first.etag());
  const auto second = Call(indicators_, &reporting::IndicatorService::UpdateIndicator, update);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->definition_version(), 2);
  EXPECT_EQ(second->ordinal(), 1);

  reporting::v1::GetIndicatorRequest get;
  get.set_name(first.name());
  EXPECT_EQ(Call(indicators_, &reporting::IndicatorService::GetIndicator, get)->note(),
            "kể cả lớp trực tuyến");
  get.set_definition_version(1);
  EXPECT_EQ(Call(indicators_, &reporting::IndicatorService::GetIndicator, get)->note(), "");
  get.set_definition_version(3);
  EXPECT_EQ(ReasonOf(Call(indicators_, &reporting::IndicatorService::GetIndicator, get).status()),
            Reason::REASON_NOT_FOUND);
  EXPECT_EQ(
      ReasonOf(Call(indicators_, &reporting::IndicatorService::UpdateIndicator, update).status()),
      Reason::REASON_STALE_ETAG);
}

TEST_F(ReportingWindowsTest, IndicatorsAreListedInOrderPageByPage) {
  for (const char* code : {"topics_total", "classes_total", "monographs"})
    AddIndicator(Flow(code, 0));
  reporting::v1::ListIndicatorsRequest request;
  request.set_page_size(2);
  const auto first = Call(indicators_, &reporting::IndicatorService::ListIndicators, request);
  ASSERT_EQ(first->indicators_size(), 2);
  EXPECT_EQ(first->indicators(0).name(), "indicators/topics_total");
  request.set_page_token(first->next_page_token());
  const auto second = Call(indicators_, &reporting::IndicatorService::ListIndicators, request);
  ASSERT_EQ(second->indicators_size(), 1);
  EXPECT_EQ(second->indicators(0).name(), "indicators/monographs");
  EXPECT_EQ(second->next_page_token(), "");
}

TEST_F(ReportingWindowsTest, IndicatorsAddedAtOnceGetDifferentOrdinals) {
  std::vector<std::thread> clerks;
  for (int clerk = 0; clerk < 6; ++clerk) {
    clerks.emplace_back(
        [this, clerk] { AddIndicator(Flow("indicator_" + std::to_string(clerk), 0)); });
  }
  for (std::thread& clerk : clerks) clerk.join();
  const auto all = Call(indicators_, &reporting::IndicatorService::ListIndicators,
                        reporting::v1::ListIndicatorsRequest());
  ASSERT_EQ(all->indicators_size(), 6);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(all->indicators(i).ordinal(), i + 1);
}

TEST_F(ReportingWindowsTest, AWindowKeepsTheDefinitionsOfItsDay) {
  const auto indicator = AddIndicator(Flow("classes_total", 0));
  const auto window = OpenWindow(HalfYear({indicator})).value();
  reporting::v1::UpdateIndicatorRequest update;
  *update.mutable_indicator() = indicator;
  update.mutable_indicator()->set_unit("lớp học");
  update.mutable_update_mask()->add_paths("unit");
  update.set_etag(indicator.etag());
  ASSERT_TRUE(Call(indicators_, &reporting::IndicatorService::UpdateIndicator, update).ok());
  reporting::v1::GetWindowRequest get;
  get.set_name(kWindow);
  const auto read = Call(windows_, &reporting::WindowService::GetWindow, get);
  EXPECT_EQ(read->indicators(0).definition_version(), 1);
  EXPECT_EQ(read->indicators(0).definition().unit(), "lớp");
}

TEST_F(ReportingWindowsTest, AWindowNamesOnlyWhatExists) {
  reporting::v1::Window window =
      HalfYear({AddIndicator(Flow("classes_total", 0)), Flow("unknown", 0)});
  window.add_clusters("clusters/cum-99");
  std::vector<std::string> fields;
  for (const auto& violation : contract::FieldViolationsOf(OpenWindow(window).status()))
    fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("window.clusters[0]", "window.indicators[1].indicator"));
}

TEST_F(ReportingWindowsTest, AWindowChangesUntilTheFirstReport) {
  const auto window = OpenWindow(HalfYear({AddIndicator(Flow("classes_total", 0))})).value();
  reporting::v1::UpdateWindowRequest update;
  update.mutable_window()->set_name(kWindow);
  update.mutable_window()->set_title("Sơ kết sáu tháng đầu năm 2024");
  update.mutable_update_mask()->add_paths("title");
  update.set_etag(window.etag());
  const auto renamed = Call(windows_, &reporting::WindowService::UpdateWindow, update);
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  EXPECT_EQ(renamed->title(), "Sơ kết sáu tháng đầu năm 2024");
  ASSERT_TRUE(Draft("dien-bien", {Count("classes_total", 15)}).ok());
  update.set_etag(renamed->etag());
  EXPECT_EQ(ReasonOf(Call(windows_, &reporting::WindowService::UpdateWindow, update).status()),
            Reason::REASON_RULE_VIOLATED);
}

TEST_F(ReportingWindowsTest, ARefusedFirstReportLeavesTheWindowOpen) {
  const auto window = OpenWindow(HalfYear({AddIndicator(Flow("classes_total", 0))})).value();
  ASSERT_FALSE(Draft("dien-bien", {Count("classes_total", 0)}).ok());
  reporting::v1::UpdateWindowRequest update;
  update.mutable_window()->set_name(kWindow);
  update.mutable_window()->set_title("Sơ kết sáu tháng đầu năm 2024");
  update.mutable_update_mask()->add_paths("title");
  update.set_etag(window.etag());
  EXPECT_TRUE(Call(windows_, &reporting::WindowService::UpdateWindow, update).ok());
}

TEST_F(ReportingWindowsTest, TheLatestCutOffComesFirst) {
  const auto indicator = AddIndicator(Flow("classes_total", 0));
  ASSERT_TRUE(OpenWindow(HalfYear({indicator})).ok());
  reporting::v1::CreateWindowRequest request;
  request.set_window_id("2024");
  *request.mutable_window() = HalfYear({indicator});
  request.mutable_window()->set_kind(reporting::v1::WINDOW_KIND_FULL_YEAR);
  request.mutable_window()->mutable_period_end()->set_month(12);
  request.mutable_window()->mutable_cut_off_date()->set_month(11);
  ASSERT_TRUE(Call(windows_, &reporting::WindowService::CreateWindow, request).ok());
  const auto listed =
      Call(windows_, &reporting::WindowService::ListWindows, reporting::v1::ListWindowsRequest());
  ASSERT_EQ(listed->windows_size(), 2);
  EXPECT_EQ(listed->windows(0).name(), "windows/2024");
}

}  // namespace
}  // namespace thidua::testing
