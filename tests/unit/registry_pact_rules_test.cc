#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "services/registry/pacts/pact_rules.h"
#include "tests/support/pact_facts.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/school_facts.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using testing::Day;
using ::testing::HasSubstr;
using testing::RefusedFor;
using testing::RefusedForField;
using testing::TextTarget;
using v1::Membership;
using v1::Pact;
using v1::TargetAssessment;

const absl::CivilDay kToday(2023, 3, 20);

// Three members of the cluster Nam Trung Bộ – Tây Nguyên; Kon Tum joined on 1 March.
std::vector<Membership> Members() {
  return {testing::Membership("ntbtn", "binh-dinh", "2021-02-03"),
          testing::Membership("ntbtn", "dak-lak", "2021-02-03"),
          testing::Membership("ntbtn", "kon-tum", "2023-03-01")};
}

Pact Drafted(const std::string& id = "2023") {
  Pact pact = Draft(testing::Pact("ntbtn", 2023)).value();
  pact.set_name("clusters/ntbtn/pacts/" + id);
  return pact;
}

Pact Opened(const std::string& id = "2023") { return OpenForSigning(Drafted(id)).value(); }

v1::PactSignature Signature(const std::string& school, const std::string& day = "2023-03-10") {
  v1::PactSignature signature;
  signature.set_school("schools/" + school);
  *signature.mutable_sign_date() = runtime::DayToProto(Day(day));
  return signature;
}

Pact SignedBy(Pact pact, const std::vector<std::string>& schools) {
  for (const std::string& school : schools)
    pact = Sign(std::move(pact), Signature(school), Members()).value();
  return pact;
}

Pact InForce(const std::string& day = "2023-03-10") {
  return BringIntoForce(SignedBy(Opened(), {"binh-dinh", "dak-lak", "kon-tum"}), Day(day), kToday,
                        Members(), {})
      .value()
      .in_force;
}

std::string FirstDay(const Pact& pact) {
  return absl::FormatCivilTime(directory::PeriodOf(pact).value().from);
}

// ---- Content.

TEST(PactContent, ADraftIsForItsWholeYear) {
  const Pact pact = Drafted();
  EXPECT_EQ(pact.state(), v1::PACT_STATE_DRAFT);
  EXPECT_EQ(directory::PeriodOf(pact).value(),
            (directory::Period{Day("2023-01-01"), Day("2024-01-01")}));
}

TEST(PactContent, NobodyBringsSignaturesOrJudgementsIntoADraft) {
  Pact said = InForce();
  said.mutable_targets(0)->mutable_assessment()->set_verdict(v1::PACT_VERDICT_MET);
  said.set_amends("clusters/ntbtn/pacts/2022");
  const Pact pact = Draft(said).value();
  EXPECT_EQ(pact.signatures_size(), 0);
  EXPECT_FALSE(pact.targets(0).has_assessment());
  EXPECT_TRUE(pact.amends().empty());
}

TEST(PactContent, TargetsAreNumberedWithoutGapsOrDoubles) {
  Pact pact = testing::Pact("ntbtn", 2023);
  pact.mutable_targets(1)->set_number(1);
  EXPECT_THAT(Draft(pact), RefusedForField("pact.targets[1].number"));
  pact.mutable_targets(1)->set_number(3);
  EXPECT_THAT(Draft(pact), RefusedForField("pact.targets[1].number"));
}

TEST(PactContent, ATargetIsANumberOrAText) {
  for (const auto& take_away : std::vector<void (*)(v1::PactTarget&)>{
           [](v1::PactTarget& target) { target.clear_indicator(); },
           [](v1::PactTarget& target) { target.clear_operator_(); },
           [](v1::PactTarget& target) { target.clear_value(); }}) {
    Pact pact = testing::Pact("ntbtn", 2023);
    take_away(*pact.mutable_targets(0));
    EXPECT_THAT(Draft(pact), RefusedForField("pact.targets[0]"));
  }
  Pact pact = testing::Pact("ntbtn", 2023);
  pact.mutable_targets(1)->set_unit("lớp");
  EXPECT_THAT(Draft(pact), RefusedForField("pact.targets[1].unit"));
}

TEST(PactContent, APactLiesWithinItsYear) {
  EXPECT_THAT(Draft(testing::Dating(testing::Pact("ntbtn", 2023), "2023-03-10", "2024-03-01")),
              RefusedForField("pact.valid_from"));
  EXPECT_THAT(Draft(testing::Dating(testing::Pact("ntbtn", 2023), "2023-03-10", "2023-03-10")),
              RefusedForField("pact.valid_to"));
}

TEST(PactContent, OnlyADraftMayChange) {
  EXPECT_TRUE(CheckChangeable(Drafted()).ok());
  EXPECT_THAT(CheckChangeable(Opened()), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(CheckChangeable(InForce()), RefusedFor(Reason::REASON_WRONG_STATE));
}

// ---- What sources tell.

// "Lãnh đạo các đơn vị trong Cụm ký kết giao ước thi đua năm 2023 … với 7 chỉ tiêu cụ thể."
Pact Told() {
  Pact pact = testing::Pact("ntbtn", 2023);
  pact.clear_targets();
  *pact.mutable_record()->mutable_signing_date() = runtime::DayToProto(Day("2023-03-10"));
  pact.mutable_record()->set_target_count(7);
  pact.mutable_record()->set_all_members_signed(true);
  return pact;
}

TEST(PactRecord, BindsFromTheDayOfSigningOnWhereAllSigned) {
  const auto pact = Record(Told(), kToday);
  ASSERT_TRUE(pact.ok()) << pact.status();
  EXPECT_EQ(pact->state(), v1::PACT_STATE_RECORDED);
  EXPECT_EQ(FirstDay(*pact), "2023-03-10");
  EXPECT_TRUE(Binds(*pact));
  EXPECT_EQ(pact->signatures_size(), 0);
}

TEST(PactRecord, DoesNotBindWhereTheSourceDoesNotSayThatAllSigned) {
  Pact told = Told();
  told.mutable_record()->set_all_members_signed(false);
  const Pact pact = Record(told, kToday).value();
  EXPECT_FALSE(Binds(pact));
  EXPECT_EQ(BindingOn({pact}, Day("2023-04-01")).why, v1::NO_BINDING_PACT_SIGNATURES_UNKNOWN);
}

TEST(PactRecord, NeedsAFirstDayWhereTheDayOfSigningIsNotKnown) {
  Pact told = Told();
  told.mutable_record()->mutable_signing_date()->set_day(0);
  EXPECT_THAT(Record(told, kToday), RefusedForField("pact.valid_from"));
  EXPECT_TRUE(Record(testing::Dating(told, "2023-04-01", ""), kToday).ok());
}

TEST(PactRecord, IsOfThePast) {
  EXPECT_THAT(Record(Told(), Day("2023-03-09")), RefusedForField("pact.record.signing_date"));
}

TEST(PactRecord, CountsTheTargetsThatItKnows) {
  Pact told = Told();
  *told.add_targets() = TextTarget(1, "Xây dựng trường chính trị chuẩn");
  EXPECT_THAT(Record(told, kToday), RefusedForField("pact.record.target_count"));
}

TEST(PactRecord, BelongsToNoOtherPact) {
  EXPECT_THAT(Draft(Told()), RefusedForField("pact.record"));
  EXPECT_THAT(Record(testing::Pact("ntbtn", 2023), kToday), RefusedForField("pact.record"));
}

TEST(PactRecord, NeverPassesForAPactInForce) {
  const Pact pact = Record(Told(), kToday).value();
  EXPECT_THAT(BringIntoForce(pact, Day("2023-03-10"), kToday, Members(), {}).status(),
              RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Amend(pact, nullptr, {}), RefusedFor(Reason::REASON_WRONG_STATE));
}

// ---- Signing.

TEST(PactSigningRules, ADraftWithoutTargetsIsNotOpened) {
  Pact pact = Drafted();
  pact.clear_targets();
  EXPECT_THAT(OpenForSigning(pact), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(PactSigningRules, ASchoolSignsOnceAndOnlyWhileThePactIsOpen) {
  EXPECT_THAT(Sign(Drafted(), Signature("dak-lak"), Members()),
              RefusedFor(Reason::REASON_WRONG_STATE));
  const Pact pact = SignedBy(Opened(), {"dak-lak"});
  EXPECT_THAT(Sign(pact, Signature("dak-lak"), Members()),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(PactSigningRules, ASignerIsAMemberOnTheDayOfSigning) {
  EXPECT_THAT(Sign(Opened(), Signature("kon-tum", "2023-02-28"), Members()),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_TRUE(Sign(Opened(), Signature("kon-tum", "2023-03-01"), Members()).ok());
  EXPECT_THAT(Sign(Opened(), Signature("bac-lieu"), {testing::Membership("dbscl", "bac-lieu")}),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

v1::SignPactRequest SigningOfDakLak() {
  v1::SignPactRequest request;
  request.set_name("clusters/ntbtn/pacts/2023");
  request.set_school("schools/dak-lak");
  return request;
}

constexpr char kDakLak[] = "spiffe://thidua.vn/school/dak-lak";
constexpr char kAcademy[] = "spiffe://thidua.vn/academy/office";

TEST(PactSigningRules, ASchoolSignsTodayThroughAPerson) {
  const auto signature =
      SignatureOf(SigningOfDakLak(), {true, kDakLak, "Nguyễn Thành Dũng"}, kToday);
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_EQ(signature->signer(), "Nguyễn Thành Dũng");
  EXPECT_EQ(signature->identity(), kDakLak);
  EXPECT_EQ(runtime::DayFromProto(signature->sign_date()).value(), kToday);
  EXPECT_THAT(SignatureOf(SigningOfDakLak(), {true, kDakLak, ""}, kToday),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(PactSigningRules, OnlyTheAcademyEntersWhatWasSignedOnPaper) {
  v1::SignPactRequest request = SigningOfDakLak();
  EXPECT_THAT(SignatureOf(request, {false, kAcademy, ""}, kToday), RefusedForField("paper"));
  *request.mutable_paper()->mutable_sign_date() = runtime::DayToProto(Day("2023-03-10"));
  request.mutable_paper()->set_source("Biên bản ngày 10-3-2023");
  const auto signature = SignatureOf(request, {false, kAcademy, ""}, kToday);
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_EQ(signature->paper_source(), "Biên bản ngày 10-3-2023");
  EXPECT_EQ(signature->identity(), kAcademy);
  EXPECT_THAT(SignatureOf(request, {true, kDakLak, "Nguyễn Thành Dũng"}, kToday),
              RefusedForField("paper"));
  EXPECT_THAT(SignatureOf(request, {false, kAcademy, ""}, Day("2023-03-09")),
              RefusedForField("paper.sign_date"));
}

TEST(PactSigningRules, ASignatureIsWithdrawnWhileThePactIsOpen) {
  const Pact pact = SignedBy(Opened(), {"dak-lak", "kon-tum"});
  EXPECT_EQ(Withdraw(pact, "schools/dak-lak")->signatures(0).school(), "schools/kon-tum");
  EXPECT_THAT(Withdraw(pact, "schools/binh-dinh"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(Withdraw(InForce(), "schools/dak-lak"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(PactSigningRules, WhatIsReturnedToDraftHasNoSignatures) {
  const auto pact = ReturnToDraft(SignedBy(Opened(), {"dak-lak"}));
  ASSERT_TRUE(pact.ok()) << pact.status();
  EXPECT_EQ(pact->signatures_size(), 0);
  EXPECT_EQ(pact->state(), v1::PACT_STATE_DRAFT);
  EXPECT_THAT(ReturnToDraft(InForce()), RefusedFor(Reason::REASON_WRONG_STATE));
}

// ---- In force.

TEST(PactForce, NeedsTheSignatureOfEveryMemberAndNamesThoseMissing) {
  const absl::Status refused =
      BringIntoForce(SignedBy(Opened(), {"dak-lak"}), Day("2023-03-10"), kToday, Members(), {})
          .status();
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_RULE_VIOLATED));
  for (const std::string& text :
       {std::string(refused.message()), contract::VietnameseText(refused)})
    EXPECT_THAT(text, HasSubstr("schools/binh-dinh, schools/kon-tum"));
}

TEST(PactForce, CountsTheMembersOfItsFirstDay) {
  const Pact pact = SignedBy(Opened(), {"binh-dinh", "dak-lak"});
  // Kon Tum had not joined on 28 February, but nobody had signed either.
  EXPECT_THAT(BringIntoForce(pact, Day("2023-02-28"), kToday, Members(), {}).status(),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  std::vector<Membership> members = Members();
  *members[2].mutable_valid_from() = runtime::DayToProto(Day("2023-03-11"));
  EXPECT_TRUE(BringIntoForce(pact, Day("2023-03-10"), kToday, members, {}).ok());
  EXPECT_THAT(BringIntoForce(pact, Day("2023-03-11"), kToday, members, {}).status(),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(PactForce, DoesNotBeginBeforeItWasSigned) {
  const Pact pact = SignedBy(Opened(), {"binh-dinh", "dak-lak", "kon-tum"});
  EXPECT_THAT(BringIntoForce(pact, Day("2023-03-09"), kToday, Members(), {}).status(),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_EQ(FirstDay(InForce("2023-03-10")), "2023-03-10");
}

TEST(PactForce, DoesNotBeginAfterTodayNorOutsideItsPeriod) {
  const Pact pact = SignedBy(Opened(), {"binh-dinh", "dak-lak", "kon-tum"});
  EXPECT_THAT(BringIntoForce(pact, Day("2023-03-21"), kToday, Members(), {}).status(),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(BringIntoForce(pact, Day("2024-01-01"), Day("2024-02-01"), Members(), {}).status(),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(PactForce, AClusterIsBoundByOnePactAtATime) {
  const Pact other = SignedBy(Opened("2023-khac"), {"binh-dinh", "dak-lak", "kon-tum"});
  EXPECT_THAT(BringIntoForce(other, Day("2023-03-15"), kToday, Members(), {InForce()}).status(),
              RefusedFor(Reason::REASON_OVERLAP));
  EXPECT_THAT(
      BringIntoForce(other, Day("2023-03-15"), kToday, Members(), {Record(Told(), kToday).value()})
          .status(),
      RefusedFor(Reason::REASON_OVERLAP));
  EXPECT_TRUE(BringIntoForce(other, Day("2023-03-15"), kToday, Members(), {Opened()}).ok());
}

// ---- Amendments.

Pact Amendment(const Pact& of) {
  Pact pact = Amend(of, nullptr, {of}).value();
  pact.set_name("clusters/ntbtn/pacts/2023-2");
  return SignedBy(OpenForSigning(pact).value(), {"binh-dinh", "dak-lak", "kon-tum"});
}

TEST(PactAmendment, BeginsAsADraftWithTheContentOfTheEarlierOne) {
  const Pact earlier = InForce();
  const Pact draft = Amend(earlier, nullptr, {earlier}).value();
  EXPECT_EQ(draft.state(), v1::PACT_STATE_DRAFT);
  EXPECT_EQ(draft.amends(), earlier.name());
  EXPECT_EQ(draft.targets_size(), earlier.targets_size());
  EXPECT_EQ(draft.signatures_size(), 0);
  EXPECT_THAT(Amend(Opened(), nullptr, {}), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(PactAmendment, StaysInItsYear) {
  const Pact next = testing::Pact("ntbtn", 2024);
  EXPECT_THAT(Amend(InForce(), &next, {}), RefusedForField("pact.year"));
}

TEST(PactAmendment, OnlyOneIsUnderWay) {
  const Pact earlier = InForce();
  const Pact under_way = Amendment(earlier);
  EXPECT_THAT(Amend(earlier, nullptr, {earlier, under_way}),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_TRUE(Amend(earlier, nullptr, {earlier, Cancel(under_way, "rút lại").value()}).ok());
}

TEST(PactAmendment, TakesOverFromItsOwnFirstDay) {
  const Pact earlier = InForce();
  const auto enforcement =
      BringIntoForce(Amendment(earlier), Day("2023-03-15"), kToday, Members(), {earlier});
  ASSERT_TRUE(enforcement.ok()) << enforcement.status();
  ASSERT_TRUE(enforcement->superseded.has_value());
  EXPECT_EQ(enforcement->superseded->state(), v1::PACT_STATE_SUPERSEDED);
  EXPECT_EQ(enforcement->superseded->superseded_by(), "clusters/ntbtn/pacts/2023-2");
  const std::vector<Pact> both = {*enforcement->superseded, enforcement->in_force};
  EXPECT_EQ(BindingOn(both, Day("2023-03-14")).pact, &both[0]);
  EXPECT_EQ(BindingOn(both, Day("2023-03-15")).pact, &both[1]);
}

TEST(PactAmendment, BeginsAfterTheFirstDayOfTheEarlierOne) {
  const Pact earlier = InForce("2023-03-12");
  EXPECT_THAT(
      BringIntoForce(Amendment(earlier), Day("2023-03-12"), kToday, Members(), {earlier}).status(),
      RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST(PactAmendment, DoesNotReplaceWhatIsNoLongerInForce) {
  Pact earlier = InForce();
  const Pact amendment = Amendment(earlier);
  earlier.set_state(v1::PACT_STATE_ASSESSED);
  EXPECT_THAT(BringIntoForce(amendment, Day("2023-03-15"), kToday, Members(), {earlier}).status(),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

// ---- Assessment.

TargetAssessment Attained(int number, const std::string& value) {
  TargetAssessment assessment;
  assessment.set_number(number);
  assessment.mutable_attained()->set_value(value);
  assessment.set_source("windows/2023-year/publications/ntbtn");
  return assessment;
}

TargetAssessment InWords(int number, v1::PactVerdict verdict) {
  TargetAssessment assessment;
  assessment.set_number(number);
  assessment.set_verdict(verdict);
  assessment.set_judgement("10/10 trường đã có đề án");
  assessment.set_source("Báo cáo tổng kết năm 2023 của Cụm");
  return assessment;
}

absl::StatusOr<Pact> Assessed(const Pact& pact, const std::vector<TargetAssessment>& given,
                              const std::string& reason = "") {
  return Assess(pact, {given.begin(), given.end()}, reason, kToday);
}

TEST(PactAssessment, TheVerdictOfANumberFollowsFromItsOperatorExactly) {
  struct Case {
    v1::PactOperator op;
    const char* attained;
    v1::PactVerdict verdict;
  };
  for (const Case& tried : {
           Case{v1::PACT_OPERATOR_AT_LEAST, "95.0", v1::PACT_VERDICT_MET},
           Case{v1::PACT_OPERATOR_AT_LEAST, "94.999999999999999999", v1::PACT_VERDICT_NOT_MET},
           Case{v1::PACT_OPERATOR_AT_MOST, "95", v1::PACT_VERDICT_MET},
           Case{v1::PACT_OPERATOR_AT_MOST, "95.000000000000000001", v1::PACT_VERDICT_NOT_MET},
           Case{v1::PACT_OPERATOR_EQUAL, "95.00", v1::PACT_VERDICT_MET},
           Case{v1::PACT_OPERATOR_EQUAL, "95.01", v1::PACT_VERDICT_NOT_MET},
           Case{v1::PACT_OPERATOR_MORE_THAN, "95", v1::PACT_VERDICT_NOT_MET},
           Case{v1::PACT_OPERATOR_MORE_THAN, "95.1", v1::PACT_VERDICT_MET},
           Case{v1::PACT_OPERATOR_LESS_THAN, "95", v1::PACT_VERDICT_NOT_MET},
           Case{v1::PACT_OPERATOR_LESS_THAN, "-95.1", v1::PACT_VERDICT_MET},
       }) {
    Pact pact = InForce();
    pact.mutable_targets(0)->set_operator_(tried.op);
    const auto assessed =
        Assessed(pact, {Attained(1, tried.attained), InWords(2, v1::PACT_VERDICT_MET)});
    ASSERT_TRUE(assessed.ok()) << assessed.status();
    EXPECT_EQ(assessed->targets(0).assessment().verdict(), tried.verdict)
        << v1::PactOperator_Name(tried.op) << " " << tried.attained;
  }
}

TEST(PactAssessment, JudgesEveryTarget) {
  const auto assessed =
      Assessed(InForce(), {InWords(2, v1::PACT_VERDICT_NOT_MET), Attained(1, "96")});
  ASSERT_TRUE(assessed.ok()) << assessed.status();
  EXPECT_EQ(assessed->state(), v1::PACT_STATE_ASSESSED);
  EXPECT_TRUE(Binds(*assessed));
  EXPECT_THAT(Assessed(InForce(), {Attained(1, "96")}), RefusedForField("assessments"));
  EXPECT_THAT(Assessed(InForce(), {Attained(1, "96"), Attained(1, "97")}),
              RefusedForField("assessments[1].number"));
  EXPECT_THAT(Assessed(InForce(), {Attained(3, "96")}), RefusedForField("assessments[0].number"));
}

TEST(PactAssessment, AVerdictIsGivenForWordsAndNeverForANumber) {
  TargetAssessment decided = Attained(1, "96");
  decided.set_verdict(v1::PACT_VERDICT_MET);
  EXPECT_THAT(Assessed(InForce(), {decided, InWords(2, v1::PACT_VERDICT_MET)}),
              RefusedForField("assessments[0].verdict"));
  EXPECT_THAT(Assessed(InForce(), {InWords(1, v1::PACT_VERDICT_MET), Attained(2, "1")}),
              RefusedForField("assessments[0].attained"));
  EXPECT_THAT(Assessed(InForce(), {Attained(1, "96"), Attained(2, "1")}),
              RefusedForField("assessments[1].judgement"));
  EXPECT_THAT(Assessed(InForce(), {Attained(1, "96"), InWords(2, v1::PACT_VERDICT_UNSPECIFIED)}),
              RefusedForField("assessments[1].verdict"));
}

TEST(PactAssessment, IsCorrectedWithAReason) {
  const Pact assessed =
      Assessed(InForce(), {Attained(1, "69"), InWords(2, v1::PACT_VERDICT_MET)}).value();
  const std::vector<TargetAssessment> again = {Attained(1, "96"), InWords(2, v1::PACT_VERDICT_MET)};
  EXPECT_THAT(Assessed(assessed, again), RefusedForField("reason"));
  EXPECT_EQ(Assessed(assessed, again, "gõ nhầm")->targets(0).assessment().verdict(),
            v1::PACT_VERDICT_MET);
}

TEST(PactAssessment, OnlyWhatIsInForceIsJudged) {
  EXPECT_THAT(Assessed(Opened(), {Attained(1, "96"), InWords(2, v1::PACT_VERDICT_MET)}),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(PactCancellation, OnlyBeforeForce) {
  const auto cancelled = Cancel(Opened(), "Cụm thống nhất soạn lại");
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->cancel_reason(), "Cụm thống nhất soạn lại");
  EXPECT_TRUE(Cancel(Drafted(), "trùng").ok());
  EXPECT_THAT(Cancel(InForce(), "trùng"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST(PactBinding, TellsWhyThereIsNone) {
  EXPECT_EQ(BindingOn({}, Day("2023-04-01")).why, v1::NO_BINDING_PACT_NONE_IN_FORCE);
  EXPECT_EQ(BindingOn({Opened()}, Day("2023-04-01")).why, v1::NO_BINDING_PACT_NONE_IN_FORCE);
  EXPECT_EQ(BindingOn({InForce()}, Day("2023-03-09")).pact, nullptr);
  const std::vector<Pact> pacts = {InForce()};
  EXPECT_EQ(BindingOn(pacts, Day("2023-03-10")).pact, &pacts[0]);
}

// ---- Succession.

TEST(PactSuccessions, ASignatureUnderALivingPactIsLeftByASchoolThatEnds) {
  EXPECT_TRUE(IsOpenPartOf(InForce(), "schools/binh-dinh", Day("2023-07-01")));
  EXPECT_TRUE(
      IsOpenPartOf(SignedBy(Opened(), {"binh-dinh"}), "schools/binh-dinh", Day("2023-07-01")));
  EXPECT_FALSE(IsOpenPartOf(Opened(), "schools/binh-dinh", Day("2023-07-01")));
  EXPECT_FALSE(IsOpenPartOf(InForce(), "schools/binh-dinh", Day("2024-01-01")));
}

TEST(PactSuccessions, TheSuccessorSignsItselfWhileThePactIsInForce) {
  const std::vector<Membership> member = {
      testing::Membership("ntbtn", "gia-lai-2023", "2023-07-01")};
  EXPECT_THAT(Sign(InForce(), Signature("gia-lai-2023", "2023-07-10"), member),
              RefusedFor(Reason::REASON_WRONG_STATE));
  const Pact succeeded =
      Succeed(InForce(), "schools/binh-dinh", "schools/gia-lai-2023", Day("2023-07-01")).value();
  EXPECT_FALSE(IsOpenPartOf(succeeded, "schools/binh-dinh", Day("2023-07-01")));
  EXPECT_EQ(SignatureBy(succeeded, "schools/gia-lai-2023"), nullptr);
  const auto by_successor = Sign(succeeded, Signature("gia-lai-2023", "2023-07-10"), member);
  ASSERT_TRUE(by_successor.ok()) << by_successor.status();
  EXPECT_NE(SignatureBy(*by_successor, "schools/gia-lai-2023"), nullptr);
  EXPECT_NE(SignatureBy(*by_successor, "schools/binh-dinh"), nullptr);
}

TEST(PactSuccessions, NobodyTakesAPlaceInADraft) {
  EXPECT_THAT(Succeed(Drafted(), "schools/binh-dinh", "", Day("2023-07-01")),
              RefusedFor(Reason::REASON_WRONG_STATE));
}

}  // namespace
}  // namespace thidua::registry
