// Which identities hold which permissions, from one reviewed JSON file (thidua.access.v1.Policy),
// reloaded after validation, fail closed.
#ifndef THIDUA_COMMON_ACCESS_POLICY_H_
#define THIDUA_COMMON_ACCESS_POLICY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/caller.h"

namespace thidua::access {

// How far a granted permission goes. kNone denies everywhere.
enum class Reach { kNone, kOwn, kAll };

// One policy, immutable.
class Policy {
 public:
  // Reads and checks a file of at most 1 MiB. `known_permissions`: every permission of the methods
  // this server has; a policy that names a permission of this server's package prefix (the first
  // word) that does not exist is refused, since a typo must not silently deny or grant. Empty: not
  // checked. FAILED_PRECONDITION that names every fault otherwise: not JSON of the type, unknown or
  // repeated fields, roles that are undefined, empty or defined twice, identities and permissions
  // of no known form, bindings without roles or reach, no bindings at all.
  static absl::StatusOr<std::shared_ptr<const Policy>> Load(
      const std::string& file, const std::vector<std::string>& known_permissions);
  static absl::StatusOr<std::shared_ptr<const Policy>> Parse(
      const std::string& json, const std::vector<std::string>& known_permissions);

  // The widest reach that any binding of this caller grants for the permission.
  Reach ReachOf(const Caller& caller, std::string_view permission) const;

  struct Data;
  explicit Policy(std::unique_ptr<Data> data);
  ~Policy();

 private:
  std::unique_ptr<Data> data_;
};

// The policy in force, and the file it came from. Thread-safe.
class PolicyFile {
 public:
  // Fails as Policy::Load does: without a good policy nothing starts.
  static absl::StatusOr<std::unique_ptr<PolicyFile>> Open(
      std::string file, std::vector<std::string> known_permissions);

  // Never null; valid as long as the caller keeps it.
  std::shared_ptr<const Policy> Current() const;

  // Looks at the file's content (not its time: a mounted ConfigMap swaps links), and puts a changed
  // one in force once it has been found good. A bad or missing file leaves the policy in force, is
  // counted, and is logged when first seen. Called every few seconds by the service's timer. The
  // status is that of the file now.
  absl::Status Refresh();

  // Refreshes that found a bad or missing file.
  int64_t failures() const { return failures_; }
  // SHA-256 of the file in force, in hexadecimal: which policy a replica runs.
  std::string digest() const;

 private:
  PolicyFile(std::string file, std::vector<std::string> known_permissions);
  absl::Status Reload();

  const std::string file_;
  const std::vector<std::string> known_permissions_;
  std::mutex refreshing_;
  std::string last_failure_;  // guarded by refreshing_
  std::atomic<int64_t> failures_ = 0;
  mutable std::mutex mutex_;  // held for a swap or a copy only: calls wait for it
  std::shared_ptr<const Policy> current_;
  std::string digest_;
};

}  // namespace thidua::access

#endif  // THIDUA_COMMON_ACCESS_POLICY_H_
