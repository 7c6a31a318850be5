// Which cluster people mean, over the real ones.
#include <ostream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_name_rules.h"
#include "tests/support/reference_map.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using ::testing::Contains;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

v1::ResolveClusterNameResponse Resolve(const std::string& text, const std::string& day) {
  static const auto& names = *new ClusterNames(testing::ReferenceMap());
  return names.Resolve(text, Day(day), 0);
}

std::vector<std::string> Ids(const v1::ResolveClusterNameResponse& response) {
  std::vector<std::string> ids;
  for (const v1::ClusterCandidate& candidate : response.candidates())
    ids.push_back(candidate.cluster().substr(std::string("clusters/").size()));
  return ids;
}

struct Spelling {
  const char* text;
  const char* day;
  const char* cluster;

  friend std::ostream& operator<<(std::ostream& out, const Spelling& spelling) {
    return out << '"' << spelling.text << "\" on " << spelling.day;
  }
};

class ClusterSpellingTest : public ::testing::TestWithParam<Spelling> {};

TEST_P(ClusterSpellingTest, MeansOneCluster) {
  const auto [text, day, cluster] = GetParam();
  const auto response = Resolve(text, day);
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_UNIQUE) << response.DebugString();
  EXPECT_THAT(Ids(response), ElementsAre(cluster));
}

INSTANTIATE_TEST_SUITE_P(
    Written, ClusterSpellingTest,
    ::testing::Values(
        Spelling{"Cụm thi đua số 9", "2020-11-09", "c09-2015"},
        Spelling{"Cụm 9", "2020-11-09", "c09-2015"},
        Spelling{"cụm số 09", "2020-11-09", "c09-2015"}, Spelling{"số 9", "2020-11-09", "c09-2015"},
        Spelling{"Cụm TĐ số 9", "2020-11-09", "c09-2015"},
        Spelling{"Cụm thi đua số 3", "2020-11-09", "c03-2015"},
        // The old number lives on in speech.
        Spelling{"Cụm thi đua số 3", "2023-11-09", "tdmn"}, Spelling{"cum 3", "2023-11-09", "tdmn"},
        Spelling{"Cụm thi đua các trường chính trị khu vực miền núi, biên giới phía Bắc",
                 "2024-06-25", "mnbg"},
        Spelling{"cum mien nui bien gioi phia bac", "2024-06-25", "mnbg"},
        Spelling{"Cụm MNBG phía Bắc", "2024-06-25", "mnbg"},
        Spelling{"Cụm Trung du miền núi phía Bắc", "2023-11-09", "tdmn"},
        Spelling{"Cụm thi đua ĐBSCL", "2024-06-25", "dbscl"},
        Spelling{"cụm thi đua các trường chính trị Đồng bằng sông Cửu Long", "2021-05-12", "dbscl"},
        Spelling{"Cụm các tỉnh Nam Trung Bộ - Tây Nguyên", "2022-11-22", "ntbtn"},
        Spelling{"Cụm thi đua các trường chính trị miền Đông Nam Bộ", "2022-11-01", "dnb"},
        Spelling{"Đông Nam Bộ", "2024-11-13", "dnb"},
        Spelling{"miền Đông Nam Bộ", "2019-07-01", "c08-2015"},
        Spelling{"Cụm Tây Nguyên", "2020-11-23", "c07-2015"},
        Spelling{"Cụm Đồng bằng sông Hông", "2022-07-26", "dbsh"},
        Spelling{"Cum Bac Trung Bo", "2024-06-25", "btb"}));

TEST(ClusterNamesTest, ANumberThatIsNoLongerUsedIsOfferedWithItsReason) {
  const auto response = Resolve("Cụm thi đua số 9", "2024-06-25");
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  ASSERT_THAT(Ids(response), ElementsAre("c09-2015"));
  EXPECT_THAT(response.candidates(0).reasons(), Contains(v1::NAME_MATCH_REASON_OTHER_DAY));
}

TEST(ClusterNamesTest, WordsOfTwoRegionsGiveBoth) {
  const auto response = Resolve("Cụm miền núi phía Bắc", "2024-06-25");
  EXPECT_EQ(response.outcome(), v1::NAME_OUTCOME_AMBIGUOUS);
  EXPECT_THAT(Ids(response), UnorderedElementsAre("mnbg", "tdmn"));
}

TEST(ClusterNamesTest, WhatNamesNothingGivesNothing) {
  for (const char* text : {"Cụm thi đua", "Cụm 77", "Trường Chính trị Lê Duẩn"})
    EXPECT_EQ(Resolve(text, "2024-06-25").outcome(), v1::NAME_OUTCOME_NONE) << text;
}

TEST(ClusterNamesTest, TheAliasThatMatchedIsTold) {
  const auto response = Resolve("cụm 3", "2023-11-09");
  EXPECT_EQ(response.candidates(0).matched_name(), "Cụm thi đua số 3");
  EXPECT_THAT(response.candidates(0).reasons(), Contains(v1::NAME_MATCH_REASON_ALIAS));
}

}  // namespace
}  // namespace thidua::registry
