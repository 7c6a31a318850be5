// What a code means on a day, over the mergers of 2025.
#include <string>
#include <vector>

#include "common/directory/directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/identifiers/identifier_resolution_rules.h"
#include "tests/support/identifier_facts.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using testing::AgencyCode;
using testing::Day;
using ::testing::ElementsAre;
using testing::EntryOf;
using ::testing::IsEmpty;
using v1::SchoolIdentifier;

class IdentifierResolutionTest : public ::testing::Test {
 protected:
  // Hà Giang and Tuyên Quang merge on 2025-07-01; Vĩnh Bình splits in 1992.
  IdentifierResolutionTest() {
    Put(testing::School("ha-giang", "Hà Giang", "Trường Chính trị tỉnh Hà Giang", "",
                        "2025-07-01"));
    Put(testing::School("tuyen-quang", "Tuyên Quang", "Trường Chính trị tỉnh Tuyên Quang", "",
                        "2025-07-01"));
    Put(testing::School("tuyen-quang-2025", "Tuyên Quang", "Trường Chính trị tỉnh Tuyên Quang",
                        "2025-07-01"));
    Put(testing::Lineage(v1::LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", "2025-07-01",
                         {"ha-giang", "tuyen-quang"}, {"tuyen-quang-2025"}));
    Put(testing::School("cuu-long", "Cửu Long", "Trường Chính trị Cửu Long", "", "1992-05-05"));
    Put(testing::School("vinh-long", "Vĩnh Long", "Trường Chính trị Phạm Hùng", "1992-05-05"));
    Put(testing::School("tra-vinh", "Trà Vinh", "Trường Chính trị tỉnh Trà Vinh", "1992-05-05"));
    Put(testing::Lineage(v1::LINEAGE_EVENT_TYPE_SPLIT, "cuu-long-1992", "1992-05-05", {"cuu-long"},
                         {"vinh-long", "tra-vinh"}));
    facts_.scheme = testing::AgencyCodes();
  }

  template <class Fact>
  void Put(const Fact& fact) {
    ASSERT_TRUE(directory_.Apply({EntryOf(fact)}, 0).ok());
  }

  const SchoolIdentifier& Give(SchoolIdentifier identifier) {
    return facts_.identifiers[identifier.name()] = std::move(identifier);
  }

  v1::ResolvedIdentifier On(const std::string& day, const SchoolIdentifier& asked) {
    return Resolve(asked, facts_, *directory_.Current(), Day(day));
  }

  static std::vector<std::string> Codes(const v1::ResolvedIdentifier& resolved) {
    std::vector<std::string> codes;
    for (const auto& candidate : resolved.candidates()) codes.push_back(candidate.code());
    return codes;
  }

  // Every warning is told in both languages.
  static std::vector<v1::IdentifierWarningReason> Warnings(const v1::ResolvedIdentifier& resolved) {
    std::vector<v1::IdentifierWarningReason> reasons;
    for (const auto& warning : resolved.warnings()) {
      reasons.push_back(warning.reason());
      EXPECT_FALSE(warning.text().empty());
      EXPECT_FALSE(warning.text_vi().empty());
      EXPECT_NE(warning.text(), warning.text_vi());
    }
    return reasons;
  }

  directory::Directory directory_;
  IdentifierFacts facts_;
};

TEST_F(IdentifierResolutionTest, ACodeInUseIsItselfWithoutAWarning) {
  const auto resolved = On("2025-06-30", Give(AgencyCode("ha-giang", "H22.15", "2021-01-01")));
  EXPECT_THAT(Codes(resolved), ElementsAre("H22.15"));
  EXPECT_EQ(resolved.candidates(0).basis(), v1::IDENTIFIER_BASIS_SAME_CODE);
  EXPECT_EQ(resolved.identifier().state(), v1::SCHOOL_IDENTIFIER_STATE_CURRENT);
  EXPECT_EQ(resolved.school(), "schools/ha-giang");
  EXPECT_THAT(Warnings(resolved), IsEmpty());
}

TEST_F(IdentifierResolutionTest, ACodeWhoseSchoolHasMergedIsRetiredEvenIfNobodyRetiredIt) {
  const SchoolIdentifier& old = Give(AgencyCode("ha-giang", "H22.15", "2021-01-01"));
  Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01"));
  const auto resolved = On("2025-07-01", old);
  EXPECT_EQ(resolved.identifier().state(), v1::SCHOOL_IDENTIFIER_STATE_RETIRED);
  EXPECT_THAT(Codes(resolved), ElementsAre("H60.15"));
  EXPECT_EQ(resolved.candidates(0).basis(), v1::IDENTIFIER_BASIS_LINEAGE);
  EXPECT_THAT(Warnings(resolved), ElementsAre(v1::IDENTIFIER_WARNING_REASON_SCHOOL_ENDED));
}

TEST_F(IdentifierResolutionTest, ARetiredCodeLeadsToItsNamedSuccessor) {
  SchoolIdentifier old = AgencyCode("ha-giang", "H22.15", "2021-01-01", "2025-07-01");
  old.set_successor(AgencyCode("tuyen-quang-2025", "H60.16").name());
  Give(AgencyCode("tuyen-quang-2025", "H60.16", "2025-07-01"));
  const auto resolved = On("2025-11-01", Give(old));
  EXPECT_THAT(Codes(resolved), ElementsAre("H60.16"));
  EXPECT_EQ(resolved.candidates(0).basis(), v1::IDENTIFIER_BASIS_NAMED_SUCCESSOR);
  EXPECT_THAT(Warnings(resolved), ElementsAre(v1::IDENTIFIER_WARNING_REASON_RETIRED));
}

TEST_F(IdentifierResolutionTest, SuccessorsAreFollowedAsFarAsTheyLead) {
  SchoolIdentifier first = AgencyCode("ha-giang", "H22.15", "2021-01-01", "2023-01-01");
  first.set_successor(AgencyCode("ha-giang", "H22.16").name());
  SchoolIdentifier second = AgencyCode("ha-giang", "H22.16", "2023-01-01", "2025-07-01");
  second.set_successor(AgencyCode("tuyen-quang-2025", "H60.15").name());
  Give(second);
  Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01"));
  EXPECT_THAT(Codes(On("2024-06-25", Give(first))), ElementsAre("H22.16"));
  EXPECT_THAT(Codes(On("2025-11-01", Give(first))), ElementsAre("H60.15"));
}

TEST_F(IdentifierResolutionTest, TheSameSchoolsLaterCodeFollowsWhereNobodyNamedOne) {
  const SchoolIdentifier& old = Give(AgencyCode("ha-giang", "H22.15", "2021-01-01", "2023-01-01"));
  Give(AgencyCode("ha-giang", "H22.16", "2023-01-01"));
  const auto resolved = On("2024-06-25", old);
  EXPECT_THAT(Codes(resolved), ElementsAre("H22.16"));
  EXPECT_EQ(resolved.candidates(0).basis(), v1::IDENTIFIER_BASIS_SAME_SCHOOL);
  EXPECT_THAT(Warnings(resolved), ElementsAre(v1::IDENTIFIER_WARNING_REASON_RETIRED));
}

TEST_F(IdentifierResolutionTest, ASplitGivesAllCandidates) {
  const SchoolIdentifier& old = Give(AgencyCode("cuu-long", "H13.15"));
  Give(AgencyCode("vinh-long", "H61.15", "1992-05-05"));
  Give(AgencyCode("tra-vinh", "H59.15", "1992-05-05"));
  const auto resolved = On("2024-06-25", old);
  EXPECT_THAT(Codes(resolved), ElementsAre("H59.15", "H61.15"));
  EXPECT_THAT(Warnings(resolved), ElementsAre(v1::IDENTIFIER_WARNING_REASON_SCHOOL_ENDED,
                                              v1::IDENTIFIER_WARNING_REASON_SEVERAL_CANDIDATES));
}

TEST_F(IdentifierResolutionTest, ASuccessorSchoolWithoutACodeIsNamed) {
  const SchoolIdentifier& old = Give(AgencyCode("cuu-long", "H13.15"));
  Give(AgencyCode("vinh-long", "H61.15", "1992-05-05"));
  const auto resolved = On("2024-06-25", old);
  EXPECT_THAT(Codes(resolved), ElementsAre("H61.15"));
  ASSERT_THAT(Warnings(resolved), ElementsAre(v1::IDENTIFIER_WARNING_REASON_SCHOOL_ENDED,
                                              v1::IDENTIFIER_WARNING_REASON_SCHOOL_WITHOUT_CODE));
  EXPECT_EQ(resolved.warnings(1).resource(), "schools/tra-vinh");
}

TEST_F(IdentifierResolutionTest, NothingThatFollowsIsSaidToo) {
  const auto resolved = On("2025-11-01", Give(AgencyCode("ha-giang", "H22.15")));
  EXPECT_THAT(Codes(resolved), IsEmpty());
  EXPECT_THAT(Warnings(resolved), ElementsAre(v1::IDENTIFIER_WARNING_REASON_SCHOOL_ENDED,
                                              v1::IDENTIFIER_WARNING_REASON_SCHOOL_WITHOUT_CODE,
                                              v1::IDENTIFIER_WARNING_REASON_NO_CANDIDATE));
}

TEST_F(IdentifierResolutionTest, ACodeIsNotInUseBeforeItsFirstDay) {
  const SchoolIdentifier& late = Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01"));
  Give(AgencyCode("tuyen-quang", "H60.14"));
  const auto resolved = On("2025-06-30", late);
  EXPECT_EQ(resolved.identifier().state(), v1::SCHOOL_IDENTIFIER_STATE_PENDING);
  EXPECT_THAT(Codes(resolved), ElementsAre("H60.14"));
  EXPECT_THAT(Warnings(resolved), ElementsAre(v1::IDENTIFIER_WARNING_REASON_NOT_YET_IN_USE,
                                              v1::IDENTIFIER_WARNING_REASON_SCHOOL_WITHOUT_CODE));
}

TEST_F(IdentifierResolutionTest, ASchemeThatEndedTakesItsCodesWithIt) {
  *facts_.scheme.mutable_valid_to() = runtime::DayToProto(Day("2024-01-01"));
  const auto resolved = On("2024-06-25", Give(AgencyCode("ha-giang", "H22.15")));
  EXPECT_THAT(Warnings(resolved), ::testing::Contains(v1::IDENTIFIER_WARNING_REASON_SCHEME_ENDED));
  EXPECT_THAT(Codes(resolved), IsEmpty());
}

TEST_F(IdentifierResolutionTest, AProvisionalMergerMakesTheAnswerProvisional) {
  Put(testing::School("yen-bai", "Yên Bái", "", "", "2025-07-01"));
  Put(testing::School("lao-cai-2025", "Lào Cai", "", "2025-07-01"));
  Put(testing::Provisional(testing::Lineage(v1::LINEAGE_EVENT_TYPE_REBRAND, "lao-cai-2025",
                                            "2025-07-01", {"yen-bai"}, {"lao-cai-2025"})));
  Give(AgencyCode("lao-cai-2025", "H38.15", "2025-07-01"));
  EXPECT_THAT(Warnings(On("2025-11-01", Give(AgencyCode("yen-bai", "H63.15")))),
              ElementsAre(v1::IDENTIFIER_WARNING_REASON_SCHOOL_ENDED,
                          v1::IDENTIFIER_WARNING_REASON_PROVISIONAL));
}

TEST_F(IdentifierResolutionTest, WhatMustBeReadIsTheSuccessorsAndTheSchoolsOfThatDay) {
  SchoolIdentifier old = AgencyCode("ha-giang", "H22.15", "2021-01-01", "2025-07-01");
  old.set_successor("schools/x/identifiers/y");
  Give(old);
  EXPECT_THAT(SuccessorsToRead(facts_), ElementsAre("schools/x/identifiers/y"));
  EXPECT_THAT(SchoolsToRead(facts_, *directory_.Current(), Day("2025-11-01")),
              ElementsAre("schools/tuyen-quang-2025"));
  EXPECT_THAT(SchoolsToRead(facts_, *directory_.Current(), Day("2024-06-25")), IsEmpty());
}

}  // namespace
}  // namespace thidua::registry
