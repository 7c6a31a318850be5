// Gives pending events their place in the order, links them and signs the head. One sealer works at
// a time in a schema, whoever holds the lease; that two work at once is slow, not wrong.
#ifndef THIDUA_COMMON_JOURNAL_SEALER_H_
#define THIDUA_COMMON_JOURNAL_SEALER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/database/lease.h"
#include "common/database/pool.h"
#include "common/document/signature.h"
#include "common/journal/chain.h"
#include "common/telemetry/instruments.h"

namespace thidua::journal {

// Most events that one transaction seals.
inline constexpr int kSealBatch = 500;

// Name of the lease that the working sealer holds.
inline constexpr char kSealerLease[] = "journal-sealer";

class Sealer {
 public:
  struct Options {
    // Unique per process, runtime::NewId().
    std::string holder;
    // How long the lease outlives a sealer that died. It is renewed three times as often.
    absl::Duration lease = absl::Seconds(5);
    // Called on the sealer's thread after each COMMIT, with the new newest sequence; must not
    // block. May be empty.
    std::function<void(int64_t sequence)> on_sealed = nullptr;
    telemetry::JournalMetrics metrics = {};
  };

  // The pool outlives the sealer. A new key signs the head again, within seconds. Nothing happens
  // before Start.
  Sealer(database::Pool& pool, document::CurrentSigningKey key, Options options);
  // As Stop.
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  void Start();

  // Says that an event was committed here: it is sealed within about 20 ms when this sealer holds
  // the lease. Cheap; from any thread.
  void Wake();

  // Seals and signs what there is, gives up the lease and ends the thread. Takes at most about 10
  // seconds when the database does not answer; what is then left is sealed by the next holder. The
  // second call does nothing.
  void Stop();

  // The newest sequence that this sealer has sealed or seen sealed; 0 before its first pass.
  int64_t SealedHead() const { return sealed_head_.load(std::memory_order_acquire); }

 private:
  struct Pending;

  void Run();
  // Waits until there may be work; false when it is time to stop.
  bool WaitForWork();
  bool AwakeOrStopping() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return awake_ || stopping_; }
  // Seals until nothing is pending, and signs when it is time. OK without having done anything
  // while another holds the lease.
  absl::Status Turn(const database::Bounds& bounds);
  absl::StatusOr<bool> HoldLease();
  // What a new holder must know: how far the head is signed, and that nothing signed is gone.
  absl::Status Inherit(database::Connection& connection);
  // One batch. Returns how many events it sealed.
  absl::StatusOr<int> SealBatch(const database::Bounds& bounds);
  // The stored head; REASON_JOURNAL_BROKEN when what this sealer knows of is gone from it.
  absl::StatusOr<ChainPosition> CheckedHead(database::Connection& connection) const;
  // Where the chain ends after `pending`, once it is committed there.
  absl::StatusOr<ChainPosition> Commit(const database::Bounds& bounds, const ChainPosition& head,
                                       const std::vector<Pending>& pending);
  void Advance(const ChainPosition& head);
  absl::Status Sign(const database::Bounds& bounds);
  void LastTurn();
  void Report(const absl::Status& status);

  database::Pool& pool_;
  const document::CurrentSigningKey current_key_;
  const Options options_;
  database::Lease lease_;

  // Of the thread alone.
  std::shared_ptr<const document::SigningKey> key_;  // of this turn
  bool holds_lease_ = false;
  bool inherited_ = false;
  absl::Time lease_checked_ = absl::InfinitePast();
  absl::Time turn_began_ = absl::InfinitePast();
  ChainPosition head_;
  int64_t signed_sequence_ = 0;
  absl::Time signed_time_ = absl::InfinitePast();
  absl::Time logged_time_ = absl::InfinitePast();
  absl::Status last_status_;

  std::atomic<int64_t> sealed_head_{0};
  std::atomic<bool> cancelled_{false};
  absl::Mutex mutex_;
  bool awake_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_SEALER_H_
