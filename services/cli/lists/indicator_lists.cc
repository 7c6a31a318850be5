// indicators.csv: the catalogue, in its order.
#include "services/cli/lists/catalogue.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::cli {

std::vector<List> IndicatorLists() {
  ListOf indicators("indicators.csv", reporting::v1::Indicator::descriptor());
  indicators.Segment("code", "indicators")
      .Field("name_vi", "display_name")
      .Field("unit_vi", "unit")
      .Field("kind")
      .Field("aggregation")
      .Field("numerators", "ratio_parts.numerators")
      .Field("denominator", "ratio_parts.denominator")
      .Field("factor", "ratio_parts.factor")
      .Field("digits", "ratio_parts.fraction_digits")
      .Field("group")
      .Field("note")
      .Field("seen_in", "provenance");
  return {indicators.list};
}

}  // namespace thidua::cli
