// Importing into the registry over a real database: all of the writes or none, every refusal told,
// once in effect.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/database/migrator.h"
#include "common/directory/directory.h"
#include "common/directory/publication.h"
#include "common/runtime/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_service.h"
#include "services/registry/imports/import_service.h"
#include "services/registry/schools/school_service.h"
#include "tests/support/handler_call.h"
#include "tests/support/private_database.h"
#include "tests/support/school_facts.h"

namespace thidua {
namespace {

using contract::Reason;
using contract::ReasonOf;
using registry::v1::ImportRegistryRequest;
using registry::v1::ImportRegistryResponse;
using registry::v1::School;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kPageKey[] = "khoa-thu-nghiem-cua-trang-danh-sach-0123456789";

class RegistryImportsTest : public ::testing::Test {
 protected:
  RegistryImportsTest()
      : schema_(testing::PrivateDatabase::Shared().CreateSchema("registry",
                                                                database::registry_migrations())),
        pool_(schema_.app, 4),
        page_tokens_(contract::PageTokens::Create(kPageKey).value()),
        writing_{pool_,
                 [this](absl::Span<const database::ResourceVersion> written) {
                   directory::Publish(directory_, written);
                 }},
        schools_(writing_, directory_, page_tokens_),
        clusters_(writing_, directory_, page_tokens_),
        imports_(writing_, router_) {
    schools_.Register(router_);
    clusters_.Register(router_);
  }

  absl::StatusOr<ImportRegistryResponse> Import(
      const ImportRegistryRequest& request, const std::string& request_id = runtime::NewUuid4()) {
    const absl::Time now =
        absl::FromCivil(Day("2024-06-25"), runtime::VietnamTime()) + absl::Hours(9);
    rpc::HandlerCall call("/thidua.registry.v1.ImportService/ImportRegistry", request, now,
                          request_id);
    return call.Ask(writing_, imports_, &registry::ImportService::ImportRegistry, request);
  }

  absl::StatusOr<School> Stored(const std::string& id) {
    registry::v1::GetSchoolRequest request;
    request.set_name("schools/" + id);
    rpc::HandlerCall call("/thidua.registry.v1.SchoolService/GetSchool", request);
    return call.Ask(writing_, schools_, &registry::SchoolService::GetSchool, request);
  }

  int64_t Count(const std::string& table) {
    return (*pool_.Borrow({absl::Now() + absl::Seconds(10)}))
        ->Query("SELECT COUNT(*) FROM " + table)
        ->front()
        .Int(0);
  }

  static void Add(const School& school, ImportRegistryRequest& request) {
    registry::v1::RegistryWrite& write = *request.add_writes();
    write.set_row(absl::StrCat("schools.csv:", request.writes_size() + 1));
    write.mutable_create_school()->set_school_id(
        school.name().substr(std::string("schools/").size()));
    *write.mutable_create_school()->mutable_school() = school;
  }

  static void AddMembership(const std::string& cluster, const std::string& school,
                            ImportRegistryRequest& request) {
    registry::v1::RegistryWrite& write = *request.add_writes();
    write.mutable_create_membership()->set_parent("clusters/" + cluster);
    *write.mutable_create_membership()->mutable_membership() = testing::Membership(cluster, school);
  }

  static void AddCluster(ImportRegistryRequest& request) {
    auto& regime = *request.add_writes()->mutable_create_cluster_regime();
    regime.set_cluster_regime_id("2021");
    *regime.mutable_cluster_regime() = testing::Regime("2021", "2021-02-03");
    auto& cluster = *request.add_writes()->mutable_create_cluster();
    cluster.set_cluster_id("mnbg");
    *cluster.mutable_cluster() =
        testing::Cluster("mnbg", "2021", "Cụm khu vực miền núi, biên giới phía Bắc");
  }

  // A rename without an etag.
  static void AddRename(const std::string& id, const std::string& name,
                        ImportRegistryRequest& request) {
    auto& update = *request.add_writes()->mutable_update_school();
    update.mutable_school()->set_name("schools/" + id);
    *update.mutable_school()->add_names() = testing::SchoolName(name);
    update.mutable_update_mask()->add_paths("names");
  }

  // As many schools, one a province.
  static ImportRegistryRequest Schools(int count) {
    ImportRegistryRequest request;
    for (int i = 0; i < count; ++i) {
      const std::string id = absl::StrCat("tinh-", i);
      Add(testing::School(id, absl::StrCat("Tỉnh ", i),
                          absl::StrCat("Trường Chính trị tỉnh số ", i)),
          request);
    }
    return request;
  }

  directory::Directory directory_;
  testing::PrivateDatabase::Schema schema_;
  database::Pool pool_;
  contract::PageTokens page_tokens_;
  rpc::Writing writing_;
  rpc::Router router_;
  registry::SchoolService schools_;
  registry::ClusterService clusters_;
  registry::ImportService imports_;
};

TEST_F(RegistryImportsTest, LaterWritesSeeWhatEarlierOnesMade) {
  ImportRegistryRequest request;
  AddCluster(request);
  Add(testing::School("quang-ninh", "Quảng Ninh", "Trường Đào tạo cán bộ Nguyễn Văn Cừ"), request);
  AddMembership("mnbg", "quang-ninh", request);
  const auto answer = Import(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->applied()) << answer->DebugString();
  EXPECT_EQ(answer->tried_count(), 4);
  EXPECT_EQ(directory_.Current()->ClusterOf("quang-ninh", Day("2024-06-25")), "mnbg");
}

TEST_F(RegistryImportsTest, EventsNameTheImport) {
  ASSERT_TRUE(Import(Schools(1))->applied());
  const auto rows = (*pool_.Borrow({absl::Now() + absl::Seconds(10)}))
                        ->Query("SELECT DISTINCT method FROM event");
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ(rows->front().Text(0), "/thidua.registry.v1.ImportService/ImportRegistry");
}

TEST_F(RegistryImportsTest, ARefusedRowInTheMiddleOfFiveHundredLeavesNothing) {
  ImportRegistryRequest request = Schools(500);
  request.mutable_writes(250)->mutable_create_school()->mutable_school()->clear_province();
  const auto answer = Import(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->applied());
  EXPECT_EQ(answer->tried_count(), 500);
  ASSERT_EQ(answer->problems_size(), 1);
  EXPECT_EQ(answer->problems(0).index(), 250);
  EXPECT_EQ(answer->problems(0).row(), "schools.csv:252");
  EXPECT_EQ(answer->problems(0).reason(), Reason::REASON_INVALID_REQUEST);
  EXPECT_EQ(answer->problems(0).field_violations(0).field(), "school.province");
  EXPECT_FALSE(answer->problems(0).field_violations(0).description_vi().empty());
  EXPECT_EQ(Count("school"), 0);
  EXPECT_EQ(Count("event"), 0);
}

TEST_F(RegistryImportsTest, EveryRefusalIsToldWithBothTexts) {
  ImportRegistryRequest request;
  AddCluster(request);
  for (const char* cluster : {"tdmn"}) {
    auto& other = *request.add_writes()->mutable_create_cluster();
    other.set_cluster_id(cluster);
    *other.mutable_cluster() = testing::Cluster(cluster, "2021", "Cụm Trung du");
  }
  Add(testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La"), request);
  AddMembership("mnbg", "son-la", request);
  AddMembership("tdmn", "son-la", request);  // a second cluster on the same days
  request.add_writes();                      // nothing
  const auto answer = Import(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->problem_count(), 2) << answer->DebugString();
  EXPECT_EQ(answer->problems(0).reason(), Reason::REASON_OVERLAP);
  EXPECT_THAT(answer->problems(0).message(), HasSubstr("overlaps"));
  EXPECT_THAT(answer->problems(0).message_vi(), HasSubstr("trùng thời gian"));
  EXPECT_EQ(answer->problems(1).field_violations(0).field(), "write");
}

TEST_F(RegistryImportsTest, WhatFollowsFromARefusedWriteIsMarkedAsAConsequence) {
  ImportRegistryRequest request;
  AddCluster(request);
  School nameless = testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La");
  nameless.clear_kind();
  Add(nameless, request);
  AddMembership("mnbg", "son-la", request);
  AddRename("son-la", "Trường Chính trị Tô Hiệu", request);
  AddMembership("mnbg", "lai-chau", request);  // nobody was to record that one
  const auto answer = Import(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  std::vector<bool> consequences;
  for (const auto& problem : answer->problems()) consequences.push_back(problem.consequence());
  EXPECT_THAT(consequences, ElementsAre(false, true, true, false));
}

TEST_F(RegistryImportsTest, AnEtagMayBeLeftToTheWriteBefore) {
  ImportRegistryRequest request;
  Add(testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La"), request);
  AddRename("son-la", "Trường Chính trị Tô Hiệu", request);
  AddRename("son-la", "Trường Chính trị Tô Hiệu tỉnh Sơn La", request);
  ASSERT_TRUE(Import(request)->applied());
  EXPECT_EQ(Stored("son-la")->names(0).official_name(), "Trường Chính trị Tô Hiệu tỉnh Sơn La");
}

TEST_F(RegistryImportsTest, AnEtagIsNeededForWhatTheImportHasNotWritten) {
  ImportRegistryRequest first;
  Add(testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La"), first);
  ASSERT_TRUE(Import(first)->applied());
  ImportRegistryRequest second;
  AddRename("son-la", "Trường Chính trị Tô Hiệu", second);
  const auto answer = Import(second);
  ASSERT_EQ(answer->problems_size(), 1);
  EXPECT_EQ(answer->problems(0).field_violations(0).field(), "etag");
  EXPECT_EQ(Stored("son-la")->names(0).official_name(), "Trường Chính trị tỉnh Sơn La");
}

TEST_F(RegistryImportsTest, ATakenNameEndsTheImportAndSaysHowFarItCame) {
  ASSERT_TRUE(Import(Schools(1))->applied());
  ImportRegistryRequest request = Schools(3);
  const auto answer = Import(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->tried_count(), 1);
  ASSERT_EQ(answer->problems_size(), 1);
  EXPECT_EQ(answer->problems(0).reason(), Reason::REASON_ALREADY_EXISTS);
  EXPECT_EQ(Count("school"), 1);
}

TEST_F(RegistryImportsTest, ARehearsalTellsTheSameAndStoresNothing) {
  ImportRegistryRequest request = Schools(3);
  request.set_validate_only(true);
  const auto good = Import(request);
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_FALSE(good->applied());
  EXPECT_THAT(good->problems(), IsEmpty());
  EXPECT_EQ(good->tried_count(), 3);
  request.mutable_writes(1)->mutable_create_school()->mutable_school()->clear_province();
  EXPECT_EQ(Import(request)->problem_count(), 1);
  EXPECT_EQ(Count("school"), 0);
  EXPECT_EQ(Count("event"), 0);
}

TEST_F(RegistryImportsTest, ARepeatedRequestHasOneEffect) {
  const std::string id = runtime::NewUuid4();
  ASSERT_TRUE(Import(Schools(2), id)->applied());
  EXPECT_TRUE(Import(Schools(2), id)->applied());
  EXPECT_EQ(Count("event"), 2);
  EXPECT_EQ(ReasonOf(Import(Schools(3), id).status()), Reason::REASON_REQUEST_ID_REUSED);
}

TEST_F(RegistryImportsTest, ARefusedImportIsTriedAfreshUnderItsId) {
  const std::string id = runtime::NewUuid4();
  ImportRegistryRequest request = Schools(1);
  AddRename("tinh-khac", "Trường Chính trị", request);
  ASSERT_EQ(Import(request, id)->problem_count(), 1);
  EXPECT_TRUE(Import(Schools(1), id)->applied());
}

}  // namespace
}  // namespace thidua
