#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/documents/document_rules.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/school_facts.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::RefusedFor;
using testing::RefusedForField;

v1::Document Decree98() {
  v1::Document document;
  document.set_name("documents/98-2023-nd-cp");
  document.set_number("98/2023/NĐ-CP");
  document.set_issuer("Chính phủ");
  document.add_supersedes("documents/91-2017-nd-cp");
  return testing::Documented(document, "Thư viện Pháp luật");
}

TEST(DocumentRulesTest, ADocumentMayReplaceOthers) {
  EXPECT_THAT(CheckDocument(Decree98()), IsOk());
}

TEST(DocumentRulesTest, NoDocumentReplacesItself) {
  v1::Document document = Decree98();
  document.add_supersedes(document.name());
  EXPECT_THAT(CheckDocument(document), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(DocumentRulesTest, ADocumentIsReplacedOnce) {
  v1::Document document = Decree98();
  document.add_supersedes("documents/91-2017-nd-cp");
  EXPECT_THAT(CheckDocument(document), RefusedForField("document.supersedes[1]"));
}

TEST(DocumentRulesTest, ADocumentedDocumentNamesItsSource) {
  v1::Document document = Decree98();
  document.mutable_provenance()->clear_source();
  EXPECT_THAT(CheckDocument(document), RefusedForField("document.provenance.source"));
}

TEST(DocumentRulesTest, ACircleIsToldInBothLanguages) {
  EXPECT_THAT(SupersedesItself("documents/91-2017-nd-cp", "documents/98-2023-nd-cp"),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(DocumentRulesTest, EveryPartOfAMessageIsSearchedForDocuments) {
  v1::School school = testing::School("quang-ninh", "Quảng Ninh", "Trường Chính trị Quảng Ninh");
  school.mutable_provenance()->set_document("documents/11-qd-tw");
  school.mutable_names(0)->mutable_provenance()->set_document("documents/09-qdi-tw");
  v1::CreateSchoolRequest request;
  *request.mutable_school() = school;
  EXPECT_THAT(DocumentsNamedIn(request), ElementsAre("documents/09-qdi-tw", "documents/11-qd-tw"));
}

TEST(DocumentRulesTest, ADecisionNamesItsRecord) {
  v1::ClusterRegime regime = testing::Regime("2021");
  regime.mutable_decision()->set_document("documents/550-qd-hvctqg");
  regime.mutable_provenance()->set_document("documents/550-qd-hvctqg");
  EXPECT_THAT(DocumentsNamedIn(regime), ElementsAre("documents/550-qd-hvctqg"));
}

TEST(DocumentRulesTest, ATermNamesTheRecordOfItsRecognition) {
  v1::LeadershipTerm term = testing::Term("mnbg", "quang-ninh", 2019, v1::LEADERSHIP_ROLE_HEAD);
  term.mutable_recognition()->set_document("documents/7431-qd-hvctqg");
  EXPECT_THAT(DocumentsNamedIn(term), ElementsAre("documents/7431-qd-hvctqg"));
}

TEST(DocumentRulesTest, OtherReferencesAreNotDocuments) {
  EXPECT_THAT(DocumentsNamedIn(testing::Membership("mnbg", "quang-ninh")), IsEmpty());
}

}  // namespace
}  // namespace thidua::registry
