#include "services/cli/table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/text/normalize.h"

namespace thidua::cli {
namespace {

size_t Width(const std::string& text) { return static_cast<size_t>(text::CodePoints(text)); }

std::string Padded(const std::string& text, size_t width, Table::Align align) {
  const std::string space(width > Width(text) ? width - Width(text) : 0, ' ');
  return align == Table::Align::kRight ? space + text : text + space;
}

}  // namespace

std::string Table::Render() const {
  std::vector<size_t> widths;
  for (const Column& column : columns_) widths.push_back(Width(column.title));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text = " ";
    for (size_t i = 0; i < cells.size(); ++i)
      absl::StrAppend(&text, " ", Padded(cells[i], widths[i], columns_[i].align), " ");
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
  };
  std::string rule = " ";
  for (const size_t width : widths) {
    rule += " ";
    for (size_t i = 0; i < width; ++i) rule += "─";
    rule += " ";
  }
  rule.back() = '\n';

  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string text = line(titles) + rule;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (std::find(rules_.begin(), rules_.end(), i) != rules_.end()) text += rule;
    text += line(rows_[i]);
  }
  return text;
}

std::string Grouped(int64_t number, bool vietnamese) {
  std::string digits = absl::StrCat(number < 0 ? -number : number);
  for (ptrdiff_t i = static_cast<ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<size_t>(i), vietnamese ? "." : ",");
  }
  return number < 0 ? "−" + digits : digits;
}

}  // namespace thidua::cli
