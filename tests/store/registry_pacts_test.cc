// Pacts over a real database: every verb, every refusal, and what two callers do to each other.
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "common/contract/refusal.h"
#include "common/database/migrator.h"
#include "common/directory/directory.h"
#include "common/directory/publication.h"
#include "common/runtime/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/clusters/cluster_service.h"
#include "services/registry/pacts/pact_service.h"
#include "services/registry/schools/school_service.h"
#include "tests/support/handler_call.h"
#include "tests/support/pact_facts.h"
#include "tests/support/private_database.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/school_facts.h"

namespace thidua {
namespace {

using contract::Reason;
using contract::ReasonOf;
using registry::PactService;
using registry::v1::Pact;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::RefusedFor;
using testing::RefusedForField;

constexpr char kPageKey[] = "khoa-thu-nghiem-cua-trang-danh-sach-0123456789";
constexpr char kPact2023[] = "clusters/ntbtn/pacts/2023";

// Three of the ten members of the cluster Nam Trung Bộ – Tây Nguyên sign on 10 March 2023.
class RegistryPactsTest : public ::testing::Test {
 protected:
  RegistryPactsTest()
      : schema_(testing::PrivateDatabase::Shared().CreateSchema("registry",
                                                                database::registry_migrations())),
        pool_(schema_.app, 4),
        page_tokens_(contract::PageTokens::Create(kPageKey).value()),
        writing_{pool_,
                 [this](absl::Span<const database::ResourceVersion> written) {
                   directory::Publish(directory_, written);
                 }},
        schools_(writing_, directory_, page_tokens_),
        clusters_(writing_, directory_, page_tokens_),
        pacts_(writing_, directory_, page_tokens_) {}

  // The academy, unless a school calls.
  struct By {
    std::string school;
    std::string person;
  };

  // Asks a handler as the pipeline would, today.
  template <class Room, class Handler, class Request>
  auto Ask(Room& room, Handler handler, const Request& request, const By& by = {}) {
    const absl::Time now = absl::FromCivil(today_, runtime::VietnamTime()) + absl::Hours(9);
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, now);
    if (!by.school.empty()) {
      call.By({access::Caller::Kind::kSchool, by.school,
               "spiffe://thidua.example.vn/school/" + by.school, by.person},
              access::Reach::kOwn);
    }
    return call.Ask(writing_, room, handler, request);
  }

  void SetUp() override {
    registry::v1::CreateClusterRegimeRequest regime;
    regime.set_cluster_regime_id("2021");
    *regime.mutable_cluster_regime() = testing::Regime("2021", "2021-02-03");
    ASSERT_THAT(Ask(clusters_, &registry::ClusterService::CreateClusterRegime, regime), IsOk());
    for (const auto& [id, name] :
         {std::pair("ntbtn", "Cụm thi đua khu vực Nam Trung Bộ và Tây Nguyên"),
          std::pair("dbscl", "Cụm thi đua khu vực đồng bằng sông Cửu Long")}) {
      registry::v1::CreateClusterRequest cluster;
      cluster.set_cluster_id(id);
      *cluster.mutable_cluster() = testing::Cluster(id, "2021", name);
      ASSERT_THAT(Ask(clusters_, &registry::ClusterService::CreateCluster, cluster), IsOk());
    }
    Join("ntbtn", "binh-dinh", "Bình Định");
    Join("ntbtn", "dak-lak", "Đắk Lắk");
    Join("ntbtn", "kon-tum", "Kon Tum");
    Join("dbscl", "bac-lieu", "Bạc Liêu");
  }

  absl::StatusOr<registry::v1::Membership> AddMember(const std::string& cluster,
                                                     const std::string& school,
                                                     const std::string& from) {
    registry::v1::CreateMembershipRequest request;
    request.set_parent("clusters/" + cluster);
    *request.mutable_membership() = testing::Membership(cluster, school, from);
    return Ask(clusters_, &registry::ClusterService::CreateMembership, request);
  }

  void CreateSchool(const std::string& id, const std::string& province) {
    registry::v1::CreateSchoolRequest request;
    request.set_school_id(id);
    *request.mutable_school() = testing::School(id, province, "Trường Chính trị tỉnh " + province);
    ASSERT_THAT(Ask(schools_, &registry::SchoolService::CreateSchool, request), IsOk());
  }

  void Join(const std::string& cluster, const std::string& school, const std::string& province,
            const std::string& from = "2021-02-03") {
    CreateSchool(school, province);
    ASSERT_THAT(AddMember(cluster, school, from), IsOk());
  }

  // ---- The verbs, each with the current etag unless one is given.

  std::string EtagOf(const std::string& name) { return Get(name).etag(); }

  Pact Get(const std::string& name) {
    registry::v1::GetPactRequest request;
    request.set_name(name);
    const auto pact = Ask(pacts_, &PactService::GetPact, request);
    EXPECT_THAT(pact, IsOk());
    return pact.value_or(Pact());
  }

  absl::StatusOr<Pact> Create(const Pact& pact, const std::string& id = "",
                              bool validate_only = false) {
    registry::v1::CreatePactRequest request;
    request.set_parent("clusters/ntbtn");
    request.set_pact_id(id);
    *request.mutable_pact() = pact;
    request.set_validate_only(validate_only);
    return Ask(pacts_, &PactService::CreatePact, request);
  }

  absl::StatusOr<Pact> RecordOf(const Pact& pact) {
    registry::v1::RecordPactRequest request;
    request.set_parent("clusters/ntbtn");
    *request.mutable_pact() = pact;
    return Ask(pacts_, &PactService::RecordPact, request);
  }

  absl::StatusOr<Pact> ChangeTheme(const std::string& name, const std::string& theme,
                                   const By& by = {}) {
    registry::v1::UpdatePactRequest request;
    request.mutable_pact()->set_name(name);
    request.mutable_pact()->set_theme(theme);
    request.mutable_update_mask()->add_paths("theme");
    request.set_etag(EtagOf(name));
    return Ask(pacts_, &PactService::UpdatePact, request, by);
  }

  absl::StatusOr<Pact> Open(const std::string& name) {
    registry::v1::OpenPactForSigningRequest request;
    request.set_name(name);
    request.set_etag(EtagOf(name));
    return Ask(pacts_, &PactService::OpenPactForSigning, request);
  }

  absl::StatusOr<Pact> Sign(const std::string& name, const std::string& school,
                            const std::string& etag = "") {
    registry::v1::SignPactRequest request;
    request.set_name(name);
    request.set_school("schools/" + school);
    request.set_etag(etag.empty() ? EtagOf(name) : etag);
    return Ask(pacts_, &PactService::SignPact, request, {school, "Hiệu trưởng " + school});
  }

  absl::StatusOr<Pact> Withdraw(const std::string& name, const std::string& school,
                                const std::string& etag = "") {
    registry::v1::WithdrawSignatureRequest request;
    request.set_name(name);
    request.set_school("schools/" + school);
    request.set_reason("Xem lại chỉ tiêu 1");
    request.set_etag(etag.empty() ? EtagOf(name) : etag);
    return Ask(pacts_, &PactService::WithdrawSignature, request, {school, ""});
  }

  absl::StatusOr<Pact> Enforce(const std::string& name, const std::string& day,
                               const std::string& etag = "", bool validate_only = false) {
    registry::v1::BringPactIntoForceRequest request;
    request.set_name(name);
    *request.mutable_force_date() = runtime::DayToProto(Day(day));
    request.set_etag(etag.empty() ? EtagOf(name) : etag);
    request.set_validate_only(validate_only);
    return Ask(pacts_, &PactService::BringPactIntoForce, request, {"dak-lak", ""});
  }

  absl::StatusOr<Pact> Amend(const std::string& name) {
    registry::v1::AmendPactRequest request;
    request.set_name(name);
    request.set_reason("Điều chỉnh chỉ tiêu 1");
    request.set_etag(EtagOf(name));
    return Ask(pacts_, &PactService::AmendPact, request);
  }

  absl::StatusOr<Pact> Cancel(const std::string& name) {
    registry::v1::CancelPactRequest request;
    request.set_name(name);
    request.set_reason("Cụm thống nhất soạn lại");
    request.set_etag(EtagOf(name));
    return Ask(pacts_, &PactService::CancelPact, request);
  }

  absl::StatusOr<Pact> Assess(const std::string& name, const std::string& attained) {
    registry::v1::AssessPactRequest request;
    request.set_name(name);
    auto& number = *request.add_assessments();
    number.set_number(1);
    number.mutable_attained()->set_value(attained);
    number.set_source("windows/2023-year/publications/ntbtn");
    auto& words = *request.add_assessments();
    words.set_number(2);
    words.set_verdict(registry::v1::PACT_VERDICT_MET);
    words.set_judgement("3/3 trường đã có đề án");
    words.set_source("Báo cáo tổng kết năm 2023 của Cụm");
    request.set_etag(EtagOf(name));
    return Ask(pacts_, &PactService::AssessPact, request);
  }

  // A pact of this year, open for signing, that these schools have signed.
  std::string Opened(const std::vector<std::string>& signed_by = {}, const std::string& id = "") {
    const auto pact = Create(testing::Pact("ntbtn", static_cast<int>(today_.year())), id);
    EXPECT_THAT(pact, IsOk());
    EXPECT_THAT(Open(pact->name()), IsOk());
    for (const std::string& school : signed_by) EXPECT_THAT(Sign(pact->name(), school), IsOk());
    return pact->name();
  }

  std::string InForce() {
    const std::string name = Opened({"binh-dinh", "dak-lak", "kon-tum"});
    EXPECT_THAT(Enforce(name, "2023-03-10"), IsOk());
    return name;
  }

  // ---- The reads.

  registry::v1::PactSigning Signing(const std::string& name, const std::string& day = "") {
    registry::v1::GetPactSigningRequest request;
    request.set_name(name);
    if (!day.empty()) *request.mutable_as_of() = runtime::DayToProto(Day(day));
    const auto signing = Ask(pacts_, &PactService::GetPactSigning, request);
    EXPECT_THAT(signing, IsOk());
    return signing.value_or(registry::v1::PactSigning());
  }

  static std::vector<std::string> Schools(
      const google::protobuf::RepeatedPtrField<registry::v1::PactSigner>& signers) {
    std::vector<std::string> schools;
    for (const auto& signer : signers) schools.push_back(signer.school());
    return schools;
  }

  registry::v1::FindBindingPactResponse Binding(const std::string& school, const std::string& day) {
    registry::v1::FindBindingPactRequest request;
    request.set_school("schools/" + school);
    *request.mutable_as_of() = runtime::DayToProto(Day(day));
    const auto found = Ask(pacts_, &PactService::FindBindingPact, request);
    EXPECT_THAT(found, IsOk());
    return found.value_or(registry::v1::FindBindingPactResponse());
  }

  std::vector<std::string> Listed(registry::v1::ListPactsRequest request) {
    std::vector<std::string> names;
    do {
      const auto page = Ask(pacts_, &PactService::ListPacts, request);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return names;
      for (const Pact& pact : page->pacts()) names.push_back(pact.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  absl::CivilDay today_ = absl::CivilDay(2023, 3, 10);
  testing::PrivateDatabase::Schema schema_;
  database::Pool pool_;
  directory::Directory directory_;
  contract::PageTokens page_tokens_;
  rpc::Writing writing_;
  registry::SchoolService schools_;
  registry::ClusterService clusters_;
  PactService pacts_;
};

TEST_F(RegistryPactsTest, APactIsDraftedSignedByAllAndInForce) {
  const auto draft = Create(testing::Pact("ntbtn", 2023));
  ASSERT_THAT(draft, IsOk());
  EXPECT_EQ(draft->name(), kPact2023);
  EXPECT_EQ(draft->state(), registry::v1::PACT_STATE_DRAFT);
  ASSERT_THAT(Open(kPact2023), IsOk());
  for (const char* school : {"dak-lak", "kon-tum", "binh-dinh"})
    ASSERT_THAT(Sign(kPact2023, school), IsOk());
  ASSERT_THAT(Enforce(kPact2023, "2023-03-10"), IsOk());
  const Pact pact = Get(kPact2023);
  EXPECT_EQ(pact.state(), registry::v1::PACT_STATE_IN_FORCE);
  EXPECT_EQ(pact.signatures_size(), 3);
  EXPECT_EQ(pact.signatures(0).signer(), "Hiệu trưởng dak-lak");
  EXPECT_EQ(pact.signatures(0).identity(), "spiffe://thidua.example.vn/school/dak-lak");
  EXPECT_EQ(directory::PeriodOf(pact)->from, Day("2023-03-10"));
}

TEST_F(RegistryPactsTest, APactOfAClusterThatDoesNotExistIsRefused) {
  registry::v1::CreatePactRequest request;
  request.set_parent("clusters/khong-co");
  *request.mutable_pact() = testing::Pact("khong-co", 2023);
  EXPECT_THAT(Ask(pacts_, &PactService::CreatePact, request), RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryPactsTest, APactIsFoundedOnlyOnADocumentOnRecord) {
  Pact founded = testing::Pact("ntbtn", 2023);
  founded.mutable_provenance()->set_document("documents/30-hd-hvctqg");
  EXPECT_THAT(Create(founded), RefusedFor(Reason::REASON_NOT_FOUND));
  ASSERT_THAT(Create(testing::Pact("ntbtn", 2023)), IsOk());
  registry::v1::UpdatePactRequest request;
  *request.mutable_pact() = founded;
  request.mutable_update_mask()->add_paths("provenance");
  request.set_etag(EtagOf(kPact2023));
  EXPECT_THAT(Ask(pacts_, &PactService::UpdatePact, request), RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryPactsTest, ARehearsalStoresNothing) {
  ASSERT_THAT(Create(testing::Pact("ntbtn", 2023), "", /*validate_only=*/true), IsOk());
  EXPECT_THAT(Create(testing::Pact("ntbtn", 2023)), IsOk());
  EXPECT_THAT(Create(testing::Pact("ntbtn", 2023)), RefusedFor(Reason::REASON_ALREADY_EXISTS));
}

TEST_F(RegistryPactsTest, OnlyADraftChanges) {
  ASSERT_THAT(Create(testing::Pact("ntbtn", 2023)), IsOk());
  EXPECT_EQ(ChangeTheme(kPact2023, "Đoàn kết - Sáng tạo")->theme(), "Đoàn kết - Sáng tạo");
  ASSERT_THAT(Open(kPact2023), IsOk());
  EXPECT_THAT(ChangeTheme(kPact2023, "Khác"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryPactsTest, WhatIsReturnedToDraftIsSignedAnew) {
  const std::string name = Opened({"dak-lak"});
  registry::v1::ReturnPactToDraftRequest request;
  request.set_name(name);
  request.set_reason("Sửa chỉ tiêu 1");
  request.set_etag(EtagOf(name));
  const auto draft = Ask(pacts_, &PactService::ReturnPactToDraft, request);
  ASSERT_THAT(draft, IsOk());
  EXPECT_EQ(draft->signatures_size(), 0);
  EXPECT_THAT(Sign(name, "dak-lak"), RefusedFor(Reason::REASON_WRONG_STATE));
  ASSERT_THAT(Open(name), IsOk());
  EXPECT_THAT(Sign(name, "dak-lak"), IsOk());
}

TEST_F(RegistryPactsTest, ASchoolSignsOnce) {
  const std::string name = Opened({"dak-lak"});
  EXPECT_THAT(Sign(name, "dak-lak"), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryPactsTest, ANonMemberDoesNotSign) {
  EXPECT_THAT(Sign(Opened(), "bac-lieu"), RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryPactsTest, ASignatureIsOfTheTextThatWasRead) {
  const auto draft = Create(testing::Pact("ntbtn", 2023));
  ASSERT_THAT(Open(kPact2023), IsOk());
  EXPECT_THAT(Sign(kPact2023, "dak-lak", draft->etag()), RefusedFor(Reason::REASON_STALE_ETAG));
}

TEST_F(RegistryPactsTest, TheAcademyDoesNotSignForASchoolButEntersPaper) {
  const std::string name = Opened();
  registry::v1::SignPactRequest request;
  request.set_name(name);
  request.set_school("schools/dak-lak");
  request.set_etag(EtagOf(name));
  EXPECT_THAT(Ask(pacts_, &PactService::SignPact, request), RefusedForField("paper"));
  *request.mutable_paper()->mutable_sign_date() = runtime::DayToProto(Day("2023-03-09"));
  request.mutable_paper()->set_source("Biên bản ký kết ngày 9-3-2023");
  const auto pact = Ask(pacts_, &PactService::SignPact, request);
  ASSERT_THAT(pact, IsOk());
  EXPECT_EQ(pact->signatures(0).paper_source(), "Biên bản ký kết ngày 9-3-2023");
  EXPECT_EQ(pact->signatures(0).identity(), "spiffe://thidua.example.vn/academy/ban-thi-dua");
}

TEST_F(RegistryPactsTest, AMissingSignatureIsNamed) {
  const std::string name = Opened({"dak-lak", "binh-dinh"});
  const absl::Status refused = Enforce(name, "2023-03-10").status();
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("1 of 3 members"));
  EXPECT_THAT(contract::VietnameseText(refused), HasSubstr("1/3 thành viên"));
  EXPECT_THAT(contract::VietnameseText(refused), HasSubstr("schools/kon-tum"));
  EXPECT_EQ(Get(name).state(), registry::v1::PACT_STATE_OPEN_FOR_SIGNING);
}

TEST_F(RegistryPactsTest, AMemberThatJoinedAfterTheOthersSignedMustSignToo) {
  const std::string name = Opened({"binh-dinh", "dak-lak", "kon-tum"});
  Join("ntbtn", "phu-yen", "Phú Yên", "2023-03-12");
  today_ = Day("2023-03-15");
  EXPECT_THAT(Enforce(name, "2023-03-12"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  // Nobody had to wait for it on the day before.
  EXPECT_THAT(Enforce(name, "2023-03-11", "", /*validate_only=*/true), IsOk());
  ASSERT_THAT(Sign(name, "phu-yen"), IsOk());
  EXPECT_THAT(Enforce(name, "2023-03-15"), IsOk());
}

TEST_F(RegistryPactsTest, AMemberThatLeftNeedNotSign) {
  const std::string name = Opened({"binh-dinh", "dak-lak"});
  registry::v1::EndMembershipRequest end;
  end.set_name("clusters/ntbtn/memberships/kon-tum");
  end.set_etag("\"v1\"");
  *end.mutable_end_date() = runtime::DayToProto(Day("2023-03-10"));
  ASSERT_THAT(Ask(clusters_, &registry::ClusterService::EndMembership, end), IsOk());
  EXPECT_THAT(Enforce(name, "2023-03-10"), IsOk());
}

TEST_F(RegistryPactsTest, AWithdrawnSignatureIsMissing) {
  const std::string name = Opened({"binh-dinh", "dak-lak", "kon-tum"});
  ASSERT_THAT(Withdraw(name, "kon-tum"), IsOk());
  EXPECT_THAT(Withdraw(name, "kon-tum"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(Enforce(name, "2023-03-10"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_THAT(Sign(name, "kon-tum"), IsOk());
}

TEST_F(RegistryPactsTest, NothingIsWithdrawnFromAPactInForce) {
  EXPECT_THAT(Withdraw(InForce(), "kon-tum"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryPactsTest, ADraftDoesNotComeIntoForce) {
  ASSERT_THAT(Create(testing::Pact("ntbtn", 2023)), IsOk());
  EXPECT_THAT(Enforce(kPact2023, "2023-03-10"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryPactsTest, ASecondPactInForceIsRefused) {
  InForce();
  const std::string other = Opened({"binh-dinh", "dak-lak", "kon-tum"}, "2023-khac");
  today_ = Day("2023-04-01");
  const absl::Status refused = Enforce(other, "2023-04-01").status();
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_OVERLAP));
  EXPECT_EQ(contract::MetadataOf(refused)["other"], kPact2023);
}

TEST_F(RegistryPactsTest, AnAmendmentReplacesItsPredecessorFromItsFirstDay) {
  InForce();
  today_ = Day("2023-06-30");
  const auto draft = Amend(kPact2023);
  ASSERT_THAT(draft, IsOk());
  EXPECT_EQ(draft->name(), "clusters/ntbtn/pacts/2023-2");
  EXPECT_EQ(draft->amends(), kPact2023);
  EXPECT_THAT(Amend(kPact2023), RefusedFor(Reason::REASON_RULE_VIOLATED));
  ASSERT_THAT(Open(draft->name()), IsOk());
  EXPECT_THAT(Enforce(draft->name(), "2023-06-30"), RefusedFor(Reason::REASON_RULE_VIOLATED));
  EXPECT_EQ(Get(kPact2023).state(), registry::v1::PACT_STATE_IN_FORCE);
  for (const char* school : {"binh-dinh", "dak-lak", "kon-tum"})
    ASSERT_THAT(Sign(draft->name(), school), IsOk());
  ASSERT_THAT(Enforce(draft->name(), "2023-06-30"), IsOk());

  const Pact earlier = Get(kPact2023);
  EXPECT_EQ(earlier.state(), registry::v1::PACT_STATE_SUPERSEDED);
  EXPECT_EQ(earlier.superseded_by(), draft->name());
  EXPECT_EQ(earlier.signatures_size(), 3);
  EXPECT_EQ(directory::PeriodOf(earlier)->to, Day("2023-06-30"));
  EXPECT_EQ(Binding("kon-tum", "2023-06-29").pact().name(), kPact2023);
  EXPECT_EQ(Binding("kon-tum", "2023-06-30").pact().name(), draft->name());
  EXPECT_EQ(Amend(draft->name())->name(), "clusters/ntbtn/pacts/2023-3");
}

TEST_F(RegistryPactsTest, APactIsAssessedTargetByTarget) {
  InForce();
  today_ = Day("2023-11-21");
  const auto assessed = Assess(kPact2023, "95.0");
  ASSERT_THAT(assessed, IsOk());
  EXPECT_EQ(assessed->state(), registry::v1::PACT_STATE_ASSESSED);
  EXPECT_EQ(assessed->targets(0).assessment().verdict(), registry::v1::PACT_VERDICT_MET);
  EXPECT_EQ(runtime::DayFromProto(assessed->assess_date()).value(), today_);
  EXPECT_EQ(Binding("dak-lak", "2023-11-30").pact().name(), kPact2023);
}

TEST_F(RegistryPactsTest, APactThatIsNotInForceIsNotAssessed) {
  EXPECT_THAT(Assess(Opened(), "96"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryPactsTest, APactIsGivenUpOnlyBeforeForce) {
  const std::string other = Opened({}, "2023-khac");
  EXPECT_EQ(Cancel(other)->cancel_reason(), "Cụm thống nhất soạn lại");
  EXPECT_THAT(Sign(other, "dak-lak"), RefusedFor(Reason::REASON_WRONG_STATE));
  EXPECT_THAT(Cancel(InForce()), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryPactsTest, AStaleEtagIsRefused) {
  const std::string name = Opened({"binh-dinh", "dak-lak"});
  const std::string stale = EtagOf(name);
  ASSERT_THAT(Sign(name, "kon-tum"), IsOk());
  EXPECT_THAT(Enforce(name, "2023-03-10", stale), RefusedFor(Reason::REASON_STALE_ETAG));
}

// ---- What sources tell.

// "Ký kết giao ước thi đua … năm 2023 với 7 chỉ tiêu cụ thể": the targets are counted, not listed.
Pact ToldOf2023() {
  Pact pact = testing::Pact("ntbtn", 2023);
  pact.clear_targets();
  *pact.mutable_record()->mutable_signing_date() = runtime::DayToProto(Day("2023-03-10"));
  pact.mutable_record()->set_target_count(7);
  pact.mutable_record()->set_all_members_signed(true);
  return pact;
}

TEST_F(RegistryPactsTest, APactThatASourceTellsOfBindsAndIsMarked) {
  ASSERT_THAT(RecordOf(ToldOf2023()), IsOk());
  const auto found = Binding("dak-lak", "2023-03-10");
  EXPECT_EQ(found.pact().state(), registry::v1::PACT_STATE_RECORDED);
  EXPECT_EQ(found.pact().record().target_count(), 7);
  EXPECT_EQ(Binding("dak-lak", "2023-03-09").why(), registry::v1::NO_BINDING_PACT_NONE_IN_FORCE);
  EXPECT_THAT(Schools(Signing(kPact2023).missing()),
              ElementsAre("schools/binh-dinh", "schools/dak-lak", "schools/kon-tum"));
  EXPECT_THAT(Sign(kPact2023, "dak-lak"), RefusedFor(Reason::REASON_WRONG_STATE));
}

TEST_F(RegistryPactsTest, ARecordIsCorrectedByTheAcademyAlone) {
  ASSERT_THAT(RecordOf(ToldOf2023()), IsOk());
  EXPECT_THAT(ChangeTheme(kPact2023, "Khác", {"dak-lak", ""}),
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
  EXPECT_EQ(ChangeTheme(kPact2023, "")->theme(), "");
}

TEST_F(RegistryPactsTest, ARecordMeetsNoOtherPactInForce) {
  InForce();
  registry::v1::RecordPactRequest request;
  request.set_parent("clusters/ntbtn");
  request.set_pact_id("2023-theo-nguon");
  *request.mutable_pact() = ToldOf2023();
  EXPECT_THAT(Ask(pacts_, &PactService::RecordPact, request), RefusedFor(Reason::REASON_OVERLAP));
  request.mutable_pact()->mutable_record()->set_all_members_signed(false);
  EXPECT_THAT(Ask(pacts_, &PactService::RecordPact, request), IsOk());
}

// ---- Reads.

TEST_F(RegistryPactsTest, OneCallTellsWhoHasNotSigned) {
  const std::string name = Opened({"kon-tum"});
  const auto signing = Signing(name);
  EXPECT_EQ(signing.state(), registry::v1::PACT_STATE_OPEN_FOR_SIGNING);
  EXPECT_THAT(Schools(signing.signed_()), ElementsAre("schools/kon-tum"));
  EXPECT_EQ(signing.signed_(0).signature().signer(), "Hiệu trưởng kon-tum");
  EXPECT_THAT(Schools(signing.missing()), ElementsAre("schools/binh-dinh", "schools/dak-lak"));
  EXPECT_EQ(signing.missing(1).display_name(), "Trường Chính trị tỉnh Đắk Lắk");
  EXPECT_THAT(Schools(Signing(name, "2021-02-02").no_longer_members()),
              ElementsAre("schools/kon-tum"));
}

TEST_F(RegistryPactsTest, ASchoolThatJoinsLaterIsListedOnItsDay) {
  InForce();
  Join("ntbtn", "phu-yen", "Phú Yên", "2023-05-01");
  EXPECT_THAT(Schools(Signing(kPact2023).missing()), IsEmpty());
  EXPECT_THAT(Schools(Signing(kPact2023, "2023-05-01").missing()), ElementsAre("schools/phu-yen"));
}

TEST_F(RegistryPactsTest, ABindingPactIsFoundOrTheAnswerSaysWhyNot) {
  Opened();
  EXPECT_EQ(Binding("dak-lak", "2023-04-01").why(), registry::v1::NO_BINDING_PACT_NONE_IN_FORCE);
  EXPECT_EQ(Binding("dak-lak", "2021-02-02").why(), registry::v1::NO_BINDING_PACT_NO_CLUSTER);
  EXPECT_EQ(Binding("bac-lieu", "2023-04-01").cluster(), "clusters/dbscl");
  registry::v1::FindBindingPactRequest request;
  request.set_school("schools/khong-co");
  EXPECT_THAT(Ask(pacts_, &PactService::FindBindingPact, request),
              RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryPactsTest, PactsAreListedByClusterYearStateAndDay) {
  InForce();
  registry::v1::CreatePactRequest elsewhere;
  elsewhere.set_parent("clusters/dbscl");
  *elsewhere.mutable_pact() = testing::Pact("dbscl", 2022);
  ASSERT_THAT(Ask(pacts_, &PactService::CreatePact, elsewhere), IsOk());

  registry::v1::ListPactsRequest request;
  request.set_parent("clusters/-");
  request.set_page_size(1);
  EXPECT_THAT(Listed(request), ElementsAre("clusters/dbscl/pacts/2022", kPact2023));
  request.set_year(2022);
  EXPECT_THAT(Listed(request), ElementsAre("clusters/dbscl/pacts/2022"));
  request.clear_year();
  request.set_state(registry::v1::PACT_STATE_IN_FORCE);
  EXPECT_THAT(Listed(request), ElementsAre(kPact2023));
  request.clear_state();
  *request.mutable_as_of() = runtime::DayToProto(Day("2023-03-10"));
  EXPECT_THAT(Listed(request), ElementsAre(kPact2023));
  *request.mutable_as_of() = runtime::DayToProto(Day("2023-03-09"));
  EXPECT_THAT(Listed(request), IsEmpty());
  request.clear_as_of();
  request.set_parent("clusters/dbscl");
  EXPECT_THAT(Listed(request), ElementsAre("clusters/dbscl/pacts/2022"));
}

// ---- Two at once.

// Runs both at the same time; their outcomes.
std::pair<absl::Status, absl::Status> AtOnce(const std::function<absl::Status()>& one,
                                             const std::function<absl::Status()>& other) {
  std::pair<absl::Status, absl::Status> outcomes;
  std::thread first([&] { outcomes.first = one(); });
  std::thread second([&] { outcomes.second = other(); });
  first.join();
  second.join();
  return outcomes;
}

// The last signature is withdrawn while force is being declared: one of them wins, year after year,
// and no pact is in force without it.
TEST_F(RegistryPactsTest, ForceAndAWithdrawalAtOnceLeaveNoSignatureMissing) {
  for (int year = 2023; year < 2043; ++year) {
    today_ = absl::CivilDay(year, 3, 10);
    const std::string name = Opened({"binh-dinh", "dak-lak", "kon-tum"});
    const std::string etag = EtagOf(name);
    const auto [force, withdrawal] =
        AtOnce([&] { return Enforce(name, absl::FormatCivilTime(today_), etag).status(); },
               [&] { return Withdraw(name, "kon-tum", etag).status(); });
    ASSERT_NE(force.ok(), withdrawal.ok()) << force << " / " << withdrawal;
    ASSERT_EQ(ReasonOf(force.ok() ? withdrawal : force), Reason::REASON_STALE_ETAG);
    const Pact pact = Get(name);
    ASSERT_EQ(pact.state() == registry::v1::PACT_STATE_IN_FORCE, force.ok());
    ASSERT_EQ(pact.signatures_size(), force.ok() ? 3 : 2);
  }
}

// Two pacts of one year are declared in force at once: one of them wins.
TEST_F(RegistryPactsTest, OneOfTwoPactsComesIntoForce) {
  const std::string one = Opened({"binh-dinh", "dak-lak", "kon-tum"}, "2023");
  const std::string other = Opened({"binh-dinh", "dak-lak", "kon-tum"}, "2023-khac");
  const auto [first, second] = AtOnce([&] { return Enforce(one, "2023-03-10").status(); },
                                      [&] { return Enforce(other, "2023-03-10").status(); });
  EXPECT_NE(first.ok(), second.ok()) << first << " / " << second;
  EXPECT_EQ(ReasonOf(first.ok() ? second : first), Reason::REASON_OVERLAP);
}

// A school joins while force is being declared. Both stand on the cluster, so that force sees it or
// comes before it; either way the signing list tells.
TEST_F(RegistryPactsTest, ForceWaitsForAMembershipUnderWay) {
  CreateSchool("phu-yen", "Phú Yên");
  const std::string name = Opened({"binh-dinh", "dak-lak", "kon-tum"});
  const auto [force, joining] =
      AtOnce([&] { return Enforce(name, "2023-03-10").status(); },
             [&] { return AddMember("ntbtn", "phu-yen", "2023-03-01").status(); });
  EXPECT_THAT(joining, IsOk());
  EXPECT_THAT(Schools(Signing(name, "2023-03-10").missing()), ElementsAre("schools/phu-yen"));
  if (!force.ok()) {
    EXPECT_THAT(force, RefusedFor(Reason::REASON_RULE_VIOLATED));
  }
}

}  // namespace
}  // namespace thidua
