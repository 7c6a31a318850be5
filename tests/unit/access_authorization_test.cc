#include <map>

#include "common/access/authorization.h"
#include "common/contract/refusal.h"
#include "gtest/gtest.h"
#include "thidua/reporting/v1/report_service.pb.h"

namespace thidua::access {
namespace {

using reporting::v1::CreateReportRequest;
using reporting::v1::SubmitReportRequest;
using reporting::v1::UpdateReportRequest;

constexpr char kPolicy[] = R"({
  "roles": [{"name": "actor", "permissions": ["reporting.reports.act"]}],
  "bindings": [
    {"identity": "/academy/*", "roles": ["actor"], "reach": "REACH_ALL"},
    {"identity": "/academy/guest", "roles": ["actor"], "reach": "REACH_OWN"},
    {"identity": "/school/*", "roles": ["actor"], "reach": "REACH_OWN"},
    {"identity": "/portal/*", "roles": ["actor"], "reach": "REACH_OWN"},
    {"identity": "/service/*", "roles": ["actor"], "reach": "REACH_OWN"}
  ]
})";

class AuthorizationTest : public ::testing::Test {
 protected:
  static Caller Academy() { return {Caller::Kind::kAcademy, "office", "", ""}; }
  static Caller School(const std::string& id) { return {Caller::Kind::kSchool, id, "", ""}; }
  static Caller Portal(const std::string& id) { return {Caller::Kind::kPortal, id, "", ""}; }

  static v1::AccessRule Rule(v1::Scope scope, const std::string& field = "",
                             const std::string& collection = "") {
    v1::AccessRule rule;
    rule.set_permission("reporting.reports.act");
    rule.set_scope(scope);
    rule.set_scope_field(field);
    rule.set_scope_collection(collection);
    return rule;
  }

  static SubmitReportRequest Submit(const std::string& name) {
    SubmitReportRequest request;
    request.set_name(name);
    return request;
  }

  bool Allowed(const Caller& caller, const v1::AccessRule& rule,
               const google::protobuf::Message& request) const {
    const absl::Status status = Authorize(caller, rule, request, *policy_, facts_);
    EXPECT_EQ(contract::ReasonOf(status),
              status.ok() ? v1::REASON_UNSPECIFIED : v1::REASON_PERMISSION_DENIED);
    return status.ok();
  }

  const std::shared_ptr<const Policy> policy_ = *Policy::Parse(kPolicy, {});
  // Điện Biên and Lào Cai are in cluster mnbg, which Điện Biên leads; Hà Nội is in none.
  const std::map<std::string, std::string, std::less<>> provinces_ = {
      {"dien-bien", "dien-bien"}, {"lao-cai", "lao-cai"}, {"yen-bai", "lao-cai"}};
  ScopeFacts facts_ = {[](std::string_view school, std::string_view cluster) {
                         return school == "dien-bien" && cluster == "mnbg";
                       },
                       [](std::string_view school) {
                         return school == "ha-noi" ? std::string() : std::string("mnbg");
                       },
                       [this](std::string_view school) {
                         const auto found = provinces_.find(school);
                         return found == provinces_.end() ? std::string() : found->second;
                       }};

  const v1::AccessRule school_rule_ = Rule(v1::SCOPE_SCHOOL, "name", "reports");
  const v1::AccessRule cluster_rule_ = Rule(v1::SCOPE_CLUSTER, "name", "clusters");
  const v1::AccessRule cluster_of_school_rule_ =
      Rule(v1::SCOPE_CLUSTER_OF_SCHOOL, "name", "reports");
  const SubmitReportRequest dien_bien_ = Submit("windows/2024-h1/reports/dien-bien");
  const SubmitReportRequest lao_cai_ = Submit("windows/2024-h1/reports/lao-cai");
};

TEST_F(AuthorizationTest, ASchoolActsForItself) {
  EXPECT_TRUE(Allowed(School("dien-bien"), school_rule_, dien_bien_));
  EXPECT_FALSE(Allowed(School("dien-bien"), school_rule_, lao_cai_));
}

TEST_F(AuthorizationTest, APortalActsForTheSchoolsOfItsProvince) {
  EXPECT_TRUE(Allowed(Portal("lao-cai"), school_rule_, lao_cai_));
  EXPECT_TRUE(Allowed(Portal("lao-cai"), school_rule_, Submit("windows/2024-h1/reports/yen-bai")));
  EXPECT_FALSE(Allowed(Portal("lao-cai"), school_rule_, dien_bien_));
  EXPECT_FALSE(Allowed(Portal("lao-cai"), school_rule_, Submit("windows/2024-h1/reports/unknown")));
  EXPECT_FALSE(Allowed(Portal(""), school_rule_, Submit("windows/2024-h1/reports/unknown")));
}

TEST_F(AuthorizationTest, TheAcademyActsForAll) {
  EXPECT_TRUE(Allowed(Academy(), school_rule_, lao_cai_));
  EXPECT_TRUE(Allowed(Academy(), cluster_rule_, Submit("clusters/mnbg")));
  EXPECT_TRUE(
      Allowed(Academy(), cluster_of_school_rule_, Submit("windows/2024-h1/reports/ha-noi")));
  EXPECT_TRUE(Allowed(Academy(), Rule(v1::SCOPE_ACADEMY), dien_bien_));
}

TEST_F(AuthorizationTest, NobodyElseHasTheAcademysScope) {
  for (const Caller& caller :
       {School("dien-bien"), Portal("lao-cai"), Caller{Caller::Kind::kService, "awards", "", ""}}) {
    EXPECT_FALSE(Allowed(caller, Rule(v1::SCOPE_ACADEMY), dien_bien_));
  }
}

TEST_F(AuthorizationTest, OwnReachOfOthersOwnsNothing) {
  const Caller service{Caller::Kind::kService, "dien-bien", "", ""};
  EXPECT_FALSE(Allowed(service, school_rule_, dien_bien_));
  EXPECT_FALSE(
      Allowed(service, Rule(v1::SCOPE_CLUSTER, "name", "clusters"), Submit("clusters/mnbg")));
}

TEST_F(AuthorizationTest, TheWidestReachCounts) {
  EXPECT_TRUE(Allowed({Caller::Kind::kAcademy, "guest", "", ""}, school_rule_, lao_cai_));
}

TEST_F(AuthorizationTest, AReportIsReadByItsOwnAndByTheLeaderOfItsCluster) {
  const v1::AccessRule rule = Rule(v1::SCOPE_SCHOOL_OR_CLUSTER, "name", "reports");
  EXPECT_TRUE(Allowed(School("lao-cai"), rule, lao_cai_));
  EXPECT_TRUE(Allowed(Portal("lao-cai"), rule, lao_cai_));
  EXPECT_TRUE(Allowed(School("dien-bien"), rule, lao_cai_));
  EXPECT_FALSE(Allowed(School("yen-bai"), rule, lao_cai_));
  EXPECT_FALSE(Allowed(School("dien-bien"), rule, Submit("windows/2024-h1/reports/ha-noi")));
  EXPECT_FALSE(Allowed(Portal("dien-bien"), rule, lao_cai_));
}

TEST_F(AuthorizationTest, ALeaderActsInItsCluster) {
  EXPECT_TRUE(Allowed(School("dien-bien"), cluster_rule_, Submit("clusters/mnbg")));
  EXPECT_FALSE(Allowed(School("dien-bien"), cluster_rule_, Submit("clusters/dbsh")));
  EXPECT_FALSE(Allowed(School("lao-cai"), cluster_rule_, Submit("clusters/mnbg")));
  EXPECT_FALSE(Allowed(Portal("dien-bien"), cluster_rule_, Submit("clusters/mnbg")));
}

TEST_F(AuthorizationTest, ALeaderActsForTheMembersOfItsCluster) {
  EXPECT_TRUE(Allowed(School("dien-bien"), cluster_of_school_rule_, lao_cai_));
  EXPECT_FALSE(
      Allowed(School("lao-cai"), cluster_of_school_rule_, lao_cai_));  // not even for itself
  EXPECT_FALSE(Allowed(School("dien-bien"), cluster_of_school_rule_,
                       Submit("windows/2024-h1/reports/ha-noi")));
}

TEST_F(AuthorizationTest, ASchoolWithoutAClusterIsLedByNobody) {
  facts_.leads_cluster = [](std::string_view, std::string_view) { return true; };
  EXPECT_FALSE(Allowed(School("dien-bien"), cluster_of_school_rule_,
                       Submit("windows/2024-h1/reports/ha-noi")));
}

TEST_F(AuthorizationTest, MembersNeedOnlyTheGrant) {
  for (const v1::Scope scope : {v1::SCOPE_MEMBERS, v1::SCOPE_FILTERED}) {
    EXPECT_TRUE(Allowed(School("lao-cai"), Rule(scope), dien_bien_));
    EXPECT_TRUE(Allowed(Portal("lao-cai"), Rule(scope), dien_bien_));
    EXPECT_FALSE(Allowed({Caller::Kind::kOperations, "verifier", "", ""}, Rule(scope), dien_bien_));
  }
}

TEST_F(AuthorizationTest, WithoutAGrantNothingIsAllowed) {
  v1::AccessRule rule = school_rule_;
  rule.set_permission("reporting.reports.other");
  EXPECT_FALSE(Allowed(Academy(), rule, dien_bien_));
  EXPECT_FALSE(Allowed(School("dien-bien"), rule, dien_bien_));
  rule.clear_permission();
  EXPECT_FALSE(Allowed(Academy(), rule, dien_bien_));
}

TEST_F(AuthorizationTest, AnUndeclaredScopeDeniesEveryone) {
  EXPECT_FALSE(Allowed(Academy(), Rule(v1::SCOPE_UNSPECIFIED), dien_bien_));
  EXPECT_FALSE(Allowed(Academy(), Rule(static_cast<v1::Scope>(99)), dien_bien_));
}

TEST_F(AuthorizationTest, AMissingOrMalformedNameDeniesEveryone) {
  for (const char* name :
       {"", "dien-bien", "reports/", "windows/2024-h1", "windows/2024-h1/reports/Dien-Bien",
        "windows/2024-h1/reports/dien-bien/", "windows/2024-h1/reports/dien-bien/reports/lao-cai",
        "windows/2024-h1/reports/-", "windows/2024-h1//reports/dien-bien",
        "windows/reports/dien-bien", "windows/2024-h1/reports/dien-bien\n"}) {
    EXPECT_FALSE(Allowed(School("dien-bien"), school_rule_, Submit(name))) << name;
    EXPECT_FALSE(Allowed(Academy(), school_rule_, Submit(name))) << name;
  }
}

TEST_F(AuthorizationTest, ABrokenRuleDeniesEveryone) {
  for (const char* field : {"", ".", "name.", "name.x", "nothing", "validate_only", "report"}) {
    EXPECT_FALSE(Allowed(Academy(), Rule(v1::SCOPE_SCHOOL, field, "reports"), dien_bien_)) << field;
  }
  EXPECT_FALSE(Allowed(Academy(), Rule(v1::SCOPE_SCHOOL, "name", ""), dien_bien_));
  EXPECT_FALSE(Allowed(Academy(), Rule(v1::SCOPE_SCHOOL, "name", "schools"), dien_bien_));
}

TEST_F(AuthorizationTest, TheNameMayBeInsideTheResource) {
  UpdateReportRequest update;
  const v1::AccessRule rule = Rule(v1::SCOPE_SCHOOL, "report.name", "reports");
  EXPECT_FALSE(Allowed(School("dien-bien"), rule, update));
  update.mutable_report()->set_name("windows/2024-h1/reports/dien-bien");
  EXPECT_TRUE(Allowed(School("dien-bien"), rule, update));
  CreateReportRequest create;
  create.mutable_report()->set_school("schools/dien-bien");
  EXPECT_TRUE(
      Allowed(School("dien-bien"), Rule(v1::SCOPE_SCHOOL, "report.school", "schools"), create));
}

TEST_F(AuthorizationTest, WithoutFactsWhatDependsOnThemIsDenied) {
  facts_ = {};
  EXPECT_FALSE(Allowed(Portal("lao-cai"), school_rule_, lao_cai_));
  EXPECT_FALSE(Allowed(School("dien-bien"), cluster_rule_, Submit("clusters/mnbg")));
  EXPECT_FALSE(Allowed(School("dien-bien"), cluster_of_school_rule_, lao_cai_));
  EXPECT_TRUE(Allowed(School("dien-bien"), school_rule_, dien_bien_));
}

TEST_F(AuthorizationTest, TheRefusalNamesPermissionAndResource) {
  const absl::Status denied =
      Authorize(School("dien-bien"), school_rule_, lao_cai_, *policy_, facts_);
  EXPECT_EQ(denied.message(),
            "Permission reporting.reports.act denied on windows/2024-h1/reports/lao-cai (or it "
            "might not exist).");
  EXPECT_EQ(
      contract::VietnameseText(
          Authorize(School("dien-bien"), Rule(v1::SCOPE_ACADEMY), Submit(""), *policy_, facts_)),
      "Không có quyền reporting.reports.act đối với toàn hệ thống (hoặc đối tượng không tồn tại).");
}

}  // namespace
}  // namespace thidua::access
