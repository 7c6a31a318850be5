// Who is meant and what is decided, from the command line over the real schools.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kUnique = 0;
constexpr int kNone = 5;
constexpr int kAmbiguous = 6;

// One registry with the real lists for all the tests, which only read.
class Finding : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Suite::Options options;
    options.start = {Service::kRegistry, Service::kReporting};  // the lists have indicators too
    suite_ = new Suite(options);
    const CommandResult loaded = suite_->Thidua(
        {"reference", "load", THIDUA_SOURCE_DIR "/deploy/reference", "--until", "2024-06-25"});
    ASSERT_EQ(loaded.exit_status, 0) << loaded.err;
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static CommandResult Thidua(const std::vector<std::string>& words) {
    return suite_->Thidua(words);
  }
  static google::protobuf::Struct Json(std::vector<std::string> words) {
    words.insert(words.end(), {"--format", "json"});
    google::protobuf::Struct json;
    const std::string out = Thidua(words).out;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(out, &json).ok()) << out;
    return json;
  }

  static Suite* suite_;
};

Suite* Finding::suite_ = nullptr;

TEST_F(Finding, TheMapOfADayHasTheSchoolsThatDocumentsSupport) {
  EXPECT_THAT(Thidua({"school", "map", "--as-of", "2025-06-30", "--lang", "en"}).out,
              AllOf(HasSubstr("provincial schools: 63\n"), Not(HasSubstr("Undecided"))));
  EXPECT_THAT(Thidua({"school", "map", "--as-of", "2025-07-01", "--lang", "en"}).out,
              AllOf(HasSubstr("provincial schools: 17; undecided: 37 → 17"),
                    HasSubstr("Undecided: no document says that these schools merged (17)"),
                    HasSubstr("quang-tri-2025"), HasSubstr("thai-nguyen, bac-kan")));
}

TEST_F(Finding, TheMapIsOneAnswerForPrograms) {
  const auto map = Json({"school", "map", "--as-of", "2025-07-01"});
  EXPECT_EQ(map.fields().at("undecided").list_value().values_size(), 17);
}

TEST_F(Finding, ANameMeansAnotherSchoolOnTheNextDay) {
  const CommandResult before =
      Thidua({"school", "resolve", "Trường Chính trị Lê Duẩn", "--as-of", "2025-06-30"});
  EXPECT_EQ(before.exit_status, kUnique) << before.err;
  EXPECT_THAT(before.out, AllOf(HasSubstr("quang-tri "), Not(HasSubstr("quang-tri-2025"))));
  const CommandResult after =
      Thidua({"school", "resolve", "Trường Chính trị Lê Duẩn", "--as-of", "2025-07-01"});
  EXPECT_EQ(after.exit_status, kUnique) << after.err;
  EXPECT_THAT(after.out, HasSubstr("quang-tri-2025"));
}

TEST_F(Finding, SeveralMatchesHaveAStatusOfTheirOwnAndTheirReasons) {
  const CommandResult two =
      Thidua({"school", "resolve", "Nguyễn", "Văn", "Cừ", "--as-of", "2024-06-25", "--lang", "vi"});
  EXPECT_EQ(two.exit_status, kAmbiguous) << two.err;
  EXPECT_THAT(two.out,
              AllOf(HasSubstr("quang-ninh"), HasSubstr("bac-ninh"), HasSubstr("tên riêng")));
  const CommandResult one = Thidua({"school", "resolve", "Nguyễn Văn Cừ", "--as-of", "2024-06-25",
                                    "--province", "Bắc Ninh", "--lang", "en"});
  EXPECT_EQ(one.exit_status, kUnique) << one.err;
  EXPECT_THAT(one.out, AllOf(HasSubstr("bac-ninh"), HasSubstr("province of the text"),
                             Not(HasSubstr("quang-ninh"))));
}

// As some keyboards and every Mac's file names write it.
TEST_F(Finding, TextMayBeDecomposed) {
  const CommandResult found =
      Thidua({"school", "resolve", "Hoa\u0300ng Đi\u0300nh Giong", "--as-of", "2024-06-25"});
  EXPECT_EQ(found.exit_status, kUnique) << found.err;
  EXPECT_THAT(found.out, HasSubstr("cao-bang"));
}

TEST_F(Finding, NothingFoundIsSaid) {
  const CommandResult none = Thidua({"school", "resolve", "Trường Chính trị tỉnh Hà Tây", "--as-of",
                                     "2024-06-25", "--lang", "vi"});
  EXPECT_EQ(none.exit_status, kNone);
  EXPECT_THAT(none.out, IsEmpty());
  EXPECT_THAT(none.err, HasSubstr("không có trường nào tên như vậy"));
}

TEST_F(Finding, TheOldNumberOfAClusterLivesOn) {
  const CommandResult now =
      Thidua({"cluster", "resolve", "Cụm thi đua số 3", "--as-of", "2023-11-09"});
  EXPECT_EQ(now.exit_status, kUnique) << now.err;
  EXPECT_THAT(now.out, AllOf(HasSubstr("tdmn"), Not(HasSubstr("c03-2015"))));
  const CommandResult then = Thidua({"cluster", "resolve", "Cụm 9", "--as-of", "2020-11-09"});
  EXPECT_EQ(then.exit_status, kUnique) << then.err;
  EXPECT_THAT(then.out, HasSubstr("c09-2015"));
}

TEST_F(Finding, TheHelpSaysTheStatusOfAnAmbiguousName) {
  EXPECT_THAT(Thidua({"--help"}).out, HasSubstr("6 ambiguous"));
}

}  // namespace
}  // namespace thidua::testing
