#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/identifiers/identifier_rules.h"
#include "tests/support/identifier_facts.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using testing::AgencyCode;
using testing::AgencyCodes;
using testing::Day;
using testing::IsOk;
using testing::RefusedFor;
using testing::RefusedForField;
using v1::SchoolIdentifier;

v1::School HaGiang() {
  return testing::School("ha-giang", "Hà Giang", "Trường Chính trị tỉnh Hà Giang", "1949-01-01",
                         "2025-07-01");
}

absl::Status Check(const SchoolIdentifier& identifier,
                   const std::vector<SchoolIdentifier>& others = {}) {
  return CheckIdentifier(identifier, HaGiang(), AgencyCodes(), others);
}

TEST(IdentifierRulesTest, AnAgencyCodeIsGroupsOfDigitsAndCapitals) {
  for (const char* code : {"H22", "H22.15", "A01.02.B3", "000.00.00.H22"})
    EXPECT_THAT(CheckCode(AgencyCodes(), code), IsOk()) << code;
}

TEST(IdentifierRulesTest, ACodeOf36CharactersIsRefused) {
  EXPECT_THAT(CheckCode(AgencyCodes(), "H22." + std::string(31, '7')), IsOk());
  EXPECT_THAT(CheckCode(AgencyCodes(), "H22." + std::string(32, '7')),
              RefusedForField("school_identifier.code"));
}

TEST(IdentifierRulesTest, LowerCaseIsRefused) {
  EXPECT_THAT(CheckCode(AgencyCodes(), "h22.15"), RefusedForField("school_identifier.code"));
}

TEST(IdentifierRulesTest, VietnameseLettersAreRefused) {
  EXPECT_THAT(CheckCode(AgencyCodes(), "Đ22"), RefusedForField("school_identifier.code"));
}

TEST(IdentifierRulesTest, AnEmptyGroupIsRefusedAsSuch) {
  for (const char* code : {"H22..15", ".H22", "H22.", "."}) {
    const absl::Status refused = CheckCode(AgencyCodes(), code);
    ASSERT_THAT(refused, RefusedForField("school_identifier.code")) << code;
    EXPECT_EQ(contract::FieldViolationsOf(refused).front().description, "has an empty group");
  }
}

TEST(IdentifierRulesTest, AWholeCodeMatchesThePattern) {
  EXPECT_THAT(CheckCode(AgencyCodes(), "H22 "), RefusedForField("school_identifier.code"));
}

TEST(IdentifierRulesTest, APatternThatCannotBeReadIsRefused) {
  v1::IdentifierScheme scheme = AgencyCodes();
  scheme.set_pattern("[0-9");
  EXPECT_THAT(CheckScheme(scheme), RefusedForField("identifier_scheme.pattern"));
}

TEST(IdentifierRulesTest, ACodeMayBeGivenLaterThanItsSchoolBegins) {
  EXPECT_THAT(Check(AgencyCode("ha-giang", "H22.15", "2021-01-01")), IsOk());
}

TEST(IdentifierRulesTest, ACodeEndsAtTheLatestWithItsSchool) {
  EXPECT_THAT(Check(AgencyCode("ha-giang", "H22.15", "2021-01-01", "2025-07-01")), IsOk());
  EXPECT_THAT(Check(AgencyCode("ha-giang", "H22.15", "2021-01-01", "2025-07-02")),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(IdentifierRulesTest, ACodeDoesNotBeginBeforeItsSchool) {
  EXPECT_THAT(Check(AgencyCode("ha-giang", "H22.15", "1948-12-31")),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(IdentifierRulesTest, ACodeLiesWithinItsScheme) {
  v1::IdentifierScheme scheme = AgencyCodes();
  *scheme.mutable_valid_from() = runtime::DayToProto(Day("2020-07-22"));
  EXPECT_THAT(
      CheckIdentifier(AgencyCode("ha-giang", "H22.15", "2020-07-21"), HaGiang(), scheme, {}),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(IdentifierRulesTest, ASchoolHasOneCodeOfASchemeAtATime) {
  const SchoolIdentifier first = AgencyCode("ha-giang", "H22.15", "2021-01-01", "2023-01-01");
  EXPECT_THAT(Check(AgencyCode("ha-giang", "H22.16", "2023-01-01"), {first}), IsOk());
  EXPECT_THAT(Check(AgencyCode("ha-giang", "H22.16", "2022-12-31"), {first}),
              RefusedFor(Reason::REASON_OVERLAP));
}

TEST(IdentifierRulesTest, CodesOfOtherSchemesDoNotMatter) {
  SchoolIdentifier other = AgencyCode("ha-giang", "123", "2021-01-01");
  other.set_scheme("identifierSchemes/tax-code");
  EXPECT_THAT(Check(AgencyCode("ha-giang", "H22.15", "2021-01-01"), {other}), IsOk());
}

TEST(IdentifierRulesTest, ACodeIsRetiredOnce) {
  const auto retired = Retire(AgencyCode("ha-giang", "H22.15", "2021-01-01"), Day("2024-01-01"));
  ASSERT_THAT(retired, IsOk());
  EXPECT_THAT(Retire(*retired, Day("2024-02-01")), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(IdentifierRulesTest, StatesFollowThePeriodInUse) {
  const Period in_use{Day("2021-01-01"), Day("2025-07-01")};
  EXPECT_EQ(StateOn(in_use, Day("2020-12-31")), v1::SCHOOL_IDENTIFIER_STATE_PENDING);
  EXPECT_EQ(StateOn(in_use, Day("2025-06-30")), v1::SCHOOL_IDENTIFIER_STATE_CURRENT);
  EXPECT_EQ(StateOn(in_use, Day("2025-07-01")), v1::SCHOOL_IDENTIFIER_STATE_RETIRED);
}

TEST(IdentifierRulesTest, ASuccessorIsInUseLonger) {
  const SchoolIdentifier old = AgencyCode("ha-giang", "H22.15");
  const SchoolIdentifier next = AgencyCode("tuyen-quang-2025", "H60.15");
  const Period early{Day("2021-01-01"), Day("2025-07-01")};
  const Period late{Day("2025-07-01"), directory::kOpenEnd};
  EXPECT_THAT(CheckSuccessor(old, early, next, late), IsOk());
  EXPECT_THAT(CheckSuccessor(next, late, old, early), RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(CheckSuccessor(old, early, next, early), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(IdentifierRulesTest, NoCodeFollowsItself) {
  const SchoolIdentifier code = AgencyCode("ha-giang", "H22.15");
  EXPECT_THAT(CheckSuccessor(code, Period(), code, Period()),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(IdentifierRulesTest, ASuccessorIsOfTheSameScheme) {
  SchoolIdentifier next = AgencyCode("tuyen-quang-2025", "0106");
  next.set_scheme("identifierSchemes/tax-code");
  EXPECT_THAT(CheckSuccessor(AgencyCode("ha-giang", "H22.15"),
                             {Day("2021-01-01"), Day("2025-07-01")}, next, Period()),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(IdentifierRulesTest, ASchoolCannotEndBeforeACodeThatSomebodyEndedLater) {
  v1::School school = HaGiang();
  const SchoolIdentifier code = AgencyCode("ha-giang", "H22.15", "2021-01-01", "2025-07-01");
  EXPECT_THAT(CheckIdentifiersWithin(school, {code}), IsOk());
  *school.mutable_valid_to() = runtime::DayToProto(Day("2025-06-01"));
  EXPECT_THAT(CheckIdentifiersWithin(school, {code}), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(IdentifierRulesTest, ACodeUsedBeforeIsToldWithItsHolder) {
  EXPECT_THAT(
      UsedBefore(AgencyCode("tuyen-quang-2025", "H22.15"), AgencyCode("ha-giang", "H22.15")),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
}

}  // namespace
}  // namespace thidua::registry
