// SumCells: the arithmetic of consolidation_rules.h.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/document/decimal.h"
#include "services/reporting/consolidation/consolidation_rules.h"

namespace thidua::reporting {
namespace {

bool Stated(v1::FigureState state) {
  return state == v1::FIGURE_STATE_VALUE || state == v1::FIGURE_STATE_ZERO;
}

// EXACT < AT_LEAST < ABOUT: a sum is only as exact as its least exact part.
v1::Qualifier Weaker(v1::Qualifier left, const PackedFigure& right) {
  return right.state == v1::FIGURE_STATE_VALUE ? std::max(left, right.qualifier) : left;
}

// How a ratio cell is made from other cells of the form.
struct RatioPlan {
  int cell;
  std::vector<int> numerators;
  int denominator;
  int64_t numerator_sum = 0;
  int64_t denominator_sum = 0;
};

class Summation {
 public:
  explicit Summation(const Form& form)
      : form_(form), row_(static_cast<size_t>(form.size())), sums_(row_.size()) {
    additive_.reserve(row_.size());
    for (int cell = 0; cell < form.size(); ++cell) {
      const v1::IndicatorAggregation aggregation = form.cell(cell).definition().aggregation();
      additive_.push_back(aggregation == v1::INDICATOR_AGGREGATION_SUM ||
                          aggregation == v1::INDICATOR_AGGREGATION_SUM_AT_ONE_DATE);
    }
    for (int cell = 0; cell < form.size(); ++cell) PlanRatio(cell);
  }

  absl::Status Add(const AcceptedReport& report) {
    std::fill(row_.begin(), row_.end(), PackedFigure());
    PackedReader reader(report.figures);
    PackedFigure figure;
    while (reader.Next(figure)) {
      const int cell = form_.FindOrdinal(figure.ordinal);
      if (cell < 0) return Damaged(report);
      row_[static_cast<size_t>(cell)] = figure;
    }
    if (!reader.ok()) return Damaged(report);
    for (size_t cell = 0; cell < row_.size(); ++cell) {
      if (absl::Status added = AddCell(cell); !added.ok()) return added;
    }
    for (RatioPlan& plan : ratios_) {
      if (absl::Status added = AddParts(plan); !added.ok()) return added;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<CellSum>> Finish() {
    for (size_t cell = 0; cell < sums_.size(); ++cell) {
      if (IsRecomputed(cell)) continue;
      if (!additive_[cell]) {
        sums_[cell].state = v1::COMPUTED_STATE_NOT_ADDITIVE;
      } else if (sums_[cell].reported > 0) {
        sums_[cell].state = v1::COMPUTED_STATE_SUM;
      }
    }
    for (const RatioPlan& plan : ratios_) {
      if (absl::Status divided = Divide(plan); !divided.ok()) return divided;
    }
    return std::move(sums_);
  }

 private:
  static absl::Status Damaged(const AcceptedReport& report) {
    return absl::DataLossError(absl::StrCat("the accepted figures of ", report.school,
                                            ", revision ", report.revision, ", are damaged"));
  }

  absl::Status TooLarge(size_t cell) const {
    return absl::OutOfRangeError(form_.cell(static_cast<int>(cell)).indicator());
  }

  bool IsRecomputed(size_t cell) const {
    return std::any_of(ratios_.begin(), ratios_.end(),
                       [&](const RatioPlan& plan) { return plan.cell == static_cast<int>(cell); });
  }

  std::optional<int> AdditiveCell(const std::string& indicator) const {
    const std::optional<int> cell = form_.Find(indicator);
    if (!cell.has_value() || !additive_[static_cast<size_t>(*cell)] ||
        form_.cell(*cell).cluster_only())
      return std::nullopt;
    return cell;
  }

  void PlanRatio(int cell) {
    const v1::Indicator& definition = form_.cell(cell).definition();
    if (definition.aggregation() != v1::INDICATOR_AGGREGATION_RECOMPUTE ||
        !definition.has_ratio_parts())
      return;
    const std::optional<int> denominator = AdditiveCell(definition.ratio_parts().denominator());
    if (!denominator.has_value()) return;
    RatioPlan plan{.cell = cell, .numerators = {}, .denominator = *denominator};
    for (const std::string& numerator : definition.ratio_parts().numerators()) {
      const std::optional<int> part = AdditiveCell(numerator);
      if (!part.has_value()) return;
      plan.numerators.push_back(*part);
    }
    ratios_.push_back(std::move(plan));
  }

  absl::Status AddCell(size_t cell) {
    const PackedFigure& figure = row_[cell];
    CellSum& sum = sums_[cell];
    if (figure.state == v1::FIGURE_STATE_NOT_APPLICABLE) ++sum.not_applicable;
    if (!Stated(figure.state)) return absl::OkStatus();
    ++sum.reported;
    if (!additive_[cell]) return absl::OkStatus();
    sum.qualifier = Weaker(sum.qualifier, figure);
    if (__builtin_add_overflow(sum.value, figure.value, &sum.value)) return TooLarge(cell);
    return absl::OkStatus();
  }

  absl::Status AddParts(RatioPlan& plan) {
    CellSum& sum = sums_[static_cast<size_t>(plan.cell)];
    const PackedFigure& below = row_[static_cast<size_t>(plan.denominator)];
    // The school's own ratio was counted by AddCell; what counts here is whether its parts are
    // known.
    if (Stated(row_[static_cast<size_t>(plan.cell)].state)) --sum.reported;
    bool known = Stated(below.state);
    for (const int part : plan.numerators)
      known = known && Stated(row_[static_cast<size_t>(part)].state);
    if (!known) return absl::OkStatus();
    ++sum.reported;
    const auto add = [&](const PackedFigure& figure, int64_t& total) {
      sum.qualifier = Weaker(sum.qualifier, figure);
      return !__builtin_add_overflow(total, figure.value, &total);
    };
    bool fits = add(below, plan.denominator_sum);
    for (const int part : plan.numerators)
      fits = fits && add(row_[static_cast<size_t>(part)], plan.numerator_sum);
    return fits ? absl::OkStatus() : TooLarge(static_cast<size_t>(plan.cell));
  }

  absl::Status Divide(const RatioPlan& plan) {
    CellSum& sum = sums_[static_cast<size_t>(plan.cell)];
    if (sum.reported == 0 || plan.denominator_sum == 0) return absl::OkStatus();
    const v1::RatioParts& parts = form_.cell(plan.cell).definition().ratio_parts();
    const auto product = document::Decimal::FromInt(plan.numerator_sum).Times(parts.factor());
    if (!product.ok()) return TooLarge(static_cast<size_t>(plan.cell));
    const auto ratio = product->DividedBy(document::Decimal::FromInt(plan.denominator_sum),
                                          parts.fraction_digits(), document::Rounding::kHalfUp);
    if (!ratio.ok()) return TooLarge(static_cast<size_t>(plan.cell));
    sum.state = v1::COMPUTED_STATE_RECOMPUTED;
    sum.ratio = ratio->ToString();
    if (sum.qualifier != v1::QUALIFIER_EXACT) sum.qualifier = v1::QUALIFIER_ABOUT;
    return absl::OkStatus();
  }

  const Form& form_;
  std::vector<PackedFigure> row_;  // the report being added, by cell
  std::vector<CellSum> sums_;
  std::vector<bool> additive_;
  std::vector<RatioPlan> ratios_;
};

}  // namespace

absl::StatusOr<std::vector<CellSum>> SumCells(const Form& form,
                                              absl::Span<const AcceptedReport> reports) {
  Summation summation(form);
  for (const AcceptedReport& report : reports) {
    if (absl::Status added = summation.Add(report); !added.ok()) return added;
  }
  return summation.Finish();
}

}  // namespace thidua::reporting
