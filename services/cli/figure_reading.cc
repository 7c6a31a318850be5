#include "services/cli/figure_reading.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/contract/resource_name.h"
#include "common/document/decimal.h"
#include "common/text/fold.h"
#include "common/text/number.h"

namespace thidua::cli {

using namespace reporting::v1;  // NOLINT: the contract's own words

namespace {

// The words for the two states without a number, folded.
constexpr const char* kNotReportedWords[] = {"not reported", "chua bao cao", "khong bao cao"};
constexpr const char* kNotApplicableWords[] = {"not applicable", "khong thuoc dien"};

template <size_t count>
bool IsOneOf(const std::string& folded, const char* const (&words)[count]) {
  for (const char* word : words) {
    if (folded == word) return true;
  }
  return false;
}

// Takes the sign of a bound from the beginning.
Qualifier TakeQualifier(absl::string_view& text) {
  if (absl::ConsumePrefix(&text, ">=") || absl::ConsumePrefix(&text, "≥")) {
    text = absl::StripLeadingAsciiWhitespace(text);
    return QUALIFIER_AT_LEAST;
  }
  if (absl::ConsumePrefix(&text, "~") || absl::ConsumePrefix(&text, "≈")) {
    text = absl::StripLeadingAsciiWhitespace(text);
    return QUALIFIER_ABOUT;
  }
  return QUALIFIER_EXACT;
}

absl::Status ReadNumber(std::string_view text, bool ratio, Figure& figure) {
  if (ratio) {
    const absl::StatusOr<document::Decimal> number = document::Decimal::Parse(text);
    if (!number.ok()) return number.status();
    if (*number == document::Decimal()) return absl::OkStatus();
    figure.mutable_decimal_value()->set_value(number->ToString());
  } else {
    const absl::StatusOr<int64_t> number = text::ReadCount(text);
    if (!number.ok()) return number.status();
    figure.set_value(*number);
  }
  return absl::OkStatus();
}

// The window's cells by the code of their indicator.
std::map<std::string, const WindowIndicator*> CellsOf(const Window& window) {
  std::map<std::string, const WindowIndicator*> cells;
  for (const WindowIndicator& cell : window.indicators()) {
    cells[cell.indicator().substr(cell.indicator().rfind('/') + 1)] = &cell;
  }
  return cells;
}

bool IsRatio(const WindowIndicator& cell) {
  return cell.definition().kind() == INDICATOR_KIND_RATIO;
}

// The cell that a row is about and what it states; nothing after adding a problem.
std::optional<Figure> ReadRow(const CsvRecord& record,
                              const std::map<std::string, const WindowIndicator*>& cells,
                              bool of_school, CsvProblems& problems) {
  const auto cell = cells.find(record["indicator"]);
  if (cell == cells.end()) {
    record.Complain(
        "indicator", absl::StrCat("\"", record["indicator"], "\" is not asked for in this window"),
        absl::StrCat("kỳ báo cáo không có chỉ tiêu \"", record["indicator"], "\""), problems);
    return std::nullopt;
  }
  if (of_school && cell->second->cluster_only()) {
    record.Complain("indicator", "is stated by the cluster only",
                    "chỉ cụm công bố, trường không báo cáo", problems);
    return std::nullopt;
  }
  absl::StatusOr<Figure> figure = ReadFigure(record["value"], IsRatio(*cell->second));
  if (!figure.ok()) {
    const std::string why(figure.status().message());
    record.Complain("value", why, "không đọc được số liệu: " + why, problems);
    return std::nullopt;
  }
  figure->set_indicator(cell->second->indicator());
  return *std::move(figure);
}

}  // namespace

absl::StatusOr<Figure> ReadFigure(std::string_view text, bool ratio) {
  Figure figure;
  const std::string folded = text::SearchFold(text);
  if (IsOneOf(folded, kNotReportedWords) || IsOneOf(folded, kNotApplicableWords)) {
    figure.set_state(IsOneOf(folded, kNotReportedWords) ? FIGURE_STATE_NOT_REPORTED
                                                        : FIGURE_STATE_NOT_APPLICABLE);
    return figure;
  }
  absl::string_view rest(text.data(), text.size());
  const Qualifier qualifier = TakeQualifier(rest);
  if (absl::Status read = ReadNumber(std::string_view(rest.data(), rest.size()), ratio, figure);
      !read.ok())
    return read;
  if (figure.value() != 0 || figure.has_decimal_value()) {
    figure.set_state(FIGURE_STATE_VALUE);
    figure.set_qualifier(qualifier);
    return figure;
  }
  if (qualifier != QUALIFIER_EXACT)
    return absl::InvalidArgumentError("zero is exact: it cannot be a bound or approximate");
  figure.set_state(FIGURE_STATE_ZERO);
  return figure;
}

std::vector<SchoolFigures> ReadReports(const std::string& file, std::string_view text,
                                       const Window& window, CsvProblems& problems) {
  const CsvColumns columns = {{"school_code", "indicator", "value"}, {"raw_token", "note"}};
  const auto cells = CellsOf(window);
  std::vector<SchoolFigures> reports;
  std::map<std::string, size_t> by_school;
  std::set<std::pair<std::string, std::string>> seen;
  for (const CsvRecord& record : ReadRecords(file, text, columns, problems)) {
    const std::string& school = record["school_code"];
    if (!contract::IsResourceId(school)) {
      record.Complain("school_code", absl::StrCat("\"", school, "\" is not the code of a school"),
                      absl::StrCat("\"", school, "\" không phải là mã trường"), problems);
      continue;
    }
    std::optional<Figure> figure = ReadRow(record, cells, true, problems);
    if (!figure.has_value()) continue;
    if (!seen.emplace(school, figure->indicator()).second) {
      record.Complain("indicator", "is given twice for this school",
                      "bị lặp lại đối với trường này", problems);
      continue;
    }
    figure->set_source(FIGURE_SOURCE_IMPORT);
    figure->set_raw_text(record["raw_token"]);
    figure->set_note(record["note"]);
    const auto [place, first] = by_school.emplace(school, reports.size());
    if (first) reports.push_back({"schools/" + school, record.line(), {}});
    reports[place->second].figures.push_back(*std::move(figure));
  }
  return reports;
}

std::vector<DeclaredTotal> ReadDeclaredTotals(const std::string& file, std::string_view text,
                                              const Window& window, CsvProblems& problems) {
  const CsvColumns columns = {{"indicator", "value"}, {"raw_token"}};
  const auto cells = CellsOf(window);
  std::vector<DeclaredTotal> totals;
  std::set<std::string> seen;
  for (const CsvRecord& record : ReadRecords(file, text, columns, problems)) {
    const std::optional<Figure> figure = ReadRow(record, cells, false, problems);
    if (!figure.has_value()) continue;
    if (!seen.insert(figure->indicator()).second) {
      record.Complain("indicator", "is given twice", "bị lặp lại", problems);
      continue;
    }
    if (figure->state() != FIGURE_STATE_VALUE && figure->state() != FIGURE_STATE_ZERO) {
      record.Complain("value", "a total that is not declared is left out",
                      "số không công bố thì không ghi", problems);
      continue;
    }
    DeclaredTotal total;
    total.set_indicator(figure->indicator());
    total.set_state(figure->state());
    total.set_value(figure->value());
    if (figure->has_decimal_value()) *total.mutable_decimal_value() = figure->decimal_value();
    total.set_qualifier(figure->qualifier());
    total.set_source_text(record["raw_token"]);
    totals.push_back(std::move(total));
  }
  return totals;
}

}  // namespace thidua::cli
