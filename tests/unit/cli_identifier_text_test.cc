#include "gtest/gtest.h"
#include "services/cli/identifier_text.h"

namespace thidua::cli {
namespace {

constexpr char kName[] = "schools/quang-ninh/identifiers/agency-code-h49-21";
constexpr char kWord[] = "quang-ninh/agency-code-h49-21";

TEST(IdentifierText, PeopleTypeTheSchoolAndTheIdentifier) {
  EXPECT_EQ(IdentifierName(kWord), kName);
  EXPECT_EQ(IdentifierName(kName), kName);
  EXPECT_EQ(IdentifierName(""), "");
}

TEST(IdentifierText, PeopleReadTheSchoolAndTheIdentifier) {
  EXPECT_EQ(IdentifierWord(kName), kWord);
  EXPECT_EQ(IdentifierWord(""), "");
}

}  // namespace
}  // namespace thidua::cli
