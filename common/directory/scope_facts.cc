#include "common/directory/scope_facts.h"

#include <string>
#include <string_view>

namespace thidua::directory {

access::ScopeFacts FactsFrom(const Directory& directory, std::function<absl::CivilDay()> today) {
  access::ScopeFacts facts;
  facts.leads_cluster = [&directory, today](std::string_view school, std::string_view cluster) {
    return directory.Current()->Leads(school, cluster, today());
  };
  facts.cluster_of = [&directory, today](std::string_view school) {
    return std::string(directory.Current()->ClusterOf(school, today()));
  };
  facts.province_of = [&directory](std::string_view school) {
    return std::string(directory.Current()->ProvinceOf(school));
  };
  return facts;
}

}  // namespace thidua::directory
