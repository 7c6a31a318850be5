#include <string>

#include "absl/strings/str_replace.h"
#include "common/contract/refusal.h"
#include "common/document/canonical_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/awards/scoring/publication_document.h"
#include "tests/support/published_facts.h"

namespace thidua::awards {
namespace {

using reporting::v1::Publication;
using testing::Count;
using testing::FirstHalf2024;
using ::testing::HasSubstr;
using testing::Publish;

PublishedFigures Read(const Publication& publication) {
  absl::StatusOr<PublishedFigures> figures = ReadFigures(publication);
  EXPECT_TRUE(figures.ok()) << figures.status();
  return figures.ok() ? *std::move(figures) : PublishedFigures();
}

v1::ScoredFigure FigureOf(const PublishedFigures& figures, const std::string& school,
                          const std::string& indicator) {
  for (const SchoolFigures& one : figures.schools) {
    if (one.school != "schools/" + school) continue;
    const auto figure = one.figures.find("indicators/" + indicator);
    return figure == one.figures.end() ? v1::ScoredFigure() : figure->second;
  }
  ADD_FAILURE() << school << " is missing";
  return {};
}

TEST(ReadFigures, TellsEachFigureWithItsReportAndPlace) {
  const Publication publication = Publish(FirstHalf2024());
  const v1::ScoredFigure figure = FigureOf(Read(publication), "quang-ninh", "classes_total");
  EXPECT_EQ(figure.value().value(), "97");
  EXPECT_EQ(figure.qualifier(), reporting::v1::QUALIFIER_EXACT);
  EXPECT_EQ(figure.report(), "windows/2024-h1/reports/quang-ninh");
  EXPECT_EQ(figure.report_revision(), 1);
  // The pointer leads to the very place.
  const auto root = document::ParseCanonical(publication.document());
  EXPECT_EQ(figure.cell(), "/cells/0/contributions/6");
  const document::Value& cell = (*root->Find("cells")->AsArray())[0];
  EXPECT_EQ(*cell.Find("indicator")->AsString(), "indicators/classes_total");
  EXPECT_EQ(*(*cell.Find("contributions")->AsArray())[6].Find("school")->AsString(),
            "schools/quang-ninh");
}

TEST(ReadFigures, ListsEveryMember) {
  const PublishedFigures figures = Read(Publish(FirstHalf2024()));
  EXPECT_EQ(figures.schools.size(), 8u);
  EXPECT_EQ(figures.membership_date, absl::CivilDay(2024, 6, 25));
}

TEST(ReadFigures, KeepsTheFourStatesApart) {
  auto reports = FirstHalf2024();
  reports["son-la"]["proceedings"] = testing::Zero("proceedings");
  reports["son-la"]["monographs"] = testing::NotApplicable("monographs");
  const PublishedFigures figures = Read(Publish(reports));
  EXPECT_EQ(FigureOf(figures, "son-la", "classes_total").state(),
            reporting::v1::FIGURE_STATE_VALUE);
  EXPECT_EQ(FigureOf(figures, "son-la", "proceedings").state(), reporting::v1::FIGURE_STATE_ZERO);
  EXPECT_EQ(FigureOf(figures, "son-la", "proceedings").value().value(), "0");
  EXPECT_EQ(FigureOf(figures, "son-la", "monographs").state(),
            reporting::v1::FIGURE_STATE_NOT_APPLICABLE);
  EXPECT_EQ(FigureOf(figures, "son-la", "articles_journal").state(),
            reporting::v1::FIGURE_STATE_NOT_REPORTED);
  EXPECT_FALSE(FigureOf(figures, "son-la", "articles_journal").has_value());
}

TEST(ReadFigures, AMemberWithoutAReportReportedNothing) {
  auto reports = FirstHalf2024();
  reports.erase("lai-chau");
  const v1::ScoredFigure figure = FigureOf(Read(Publish(reports)), "lai-chau", "classes_total");
  EXPECT_EQ(figure.state(), reporting::v1::FIGURE_STATE_NOT_REPORTED);
  EXPECT_EQ(figure.cell(), "/cells/0/not_reported/0");
  EXPECT_EQ(figure.report(), "");
}

TEST(ReadFigures, LeavesOutWhatSchoolsAreNotAskedFor) {
  EXPECT_EQ(FigureOf(Read(Publish(FirstHalf2024())), "quang-ninh", "sent_phd").indicator(), "");
}

TEST(ReadFigures, ReadsBoundsAndRatios) {
  auto reports = FirstHalf2024();
  reports["ha-giang"]["classes_total"] =
      Count("classes_total", 20, reporting::v1::QUALIFIER_AT_LEAST);
  reports["ha-giang"]["lecturers_msc_pct"] = testing::Percent("lecturers_msc_pct", "71.25");
  const PublishedFigures figures = Read(Publish(reports));
  EXPECT_EQ(FigureOf(figures, "ha-giang", "classes_total").qualifier(),
            reporting::v1::QUALIFIER_AT_LEAST);
  EXPECT_EQ(FigureOf(figures, "ha-giang", "lecturers_msc_pct").value().value(), "71.25");
}

// Changes the document and its digest with it, so that only its content can be at fault.
std::string FaultAfter(const std::string& text, const std::string& with) {
  Publication publication = Publish(FirstHalf2024());
  EXPECT_THAT(publication.document(), HasSubstr(text));
  publication.set_document(absl::StrReplaceAll(publication.document(), {{text, with}}));
  const absl::StatusOr<PublishedFigures> figures = ReadFigures(publication);
  EXPECT_EQ(contract::ReasonOf(figures.status()), access::v1::REASON_DOCUMENT_BROKEN);
  return contract::MetadataOf(figures.status())["why"];
}

TEST(ReadFigures, RefusesOtherTypes) {
  EXPECT_EQ(FaultAfter("thidua.reporting.consolidation/1", "thidua.reporting.consolidation/2"),
            "/type is not thidua.reporting.consolidation/1");
}

TEST(ReadFigures, RefusesTheDocumentOfAnotherCluster) {
  EXPECT_EQ(FaultAfter("\"clusters/mnbg\"", "\"clusters/dbsh\""),
            "/cluster/name is another cluster");
}

TEST(ReadFigures, RefusesAFigureOfNoMember) {
  EXPECT_EQ(FaultAfter("\"revision\":1,\"school\":\"schools/son-la\"",
                       "\"revision\":1,\"school\":\"schools/yen-bai\""),
            "/cells/0/contributions/7 is of no member");
}

TEST(ReadFigures, RefusesAnUnknownState) {
  EXPECT_THAT(FaultAfter("\"VALUE\"", "\"GUESS\""), HasSubstr("/state is unknown"));
}

TEST(ReadFigures, RefusesWhatIsNotCanonical) {
  EXPECT_NE(FaultAfter("\"type\":", "\"type\": "), "");
}

class Integrity : public ::testing::Test {
 protected:
  Integrity() : publication_(Publish(FirstHalf2024())) {}
  Publication publication_;
};

TEST_F(Integrity, HoldsForWhatWasPublished) {
  EXPECT_TRUE(CheckIntegrity(publication_, nullptr).ok());
}

TEST_F(Integrity, OneChangedByteIsFound) {
  publication_.mutable_document()->back() = ' ';
  EXPECT_EQ(contract::ReasonOf(CheckIntegrity(publication_, nullptr)),
            access::v1::REASON_DOCUMENT_BROKEN);
}

}  // namespace
}  // namespace thidua::awards
