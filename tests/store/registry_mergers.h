// The registry's rooms over a real database, and the northern mountain cluster on the eve of the
// mergers of 2025: Hà Giang and Lào Cai, its standing deputy and a member, merge with schools of
// the cluster beside it.
#ifndef THIDUA_TESTS_STORE_REGISTRY_MERGERS_H_
#define THIDUA_TESTS_STORE_REGISTRY_MERGERS_H_

#include <string>
#include <vector>

#include "common/contract/page_token.h"
#include "common/contract/refusal.h"
#include "common/database/migrator.h"
#include "common/directory/directory.h"
#include "common/directory/publication.h"
#include "common/runtime/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_service.h"
#include "services/registry/schools/school_service.h"
#include "tests/support/handler_call.h"
#include "tests/support/private_database.h"
#include "tests/support/school_facts.h"

namespace thidua::testing {

class RegistryMergers : public ::testing::Test {
 protected:
  RegistryMergers()
      : schema_(
            PrivateDatabase::Shared().CreateSchema("registry", database::registry_migrations())),
        pool_(schema_.app, 4),
        page_tokens_(
            contract::PageTokens::Create("khoa-thu-nghiem-cua-trang-danh-sach-0123456789").value()),
        writing_{pool_,
                 [this](absl::Span<const database::ResourceVersion> written) {
                   directory::Publish(directory_, written);
                 }},
        schools_(writing_, directory_, page_tokens_),
        clusters_(writing_, directory_, page_tokens_) {}

  // Asks a handler as the pipeline would, in the morning of `today_`.
  template <class Room, class Form, class Request>
  auto Call(Room& room, Form handler, const Request& request) {
    const absl::Time now = absl::FromCivil(today_, runtime::VietnamTime()) + absl::Hours(9);
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, now);
    return call.Ask(writing_, room, handler, request);
  }

  static std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

  absl::StatusOr<registry::v1::School> Create(const registry::v1::School& school) {
    registry::v1::CreateSchoolRequest request;
    request.set_school_id(IdOf(school.name()));
    *request.mutable_school() = school;
    return Call(schools_, &registry::SchoolService::CreateSchool, request);
  }

  absl::StatusOr<registry::v1::LineageEvent> Create(const registry::v1::LineageEvent& event) {
    registry::v1::CreateLineageEventRequest request;
    request.set_lineage_event_id(IdOf(event.name()));
    *request.mutable_lineage_event() = event;
    return Call(schools_, &registry::SchoolService::CreateLineageEvent, request);
  }

  absl::StatusOr<registry::v1::Membership> Create(const std::string& cluster,
                                                  const registry::v1::Membership& membership) {
    registry::v1::CreateMembershipRequest request;
    request.set_parent("clusters/" + cluster);
    *request.mutable_membership() = membership;
    return Call(clusters_, &registry::ClusterService::CreateMembership, request);
  }

  absl::StatusOr<registry::v1::LeadershipTerm> Create(const std::string& cluster,
                                                      const registry::v1::LeadershipTerm& term) {
    registry::v1::CreateLeadershipTermRequest request;
    request.set_parent("clusters/" + cluster);
    *request.mutable_leadership_term() = term;
    return Call(clusters_, &registry::ClusterService::CreateLeadershipTerm, request);
  }

  absl::StatusOr<registry::v1::LeadershipTerm> Recognise(const registry::v1::LeadershipTerm& term) {
    registry::v1::RecogniseLeadershipTermRequest request;
    request.set_name(term.name());
    request.set_etag(term.etag());
    return Call(clusters_, &registry::ClusterService::RecogniseLeadershipTerm, request);
  }

  registry::v1::School School(const std::string& id) {
    registry::v1::GetSchoolRequest request;
    request.set_name("schools/" + id);
    return Call(schools_, &registry::SchoolService::GetSchool, request).value();
  }
  registry::v1::Membership Membership(const std::string& cluster, const std::string& id) {
    registry::v1::GetMembershipRequest request;
    request.set_name("clusters/" + cluster + "/memberships/" + id);
    return Call(clusters_, &registry::ClusterService::GetMembership, request).value();
  }
  registry::v1::LeadershipTerm Term(const std::string& cluster, const std::string& id) {
    registry::v1::GetLeadershipTermRequest request;
    request.set_name("clusters/" + cluster + "/leadershipTerms/" + id);
    return Call(clusters_, &registry::ClusterService::GetLeadershipTerm, request).value();
  }

  static absl::CivilDay EndOf(const registry::v1::Membership& membership) {
    return directory::PeriodOf(membership)->to;
  }
  static absl::CivilDay EndOf(const registry::v1::LeadershipTerm& term) {
    return directory::PeriodOf(term)->to;
  }

  void CreateClusters() {
    registry::v1::CreateClusterRegimeRequest regime;
    regime.set_cluster_regime_id("2021");
    *regime.mutable_cluster_regime() = testing::Regime("2021", "2021-02-03");
    ASSERT_TRUE(Call(clusters_, &registry::ClusterService::CreateClusterRegime, regime).ok());
    for (const auto& [id, name] : {std::pair("mnbg", "Cụm khu vực miền núi, biên giới phía Bắc"),
                                   std::pair("tdmn", "Cụm khu vực Trung du miền núi phía Bắc")}) {
      registry::v1::CreateClusterRequest cluster;
      cluster.set_cluster_id(id);
      *cluster.mutable_cluster() = testing::Cluster(id, "2021", name);
      ASSERT_TRUE(Call(clusters_, &registry::ClusterService::CreateCluster, cluster).ok());
    }
  }

  // Schools without an end, members since the regime began.
  void CreateMembers() {
    for (const auto& [id, province, cluster] :
         {std::tuple("quang-ninh", "Quảng Ninh", "mnbg"),
          std::tuple("ha-giang", "Hà Giang", "mnbg"), std::tuple("lang-son", "Lạng Sơn", "mnbg"),
          std::tuple("tuyen-quang", "Tuyên Quang", "tdmn"),
          std::tuple("thai-nguyen", "Thái Nguyên", "tdmn")}) {
      ASSERT_TRUE(
          Create(testing::School(id, province, std::string("Trường Chính trị tỉnh ") + province))
              .ok());
      ASSERT_TRUE(Create(cluster, testing::Membership(cluster, id)).ok());
    }
  }

  // Hà Giang stands in for the head in 2025 and is elected head for 2026.
  void CreateTerms() {
    using namespace registry::v1;  // NOLINT: the contract's own words
    for (const auto& [school, role] : {std::pair("quang-ninh", LEADERSHIP_ROLE_HEAD),
                                       std::pair("ha-giang", LEADERSHIP_ROLE_STANDING_DEPUTY),
                                       std::pair("lang-son", LEADERSHIP_ROLE_DEPUTY)}) {
      const auto elected = Create("mnbg", testing::Term("mnbg", school, 2025, role));
      ASSERT_TRUE(elected.ok()) << elected.status();
      ASSERT_TRUE(Recognise(*elected).ok());
    }
    ASSERT_TRUE(Create("mnbg", testing::Term("mnbg", "ha-giang", 2026, LEADERSHIP_ROLE_HEAD)).ok());
  }

  static registry::v1::LineageEvent Merger(const std::string& day = "2025-07-01") {
    return testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", day,
                            {"tuyen-quang", "ha-giang"}, {"tuyen-quang-2025"});
  }
  void CreateSuccessor(const std::string& day = "2025-07-01") {
    ASSERT_TRUE(Create(testing::School("tuyen-quang-2025", "Tuyên Quang",
                                       "Trường Chính trị tỉnh Tuyên Quang", day))
                    .ok());
  }
  void CreateEveOfTheMerger() {
    CreateClusters();
    CreateMembers();
    CreateTerms();
    CreateSuccessor();
  }

  absl::CivilDay today_ = Day("2025-07-15");
  PrivateDatabase::Schema schema_;
  database::Pool pool_;
  directory::Directory directory_;
  contract::PageTokens page_tokens_;
  rpc::Writing writing_;
  registry::SchoolService schools_;
  registry::ClusterService clusters_;
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_STORE_REGISTRY_MERGERS_H_
