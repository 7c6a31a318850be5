#include "services/cli/reference_loading.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/reference_requests.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words
using reporting::v1::Indicator;

// The services' largest page: reading what is there is one call for each collection.
constexpr int kPage = 500;

constexpr char kSchools[] = "thidua.registry.v1.SchoolService.";
constexpr char kClusters[] = "thidua.registry.v1.ClusterService.";
constexpr char kIndicators[] = "thidua.reporting.v1.IndicatorService.";

// How resources of one kind are kept.
struct Keeping {
  std::string file;
  std::string service;              // with the dot at its end
  std::string resource;             // "School", as in CreateSchool
  std::vector<std::string> fields;  // what may change
  std::vector<std::string> fixed;   // what may not
};

template <class Resource>
const Keeping& KeepingOf();

template <>
const Keeping& KeepingOf<ClusterRegime>() {
  static const auto* const keeping = new Keeping{
      kRegimesFile,
      kClusters,
      "ClusterRegime",
      {"display_name", "decision", "valid_from", "valid_to", "deputy_limit", "provenance"},
      {}};
  return *keeping;
}

template <>
const Keeping& KeepingOf<Cluster>() {
  static const auto* const keeping =
      new Keeping{kClustersFile,
                  kClusters,
                  "Cluster",
                  {"number", "display_name", "aliases", "region", "provenance"},
                  {"regime"}};
  return *keeping;
}

template <>
const Keeping& KeepingOf<School>() {
  static const auto* const keeping =
      new Keeping{kSchoolsFile,
                  kSchools,
                  "School",
                  {"province_id", "province", "valid_from", "valid_to", "names", "provenance"},
                  {"kind"}};
  return *keeping;
}

template <>
const Keeping& KeepingOf<Membership>() {
  static const auto* const keeping = new Keeping{kMembershipsFile,
                                                 kClusters,
                                                 "Membership",
                                                 {"valid_from", "valid_to", "provenance"},
                                                 {"school"}};
  return *keeping;
}

template <>
const Keeping& KeepingOf<LeadershipTerm>() {
  static const auto* const keeping = new Keeping{kLeadershipFile,
                                                 kClusters,
                                                 "LeadershipTerm",
                                                 {"valid_from", "valid_to", "provenance"},
                                                 {"school", "year", "role"}};
  return *keeping;
}

template <>
const Keeping& KeepingOf<LineageEvent>() {
  static const auto* const keeping = new Keeping{
      kMergersFile,
      kSchools,
      "LineageEvent",
      {},
      {"type", "effective_date", "decision", "predecessors", "successors", "provenance"}};
  return *keeping;
}

template <>
const Keeping& KeepingOf<Indicator>() {
  static const auto* const keeping = new Keeping{
      kIndicatorsFile,
      kIndicators,
      "Indicator",
      {"display_name", "unit", "aggregation", "ratio_parts", "group", "note", "provenance"},
      {"kind"}};
  return *keeping;
}

template <class Resource>
using ByName = std::map<std::string, Resource>;

template <class Resource>
void Collect(const google::protobuf::RepeatedPtrField<Resource>& resources,
             ByName<Resource>& by_name) {
  for (const Resource& resource : resources) by_name[resource.name()] = resource;
}

bool IsProvisional(const Indicator&) { return false; }
template <class Resource>
bool IsProvisional(const Resource& resource) {
  return resource.provenance().confidence() != CONFIDENCE_DOCUMENTED;
}

// Schools of an event are a set; a service may keep them in another order than the file.
LineageEvent InOrder(LineageEvent event) {
  std::sort(event.mutable_predecessors()->begin(), event.mutable_predecessors()->end());
  std::sort(event.mutable_successors()->begin(), event.mutable_successors()->end());
  return event;
}
template <class Resource>
const Resource& InOrder(const Resource& resource) {
  return resource;
}

template <class Resource>
absl::StatusOr<Resource> Create(Session& session, const Resource& wanted) {
  const Keeping& keeping = KeepingOf<Resource>();
  return session.Call<Resource>(absl::StrCat(keeping.service, "Create", keeping.resource),
                                CreateRequestFor(wanted));
}

template <class Resource>
absl::StatusOr<Resource> Update(Session& session, const Resource& wanted,
                                const std::vector<std::string>& fields, const std::string& etag) {
  const Keeping& keeping = KeepingOf<Resource>();
  return session.Call<Resource>(absl::StrCat(keeping.service, "Update", keeping.resource),
                                UpdateRequestFor(wanted, fields, etag));
}

// Recognises the term where that is wanted and still to be done.
absl::Status Settle(Session& session, const absl::StatusOr<LeadershipTerm>& term,
                    const LeadershipTerm& wanted) {
  if (!term.ok()) return term.status();
  if (wanted.state() != LEADERSHIP_TERM_STATE_RECOGNISED ||
      term->state() != LEADERSHIP_TERM_STATE_ELECTED)
    return absl::OkStatus();
  RecogniseLeadershipTermRequest request;
  request.set_name(term->name());
  request.set_etag(term->etag());
  request.set_request_id(runtime::NewUuid4());
  return session.Call<LeadershipTerm>(absl::StrCat(kClusters, "RecogniseLeadershipTerm"), request)
      .status();
}

class Planner {
 public:
  Planner(Session& session, CsvProblems& problems) : session_(session), problems_(problems) {}

  absl::StatusOr<LoadingPlan> Plan(const ReferenceData& data) {
    if (absl::Status read = ReadStored(); !read.ok()) return read;
    Compare(data.regimes, regimes_);
    Compare(data.clusters, clusters_);
    Compare(data.schools, schools_);
    Compare(data.memberships, memberships_);
    CompareTerms(data);
    CompareMergers(data);
    Compare(data.indicators, indicators_);
    return std::move(plan_);
  }

 private:
  template <class Response, class Request>
  absl::StatusOr<Response> All(const std::string& method, Request request) {
    request.set_page_size(kPage);
    return AllPages<Response>(session_, method, request);
  }

  absl::Status ReadStored() {
    auto regimes = All<ListClusterRegimesResponse>(absl::StrCat(kClusters, "ListClusterRegimes"),
                                                   ListClusterRegimesRequest());
    if (!regimes.ok()) return regimes.status();
    Collect(regimes->cluster_regimes(), regimes_);

    ListClustersRequest every_cluster;
    every_cluster.set_show_all(true);
    auto clusters =
        All<ListClustersResponse>(absl::StrCat(kClusters, "ListClusters"), every_cluster);
    if (!clusters.ok()) return clusters.status();
    Collect(clusters->clusters(), clusters_);

    ListSchoolsRequest every_school;
    every_school.set_show_all(true);
    auto schools = All<ListSchoolsResponse>(absl::StrCat(kSchools, "ListSchools"), every_school);
    if (!schools.ok()) return schools.status();
    Collect(schools->schools(), schools_);

    auto mergers = All<ListLineageEventsResponse>(absl::StrCat(kSchools, "ListLineageEvents"),
                                                  ListLineageEventsRequest());
    if (!mergers.ok()) return mergers.status();
    Collect(mergers->lineage_events(), mergers_);

    auto indicators = All<reporting::v1::ListIndicatorsResponse>(
        absl::StrCat(kIndicators, "ListIndicators"), reporting::v1::ListIndicatorsRequest());
    if (!indicators.ok()) return indicators.status();
    Collect(indicators->indicators(), indicators_);

    for (const auto& [name, cluster] : clusters_) {
      if (absl::Status read = ReadCluster(name); !read.ok()) return read;
    }
    return absl::OkStatus();
  }

  absl::Status ReadCluster(const std::string& cluster) {
    ListMembershipsRequest of_members;
    of_members.set_parent(cluster);
    auto memberships =
        All<ListMembershipsResponse>(absl::StrCat(kClusters, "ListMemberships"), of_members);
    if (!memberships.ok()) return memberships.status();
    Collect(memberships->memberships(), memberships_);

    ListLeadershipTermsRequest of_terms;
    of_terms.set_parent(cluster);
    auto terms =
        All<ListLeadershipTermsResponse>(absl::StrCat(kClusters, "ListLeadershipTerms"), of_terms);
    if (!terms.ok()) return terms.status();
    Collect(terms->leadership_terms(), terms_);
    return absl::OkStatus();
  }

  // `run` outlives the planner: it may refer to the data and the session only.
  template <class Resource>
  void Write(const Fact<Resource>& fact, std::function<absl::Status()> run) {
    plan_.writes.push_back(
        {&fact.row, KeepingOf<Resource>().file, fact.wanted.name(), std::move(run)});
  }

  // False after adding a problem: something differs that never changes.
  template <class Resource>
  bool MayStay(const Fact<Resource>& fact, const Resource& stored) {
    const std::vector<std::string> differing =
        DifferingFields(InOrder(stored), InOrder(fact.wanted), KeepingOf<Resource>().fixed);
    if (differing.empty()) return true;
    const std::string fields = absl::StrJoin(differing, ", ");
    fact.row.Complain(
        "",
        absl::StrCat(stored.name(), " is recorded with another ", fields,
                     ", which cannot be changed"),
        absl::StrCat(stored.name(), " đã được ghi với ", fields, " khác và không sửa được"),
        problems_);
    return false;
  }

  template <class Resource>
  void WriteNew(const Fact<Resource>& fact, FileTally& tally) {
    ++tally.created;
    Write(fact, [&session = session_, &fact] { return Create(session, fact.wanted).status(); });
  }

  template <class Resource>
  void Compare(const std::vector<Fact<Resource>>& facts, const ByName<Resource>& all_stored) {
    const Keeping& keeping = KeepingOf<Resource>();
    FileTally tally{keeping.file, static_cast<int>(facts.size()), 0, 0, 0, 0};
    for (const Fact<Resource>& fact : facts) {
      tally.provisional += IsProvisional(fact.wanted) ? 1 : 0;
      const auto stored = all_stored.find(fact.wanted.name());
      if (stored == all_stored.end()) {
        WriteNew(fact, tally);
        continue;
      }
      if (!MayStay(fact, stored->second)) continue;
      const std::vector<std::string> fields =
          DifferingFields(stored->second, fact.wanted, keeping.fields);
      if (fields.empty()) {
        ++tally.unchanged;
        continue;
      }
      ++tally.updated;
      Write(fact, [&session = session_, &fact, fields, etag = stored->second.etag()] {
        return Update(session, fact.wanted, fields, etag).status();
      });
    }
    plan_.tallies.push_back(std::move(tally));
  }

  void CompareTerms(const ReferenceData& data) {
    FileTally tally{kLeadershipFile, static_cast<int>(data.terms.size()), 0, 0, 0, 0};
    for (const Fact<LeadershipTerm>& fact : data.terms) {
      tally.provisional += IsProvisional(fact.wanted) ? 1 : 0;
      const auto stored = terms_.find(fact.wanted.name());
      if (stored == terms_.end()) {
        ++tally.created;
        Write(fact, [&session = session_, &fact] {
          return Settle(session, Create(session, fact.wanted), fact.wanted);
        });
      } else if (MayStay(fact, stored->second)) {
        CompareTerm(fact, stored->second, tally);
      }
    }
    plan_.tallies.push_back(std::move(tally));
  }

  // A term that was replaced or ended since is history and stays as it is.
  void CompareTerm(const Fact<LeadershipTerm>& fact, const LeadershipTerm& stored,
                   FileTally& tally) {
    const bool elected = stored.state() == LEADERSHIP_TERM_STATE_ELECTED;
    const bool history = !elected && stored.state() != LEADERSHIP_TERM_STATE_RECOGNISED;
    const bool unrecognised = elected && fact.wanted.state() == LEADERSHIP_TERM_STATE_RECOGNISED;
    const std::vector<std::string> fields =
        DifferingFields(stored, fact.wanted, KeepingOf<LeadershipTerm>().fields);
    if (history || (fields.empty() && !unrecognised)) {
      ++tally.unchanged;
      return;
    }
    ++tally.updated;
    Write(fact, [&session = session_, &fact, stored, fields] {
      return Settle(session,
                    fields.empty() ? stored : Update(session, fact.wanted, fields, stored.etag()),
                    fact.wanted);
    });
  }

  void CompareMergers(const ReferenceData& data) {
    FileTally tally{kMergersFile, 0, 0, 0, 0, 0};
    for (const Fact<LineageEvent>& fact : data.mergers) {
      tally.rows += fact.wanted.predecessors_size();
      tally.provisional += IsProvisional(fact.wanted) ? 1 : 0;
      const auto stored = mergers_.find(fact.wanted.name());
      if (stored == mergers_.end()) {
        WriteNew(fact, tally);
      } else if (MayStay(fact, stored->second)) {
        ++tally.unchanged;
      }
    }
    plan_.tallies.push_back(std::move(tally));
  }

  Session& session_;
  CsvProblems& problems_;
  ByName<ClusterRegime> regimes_;
  ByName<Cluster> clusters_;
  ByName<School> schools_;
  ByName<Membership> memberships_;
  ByName<LeadershipTerm> terms_;
  ByName<LineageEvent> mergers_;
  ByName<Indicator> indicators_;
  LoadingPlan plan_;
};

}  // namespace

absl::StatusOr<LoadingPlan> PlanLoading(Session& session, const ReferenceData& data,
                                        CsvProblems& problems) {
  return Planner(session, problems).Plan(data);
}

}  // namespace thidua::cli
