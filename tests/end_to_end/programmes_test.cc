// A cluster's year from the command line: the head plans, a school joins, what was held is told,
// and who may not is refused.
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

// 2024: Quảng Ninh heads the cluster of the northern mountains, Hà Giang is its standing deputy,
// Lạng Sơn a deputy.
constexpr char kHead[] = "school/quang-ninh";
constexpr char kStandingDeputy[] = "school/ha-giang";
constexpr char kDeputy[] = "school/lang-son";
constexpr int kDenied = 4;

class Programmes : public ::testing::Test {
 protected:
  Programmes() {
    Done({"reference", "load", THIDUA_SOURCE_DIR "/deploy/reference", "--until", "2024-06-25"});
    // The shipped year may be there already; another one is this test's own.
    Done({"programme", "create", "mnbg", "2022", "--theme", "Dân chủ - Kỷ cương", "--source",
          "Kế hoạch 01-KH/CTĐ"});
  }

  // Runs a command that must succeed, in Vietnamese; what it printed.
  std::string Done(std::vector<std::string> words, const std::string& identity = "academy/office") {
    words.insert(words.end(), {"--lang", "vi"});
    const CommandResult result = suite_.Thidua(words, identity);
    EXPECT_EQ(result.exit_status, 0) << absl::StrCat(words[0], " ", words[1], ": ", result.err);
    return result.out;
  }
  int StatusOf(const std::vector<std::string>& words, const std::string& identity) {
    return suite_.Thidua(words, identity).exit_status;
  }
  std::string PlanRoundtable(const std::string& identity) {
    return Done(
        {"activity", "plan", "mnbg", "2024", "roundtable", "Tọa đàm khoa học cấp Cụm", "--id",
         "toa-dam", "--when", "2024-05", "--host", "ha-giang", "--source", "Kế hoạch 01-KH/CTĐ"},
        identity);
  }
  // The programme of 2024, where the reference data has not opened it.
  void Open2024() {
    (void)suite_.Thidua({"programme", "create", "mnbg", "2024", "--source", "Kế hoạch 01-KH/CTĐ"},
                        kHead);
  }

  Suite suite_;
};

TEST_F(Programmes, TheHeadAndItsStandingDeputyPlanAndTheOthersDoNot) {
  Open2024();
  EXPECT_EQ(StatusOf({"programme", "create", "mnbg", "2025", "--source", "x"}, kDeputy), kDenied);
  EXPECT_EQ(StatusOf({"programme", "create", "tdmn", "2025", "--source", "x"}, kHead), kDenied);
  Done({"programme", "create", "mnbg", "2025", "--source", "Kế hoạch 02-KH/CTĐ"}, kHead);
  EXPECT_THAT(PlanRoundtable(kStandingDeputy), HasSubstr("05/2024"));
  EXPECT_EQ(StatusOf({"activity", "cancel", "mnbg", "2024", "toa-dam", "--reason", "x"}, kDeputy),
            kDenied);
}

TEST_F(Programmes, ASchoolAnnouncesItselfAndNobodyElse) {
  Open2024();
  PlanRoundtable(kHead);
  EXPECT_EQ(StatusOf({"activity", "join", "mnbg", "2024", "toa-dam", "son-la"}, "school/dien-bien"),
            kDenied);
  EXPECT_THAT(Done({"activity", "join", "mnbg", "2024", "toa-dam", "thai-nguyen", "--role",
                    "presenter", "--mode", "online"},
                   "school/thai-nguyen"),
              HasSubstr("thai-nguyen (tham luận, trực tuyến)"));
  EXPECT_THAT(Done({"activity", "list", "--school", "thai-nguyen"}), HasSubstr("toa-dam"));
}

TEST_F(Programmes, WhatIsLateIsMarkedUntilItIsDone) {
  Open2024();
  PlanRoundtable(kHead);
  EXPECT_THAT(Done({"programme", "show", "mnbg", "2024"}),
              ContainsRegex("05/2024 +tọa đàm +toa-dam .* Hà Giang .*QUÁ HẠN"));
  EXPECT_THAT(Done({"activity", "list", "--overdue", "2024-06-25"}), HasSubstr("toa-dam"));
  EXPECT_THAT(Done({"activity", "complete", "mnbg", "2024", "toa-dam", "--held", "2024-06-05",
                    "--attended", "son-la:presenter", "--attended", "thai-nguyen", "--evidence",
                    "Kỷ yếu=https://example.vn/ky-yeu", "--conclusions", "Thống nhất các giải pháp",
                    "--source", "Báo Hà Giang"},
                   kHead),
              AllOf(HasSubstr("đã thực hiện"), HasSubstr("05/06/2024"), HasSubstr("Kỷ yếu")));
  EXPECT_THAT(Done({"programme", "show", "mnbg", "2024"}),
              AllOf(HasSubstr("05/06/2024"), Not(ContainsRegex("toa-dam .*QUÁ HẠN"))));
  const std::string summary = Done({"activity", "summary", "mnbg", "2024"});
  EXPECT_THAT(summary, AllOf(ContainsRegex("tọa đàm +1 "), ContainsRegex("son-la +[1-9]"),
                             ContainsRegex("thai-nguyen +1 .*ngoài cụm")));
  EXPECT_EQ(
      StatusOf({"activity", "move", "mnbg", "2024", "toa-dam", "2024-10", "--reason", "x"}, kHead),
      1);
}

TEST_F(Programmes, ATextIsDraftedAdoptedAndFollowedByAnother) {
  const std::vector<std::string> adopt = {
      "programme", "text",       "adopt",      "mnbg",          "2022",
      "plan-1",    "--day",      "2022-03-10", "--meeting",     "Hội nghị ký kết giao ước",
      "--school",  "quang-ninh", "--source",   "Báo Quảng Ninh"};
  Done({"programme", "text", "add", "mnbg", "2022", "plan", "--title", "Kế hoạch năm 2022",
        "--source", "Báo Quảng Ninh"});
  EXPECT_THAT(Done(adopt), HasSubstr("đã thông qua"));
  EXPECT_EQ(StatusOf(adopt, "academy/office"), 1);
  Done({"programme", "text", "add", "mnbg", "2022", "plan", "--title", "Kế hoạch bổ sung",
        "--source", "Báo Quảng Ninh"});
  EXPECT_THAT(
      Done({"programme", "text", "list", "mnbg", "2022"}),
      AllOf(ContainsRegex("plan-1 .*đã thông qua +10/03/2022"), ContainsRegex("plan-2 .*dự thảo")));
  EXPECT_THAT(Done({"programme", "show", "mnbg", "2022"}), HasSubstr("Kế hoạch năm 2022 (plan-1)"));
}

}  // namespace
}  // namespace thidua::testing
