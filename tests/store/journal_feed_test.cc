// The feed against a real server: order, limits, and what many readers share.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/contract/refusal.h"
#include "common/journal/feed.h"
#include "tests/store/journal_schema.h"

namespace thidua::journal {
namespace {

using contract::Reason;
using testing::Eventually;
using testing::JournalSchema;

class FeedTest : public ::testing::Test {
 protected:
  FeedPage Read(int64_t after, const FeedLimit& limit = {}) {
    auto page = ReadAfter(**schema_.pool().Borrow({}), after, limit);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *std::move(page) : FeedPage();
  }
  static database::Bounds Soon() { return {absl::Now() + absl::Seconds(10)}; }

  JournalSchema schema_;
};

TEST_F(FeedTest, EventsComeWholeAndInOrder) {
  const std::string first =
      schema_.Write("schools/quang-ninh", 1, "Trường Đào tạo cán bộ Nguyễn Văn Cừ");
  schema_.Write("schools/quang-ninh", 2);
  schema_.Seal();
  const FeedPage page = Read(0);
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_FALSE(page.more);
  const v1::Event& event = page.events[0];
  EXPECT_EQ(event.name(), "events/" + first);
  EXPECT_EQ(event.sequence(), 1);
  EXPECT_EQ(event.resource(), "schools/quang-ninh");
  EXPECT_EQ(event.resource_type(), "thidua.registry.v1.School");
  EXPECT_EQ(event.version(), 1);
  EXPECT_EQ(event.change_kind(), "CREATED");
  EXPECT_EQ(event.snapshot(), "Trường Đào tạo cán bộ Nguyễn Văn Cừ");
  EXPECT_EQ(event.acting_for(), "Trần Văn Bình");
  EXPECT_EQ(event.reason(), "đổi tên");
  ChainPosition place;
  for (const v1::Event& next : page.events) {
    EXPECT_TRUE(CheckLink(place, next).ok());
    place = {next.sequence(), next.hash()};
  }
  EXPECT_EQ(schema_.Head(), place);
}

TEST_F(FeedTest, PageEndsAtTheCount) {
  for (int i = 1; i <= 5; ++i) schema_.Write("schools/quang-ninh", i);
  schema_.Seal();
  const FeedPage page = Read(1, {.events = 2});
  ASSERT_EQ(page.events.size(), 2u);
  EXPECT_EQ(page.events[0].sequence(), 2);
  EXPECT_TRUE(page.more);
  EXPECT_FALSE(Read(3, {.events = 2}).more);
}

TEST_F(FeedTest, PageEndsAtTheBytesButHoldsAtLeastOneEvent) {
  for (int i = 1; i <= 3; ++i) schema_.Write("schools/quang-ninh", i, std::string(600, 'x'));
  schema_.Seal();
  EXPECT_EQ(Read(0, {.events = 500, .bytes = 1200}).events.size(), 2u);
  const FeedPage page = Read(0, {.events = 500, .bytes = 100});
  EXPECT_EQ(page.events.size(), 1u);
  EXPECT_TRUE(page.more);
}

TEST_F(FeedTest, HistoryIsOfOneResource) {
  for (int i = 1; i <= 3; ++i) {
    schema_.Write("schools/quang-ninh", i);
    schema_.Write("schools/ha-giang", i);
  }
  schema_.Seal();
  auto page = ReadHistory(**schema_.pool().Borrow({}), "schools/ha-giang", 0, {.events = 2});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->events.size(), 2u);
  EXPECT_TRUE(page->more);
  page = ReadHistory(**schema_.pool().Borrow({}), "schools/ha-giang",
                     page->events.back().sequence(), {.events = 2});
  ASSERT_EQ(page->events.size(), 1u);
  EXPECT_EQ(page->events[0].version(), 3);
  EXPECT_FALSE(page->more);
}

TEST_F(FeedTest, MissingEventIsNotSkipped) {
  for (int i = 1; i <= 3; ++i) schema_.Write("schools/quang-ninh", i);
  schema_.Seal();
  schema_.Sql("DELETE FROM event_seal WHERE seq = 2");
  EXPECT_EQ(contract::ReasonOf(ReadAfter(**schema_.pool().Borrow({}), 0).status()),
            Reason::REASON_JOURNAL_BROKEN);
}

TEST_F(FeedTest, EventWithoutContentIsNotSkipped) {
  for (int i = 1; i <= 3; ++i) schema_.Write("schools/quang-ninh", i);
  schema_.Seal();
  schema_.Sql("DELETE FROM event WHERE version = 2");
  EXPECT_EQ(contract::ReasonOf(ReadAfter(**schema_.pool().Borrow({}), 0).status()),
            Reason::REASON_JOURNAL_BROKEN);
}

TEST_F(FeedTest, SealOfAnotherReplicaIsSeen) {
  Feed feed(schema_.pool());
  feed.Start();
  schema_.Write("schools/quang-ninh");
  schema_.Seal();
  EXPECT_TRUE(Eventually([&] { return feed.Head() == 1; }));
  const auto events = feed.Next(0, Soon());
  ASSERT_TRUE(events.ok()) << events.status();
  ASSERT_TRUE(events->has_value());
  EXPECT_EQ((*events)->size(), 1u);
  const auto nothing = feed.Next(1, Soon());
  ASSERT_TRUE(nothing.ok());
  EXPECT_FALSE(nothing->has_value());
}

TEST_F(FeedTest, EveryEventIsDeliveredOnceAndInOrderWhileTheSealerWorks) {
  std::vector<int64_t> seen;
  Feed feed(schema_.pool(), [&](absl::Span<const v1::Event> events) {
    for (const v1::Event& event : events) seen.push_back(event.sequence());
    return absl::OkStatus();
  });
  Sealer sealer(
      schema_.pool(), schema_.current_key(),
      {.holder = runtime::NewId(), .on_sealed = [&](int64_t head) { feed.Advance(head); }});
  feed.Start();
  sealer.Start();
  constexpr int kEvents = 200;
  for (int i = 1; i <= kEvents; ++i) {
    schema_.Write("schools/quang-ninh", i);
    sealer.Wake();
  }
  EXPECT_TRUE(Eventually([&] { return feed.Delivered() == kEvents; }));
  sealer.Stop();
  feed.Stop();
  ASSERT_EQ(seen.size(), static_cast<size_t>(kEvents));
  for (int i = 0; i < kEvents; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], i + 1);
}

TEST_F(FeedTest, DeliveryThatFailedIsRepeated) {
  schema_.Write("schools/quang-ninh");
  schema_.Seal();
  std::atomic<int> calls{0};
  Feed feed(schema_.pool(), [&](absl::Span<const v1::Event>) {
    return ++calls == 1 ? absl::InternalError("không đọc được") : absl::OkStatus();
  });
  feed.Start();
  EXPECT_TRUE(Eventually([&] { return feed.Delivered() == 1; }));
  EXPECT_EQ(calls, 2);
}

TEST_F(FeedTest, ReadersAtTheEndShareWhatTheFirstOneRead) {
  for (int i = 1; i <= 10; ++i) schema_.Write("schools/quang-ninh", i);
  schema_.Seal();
  Feed feed(schema_.pool());
  feed.Advance(10);
  ASSERT_TRUE(feed.Next(0, Soon()).ok());
  // The others have no time left to ask the database, and need none.
  for (int64_t after = 0; after < 10; ++after) {
    const auto events = feed.Next(after, {absl::InfinitePast()});
    ASSERT_TRUE(events.ok()) << events.status();
    ASSERT_TRUE(events->has_value());
    EXPECT_EQ((*events)->front().sequence(), after + 1);
    EXPECT_EQ((*events)->back().sequence(), 10);
  }
}

TEST_F(FeedTest, ReaderFarBehindIsNotHeldUpByTheEnd) {
  for (int i = 1; i <= 1200; ++i) schema_.Write("schools/quang-ninh", i);
  schema_.Seal();
  Feed feed(schema_.pool());
  feed.Advance(1200);
  ASSERT_EQ(feed.Next(1100, Soon())->value().size(), 100u);
  int64_t position = 0;
  while (position < 1200) {
    const auto events = feed.Next(position, Soon());
    ASSERT_TRUE(events.ok() && events->has_value());
    ASSERT_EQ((*events)->front().sequence(), position + 1);
    position = (*events)->back().sequence();
  }
}

}  // namespace
}  // namespace thidua::journal
