#include "common/runtime/clock.h"

#include <utility>

namespace thidua::runtime {

absl::TimeZone VietnamTime() { return absl::FixedTimeZone(7 * 60 * 60); }

absl::CivilDay DayInVietnam(absl::Time instant) { return absl::ToCivilDay(instant, VietnamTime()); }

absl::Time StartOfDayInVietnam(absl::CivilDay day) { return absl::FromCivil(day, VietnamTime()); }

Clock::Clock(absl::Duration offset, std::function<absl::Time()> source)
    : offset_(offset), source_(std::move(source)) {}

absl::Time Clock::Now() const {
  return absl::FromUnixMicros(absl::ToUnixMicros(source_() + offset_));
}

absl::CivilDay Clock::Today() const { return DayInVietnam(Now()); }

bool Clock::rehearsal() const { return offset_ != absl::ZeroDuration(); }

}  // namespace thidua::runtime
