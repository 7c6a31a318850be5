#include <gtest/gtest.h>

#include <string>

#include "common/rpc/channel.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "grpcpp/support/validate_service_config.h"
#include "thidua/journal/v1/journal_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"

namespace thidua::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const google::protobuf::ServiceDescriptor* ServiceOf(const google::protobuf::Descriptor* any) {
  return any->file()->service(0);
}

TEST(ServiceConfigTest, GrpcTakesWhatTheDescriptorsGive) {
  for (const auto* any : {journal::v1::Event::descriptor(), registry::v1::School::descriptor(),
                          reporting::v1::SchoolReport::descriptor()}) {
    EXPECT_EQ(grpc::experimental::ValidateServiceConfigJSON(ServiceConfigFor({ServiceOf(any)})), "")
        << any->full_name();
  }
}

TEST(ServiceConfigTest, GrpcWouldSayWhenItWereBroken) {
  EXPECT_NE(grpc::experimental::ValidateServiceConfigJSON(ServiceConfigFor({}).substr(1)), "");
}

TEST(ServiceConfigTest, EveryRepeatableUnaryMethodIsNamedAndNoStream) {
  const std::string config = ServiceConfigFor({ServiceOf(journal::v1::Event::descriptor())});
  EXPECT_THAT(config,
              HasSubstr(R"({"service":"thidua.journal.v1.JournalService","method":"ListEvents"})"));
  EXPECT_THAT(config, HasSubstr(R"("method":"VerifyEvents")"));
  EXPECT_THAT(config, Not(HasSubstr("WatchEvents")))
      << "a stream is resumed from its cursor, not repeated";
}

TEST(ServiceConfigTest, OnlyUnavailableIsRepeated) {
  google::protobuf::Struct config;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(
                  ServiceConfigFor({ServiceOf(registry::v1::School::descriptor())}), &config)
                  .ok());
  const auto& policy = config.fields()
                           .at("methodConfig")
                           .list_value()
                           .values(0)
                           .struct_value()
                           .fields()
                           .at("retryPolicy")
                           .struct_value();
  const auto& codes = policy.fields().at("retryableStatusCodes").list_value();
  ASSERT_EQ(codes.values_size(), 1);
  EXPECT_EQ(codes.values(0).string_value(), "UNAVAILABLE");
}

TEST(ServiceConfigTest, AChannelWithoutServicesRepeatsNothing) {
  EXPECT_THAT(ServiceConfigFor({}), Not(HasSubstr("retryPolicy")));
  EXPECT_EQ(grpc::experimental::ValidateServiceConfigJSON(ServiceConfigFor({})), "");
}

}  // namespace
}  // namespace thidua::rpc
