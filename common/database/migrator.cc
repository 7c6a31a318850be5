#include "common/database/migrator.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/database/failure.h"
#include "common/database/lease.h"
#include "common/database/migration_store.h"

namespace thidua::database {
namespace {

constexpr char kLeaseName[] = "migration";
constexpr absl::Duration kLongestWait = absl::Minutes(10);

std::string UniqueHolder() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  absl::BitGen random;
  return absl::StrCat(host.data(), "/", getpid(), "/", absl::Hex(absl::Uniform<uint64_t>(random)));
}

absl::Status TakeLease(Lease& lease, absl::Duration duration) {
  const absl::Time give_up = absl::Now() + kLongestWait;
  while (absl::Now() < give_up) {
    const auto taken = lease.TakeOrRenew();
    if (!taken.ok()) return taken.status();
    if (*taken) return absl::OkStatus();
    absl::SleepFor(std::min(duration / 10, absl::Seconds(1)));
  }
  return absl::UnavailableError(
      "another migrator has held the lease `migration` for ten minutes; see the table `lease`");
}

// Renews the lease while long statements run.
class LeaseKeeper {
 public:
  LeaseKeeper(Lease& lease, absl::Duration duration)
      : thread_([this, &lease, duration] {
          while (!stop_.WaitForNotificationWithTimeout(duration / 3)) {
            lease.TakeOrRenew().IgnoreError();
          }
        }) {}
  ~LeaseKeeper() {
    stop_.Notify();
    thread_.join();
  }

 private:
  absl::Notification stop_;
  std::thread thread_;
};

// The server's own words are in the log; here is where to look.
absl::Status At(const std::string& place, const absl::Status& status) {
  const int number = ErrnoOf(status);
  return absl::Status(
      status.code(),
      absl::StrCat(place, ": ", status.message(),
                   number == 0 ? "" : absl::StrCat(" (database error ", number, ")")));
}

absl::Status ApplyMissing(MigrationStore& store, Lease& lease, const MigrationScript& script,
                          size_t done, const std::function<void(std::string_view)>& progress) {
  for (size_t index = done; index < script.statements.size(); ++index) {
    const std::string place =
        absl::StrCat(script.name, " statement ", index + 1, " of ", script.statements.size());
    const auto held = lease.TakeOrRenew();
    if (!held.ok()) return At(place, held.status());
    if (!*held) {
      return absl::UnavailableError(absl::StrCat(place, ": another migrator has taken over"));
    }
    progress(place);
    if (absl::Status status = store.Apply(script, index); !status.ok()) return At(place, status);
  }
  return absl::OkStatus();
}

absl::Status MigrateHoldingLease(MigrationStore& store, Lease& lease,
                                 const std::vector<MigrationScript>& scripts,
                                 const std::function<void(std::string_view)>& progress) {
  const auto applied = store.Applied();
  if (!applied.ok()) return applied.status();
  if (absl::Status status = CheckHistory(scripts, *applied); !status.ok()) return status;
  for (const MigrationScript& script : scripts) {
    const auto found = applied->find(script.name);
    const size_t done = found == applied->end() ? 0 : found->second.statements.size();
    if (absl::Status status = ApplyMissing(store, lease, script, done, progress); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(Pool& owner_pool, const std::vector<MigrationFile>& files,
                     const std::function<void(std::string_view)>& progress,
                     const TableMade& table_made, absl::Duration lease_duration) {
  const auto scripts = ParseMigrations(files);
  if (!scripts.ok()) return scripts.status();
  MigrationStore store(owner_pool, table_made);
  if (absl::Status status = store.Prepare(); !status.ok()) {
    return At("preparing the schema", status);
  }
  Lease lease(owner_pool, kLeaseName, UniqueHolder(), lease_duration);
  if (absl::Status status = TakeLease(lease, lease_duration); !status.ok()) return status;
  absl::Status status;
  {
    LeaseKeeper keeper(lease, lease_duration);
    status = MigrateHoldingLease(store, lease, *scripts, progress);
  }
  lease.Release().IgnoreError();
  return status;
}

absl::Status CheckCompatible(Pool& pool, const std::vector<MigrationFile>& files) {
  const auto scripts = ParseMigrations(files);
  if (!scripts.ok()) return scripts.status();
  const auto applied = MigrationStore(pool).Applied();
  if (!applied.ok()) return applied.status();
  return CheckFit(*scripts, *applied);
}

}  // namespace thidua::database
