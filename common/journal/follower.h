// Follows the journal of a service below: what it tells is kept here, with the place up to which it
// was told, in one transaction. So an event has its effect exactly once, however often it arrives
// and whichever replica of this service takes it.
#ifndef THIDUA_COMMON_JOURNAL_FOLLOWER_H_
#define THIDUA_COMMON_JOURNAL_FOLLOWER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/transaction.h"
#include "common/journal/chain.h"
#include "common/telemetry/instruments.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::journal {

// One open WatchEvents call.
struct EventStream {
  // Waits for the next batch. OUT_OF_RANGE when the source ended the stream in good order.
  std::function<absl::Status(v1::WatchEventsResponse& batch)> next;
  // Makes a waiting `next` return soon. May be called from another thread, at any time of the
  // stream's life.
  std::function<void()> cancel;
};

// Calls WatchEvents of the followed service for what comes after `after`.
using OpenStream =
    std::function<absl::StatusOr<std::unique_ptr<EventStream>>(const ChainPosition& after)>;

// One row of followed_resource.
struct FollowedResource {
  std::string resource_type;
  std::string resource;
  int64_t version;
  std::string snapshot;
};

// Which event brought what is kept of a resource.
struct KeptEvent {
  int64_t sequence;
  std::string resource;
  int64_t version;
  std::string snapshot;
};

// Up to where this schema follows `source`; the beginning when it never did.
absl::StatusOr<ChainPosition> LoadCursor(database::Connection& connection, std::string_view source);

// Calls `take` with every followed resource of one type, by name. To fill a map, read the cursor
// first: what comes after it may already be in the rows and is told again by the follower, with the
// same or a later version.
absl::Status LoadFollowed(database::Connection& connection, std::string_view source,
                          std::string_view resource_type,
                          absl::FunctionRef<absl::Status(const FollowedResource& resource)> take);

// The resource that came of the newest event of `source` at or before `sequence`.
absl::StatusOr<std::optional<KeptEvent>> LoadKept(database::Connection& connection,
                                                  std::string_view source, int64_t sequence);

// Forgets everything that was followed of `source`, and answers where that was: a follower that
// starts then takes its journal from the beginning, and comes to the state of one that never
// stopped. Nothing may follow meanwhile.
absl::StatusOr<ChainPosition> Forget(database::Pool& pool, std::string_view source,
                                     const database::Bounds& bounds);

class Follower {
 public:
  struct Options {
    // Key of the cursor: the followed service, "registry", or a courier's own name.
    std::string source;
    // Full proto names of the resources whose latest snapshot is kept in followed_resource.
    std::vector<std::string> types = {};
    // Runs for each event within the transaction; may run several times; an error undoes the batch,
    // which is then tried again, except that DATA_LOSS halts the follower. May be empty.
    std::function<absl::Status(database::Transaction& transaction, const v1::Event& event)> apply =
        nullptr;
    // Gets every event after `from`, in order and once, when it is committed here, by this replica
    // or another. For maps in memory; runs on the follower's thread. May be empty.
    std::function<void(absl::Span<const v1::Event> events)> on_committed = nullptr;
    // Where the maps in memory stand: the cursor they were loaded at (LoadCursor). Nothing: at the
    // cursor, wherever it then is.
    std::optional<ChainPosition> from = std::nullopt;
    // How long the source may end before what was followed, as a replica of it does that lags,
    // until it counts as put back to an earlier state.
    absl::Duration patience = absl::Seconds(10);
    telemetry::FollowerMetrics metrics = {};
  };

  // pool outlives the follower. Nothing happens before Start.
  Follower(database::Pool& pool, OpenStream open, Options options);
  // As Stop.
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void Start();
  // Cancels the stream and ends the thread. The second call does nothing.
  void Stop();

  // The newest sequence that is committed here and was told to on_committed.
  int64_t Position() const { return position_.load(std::memory_order_acquire); }
  // How many events the source has that are not here yet, as far as it said.
  int64_t Behind() const;

  struct Health {
    bool connected = false;  // heard from the source within the last 15 seconds
    bool halted = false;     // the source's chain is broken, or not the one that was followed:
                             // nothing is taken from it until an operator has looked and started
                             // the service anew
    absl::Time last_contact = absl::InfinitePast();
    absl::Status last_error;  // OK while all is well
  };
  Health CurrentHealth() const;

 private:
  void Run();
  // Finds the place to begin at, once.
  absl::Status Begin();
  // Opens a stream and takes what comes until it ends. OK when the source ended it.
  absl::Status FollowStream();
  // What to make of the way in which the stream ended: DATA_LOSS when the source's past is another.
  absl::Status Judge(const absl::Status& ended);
  absl::Status Take(const v1::WatchEventsResponse& batch);
  absl::Status CheckChain(absl::Span<const v1::Event> events) const;
  absl::Status Commit(absl::Span<const v1::Event> events);
  absl::Status CommitOnce(database::Transaction& transaction, absl::Span<const v1::Event> events);
  // The events that the schema does not have yet. DATA_LOSS when it was told otherwise before.
  absl::StatusOr<absl::Span<const v1::Event>> NewOnes(const ChainPosition& cursor,
                                                      absl::Span<const v1::Event> events) const;
  absl::Status Keep(database::Transaction& transaction, absl::Span<const v1::Event> events);
  bool Stopping() const;
  void Pause(absl::Duration duration);
  void Contact(int64_t head);
  void Report(const absl::Status& status);
  void Halt(const absl::Status& status);

  database::Pool& pool_;
  const OpenStream open_;
  const Options options_;

  // Of the thread alone.
  bool begun_;
  ChainPosition place_;
  bool moved_ = false;  // since the stream was opened
  absl::Time source_behind_since_ = absl::InfiniteFuture();

  std::atomic<int64_t> position_;
  std::atomic<int64_t> source_head_{0};
  std::atomic<bool> cancelled_{false};
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Health health_ ABSL_GUARDED_BY(mutex_);
  EventStream* stream_ ABSL_GUARDED_BY(mutex_) = nullptr;  // the open one
  std::thread thread_;
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_FOLLOWER_H_
