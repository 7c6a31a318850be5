#include <string>

#include "gtest/gtest.h"
#include "services/cli/partial_date.h"

namespace thidua::cli {
namespace {

TEST(PartialDateTest, WhatIsReadIsWrittenAgain) {
  for (const char* text : {"2021-02-03", "2021-02", "2021", "--02-29"}) {
    const auto date = ReadPartialDate(text);
    ASSERT_TRUE(date.ok()) << text << ": " << date.status();
    EXPECT_EQ(PartialDateText(*date, /*vietnamese=*/false), text);
  }
}

TEST(PartialDateTest, InVietnameseTheDayComesFirst) {
  EXPECT_EQ(PartialDateText(*ReadPartialDate("2021-02-03"), true), "03/02/2021");
  EXPECT_EQ(PartialDateText(*ReadPartialDate("2021-02"), true), "02/2021");
  EXPECT_EQ(PartialDateText(*ReadPartialDate("--02-03"), true), "03/02");
  EXPECT_EQ(PartialDateText({}, true), "");
}

TEST(PartialDateTest, WhatIsNoDateIsRefused) {
  for (const char* text : {"", "-", "21", "2021-2", "2021-13", "2023-02-29", "2021-00-03", "--02",
                           "2021-02-03-04", "03/02/2021"}) {
    EXPECT_FALSE(ReadPartialDate(text).ok()) << text;
  }
}

}  // namespace
}  // namespace thidua::cli
