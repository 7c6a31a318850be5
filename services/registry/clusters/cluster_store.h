// Regimes, clusters, memberships and leadership terms in the database.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_STORE_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_STORE_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/resource/table.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// Tables `cluster_regime`, `cluster`, `membership` and `leadership_term`. Clusters, schools and
// regimes are named by resource name. Errors are those of resource::Table.
class ClusterStore {
 public:
  ClusterStore();

  // By first day, then by name.
  const resource::Table<v1::ClusterRegime>& regimes() const { return regimes_; }
  // By display name in Vietnamese order, then by name.
  const resource::Table<v1::Cluster>& clusters() const { return clusters_; }
  // By name.
  const resource::Table<v1::Membership>& memberships() const { return memberships_; }
  const resource::Table<v1::LeadershipTerm>& terms() const { return terms_; }

  absl::StatusOr<std::vector<v1::Cluster>> ClustersOfRegime(database::Connection& connection,
                                                            std::string_view regime) const;
  absl::StatusOr<std::vector<v1::Membership>> MembershipsOfRegime(database::Connection& connection,
                                                                  std::string_view regime) const;
  absl::StatusOr<std::vector<v1::Membership>> MembershipsOfSchool(database::Connection& connection,
                                                                  std::string_view school) const;
  absl::StatusOr<std::vector<v1::Membership>> MembershipsOfCluster(database::Connection& connection,
                                                                   std::string_view cluster) const;
  absl::StatusOr<std::vector<v1::LeadershipTerm>> TermsOfCluster(database::Connection& connection,
                                                                 std::string_view cluster) const;

  // Regimes in force on `day`; all when absent.
  static resource::Where InForce(std::optional<absl::CivilDay> day);
  // Clusters of the regimes in force on `day`; all when absent.
  static resource::Where OfRegimesInForce(std::optional<absl::CivilDay> day);
  // Memberships or terms of the cluster that cover `day`; all when absent.
  static resource::Where OfCluster(std::string_view cluster, std::optional<absl::CivilDay> day);

 private:
  resource::Table<v1::ClusterRegime> regimes_;
  resource::Table<v1::Cluster> clusters_;
  resource::Table<v1::Membership> memberships_;
  resource::Table<v1::LeadershipTerm> terms_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_STORE_H_
