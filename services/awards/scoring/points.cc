#include "services/awards/scoring/points.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace thidua::awards {
namespace {

constexpr int64_t kScale = 1'000'000;  // 10^kMostFractionDigits

absl::Status CheckDigits(Decimal value) {
  if (FractionDigits(value) <= kMostFractionDigits) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(value.ToString(), " has more than ",
                                                 kMostFractionDigits,
                                                 " digits behind the decimal point"));
}

}  // namespace

absl::StatusOr<Decimal> FromProto(const google::type::Decimal& value) {
  return Decimal::Parse(value.value());
}

google::type::Decimal ToProto(Decimal value) {
  google::type::Decimal proto;
  proto.set_value(value.ToString());
  return proto;
}

absl::StatusOr<Decimal> Product(Decimal left, Decimal right) {
  if (absl::Status checked = CheckDigits(left); !checked.ok()) return checked;
  if (absl::Status checked = CheckDigits(right); !checked.ok()) return checked;
  const absl::StatusOr<Decimal> scaled = right.Times(kScale);
  if (!scaled.ok()) return scaled.status();
  int64_t factor = 0;
  if (!absl::SimpleAtoi(scaled->ToString(), &factor)) {
    return absl::OutOfRangeError(absl::StrCat(right.ToString(), " is too large to multiply by"));
  }
  const absl::StatusOr<Decimal> product = left.Times(factor);
  if (!product.ok()) return product.status();
  // Both factors have at most 6 digits behind the point, so these 18 hold all of the product's:
  // nothing is rounded.
  return product->DividedBy(Decimal::FromInt(kScale), Decimal::kMaxFractionDigits,
                            document::Rounding::kDown);
}

std::string Fixed(Decimal value, int digits) {
  std::string text = value.ToString();
  const int present = FractionDigits(value);
  if (present == 0 && digits > 0) text += '.';
  return text.append(static_cast<size_t>(std::max(0, digits - present)), '0');
}

int FractionDigits(Decimal value) {
  const std::string text = value.ToString();
  const size_t point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

}  // namespace thidua::awards
