// Which identities hold which permissions, from one reviewed JSON file (thidua.access.v1.Policy),
// reloaded after validation, fail closed.
#ifndef THIDUA_COMMON_ACCESS_POLICY_H_
#define THIDUA_COMMON_ACCESS_POLICY_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/caller.h"
#include "common/runtime/file_in_force.h"

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

  // SHA-256 of the text, in hexadecimal: which policy a replica runs.
  std::string Fingerprint() const;

  struct Data;
  explicit Policy(std::unique_ptr<Data> data);
  ~Policy();

 private:
  std::unique_ptr<Data> data_;
};

// The policy in force. Fails as Policy::Load does.
using PolicyFile = runtime::FileInForce<Policy>;
absl::StatusOr<std::unique_ptr<PolicyFile>> OpenPolicyFile(
    std::string file, std::vector<std::string> known_permissions);

}  // namespace thidua::access

#endif  // THIDUA_COMMON_ACCESS_POLICY_H_
