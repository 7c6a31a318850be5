// Regimes, clusters, memberships and leadership terms in the database.
#ifndef THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_STORE_H_
#define THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/contract/filter.h"
#include "common/resource/table.h"
#include "services/registry/clusters/cluster_rules.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {

// The parent of what hangs on any cluster (AIP-159).
inline constexpr char kAllClusters[] = "clusters/-";

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

  // In the order of `names`, one for each; REASON_NOT_FOUND that names the first that is missing.
  absl::StatusOr<std::vector<v1::Cluster>> ClustersNamed(
      database::Connection& connection, const std::vector<std::string>& names) const;
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
  absl::StatusOr<std::vector<v1::LeadershipTerm>> TermsOfSchool(database::Connection& connection,
                                                                std::string_view school) const;

  absl::StatusOr<v1::ClusterRegime> RegimeOf(database::Connection& connection,
                                             std::string_view cluster) const;
  // What a term of the cluster is checked against. The cluster is held (touched) by the caller.
  absl::StatusOr<ClusterFacts> FactsOf(database::Connection& connection,
                                       std::string_view cluster) const;

  // "clusters/mnbg" of what hangs on that cluster.
  static std::string ClusterOf(std::string_view name);
  // Regimes in force on `day`; all when absent.
  static resource::Where InForce(std::optional<absl::CivilDay> day);
  // Clusters of the regimes in force on `day`; all when absent.
  static resource::Where OfRegimesInForce(std::optional<absl::CivilDay> day);
  // Memberships or terms of a cluster (or of kAllClusters), of `school` (any when empty), that
  // match the filter and cover `day` (any when absent).
  static resource::Where Matching(std::string_view parent, std::string_view school,
                                  const contract::SqlCondition& filter,
                                  std::optional<absl::CivilDay> day);
  // Fields that ListMemberships and ListLeadershipTerms filter by.
  static const contract::FilterFields& MembershipFilters();
  static const contract::FilterFields& TermFilters();

 private:
  resource::Table<v1::ClusterRegime> regimes_;
  resource::Table<v1::Cluster> clusters_;
  resource::Table<v1::Membership> memberships_;
  resource::Table<v1::LeadershipTerm> terms_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_CLUSTERS_CLUSTER_STORE_H_
