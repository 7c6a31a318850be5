// Points and figures as exact decimals: between the contract's google.type.Decimal and
// document::Decimal.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_POINTS_H_
#define THIDUA_SERVICES_AWARDS_SCORING_POINTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/document/decimal.h"
#include "google/type/decimal.pb.h"

namespace thidua::awards {

using document::Decimal;

// Most digits behind the point of a figure and of a number in a scheme. The product of two such
// numbers is exact.
inline constexpr int kMostFractionDigits = 6;

// INVALID_ARGUMENT or OUT_OF_RANGE for what Decimal::Parse does not read.
absl::StatusOr<Decimal> FromProto(const google::type::Decimal& value);

// In canonical form, "19.4".
google::type::Decimal ToProto(Decimal value);

// left × right, exactly. OUT_OF_RANGE when it does not fit; INVALID_ARGUMENT when a factor has more
// than kMostFractionDigits digits behind the point.
absl::StatusOr<Decimal> Product(Decimal left, Decimal right);

// With at least `digits` digits behind the point, as people read points: "19.40".
std::string Fixed(Decimal value, int digits);

// Digits behind the point that the value needs.
int FractionDigits(Decimal value);

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_POINTS_H_
