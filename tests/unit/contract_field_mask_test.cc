#include "common/contract/field_mask.h"
#include "common/contract/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/contract_schema.h"

namespace thidua::contract {
namespace {

const Schema& Schools() {
  static const Schema& schema = *new Schema(R"(
    message Address { string street = 1; string town = 2; string geohash = 3 [(google.api.field_behavior) = OUTPUT_ONLY]; }
    message Contact { string phone = 1; string mail = 2; }
    message School {
      option (google.api.resource) = {type: "t/School" pattern: "schools/{school}"};
      string name = 1 [(google.api.field_behavior) = IDENTIFIER];
      string title = 2;
      string code = 3 [(google.api.field_behavior) = IMMUTABLE];
      repeated string aliases = 4;
      Address address = 5;
      Contact contact = 6;
      int64 students = 7;
      string etag = 8;
      google.protobuf.Timestamp create_time = 9 [(google.api.field_behavior) = OUTPUT_ONLY];
      repeated Contact staff = 10;
    }
  )");
  return schema;
}

constexpr char kCurrent[] = R"(
  name: "schools/dien-bien" title: "Trường Chính trị tỉnh Điện Biên" code: "DB" aliases: "a" aliases: "b"
  address { street: "Tổ 1" town: "Điện Biên Phủ" geohash: "w7u" } students: 300 etag: "\"v3\"" create_time { seconds: 5 }
)";

google::protobuf::FieldMask Mask(std::initializer_list<const char*> paths) {
  google::protobuf::FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

// kCurrent after the update, or the violated fields.
std::string Updated(const std::string& update, std::initializer_list<const char*> paths) {
  const auto current = Schools().Make("School", kCurrent);
  const absl::Status applied =
      ApplyUpdate(*Schools().Make("School", update), Mask(paths), current.get());
  if (applied.ok()) return current->ShortDebugString();
  EXPECT_EQ(ReasonOf(applied), access::v1::REASON_INVALID_REQUEST);
  EXPECT_EQ(current->ShortDebugString(), Schools().Make("School", kCurrent)->ShortDebugString());
  std::string fields = "refused:";
  for (const FieldViolation& violation : FieldViolationsOf(applied))
    fields += " " + violation.field;
  return fields;
}

std::string Current(const std::string& instead_of, const std::string& value) {
  std::string text = kCurrent;
  const size_t at = text.find(instead_of);
  EXPECT_NE(at, text.npos);
  return Schools().Make("School", text.replace(at, instead_of.size(), value))->ShortDebugString();
}

TEST(FieldMaskTest, OnlyCoveredFieldsChange) {
  EXPECT_EQ(Updated("title: 'x' students: 5", {"students"}),
            Current("students: 300", "students: 5"));
}

TEST(FieldMaskTest, ACoveredFieldThatIsUnsetIsCleared) {
  EXPECT_EQ(Updated("", {"students"}), Current("students: 300", ""));
}

TEST(FieldMaskTest, RepeatedFieldsAreReplaced) {
  EXPECT_EQ(Updated("aliases: 'c'", {"aliases"}),
            Current("aliases: \"a\" aliases: \"b\"", "aliases: \"c\""));
  EXPECT_EQ(Updated("", {"aliases"}), Current("aliases: \"a\" aliases: \"b\"", ""));
}

TEST(FieldMaskTest, PathsLeadIntoMessages) {
  EXPECT_EQ(Updated("address { street: 'Tổ 2' town: 'x' }", {"address.street"}),
            Current("Tổ 1", "Tổ 2"));
}

TEST(FieldMaskTest, OutputOnlyPartsOfACoveredMessageStay) {
  EXPECT_EQ(Updated("address { street: 'Tổ 2' geohash: 'forged' }", {"address"}),
            Current("street: \"Tổ 1\" town: \"Điện Biên Phủ\"", "street: \"Tổ 2\""));
}

TEST(FieldMaskTest, OutputOnlyFieldsAndEtagAreIgnored) {
  EXPECT_EQ(Updated("create_time { seconds: 9 } etag: 'x' address { geohash: 'y' }",
                    {"create_time", "create_time.seconds", "etag", "address.geohash"}),
            Current("DB", "DB"));
}

TEST(FieldMaskTest, WithoutAMaskWhatIsSetIsCovered) {
  EXPECT_EQ(Updated("name: 'schools/dien-bien' students: 5 etag: '\"v3\"'", {}),
            Current("students: 300", "students: 5"));
}

TEST(FieldMaskTest, AStarReplacesEverythingThatMayBeWritten) {
  EXPECT_EQ(Updated("name: 'schools/dien-bien' code: 'DB' title: 'x'", {"*"}),
            Schools()
                .Make("School",
                      "name: 'schools/dien-bien' title: 'x' code: 'DB' address { geohash: 'w7u' } "
                      "etag: '\"v3\"' "
                      "create_time { seconds: 5 }")
                ->ShortDebugString());
}

TEST(FieldMaskTest, AStarStandsAlone) {
  EXPECT_EQ(Updated("title: 'x'", {"*", "title"}), "refused: update_mask");
}

TEST(FieldMaskTest, FixedFieldsAreRefusedOnlyWhenTheyDiffer) {
  EXPECT_EQ(Updated("code: 'DB' name: 'schools/dien-bien'", {"code", "name"}), Current("DB", "DB"));
  EXPECT_EQ(Updated("code: 'LC'", {"code"}), "refused: code");
  EXPECT_EQ(Updated("name: 'schools/lao-cai' title: 'x'", {}), "refused: name");
  EXPECT_EQ(Updated("title: 'x'", {"*"}), "refused: name code");
}

TEST(FieldMaskTest, PathsThatDoNotExistAreRefused) {
  for (const char* path :
       {"", ".", "nothing", "title.x", "address.nothing", "aliases.x", "staff.phone",
        "contact.nothing", "address.", ".title", "Title", "address.*", "title ", "1"}) {
    EXPECT_EQ(Updated("title: 'x'", {path}), "refused: update_mask") << path;
  }
}

TEST(FieldMaskTest, AllViolationsAreToldAtOnce) {
  EXPECT_EQ(Updated("code: 'LC'", {"code", "nothing", "other"}),
            "refused: code update_mask update_mask");
}

TEST(FieldMaskTest, AnEmptyMessageIsNotMadeByAPathIntoIt) {
  EXPECT_EQ(Updated("", {"contact.phone"}), Current("DB", "DB"));
  EXPECT_EQ(Updated("contact { phone: '0912' mail: 'x' }", {"contact.phone"}),
            Current("students: 300", "contact { phone: '0912' } students: 300"));
}

}  // namespace
}  // namespace thidua::contract
