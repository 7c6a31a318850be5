#ifndef THIDUA_COMMON_DOCUMENT_DECIMAL_H_
#define THIDUA_COMMON_DOCUMENT_DECIMAL_H_

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"

namespace thidua::document {

// How a result that needs more digits loses them. Always toward or away from zero, so that a
// penalty rounds as its bonus does.
enum class Rounding {
  kHalfUp,  // to the nearest, and a half away from zero: 2.5 → 3, -2.5 → -3
  kDown,    // toward zero: 2.9 → 2, -2.9 → -2
};

// An exact decimal number for points and percentages: 0.1 + 0.2 is 0.3. Holds up to 19 digits
// before the decimal point, so every int64, and up to 18 behind it. Nothing wraps and nothing is
// rounded unasked: OUT_OF_RANGE instead. Equal numbers are equal whatever zeros they were written
// with.
class Decimal {
 public:
  static constexpr int kMaxIntegerDigits = 19;
  static constexpr int kMaxFractionDigits = 18;

  // Zero.
  constexpr Decimal() = default;
  static Decimal FromInt(int64_t value);

  // [-] digits [. digits], as the database, google.type.Decimal and canonical JSON carry it:
  // "71.25", "-0.5", "10.00". INVALID_ARGUMENT for everything else: exponents, a plus, a comma,
  // spaces, zeros in front ("07"), a missing digit on either side of the point, minus zero.
  // OUT_OF_RANGE for more digits than fit.
  static absl::StatusOr<Decimal> Parse(std::string_view text);

  // The one canonical form: no needless zeros ("71.5" for what was read as "71.50"), "0" for zero;
  // Parse reads it back.
  std::string ToString() const;

  absl::StatusOr<Decimal> Plus(Decimal other) const;
  absl::StatusOr<Decimal> Minus(Decimal other) const;
  absl::StatusOr<Decimal> Times(int64_t factor) const;

  // The quotient with `digits` digits behind the point (0 to 18), rounded once from its exact
  // value. INVALID_ARGUMENT when `divisor` is zero or `digits` is out of bounds.
  absl::StatusOr<Decimal> DividedBy(Decimal divisor, int digits, Rounding rounding) const;

  // This number with at most `digits` digits behind the point. Errors as for DividedBy.
  absl::StatusOr<Decimal> Rounded(int digits, Rounding rounding) const;

  friend bool operator==(const Decimal& left, const Decimal& right) {
    return left.units_ == right.units_;
  }
  friend std::strong_ordering operator<=>(const Decimal& left, const Decimal& right) {
    if (left.units_ == right.units_) return std::strong_ordering::equal;
    return left.units_ < right.units_ ? std::strong_ordering::less : std::strong_ordering::greater;
  }

 private:
  explicit constexpr Decimal(absl::int128 units) : units_(units) {}
  // OUT_OF_RANGE when `units` has more than 37 digits.
  static absl::StatusOr<Decimal> Checked(absl::int128 units);

  // The number times 10^18. Below 10^37 in magnitude: room, within 127 bits, for one more digit
  // during division.
  absl::int128 units_ = 0;
};

}  // namespace thidua::document

#endif  // THIDUA_COMMON_DOCUMENT_DECIMAL_H_
