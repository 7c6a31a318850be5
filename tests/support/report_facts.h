// Builders of indicators, windows and figures as the tests of the reporting rooms need them.
#ifndef THIDUA_TESTS_SUPPORT_REPORT_FACTS_H_
#define THIDUA_TESTS_SUPPORT_REPORT_FACTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "thidua/reporting/v1/consolidation_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::testing {

inline std::string IndicatorName(const std::string& code) { return "indicators/" + code; }

inline reporting::v1::Indicator Indicator(const std::string& code, int ordinal,
                                          reporting::v1::IndicatorKind kind,
                                          reporting::v1::IndicatorAggregation aggregation) {
  reporting::v1::Indicator indicator;
  indicator.set_name(IndicatorName(code));
  indicator.set_definition_version(1);
  indicator.set_ordinal(ordinal);
  indicator.set_display_name("chỉ tiêu " + code);
  indicator.set_unit("lớp");
  indicator.set_kind(kind);
  indicator.set_aggregation(aggregation);
  indicator.set_group("TRAINING");
  return indicator;
}

inline reporting::v1::Indicator Flow(const std::string& code, int ordinal) {
  return Indicator(code, ordinal, reporting::v1::INDICATOR_KIND_FLOW,
                   reporting::v1::INDICATOR_AGGREGATION_SUM);
}

inline reporting::v1::Indicator Stock(const std::string& code, int ordinal) {
  return Indicator(code, ordinal, reporting::v1::INDICATOR_KIND_STOCK,
                   reporting::v1::INDICATOR_AGGREGATION_SUM_AT_ONE_DATE);
}

// A percentage with one digit, made again from its parts.
inline reporting::v1::Indicator Ratio(const std::string& code, int ordinal,
                                      const std::vector<std::string>& numerators,
                                      const std::string& denominator) {
  reporting::v1::Indicator ratio = Indicator(code, ordinal, reporting::v1::INDICATOR_KIND_RATIO,
                                             reporting::v1::INDICATOR_AGGREGATION_RECOMPUTE);
  ratio.set_unit("%");
  if (denominator.empty()) return ratio;
  for (const std::string& part : numerators)
    ratio.mutable_ratio_parts()->add_numerators(IndicatorName(part));
  ratio.mutable_ratio_parts()->set_denominator(IndicatorName(denominator));
  ratio.mutable_ratio_parts()->set_factor(100);
  ratio.mutable_ratio_parts()->set_fraction_digits(1);
  return ratio;
}

// The first half of 2024, cut off on 25 June, due at the end of 20 June in Việt Nam.
inline reporting::v1::Window HalfYear(const std::vector<reporting::v1::Indicator>& indicators) {
  reporting::v1::Window window;
  window.set_name("windows/2024-h1");
  window.set_title("Sáu tháng đầu năm 2024");
  window.set_kind(reporting::v1::WINDOW_KIND_H1);
  const auto day = [](int month, int number, google::type::Date* date) {
    date->set_year(2024);
    date->set_month(month);
    date->set_day(number);
  };
  day(1, 1, window.mutable_period_start());
  day(6, 30, window.mutable_period_end());
  day(6, 25, window.mutable_cut_off_date());
  day(6, 25, window.mutable_membership_date());
  window.mutable_due_time()->set_seconds(1718902800);  // 2024-06-20T17:00:00Z
  for (const reporting::v1::Indicator& indicator : indicators) {
    reporting::v1::WindowIndicator* item = window.add_indicators();
    item->set_indicator(indicator.name());
    item->set_definition_version(indicator.definition_version());
    *item->mutable_definition() = indicator;
  }
  return window;
}

inline reporting::v1::Figure Said(const std::string& code, reporting::v1::FigureState state) {
  reporting::v1::Figure figure;
  figure.set_indicator(IndicatorName(code));
  figure.set_state(state);
  return figure;
}

inline reporting::v1::Figure Count(
    const std::string& code, int64_t value,
    reporting::v1::Qualifier qualifier = reporting::v1::QUALIFIER_EXACT) {
  reporting::v1::Figure figure = Said(code, reporting::v1::FIGURE_STATE_VALUE);
  figure.set_value(value);
  figure.set_qualifier(qualifier);
  return figure;
}

inline reporting::v1::Figure Percent(const std::string& code, const std::string& value) {
  reporting::v1::Figure figure = Said(code, reporting::v1::FIGURE_STATE_VALUE);
  figure.mutable_decimal_value()->set_value(value);
  figure.set_qualifier(reporting::v1::QUALIFIER_EXACT);
  return figure;
}

inline reporting::v1::Figure Zero(const std::string& code) {
  return Said(code, reporting::v1::FIGURE_STATE_ZERO);
}
inline reporting::v1::Figure NotReported(const std::string& code) {
  return Said(code, reporting::v1::FIGURE_STATE_NOT_REPORTED);
}
inline reporting::v1::Figure NotApplicable(const std::string& code) {
  return Said(code, reporting::v1::FIGURE_STATE_NOT_APPLICABLE);
}

inline google::protobuf::RepeatedPtrField<reporting::v1::Figure> Figures(
    const std::vector<reporting::v1::Figure>& figures) {
  return {figures.begin(), figures.end()};
}

inline reporting::v1::DeclaredTotal Declared(
    const std::string& code, int64_t value,
    reporting::v1::Qualifier qualifier = reporting::v1::QUALIFIER_EXACT) {
  reporting::v1::DeclaredTotal total;
  total.set_indicator(IndicatorName(code));
  total.set_state(reporting::v1::FIGURE_STATE_VALUE);
  total.set_value(value);
  total.set_qualifier(qualifier);
  return total;
}

inline google::protobuf::Timestamp At(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_REPORT_FACTS_H_
