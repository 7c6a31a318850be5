#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/figure_reading.h"
#include "services/cli/figures_text.h"
#include "services/cli/report_drafting.h"

namespace thidua::cli {
namespace {

using namespace reporting::v1;  // NOLINT: the contract's own words
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Figure Read(std::string_view text, bool ratio = false) {
  const auto figure = ReadFigure(text, ratio);
  EXPECT_TRUE(figure.ok()) << figure.status();
  return figure.value_or(Figure());
}

// classes_total, topics_province and staff_msc_pct of schools, sent_phd of the cluster only.
Window HalfYear() {
  Window window;
  window.set_name("windows/2024-h1");
  for (const char* code : {"classes_total", "topics_province", "staff_msc_pct", "sent_phd"}) {
    WindowIndicator& cell = *window.add_indicators();
    cell.set_indicator(std::string("indicators/") + code);
    cell.mutable_definition()->set_kind(code == std::string("staff_msc_pct") ? INDICATOR_KIND_RATIO
                                                                             : INDICATOR_KIND_FLOW);
    cell.set_cluster_only(code == std::string("sent_phd"));
  }
  return window;
}

TEST(ReadFigure, ReadsCounts) {
  EXPECT_EQ(Read("1206").value(), 1206);
  EXPECT_EQ(Read("03").value(), 3);
  EXPECT_EQ(Read("97").state(), FIGURE_STATE_VALUE);
  EXPECT_EQ(Read("97").qualifier(), QUALIFIER_EXACT);
}

TEST(ReadFigure, TellsFourThingsApart) {
  EXPECT_EQ(Read("00").state(), FIGURE_STATE_ZERO);
  EXPECT_EQ(Read("chưa báo cáo").state(), FIGURE_STATE_NOT_REPORTED);
  EXPECT_EQ(Read("not_reported").state(), FIGURE_STATE_NOT_REPORTED);
  EXPECT_EQ(Read("không thuộc diện").state(), FIGURE_STATE_NOT_APPLICABLE);
  EXPECT_FALSE(ReadFigure("", false).ok());
}

TEST(ReadFigure, ReadsBounds) {
  EXPECT_EQ(Read(">=450").qualifier(), QUALIFIER_AT_LEAST);
  EXPECT_EQ(Read(">= 450").value(), 450);
  EXPECT_EQ(Read("~12").qualifier(), QUALIFIER_ABOUT);
  EXPECT_FALSE(ReadFigure(">=0", false).ok());
}

TEST(ReadFigure, RefusesWhatOnlyLooksLikeANumber) {
  EXPECT_THAT(std::string(ReadFigure("l206", false).status().message()), HasSubstr("column 1"));
  EXPECT_FALSE(ReadFigure("12.378", false).ok());
  EXPECT_FALSE(ReadFigure("-4", false).ok());
}

TEST(ReadFigure, ReadsRatiosExactly) {
  EXPECT_EQ(Read("71.25", true).decimal_value().value(), "71.25");
  EXPECT_EQ(Read("0", true).state(), FIGURE_STATE_ZERO);
  EXPECT_FALSE(ReadFigure("71,25", true).ok());
}

TEST(ReadReports, GathersTheRowsOfEachSchool) {
  CsvProblems problems;
  const auto reports = ReadReports("reports.csv",
                                   "school_code,indicator,value,raw_token,note\n"
                                   "dien-bien,classes_total,15,15 1ớp/l206,\n"
                                   "son-la,classes_total,27,,\n"
                                   "dien-bien,topics_province,0,,không có\n",
                                   HalfYear(), problems);
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(reports, SizeIs(2));
  EXPECT_EQ(reports[0].school, "schools/dien-bien");
  ASSERT_THAT(reports[0].figures, SizeIs(2));
  EXPECT_EQ(reports[0].figures[0].raw_text(), "15 1ớp/l206");
  EXPECT_EQ(reports[0].figures[0].source(), FIGURE_SOURCE_IMPORT);
  EXPECT_EQ(reports[0].figures[1].state(), FIGURE_STATE_ZERO);
}

TEST(ReadReports, FindsEveryProblemAtOnce) {
  CsvProblems problems;
  ReadReports("reports.csv",
              "school_code,indicator,value\n"
              "dien-bien,classes_total,l206\n"
              "dien-bien,sent_phd,6\n"
              "Điện Biên,classes_total,15\n"
              "son-la,classes_total,27\n"
              "son-la,classes_total,27\n"
              "son-la,no_such,1\n",
              HalfYear(), problems);
  std::vector<std::string> places;
  for (const CsvProblem& problem : problems)
    places.push_back(std::to_string(problem.line) + " " + problem.column);
  EXPECT_THAT(places,
              ElementsAre("2 value", "3 indicator", "4 school_code", "6 indicator", "7 indicator"));
}

TEST(ReadDeclaredTotals, ReadsWhatTheClusterStatesItself) {
  CsvProblems problems;
  const auto totals = ReadDeclaredTotals(
      "declared_totals.csv",
      "indicator,value,raw_token\nclasses_total,238,238 lớp\nsent_phd,06,06 tiến sỹ\n", HalfYear(),
      problems);
  EXPECT_THAT(problems, IsEmpty());
  ASSERT_THAT(totals, SizeIs(2));
  EXPECT_EQ(totals[0].source_text(), "238 lớp");
  EXPECT_EQ(totals[1].value(), 6);
}

TEST(ReadDeclaredTotals, RefusesATotalThatIsNotDeclared) {
  CsvProblems problems;
  ReadDeclaredTotals("declared_totals.csv", "indicator,value\nclasses_total,chưa báo cáo\n",
                     HalfYear(), problems);
  EXPECT_THAT(problems, SizeIs(1));
}

TEST(WholeReport, SaysNotReportedWhereNothingWasStated) {
  Figure classes = Read("15");
  classes.set_indicator("indicators/classes_total");
  const auto whole = WholeReport(HalfYear(), {classes});
  ASSERT_THAT(whole, SizeIs(3));
  EXPECT_EQ(whole[0].value(), 15);
  EXPECT_EQ(whole[1].indicator(), "indicators/topics_province");
  EXPECT_EQ(whole[1].state(), FIGURE_STATE_NOT_REPORTED);
}

TEST(ChangedFigures, LeavesWhatIsStoredAlready) {
  SchoolReport stored;
  for (const char* code : {"classes_total", "topics_province"}) {
    Figure& figure = *stored.add_figures();
    figure.set_indicator(std::string("indicators/") + code);
    figure.set_state(FIGURE_STATE_NOT_REPORTED);
    figure.set_source(FIGURE_SOURCE_MANUAL);
  }
  Figure classes = Read("15");
  classes.set_indicator("indicators/classes_total");
  classes.set_source(FIGURE_SOURCE_IMPORT);

  const auto changed = ChangedFigures(stored, WholeReport(HalfYear(), {classes}));
  ASSERT_THAT(changed,
              SizeIs(2));  // the count, and staff_msc_pct, which the stored report does not have
  EXPECT_EQ(changed[0].indicator(), "indicators/classes_total");
  *stored.mutable_figures(0) = classes;
  *stored.add_figures() = changed[1];
  EXPECT_THAT(ChangedFigures(stored, WholeReport(HalfYear(), {classes})), IsEmpty());
}

TEST(FigureText, NeverShowsNothingAsZero) {
  Figure figure;
  figure.set_state(FIGURE_STATE_NOT_REPORTED);
  EXPECT_EQ(FigureText(figure, true), "chưa báo cáo");
  figure.set_state(FIGURE_STATE_NOT_APPLICABLE);
  EXPECT_EQ(FigureText(figure, false), "not applicable");
  figure.set_state(FIGURE_STATE_ZERO);
  EXPECT_EQ(FigureText(figure, true), "0");
}

TEST(FigureText, GroupsDigitsAndShowsBounds) {
  EXPECT_EQ(FigureText(Read("12443"), true), "12.443");
  EXPECT_EQ(FigureText(Read("12443"), false), "12,443");
  EXPECT_EQ(FigureText(Read(">=22000"), true), "≥ 22.000");
  EXPECT_EQ(FigureText(Read("71.25", true), true), "71,25");
}

TEST(ComputedText, TellsASumOfNothingFromZero) {
  ComputedTotal computed;
  computed.set_state(COMPUTED_STATE_SUM);
  EXPECT_EQ(ComputedText(computed, true), "0");
  computed.set_state(COMPUTED_STATE_NOTHING_REPORTED);
  EXPECT_EQ(ComputedText(computed, true), "chưa báo cáo");
  computed.set_state(COMPUTED_STATE_NOT_ADDITIVE);
  EXPECT_EQ(ComputedText(computed, true), "không cộng");
}

TEST(SignedText, ShowsWhichWay) {
  EXPECT_EQ(SignedText(4, true), "+4");
  EXPECT_EQ(SignedText(-65, true), "−65");
  google::type::Decimal half;
  half.set_value("-0.5");
  EXPECT_EQ(SignedText(half, true), "−0,5");
}

TEST(InstantText, IsInVietNam) {
  google::protobuf::Timestamp due;
  due.set_seconds(1719334800);  // 2024-06-25T17:00:00Z
  EXPECT_EQ(InstantText(due), "2024-06-26 00:00:00");
}

}  // namespace
}  // namespace thidua::cli
