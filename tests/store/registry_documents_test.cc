// Documents over a real database: what they replace, how they are found, and that no fact names one
// that is not recorded.
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_service.h"
#include "services/registry/documents/document_service.h"
#include "services/registry/schools/school_service.h"
#include "tests/store/registry_calls.h"
#include "tests/support/refusal_matchers.h"

namespace thidua {
namespace {

using contract::Reason;
using registry::ClusterService;
using registry::DocumentService;
using registry::SchoolService;
using registry::v1::Document;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::RefusedFor;

class RegistryDocumentsTest : public testing::RegistryCalls {
 protected:
  RegistryDocumentsTest()
      : documents_(writing_, page_tokens_),
        schools_(writing_, directory_, page_tokens_),
        clusters_(writing_, directory_, page_tokens_) {}

  // A day that is not wholly known has zeros.
  static Document Make(const std::string& number, const std::string& issuer,
                       const std::string& title, int year = 0, int month = 0, int day = 0) {
    Document document;
    document.set_number(number);
    document.set_issuer(issuer);
    document.set_title(title);
    if (year != 0 || month != 0) {
      document.mutable_issue_date()->set_year(year);
      document.mutable_issue_date()->set_month(month);
      document.mutable_issue_date()->set_day(day);
    }
    return testing::Documented(document, "Thư viện Pháp luật");
  }

  absl::StatusOr<Document> Create(const std::string& id, Document document,
                                  const std::vector<std::string>& supersedes = {}) {
    registry::v1::CreateDocumentRequest request;
    request.set_document_id(id);
    *request.mutable_document() = std::move(document);
    for (const std::string& name : supersedes)
      request.mutable_document()->add_supersedes("documents/" + name);
    return Call(documents_, &DocumentService::CreateDocument, request);
  }

  absl::StatusOr<Document> Supersede(const std::string& id,
                                     const std::vector<std::string>& supersedes) {
    registry::v1::UpdateDocumentRequest request;
    request.mutable_document()->set_name("documents/" + id);
    for (const std::string& name : supersedes)
      request.mutable_document()->add_supersedes("documents/" + name);
    request.mutable_update_mask()->add_paths("supersedes");
    request.set_etag(Get(id).etag());
    return Call(documents_, &DocumentService::UpdateDocument, request);
  }

  Document Get(const std::string& id) {
    registry::v1::GetDocumentRequest request;
    request.set_name("documents/" + id);
    return Call(documents_, &DocumentService::GetDocument, request).value_or(Document());
  }

  std::vector<std::string> Listed(const std::string& query, const std::string& filter = "") {
    registry::v1::ListDocumentsRequest request;
    request.set_query(query);
    request.set_filter(filter);
    const auto response = Call(documents_, &DocumentService::ListDocuments, request);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> names;
    for (const Document& document : response->documents()) names.push_back(document.name());
    return names;
  }

  // The two decrees and the law of the first data.
  void CreateLaws() {
    ASSERT_THAT(
        Create("91-2017-nd-cp", Make("91/2017/NĐ-CP", "Chính phủ",
                                     "Chi tiết thi hành Luật Thi đua, khen thưởng", 2017, 7, 31)),
        IsOk());
    ASSERT_THAT(Create("98-2023-nd-cp",
                       Make("98/2023/NĐ-CP", "Chính phủ", "Chi tiết Luật năm 2022", 2023, 12, 31),
                       {"91-2017-nd-cp"}),
                IsOk());
    ASSERT_THAT(Create("202-2025-qh15", Make("202/2025/QH15", "Quốc hội", "34 tỉnh, thành phố")),
                IsOk());
  }

  DocumentService documents_;
  SchoolService schools_;
  ClusterService clusters_;
};

TEST_F(RegistryDocumentsTest, ADocumentShowsWhatItReplacesAndWhatReplacesIt) {
  CreateLaws();
  EXPECT_THAT(Get("98-2023-nd-cp").supersedes(), ElementsAre("documents/91-2017-nd-cp"));
  EXPECT_THAT(Get("98-2023-nd-cp").superseded_by(), IsEmpty());
  EXPECT_THAT(Get("91-2017-nd-cp").superseded_by(), ElementsAre("documents/98-2023-nd-cp"));
}

TEST_F(RegistryDocumentsTest, ACorrectionOfWhatIsReplacedShowsAtOnce) {
  CreateLaws();
  ASSERT_THAT(Supersede("98-2023-nd-cp", {}), IsOk());
  EXPECT_THAT(Get("91-2017-nd-cp").superseded_by(), IsEmpty());
  const auto again = Supersede("202-2025-qh15", {"91-2017-nd-cp", "98-2023-nd-cp"});
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->etag(), "\"v2\"");
  EXPECT_THAT(Get("98-2023-nd-cp").superseded_by(), ElementsAre("documents/202-2025-qh15"));
}

TEST_F(RegistryDocumentsTest, DocumentsAreListedByDayOfIssueUnknownOnesFirst) {
  CreateLaws();
  ASSERT_THAT(Create("1122-btdkt-vi", Make("1122/BTĐKT-VI", "Ban Thi đua", "", 2017)), IsOk());
  EXPECT_THAT(Listed(""), ElementsAre("documents/202-2025-qh15", "documents/1122-btdkt-vi",
                                      "documents/91-2017-nd-cp", "documents/98-2023-nd-cp"));
}

TEST_F(RegistryDocumentsTest, AListGoesOnWhereThePageEnded) {
  CreateLaws();
  registry::v1::ListDocumentsRequest request;
  request.set_page_size(2);
  const auto first = Call(documents_, &DocumentService::ListDocuments, request);
  ASSERT_THAT(first, IsOk());
  ASSERT_EQ(first->documents_size(), 2);
  EXPECT_THAT(first->documents(1).superseded_by(), ElementsAre("documents/98-2023-nd-cp"));
  request.set_page_token(first->next_page_token());
  const auto second = Call(documents_, &DocumentService::ListDocuments, request);
  ASSERT_THAT(second, IsOk());
  ASSERT_EQ(second->documents_size(), 1);
  EXPECT_EQ(second->documents(0).name(), "documents/98-2023-nd-cp");
  EXPECT_THAT(second->next_page_token(), IsEmpty());
}

TEST_F(RegistryDocumentsTest, DocumentsAreFoundWithoutDiacriticsAndByFilter) {
  CreateLaws();
  EXPECT_THAT(Listed("98 nd-cp"), ElementsAre("documents/98-2023-nd-cp"));
  EXPECT_THAT(Listed("QUOC HOI tinh"), ElementsAre("documents/202-2025-qh15"));
  EXPECT_THAT(Listed("khen thuong"), ElementsAre("documents/91-2017-nd-cp"));
  EXPECT_THAT(Listed("", "issuer = \"Chính phủ\""),
              ElementsAre("documents/91-2017-nd-cp", "documents/98-2023-nd-cp"));
  EXPECT_THAT(Listed("", "number = \"202/2025/QH15\""), ElementsAre("documents/202-2025-qh15"));
}

TEST_F(RegistryDocumentsTest, ABatchKeepsTheOrderAskedFor) {
  CreateLaws();
  registry::v1::BatchGetDocumentsRequest request;
  for (const char* id : {"98-2023-nd-cp", "202-2025-qh15", "91-2017-nd-cp"})
    request.add_names(std::string("documents/") + id);
  const auto batch = Call(documents_, &DocumentService::BatchGetDocuments, request);
  ASSERT_THAT(batch, IsOk());
  ASSERT_EQ(batch->documents_size(), 3);
  EXPECT_EQ(batch->documents(0).number(), "98/2023/NĐ-CP");
  EXPECT_EQ(batch->documents(1).number(), "202/2025/QH15");
  EXPECT_THAT(batch->documents(2).superseded_by(), ElementsAre("documents/98-2023-nd-cp"));
}

TEST_F(RegistryDocumentsTest, ABatchNamesEveryDocumentThatIsMissing) {
  CreateLaws();
  registry::v1::BatchGetDocumentsRequest request;
  for (const char* id : {"64-hd-hvctqg", "91-2017-nd-cp", "30-hd-hvctqg"})
    request.add_names(std::string("documents/") + id);
  const absl::Status refused =
      Call(documents_, &DocumentService::BatchGetDocuments, request).status();
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_NOT_FOUND));
  EXPECT_EQ(contract::MetadataOf(refused)["resource"],
            "documents/30-hd-hvctqg, documents/64-hd-hvctqg");
}

TEST_F(RegistryDocumentsTest, WhatIsReplacedMustBeRecorded) {
  EXPECT_THAT(Create("98-2023-nd-cp", Make("98/2023/NĐ-CP", "Chính phủ", ""), {"91-2017-nd-cp"}),
              RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryDocumentsTest, NoDocumentReplacesItselfByWayOfOthers) {
  CreateLaws();
  ASSERT_THAT(Supersede("202-2025-qh15", {"98-2023-nd-cp"}), IsOk());
  EXPECT_THAT(Supersede("91-2017-nd-cp", {"202-2025-qh15"}),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryDocumentsTest, TwoChangesThatCloseACircleTogetherAreNotBothMade) {
  for (int round = 0; round < 8; ++round) {
    const std::string one = absl::StrCat("vong-", round, "-a");
    const std::string other = absl::StrCat("vong-", round, "-b");
    ASSERT_THAT(Create(one, Make("1/QĐ", "", "")), IsOk());
    ASSERT_THAT(Create(other, Make("2/QĐ", "", "")), IsOk());
    bool first = false;
    std::thread racer([&] { first = Supersede(one, {other}).ok(); });
    const bool second = Supersede(other, {one}).ok();
    racer.join();
    EXPECT_FALSE(first && second) << one;
  }
}

TEST_F(RegistryDocumentsTest, AStaleEtagChangesNothing) {
  CreateLaws();
  registry::v1::UpdateDocumentRequest request;
  request.mutable_document()->set_name("documents/98-2023-nd-cp");
  request.mutable_document()->set_title("Khác");
  request.mutable_update_mask()->add_paths("title");
  request.set_etag("\"v7\"");
  EXPECT_THAT(Call(documents_, &DocumentService::UpdateDocument, request),
              RefusedFor(Reason::REASON_STALE_ETAG));
  EXPECT_EQ(Get("98-2023-nd-cp").title(), "Chi tiết Luật năm 2022");
}

TEST_F(RegistryDocumentsTest, ASchoolNamesOnlyRecordedDocuments) {
  registry::v1::CreateSchoolRequest request;
  request.set_school_id("ben-tre");
  *request.mutable_school() =
      testing::School("ben-tre", "Bến Tre", "Trường Chính trị tỉnh Bến Tre");
  request.mutable_school()->mutable_provenance()->set_document("documents/91-2017-nd-cp");
  const auto refused = Call(schools_, &SchoolService::CreateSchool, request);
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_NOT_FOUND));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("documents/91-2017-nd-cp"));
  CreateLaws();
  EXPECT_THAT(Call(schools_, &SchoolService::CreateSchool, request), IsOk());
}

TEST_F(RegistryDocumentsTest, ANameIsCorrectedOnlyToARecordedDocument) {
  registry::v1::CreateSchoolRequest create;
  create.set_school_id("ben-tre");
  *create.mutable_school() = testing::School("ben-tre", "Bến Tre", "Trường Chính trị tỉnh Bến Tre");
  ASSERT_THAT(Call(schools_, &SchoolService::CreateSchool, create), IsOk());
  registry::v1::UpdateSchoolRequest update;
  *update.mutable_school() = create.school();
  update.mutable_school()->mutable_names(0)->mutable_provenance()->set_document("documents/x");
  update.mutable_update_mask()->add_paths("names");
  update.set_etag("\"v1\"");
  EXPECT_THAT(Call(schools_, &SchoolService::UpdateSchool, update),
              RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryDocumentsTest, ALineageEventNamesOnlyRecordedDocuments) {
  registry::v1::CreateLineageEventRequest request;
  request.set_lineage_event_id("tuyen-quang-2025");
  *request.mutable_lineage_event() =
      testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", "2025-07-01",
                       {"tuyen-quang", "ha-giang"}, {"tuyen-quang-2025"});
  request.mutable_lineage_event()->mutable_decision()->set_document("documents/khong-co");
  const absl::Status refused = Call(schools_, &SchoolService::CreateLineageEvent, request).status();
  EXPECT_EQ(contract::MetadataOf(refused)["resource"], "documents/khong-co");
}

// Everything that a cluster consists of, each naming a document that is not recorded.
TEST_F(RegistryDocumentsTest, NothingOfAClusterNamesADocumentThatIsNotRecorded) {
  const auto missing = [](const absl::Status& status) {
    return contract::ReasonOf(status) == Reason::REASON_NOT_FOUND
               ? contract::MetadataOf(status)["resource"]
               : std::string(status.message());
  };
  registry::v1::CreateClusterRegimeRequest regime;
  regime.set_cluster_regime_id("2021");
  *regime.mutable_cluster_regime() = testing::Regime("2021", "2021-02-03");
  regime.mutable_cluster_regime()->mutable_decision()->set_document("documents/khong-co");
  EXPECT_EQ(missing(Call(clusters_, &ClusterService::CreateClusterRegime, regime).status()),
            "documents/khong-co");
  regime.mutable_cluster_regime()->clear_decision();
  ASSERT_THAT(Call(clusters_, &ClusterService::CreateClusterRegime, regime), IsOk());

  registry::v1::CreateClusterRequest cluster;
  cluster.set_cluster_id("dbscl");
  *cluster.mutable_cluster() =
      testing::Cluster("dbscl", "2021", "Cụm khu vực đồng bằng sông Cửu Long");
  cluster.mutable_cluster()->mutable_provenance()->set_document("documents/khong-co");
  EXPECT_EQ(missing(Call(clusters_, &ClusterService::CreateCluster, cluster).status()),
            "documents/khong-co");
  cluster.mutable_cluster()->mutable_provenance()->clear_document();
  ASSERT_THAT(Call(clusters_, &ClusterService::CreateCluster, cluster), IsOk());

  registry::v1::CreateSchoolRequest school;
  school.set_school_id("ben-tre");
  *school.mutable_school() = testing::School("ben-tre", "Bến Tre", "Trường Chính trị tỉnh Bến Tre");
  ASSERT_THAT(Call(schools_, &SchoolService::CreateSchool, school), IsOk());
  registry::v1::CreateMembershipRequest membership;
  membership.set_parent("clusters/dbscl");
  *membership.mutable_membership() = testing::Membership("dbscl", "ben-tre");
  membership.mutable_membership()->mutable_provenance()->set_document("documents/khong-co");
  EXPECT_EQ(missing(Call(clusters_, &ClusterService::CreateMembership, membership).status()),
            "documents/khong-co");
  membership.mutable_membership()->mutable_provenance()->clear_document();
  ASSERT_THAT(Call(clusters_, &ClusterService::CreateMembership, membership), IsOk());

  registry::v1::CreateLeadershipTermRequest term;
  term.set_parent("clusters/dbscl");
  *term.mutable_leadership_term() =
      testing::Term("dbscl", "ben-tre", 2024, registry::v1::LEADERSHIP_ROLE_HEAD);
  term.mutable_leadership_term()->mutable_provenance()->set_document("documents/khong-co");
  EXPECT_EQ(missing(Call(clusters_, &ClusterService::CreateLeadershipTerm, term).status()),
            "documents/khong-co");
  term.mutable_leadership_term()->mutable_provenance()->clear_document();
  const auto elected = Call(clusters_, &ClusterService::CreateLeadershipTerm, term);
  ASSERT_THAT(elected, IsOk());
  registry::v1::RecogniseLeadershipTermRequest recognise;
  recognise.set_name(elected->name());
  recognise.set_etag(elected->etag());
  recognise.mutable_decision()->set_document("documents/khong-co");
  EXPECT_EQ(missing(Call(clusters_, &ClusterService::RecogniseLeadershipTerm, recognise).status()),
            "documents/khong-co");
}

}  // namespace
}  // namespace thidua
