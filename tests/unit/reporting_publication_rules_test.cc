#include <string>

#include "common/document/canonical_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/consolidation/consolidation_rules.h"
#include "services/reporting/consolidation/publication_rules.h"
#include "tests/support/report_facts.h"

namespace thidua::reporting {
namespace {

using document::Value;
using testing::At;
using testing::Count;
using testing::Declared;
using testing::Figures;
using testing::Flow;
using testing::HalfYear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::NotReported;
using ::testing::SizeIs;
using testing::Zero;

class PublicationRulesTest : public ::testing::Test {
 protected:
  PublicationRulesTest() {
    v1::ExpectedSchool& member = cluster_.members.emplace_back();
    member.set_school("schools/son-la");
    member.set_display_name("Trường Chính trị tỉnh Sơn La");
    consolidation_ =
        Consolidate(form_, cluster_,
                    {{"son-la", 2, std::string(32, '\x01'),
                      Pack(form_, Figures({Count("classes_total", 27, v1::QUALIFIER_AT_LEAST),
                                           NotReported("monographs")})),
                      "anh Vũ", absl::FromUnixSeconds(1718900000)}},
                    nullptr)
            .value();
    Declare(form_, Declarations(), "chị Hà", At(1719000000), &consolidation_);
  }

  static google::protobuf::RepeatedPtrField<v1::DeclaredTotal> Declarations() {
    google::protobuf::RepeatedPtrField<v1::DeclaredTotal> totals;
    *totals.Add() = Declared("classes_total", 20);
    return totals;
  }

  v1::SchoolReport AcceptedAgain(const std::vector<v1::Figure>& figures) const {
    v1::SchoolReport report;
    report.set_school("schools/son-la");
    report.set_accepted_revision(3);
    report.set_accepted_by("anh Vũ");
    *report.mutable_accept_time() = At(1719100000);
    *report.mutable_figures() = Figures(figures);
    return report;
  }

  const v1::Window window_ = HalfYear({Flow("classes_total", 1), Flow("monographs", 2)});
  const Form form_{window_};
  ClusterOnDay cluster_{"mnbg", "Cụm miền núi, biên giới phía Bắc", {}, 120};
  v1::Consolidation consolidation_;
};

TEST_F(PublicationRulesTest, TheDocumentNamesEverythingItWasMadeFrom) {
  const auto document =
      document::ParseCanonical(PublicationDocument(form_, consolidation_).value());
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(*document->Find("type")->AsString(), "thidua.reporting.consolidation/1");
  EXPECT_EQ(*document->Find("registry_position")->AsInt(), 120);
  EXPECT_EQ(*document->Find("window")->Find("cut_off_date")->AsString(), "2024-06-25");
  const Value& source = (*document->Find("sources")->AsArray())[0];
  EXPECT_EQ(*source.Find("report")->AsString(), "windows/2024-h1/reports/son-la");
  EXPECT_EQ(*source.Find("revision")->AsInt(), 2);
  EXPECT_EQ(source.Find("sha256")->AsString()->substr(0, 6), "010101");
  EXPECT_EQ(*source.Find("accept_time")->AsString(), "2024-06-20T16:13:20.000000Z");
  const Value& cell = (*document->Find("cells")->AsArray())[0];
  EXPECT_EQ(*cell.Find("definition_version")->AsInt(), 1);
  EXPECT_EQ(*cell.Find("computed")->Find("value")->AsInt(), 27);
  EXPECT_EQ(*cell.Find("computed")->Find("qualifier")->AsString(), "AT_LEAST");
  EXPECT_EQ(*cell.Find("declared")->Find("value")->AsInt(), 20);
  EXPECT_EQ(*cell.Find("discrepancy")->Find("difference")->AsInt(), -7);
}

TEST_F(PublicationRulesTest, NotReportedHasNoNumberInTheDocument) {
  const auto document =
      document::ParseCanonical(PublicationDocument(form_, consolidation_).value());
  const Value& cell = (*document->Find("cells")->AsArray())[1];
  EXPECT_EQ(cell.Find("computed")->Find("value"), nullptr);
  EXPECT_EQ(*cell.Find("computed")->Find("state")->AsString(), "NOTHING_REPORTED");
  const Value& contribution = (*cell.Find("contributions")->AsArray())[0];
  EXPECT_EQ(*contribution.Find("state")->AsString(), "NOT_REPORTED");
  EXPECT_EQ(contribution.Find("value"), nullptr);
}

TEST_F(PublicationRulesTest, TheBytesDependOnTheInputsAlone) {
  const std::string document = PublicationDocument(form_, consolidation_).value();
  v1::Consolidation later = consolidation_;
  later.set_etag("\"v9\"");
  later.set_publication("windows/2024-h1/publications/mnbg-1");
  later.set_state(v1::CONSOLIDATION_STATE_PUBLISHED);
  *later.mutable_update_time() = At(1720000000);
  EXPECT_EQ(PublicationDocument(form_, later).value(), document);
  later.mutable_sources(0)->set_revision(3);
  EXPECT_NE(PublicationDocument(form_, later).value(), document);
}

TEST_F(PublicationRulesTest, ChangedCellsAreExactlyThoseThatDiffer) {
  const auto before =
      Figures({Count("classes_total", 27, v1::QUALIFIER_AT_LEAST), NotReported("monographs")});
  EXPECT_THAT(ChangedCells(form_, before, 2,
                           AcceptedAgain({Count("classes_total", 27, v1::QUALIFIER_AT_LEAST),
                                          NotReported("monographs")}),
                           "rà soát"),
              IsEmpty());
  const auto cells = ChangedCells(
      form_, before, 2,
      AcceptedAgain({Count("classes_total", 27, v1::QUALIFIER_AT_LEAST), Zero("monographs")}),
      "rà soát");
  ASSERT_THAT(cells, SizeIs(1));
  EXPECT_EQ(cells[0].change().indicator(), "indicators/monographs");
  EXPECT_EQ(cells[0].change().old_figure().state(), v1::FIGURE_STATE_NOT_REPORTED);
  EXPECT_EQ(cells[0].old_revision(), 2);
  EXPECT_EQ(cells[0].new_revision(), 3);
  EXPECT_EQ(cells[0].accepted_by(), "anh Vũ");
  EXPECT_EQ(cells[0].reason(), "rà soát");
}

TEST_F(PublicationRulesTest, AReportThatWasMissingHasNothingBefore) {
  const auto cells = ChangedCells(
      form_, {}, 0, AcceptedAgain({Count("classes_total", 27), NotReported("monographs")}), "");
  ASSERT_THAT(cells, SizeIs(1));
  EXPECT_FALSE(cells[0].change().has_old_figure());
}

TEST_F(PublicationRulesTest, ASupersededPublicationKeepsItsTimeAndCollectsCells) {
  v1::Publication publication;
  publication.set_state(v1::PUBLICATION_STATE_CURRENT);
  const auto cells = ChangedCells(form_, {}, 0, AcceptedAgain({Count("classes_total", 27)}), "");
  Supersede(cells, "", At(100), &publication);
  Supersede(cells, "windows/2024-h1/publications/mnbg-2", At(200), &publication);
  EXPECT_EQ(publication.state(), v1::PUBLICATION_STATE_SUPERSEDED);
  EXPECT_EQ(publication.supersede_time().seconds(), 100);
  EXPECT_EQ(publication.superseded_cells_size(), 2);
  EXPECT_EQ(publication.superseded_by(), "windows/2024-h1/publications/mnbg-2");
}

}  // namespace
}  // namespace thidua::reporting
