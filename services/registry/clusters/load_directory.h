// Builds the registry's directory from its own tables.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_LOAD_DIRECTORY_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_LOAD_DIRECTORY_H_

#include "absl/status/status.h"
#include "common/database/pool.h"
#include "common/directory/directory.h"

namespace thidua::registry {

// For the start of a server, which afterwards follows the journal from where it was before: what is
// met twice does no harm. The directory's position stays as it is. Errors are those of the
// database.
absl::Status LoadDirectory(database::Pool& pool, directory::Directory& directory);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_LOAD_DIRECTORY_H_
