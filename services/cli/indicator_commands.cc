// `thidua indicator`: what is counted.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text/number.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::cli {
namespace {

using namespace reporting::v1;  // NOLINT: the contract's own words

std::string KindText(const Session& session, IndicatorKind kind) {
  switch (kind) {
    case INDICATOR_KIND_FLOW:
      return Word(session, "flow", "phát sinh trong kỳ");
    case INDICATOR_KIND_STOCK:
      return Word(session, "stock", "tại thời điểm");
    case INDICATOR_KIND_RATIO:
      return Word(session, "ratio", "tỷ lệ");
    case INDICATOR_KIND_EVENT:
      return Word(session, "event", "theo sự kiện");
    default:
      return "?";
  }
}

std::string AggregationText(const Session& session, IndicatorAggregation aggregation) {
  switch (aggregation) {
    case INDICATOR_AGGREGATION_SUM:
      return Word(session, "sum", "cộng");
    case INDICATOR_AGGREGATION_SUM_AT_ONE_DATE:
      return Word(session, "sum at one date", "cộng tại một ngày");
    case INDICATOR_AGGREGATION_RECOMPUTE:
      return Word(session, "recomputed", "tính lại");
    case INDICATOR_AGGREGATION_NONE:
      return Word(session, "not added", "không cộng");
    default:
      return "?";
  }
}

int List(Session& session) {
  ListIndicatorsRequest request;
  request.set_page_size(500);
  request.set_group(session.arguments().Flag("group").value_or(""));
  return Answered(
      session,
      AllPages<ListIndicatorsResponse>(
          session, "thidua.reporting.v1.IndicatorService.ListIndicators", request),
      [&](const ListIndicatorsResponse& response) {
        Table table({{Word(session, "indicator", "chỉ tiêu")},
                     {Word(session, "name", "tên")},
                     {Word(session, "unit", "đơn vị")},
                     {Word(session, "kind", "loại")},
                     {Word(session, "cluster's figure", "số của cụm")},
                     {Word(session, "group", "nhóm")}});
        for (const Indicator& indicator : response.indicators()) {
          table.Row({IdOf(indicator.name()), indicator.display_name(), indicator.unit(),
                     KindText(session, indicator.kind()),
                     AggregationText(session, indicator.aggregation()), indicator.group()});
        }
        std::cout << table.Render();
      });
}

// "100 × (staff_msc + staff_phd) ÷ staff_total".
std::string FormulaOf(const RatioParts& parts) {
  std::vector<std::string> numerators;
  for (const std::string& numerator : parts.numerators()) numerators.push_back(IdOf(numerator));
  return absl::StrCat(parts.factor(), " × (", absl::StrJoin(numerators, " + "), ") ÷ ",
                      IdOf(parts.denominator()));
}

void Print(const Session& session, const Indicator& indicator) {
  const auto line = [&](std::string_view english, std::string_view vietnamese,
                        const std::string& value) {
    if (!value.empty())
      std::cout << "  " << session.Say(english, vietnamese) << "  " << value << "\n";
  };
  std::cout << indicator.display_name() << " (" << IdOf(indicator.name()) << ")\n";
  line("version         ", "phiên bản       ", absl::StrCat(indicator.definition_version()));
  line("unit            ", "đơn vị          ", indicator.unit());
  line("kind            ", "loại            ", KindText(session, indicator.kind()));
  line("cluster's figure", "số của cụm      ", AggregationText(session, indicator.aggregation()));
  if (indicator.has_ratio_parts())
    line("computed as     ", "cách tính       ", FormulaOf(indicator.ratio_parts()));
  line("group           ", "nhóm            ", indicator.group());
  line("note            ", "ghi chú         ", indicator.note());
  line("seen in         ", "nguồn           ", indicator.provenance());
}

int Show(Session& session) {
  GetIndicatorRequest request;
  request.set_name(Named("indicators", session.arguments().words().front()));
  if (const auto version = session.arguments().Flag("version"); version.has_value()) {
    const absl::StatusOr<int64_t> number = text::ReadCount(*version);
    if (!number.ok() || *number > INT32_MAX)
      return Misused(session, "--version is a number", "--version là một số");
    request.set_definition_version(static_cast<int32_t>(*number));
  }
  return Answered(
      session,
      session.Call<Indicator>("thidua.reporting.v1.IndicatorService.GetIndicator", request),
      [&](const Indicator& indicator) { Print(session, indicator); });
}

}  // namespace

std::vector<Command> IndicatorCommands() {
  return {
      {"indicator list",
       "",
       {"group"},
       {},
       "the catalogue of indicators",
       "danh mục chỉ tiêu",
       0,
       0,
       List},
      {"indicator show",
       "INDICATOR",
       {"version"},
       {},
       "one definition, the newest or a version",
       "một chỉ tiêu, bản mới nhất hoặc một phiên bản",
       1,
       1,
       Show},
  };
}

}  // namespace thidua::cli
