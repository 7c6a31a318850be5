#include <limits>
#include <string>

#include "common/runtime/clock.h"
#include "common/runtime/dates.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::runtime {
namespace {

google::type::Date Date(int year, int month, int day) {
  google::type::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

absl::Time Utc(int year, int month, int day, int hour, int minute, int second) {
  return absl::FromCivil(absl::CivilSecond(year, month, day, hour, minute, second),
                         absl::UTCTimeZone());
}

TEST(VietnamTime, TheDayBeginsSevenHoursBeforeUtc) {
  EXPECT_EQ(DayInVietnam(Utc(2024, 6, 30, 16, 59, 59)), absl::CivilDay(2024, 6, 30));
  EXPECT_EQ(DayInVietnam(Utc(2024, 6, 30, 17, 0, 0)), absl::CivilDay(2024, 7, 1));
  EXPECT_EQ(StartOfDayInVietnam(absl::CivilDay(2024, 7, 1)), Utc(2024, 6, 30, 17, 0, 0));
}

TEST(Clock, WithoutOffsetIsRealTime) {
  const Clock clock;
  EXPECT_FALSE(clock.rehearsal());
  EXPECT_LT(absl::AbsDuration(clock.Now() - absl::Now()), absl::Seconds(5));
}

TEST(Clock, ARehearsalLivesOnAnotherDay) {
  const absl::Time real = Utc(2026, 3, 1, 18, 0, 0);
  const absl::Duration offset = Utc(2024, 7, 5, 18, 0, 0) - real;
  const Clock clock(offset, [real] { return real; });
  EXPECT_TRUE(clock.rehearsal());
  EXPECT_EQ(clock.Now(), Utc(2024, 7, 5, 18, 0, 0));
  EXPECT_EQ(clock.Today(), absl::CivilDay(2024, 7, 6));
}

TEST(Clock, IsAsPreciseAsWhatIsStored) {
  const absl::Time real = Utc(2026, 3, 1, 18, 0, 0) + absl::Nanoseconds(1999);
  const Clock clock(absl::ZeroDuration(), [real] { return real; });
  EXPECT_EQ(FromMicros(ToMicros(clock.Now())), clock.Now());
}

TEST(DayFromProto, ReadsADay) {
  EXPECT_EQ(*DayFromProto(Date(2025, 7, 1)), absl::CivilDay(2025, 7, 1));
}

TEST(DayFromProto, KnowsLeapYears) {
  EXPECT_TRUE(DayFromProto(Date(2024, 2, 29)).ok());
  EXPECT_TRUE(DayFromProto(Date(2000, 2, 29)).ok());
  EXPECT_FALSE(DayFromProto(Date(2023, 2, 29)).ok());
  EXPECT_FALSE(DayFromProto(Date(1900, 2, 29)).ok());
}

TEST(DayFromProto, RefusesWhatIsNoDay) {
  const int kMost = std::numeric_limits<int>::max();
  const google::type::Date refused[] = {
      Date(0, 0, 0),     Date(2024, 0, 0),  Date(2024, 7, 0),         Date(0, 7, 1),
      Date(2024, 6, 31), Date(2024, 13, 1), Date(2024, -1, 1),        Date(2024, 1, -1),
      Date(10000, 1, 1), Date(-1, 1, 1),    Date(kMost, kMost, kMost)};
  for (const google::type::Date& date : refused) {
    EXPECT_EQ(DayFromProto(date).status().code(), absl::StatusCode::kInvalidArgument)
        << date.ShortDebugString();
  }
}

TEST(DayToProto, IsReadBack) {
  for (const absl::CivilDay day :
       {absl::CivilDay(1, 1, 1), absl::CivilDay(2024, 2, 29), absl::CivilDay(9999, 12, 31)}) {
    EXPECT_EQ(*DayFromProto(DayToProto(day)), day);
  }
}

TEST(ParseDay, ReadsIsoOnly) {
  EXPECT_EQ(*ParseDay("2024-06-30"), absl::CivilDay(2024, 6, 30));
  for (const char* text : {"", "2024-6-30", "30-06-2024", "30/06/2024", "2024-06-31", "2024-06-30 ",
                           "+024-06-30", "2024-06-3x", "0000-01-01", "2024/06/30"}) {
    EXPECT_FALSE(ParseDay(text).ok()) << text;
  }
}

TEST(CheckPartialDate, TakesWhatSourcesGive) {
  for (const auto& date : {Date(2022, 11, 16), Date(2022, 9, 0), Date(2023, 0, 0), Date(0, 4, 27),
                           Date(0, 2, 29), Date(2024, 2, 29)}) {
    EXPECT_TRUE(CheckPartialDate(date).ok()) << date.ShortDebugString();
  }
}

TEST(CheckPartialDate, RefusesWhatIsNoPartOfADate) {
  for (const auto& date : {Date(0, 0, 0), Date(2023, 0, 5), Date(0, 9, 0), Date(2023, 13, 0),
                           Date(2023, 2, 29), Date(0, 2, 30), Date(10000, 0, 0), Date(-1, 1, 1)}) {
    EXPECT_FALSE(CheckPartialDate(date).ok()) << date.ShortDebugString();
  }
}

google::protobuf::Timestamp Timestamp(int64_t seconds, int nanos) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(nanos);
  return timestamp;
}

TEST(TimeFromProto, IsReadBackBeforeAndAfterTheEpoch) {
  for (const absl::Time time : {absl::UnixEpoch(), Utc(1945, 9, 2, 7, 0, 0) + absl::Microseconds(1),
                                Utc(2024, 7, 2, 8, 15, 4) + absl::Microseconds(120394),
                                Utc(1, 1, 1, 0, 0, 0), Utc(9999, 12, 31, 23, 59, 59)}) {
    EXPECT_EQ(*TimeFromProto(TimeToProto(time)), time) << time;
  }
}

TEST(TimeToProto, NanosAreNeverNegative) {
  const google::protobuf::Timestamp timestamp =
      TimeToProto(absl::UnixEpoch() - absl::Microseconds(1));
  EXPECT_EQ(timestamp.seconds(), -1);
  EXPECT_EQ(timestamp.nanos(), 999'999'000);
}

TEST(TimeFromProto, RefusesWhatTimestampForbids) {
  for (const auto& timestamp :
       {Timestamp(0, -1), Timestamp(0, 1'000'000'000), Timestamp(-62'135'596'801, 0),
        Timestamp(253'402'300'800, 0), Timestamp(std::numeric_limits<int64_t>::min(), 0)}) {
    EXPECT_EQ(TimeFromProto(timestamp).status().code(), absl::StatusCode::kInvalidArgument)
        << timestamp.ShortDebugString();
  }
}

TEST(Micros, CutTowardsThePast) {
  EXPECT_EQ(ToMicros(absl::UnixEpoch() - absl::Nanoseconds(1)), -1);
  EXPECT_EQ(ToMicros(absl::UnixEpoch() + absl::Nanoseconds(1999)), 1);
  EXPECT_EQ(ToMicros(FromMicros(-62'135'596'800'000'000)), -62'135'596'800'000'000);
}

}  // namespace
}  // namespace thidua::runtime
