#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/document/decimal.h"
#include "gtest/gtest.h"

namespace thidua::document {
namespace {

Decimal D(std::string_view text) {
  const absl::StatusOr<Decimal> decimal = Decimal::Parse(text);
  EXPECT_TRUE(decimal.ok()) << text << ": " << decimal.status();
  return decimal.value_or(Decimal());
}

std::string Text(const absl::StatusOr<Decimal>& decimal) {
  return decimal.ok() ? decimal->ToString()
                      : std::string(absl::StatusCodeToString(decimal.status().code()));
}

constexpr char kLargest[] = "9999999999999999999.999999999999999999";
constexpr char kSmallestStep[] = "0.000000000000000001";

TEST(Decimal, IsZeroAtFirst) {
  EXPECT_EQ(Decimal().ToString(), "0");
  EXPECT_EQ(Decimal(), D("0.00"));
}

TEST(Decimal, ReadsAndWritesCanonicalText) {
  for (const std::string_view text :
       {"0", "1", "-1", "71.25", "-0.5", "0.1", "10", "100.001", "0.000000000000000001", kLargest,
        "-9999999999999999999.999999999999999999"}) {
    EXPECT_EQ(D(text).ToString(), text);
  }
}

TEST(Decimal, WritesNoNeedlessZeros) {
  EXPECT_EQ(D("71.50").ToString(), "71.5");
  EXPECT_EQ(D("10.00").ToString(), "10");
  EXPECT_EQ(D("0.000000000000000000").ToString(), "0");
  EXPECT_EQ(D("-3.10").ToString(), "-3.1");
}

TEST(Decimal, IsEqualWhateverZerosItWasWrittenWith) { EXPECT_EQ(D("71.5"), D("71.500000")); }

TEST(Decimal, RefusesWhatIsNoPlainDecimal) {
  for (const std::string_view text :
       {"",    "-",     ".",       "-.",    ".5",   "5.", "-.5",  "+1",  "--1",   "1e3", "1E3",
        "0x1", "71,25", "1.206,5", "1.2.3", " 1",   "1 ", "1. 5", "01",  "007.5", "00",  "-01",
        "-0",  "-0.00", "NaN",     "inf",   "l206", "O5", "１",   "1.٣", "1-",    "1.-5"}) {
    EXPECT_EQ(Decimal::Parse(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_FALSE(Decimal::Parse(std::string_view("1\0", 2)).ok());
}

TEST(Decimal, RefusesMoreDigitsThanItHolds) {
  EXPECT_EQ(Text(Decimal::Parse("10000000000000000000")), "OUT_OF_RANGE");
  EXPECT_EQ(Text(Decimal::Parse("-10000000000000000000")), "OUT_OF_RANGE");
  EXPECT_EQ(Text(Decimal::Parse("0.0000000000000000001")), "OUT_OF_RANGE");
  EXPECT_EQ(Text(Decimal::Parse(std::string(1000, '9'))), "OUT_OF_RANGE");
}

TEST(Decimal, HoldsEveryInt64) {
  EXPECT_EQ(Decimal::FromInt(INT64_MAX).ToString(), "9223372036854775807");
  EXPECT_EQ(Decimal::FromInt(INT64_MIN).ToString(), "-9223372036854775808");
  EXPECT_EQ(Decimal::FromInt(-5), D("-5"));
}

TEST(Decimal, AddsExactly) {
  EXPECT_EQ(*D("0.1").Plus(D("0.2")), D("0.3"));
  EXPECT_EQ(Text(D("99.99").Plus(D("0.01"))), "100");
  EXPECT_EQ(Text(D("-0.5").Plus(D("0.5"))), "0");
}

TEST(Decimal, SubtractsExactly) {
  EXPECT_EQ(Text(D("0.3").Minus(D("0.1"))), "0.2");
  EXPECT_EQ(Text(D("0.1").Minus(D("0.3"))), "-0.2");
}

TEST(Decimal, AddsTenThousandTenthsExactly) {
  Decimal sum;
  for (int i = 0; i < 10'000; ++i) sum = *sum.Plus(D("0.1"));
  EXPECT_EQ(sum, D("1000"));
}

TEST(Decimal, NeverWraps) {
  EXPECT_EQ(Text(D(kLargest).Plus(D(kSmallestStep))), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(kLargest).Plus(D(kLargest))), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(absl::StrCat("-", kLargest)).Minus(D(kSmallestStep))), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(kLargest).Minus(D(kLargest))), "0");
  EXPECT_EQ(Text(D(kLargest).Times(2)), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(kLargest).Times(INT64_MAX)), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(kLargest).Times(INT64_MIN)), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(kLargest).Times(-1)), absl::StrCat("-", kLargest));
}

TEST(Decimal, MultipliesByCounts) {
  EXPECT_EQ(Text(D("0.1").Times(3)), "0.3");
  EXPECT_EQ(Text(D("2.5").Times(-4)), "-10");
  EXPECT_EQ(Text(D("71.25").Times(0)), "0");
  EXPECT_EQ(Text(D("1").Times(INT64_MIN)), "-9223372036854775808");
  EXPECT_EQ(Text(D("5000000000000000000").Times(2)), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D("4999999999999999999.5").Times(2)), "9999999999999999999");
}

TEST(Decimal, DividesWithTheRoundingAskedFor) {
  EXPECT_EQ(Text(D("1").DividedBy(D("3"), 4, Rounding::kDown)), "0.3333");
  EXPECT_EQ(Text(D("2").DividedBy(D("3"), 4, Rounding::kDown)), "0.6666");
  EXPECT_EQ(Text(D("2").DividedBy(D("3"), 4, Rounding::kHalfUp)), "0.6667");
  EXPECT_EQ(Text(D("1").DividedBy(D("3"), 18, Rounding::kHalfUp)), "0.333333333333333333");
  EXPECT_EQ(Text(D("51").DividedBy(D("55"), 2, Rounding::kHalfUp)), "0.93");
  EXPECT_EQ(Text(D("10").DividedBy(D("4"), 18, Rounding::kDown)), "2.5");
}

TEST(Decimal, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(Text(D("1").DividedBy(D("8"), 2, Rounding::kHalfUp)), "0.13");
  EXPECT_EQ(Text(D("-1").DividedBy(D("8"), 2, Rounding::kHalfUp)), "-0.13");
  EXPECT_EQ(Text(D("1").DividedBy(D("-8"), 2, Rounding::kDown)), "-0.12");
  EXPECT_EQ(Text(D("-1").DividedBy(D("-8"), 2, Rounding::kDown)), "0.12");
}

// 0.4999… must not round up by way of 0.5.
TEST(Decimal, RoundsOnceFromTheExactQuotient) {
  EXPECT_EQ(Text(D("0.499999999999999999").DividedBy(D("1"), 0, Rounding::kHalfUp)), "0");
  EXPECT_EQ(
      Text(D("4999999999999999999").DividedBy(D("9999999999999999999"), 0, Rounding::kHalfUp)),
      "0");
  EXPECT_EQ(
      Text(D("5000000000000000000").DividedBy(D("9999999999999999999"), 0, Rounding::kHalfUp)),
      "1");
}

TEST(Decimal, DividesAtItsBounds) {
  EXPECT_EQ(Text(D(kLargest).DividedBy(D(kLargest), 18, Rounding::kDown)), "1");
  EXPECT_EQ(Text(D(kSmallestStep).DividedBy(D(kLargest), 18, Rounding::kHalfUp)), "0");
  EXPECT_EQ(Text(D(kLargest).DividedBy(D(kSmallestStep), 0, Rounding::kDown)), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(kLargest).DividedBy(D("0.1"), 18, Rounding::kDown)), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D("-1").DividedBy(D(kLargest), 18, Rounding::kDown)), "0");
}

// 2^110 units by one: in 128 bits the result would wrap to 0.
TEST(Decimal, RefusesAQuotientThatWouldWrap) {
  EXPECT_EQ(
      Text(
          D("1298074214633706.907132624082305024").DividedBy(D(kSmallestStep), 0, Rounding::kDown)),
      "OUT_OF_RANGE");
}

TEST(Decimal, RefusesDivisionByZeroAndImpossibleDigits) {
  EXPECT_EQ(Text(D("1").DividedBy(Decimal(), 2, Rounding::kDown)), "INVALID_ARGUMENT");
  EXPECT_EQ(Text(D("1").DividedBy(D("3"), -1, Rounding::kDown)), "INVALID_ARGUMENT");
  EXPECT_EQ(Text(D("1").DividedBy(D("3"), 19, Rounding::kDown)), "INVALID_ARGUMENT");
}

TEST(Decimal, RoundsToFixedDigits) {
  EXPECT_EQ(Text(D("2.5").Rounded(0, Rounding::kHalfUp)), "3");
  EXPECT_EQ(Text(D("-2.5").Rounded(0, Rounding::kHalfUp)), "-3");
  EXPECT_EQ(Text(D("2.9").Rounded(0, Rounding::kDown)), "2");
  EXPECT_EQ(Text(D("71.255").Rounded(2, Rounding::kHalfUp)), "71.26");
  EXPECT_EQ(Text(D("71.25").Rounded(18, Rounding::kHalfUp)), "71.25");
  EXPECT_EQ(Text(D(kLargest).Rounded(0, Rounding::kDown)), "9999999999999999999");
  EXPECT_EQ(Text(D(kLargest).Rounded(0, Rounding::kHalfUp)), "OUT_OF_RANGE");
  EXPECT_EQ(Text(D(kLargest).Rounded(18, Rounding::kHalfUp)), kLargest);
}

TEST(Decimal, IsOrderedByValue) {
  EXPECT_LT(D("9.9"), D("10"));
  EXPECT_LT(D("-10"), D("-9.9"));
  EXPECT_LT(D("-0.1"), D("0"));
  EXPECT_GT(D("0.100000000000000001"), D("0.1"));
  EXPECT_LE(D("1.0"), D("1"));
}

// Against a second way of computing: integers that fit 64 bits, scaled.
TEST(Decimal, AgreesWithIntegerDivisionOnAGrid) {
  for (int64_t dividend = -130; dividend <= 130; dividend += 13) {
    for (int64_t divisor = -21; divisor <= 21; ++divisor) {
      if (divisor == 0) continue;
      const absl::StatusOr<Decimal> quotient =
          Decimal::FromInt(dividend).DividedBy(Decimal::FromInt(divisor), 3, Rounding::kDown);
      EXPECT_EQ(*quotient->Times(1000), Decimal::FromInt(dividend * 1000 / divisor))
          << dividend << "/" << divisor;
    }
  }
}

}  // namespace
}  // namespace thidua::document
