#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/contract/method_rules.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "tests/unit/contract_schema.h"

namespace thidua::contract {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGood[] = R"(
  message Report {
    option (google.api.resource) = {type: "t/Report" pattern: "windows/{window}/reports/{report}"};
    string name = 1; string etag = 2;
  }
  message SubmitReportRequest {
    string name = 1 [(google.api.resource_reference).type = "t/Report"]; string etag = 2; string request_id = 3;
  }
  message UpdateReportRequest { Report report = 1; string request_id = 2; }
  message ListReportsRequest { string parent = 1; int32 page_size = 2; string page_token = 3; }
  message ListReportsResponse { repeated Report reports = 1; string next_page_token = 2; }
  service ReportService {
    rpc SubmitReport(SubmitReportRequest) returns (Report) {
      option idempotency_level = IDEMPOTENT;
      option (google.api.http) = {post: "/v1/{name=windows/*/reports/*}:submit" body: "*"};
      option (thidua.access.v1.access) = {
        permission: "reporting.reports.submit" scope: SCOPE_SCHOOL scope_field: "name" scope_collection: "reports"
        default_deadline: {seconds: 5} max_deadline: {seconds: 20}
      };
    }
    rpc UpdateReport(UpdateReportRequest) returns (Report) {
      option idempotency_level = IDEMPOTENT;
      option (google.api.http) = {patch: "/v1/{report.name=windows/*/reports/*}" body: "report"};
      option (thidua.access.v1.access) = {
        permission: "reporting.reports.draft" scope: SCOPE_CLUSTER_OF_SCHOOL scope_field: "report.name"
        scope_collection: "reports" default_deadline: {seconds: 5} max_deadline: {seconds: 5 nanos: 1}
      };
    }
    rpc ListReports(ListReportsRequest) returns (ListReportsResponse) {
      option idempotency_level = NO_SIDE_EFFECTS;
      option (google.api.http) = {get: "/v1/{parent=windows/*}/reports"};
      option (thidua.access.v1.access) = {
        permission: "reporting.reports.read" scope: SCOPE_FILTERED default_deadline: {seconds: 5} max_deadline: {seconds: 20}
      };
    }
    rpc WatchReports(ListReportsRequest) returns (stream ListReportsResponse) {
      option idempotency_level = NO_SIDE_EFFECTS;
      option (thidua.access.v1.access) = {
        permission: "reporting.reports.read" scope: SCOPE_ACADEMY default_deadline: {seconds: 5} max_deadline: {seconds: 20}
      };
    }
  }
)";

// What CheckMethods says when `old` is replaced by `replacement` in the good contract.
std::string Faults(const std::string& old = "", const std::string& replacement = "") {
  std::string text = kGood;
  if (!old.empty()) {
    const size_t at = text.find(old);
    EXPECT_NE(at, text.npos) << old;
    text.replace(at, old.size(), replacement);
  }
  const Schema schema(text);
  return std::string(CheckMethods({schema.Service()}).message());
}

TEST(MethodRulesTest, AGoodContractPasses) { EXPECT_EQ(Faults(), ""); }

TEST(MethodRulesTest, ReadsWhatAMethodDeclares) {
  const Schema schema(kGood);
  const MethodRule rule = RuleOf(*schema.Service()->method(0));
  EXPECT_EQ(rule.path, "/thidua.test.ReportService/SubmitReport");
  EXPECT_EQ(rule.access.permission(), "reporting.reports.submit");
  EXPECT_EQ(rule.access.scope(), access::v1::SCOPE_SCHOOL);
  EXPECT_EQ(rule.http.body(), "*");
  EXPECT_TRUE(rule.mutates);
  EXPECT_EQ(rule.default_deadline, absl::Seconds(5));
  EXPECT_EQ(rule.max_deadline, absl::Seconds(20));
  EXPECT_FALSE(RuleOf(*schema.Service()->method(2)).mutates);
  EXPECT_EQ(RuleOf(*schema.Service()->method(1)).max_deadline,
            absl::Seconds(5) + absl::Nanoseconds(1));
}

TEST(MethodRulesTest, PermissionsAreListedOnce) {
  const Schema schema(kGood);
  EXPECT_THAT(
      PermissionsOf({schema.Service()}),
      ElementsAre("reporting.reports.draft", "reporting.reports.read", "reporting.reports.submit"));
}

struct Flaw {
  const char* name;
  const char* old;
  const char* replacement;
  const char* fault;
};

class MethodFlawTest : public ::testing::TestWithParam<Flaw> {};

TEST_P(MethodFlawTest, IsNamed) {
  EXPECT_THAT(Faults(GetParam().old, GetParam().replacement), HasSubstr(GetParam().fault));
}

INSTANTIATE_TEST_SUITE_P(
    Flaws, MethodFlawTest,
    ::testing::Values(
        Flaw{"Permission", "\"reporting.reports.submit\"", "\"Submit\"",
             "SubmitReport: not a permission: 'Submit'"},
        Flaw{"NoPermission", "permission: \"reporting.reports.submit\"", "",
             "SubmitReport: not a permission: ''"},
        Flaw{"Scope", "scope: SCOPE_SCHOOL", "", "SubmitReport: no scope"},
        Flaw{"NoScopeField", "scope_field: \"name\"", "", "scope_field ''"},
        Flaw{"ScopeFieldMissing", "scope_field: \"name\"", "scope_field: \"school\"",
             "scope_field 'school'"},
        Flaw{"ScopeFieldPath", "scope_field: \"report.name\"", "scope_field: \"report.name.x\"",
             "scope_field 'report.name.x'"},
        Flaw{"ScopeFieldKind", "scope_field: \"report.name\"", "scope_field: \"report\"",
             "scope_field 'report'"},
        Flaw{"NoScopeCollection", "scope_collection: \"reports\"", "",
             "not a scope_collection: ''"},
        Flaw{"ScopeCollection", "scope_collection: \"reports\"", "scope_collection: \"schools\"",
             "scope_collection 'schools' is not in windows/{window}/reports/{report}"},
        Flaw{"NeedlessScopeField", "scope: SCOPE_FILTERED",
             "scope: SCOPE_FILTERED scope_field: \"parent\"", "mean nothing"},
        Flaw{"DefaultDeadline", "default_deadline: {seconds: 5}", "",
             "SubmitReport: no default_deadline"},
        Flaw{"MaxDeadline", "max_deadline: {seconds: 20}", "", "SubmitReport: no max_deadline"},
        Flaw{"NegativeDeadline", "default_deadline: {seconds: 5}",
             "default_deadline: {seconds: -5}", "no default_deadline"},
        Flaw{"DeadlineOrder", "default_deadline: {seconds: 5}", "default_deadline: {seconds: 21}",
             "above max_deadline"},
        Flaw{"InMemory", "scope: SCOPE_SCHOOL", "in_memory: true scope: SCOPE_SCHOOL",
             "in_memory on a method"},
        Flaw{"Idempotency", "option idempotency_level = IDEMPOTENT;", "",
             "SubmitReport: no idempotency_level"},
        Flaw{"Http", "option (google.api.http) = {get: \"/v1/{parent=windows/*}/reports\"};", "",
             "no google.api.http"},
        Flaw{"HttpVariable", "{parent=windows/*}", "{cluster=windows/*}",
             "HTTP path: no field cluster"},
        Flaw{"HttpBody", "body: \"report\"", "body: \"school\"", "HTTP body: no field school"},
        Flaw{"HttpTaken", "patch: \"/v1/{report.name=windows/*/reports/*}\" body: \"report\"",
             "post: \"/v1/windows/{request_id}/reports/*:submit\"",
             "POST /v1/windows/*/reports/*:submit belongs to "
             "thidua.test.ReportService.SubmitReport"},
        Flaw{"GetWithBody", "{get: \"/v1/{parent=windows/*}/reports\"}",
             "{get: \"/v1/reports\" body: \"*\"}", "GET has no body"},
        Flaw{"GetThatWrites", "option idempotency_level = NO_SIDE_EFFECTS;",
             "option idempotency_level = IDEMPOTENT;", "GET on a method with side effects"},
        Flaw{"RequestId", "string request_id = 3;", "",
             "SubmitReport: a mutation needs the field request_id"},
        Flaw{"Etag", "string etag = 2; string request_id = 3;", "string request_id = 3;",
             "SubmitReport: a change of a resource needs the field etag"},
        Flaw{"ResourceEtag", "string name = 1; string etag = 2;", "string name = 1;",
             "UpdateReport: a change of a resource"},
        Flaw{"PageSize", "int32 page_size = 2;", "", "ListReports: a list needs int32 page_size"},
        Flaw{"PageToken", "string page_token = 3;", "", "a list needs string page_token"},
        Flaw{"NextPageToken", "string next_page_token = 2;", "", "needs string next_page_token"},
        Flaw{"TwoRepeated", "string next_page_token = 2;",
             "string next_page_token = 2; repeated string more = 3;", "exactly one repeated field"},
        Flaw{"RepeatedNotFirst", "repeated Report reports = 1;",
             "repeated Report reports = 9; string x = 1;", "exactly one repeated field"},
        Flaw{"FieldCheck", "string parent = 1;",
             "string parent = 1 [(thidua.access.v1.check) = {max_items: 3}];",
             "thidua.test.ListReportsRequest.parent: max_items"},
        Flaw{"NoAccess",
             R"(option (thidua.access.v1.access) = {
        permission: "reporting.reports.read" scope: SCOPE_ACADEMY default_deadline: {seconds: 5} max_deadline: {seconds: 20}
      };)",
             "", "WatchReports: no access rule"}),
    [](const ::testing::TestParamInfo<Flaw>& flaw) { return flaw.param.name; });

TEST(MethodRulesTest, AllFaultsAreToldAtOnce) {
  const Schema schema(absl::StrReplaceAll(
      kGood, {{"scope: SCOPE_FILTERED", ""}, {"option idempotency_level = IDEMPOTENT;", ""}}));
  EXPECT_THAT(
      std::string(CheckMethods({schema.Service()}).message()),
      AllOf(HasSubstr("SubmitReport: no idempotency_level"),
            HasSubstr("UpdateReport: no idempotency_level"), HasSubstr("ListReports: no scope")));
}

TEST(MethodRulesTest, OnePathBelongsToOneMethodAcrossServices) {
  const std::string good = kGood;
  const std::string service = good.substr(good.find("service ReportService"));
  const Schema schema(
      good + absl::StrReplaceAll(service, {{"service ReportService", "service OtherService"}}));
  EXPECT_THAT(std::string(CheckMethods({schema.Service(0), schema.Service(1)}).message()),
              HasSubstr("OtherService.ListReports: GET /v1/windows/*/reports belongs to "
                        "thidua.test.ReportService.ListReports"));
}

// Every service of the suite, as its own server checks it at start-up, and all together, as a
// gateway serves them.
TEST(SuiteContractTest, EveryMethodDeclaresWhatItMust) {
  std::ifstream stream(THIDUA_DESCRIPTOR_SET, std::ios::binary);
  google::protobuf::FileDescriptorSet files;
  ASSERT_TRUE(files.ParseFromIstream(&stream)) << THIDUA_DESCRIPTOR_SET;
  static auto& pool = *new google::protobuf::DescriptorPool;  // plans keep its descriptors
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  for (const auto& proto : files.file()) {
    const google::protobuf::FileDescriptor* file = pool.BuildFile(proto);
    ASSERT_NE(file, nullptr) << proto.name();
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  EXPECT_FALSE(services.empty());
  EXPECT_EQ(CheckMethods(services), absl::OkStatus());
}

}  // namespace
}  // namespace thidua::contract
