#include "common/journal/follower.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/journal/event_row.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "common/telemetry/log.h"

namespace thidua::journal {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(100);
constexpr absl::Duration kLongestPause = absl::Seconds(5);
// Three signs of life of JournalService.
constexpr absl::Duration kSilence = absl::Seconds(15);
constexpr absl::Duration kCommitTime = absl::Seconds(30);
// Other replicas move the same cursor; each time one of them got further.
constexpr int kMostRaces = 5;
constexpr int64_t kLoadBatch = 200;

// Another replica moved the cursor first.
absl::Status Overtaken() { return absl::AbortedError("another replica moved the cursor"); }

absl::StatusOr<ChainPosition> OneCursor(const absl::StatusOr<database::Rows>& rows) {
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return ChainPosition();
  return ChainPosition{rows->front().Int(0), rows->front().Text(1)};
}

constexpr char kReadCursor[] = "SELECT seq, hash FROM follower_cursor WHERE source = ?";

absl::Status MoveCursor(database::Transaction& transaction, const std::string& source,
                        const ChainPosition& from, const v1::Event& to) {
  const int64_t now = runtime::ToMicros(absl::Now());
  const auto moved = transaction.Execute(
      "UPDATE follower_cursor SET seq = ?, hash = ?, updated_at = ? WHERE source = ? AND seq = ?",
      {to.sequence(), to.hash(), now, source, from.sequence});
  if (!moved.ok()) return moved.status();
  if (*moved == 1) return absl::OkStatus();
  if (from.sequence != 0) return Overtaken();
  const absl::Status inserted =
      transaction
          .Execute(
              "INSERT INTO follower_cursor (source, seq, hash, updated_at) VALUES (?, ?, ?, ?)",
              {source, to.sequence(), to.hash(), now})
          .status();
  return database::IsDuplicateKey(inserted) ? Overtaken() : inserted;
}

absl::Status Upsert(database::Transaction& transaction, const std::string& source,
                    const v1::Event& event) {
  return transaction
      .Execute(
          "INSERT INTO followed_resource (source, resource, resource_type, version, seq, snapshot) "
          "VALUES (?, ?, ?, ?, ?, ?) "
          "ON DUPLICATE KEY UPDATE resource_type = ?, version = ?, seq = ?, snapshot = ?",
          {source, event.resource(), event.resource_type(), event.version(), event.sequence(),
           event.snapshot(), event.resource_type(), event.version(), event.sequence(),
           event.snapshot()})
      .status();
}

}  // namespace

absl::StatusOr<ChainPosition> LoadCursor(database::Connection& connection,
                                         std::string_view source) {
  return OneCursor(connection.Query(kReadCursor, {std::string(source)}));
}

absl::Status LoadFollowed(database::Connection& connection, std::string_view source,
                          std::string_view resource_type,
                          absl::FunctionRef<absl::Status(const FollowedResource& resource)> take) {
  FollowedResource resource;
  resource.resource_type = std::string(resource_type);
  while (true) {
    const auto rows = connection.Query(
        "SELECT resource, version, snapshot FROM followed_resource "
        "WHERE source = ? AND resource_type = ? AND resource > ? ORDER BY resource LIMIT ?",
        {std::string(source), resource.resource_type, resource.resource, kLoadBatch});
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return absl::OkStatus();
    for (const database::Row& row : *rows) {
      resource.resource = row.Text(0);
      resource.version = row.Int(1);
      resource.snapshot = row.Text(2);
      if (absl::Status taken = take(resource); !taken.ok()) return taken;
    }
  }
}

absl::StatusOr<std::optional<KeptEvent>> LoadKept(database::Connection& connection,
                                                  std::string_view source, int64_t sequence) {
  const auto rows = connection.Query(
      "SELECT seq, resource, version, snapshot FROM followed_resource WHERE source = ? AND seq <= "
      "? ORDER BY seq DESC LIMIT 1",
      {std::string(source), sequence});
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::nullopt;
  const database::Row& row = rows->front();
  return KeptEvent{row.Int(0), row.Text(1), row.Int(2), row.Text(3)};
}

absl::StatusOr<ChainPosition> Forget(database::Pool& pool, std::string_view source,
                                     const database::Bounds& bounds) {
  const std::string name(source);
  ChainPosition followed;
  // One transaction: with the cursor alone gone, rows of a past that never was could stay.
  const absl::Status forgotten = database::Transaction::RunUnledgered(
      pool, bounds, [&](database::Transaction& transaction) -> absl::Status {
        absl::StatusOr<ChainPosition> cursor = OneCursor(transaction.Query(kReadCursor, {name}));
        if (!cursor.ok()) return cursor.status();
        followed = *std::move(cursor);
        for (const char* table : {"follower_cursor", "followed_resource"}) {
          const auto deleted =
              transaction.Execute(absl::StrCat("DELETE FROM ", table, " WHERE source = ?"), {name});
          if (!deleted.ok()) return deleted.status();
        }
        return absl::OkStatus();
      });
  if (!forgotten.ok()) return forgotten;
  return followed;
}

Follower::Follower(database::Pool& pool, OpenStream open, Options options)
    : pool_(pool),
      open_(std::move(open)),
      options_(std::move(options)),
      begun_(options_.from.has_value()),
      place_(options_.from.value_or(ChainPosition())),
      position_(place_.sequence) {}

Follower::~Follower() { Stop(); }

void Follower::Start() {
  options_.metrics.position.Set(static_cast<double>(place_.sequence));
  thread_ = std::thread([this] { Run(); });
}

void Follower::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (stream_ != nullptr) stream_->cancel();
  }
  cancelled_.store(true);
  if (thread_.joinable()) thread_.join();
}

int64_t Follower::Behind() const {
  return std::max<int64_t>(0, source_head_.load(std::memory_order_acquire) - Position());
}

Follower::Health Follower::CurrentHealth() const {
  absl::MutexLock lock(&mutex_);
  Health health = health_;
  health.connected = health.connected && absl::Now() - health.last_contact < kSilence;
  return health;
}

void Follower::Run() {
  absl::BitGen random;
  absl::Duration pause = kFirstPause;
  while (!Stopping()) {
    moved_ = false;
    absl::Status status = Begin();
    if (status.ok()) status = FollowStream();
    if (Stopping()) return;
    status = Judge(status);
    if (absl::IsDataLoss(status)) return Halt(status);
    Report(status);
    pause = moved_ ? kFirstPause : std::min(2 * pause, kLongestPause);
    // Replicas that lost the same source come back one after the other.
    Pause(pause * absl::Uniform(random, 0.5, 1.0));
  }
}

absl::Status Follower::Begin() {
  if (begun_) return absl::OkStatus();
  auto connection = pool_.Borrow({absl::Now() + kCommitTime, &cancelled_});
  if (!connection.ok()) return connection.status();
  const absl::StatusOr<ChainPosition> cursor = LoadCursor(**connection, options_.source);
  if (!cursor.ok()) return cursor.status();
  place_ = *cursor;
  position_.store(place_.sequence, std::memory_order_release);
  begun_ = true;
  return absl::OkStatus();
}

absl::Status Follower::FollowStream() {
  absl::StatusOr<std::unique_ptr<EventStream>> stream = open_(place_);
  if (!stream.ok()) return stream.status();
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return absl::OkStatus();
    stream_ = stream->get();
  }
  absl::Status status;
  while (status.ok()) {
    v1::WatchEventsResponse batch;
    status = (*stream)->next(batch);
    if (status.ok()) status = Take(batch);
  }
  absl::MutexLock lock(&mutex_);
  stream_ = nullptr;
  health_.connected = false;
  return absl::IsOutOfRange(status) ? absl::OkStatus() : status;
}

// Waiting for a source that has gone back would end in taking the events of another past, as soon
// as their numbers pass ours.
absl::Status Follower::Judge(const absl::Status& ended) {
  const contract::Reason reason = contract::ReasonOf(ended);
  if (reason == contract::Reason::REASON_JOURNAL_DIVERGED)
    return absl::DataLossError(ended.message());
  if (reason != contract::Reason::REASON_POSITION_NOT_REACHED) {
    source_behind_since_ = absl::InfiniteFuture();
    return ended;
  }
  const absl::Time now = absl::Now();
  source_behind_since_ = std::min(source_behind_since_, now);
  if (now - source_behind_since_ < options_.patience) return ended;
  return absl::DataLossError(absl::StrCat(
      options_.source, " ends at ", contract::MetadataOf(ended)["position"],
      ", but was followed up to ", place_.sequence, ": it was put back to an earlier state"));
}

absl::Status Follower::Take(const v1::WatchEventsResponse& batch) {
  Contact(batch.head_sequence());
  if (batch.events().empty()) return absl::OkStatus();
  const std::vector<v1::Event> events(batch.events().begin(), batch.events().end());
  if (absl::Status chain = CheckChain(events); !chain.ok()) return chain;
  if (absl::Status committed = Commit(events); !committed.ok()) return committed;
  if (options_.on_committed) options_.on_committed(events);
  place_ = {events.back().sequence(), events.back().hash()};
  moved_ = true;
  position_.store(place_.sequence, std::memory_order_release);
  options_.metrics.position.Set(static_cast<double>(place_.sequence));
  options_.metrics.lag.Observe(absl::Now() - runtime::IdTime(EventId(events.back())));
  return absl::OkStatus();
}

absl::Status Follower::CheckChain(absl::Span<const v1::Event> events) const {
  ChainPosition place = place_;
  for (const v1::Event& event : events) {
    if (absl::Status link = CheckLink(place, event); !link.ok()) return link;
    place = {event.sequence(), event.hash()};
  }
  return absl::OkStatus();
}

absl::Status Follower::Commit(absl::Span<const v1::Event> events) {
  absl::Status status;
  for (int race = 0; race < kMostRaces; ++race) {
    // A doubtful COMMIT ends the stream; the events come again, and the cursor tells what became of
    // them.
    status = database::Transaction::RunUnledgered(
        pool_, {absl::Now() + kCommitTime, &cancelled_},
        [&](database::Transaction& transaction) { return CommitOnce(transaction, events); });
    if (!absl::IsAborted(status)) break;
  }
  return status;
}

absl::Status Follower::CommitOnce(database::Transaction& transaction,
                                  absl::Span<const v1::Event> events) {
  const absl::StatusOr<ChainPosition> cursor =
      OneCursor(transaction.Query(kReadCursor, {options_.source}));
  if (!cursor.ok()) return cursor.status();
  const auto fresh = NewOnes(*cursor, events);
  if (!fresh.ok()) return fresh.status();
  if (fresh->empty()) return absl::OkStatus();
  // First, since it makes other replicas wait here and not at the first row they both write.
  if (absl::Status moved = MoveCursor(transaction, options_.source, *cursor, fresh->back());
      !moved.ok())
    return moved;
  return Keep(transaction, *fresh);
}

absl::StatusOr<absl::Span<const v1::Event>> Follower::NewOnes(
    const ChainPosition& cursor, absl::Span<const v1::Event> events) const {
  const int64_t before = events.front().sequence() - 1;
  if (cursor.sequence < before) {
    return absl::DataLossError(absl::StrCat("the cursor of ", options_.source, " went back from ",
                                            before, " to ", cursor.sequence,
                                            ": this schema was put back to an earlier state"));
  }
  const int64_t known =
      std::min<int64_t>(cursor.sequence - before, static_cast<int64_t>(events.size()));
  const std::string& hash =
      known == 0 ? place_.hash : events[static_cast<size_t>(known) - 1].hash();
  if (cursor.sequence == before + known && cursor.hash != hash) {
    return absl::DataLossError(
        absl::StrCat("event ", cursor.sequence, " is not the one that was followed before"));
  }
  return events.subspan(static_cast<size_t>(known));
}

absl::Status Follower::Keep(database::Transaction& transaction,
                            absl::Span<const v1::Event> events) {
  std::map<std::string_view, const v1::Event*> latest;
  for (const v1::Event& event : events) {
    if (options_.apply) {
      if (absl::Status applied = options_.apply(transaction, event); !applied.ok()) return applied;
    }
    const auto& types = options_.types;
    if (std::find(types.begin(), types.end(), event.resource_type()) != types.end())
      latest[event.resource()] = &event;
  }
  for (const auto& [resource, event] : latest) {
    if (absl::Status kept = Upsert(transaction, options_.source, *event); !kept.ok()) return kept;
  }
  return absl::OkStatus();
}

bool Follower::Stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void Follower::Pause(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&stopping_), duration);
}

void Follower::Contact(int64_t head) {
  const absl::Time now = absl::Now();
  source_head_.store(head, std::memory_order_release);
  options_.metrics.last_contact.Set(telemetry::TimestampSeconds(now));
  absl::MutexLock lock(&mutex_);
  health_.connected = true;
  health_.last_contact = now;
  health_.last_error = absl::OkStatus();
}

void Follower::Report(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (status == health_.last_error) return;
    health_.last_error = status;
  }
  if (status.ok()) return;
  telemetry::Log(telemetry::Severity::kWarning, "following was interrupted",
                 {{"source", options_.source},
                  {"position", place_.sequence},
                  {"why", std::string(status.message())}});
}

void Follower::Halt(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    health_.last_error = status;
    health_.halted = true;
  }
  options_.metrics.halted.Set(1);
  telemetry::Log(telemetry::Severity::kError,
                 "the followed journal is broken; nothing more is taken from it",
                 {{"source", options_.source},
                  {"position", place_.sequence},
                  {"why", std::string(status.message())}});
}

}  // namespace thidua::journal
