#include "common/journal/feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/journal/event_row.h"
#include "common/telemetry/log.h"

namespace thidua::journal {
namespace {

using database::Value;

constexpr absl::Duration kPoll = absl::Milliseconds(50);
constexpr absl::Duration kAfterError = absl::Milliseconds(500);
constexpr absl::Duration kReadingTime = absl::Seconds(5);

// Which events a page holds: up to and including `last`.
struct Extent {
  int64_t last;
  bool more;
};

// `where` narrows further, with its parameters. Decided from the sizes alone, so that no more than
// a page is ever in memory.
absl::StatusOr<std::optional<Extent>> MeasurePage(database::Connection& connection, int64_t after,
                                                  std::string_view where,
                                                  const std::vector<Value>& parameters,
                                                  const FeedLimit& limit) {
  std::vector<Value> all = {after};
  all.insert(all.end(), parameters.begin(), parameters.end());
  all.emplace_back(int64_t{limit.events} + 1);
  const auto rows =
      connection.Query(absl::StrCat("SELECT s.seq, COALESCE(OCTET_LENGTH(e.snapshot), 0) FROM "
                                    "event_seal s LEFT JOIN event e ON e.event_id = s.event_id "
                                    "WHERE s.seq > ?",
                                    std::string(where), " ORDER BY s.seq LIMIT ?"),
                       all);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  size_t bytes = 0;
  size_t count = 0;
  for (const database::Row& row : *rows) {
    bytes += static_cast<size_t>(row.Int(1));
    if (count == static_cast<size_t>(limit.events) || (count > 0 && bytes > limit.bytes)) break;
    ++count;
  }
  return Extent{(*rows)[count - 1].Int(0), count < rows->size()};
}

absl::StatusOr<FeedPage> ReadPage(database::Connection& connection, int64_t after,
                                  std::string_view where, const std::vector<Value>& parameters,
                                  const FeedLimit& limit) {
  const auto extent = MeasurePage(connection, after, where, parameters, limit);
  if (!extent.ok()) return extent.status();
  FeedPage page;
  if (!extent->has_value()) return page;
  std::vector<Value> all = {after, (*extent)->last};
  all.insert(all.end(), parameters.begin(), parameters.end());
  const auto rows = connection.Query(
      absl::StrCat("SELECT s.seq, s.hash, ", kEventColumns,
                   " FROM event_seal s LEFT JOIN event e ON e.event_id = s.event_id "
                   "WHERE s.seq > ? AND s.seq <= ?",
                   std::string(where), " ORDER BY s.seq"),
      all);
  if (!rows.ok()) return rows.status();
  page.more = (*extent)->more;
  page.events.reserve(rows->size());
  for (const database::Row& row : *rows) {
    if (!row.OptionalText(2).has_value())
      return Broken(row.Int(0), "its content is gone", "nội dung đã mất");
    v1::Event event = ReadEvent(row, 2);
    event.set_sequence(row.Int(0));
    event.set_hash(row.Text(1));
    page.events.push_back(std::move(event));
  }
  return page;
}

}  // namespace

absl::StatusOr<FeedPage> ReadAfter(database::Connection& connection, int64_t after,
                                   const FeedLimit& limit) {
  absl::StatusOr<FeedPage> page = ReadPage(connection, after, "", {}, limit);
  if (!page.ok()) return page;
  int64_t expected = after;
  for (const v1::Event& event : page->events) {
    if (event.sequence() != ++expected)
      return Broken(expected, "it is missing", "không còn sự kiện này");
  }
  return page;
}

absl::StatusOr<FeedPage> ReadHistory(database::Connection& connection, std::string_view resource,
                                     int64_t after, const FeedLimit& limit) {
  return ReadPage(connection, after, " AND e.resource = ?", {std::string(resource)}, limit);
}

absl::StatusOr<ChainPosition> ReadHead(database::Connection& connection) {
  const auto rows = connection.Query("SELECT seq, hash FROM event_seal ORDER BY seq DESC LIMIT 1");
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return ChainPosition();
  return ChainPosition{rows->front().Int(0), rows->front().Text(1)};
}

absl::Status Broken(int64_t sequence, std::string why, std::string why_vi) {
  return contract::Refuse(contract::Reason::REASON_JOURNAL_BROKEN,
                          {{"sequence", absl::StrCat(sequence)},
                           {"why", std::move(why)},
                           {"why_vi", std::move(why_vi)}});
}

Feed::Feed(database::Pool& pool, OnEvents on_events, int64_t after)
    : pool_(pool), on_events_(std::move(on_events)), delivered_(after) {}

Feed::~Feed() { Stop(); }

void Feed::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Feed::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  cancelled_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Feed::Advance(int64_t head) {
  absl::MutexLock lock(&mutex_);
  head_ = std::max(head_, head);
}

int64_t Feed::Head() const {
  absl::MutexLock lock(&mutex_);
  return head_;
}

bool Feed::MovedOrStopping() const { return stopping_ || head_ > seen_head_; }

void Feed::Run() {
  while (true) {
    absl::Status status = Poll();
    if (status.ok()) status = Deliver();
    Report(status);
    absl::MutexLock lock(&mutex_);
    if (status.ok()) {
      mutex_.AwaitWithTimeout(absl::Condition(this, &Feed::MovedOrStopping), kPoll);
    } else {
      mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kAfterError);
    }
    if (stopping_) return;
  }
}

absl::Status Feed::Poll() {
  {
    // The sealer of this process already said how far it is.
    absl::MutexLock lock(&mutex_);
    if (head_ > seen_head_) {
      seen_head_ = head_;
      return absl::OkStatus();
    }
  }
  auto connection = pool_.Borrow({absl::Now() + kReadingTime, &cancelled_});
  if (!connection.ok()) return connection.status();
  const absl::StatusOr<ChainPosition> head = ReadHead(**connection);
  if (!head.ok()) return head.status();
  absl::MutexLock lock(&mutex_);
  head_ = std::max(head_, head->sequence);
  seen_head_ = head_;
  return absl::OkStatus();
}

absl::Status Feed::Deliver() {
  if (!on_events_) return absl::OkStatus();
  while (!cancelled_.load()) {
    const auto events = Next(Delivered(), {absl::Now() + kReadingTime, &cancelled_});
    if (!events.ok()) return events.status();
    if (!events->has_value()) return absl::OkStatus();
    if (absl::Status taken = on_events_(**events); !taken.ok()) return taken;
    delivered_.store((*events)->back().sequence(), std::memory_order_release);
  }
  return absl::OkStatus();
}

std::optional<std::vector<v1::Event>> Feed::FromTail(int64_t after) const {
  if (tail_.empty() || after + 1 < tail_.front().sequence() || after >= tail_.back().sequence())
    return std::nullopt;
  return std::vector<v1::Event>(tail_.begin() + (after + 1 - tail_.front().sequence()),
                                tail_.end());
}

absl::StatusOr<std::vector<v1::Event>> Feed::Read(int64_t after, const database::Bounds& bounds) {
  auto connection = pool_.Borrow(bounds);
  if (!connection.ok()) return connection.status();
  absl::StatusOr<FeedPage> page = ReadAfter(**connection, after);
  if (!page.ok()) return page.status();
  return std::move(page->events);
}

absl::StatusOr<std::optional<std::vector<v1::Event>>> Feed::Next(int64_t after,
                                                                 const database::Bounds& bounds) {
  bool at_tail = false;
  {
    absl::MutexLock lock(&mutex_);
    if (after >= head_) return std::nullopt;
    if (auto cached = FromTail(after)) return cached;
    at_tail = tail_.empty() || after >= tail_.back().sequence();
    if (at_tail && reading_tail_) return std::nullopt;
    if (at_tail) reading_tail_ = true;
  }
  absl::StatusOr<std::vector<v1::Event>> events = Read(after, bounds);
  if (at_tail) {
    absl::MutexLock lock(&mutex_);
    reading_tail_ = false;
    if (events.ok() && !events->empty()) tail_ = *events;
  }
  if (!events.ok()) return events.status();
  if (events->empty()) return std::nullopt;
  return *std::move(events);
}

// Once for each change, not once for each look.
void Feed::Report(const absl::Status& status) {
  if (status == last_status_ || absl::IsCancelled(status)) return;
  last_status_ = status;
  if (status.ok()) {
    telemetry::Log(telemetry::Severity::kInfo, "the feed moves again");
  } else {
    telemetry::Log(telemetry::Severity::kError, "the feed stands still",
                   {{"why", std::string(status.message())}});
  }
}

}  // namespace thidua::journal
