#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/runtime/ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::runtime {
namespace {

TEST(NewId, HasTheFormOfAnId) {
  const std::string id = NewId();
  EXPECT_EQ(id.size(), kIdLength);
  EXPECT_TRUE(IsId(id)) << id;
}

TEST(NewId, TellsWhenItWasMade) {
  const absl::Time before = absl::Now() - absl::Milliseconds(1);
  const absl::Time made = IdTime(NewId());
  EXPECT_GE(made, before);
  // Other tests of this process may have carried the sequence a little ahead.
  EXPECT_LE(made, absl::Now() + absl::Seconds(1));
}

TEST(IdTime, IsThatOfTheUlidSpecification) {
  EXPECT_EQ(IdTime("01arz3ndektsv4rrffq69g5fav"), absl::FromUnixMillis(1469922850259));
}

TEST(IdTime, OfAnotherTextIsBeforeAllTime) {
  EXPECT_EQ(IdTime("windows/2024-h1"), absl::InfinitePast());
}

TEST(NewId, OneThreadSeesThemAscend) {
  std::string last = NewId();
  for (int i = 0; i < 100'000; ++i) {
    std::string next = NewId();
    ASSERT_LT(last, next);
    last = std::move(next);
  }
}

TEST(NewId, ThreadsNeverGetTheSame) {
  std::vector<std::vector<std::string>> made(8);
  std::vector<std::thread> threads;
  for (std::vector<std::string>& mine : made) {
    threads.emplace_back([&mine] {
      for (int i = 0; i < 5'000; ++i) mine.push_back(NewId());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> all;
  for (const std::vector<std::string>& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 40'000u);
}

TEST(NewId, AnotherMillisecondHasOtherRandomBits) {
  const std::string first = NewId();
  absl::SleepFor(absl::Milliseconds(5));
  const std::string second = NewId();
  EXPECT_NE(first.substr(10), second.substr(10));
  EXPECT_NE(first.substr(10, 8), second.substr(10, 8));
}

TEST(IsId, RefusesOtherTexts) {
  const std::string id = NewId();
  std::string upper = id;
  upper[25] = 'A';
  std::string left_out = id;
  left_out[25] = 'u';
  std::string too_large = id;
  too_large[0] = '8';
  for (const std::string& text :
       {std::string(), id.substr(1), id + "0", upper, left_out, too_large}) {
    EXPECT_FALSE(IsId(text)) << text;
  }
}

TEST(NewUuid4, IsOne) {
  std::set<std::string> all;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = NewUuid4();
    EXPECT_TRUE(IsUuid4(uuid)) << uuid;
    all.insert(uuid);
  }
  EXPECT_EQ(all.size(), 1000u);
}

TEST(IsUuid4, EitherCase) {
  EXPECT_TRUE(IsUuid4("f47ac10b-58cc-4372-a567-0e02b2c3d479"));
  EXPECT_TRUE(IsUuid4("F47AC10B-58CC-4372-A567-0E02B2C3D479"));
}

TEST(IsUuid4, RefusesOtherTexts) {
  for (const char* text :
       {"", "f47ac10b58cc4372a5670e02b2c3d479", "f47ac10b-58cc-1372-a567-0e02b2c3d479",
        "f47ac10b-58cc-4372-c567-0e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d47",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479 ", "{f47ac10b-58cc-4372-a567-0e02b2c3d47}",
        "g47ac10b-58cc-4372-a567-0e02b2c3d479", "f47ac10b-58cc-4372-a567-0e02b2c3d4-9",
        "00000000-0000-0000-0000-000000000000"}) {
    EXPECT_FALSE(IsUuid4(text)) << text;
  }
}

}  // namespace
}  // namespace thidua::runtime
