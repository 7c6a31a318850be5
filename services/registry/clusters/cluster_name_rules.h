// Which cluster a written name means. Pure.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_NAME_RULES_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_NAME_RULES_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "common/directory/school_map.h"
#include "services/registry/schools/name_matching_rules.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// What tells a cluster from others: "nam trung bo tay nguyen" of "Cụm thi đua các trường chính trị
// khu vực Nam Trung Bộ và Tây Nguyên", "9" of "Cụm thi đua số 9" or "cụm 09".
std::string ReadClusterName(std::string_view text);

// Every name, alias, region and number of every cluster of a map. Clusters whose regime is in force
// on the day come first; only where none of them matches, those of other days are offered. So the
// number of before 2021 means the old cluster then, and now the one that is still called by it.
class ClusterNames {
 public:
  explicit ClusterNames(std::shared_ptr<const directory::SchoolMap> map);

  const std::shared_ptr<const directory::SchoolMap>& map() const { return map_; }
  v1::ResolveClusterNameResponse Resolve(std::string_view text, absl::CivilDay day,
                                         int max_candidates) const;

 private:
  struct Form {
    const v1::Cluster* cluster;  // in the map
    NameForm form;
    std::string_view recorded;  // in the map; empty for the number
    directory::Period period;
  };
  void Add(const Form& form, const std::string& key, KeyPart part);

  std::shared_ptr<const directory::SchoolMap> map_;
  std::vector<Form> forms_;
  NameIndex index_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_NAME_RULES_H_
