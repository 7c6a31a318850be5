// What permission scopes ask about the world, answered from a directory.
#ifndef THIDUA_COMMON_DIRECTORY_SCOPE_FACTS_H_
#define THIDUA_COMMON_DIRECTORY_SCOPE_FACTS_H_

#include <functional>

#include "absl/time/civil_time.h"
#include "common/access/authorization.h"
#include "common/directory/directory.h"

namespace thidua::directory {

// Acting rights follow the leadership terms of `today()`, the day of the act. The directory must
// outlive the facts.
access::ScopeFacts FactsFrom(const Directory& directory, std::function<absl::CivilDay()> today);

}  // namespace thidua::directory

#endif  // THIDUA_COMMON_DIRECTORY_SCOPE_FACTS_H_
