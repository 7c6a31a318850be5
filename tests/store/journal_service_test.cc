// JournalService over a real journal, asked without the wire.
#include "common/journal/journal_service.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/contract/refusal.h"
#include "common/document/digest.h"
#include "tests/store/journal_schema.h"
#include "tests/support/handler_call.h"

namespace thidua::journal {
namespace {

using contract::Reason;
using testing::Eventually;
using testing::JournalSchema;

constexpr char kList[] = "/thidua.journal.v1.JournalService/ListEvents";
constexpr char kWatch[] = "/thidua.journal.v1.JournalService/WatchEvents";
constexpr char kVerify[] = "/thidua.journal.v1.JournalService/VerifyEvents";

class JournalServiceTest : public ::testing::Test {
 protected:
  void Write(int events) {
    for (int i = 0; i < events; ++i) {
      ++written_;
      schema_.Write(written_ % 2 == 1 ? "schools/quang-ninh" : "schools/ha-giang", written_);
    }
    schema_.Seal();
  }

  absl::StatusOr<v1::ListEventsResponse> List(const v1::ListEventsRequest& request) {
    rpc::HandlerCall call(kList, request);
    return service_.ListEvents(call.context(), request);
  }

  // Every page of a request.
  std::vector<int64_t> ListAll(v1::ListEventsRequest request, int* pages) {
    std::vector<int64_t> sequences;
    *pages = 0;
    do {
      const auto page = List(request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const v1::Event& event : page->events()) sequences.push_back(event.sequence());
      request.set_page_token(page->next_page_token());
      ++*pages;
    } while (!request.page_token().empty());
    return sequences;
  }

  absl::StatusOr<rpc::StreamSource> Watch(int64_t after, const std::string& hash = "") {
    v1::WatchEventsRequest request;
    request.set_after_sequence(after);
    request.set_after_hash(hash);
    rpc::HandlerCall call(kWatch, request);
    return service_.WatchEvents(call.context(), request);
  }

  // The next batch of a watch; an empty one when there is none yet.
  v1::WatchEventsResponse Ask(const rpc::StreamSource& source) {
    rpc::HandlerCall call(kWatch, v1::WatchEventsRequest());
    const auto message = source(call.context());
    EXPECT_TRUE(message.ok()) << message.status();
    if (!message.ok() || *message == nullptr) return {};
    return static_cast<const v1::WatchEventsResponse&>(**message);
  }

  JournalSchema schema_;
  Feed feed_{schema_.pool()};
  contract::PageTokens tokens_ = contract::PageTokens::Create(std::string(32, 'k')).value();
  Followers followers_;
  JournalService service_{schema_.pool(), feed_, tokens_, schema_.current_key(), followers_};
  int written_ = 0;
};

TEST_F(JournalServiceTest, EveryMethodIsRouted) {
  rpc::Router router;
  service_.Register(router);
  const auto services = router.Complete();
  ASSERT_TRUE(services.ok()) << services.status();
  EXPECT_EQ(services->size(), 1u);
}

TEST_F(JournalServiceTest, ListPagesThroughEverything) {
  Write(5);
  v1::ListEventsRequest request;
  request.set_page_size(2);
  int pages = 0;
  EXPECT_EQ(ListAll(request, &pages), (std::vector<int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(pages, 3);
}

TEST_F(JournalServiceTest, ListBeginsBehindTheCursor) {
  Write(5);
  v1::ListEventsRequest request;
  request.set_after_sequence(3);
  int pages = 0;
  EXPECT_EQ(ListAll(request, &pages), (std::vector<int64_t>{4, 5}));
  EXPECT_EQ(List(request)->head_sequence(), 5);
}

TEST_F(JournalServiceTest, ListTellsTheHistoryOfOneResource) {
  Write(6);
  v1::ListEventsRequest request;
  request.set_resource("schools/ha-giang");
  request.set_page_size(2);
  int pages = 0;
  EXPECT_EQ(ListAll(request, &pages), (std::vector<int64_t>{2, 4, 6}));
  EXPECT_EQ(pages, 2);
}

TEST_F(JournalServiceTest, PageTokenOfAnotherRequestIsRefused) {
  Write(5);
  v1::ListEventsRequest request;
  request.set_page_size(2);
  const auto page = List(request);
  ASSERT_TRUE(page.ok());
  request.set_page_token(page->next_page_token());
  request.set_resource("schools/ha-giang");
  EXPECT_EQ(contract::ReasonOf(List(request).status()), Reason::REASON_PAGE_TOKEN_INVALID);
}

TEST_F(JournalServiceTest, WatchAnswersAtOnceAndThenOnlyWithEvents) {
  feed_.Start();
  const auto watch = Watch(0);
  ASSERT_TRUE(watch.ok()) << watch.status();
  rpc::HandlerCall call(kWatch, v1::WatchEventsRequest());
  const auto first = (*watch)(call.context());
  ASSERT_TRUE(first.ok());
  ASSERT_NE(*first, nullptr);
  EXPECT_EQ(static_cast<const v1::WatchEventsResponse&>(**first).events_size(), 0);
  const auto second = (*watch)(call.context());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(*second, nullptr);
  Write(3);
  v1::WatchEventsResponse batch;
  ASSERT_TRUE(Eventually([&] { return (batch = Ask(*watch)).events_size() > 0; }));
  EXPECT_EQ(batch.events(0).sequence(), 1);
  EXPECT_GE(batch.head_sequence(), batch.events_size());
}

TEST_F(JournalServiceTest, WatchGoesOnWithoutGapsBetweenBatches) {
  Write(3);
  feed_.Start();
  const auto watch = Watch(1);
  ASSERT_TRUE(watch.ok());
  int64_t position = 1;
  for (int round = 0; round < 5; ++round) {
    Write(4);
    ASSERT_TRUE(Eventually([&] {
      const v1::WatchEventsResponse batch = Ask(*watch);
      for (const v1::Event& event : batch.events()) EXPECT_EQ(event.sequence(), ++position);
      return position == 3 + 4 * (round + 1);
    }));
  }
}

TEST_F(JournalServiceTest, WatchFromWhatAnotherReplicaSealedIsNotRefused) {
  Write(3);
  // The feed has not looked yet.
  ASSERT_EQ(feed_.Head(), 0);
  EXPECT_TRUE(Watch(3).ok());
}

TEST_F(JournalServiceTest, WatchBeyondTheHeadIsRefused) {
  Write(3);
  const auto watch = Watch(4);
  EXPECT_EQ(contract::ReasonOf(watch.status()), Reason::REASON_POSITION_NOT_REACHED);
  EXPECT_EQ(contract::MetadataOf(watch.status())["position"], "3");
}

TEST_F(JournalServiceTest, WatchAfterAnEventThatIsAnotherHereIsRefused) {
  EXPECT_TRUE(Watch(0, ChainPosition().hash).ok());
  Write(3);
  EXPECT_TRUE(Watch(3, schema_.Head().hash).ok());
  const absl::Status other = Watch(3, std::string(kHashBytes, 'x')).status();
  EXPECT_EQ(contract::ReasonOf(other), Reason::REASON_JOURNAL_DIVERGED);
  EXPECT_EQ(contract::MetadataOf(other)["sequence"], "3");
}

TEST_F(JournalServiceTest, WhatIsFollowedIsDescribedWithItsPlace) {
  Write(4);
  const ChainPosition place = schema_.Head();
  // This schema follows itself: the service does not care whose events they are.
  schema_.Sql(
      "INSERT INTO followed_resource SELECT 'registry', CONCAT('schools/', s.seq), "
      "e.resource_type, 1, s.seq, e.snapshot FROM event_seal s JOIN event e ON e.event_id = "
      "s.event_id");
  schema_.Sql(
      absl::StrCat("INSERT INTO follower_cursor SELECT 'registry', seq, hash, 0 FROM "
                   "event_seal WHERE seq = ",
                   place.sequence));
  followers_["registry"] =
      std::make_unique<Follower>(schema_.pool(), nullptr, Follower::Options{.source = "registry"});
  const auto list = [&](int64_t at) {
    v1::DescribeFollowingRequest request;
    request.set_at_or_before_sequence(at);
    rpc::HandlerCall call("/thidua.journal.v1.JournalService/DescribeFollowing", request);
    return service_.DescribeFollowing(call.context(), request).value().followed_services(0);
  };
  const v1::FollowedService followed = list(0);
  EXPECT_EQ(followed.service(), "registry");
  EXPECT_EQ(followed.sequence(), 4);
  EXPECT_EQ(followed.hash(), place.hash);
  EXPECT_FALSE(followed.connected());
  EXPECT_FALSE(followed.halted());
  EXPECT_EQ(followed.kept().resource(), "schools/4");
  EXPECT_EQ(followed.kept().snapshot_sha256(), document::Sha256("Trường Chính trị"));
  EXPECT_EQ(list(2).kept().sequence(), 2);
}

TEST_F(JournalServiceTest, VerifyAnswersWithTheFinding) {
  Write(3);
  const v1::VerifyEventsRequest request;
  rpc::HandlerCall call(kVerify, request);
  auto answer = service_.VerifyEvents(call.context(), request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->intact());
  schema_.Sql("UPDATE event SET reason = 'đã sửa' WHERE version = 2");
  answer = service_.VerifyEvents(call.context(), request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->first_bad_sequence(), 2);
}

}  // namespace
}  // namespace thidua::journal
