// Etags (AIP-154): the row version of a resource as a quoted string.
#ifndef THIDUA_COMMON_CONTRACT_ETAG_H_
#define THIDUA_COMMON_CONTRACT_ETAG_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace thidua::contract {

// `"v7"`, quotes included. Versions start at 1.
std::string Etag(int64_t version);

// The version in an etag that Etag made. REASON_INVALID_REQUEST on the field `etag` for anything
// else, weak etags and `*` included: a change states what it was based on.
absl::StatusOr<int64_t> VersionOf(std::string_view etag);

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_ETAG_H_
