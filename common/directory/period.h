// When a dated fact of the registry holds: half-open, each bound may be open.
#ifndef THIDUA_COMMON_DIRECTORY_PERIOD_H_
#define THIDUA_COMMON_DIRECTORY_PERIOD_H_

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/runtime/dates.h"

namespace thidua::directory {

// What stands for an open bound. As days since 1970-01-01, the form of the tables, kOpenEnd is
// 2932896; an open bound is stored as such a number and never as NULL, so that "covers this day" is
// two comparisons.
inline constexpr absl::CivilDay kOpenStart(1, 1, 1);
inline constexpr absl::CivilDay kOpenEnd(9999, 12, 31);

// [from, to): `to` is the first day on which the fact no longer holds. Empty when it was withdrawn
// before it began.
struct Period {
  absl::CivilDay from = kOpenStart;
  absl::CivilDay to = kOpenEnd;

  bool Contains(absl::CivilDay day) const { return from <= day && day < to; }
  bool Empty() const { return to <= from; }
  bool Overlaps(const Period& other) const { return !Common(other).Empty(); }
  bool Within(const Period& outer) const { return outer.from <= from && to <= outer.to; }
  // The days of both; empty when they share none.
  Period Common(const Period& other) const {
    return {std::max(from, other.from), std::min(to, other.to)};
  }
  friend bool operator==(const Period&, const Period&) = default;
};

// The period of a message with the Date fields valid_from and valid_to. INVALID_ARGUMENT for a date
// that is none, and for an end before the beginning.
template <class Dated>
absl::StatusOr<Period> PeriodOf(const Dated& dated) {
  Period period;
  if (dated.has_valid_from()) {
    absl::StatusOr<absl::CivilDay> from = runtime::DayFromProto(dated.valid_from());
    if (!from.ok()) return from.status();
    period.from = *from;
  }
  if (dated.has_valid_to()) {
    absl::StatusOr<absl::CivilDay> to = runtime::DayFromProto(dated.valid_to());
    if (!to.ok()) return to.status();
    period.to = *to;
  }
  if (period.to < period.from)
    return absl::InvalidArgumentError("the period ends before it begins");
  return period;
}

// Days since 1970-01-01, as the tables hold them.
inline int64_t DayNumber(absl::CivilDay day) { return day - absl::CivilDay(1970, 1, 1); }

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_PERIOD_H_
