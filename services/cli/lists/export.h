// The lists as files: what reading them again would want is what the services hold. Pure.
#ifndef THIDUA_SERVICES_CLI_LISTS_EXPORT_H_
#define THIDUA_SERVICES_CLI_LISTS_EXPORT_H_

#include <string>

#include "services/cli/lists/list.h"
#include "services/cli/lists/stored_lists.h"

namespace thidua::cli {

// The file of one list, with its header, in the order in which the service lists the resources.
// What is stored the same gives the same bytes.
std::string ExportList(const List& list, const StoredLists& stored);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_EXPORT_H_
