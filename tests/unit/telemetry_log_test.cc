#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <limits>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/telemetry/json_line.h"
#include "common/telemetry/log.h"
#include "common/telemetry/redaction.h"
#include "common/telemetry/trace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::telemetry {
namespace {

using testing::HasSubstr;
using testing::Not;

// What `write` sends through a started log, the time left out.
template <typename Write>
std::string Logged(Write write, LogOptions options = {.service = "thidua-reporting"}) {
  testing::internal::CaptureStderr();
  StartLog(options);
  write();
  StopLog();
  const std::string text = testing::internal::GetCapturedStderr();
  return std::regex_replace(
      text, std::regex(R"re("time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",)re"), "");
}

TEST(Log, RecordIsOneJsonObjectOnOneLine) {
  EXPECT_EQ(
      Logged([] {
        Log(Severity::kInfo, "đã nộp báo cáo",
            {{"resource", "windows/2024-h1/reports/dien-bien"},
             {"version", 3},
             {"bytes", uint64_t{18446744073709551615u}},
             {"share", 0.1},
             {"late", false},
             {"why", absl::NotFoundError("no such school").message()},
             {"author", std::string("dien-bien")}});
      }),
      "{\"severity\":\"INFO\",\"service\":\"thidua-reporting\",\"message\":\"đã nộp báo cáo\","
      "\"resource\":\"windows/2024-h1/reports/dien-bien\",\"version\":3,"
      "\"bytes\":18446744073709551615,\"share\":0.1,\"late\":false,"
      "\"why\":\"no such school\",\"author\":\"dien-bien\"}\n");
}

TEST(Log, CarriesTheTraceOfTheThread) {
  const TraceContext trace = NewTrace();
  const std::string text = Logged([&trace] {
    TraceScope scope(trace);
    Log(Severity::kInfo, "report accepted");
  });
  EXPECT_THAT(text, HasSubstr(absl::StrCat("\"trace_id\":\"", trace.TraceIdHex(),
                                           "\",\"span_id\":\"", trace.SpanIdHex(), "\"")));
}

TEST(Log, BelowTheThresholdNothingIsWritten) {
  EXPECT_EQ(Logged([] { Log(Severity::kInfo, "started"); },
                   {.service = "thidua-awards", .threshold = Severity::kWarning}),
            "");
}

TEST(Log, ThresholdCanBeChangedWhileRunning) {
  const std::string text = Logged([] {
    Log(Severity::kDebug, "before");
    SetLogThreshold(Severity::kDebug);
    Log(Severity::kDebug, "after");
  });
  EXPECT_THAT(text, Not(HasSubstr("before")));
  EXPECT_THAT(
      text,
      HasSubstr("\"severity\":\"DEBUG\",\"service\":\"thidua-reporting\",\"message\":\"after\""));
}

TEST(Log, BeforeItsStartRecordsAreWrittenAtOnce) {
  StopLog();
  SetLogThreshold(Severity::kInfo);
  testing::internal::CaptureStderr();
  Log(Severity::kError, "too early");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("\"message\":\"too early\"}\n"));
}

TEST(Log, AKeyOfTheRecordItselfIsNotRepeated) {
  const std::string text = Logged([] { Log(Severity::kInfo, "x", {{"severity", "none"}}); });
  EXPECT_THAT(text, HasSubstr("\"field_severity\":\"none\""));
}

TEST(Log, SecretsAreNotPrintedByWhateverRoadTheyCome) {
  const std::string pem =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIPlanted\n-----END PRIVATE KEY-----\n";
  const std::string text = Logged([&pem] {
    Log(Severity::kInfo, "loaded " + pem,
        {{"app_password", "planted"},
         {"note", pem},
         {"page_token", "planted"},
         {"signing_key", 17}});
  });
  EXPECT_THAT(text, Not(HasSubstr("lanted")));
  EXPECT_THAT(text, Not(HasSubstr("17")));
  EXPECT_THAT(text, HasSubstr("\"app_password\":\"[redacted]\""));
}

TEST(Log, ManyThreadsLoseNothingAndMixNothing) {
  const std::string text = Logged(
      [] {
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t) {
          threads.emplace_back([t] {
            for (int i = 0; i < 200; ++i) Log(Severity::kInfo, "line", {{"thread", t}, {"i", i}});
          });
        }
        for (std::thread& thread : threads) thread.join();
      },
      {.service = "s", .queue_length = 1600});
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  EXPECT_EQ(lines.size(), 1600u);
  for (const std::string& line : lines) {
    EXPECT_THAT(line, testing::MatchesRegex(
                          "\\{\"severity\":\"INFO\",\"service\":\"s\",\"message\":\"line\","
                          "\"thread\":[0-9]+,\"i\":[0-9]+\\}"));
  }
}

// Standard error is a small pipe that nobody reads, so that the writer stalls.
class StalledStandardError {
 public:
  StalledStandardError() : saved_(dup(STDERR_FILENO)) {
    EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0);
    fcntl(ends_[1], F_SETPIPE_SZ, 4096);
    dup2(ends_[1], STDERR_FILENO);
    close(ends_[1]);
  }

  // Everything written from now until standard error is given back by `finish`.
  template <typename Finish>
  std::string ReadAllDuring(Finish finish) {
    std::string text;
    std::thread reader([this, &text] {
      char buffer[4096];
      ssize_t count = 0;
      while ((count = read(ends_[0], buffer, sizeof(buffer))) > 0) {
        text.append(buffer, static_cast<size_t>(count));
      }
    });
    finish();
    dup2(saved_, STDERR_FILENO);
    reader.join();
    return text;
  }

  ~StalledStandardError() {
    dup2(saved_, STDERR_FILENO);
    close(saved_);
    close(ends_[0]);
  }

 private:
  int saved_;
  std::array<int, 2> ends_{};
};

TEST(Log, WhenTheWriterStallsTheOldestAreDiscardedAndCounted) {
  constexpr int kRecords = 2000;
  const uint64_t dropped_before = DroppedLogRecords();
  StalledStandardError stalled;
  StartLog({.service = "s", .queue_length = 16});
  for (int i = 0; i < kRecords; ++i) Log(Severity::kInfo, "record", {{"number", i}});
  const std::string text = stalled.ReadAllDuring([] { StopLog(); });
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  const uint64_t dropped = DroppedLogRecords() - dropped_before;
  EXPECT_GT(dropped, 0u);
  EXPECT_EQ(lines.size() + dropped, uint64_t{kRecords});
  EXPECT_THAT(lines.back(), HasSubstr(absl::StrCat("\"number\":", kRecords - 1, "}")));
}

std::string Json(std::string_view value) {
  JsonLine line;
  line.Text("k", value);
  return line.Take();
}

TEST(JsonLine, EscapesWhatJsonForbids) {
  EXPECT_EQ(Json(std::string_view("\"\\\n\r\t\x01\x1f\0", 8)),
            "{\"k\":\"\\\"\\\\\\n\\r\\t\\u0001\\u001f\\u0000\"}");
}

TEST(JsonLine, KeepsEveryLengthOfUtf8) {
  EXPECT_EQ(Json("aủấ😀\xF4\x8F\xBF\xBF"), "{\"k\":\"aủấ😀\xF4\x8F\xBF\xBF\"}");
}

// Unicode 14.0, section 3.9, "U+FFFD Substitution of Maximal Subparts", table 3-8 and the cases
// around it.
TEST(JsonLine, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  EXPECT_EQ(Json("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64"),
            "{\"k\":\"a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd\"}");
  EXPECT_EQ(Json("\xC0\xAF"), "{\"k\":\"\uFFFD\uFFFD\"}");                      // overlong
  EXPECT_EQ(Json("\xED\xA0\x80"), "{\"k\":\"\uFFFD\uFFFD\uFFFD\"}");            // surrogate
  EXPECT_EQ(Json("\xF4\x90\x80\x80"), "{\"k\":\"\uFFFD\uFFFD\uFFFD\uFFFD\"}");  // > U+10FFFF
  EXPECT_EQ(Json("b\xC3"), "{\"k\":\"b\uFFFD\"}");                              // cut off
}

TEST(JsonLine, LongTextIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < 2 * JsonLine::kMaxTextBytes) text += "ấ";
  const std::string line = Json(text);
  EXPECT_LT(line.size(), JsonLine::kMaxTextBytes + 32);
  EXPECT_THAT(line, testing::EndsWith("ấ…\"}"));
}

TEST(JsonLine, NumbersThatJsonLacksAreTexts) {
  JsonLine line;
  line.Number("a", std::numeric_limits<double>::quiet_NaN());
  line.Number("b", -std::numeric_limits<double>::infinity());
  line.Number("c", 1e300);
  EXPECT_EQ(line.Take(), "{\"a\":\"NaN\",\"b\":\"-Infinity\",\"c\":1e+300}");
}

TEST(Redaction, NamesThatHoldSecrets) {
  for (const char* name :
       {"password", "app_password", "APP_PASSWORD", "client-secret", "key", "signing_key",
        "private_pem", "page_token", "authorization", "db.passwd", "credentials"}) {
    EXPECT_TRUE(NamesSecret(name)) << name;
  }
}

TEST(Redaction, NamesThatDoNot) {
  for (const char* name : {"resource", "signing_key_file", "app_password_file", "key_id", "monkey",
                           "keyboard", "message", "request_id"}) {
    EXPECT_FALSE(NamesSecret(name)) << name;
  }
}

}  // namespace
}  // namespace thidua::telemetry
