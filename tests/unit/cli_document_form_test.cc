#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/document_form.h"

namespace thidua::cli {
namespace {

using registry::v1::Document;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Arguments Typed(const std::vector<std::string>& words) {
  return Arguments::Parse(words, {"provisional"}).value();
}

TEST(DocumentForm, SaysWhatTheFlagsSayAndNoMore) {
  Document document;
  document.set_title("hướng dẫn công tác thi đua năm 2020");
  const auto paths = TakeDocumentFlags(
      Typed({"--number", "1595/HD-HVCTQG", "--issued", "2020-02", "--supersedes", "64-hd-hvctqg"}),
      document);
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre("number", "issue_date", "supersedes"));
  EXPECT_EQ(document.number(), "1595/HD-HVCTQG");
  EXPECT_EQ(document.issue_date().month(), 2);
  EXPECT_EQ(document.issue_date().day(), 0);
  EXPECT_THAT(document.supersedes(), ElementsAre("documents/64-hd-hvctqg"));
  EXPECT_EQ(document.title(), "hướng dẫn công tác thi đua năm 2020");
}

TEST(DocumentForm, AnEmptyFlagEmptiesItsField) {
  Document document;
  document.add_supersedes("documents/91-2017-nd-cp");
  document.mutable_issue_date()->set_year(2023);
  const auto paths = TakeDocumentFlags(Typed({"--supersedes=", "--issued="}), document);
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(document.supersedes(), IsEmpty());
  EXPECT_FALSE(document.has_issue_date());
}

TEST(DocumentForm, ASourceMakesADocumentDocumentedUnlessItIsCalledProvisional) {
  Document document;
  ASSERT_TRUE(TakeDocumentFlags(Typed({"--source", "VITIS", "--note", "x"}), document).ok());
  EXPECT_EQ(document.provenance().confidence(), registry::v1::CONFIDENCE_DOCUMENTED);
  const auto paths = TakeDocumentFlags(Typed({"--source", "VITIS", "--provisional"}), document);
  ASSERT_TRUE(paths.ok());
  EXPECT_THAT(*paths, ElementsAre("provenance"));
  EXPECT_EQ(document.provenance().confidence(), registry::v1::CONFIDENCE_PROVISIONAL);
}

TEST(DocumentForm, AWrongDateIsRefused) {
  Document document;
  EXPECT_FALSE(TakeDocumentFlags(Typed({"--issued", "2023-02-30"}), document).ok());
}

}  // namespace
}  // namespace thidua::cli
