// Where a fact is known from, as the flags of a command say it.
#ifndef THIDUA_SERVICES_CLI_PROVENANCE_FLAGS_H_
#define THIDUA_SERVICES_CLI_PROVENANCE_FLAGS_H_

#include "services/cli/arguments.h"
#include "thidua/registry/v1/provenance.pb.h"

namespace thidua::cli {

// --source, --document (a resource name), --provenance-note; documented unless --provisional.
registry::v1::Provenance ReadProvenance(const Arguments& arguments);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_PROVENANCE_FLAGS_H_
