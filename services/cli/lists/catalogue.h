// Every list that `thidua reference` loads and exports.
#ifndef THIDUA_SERVICES_CLI_LISTS_CATALOGUE_H_
#define THIDUA_SERVICES_CLI_LISTS_CATALOGUE_H_

#include <vector>

#include "services/cli/lists/list.h"

namespace thidua::cli {

// Each file <noun>_lists.cc defines those of one room. What others name or lie below stands first,
// and a list of parts behind that of its resources.
std::vector<List> ClusterLists();
std::vector<List> DocumentLists();
std::vector<List> IdentifierLists();
std::vector<List> IndicatorLists();
std::vector<List> PactLists();
std::vector<List> ProgrammeLists();
std::vector<List> SchoolLists();
std::vector<List> StandardLists();

// All of them, in the order in which they are loaded and exported.
const std::vector<List>& AllLists();

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_LISTS_CATALOGUE_H_
