// Gives pending events their place in the order, links them and signs the head. One sealer works at a time in a schema, whoever holds
// the lease; that two work at once is slow, not wrong.
#ifndef THIDUA_COMMON_JOURNAL_SEALER_H_
#define THIDUA_COMMON_JOURNAL_SEALER_H_

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
    // Called on the sealer's thread after each COMMIT, with the new newest sequence; must not block. May be empty.
    std::function<void(int64_t sequence)> on_sealed;
    telemetry::JournalMetrics metrics;
  };

  // pool and key outlive the sealer. Nothing happens before Start.
  Sealer(database::Pool& pool, const document::SigningKey& key, Options options);
  // As Stop.
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  void Start();

  // Says that an event was committed here: it is sealed within about 20 ms when this sealer holds the lease. Cheap; from any thread.
  void Wake();

  // Finishes the running pass, signs what is not signed, gives up the lease. Returns within about 5 seconds even when the database does
  // not answer. Once.
  void Stop();

  // The newest sequence that this sealer has sealed or seen sealed; 0 before its first pass.
  int64_t SealedHead() const { return sealed_head_.load(std::memory_order_acquire); }

 private:
  void Run();
  // Waits until there may be work; false when it is time to stop.
  bool WaitForWork();
  // One turn with the lease in hand or in reach: seals until nothing is pending, signs when it is time.
  absl::Status Turn();
  absl::StatusOr<bool> HoldLease();
  // Seals at most kSealBatch events in one transaction. Returns how many.
  absl::StatusOr<int> SealBatch();
  // OK when the stored head is the one this sealer left, or later: what was sealed never goes away.
  absl::Status CheckHead(const ChainPosition& stored);
  absl::Status SignWhenDue(bool stopping);
  absl::Status Sign();
  database::Bounds Bounds() const;
  void Report(const absl::Status& status);

  database::Pool& pool_;
  const document::SigningKey& key_;
  const Options options_;
  database::Lease lease_;

  // Of the thread alone.
  bool holds_lease_ = false;
  absl::Time lease_checked_ = absl::InfinitePast();
  ChainPosition head_;
  int64_t signed_sequence_ = 0;
  absl::Time signed_time_ = absl::InfinitePast();
  absl::Time logged_time_ = absl::InfinitePast();
  absl::Status last_error_;

  std::atomic<int64_t> sealed_head_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool awake_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_SEALER_H_
