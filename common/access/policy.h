// Which identities hold which permissions, from one reviewed JSON file (thidua.access.v1.Policy), reloaded after validation, fail closed.
#ifndef THIDUA_COMMON_ACCESS_POLICY_H_
#define THIDUA_COMMON_ACCESS_POLICY_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/access/caller.h"

namespace thidua::access {

// How far a granted permission goes. kNone denies everywhere.
enum class Reach { kNone, kOwn, kAll };

class Policy {
 public:
  // `known_permissions`: every permission of the methods this server has; a policy that names a permission of this server's package prefix
  // that does not exist is refused (a typo must not silently deny or grant).
  static absl::StatusOr<std::shared_ptr<const Policy>> Load(const std::string& file,
                                                            const std::vector<std::string>& known_permissions);
  // The widest reach that any binding of this caller grants for the permission.
  Reach ReachOf(const Caller& caller, std::string_view permission) const;

  struct Data;
  explicit Policy(std::unique_ptr<Data> data);
  ~Policy();

 private:
  std::unique_ptr<Data> data_;
};

}  // namespace thidua::access

#endif  // THIDUA_COMMON_ACCESS_POLICY_H_
