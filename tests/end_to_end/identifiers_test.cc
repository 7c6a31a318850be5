// Documents and codes of schools from the command line, over the mergers of 2025.
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRefused = 1;
constexpr int kNotFound = 5;

// One registry for all the tests: Hà Giang and Tuyên Quang, which merged on 2025-07-01, with a code
// each before and one after.
class Identifiers : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Suite::Options options;
    options.start = {Service::kRegistry, Service::kReporting};  // the lists have indicators too
    suite_ = new Suite(options);
    Must({"reference", "load", THIDUA_SOURCE_DIR "/deploy/reference", "--until", "2024-06-25"});
    const std::string scheme = ::testing::TempDir() + "/ma-so-thue.json";
    std::ofstream(scheme)
        << R"({"displayName": "Mã số dùng nội bộ", "pattern": "[0-9A-Z]+([.][0-9A-Z]+)*",
               "maxLength": 35, "groupSeparator": ".",
               "provenance": {"confidence": "CONFIDENCE_DOCUMENTED", "source": "MẪU"}})";
    Must({"identifier", "scheme", "create", scheme, "--id", "sample-code"});
    Give("ha-giang", "H22.15", "2021-01-01");
    Give("tuyen-quang", "H60.14", "2021-01-01");
    Give("tuyen-quang-2025", "H60.15", "2025-07-01");
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static CommandResult Thidua(std::vector<std::string> words) {
    words.insert(words.end(), {"--lang", "en"});
    return suite_->Thidua(words);
  }
  static void Must(const std::vector<std::string>& words) {
    const CommandResult done = Thidua(words);
    ASSERT_EQ(done.exit_status, 0) << done.err;
  }
  static CommandResult Give(const std::string& school, const std::string& code,
                            const std::string& from) {
    return Thidua({"identifier", "create", school, code, "--scheme", "sample-code", "--from", from,
                   "--source", "MẪU"});
  }
  static CommandResult Resolve(const std::vector<std::string>& codes, const std::string& day) {
    std::vector<std::string> words = {"identifier", "resolve"};
    words.insert(words.end(), codes.begin(), codes.end());
    words.insert(words.end(), {"--scheme", "sample-code", "--as-of", day});
    return Thidua(words);
  }

  static Suite* suite_;
};

Suite* Identifiers::suite_ = nullptr;

TEST_F(Identifiers, TheSchemeOfAgencyCodesIsLoaded) {
  EXPECT_THAT(Thidua({"identifier", "scheme", "show", "agency-code"}).out,
              HasSubstr("at most 35 characters"));
}

TEST_F(Identifiers, TheDocumentsThatFoundTheRegistryAreLoaded) {
  EXPECT_THAT(Thidua({"document", "show", "91-2017-nd-cp"}).out,
              AllOf(HasSubstr("is replaced by"), HasSubstr("98/2023/NĐ-CP")));
}

TEST_F(Identifiers, ACodeInUseIsItself) {
  const CommandResult resolved = Resolve({"H22.15"}, "2025-06-30");
  EXPECT_EQ(resolved.exit_status, 0) << resolved.err;
  EXPECT_THAT(resolved.out, AllOf(HasSubstr("ha-giang"), Not(HasSubstr("!"))));
}

TEST_F(Identifiers, AfterTheMergerACodeLeadsToThatOfTheNewSchoolWithAWarning) {
  const CommandResult resolved = Resolve({"H22.15", "H60.14"}, "2025-07-01");
  EXPECT_EQ(resolved.exit_status, 0) << resolved.err;
  EXPECT_THAT(resolved.out, AllOf(HasSubstr("H60.15"), HasSubstr("by lineage"),
                                  HasSubstr("nobody retired H22.15, but its school ended")));
}

TEST_F(Identifiers, ABatchWithAnUnmappedCodeNamesIt) {
  const CommandResult resolved = Resolve({"H60.14", "H99"}, "2024-06-25");
  EXPECT_EQ(resolved.exit_status, kNotFound);
  EXPECT_THAT(resolved.out, HasSubstr("✗ H99: leads to no code"));
}

TEST_F(Identifiers, LowerCaseAndACodeOfAnotherSchoolAreRefused) {
  EXPECT_EQ(Give("quang-ninh", "h22", "2021-01-01").exit_status, kRefused);
  const CommandResult again = Give("quang-ninh", "H22.15", "2021-01-01");
  EXPECT_EQ(again.exit_status, kRefused);
  EXPECT_THAT(again.err, HasSubstr("is never given again"));
}

TEST_F(Identifiers, ASchoolIsShownWithItsCodes) {
  EXPECT_THAT(Thidua({"school", "show", "tuyen-quang", "--as-of", "2025-07-01"}).out,
              AllOf(HasSubstr("H60.14"), HasSubstr("RETIRED")));
}

TEST_F(Identifiers, ADocumentShowsWhatItReplaces) {
  Must({"document", "create", "vb-cu", "--number", "1/MẪU", "--issued", "2017", "--provisional"});
  Must({"document", "create", "vb-moi", "--number", "2/MẪU", "--issued", "2023-12", "--supersedes",
        "vb-cu", "--provisional"});
  EXPECT_THAT(Thidua({"document", "show", "vb-cu"}).out,
              AllOf(HasSubstr("is replaced by"), HasSubstr("2/MẪU"), HasSubstr("2023-12")));
  const CommandResult circle = Thidua({"document", "update", "vb-cu", "--supersedes", "vb-moi"});
  EXPECT_EQ(circle.exit_status, kRefused);
  EXPECT_THAT(circle.err, HasSubstr("supersede itself"));
  EXPECT_THAT(Thidua({"document", "list", "--query", "2 mau"}).out,
              AllOf(HasSubstr("vb-moi"), Not(HasSubstr("vb-cu"))));
}

}  // namespace
}  // namespace thidua::testing
