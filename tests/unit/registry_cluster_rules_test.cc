#include <string>
#include <vector>

#include "common/contract/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_rules.h"
#include "services/registry/clusters/cluster_snapshot.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using contract::ReasonOf;
using contract::VietnameseText;
using registry::v1::ClusterRegime;
using registry::v1::LEADERSHIP_ROLE_DEPUTY;
using registry::v1::LEADERSHIP_ROLE_HEAD;
using registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY;
using registry::v1::LeadershipTerm;
using registry::v1::Membership;
using registry::v1::School;
using testing::Day;
using ::testing::HasSubstr;

School HaGiang() {
  return testing::School("ha-giang", "Hà Giang", "Trường Chính trị tỉnh Hà Giang", "",
                         "2025-07-01");
}
ClusterRegime Regional() { return testing::Regime("2021", "2021-02-03"); }
Membership HaGiangInMnbg(const std::string& from = "2021-02-03",
                         const std::string& to = "2025-07-01") {
  return testing::Membership("mnbg", "ha-giang", from, to);
}

TEST(MembershipRulesTest, AMembershipLiesWithinSchoolAndRegime) {
  EXPECT_TRUE(CheckMembership(HaGiangInMnbg(), HaGiang(), Regional(), {}).ok());
  const absl::Status after_the_merger =
      CheckMembership(HaGiangInMnbg("2021-02-03", ""), HaGiang(), Regional(), {});
  EXPECT_EQ(ReasonOf(after_the_merger), Reason::REASON_RULE_VIOLATED);
  EXPECT_THAT(VietnameseText(after_the_merger),
              HasSubstr("thời gian hiệu lực của schools/ha-giang"));
  EXPECT_THAT(
      std::string(
          CheckMembership(HaGiangInMnbg("2020-01-01"), HaGiang(), Regional(), {}).message()),
      HasSubstr("clusterRegimes/2021"));
}

TEST(MembershipRulesTest, OpenBoundsBecomeThoseOfSchoolAndRegime) {
  const Membership filled = WithBounds(HaGiangInMnbg("", ""), HaGiang(), Regional());
  EXPECT_EQ(filled.SerializeAsString(), HaGiangInMnbg().SerializeAsString());
  const Membership open = WithBounds(testing::Membership("mnbg", "dien-bien"),
                                     testing::School("dien-bien", "Điện Biên", ""), Regional());
  EXPECT_FALSE(open.has_valid_to());
}

// BR-07: 63 schools are the sum of the members of all clusters.
TEST(MembershipRulesTest, ASchoolBelongsToOneClusterAtATime) {
  const std::vector<Membership> held = {
      testing::Membership("tdmn", "ha-giang", "2021-02-03", "2023-01-01")};
  const absl::Status status =
      CheckMembership(HaGiangInMnbg("2022-12-31"), HaGiang(), Regional(), held);
  EXPECT_EQ(ReasonOf(status), Reason::REASON_OVERLAP);
  EXPECT_THAT(VietnameseText(status), HasSubstr("ngày 2022-12-31 đã thuộc cụm đó"));
  EXPECT_TRUE(CheckMembership(HaGiangInMnbg("2023-01-01"), HaGiang(), Regional(), held).ok());
}

TEST(MembershipRulesTest, ACorrectionDoesNotOverlapItsOldForm) {
  EXPECT_TRUE(
      CheckMembership(HaGiangInMnbg("2022-01-01"), HaGiang(), Regional(), {HaGiangInMnbg()}).ok());
}

TEST(MembershipRulesTest, AMembershipThatNeverBeganIsInNobodysWay) {
  const std::vector<Membership> held = {
      testing::Membership("tdmn", "ha-giang", "2023-01-01", "2023-01-01")};
  EXPECT_TRUE(CheckMembership(HaGiangInMnbg(), HaGiang(), Regional(), held).ok());
}

TEST(MembershipRulesTest, ASchoolCannotEndBeforeItsMemberships) {
  School school = HaGiang();
  EXPECT_TRUE(CheckMembershipsWithin(school, {HaGiangInMnbg()}).ok());
  *school.mutable_valid_to() = runtime::DayToProto(Day("2025-06-30"));
  EXPECT_EQ(ReasonOf(CheckMembershipsWithin(school, {HaGiangInMnbg()})),
            Reason::REASON_RULE_VIOLATED);
}

TEST(MembershipRulesTest, AnEndLiesWithinTheMembership) {
  EXPECT_EQ(End(HaGiangInMnbg(), Day("2024-01-01"))->valid_to().year(), 2024);
  EXPECT_EQ(ReasonOf(End(HaGiangInMnbg(), Day("2020-01-01")).status()),
            Reason::REASON_RULE_VIOLATED);
  EXPECT_EQ(ReasonOf(End(HaGiangInMnbg(), Day("2026-01-01")).status()),
            Reason::REASON_RULE_VIOLATED);
}

TEST(MembershipRulesTest, AMembershipCannotEndBeforeATermOfItsSchool) {
  const std::vector<LeadershipTerm> terms = {
      testing::Term("mnbg", "ha-giang", 2024, LEADERSHIP_ROLE_STANDING_DEPUTY)};
  EXPECT_TRUE(CheckTermsCovered(HaGiangInMnbg(), {HaGiangInMnbg()}, terms).ok());
  EXPECT_EQ(ReasonOf(CheckTermsCovered(HaGiangInMnbg("2021-02-03", "2024-12-31"), {HaGiangInMnbg()},
                                       terms)),
            Reason::REASON_RULE_VIOLATED);
}

// The leaders of 2024: Quảng Ninh, Hà Giang (thường trực), Lạng Sơn.
class TermRulesTest : public ::testing::Test {
 protected:
  TermRulesTest() {
    for (const char* school : {"quang-ninh", "lang-son", "dien-bien", "son-la"}) {
      facts_.memberships.push_back(testing::Membership("mnbg", school, "2021-02-03"));
    }
    facts_.memberships.push_back(HaGiangInMnbg());
    facts_.terms = {testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD),
                    testing::Term("mnbg", "ha-giang", 2024, LEADERSHIP_ROLE_STANDING_DEPUTY)};
  }

  static LeadershipTerm Dated(LeadershipTerm term, const char* from, const char* to) {
    return testing::Dating(std::move(term), from, to);
  }

  ClusterFacts facts_;
};

TEST_F(TermRulesTest, AnOrdinaryDeputyBesideTheStandingOneIsGood) {
  EXPECT_TRUE(
      CheckTerm(testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY), facts_).ok());
}

TEST_F(TermRulesTest, AClusterHasOneHeadAtATime) {
  const absl::Status status =
      CheckTerm(testing::Term("mnbg", "dien-bien", 2024, LEADERSHIP_ROLE_HEAD), facts_);
  EXPECT_EQ(ReasonOf(status), Reason::REASON_OVERLAP);
  EXPECT_THAT(VietnameseText(status), HasSubstr("mỗi cụm có một Cụm trưởng"));
  EXPECT_TRUE(
      CheckTerm(testing::Term("mnbg", "dien-bien", 2025, LEADERSHIP_ROLE_HEAD), facts_).ok());
}

TEST_F(TermRulesTest, AClusterHasOneStandingDeputyAtATime) {
  EXPECT_EQ(ReasonOf(CheckTerm(
                testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_STANDING_DEPUTY), facts_)),
            Reason::REASON_OVERLAP);
}

TEST_F(TermRulesTest, TheStandingDeputyCountsAmongTheDeputies) {
  facts_.terms.push_back(testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY));
  const LeadershipTerm third = testing::Term("mnbg", "son-la", 2024, LEADERSHIP_ROLE_DEPUTY);
  const absl::Status status = CheckTerm(third, facts_);
  EXPECT_EQ(ReasonOf(status), Reason::REASON_RULE_VIOLATED);
  EXPECT_THAT(VietnameseText(status), HasSubstr("3 Cụm phó vào ngày 2024-01-01, tối đa là 2"));
  facts_.deputy_limit = 3;
  EXPECT_TRUE(CheckTerm(third, facts_).ok());
}

TEST_F(TermRulesTest, DeputiesOfDifferentMonthsDoNotAddUp) {
  facts_.terms.push_back(Dated(testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY),
                               "2024-01-01", "2024-07-01"));
  facts_.terms.push_back(Dated(testing::Term("mnbg", "dien-bien", 2024, LEADERSHIP_ROLE_DEPUTY),
                               "2024-09-01", "2025-01-01"));
  const auto son_la = [](const char* from, const char* to) {
    return Dated(testing::Term("mnbg", "son-la", 2024, LEADERSHIP_ROLE_DEPUTY), from, to);
  };
  EXPECT_TRUE(CheckTerm(son_la("2024-07-01", "2024-09-01"), facts_).ok());
  EXPECT_FALSE(CheckTerm(son_la("2024-07-01", "2024-09-02"), facts_).ok());
}

TEST_F(TermRulesTest, ASchoolHoldsOnePostAtATime) {
  auto second = testing::Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_DEPUTY);
  second.set_name("clusters/mnbg/leadershipTerms/2024-quang-ninh-2");
  EXPECT_EQ(ReasonOf(CheckTerm(second, facts_)), Reason::REASON_OVERLAP);
}

TEST_F(TermRulesTest, OnlyAMemberThroughoutMayLead) {
  EXPECT_EQ(
      ReasonOf(CheckTerm(testing::Term("mnbg", "tuyen-quang", 2023, LEADERSHIP_ROLE_HEAD), facts_)),
      Reason::REASON_RULE_VIOLATED);
  const absl::Status merged =
      CheckTerm(testing::Term("mnbg", "ha-giang", 2025, LEADERSHIP_ROLE_HEAD), facts_);
  EXPECT_THAT(VietnameseText(merged), HasSubstr("không là thành viên cụm trong suốt"));
}

TEST_F(TermRulesTest, ATermHasADayInItsYear) {
  EXPECT_FALSE(CheckTerm(Dated(testing::Term("mnbg", "son-la", 2023, LEADERSHIP_ROLE_HEAD),
                               "2022-01-01", "2023-01-01"),
                         facts_)
                   .ok());
}

TEST_F(TermRulesTest, ANewTermIsElectedForTheWholeYear) {
  LeadershipTerm term = testing::Term("mnbg", "son-la", 2025, LEADERSHIP_ROLE_HEAD);
  term.clear_valid_from();
  term.clear_valid_to();
  term = NewTerm(term);
  EXPECT_EQ(term.state(), registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  EXPECT_EQ(directory::PeriodOf(term)->from, Day("2025-01-01"));
  EXPECT_EQ(directory::PeriodOf(term)->to, Day("2026-01-01"));
}

TEST_F(TermRulesTest, OnlyAnElectedTermIsRecognised) {
  registry::v1::Decision decision;
  decision.set_number("7431-QĐ/HVCTQG");
  const auto recognised = Recognise(NewTerm(facts_.terms[0]), decision, nullptr);
  ASSERT_TRUE(recognised.ok());
  EXPECT_EQ(recognised->state(), registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED);
  EXPECT_EQ(recognised->recognition().number(), "7431-QĐ/HVCTQG");
  const absl::Status again = Recognise(*recognised, decision, nullptr).status();
  EXPECT_EQ(ReasonOf(again), Reason::REASON_WRONG_STATE);
  EXPECT_THAT(VietnameseText(again), HasSubstr("đang ở trạng thái đã công nhận"));
}

TEST_F(TermRulesTest, ATermEndsWithinItselfAndNotInTheFuture) {
  const auto ended = End(facts_.terms[0], Day("2024-08-01"), Day("2024-08-01"));
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->state(), registry::v1::LEADERSHIP_TERM_STATE_ENDED);
  EXPECT_FALSE(directory::GivesActingRights(*ended, Day("2024-08-01")));
  EXPECT_FALSE(End(facts_.terms[0], Day("2024-08-02"), Day("2024-08-01")).ok());
  EXPECT_FALSE(End(facts_.terms[0], Day("2025-01-02"), Day("2026-01-01")).ok());
  EXPECT_EQ(ReasonOf(End(*ended, Day("2024-07-01"), Day("2024-08-01")).status()),
            Reason::REASON_WRONG_STATE);
}

TEST_F(TermRulesTest, ATermMayBeWithdrawnBeforeItBegins) {
  const auto withdrawn = End(NewTerm(facts_.terms[0]), Day("2024-01-01"), Day("2023-12-20"));
  ASSERT_TRUE(withdrawn.ok());
  facts_.terms[0] = *withdrawn;
  EXPECT_TRUE(
      CheckTerm(testing::Term("mnbg", "dien-bien", 2024, LEADERSHIP_ROLE_HEAD), facts_).ok());
}

TEST_F(TermRulesTest, AReplacementTakesTheRestOfTheTerm) {
  LeadershipTerm successor = testing::Documented(LeadershipTerm());
  successor.set_name("clusters/mnbg/leadershipTerms/2024-dien-bien");
  successor.set_school("schools/dien-bien");
  const auto replacement =
      Replace(facts_.terms[0], successor, Day("2024-07-01"), Day("2024-07-15"));
  ASSERT_TRUE(replacement.ok());
  EXPECT_EQ(replacement->replaced.state(), registry::v1::LEADERSHIP_TERM_STATE_REPLACED);
  EXPECT_EQ(replacement->replaced.replaced_by(), successor.name());
  EXPECT_EQ(replacement->successor.state(), registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  EXPECT_EQ(replacement->successor.role(), LEADERSHIP_ROLE_HEAD);
  EXPECT_EQ(directory::PeriodOf(replacement->successor)->from, Day("2024-07-01"));
  facts_.terms[0] = replacement->replaced;
  EXPECT_TRUE(CheckTerm(replacement->successor, facts_).ok());
}

TEST_F(TermRulesTest, AMergerCutsATermAndLeavesItsStateUntilThen) {
  const auto cut = CutAt(facts_.terms[1], Day("2024-07-01"));
  ASSERT_TRUE(cut.has_value());
  EXPECT_EQ(directory::PeriodOf(*cut)->to, Day("2024-07-01"));
  EXPECT_EQ(cut->state(), registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED);
  EXPECT_TRUE(directory::GivesActingRights(*cut, Day("2024-06-30")));
  EXPECT_FALSE(directory::GivesActingRights(*cut, Day("2024-07-01")));
}

TEST_F(TermRulesTest, ATermAfterTheMergerNeverBegins) {
  const auto never = CutAt(facts_.terms[1], Day("2024-01-01"));
  ASSERT_TRUE(never.has_value());
  EXPECT_TRUE(directory::PeriodOf(*never)->Empty());
  EXPECT_EQ(never->state(), registry::v1::LEADERSHIP_TERM_STATE_ENDED);
  EXPECT_FALSE(CutAt(*never, Day("2023-01-01")).has_value());
}

TEST_F(TermRulesTest, AMergerLeavesWhatHadEndedByThen) {
  EXPECT_FALSE(CutAt(facts_.terms[1], Day("2025-01-01")).has_value());
  EXPECT_FALSE(CutAt(HaGiangInMnbg(), Day("2025-07-01")).has_value());
}

TEST_F(TermRulesTest, AMergerCutsAMembership) {
  EXPECT_EQ(directory::PeriodOf(*CutAt(HaGiangInMnbg("2021-02-03", ""), Day("2025-07-01")))->to,
            Day("2025-07-01"));
  EXPECT_TRUE(
      directory::PeriodOf(*CutAt(HaGiangInMnbg("2026-01-01", ""), Day("2025-07-01")))->Empty());
}

TEST_F(TermRulesTest, AClosedTermIsNotCorrected) {
  const auto ended = End(facts_.terms[0], Day("2024-08-01"), Day("2024-08-01"));
  EXPECT_EQ(ReasonOf(CheckCorrectable(*ended)), Reason::REASON_WRONG_STATE);
  EXPECT_TRUE(CheckCorrectable(facts_.terms[0]).ok());
}

TEST(RegimeRulesTest, TwoDeputiesUnlessTheRegimeSaysOtherwise) {
  ClusterRegime regime = Regional();
  regime.clear_deputy_limit();
  EXPECT_EQ(CheckRegime(regime)->deputy_limit(), 2);
  regime.set_deputy_limit(0);
  EXPECT_EQ(CheckRegime(regime)->deputy_limit(), 0);
}

TEST(ClusterSnapshotTest, OneAnswerHasMembersNamesAndLeaders) {
  directory::Directory directory;
  School school = HaGiang();
  school.mutable_names(0)->set_short_name("Hà Giang");
  LeadershipTerm elected = testing::Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_HEAD);
  elected.set_state(registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  ASSERT_TRUE(
      directory
          .Apply({testing::EntryOf(school), testing::EntryOf(Regional()),
                  testing::EntryOf(
                      testing::Cluster("mnbg", "2021", "Cụm miền núi, biên giới phía Bắc"), 4),
                  testing::EntryOf(HaGiangInMnbg()), testing::EntryOf(elected),
                  testing::EntryOf(
                      testing::Term("mnbg", "ha-giang", 2024, LEADERSHIP_ROLE_STANDING_DEPUTY))},
                 0)
          .ok());
  const auto map = directory.Current();
  const auto snapshot = SnapshotOfCluster(*map, "mnbg", Day("2024-06-25"));
  EXPECT_EQ(snapshot.cluster().etag(), "\"v4\"");
  ASSERT_EQ(snapshot.members_size(), 1);
  EXPECT_EQ(snapshot.members(0).display_name(), "Trường Chính trị tỉnh Hà Giang");
  EXPECT_EQ(snapshot.members(0).short_name(), "Hà Giang");
  EXPECT_EQ(snapshot.members(0).province(), "Hà Giang");
  ASSERT_EQ(snapshot.leaders_size(), 2);
  EXPECT_EQ(snapshot.leaders(0).school(), "schools/lang-son");
  EXPECT_FALSE(snapshot.leaders(0).acting());
  EXPECT_TRUE(snapshot.leaders(1).acting());
}

}  // namespace
}  // namespace thidua::registry
