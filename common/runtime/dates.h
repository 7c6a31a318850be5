// Days and instants between the contracts, the rules and the database.
//
// Days are google.type.Date, absl::CivilDay and DATE; instants are google.protobuf.Timestamp,
// absl::Time and BIGINT microseconds since the epoch. All are within the years 1 to 9999.
// Conversions refuse what is not a date, with INVALID_ARGUMENT and a message to put behind a
// field's name.
#ifndef THIDUA_COMMON_RUNTIME_DATES_H_
#define THIDUA_COMMON_RUNTIME_DATES_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"

namespace thidua::runtime {

// Refuses partial dates (google.type.Date allows a zero month or day; no rule of ours does) and
// days that do not exist.
absl::StatusOr<absl::CivilDay> DayFromProto(const google::type::Date& date);
google::type::Date DayToProto(absl::CivilDay day);

// OK for a day, a month (the day is 0), a year (day and month are 0), and a day of an unknown year
// (the year is 0): what sources give of a date that they tell in passing.
absl::Status CheckPartialDate(const google::type::Date& date);

// "2024-06-30" and nothing else: four, two and two digits.
absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text);

absl::StatusOr<absl::Time> TimeFromProto(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp TimeToProto(absl::Time time);

// What is finer than a microsecond is cut off, towards the past.
int64_t ToMicros(absl::Time time);
absl::Time FromMicros(int64_t micros_since_epoch);

}  // namespace thidua::runtime

#endif  // THIDUA_COMMON_RUNTIME_DATES_H_
