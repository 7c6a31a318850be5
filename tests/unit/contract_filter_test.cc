#include "common/contract/filter.h"
#include "common/contract/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/contract_schema.h"

namespace thidua::contract {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const FilterFields& Fields() {
  static const FilterFields& fields = *[] {
    static const Schema& schema = *new Schema(
        "enum SchoolState { SCHOOL_STATE_UNSPECIFIED = 0; SCHOOL_STATE_ACTIVE = 1; "
        "SCHOOL_STATE_MERGED = 2; }"
        "message School { SchoolState state = 1; }");
    const auto* states = schema.Type("School").field(0)->enum_type();
    using Kind = FilterField::Kind;
    return new FilterFields{{"cluster", {"s.cluster", Kind::kText}},
                            {"members", {"s.members", Kind::kInteger}},
                            {"valid_from", {"s.valid_from", Kind::kDay}},
                            {"update_time", {"s.updated_at", Kind::kInstant}},
                            {"state", {"s.state", Kind::kEnumNumber, states}},
                            {"state_name", {"s.state_name", Kind::kEnumName, states}},
                            {"open", {"s.open", Kind::kBool}}};
  }();
  return fields;
}

void ExpectSql(const std::string& filter, const std::string& sql, const Parameters& parameters) {
  const auto condition = ParseFilter(filter, Fields());
  ASSERT_TRUE(condition.ok()) << filter << ": " << condition.status();
  EXPECT_EQ(condition->sql, sql);
  EXPECT_EQ(condition->parameters, parameters);
}

void ExpectRefused(const std::string& filter, const std::string& position) {
  const auto condition = ParseFilter(filter, Fields());
  ASSERT_FALSE(condition.ok()) << filter << " became " << condition->sql;
  EXPECT_EQ(ReasonOf(condition.status()), access::v1::REASON_FILTER_INVALID);
  EXPECT_EQ(MetadataOf(condition.status()).at("position"), position)
      << filter << ": " << condition.status();
}

TEST(FilterTest, NoFilterIsTrue) {
  ExpectSql("", "TRUE", {});
  ExpectSql("   ", "TRUE", {});
}

TEST(FilterTest, ComparisonsBindTheirValues) {
  ExpectSql("cluster = \"clusters/mnbg\"", "s.cluster = ?", {"clusters/mnbg"});
  ExpectSql("cluster=clusters/mnbg", "s.cluster = ?", {"clusters/mnbg"});
  ExpectSql("cluster = 'Miền núi \"biên giới\"'", "s.cluster = ?", {"Miền núi \"biên giới\""});
  ExpectSql("cluster = \"a\\\"b\\\\c\"", "s.cluster = ?", {"a\"b\\c"});
  ExpectSql("members >= 7 AND members<12", "s.members >= ? AND s.members < ?",
            {int64_t{7}, int64_t{12}});
  ExpectSql("members > -5 AND members <= 9", "s.members > ? AND s.members <= ?",
            {int64_t{-5}, int64_t{9}});
  ExpectSql("valid_from <= \"2024-06-30\"", "s.valid_from <= ?", {"2024-06-30"});
  ExpectSql("update_time > \"1970-01-01T07:00:01.000002+07:00\"", "s.updated_at > ?",
            {int64_t{1000002}});
  ExpectSql("open = true", "s.open = ?", {int64_t{1}});
}

TEST(FilterTest, EnumValuesGoByTheirNames) {
  ExpectSql("state = ACTIVE", "s.state = ?", {int64_t{1}});
  ExpectSql("state = \"SCHOOL_STATE_MERGED\"", "s.state = ?", {int64_t{2}});
  ExpectSql("state_name = MERGED", "s.state_name = ?", {"SCHOOL_STATE_MERGED"});
  ExpectRefused("state = CLOSED", "9");
  ExpectRefused("state = 1", "9");
}

TEST(FilterTest, RowsWithoutAValueDifferFromEveryValue) {
  ExpectSql("cluster != \"clusters/mnbg\"", "NOT (s.cluster <=> ?)", {"clusters/mnbg"});
}

TEST(FilterTest, NothingOfTheCallersEntersTheSql) {
  ExpectSql("cluster = \"' OR 1=1; DROP TABLE school; --\"", "s.cluster = ?",
            {"' OR 1=1; DROP TABLE school; --"});
  ExpectRefused("cluster = \"a\"; DROP TABLE school", "14");
  ExpectRefused("s.cluster = \"a\"", "1");
  ExpectRefused("1=1", "1");
}

TEST(FilterTest, UnknownFieldsAreNamed) {
  ExpectRefused("password = \"x\"", "1");
  ExpectRefused("cluster = \"a\" AND Members = 1", "19");
  EXPECT_THAT(std::string(ParseFilter("x = 1", Fields()).status().message()),
              HasSubstr("cluster, members"));
}

TEST(FilterTest, PositionsCountCodePoints) {
  ExpectRefused("cluster = \"Hòa Bình\" OR members = 1", "22");
}

TEST(FilterTest, WhatIsNotOfferedIsRefused) {
  ExpectRefused("NOT cluster = \"a\"", "1");
  ExpectRefused("(cluster = \"a\")", "1");
  ExpectRefused("cluster = \"a\" OR cluster = \"b\"", "15");
  ExpectRefused("cluster = \"a\" and members = 1", "15");
  ExpectRefused("-cluster = \"a\"", "1");
  ExpectRefused("cluster : \"a\"", "9");
  ExpectRefused("cluster < \"a\"", "9");
  ExpectRefused("state > ACTIVE", "7");
}

TEST(FilterTest, IncompleteFiltersAreRefused) {
  ExpectRefused("cluster", "8");
  ExpectRefused("cluster =", "10");
  ExpectRefused("cluster = \"a", "11");
  ExpectRefused("cluster = \"a\\", "11");
  ExpectRefused("cluster = \"a\" AND", "18");
  ExpectRefused("AND", "1");
  ExpectRefused("= \"a\"", "1");
  ExpectRefused("cluster == \"a\"", "10");
  ExpectRefused("cluster ! \"a\"", "9");
  ExpectRefused("members = 5 6", "13");
}

TEST(FilterTest, ValuesHaveTheirKind) {
  for (const char* value : {"seven", "7.5", "1e3", "9223372036854775808", "\"\"", "+7", "\" 7\""}) {
    ExpectRefused(std::string("members = ") + value, "11");
  }
  for (const char* value : {"\"2024-02-30\"", "\"2024-6-1\"", "2024", "\"2024-06-30' OR '1\""}) {
    ExpectRefused(std::string("valid_from = ") + value, "14");
  }
  for (const char* value : {"\"2024-06-30\"", "\"infinite-future\"", "\"now\""}) {
    ExpectRefused(std::string("update_time = ") + value, "15");
  }
  ExpectRefused("open = 1", "8");
}

TEST(FilterTest, FiltersAreBounded) {
  ExpectRefused("cluster = \"" + std::string(1000, 'a') + "\"", "1");
  std::string many = "members > 0";
  for (int i = 0; i < 19; ++i) many += " AND members > 0";
  EXPECT_TRUE(ParseFilter(many, Fields()).ok());
  EXPECT_FALSE(ParseFilter(many + " AND members > 0", Fields()).ok());
}

TEST(FilterTest, TextThatIsNotNfcIsRefused) {
  ExpectRefused("cluster = \"Ho\xcc\x80\x61\"", "1");
  ExpectRefused("cluster = \"\xff\"", "1");
}

TEST(FilterTest, HostileBytesNeverCrash) {
  const std::string alphabet = "cluster=!<>\"'\\ ()AND7-\xc3\xb2";
  uint32_t state = 1;
  for (int round = 0; round < 20000; ++round) {
    std::string filter;
    for (int i = 0; i < 12; ++i) {
      state = state * 1664525 + 1013904223;
      filter.push_back(alphabet[(state >> 16) % alphabet.size()]);
    }
    const auto condition = ParseFilter(filter, Fields());
    EXPECT_EQ(ReasonOf(condition.status()),
              condition.ok() ? access::v1::REASON_UNSPECIFIED : access::v1::REASON_FILTER_INVALID);
  }
}

}  // namespace
}  // namespace thidua::contract
