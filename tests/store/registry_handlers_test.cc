// The registry's handlers over a real database: what is stored, what is refused, what the directory
// knows at once.
#include <string>
#include <thread>
#include <vector>

#include "common/contract/refusal.h"
#include "common/database/migrator.h"
#include "common/directory/directory.h"
#include "common/directory/publication.h"
#include "common/runtime/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_service.h"
#include "services/registry/clusters/load_directory.h"
#include "services/registry/schools/school_service.h"
#include "tests/support/handler_call.h"
#include "tests/support/private_database.h"
#include "tests/support/school_facts.h"

namespace thidua {
namespace {

using contract::Reason;
using contract::ReasonOf;
using registry::v1::LEADERSHIP_ROLE_DEPUTY;
using registry::v1::LEADERSHIP_ROLE_HEAD;
using registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY;
using registry::v1::LeadershipTerm;
using registry::v1::LINEAGE_EVENT_TYPE_MERGE;
using registry::v1::Membership;
using registry::v1::School;
using testing::Day;
using ::testing::ElementsAre;

constexpr char kPageKey[] = "khoa-thu-nghiem-cua-trang-danh-sach-0123456789";

class RegistryHandlersTest : public ::testing::Test {
 protected:
  RegistryHandlersTest()
      : schema_(testing::PrivateDatabase::Shared().CreateSchema("registry",
                                                                database::registry_migrations())),
        pool_(schema_.app, 4),
        page_tokens_(contract::PageTokens::Create(kPageKey).value()),
        writing_{pool_,
                 [this](absl::Span<const database::ResourceVersion> written) {
                   directory::Publish(directory_, written);
                 }},
        schools_(writing_, directory_, page_tokens_),
        clusters_(writing_, directory_, page_tokens_) {}

  // Asks a handler as the pipeline would, on 25 June 2024.
  template <class Room, class Context, class Request, class Response>
  absl::StatusOr<Response> Call(Room& room,
                                absl::StatusOr<Response> (Room::*handler)(Context&, const Request&),
                                const Request& request,
                                const std::string& request_id = runtime::NewUuid4()) {
    const absl::Time now =
        absl::FromCivil(Day("2024-06-25"), runtime::VietnamTime()) + absl::Hours(9);
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, now, request_id);
    return call.Ask(writing_, room, handler, request);
  }

  absl::StatusOr<School> Create(const School& school) {
    registry::v1::CreateSchoolRequest request;
    request.set_school_id(school.name().substr(std::string("schools/").size()));
    *request.mutable_school() = school;
    return Call(schools_, &registry::SchoolService::CreateSchool, request);
  }

  absl::StatusOr<registry::v1::LineageEvent> Create(const registry::v1::LineageEvent& event,
                                                    bool validate_only = false) {
    registry::v1::CreateLineageEventRequest request;
    request.set_lineage_event_id(event.name().substr(std::string("lineageEvents/").size()));
    *request.mutable_lineage_event() = event;
    request.set_validate_only(validate_only);
    return Call(schools_, &registry::SchoolService::CreateLineageEvent, request);
  }

  absl::StatusOr<Membership> Create(const std::string& cluster, const Membership& membership) {
    registry::v1::CreateMembershipRequest request;
    request.set_parent("clusters/" + cluster);
    *request.mutable_membership() = membership;
    return Call(clusters_, &registry::ClusterService::CreateMembership, request);
  }

  absl::StatusOr<LeadershipTerm> Create(const std::string& cluster, const LeadershipTerm& term) {
    registry::v1::CreateLeadershipTermRequest request;
    request.set_parent("clusters/" + cluster);
    *request.mutable_leadership_term() = term;
    return Call(clusters_, &registry::ClusterService::CreateLeadershipTerm, request);
  }

  absl::StatusOr<LeadershipTerm> Recognise(const LeadershipTerm& term) {
    registry::v1::RecogniseLeadershipTermRequest request;
    request.set_name(term.name());
    request.set_etag(term.etag());
    return Call(clusters_, &registry::ClusterService::RecogniseLeadershipTerm, request);
  }

  absl::StatusOr<School> EndSchool(const School& school, const std::string& day) {
    registry::v1::UpdateSchoolRequest request;
    request.mutable_school()->set_name(school.name());
    *request.mutable_school()->mutable_valid_to() = runtime::DayToProto(Day(day));
    request.mutable_update_mask()->add_paths("valid_to");
    request.set_etag(school.etag());
    return Call(schools_, &registry::SchoolService::UpdateSchool, request);
  }

  // A regime of 2021 with the two northern clusters.
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

  // Schools of the mountain cluster, as members from the first day of the regime.
  void CreateMembers() {
    for (const auto& [id, province] :
         {std::pair("quang-ninh", "Quảng Ninh"), std::pair("ha-giang", "Hà Giang"),
          std::pair("lang-son", "Lạng Sơn")}) {
      ASSERT_TRUE(
          Create(testing::School(id, province, std::string("Trường Chính trị tỉnh ") + province))
              .ok());
      ASSERT_TRUE(Create("mnbg", testing::Membership("mnbg", id)).ok());
    }
  }

  static registry::v1::ClusterSnapshot Decoded(
      const rpc::Encoded<registry::v1::ClusterSnapshot>& encoded) {
    registry::v1::ClusterSnapshot snapshot;
    EXPECT_TRUE(snapshot.ParseFromString(*encoded.bytes));
    return snapshot;
  }

  registry::v1::ClusterSnapshot Snapshot(const std::string& day) {
    registry::v1::GetClusterSnapshotRequest request;
    request.set_name("clusters/mnbg");
    *request.mutable_as_of() = runtime::DayToProto(Day(day));
    return Decoded(Call(clusters_, &registry::ClusterService::GetClusterSnapshot, request).value());
  }

  std::vector<std::string> ListedSchools(const registry::v1::ListSchoolsRequest& request) {
    std::vector<std::string> names;
    const auto response = Call(schools_, &registry::SchoolService::ListSchools, request);
    EXPECT_TRUE(response.ok()) << response.status();
    for (const School& school : response->schools()) names.push_back(school.name());
    return names;
  }

  testing::PrivateDatabase::Schema schema_;
  database::Pool pool_;
  directory::Directory directory_;
  contract::PageTokens page_tokens_;
  rpc::Writing writing_;
  registry::SchoolService schools_;
  registry::ClusterService clusters_;
};

TEST_F(RegistryHandlersTest, ASchoolIsReadBackUnderTheNameOfTheDay) {
  School school = testing::School("quang-ninh", "Quảng Ninh", "");
  *school.add_names() = testing::SchoolName("Trường Chính trị tỉnh Quảng Ninh", "", "2015-09-01");
  *school.add_names() =
      testing::SchoolName("Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh", "2015-09-01");
  const auto created = Create(school);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->etag(), "\"v1\"");
  registry::v1::GetSchoolRequest request;
  request.set_name("schools/quang-ninh");
  EXPECT_EQ(Call(schools_, &registry::SchoolService::GetSchool, request)->display_name(),
            "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh");
  *request.mutable_as_of() = runtime::DayToProto(Day("2015-08-31"));
  EXPECT_EQ(Call(schools_, &registry::SchoolService::GetSchool, request)->display_name(),
            "Trường Chính trị tỉnh Quảng Ninh");
  EXPECT_EQ(directory_.Current()->School("quang-ninh")->etag(), "\"v1\"");
}

TEST_F(RegistryHandlersTest, ARepeatedRequestHasOneEffect) {
  registry::v1::CreateSchoolRequest request;
  request.set_school_id("dien-bien");
  *request.mutable_school() =
      testing::School("dien-bien", "Điện Biên", "Trường Chính trị tỉnh Điện Biên");
  const std::string id = runtime::NewUuid4();
  const auto first = Call(schools_, &registry::SchoolService::CreateSchool, request, id);
  const auto again = Call(schools_, &registry::SchoolService::CreateSchool, request, id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(ReasonOf(Call(schools_, &registry::SchoolService::CreateSchool, request).status()),
            Reason::REASON_ALREADY_EXISTS);
}

TEST_F(RegistryHandlersTest, SchoolsAreListedInVietnameseOrderPageByPage) {
  for (const auto& [id, province] :
       {std::pair("son-la", "Sơn La"), std::pair("an-giang", "An Giang"),
        std::pair("da-nang", "Đà Nẵng"), std::pair("dak-lak", "Đắk Lắk"),
        std::pair("dong-nai", "Đồng Nai"), std::pair("ca-mau", "Cà Mau")}) {
    ASSERT_TRUE(
        Create(testing::School(id, province, std::string("Trường Chính trị tỉnh ") + province))
            .ok());
  }
  registry::v1::ListSchoolsRequest request;
  request.set_page_size(4);
  const auto page = Call(schools_, &registry::SchoolService::ListSchools, request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/an-giang", "schools/ca-mau",
                                                  "schools/da-nang", "schools/dak-lak"));
  request.set_page_token(page->next_page_token());
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/dong-nai", "schools/son-la"));
}

TEST_F(RegistryHandlersTest, SchoolsAreFoundWithoutDiacriticsAndByFilter) {
  School lang_son =
      testing::School("lang-son", "Lạng Sơn", "Trường Chính trị Hoàng Văn Thụ tỉnh Lạng Sơn");
  lang_son.mutable_names(0)->add_aliases("Trường Chính trị tỉnh Lạng Sơn");
  ASSERT_TRUE(Create(lang_son).ok());
  ASSERT_TRUE(Create(testing::Provisional(
                         testing::School("ha-tinh", "Hà Tĩnh", "Trường Chính trị Trần Phú")))
                  .ok());
  registry::v1::ListSchoolsRequest request;
  request.set_query("hoang van thu");
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/lang-son"));
  request.set_query("TRẦN phú hà tĩnh");
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/ha-tinh"));
  request.set_query("oang");
  EXPECT_THAT(ListedSchools(request), ElementsAre());
  request.clear_query();
  request.set_filter(
      "provenance.confidence = CONFIDENCE_DOCUMENTED AND province_id = \"lang-son\"");
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/lang-son"));
}

TEST_F(RegistryHandlersTest, AListShowsTheSchoolsOfItsDay) {
  ASSERT_TRUE(
      Create(testing::School("le-duan", "Quảng Trị", "Trường Chính trị Lê Duẩn", "", "2025-07-01"))
          .ok());
  ASSERT_TRUE(
      Create(testing::School("le-duan-2025", "Quảng Trị", "Trường Chính trị Lê Duẩn", "2025-07-01"))
          .ok());
  registry::v1::ListSchoolsRequest request;
  *request.mutable_as_of() = runtime::DayToProto(Day("2025-06-30"));
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/le-duan"));
  *request.mutable_as_of() = runtime::DayToProto(Day("2025-07-01"));
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/le-duan-2025"));
  request.set_show_all(true);
  EXPECT_THAT(ListedSchools(request), ElementsAre("schools/le-duan", "schools/le-duan-2025"));
}

TEST_F(RegistryHandlersTest, AStaleEtagIsRefusedWithTheCurrentOne) {
  const auto created = Create(testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La"));
  ASSERT_TRUE(EndSchool(*created, "2030-01-01").ok());
  const absl::Status stale = EndSchool(*created, "2031-01-01").status();
  EXPECT_EQ(ReasonOf(stale), Reason::REASON_STALE_ETAG);
  EXPECT_EQ(contract::MetadataOf(stale)["etag"], "\"v2\"");
}

TEST_F(RegistryHandlersTest, AMergerIsRecordedAndResolved) {
  for (const auto& [id, province] :
       {std::pair("tuyen-quang", "Tuyên Quang"), std::pair("ha-giang", "Hà Giang")}) {
    ASSERT_TRUE(Create(testing::School(id, province, "", "", "2025-07-01")).ok());
  }
  ASSERT_TRUE(Create(testing::School("tuyen-quang-2025", "Tuyên Quang",
                                     "Trường Chính trị tỉnh Tuyên Quang", "2025-07-01"))
                  .ok());
  const auto merger = testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", "2025-07-01",
                                       {"tuyen-quang", "ha-giang"}, {"tuyen-quang-2025"});
  registry::v1::ResolveLineageRequest request;
  request.set_name("schools/ha-giang");
  *request.mutable_map_date() = runtime::DayToProto(Day("2025-11-01"));

  ASSERT_TRUE(Create(merger, /*validate_only=*/true).ok());
  EXPECT_THAT(Call(schools_, &registry::SchoolService::ResolveLineage, request)->unresolved(),
              ElementsAre("schools/ha-giang"));

  ASSERT_TRUE(Create(merger).ok());
  const auto resolved = Call(schools_, &registry::SchoolService::ResolveLineage, request);
  ASSERT_TRUE(resolved.ok());
  ASSERT_EQ(resolved->schools_size(), 1);
  EXPECT_EQ(resolved->schools(0).display_name(), "Trường Chính trị tỉnh Tuyên Quang");
  EXPECT_EQ(resolved->events(0).name(), merger.name());
  EXPECT_EQ(resolved->confidence(), registry::v1::CONFIDENCE_DOCUMENTED);

  registry::v1::ListLineageEventsRequest list;
  list.set_school("schools/tuyen-quang-2025");
  EXPECT_EQ(
      Call(schools_, &registry::SchoolService::ListLineageEvents, list)->lineage_events_size(), 1);
}

// Hậu Giang after Cần Thơ, and then Cần Thơ after Hậu Giang: whatever the dates say, it is a cycle.
TEST_F(RegistryHandlersTest, NoSchoolBecomesItsOwnPredecessorOverTwoEvents) {
  ASSERT_TRUE(Create(testing::School("can-tho", "Cần Thơ", "", "", "2000-01-01")).ok());
  ASSERT_TRUE(
      Create(testing::School("hau-giang", "Hậu Giang", "", "2000-01-01", "2010-01-01")).ok());
  ASSERT_TRUE(Create(testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_REBRAND, "there",
                                      "2000-01-01", {"can-tho"}, {"hau-giang"}))
                  .ok());
  EXPECT_EQ(ReasonOf(Create(testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_REBRAND, "back",
                                             "2010-01-01", {"hau-giang"}, {"can-tho"}))
                         .status()),
            Reason::REASON_LINEAGE_CYCLE);
}

TEST_F(RegistryHandlersTest, ManySchoolsAreReadInTheOrderAskedFor) {
  for (const char* id : {"ha-giang", "lang-son", "son-la"})
    ASSERT_TRUE(Create(testing::School(id, "Lạng Sơn", std::string("Trường ") + id)).ok());
  registry::v1::BatchGetSchoolsRequest request;
  for (const char* id : {"son-la", "ha-giang", "son-la"})
    request.add_names(std::string("schools/") + id);
  const auto schools = Call(schools_, &registry::SchoolService::BatchGetSchools, request);
  ASSERT_TRUE(schools.ok()) << schools.status();
  ASSERT_EQ(schools->schools_size(), 3);
  EXPECT_EQ(schools->schools(0).display_name(), "Trường son-la");
  EXPECT_EQ(schools->schools(1).name(), "schools/ha-giang");
  EXPECT_EQ(schools->schools(2).etag(), "\"v1\"");
}

TEST_F(RegistryHandlersTest, EverySchoolMissingInABatchIsNamed) {
  ASSERT_TRUE(Create(testing::School("son-la", "Sơn La", "")).ok());
  registry::v1::BatchGetSchoolsRequest request;
  for (const char* id : {"khong-co", "son-la", "cung-khong"})
    request.add_names(std::string("schools/") + id);
  const absl::Status status =
      Call(schools_, &registry::SchoolService::BatchGetSchools, request).status();
  EXPECT_EQ(ReasonOf(status), Reason::REASON_NOT_FOUND);
  EXPECT_EQ(contract::MetadataOf(status)["resource"], "schools/cung-khong, schools/khong-co");
}

TEST_F(RegistryHandlersTest, FiveHundredSchoolsAreReadAtOnce) {
  registry::v1::BatchGetSchoolsRequest request;
  for (int i = 0; i < 500; ++i) {
    const std::string id = "truong-" + std::to_string(i);
    ASSERT_TRUE(Create(testing::School(id, "Sơn La", "")).ok());
    request.add_names("schools/" + id);
  }
  EXPECT_EQ(
      Call(schools_, &registry::SchoolService::BatchGetSchools, request).value().schools_size(),
      500);
}

TEST_F(RegistryHandlersTest, TheMapAndTheNamesKnowAWriteAtOnce) {
  registry::v1::ResolveSchoolNameRequest resolve;
  resolve.set_text("truong ct hoang van thu");
  EXPECT_EQ(Call(schools_, &registry::SchoolService::ResolveSchoolName, resolve)->outcome(),
            registry::v1::NAME_OUTCOME_NONE);
  ASSERT_TRUE(Create(testing::School("lang-son", "Lạng Sơn",
                                     "Trường Chính trị Hoàng Văn Thụ tỉnh Lạng Sơn"))
                  .ok());
  const auto resolved = Call(schools_, &registry::SchoolService::ResolveSchoolName, resolve);
  ASSERT_EQ(resolved->outcome(), registry::v1::NAME_OUTCOME_UNIQUE);
  EXPECT_EQ(resolved->candidates(0).school(), "schools/lang-son");
  EXPECT_EQ(runtime::DayFromProto(resolved->as_of()).value(), Day("2024-06-25"));

  registry::v1::SchoolMap map;
  ASSERT_TRUE(
      map.ParseFromString(*Call(schools_, &registry::SchoolService::GetSchoolMap, {})->bytes));
  ASSERT_EQ(map.schools_size(), 1);
  EXPECT_EQ(map.schools(0).school(), "schools/lang-son");
}

TEST_F(RegistryHandlersTest, AClusterIsFoundByWhatPeopleCallIt) {
  CreateClusters();
  registry::v1::ResolveClusterNameRequest resolve;
  resolve.set_text("cụm Trung du miền núi phía Bắc");
  const auto resolved = Call(clusters_, &registry::ClusterService::ResolveClusterName, resolve);
  ASSERT_EQ(resolved->outcome(), registry::v1::NAME_OUTCOME_UNIQUE);
  EXPECT_EQ(resolved->candidates(0).cluster(), "clusters/tdmn");
}

TEST_F(RegistryHandlersTest, TheDatesOfALineageEventStayTrue) {
  const auto quang_binh = Create(testing::School("quang-binh", "Quảng Bình", "", "", "2025-07-01"));
  ASSERT_TRUE(Create(testing::School("quang-tri", "Quảng Trị", "", "", "2025-07-01")).ok());
  ASSERT_TRUE(Create(testing::School("quang-tri-2025", "Quảng Trị", "", "2025-07-01")).ok());
  ASSERT_TRUE(Create(testing::Lineage(LINEAGE_EVENT_TYPE_MERGE, "quang-tri-2025", "2025-07-01",
                                      {"quang-binh", "quang-tri"}, {"quang-tri-2025"}))
                  .ok());
  EXPECT_EQ(ReasonOf(EndSchool(*quang_binh, "2025-08-01").status()), Reason::REASON_RULE_VIOLATED);
}

TEST_F(RegistryHandlersTest, AMembershipTakesTheBoundsOfSchoolAndRegime) {
  CreateClusters();
  ASSERT_TRUE(Create(testing::School("ha-giang", "Hà Giang", "", "", "2025-07-01")).ok());
  const auto membership = Create("mnbg", testing::Membership("mnbg", "ha-giang"));
  ASSERT_TRUE(membership.ok()) << membership.status();
  EXPECT_EQ(membership->name(), "clusters/mnbg/memberships/ha-giang");
  EXPECT_EQ(directory::PeriodOf(*membership)->from, Day("2021-02-03"));
  EXPECT_EQ(directory::PeriodOf(*membership)->to, Day("2025-07-01"));
}

TEST_F(RegistryHandlersTest, ASchoolWithAnOpenMembershipCannotEnd) {
  CreateClusters();
  const auto school = Create(testing::School("ha-giang", "Hà Giang", ""));
  const auto membership = Create("mnbg", testing::Membership("mnbg", "ha-giang"));
  EXPECT_EQ(ReasonOf(EndSchool(*school, "2025-07-01").status()), Reason::REASON_RULE_VIOLATED);
  registry::v1::EndMembershipRequest end;
  end.set_name(membership->name());
  end.set_etag(membership->etag());
  *end.mutable_end_date() = runtime::DayToProto(Day("2025-07-01"));
  ASSERT_TRUE(Call(clusters_, &registry::ClusterService::EndMembership, end).ok());
  EXPECT_TRUE(EndSchool(*school, "2025-07-01").ok());
}

TEST_F(RegistryHandlersTest, ARegimeCannotShrinkUnderItsMembers) {
  CreateClusters();
  CreateMembers();
  registry::v1::UpdateClusterRegimeRequest request;
  request.mutable_cluster_regime()->set_name("clusterRegimes/2021");
  *request.mutable_cluster_regime()->mutable_valid_to() = runtime::DayToProto(Day("2026-01-01"));
  request.mutable_update_mask()->add_paths("valid_to");
  request.set_etag("\"v1\"");
  EXPECT_EQ(
      ReasonOf(Call(clusters_, &registry::ClusterService::UpdateClusterRegime, request).status()),
      Reason::REASON_RULE_VIOLATED);
}

// Two administrators put one school into two clusters at the same moment, a hundred times: one of
// them always wins.
TEST_F(RegistryHandlersTest, OneOfTwoOverlappingMembershipsWins) {
  CreateClusters();
  for (int round = 0; round < 100; ++round) {
    const std::string id = "truong-" + std::to_string(round);
    ASSERT_TRUE(Create(testing::School(id, "Sơn La", "")).ok());
    absl::Status mnbg, tdmn;
    std::thread one([&] { mnbg = Create("mnbg", testing::Membership("mnbg", id)).status(); });
    std::thread other([&] { tdmn = Create("tdmn", testing::Membership("tdmn", id)).status(); });
    one.join();
    other.join();
    ASSERT_NE(mnbg.ok(), tdmn.ok()) << mnbg << " / " << tdmn;
    ASSERT_EQ(ReasonOf(mnbg.ok() ? tdmn : mnbg), Reason::REASON_OVERLAP) << mnbg << " / " << tdmn;
  }
}

TEST_F(RegistryHandlersTest, OneOfTwoHeadsWins) {
  CreateClusters();
  CreateMembers();
  for (int year = 2022; year < 2042; ++year) {
    absl::Status quang_ninh, lang_son;
    std::thread one([&] {
      quang_ninh =
          Create("mnbg", testing::Term("mnbg", "quang-ninh", year, LEADERSHIP_ROLE_HEAD)).status();
    });
    std::thread other([&] {
      lang_son =
          Create("mnbg", testing::Term("mnbg", "lang-son", year, LEADERSHIP_ROLE_HEAD)).status();
    });
    one.join();
    other.join();
    ASSERT_NE(quang_ninh.ok(), lang_son.ok()) << quang_ninh << " / " << lang_son;
    ASSERT_EQ(ReasonOf(quang_ninh.ok() ? lang_son : quang_ninh), Reason::REASON_OVERLAP);
  }
}

TEST_F(RegistryHandlersTest, ActingRightsFollowRecognitionAtOnce) {
  CreateClusters();
  CreateMembers();
  const auto elected =
      Create("mnbg", testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD));
  ASSERT_TRUE(elected.ok()) << elected.status();
  EXPECT_EQ(elected->name(), "clusters/mnbg/leadershipTerms/2024-quang-ninh");
  EXPECT_EQ(elected->state(), registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  EXPECT_FALSE(directory_.Current()->Leads("quang-ninh", "mnbg", Day("2024-06-25")));
  ASSERT_TRUE(Recognise(*elected).ok());
  EXPECT_TRUE(directory_.Current()->Leads("quang-ninh", "mnbg", Day("2024-06-25")));
  EXPECT_FALSE(directory_.Current()->Leads("quang-ninh", "mnbg", Day("2025-01-01")));
}

TEST_F(RegistryHandlersTest, ASnapshotShowsMembersAndLeaders) {
  CreateClusters();
  CreateMembers();
  ASSERT_TRUE(
      Recognise(*Create("mnbg", testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD)))
          .ok());
  ASSERT_TRUE(Recognise(*Create("mnbg", testing::Term("mnbg", "ha-giang", 2024,
                                                      LEADERSHIP_ROLE_STANDING_DEPUTY)))
                  .ok());
  ASSERT_TRUE(
      Recognise(*Create("mnbg", testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY)))
          .ok());
  const auto snapshot = Snapshot("2024-06-25");
  ASSERT_EQ(snapshot.members_size(), 3);
  EXPECT_EQ(snapshot.members(0).school(), "schools/ha-giang");
  ASSERT_EQ(snapshot.leaders_size(), 3);
  EXPECT_EQ(snapshot.leaders(0).school(), "schools/quang-ninh");
  EXPECT_TRUE(snapshot.leaders(1).acting());
  EXPECT_FALSE(snapshot.leaders(2).acting());
  EXPECT_EQ(Snapshot("2021-02-02").members_size(), 0);
}

TEST_F(RegistryHandlersTest, AReplacementIsOneActOverTwoTerms) {
  CreateClusters();
  CreateMembers();
  const auto head =
      Recognise(*Create("mnbg", testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD)));
  registry::v1::ReplaceLeadershipTermRequest request;
  request.set_name(head->name());
  request.set_etag(head->etag());
  request.set_school("schools/lang-son");
  *request.mutable_replace_date() = runtime::DayToProto(Day("2024-06-01"));
  *request.mutable_provenance() = testing::Documented(LeadershipTerm()).provenance();
  const auto response = Call(clusters_, &registry::ClusterService::ReplaceLeadershipTerm, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->replaced().replaced_by(), "clusters/mnbg/leadershipTerms/2024-lang-son");
  ASSERT_TRUE(Recognise(response->replacement()).ok());
  EXPECT_FALSE(directory_.Current()->Leads("quang-ninh", "mnbg", Day("2024-06-25")));
  EXPECT_TRUE(directory_.Current()->Leads("lang-son", "mnbg", Day("2024-06-25")));
}

TEST_F(RegistryHandlersTest, AReplacementByANonMemberChangesNothing) {
  CreateClusters();
  CreateMembers();
  ASSERT_TRUE(Create(testing::School("hoa-binh", "Hòa Bình", "")).ok());
  const auto head = Create("mnbg", testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD));
  registry::v1::ReplaceLeadershipTermRequest request;
  request.set_name(head->name());
  request.set_etag(head->etag());
  request.set_school("schools/hoa-binh");
  *request.mutable_replace_date() = runtime::DayToProto(Day("2024-06-01"));
  *request.mutable_provenance() = testing::Documented(LeadershipTerm()).provenance();
  EXPECT_EQ(
      ReasonOf(Call(clusters_, &registry::ClusterService::ReplaceLeadershipTerm, request).status()),
      Reason::REASON_RULE_VIOLATED);
  registry::v1::GetLeadershipTermRequest get;
  get.set_name(head->name());
  EXPECT_EQ(Call(clusters_, &registry::ClusterService::GetLeadershipTerm, get)->state(),
            registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
}

TEST_F(RegistryHandlersTest, AMembershipCannotEndUnderALeader) {
  CreateClusters();
  CreateMembers();
  ASSERT_TRUE(Create("mnbg", testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY)).ok());
  registry::v1::EndMembershipRequest end;
  end.set_name("clusters/mnbg/memberships/lang-son");
  end.set_etag("\"v1\"");
  *end.mutable_end_date() = runtime::DayToProto(Day("2024-12-31"));
  EXPECT_EQ(ReasonOf(Call(clusters_, &registry::ClusterService::EndMembership, end).status()),
            Reason::REASON_RULE_VIOLATED);
  *end.mutable_end_date() = runtime::DayToProto(Day("2025-01-01"));
  EXPECT_TRUE(Call(clusters_, &registry::ClusterService::EndMembership, end).ok());
}

TEST_F(RegistryHandlersTest, ALoadedDirectoryAnswersAsTheOneThatWasThere) {
  CreateClusters();
  CreateMembers();
  ASSERT_TRUE(
      Recognise(*Create("mnbg", testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD)))
          .ok());
  directory::Directory loaded;
  ASSERT_TRUE(registry::LoadDirectory(pool_, loaded).ok());
  registry::ClusterService after_restart(writing_, loaded, page_tokens_);
  registry::v1::GetClusterSnapshotRequest request;
  request.set_name("clusters/mnbg");
  const auto before = Call(clusters_, &registry::ClusterService::GetClusterSnapshot, request);
  const auto after = Call(after_restart, &registry::ClusterService::GetClusterSnapshot, request);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(*before->bytes, *after->bytes);
  EXPECT_EQ(Decoded(*after).members_size(), 3);
}

TEST_F(RegistryHandlersTest, ASnapshotThatWasAskedForBeforeShowsTheChangeAtOnce) {
  CreateClusters();
  CreateMembers();
  EXPECT_EQ(Snapshot("2024-06-25").leaders_size(), 0);
  EXPECT_EQ(Snapshot("2025-06-25").leaders_size(), 0);
  ASSERT_TRUE(
      Recognise(*Create("mnbg", testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD)))
          .ok());
  EXPECT_EQ(Snapshot("2024-06-25").leaders_size(), 1);
  EXPECT_EQ(Snapshot("2025-06-25").leaders_size(), 0);
}

TEST_F(RegistryHandlersTest, AnUnknownClusterHasNoSnapshot) {
  registry::v1::GetClusterSnapshotRequest request;
  request.set_name("clusters/khong-co");
  EXPECT_EQ(
      ReasonOf(Call(clusters_, &registry::ClusterService::GetClusterSnapshot, request).status()),
      Reason::REASON_NOT_FOUND);
}

}  // namespace
}  // namespace thidua
