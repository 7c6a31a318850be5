#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/pact_text.h"
#include "tests/support/pact_facts.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words
using ::testing::ElementsAre;

TEST(TargetValueText, SaysTheOperatorAndTheUnit) {
  const PactTarget target = testing::NumberTarget(1, "Ít nhất 95,5%", "class_plan_rate",
                                                  PACT_OPERATOR_AT_LEAST, "95.5", "%");
  EXPECT_EQ(TargetValueText(target, true), "≥ 95,5 %");
  EXPECT_EQ(TargetValueText(target, false), "≥ 95.5 %");
  EXPECT_EQ(TargetValueText(testing::TextTarget(2, "Có đề án"), true), "");
}

TEST(AttainedText, IsTheNumberOrTheJudgementInWords) {
  PactTarget number = testing::NumberTarget(1, "Trên 10 lớp", "classes_total",
                                            PACT_OPERATOR_MORE_THAN, "10", "lớp");
  EXPECT_EQ(AttainedText(number, true), "");
  number.mutable_assessment()->mutable_attained()->set_value("12");
  EXPECT_EQ(AttainedText(number, true), "12 lớp");
  PactTarget words = testing::TextTarget(2, "Có đề án");
  words.mutable_assessment()->set_judgement("10/10 trường đã có đề án");
  EXPECT_EQ(AttainedText(words, true), "10/10 trường đã có đề án");
}

TEST(RecordText, SaysNoMoreThanTheSource) {
  PactRecord record;
  record.mutable_signing_date()->set_year(2023);
  record.mutable_signing_date()->set_month(3);
  EXPECT_EQ(RecordText(record, false), "signed on 2023-03, whether by all members is not said");
  record.mutable_signing_date()->set_day(10);
  record.set_all_members_signed(true);
  record.set_target_count(7);
  EXPECT_EQ(RecordText(record, true),
            "ký ngày 10/03/2023, mọi thành viên đã ký, 7 chỉ tiêu theo nguồn");
}

TEST(ChangedFields, AreThoseThatAreSet) {
  Pact pact;
  EXPECT_THAT(ChangedFields(pact), ElementsAre());
  pact.set_theme("Đoàn kết");
  *pact.add_targets() = testing::TextTarget(1, "Có đề án");
  EXPECT_THAT(ChangedFields(pact), ElementsAre("theme", "targets"));
}

}  // namespace
}  // namespace thidua::cli
