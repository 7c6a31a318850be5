// One real cluster through its half-year: eight reports of 2024, what does not add up in them, and
// what was published.
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "common/document/canonical_json.h"
#include "tests/store/reporting_rooms.h"

namespace thidua::testing {
namespace {

using contract::MetadataOf;
using contract::Reason;
using contract::ReasonOf;
using reporting::v1::Consolidation;
using reporting::v1::Publication;
using reporting::v1::SchoolReport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ReportingCycleTest : public ReportingRooms {
 protected:
  void SetUp() override { OpenHalfYear(); }

  void BringAll() {
    for (const auto& [school, name] : Members()) {
      accepted_[school] = Bring(school, RealFigures(school));
    }
  }

  // What the report of the conference says.
  static std::vector<reporting::v1::DeclaredTotal> Stated() {
    std::vector<reporting::v1::DeclaredTotal> totals;
    const text::CsvTable sums = Fixture("h1_2024_northern_totals.csv");
    for (const text::CsvRow& row : sums.rows) {
      int64_t value = 0;
      if (absl::SimpleAtoi(row.cells[3].text, &value))
        totals.push_back(Declared(row.cells[0].text, value));
    }
    const text::CsvTable cluster_only = Fixture("h1_2024_northern_cluster_only.csv");
    for (const text::CsvRow& row : cluster_only.rows) {
      int64_t value = 0;
      EXPECT_TRUE(absl::SimpleAtoi(row.cells[3].text, &value));
      reporting::v1::DeclaredTotal total = Declared(row.cells[2].text, value);
      total.set_source_text(row.cells[4].text);
      totals.push_back(total);
    }
    return totals;
  }

  Consolidation Explained() {
    Consolidation consolidation = DeclareTotals(Consolidate().value(), Stated()).value();
    consolidation =
        Explain(consolidation, "classes_total", "số của cụm gồm 4 lớp mở sau ngày chốt").value();
    return Explain(consolidation, "learners_total", "cụm chưa cập nhật số của trường Sơn La")
        .value();
  }

  Publication Published() {
    BringAll();
    const auto publication = Publish(Explained());
    EXPECT_TRUE(publication.ok()) << publication.status();
    return *publication;
  }

  std::map<std::string, SchoolReport> accepted_;
};

TEST_F(ReportingCycleTest, EveryTotalIsTheSumOfTheReportsAndSaysWhoStandsBehindIt) {
  BringAll();
  const auto consolidation = Consolidate();
  ASSERT_TRUE(consolidation.ok()) << consolidation.status();
  EXPECT_THAT(consolidation->members(), SizeIs(8));
  EXPECT_THAT(consolidation->missing_schools(), IsEmpty());
  const text::CsvTable sums = Fixture("h1_2024_northern_totals.csv");
  for (const text::CsvRow& row : sums.rows) {
    const auto cell = Cell(*consolidation, row.cells[0].text);
    EXPECT_EQ(std::to_string(cell.computed().value()), row.cells[1].text) << row.cells[0].text;
    EXPECT_EQ(std::to_string(cell.reported_count()), row.cells[2].text) << row.cells[0].text;
    EXPECT_EQ(cell.expected_count(), 8);
  }
  EXPECT_THAT(Cell(*consolidation, "topics_province").not_reported(),
              ElementsAre("schools/cao-bang", "schools/dien-bien", "schools/lai-chau"));
}

TEST_F(ReportingCycleTest, TheStatedTotalsOpenExactlyTwoDiscrepancies) {
  BringAll();
  const auto consolidation = DeclareTotals(Consolidate().value(), Stated());
  ASSERT_TRUE(consolidation.ok()) << consolidation.status();
  std::map<std::string, int64_t> differences;
  for (const auto& cell : consolidation->cells()) {
    if (cell.has_discrepancy()) differences[cell.indicator()] = cell.discrepancy().difference();
  }
  EXPECT_EQ(differences, (std::map<std::string, int64_t>{{"indicators/classes_total", 4},
                                                         {"indicators/learners_total", -65}}));
  EXPECT_EQ(Cell(*consolidation, "sent_phd").declared().value(), 6);
  EXPECT_EQ(Cell(*consolidation, "schools_count").declared().value(), 8);
}

TEST_F(ReportingCycleTest, NothingIsPublishedWhileADiscrepancyIsOpen) {
  BringAll();
  Consolidation consolidation = DeclareTotals(Consolidate().value(), Stated()).value();
  const absl::Status both = Publish(consolidation).status();
  EXPECT_EQ(ReasonOf(both), Reason::REASON_OPEN_DISCREPANCIES);
  EXPECT_EQ(MetadataOf(both).at("cells"),
            "indicators/classes_total (+4), indicators/learners_total (-65)");
  consolidation = Explain(consolidation, "classes_total", "4 lớp mở sau ngày chốt").value();
  const absl::Status one = Publish(consolidation).status();
  EXPECT_EQ(MetadataOf(one).at("cells"), "indicators/learners_total (-65)");
}

TEST_F(ReportingCycleTest, TheDocumentCarriesBothNumbersAndTheExplanation) {
  const Publication publication = Published();
  EXPECT_EQ(publication.name(), "windows/2024-h1/publications/mnbg-1");
  EXPECT_EQ(publication.state(), reporting::v1::PUBLICATION_STATE_CURRENT);
  const auto document = document::ParseCanonical(publication.document()).value();
  for (const document::Value& cell : *document.Find("cells")->AsArray()) {
    if (*cell.Find("indicator")->AsString() != "indicators/learners_total") continue;
    EXPECT_EQ(*cell.Find("computed")->Find("value")->AsInt(), 12443);
    EXPECT_EQ(*cell.Find("declared")->Find("value")->AsInt(), 12378);
    EXPECT_EQ(*cell.Find("discrepancy")->Find("difference")->AsInt(), -65);
    EXPECT_EQ(*cell.Find("discrepancy")->Find("explanation")->AsString(),
              "cụm chưa cập nhật số của trường Sơn La");
  }
  EXPECT_EQ(document.Find("sources")->AsArray()->size(), 8u);
}

TEST_F(ReportingCycleTest, ThePublicKeyAloneProvesTheDocument) {
  const Publication publication = Published();
  const auto key = document::VerifyingKey::FromPem(key_.PublicKeyPem()).value();
  EXPECT_EQ(publication.key_id(), key.KeyId());
  EXPECT_TRUE(key.Verify(publication.document(), publication.signature()).ok());
  std::string changed = publication.document();
  changed[changed.size() / 2] ^= 1;
  EXPECT_FALSE(key.Verify(changed, publication.signature()).ok());
}

TEST_F(ReportingCycleTest, TheSameInputsGiveTheSameBytesAndNoSecondPublication) {
  const Publication first = Published();
  // Something else of the registry changed meanwhile.
  ASSERT_TRUE(directory_.Apply({EntryOf(Cluster("cum-10", "2021", "Cụm số 10"))}, 500).ok());
  const auto again = Consolidate();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->state(), reporting::v1::CONSOLIDATION_STATE_PUBLISHED);
  EXPECT_EQ(again->registry_position(), 120);
  const auto second = Publish(*again);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->name(), first.name());
  EXPECT_EQ(second->document(), first.document());
  EXPECT_EQ(second->etag(), first.etag());
}

TEST_F(ReportingCycleTest, TwoChangedCellsSupersedeTheDocumentAndAreListed) {
  Published();
  const auto reopened = Reopen(accepted_["lao-cai"], "rà soát theo biên bản kiểm tra");
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(ReadPublication(1)->state(), reporting::v1::PUBLICATION_STATE_CURRENT);
  const auto changed = Change(*reopened, {Count("classes_total", 25), Count("topics_province", 3),
                                          Count("learners_total", 1254)});
  ASSERT_TRUE(changed.ok()) << changed.status();
  Settle(*changed);
  const auto publication = ReadPublication(1);
  ASSERT_TRUE(publication.ok()) << publication.status();
  EXPECT_EQ(publication->state(), reporting::v1::PUBLICATION_STATE_SUPERSEDED);
  ASSERT_THAT(publication->superseded_cells(), SizeIs(2));
  const auto& classes = publication->superseded_cells(0);
  EXPECT_EQ(classes.school(), "schools/lao-cai");
  EXPECT_EQ(classes.change().indicator(), "indicators/classes_total");
  EXPECT_EQ(classes.change().old_figure().value(), 24);
  EXPECT_EQ(classes.change().new_figure().value(), 25);
  EXPECT_EQ(classes.old_revision(), 1);
  EXPECT_EQ(classes.new_revision(), 2);
  EXPECT_EQ(classes.accepted_by(), "spiffe://thidua.example.vn/school/quang-ninh");
  EXPECT_EQ(classes.reason(), "rà soát theo biên bản kiểm tra");
  EXPECT_EQ(publication->superseded_cells(1).change().indicator(), "indicators/topics_province");
}

TEST_F(ReportingCycleTest, AReopeningWithoutAnotherFigureSupersedesNothing) {
  Published();
  const auto reopened = Reopen(accepted_["lao-cai"], "kiểm tra lại").value();
  reporting::v1::Figure noted = Count("classes_total", 24);
  noted.set_source(reporting::v1::FIGURE_SOURCE_IMPORT);
  noted.set_note("đã kiểm tra");
  Settle(Change(reopened, {noted}).value());
  EXPECT_EQ(ReadPublication(1)->state(), reporting::v1::PUBLICATION_STATE_CURRENT);
}

TEST_F(ReportingCycleTest, AnAcceptanceAfterTheComputationMustBeConsolidatedFirst) {
  Published();
  const auto reopened = Reopen(accepted_["lao-cai"], "bổ sung").value();
  Settle(Change(reopened, {Count("monographs", 2)}).value());
  reporting::v1::GetConsolidationRequest get;
  get.set_name(kConsolidation);
  const auto stale = Call(consolidations_, &reporting::ConsolidationService::GetConsolidation, get,
                          School("quang-ninh"));
  ASSERT_TRUE(stale.ok()) << stale.status();
  EXPECT_EQ(ReasonOf(Publish(*stale).status()), Reason::REASON_RULE_VIOLATED);
  const auto second = Publish(Consolidate().value());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->name(), "windows/2024-h1/publications/mnbg-2");
  const auto first = ReadPublication(1);
  EXPECT_EQ(first->superseded_by(), second->name());
  EXPECT_THAT(first->superseded_cells(), SizeIs(1));
}

TEST_F(ReportingCycleTest, AReportThatComesInAfterPublicationSupersedesIt) {
  for (const auto& [school, name] : Members()) {
    if (school != "son-la") Bring(school, RealFigures(school));
  }
  const Consolidation seven = Consolidate().value();
  EXPECT_THAT(seven.missing_schools(), ElementsAre("schools/son-la"));
  EXPECT_EQ(Cell(seven, "classes_total").computed().value(), 207);
  ASSERT_TRUE(Publish(seven).ok());
  Bring("son-la", RealFigures("son-la"));
  const auto publication = ReadPublication(1);
  EXPECT_EQ(publication->state(), reporting::v1::PUBLICATION_STATE_SUPERSEDED);
  EXPECT_EQ(publication->superseded_cells_size(), static_cast<int>(RealFigures("son-la").size()));
  EXPECT_FALSE(publication->superseded_cells(0).change().has_old_figure());
}

TEST_F(ReportingCycleTest, AcceptanceAndPublicationPassOneAtATime) {
  BringAll();
  const Consolidation ready = Consolidate().value();
  const auto reopened = Reopen(accepted_["lao-cai"], "bổ sung").value();
  const auto submitted = Submit(Change(reopened, {Count("classes_total", 25)}).value()).value();

  std::atomic<int> finished{0};
  absl::StatusOr<SchoolReport> accepted = absl::UnknownError("");
  absl::StatusOr<Publication> publication = absl::UnknownError("");
  std::vector<std::thread> others;
  const reporting::AcceptanceStore gate;
  const absl::Status held = database::Transaction::RunUnledgered(
      pool_, {absl::Now() + absl::Seconds(20)}, [&](database::Transaction& transaction) {
        const absl::Status passed = gate.Pass(transaction, "2024-h1", "mnbg");
        others.emplace_back([&] {
          accepted = Accept(submitted);
          ++finished;
        });
        others.emplace_back([&] {
          publication = Publish(ready);
          ++finished;
        });
        absl::SleepFor(absl::Milliseconds(300));
        EXPECT_EQ(finished, 0);
        return passed;
      });
  for (std::thread& other : others) other.join();
  ASSERT_TRUE(held.ok()) << held;
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  // Either the acceptance came first and the publication was refused, or it came second and
  // superseded it.
  if (publication.ok()) {
    EXPECT_EQ(ReadPublication(1)->state(), reporting::v1::PUBLICATION_STATE_SUPERSEDED);
  } else {
    EXPECT_EQ(ReasonOf(publication.status()), Reason::REASON_RULE_VIOLATED) << publication.status();
  }
}

TEST_F(ReportingCycleTest, ARehearsedPublicationLeavesNothing) {
  BringAll();
  const auto rehearsed = Publish(Explained(), true);
  ASSERT_TRUE(rehearsed.ok()) << rehearsed.status();
  EXPECT_THAT(rehearsed->document(), HasSubstr("\"registry_position\":120"));
  EXPECT_EQ(ReasonOf(ReadPublication(1).status()), Reason::REASON_NOT_FOUND);
}

TEST_F(ReportingCycleTest, AConsolidationIsReadByItsMembersAndPublicationsByAll) {
  Published();
  const auto read = [&](const access::Caller& caller) {
    reporting::v1::GetConsolidationRequest request;
    request.set_name(kConsolidation);
    return Call(consolidations_, &reporting::ConsolidationService::GetConsolidation, request,
                caller)
        .status();
  };
  EXPECT_TRUE(read(School("son-la")).ok());
  EXPECT_TRUE(read(Academy()).ok());
  EXPECT_EQ(ReasonOf(read(School("dong-thap"))), Reason::REASON_PERMISSION_DENIED);
  EXPECT_TRUE(ReadPublication(1).ok());

  reporting::v1::ListConsolidationsRequest list;
  list.set_parent(kWindow);
  const auto listed = [&](const access::Caller& caller) {
    return Call(consolidations_, &reporting::ConsolidationService::ListConsolidations, list, caller)
        ->consolidations_size();
  };
  EXPECT_EQ(listed(School("son-la")), 1);
  EXPECT_EQ(listed(School("dong-thap")), 0);

  reporting::v1::ListPublicationsRequest publications;
  publications.set_parent(kWindow);
  const auto all = Call(consolidations_, &reporting::ConsolidationService::ListPublications,
                        publications, School("dong-thap"));
  ASSERT_EQ(all->publications_size(), 1);
  EXPECT_EQ(all->publications(0).document(), "");
  EXPECT_NE(all->publications(0).sha256(), "");
}

TEST_F(ReportingCycleTest, NothingAcceptedIsNothingToConsolidate) {
  EXPECT_EQ(ReasonOf(Consolidate().status()), Reason::REASON_NOTHING_ACCEPTED);
}

}  // namespace
}  // namespace thidua::testing
