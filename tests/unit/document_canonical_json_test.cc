#include <cstdint>
#include <random>
#include <string>
#include <type_traits>

#include "common/document/canonical_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::document {
namespace {

using ::testing::HasSubstr;

std::string Written(const Value& value) {
  const absl::StatusOr<std::string> text = Canonical(value);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.value_or("");
}

std::string WriteRefusal(const Value& value) {
  const absl::StatusOr<std::string> text = Canonical(value);
  EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(text.status().message());
}

std::string ReadRefusal(std::string_view text) {
  const absl::StatusOr<Value> value = ParseCanonical(text);
  EXPECT_EQ(value.status().code(), absl::StatusCode::kInvalidArgument) << text;
  return std::string(value.status().message());
}

Value Report() {
  return Value::Object{
      {"window", "2024-h1"},
      {"cluster", "mnbg"},
      {"classes", 234},
      {"figures", Value::Array{Value::Object{{"school", "quang-ninh"}, {"learners", 3864}},
                               Value::Object{{"school", "lao-cai"}, {"learners", nullptr}}}},
      {"share", *Decimal::Parse("71.250")},
      {"final", true},
      {"note", "Chênh lệch đã được giải trình"},
  };
}

constexpr std::string_view kReport =
    R"({"classes":234,"cluster":"mnbg","figures":[{"learners":3864,"school":"quang-ninh"},)"
    R"({"learners":null,"school":"lao-cai"}],"final":true,"note":"Chênh lệch đã được giải trình",)"
    R"("share":"71.25","window":"2024-h1"})";

TEST(Canonical, SortsKeysAndLeavesNoSpace) { EXPECT_EQ(Written(Report()), kReport); }

TEST(Canonical, WritesEmptyContainers) {
  EXPECT_EQ(Written(Value::Object{}), "{}");
  EXPECT_EQ(Written(Value::Array{}), "[]");
  EXPECT_EQ(Written(""), R"("")");
}

TEST(Canonical, WritesIntegersOfEveryWidthExactly) {
  EXPECT_EQ(Written(INT64_MAX), "9223372036854775807");
  EXPECT_EQ(Written(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(Written(0), "0");
  EXPECT_EQ(Written(uint32_t{4294967295u}), "4294967295");
  EXPECT_EQ(Written(int8_t{-1}), "-1");
}

TEST(Canonical, HasNoWayInForFloatsAndWideUnsigned) {
  static_assert(!std::is_constructible_v<Value, double>);
  static_assert(!std::is_constructible_v<Value, float>);
  static_assert(!std::is_constructible_v<Value, uint64_t>);
  static_assert(!std::is_constructible_v<Value, char>);
  static_assert(!std::is_constructible_v<Value, const int*>);
}

TEST(Canonical, TakesTextsForTextsAndNotForBooleans) {
  EXPECT_EQ(Written("true"), R"("true")");
  EXPECT_EQ(Written(true), "true");
  EXPECT_EQ(Written(nullptr), "null");
  EXPECT_EQ(Written(Value()), "null");
}

TEST(Canonical, EscapesWhatMustBeAndNothingElse) {
  EXPECT_EQ(Written("\b\t\n\f\r\"\\"), R"("\b\t\n\f\r\"\\")");
  EXPECT_EQ(Written(std::string_view("\0\x01\x0b\x1f", 4)), R"("\u0000\u0001\u000b\u001f")");
  EXPECT_EQ(Written("/\x7F' <>&\u2028 Đắk Lắk \U0001F3C6"),
            "\"/\x7F' <>&\u2028 Đắk Lắk \U0001F3C6\"");
}

// RFC 8785 orders by UTF-16 unit, where U+1F3C6 (a surrogate pair) would come before U+FB33.
TEST(Canonical, OrdersKeysByCodePoint) {
  EXPECT_EQ(Written(Value::Object{
                {"\U0001F3C6", 1}, {"\uFF21", 2}, {"đ", 3}, {"z", 4}, {"", 5}, {"\x7F", 6}}),
            "{\"\":5,\"z\":4,\"\x7F\":6,\"đ\":3,\"\uFF21\":2,\"\U0001F3C6\":1}");
}

TEST(Canonical, RefusesTextThatIsNotNfcAndSaysWhere) {
  const Value report = Value::Object{
      {"figures", Value::Array{1, 2, Value::Object{{"school", "Ho\u0300a Bi\u0300nh"}}}},
  };
  EXPECT_EQ(WriteRefusal(report), "figures[2].school is not in NFC");
  EXPECT_EQ(WriteRefusal("Ho\u0300a"), "the document is not in NFC");
  EXPECT_THAT(WriteRefusal(Value::Object{{"ho\u0300a", 1}}), HasSubstr("is not in NFC"));
}

TEST(Canonical, RefusesTextThatIsNotUtf8) {
  EXPECT_EQ(WriteRefusal(Value::Array{"H\xFF"}), "[0] is not UTF-8");
  EXPECT_EQ(WriteRefusal(Value::Object{{"k\xFF", 1}}), "k\\xff is not UTF-8");
}

TEST(Canonical, NamesThePlaceAfterEarlierOnesWereLeft) {
  EXPECT_EQ(
      WriteRefusal(Value::Object{{"a", Value::Object{{"b", Value::Array{1}}}}, {"c", "\xFF"}}),
      "c is not UTF-8");
}

Value Nested(int depth) {
  Value value;
  for (int i = 0; i < depth; ++i) value = Value::Array{std::move(value)};
  return value;
}

TEST(Canonical, NestsUpToItsBound) {
  EXPECT_TRUE(Canonical(Nested(kMaxDepth)).ok());
  EXPECT_THAT(WriteRefusal(Nested(kMaxDepth + 1)), HasSubstr("nested deeper than 64"));
}

TEST(ParseCanonical, ReadsWhatCanonicalWrites) {
  const absl::StatusOr<Value> read = ParseCanonical(kReport);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, Report());
}

TEST(ParseCanonical, GivesTheContent) {
  const absl::StatusOr<Value> report = ParseCanonical(kReport);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(*report->Find("classes")->AsInt(), 234);
  EXPECT_EQ(*report->Find("cluster")->AsString(), "mnbg");
  EXPECT_EQ(*report->Find("final")->AsBool(), true);
  ASSERT_EQ(report->Find("figures")->AsArray()->size(), 2u);
  EXPECT_TRUE(report->Find("figures")->AsArray()->at(1).Find("learners")->IsNull());
  EXPECT_EQ(report->AsObject()->size(), 7u);
  EXPECT_EQ(report->Find("absent"), nullptr);
  EXPECT_EQ(report->Find("classes")->AsString(), nullptr);
  EXPECT_EQ(report->Find("classes")->Find("x"), nullptr);
}

TEST(ParseCanonical, ReadsScalarsAtTheTop) {
  for (const std::string_view text :
       {"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", R"("")",
        R"("\u0000\u001f\n\"\\")", "[]", "{}"}) {
    const absl::StatusOr<Value> value = ParseCanonical(text);
    ASSERT_TRUE(value.ok()) << value.status();
    EXPECT_EQ(Written(*value), text);
  }
}

TEST(ParseCanonical, RefusesSpacesAnywhere) {
  for (const std::string_view text :
       {" 1", "1 ", "1\n", "[ 1]", "[1 ]", "[1, 2]", "[1 ,2]", R"({"a": 1})", R"({"a" :1})",
        R"({ "a":1})", R"({"a":1, "b":2})", "[]\r\n", "\t[]"}) {
    ReadRefusal(text);
  }
}

TEST(ParseCanonical, RefusesOtherWaysToWriteANumber) {
  for (const std::string_view text :
       {"00", "01", "-0", "-01", "+1", "1.0", "0.5", "1e3", "1E3", "-", "--1", "1-", ".5", "0x1",
        "9223372036854775808", "-9223372036854775809", "NaN", "Infinity",
        "99999999999999999999999999"}) {
    ReadRefusal(text);
  }
}

TEST(ParseCanonical, RefusesRepeatedAndUnorderedKeys) {
  EXPECT_EQ(ReadRefusal(R"({"a":1,"a":2})"),
            "not canonical JSON at byte 8: key repeated or out of order");
  EXPECT_THAT(ReadRefusal(R"({"b":1,"a":2})"), HasSubstr("out of order"));
  EXPECT_THAT(ReadRefusal(R"({"ab":1,"a":2})"), HasSubstr("out of order"));
  EXPECT_THAT(ReadRefusal(R"({"đ":1,"z":2})"), HasSubstr("out of order"));
}

TEST(ParseCanonical, RefusesOtherWaysToWriteACharacter) {
  for (const std::string_view text :
       {R"("\/")", R"("\u0041")", R"("\u000a")", R"("\u000B")", R"("\u000A")", R"("\u007f")",
        R"("\u0022")", R"("\u1ea1")", R"("\ud83c\udfc6")", R"("\ud83c")", R"("\x01")", R"("\'")",
        R"("\u00")", R"("\u")", R"("\)", R"("\N")"}) {
    EXPECT_THAT(ReadRefusal(text), HasSubstr("an escape")) << text;
  }
}

TEST(ParseCanonical, RefusesRawControlCharacters) {
  for (char c = 0; c < 0x20; ++c) {
    EXPECT_THAT(ReadRefusal(std::string{'"', c, '"'}), HasSubstr("a control character"));
  }
}

TEST(ParseCanonical, RefusesTextsNotInNfcOrNotUtf8) {
  for (const std::string_view text : {"\"Ho\u0300a\"", "\"\u212B\"", "\"H\xFF\"", "\"\xC0\x80\"",
                                      "\"\xED\xA0\x80\"", "{\"ho\u0300a\":1}", "\"\xE1\xBB\""}) {
    EXPECT_THAT(ReadRefusal(text), HasSubstr("not UTF-8 in NFC"));
  }
}

TEST(ParseCanonical, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"",           "\xEF\xBB\xBF{}",
                                      "nul",        "nulll",
                                      "True",       "'a'",
                                      "[",          "]",
                                      "{",          "}",
                                      "[1",         "[1,",
                                      "[1,]",       "[,1]",
                                      "{\"a\"",     "{\"a\":",
                                      "{\"a\":1",   "{\"a\":1,",
                                      "{\"a\":1,}", "{,}",
                                      "{a:1}",      "{1:1}",
                                      "{\"a\"1}",   "[1 2]",
                                      "\"",         "\"a",
                                      "{}{}",       "[]]",
                                      "/**/1",      "[1]x"}) {
    ReadRefusal(text);
  }
  ReadRefusal(std::string_view("1\0", 2));
}

TEST(ParseCanonical, NestsUpToItsBound) {
  EXPECT_TRUE(ParseCanonical(Written(Nested(kMaxDepth))).ok());
  const std::string deeper = std::string(kMaxDepth + 1, '[') + std::string(kMaxDepth + 1, ']');
  EXPECT_THAT(ReadRefusal(deeper), HasSubstr("nested deeper than 64"));
  ReadRefusal(std::string(1'000'000, '['));
}

// The promise that verification rests on: what is accepted is written back byte for byte, so every
// accepted text is the only one of its value.
TEST(ParseCanonical, AcceptsOnlyWhatIsWrittenBackTheSame) {
  std::mt19937 random(2024);
  const std::string_view alphabet = "{}[]\",:0123456789-.eE \n\\u/bnaltrfsuđ\x80\xCC";
  int accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text(kReport);
    const int changes = 1 + static_cast<int>(random() % 3);
    for (int change = 0; change < changes; ++change) {
      const size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = c;
          break;
        case 1:
          text.insert(at, 1, c);
          break;
        default:
          text.erase(at, 1 + random() % 4);
      }
    }
    const absl::StatusOr<Value> value = ParseCanonical(text);
    if (!value.ok()) continue;
    ++accepted;
    ASSERT_EQ(Written(*value), text);
  }
  EXPECT_GT(accepted, 1000);  // otherwise nothing was tried
}

}  // namespace
}  // namespace thidua::document
