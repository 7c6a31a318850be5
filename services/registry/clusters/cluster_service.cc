#include "services/registry/clusters/cluster_service.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/field_mask.h"
#include "common/contract/filter.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/registry/clusters/cluster_snapshot.h"
#include "services/registry/clusters/leadership_rules.h"

namespace thidua::registry {

using database::Transaction;
using v1::Cluster;
using v1::ClusterRegime;
using v1::LeadershipTerm;
using v1::Membership;
using v1::School;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

// The request checks have seen that it is a date.
absl::CivilDay DayOf(const google::type::Date& date) {
  return runtime::DayFromProto(date).value_or(absl::CivilDay());
}

template <class Request>
std::optional<absl::CivilDay> AsOf(const Request& request) {
  return request.has_as_of() ? std::optional(DayOf(request.as_of())) : std::nullopt;
}

std::string SchoolId(const std::string& name) {
  return contract::SegmentAfter(name, "schools").value_or("");
}

// `given`, or else `made` when it is an identifier: a long school identifier may leave no room for
// a year.
absl::StatusOr<std::string> ChooseId(const std::string& given, const std::string& made,
                                     const std::string& field) {
  const std::string& id = given.empty() ? made : given;
  if (contract::IsResourceId(id)) return id;
  return contract::RefuseFields({{field, "must be given", "bắt buộc"}});
}

absl::Status NotFound(const std::string& name) {
  return contract::Refuse(contract::Reason::REASON_NOT_FOUND, {{"resource", name}});
}

// The first and last year that are asked for.
absl::StatusOr<std::pair<int, int>> YearsOf(const v1::ListLeadershipFindingsRequest& request,
                                            absl::CivilDay today) {
  constexpr int kMostYears = 100;
  const int this_year = static_cast<int>(today.year());
  const int to =
      request.to_year() > 0 ? request.to_year() : std::max(this_year, request.from_year());
  const int from = request.from_year() > 0 ? request.from_year() : to;
  if (to < from)
    return contract::RefuseFields({{"to_year", "is before from_year", "trước from_year"}});
  if (to - from >= kMostYears) {
    return contract::RefuseFields(
        {{"from_year", "is more than 100 years before to_year", "cách to_year quá 100 năm"}});
  }
  return std::pair(from, to);
}

}  // namespace

ClusterService::ClusterService(const rpc::Writing& writing, directory::Directory& directory,
                               const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), directory_(directory), page_tokens_(page_tokens) {}

void ClusterService::Register(rpc::Router& router) {
  router.Offer("thidua.registry.v1.ClusterService")
      .Unary("GetClusterRegime", this, &ClusterService::GetClusterRegime)
      .Unary("ListClusterRegimes", this, &ClusterService::ListClusterRegimes)
      .Mutation("CreateClusterRegime", writing_, this, &ClusterService::CreateClusterRegime)
      .Mutation("UpdateClusterRegime", writing_, this, &ClusterService::UpdateClusterRegime)
      .Unary("GetCluster", this, &ClusterService::GetCluster)
      .Unary("BatchGetClusters", this, &ClusterService::BatchGetClusters)
      .Unary("ListClusters", this, &ClusterService::ListClusters)
      .Mutation("CreateCluster", writing_, this, &ClusterService::CreateCluster)
      .Mutation("UpdateCluster", writing_, this, &ClusterService::UpdateCluster)
      .Unary("GetMembership", this, &ClusterService::GetMembership)
      .Unary("ListMemberships", this, &ClusterService::ListMemberships)
      .Mutation("CreateMembership", writing_, this, &ClusterService::CreateMembership)
      .Mutation("UpdateMembership", writing_, this, &ClusterService::UpdateMembership)
      .Mutation("EndMembership", writing_, this, &ClusterService::EndMembership)
      .Unary("GetLeadershipTerm", this, &ClusterService::GetLeadershipTerm)
      .Unary("ListLeadershipTerms", this, &ClusterService::ListLeadershipTerms)
      .Mutation("CreateLeadershipTerm", writing_, this, &ClusterService::CreateLeadershipTerm)
      .Mutation("UpdateLeadershipTerm", writing_, this, &ClusterService::UpdateLeadershipTerm)
      .Mutation("RecogniseLeadershipTerm", writing_, this, &ClusterService::RecogniseLeadershipTerm)
      .Mutation("EndLeadershipTerm", writing_, this, &ClusterService::EndLeadershipTerm)
      .Mutation("ReplaceLeadershipTerm", writing_, this, &ClusterService::ReplaceLeadershipTerm)
      .Unary("GetClusterSnapshot", this, &ClusterService::GetClusterSnapshot)
      .Unary("GetSchoolSnapshot", this, &ClusterService::GetSchoolSnapshot)
      .Unary("GetLeadershipRotation", this, &ClusterService::GetLeadershipRotation)
      .Unary("ListLeadershipFindings", this, &ClusterService::ListLeadershipFindings)
      .Unary("ResolveClusterName", this, &ClusterService::ResolveClusterName);
}

template <class M, class Request>
absl::StatusOr<typename resource::Table<M>::Page> ClusterService::ReadPage(
    Context& context, const resource::Table<M>& table, const resource::Where& where,
    const Request& request, std::string* next_page_token) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = table.List(**connection, where, *position,
                         contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (page.ok() && !page->next.empty()) {
    *next_page_token = page_tokens_.Make(context.act().method, request, page->next);
  }
  return page;
}

// ---- Regimes.

absl::StatusOr<ClusterRegime> ClusterService::GetClusterRegime(
    Context& context, const v1::GetClusterRegimeRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.regimes().Get(**connection, request.name());
}

absl::StatusOr<v1::ListClusterRegimesResponse> ClusterService::ListClusterRegimes(
    Context& context, const v1::ListClusterRegimesRequest& request) {
  v1::ListClusterRegimesResponse response;
  auto page = ReadPage(context, store_.regimes(), ClusterStore::InForce(AsOf(request)), request,
                       response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (ClusterRegime& regime : page->resources) *response.add_cluster_regimes() = std::move(regime);
  return response;
}

absl::StatusOr<ClusterRegime> ClusterService::CreateClusterRegime(
    Mutation& mutation, const v1::CreateClusterRegimeRequest& request) {
  ClusterRegime regime = request.cluster_regime();
  regime.set_name(contract::Join({"clusterRegimes", request.cluster_regime_id()}));
  const absl::StatusOr<ClusterRegime> checked = CheckRegime(std::move(regime));
  if (!checked.ok()) return checked;
  if (absl::Status status = documents_.CheckNamed(mutation.connection(), *checked); !status.ok())
    return status;
  return store_.regimes().Create(mutation.transaction(), mutation.act(), *checked, {"CREATED", ""});
}

absl::StatusOr<ClusterRegime> ClusterService::UpdateClusterRegime(
    Mutation& mutation, const v1::UpdateClusterRegimeRequest& request) {
  Transaction& transaction = mutation.transaction();
  const std::string& name = request.cluster_regime().name();
  // Memberships are made with their cluster held; a cluster that comes now has none yet.
  const auto clusters = store_.ClustersOfRegime(transaction.connection(), name);
  if (!clusters.ok()) return clusters.status();
  for (const Cluster& cluster : *clusters) {
    if (absl::Status status = store_.clusters().Touch(transaction, cluster.name()); !status.ok())
      return status;
  }
  absl::StatusOr<ClusterRegime> regime = store_.regimes().Get(transaction.connection(), name);
  if (!regime.ok()) return regime;
  absl::Status status =
      contract::ApplyUpdate(request.cluster_regime(), request.update_mask(), &*regime);
  if (!status.ok()) return status;
  regime = CheckRegime(*std::move(regime));
  if (!regime.ok()) return regime;
  if (status = documents_.CheckNamed(transaction.connection(), *regime); !status.ok())
    return status;
  const auto memberships = store_.MembershipsOfRegime(transaction.connection(), name);
  if (!memberships.ok()) return memberships.status();
  if (status = CheckMembershipsWithin(*regime, *memberships); !status.ok()) return status;
  return store_.regimes().Update(transaction, mutation.act(), *std::move(regime), request.etag(),
                                 {"UPDATED", ""});
}

// ---- Clusters.

absl::StatusOr<Cluster> ClusterService::GetCluster(Context& context,
                                                   const v1::GetClusterRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.clusters().Get(**connection, request.name());
}

absl::StatusOr<v1::BatchGetClustersResponse> ClusterService::BatchGetClusters(
    Context& context, const v1::BatchGetClustersRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto clusters =
      store_.ClustersNamed(**connection, {request.names().begin(), request.names().end()});
  if (!clusters.ok()) return clusters.status();
  v1::BatchGetClustersResponse response;
  for (Cluster& cluster : *clusters) *response.add_clusters() = std::move(cluster);
  return response;
}

absl::StatusOr<v1::ListClustersResponse> ClusterService::ListClusters(
    Context& context, const v1::ListClustersRequest& request) {
  v1::ListClustersResponse response;
  const auto day =
      request.show_all() ? std::nullopt : std::optional(AsOf(request).value_or(context.today()));
  auto page = ReadPage(context, store_.clusters(), ClusterStore::OfRegimesInForce(day), request,
                       response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (Cluster& cluster : page->resources) *response.add_clusters() = std::move(cluster);
  return response;
}

absl::StatusOr<Cluster> ClusterService::CreateCluster(Mutation& mutation,
                                                      const v1::CreateClusterRequest& request) {
  Cluster cluster = request.cluster();
  cluster.set_name(contract::Join({"clusters", request.cluster_id()}));
  absl::Status status = CheckCluster(cluster);
  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), cluster);
  if (status.ok()) status = store_.regimes().Touch(mutation.transaction(), cluster.regime());
  if (!status.ok()) return status;
  return store_.clusters().Create(mutation.transaction(), mutation.act(), cluster, {"CREATED", ""});
}

absl::StatusOr<Cluster> ClusterService::UpdateCluster(Mutation& mutation,
                                                      const v1::UpdateClusterRequest& request) {
  absl::StatusOr<Cluster> cluster =
      store_.clusters().Get(mutation.connection(), request.cluster().name());
  if (!cluster.ok()) return cluster;
  absl::Status status = contract::ApplyUpdate(request.cluster(), request.update_mask(), &*cluster);
  if (status.ok()) status = CheckCluster(*cluster);
  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), *cluster);
  if (!status.ok()) return status;
  return store_.clusters().Update(mutation.transaction(), mutation.act(), *std::move(cluster),
                                  request.etag(), {"UPDATED", ""});
}

// ---- Memberships.

absl::StatusOr<Membership> ClusterService::GetMembership(Context& context,
                                                         const v1::GetMembershipRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.memberships().Get(**connection, request.name());
}

absl::StatusOr<v1::ListMembershipsResponse> ClusterService::ListMemberships(
    Context& context, const v1::ListMembershipsRequest& request) {
  v1::ListMembershipsResponse response;
  const auto filter = contract::ParseFilter(request.filter(), ClusterStore::MembershipFilters());
  if (!filter.ok()) return filter.status();
  auto page =
      ReadPage(context, store_.memberships(),
               ClusterStore::Matching(request.parent(), request.school(), *filter, AsOf(request)),
               request, response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (Membership& membership : page->resources)
    *response.add_memberships() = std::move(membership);
  return response;
}

absl::StatusOr<Membership> ClusterService::CreateMembership(
    Mutation& mutation, const v1::CreateMembershipRequest& request) {
  Transaction& transaction = mutation.transaction();
  Membership membership = request.membership();
  const auto id = ChooseId(request.membership_id(), SchoolId(membership.school()), "membership_id");
  if (!id.ok()) return id.status();
  membership.set_name(contract::Join({request.parent(), "memberships", *id}));
  absl::Status status = schools_.schools().Touch(transaction, membership.school());
  if (status.ok()) status = store_.clusters().Touch(transaction, request.parent());
  if (!status.ok()) return status;
  absl::StatusOr<Membership> bounded = WithBoundsOf(transaction, std::move(membership));
  if (!bounded.ok()) return bounded;
  if (status = Check(transaction, *bounded); !status.ok()) return status;
  return store_.memberships().Create(transaction, mutation.act(), *std::move(bounded),
                                     {"CREATED", ""});
}

absl::StatusOr<Membership> ClusterService::UpdateMembership(
    Mutation& mutation, const v1::UpdateMembershipRequest& request) {
  return Change(mutation, request.membership().name(), request.etag(), {"UPDATED", ""},
                [&](Membership membership) -> absl::StatusOr<Membership> {
                  const absl::Status status = contract::ApplyUpdate(
                      request.membership(), request.update_mask(), &membership);
                  if (!status.ok()) return status;
                  return membership;
                });
}

absl::StatusOr<Membership> ClusterService::EndMembership(Mutation& mutation,
                                                         const v1::EndMembershipRequest& request) {
  return Change(
      mutation, request.name(), request.etag(), {"ENDED", request.reason()},
      [&](Membership membership) { return End(std::move(membership), DayOf(request.end_date())); });
}

absl::StatusOr<Membership> ClusterService::Change(Mutation& mutation, const std::string& name,
                                                  const std::string& etag, const resource::Why& why,
                                                  ChangeMembership change) {
  Transaction& transaction = mutation.transaction();
  const std::string cluster = ClusterStore::ClusterOf(name);
  // The school never changes, so that it may be read before anything is held.
  const absl::StatusOr<Membership> seen = store_.memberships().Get(transaction.connection(), name);
  if (!seen.ok()) return seen;
  absl::Status status = schools_.schools().Touch(transaction, seen->school());
  if (status.ok()) status = store_.clusters().Touch(transaction, cluster);
  if (!status.ok()) return status;
  absl::StatusOr<Membership> membership = store_.memberships().Get(transaction.connection(), name);
  if (membership.ok()) membership = change(*std::move(membership));
  if (!membership.ok()) return membership;
  if (status = Check(transaction, *membership); !status.ok()) return status;
  const absl::StatusOr<ClusterFacts> facts = store_.FactsOf(transaction.connection(), cluster);
  if (!facts.ok()) return facts.status();
  if (status = CheckTermsCovered(*membership, facts->memberships, facts->terms); !status.ok())
    return status;
  return store_.memberships().Update(transaction, mutation.act(), *std::move(membership), etag,
                                     why);
}

absl::StatusOr<Membership> ClusterService::WithBoundsOf(Transaction& transaction,
                                                        Membership membership) {
  const absl::StatusOr<School> school =
      schools_.schools().Get(transaction.connection(), membership.school());
  if (!school.ok()) return school.status();
  const absl::StatusOr<ClusterRegime> regime =
      store_.RegimeOf(transaction.connection(), ClusterStore::ClusterOf(membership.name()));
  if (!regime.ok()) return regime.status();
  return WithBounds(std::move(membership), *school, *regime);
}

absl::Status ClusterService::Check(Transaction& transaction, const Membership& membership) {
  if (absl::Status status = documents_.CheckNamed(transaction.connection(), membership);
      !status.ok()) {
    return status;
  }
  const absl::StatusOr<School> school =
      schools_.schools().Get(transaction.connection(), membership.school());
  if (!school.ok()) return school.status();
  const absl::StatusOr<ClusterRegime> regime =
      store_.RegimeOf(transaction.connection(), ClusterStore::ClusterOf(membership.name()));
  if (!regime.ok()) return regime.status();
  const auto others = store_.MembershipsOfSchool(transaction.connection(), membership.school());
  if (!others.ok()) return others.status();
  return CheckMembership(membership, *school, *regime, *others);
}

// ---- Leadership terms.

absl::StatusOr<LeadershipTerm> ClusterService::GetLeadershipTerm(
    Context& context, const v1::GetLeadershipTermRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.terms().Get(**connection, request.name());
}

absl::StatusOr<v1::ListLeadershipTermsResponse> ClusterService::ListLeadershipTerms(
    Context& context, const v1::ListLeadershipTermsRequest& request) {
  v1::ListLeadershipTermsResponse response;
  const auto filter = contract::ParseFilter(request.filter(), ClusterStore::TermFilters());
  if (!filter.ok()) return filter.status();
  auto page =
      ReadPage(context, store_.terms(),
               ClusterStore::Matching(request.parent(), request.school(), *filter, AsOf(request)),
               request, response.mutable_next_page_token());
  if (!page.ok()) return page.status();
  for (LeadershipTerm& term : page->resources) *response.add_leadership_terms() = std::move(term);
  return response;
}

absl::StatusOr<LeadershipTerm> ClusterService::CreateLeadershipTerm(
    Mutation& mutation, const v1::CreateLeadershipTermRequest& request) {
  Transaction& transaction = mutation.transaction();
  LeadershipTerm term = NewTerm(request.leadership_term());
  const auto name =
      NewTermName(request.parent(), request.leadership_term_id(), term.year(), term.school());
  if (!name.ok()) return name.status();
  term.set_name(*name);
  absl::Status status = documents_.CheckNamed(transaction.connection(), request);
  if (status.ok()) status = store_.clusters().Touch(transaction, request.parent());
  if (!status.ok()) return status;
  const absl::StatusOr<ClusterFacts> facts =
      store_.FactsOf(transaction.connection(), request.parent());
  if (!facts.ok()) return facts.status();
  if (status = CheckTerm(term, *facts); !status.ok()) return status;
  return store_.terms().Create(transaction, mutation.act(), std::move(term), {"ELECTED", ""});
}

absl::StatusOr<LeadershipTerm> ClusterService::UpdateLeadershipTerm(
    Mutation& mutation, const v1::UpdateLeadershipTermRequest& request) {
  return Change(mutation, request.leadership_term().name(), request.etag(), {"UPDATED", ""},
                [&](LeadershipTerm term) -> absl::StatusOr<LeadershipTerm> {
                  absl::Status status = CheckCorrectable(term);
                  if (status.ok()) {
                    status = contract::ApplyUpdate(request.leadership_term(), request.update_mask(),
                                                   &term);
                  }
                  if (!status.ok()) return status;
                  const auto facts =
                      store_.FactsOf(mutation.connection(), ClusterStore::ClusterOf(term.name()));
                  if (!facts.ok()) return facts.status();
                  if (status = CheckTerm(term, *facts); !status.ok()) return status;
                  return term;
                });
}

absl::StatusOr<LeadershipTerm> ClusterService::RecogniseLeadershipTerm(
    Mutation& mutation, const v1::RecogniseLeadershipTermRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"RECOGNISED", ""},
                [&](LeadershipTerm term) {
                  return Recognise(std::move(term), request.decision(),
                                   request.has_provenance() ? &request.provenance() : nullptr);
                });
}

absl::StatusOr<LeadershipTerm> ClusterService::EndLeadershipTerm(
    Mutation& mutation, const v1::EndLeadershipTermRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"ENDED", request.reason()},
                [&](LeadershipTerm term) {
                  return End(std::move(term), DayOf(request.end_date()), mutation.today());
                });
}

absl::StatusOr<LeadershipTerm> ClusterService::Change(Mutation& mutation, const std::string& name,
                                                      const std::string& etag,
                                                      const resource::Why& why, ChangeTerm change) {
  Transaction& transaction = mutation.transaction();
  if (absl::Status status = store_.clusters().Touch(transaction, ClusterStore::ClusterOf(name));
      !status.ok())
    return status;
  absl::StatusOr<LeadershipTerm> term = store_.terms().Get(transaction.connection(), name);
  if (term.ok()) term = change(*std::move(term));
  if (!term.ok()) return term;
  if (absl::Status status = documents_.CheckNamed(transaction.connection(), *term); !status.ok())
    return status;
  return store_.terms().Update(transaction, mutation.act(), *std::move(term), etag, why);
}

absl::StatusOr<v1::ReplaceLeadershipTermResponse> ClusterService::ReplaceLeadershipTerm(
    Mutation& mutation, const v1::ReplaceLeadershipTermRequest& request) {
  Transaction& transaction = mutation.transaction();
  const std::string cluster = ClusterStore::ClusterOf(request.name());
  if (absl::Status status = store_.clusters().Touch(transaction, cluster); !status.ok())
    return status;
  absl::StatusOr<LeadershipTerm> term =
      store_.terms().Get(transaction.connection(), request.name());
  if (!term.ok()) return term.status();
  const auto name =
      NewTermName(cluster, request.leadership_term_id(), term->year(), request.school());
  if (!name.ok()) return name.status();
  LeadershipTerm successor;
  successor.set_name(*name);
  successor.set_school(request.school());
  *successor.mutable_provenance() = request.provenance();
  auto replacement = Replace(*std::move(term), std::move(successor), DayOf(request.replace_date()),
                             mutation.today());
  if (!replacement.ok()) return replacement.status();
  if (absl::Status status = documents_.CheckNamed(transaction.connection(), replacement->successor);
      !status.ok()) {
    return status;
  }
  auto replaced =
      store_.terms().Update(transaction, mutation.act(), std::move(replacement->replaced),
                            request.etag(), {"REPLACED", request.reason()});
  if (!replaced.ok()) return replaced.status();
  const auto facts = store_.FactsOf(transaction.connection(), cluster);
  if (!facts.ok()) return facts.status();
  if (absl::Status status = CheckTerm(replacement->successor, *facts); !status.ok()) return status;
  auto created =
      store_.terms().Create(transaction, mutation.act(), std::move(replacement->successor),
                            {"ELECTED", request.reason()});
  if (!created.ok()) return created.status();
  v1::ReplaceLeadershipTermResponse both;
  *both.mutable_replaced() = *std::move(replaced);
  *both.mutable_replacement() = *std::move(created);
  return both;
}

// ---- From memory.

absl::StatusOr<rpc::Encoded<v1::ClusterSnapshot>> ClusterService::GetClusterSnapshot(
    Context& context, const v1::GetClusterSnapshotRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const std::string id = contract::SegmentAfter(request.name(), "clusters").value_or("");
  if (map->Cluster(id) == nullptr) return NotFound(request.name());
  return cluster_snapshots_.Of(map, id, AsOf(request).value_or(context.today()));
}

absl::StatusOr<rpc::Encoded<v1::SchoolSnapshot>> ClusterService::GetSchoolSnapshot(
    Context& context, const v1::GetSchoolSnapshotRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const std::string id = SchoolId(request.name());
  if (map->School(id) == nullptr) return NotFound(request.name());
  return school_snapshots_.Of(map, id, AsOf(request).value_or(context.today()));
}

absl::StatusOr<v1::LeadershipRotation> ClusterService::GetLeadershipRotation(
    Context& context, const v1::GetLeadershipRotationRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const std::string id = contract::SegmentAfter(request.name(), "clusters").value_or("");
  if (map->Cluster(id) == nullptr) return NotFound(request.name());
  return RotationOf(*map, id, AsOf(request).value_or(context.today()));
}

absl::StatusOr<v1::ListLeadershipFindingsResponse> ClusterService::ListLeadershipFindings(
    Context& context, const v1::ListLeadershipFindingsRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const auto years = YearsOf(request, context.today());
  if (!years.ok()) return years.status();
  const std::string only = contract::SegmentAfter(request.parent(), "clusters").value_or("");
  const bool all = request.parent() == kAllClusters;
  if (!all && map->Cluster(only) == nullptr) return NotFound(request.parent());
  const std::vector<std::string_view> clusters =
      all ? map->Clusters() : std::vector<std::string_view>{only};
  // A position is a cluster and how many of its findings have been told.
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  const std::string first = position->empty() ? "" : std::get<std::string>((*position)[0]);
  const size_t told = position->empty() ? 0 : std::get<int64_t>((*position)[1]);
  const int size = contract::PageSize(request.page_size(), kUsualPage, kLargestPage);
  v1::ListLeadershipFindingsResponse response;
  for (const std::string_view cluster : clusters) {
    if (cluster < first) continue;
    const auto findings = FindingsOf(*map, cluster, years->first, years->second, context.today());
    for (size_t next = cluster == first ? told : 0; next < findings.size(); ++next) {
      if (response.leadership_findings_size() == size) {
        response.set_next_page_token(page_tokens_.Make(
            context.act().method, request, {std::string(cluster), static_cast<int64_t>(next)}));
        return response;
      }
      *response.add_leadership_findings() = findings[next];
    }
  }
  return response;
}

absl::StatusOr<v1::ResolveClusterNameResponse> ClusterService::ResolveClusterName(
    Context& context, const v1::ResolveClusterNameRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  return names_.Of(map)->Resolve(request.text(), AsOf(request).value_or(context.today()),
                                 request.max_candidates());
}

}  // namespace thidua::registry
