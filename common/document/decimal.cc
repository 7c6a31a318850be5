#include "common/document/decimal.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace thidua::document {
namespace {

constexpr uint64_t PowerOfTen(int exponent) {
  uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

constexpr absl::int128 kOne = PowerOfTen(Decimal::kMaxFractionDigits);
constexpr absl::int128 kIntegerBound = PowerOfTen(Decimal::kMaxIntegerDigits);
// 10^37 units, the first too many. Spelled out because this abseil's 128-bit arithmetic is not
// constexpr.
constexpr absl::int128 kBound = absl::MakeInt128(0x0785EE10'D5DA46D9, 0x00F436A0'00000000);

absl::int128 Magnitude(absl::int128 value) { return value < 0 ? -value : value; }

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

absl::Status Malformed(std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("not a decimal number such as 71.25: ", std::string(why)));
}

absl::Status CheckDigits(int digits) {
  if (digits >= 0 && digits <= Decimal::kMaxFractionDigits) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("cannot round to ", digits, " digits behind the point"));
}

// What the first lost part of a result, `remainder` out of `whole` (both ≥ 0), adds to its last
// digit.
int Carry(absl::int128 remainder, absl::int128 whole, Rounding rounding) {
  // whole - remainder, because twice the remainder may not fit.
  return rounding == Rounding::kHalfUp && remainder >= whole - remainder ? 1 : 0;
}

// The parts of the text, checked for form but not for length.
struct Written {
  bool negative = false;
  std::string_view integer;
  std::string_view fraction;
};

absl::StatusOr<Written> Split(std::string_view text) {
  Written written;
  if (text.starts_with('-')) {
    written.negative = true;
    text.remove_prefix(1);
  }
  const size_t point = text.find('.');
  written.integer = text.substr(0, point);
  if (!IsDigits(written.integer)) {
    return Malformed("digits must stand in front, and a point, never a comma, in between");
  }
  if (written.integer.size() > 1 && written.integer.front() == '0') {
    return Malformed("needless zeros in front");
  }
  if (point != std::string_view::npos) {
    written.fraction = text.substr(point + 1);
    if (!IsDigits(written.fraction)) return Malformed("only digits may stand behind the point");
  }
  return written;
}

}  // namespace

absl::StatusOr<Decimal> Decimal::Checked(absl::int128 units) {
  if (Magnitude(units) >= kBound) {
    return absl::OutOfRangeError(
        absl::StrCat("more than ", kMaxIntegerDigits, " digits before the decimal point"));
  }
  return Decimal(units);
}

Decimal Decimal::FromInt(int64_t value) { return Decimal(absl::int128(value) * kOne); }

absl::StatusOr<Decimal> Decimal::Parse(std::string_view text) {
  const absl::StatusOr<Written> written = Split(text);
  if (!written.ok()) return written.status();
  if (written->integer.size() > kMaxIntegerDigits ||
      written->fraction.size() > kMaxFractionDigits) {
    return absl::OutOfRangeError(absl::StrCat("more than ", kMaxIntegerDigits,
                                              " digits before the decimal point or ",
                                              kMaxFractionDigits, " behind it"));
  }
  absl::int128 units = 0;
  for (const char digit : written->integer) units = units * 10 + (digit - '0');
  for (const char digit : written->fraction) units = units * 10 + (digit - '0');
  units *= PowerOfTen(kMaxFractionDigits - static_cast<int>(written->fraction.size()));
  if (written->negative && units == 0) return Malformed("minus zero");
  return Decimal(written->negative ? -units : units);
}

std::string Decimal::ToString() const {
  const absl::int128 magnitude = Magnitude(units_);
  // Both parts are below 10^19 and 10^18.
  const uint64_t integer = static_cast<uint64_t>(magnitude / kOne);
  const uint64_t fraction = static_cast<uint64_t>(magnitude % kOne);
  std::string text = absl::StrCat(units_ < 0 ? "-" : "", integer);
  if (fraction == 0) return text;
  absl::StrAppend(&text, ".", absl::Dec(fraction, absl::kZeroPad18));
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

absl::StatusOr<Decimal> Decimal::Plus(Decimal other) const {
  return Checked(units_ + other.units_);
}

absl::StatusOr<Decimal> Decimal::Minus(Decimal other) const {
  return Checked(units_ - other.units_);
}

absl::StatusOr<Decimal> Decimal::Times(int64_t factor) const {
  if (factor != 0 && Magnitude(units_) > kBound / Magnitude(factor)) return Checked(kBound);
  return Checked(units_ * factor);
}

absl::StatusOr<Decimal> Decimal::DividedBy(Decimal divisor, int digits, Rounding rounding) const {
  if (absl::Status checked = CheckDigits(digits); !checked.ok()) return checked;
  if (divisor.units_ == 0) return absl::InvalidArgumentError("division by zero");
  // Long division by hand: 10^digits times the dividend would not fit into 128 bits.
  const absl::int128 whole = Magnitude(divisor.units_);
  absl::int128 quotient = Magnitude(units_) / whole;
  absl::int128 remainder = Magnitude(units_) % whole;
  if (quotient >= kIntegerBound) return Checked(kBound);
  for (int digit = 0; digit < digits; ++digit) {
    remainder *= 10;
    quotient = quotient * 10 + remainder / whole;
    remainder %= whole;
  }
  quotient += Carry(remainder, whole, rounding);
  const bool negative = (units_ < 0) != (divisor.units_ < 0);
  const absl::int128 units = quotient * PowerOfTen(kMaxFractionDigits - digits);
  return Checked(negative ? -units : units);
}

absl::StatusOr<Decimal> Decimal::Rounded(int digits, Rounding rounding) const {
  return DividedBy(FromInt(1), digits, rounding);
}

}  // namespace thidua::document
