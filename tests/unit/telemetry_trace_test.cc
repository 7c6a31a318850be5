#include <set>
#include <string>
#include <thread>

#include "common/telemetry/trace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::telemetry {
namespace {

// The example of the W3C recommendation.
constexpr char kExample[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traceparent, ExampleOfTheRecommendationIsRead) {
  const std::optional<TraceContext> context = ParseTraceparent(kExample);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->TraceIdHex(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->SpanIdHex(), "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled);
}

TEST(Traceparent, WhatIsReadIsWrittenBack) {
  EXPECT_EQ(FormatTraceparent(*ParseTraceparent(kExample)), kExample);
}

TEST(Traceparent, UnknownFlagsAreNotPassedOn) {
  const auto context = ParseTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe");
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(FormatTraceparent(*context), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
}

TEST(Traceparent, LaterVersionIsReadByItsKnownFields) {
  EXPECT_EQ(ParseTraceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ParseTraceparent(kExample));
  EXPECT_EQ(ParseTraceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"),
            ParseTraceparent(kExample));
}

class BadTraceparent : public testing::TestWithParam<const char*> {};

TEST_P(BadTraceparent, IsRefused) { EXPECT_FALSE(ParseTraceparent(GetParam()).has_value()); }

INSTANTIATE_TEST_SUITE_P(
    Each, BadTraceparent,
    testing::Values("", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                    "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
                    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
                    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                    "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                    " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

TEST(Trace, NewTracesDiffer) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.insert(NewTrace().TraceIdHex());
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(Trace, NewTraceIsValidAsAHeader) {
  const TraceContext context = NewTrace();
  EXPECT_EQ(ParseTraceparent(FormatTraceparent(context)), context);
}

TEST(Trace, ChildKeepsTheTraceAndTheFlagAndHasItsOwnSpan) {
  const TraceContext parent = *ParseTraceparent(kExample);
  const TraceContext child = ChildOf(parent);
  EXPECT_EQ(child.trace_id, parent.trace_id);
  EXPECT_EQ(child.sampled, parent.sampled);
  EXPECT_NE(child.span_id, parent.span_id);
}

TEST(TraceScope, ScopesNest) {
  EXPECT_EQ(CurrentTrace(), nullptr);
  const TraceContext outer = NewTrace();
  const TraceContext inner = ChildOf(outer);
  {
    TraceScope outer_scope(outer);
    {
      TraceScope inner_scope(inner);
      EXPECT_EQ(*CurrentTrace(), inner);
    }
    EXPECT_EQ(*CurrentTrace(), outer);
  }
  EXPECT_EQ(CurrentTrace(), nullptr);
}

TEST(TraceScope, AnotherThreadHasNone) {
  TraceScope scope(NewTrace());
  const TraceContext* seen = CurrentTrace();
  std::thread([&seen] { seen = CurrentTrace(); }).join();
  EXPECT_EQ(seen, nullptr);
}

}  // namespace
}  // namespace thidua::telemetry
