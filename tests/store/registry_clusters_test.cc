// Clusters over a real database: what a merger does to them, and what integrators read of them.
#include <string>
#include <vector>

#include "common/database/migration_script.h"
#include "tests/store/registry_mergers.h"

namespace thidua {
namespace {

using contract::Reason;
using contract::ReasonOf;
using contract::VietnameseText;
using registry::v1::LEADERSHIP_ROLE_DEPUTY;
using registry::v1::LEADERSHIP_ROLE_HEAD;
using registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RegistryClustersTest : public testing::RegistryMergers {
 protected:
  int Events(const std::string& name) {
    auto connection = pool_.Borrow({absl::Now() + absl::Seconds(10)});
    return static_cast<int>((*connection)
                                ->Query("SELECT COUNT(*) FROM event WHERE resource = ?", {name})
                                ->front()
                                .Int(0));
  }

  std::vector<std::string> Terms(const std::string& parent, const std::string& school,
                                 const std::string& filter) {
    registry::v1::ListLeadershipTermsRequest request;
    request.set_parent(parent);
    request.set_school(school);
    request.set_filter(filter);
    request.set_page_size(2);
    std::vector<std::string> names;
    do {
      const auto page = Call(clusters_, &registry::ClusterService::ListLeadershipTerms, request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const auto& term : page->leadership_terms()) names.push_back(IdOf(term.name()));
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  registry::v1::SchoolSnapshot Snapshot(const std::string& school, const std::string& day) {
    registry::v1::GetSchoolSnapshotRequest request;
    request.set_name("schools/" + school);
    *request.mutable_as_of() = runtime::DayToProto(Day(day));
    const auto encoded = Call(clusters_, &registry::ClusterService::GetSchoolSnapshot, request);
    EXPECT_TRUE(encoded.ok()) << encoded.status();
    registry::v1::SchoolSnapshot snapshot;
    EXPECT_TRUE(snapshot.ParseFromString(*encoded->bytes));
    return snapshot;
  }
};

TEST_F(RegistryClustersTest, AMergerEndsItsPredecessorsAndAllTheyHeld) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(Create(Merger()).ok());
  EXPECT_EQ(directory::PeriodOf(School("ha-giang"))->to, Day("2025-07-01"));
  EXPECT_EQ(directory::PeriodOf(School("tuyen-quang"))->to, Day("2025-07-01"));
  EXPECT_EQ(EndOf(Membership("mnbg", "ha-giang")), Day("2025-07-01"));
  EXPECT_EQ(EndOf(Membership("tdmn", "tuyen-quang")), Day("2025-07-01"));
  EXPECT_EQ(EndOf(Term("mnbg", "2025-ha-giang")), Day("2025-07-01"));
  EXPECT_EQ(Term("mnbg", "2025-ha-giang").state(),
            registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED);
  EXPECT_FALSE(Membership("mnbg", "lang-son").has_valid_to());
  EXPECT_EQ(EndOf(Term("mnbg", "2025-lang-son")), Day("2026-01-01"));
}

TEST_F(RegistryClustersTest, ATermThatWouldBeginAfterTheMergerNeverBegins) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(Create(Merger()).ok());
  const auto never = Term("mnbg", "2026-ha-giang");
  EXPECT_EQ(never.state(), registry::v1::LEADERSHIP_TERM_STATE_ENDED);
  EXPECT_TRUE(directory::PeriodOf(never)->Empty());
}

TEST_F(RegistryClustersTest, WhatAMergerEndsIsJournalledWithTheEventAsReason) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(Create(Merger()).ok());
  EXPECT_EQ(Events("clusters/mnbg/memberships/ha-giang"), 2);
  auto connection = pool_.Borrow({absl::Now() + absl::Seconds(10)});
  for (const char* name : {"schools/ha-giang", "clusters/mnbg/memberships/ha-giang",
                           "clusters/mnbg/leadershipTerms/2026-ha-giang"}) {
    const auto rows = (*connection)
                          ->Query("SELECT reason FROM event WHERE resource = ? AND "
                                  "change_kind = 'ENDED'",
                                  {name});
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_EQ(rows->size(), 1u) << name;
    EXPECT_EQ(rows->front().Text(0), "lineageEvents/tuyen-quang-2025");
  }
}

TEST_F(RegistryClustersTest, AMergerIsRefusedWhenAPredecessorEndsOnAnotherDay) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(Create(testing::School("vinh-phuc", "Vĩnh Phúc", "", "", "2025-06-01")).ok());
  auto merger = Merger();
  merger.add_predecessors("schools/vinh-phuc");
  const absl::Status status = Create(merger).status();
  EXPECT_EQ(ReasonOf(status), Reason::REASON_RULE_VIOLATED);
  EXPECT_THAT(VietnameseText(status), HasSubstr("schools/vinh-phuc phải kết thúc vào 2025-07-01"));
  EXPECT_FALSE(School("ha-giang").has_valid_to());
  EXPECT_FALSE(Membership("mnbg", "ha-giang").has_valid_to());
}

// As the reference data comes: every end is written already.
TEST_F(RegistryClustersTest, WhatEndedByItselfIsLeftAlone) {
  CreateClusters();
  for (const char* id : {"tuyen-quang", "ha-giang"})
    ASSERT_TRUE(Create(testing::School(id, id, "", "", "2025-07-01")).ok());
  ASSERT_TRUE(Create("mnbg", testing::Membership("mnbg", "ha-giang")).ok());
  CreateSuccessor();
  ASSERT_TRUE(Create(Merger()).ok());
  EXPECT_EQ(Events("schools/ha-giang"), 1);
  EXPECT_EQ(Events("clusters/mnbg/memberships/ha-giang"), 1);
}

TEST_F(RegistryClustersTest, AReestablishedSchoolEndsToo) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(
      Create(testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_REBRAND, "moi", "2025-07-01",
                              {"ha-giang"}, {"tuyen-quang-2025"}))
          .ok());
  EXPECT_EQ(EndOf(Membership("mnbg", "ha-giang")), Day("2025-07-01"));
}

TEST_F(RegistryClustersTest, TheStandingDeputyOfAMergedSchoolActsUntilTheMergerAndNotAfter) {
  CreateEveOfTheMerger();
  today_ = Day("2025-06-20");
  ASSERT_TRUE(Create(Merger()).ok());
  EXPECT_TRUE(directory_.Current()->Leads("ha-giang", "mnbg", Day("2025-06-30")));
  EXPECT_FALSE(directory_.Current()->Leads("ha-giang", "mnbg", Day("2025-07-01")));
  EXPECT_TRUE(directory_.Current()->Leads("quang-ninh", "mnbg", Day("2025-07-01")));
}

TEST_F(RegistryClustersTest, TermsOfAllClustersAreListedBySchoolAndFilter) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(
      Create("tdmn", testing::Term("tdmn", "thai-nguyen", 2025, LEADERSHIP_ROLE_HEAD)).ok());
  EXPECT_THAT(Terms("clusters/-", "", ""),
              ElementsAre("2025-ha-giang", "2025-lang-son", "2025-quang-ninh", "2026-ha-giang",
                          "2025-thai-nguyen"));
  EXPECT_THAT(Terms("clusters/-", "schools/ha-giang", ""),
              ElementsAre("2025-ha-giang", "2026-ha-giang"));
  EXPECT_THAT(Terms("clusters/-", "", "year = 2025 AND role = HEAD"),
              ElementsAre("2025-quang-ninh", "2025-thai-nguyen"));
  EXPECT_THAT(Terms("clusters/-", "", "state = ELECTED"),
              ElementsAre("2026-ha-giang", "2025-thai-nguyen"));
  EXPECT_THAT(Terms("clusters/mnbg", "", "provenance.confidence = PROVISIONAL"), ElementsAre());
}

TEST_F(RegistryClustersTest, MembershipsOfAllClustersAreListedBySchool) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(Create(Merger()).ok());
  registry::v1::ListMembershipsRequest request;
  request.set_parent("clusters/-");
  request.set_school("schools/ha-giang");
  EXPECT_EQ(Call(clusters_, &registry::ClusterService::ListMemberships, request)
                ->memberships_size(),
            1);
  *request.mutable_as_of() = runtime::DayToProto(Day("2025-07-01"));
  EXPECT_EQ(Call(clusters_, &registry::ClusterService::ListMemberships, request)
                ->memberships_size(),
            0);
  request.set_school("");
  EXPECT_EQ(Call(clusters_, &registry::ClusterService::ListMemberships, request)
                ->memberships_size(),
            3);
}

// A registry whose rows were written before the columns were there.
TEST_F(RegistryClustersTest, OlderRowsGetTheirColumnsOutOfTheirSnapshots) {
  CreateClusters();
  CreateMembers();
  const std::string long_id(63, 'a');
  ASSERT_TRUE(Create(testing::School(long_id, "Sơn La", "")).ok());
  auto membership = testing::Provisional(testing::Membership("mnbg", long_id));
  membership.mutable_provenance()->set_note(std::string(300, 'x'));
  ASSERT_TRUE(Create("mnbg", membership).ok());
  auto term = testing::Provisional(testing::Term("mnbg", long_id, 2024, LEADERSHIP_ROLE_DEPUTY));
  *term.mutable_elected_date() = runtime::DayToProto(Day("2023-11-23"));
  term.mutable_provenance()->set_note(std::string(300, 'x'));
  registry::v1::CreateLeadershipTermRequest create;
  create.set_parent("clusters/mnbg");
  create.set_leadership_term_id(std::string(63, 'b'));
  *create.mutable_leadership_term() = term;
  const auto elected = Call(clusters_, &registry::ClusterService::CreateLeadershipTerm, create);
  ASSERT_TRUE(elected.ok()) << elected.status();
  registry::v1::RecogniseLeadershipTermRequest recognise;
  recognise.set_name(elected->name());
  recognise.set_etag(elected->etag());
  recognise.mutable_decision()->set_title(std::string(300, 'y'));
  ASSERT_TRUE(Call(clusters_, &registry::ClusterService::RecogniseLeadershipTerm, recognise).ok());
  ASSERT_TRUE(
      Create("mnbg", testing::Term("mnbg", "quang-ninh", 2025, LEADERSHIP_ROLE_HEAD)).ok());

  auto connection = pool_.Borrow({absl::Now() + absl::Seconds(10)});
  const auto rows = [&] {
    std::vector<std::string> all;
    for (const char* sql :
         {"SELECT CONCAT(name, ' ', confidence) FROM membership ORDER BY name",
          "SELECT CONCAT(name, ' ', school, ' ', year, ' ', role, ' ', state, ' ', confidence) "
          "FROM leadership_term ORDER BY name"}) {
      const auto found = (*connection)->Query(sql);
      EXPECT_TRUE(found.ok()) << found.status();
      for (const auto& row : *found) all.push_back(row.Text(0));
    }
    return all;
  };
  const std::vector<std::string> written = rows();
  for (const char* sql : {"UPDATE membership SET confidence = 0",
                          "UPDATE leadership_term SET school = '', year = 0, role = 0, state = 0, "
                          "confidence = 0"}) {
    ASSERT_TRUE((*connection)->Execute(sql).ok());
  }
  EXPECT_NE(rows(), written);
  for (const database::MigrationFile& file : database::registry_migrations()) {
    if (file.name.find("terms_by_school") == std::string::npos) continue;
    const auto script = database::ParseMigration(file.name, file.sha256_hex, file.sql);
    ASSERT_TRUE(script.ok()) << script.status();
    for (const database::MigrationStatement& statement : script->statements) {
      if (statement.kind == database::MigrationStatement::Kind::kChangeRows) {
        ASSERT_TRUE((*connection)->Execute(statement.sql).ok());
      }
    }
  }
  EXPECT_EQ(rows(), written);
}

TEST_F(RegistryClustersTest, ClustersAreReadTogetherInTheOrderAskedFor) {
  CreateClusters();
  registry::v1::BatchGetClustersRequest request;
  request.add_names("clusters/tdmn");
  request.add_names("clusters/mnbg");
  const auto both = Call(clusters_, &registry::ClusterService::BatchGetClusters, request);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->clusters(0).name(), "clusters/tdmn");
  EXPECT_EQ(both->clusters(1).name(), "clusters/mnbg");
  request.add_names("clusters/khong-co");
  const absl::Status missing =
      Call(clusters_, &registry::ClusterService::BatchGetClusters, request).status();
  EXPECT_EQ(ReasonOf(missing), Reason::REASON_NOT_FOUND);
  EXPECT_EQ(contract::MetadataOf(missing)["resource"], "clusters/khong-co");
}

TEST_F(RegistryClustersTest, ASchoolIsShownWithItsPostsOnTheDay) {
  CreateEveOfTheMerger();
  const auto snapshot = Snapshot("ha-giang", "2025-06-30");
  EXPECT_TRUE(snapshot.exists());
  ASSERT_EQ(snapshot.standings_size(), 1);
  EXPECT_EQ(snapshot.standings(0).cluster(), "clusters/mnbg");
  EXPECT_EQ(snapshot.standings(0).cluster_display_name(),
            "Cụm khu vực miền núi, biên giới phía Bắc");
  ASSERT_EQ(snapshot.standings(0).posts_size(), 1);
  EXPECT_EQ(snapshot.standings(0).posts(0).role(), LEADERSHIP_ROLE_STANDING_DEPUTY);
  EXPECT_TRUE(snapshot.standings(0).acting());
}

TEST_F(RegistryClustersTest, ASuccessorWhoseClusterNobodyDecidedIsSaidToBeUndecided) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(Create(Merger()).ok());
  const auto snapshot = Snapshot("ha-giang", "2025-07-01");
  EXPECT_FALSE(snapshot.exists());
  EXPECT_EQ(snapshot.direction(), registry::v1::LINEAGE_DIRECTION_SUCCESSORS);
  ASSERT_EQ(snapshot.standings_size(), 1);
  EXPECT_EQ(snapshot.standings(0).school(), "schools/tuyen-quang-2025");
  EXPECT_EQ(snapshot.standings(0).cluster(), "");
  EXPECT_EQ(snapshot.standings(0).cluster_absence(),
            registry::v1::CLUSTER_ABSENCE_SUCCESSION_UNDECIDED);
  ASSERT_EQ(snapshot.events_size(), 1);
}

TEST_F(RegistryClustersTest, AnUnknownSchoolHasNoSnapshot) {
  registry::v1::GetSchoolSnapshotRequest request;
  request.set_name("schools/khong-co");
  EXPECT_EQ(
      ReasonOf(Call(clusters_, &registry::ClusterService::GetSchoolSnapshot, request).status()),
      Reason::REASON_NOT_FOUND);
}

TEST_F(RegistryClustersTest, FindingsOfAllClustersComePageByPage) {
  CreateEveOfTheMerger();
  registry::v1::ListLeadershipFindingsRequest request;
  request.set_parent("clusters/-");
  request.set_from_year(2025);
  request.set_to_year(2026);
  const auto whole = Call(clusters_, &registry::ClusterService::ListLeadershipFindings, request);
  ASSERT_TRUE(whole.ok()) << whole.status();
  // mnbg 2026: no deputy; tdmn: neither head nor deputy in 2025 and 2026.
  ASSERT_EQ(whole->leadership_findings_size(), 5);
  EXPECT_EQ(whole->leadership_findings(0).text_vi(),
            "ghi nhận 0 trên 2 Cụm phó từ ngày 2026-01-01 đến ngày 2026-12-31");
  request.set_page_size(2);
  registry::v1::ListLeadershipFindingsResponse paged;
  do {
    const auto page = Call(clusters_, &registry::ClusterService::ListLeadershipFindings, request);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_LE(page->leadership_findings_size(), 2);
    paged.mutable_leadership_findings()->MergeFrom(page->leadership_findings());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(paged.SerializeAsString(), whole->SerializeAsString());
}

TEST_F(RegistryClustersTest, FindingsAreAskedForYearsInOrder) {
  CreateClusters();
  registry::v1::ListLeadershipFindingsRequest request;
  request.set_parent("clusters/mnbg");
  request.set_from_year(2026);
  request.set_to_year(2025);
  EXPECT_EQ(ReasonOf(Call(clusters_, &registry::ClusterService::ListLeadershipFindings, request)
                         .status()),
            Reason::REASON_INVALID_REQUEST);
}

TEST_F(RegistryClustersTest, ARotationIsShownForTheDay) {
  CreateEveOfTheMerger();
  registry::v1::GetLeadershipRotationRequest request;
  request.set_name("clusters/mnbg");
  const auto rotation = Call(clusters_, &registry::ClusterService::GetLeadershipRotation, request);
  ASSERT_TRUE(rotation.ok()) << rotation.status();
  ASSERT_EQ(rotation->members_size(), 3);
  EXPECT_EQ(rotation->members(2).school(), "schools/quang-ninh");
  EXPECT_THAT(rotation->members(2).head_years(), ElementsAre(2025));
}

// What the field forbids is refused where it comes in, each with its reason in words.
TEST_F(RegistryClustersTest, ASecondMembershipIsRefused) {
  CreateClusters();
  CreateMembers();
  const absl::Status status =
      Create("tdmn", testing::Membership("tdmn", "ha-giang", "2024-01-01")).status();
  EXPECT_EQ(ReasonOf(status), Reason::REASON_OVERLAP);
  EXPECT_THAT(VietnameseText(status), HasSubstr("mỗi lúc chỉ thuộc một cụm"));
}

TEST_F(RegistryClustersTest, ASecondHeadIsRefused) {
  CreateEveOfTheMerger();
  const absl::Status status =
      Create("mnbg", testing::Term("mnbg", "lang-son", 2026, LEADERSHIP_ROLE_HEAD)).status();
  EXPECT_EQ(ReasonOf(status), Reason::REASON_OVERLAP);
  EXPECT_THAT(VietnameseText(status), HasSubstr("mỗi cụm có một Cụm trưởng"));
}

TEST_F(RegistryClustersTest, ASecondStandingDeputyIsRefused) {
  CreateClusters();
  CreateMembers();
  ASSERT_TRUE(
      Create("mnbg", testing::Term("mnbg", "ha-giang", 2025, LEADERSHIP_ROLE_STANDING_DEPUTY))
          .ok());
  const absl::Status status =
      Create("mnbg", testing::Term("mnbg", "lang-son", 2025, LEADERSHIP_ROLE_STANDING_DEPUTY))
          .status();
  EXPECT_EQ(ReasonOf(status), Reason::REASON_OVERLAP);
  EXPECT_THAT(VietnameseText(status), HasSubstr("mỗi cụm có một Cụm phó thường trực"));
}

TEST_F(RegistryClustersTest, AThirdDeputyIsRefused) {
  CreateEveOfTheMerger();
  ASSERT_TRUE(Create(testing::School("dien-bien", "Điện Biên", "")).ok());
  ASSERT_TRUE(Create("mnbg", testing::Membership("mnbg", "dien-bien")).ok());
  const absl::Status status =
      Create("mnbg", testing::Term("mnbg", "dien-bien", 2025, LEADERSHIP_ROLE_DEPUTY)).status();
  EXPECT_EQ(ReasonOf(status), Reason::REASON_RULE_VIOLATED);
  EXPECT_THAT(VietnameseText(status), HasSubstr("3 Cụm phó"));
}

}  // namespace
}  // namespace thidua
