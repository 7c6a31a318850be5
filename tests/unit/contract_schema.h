// Contracts written in a test, and messages of them.
#ifndef THIDUA_TESTS_UNIT_CONTRACT_SCHEMA_H_
#define THIDUA_TESTS_UNIT_CONTRACT_SCHEMA_H_

#include <memory>
#include <string>

#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/decimal.pb.h"
#include "gtest/gtest.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::contract {

// One .proto text (its head is given), compiled against the linked contracts. Never destroyed: plans keep its descriptors.
class Schema {
 public:
  explicit Schema(const std::string& body) {
    // So that the files below are linked and registered.
    for (const auto* file : {google::protobuf::FieldMask::descriptor()->file(),
                             google::protobuf::Timestamp::descriptor()->file(),
                             google::type::Date::descriptor()->file(), google::type::Decimal::descriptor()->file(),
                             google::api::ResourceDescriptor::descriptor()->file(),
                             google::api::HttpRule::descriptor()->file(), access::v1::AccessRule::descriptor()->file()}) {
      EXPECT_NE(file, nullptr);
    }
    EXPECT_EQ(google::api::field_behavior.number(), 1052);
    EXPECT_EQ(google::api::http.number(), 72295728);
    const std::string text = R"(
      syntax = "proto3";
      package thidua.test;
      import "google/api/annotations.proto";
      import "google/api/field_behavior.proto";
      import "google/api/resource.proto";
      import "google/protobuf/field_mask.proto";
      import "google/protobuf/timestamp.proto";
      import "google/type/date.proto";
      import "google/type/decimal.proto";
      import "thidua/access/v1/access.proto";
    )" + body;
    google::protobuf::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    google::protobuf::io::Tokenizer tokenizer(&stream, nullptr);
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(google::protobuf::compiler::Parser().Parse(&tokenizer, &file)) << text;
    file.set_name("test.proto");
    file_ = pool_->BuildFile(file);
    EXPECT_NE(file_, nullptr) << text;
    factory_->SetDelegateToGeneratedFactory(true);
  }

  const google::protobuf::Descriptor& Type(const std::string& name) const { return *file_->FindMessageTypeByName(name); }
  const google::protobuf::ServiceDescriptor* Service(int index = 0) const { return file_->service(index); }

  // A message of type `name` from its text format.
  std::unique_ptr<google::protobuf::Message> Make(const std::string& name, const std::string& text = "") const {
    std::unique_ptr<google::protobuf::Message> message(factory_->GetPrototype(&Type(name))->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, message.get())) << text;
    return message;
  }

 private:
  google::protobuf::DescriptorPool* pool_ =
      new google::protobuf::DescriptorPool(google::protobuf::DescriptorPool::generated_pool());
  google::protobuf::DynamicMessageFactory* factory_ = new google::protobuf::DynamicMessageFactory(pool_);
  const google::protobuf::FileDescriptor* file_ = nullptr;
};

}  // namespace thidua::contract

#endif  // THIDUA_TESTS_UNIT_CONTRACT_SCHEMA_H_
