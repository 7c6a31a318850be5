#include "common/journal/sealer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/span.h"
#include "common/database/failure.h"
#include "common/database/transaction.h"
#include "common/document/digest.h"
#include "common/journal/feed.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "common/telemetry/log.h"

namespace thidua::journal {
namespace {

using database::Value;

// Commits that come closer together than this share a turn, and its write to disk.
constexpr absl::Duration kTurnsApart = absl::Milliseconds(20);
// How often events that other replicas committed are looked for.
constexpr absl::Duration kPoll = absl::Milliseconds(50);
constexpr absl::Duration kAfterError = absl::Milliseconds(500);
constexpr absl::Duration kBetweenSignatures = absl::Seconds(1);
// A head outside the database shows that the whole journal was exchanged for an older one.
constexpr absl::Duration kBetweenLoggedHeads = absl::Hours(1);
// Long enough for a batch on a very slow database; Stop does not wait for it.
constexpr absl::Duration kTurnTime = absl::Seconds(30);
constexpr absl::Duration kLastTurnTime = absl::Seconds(5);

// Links are written in groups of these sizes, so that few statement texts serve all batches.
constexpr std::array<size_t, 3> kGroups = {64, 8, 1};

struct Link {
  ChainPosition previous;
  ChainPosition place;
  std::string event_id;
};

absl::Status InsertGroup(database::Transaction& transaction, absl::Span<const Link> group,
                         int64_t sealed_at) {
  std::string sql =
      "INSERT INTO event_seal (seq, event_id, prev_hash, hash, sealed_at) VALUES (?, ?, ?, ?, ?)";
  for (size_t i = 1; i < group.size(); ++i) sql.append(", (?, ?, ?, ?, ?)");
  std::vector<Value> parameters;
  for (const Link& link : group) {
    parameters.insert(parameters.end(), {link.place.sequence, link.event_id, link.previous.hash,
                                         link.place.hash, sealed_at});
  }
  return transaction.Execute(sql, parameters).status();
}

absl::Status InsertLinks(database::Transaction& transaction, absl::Span<const Link> links,
                         int64_t sealed_at) {
  for (const size_t size : kGroups) {
    for (; links.size() >= size; links.remove_prefix(size)) {
      if (absl::Status inserted = InsertGroup(transaction, links.first(size), sealed_at);
          !inserted.ok())
        return inserted;
    }
  }
  return absl::OkStatus();
}

// One by one: for a list of keys the server may choose to scan the table, and would then wait for
// every transaction that has inserted and not yet committed.
absl::Status DeletePending(database::Transaction& transaction, absl::Span<const Link> links) {
  for (const Link& link : links) {
    const auto deleted =
        transaction.Execute("DELETE FROM event_pending WHERE event_id = ?", {link.event_id});
    if (!deleted.ok()) return deleted.status();
  }
  return absl::OkStatus();
}

}  // namespace

struct Sealer::Pending {
  std::string event_id;
  std::string digest;
};

Sealer::Sealer(database::Pool& pool, document::CurrentSigningKey key, Options options)
    : pool_(pool),
      current_key_(std::move(key)),
      options_(std::move(options)),
      lease_(pool, kSealerLease, options_.holder, options_.lease) {}

Sealer::~Sealer() { Stop(); }

void Sealer::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Sealer::Wake() {
  absl::MutexLock lock(&mutex_);
  awake_ = true;
}

void Sealer::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  cancelled_.store(true);
  if (thread_.joinable()) thread_.join();
}

void Sealer::Run() {
  while (WaitForWork()) {
    turn_began_ = absl::Now();
    Report(Turn({turn_began_ + kTurnTime, &cancelled_}));
  }
  LastTurn();
}

bool Sealer::WaitForWork() {
  absl::MutexLock lock(&mutex_);
  const absl::Duration rest = last_status_.ok() ? kTurnsApart : kAfterError;
  mutex_.AwaitWithDeadline(absl::Condition(&stopping_), turn_began_ + rest);
  mutex_.AwaitWithDeadline(absl::Condition(this, &Sealer::AwakeOrStopping),
                           turn_began_ + std::max(rest, kPoll));
  awake_ = false;
  return !stopping_;
}

absl::Status Sealer::Turn(const database::Bounds& bounds) {
  if (auto key = current_key_(); key != key_) {
    key_ = std::move(key);
    inherited_ = false;  // how far the head is signed is a question of the key
  }
  int sealed = kSealBatch;
  while (sealed == kSealBatch) {
    const absl::StatusOr<bool> holds = HoldLease();
    if (!holds.ok()) return holds.status();
    if (!*holds) return absl::OkStatus();
    const absl::StatusOr<int> batch = SealBatch(bounds);
    if (database::IsDuplicateKey(batch.status())) {
      // Another sealer was faster: the lease went over to it while this one was slow.
      holds_lease_ = inherited_ = false;
      return absl::OkStatus();
    }
    if (!batch.ok()) return batch.status();
    sealed = *batch;
  }
  options_.metrics.pending.Set(0);
  options_.metrics.last_pass.Set(telemetry::TimestampSeconds(absl::Now()));
  if (head_.sequence == signed_sequence_ || absl::Now() < signed_time_ + kBetweenSignatures)
    return absl::OkStatus();
  return Sign(bounds);
}

absl::StatusOr<bool> Sealer::HoldLease() {
  const absl::Time now = absl::Now();
  if (now < lease_checked_ + options_.lease / 3) return holds_lease_;
  const absl::StatusOr<bool> holds = lease_.TakeOrRenew();
  // Unknown is as good as lost; sealing without the lease would only be slow.
  const bool held = holds_lease_;
  holds_lease_ = holds.ok() && *holds;
  if (holds_lease_ != held) inherited_ = false;
  if (!holds.ok()) return holds.status();
  lease_checked_ = now;
  return holds_lease_;
}

absl::Status Sealer::Inherit(database::Connection& connection) {
  const auto newest = connection.Query(
      "SELECT h.seq, h.hash, s.hash FROM event_head h LEFT JOIN event_seal s ON s.seq = h.seq "
      "ORDER BY h.seq DESC LIMIT 1");
  if (!newest.ok()) return newest.status();
  if (!newest->empty() && newest->front().OptionalText(2) != newest->front().Text(1)) {
    return Broken(newest->front().Int(0),
                  "the event with the newest signed head is gone or was changed",
                  "sự kiện có chữ ký mới nhất bị mất hoặc bị sửa");
  }
  const auto signed_by_us = connection.Query(
      "SELECT seq FROM event_head WHERE key_id = ? ORDER BY seq DESC LIMIT 1", {key_->KeyId()});
  if (!signed_by_us.ok()) return signed_by_us.status();
  signed_sequence_ = signed_by_us->empty() ? 0 : signed_by_us->front().Int(0);
  inherited_ = true;
  return absl::OkStatus();
}

absl::StatusOr<ChainPosition> Sealer::CheckedHead(database::Connection& connection) const {
  absl::StatusOr<ChainPosition> stored = ReadHead(connection);
  if (!stored.ok()) return stored;
  if (stored->sequence < head_.sequence ||
      (stored->sequence == head_.sequence && stored->hash != head_.hash)) {
    return Broken(head_.sequence, "the newest sealed event is gone or was changed",
                  "sự kiện đã niêm phong mới nhất bị mất hoặc bị sửa");
  }
  return stored;
}

absl::StatusOr<int> Sealer::SealBatch(const database::Bounds& bounds) {
  std::vector<Pending> pending;
  ChainPosition head;
  {
    auto connection = pool_.Borrow(bounds);
    if (!connection.ok()) return connection.status();
    const bool first = !inherited_;
    if (first) {
      if (absl::Status inherited = Inherit(**connection); !inherited.ok()) return inherited;
    }
    auto rows = (*connection)
                    ->Query("SELECT event_id, digest FROM event_pending ORDER BY event_id LIMIT ?",
                            {int64_t{kSealBatch}});
    if (!rows.ok()) return rows.status();
    if (rows->empty() && !first) return 0;
    absl::StatusOr<ChainPosition> stored = CheckedHead(**connection);
    if (!stored.ok()) return stored.status();
    head = *std::move(stored);
    for (const database::Row& row : *rows) pending.push_back({row.Text(0), row.Text(1)});
  }
  Advance(head);
  if (pending.empty()) return 0;
  options_.metrics.pending.Set(static_cast<double>(pending.size()));
  const absl::StatusOr<ChainPosition> end = Commit(bounds, head, pending);
  if (!end.ok()) return end.status();
  Advance(*end);
  const absl::Time now = absl::Now();
  for (const Pending& event : pending)
    options_.metrics.seal_lag.Observe(now - runtime::IdTime(event.event_id));
  return static_cast<int>(pending.size());
}

// The pending rows were read before the transaction began. Nobody but a sealer takes them away, and
// if one did, this transaction meets its rows in event_seal. A doubtful COMMIT needs no more: the
// next batch starts with reading what is there.
absl::StatusOr<ChainPosition> Sealer::Commit(const database::Bounds& bounds,
                                             const ChainPosition& head,
                                             const std::vector<Pending>& pending) {
  std::vector<Link> links;
  links.reserve(pending.size());
  ChainPosition end = head;
  for (const Pending& event : pending) {
    ChainPosition place = Next(end, event.digest);
    links.push_back({end, place, event.event_id});
    end = std::move(place);
  }
  const absl::Status committed = database::Transaction::RunUnledgered(
      pool_, bounds, [&](database::Transaction& transaction) -> absl::Status {
        if (absl::Status inserted = InsertLinks(transaction, links, runtime::ToMicros(absl::Now()));
            !inserted.ok()) {
          return inserted;
        }
        return DeletePending(transaction, links);
      });
  if (!committed.ok()) return committed;
  return end;
}

void Sealer::Advance(const ChainPosition& head) {
  if (head.sequence == head_.sequence) return;
  head_ = head;
  sealed_head_.store(head.sequence, std::memory_order_release);
  options_.metrics.sealed_sequence.Set(static_cast<double>(head.sequence));
  if (options_.on_sealed) options_.on_sealed(head.sequence);
}

absl::Status Sealer::Sign(const database::Bounds& bounds) {
  const absl::Time now = absl::Now();
  const absl::StatusOr<std::string> signature = key_->Sign(HeadStatement(head_, now));
  if (!signature.ok()) return signature.status();
  auto connection = pool_.Borrow(bounds);
  if (!connection.ok()) return connection.status();
  const absl::Status inserted =
      (*connection)
          ->Execute(
              "INSERT INTO event_head (seq, hash, key_id, signature, signed_at) VALUES (?, ?, ?, "
              "?, ?)",
              {head_.sequence, head_.hash, key_->KeyId(), *signature, runtime::ToMicros(now)})
          .status();
  // A duplicate is this very head, signed before its answer was lost or by the holder before.
  if (!inserted.ok() && !database::IsDuplicateKey(inserted)) return inserted;
  signed_sequence_ = head_.sequence;
  signed_time_ = now;
  if (now >= logged_time_ + kBetweenLoggedHeads || bounds.cancelled == nullptr) {
    logged_time_ = now;
    telemetry::Log(telemetry::Severity::kInfo, "journal head signed",
                   {{"sequence", head_.sequence},
                    {"hash", document::Hex(head_.hash)},
                    {"key_id", key_->KeyId()},
                    {"signature", document::Hex(*signature)},
                    {"signed_at", runtime::ToMicros(now)}});
  }
  return absl::OkStatus();
}

void Sealer::LastTurn() {
  const database::Bounds bounds{absl::Now() + kLastTurnTime};
  absl::Status status = Turn(bounds);
  if (!holds_lease_) return;
  if (status.ok() && inherited_ && head_.sequence != signed_sequence_) status = Sign(bounds);
  status.Update(lease_.Release());
  Report(status);
}

// Once for each change, not once for each turn.
void Sealer::Report(const absl::Status& status) {
  if (status == last_status_ || absl::IsCancelled(status)) return;
  last_status_ = status;
  if (status.ok()) {
    telemetry::Log(telemetry::Severity::kInfo, "journal is being sealed again");
  } else {
    telemetry::Log(telemetry::Severity::kError, "journal cannot be sealed",
                   {{"why", std::string(status.message())}});
  }
}

}  // namespace thidua::journal
