#include "common/runtime/dates.h"

#include <algorithm>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace thidua::runtime {
namespace {

constexpr int kNanosPerSecond = 1'000'000'000;

// The bounds of google.protobuf.Timestamp: 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
constexpr int64_t kFirstSecond = -62'135'596'800;
constexpr int64_t kLastSecond = 253'402'300'799;

absl::StatusOr<absl::CivilDay> ExistingDay(int64_t year, int64_t month, int64_t day) {
  // CivilDay carries overflow on (31 June is 1 July): a day exists when it comes back unchanged.
  // The bounds come first because carrying very large numbers would overflow.
  if (year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= 31) {
    const absl::CivilDay result(year, month, day);
    if (result.month() == month && result.day() == day) return result;
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("%04d-%02d-%02d is not a day of the calendar", year, month, day));
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int64_t Digits(std::string_view text) {
  int64_t value = 0;
  for (char c : text) value = value * 10 + (c - '0');
  return value;
}

}  // namespace

absl::StatusOr<absl::CivilDay> DayFromProto(const google::type::Date& date) {
  return ExistingDay(date.year(), date.month(), date.day());
}

absl::Status CheckPartialDate(const google::type::Date& date) {
  if (date.year() == 0 && date.month() == 0 && date.day() == 0)
    return absl::InvalidArgumentError("the date is empty");
  if (date.month() == 0 && date.day() != 0)
    return absl::InvalidArgumentError("a day needs its month");
  if (date.year() == 0 && date.day() == 0)
    return absl::InvalidArgumentError("a month needs its year");
  // What is left out cannot be wrong: a leap year with months and days of its own stands for it.
  constexpr int kLeapYear = 2000;
  return ExistingDay(date.year() == 0 ? kLeapYear : date.year(),
                     date.month() == 0 ? 1 : date.month(), date.day() == 0 ? 1 : date.day())
      .status();
}

google::type::Date DayToProto(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::StatusOr<absl::CivilDay> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !AllDigits(text.substr(0, 4)) ||
      !AllDigits(text.substr(5, 2)) || !AllDigits(text.substr(8, 2))) {
    return absl::InvalidArgumentError("a day is written as YYYY-MM-DD");
  }
  return ExistingDay(Digits(text.substr(0, 4)), Digits(text.substr(5, 2)),
                     Digits(text.substr(8, 2)));
}

absl::StatusOr<absl::Time> TimeFromProto(const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < kFirstSecond || timestamp.seconds() > kLastSecond) {
    return absl::InvalidArgumentError("an instant lies within the years 1 to 9999");
  }
  if (timestamp.nanos() < 0 || timestamp.nanos() >= kNanosPerSecond) {
    return absl::InvalidArgumentError("an instant's nanos are 0 to 999,999,999");
  }
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

google::protobuf::Timestamp TimeToProto(absl::Time time) {
  const absl::Time bounded =
      std::clamp(time, absl::FromUnixSeconds(kFirstSecond), absl::FromUnixSeconds(kLastSecond));
  const int64_t seconds = absl::ToUnixSeconds(bounded);
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(bounded - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

int64_t ToMicros(absl::Time time) { return absl::ToUnixMicros(time); }

absl::Time FromMicros(int64_t micros_since_epoch) {
  return absl::FromUnixMicros(micros_since_epoch);
}

}  // namespace thidua::runtime
