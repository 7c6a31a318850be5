// Scoring: schemes, and rankings computed with them from published figures.
#ifndef THIDUA_SERVICES_AWARDS_SCORING_SCORING_SERVICE_H_
#define THIDUA_SERVICES_AWARDS_SCORING_SCORING_SERVICE_H_

#include <string_view>
#include <vector>

#include "common/contract/page_token.h"
#include "common/database/pool.h"
#include "common/directory/directory.h"
#include "common/document/signature.h"
#include "common/rpc/router.h"
#include "services/awards/scoring/publication_store.h"
#include "services/awards/scoring/ranking_store.h"
#include "services/awards/scoring/scheme_store.h"

namespace thidua::awards {

class ScoringService {
 public:
  // document_keys: the keys of the reporting service; gives null when this server is configured
  // without them, and then only the digests of published documents are checked. All must outlive
  // the service.
  ScoringService(const rpc::Writing& writing, const directory::Directory& directory,
                 const contract::PageTokens& tokens, document::CurrentVerifyingKeys document_keys)
      : writing_(writing),
        pool_(writing.pool),
        directory_(directory),
        tokens_(tokens),
        document_keys_(std::move(document_keys)) {}

  void Register(rpc::Router& router);

  absl::StatusOr<v1::ScoringScheme> CreateScoringScheme(
      rpc::Mutation& mutation, const v1::CreateScoringSchemeRequest& request);
  absl::StatusOr<v1::ScoringScheme> GetScoringScheme(rpc::CallContext& context,
                                                     const v1::GetScoringSchemeRequest& request);
  absl::StatusOr<v1::ListScoringSchemesResponse> ListScoringSchemes(
      rpc::CallContext& context, const v1::ListScoringSchemesRequest& request);
  absl::StatusOr<v1::ScoringScheme> UpdateScoringScheme(
      rpc::Mutation& mutation, const v1::UpdateScoringSchemeRequest& request);
  absl::StatusOr<v1::ScoringScheme> PublishScoringScheme(
      rpc::Mutation& mutation, const v1::PublishScoringSchemeRequest& request);
  absl::StatusOr<v1::ScoringScheme> RetireScoringScheme(
      rpc::Mutation& mutation, const v1::RetireScoringSchemeRequest& request);
  absl::StatusOr<v1::Ranking> ComputeRanking(rpc::Mutation& mutation,
                                             const v1::ComputeRankingRequest& request);
  absl::StatusOr<v1::Ranking> GetRanking(rpc::CallContext& context,
                                         const v1::GetRankingRequest& request);
  absl::StatusOr<v1::ListRankingsResponse> ListRankings(rpc::CallContext& context,
                                                        const v1::ListRankingsRequest& request);

 private:
  // The version number of a new scheme; refused when its predecessor cannot be followed.
  absl::StatusOr<int32_t> NextVersion(database::Transaction& transaction,
                                      std::string_view predecessor) const;
  absl::StatusOr<v1::Ranking> Compute(database::Transaction& transaction, const journal::Act& act,
                                      const v1::ComputeRankingRequest& request) const;
  // The content of a new ranking. verified: the signature of its source was.
  absl::StatusOr<v1::Ranking> Make(const v1::ScoringScheme& scheme,
                                   const FollowedPublication& source, bool verified,
                                   const v1::ComputeRankingRequest& request) const;
  // PUBLISHED → FROZEN.
  absl::Status Freeze(database::Transaction& transaction, const journal::Act& act,
                      v1::ScoringScheme scheme) const;
  // Fills in the states of rankings from what is known of their publications.
  absl::Status SetStates(database::Connection& connection,
                         std::vector<v1::Ranking>& rankings) const;

  const rpc::Writing& writing_;
  database::Pool& pool_;
  const directory::Directory& directory_;
  const contract::PageTokens& tokens_;
  const document::CurrentVerifyingKeys document_keys_;
  const SchemeStore schemes_;
  const RankingStore rankings_;
  const PublicationStore publications_{};
};

}  // namespace thidua::awards

#endif  // THIDUA_SERVICES_AWARDS_SCORING_SCORING_SERVICE_H_
