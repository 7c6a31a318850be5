#include <optional>

#include "common/contract/etag.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "gtest/gtest.h"

namespace thidua::contract {
namespace {

constexpr char kReport[] = "windows/2024-h1/reports/dien-bien";

TEST(ResourceNameTest, IdsAreLowerCaseLettersAndDigits) {
  for (const char* id :
       {"a", "7", "2024-h1", "dien-bien", "so_hoc_vien", "01j1qzv7v3rk0g9m9m5w8xq7yt"}) {
    EXPECT_TRUE(IsResourceId(id)) << id;
  }
  for (const char* id :
       {"", "-a", "a-", "_a", "A", "a.b", "a b", "điện-biên", "a/b", "..", "a\n", "%2e"}) {
    EXPECT_FALSE(IsResourceId(id)) << id;
  }
  EXPECT_TRUE(IsResourceId(std::string(63, 'a')));
  EXPECT_FALSE(IsResourceId(std::string(64, 'a')));
  EXPECT_FALSE(IsResourceId(std::string_view("a\0b", 3)));
}

TEST(ResourceNameTest, FindsTheIdentifierOfACollection) {
  EXPECT_EQ(SegmentAfter(kReport, "reports"), "dien-bien");
  EXPECT_EQ(SegmentAfter(kReport, "windows"), "2024-h1");
  EXPECT_EQ(SegmentAfter(kReport, "schools"), std::nullopt);
}

TEST(ResourceNameTest, AnIdentifierIsNoCollection) {
  EXPECT_EQ(SegmentAfter("windows/reports/schools/x", "reports"), std::nullopt);
  EXPECT_EQ(SegmentAfter("windows/reports/reports/x", "reports"), "x");
}

TEST(ResourceNameTest, MalformedAndAmbiguousNamesHaveNoSegments) {
  for (const char* name : {"", "/", "schools", "schools/", "/schools/a", "schools//a", "schools/a/",
                           "schools/A", "schools/a/../b", "schools/a schools/b",
                           "schools/a/schools/b", "//thidua.vn/schools/a", "schools/a\n"}) {
    EXPECT_EQ(SegmentAfter(name, "schools"), std::nullopt) << name;
  }
}

TEST(ResourceNameTest, PatternsMatchWholeNames) {
  EXPECT_TRUE(Matches(kReport, "windows/{window}/reports/{report}"));
  EXPECT_FALSE(Matches("windows/2024-h1", "windows/{window}/reports/{report}"));
  EXPECT_FALSE(Matches("windows/2024-h1/reports/dien-bien/revisions/1",
                       "windows/{window}/reports/{report}"));
  EXPECT_FALSE(Matches("windows/2024-h1/figures/dien-bien", "windows/{window}/reports/{report}"));
  EXPECT_FALSE(Matches("windows/2024-h1/reports/", "windows/{window}/reports/{report}"));
  EXPECT_TRUE(Matches("clusters/mnbg/settings", "clusters/{cluster}/settings"));
}

TEST(ResourceNameTest, NoNameIsLongerThanItsColumn) {
  std::string name = "windows/a";
  for (int i = 0; i < 4; ++i) name += "/reports/" + std::string(60, 'a');
  EXPECT_GT(name.size(), kLongestName);
  EXPECT_FALSE(IsResourceName(name));
}

TEST(ResourceNameTest, BrokenPatternsAreRefused) {
  for (const char* pattern :
       {"", "windows", "{window}", "windows/window", "windows/{}", "windows/{Window}",
        "windows/{window", "windows/{window}/", "windows/{a}/{b}"}) {
    EXPECT_EQ(NamePattern::Parse(pattern).ok(), std::string_view(pattern) == "windows") << pattern;
  }
}

TEST(ResourceNameTest, ParentsOfPatterns) {
  const auto report = NamePattern::Parse("windows/{window}/reports/{report}");
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->Parent()->ToString(), "windows/{window}");
  EXPECT_FALSE(report->Parent()->Parent().has_value());
  EXPECT_EQ(NamePattern::Parse("clusters/{cluster}/settings")->Parent()->ToString(),
            "clusters/{cluster}");
}

TEST(ResourceNameTest, Joins) {
  EXPECT_EQ(Join({"windows", "2024-h1", "reports", "dien-bien"}), kReport);
}

TEST(EtagTest, GoesThereAndBack) {
  EXPECT_EQ(Etag(7), "\"v7\"");
  for (const int64_t version : {int64_t{1}, int64_t{7}, INT64_MAX})
    EXPECT_EQ(*VersionOf(Etag(version)), version);
}

TEST(EtagTest, RefusesEverythingElse) {
  for (const char* etag :
       {"", "\"\"", "\"v\"", "v7", "7", "\"v07\"", "\"v+7\"", "\"v-7\"", "\"v0\"", "\"v7\" ",
        "W/\"v7\"", "*", "\"v7", "\"v7x\"", "\"v9223372036854775808\"", "\"V7\"", "\"v 7\""}) {
    const auto version = VersionOf(etag);
    ASSERT_FALSE(version.ok()) << etag;
    EXPECT_EQ(ReasonOf(version.status()), access::v1::REASON_INVALID_REQUEST);
    EXPECT_EQ(FieldViolationsOf(version.status())[0].field, "etag");
  }
}

}  // namespace
}  // namespace thidua::contract
