// What a code means on a day: itself, or what follows it. Pure: what was read in, an answer out.
#ifndef THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_RESOLUTION_RULES_H_
#define THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_RESOLUTION_RULES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "common/directory/school_map.h"
#include "thidua/registry/v1/identifier_service.pb.h"

namespace thidua::registry {

// What was read about one scheme in order to understand some of its codes.
struct IdentifierFacts {
  v1::IdentifierScheme scheme;
  std::map<std::string, v1::SchoolIdentifier> identifiers;  // by name
};

// The school of an identifier, `schools/{school}`.
std::string SchoolOf(const v1::SchoolIdentifier& identifier);

// InUse by the map: a school that the map does not hold is taken to go on.
directory::Period InUse(const v1::SchoolIdentifier& identifier, const v1::IdentifierScheme& scheme,
                        const directory::SchoolMap& map);

// The successors that `facts` name and do not hold, by name.
std::vector<std::string> SuccessorsToRead(const IdentifierFacts& facts);

// The schools whose identifiers of the scheme Resolve asks `facts` about, by name: those that the
// schools of codes which are not in use on the day are on that day.
std::vector<std::string> SchoolsToRead(const IdentifierFacts& facts,
                                       const directory::SchoolMap& map, absl::CivilDay day);

// What `asked`, one of the facts, means on the day. `facts` hold every successor they name and all
// identifiers of SchoolsToRead.
v1::ResolvedIdentifier Resolve(const v1::SchoolIdentifier& asked, const IdentifierFacts& facts,
                               const directory::SchoolMap& map, absl::CivilDay day);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_IDENTIFIERS_IDENTIFIER_RESOLUTION_RULES_H_
