// The journal as a feed: sealed events by sequence, and the newest sequence, known to all readers
// of a process for the price of one.
#ifndef THIDUA_COMMON_JOURNAL_FEED_H_
#define THIDUA_COMMON_JOURNAL_FEED_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "common/database/pool.h"
#include "common/journal/chain.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::journal {

// How much one reading returns; at least one event whatever its size, so that a reader always gets
// on.
struct FeedLimit {
  int events = 500;
  size_t bytes = 1 << 20;  // of snapshots
};

struct FeedPage {
  std::vector<v1::Event> events;  // in order of sequence, with sequence and hash
  bool more = false;              // the limit cut it
};

// Sealed events after `after`. REASON_JOURNAL_BROKEN when one is missing.
absl::StatusOr<FeedPage> ReadAfter(database::Connection& connection, int64_t after,
                                   const FeedLimit& limit = {});

// The same for the events of one resource name.
absl::StatusOr<FeedPage> ReadHistory(database::Connection& connection, std::string_view resource,
                                     int64_t after, const FeedLimit& limit = {});

// Where the chain ends.
absl::StatusOr<ChainPosition> ReadHead(database::Connection& connection);

// "The journal is broken at `sequence`", for readers that find it so.
absl::Status Broken(int64_t sequence, std::string why, std::string why_vi);

// Looks at the newest sequence every 50 ms, and at once when the sealer of this process says so.
// Thread-safe.
class Feed {
 public:
  // Takes sealed events in order, each at least once, on the feed's thread. An error is reported
  // and the same events come again.
  using OnEvents = std::function<absl::Status(absl::Span<const v1::Event> events)>;

  // pool outlives the feed. on_events, when not empty, gets every event after `after`. Nothing
  // happens before Start.
  explicit Feed(database::Pool& pool, OnEvents on_events = nullptr, int64_t after = 0);
  // As Stop.
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  void Start();
  // Ends the thread; readers may go on. The second call does nothing.
  void Stop();

  // Events up to `head` are sealed: for Sealer::Options::on_sealed.
  void Advance(int64_t head);

  // The newest sequence known here; never goes back.
  int64_t Head() const;

  // on_events has had everything up to here.
  int64_t Delivered() const { return delivered_.load(std::memory_order_acquire); }

  // Events after `after`, up to the limit of one reading. Nothing when there are none, or when
  // another thread is reading the very same ones now: ask again soon. Readers at the end of the
  // feed share one query.
  absl::StatusOr<std::optional<std::vector<v1::Event>>> Next(int64_t after,
                                                             const database::Bounds& bounds);

 private:
  void Run();
  bool MovedOrStopping() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Poll();
  absl::Status Deliver();
  // The cached events after `after`, when the cache holds all of them from there on.
  std::optional<std::vector<v1::Event>> FromTail(int64_t after) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<v1::Event>> Read(int64_t after, const database::Bounds& bounds);
  void Report(const absl::Status& status);

  database::Pool& pool_;
  const OnEvents on_events_;
  std::atomic<int64_t> delivered_;
  std::atomic<bool> cancelled_{false};
  absl::Status last_status_;  // of the thread alone

  mutable absl::Mutex mutex_;
  int64_t head_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t seen_head_ ABSL_GUARDED_BY(mutex_) = 0;  // by the thread
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_tail_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<v1::Event> tail_ ABSL_GUARDED_BY(mutex_);  // the newest events read, without gaps
  std::thread thread_;
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_FEED_H_
