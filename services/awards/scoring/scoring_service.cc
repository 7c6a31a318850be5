#include "services/awards/scoring/scoring_service.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/contract/field_mask.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "services/awards/scoring/points.h"
#include "services/awards/scoring/publication_document.h"
#include "services/awards/scoring/ranking_rules.h"
#include "services/awards/scoring/scheme_rules.h"

namespace thidua::awards {
namespace {

using contract::Reason;
using contract::Refuse;

constexpr char kServiceName[] = "thidua.awards.v1.ScoringService";
constexpr int kDefaultSchemes = 50;
constexpr int kMostSchemes = 200;
constexpr int kDefaultRankings = 20;
constexpr int kMostRankings = 100;

// The maximum follows from the groups and criteria; nobody states it.
absl::Status Complete(v1::ScoringScheme& scheme) {
  if (const auto faults = FaultsOf(scheme); !faults.empty()) return contract::RefuseFields(faults);
  const absl::StatusOr<Decimal> most = MaxPoints(scheme);
  if (!most.ok()) return most.status();
  *scheme.mutable_max_points() = ToProto(*most);
  return absl::OkStatus();
}

// The publication to rank by: the newest, as long as nothing superseded it.
absl::StatusOr<FollowedPublication> Current(
    absl::StatusOr<std::optional<FollowedPublication>> newest,
    const v1::ComputeRankingRequest& request) {
  if (!newest.ok()) return newest.status();
  if (!newest->has_value()) {
    return Refuse(Reason::REASON_NOT_PUBLISHED,
                  {{"resource", request.window() + ", " + request.cluster()}});
  }
  if ((*newest)->publication.state() != reporting::v1::PUBLICATION_STATE_CURRENT) {
    return Refuse(
        Reason::REASON_RULE_VIOLATED,
        {{"resource", (*newest)->publication.name()},
         {"why",
          "its figures were corrected since; the cluster must publish again before it is ranked"},
         {"why_vi",
          "số liệu đã được sửa sau khi công bố; cụm phải công bố lại trước khi xếp hạng"}});
  }
  return **std::move(newest);
}

// A school is shown by the registry's name of the day; by the document's where the registry's feed
// has not told of it yet.
void NameSchools(const directory::SchoolMap& map, absl::CivilDay day,
                 std::vector<SchoolFigures>& schools) {
  for (SchoolFigures& school : schools) {
    const std::optional<std::string> id = contract::SegmentAfter(school.school, "schools");
    if (id.has_value() && map.School(*id) != nullptr)
      school.display_name = map.DisplayName(*id, day);
  }
}

}  // namespace

void ScoringService::Register(rpc::Router& router) {
  router.Offer(kServiceName)
      .Mutation("CreateScoringScheme", writing_, this, &ScoringService::CreateScoringScheme)
      .Unary("GetScoringScheme", this, &ScoringService::GetScoringScheme)
      .Unary("ListScoringSchemes", this, &ScoringService::ListScoringSchemes)
      .Mutation("UpdateScoringScheme", writing_, this, &ScoringService::UpdateScoringScheme)
      .Mutation("PublishScoringScheme", writing_, this, &ScoringService::PublishScoringScheme)
      .Mutation("RetireScoringScheme", writing_, this, &ScoringService::RetireScoringScheme)
      .Mutation("ComputeRanking", writing_, this, &ScoringService::ComputeRanking)
      .Unary("GetRanking", this, &ScoringService::GetRanking)
      .Unary("ListRankings", this, &ScoringService::ListRankings);
}

absl::StatusOr<int32_t> ScoringService::NextVersion(database::Transaction& transaction,
                                                    std::string_view predecessor) const {
  if (predecessor.empty()) return 1;
  if (absl::Status touched = schemes_.Touch(transaction, predecessor); !touched.ok())
    return touched;
  const absl::StatusOr<v1::ScoringScheme> before =
      schemes_.Get(transaction.connection(), predecessor);
  if (!before.ok()) return before.status();
  if (absl::Status allowed = CheckMayBeFollowed(*before); !allowed.ok()) return allowed;
  const absl::StatusOr<std::string> successor = schemes_.SuccessorOf(transaction, predecessor);
  if (!successor.ok()) return successor.status();
  if (!successor->empty()) return Refuse(Reason::REASON_ALREADY_EXISTS, {{"resource", *successor}});
  return before->version() + 1;
}

absl::StatusOr<v1::ScoringScheme> ScoringService::CreateScoringScheme(
    rpc::Mutation& mutation, const v1::CreateScoringSchemeRequest& request) {
  v1::ScoringScheme scheme = request.scoring_scheme();
  scheme.set_name(contract::Join({"scoringSchemes", request.scoring_scheme_id()}));
  scheme.set_state(v1::SCORING_SCHEME_STATE_DRAFT);
  if (absl::Status completed = Complete(scheme); !completed.ok()) return completed;
  database::Transaction& transaction = mutation.transaction();
  const absl::StatusOr<int32_t> version = NextVersion(transaction, scheme.predecessor());
  if (!version.ok()) return version.status();
  scheme.set_version(*version);
  return schemes_.Create(transaction, mutation.act(), scheme, {"CREATED", ""});
}

absl::StatusOr<v1::ScoringScheme> ScoringService::GetScoringScheme(
    rpc::CallContext& context, const v1::GetScoringSchemeRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return schemes_.Get(**connection, request.name());
}

absl::StatusOr<v1::ListScoringSchemesResponse> ScoringService::ListScoringSchemes(
    rpc::CallContext& context, const v1::ListScoringSchemesRequest& request) {
  const auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page =
      schemes_.ListInState(**connection, request.state(), *after,
                           contract::PageSize(request.page_size(), kDefaultSchemes, kMostSchemes));
  if (!page.ok()) return page.status();
  v1::ListScoringSchemesResponse response;
  for (v1::ScoringScheme& scheme : page->resources)
    *response.add_scoring_schemes() = std::move(scheme);
  if (!page->next.empty())
    response.set_next_page_token(tokens_.Make(context.act().method, request, page->next));
  return response;
}

absl::StatusOr<v1::ScoringScheme> ScoringService::UpdateScoringScheme(
    rpc::Mutation& mutation, const v1::UpdateScoringSchemeRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<v1::ScoringScheme> scheme =
      schemes_.Get(transaction.connection(), request.scoring_scheme().name());
  if (!scheme.ok()) return scheme;
  if (absl::Status allowed = CheckMayChange(*scheme); !allowed.ok()) return allowed;
  if (absl::Status applied =
          contract::ApplyUpdate(request.scoring_scheme(), request.update_mask(), &*scheme);
      !applied.ok()) {
    return applied;
  }
  if (absl::Status completed = Complete(*scheme); !completed.ok()) return completed;
  return schemes_.Update(transaction, mutation.act(), *std::move(scheme), request.etag(),
                         {"UPDATED", ""});
}

absl::StatusOr<v1::ScoringScheme> ScoringService::PublishScoringScheme(
    rpc::Mutation& mutation, const v1::PublishScoringSchemeRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<v1::ScoringScheme> scheme = schemes_.Get(transaction.connection(), request.name());
  if (!scheme.ok()) return scheme;
  if (absl::Status allowed = CheckMayPublish(*scheme); !allowed.ok()) return allowed;
  scheme->set_state(v1::SCORING_SCHEME_STATE_PUBLISHED);
  return schemes_.Update(transaction, mutation.act(), *std::move(scheme), request.etag(),
                         {"PUBLISHED", ""});
}

absl::StatusOr<v1::ScoringScheme> ScoringService::RetireScoringScheme(
    rpc::Mutation& mutation, const v1::RetireScoringSchemeRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<v1::ScoringScheme> scheme = schemes_.Get(transaction.connection(), request.name());
  if (!scheme.ok()) return scheme;
  if (absl::Status allowed = CheckMayRetire(*scheme); !allowed.ok()) return allowed;
  scheme->set_state(v1::SCORING_SCHEME_STATE_RETIRED);
  return schemes_.Update(transaction, mutation.act(), *std::move(scheme), request.etag(),
                         {"RETIRED", request.reason()});
}

absl::StatusOr<v1::Ranking> ScoringService::Make(const v1::ScoringScheme& scheme,
                                                 const FollowedPublication& source, bool verified,
                                                 const v1::ComputeRankingRequest& request) const {
  absl::StatusOr<PublishedFigures> figures = ReadFigures(source.publication);
  if (!figures.ok()) return figures.status();
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  NameSchools(*map, figures->membership_date, figures->schools);
  absl::StatusOr<v1::Ranking> ranking = Rank(scheme, figures->schools, source.publication.name());
  if (!ranking.ok()) return ranking;
  ranking->set_window(request.window());
  ranking->set_cluster(request.cluster());
  v1::PublicationSource& told = *ranking->mutable_source();
  told.set_publication(source.publication.name());
  told.set_document_sha256(source.publication.sha256());
  if (verified) told.set_verified_key_id(source.publication.key_id());
  told.set_reporting_position(source.position);
  told.set_registry_position(map->position());
  return ranking;
}

absl::StatusOr<v1::Ranking> ScoringService::Compute(
    database::Transaction& transaction, const journal::Act& act,
    const v1::ComputeRankingRequest& request) const {
  // Two first rankings, or a ranking and a retirement, take the scheme one after the other.
  if (absl::Status touched = schemes_.Touch(transaction, request.scoring_scheme()); !touched.ok())
    return touched;
  absl::StatusOr<v1::ScoringScheme> scheme =
      schemes_.Get(transaction.connection(), request.scoring_scheme());
  if (!scheme.ok()) return scheme.status();
  if (absl::Status allowed = CheckMayRank(*scheme); !allowed.ok()) return allowed;
  const absl::StatusOr<FollowedPublication> source = Current(
      publications_.Newest(transaction.connection(), request.window(), request.cluster()), request);
  if (!source.ok()) return source.status();
  const std::shared_ptr<const document::VerifyingKeys> keys = document_keys_();
  if (absl::Status intact = CheckIntegrity(source->publication, keys.get()); !intact.ok())
    return intact;

  const std::string name =
      RankingName(source->publication.name(), source->publication.sha256(), scheme->name());
  const auto existing = rankings_.Find(transaction.connection(), name);
  if (!existing.ok()) return existing.status();
  if (existing->has_value()) return rankings_.Get(transaction.connection(), name);

  absl::StatusOr<v1::Ranking> ranking = Make(*scheme, *source, keys != nullptr, request);
  if (!ranking.ok()) return ranking;
  ranking->set_name(name);
  if (absl::Status frozen = Freeze(transaction, act, *std::move(scheme)); !frozen.ok())
    return frozen;
  return rankings_.Create(transaction, act, *std::move(ranking), {"COMPUTED", ""});
}

absl::Status ScoringService::Freeze(database::Transaction& transaction, const journal::Act& act,
                                    v1::ScoringScheme scheme) const {
  if (scheme.state() == v1::SCORING_SCHEME_STATE_FROZEN) return absl::OkStatus();
  scheme.set_state(v1::SCORING_SCHEME_STATE_FROZEN);
  const std::string etag = scheme.etag();
  return schemes_.Update(transaction, act, std::move(scheme), etag, {"FROZEN", ""}).status();
}

absl::StatusOr<v1::Ranking> ScoringService::ComputeRanking(
    rpc::Mutation& mutation, const v1::ComputeRankingRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<v1::Ranking> ranking = Compute(transaction, mutation.act(), request);
  // Its publication was found to be the valid one in this very transaction.
  if (ranking.ok()) ranking->set_state(v1::RANKING_STATE_CURRENT);
  return ranking;
}

absl::Status ScoringService::SetStates(database::Connection& connection,
                                       std::vector<v1::Ranking>& rankings) const {
  std::set<std::string> names;
  for (const v1::Ranking& ranking : rankings) names.insert(ranking.source().publication());
  const auto states = publications_.StatesOf(connection, names);
  if (!states.ok()) return states.status();
  for (v1::Ranking& ranking : rankings) {
    const auto state = states->find(ranking.source().publication());
    const bool current =
        state != states->end() && state->second == reporting::v1::PUBLICATION_STATE_CURRENT;
    ranking.set_state(current ? v1::RANKING_STATE_CURRENT : v1::RANKING_STATE_SUPERSEDED);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Ranking> ScoringService::GetRanking(rpc::CallContext& context,
                                                       const v1::GetRankingRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<v1::Ranking> ranking = rankings_.Get(**connection, request.name());
  if (!ranking.ok()) return ranking;
  std::vector<v1::Ranking> rankings = {*std::move(ranking)};
  if (absl::Status set = SetStates(**connection, rankings); !set.ok()) return set;
  return std::move(rankings.front());
}

absl::StatusOr<v1::ListRankingsResponse> ScoringService::ListRankings(
    rpc::CallContext& context, const v1::ListRankingsRequest& request) {
  const auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = rankings_.ListSelected(
      **connection, {request.window(), request.cluster(), request.scoring_scheme()}, *after,
      contract::PageSize(request.page_size(), kDefaultRankings, kMostRankings));
  if (!page.ok()) return page.status();
  if (absl::Status set = SetStates(**connection, page->resources); !set.ok()) return set;
  v1::ListRankingsResponse response;
  for (v1::Ranking& ranking : page->resources) *response.add_rankings() = std::move(ranking);
  if (!page->next.empty())
    response.set_next_page_token(tokens_.Make(context.act().method, request, page->next));
  return response;
}

}  // namespace thidua::awards
