#include "services/registry/standards/partial_date.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"

namespace thidua::registry {

DayRange DaysOf(const v1::StandardStep& step) {
  const google::type::Date& date = step.date();
  if (date.year() == 0) return {directory::kOpenStart, directory::kOpenEnd - 1};
  if (date.month() == 0)
    return {absl::CivilDay(date.year(), 1, 1), absl::CivilDay(date.year(), 12, 31)};
  const absl::CivilMonth month(date.year(), date.month());
  if (date.day() == 0) return {absl::CivilDay(month), absl::CivilDay(month + 1) - 1};
  const absl::CivilDay day(date.year(), date.month(), date.day());
  return {day, day};
}

absl::CivilDay LastDayOf(const v1::StandardStep& step) {
  const DayRange days = DaysOf(step);
  const absl::CivilDay recorded = runtime::DayFromProto(step.recorded_on()).value_or(days.last);
  // A rehearsal of an earlier day may record what is in its future.
  return std::min(days.last, std::max(days.first, recorded));
}

bool CertainlyAfter(const v1::StandardStep& step, const v1::StandardStep& other) {
  return DaysOf(step).first > DaysOf(other).last;
}

std::string PartialDateText(const google::type::Date& date) {
  if (date.year() == 0)
    return date.month() == 0 ? "?"
                             : absl::StrFormat("\?\?\?\?-%02d-%02d", date.month(), date.day());
  if (date.month() == 0) return absl::StrFormat("%04d", date.year());
  if (date.day() == 0) return absl::StrFormat("%04d-%02d", date.year(), date.month());
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

}  // namespace thidua::registry
