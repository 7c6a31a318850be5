#include "services/registry/clusters/leadership_rules.h"

#include <string>
#include <vector>

#include "common/directory/directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/school_snapshot.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using testing::Day;
using ::testing::ElementsAre;
using testing::EntryOf;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::LEADERSHIP_ROLE_DEPUTY;
using v1::LEADERSHIP_ROLE_HEAD;
using v1::LEADERSHIP_ROLE_STANDING_DEPUTY;

// The mountain cluster, whose leaders of 2024 are complete.
class LeadershipTest : public ::testing::Test {
 protected:
  LeadershipTest() {
    Put(testing::Regime("2021", "2021-02-03"));
    Put(testing::Cluster("mnbg", "2021", "Cụm miền núi, biên giới phía Bắc"));
    for (const auto& [id, province] :
         {std::pair("quang-ninh", "Quảng Ninh"), std::pair("ha-giang", "Hà Giang"),
          std::pair("lang-son", "Lạng Sơn"), std::pair("dien-bien", "Điện Biên")}) {
      Put(testing::School(id, province, std::string("Trường Chính trị tỉnh ") + province));
      Put(testing::Membership("mnbg", id, "2021-02-03"));
    }
    Put(testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD));
    Put(testing::Term("mnbg", "ha-giang", 2024, LEADERSHIP_ROLE_STANDING_DEPUTY));
    Put(testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY));
  }

  template <class Fact>
  void Put(const Fact& fact, int64_t version = 1) {
    ASSERT_TRUE(directory_.Apply({EntryOf(fact, version)}, 0).ok());
  }

  std::vector<v1::LeadershipFinding> Findings(int from, int to,
                                              const std::string& today = "2024-06-25") {
    return FindingsOf(*directory_.Current(), "mnbg", from, to, Day(today));
  }
  static std::string Text(const v1::LeadershipFinding& finding) { return finding.text(); }
  std::vector<std::string> Texts(int from, int to, const std::string& today = "2024-06-25") {
    std::vector<std::string> texts;
    for (const auto& finding : Findings(from, to, today)) texts.push_back(finding.text());
    return texts;
  }

  std::vector<std::string> Turn(const std::string& day) {
    std::vector<std::string> schools;
    const auto rotation = RotationOf(*directory_.Current(), "mnbg", Day(day));
    for (const auto& member : rotation.members())
      schools.push_back(member.school().substr(std::string("schools/").size()));
    return schools;
  }

  directory::Directory directory_;
};

TEST_F(LeadershipTest, WhoNeverLedComesFirstThenWhoLedLongestAgo) {
  Put(testing::Term("mnbg", "ha-giang", 2021, LEADERSHIP_ROLE_HEAD));
  // Điện Biên never held a post; Lạng Sơn was deputy.
  EXPECT_THAT(Turn("2024-06-25"), ElementsAre("dien-bien", "lang-son", "ha-giang", "quang-ninh"));
}

TEST_F(LeadershipTest, ARotationTellsTheYearsInEachPost) {
  Put(testing::Term("mnbg", "lang-son", 2022, LEADERSHIP_ROLE_HEAD));
  const auto rotation = RotationOf(*directory_.Current(), "mnbg", Day("2024-06-25"));
  const auto& lang_son = rotation.members(2);
  EXPECT_EQ(lang_son.school(), "schools/lang-son");
  EXPECT_THAT(lang_son.head_years(), ElementsAre(2022));
  EXPECT_THAT(lang_son.deputy_years(), ElementsAre(2024));
  EXPECT_EQ(lang_son.last_year(), 2024);
}

TEST_F(LeadershipTest, ATermThatHasNotBegunIsNobodysTurnYet) {
  Put(testing::Term("mnbg", "dien-bien", 2025, LEADERSHIP_ROLE_HEAD));
  EXPECT_EQ(Turn("2024-11-20").front(), "dien-bien");
  EXPECT_EQ(Turn("2025-01-01").back(), "dien-bien");
}

TEST_F(LeadershipTest, AProvisionalTermMakesTheLineProvisional) {
  Put(testing::Provisional(testing::Term("mnbg", "dien-bien", 2022, LEADERSHIP_ROLE_HEAD)));
  const auto rotation = RotationOf(*directory_.Current(), "mnbg", Day("2024-06-25"));
  for (const auto& member : rotation.members()) {
    EXPECT_EQ(member.confidence(), member.school() == "schools/dien-bien"
                                       ? v1::CONFIDENCE_PROVISIONAL
                                       : v1::CONFIDENCE_DOCUMENTED)
        << member.school();
  }
}

TEST_F(LeadershipTest, ACompleteYearHasNoFindings) {
  EXPECT_THAT(Findings(2024, 2024), IsEmpty());
}

TEST_F(LeadershipTest, AYearWithoutLeadersIsTwoGaps) {
  const auto findings = Findings(2023, 2023);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_EQ(findings[0].kind(), v1::LEADERSHIP_FINDING_KIND_NO_HEAD);
  EXPECT_EQ(findings[0].text(), "no head is recorded from 2023-01-01 to 2023-12-31");
  EXPECT_EQ(findings[0].text_vi(),
            "chưa ghi nhận Cụm trưởng từ ngày 2023-01-01 đến ngày 2023-12-31");
  EXPECT_EQ(findings[1].kind(), v1::LEADERSHIP_FINDING_KIND_FEW_DEPUTIES);
}

TEST_F(LeadershipTest, AGapLiesWithinTheRegime) {
  EXPECT_THAT(Findings(2019, 2020), IsEmpty());
  EXPECT_EQ(Findings(2021, 2021)[0].text(), "no head is recorded from 2021-02-03 to 2021-12-31");
}

TEST_F(LeadershipTest, DaysWithoutAHeadWithinAYearAreAGap) {
  Put(testing::Dating(testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD),
                      "2024-02-24", "2024-08-01"),
      2);
  EXPECT_THAT(Texts(2024, 2024), ElementsAre("no head is recorded from 2024-01-01 to 2024-02-23",
                                             "no head is recorded from 2024-08-01 to 2024-12-31"));
}

TEST_F(LeadershipTest, FewerDeputiesThanPlacesAreAFinding) {
  Put(testing::Dating(testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY),
                      "2024-01-01", "2024-07-01"),
      2);
  EXPECT_THAT(Texts(2024, 2024),
              ElementsAre("1 of 2 deputies recorded from 2024-07-01 to 2024-12-31"));
}

TEST_F(LeadershipTest, ADeputyLessIsNoFindingWhereTheRegimeHasOnePlace) {
  auto regime = testing::Regime("2021", "2021-02-03");
  regime.set_deputy_limit(1);
  Put(regime, 2);
  Put(testing::Dating(testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY),
                      "2024-01-01", "2024-01-01"),
      2);
  EXPECT_THAT(Findings(2024, 2024), IsEmpty());
}

TEST_F(LeadershipTest, TermsThatContradictEachOtherAreFoundProvisionalOnesToo) {
  Put(testing::Provisional(
      testing::Dating(testing::Term("mnbg", "dien-bien", 2024, LEADERSHIP_ROLE_HEAD), "2024-10-01",
                      "2025-01-01")));
  const auto findings = Findings(2024, 2024);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind(), v1::LEADERSHIP_FINDING_KIND_OVERLAP);
  EXPECT_TRUE(findings[0].provisional());
  EXPECT_EQ(findings[0].leadership_terms_size(), 2);
  EXPECT_EQ(findings[0].valid_from().month(), 10);
}

TEST_F(LeadershipTest, AnElectedTermWhoseTimeHasComeMustBeRecognised) {
  auto term = testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD);
  term.set_state(v1::LEADERSHIP_TERM_STATE_ELECTED);
  Put(term, 2);
  EXPECT_THAT(Findings(2024, 2024, "2023-12-31"), IsEmpty());
  const auto findings = Findings(2024, 2024, "2024-01-01");
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind(), v1::LEADERSHIP_FINDING_KIND_NOT_RECOGNISED);
}

TEST_F(LeadershipTest, ATermOfASchoolThatIsGoneIsFound) {
  Put(testing::School("quang-ninh", "Quảng Ninh", "", "", "2024-07-01"), 2);
  const auto findings = Findings(2024, 2024);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].kind(), v1::LEADERSHIP_FINDING_KIND_SCHOOL_GONE);
  EXPECT_EQ(findings[0].text(),
            "schools/quang-ninh, head, does not exist from 2024-07-01 to 2024-12-31");
}

TEST_F(LeadershipTest, ASchoolOutsideEveryClusterIsSaidToHaveNone) {
  Put(testing::School("son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La"));
  const auto snapshot = SnapshotOfSchool(*directory_.Current(), "son-la", Day("2024-06-25"));
  ASSERT_EQ(snapshot.standings_size(), 1);
  EXPECT_EQ(snapshot.standings(0).cluster_absence(), v1::CLUSTER_ABSENCE_NONE_RECORDED);
  EXPECT_FALSE(snapshot.standings(0).has_membership());
}

}  // namespace
}  // namespace thidua::registry
