// How schools stand at a level on a day. Pure.
#ifndef THIDUA_SERVICES_REGISTRY_STANDARDS_REGISTER_RULES_H_
#define THIDUA_SERVICES_REGISTRY_STANDARDS_REGISTER_RULES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "thidua/registry/v1/standard_service.pb.h"

namespace thidua::registry {

// The cases of one level.
class CasesOfLevel {
 public:
  CasesOfLevel(int level, std::vector<v1::StandardCase> cases);

  // How `school` stands on `day`; the display name is left out. What dates known in part leave open
  // does not count.
  v1::StandardRegisterEntry EntryOf(const std::string& school, absl::CivilDay day) const;

 private:
  const v1::StandardCase* Find(const std::string& name) const;

  int level_;
  absl::flat_hash_map<std::string, v1::StandardCase> cases_;
};

// True when the school of the case was certainly recognised by `day`.
bool IsRecognised(const v1::StandardCase& standard_case, absl::CivilDay day);

// A count for each standing, in the order of the enum.
void SetCounts(v1::StandardRegister& standard_register);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_STANDARDS_REGISTER_RULES_H_
