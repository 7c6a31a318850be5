// What the mergers of 2025 did to the clusters, on the real reference data and from the command
// line: where a school stood on a day, what is undecided, and a decision.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kLongAnInDnb[] = "clusters/dnb/memberships/long-an";

class Successions : public ::testing::Test {
 protected:
  Successions() {
    Done({"reference", "load", THIDUA_SOURCE_DIR "/deploy/reference", "--until", "2024-06-25"});
  }

  // Runs a command that must succeed, in English; what it printed.
  std::string Done(std::vector<std::string> words) {
    words.insert(words.end(), {"--lang", "en"});
    const CommandResult result = suite_.Thidua(words, "academy/office");
    EXPECT_EQ(result.exit_status, 0) << absl::StrCat(words[0], " ", words[1], ": ", result.err);
    return result.out;
  }
  std::string LongAnOn(const std::string& day) {
    return Done({"school", "clusters", "long-an", "--as-of", day});
  }
  std::vector<std::string> Deciding(const std::string& fate) {
    return {"succession", "decide",   "tay-ninh-2025", kLongAnInDnb, "--fate",
            fate,         "--reason", "Phân cụm",      "--source",   "Thông báo của Học viện"};
  }

  Suite suite_;
};

TEST_F(Successions, LongAnBelongsToTheClusterOfTheDay) {
  EXPECT_THAT(LongAnOn("2020-11-09"), ContainsRegex("long-an +c09-2015 +Cụm thi đua số 9"));
  EXPECT_THAT(LongAnOn("2024-11-09"), AllOf(HasSubstr("dnb"), HasSubstr("khu vực Đông Nam Bộ")));
  EXPECT_THAT(LongAnOn("2025-07-01"),
              AllOf(HasSubstr("became"), HasSubstr("undecided since the merger"),
                    ContainsRegex("tay-ninh-2025.*provisional"), Not(HasSubstr("dnb"))));
}

TEST_F(Successions, EveryClusterOfASchoolIsShownThroughItsLineage) {
  EXPECT_THAT(Done({"school", "clusters", "long-an"}),
              AllOf(ContainsRegex("long-an +c09-2015"), ContainsRegex("long-an +dnb")));
  EXPECT_THAT(Done({"school", "clusters", "tay-ninh-2025"}),
              AllOf(ContainsRegex("tay-ninh +c08-2015"), ContainsRegex("long-an +dnb")));
}

TEST_F(Successions, AnUndecidedMembershipIsTransferredOnce) {
  EXPECT_THAT(Done({"succession", "list", "tay-ninh-2025", "--undecided"}),
              HasSubstr(kLongAnInDnb));
  std::vector<std::string> transfer = Deciding("transfer");
  transfer.insert(transfer.end(), {"--cluster", "dnb"});
  EXPECT_THAT(Done(transfer), HasSubstr("clusters/dnb/memberships/tay-ninh-2025"));
  EXPECT_THAT(LongAnOn("2025-07-01"), ContainsRegex("tay-ninh-2025 +dnb"));
  EXPECT_THAT(Done({"succession", "list", "tay-ninh-2025", "--undecided"}),
              Not(HasSubstr(kLongAnInDnb)));
  EXPECT_THAT(Done({"succession", "list", "tay-ninh-2025"}),
              ContainsRegex(std::string(kLongAnInDnb) + ".*TRANSFER"));
  EXPECT_EQ(suite_.Thidua(Deciding("close"), "academy/office").exit_status, 1);
}

TEST_F(Successions, OnlyTheAcademyDecides) {
  EXPECT_EQ(suite_.Thidua(Deciding("close"), "school/long-an").exit_status, 4);
}

TEST_F(Successions, TheRotationAndTheFindingsOfAClusterAreShown) {
  EXPECT_THAT(Done({"cluster", "rotation", "mnbg", "--as-of", "2024-11-20"}),
              ContainsRegex("quang-ninh.*2024"));
  EXPECT_THAT(Done({"cluster", "findings", "dnb", "--from", "2024", "--to", "2024"}),
              HasSubstr("0 of 2 deputies recorded from 2024-01-01 to 2024-12-31"));
}

}  // namespace
}  // namespace thidua::testing
