#include "services/cli/registry_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

Session Speaking(bool vietnamese) {
  return Session(Arguments(), Profile(), vietnamese, /*json=*/false);
}

TEST(RegistryTextTest, ReasonsAreSaidInBothLanguages) {
  SchoolCandidate candidate;
  candidate.add_reasons(NAME_MATCH_REASON_PROPER_NAME);
  candidate.add_reasons(NAME_MATCH_REASON_MISSPELLED);
  EXPECT_EQ(ReasonsText(Speaking(true), candidate.reasons(), 2), "tên riêng, sai 2 chữ cái");
  EXPECT_EQ(ReasonsText(Speaking(false), candidate.reasons(), 1),
            "proper name, misspelled by 1 letter");
}

TEST(RegistryTextTest, EveryReasonHasWords) {
  for (int reason = NameMatchReason_MIN + 1; reason <= NameMatchReason_MAX; ++reason) {
    google::protobuf::RepeatedField<int> reasons;
    reasons.Add(reason);
    EXPECT_NE(ReasonsText(Speaking(true), reasons, 1), "?") << reason;
  }
}

TEST(RegistryTextTest, AnAmbiguousNameHasAStatusOfItsOwn) {
  EXPECT_EQ(ExitOf(NAME_OUTCOME_UNIQUE), kOk);
  EXPECT_EQ(ExitOf(NAME_OUTCOME_AMBIGUOUS), kAmbiguous);
  EXPECT_EQ(ExitOf(NAME_OUTCOME_NONE), kNotFound);
}

}  // namespace
}  // namespace thidua::cli
