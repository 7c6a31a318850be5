// A follower between two real schemas: exactly once whatever happens to stream, process or source.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/journal/event_row.h"
#include "common/journal/follower.h"
#include "common/journal/journal_service.h"
#include "tests/store/journal_schema.h"
#include "tests/support/handler_call.h"

namespace thidua::journal {
namespace {

using testing::Eventually;
using testing::JournalSchema;

constexpr char kSchool[] = "thidua.registry.v1.School";
constexpr char kWatch[] = "/thidua.journal.v1.JournalService/WatchEvents";

// WatchEvents of the source without the wire: the same batches, from the same feed. `mangle` plays
// the network or the forger.
class Source {
 public:
  explicit Source(JournalSchema& schema) : schema_(schema), feed_(schema.pool()) { feed_.Start(); }

  using Mangle = std::function<absl::Status(v1::WatchEventsResponse& batch)>;
  OpenStream Open(Mangle mangle = nullptr) {
    return [this, mangle = std::move(mangle)](
               const ChainPosition& after) -> absl::StatusOr<std::unique_ptr<EventStream>> {
      ++opened;
      auto cancelled = std::make_shared<std::atomic<bool>>(false);
      auto position = std::make_shared<int64_t>(after.sequence);
      auto stream = std::make_unique<EventStream>();
      stream->cancel = [cancelled] { cancelled->store(true); };
      stream->next = [this, cancelled, position,
                      mangle](v1::WatchEventsResponse& batch) -> absl::Status {
        while (!*cancelled) {
          auto events = feed_.Next(*position, {absl::Now() + absl::Seconds(5)});
          if (!events.ok()) return events.status();
          if (!events->has_value()) {
            absl::SleepFor(absl::Milliseconds(1));
            continue;
          }
          for (v1::Event& event : **events) *batch.add_events() = std::move(event);
          batch.set_head_sequence(feed_.Head());
          const absl::Status mangled = mangle ? mangle(batch) : absl::OkStatus();
          *position = batch.events(batch.events_size() - 1).sequence();
          return mangled;
        }
        return absl::CancelledError("stopped");
      };
      return stream;
    };
  }

  std::atomic<int> opened{0};

 private:
  JournalSchema& schema_;
  Feed feed_;
};

class FollowerTest : public ::testing::Test {
 protected:
  static Follower::Options Registry() { return {.source = "registry", .types = {kSchool}}; }

  void Write(int events) {
    for (int i = 0; i < events; ++i) {
      const std::string school = absl::StrCat("schools/truong-", i % 7);
      source_schema_.Write(school, ++versions_[school], absl::StrCat("Trường ", ++written_));
    }
    source_schema_.Seal();
  }

  // What the schema knows of the source, all of it.
  static std::vector<std::string> Followed(JournalSchema& schema) {
    std::vector<std::string> lines;
    const absl::Status loaded = LoadFollowed(
        **schema.pool().Borrow({}), "registry", kSchool, [&](const FollowedResource& resource) {
          lines.push_back(
              absl::StrCat(resource.resource, " ", resource.version, " ", resource.snapshot));
          return absl::OkStatus();
        });
    EXPECT_TRUE(loaded.ok()) << loaded;
    return lines;
  }
  static ChainPosition Cursor(JournalSchema& schema) {
    return LoadCursor(**schema.pool().Borrow({}), "registry").value();
  }

  JournalSchema source_schema_;
  JournalSchema schema_;
  Source source_{source_schema_};
  std::map<std::string, int64_t> versions_;
  int written_ = 0;
};

TEST_F(FollowerTest, KeepsTheLatestOfEveryResource) {
  Write(20);
  Follower follower(schema_.pool(), source_.Open(), Registry());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return follower.Position() == 20; }));
  EXPECT_EQ(follower.Behind(), 0);
  EXPECT_TRUE(follower.CurrentHealth().connected);
  follower.Stop();
  EXPECT_EQ(Followed(schema_), (std::vector<std::string>{
                                   "schools/truong-0 3 Trường 15", "schools/truong-1 3 Trường 16",
                                   "schools/truong-2 3 Trường 17", "schools/truong-3 3 Trường 18",
                                   "schools/truong-4 3 Trường 19", "schools/truong-5 3 Trường 20",
                                   "schools/truong-6 2 Trường 14"}));
  EXPECT_EQ(Cursor(schema_), source_schema_.Head());
}

TEST_F(FollowerTest, OtherTypesAreNotKept) {
  Write(3);
  Follower::Options options = Registry();
  options.types = {"thidua.registry.v1.Cluster"};
  Follower follower(schema_.pool(), source_.Open(), options);
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return follower.Position() == 3; }));
  EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM followed_resource"), 0);
}

TEST_F(FollowerTest, FreshFollowerReachesTheStateOfOneThatNeverStopped) {
  Follower steady(schema_.pool(), source_.Open(), Registry());
  steady.Start();
  for (int round = 1; round <= 6; ++round) {
    Write(30);
    ASSERT_TRUE(Eventually([&] { return steady.Position() == 30 * round; }));
  }
  JournalSchema other;
  Follower fresh(other.pool(), source_.Open(), Registry());
  fresh.Start();
  ASSERT_TRUE(Eventually([&] { return fresh.Position() == 180; }));
  EXPECT_EQ(Followed(other), Followed(schema_));
  EXPECT_EQ(Cursor(other), Cursor(schema_));
}

// Counts each event in the follower's own transaction, so that an effect that happened twice shows.
TEST_F(FollowerTest, EffectIsExactlyOnceThroughBrokenStreamsAndFailures) {
  schema_.Sql(
      "CREATE TABLE effect (seq BIGINT NOT NULL, times BIGINT NOT NULL, PRIMARY KEY (seq))");
  schema_.Sql(
      absl::StrCat("GRANT SELECT, INSERT, UPDATE ON effect TO ", schema_.schema().users.app));
  Follower::Options options = Registry();
  std::atomic<int> calls{0};
  options.apply = [&](database::Transaction& transaction, const v1::Event& event) -> absl::Status {
    if (++calls % 37 == 0) return absl::UnavailableError("thử lại");
    return transaction
        .Execute(
            "INSERT INTO effect (seq, times) VALUES (?, 1) ON DUPLICATE KEY UPDATE times = times + "
            "1",
            {event.sequence()})
        .status();
  };
  std::vector<int64_t> told;
  options.on_committed = [&](absl::Span<const v1::Event> events) {
    for (const v1::Event& event : events) told.push_back(event.sequence());
  };
  std::atomic<int> batches{0};
  Follower follower(
      schema_.pool(), source_.Open([&](v1::WatchEventsResponse& batch) -> absl::Status {
        // Small batches, so that there are many; every third is lost with its stream.
        if (batch.events_size() > 10)
          batch.mutable_events()->DeleteSubrange(10, batch.events_size() - 10);
        return ++batches % 3 == 0 ? absl::UnavailableError("đứt kết nối") : absl::OkStatus();
      }),
      options);
  Write(100);
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return follower.Position() == 100; }))
      << follower.CurrentHealth().last_error;
  follower.Stop();
  EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM effect"), 100);
  EXPECT_EQ(schema_.Number("SELECT MAX(times) FROM effect"), 1);
  ASSERT_EQ(told.size(), 100u);
  for (size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], static_cast<int64_t>(i) + 1);
}

TEST_F(FollowerTest, RestartGoesOnFromTheCursor) {
  Write(10);
  {
    Follower follower(schema_.pool(), source_.Open(), Registry());
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return follower.Position() == 10; }));
  }
  Write(5);
  std::vector<int64_t> told;
  Follower::Options options = Registry();
  options.from = Cursor(schema_);
  options.on_committed = [&](absl::Span<const v1::Event> events) {
    for (const v1::Event& event : events) told.push_back(event.sequence());
  };
  Follower follower(schema_.pool(), source_.Open(), options);
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return follower.Position() == 15; }));
  follower.Stop();
  EXPECT_EQ(told, (std::vector<int64_t>{11, 12, 13, 14, 15}));
}

TEST_F(FollowerTest, RestartWithoutMapsGoesOnFromTheCursor) {
  Write(10);
  {
    Follower follower(schema_.pool(), source_.Open(), Registry());
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return follower.Position() == 10; }));
  }
  Write(5);
  std::atomic<int64_t> first{0};
  Follower follower(schema_.pool(), source_.Open([&](v1::WatchEventsResponse& batch) {
    int64_t none = 0;
    first.compare_exchange_strong(none, batch.events(0).sequence());
    return absl::OkStatus();
  }),
                    Registry());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return follower.Position() == 15; }));
  EXPECT_EQ(first, 11);
}

// Two replicas of one service follow into the same schema; each must hear of everything, the schema
// of everything once.
TEST_F(FollowerTest, TwoReplicasShareOneCursor) {
  schema_.Sql("CREATE TABLE effect (seq BIGINT NOT NULL, PRIMARY KEY (seq))");
  schema_.Sql(absl::StrCat("GRANT INSERT ON effect TO ", schema_.schema().users.app));
  std::vector<std::vector<int64_t>> told(2);
  std::vector<std::unique_ptr<Follower>> replicas;
  for (std::vector<int64_t>& heard : told) {
    Follower::Options options = Registry();
    options.from = ChainPosition();
    options.apply = [](database::Transaction& transaction, const v1::Event& event) {
      return transaction.Execute("INSERT INTO effect (seq) VALUES (?)", {event.sequence()})
          .status();
    };
    options.on_committed = [&heard](absl::Span<const v1::Event> events) {
      for (const v1::Event& event : events) heard.push_back(event.sequence());
    };
    replicas.push_back(std::make_unique<Follower>(schema_.pool(), source_.Open(), options));
    replicas.back()->Start();
  }
  for (int round = 0; round < 20; ++round) Write(10);
  for (const auto& replica : replicas) {
    EXPECT_TRUE(Eventually([&] { return replica->Position() == 200; }))
        << replica->CurrentHealth().last_error;
    replica->Stop();
  }
  for (const std::vector<int64_t>& heard : told) {
    ASSERT_EQ(heard.size(), 200u);
    for (size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], static_cast<int64_t>(i) + 1);
  }
  EXPECT_EQ(schema_.Number("SELECT COUNT(*) FROM effect"), 200);
}

class TamperedSourceTest : public FollowerTest {
 protected:
  // Follows ten events of which the seventh was tampered with; nothing of the batch may arrive.
  void ExpectHalted(Source::Mangle mangle) {
    Write(3);
    std::atomic<bool> tamper{false};
    Follower follower(schema_.pool(), source_.Open([&](v1::WatchEventsResponse& batch) {
      return tamper ? mangle(batch) : absl::OkStatus();
    }),
                      Registry());
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return follower.Position() == 3; }));
    const std::vector<std::string> before = Followed(schema_);
    tamper = true;
    Write(7);
    ASSERT_TRUE(Eventually([&] { return follower.CurrentHealth().halted; }));
    EXPECT_EQ(follower.CurrentHealth().last_error.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(follower.Position(), 3);
    EXPECT_EQ(Cursor(schema_).sequence, 3);
    EXPECT_EQ(Followed(schema_), before);
    const int opened = source_.opened;
    absl::SleepFor(absl::Milliseconds(300));
    EXPECT_EQ(source_.opened, opened);
  }
};

TEST_F(TamperedSourceTest, EditHalts) {
  ExpectHalted([](v1::WatchEventsResponse& batch) {
    batch.mutable_events(3)->set_snapshot("Trường khác");
    return absl::OkStatus();
  });
}

TEST_F(TamperedSourceTest, GapHalts) {
  ExpectHalted([](v1::WatchEventsResponse& batch) {
    batch.mutable_events()->DeleteSubrange(3, 1);
    return absl::OkStatus();
  });
}

TEST_F(TamperedSourceTest, ExchangeHalts) {
  ExpectHalted([](v1::WatchEventsResponse& batch) {
    batch.mutable_events()->SwapElements(3, 4);
    return absl::OkStatus();
  });
}

TEST_F(FollowerTest, SourceWithAnotherPastIsNotFollowed) {
  Write(5);
  {
    Follower follower(schema_.pool(), source_.Open(), Registry());
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return follower.Position() == 5; }));
  }
  // The source is exchanged for one that says something else from the beginning on.
  JournalSchema forged_schema;
  for (int i = 1; i <= 8; ++i) forged_schema.Write("schools/gia-mao", i);
  forged_schema.Seal();
  Source forged(forged_schema);
  Follower::Options options = Registry();
  options.from = Cursor(schema_);
  Follower follower(schema_.pool(), forged.Open(), options);
  follower.Start();
  EXPECT_TRUE(Eventually([&] { return follower.CurrentHealth().halted; }));
  EXPECT_EQ(Cursor(schema_).sequence, 5);
}

TEST_F(FollowerTest, ReplicaThatFollowsAnotherSourceThanItsSchemaDoesHalts) {
  Write(5);
  Follower follower(schema_.pool(), source_.Open(), Registry());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return follower.Position() == 5; }));
  follower.Stop();
  JournalSchema forged_schema;
  for (int i = 1; i <= 8; ++i) forged_schema.Write("schools/gia-mao", i);
  forged_schema.Seal();
  Source forged(forged_schema);
  Follower::Options options = Registry();
  options.from = ChainPosition();
  Follower from_zero(schema_.pool(), forged.Open(), options);
  from_zero.Start();
  EXPECT_TRUE(Eventually([&] { return from_zero.CurrentHealth().halted; }));
  EXPECT_EQ(
      schema_.Number("SELECT COUNT(*) FROM followed_resource WHERE resource = 'schools/gia-mao'"),
      0);
}

// A source that is asked by its contract, so that what it refuses is what a restored one refuses.
class RestoredSourceTest : public FollowerTest {
 protected:
  // Another process over the same journal, as after a restart: what was read before is forgotten.
  struct Served {
    explicit Served(JournalSchema& schema)
        : feed(schema.pool()),
          service(schema.pool(), feed, tokens, schema.current_key(), followers) {
      feed.Start();
    }
    OpenStream Open() {
      return [this](const ChainPosition& after) -> absl::StatusOr<std::unique_ptr<EventStream>> {
        v1::WatchEventsRequest request;
        request.set_after_sequence(after.sequence);
        request.set_after_hash(after.hash);
        rpc::HandlerCall call(kWatch, request);
        auto source = service.WatchEvents(call.context(), request);
        if (!source.ok()) return source.status();
        auto cancelled = std::make_shared<std::atomic<bool>>(false);
        auto stream = std::make_unique<EventStream>();
        stream->cancel = [cancelled] { cancelled->store(true); };
        stream->next = [cancelled, source = *std::move(source)](
                           v1::WatchEventsResponse& batch) -> absl::Status {
          rpc::HandlerCall next(kWatch, v1::WatchEventsRequest());
          while (!*cancelled) {
            auto message = source(next.context());
            if (!message.ok()) return message.status();
            if (*message != nullptr) {
              batch = static_cast<const v1::WatchEventsResponse&>(**message);
              return absl::OkStatus();
            }
            absl::SleepFor(absl::Milliseconds(1));
          }
          return absl::CancelledError("stopped");
        };
        return stream;
      };
    }

    Followers followers;
    contract::PageTokens tokens = contract::PageTokens::Create(std::string(32, 'k')).value();
    Feed feed;
    JournalService service;
  };

  void FollowUpTo(int64_t sequence) {
    Served served(source_schema_);
    Follower follower(schema_.pool(), served.Open(), Registry());
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return follower.Position() == sequence; }))
        << follower.CurrentHealth().last_error;
  }
  // The source as a backup from before these events has it.
  void PutSourceBackTo(int64_t sequence) {
    for (const char* of : {"event WHERE event_id IN (SELECT event_id FROM event_seal WHERE seq > ",
                           "event_head WHERE (seq > ", "event_seal WHERE (seq > "})
      source_schema_.Sql(absl::StrCat("DELETE FROM ", of, sequence, ")"));
  }
};

TEST_F(RestoredSourceTest, ASourceThatEndsBeforeWhatWasFollowedHalts) {
  Write(8);
  FollowUpTo(8);
  PutSourceBackTo(5);
  Served served(source_schema_);
  Follower::Options options = Registry();
  options.patience = absl::Milliseconds(500);
  Follower follower(schema_.pool(), served.Open(), options);
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return !follower.CurrentHealth().last_error.ok(); }));
  EXPECT_FALSE(follower.CurrentHealth().halted) << "a replica may lag";
  ASSERT_TRUE(Eventually([&] { return follower.CurrentHealth().halted; }));
  EXPECT_EQ(follower.CurrentHealth().last_error.message(),
            "registry ends at 5, but was followed up to 8: it was put back to an earlier state");
  EXPECT_EQ(Cursor(schema_).sequence, 8);
}

// The numbers of the lost events are taken again before anybody looks.
TEST_F(RestoredSourceTest, ASourceThatGaveTheNumbersToOtherEventsHaltsAtOnce) {
  Write(8);
  FollowUpTo(8);
  const std::vector<std::string> before = Followed(schema_);
  PutSourceBackTo(5);
  for (const int others : {3, 2}) {  // as many as were lost, and more
    Write(others);
    Served served(source_schema_);
    Follower follower(schema_.pool(), served.Open(), Registry());
    follower.Start();
    ASSERT_TRUE(Eventually([&] { return follower.CurrentHealth().halted; }));
    EXPECT_EQ(follower.CurrentHealth().last_error.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(Cursor(schema_).sequence, 8);
    EXPECT_EQ(Followed(schema_), before);
  }
}

TEST_F(RestoredSourceTest, AFollowerThatForgotReachesTheStateOfOneThatNeverKnew) {
  Write(8);
  FollowUpTo(8);
  const ChainPosition before = Cursor(schema_);
  PutSourceBackTo(5);
  Write(9);
  const auto forgotten = Forget(schema_.pool(), "registry", {absl::Now() + absl::Seconds(5)});
  ASSERT_TRUE(forgotten.ok()) << forgotten.status();
  EXPECT_EQ(*forgotten, before);
  EXPECT_TRUE(Followed(schema_).empty());
  FollowUpTo(14);
  JournalSchema other;
  Served served(source_schema_);
  Follower fresh(other.pool(), served.Open(), Registry());
  fresh.Start();
  ASSERT_TRUE(Eventually([&] { return fresh.Position() == 14; }));
  EXPECT_EQ(Followed(schema_), Followed(other));
  EXPECT_EQ(Cursor(schema_), Cursor(other));
}

TEST_F(FollowerTest, SourceThatCannotBeReachedIsTriedAgain) {
  Write(2);
  std::atomic<int> tries{0};
  OpenStream open = source_.Open();
  Follower follower(
      schema_.pool(),
      [&](const ChainPosition& after) -> absl::StatusOr<std::unique_ptr<EventStream>> {
        if (++tries < 4) return absl::UnavailableError("chưa mở");
        return open(after);
      },
      Registry());
  follower.Start();
  EXPECT_TRUE(Eventually([&] { return tries >= 2; }));
  EXPECT_EQ(follower.CurrentHealth().last_error.code(), absl::StatusCode::kUnavailable);
  EXPECT_FALSE(follower.CurrentHealth().connected);
  EXPECT_TRUE(Eventually([&] { return follower.Position() == 2; }));
  EXPECT_TRUE(follower.CurrentHealth().last_error.ok());
}

TEST_F(FollowerTest, StopEndsAStreamThatWaits) {
  Follower follower(schema_.pool(), source_.Open(), Registry());
  follower.Start();
  ASSERT_TRUE(Eventually([&] { return source_.opened == 1; }));
  const absl::Time before = absl::Now();
  follower.Stop();
  EXPECT_LT(absl::Now() - before, absl::Seconds(2));
}

}  // namespace
}  // namespace thidua::journal
