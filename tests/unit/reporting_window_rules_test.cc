#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/indicators/indicator_rules.h"
#include "services/reporting/windows/window_rules.h"
#include "tests/support/report_facts.h"

namespace thidua::reporting {
namespace {

using ::testing::ElementsAre;
using testing::Flow;
using testing::HalfYear;
using ::testing::IsEmpty;
using testing::Ratio;
using testing::Stock;

std::vector<std::string> FieldsOf(const std::vector<contract::FieldViolation>& violations) {
  std::vector<std::string> fields;
  for (const auto& violation : violations) fields.push_back(violation.field);
  return fields;
}

TEST(IndicatorRulesTest, AggregationSuitsTheKind) {
  EXPECT_THAT(CheckDefinition(Flow("classes_total", 1)), IsEmpty());
  EXPECT_THAT(CheckDefinition(Stock("staff_total", 2)), IsEmpty());
  v1::Indicator flow = Flow("classes_total", 1);
  flow.set_aggregation(v1::INDICATOR_AGGREGATION_SUM_AT_ONE_DATE);
  EXPECT_THAT(FieldsOf(CheckDefinition(flow)), ElementsAre("indicator.aggregation"));
  v1::Indicator ratio = Ratio("staff_msc_pct", 3, {}, "");
  ratio.set_aggregation(v1::INDICATOR_AGGREGATION_SUM);
  EXPECT_THAT(FieldsOf(CheckDefinition(ratio)), ElementsAre("indicator.aggregation"));
  v1::Indicator event = Flow("event_participants", 4);
  event.set_kind(v1::INDICATOR_KIND_EVENT);
  EXPECT_THAT(FieldsOf(CheckDefinition(event)), ElementsAre("indicator.aggregation"));
}

TEST(IndicatorRulesTest, ARatioIsNotMadeOfItselfNorOfOnePartTwice) {
  EXPECT_THAT(
      CheckDefinition(Ratio("staff_msc_up_pct", 3, {"staff_msc", "staff_phd"}, "staff_total")),
      IsEmpty());
  EXPECT_THAT(FieldsOf(CheckDefinition(
                  Ratio("staff_msc_pct", 3, {"staff_msc", "staff_msc"}, "staff_total"))),
              ElementsAre("indicator.ratio_parts.numerators[1]"));
  EXPECT_THAT(FieldsOf(CheckDefinition(Ratio("staff_msc_pct", 3, {"staff_msc"}, "staff_msc_pct"))),
              ElementsAre("indicator.ratio_parts.denominator"));
}

TEST(IndicatorRulesTest, OnlyARecomputedRatioHasParts) {
  v1::Indicator ratio = Ratio("staff_msc_pct", 3, {"staff_msc"}, "staff_total");
  ratio.set_aggregation(v1::INDICATOR_AGGREGATION_NONE);
  EXPECT_THAT(FieldsOf(CheckDefinition(ratio)), ElementsAre("indicator.ratio_parts"));
}

TEST(WindowRulesTest, TheCutOffLiesInThePeriod) {
  v1::Window window = HalfYear({Flow("classes_total", 1)});
  EXPECT_THAT(CheckWindow(window), IsEmpty());
  window.mutable_cut_off_date()->set_year(2025);
  EXPECT_THAT(FieldsOf(CheckWindow(window)), ElementsAre("window.cut_off_date"));
  window = HalfYear({Flow("classes_total", 1)});
  window.mutable_period_end()->set_year(2023);
  EXPECT_THAT(FieldsOf(CheckWindow(window)), ElementsAre("window.period_end"));
}

TEST(WindowRulesTest, AStateAtADateHasNoPeriod) {
  v1::Window window = HalfYear({Stock("staff_total", 1)});
  window.set_kind(v1::WINDOW_KIND_AS_OF);
  EXPECT_THAT(FieldsOf(CheckWindow(window)), ElementsAre("window.period_start"));
}

TEST(WindowRulesTest, IndicatorsAndClustersComeOnce) {
  v1::Window window = HalfYear({Flow("classes_total", 1), Flow("classes_total", 1)});
  window.add_clusters("clusters/mnbg");
  window.add_clusters("clusters/mnbg");
  EXPECT_THAT(FieldsOf(CheckWindow(window)),
              ElementsAre("window.indicators[1].indicator", "window.clusters[1]"));
}

TEST(WindowRulesTest, ASchoolCannotBeAskedForWhatTheClusterStates) {
  v1::Window window = HalfYear({Flow("sent_phd", 1)});
  window.mutable_indicators(0)->set_cluster_only(true);
  window.mutable_indicators(0)->set_mandatory(true);
  EXPECT_THAT(FieldsOf(CheckWindow(window)), ElementsAre("window.indicators[0].mandatory"));
}

TEST(WindowRulesTest, DefinitionsArePinnedWithoutTheCataloguesBookkeeping) {
  v1::Window window = HalfYear({Flow("classes_total", 1), Flow("monographs", 2)});
  v1::Indicator newest = Flow("classes_total", 1);
  newest.set_definition_version(4);
  newest.set_provenance("seed 001");
  newest.set_etag("\"v4\"");
  EXPECT_THAT(FieldsOf(PinDefinitions({newest}, &window)),
              ElementsAre("window.indicators[1].indicator"));
  EXPECT_EQ(window.indicators(0).definition_version(), 4);
  EXPECT_EQ(window.indicators(0).definition().definition_version(), 4);
  EXPECT_EQ(window.indicators(0).definition().etag(), "");
  EXPECT_EQ(window.indicators(0).definition().provenance(), "");
}

TEST(WindowRulesTest, NoClusterNamedMeansAll) {
  v1::Window window = HalfYear({Flow("classes_total", 1)});
  EXPECT_TRUE(ReportsIn(window, "cum-9"));
  window.add_clusters("clusters/mnbg");
  EXPECT_TRUE(ReportsIn(window, "mnbg"));
  EXPECT_TRUE(ReportsIn(window, "clusters/mnbg"));
  EXPECT_FALSE(ReportsIn(window, "cum-9"));
}

}  // namespace
}  // namespace thidua::reporting
