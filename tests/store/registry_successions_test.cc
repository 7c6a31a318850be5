// Succession over a real database: what a merger leaves to decide, and what a decision does.
#include <string>
#include <vector>

#include "services/registry/pacts/pact_rules.h"
#include "services/registry/pacts/pact_store.h"
#include "services/registry/programmes/activity_rules.h"
#include "services/registry/programmes/programme_store.h"
#include "services/registry/standards/standard_rules.h"
#include "services/registry/standards/standard_store.h"
#include "services/registry/successions/succession_service.h"
#include "tests/store/registry_mergers.h"
#include "tests/support/pact_facts.h"
#include "tests/support/programme_facts.h"

namespace thidua {
namespace {

using contract::Reason;
using contract::ReasonOf;
using registry::v1::FATE_CANCEL;
using registry::v1::FATE_CLOSE;
using registry::v1::FATE_TRANSFER;
using registry::v1::SuccessionItem;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kEvent[] = "lineageEvents/tuyen-quang-2025";
constexpr char kHaGiangInMnbg[] = "clusters/mnbg/memberships/ha-giang";
constexpr char kTuyenQuangInTdmn[] = "clusters/tdmn/memberships/tuyen-quang";
constexpr char kStandingDeputy[] = "clusters/mnbg/leadershipTerms/2025-ha-giang";
constexpr char kHeadOf2026[] = "clusters/mnbg/leadershipTerms/2026-ha-giang";

class RegistrySuccessionsTest : public testing::RegistryMergers {
 protected:
  RegistrySuccessionsTest() : successions_(writing_, page_tokens_) {}

  void SetUp() override {
    CreateEveOfTheMerger();
    const auto merged = Create(Merger());
    ASSERT_TRUE(merged.ok()) << merged.status();
  }

  std::vector<SuccessionItem> Items(const std::string& parent = kEvent, bool undecided = false,
                                    int page_size = 0) {
    registry::v1::ListSuccessionItemsRequest request;
    request.set_parent(parent);
    request.set_undecided_only(undecided);
    request.set_page_size(page_size);
    std::vector<SuccessionItem> items;
    do {
      const auto page =
          Call(successions_, &registry::SuccessionService::ListSuccessionItems, request);
      EXPECT_TRUE(page.ok()) << page.status();
      items.insert(items.end(), page->succession_items().begin(), page->succession_items().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return items;
  }
  std::vector<std::string> Undecided(const std::string& parent = kEvent) {
    std::vector<std::string> subjects;
    for (const SuccessionItem& item : Items(parent, true)) subjects.push_back(item.subject());
    return subjects;
  }

  absl::StatusOr<registry::v1::SuccessionFate> Decide(const std::string& subject,
                                                      registry::v1::Fate fate,
                                                      const std::string& cluster = "",
                                                      bool validate_only = false) {
    registry::v1::DecideSuccessionItemRequest request;
    request.set_parent(kEvent);
    request.set_subject(subject);
    request.set_fate(fate);
    request.set_cluster(cluster);
    request.set_reason("Thông báo phân cụm năm 2025");
    request.set_validate_only(validate_only);
    *request.mutable_provenance() = testing::Documented(registry::v1::Cluster()).provenance();
    return Call(successions_, &registry::SuccessionService::DecideSuccessionItem, request);
  }

  registry::SuccessionService successions_;
};

TEST_F(RegistrySuccessionsTest, AMergerLeavesMembershipsAndTermsToDecide) {
  EXPECT_THAT(Undecided(),
              ElementsAre(kHaGiangInMnbg, kTuyenQuangInTdmn, kStandingDeputy, kHeadOf2026));
  EXPECT_THAT(Undecided("lineageEvents/-"), ::testing::SizeIs(4));
}

TEST_F(RegistrySuccessionsTest, PagesJoinWithoutAGap) {
  std::vector<std::string> subjects;
  for (const SuccessionItem& item : Items("lineageEvents/-", false, 1))
    subjects.push_back(item.subject());
  EXPECT_THAT(subjects,
              ElementsAre(kHaGiangInMnbg, kTuyenQuangInTdmn, kStandingDeputy, kHeadOf2026));
}

TEST_F(RegistrySuccessionsTest, ATransferredMembershipIsTheSuccessorsFromThatDay) {
  const auto fate = Decide(kHaGiangInMnbg, FATE_TRANSFER, "clusters/mnbg");
  ASSERT_TRUE(fate.ok()) << fate.status();
  EXPECT_THAT(fate->continued_by(), ElementsAre("clusters/mnbg/memberships/tuyen-quang-2025"));
  EXPECT_EQ(directory_.Current()->ClusterOf("tuyen-quang-2025", Day("2025-07-01")), "mnbg");
  EXPECT_EQ(directory_.Current()->ClusterOf("tuyen-quang-2025", Day("2025-06-30")), "");
  const auto items = Items();
  EXPECT_EQ(items[0].fate(), FATE_TRANSFER);
  EXPECT_EQ(items[0].fate_record(), fate->name());
  EXPECT_THAT(items[1].in_place(), ElementsAre("clusters/mnbg/memberships/tuyen-quang-2025"));
}

TEST_F(RegistrySuccessionsTest, ASubjectIsDecidedOnce) {
  ASSERT_TRUE(Decide(kHaGiangInMnbg, FATE_CLOSE).ok());
  EXPECT_EQ(ReasonOf(Decide(kHaGiangInMnbg, FATE_TRANSFER, "clusters/mnbg").status()),
            Reason::REASON_ALREADY_EXISTS);
  EXPECT_EQ(directory_.Current()->ClusterOf("tuyen-quang-2025", Day("2025-07-01")), "");
}

TEST_F(RegistrySuccessionsTest, ASuccessorBelongsToOneClusterWhateverItsPredecessorsDid) {
  ASSERT_TRUE(Decide(kHaGiangInMnbg, FATE_TRANSFER, "clusters/mnbg").ok());
  EXPECT_EQ(ReasonOf(Decide(kTuyenQuangInTdmn, FATE_TRANSFER, "clusters/tdmn").status()),
            Reason::REASON_OVERLAP);
  const auto joined = Decide(kTuyenQuangInTdmn, FATE_TRANSFER, "clusters/mnbg");
  ASSERT_TRUE(joined.ok()) << joined.status();
  EXPECT_THAT(joined->continued_by(), ElementsAre("clusters/mnbg/memberships/tuyen-quang-2025"));
}

TEST_F(RegistrySuccessionsTest, ARehearsedDecisionLeavesNothing) {
  ASSERT_TRUE(Decide(kHaGiangInMnbg, FATE_TRANSFER, "clusters/mnbg", true).ok());
  EXPECT_THAT(Undecided(), ::testing::SizeIs(4));
  EXPECT_EQ(directory_.Current()->ClusterOf("tuyen-quang-2025", Day("2025-07-01")), "");
}

TEST_F(RegistrySuccessionsTest, ATransferredTermIsTheSuccessorsForTheRestAndMustBeRecognised) {
  EXPECT_EQ(ReasonOf(Decide(kStandingDeputy, FATE_TRANSFER).status()),
            Reason::REASON_RULE_VIOLATED);  // no member yet
  ASSERT_TRUE(Decide(kHaGiangInMnbg, FATE_TRANSFER, "clusters/mnbg").ok());
  ASSERT_TRUE(Decide(kStandingDeputy, FATE_TRANSFER).ok());
  EXPECT_EQ(Term("mnbg", "2025-ha-giang").state(), registry::v1::LEADERSHIP_TERM_STATE_REPLACED);
  const auto term = Term("mnbg", "2025-tuyen-quang-2025");
  EXPECT_EQ(term.state(), registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  EXPECT_FALSE(directory_.Current()->Leads("tuyen-quang-2025", "mnbg", Day("2025-08-01")));
  ASSERT_TRUE(Recognise(term).ok());
  EXPECT_TRUE(directory_.Current()->Leads("tuyen-quang-2025", "mnbg", Day("2025-08-01")));
}

TEST_F(RegistrySuccessionsTest, AClosedTermIsEndedAndNobodysAfterwards) {
  ASSERT_TRUE(Decide(kStandingDeputy, FATE_CLOSE).ok());
  EXPECT_EQ(Term("mnbg", "2025-ha-giang").state(), registry::v1::LEADERSHIP_TERM_STATE_ENDED);
  ASSERT_TRUE(Decide(kHeadOf2026, FATE_CANCEL).ok());
  EXPECT_THAT(Undecided(), ElementsAre(kHaGiangInMnbg, kTuyenQuangInTdmn));
  EXPECT_THAT(Items(), ::testing::SizeIs(4));
}

TEST_F(RegistrySuccessionsTest, ATermThatWasEndedByHandIsSettled) {
  registry::v1::EndLeadershipTermRequest end;
  end.set_name(kStandingDeputy);
  end.set_etag(Term("mnbg", "2025-ha-giang").etag());
  *end.mutable_end_date() = runtime::DayToProto(Day("2025-07-01"));
  ASSERT_TRUE(Call(clusters_, &registry::ClusterService::EndLeadershipTerm, end).ok());
  EXPECT_THAT(Undecided(), ElementsAre(kHaGiangInMnbg, kTuyenQuangInTdmn, kHeadOf2026));
  EXPECT_EQ(ReasonOf(Decide(kStandingDeputy, FATE_CLOSE).status()), Reason::REASON_RULE_VIOLATED);
}

TEST_F(RegistrySuccessionsTest, WhatTheEventDidNotLeaveIsNotFound) {
  EXPECT_EQ(ReasonOf(Decide("clusters/mnbg/memberships/lang-son", FATE_CLOSE).status()),
            Reason::REASON_NOT_FOUND);
}

TEST_F(RegistrySuccessionsTest, DecisionsAreReadBack) {
  const auto fate = Decide(kHaGiangInMnbg, FATE_CLOSE);
  registry::v1::GetSuccessionFateRequest get;
  get.set_name(fate->name());
  EXPECT_EQ(Call(successions_, &registry::SuccessionService::GetSuccessionFate, get)->reason(),
            "Thông báo phân cụm năm 2025");
  registry::v1::ListSuccessionFatesRequest list;
  list.set_parent("lineageEvents/-");
  EXPECT_EQ(Call(successions_, &registry::SuccessionService::ListSuccessionFates, list)
                ->succession_fates_size(),
            1);
}

// Hà Giang signed the pact of 2025 and was to host a roundtable in September.
class SucceedingInTheYearTest : public RegistrySuccessionsTest {
 protected:
  void SetUp() override {
    RegistrySuccessionsTest::SetUp();
    auto pact = testing::Pact("mnbg", 2025);
    pact.set_name(kPact);
    pact.set_state(registry::v1::PACT_STATE_IN_FORCE);
    pact = testing::Dating(std::move(pact), "2025-03-10", "2026-01-01");
    pact.add_signatures()->set_school("schools/ha-giang");
    Write([&](rpc::Mutation& mutation) {
      return pacts_.pacts().Create(mutation.transaction(), mutation.act(), pact, {"IN_FORCE", ""});
    });
    auto roundtable =
        testing::Activity(registry::v1::ACTIVITY_KIND_ROUNDTABLE, "Tọa đàm khoa học cấp Cụm",
                          testing::DateOf(2025, 9), "ha-giang");
    roundtable.set_name(kRoundtable);
    roundtable = registry::NewActivity(std::move(roundtable));
    Write([&](rpc::Mutation& mutation) {
      return programmes_.CreateActivity(mutation.transaction(), mutation.act(), roundtable,
                                        {"PLANNED", ""});
    });
  }

  template <class Body>
  void Write(Body body) {
    const registry::v1::GetPactRequest any;
    rpc::HandlerCall call("/test", any);
    using Resource = typename std::invoke_result_t<Body, rpc::Mutation&>::value_type;
    const auto written = rpc::RunMutation<Resource>(call.context(), writing_, false, body);
    ASSERT_TRUE(written.ok()) << written.status();
  }
  template <class M>
  M Stored(const resource::Table<M>& table, const std::string& name) {
    auto connection = pool_.Borrow({absl::Now() + absl::Seconds(10)});
    return table.Get(**connection, name).value();
  }

  static constexpr char kPact[] = "clusters/mnbg/pacts/2025";
  static constexpr char kRoundtable[] = "clusters/mnbg/programmes/2025/activities/roundtable-1";
  const registry::PactStore pacts_;
  const registry::ProgrammeStore programmes_;
};

TEST_F(SucceedingInTheYearTest, PactsAndActivitiesAreLeftToDecideToo) {
  EXPECT_THAT(Undecided(), ElementsAre(kHaGiangInMnbg, kTuyenQuangInTdmn, kStandingDeputy,
                                       kHeadOf2026, kPact, kRoundtable));
}

TEST_F(SucceedingInTheYearTest, TheSuccessorTakesThePlaceInThePactAndHasNotSigned) {
  ASSERT_TRUE(Decide(kPact, FATE_TRANSFER).ok());
  const auto pact = Stored(pacts_.pacts(), kPact);
  ASSERT_EQ(pact.successions_size(), 1);
  EXPECT_EQ(pact.successions(0).successor(), "schools/tuyen-quang-2025");
  EXPECT_EQ(registry::SignatureBy(pact, "schools/tuyen-quang-2025"), nullptr);
  EXPECT_THAT(Items(), ::testing::SizeIs(6));
}

TEST_F(SucceedingInTheYearTest, ASignatureUnderAPactInForceIsNotCancelled) {
  EXPECT_EQ(ReasonOf(Decide(kPact, FATE_CANCEL).status()), Reason::REASON_WRONG_STATE);
  ASSERT_TRUE(Decide(kPact, FATE_CLOSE).ok());
  EXPECT_EQ(Stored(pacts_.pacts(), kPact).successions(0).successor(), "");
}

TEST_F(SucceedingInTheYearTest, TheSuccessorHostsWhatThePredecessorWasToHost) {
  const auto fate = Decide(kRoundtable, FATE_TRANSFER);
  ASSERT_TRUE(fate.ok()) << fate.status();
  EXPECT_EQ(Stored(programmes_.activities(), kRoundtable).host(), "schools/tuyen-quang-2025");
  const auto items = Items();
  ASSERT_THAT(items, ::testing::SizeIs(6));
  EXPECT_EQ(items[5].subject(), kRoundtable);
  EXPECT_EQ(items[5].fate(), FATE_TRANSFER);
  EXPECT_EQ(ReasonOf(Decide(kRoundtable, FATE_CANCEL).status()), Reason::REASON_ALREADY_EXISTS);
}

TEST_F(SucceedingInTheYearTest, AnActivityMayBeGivenUpOrLeft) {
  ASSERT_TRUE(Decide(kRoundtable, FATE_CANCEL).ok());
  EXPECT_EQ(Stored(programmes_.activities(), kRoundtable).state(),
            registry::v1::ACTIVITY_STATE_CANCELLED);
}

// Hà Giang's school was on its way to level 1 of the standard.
class SucceedingToACaseTest : public SucceedingInTheYearTest {
 protected:
  void SetUp() override {
    SucceedingInTheYearTest::SetUp();
    Open("schools/ha-giang", registry::v1::STANDARD_CASE_STATE_SELF_ASSESSED);
  }
  void Open(const std::string& school, registry::v1::StandardCaseState state) {
    registry::v1::StandardCase standard_case;
    standard_case.set_name(registry::CaseName(school, 1));
    standard_case.set_level(1);
    standard_case.set_state(state);
    Write([&](rpc::Mutation& mutation) {
      return standards_.cases().Create(mutation.transaction(), mutation.act(), standard_case,
                                       {"OPENED", ""});
    });
  }

  const std::string case_ = registry::CaseName("schools/ha-giang", 1);
  const registry::StandardStore standards_;
};

TEST_F(SucceedingToACaseTest, WorkGoesOnInTheSuccessorsOwnCase) {
  EXPECT_EQ(ReasonOf(Decide(case_, FATE_TRANSFER).status()), Reason::REASON_RULE_VIOLATED);
  const std::string own = registry::CaseName("schools/tuyen-quang-2025", 1);
  Open("schools/tuyen-quang-2025", registry::v1::STANDARD_CASE_STATE_REASSESSMENT_DUE);
  EXPECT_THAT(Items().back().in_place(), ElementsAre(own));
  const auto fate = Decide(case_, FATE_TRANSFER);
  ASSERT_TRUE(fate.ok()) << fate.status();
  EXPECT_THAT(fate->continued_by(), ElementsAre(own));
}

TEST_F(SucceedingToACaseTest, ACaseIsClosedAndNeverCancelled) {
  EXPECT_EQ(ReasonOf(Decide(case_, FATE_CANCEL).status()), Reason::REASON_RULE_VIOLATED);
  EXPECT_TRUE(Decide(case_, FATE_CLOSE).ok());
}

TEST_F(SucceedingToACaseTest, ARecognisedCaseLeavesNothingToDecide) {
  Open("schools/tuyen-quang", registry::v1::STANDARD_CASE_STATE_RECOGNISED);
  EXPECT_THAT(Undecided(), ::testing::SizeIs(7));
  EXPECT_EQ(Undecided().back(), case_);
}

TEST_F(RegistrySuccessionsTest, ARenamingLeavesNothing) {
  auto school = testing::School("dien-bien", "Điện Biên", "");
  *school.add_names() =
      testing::SchoolName("Trường Chính trị tỉnh Điện Biên", "2020-01-01", "2024-01-01");
  *school.add_names() = testing::SchoolName("Trường Chính trị Điện Biên", "2024-01-01");
  ASSERT_TRUE(Create(school).ok());
  ASSERT_TRUE(Create("mnbg", testing::Membership("mnbg", "dien-bien")).ok());
  ASSERT_TRUE(Create(testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_RENAME, "dien-bien-2024",
                                      "2024-01-01", {"dien-bien"}, {"dien-bien"}))
                  .ok());
  EXPECT_THAT(Items("lineageEvents/dien-bien-2024"), IsEmpty());
  EXPECT_FALSE(Membership("mnbg", "dien-bien").has_valid_to());
}

}  // namespace
}  // namespace thidua
