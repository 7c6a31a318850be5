// A client written in another language against the .proto files alone understands the services:
// messages, errors with their details, and reflection where operators find it and nowhere else.
#include <gtest/gtest.h>

#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const Value& At(const Struct& object, const std::string& key) {
  static const Value nothing;
  const auto found = object.fields().find(key);
  return found == object.fields().end() ? nothing : found->second;
}

// The detail of this type in a refusal.
Struct DetailOf(const Struct& refusal, const std::string& type) {
  for (const Value& detail : At(refusal, "details").list_value().values()) {
    if (At(detail.struct_value(), "type").string_value() == type) return detail.struct_value();
  }
  ADD_FAILURE() << "no " << type << " in " << refusal.ShortDebugString();
  return Struct();
}

std::vector<std::string> Names(const Struct& listing) {
  std::vector<std::string> names;
  for (const Value& name : At(listing, "names").list_value().values())
    names.push_back(name.string_value());
  return names;
}

class ForeignClient : public ::testing::Test {
 protected:
  // One run of the client; what it saw is judged by the tests.
  static void SetUpTestSuite() {
    Suite::Options options;
    options.start = {Service::kRegistry};
    Suite suite(options);
    northern::LoadRegistry(suite);
    suite.authority().Identity("school/dien-bien");
    const std::string source = THIDUA_SOURCE_DIR;
    const CommandResult run =
        RunCommand({"node", source + "/tests/contract/foreign_client.mjs", source + "/proto",
                    suite.authority().directory(), "school/dien-bien",
                    suite.address(Service::kRegistry), suite.admin_address(Service::kRegistry)});
    ASSERT_EQ(run.exit_status, 0) << run.err;
    seen_ = new Struct;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(run.out, seen_).ok()) << run.out;
  }
  static void TearDownTestSuite() {
    delete seen_;
    seen_ = nullptr;
  }
  static const Struct& Seen(const std::string& key) { return At(*seen_, key).struct_value(); }

  inline static Struct* seen_ = nullptr;
};

TEST_F(ForeignClient, ReadsACluster) {
  EXPECT_EQ(At(*seen_, "failure").string_value(), "");
  EXPECT_EQ(At(Seen("snapshot"), "members").list_value().values_size(), 8);
  EXPECT_EQ(At(Seen("snapshot"), "leaders").list_value().values_size(), 3);
  EXPECT_THAT(At(Seen("snapshot"), "cluster").ShortDebugString(), HasSubstr("cluster"));
}

TEST_F(ForeignClient, DecodesTheReasonAndTheVietnameseText) {
  const Struct& refusal = Seen("missing");
  EXPECT_EQ(At(refusal, "code").number_value(), 5);
  const Struct info = DetailOf(refusal, "ErrorInfo");
  EXPECT_EQ(At(info, "reason").string_value(), "NOT_FOUND");
  EXPECT_EQ(At(info, "domain").string_value(), "thidua.vn");
  EXPECT_EQ(At(At(info, "metadata").struct_value(), "resource").string_value(),
            "clusters/khong-co");
  const Struct text = DetailOf(refusal, "LocalizedMessage");
  EXPECT_EQ(At(text, "locale").string_value(), "vi-VN");
  EXPECT_EQ(At(text, "message").string_value(), "clusters/khong-co không tồn tại.");
}

TEST_F(ForeignClient, DecodesWhichFieldIsWrong) {
  const Struct& refusal = Seen("invalid");
  EXPECT_EQ(At(refusal, "code").number_value(), 3);
  const Struct request = DetailOf(refusal, "BadRequest");
  const std::string key =
      request.fields().contains("fieldViolations") ? "fieldViolations" : "field_violations";
  ASSERT_EQ(At(request, key).list_value().values_size(), 1);
  EXPECT_EQ(At(At(request, key).list_value().values(0).struct_value(), "field").string_value(),
            "name");
}

TEST_F(ForeignClient, ListsTheServicesOnTheAdminPort) {
  EXPECT_EQ(At(Seen("admin"), "code").number_value(), 0);
  EXPECT_THAT(Names(Seen("admin")), AllOf(Contains("thidua.registry.v1.SchoolService"),
                                          Contains("thidua.registry.v1.ClusterService"),
                                          Contains("thidua.journal.v1.JournalService"),
                                          Not(Contains("thidua.reporting.v1.ReportService"))));
}

TEST_F(ForeignClient, FindsNoReflectionOnTheMainPort) {
  EXPECT_EQ(At(Seen("main"), "code").number_value(), 12);
  EXPECT_TRUE(Names(Seen("main")).empty());
}

}  // namespace
}  // namespace thidua::testing
