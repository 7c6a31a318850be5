#include "services/cli/lists/catalogue.h"

#include <utility>

namespace thidua::cli {

const std::vector<List>& AllLists() {
  static const auto& all = *[] {
    auto* lists = new std::vector<List>;
    for (auto* of_room : {DocumentLists, SchoolLists, ClusterLists, PactLists, ProgrammeLists,
                          StandardLists, IdentifierLists, IndicatorLists}) {
      for (List& list : of_room()) lists->push_back(std::move(list));
    }
    return lists;
  }();
  return all;
}

}  // namespace thidua::cli
