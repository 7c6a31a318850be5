#include "services/reporting/windows/figure_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/document/decimal.h"

namespace thidua::reporting {
namespace {

using contract::FieldViolation;
using v1::Figure;
using Figures = google::protobuf::RepeatedPtrField<Figure>;

constexpr char kFormat = 1;
constexpr int kStateBits = 0x07;
constexpr int kQualifierShift = 3;
constexpr int kQualifierBits = 0x03;
constexpr int kDecimalBit = 0x20;

std::optional<std::string> DecimalOf(const Figure& figure) {
  if (!figure.has_decimal_value()) return std::nullopt;
  return figure.decimal_value().value();
}

void AppendVarint(uint64_t value, std::string& bytes) {
  while (value >= 0x80) {
    bytes.push_back(static_cast<char>(0x80 | (value & 0x7f)));
    value >>= 7;
  }
  bytes.push_back(static_cast<char>(value));
}

void AppendFigure(const Figure& figure, std::string& bytes) {
  const bool is_decimal = figure.has_decimal_value();
  int head = figure.state();
  head |= figure.qualifier() << kQualifierShift;
  if (is_decimal) head |= kDecimalBit;
  bytes.push_back(static_cast<char>(head));
  if (figure.state() != v1::FIGURE_STATE_VALUE) return;
  if (!is_decimal) return AppendVarint(static_cast<uint64_t>(figure.value()), bytes);
  AppendVarint(figure.decimal_value().value().size(), bytes);
  bytes += figure.decimal_value().value();
}

std::vector<const Figure*> ByCell(const Form& form, const Figures& figures) {
  std::vector<const Figure*> by_cell(static_cast<size_t>(form.size()), nullptr);
  for (const Figure& figure : figures) {
    if (const std::optional<int> cell = form.Find(figure.indicator()))
      by_cell[static_cast<size_t>(*cell)] = &figure;
  }
  return by_cell;
}

Figure FromPacked(const std::string& indicator, const PackedFigure& packed) {
  Figure figure;
  figure.set_indicator(indicator);
  figure.set_state(packed.state);
  figure.set_qualifier(packed.qualifier);
  figure.set_value(packed.value);
  if (!packed.decimal.empty())
    figure.mutable_decimal_value()->set_value(std::string(packed.decimal));
  return figure;
}

void CheckCount(int64_t value, bool has_decimal, const std::string& path,
                std::vector<FieldViolation>& violations) {
  if (has_decimal) {
    violations.push_back({path + ".decimal_value",
                          "must be absent: the indicator is counted in whole numbers",
                          "phải để trống: chỉ tiêu này tính bằng số nguyên"});
  }
  if (value <= 0) {
    violations.push_back({path + ".value",
                          "must be above 0 with the state VALUE; say ZERO for none",
                          "phải lớn hơn 0 khi trạng thái là VALUE; không có thì ghi ZERO"});
  }
}

void CheckRatio(int64_t value, const std::optional<std::string>& decimal, const std::string& path,
                std::vector<FieldViolation>& violations) {
  if (value != 0) {
    violations.push_back({path + ".value", "must be absent: a ratio is given in decimal_value",
                          "phải để trống: tỷ lệ ghi ở decimal_value"});
  }
  const auto number = decimal ? document::Decimal::Parse(*decimal) : document::Decimal();
  if (!number.ok()) {
    violations.push_back({path + ".decimal_value", "is not a decimal number like \"71.25\"",
                          "không phải số thập phân dạng \"71.25\""});
  } else if (*number == document::Decimal()) {
    violations.push_back({path + ".decimal_value",
                          "must be other than 0 with the state VALUE; say ZERO for none",
                          "phải khác 0 khi trạng thái là VALUE; không có thì ghi ZERO"});
  }
}

}  // namespace

Form::Form(const v1::Window& window) : window_(window) {
  for (int i = 0; i < window_.indicators_size(); ++i) {
    const v1::WindowIndicator& item = window_.indicators(i);
    by_indicator_[item.indicator()] = i;
    const auto ordinal = static_cast<size_t>(std::max(0, item.definition().ordinal()));
    if (ordinal >= by_ordinal_.size()) by_ordinal_.resize(ordinal + 1, -1);
    by_ordinal_[ordinal] = i;
  }
}

std::optional<int> Form::Find(std::string_view indicator) const {
  const auto found = by_indicator_.find(indicator);
  if (found == by_indicator_.end()) return std::nullopt;
  return found->second;
}

void CheckNumber(const Form& form, int cell, v1::FigureState state, int64_t value,
                 const std::optional<std::string>& decimal, v1::Qualifier qualifier,
                 const std::string& path, std::vector<FieldViolation>& violations) {
  if (state == v1::FIGURE_STATE_VALUE) {
    return form.IsRatio(cell) ? CheckRatio(value, decimal, path, violations)
                              : CheckCount(value, decimal.has_value(), path, violations);
  }
  if (value != 0 || decimal.has_value()) {
    violations.push_back({path + ".state", "has a number, which only VALUE may have",
                          "có số liệu, chỉ VALUE mới có"});
  }
  if (qualifier != v1::QUALIFIER_UNSPECIFIED && qualifier != v1::QUALIFIER_EXACT) {
    violations.push_back({path + ".qualifier", "qualifies a number, which only VALUE has",
                          "chỉ dùng cho số liệu, chỉ VALUE mới có"});
  }
}

std::vector<FieldViolation> CheckFigures(const Form& form, const Figures& figures,
                                         std::string_view path) {
  std::vector<FieldViolation> violations;
  std::set<std::string_view> seen;
  for (int i = 0; i < figures.size(); ++i) {
    const Figure& figure = figures[i];
    const std::string at = absl::StrCat(std::string(path), "[", i, "]");
    const std::optional<int> cell = form.Find(figure.indicator());
    if (!cell.has_value() || form.cell(*cell).cluster_only()) {
      violations.push_back({at + ".indicator", "is not asked of schools in this window",
                            "không thuộc chỉ tiêu trường phải báo cáo trong kỳ này"});
      continue;
    }
    if (!seen.insert(figure.indicator()).second) {
      violations.push_back({at + ".indicator", "is given twice", "bị lặp lại"});
      continue;
    }
    CheckNumber(form, *cell, figure.state(), figure.value(), DecimalOf(figure), figure.qualifier(),
                at, violations);
  }
  return violations;
}

Figure Normalised(Figure figure) {
  if (figure.source() == v1::FIGURE_SOURCE_UNSPECIFIED) figure.set_source(v1::FIGURE_SOURCE_MANUAL);
  if (figure.state() != v1::FIGURE_STATE_VALUE) {
    figure.clear_qualifier();
    return figure;
  }
  if (figure.qualifier() == v1::QUALIFIER_UNSPECIFIED) figure.set_qualifier(v1::QUALIFIER_EXACT);
  if (figure.has_decimal_value()) {
    if (const auto number = document::Decimal::Parse(figure.decimal_value().value()); number.ok()) {
      figure.mutable_decimal_value()->set_value(number->ToString());
    }
  }
  return figure;
}

Figure Unreported(const std::string& indicator) {
  Figure figure;
  figure.set_indicator(indicator);
  figure.set_state(v1::FIGURE_STATE_NOT_REPORTED);
  figure.set_source(v1::FIGURE_SOURCE_MANUAL);
  return figure;
}

bool SameStatement(const Figure& left, const Figure& right) {
  return left.state() == right.state() && left.value() == right.value() &&
         left.qualifier() == right.qualifier() &&
         left.decimal_value().value() == right.decimal_value().value();
}

std::vector<v1::CellChange> Difference(const Form& form, const Figures& before,
                                       const Figures& after) {
  const std::vector<const Figure*> olds = ByCell(form, before);
  const std::vector<const Figure*> news = ByCell(form, after);
  std::vector<v1::CellChange> changes;
  for (int cell = 0; cell < form.size(); ++cell) {
    const auto index = static_cast<size_t>(cell);
    if (olds[index] == nullptr && news[index] == nullptr) continue;
    const std::string& indicator = form.cell(cell).indicator();
    const Figure old_figure = olds[index] != nullptr ? *olds[index] : Unreported(indicator);
    const Figure new_figure = news[index] != nullptr ? *news[index] : Unreported(indicator);
    if (SameStatement(old_figure, new_figure)) continue;
    v1::CellChange& change = changes.emplace_back();
    change.set_indicator(indicator);
    *change.mutable_old_figure() = old_figure;
    *change.mutable_new_figure() = new_figure;
  }
  return changes;
}

std::string StateWord(v1::FigureState state) {
  return std::string(absl::StripPrefix(v1::FigureState_Name(state), "FIGURE_STATE_"));
}

std::string QualifierWord(v1::Qualifier qualifier) {
  return std::string(absl::StripPrefix(v1::Qualifier_Name(qualifier), "QUALIFIER_"));
}

std::string Pack(const Form& form, const Figures& figures) {
  std::vector<std::pair<int64_t, const Figure*>> ordered;
  for (const Figure& figure : figures) {
    if (const std::optional<int> cell = form.Find(figure.indicator())) {
      ordered.emplace_back(form.cell(*cell).definition().ordinal(), &figure);
    }
  }
  std::sort(ordered.begin(), ordered.end());
  std::string bytes(1, kFormat);
  int64_t before = 0;
  for (const auto& [ordinal, figure] : ordered) {
    AppendVarint(static_cast<uint64_t>(ordinal - before), bytes);
    AppendFigure(*figure, bytes);
    before = ordinal;
  }
  return bytes;
}

PackedReader::PackedReader(std::string_view bytes) : rest_(bytes) {
  ok_ = !rest_.empty() && rest_.front() == kFormat;
  if (ok_) rest_.remove_prefix(1);
}

bool PackedReader::Varint(uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return ok_ = false;
}

bool PackedReader::Next(PackedFigure& figure) {
  uint64_t number = 0;
  if (!ok_ || rest_.empty()) return false;
  if (!Varint(number)) return false;
  if (rest_.empty()) return ok_ = false;
  ordinal_ += static_cast<int64_t>(number);
  const int head = static_cast<uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  figure = PackedFigure{
      .ordinal = ordinal_,
      .state = static_cast<v1::FigureState>(head & kStateBits),
      .qualifier = static_cast<v1::Qualifier>((head >> kQualifierShift) & kQualifierBits),
      .value = 0,
      .decimal = {}};
  if (figure.state == v1::FIGURE_STATE_UNSPECIFIED || !v1::FigureState_IsValid(figure.state))
    return ok_ = false;
  if (figure.state != v1::FIGURE_STATE_VALUE) return true;
  if (!Varint(number)) return false;
  if ((head & kDecimalBit) == 0) {
    figure.value = static_cast<int64_t>(number);
    return true;
  }
  if (number == 0 || number > rest_.size()) return ok_ = false;
  figure.decimal = rest_.substr(0, number);
  rest_.remove_prefix(number);
  return true;
}

absl::StatusOr<std::vector<Figure>> Unpack(const Form& form, std::string_view bytes) {
  std::vector<std::optional<Figure>> by_cell(static_cast<size_t>(form.size()));
  PackedReader reader(bytes);
  PackedFigure packed;
  while (reader.Next(packed)) {
    const int cell = form.FindOrdinal(packed.ordinal);
    if (cell < 0)
      return absl::DataLossError(
          absl::StrCat("no cell of the window has ordinal ", packed.ordinal));
    by_cell[static_cast<size_t>(cell)] = FromPacked(form.cell(cell).indicator(), packed);
  }
  if (!reader.ok()) return absl::DataLossError("packed figures are damaged");
  std::vector<Figure> figures;
  for (std::optional<Figure>& figure : by_cell) {
    if (figure.has_value()) figures.push_back(*std::move(figure));
  }
  return figures;
}

}  // namespace thidua::reporting
