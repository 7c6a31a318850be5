// Scoring over a real database: the life of a scheme, rankings from what was followed, and what is
// refused.
#include <string>
#include <thread>
#include <vector>

#include "common/contract/refusal.h"
#include "common/database/migrator.h"
#include "common/directory/directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/awards/scoring/scoring_service.h"
#include "tests/store/journal_schema.h"
#include "tests/support/handler_call.h"
#include "tests/support/private_database.h"
#include "tests/support/published_facts.h"
#include "tests/support/sample_scheme.h"
#include "tests/support/school_facts.h"

namespace thidua::awards {
namespace {

using contract::Reason;
using contract::ReasonOf;
using testing::FirstHalf2024;
using ::testing::IsEmpty;
using testing::Publish;
using testing::SampleScheme;
using ::testing::SizeIs;

constexpr char kPageKey[] = "khoa-thu-nghiem-cua-trang-danh-sach-0123456789";
constexpr char kWindow[] = "windows/2024-h1";
constexpr char kCluster[] = "clusters/mnbg";
constexpr char kSample[] = "scoringSchemes/mau-2024";

class ScoringTest : public ::testing::Test {
 protected:
  ScoringTest()
      : schema_(testing::PrivateDatabase::Shared().CreateSchema("awards",
                                                                database::awards_migrations())),
        pool_(schema_.app, 8),
        tokens_(contract::PageTokens::Create(kPageKey).value()),
        service_(writing_, directory_, tokens_, [] { return nullptr; }) {}

  // Asks a handler as the pipeline would; each call a minute after the one before.
  template <class Context, class Request, class Response>
  absl::StatusOr<Response> Call(absl::StatusOr<Response> (ScoringService::*handler)(Context&,
                                                                                    const Request&),
                                const Request& request, ScoringService* service = nullptr) {
    now_ += absl::Minutes(1);
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, now_);
    return call.Ask(writing_, service != nullptr ? *service : service_, handler, request);
  }

  absl::StatusOr<v1::ScoringScheme> Create(const std::string& id,
                                           const std::string& predecessor = "",
                                           bool validate_only = false) {
    v1::CreateScoringSchemeRequest request;
    request.set_scoring_scheme_id(id);
    *request.mutable_scoring_scheme() = SampleScheme();
    request.mutable_scoring_scheme()->set_predecessor(predecessor);
    request.set_validate_only(validate_only);
    return Call(&ScoringService::CreateScoringScheme, request);
  }

  absl::StatusOr<v1::ScoringScheme> Get(const std::string& name) {
    v1::GetScoringSchemeRequest request;
    request.set_name(name);
    return Call(&ScoringService::GetScoringScheme, request);
  }

  absl::StatusOr<v1::ScoringScheme> PublishScheme(const v1::ScoringScheme& scheme) {
    v1::PublishScoringSchemeRequest request;
    request.set_name(scheme.name());
    request.set_etag(scheme.etag());
    return Call(&ScoringService::PublishScoringScheme, request);
  }

  absl::StatusOr<v1::ScoringScheme> Retire(const v1::ScoringScheme& scheme) {
    v1::RetireScoringSchemeRequest request;
    request.set_name(scheme.name());
    request.set_etag(scheme.etag());
    request.set_reason("thay bằng bảng điểm năm 2025");
    return Call(&ScoringService::RetireScoringScheme, request);
  }

  absl::StatusOr<v1::ScoringScheme> Retitle(const v1::ScoringScheme& scheme,
                                            const std::string& title) {
    v1::UpdateScoringSchemeRequest request;
    request.mutable_scoring_scheme()->set_name(scheme.name());
    request.mutable_scoring_scheme()->set_title(title);
    request.mutable_update_mask()->add_paths("title");
    request.set_etag(scheme.etag());
    return Call(&ScoringService::UpdateScoringScheme, request);
  }

  v1::ScoringScheme PublishedSample() { return PublishScheme(Create("mau-2024").value()).value(); }

  // What the follower of reporting's feed would have kept.
  void Follow(const reporting::v1::Publication& publication, int64_t position) {
    const auto kept = (*pool_.Borrow({absl::Now() + absl::Seconds(10)}))
                          ->Execute(
                              "REPLACE INTO followed_resource (source, resource, resource_type, "
                              "version, seq, snapshot) "
                              "VALUES ('reporting', ?, 'thidua.reporting.v1.Publication', 1, ?, ?)",
                              {publication.name(), position, publication.SerializeAsString()});
    ASSERT_TRUE(kept.ok()) << kept.status();
  }

  static v1::ComputeRankingRequest RankingRequest(const std::string& scheme = kSample) {
    v1::ComputeRankingRequest request;
    request.set_window(kWindow);
    request.set_cluster(kCluster);
    request.set_scoring_scheme(scheme);
    return request;
  }

  absl::StatusOr<v1::Ranking> Compute(const std::string& scheme = kSample) {
    return Call(&ScoringService::ComputeRanking, RankingRequest(scheme));
  }

  v1::Ranking GetRanking(const std::string& name) {
    v1::GetRankingRequest request;
    request.set_name(name);
    return Call(&ScoringService::GetRanking, request).value();
  }

  std::vector<v1::Ranking> Rankings(const std::string& scheme = "") {
    v1::ListRankingsRequest request;
    request.set_window(kWindow);
    request.set_cluster(kCluster);
    request.set_scoring_scheme(scheme);
    const auto response = Call(&ScoringService::ListRankings, request).value();
    return {response.rankings().begin(), response.rankings().end()};
  }

  static reporting::v1::Publication Superseded(reporting::v1::Publication publication) {
    publication.set_state(reporting::v1::PUBLICATION_STATE_SUPERSEDED);
    return publication;
  }

  testing::PrivateDatabase::Schema schema_;
  database::Pool pool_;
  rpc::Writing writing_{pool_, nullptr};
  directory::Directory directory_;
  contract::PageTokens tokens_;
  ScoringService service_;
  absl::Time now_ = absl::FromUnixSeconds(1719280800);  // 25 June 2024, 09:00 in Việt Nam
};

TEST_F(ScoringTest, EveryMethodOfTheContractHasAHandler) {
  rpc::Router router;
  service_.Register(router);
  EXPECT_TRUE(router.Complete().ok()) << router.Complete().status();
}

TEST_F(ScoringTest, ANewSchemeIsADraftOfVersionOne) {
  const auto scheme = Create("mau-2024");
  ASSERT_TRUE(scheme.ok()) << scheme.status();
  EXPECT_EQ(scheme->name(), kSample);
  EXPECT_EQ(scheme->version(), 1);
  EXPECT_EQ(scheme->state(), v1::SCORING_SCHEME_STATE_DRAFT);
  EXPECT_EQ(scheme->max_points().value(), "100");
  EXPECT_EQ(Get(kSample)->SerializeAsString(), scheme->SerializeAsString());
}

TEST_F(ScoringTest, AnUnsoundSchemeIsRefusedWithEveryFault) {
  v1::CreateScoringSchemeRequest request;
  request.set_scoring_scheme_id("sai");
  *request.mutable_scoring_scheme() = SampleScheme();
  request.mutable_scoring_scheme()->mutable_criteria(0)->clear_rule();
  request.mutable_scoring_scheme()->clear_tie_break();
  const auto refused = Call(&ScoringService::CreateScoringScheme, request);
  EXPECT_THAT(contract::FieldViolationsOf(refused.status()), SizeIs(2));
}

TEST_F(ScoringTest, ValidateOnlyStoresNothing) {
  ASSERT_TRUE(Create("mau-2024", "", /*validate_only=*/true).ok());
  EXPECT_EQ(ReasonOf(Get(kSample).status()), Reason::REASON_NOT_FOUND);
}

TEST_F(ScoringTest, ADraftChangesAndItsMaximumFollows) {
  v1::ScoringScheme scheme = Create("mau-2024").value();
  v1::UpdateScoringSchemeRequest request;
  *request.mutable_scoring_scheme() = scheme;
  request.mutable_scoring_scheme()->mutable_groups(0)->mutable_max_points()->set_value("30");
  request.mutable_update_mask()->add_paths("groups");
  request.set_etag(scheme.etag());
  const auto changed = Call(&ScoringService::UpdateScoringScheme, request);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->max_points().value(), "95");
}

TEST_F(ScoringTest, AStaleChangeIsRefused) {
  const v1::ScoringScheme scheme = Create("mau-2024").value();
  ASSERT_TRUE(Retitle(scheme, "Bảng điểm thử").ok());
  EXPECT_EQ(ReasonOf(Retitle(scheme, "Bảng điểm khác").status()), Reason::REASON_STALE_ETAG);
}

TEST_F(ScoringTest, APublishedSchemeCannotChange) {
  EXPECT_EQ(ReasonOf(Retitle(PublishedSample(), "Khác").status()), Reason::REASON_WRONG_STATE);
}

TEST_F(ScoringTest, TheFirstRankingFreezesItsScheme) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  ASSERT_TRUE(Compute().ok());
  const v1::ScoringScheme frozen = Get(kSample).value();
  EXPECT_EQ(frozen.state(), v1::SCORING_SCHEME_STATE_FROZEN);
  EXPECT_EQ(ReasonOf(Retitle(frozen, "Khác").status()), Reason::REASON_SCHEME_FROZEN);
}

TEST_F(ScoringTest, AFrozenSchemeIsFollowedByItsNextVersion) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  ASSERT_TRUE(Compute().ok());
  const auto next = Create("mau-2024-v2", kSample);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->version(), 2);
  EXPECT_EQ(next->state(), v1::SCORING_SCHEME_STATE_DRAFT);
}

TEST_F(ScoringTest, AVersionHasOneNextVersion) {
  PublishedSample();
  ASSERT_TRUE(Create("mau-2024-v2", kSample).ok());
  const auto second = Create("mau-2024-v2b", kSample);
  EXPECT_EQ(ReasonOf(second.status()), Reason::REASON_ALREADY_EXISTS);
  EXPECT_EQ(contract::MetadataOf(second.status()).at("resource"), "scoringSchemes/mau-2024-v2");
}

TEST_F(ScoringTest, ADraftIsChangedAndNotFollowed) {
  ASSERT_TRUE(Create("mau-2024").ok());
  EXPECT_EQ(ReasonOf(Create("mau-2024-v2", kSample).status()), Reason::REASON_WRONG_STATE);
}

TEST_F(ScoringTest, SchemesAreListedPageByPage) {
  for (const char* id : {"mau-c", "mau-a", "mau-b"}) ASSERT_TRUE(Create(id).ok());
  v1::ListScoringSchemesRequest request;
  request.set_page_size(2);
  const auto first = Call(&ScoringService::ListScoringSchemes, request).value();
  request.set_page_token(first.next_page_token());
  const auto second = Call(&ScoringService::ListScoringSchemes, request).value();
  ASSERT_THAT(first.scoring_schemes(), SizeIs(2));
  ASSERT_THAT(second.scoring_schemes(), SizeIs(1));
  EXPECT_EQ(first.scoring_schemes(0).name(), "scoringSchemes/mau-a");
  EXPECT_EQ(second.scoring_schemes(0).name(), "scoringSchemes/mau-c");
  EXPECT_THAT(second.next_page_token(), IsEmpty());
}

TEST_F(ScoringTest, NothingIsRankedBeforeItIsPublished) {
  PublishedSample();
  EXPECT_EQ(ReasonOf(Compute().status()), Reason::REASON_NOT_PUBLISHED);
}

TEST_F(ScoringTest, ADraftRanksNobody) {
  ASSERT_TRUE(Create("mau-2024").ok());
  Follow(Publish(FirstHalf2024()), 17);
  EXPECT_EQ(ReasonOf(Compute().status()), Reason::REASON_WRONG_STATE);
}

TEST_F(ScoringTest, ARetiredSchemeRanksNobodyAndKeepsItsRankings) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  const v1::Ranking ranking = Compute().value();
  ASSERT_TRUE(Retire(Get(kSample).value()).ok());
  EXPECT_EQ(ReasonOf(Compute().status()), Reason::REASON_WRONG_STATE);
  EXPECT_THAT(GetRanking(ranking.name()).entries(), SizeIs(8));
}

TEST_F(ScoringTest, ARankingSaysWhatItWasComputedFrom) {
  const v1::ScoringScheme scheme = PublishedSample();
  const reporting::v1::Publication publication = Publish(FirstHalf2024());
  Follow(publication, 17);
  const auto ranking = Compute();
  ASSERT_TRUE(ranking.ok()) << ranking.status();
  EXPECT_EQ(ranking->source().publication(), "windows/2024-h1/publications/mnbg-1");
  EXPECT_EQ(ranking->source().document_sha256(), publication.sha256());
  EXPECT_EQ(ranking->source().reporting_position(), 17);
  EXPECT_EQ(ranking->source().verified_key_id(), "");
  EXPECT_EQ(ranking->scoring_scheme(), scheme.name());
  EXPECT_EQ(ranking->scoring_scheme_version(), 1);
  EXPECT_TRUE(ranking->sample());
  EXPECT_EQ(ranking->state(), v1::RANKING_STATE_CURRENT);
  EXPECT_EQ(ranking->entries(0).school(), "schools/quang-ninh");
  EXPECT_EQ(ranking->entries(0).total_points().value(), "56.9");
  EXPECT_EQ(GetRanking(ranking->name()).SerializeAsString(), ranking->SerializeAsString());
}

TEST_F(ScoringTest, SchoolsBearTheRegistrysNamesWhereItHasToldThem) {
  const auto school = testing::School("quang-ninh", "Quảng Ninh",
                                      "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh");
  ASSERT_TRUE(
      directory_.Apply({{school.GetTypeName(), school.name(), 1, school.SerializeAsString()}}, 41)
          .ok());
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  const v1::Ranking ranking = Compute().value();
  EXPECT_EQ(ranking.entries(0).display_name(),
            "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh");
  EXPECT_EQ(ranking.entries(1).display_name(), "Trường lao-cai");
  EXPECT_EQ(ranking.source().registry_position(), 41);
}

TEST_F(ScoringTest, TheSameInputsGiveTheSameRanking) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  const v1::Ranking first = Compute().value();
  EXPECT_EQ(Compute()->SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(Rankings(), SizeIs(1));
}

TEST_F(ScoringTest, FirstRankingsAtOnceAreOneRanking) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  std::vector<absl::StatusOr<v1::Ranking>> rankings(4, absl::UnknownError("not asked"));
  std::vector<std::thread> callers;
  for (auto& ranking : rankings) {
    callers.emplace_back([this, &ranking] {
      rpc::HandlerCall call("/ComputeRanking", RankingRequest(), now_);
      ranking = call.Ask(writing_, service_, &ScoringService::ComputeRanking, RankingRequest());
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const auto& ranking : rankings) {
    ASSERT_TRUE(ranking.ok()) << ranking.status();
    EXPECT_EQ(ranking->SerializeAsString(), rankings[0]->SerializeAsString());
  }
}

TEST_F(ScoringTest, ARehearsedRankingLeavesNothingBehind) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  v1::ComputeRankingRequest request = RankingRequest();
  request.set_validate_only(true);
  EXPECT_THAT(Call(&ScoringService::ComputeRanking, request)->entries(), SizeIs(8));
  EXPECT_THAT(Rankings(), IsEmpty());
  EXPECT_EQ(Get(kSample)->state(), v1::SCORING_SCHEME_STATE_PUBLISHED);
}

TEST_F(ScoringTest, ACorrectionSupersedesTheRanking) {
  PublishedSample();
  const reporting::v1::Publication publication = Publish(FirstHalf2024());
  Follow(publication, 17);
  const v1::Ranking ranking = Compute().value();
  Follow(Superseded(publication), 23);
  EXPECT_EQ(GetRanking(ranking.name()).state(), v1::RANKING_STATE_SUPERSEDED);
  EXPECT_EQ(Rankings()[0].state(), v1::RANKING_STATE_SUPERSEDED);
  EXPECT_EQ(ReasonOf(Compute().status()), Reason::REASON_RULE_VIOLATED);
}

TEST_F(ScoringTest, TheNextPublicationGivesANewRankingAndKeepsTheOld) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  const v1::Ranking before = Compute().value();
  auto corrected = FirstHalf2024();
  corrected["lao-cai"]["classes_total"] = testing::Count("classes_total", 42);
  Follow(Superseded(Publish(FirstHalf2024())), 23);
  Follow(Publish(corrected, 2), 24);
  const v1::Ranking after = Compute().value();
  EXPECT_NE(after.name(), before.name());
  EXPECT_EQ(after.entries(1).criterion_scores(0).arithmetic(), "min(20, 42 × 0.2) = 8.40");
  const auto rankings = Rankings();
  ASSERT_THAT(rankings, SizeIs(2));
  EXPECT_EQ(rankings[0].name(), after.name());
  EXPECT_EQ(rankings[0].state(), v1::RANKING_STATE_CURRENT);
  EXPECT_EQ(rankings[1].state(), v1::RANKING_STATE_SUPERSEDED);
}

// As names, "mnbg-9" is behind "mnbg-10", and "mnbg-bien-gioi-1" begins like one of mnbg.
TEST_F(ScoringTest, TheNewestPublicationIsThatOfTheHighestNumber) {
  PublishedSample();
  for (int number = 1; number <= 25; ++number) {
    const auto publication = Publish(FirstHalf2024(), number);
    Follow(number == 25 ? publication : Superseded(publication), number);
  }
  reporting::v1::Publication other = Publish(FirstHalf2024(), 99);
  other.set_name("windows/2024-h1/publications/mnbg-bien-gioi-99");
  other.set_cluster("clusters/mnbg-bien-gioi");
  Follow(other, 99);
  const auto ranking = Compute();
  ASSERT_TRUE(ranking.ok()) << ranking.status();
  EXPECT_EQ(ranking->source().publication(), "windows/2024-h1/publications/mnbg-25");
}

TEST_F(ScoringTest, AnotherSchemeGivesAnotherRanking) {
  PublishedSample();
  PublishScheme(Create("mau-2024-v2", kSample).value()).value();
  Follow(Publish(FirstHalf2024()), 17);
  const v1::Ranking first = Compute().value();
  const v1::Ranking second = Compute("scoringSchemes/mau-2024-v2").value();
  EXPECT_NE(first.name(), second.name());
  EXPECT_EQ(second.scoring_scheme_version(), 2);
  EXPECT_THAT(Rankings("scoringSchemes/mau-2024-v2"), SizeIs(1));
}

TEST_F(ScoringTest, AChangedDocumentIsNotScored) {
  PublishedSample();
  reporting::v1::Publication publication = Publish(FirstHalf2024());
  publication.mutable_document()->replace(publication.document().find("3864"), 4, "9864");
  Follow(publication, 17);
  EXPECT_EQ(ReasonOf(Compute().status()), Reason::REASON_DOCUMENT_BROKEN);
  EXPECT_EQ(Get(kSample)->state(), v1::SCORING_SCHEME_STATE_PUBLISHED);
}

class SignedScoringTest : public ScoringTest {
 protected:
  SignedScoringTest()
      : key_(document::SigningKey::FromPemFile(key_file_.path()).value()),
        verifying_service_(
            writing_, directory_, tokens_,
            [keys = std::make_shared<const document::VerifyingKeys>(
                 document::VerifyingKeys::FromPem(key_.PublicKeyPem()).value())] { return keys; }) {
    PublishedSample();
  }

  absl::StatusOr<v1::Ranking> ComputeVerified() {
    return Call(&ScoringService::ComputeRanking, RankingRequest(), &verifying_service_);
  }

  testing::KeyFile key_file_;
  document::SigningKey key_;
  ScoringService verifying_service_;
};

TEST_F(SignedScoringTest, TheVerifiedKeyIsNamed) {
  Follow(testing::Signed(Publish(FirstHalf2024()), key_), 17);
  const auto ranking = ComputeVerified();
  ASSERT_TRUE(ranking.ok()) << ranking.status();
  EXPECT_EQ(ranking->source().verified_key_id(), key_.KeyId());
}

TEST_F(SignedScoringTest, AnUnsignedDocumentIsNotScored) {
  Follow(Publish(FirstHalf2024()), 17);
  EXPECT_EQ(ReasonOf(ComputeVerified().status()), Reason::REASON_DOCUMENT_BROKEN);
}

TEST_F(SignedScoringTest, ADocumentSignedByAnotherKeyIsNotScored) {
  const testing::KeyFile other;
  Follow(testing::Signed(Publish(FirstHalf2024()),
                         document::SigningKey::FromPemFile(other.path()).value()),
         17);
  EXPECT_EQ(ReasonOf(ComputeVerified().status()), Reason::REASON_DOCUMENT_BROKEN);
}

TEST_F(ScoringTest, TheServiceHasNoRightToChangeARanking) {
  PublishedSample();
  Follow(Publish(FirstHalf2024()), 17);
  ASSERT_TRUE(Compute().ok());
  auto connection = pool_.Borrow({absl::Now() + absl::Seconds(10)}).value();
  EXPECT_FALSE(connection->Execute("UPDATE ranking SET snapshot = ''").ok());
  EXPECT_FALSE(connection->Execute("DELETE FROM ranking").ok());
}

}  // namespace
}  // namespace thidua::awards
