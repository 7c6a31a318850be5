#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/access/policy.h"
#include "common/contract/method_rules.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"

namespace thidua::access {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kPolicy[] = R"({
  "roles": [
    {"name": "reporter", "permissions": ["reporting.reports.draft", "reporting.reports.submit"]},
    {"name": "reader", "permissions": ["reporting.*", "registry.schools.read"]}
  ],
  "bindings": [
    {"identity": "/school/*", "roles": ["reporter"], "reach": "REACH_OWN"},
    {"identity": "/school/dien-bien", "roles": ["reader"], "reach": "REACH_ALL"},
    {"identity": "/academy/office", "roles": ["reporter", "reader"], "reach": "REACH_ALL"}
  ]
})";

Caller Of(Caller::Kind kind, const std::string& id) {
  return {kind, id, "spiffe://thidua.example.vn/x/" + id, ""};
}

std::string Fault(const std::string& old, const std::string& replacement,
                  const std::vector<std::string>& known = {}) {
  std::string text = kPolicy;
  const size_t at = text.find(old);
  EXPECT_NE(at, text.npos) << old;
  text.replace(at, old.size(), replacement);
  const auto policy = Policy::Parse(text, known);
  EXPECT_FALSE(policy.ok()) << text;
  return std::string(policy.status().message());
}

TEST(PolicyTest, GrantsWhatItsBindingsGrant) {
  const auto policy = Policy::Parse(kPolicy, {});
  ASSERT_TRUE(policy.ok()) << policy.status();
  const auto reach = [&](Caller::Kind kind, const char* id, const char* permission) {
    return (*policy)->ReachOf(Of(kind, id), permission);
  };
  EXPECT_EQ(reach(Caller::Kind::kSchool, "lao-cai", "reporting.reports.draft"), Reach::kOwn);
  EXPECT_EQ(reach(Caller::Kind::kSchool, "lao-cai", "reporting.reports.accept"), Reach::kNone);
  EXPECT_EQ(reach(Caller::Kind::kSchool, "dien-bien", "reporting.reports.draft"),
            Reach::kAll);  // the widest
  EXPECT_EQ(reach(Caller::Kind::kSchool, "dien-bien", "reporting.reports.accept"), Reach::kAll);
  EXPECT_EQ(reach(Caller::Kind::kAcademy, "office", "registry.schools.read"), Reach::kAll);
  EXPECT_EQ(reach(Caller::Kind::kAcademy, "other", "registry.schools.read"), Reach::kNone);
  EXPECT_EQ(reach(Caller::Kind::kPortal, "dien-bien", "reporting.reports.draft"), Reach::kNone);
}

TEST(PolicyTest, PrefixesEndAtADot) {
  const auto policy = Policy::Parse(kPolicy, {});
  const Caller office = Of(Caller::Kind::kAcademy, "office");
  for (const char* permission :
       {"reporting", "reporting.", "reportingx.reports.read", "registry.schools",
        "registry.schools.reads", "registry.schools.read.all", "", ".", "*", "reporting*",
        "xreporting.reports.read"}) {
    EXPECT_EQ((*policy)->ReachOf(office, permission),
              std::string_view(permission) == "reporting." ? Reach::kAll : Reach::kNone)
        << permission;
  }
}

TEST(PolicyTest, AStarIsNoIdentityOfACaller) {
  const auto policy = Policy::Parse(kPolicy, {});
  EXPECT_EQ((*policy)->ReachOf(Of(Caller::Kind::kAcademy, "*"), "registry.schools.read"),
            Reach::kNone);
}

TEST(PolicyTest, ABindingWithoutReachIsRefused) {
  EXPECT_THAT(Fault(", \"reach\": \"REACH_OWN\"", ""),
              HasSubstr("binding of /school/* has no reach"));
  EXPECT_THAT(Fault("REACH_OWN", "REACH_UNSPECIFIED"), HasSubstr("has no reach"));
  Fault("\"REACH_OWN\"", "7");
  Fault("REACH_OWN", "REACH_EVERYTHING");
}

TEST(PolicyTest, RolesAreDefinedOnceAndUsedByName) {
  EXPECT_THAT(Fault("\"roles\": [\"reporter\"]", "\"roles\": [\"reporters\"]"),
              HasSubstr("undefined role reporters"));
  EXPECT_THAT(Fault("\"roles\": [\"reporter\"]", "\"roles\": []"), HasSubstr("has no roles"));
  EXPECT_THAT(Fault("\"name\": \"reader\"", "\"name\": \"reporter\""),
              HasSubstr("role reporter is defined twice"));
  EXPECT_THAT(Fault("\"name\": \"reader\"", "\"name\": \"Reader 1\""),
              HasSubstr("not a role name"));
  EXPECT_THAT(Fault("[\"reporting.*\", \"registry.schools.read\"]", "[]"),
              HasSubstr("role reader has no permissions"));
}

TEST(PolicyTest, PermissionsHaveAForm) {
  for (const char* permission :
       {"*", ".*", "reporting", "reporting.**", "reporting.*.read", "Reporting.*",
        "reporting.reports.", "", " reporting.*", "reporting.reports.read "}) {
    EXPECT_THAT(Fault("\"reporting.*\"", absl::StrCat("\"", permission, "\"")),
                HasSubstr("not a permission"))
        << permission;
  }
}

TEST(PolicyTest, IdentitiesHaveAForm) {
  for (const char* identity : {"", "/", "*", "/*", "/*/*", "/school", "/school/", "school/*",
                               "/teacher/*", "/school/dien*", "/school/**", "/school/a/b",
                               "/school/A", "spiffe://thidua.example.vn/school/a"}) {
    EXPECT_THAT(Fault("\"/school/*\"", absl::StrCat("\"", identity, "\"")),
                HasSubstr("not an identity"))
        << identity;
  }
}

TEST(PolicyTest, PermissionsOfThisServerExist) {
  const std::vector<std::string> known = {"reporting.reports.draft", "reporting.reports.submit",
                                          "reporting.windows.read"};
  EXPECT_TRUE(Policy::Parse(kPolicy, known).ok());
  EXPECT_THAT(Fault("reporting.reports.draft", "reporting.reports.daft", known),
              HasSubstr("no method has the permission reporting.reports.daft"));
  EXPECT_THAT(Fault("reporting.*", "reporting.report.*", known), HasSubstr("reporting.report.*"));
  // Another server's permissions are for that server to know.
  EXPECT_TRUE(
      Policy::Parse(absl::StrReplaceAll(kPolicy, {{"registry.schools.read", "registry.anything"}}),
                    known)
          .ok());
}

TEST(PolicyTest, UnknownAndRepeatedFieldsAreRefused) {
  EXPECT_THAT(Fault("\"reach\": \"REACH_OWN\"", "\"reach\": \"REACH_OWN\", \"until\": \"2025\""),
              HasSubstr("until"));
  Fault("\"reach\": \"REACH_OWN\"", "\"reach\": \"REACH_OWN\", \"reach\": \"REACH_ALL\"");
  Fault("\"bindings\"", "\"roles\": [], \"bindings\"");
}

TEST(PolicyTest, WhatIsNoPolicyIsRefused) {
  for (const char* text : {"", "null", "[]", "{}", "{", "\"x\"", "{\"roles\": {}}",
                           "{\"bindings\": []}", "\xff", "{} {}"}) {
    EXPECT_FALSE(Policy::Parse(text, {}).ok()) << text;
  }
  EXPECT_FALSE(Policy::Parse(std::string(100000, '['), {}).ok());
  EXPECT_FALSE(Policy::Load("/nonexistent/policy.json", {}).ok());
  EXPECT_FALSE(Policy::Load(::testing::TempDir(), {}).ok());
}

TEST(PolicyTest, AllFaultsAreToldAtOnce) {
  const auto policy = Policy::Parse(
      R"({"roles": [{"name": "a"}], "bindings": [{"identity": "x", "roles": ["b"]}]})", {});
  EXPECT_THAT(std::string(policy.status().message()),
              AllOf(HasSubstr("no permissions"), HasSubstr("not an identity"),
                    HasSubstr("no reach"), HasSubstr("undefined role")));
}

class PolicyFileTest : public ::testing::Test {
 protected:
  PolicyFileTest() { std::filesystem::create_directories(directory_); }
  ~PolicyFileTest() override { std::filesystem::remove_all(directory_); }

  void Write(const std::string& text) const { std::ofstream(path_, std::ios::trunc) << text; }

  const std::string directory_ =
      absl::StrCat(::testing::TempDir(), "access_policy.",
                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string path_ = directory_ + "/policy.json";
  const Caller school_ = Of(Caller::Kind::kSchool, "lao-cai");
  const std::string wider_ = absl::StrReplaceAll(kPolicy, {{"REACH_OWN", "REACH_ALL"}});
};

TEST_F(PolicyFileTest, NothingStartsWithoutAGoodPolicy) {
  EXPECT_FALSE(OpenPolicyFile(path_, {}).ok());
  Write("{}");
  EXPECT_FALSE(OpenPolicyFile(path_, {}).ok());
}

TEST_F(PolicyFileTest, AChangedPolicyComesIntoForce) {
  Write(kPolicy);
  const auto file = *OpenPolicyFile(path_, {});
  const auto before = file->Current();
  const std::string fingerprint = before->Fingerprint();
  Write(wider_);
  EXPECT_EQ(file->Current(), before);
  EXPECT_EQ(file->Refresh(), absl::OkStatus());
  EXPECT_EQ(file->Current()->ReachOf(school_, "reporting.reports.draft"), Reach::kAll);
  EXPECT_EQ(before->ReachOf(school_, "reporting.reports.draft"),
            Reach::kOwn);  // calls under way keep theirs
  EXPECT_NE(file->Current()->Fingerprint(), fingerprint);
}

TEST_F(PolicyFileTest, AnUnchangedPolicyIsNotReadAnew) {
  Write(kPolicy);
  const auto file = *OpenPolicyFile(path_, {});
  const auto before = file->Current();
  Write(kPolicy);
  EXPECT_EQ(file->Refresh(), absl::OkStatus());
  EXPECT_EQ(file->Current(), before);
}

TEST_F(PolicyFileTest, ABadPolicyLeavesTheGoodOneInForce) {
  Write(kPolicy);
  const auto file = *OpenPolicyFile(path_, {});
  const auto good = file->Current();
  Write("{\"bindings\": [{\"identity\": \"/school/*\"}]}");
  EXPECT_FALSE(file->Refresh().ok());
  EXPECT_FALSE(file->Refresh().ok());
  std::filesystem::remove(path_);
  EXPECT_FALSE(file->Refresh().ok());
  EXPECT_EQ(file->failures(), 3);
  EXPECT_EQ(file->Current(), good);
  Write(wider_);
  EXPECT_EQ(file->Refresh(), absl::OkStatus());
  EXPECT_EQ(file->Current()->ReachOf(school_, "reporting.reports.draft"), Reach::kAll);
}

TEST_F(PolicyFileTest, ASwappedLinkIsSeen) {
  std::ofstream(directory_ + "/one.json") << kPolicy;
  std::ofstream(directory_ + "/two.json") << wider_;
  std::filesystem::create_symlink("one.json", path_);
  const auto file = *OpenPolicyFile(path_, {});
  std::filesystem::create_symlink("two.json", path_ + ".next");
  std::filesystem::rename(path_ + ".next", path_);
  EXPECT_EQ(file->Refresh(), absl::OkStatus());
  EXPECT_EQ(file->Current()->ReachOf(school_, "reporting.reports.draft"), Reach::kAll);
}

TEST_F(PolicyFileTest, CallsReadWhileThePolicyChanges) {
  Write(kPolicy);
  const auto file = *OpenPolicyFile(path_, {});
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done)
      EXPECT_NE(file->Current()->ReachOf(school_, "reporting.reports.draft"), Reach::kNone);
  });
  for (int i = 0; i < 50; ++i) {
    Write(i % 2 == 0 ? wider_ : kPolicy);
    EXPECT_EQ(file->Refresh(), absl::OkStatus());
  }
  done = true;
  reader.join();
}

// The policy that is shipped, against every permission that a method of the suite asks for.
class ShippedPolicyTest : public ::testing::Test {
 protected:
  static std::vector<std::string> Permissions() {
    std::ifstream stream(THIDUA_DESCRIPTOR_SET, std::ios::binary);
    google::protobuf::FileDescriptorSet files;
    EXPECT_TRUE(files.ParseFromIstream(&stream));
    google::protobuf::DescriptorPool pool;
    std::vector<const google::protobuf::ServiceDescriptor*> services;
    for (const auto& proto : files.file()) {
      const google::protobuf::FileDescriptor* file = pool.BuildFile(proto);
      for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
    }
    return contract::PermissionsOf(services);
  }

  ShippedPolicyTest() {
    const auto policy = Policy::Load(THIDUA_SOURCE_DIR "/deploy/access/policy.json", permissions_);
    EXPECT_TRUE(policy.ok()) << policy.status();
    if (policy.ok()) policy_ = *policy;
  }

  const std::vector<std::string> permissions_ = Permissions();
  std::shared_ptr<const Policy> policy_;
};

TEST_F(ShippedPolicyTest, TheAcademyMayDoEverything) {
  ASSERT_FALSE(permissions_.empty());
  for (const std::string& permission : permissions_) {
    EXPECT_EQ(policy_->ReachOf(Of(Caller::Kind::kAcademy, "office"), permission), Reach::kAll)
        << permission;
  }
}

TEST_F(ShippedPolicyTest, SchoolsAndPortalsReachTheirOwn) {
  for (const std::string& permission : permissions_) {
    EXPECT_NE(policy_->ReachOf(Of(Caller::Kind::kSchool, "dien-bien"), permission), Reach::kAll)
        << permission;
    EXPECT_NE(policy_->ReachOf(Of(Caller::Kind::kPortal, "lang-son"), permission), Reach::kAll)
        << permission;
  }
  EXPECT_EQ(policy_->ReachOf(Of(Caller::Kind::kSchool, "dien-bien"), "reporting.reports.submit"),
            Reach::kOwn);
  EXPECT_EQ(policy_->ReachOf(Of(Caller::Kind::kSchool, "dien-bien"), "registry.schools.write"),
            Reach::kNone);
}

TEST_F(ShippedPolicyTest, OperationsAndServicesWriteNothing) {
  for (const std::string& permission : permissions_) {
    // What `thidua verify suite` asks.
    const bool verifies = permission.starts_with("journal.events.") ||
                          permission == "reporting.consolidations.read" ||
                          permission == "awards.rankings.read";
    EXPECT_EQ(policy_->ReachOf(Of(Caller::Kind::kOperations, "verifier"), permission),
              verifies ? Reach::kAll : Reach::kNone)
        << permission;
    const bool follows = permission == "journal.events.read";
    EXPECT_EQ(policy_->ReachOf(Of(Caller::Kind::kService, "awards"), permission),
              follows ? Reach::kAll : Reach::kNone);
  }
}

}  // namespace
}  // namespace thidua::access
