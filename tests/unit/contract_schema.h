// Contracts written in a test, and messages of them.
#ifndef THIDUA_TESTS_UNIT_CONTRACT_SCHEMA_H_
#define THIDUA_TESTS_UNIT_CONTRACT_SCHEMA_H_

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "google/api/annotations.pb.h"
#include "google/api/field_behavior.pb.h"
#include "google/api/resource.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "google/type/decimal.pb.h"
#include "gtest/gtest.h"
#include "thidua/access/v1/access.pb.h"

namespace thidua::contract {

// One .proto text (head and imports are added), compiled against the linked contracts. Never
// destroyed: plans keep its descriptors.
class Schema {
 public:
  explicit Schema(const std::string& body) {
    // So that the files below are linked and registered.
    for (const auto* file :
         {google::protobuf::FieldMask::descriptor()->file(),
          google::protobuf::Timestamp::descriptor()->file(),
          google::type::Date::descriptor()->file(), google::type::Decimal::descriptor()->file(),
          google::api::ResourceDescriptor::descriptor()->file(),
          google::api::HttpRule::descriptor()->file(),
          access::v1::AccessRule::descriptor()->file()}) {
      EXPECT_NE(file, nullptr);
    }
    EXPECT_EQ(google::api::field_behavior.number(), 1052);
    EXPECT_EQ(google::api::http.number(), 72295728);
    std::string text = "syntax = \"proto3\"; package thidua.test;";
    for (const auto& [word, import] :
         {std::pair("google.api.http", "google/api/annotations.proto"),
          std::pair("field_behavior", "google/api/field_behavior.proto"),
          std::pair("google.api.resource", "google/api/resource.proto"),
          std::pair("FieldMask", "google/protobuf/field_mask.proto"),
          std::pair("Timestamp", "google/protobuf/timestamp.proto"),
          std::pair("google.type.Date", "google/type/date.proto"),
          std::pair("google.type.Decimal", "google/type/decimal.proto"),
          std::pair("thidua.access.v1", "thidua/access/v1/access.proto")}) {
      if (body.find(word) != body.npos) text += std::string("import \"") + import + "\";";
    }
    text += body;
    const google::protobuf::FileDescriptorProto file = Compile(text);
    file_ = kept_->pool.BuildFile(file);
    EXPECT_NE(file_, nullptr) << text;
    kept_->factory.SetDelegateToGeneratedFactory(true);
  }

  const google::protobuf::Descriptor& Type(const std::string& name) const {
    return *file_->FindMessageTypeByName(name);
  }
  const google::protobuf::ServiceDescriptor* Service(int index = 0) const {
    return file_->service(index);
  }

  // A message of type `name` from its text format; of a singular field given twice the last counts.
  std::unique_ptr<google::protobuf::Message> Make(const std::string& name,
                                                  const std::string& text = "") const {
    std::unique_ptr<google::protobuf::Message> message(
        kept_->factory.GetPrototype(&Type(name))->New());
    EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(text, message.get())) << text;
    return message;
  }

 private:
  // By the protoc of the build, as the suite's own contracts are.
  static google::protobuf::FileDescriptorProto Compile(const std::string& text) {
    const std::string directory =
        ::testing::TempDir() + "contract_schema." + std::to_string(getpid());
    std::filesystem::create_directories(directory);
    std::ofstream(directory + "/test.proto") << text;
    const std::string proto = THIDUA_SOURCE_DIR "/proto";
    const std::string command =
        THIDUA_PROTOC " -I" + directory + " -I" + proto + " -I" + proto +
        "/node_modules/google-proto-files --descriptor_set_out=" + directory +
        "/test.binpb test.proto";
    EXPECT_EQ(std::system(command.c_str()), 0) << text;
    google::protobuf::FileDescriptorSet set;
    std::ifstream stream(directory + "/test.binpb", std::ios::binary);
    EXPECT_TRUE(set.ParseFromIstream(&stream) && set.file_size() == 1) << text;
    std::filesystem::remove_all(directory);
    return set.file_size() == 1 ? set.file(0) : google::protobuf::FileDescriptorProto();
  }

  struct Kept {
    google::protobuf::DescriptorPool pool{google::protobuf::DescriptorPool::generated_pool()};
    google::protobuf::DynamicMessageFactory factory{&pool};
  };
  static Kept* Keep() {
    static auto& kept = *new std::vector<std::unique_ptr<Kept>>;
    return kept.emplace_back(std::make_unique<Kept>()).get();
  }

  Kept* const kept_ = Keep();
  const google::protobuf::FileDescriptor* file_ = nullptr;
};

}  // namespace thidua::contract

#endif  // THIDUA_TESTS_UNIT_CONTRACT_SCHEMA_H_
