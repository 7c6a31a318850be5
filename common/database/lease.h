// A named lease row for singleton work (sealer, migrator): taken and renewed by compare-and-swap,
// never GET_LOCK.
#ifndef THIDUA_COMMON_DATABASE_LEASE_H_
#define THIDUA_COMMON_DATABASE_LEASE_H_

#include <string>

#include "common/database/pool.h"

namespace thidua::database {

// Times are the database server's, so that holders need not agree on theirs. A holder that was
// paused may believe in a lease that has ended: what the lease protects must itself be safe against
// two holders (a primary key, a compare-and-swap). Thread-safe.
class Lease {
 public:
  // holder: unique per process. name: at most 64 ASCII characters.
  Lease(Pool& pool, std::string name, std::string holder, absl::Duration duration);
  // True when this holder has the lease for `duration` counted from the call; false when another
  // holds it.
  absl::StatusOr<bool> TakeOrRenew();
  // Gives it up early; harmless when not held.
  absl::Status Release();

 private:
  absl::StatusOr<bool> InsertFirst(Connection& connection);

  Pool& pool_;
  const std::string name_;
  const std::string holder_;
  const absl::Duration duration_;
};

}  // namespace thidua::database

#endif  // THIDUA_COMMON_DATABASE_LEASE_H_
