// The project's reference data: who the schools are, how they are grouped and led, what became of
// them, what is counted. Read from CSV files (deploy/reference/README.md describes them) into the
// resources they stand for. Pure.
#ifndef THIDUA_SERVICES_CLI_REFERENCE_DATA_H_
#define THIDUA_SERVICES_CLI_REFERENCE_DATA_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "services/cli/csv_file.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::cli {

inline constexpr char kRegimesFile[] = "regimes.csv";
inline constexpr char kClustersFile[] = "clusters.csv";
inline constexpr char kSchoolsFile[] = "schools.csv";
inline constexpr char kMembershipsFile[] = "memberships.csv";
inline constexpr char kLeadershipFile[] = "leadership.csv";
inline constexpr char kMergersFile[] = "mergers.csv";
inline constexpr char kIndicatorsFile[] = "indicators.csv";

// All of them, in the order in which they are loaded: each names only what those before it made.
inline constexpr const char* kReferenceFiles[] = {kRegimesFile,     kClustersFile,   kSchoolsFile,
                                                  kMembershipsFile, kLeadershipFile, kMergersFile,
                                                  kIndicatorsFile};

// A resource as the files want it, with its full name, and the row it came from (for a merger: the
// first of its rows).
template <class Resource>
struct Fact {
  Resource wanted;
  CsvRecord row;
};

struct ReferenceData {
  std::vector<Fact<registry::v1::ClusterRegime>> regimes;
  std::vector<Fact<registry::v1::Cluster>> clusters;
  std::vector<Fact<registry::v1::School>> schools;
  std::vector<Fact<registry::v1::Membership>> memberships;
  // In the state that the file's confidence asks for: documented terms RECOGNISED, the others
  // ELECTED.
  std::vector<Fact<registry::v1::LeadershipTerm>> terms;
  std::vector<Fact<registry::v1::LineageEvent>> mergers;
  std::vector<Fact<reporting::v1::Indicator>> indicators;
};

// The resources of all files. `texts`: the content of each of kReferenceFiles by its name. What is
// wrong is added to `problems`: cells that cannot be read, names that no other row defines, codes
// given twice. Days are whole and exclusive at the end as in the contracts; years become [1
// January, 1 January after), cut to the days on which school and regime exist. `confidence` is
// "documented" or "provisional".
ReferenceData ReadReference(const std::map<std::string, std::string>& texts, CsvProblems& problems);

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_REFERENCE_DATA_H_
