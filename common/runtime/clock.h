// Business time: the instants that are recorded, and the day on which rules such as acting rights
// are judged.
#ifndef THIDUA_COMMON_RUNTIME_CLOCK_H_
#define THIDUA_COMMON_RUNTIME_CLOCK_H_

#include <functional>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace thidua::runtime {

// The time of Việt Nam, seven hours ahead of UTC without exception since 1975; needs no zone
// database.
absl::TimeZone VietnamTime();

// The day that an instant falls on in Việt Nam.
absl::CivilDay DayInVietnam(absl::Time instant);

// The first instant of a day in Việt Nam.
absl::Time StartOfDayInVietnam(absl::CivilDay day);

// A service has one Clock and asks it for whatever is written down or judged by date. A rehearsal
// of a past half-year runs with a constant offset. Deadlines, leases and certificates never use
// this clock: they live in real time (absl::Now). Thread-safe when `source` is.
class Clock {
 public:
  // offset: added to real time; other than zero means a rehearsal. source: real time; a test may
  // give its own.
  explicit Clock(absl::Duration offset = absl::ZeroDuration(),
                 std::function<absl::Time()> source = absl::Now);

  // In whole microseconds, the precision of everything stored, so that what is read back is what
  // was returned here.
  absl::Time Now() const;

  // Today in Việt Nam.
  absl::CivilDay Today() const;

  // True when Now() is not real time; documents made then must say so.
  bool rehearsal() const;

 private:
  absl::Duration offset_;
  std::function<absl::Time()> source_;
};

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_CLOCK_H_
