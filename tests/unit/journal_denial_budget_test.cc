// A caller that is denied without end gets few events, and none of what was left out is forgotten.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/journal/denial_budget.h"

namespace thidua::journal {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

TEST(DenialBudgetTest, RecordsABurstAndThenOneAtATime) {
  DenialBudget budget;
  for (int i = 0; i < DenialBudget::kAtOnce; ++i) ASSERT_TRUE(budget.Decide("a", kStart).record);
  EXPECT_FALSE(budget.Decide("a", kStart).record);
  absl::Time now = kStart;
  for (int i = 0; i < 3; ++i) {
    now += DenialBudget::kOneMoreAfter;
    EXPECT_TRUE(budget.Decide("a", now).record);
    EXPECT_FALSE(budget.Decide("a", now).record);
  }
}

TEST(DenialBudgetTest, TheNextThatIsRecordedTellsHowManyWereNot) {
  DenialBudget budget;
  for (int i = 0; i < DenialBudget::kAtOnce; ++i) EXPECT_EQ(budget.Decide("a", kStart).left_out, 0);
  for (int i = 1; i <= 7; ++i) EXPECT_EQ(budget.Decide("a", kStart).left_out, i);
  const absl::Time later = kStart + DenialBudget::kOneMoreAfter;
  const DenialBudget::Decision told = budget.Decide("a", later);
  EXPECT_TRUE(told.record);
  EXPECT_EQ(told.left_out, 7);
  budget.NotRecorded("a", told);
  EXPECT_EQ(budget.Decide("a", later + DenialBudget::kOneMoreAfter).left_out, 8);
}

TEST(DenialBudgetTest, OneCallersNoiseSilencesNobodyElse) {
  DenialBudget budget;
  for (int i = 0; i < 10 * DenialBudget::kAtOnce; ++i) budget.Decide("a", kStart);
  EXPECT_TRUE(budget.Decide("b", kStart).record);
}

TEST(DenialBudgetTest, ManyCallersDoNotMakeItForgetWhatIsToBeTold) {
  DenialBudget budget;
  for (int i = 0; i <= DenialBudget::kAtOnce; ++i) budget.Decide("a", kStart);
  const absl::Time much_later = kStart + absl::Hours(24);
  for (int i = 0; i < 5000; ++i) budget.Decide(absl::StrCat("caller ", i), much_later);
  EXPECT_EQ(budget.Decide("a", much_later).left_out, 1);
}

}  // namespace
}  // namespace thidua::journal
