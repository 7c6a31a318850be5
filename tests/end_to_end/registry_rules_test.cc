// What the registry never takes, from the command line over the real lists, and whose right to act
// ends with a term, with real processes on either side of the year's end.
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/contract/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RegistryRules : public ::testing::Test {
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

  // Runs a command that must be refused, in Vietnamese, and leave no event; what it was told.
  static std::string Refused(std::vector<std::string> words) {
    words.insert(words.end(), {"--lang", "vi"});
    const int64_t before = suite_->Events(Service::kRegistry);
    const CommandResult result = suite_->Thidua(words);
    EXPECT_EQ(result.exit_status, 1) << absl::StrJoin(words, " ") << ": " << result.out;
    EXPECT_EQ(suite_->Events(Service::kRegistry), before) << absl::StrJoin(words, " ");
    return result.err;
  }
  static std::string Elect(const std::string& school, const std::string& role) {
    return Refused({"cluster", "term", "elect", "mnbg", school, "--year", "2024", "--role", role,
                    "--source", "Biên bản bầu"});
  }

  static Suite* suite_;
};

Suite* RegistryRules::suite_ = nullptr;

TEST_F(RegistryRules, ASchoolBelongsToOneClusterAtATime) {
  EXPECT_THAT(
      Refused({"cluster", "member", "add", "tdmn", "dien-bien", "--source", "Thông báo"}),
      AllOf(HasSubstr("OVERLAP"), HasSubstr("mỗi lúc chỉ thuộc một cụm"), HasSubstr("mnbg")));
}

TEST_F(RegistryRules, AClusterHasOneHead) {
  EXPECT_THAT(Elect("cao-bang", "head"),
              AllOf(HasSubstr("OVERLAP"), HasSubstr("mỗi cụm có một Cụm trưởng")));
}

TEST_F(RegistryRules, AClusterHasOneStandingDeputy) {
  EXPECT_THAT(Elect("cao-bang", "standing-deputy"),
              AllOf(HasSubstr("OVERLAP"), HasSubstr("mỗi cụm có một Cụm phó thường trực")));
}

TEST_F(RegistryRules, AClusterHasNoMoreDeputiesThanItsRegimeAllows) {
  EXPECT_THAT(Elect("cao-bang", "deputy"), HasSubstr("tối đa là 2"));
}

// ha-giang became tuyen-quang-2025; nothing that came after a school is before it.
TEST_F(RegistryRules, LineageHasNoCycle) {
  EXPECT_THAT(Refused({"lineage", "record", "nguoc", "rebrand", "--on", "2024-01-01", "--from",
                       "tuyen-quang-2025", "--to", "ha-giang", "--source", "Không có"}),
              AllOf(HasSubstr("LINEAGE_CYCLE"), HasSubstr("tiền thân của chính nó")));
}

// Of the pact of 2023 a page says that all signed; nobody is said not to have.
TEST_F(RegistryRules, ASchoolIsNotSaidNotToHaveSignedWhatASourceTellsOf) {
  const CommandResult shown =
      suite_->Thidua({"pact", "missing", "ntbtn", "2023", "--as-of", "2023-03-10", "--lang", "vi"});
  EXPECT_EQ(shown.exit_status, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("không lưu chữ ký"), Not(HasSubstr("chưa ký"))));
}

// The report of dien-bien is accepted by the standing deputy of 2024 on this day.
absl::Status AcceptanceOn(absl::CivilDay day) {
  Suite::Options options;
  options.today = day;
  Suite suite(options);
  northern::Load(suite);
  const auto& stated = northern::Reports()[1];
  const auto draft =
      northern::Must(northern::CreateReport(suite.As("school/" + stated.school), stated));
  const auto submitted =
      northern::Must(northern::SubmitReport(suite.As("school/" + stated.school), draft));
  return northern::AcceptReport(suite.As(northern::kStandingDeputy), submitted).status();
}

TEST(ActingRights, ADeputysRightToAcceptReportsEndsWithTheTerm) {
  const absl::Status last_day = AcceptanceOn(absl::CivilDay(2024, 12, 31));
  EXPECT_TRUE(last_day.ok()) << last_day;
  const absl::Status next_day = AcceptanceOn(absl::CivilDay(2025, 1, 1));
  EXPECT_EQ(contract::ReasonOf(next_day), contract::Reason::REASON_PERMISSION_DENIED) << next_day;
}

}  // namespace
}  // namespace thidua::testing
