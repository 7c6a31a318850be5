#include "common/database/pool.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "common/contract/refusal.h"
#include "common/database/failure.h"
#include "common/runtime/secret_file.h"
#include "common/telemetry/log.h"

namespace thidua::database {
namespace {

namespace access = ::thidua::access::v1;
using contract::Refuse;
using contract::RefuseForNow;
using telemetry::Log;
using telemetry::Severity;

constexpr absl::Duration kLongestWait = absl::Milliseconds(250);
constexpr absl::Duration kConnectTimeout = absl::Seconds(2);
constexpr int kMostConnecting = 5;
constexpr absl::Duration kTrustedIdleTime = absl::Seconds(30);
constexpr absl::Duration kLifetime = absl::Minutes(10);
constexpr absl::Duration kLifetimeOnAFallback = absl::Seconds(30);
constexpr double kLifetimeSpread = 0.2;
constexpr absl::Duration kBetweenScouts = absl::Seconds(5);

absl::Status AllInUse() {
  return RefuseForNow(access::REASON_OVERLOADED,
                      {{"why", "all database connections are in use"},
                       {"why_vi", "mọi kết nối cơ sở dữ liệu đều đang được dùng"}},
                      absl::Milliseconds(100));
}

absl::Status TooManyConnecting() {
  return RefuseForNow(access::REASON_DATABASE_UNAVAILABLE, {}, absl::Seconds(1));
}

absl::Status CheckBounds(const Bounds& bounds) {
  if (bounds.cancelled != nullptr && bounds.cancelled->load(std::memory_order_relaxed)) {
    return Refuse(access::REASON_CANCELLED);
  }
  if (absl::Now() >= bounds.deadline) {
    return Refuse(access::REASON_DEADLINE_EXCEEDED,
                  {{"why", "no time was left for the database"},
                   {"why_vi", "không còn thời gian cho cơ sở dữ liệu"}});
  }
  return absl::OkStatus();
}

// What to try, in order.
absl::StatusOr<std::vector<std::string>> PasswordsOf(const Account& account) {
  if (account.password_file.empty()) return std::vector<std::string>{account.password};
  const absl::StatusOr<std::string> lines = runtime::ReadSecretFile(account.password_file);
  if (!lines.ok()) {
    telemetry::Log(telemetry::Severity::kError, "the database password cannot be read",
                   {{"why", lines.status().message()}});
    return RefuseForNow(access::REASON_DATABASE_UNAVAILABLE, {}, absl::Seconds(1));
  }
  return absl::StrSplit(*lines, '\n', absl::SkipEmpty());
}

// Spread, so that connections made together do not end together.
absl::Time RandomExpiry(absl::Duration lifetime) {
  thread_local absl::BitGen random;
  return absl::Now() + lifetime * absl::Uniform(random, 1 - kLifetimeSpread, 1 + kLifetimeSpread);
}

}  // namespace

struct Pool::State {
  struct Idle {
    std::unique_ptr<Connection> connection;
    absl::Time expires;
    absl::Time last_used;
  };

  Account account;
  int size = 1;
  absl::Duration statement_timeout;
  telemetry::DatabaseMetrics metrics;

  absl::Mutex mutex;
  std::deque<Idle> idle
      ABSL_GUARDED_BY(mutex);  // the latest used at the back, so that the rest grow old and go
  int lent ABSL_GUARDED_BY(mutex) = 0;  // in callers' hands, or being connected for them
  int connecting ABSL_GUARDED_BY(mutex) = 0;
  std::vector<bool> passed_over ABSL_GUARDED_BY(mutex);  // for each server
  size_t server_in_use ABSL_GUARDED_BY(mutex) = 0;

  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::thread scout;  // only beside several servers

  bool HasFree() const ABSL_SHARED_LOCKS_REQUIRED(mutex) { return lent < size; }
  bool MayConnect() const ABSL_SHARED_LOCKS_REQUIRED(mutex) { return connecting < kMostConnecting; }
  bool HasWorkForScout() const ABSL_SHARED_LOCKS_REQUIRED(mutex) {
    return stopping || std::ranges::count(passed_over, true) > 0;
  }
};

Pool::Pool(Account account, int size, absl::Duration statement_timeout,
           const telemetry::DatabaseMetrics& metrics)
    : state_(std::make_unique<State>()) {
  InitializeDriver();
  // A unix socket counts as one server.
  state_->passed_over.resize(std::max<size_t>(1, account.servers.size()));
  state_->account = std::move(account);
  state_->size = std::max(1, size);
  state_->statement_timeout = statement_timeout;
  state_->metrics = metrics;
  if (state_->account.servers.size() > 1) state_->scout = std::thread([this] { Scout(); });
}

Pool::~Pool() {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->stopping = true;
  }
  if (state_->scout.joinable()) state_->scout.join();
}

int Pool::size() const { return state_->size; }
const Account& Pool::account() const { return state_->account; }
const telemetry::DatabaseMetrics& Pool::metrics() const { return state_->metrics; }

absl::StatusOr<Pool::Borrowed> Pool::Borrow(const Bounds& bounds) {
  if (absl::Status status = CheckBounds(bounds); !status.ok()) return status;
  const absl::Time give_up = std::min(absl::Now() + kLongestWait, bounds.deadline);
  {
    absl::MutexLock lock(&state_->mutex);
    if (!state_->HasFree()) {
      state_->metrics.waiting.Add(1);
      const bool free =
          state_->mutex.AwaitWithDeadline(absl::Condition(state_.get(), &State::HasFree), give_up);
      state_->metrics.waiting.Add(-1);
      if (!free) return AllInUse();
    }
    ++state_->lent;
    state_->metrics.in_use.Set(state_->lent);
  }
  // From here on every way out either hands the connection over or counts `lent` down again
  // (TakeBack).
  while (true) {
    State::Idle candidate;
    {
      absl::MutexLock lock(&state_->mutex);
      if (state_->idle.empty()) break;
      candidate = std::move(state_->idle.back());
      state_->idle.pop_back();
    }
    const absl::Time now = absl::Now();
    if (now < candidate.expires &&
        (now - candidate.last_used <= kTrustedIdleTime || candidate.connection->Ping())) {
      candidate.connection->SetBounds(bounds);
      return Borrowed(this, std::move(candidate.connection), candidate.expires);
    }
    if (candidate.connection->broken()) NoteBroken(*candidate.connection);
    state_->metrics.discarded.Increment();
  }
  absl::StatusOr<Borrowed> connected = Connect(bounds, give_up);
  if (!connected.ok()) TakeBack(nullptr, absl::InfinitePast());
  return connected;
}

absl::StatusOr<std::unique_ptr<Connection>> Pool::Open(size_t server,
                                                       absl::Duration timeout) const {
  const absl::StatusOr<std::vector<std::string>> passwords = PasswordsOf(state_->account);
  if (!passwords.ok()) return passwords.status();
  Account account = state_->account;
  absl::StatusOr<std::unique_ptr<Connection>> opened;
  for (const std::string& password : *passwords) {
    account.password = password;
    opened = Connection::Open(account, server, timeout, state_->statement_timeout);
    if (!LoginDenied(opened.status())) break;
  }
  return opened;
}

absl::StatusOr<Pool::Borrowed> Pool::Connect(const Bounds& bounds, absl::Time give_up) {
  {
    absl::MutexLock lock(&state_->mutex);
    if (!state_->mutex.AwaitWithDeadline(absl::Condition(state_.get(), &State::MayConnect),
                                         give_up)) {
      return TooManyConnecting();
    }
    ++state_->connecting;
  }
  absl::StatusOr<Borrowed> connected = ConnectToOne(bounds);
  absl::MutexLock lock(&state_->mutex);
  --state_->connecting;
  return connected;
}

absl::StatusOr<Pool::Borrowed> Pool::ConnectToOne(const Bounds& bounds) {
  absl::Status failure;
  for (const size_t server : ServersToTry()) {
    if (absl::Status status = CheckBounds(bounds); !status.ok()) return status;
    const absl::Duration left = std::max(bounds.deadline - absl::Now(), absl::Milliseconds(1));
    auto connection = Open(server, std::min(left, kConnectTimeout));
    NoteServer(server, connection.ok());
    if (connection.ok()) {
      state_->metrics.opened.Increment();
      (*connection)->SetBounds(bounds);
      return Borrowed(this, *std::move(connection),
                      RandomExpiry(server == 0 ? kLifetime : kLifetimeOnAFallback));
    }
    failure.Update(connection.status());
  }
  return failure;
}

// In order of preference, those that are passed over last.
std::vector<size_t> Pool::ServersToTry() const {
  std::vector<size_t> servers;
  absl::MutexLock lock(&state_->mutex);
  for (const bool passed_over : {false, true}) {
    for (size_t server = 0; server < state_->passed_over.size(); ++server) {
      if (state_->passed_over[server] == passed_over) servers.push_back(server);
    }
  }
  return servers;
}

void Pool::Scout() {
  while (true) {
    std::vector<size_t> away;
    {
      absl::MutexLock lock(&state_->mutex);
      state_->mutex.Await(absl::Condition(state_.get(), &State::HasWorkForScout));
      if (state_->mutex.AwaitWithTimeout(absl::Condition(&state_->stopping), kBetweenScouts))
        return;
      for (size_t server = 0; server < state_->passed_over.size(); ++server) {
        if (state_->passed_over[server]) away.push_back(server);
      }
    }
    for (const size_t server : away) {
      if (!Open(server, kConnectTimeout).ok()) continue;
      absl::MutexLock lock(&state_->mutex);
      state_->passed_over[server] = false;
    }
  }
}

// Of a connection that was made, or that broke.
void Pool::NoteServer(size_t server, bool serves) {
  {
    absl::MutexLock lock(&state_->mutex);
    state_->passed_over[server] = !serves;
    if (!serves || std::exchange(state_->server_in_use, server) == server) return;
  }
  const Server& now_used = state_->account.servers[server];
  Log(Severity::kWarning, "the database is now reached at another server",
      {{"host", now_used.host}, {"port", now_used.port}, {"user", state_->account.user}});
}

// What broke one connection has most likely broken those beside it.
void Pool::NoteBroken(const Connection& connection) {
  if (connection.silent()) NoteServer(connection.server(), false);
  std::deque<State::Idle> gone;  // closes outside the lock
  {
    absl::MutexLock lock(&state_->mutex);
    const auto kept = std::stable_partition(
        state_->idle.begin(), state_->idle.end(),
        [&](const State::Idle& idle) { return idle.connection->server() != connection.server(); });
    std::move(kept, state_->idle.end(), std::back_inserter(gone));
    state_->idle.erase(kept, state_->idle.end());
  }
  for (size_t i = 0; i < gone.size(); ++i) state_->metrics.discarded.Increment();
}

void Pool::TakeBack(std::unique_ptr<Connection> connection, absl::Time expires) {
  const absl::Time now = absl::Now();
  const bool broken = connection != nullptr && connection->broken();
  if (broken) NoteBroken(*connection);
  {
    absl::MutexLock lock(&state_->mutex);
    --state_->lent;
    state_->metrics.in_use.Set(state_->lent);
    if (connection != nullptr && !broken && now < expires) {
      connection->SetBounds(Bounds{});
      state_->idle.push_back({std::move(connection), expires, now});
    }
  }
  if (connection != nullptr) state_->metrics.discarded.Increment();
  // What is not kept closes here, outside the lock.
}

absl::Status Pool::Ping(absl::Time deadline) {
  auto connection = Borrow({.deadline = deadline});
  if (!connection.ok()) return connection.status();
  // A transaction is begun where writes are taken, and nowhere else: a Galera node outside the
  // primary component answers a bare SELECT as if it were only late.
  if (absl::Status begun = (*connection)->BeginTransaction(); !begun.ok()) return begun;
  return (*connection)->RollbackTransaction();
}

Pool::Borrowed::Borrowed(Pool* pool, std::unique_ptr<Connection> connection, absl::Time expires)
    : pool_(pool), connection_(std::move(connection)), expires_(expires) {}

Pool::Borrowed::Borrowed(Borrowed&& other) noexcept
    : pool_(other.pool_), connection_(std::move(other.connection_)), expires_(other.expires_) {}

Pool::Borrowed& Pool::Borrowed::operator=(Borrowed&& other) noexcept {
  if (this != &other) {
    GiveBack();
    pool_ = other.pool_;
    connection_ = std::move(other.connection_);
    expires_ = other.expires_;
  }
  return *this;
}

Pool::Borrowed::~Borrowed() { GiveBack(); }

void Pool::Borrowed::GiveBack() {
  if (connection_ != nullptr) pool_->TakeBack(std::move(connection_), expires_);
}

}  // namespace thidua::database
