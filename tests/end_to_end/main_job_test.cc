// The main job over the wire, with real processes and the figures that the northern cluster stated
// for the first half of 2024: from the schools' reports to a signed document and a ranking.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/document/signature.h"
#include "common/runtime/dates.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/suite.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::testing {
namespace {

using access::v1::Reason;
using reporting::v1::Consolidation;
using reporting::v1::Publication;
using reporting::v1::SchoolReport;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The steps before consolidation share one suite: each test has a school of its own.
class Reporting : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    northern::Load(*suite_);
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }
  static Client& School(const std::string& id) { return suite_->As("school/" + id); }
  static Client& Head() { return suite_->As(northern::kHead); }

  inline static Suite* suite_ = nullptr;
};

// From accepted reports on, each test has a suite of its own, because each goes its own way through
// the states.
class Consolidating : public ::testing::Test {
 protected:
  Consolidating() {
    northern::Load(suite_);
    northern::AcceptAll(suite_);
  }
  Client& School(const std::string& id) { return suite_.As("school/" + id); }
  Client& Head() { return suite_.As(northern::kHead); }

  Suite suite_;
};

google::protobuf::Struct Json(const std::string& text) {
  google::protobuf::Struct json;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &json).ok()) << text;
  return json;
}

std::set<std::string> NotReported(const reporting::v1::ConsolidatedCell& cell) {
  return {cell.not_reported().begin(), cell.not_reported().end()};
}

std::map<std::string, int64_t> OpenDifferences(const Consolidation& consolidation) {
  std::map<std::string, int64_t> open;
  for (const auto& cell : consolidation.cells()) {
    if (cell.has_discrepancy() &&
        cell.discrepancy().state() == reporting::v1::DISCREPANCY_STATE_OPEN) {
      open[cell.indicator()] = cell.discrepancy().difference();
    }
  }
  return open;
}

TEST_F(Reporting, TheClusterHasEightMembersAndTheLeadersOf2024) {
  registry::v1::GetClusterSnapshotRequest request;
  request.set_name(northern::kCluster);
  *request.mutable_as_of() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
  auto snapshot = School("dien-bien")
                      .Call<registry::v1::ClusterSnapshot>(
                          "thidua.registry.v1.ClusterService.GetClusterSnapshot", request);
  ASSERT_THAT(snapshot, IsOk());
  EXPECT_THAT(snapshot->members(), SizeIs(8));
  std::map<std::string, registry::v1::LeadershipRole> roles;
  for (const auto& leader : snapshot->leaders()) roles[leader.school()] = leader.role();
  EXPECT_EQ(roles, (std::map<std::string, registry::v1::LeadershipRole>{
                       {"schools/quang-ninh", registry::v1::LEADERSHIP_ROLE_HEAD},
                       {"schools/ha-giang", registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY},
                       {"schools/lang-son", registry::v1::LEADERSHIP_ROLE_DEPUTY}}));
}

TEST_F(Reporting, TheCommandShowsTheClusterToPeopleAndToScripts) {
  const CommandResult table =
      suite_->Thidua({"cluster", "show", "mnbg", "--as-of", "2024-06-25"}, "school/dien-bien");
  EXPECT_EQ(table.exit_status, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("Nguyễn Văn Cừ"));
  const CommandResult json = suite_->Thidua(
      {"cluster", "show", "mnbg", "--as-of", "2024-06-25", "--format", "json"}, "school/dien-bien");
  ASSERT_EQ(json.exit_status, 0) << json.err;
  EXPECT_EQ(Json(json.out).fields().at("members").list_value().values_size(), 8);
  EXPECT_EQ(suite_->Thidua({"cluster", "show", "no-such-cluster"}, "school/dien-bien").exit_status,
            5);
  EXPECT_EQ(suite_->Thidua({"cluster", "shew", "mnbg"}).exit_status, 2);
}

TEST_F(Reporting, EachReportIsSubmittedByItsSchoolAndAcceptedByAnother) {
  const northern::SchoolFigures& stated = northern::Reports().at(1);
  ASSERT_EQ(stated.school, "dien-bien");
  auto draft = northern::CreateReport(School("dien-bien"), stated);
  ASSERT_THAT(draft, IsOk());
  EXPECT_EQ(draft->state(), reporting::v1::REPORT_STATE_DRAFT);
  EXPECT_THAT(draft->figures(), SizeIs(northern::Indicators().size()));
  auto submitted = northern::SubmitReport(School("dien-bien"), *draft);
  ASSERT_THAT(submitted, IsOk());
  EXPECT_FALSE(submitted->late());
  EXPECT_THAT(northern::AcceptReport(School("dien-bien"), *submitted),
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(northern::AcceptReport(suite_->As(northern::kDeputy), *submitted),
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
  auto accepted = northern::AcceptReport(Head(), *submitted);
  ASSERT_THAT(accepted, IsOk());
  EXPECT_EQ(accepted->state(), reporting::v1::REPORT_STATE_ACCEPTED);
}

TEST_F(Reporting, TheHeadsOwnReportNeedsAnotherPairOfEyes) {
  const northern::SchoolFigures& stated = northern::Reports().at(6);
  ASSERT_EQ(stated.school, "quang-ninh");
  auto submitted =
      northern::SubmitReport(Head(), northern::Must(northern::CreateReport(Head(), stated)));
  ASSERT_THAT(submitted, IsOk());
  EXPECT_THAT(northern::AcceptReport(Head(), *submitted), RefusedFor(Reason::REASON_FOUR_EYES));
  EXPECT_THAT(northern::AcceptReport(suite_->As(northern::kStandingDeputy), *submitted), IsOk());
}

TEST_F(Reporting, ANinthReportFromOutsideTheClusterIsRefused) {
  const auto refused = northern::CreateReport(
      School("thai-nguyen"), {"thai-nguyen", {{"classes_total", 1}, {"learners_total", 40}}});
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_NOT_A_MEMBER));
}

TEST_F(Reporting, NobodyWritesAnotherSchoolsReport) {
  const auto refused = northern::CreateReport(School("lai-chau"), northern::Reports().at(1));
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(Reporting, ARepeatedRequestHasOneEffectAndTheFirstAnswer) {
  reporting::v1::CreateReportRequest request = northern::DraftOf(northern::Reports().at(7));
  request.set_request_id("5f0c3c6e-6f3c-4d52-9c43-0a9a53a0b6aa");
  Client& son_la = School("son-la");
  auto first = son_la.Call<SchoolReport>("thidua.reporting.v1.ReportService.CreateReport", request);
  ASSERT_THAT(first, IsOk());
  auto second =
      son_la.Call<SchoolReport>("thidua.reporting.v1.ReportService.CreateReport", request);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  request.mutable_report()->set_note("khác");
  EXPECT_THAT(son_la.Call<SchoolReport>("thidua.reporting.v1.ReportService.CreateReport", request),
              RefusedFor(Reason::REASON_REQUEST_ID_REUSED));
}

TEST_F(Consolidating, WhatWasNotReportedIsNotZero) {
  auto consolidation = northern::Consolidate(Head());
  ASSERT_THAT(consolidation, IsOk());
  const auto& classes = northern::CellOf(*consolidation, "classes_total");
  EXPECT_EQ(classes.computed().value(), 234);
  EXPECT_EQ(classes.reported_count(), 8);
  EXPECT_EQ(classes.expected_count(), 8);
  const auto& learners = northern::CellOf(*consolidation, "learners_total");
  EXPECT_EQ(learners.computed().value(), 12443);
  EXPECT_EQ(learners.reported_count(), 8);
  const auto& topics = northern::CellOf(*consolidation, "topics_province");
  EXPECT_EQ(topics.computed().value(), 9);
  EXPECT_EQ(topics.reported_count(), 5);
  EXPECT_EQ(topics.expected_count(), 8);
  EXPECT_EQ(NotReported(topics),
            (std::set<std::string>{"schools/cao-bang", "schools/dien-bien", "schools/lai-chau"}));
}

TEST_F(Consolidating, DeclaredTotalsThatDisagreeBlockPublicationUntilExplained) {
  auto declared = northern::DeclareTotals(Head(), northern::Must(northern::Consolidate(Head())),
                                          {{"classes_total", 238}, {"learners_total", 12378}});
  ASSERT_THAT(declared, IsOk());
  EXPECT_EQ(OpenDifferences(*declared),
            (std::map<std::string, int64_t>{{"indicators/classes_total", 4},
                                            {"indicators/learners_total", -65}}));

  const auto refused = northern::PublishConsolidation(Head(), *declared);
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_OPEN_DISCREPANCIES));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("classes_total"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("learners_total"));

  auto half =
      northern::Explain(Head(), *declared, "classes_total", "Bốn lớp mở sau ngày chốt số liệu.");
  ASSERT_THAT(half, IsOk());
  EXPECT_THAT(northern::PublishConsolidation(Head(), *half),
              RefusedFor(Reason::REASON_OPEN_DISCREPANCIES));
  auto whole =
      northern::Explain(Head(), *half, "learners_total", "Số công bố lấy theo báo cáo nhanh.");
  ASSERT_THAT(whole, IsOk());
  auto published = northern::PublishConsolidation(Head(), *whole);
  ASSERT_THAT(published, IsOk());
  for (const char* expected : {"234", "238", "12443", "12378", "Bốn lớp mở sau ngày chốt số liệu.",
                               "Số công bố lấy theo báo cáo nhanh."}) {
    EXPECT_THAT(published->document(), HasSubstr(expected));
  }
}

TEST_F(Consolidating, ConsolidatingAgainOnTheSameInputsGivesTheSameBytes) {
  const Publication first = northern::Publish(suite_);
  const Consolidation again = northern::Must(northern::Consolidate(Head()));
  auto second = northern::PublishConsolidation(Head(), again);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(second->name(), first.name());
  EXPECT_EQ(second->document(), first.document());
  EXPECT_EQ(second->signature(), first.signature());
}

TEST_F(Consolidating, AReopenedReportSupersedesThePublicationAndNamesTheCells) {
  const Publication published = northern::Publish(suite_);
  const SchoolReport accepted =
      northern::Must(northern::GetReport(Head(), northern::ReportName("lai-chau")));
  // Only the academy re-opens what was accepted.
  EXPECT_THAT(northern::ReopenReport(Head(), accepted, "Rà soát lại số lớp."),
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
  const SchoolReport draft = northern::Must(
      northern::ReopenReport(suite_.As("academy/office"), accepted, "Rà soát lại số lớp."));
  const SchoolReport corrected = northern::Must(northern::UpdateFigures(
      School("lai-chau"), draft, {{"classes_total", 17}, {"articles_journal", 6}}));
  const SchoolReport submitted =
      northern::Must(northern::SubmitReport(School("lai-chau"), corrected));
  auto still = northern::GetPublication(Head(), published.name());
  ASSERT_THAT(still, IsOk());
  EXPECT_EQ(still->state(), reporting::v1::PUBLICATION_STATE_CURRENT)
      << "what was accepted stays in force until the next acceptance";

  ASSERT_THAT(northern::AcceptReport(Head(), submitted), IsOk());
  auto superseded = northern::GetPublication(Head(), published.name());
  ASSERT_THAT(superseded, IsOk());
  EXPECT_EQ(superseded->state(), reporting::v1::PUBLICATION_STATE_SUPERSEDED);
  EXPECT_EQ(superseded->document(), published.document()) << "the document itself never changes";
  std::map<std::string, std::pair<int64_t, int64_t>> changes;
  for (const auto& cell : superseded->superseded_cells()) {
    EXPECT_EQ(cell.school(), "schools/lai-chau");
    EXPECT_EQ(cell.reason(), "Rà soát lại số lớp.");
    changes[cell.change().indicator()] = {cell.change().old_figure().value(),
                                          cell.change().new_figure().value()};
  }
  EXPECT_EQ(changes,
            (std::map<std::string, std::pair<int64_t, int64_t>>{
                {"indicators/classes_total", {16, 17}}, {"indicators/articles_journal", {5, 6}}}));
}

TEST_F(Consolidating, ADownloadedDocumentIsVerifiedOfflineByThePublicKeyAlone) {
  northern::Publish(suite_);
  const std::string file = suite_.directory() + "/mnbg.json";
  const CommandResult download =
      suite_.Thidua({"report", "download", "2024-h1", "mnbg", "--out", file}, northern::kHead);
  ASSERT_EQ(download.exit_status, 0) << download.err;
  for (const Service service : kAllServices) suite_.Kill(service);

  const std::vector<std::string> verify = {"report", "verify", file, "--key",
                                           suite_.public_key_file(Service::kReporting)};
  const CommandResult good = suite_.Thidua(verify);
  EXPECT_EQ(good.exit_status, 0) << good.err;
  const std::string document = ReadTextFile(file);
  ASSERT_GT(document.size(), 1000u);
  // The command for some bytes over the whole length; every single byte goes through the same check
  // below.
  for (size_t at = 0; at < document.size(); at += document.size() / 7) {
    std::string changed = document;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    WriteTextFile(file, changed);
    EXPECT_EQ(suite_.Thidua(verify).exit_status, 1) << "byte " << at;
  }
  WriteTextFile(file, document);
  const std::string signature_file = ReadTextFile(file + ".sig");
  const auto key =
      document::VerifyingKeys::FromPemFile(suite_.public_key_file(Service::kReporting));
  ASSERT_THAT(key, IsOk());
  ASSERT_THAT(document::VerifyDocument(*key, document, signature_file), IsOk());
  std::string changed = document;
  for (size_t at = 0; at < document.size(); ++at) {
    changed[at] = static_cast<char>(changed[at] ^ 1);
    ASSERT_FALSE(document::VerifyDocument(*key, changed, signature_file).ok()) << "byte " << at;
    changed[at] = document[at];
  }
  std::string changed_signature = signature_file;
  for (size_t at = 0; at < signature_file.size(); ++at) {
    changed_signature[at] = static_cast<char>(changed_signature[at] ^ 1);
    ASSERT_FALSE(document::VerifyDocument(*key, document, changed_signature).ok())
        << "byte " << at << " of the signature";
    changed_signature[at] = signature_file[at];
  }
}

TEST_F(Consolidating, TheRankingIsTraceableToThePublishedFigures) {
  const Publication published = northern::Publish(suite_);
  northern::LoadScheme(suite_);
  auto ranking = northern::ComputeRanking(Head());
  ASSERT_THAT(ranking, IsOk());
  ASSERT_THAT(ranking->entries(), SizeIs(8));
  EXPECT_EQ(ranking->entries(0).school(), "schools/quang-ninh");
  // 97 × 0,2 = 19,4; 3864 / 4000 × 50 = 48,3; 3 × 5 = 15.
  EXPECT_EQ(ranking->entries(0).total_points().value(), "82.7");
  for (const auto& entry : ranking->entries()) {
    for (const auto& score : entry.criterion_scores()) {
      const bool reported = score.figure().state() == reporting::v1::FIGURE_STATE_VALUE;
      if (reported) {
        EXPECT_EQ(score.figure().report(), northern::ReportName(entry.school().substr(8)));
      }
      EXPECT_FALSE(score.figure().cell().empty()) << entry.school() << " " << score.criterion();
    }
  }
  const CommandResult shown = suite_.Thidua(
      {"ranking", "show", "2024-h1", "mnbg", "--scheme", "mau-2024", "--format", "json"},
      northern::kHead);
  ASSERT_EQ(shown.exit_status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr(published.name()));
}

TEST_F(Consolidating, EveryJournalIsIntactAfterwards) {
  northern::Publish(suite_);
  northern::LoadScheme(suite_);
  northern::Must(northern::ComputeRanking(Head()));
  const CommandResult verified = suite_.Thidua({"journal", "verify"}, "ops/on-call");
  EXPECT_EQ(verified.exit_status, 0) << verified.out << verified.err;
  for (const Service service : kAllServices) {
    EXPECT_EQ(suite_.Program(service, "verify").exit_status, 0) << NameOf(service);
  }
}

}  // namespace
}  // namespace thidua::testing
