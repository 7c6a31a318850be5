#include <string>

#include "common/contract/refusal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_rules.h"
#include "services/registry/successions/succession_rules.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using contract::FieldViolationsOf;
using contract::Reason;
using contract::ReasonOf;
using testing::Day;
using v1::LEADERSHIP_ROLE_HEAD;
using v1::LEADERSHIP_ROLE_STANDING_DEPUTY;

v1::LineageEvent Merger() {
  return testing::Lineage(v1::LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", "2025-07-01",
                          {"tuyen-quang", "ha-giang"}, {"tuyen-quang-2025"});
}
v1::LineageEvent Split() {
  return testing::Lineage(v1::LINEAGE_EVENT_TYPE_SPLIT, "can-tho-2004", "2004-01-01",
                          {"can-tho-cu"}, {"can-tho", "hau-giang"});
}
v1::Membership HaGiang(const std::string& from, const std::string& to) {
  return testing::Membership("mnbg", "ha-giang", from, to);
}
v1::LeadershipTerm StandingDeputy(const std::string& to) {
  return testing::Dating(testing::Term("mnbg", "ha-giang", 2025, LEADERSHIP_ROLE_STANDING_DEPUTY),
                         "2025-01-01", to);
}

TEST(SuccessionItemsTest, AMembershipThatTheMergerEndedIsLeft) {
  const auto item = ItemOf(Merger(), HaGiang("2021-02-03", "2025-07-01"));
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(item->predecessor(), "schools/ha-giang");
  EXPECT_EQ(item->successors(0), "schools/tuyen-quang-2025");
  EXPECT_FALSE(item->never_began());
  EXPECT_EQ(item->text_vi(), "thành viên clusters/mnbg, đến hết ngày 2025-06-30");
}

TEST(SuccessionItemsTest, AMembershipThatEndedBeforeIsNotLeft) {
  EXPECT_FALSE(ItemOf(Merger(), HaGiang("2015-01-01", "2021-01-01")).has_value());
  EXPECT_FALSE(ItemOf(Merger(), HaGiang("2015-01-01", "2015-01-01")).has_value());
}

TEST(SuccessionItemsTest, AMembershipThatWouldHaveBegunLaterIsLeft) {
  const auto item = ItemOf(Merger(), HaGiang("2026-01-01", "2026-01-01"));
  ASSERT_TRUE(item.has_value());
  EXPECT_TRUE(item->never_began());
}

TEST(SuccessionItemsTest, ATermIsLeftWhileSomethingOfItsYearIs) {
  EXPECT_TRUE(ItemOf(Merger(), StandingDeputy("2025-07-01")).has_value());
  auto new_year = Merger();
  *new_year.mutable_effective_date() = runtime::DayToProto(Day("2026-01-01"));
  EXPECT_FALSE(ItemOf(new_year, StandingDeputy("2026-01-01")).has_value());
}

TEST(SuccessionItemsTest, ATermReplacedByHandIsSettled) {
  auto term = StandingDeputy("2025-07-01");
  EXPECT_FALSE(ItemOf(Merger(), term)->settled());
  term.set_state(v1::LEADERSHIP_TERM_STATE_REPLACED);
  term.set_replaced_by("clusters/mnbg/leadershipTerms/2025-lang-son");
  const auto item = ItemOf(Merger(), term);
  EXPECT_TRUE(item->settled());
  EXPECT_EQ(item->in_place(0), term.replaced_by());
}

TEST(SuccessionItemsTest, OneSubjectOfTwoPredecessorsHasTwoFates) {
  const std::string pact = "clusters/mnbg/pacts/2025";
  EXPECT_NE(FateName("lineageEvents/x", pact, "schools/ha-giang"),
            FateName("lineageEvents/x", pact, "schools/lao-cai"));
  EXPECT_EQ(FateName("lineageEvents/x", pact, "schools/ha-giang"),
            FateName("lineageEvents/x", pact, "schools/ha-giang"));
}

TEST(SuccessionItemsTest, AMembershipIsContinuedFromTheEffectiveDate) {
  const auto membership = Continuing(HaGiang("2021-02-03", "2025-07-01"), Merger(),
                                     "schools/tuyen-quang-2025", "clusters/tdmn");
  EXPECT_EQ(membership.name(), "clusters/tdmn/memberships/tuyen-quang-2025");
  EXPECT_EQ(directory::PeriodOf(membership)->from, Day("2025-07-01"));
}

class DecisionTest : public ::testing::Test {
 protected:
  DecisionTest() {
    request_.set_fate(v1::FATE_TRANSFER);
    request_.set_cluster("clusters/tdmn");
    request_.set_reason("Thông báo của Học viện");
    *request_.mutable_provenance() = testing::Documented(v1::Cluster()).provenance();
  }
  std::string WrongField(const v1::LineageEvent& event) {
    const auto violations = FieldViolationsOf(Decide(request_, event, item_).status());
    return violations.size() == 1 ? violations.front().field : "";
  }

  v1::DecideSuccessionItemRequest request_;
  v1::SuccessionItem item_ = *ItemOf(Merger(), HaGiang("2021-02-03", "2025-07-01"));
};

TEST_F(DecisionTest, TheOnlySuccessorNeedNotBeNamed) {
  const auto fate = Decide(request_, Merger(), item_);
  ASSERT_TRUE(fate.ok()) << fate.status();
  EXPECT_EQ(fate->successor(), "schools/tuyen-quang-2025");
  EXPECT_EQ(fate->cluster(), "clusters/tdmn");
}

TEST_F(DecisionTest, OneOfSeveralSuccessorsIsNamed) {
  EXPECT_EQ(WrongField(Split()), "successor");
  request_.set_successor("schools/hau-giang");
  EXPECT_EQ(Decide(request_, Split(), item_)->successor(), "schools/hau-giang");
}

TEST_F(DecisionTest, OnlyASuccessorOfTheEventContinues) {
  request_.set_successor("schools/lang-son");
  EXPECT_EQ(WrongField(Merger()), "successor");
}

TEST_F(DecisionTest, AMembershipIsTransferredIntoACluster) {
  request_.clear_cluster();
  EXPECT_EQ(WrongField(Merger()), "cluster");
}

TEST_F(DecisionTest, WhatIsClosedHasNoSuccessor) {
  request_.set_fate(v1::FATE_CLOSE);
  request_.clear_cluster();
  EXPECT_TRUE(Decide(request_, Merger(), item_).ok());
  request_.set_successor("schools/tuyen-quang-2025");
  EXPECT_EQ(WrongField(Merger()), "successor");
}

TEST_F(DecisionTest, WhatHadBegunIsNotCancelled) {
  request_.set_fate(v1::FATE_CANCEL);
  request_.clear_cluster();
  EXPECT_EQ(ReasonOf(Decide(request_, Merger(), item_).status()), Reason::REASON_RULE_VIOLATED);
}

TEST_F(DecisionTest, WhatNeverBeganIsNotClosed) {
  item_ = *ItemOf(Merger(), HaGiang("2026-01-01", "2026-01-01"));
  request_.clear_cluster();
  request_.set_fate(v1::FATE_CANCEL);
  EXPECT_TRUE(Decide(request_, Merger(), item_).ok());
  request_.set_fate(v1::FATE_CLOSE);
  EXPECT_EQ(ReasonOf(Decide(request_, Merger(), item_).status()), Reason::REASON_RULE_VIOLATED);
}

TEST_F(DecisionTest, WhatIsSettledIsNotDecided) {
  item_.set_settled(true);
  EXPECT_EQ(ReasonOf(Decide(request_, Merger(), item_).status()), Reason::REASON_RULE_VIOLATED);
}

v1::LeadershipTerm Successor() {
  v1::LeadershipTerm successor = testing::Documented(v1::LeadershipTerm());
  successor.set_name("clusters/mnbg/leadershipTerms/2025-tuyen-quang-2025");
  successor.set_school("schools/tuyen-quang-2025");
  return successor;
}

TEST(TakingOverTest, TheSuccessorHasTheRestOfTheYear) {
  const auto taken =
      TakeOver(StandingDeputy("2025-07-01"), Successor(), Day("2025-07-01"), Day("2025-07-15"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(taken->replaced.state(), v1::LEADERSHIP_TERM_STATE_REPLACED);
  EXPECT_EQ(taken->replaced.replaced_by(), Successor().name());
  EXPECT_EQ(taken->successor.state(), v1::LEADERSHIP_TERM_STATE_ELECTED);
  EXPECT_EQ(taken->successor.role(), LEADERSHIP_ROLE_STANDING_DEPUTY);
  EXPECT_EQ(*directory::PeriodOf(taken->successor),
            (directory::Period{Day("2025-07-01"), Day("2026-01-01")}));
}

TEST(TakingOverTest, ATermThatNeverBeganIsTakenOverWhole) {
  auto never = testing::Dating(testing::Term("mnbg", "ha-giang", 2026, LEADERSHIP_ROLE_HEAD),
                               "2026-01-01", "2026-01-01");
  never.set_state(v1::LEADERSHIP_TERM_STATE_ENDED);
  const auto taken = TakeOver(never, Successor(), Day("2025-07-01"), Day("2025-06-15"));
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(*directory::PeriodOf(taken->successor),
            (directory::Period{Day("2026-01-01"), Day("2027-01-01")}));
}

TEST(TakingOverTest, NobodyTakesOverBeforeTheMerger) {
  EXPECT_EQ(ReasonOf(TakeOver(StandingDeputy("2025-07-01"), Successor(), Day("2025-07-01"),
                              Day("2025-06-15"))
                         .status()),
            Reason::REASON_RULE_VIOLATED);
}

}  // namespace
}  // namespace thidua::registry
