#include "common/service/service.h"

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/access/certificate_files.h"
#include "common/database/grants.h"
#include "common/database/lease.h"
#include "common/database/request_ledger.h"
#include "common/directory/publication.h"
#include "common/directory/scope_facts.h"
#include "common/document/digest.h"
#include "common/journal/denial_budget.h"
#include "common/journal/feed.h"
#include "common/journal/journal_service.h"
#include "common/journal/sealer.h"
#include "common/journal/verify.h"
#include "common/journal/writer.h"
#include "common/rpc/admission_queue.h"
#include "common/rpc/channel.h"
#include "common/rpc/health_probe.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/server.h"
#include "common/runtime/ids.h"
#include "common/runtime/secret_file.h"
#include "common/runtime/signals.h"
#include "common/runtime/subcommands.h"
#include "common/telemetry/instruments.h"
#include "common/telemetry/log.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::service {
namespace {

using runtime::ServiceConfig;
using telemetry::Log;
using telemetry::Severity;

constexpr char kRegistry[] = "registry";
// Health that depends on nothing outside: whoever asks it in order to restart the process would
// gain nothing by doing so while the database is away.
constexpr char kProcess[] = "process";
// How long running calls may take after the drain.
constexpr absl::Duration kGrace = absl::Seconds(10);
constexpr absl::Duration kStreamLife = absl::Hours(1);
constexpr absl::Duration kBetweenSchemaChecks = absl::Seconds(5);
constexpr absl::Duration kProbeTimeout = absl::Seconds(3);

enum class User { kApp, kOwner };

// The configuration has been checked: `host:port` or `[ipv6]:port`.
database::Server ServerAt(const std::string& address) {
  const size_t colon = address.rfind(':');
  database::Server server;
  server.host = absl::StrReplaceAll(address.substr(0, colon), {{"[", ""}, {"]", ""}});
  server.port = std::stoi(address.substr(colon + 1));
  return server;
}

database::Account AccountOf(const ServiceConfig& config, User user) {
  const auto& from = config.database();
  database::Account account;
  account.unix_socket = from.unix_socket();
  if (!from.host().empty()) account.servers.push_back({from.host(), from.port()});
  for (const std::string& address : from.fallback_hosts()) {
    account.servers.push_back(ServerAt(address));
  }
  account.schema = from.schema();
  account.tls_ca_file = from.tls_ca_file();
  account.user = user == User::kApp ? from.app_user() : from.owner_user();
  account.password_file =
      user == User::kApp ? from.app_password_file() : from.owner_password_file();
  return account;
}

// A migration may rebuild a large table, or wait until a long transaction lets go of it.
constexpr absl::Duration kMigrationStatementTimeout = absl::Hours(1);

absl::Duration StatementTimeout(const ServiceConfig& config, User user) {
  if (user == User::kOwner) return kMigrationStatementTimeout;
  const auto& timeout = config.database().statement_timeout();
  return absl::Seconds(timeout.seconds()) + absl::Nanoseconds(timeout.nanos());
}

// Beside the handlers, one for each: sealer, feed, health, and one for followers and denials to
// share.
constexpr int kConnectionsOfOurOwn = 4;

std::unique_ptr<database::Pool> OpenPool(const ServiceConfig& config, User user) {
  database::Account account = AccountOf(config, user);
  const telemetry::DatabaseMetrics metrics(telemetry::Metrics::Process(), account.user);
  return std::make_unique<database::Pool>(std::move(account),
                                          config.database().pool_size() + kConnectionsOfOurOwn,
                                          StatementTimeout(config, user), metrics);
}

std::vector<std::string> DirectoryTypes() {
  return {registry::v1::School::descriptor()->full_name(),
          registry::v1::LineageEvent::descriptor()->full_name(),
          registry::v1::ClusterRegime::descriptor()->full_name(),
          registry::v1::Cluster::descriptor()->full_name(),
          registry::v1::Membership::descriptor()->full_name(),
          registry::v1::LeadershipTerm::descriptor()->full_name()};
}

std::vector<directory::Entry> EntriesOf(absl::Span<const journal::v1::Event> events) {
  std::vector<directory::Entry> entries;
  for (const journal::v1::Event& event : events) {
    if (!event.resource_type().empty()) {
      entries.push_back(
          {event.resource_type(), event.resource(), event.version(), event.snapshot()});
    }
  }
  return entries;
}

// A directory of this process's own, for staged certificates; removed at the end.
class PrivateDirectory {
 public:
  static absl::StatusOr<PrivateDirectory> Make(const std::string& name) {
    std::string path =
        (std::filesystem::temp_directory_path() / absl::StrCat("thidua-", name, "-XXXXXX"))
            .string();
    if (::mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("cannot make a private directory like ", path, "; is TMPDIR writable?"));
    }
    return PrivateDirectory(path);
  }
  PrivateDirectory(PrivateDirectory&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  PrivateDirectory& operator=(PrivateDirectory&&) = delete;
  ~PrivateDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit PrivateDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// One running service: made in the order of its members, ended in the opposite one.
class Running {
 public:
  Running(const Definition& definition, const ServiceConfig& config)
      : definition_(definition),
        config_(config),
        clock_(absl::Seconds(config.rehearsal_clock_offset_seconds())) {}

  ~Running() { Stop(); }

  // OK when serving; CANCELLED when told to stop before.
  absl::Status Start();
  // Looks after everything until told to stop, or until the schema no longer fits, which is the
  // error.
  absl::Status LookAfter();

 private:
  absl::Status OpenDatabase();
  absl::Status OpenKeys();
  absl::Status LoadDirectory();
  absl::Status StartJournal();
  absl::Status OpenPipeline();
  absl::Status MakeFollowers();
  absl::Status StartServer();
  absl::Status StartFollowers();
  absl::StatusOr<journal::OpenStream> StreamOf(const config::v1::Follow& follow);
  int64_t DirectoryPosition() const { return directory_.Current()->position(); }
  template <class T>
  void Mount(runtime::FileInForce<T>& file) {
    mounted_.push_back({file.what(), [&file] { return file.Refresh(); }});
  }
  document::CurrentSigningKey CurrentSigningKey() const {
    return [this] { return signing_key_->Current(); };
  }
  void RecordDenial(const journal::Act& act, const std::string& resource,
                    const database::Bounds& bounds, absl::Time now);
  void CheckHealth();
  void SetHealth(const std::string& dependency, bool serving);
  absl::Status CheckSchema();
  void Refresh();
  void PurgeLedger();
  void Stop();

  const Definition& definition_;
  const ServiceConfig& config_;
  const runtime::Clock clock_;
  telemetry::Metrics& metrics_ = telemetry::Metrics::Process();
  telemetry::CertificateMetrics certificate_metrics_{metrics_};
  telemetry::HealthMetrics health_metrics_{metrics_};
  telemetry::Counter denials_left_out_ = telemetry::DeniedCallsLeftOut(metrics_);
  journal::DenialBudget denials_;
  std::unique_ptr<database::Pool> pool_;
  std::unique_ptr<runtime::FileInForce<document::SigningKey>> signing_key_;
  std::unique_ptr<runtime::FileInForce<contract::PageTokenKeys>> page_token_keys_;
  std::optional<contract::PageTokens> page_tokens_;
  std::optional<PrivateDirectory> stage_directory_;
  std::unique_ptr<access::CertificateStage> certificates_;
  std::unique_ptr<access::PolicyFile> policy_;
  std::vector<MountedFile> mounted_;
  directory::Directory directory_;
  journal::ChainPosition directory_from_;
  std::unique_ptr<journal::Feed> feed_;
  std::unique_ptr<journal::Sealer> sealer_;
  std::optional<rpc::Writing> writing_;
  std::unique_ptr<Foundation> foundation_;
  rpc::Router router_;
  Rooms rooms_;
  std::unique_ptr<journal::JournalService> journal_service_;
  std::unique_ptr<rpc::AdmissionQueue> queue_;
  std::unique_ptr<rpc::Pipeline> pipeline_;
  std::unique_ptr<rpc::Server> server_;
  std::vector<std::unique_ptr<rpc::Channel>> channels_;
  journal::Followers followers_;
  absl::Time schema_checked_ = absl::InfinitePast();
  absl::Time refreshed_ = absl::InfinitePast();
  absl::Time purged_ = absl::InfinitePast();
  bool was_healthy_ = false;
  int64_t reloads_counted_ = 0;
  int64_t failures_counted_ = 0;
};

// The database, and the migration of its schema, may come after the service: wait for both instead
// of dying, but not for what no waiting mends.
absl::Status Running::OpenDatabase() {
  pool_ = OpenPool(config_, User::kApp);
  for (std::string told;;) {
    const absl::Status fits = database::CheckCompatible(*pool_, definition_.migrations);
    if (!absl::IsUnavailable(fits) && !absl::IsNotFound(fits)) return fits;
    if (told != fits.message()) {
      Log(Severity::kWarning,
          absl::IsNotFound(fits) ? "waiting for the schema" : "waiting for the database",
          {{"cause", fits.message()}});
    }
    told = std::string(fits.message());
    if (runtime::ShutdownSignal::Wait(absl::Now() + absl::Milliseconds(500)).has_value()) {
      return absl::CancelledError("told to stop while waiting for the database");
    }
  }
}

absl::Status Running::OpenKeys() {
  auto key = runtime::FileInForce<document::SigningKey>::Open(
      "signing key", config_.signing_key_file(), document::SigningKey::Load);
  if (!key.ok()) return key.status();
  signing_key_ = *std::move(key);
  Mount(*signing_key_);
  auto tokens = runtime::FileInForce<contract::PageTokenKeys>::Open(
      "page token keys", config_.page_token_key_file(), contract::PageTokenKeys::Load);
  if (!tokens.ok()) return tokens.status();
  page_token_keys_ = *std::move(tokens);
  Mount(*page_token_keys_);
  page_tokens_.emplace(*page_token_keys_);

  auto directory = PrivateDirectory::Make(definition_.name);
  if (!directory.ok()) return directory.status();
  stage_directory_.emplace(*std::move(directory));
  const auto& tls = config_.tls();
  auto stage =
      access::CertificateStage::Create({tls.certificate_file(), tls.key_file(), tls.ca_file()},
                                       stage_directory_->path(), tls.trust_domain());
  if (!stage.ok()) return stage.status();
  certificates_ = *std::move(stage);
  return absl::OkStatus();
}

absl::Status Running::LoadDirectory() {
  auto connection = pool_->Borrow({absl::Now() + absl::Seconds(30)});
  if (!connection.ok()) return connection.status();
  if (definition_.load_own_directory != nullptr) {
    // The position is read first: what is written meanwhile comes again through the feed.
    auto head = journal::ReadHead(**connection);
    if (!head.ok()) return head.status();
    directory_from_ = *head;
    if (absl::Status loaded = definition_.load_own_directory(*pool_, directory_); !loaded.ok())
      return loaded;
    return directory_.Apply({}, directory_from_.sequence);
  }
  auto cursor = journal::LoadCursor(**connection, kRegistry);
  if (!cursor.ok()) return cursor.status();
  directory_from_ = *cursor;
  std::vector<directory::Entry> entries;
  for (const std::string& type : DirectoryTypes()) {
    absl::Status loaded = journal::LoadFollowed(
        **connection, kRegistry, type, [&](const journal::FollowedResource& resource) {
          entries.push_back(
              {resource.resource_type, resource.resource, resource.version, resource.snapshot});
          return absl::OkStatus();
        });
    if (!loaded.ok()) return loaded;
  }
  return directory_.Apply(entries, directory_from_.sequence);
}

absl::Status Running::StartJournal() {
  journal::Feed::OnEvents on_events;
  if (definition_.load_own_directory != nullptr) {
    on_events = [this](absl::Span<const journal::v1::Event> events) {
      return directory_.Apply(EntriesOf(events), events.back().sequence());
    };
  }
  feed_ = std::make_unique<journal::Feed>(*pool_, std::move(on_events), directory_from_.sequence);
  journal::Sealer::Options options;
  options.holder = runtime::NewId();
  options.on_sealed = [this](int64_t sequence) { feed_->Advance(sequence); };
  options.metrics = telemetry::JournalMetrics(metrics_);
  sealer_ = std::make_unique<journal::Sealer>(*pool_, CurrentSigningKey(), std::move(options));
  feed_->Start();
  sealer_->Start();
  return absl::OkStatus();
}

absl::Status Running::OpenPipeline() {
  writing_.emplace(rpc::Writing{*pool_, nullptr});
  if (definition_.load_own_directory != nullptr) {
    writing_->committed = [this](absl::Span<const database::ResourceVersion> written) {
      directory::Publish(directory_, written);
    };
  }
  foundation_.reset(new Foundation{config_, *pool_, *writing_, directory_, *page_tokens_,
                                   CurrentSigningKey(), clock_});
  auto rooms = definition_.furnish(*foundation_, router_);
  if (!rooms.ok()) return rooms.status();
  rooms_ = *std::move(rooms);
  journal_service_ = std::make_unique<journal::JournalService>(*pool_, *feed_, *page_tokens_,
                                                               CurrentSigningKey(), followers_);
  journal_service_->Register(router_);

  auto services = router_.Complete();
  if (!services.ok()) return services.status();
  auto policy =
      access::OpenPolicyFile(config_.access_policy_file(), contract::PermissionsOf(*services));
  if (!policy.ok()) return policy.status();
  policy_ = *std::move(policy);
  Mount(*policy_);

  queue_ = std::make_unique<rpc::AdmissionQueue>(config_.workers(),
                                                 config_.admission_queue_length(), metrics_);
  rpc::Pipeline::Parts parts;
  parts.trust_domain = config_.tls().trust_domain();
  parts.policy = [this] { return policy_->Current(); };
  parts.facts = directory::FactsFrom(directory_, [this] { return clock_.Today(); });
  parts.clock = &clock_;
  parts.queue = queue_.get();
  parts.metrics = &metrics_;
  parts.position = [this] { return DirectoryPosition(); };
  parts.after_mutation = [this] { sealer_->Wake(); };
  parts.record_denial = [this](const journal::Act& act, const std::string& resource,
                               const database::Bounds& bounds,
                               absl::Time now) { RecordDenial(act, resource, bounds, now); };
  auto pipeline = rpc::Pipeline::Create(router_, std::move(parts));
  if (!pipeline.ok()) return pipeline.status();
  pipeline_ = *std::move(pipeline);
  return absl::OkStatus();
}

void Running::RecordDenial(const journal::Act& act, const std::string& resource,
                           const database::Bounds& bounds, absl::Time now) {
  const journal::DenialBudget::Decision decision = denials_.Decide(act.actor, absl::Now());
  if (!decision.record) {
    denials_left_out_.Increment();
    if (decision.left_out == 1) {
      Log(Severity::kWarning, "a caller is denied again and again; not all of it is recorded",
          {{"caller", act.actor}, {"method", act.method}, {"resource", resource}});
    }
    return;
  }
  if (absl::Status recorded =
          journal::AppendDenied(*pool_, act, resource, decision.left_out, bounds, now);
      !recorded.ok()) {
    denials_.NotRecorded(act.actor, decision);
    Log(Severity::kError, "a denied call could not be recorded",
        {{"caller", act.actor}, {"cause", recorded.message()}});
  }
  sealer_->Wake();
}

absl::Status Running::StartServer() {
  rpc::Server::Options options;
  options.listen_address = config_.listen_address();
  options.health_address = config_.health_address();
  options.admin_address = config_.admin_address();
  const access::CertificateFiles& staged = certificates_->staged();
  options.tls = {staged.certificate, staged.key, staged.ca,
                 static_cast<int>(config_.tls().reload_interval().seconds())};
  auto server = rpc::Server::Start(options, *pipeline_);
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  if (!config_.metrics_address().empty()) {
    if (auto port = metrics_.StartExposer(config_.metrics_address()); !port.ok())
      return port.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<journal::OpenStream> Running::StreamOf(const config::v1::Follow& follow) {
  rpc::Channel::Options options;
  options.target = follow.target();
  options.server_name = follow.server_name();
  const access::CertificateFiles& staged = certificates_->staged();
  options.certificate_file = staged.certificate;
  options.key_file = staged.key;
  options.ca_file = staged.ca;
  options.reload_seconds = static_cast<int>(config_.tls().reload_interval().seconds());
  auto channel = rpc::Channel::Open(
      options, {journal::v1::WatchEventsRequest::descriptor()->file()->service(0)});
  if (!channel.ok()) return channel.status();
  channels_.push_back(*std::move(channel));
  rpc::Channel* const to = channels_.back().get();
  return [to](const journal::ChainPosition& after)
             -> absl::StatusOr<std::unique_ptr<journal::EventStream>> {
    journal::v1::WatchEventsRequest request;
    request.set_after_sequence(after.sequence);
    request.set_after_hash(after.hash);
    std::shared_ptr<rpc::Channel::Stream> open = to->OpenStream(
        "/thidua.journal.v1.JournalService/WatchEvents", request, absl::Now() + kStreamLife);
    auto stream = std::make_unique<journal::EventStream>();
    stream->next = [open](journal::v1::WatchEventsResponse& batch) { return open->Next(batch); };
    stream->cancel = [open] { open->Cancel(); };
    return stream;
  };
}

absl::Status Running::MakeFollowers() {
  for (const config::v1::Follow& follow : config_.follow()) {
    auto stream = StreamOf(follow);
    if (!stream.ok()) return stream.status();
    Following wanted = rooms_.following[follow.service()];
    journal::Follower::Options options;
    options.source = follow.service();
    options.types = wanted.types;
    options.apply = wanted.apply;
    options.metrics = telemetry::FollowerMetrics(metrics_, follow.service());
    if (follow.service() == kRegistry) {
      for (const std::string& type : DirectoryTypes()) options.types.push_back(type);
      options.from = directory_from_;
      options.on_committed = [this](absl::Span<const journal::v1::Event> events) {
        if (absl::Status applied = directory_.Apply(EntriesOf(events), events.back().sequence());
            !applied.ok()) {
          Log(Severity::kError, "the directory did not take followed events",
              {{"cause", applied.message()}});
        }
      };
    }
    auto& follower = followers_[follow.service()];
    follower = std::make_unique<journal::Follower>(*pool_, *std::move(stream), std::move(options));
  }
  return absl::OkStatus();
}

absl::Status Running::StartFollowers() {
  for (auto& [service, follower] : followers_) follower->Start();
  return absl::OkStatus();
}

absl::Status Running::Start() {
  for (auto step : {&Running::OpenDatabase, &Running::OpenKeys, &Running::LoadDirectory,
                    &Running::StartJournal, &Running::OpenPipeline, &Running::MakeFollowers,
                    &Running::StartServer, &Running::StartFollowers}) {
    if (absl::Status done = (this->*step)(); !done.ok()) return done;
  }
  if (clock_.rehearsal()) {
    Log(Severity::kWarning, "this is a rehearsal: business time is not real time",
        {{"now", absl::FormatTime(clock_.Now(), absl::UTCTimeZone())}});
  }
  server_->SetServing(kProcess, true);
  CheckHealth();
  Log(Severity::kInfo, "serving",
      {{"address", config_.listen_address()}, {"port", server_->port()}});
  return absl::OkStatus();
}

void Running::CheckHealth() {
  const absl::Status database = pool_->Ping(absl::Now() + absl::Milliseconds(900));
  if (database.ok() != was_healthy_) {
    Log(database.ok() ? Severity::kInfo : Severity::kError,
        database.ok() ? "the database answers" : "the database does not answer",
        {{"cause", database.message()}});
    was_healthy_ = database.ok();
  }
  SetHealth("database", database.ok());
  server_->SetServing("", database.ok());
  for (const auto& [service, follower] : followers_) {
    const auto health = follower->CurrentHealth();
    SetHealth(absl::StrCat("follow:", service), health.connected && !health.halted);
  }
}

void Running::SetHealth(const std::string& dependency, bool serving) {
  server_->SetServing(dependency, serving);
  health_metrics_.Set(dependency, serving);
}

// A migration, or a restored backup, may take the schema away from under a running server. Then its
// statements no longer mean what they say: it ends in good order, and when it is started again it
// waits for the schema or says once more what is to be done.
absl::Status Running::CheckSchema() {
  const absl::Status fits = database::CheckCompatible(*pool_, definition_.migrations);
  return absl::IsFailedPrecondition(fits) || absl::IsNotFound(fits) ? fits : absl::OkStatus();
}

void Running::Refresh() {
  // Each says in the log what it refuses, and keeps what is good.
  for (const std::vector<MountedFile>* files : {&mounted_, &rooms_.mounted}) {
    for (const MountedFile& file : *files)
      telemetry::MountedFileRefused(metrics_, file.what).Set(file.refresh().ok() ? 0 : 1);
  }
  (void)certificates_->Refresh();
  certificate_metrics_.expiry.Set(telemetry::TimestampSeconds(certificates_->NotAfter()));
  certificate_metrics_.reloaded.Increment(
      static_cast<double>(certificates_->reloads() - reloads_counted_));
  certificate_metrics_.refused.Increment(
      static_cast<double>(certificates_->failures() - failures_counted_));
  reloads_counted_ = certificates_->reloads();
  failures_counted_ = certificates_->failures();
}

void Running::PurgeLedger() {
  auto purged = database::PurgeLedger(*pool_, clock_.Now(),
                                      absl::Hours(24) * config_.request_ledger_retention_days(),
                                      {absl::Now() + absl::Seconds(5)});
  if (purged.ok() && *purged > 0)
    Log(Severity::kInfo, "purged old rows of the request ledger", {{"rows", *purged}});
}

absl::Status Running::LookAfter() {
  while (!runtime::ShutdownSignal::Wait(absl::Now() + absl::Seconds(1)).has_value()) {
    CheckHealth();
    const absl::Time now = absl::Now();
    if (now - schema_checked_ >= kBetweenSchemaChecks) {
      if (absl::Status fits = CheckSchema(); !fits.ok()) {
        Log(Severity::kError, "the schema no longer fits; draining",
            {{"cause", fits.message()}, {"seconds", config_.drain_seconds()}});
        return fits;
      }
      schema_checked_ = now;
    }
    if (now - refreshed_ >= absl::Seconds(2)) {
      Refresh();
      refreshed_ = now;
    }
    if (now - purged_ >= absl::Hours(1)) {
      PurgeLedger();
      purged_ = now;
    }
  }
  Log(Severity::kInfo, "told to stop; draining", {{"seconds", config_.drain_seconds()}});
  return absl::OkStatus();
}

void Running::Stop() {
  if (server_ != nullptr) server_->Shutdown(absl::Seconds(config_.drain_seconds()), kGrace);
  if (queue_ != nullptr) queue_->Stop();
  for (auto& [service, follower] : followers_) follower->Stop();
  if (feed_ != nullptr) feed_->Stop();
  if (sealer_ != nullptr) sealer_->Stop();
}

absl::Status Serve(const Definition& definition, const ServiceConfig& config) {
  Running running(definition, config);
  const absl::Status started = running.Start();
  if (absl::IsCancelled(started)) return absl::OkStatus();
  if (!started.ok()) return started;
  return running.LookAfter();
}

absl::Status Migrate(const Definition& definition, const ServiceConfig& config) {
  const auto pool = OpenPool(config, User::kOwner);
  const auto account = [&](const std::string& user) {
    return user.empty() ? ""
                        : absl::StrCat("'", user, "'@'", config.database().account_host(), "'");
  };
  const database::SchemaUsers users = {account(config.database().app_user()),
                                       account(config.database().read_user())};
  const auto grant = database::GrantWhenMade(*pool, definition.migrations, users);
  if (!grant.ok()) return grant.status();
  absl::Status migrated = database::Migrate(
      *pool, definition.migrations,
      [](std::string_view step) { std::cout << "  " << step << std::endl; }, *grant);
  if (!migrated.ok()) return migrated;
  return database::Grant(*pool, definition.migrations, users);
}

absl::Status Verify(const ServiceConfig& config) {
  const auto pool = OpenPool(config, User::kApp);
  auto key = document::SigningKey::FromPemFile(config.signing_key_file());
  if (!key.ok()) return key.status();
  auto public_key = document::VerifyingKey::FromPem(key->PublicKeyPem());
  if (!public_key.ok()) return public_key.status();
  auto connection = pool->Borrow({});
  if (!connection.ok()) return connection.status();
  auto result = journal::VerifyJournal(**connection, *public_key);
  if (!result.ok()) return result.status();
  if (!result->intact()) {
    return journal::Broken(result->first_bad_sequence(), result->finding(), result->finding_vi());
  }
  std::cout << "intact: " << result->events() << " events, signed up to "
            << result->signed_sequence() << " by key " << result->key_id() << std::endl;
  return absl::OkStatus();
}

// The way out when the followed service was put back to before what is known of it here.
absl::Status Refollow(const ServiceConfig& config, const std::string& source) {
  const auto& follow = config.follow();
  if (std::none_of(follow.begin(), follow.end(),
                   [&](const config::v1::Follow& below) { return below.service() == source; })) {
    return absl::InvalidArgumentError(absl::StrCat("this service does not follow ", source));
  }
  const auto pool = OpenPool(config, User::kApp);
  database::Lease sealing(*pool, journal::kSealerLease, runtime::NewId(), absl::Minutes(1));
  auto stopped = sealing.TakeOrRenew();
  if (!stopped.ok()) return stopped.status();
  if (!*stopped) {
    return absl::FailedPreconditionError(
        "a replica of this service still runs, or ran less than 5 seconds ago: stop every one "
        "first");
  }
  auto followed = journal::Forget(*pool, source, {absl::Now() + absl::Seconds(50)});
  absl::Status done = followed.status();
  done.Update(sealing.Release());
  if (!done.ok()) return done;
  std::cout << source << " was followed up to " << followed->sequence << " (hash "
            << document::Hex(followed->hash)
            << "); what it told is forgotten, and is told again from the beginning when the "
               "service starts"
            << std::endl;
  return absl::OkStatus();
}

}  // namespace

int Main(const Definition& definition, int argc, const char* const* argv) {
  // Debian's abseil is built with its search for lock cycles on, which gRPC too pays for at every
  // lock: 8 % of what a read from the map costs. Tests keep it.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  runtime::Program program;
  program.name = absl::StrCat("thidua-", definition.name);
  program.summary = definition.summary;
  program.serve = [&](const ServiceConfig& config) { return Serve(definition, config); };
  program.probe = [](const ServiceConfig& config) {
    return rpc::ProbeHealth(config.health_address(), absl::Now() + kProbeTimeout);
  };
  program.migrate = [&](const ServiceConfig& config) { return Migrate(definition, config); };
  program.verify = [](const ServiceConfig& config) { return Verify(config); };
  program.refollow = Refollow;
  return runtime::RunProgram(program, argc, argv);
}

}  // namespace thidua::service
