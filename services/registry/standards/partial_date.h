// Which days a date known in part may be.
#ifndef THIDUA_SERVICES_REGISTRY_STANDARDS_PARTIAL_DATE_H_
#define THIDUA_SERVICES_REGISTRY_STANDARDS_PARTIAL_DATE_H_

#include <string>

#include "absl/time/civil_time.h"
#include "google/type/date.pb.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::registry {

// From the first possible day to the last, both included.
struct DayRange {
  absl::CivilDay first;
  absl::CivilDay last;
};

// Every day when the date is absent or does not tell its year.
DayRange DaysOf(const v1::StandardStep& step);
// The last day on which it can have happened: what is not known in full happened by the day of
// recording.
absl::CivilDay LastDayOf(const v1::StandardStep& step);

// True when `step` was later than `other` whatever is unknown of their dates.
bool CertainlyAfter(const v1::StandardStep& step, const v1::StandardStep& other);

// "2022-11-16", "2022-11", "2022", "????-04-27"; "?" for none.
std::string PartialDateText(const google::type::Date& date);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STANDARDS_PARTIAL_DATE_H_
