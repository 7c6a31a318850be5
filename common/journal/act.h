// Who does what, as the journal records it.
#ifndef THIDUA_COMMON_JOURNAL_ACT_H_
#define THIDUA_COMMON_JOURNAL_ACT_H_

#include <string>

namespace thidua::journal {

struct Act {
  std::string actor;       // SPIFFE identity
  std::string acting_for;  // person, empty when none
  std::string permission;
  std::string method;  // "/package.Service/Method"
  std::string request_id;
  std::string trace_id;
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_ACT_H_
