#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "gtest/gtest.h"
#include "services/registry/imports/import_rules.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using contract::Refuse;

TEST(ImportRulesTest, ACreationIsAboutTheResourceThatItNames) {
  v1::CreateMembershipRequest request;
  request.set_parent("clusters/mnbg");
  request.set_membership_id("son-la");
  EXPECT_EQ(TargetOf(request), "clusters/mnbg/memberships/son-la");
  v1::CreateSchoolRequest school;
  school.set_school_id("son-la");
  EXPECT_EQ(TargetOf(school), "schools/son-la");
}

TEST(ImportRulesTest, ACreationThatLeavesTheIdentifierToTheMethodIsAboutNothingKnown) {
  v1::CreateMembershipRequest request;
  request.set_parent("clusters/mnbg");
  EXPECT_EQ(TargetOf(request), "");
}

TEST(ImportRulesTest, AnUpdateIsAboutItsResourceAndAVerbAboutItsName) {
  v1::UpdateLeadershipTermRequest update;
  update.mutable_leadership_term()->set_name("clusters/mnbg/leadershipTerms/2024-quang-ninh");
  EXPECT_EQ(TargetOf(update), "clusters/mnbg/leadershipTerms/2024-quang-ninh");
  v1::RecogniseLeadershipTermRequest verb;
  verb.set_name("clusters/mnbg/leadershipTerms/2024-quang-ninh");
  EXPECT_EQ(TargetOf(verb), "clusters/mnbg/leadershipTerms/2024-quang-ninh");
}

TEST(ImportRulesTest, OnlyWhatAsksForAnEtagCanLackIt) {
  EXPECT_FALSE(LacksEtag(v1::CreateSchoolRequest()));
  v1::UpdateSchoolRequest update;
  EXPECT_TRUE(LacksEtag(update));
  const auto completed = WithEtag(update, "\"2\"");
  EXPECT_FALSE(LacksEtag(*completed));
  EXPECT_TRUE(LacksEtag(update));
}

TEST(ImportRulesTest, TroubleOfTheDatabaseConcernsTheWholeImport) {
  EXPECT_TRUE(ConcernsOneWrite(Refuse(Reason::REASON_STALE_ETAG)));
  EXPECT_TRUE(ConcernsOneWrite(Refuse(Reason::REASON_RULE_VIOLATED)));
  EXPECT_FALSE(ConcernsOneWrite(Refuse(Reason::REASON_DEADLINE_EXCEEDED)));
  EXPECT_FALSE(ConcernsOneWrite(Refuse(Reason::REASON_DATABASE_UNAVAILABLE)));
  EXPECT_FALSE(ConcernsOneWrite(absl::InternalError("a defect")));
}

TEST(ImportRulesTest, AThousandRefusalsAreListedAndAllAreCounted) {
  Refusals refusals;
  v1::RegistryWrite write;
  write.mutable_create_school()->set_school_id("son-la");
  for (int i = 0; i < kMostProblems + 5; ++i)
    refusals.Add(i, write, RequestIn(write), Refuse(Reason::REASON_RULE_VIOLATED));
  const v1::ImportRegistryResponse answer = std::move(refusals).Answer(2000);
  EXPECT_EQ(answer.problems_size(), kMostProblems);
  EXPECT_EQ(answer.problem_count(), kMostProblems + 5);
  EXPECT_EQ(answer.tried_count(), 2000);
}

}  // namespace
}  // namespace thidua::registry
