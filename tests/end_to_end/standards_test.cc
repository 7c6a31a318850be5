// The standard of political schools from the command line: the indicators, a school's way, what a
// merger makes of it, and who may see an assessment.
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/support/standard_facts.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

namespace v1 = registry::v1;

Suite::Options RegistryOf2026() {
  Suite::Options options;
  options.today = absl::CivilDay(2026, 11, 27);
  options.start = {Service::kRegistry};
  return options;
}

class Standards : public ::testing::Test {
 protected:
  Standards() {
    for (const auto& [id, province] :
         {std::pair("phu-tho", "Phú Thọ"), std::pair("vinh-phuc", "Vĩnh Phúc")}) {
      Create(
          School(id, province, absl::StrCat("Trường Chính trị tỉnh ", province), "", "2025-07-01"));
    }
    Create(School("phu-tho-2025", "Phú Thọ", "Trường Chính trị tỉnh Phú Thọ", "2025-07-01"));
    v1::CreateLineageEventRequest merger;
    merger.set_lineage_event_id("phu-tho-2025");
    *merger.mutable_lineage_event() =
        Lineage(v1::LINEAGE_EVENT_TYPE_MERGE, "phu-tho-2025", "2025-07-01",
                {"phu-tho", "vinh-phuc"}, {"phu-tho-2025"});
    EXPECT_TRUE(
        suite_.As("academy/office")
            .Call<v1::LineageEvent>("thidua.registry.v1.SchoolService.CreateLineageEvent", merger)
            .ok());
    Done({"standard", "scheme", "create", File("level-1.json", Json(StandardScheme()))});
  }

  void Create(const v1::School& school) {
    v1::CreateSchoolRequest request;
    request.set_school_id(school.name().substr(std::string("schools/").size()));
    *request.mutable_school() = school;
    EXPECT_TRUE(suite_.As("academy/office")
                    .Call<v1::School>("thidua.registry.v1.SchoolService.CreateSchool", request)
                    .ok());
  }
  // Runs a command that must succeed, in English; what it printed.
  std::string Done(std::vector<std::string> words, const std::string& identity = "academy/office") {
    words.insert(words.end(), {"--lang", "en"});
    const CommandResult result = suite_.Thidua(words, identity);
    EXPECT_EQ(result.exit_status, 0) << absl::StrCat(words[0], " ", words[1], ": ", result.err);
    return result.out;
  }
  // As Done, with the scheme and a source.
  std::string Record(const std::string& school, const std::string& step,
                     std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"standard", "record",           school,     step,
                                      "--scheme", "11-qd-tw-level-1", "--source", "Báo Phú Thọ"};
    words.insert(words.end(), more.begin(), more.end());
    return Done(words);
  }
  std::string File(const std::string& name, const std::string& text) {
    const std::string path = suite_.directory() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  static std::string Json(const google::protobuf::Message& message) {
    std::string json;
    EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json).ok());
    return json;
  }

  Suite suite_{RegistryOf2026()};
};

TEST_F(Standards, AMergedSchoolGoesItsWayAnew) {
  Record("phu-tho", "RECOGNISED");
  Record("vinh-phuc", "CERTIFIED", {"--date=--04-27", "--met", "55", "--exceeded", "18"});
  EXPECT_THAT(
      Done({"standard", "show", "phu-tho-2025"}),
      AllOf(HasSubstr("REASSESSMENT_DUE"), ContainsRegex("predecessor *phu-tho: RECOGNISED"),
            ContainsRegex("predecessor *vinh-phuc: CERTIFIED")));
  EXPECT_THAT(Record("phu-tho-2025", "SURVEYED",
                     {"--date", "2026-03-02", "--met", "54", "--exceeded", "12"}),
              AllOf(HasSubstr("SURVEYED"), HasSubstr("54/55"), HasSubstr("unknown")));
  const std::string standing = Done({"standard", "register", "--as-of", "2026-03-01"});
  EXPECT_THAT(standing, ContainsRegex("phu-tho-2025 .*reassessment due .*phu-tho, vinh-phuc"));
  EXPECT_THAT(Done({"standard", "register"}), ContainsRegex("phu-tho-2025 .*in progress"));
  Done({"standard", "appraise", "phu-tho-2025", "--source", "Học viện"});
  Done({"standard", "recognise", "phu-tho-2025", "--decision", "2345-QĐ/HVCTQG", "--source",
        "Học viện"});
  EXPECT_THAT(Done({"standard", "list", "--recognised-on", "2026-11-27", "--state", "RECOGNISED"}),
              AllOf(HasSubstr("phu-tho-2025"), Not(HasSubstr("vinh-phuc"))));
}

TEST_F(Standards, ASchoolAssessesItselfAndNobodyElseSeesIt) {
  const std::string school = "school/phu-tho-2025";
  Done({"standard", "approve", "phu-tho-2025", "--scheme", "11-qd-tw-level-1", "--source",
        "Đề án 04-ĐA/TU"});
  const std::string findings =
      File("findings.csv",
           "indicator,result,evidence,note\n2-lecturer-share,NEAR,Danh sách giảng viên,thiếu 2\n");
  Done({"standard", "assess", "phu-tho-2025", "2026-10", "--from", findings, "--date", "2026-10-15",
        "--met", "46", "--near", "4", "--source", "Báo cáo tự đánh giá"},
       school);
  EXPECT_THAT(Done({"standard", "gaps", "phu-tho-2025"}, school),
              AllOf(HasSubstr("2-lecturer-share"), HasSubstr("near"), HasSubstr("54")));
  EXPECT_THAT(Done({"standard", "self-assess", "phu-tho-2025", "--assessment", "2026-10",
                    "--source", "Báo cáo tự đánh giá"},
                   school),
              AllOf(HasSubstr("SELF_ASSESSED"), HasSubstr("46/55, near 4")));
  EXPECT_EQ(suite_.Thidua({"standard", "gaps", "phu-tho-2025"}, "school/dien-bien").exit_status, 4);
  EXPECT_EQ(
      suite_.Thidua({"standard", "survey", "phu-tho-2025", "--source", "x"}, school).exit_status,
      4);
  EXPECT_EQ(suite_.Thidua({"standard", "show", "phu-tho-2025"}, "school/dien-bien").exit_status, 0);
}

}  // namespace
}  // namespace thidua::testing
