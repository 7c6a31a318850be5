#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/windows/figure_rules.h"
#include "tests/support/report_facts.h"

namespace thidua::reporting {
namespace {

using testing::Count;
using ::testing::ElementsAre;
using testing::Figures;
using testing::Flow;
using testing::HalfYear;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::NotApplicable;
using testing::NotReported;
using testing::Percent;
using testing::Ratio;
using testing::Said;
using ::testing::SizeIs;
using testing::Stock;
using testing::Zero;

// Ordinals on purpose in another order than the form.
v1::Window FourCells() {
  return HalfYear({Flow("classes_total", 7), Flow("topics_province", 300), Stock("staff_total", 2),
                   Ratio("staff_msc_pct", 41, {}, "")});
}

class FigureRulesTest : public ::testing::Test {
 protected:
  std::vector<std::string> Wrong(const v1::Figure& figure) const {
    std::vector<std::string> fields;
    for (const auto& violation : CheckFigures(form_, Figures({figure}), "report.figures")) {
      fields.push_back(violation.field);
    }
    return fields;
  }

  const v1::Window window_ = FourCells();
  const Form form_{window_};
};

TEST_F(FigureRulesTest, TheFourThingsAFigureMaySayAreAllAccepted) {
  EXPECT_THAT(Wrong(Count("classes_total", 97)), IsEmpty());
  EXPECT_THAT(Wrong(Zero("classes_total")), IsEmpty());
  EXPECT_THAT(Wrong(NotReported("classes_total")), IsEmpty());
  EXPECT_THAT(Wrong(NotApplicable("classes_total")), IsEmpty());
}

TEST_F(FigureRulesTest, ANumberZeroIsRefusedSoThatItCannotStandForAnythingElse) {
  EXPECT_THAT(Wrong(Count("classes_total", 0)), ElementsAre("report.figures[0].value"));
  EXPECT_THAT(Wrong(Percent("staff_msc_pct", "0.0")),
              ElementsAre("report.figures[0].decimal_value"));
}

TEST_F(FigureRulesTest, OnlyAValueHasANumber) {
  v1::Figure zero = Zero("classes_total");
  zero.set_value(3);
  EXPECT_THAT(Wrong(zero), ElementsAre("report.figures[0].state"));
  v1::Figure unreported = NotReported("staff_msc_pct");
  unreported.mutable_decimal_value()->set_value("71.5");
  EXPECT_THAT(Wrong(unreported), ElementsAre("report.figures[0].state"));
  v1::Figure bounded = Zero("classes_total");
  bounded.set_qualifier(v1::QUALIFIER_AT_LEAST);
  EXPECT_THAT(Wrong(bounded), ElementsAre("report.figures[0].qualifier"));
}

TEST_F(FigureRulesTest, CountsAreWholeAndRatiosAreDecimals) {
  v1::Figure count = Percent("classes_total", "97.5");
  EXPECT_THAT(Wrong(count),
              ElementsAre("report.figures[0].decimal_value", "report.figures[0].value"));
  EXPECT_THAT(Wrong(Count("staff_msc_pct", 71)),
              ElementsAre("report.figures[0].value", "report.figures[0].decimal_value"));
  EXPECT_THAT(Wrong(Percent("staff_msc_pct", "71,5")),
              ElementsAre("report.figures[0].decimal_value"));
  EXPECT_THAT(Wrong(Percent("staff_msc_pct", "-3.5")), IsEmpty());
}

TEST_F(FigureRulesTest, OnlyCellsOfTheFormOnceEach) {
  EXPECT_THAT(Wrong(Count("monographs", 1)), ElementsAre("report.figures[0].indicator"));
  const auto twice = CheckFigures(
      form_, Figures({Count("classes_total", 97), Count("classes_total", 98)}), "report.figures");
  ASSERT_THAT(twice, SizeIs(1));
  EXPECT_EQ(twice[0].field, "report.figures[1].indicator");
}

TEST_F(FigureRulesTest, WhatTheClusterStatesAloneIsNotAskedOfSchools) {
  v1::Window window = FourCells();
  window.mutable_indicators(0)->set_cluster_only(true);
  EXPECT_THAT(CheckFigures(Form(window), Figures({Count("classes_total", 6)}), "report.figures"),
              SizeIs(1));
}

TEST_F(FigureRulesTest, DifferenceListsCellsInTheFormsOrderAndIgnoresNotes) {
  v1::Figure noted = Count("classes_total", 97);
  noted.set_note("kể cả lớp trực tuyến");
  noted.set_raw_text("97 lớp/3864 học viên");
  const auto before = Figures(
      {Count("staff_total", 40), Count("classes_total", 97), NotReported("topics_province")});
  const auto after =
      Figures({noted, Zero("topics_province"), Count("staff_total", 40, v1::QUALIFIER_AT_LEAST)});
  const auto changes = Difference(form_, before, after);
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].indicator(), "indicators/topics_province");
  EXPECT_EQ(changes[0].old_figure().state(), v1::FIGURE_STATE_NOT_REPORTED);
  EXPECT_EQ(changes[0].new_figure().state(), v1::FIGURE_STATE_ZERO);
  EXPECT_EQ(changes[1].indicator(), "indicators/staff_total");
}

TEST_F(FigureRulesTest, PackedFiguresComeBackAsTheyWere) {
  const auto figures = Figures(
      {Count("classes_total", std::numeric_limits<int64_t>::max(), v1::QUALIFIER_ABOUT),
       NotReported("topics_province"), Zero("staff_total"), Percent("staff_msc_pct", "-71.25")});
  const auto unpacked = Unpack(form_, Pack(form_, figures));
  ASSERT_TRUE(unpacked.ok()) << unpacked.status();
  ASSERT_THAT(*unpacked, SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ((*unpacked)[static_cast<size_t>(i)].indicator(), figures[i].indicator());
    EXPECT_TRUE(SameStatement((*unpacked)[static_cast<size_t>(i)], figures[i]));
  }
}

TEST_F(FigureRulesTest, NotReportedAndZeroHaveDifferentBytes) {
  EXPECT_NE(Pack(form_, Figures({Zero("classes_total")})),
            Pack(form_, Figures({NotReported("classes_total")})));
}

TEST_F(FigureRulesTest, DamagedBytesAreFound) {
  const std::string packed =
      Pack(form_, Figures({Count("classes_total", 234), Percent("staff_msc_pct", "71.25")}));
  for (size_t length = 0; length < packed.size(); ++length) {
    // Cut between two figures the rest is well formed: one figure fewer, and never another number.
    const auto cut = Unpack(form_, packed.substr(0, length));
    EXPECT_TRUE(!cut.ok() || cut->size() < 2) << length;
  }
  EXPECT_EQ(Unpack(form_, "\x02" + packed.substr(1)).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Unpack(form_, packed + std::string("\x05\x01", 2)).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(FigureRulesTest, AStoredFigureHasOneForm) {
  v1::Figure figure = Said("staff_msc_pct", v1::FIGURE_STATE_VALUE);
  figure.mutable_decimal_value()->set_value("71.50");
  const v1::Figure stored = Normalised(figure);
  EXPECT_EQ(stored.decimal_value().value(), "71.5");
  EXPECT_EQ(stored.qualifier(), v1::QUALIFIER_EXACT);
  EXPECT_EQ(stored.source(), v1::FIGURE_SOURCE_MANUAL);
  EXPECT_EQ(Normalised(Count("classes_total", 1)).value(), 1);
}

}  // namespace
}  // namespace thidua::reporting
