// The shipped sample scheme, and what it makes of the real figures of the first half of 2024.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/awards/scoring/publication_document.h"
#include "services/awards/scoring/ranking_rules.h"
#include "services/awards/scoring/scheme_rules.h"
#include "tests/support/published_facts.h"
#include "tests/support/sample_scheme.h"

namespace thidua::awards {
namespace {

using ::testing::ElementsAre;
using testing::FirstHalf2024;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Publish;
using testing::SampleScheme;

TEST(SampleScheme, IsSoundAndSaysThatItIsASample) {
  const v1::ScoringScheme scheme = SampleScheme();
  std::vector<std::string> faults;
  for (const auto& fault : FaultsOf(scheme))
    faults.push_back(fault.field + " " + fault.description);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_TRUE(scheme.sample());
  EXPECT_THAT(scheme.title(), HasSubstr("SAMPLE"));
  EXPECT_EQ(MaxPoints(scheme)->ToString(), "100");
}

class FirstHalf : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<PublishedFigures> figures = ReadFigures(Publish(FirstHalf2024()));
    ASSERT_TRUE(figures.ok()) << figures.status();
    absl::StatusOr<Order> order = OrderSchools(SampleScheme(), figures->schools);
    ASSERT_TRUE(order.ok()) << order.status();
    order_ = *std::move(order);
  }
  Order order_;
};

// Training, research, publications, bonus.
TEST_F(FirstHalf, OfTheNorthernCluster) {
  std::vector<std::string> lines;
  for (const v1::RankingEntry& entry : order_.entries) {
    lines.push_back(std::to_string(entry.rank()) + " " + entry.school() + " " + entry.arithmetic());
  }
  EXPECT_THAT(lines, ElementsAre("1 schools/quang-ninh 34.40 + 18.00 + 3.00 + 1.50 = 56.90",
                                 "2 schools/lao-cai 14.21 + 19.00 + 10.00 + 0.00 = 43.21",
                                 "3 schools/son-la 18.35 + 17.00 + 0.00 + 0.00 = 35.35",
                                 "4 schools/ha-giang 16.47 + 11.00 + 7.00 + 0.00 = 34.47",
                                 "5 schools/dien-bien 12.05 + 4.00 + 5.00 + 0.00 = 21.05",
                                 "6 schools/lang-son 12.68 + 5.00 + 3.00 + 0.00 = 20.68",
                                 "7 schools/lai-chau 9.34 + 4.00 + 5.50 + 0.00 = 18.84",
                                 "8 schools/cao-bang 8.64 + 8.00 + 0.00 + 0.00 = 16.64"));
}

// Staff and ideology are stated by the cluster as a whole in this window: no school is punished for
// figures it was not asked for.
TEST_F(FirstHalf, LeavesOutWhatSchoolsWereNotAskedFor) {
  EXPECT_EQ(order_.entries[0].attainable_points().value(), "75");
  EXPECT_EQ(order_.entries[0].criterion_scores(9).arithmetic(), "kỳ báo cáo không yêu cầu: bỏ qua");
}

TEST_F(FirstHalf, TracesAScoreToItsReport) {
  const v1::CriterionScore& score = order_.entries[0].criterion_scores(0);
  EXPECT_EQ(score.arithmetic(), "min(20, 97 × 0.2) = 19.40");
  EXPECT_EQ(score.figure().report(), "windows/2024-h1/reports/quang-ninh");
  EXPECT_EQ(score.figure().cell(), "/cells/0/contributions/6");
}

}  // namespace
}  // namespace thidua::awards
