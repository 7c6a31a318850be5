// Programmes and their texts: whose year, which version counts, who adopts.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/programmes/programme_rules.h"
#include "tests/support/programme_facts.h"
#include "tests/support/refusal_matchers.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using testing::Adoption;
using testing::Day;
using testing::IsOk;
using testing::kProgramme2024;
using testing::RefusedFor;
using testing::RefusedForField;
using v1::PROGRAMME_TEXT_KIND_BYLAW;
using v1::PROGRAMME_TEXT_KIND_PLAN;

constexpr absl::CivilDay kToday(2024, 6, 25);

v1::ProgrammeText NextOf(v1::ProgrammeTextKind kind, const std::vector<v1::ProgrammeText>& texts) {
  return NewText(testing::ProgrammeText(kind), kProgramme2024, texts);
}

std::vector<v1::Membership> Members() {
  return {testing::Membership("mnbg", "quang-ninh", "2021-02-03"),
          testing::Membership("mnbg", "lang-son", "2021-02-03"),
          testing::Membership("mnbg", "lao-cai", "2024-05-01")};
}

// The plan adopted on 12 March 2024 and the texts that there are then.
std::vector<v1::ProgrammeText> WithAdoptedPlan() {
  const v1::ProgrammeText plan = NextOf(PROGRAMME_TEXT_KIND_PLAN, {});
  return {Adopt(plan, Adoption("2024-03-12", {"quang-ninh"}), {plan}, Members(), kToday)->text};
}

TEST(ProgrammeRules, ANameTellsClusterProgrammeAndYear) {
  const std::string name = "clusters/mnbg/programmes/2024/activities/roundtable-1";
  EXPECT_EQ(ClusterOfProgramme(name), "clusters/mnbg");
  EXPECT_EQ(ProgrammeOf(name), kProgramme2024);
  EXPECT_EQ(YearOf(name), 2024);
  EXPECT_EQ(YearOf("clusters/mnbg"), 0);
}

TEST(ProgrammeRules, AClusterHasProgrammesOfItsRegimesYears) {
  const auto regime = testing::Regime("2015", "2015-01-01", "2021-01-01");
  EXPECT_THAT(CheckYear(testing::Programme(2020), regime), IsOk());
  EXPECT_THAT(CheckYear(testing::Programme(2021), regime),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(CheckYear(testing::Programme(2014), regime),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(ProgrammeRules, ADocumentedProgrammeNamesItsSource) {
  v1::Programme programme = testing::Programme(2024);
  EXPECT_THAT(CheckProgramme(programme), IsOk());
  programme.mutable_provenance()->clear_source();
  EXPECT_THAT(CheckProgramme(programme), RefusedForField("programme.provenance.source"));
}

TEST(ProgrammeTexts, VersionsAreNumberedWithinTheirKind) {
  const v1::ProgrammeText plan = NextOf(PROGRAMME_TEXT_KIND_PLAN, {});
  EXPECT_EQ(plan.name(), "clusters/mnbg/programmes/2024/texts/plan-1");
  EXPECT_EQ(plan.version(), 1);
  EXPECT_EQ(plan.state(), v1::PROGRAMME_TEXT_STATE_DRAFT);
  EXPECT_EQ(NextOf(PROGRAMME_TEXT_KIND_PLAN, {plan}).version(), 2);
  EXPECT_EQ(NextOf(PROGRAMME_TEXT_KIND_BYLAW, {plan}).name(),
            "clusters/mnbg/programmes/2024/texts/bylaw-1");
}

TEST(ProgrammeTexts, NobodyBringsAnAdoptionWithANewText) {
  v1::ProgrammeText text = testing::ProgrammeText(PROGRAMME_TEXT_KIND_PLAN);
  text.set_state(v1::PROGRAMME_TEXT_STATE_ADOPTED);
  *text.mutable_adoption() = Adoption("2024-03-12", {"quang-ninh"});
  const v1::ProgrammeText made = NewText(text, kProgramme2024, {});
  EXPECT_EQ(made.state(), v1::PROGRAMME_TEXT_STATE_DRAFT);
  EXPECT_FALSE(made.has_adoption());
}

TEST(ProgrammeTexts, ADigestNeedsItsFile) {
  v1::ProgrammeText text = NextOf(PROGRAMME_TEXT_KIND_PLAN, {});
  EXPECT_THAT(CheckText(text), IsOk());
  text.set_sha256(std::string(64, '0'));
  EXPECT_THAT(CheckText(text), RefusedForField("programme_text.uri"));
}

TEST(ProgrammeTexts, AreAdoptedByMembers) {
  const v1::ProgrammeText plan = NextOf(PROGRAMME_TEXT_KIND_PLAN, {});
  const auto adopted =
      Adopt(plan, Adoption("2024-03-12", {"quang-ninh", "lang-son"}), {plan}, Members(), kToday);
  ASSERT_THAT(adopted, IsOk());
  EXPECT_EQ(adopted->text.state(), v1::PROGRAMME_TEXT_STATE_ADOPTED);
  EXPECT_EQ(adopted->text.adoption().schools_size(), 2);
  EXPECT_FALSE(adopted->superseded.has_value());
  // Lào Cai is a member only from May on here.
  EXPECT_THAT(Adopt(plan, Adoption("2024-03-12", {"lao-cai"}), {plan}, Members(), kToday),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(ProgrammeTexts, AreAdoptedOnceAndThenStay) {
  const auto texts = WithAdoptedPlan();
  EXPECT_THAT(Adopt(texts[0], Adoption("2024-04-12", {"quang-ninh"}), texts, Members(), kToday),
              RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(CheckDraft(texts[0]), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(CheckDraft(NextOf(PROGRAMME_TEXT_KIND_PLAN, texts)), IsOk());
}

TEST(ProgrammeTexts, AnAdoptionSaysWhereAndWhen) {
  const v1::ProgrammeText plan = NextOf(PROGRAMME_TEXT_KIND_PLAN, {});
  const auto adopt = [&](const v1::Adoption& adoption) {
    return Adopt(plan, adoption, {plan}, Members(), kToday);
  };
  EXPECT_THAT(adopt(Adoption("2024-06-26", {"quang-ninh"})),
              RefusedForField("adoption.adopt_date"));
  v1::Adoption adoption = Adoption("2024-03-12", {"quang-ninh"});
  adoption.clear_meeting();
  EXPECT_THAT(adopt(adoption), RefusedForField("adoption.activity"));
  adoption.set_activity("clusters/mnbg/programmes/2023/activities/pact-signing-1");
  EXPECT_THAT(adopt(adoption), RefusedForField("adoption.activity"));
  adoption.set_activity("clusters/mnbg/programmes/2024/activities/pact-signing-1");
  EXPECT_THAT(adopt(adoption), IsOk());
  adoption.add_schools("schools/quang-ninh");
  EXPECT_THAT(adopt(adoption), RefusedForField("adoption.schools[1]"));
}

TEST(ProgrammeTexts, TheNextAdoptedVersionSupersedesTheOneOfItsKind) {
  std::vector<v1::ProgrammeText> texts = WithAdoptedPlan();
  const v1::ProgrammeText bylaw = NextOf(PROGRAMME_TEXT_KIND_BYLAW, texts);
  EXPECT_FALSE(Adopt(bylaw, Adoption("2024-06-25", {"quang-ninh"}), texts, Members(), kToday)
                   ->superseded.has_value());
  const v1::ProgrammeText second = NextOf(PROGRAMME_TEXT_KIND_PLAN, texts);
  const auto adopted =
      Adopt(second, Adoption("2024-06-25", {"quang-ninh"}), texts, Members(), kToday);
  ASSERT_THAT(adopted, IsOk());
  ASSERT_TRUE(adopted->superseded.has_value());
  EXPECT_EQ(adopted->superseded->name(), texts[0].name());
  EXPECT_EQ(adopted->superseded->state(), v1::PROGRAMME_TEXT_STATE_SUPERSEDED);
  EXPECT_EQ(adopted->superseded->superseded_by(), second.name());
}

TEST(ProgrammeTexts, VersionsAreAdoptedInTheirOrder) {
  const v1::ProgrammeText first = NextOf(PROGRAMME_TEXT_KIND_PLAN, {});
  v1::ProgrammeText second = NextOf(PROGRAMME_TEXT_KIND_PLAN, {first});
  second = Adopt(second, Adoption("2024-03-12", {"quang-ninh"}), {first, second}, Members(), kToday)
               ->text;
  EXPECT_THAT(
      Adopt(first, Adoption("2024-06-25", {"quang-ninh"}), {first, second}, Members(), kToday),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
  const v1::ProgrammeText third = NextOf(PROGRAMME_TEXT_KIND_PLAN, {first, second});
  EXPECT_THAT(Adopt(third, Adoption("2024-03-11", {"quang-ninh"}), {first, second, third},
                    Members(), kToday),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(ProgrammeTexts, WhatCountedOnADayIsTheVersionAdoptedBeforeIt) {
  std::vector<v1::ProgrammeText> texts = WithAdoptedPlan();
  const v1::ProgrammeText second = NextOf(PROGRAMME_TEXT_KIND_PLAN, texts);
  auto adopted = Adopt(second, Adoption("2024-06-25", {"quang-ninh"}), texts, Members(), kToday);
  texts = {*adopted->superseded, adopted->text};
  EXPECT_EQ(TextInForce(texts, PROGRAMME_TEXT_KIND_PLAN, Day("2024-03-11")), nullptr);
  EXPECT_EQ(TextInForce(texts, PROGRAMME_TEXT_KIND_PLAN, Day("2024-06-24")), &texts[0]);
  EXPECT_EQ(TextInForce(texts, PROGRAMME_TEXT_KIND_PLAN, Day("2024-06-25")), &texts[1]);
  EXPECT_EQ(TextInForce(texts, PROGRAMME_TEXT_KIND_BYLAW, Day("2024-06-25")), nullptr);
}

}  // namespace
}  // namespace thidua::registry
