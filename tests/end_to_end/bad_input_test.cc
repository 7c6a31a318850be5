// What callers should not send, at the real services: each is refused with a reason and a
// Vietnamese text, nothing is written, and the service answers the next caller.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/runtime/dates.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/suite.h"
#include "tests/support/wire.h"
#include "thidua/journal/v1/journal_service.pb.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/reporting/v1/indicator_service.pb.h"

namespace thidua::testing {
namespace {

using access::v1::Reason;
using ::testing::HasSubstr;
using ::testing::Not;

// One suite for all: what is refused leaves nothing behind that could disturb the next.
class BadInput : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    northern::Load(*suite_);
    northern::Must(
        northern::CreateReport(suite_->As("school/dien-bien"), northern::Reports().at(1)));
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  void SetUp() override {
    for (const Service service : kAllServices) {
      before_[service] = Changes(service);
      pids_[service] = suite_->pid(service);
    }
  }

  void TearDown() override {
    for (const Service service : kAllServices) {
      EXPECT_EQ(Changes(service), before_[service]) << NameOf(service) << " has written something";
      EXPECT_TRUE(suite_->Running(service) && suite_->pid(service) == pids_[service])
          << NameOf(service) << " has died";
      EXPECT_TRUE(suite_->AwaitServing(service, absl::Seconds(5))) << NameOf(service);
    }
  }

  // Events that are more than the record of a refusal.
  static int64_t Changes(Service service) {
    return suite_->Events(service) - suite_->Events(service, "DENIED");
  }

  static Client& Academy() { return suite_->As(northern::kAcademy); }
  static Client& DienBien() { return suite_->As("school/dien-bien"); }

  static absl::StatusOr<registry::v1::School> GetSchool(const std::string& name) {
    registry::v1::GetSchoolRequest request;
    request.set_name(name);
    return Academy().Call<registry::v1::School>("thidua.registry.v1.SchoolService.GetSchool",
                                                request);
  }

  // A school that would be created if nothing were wrong with it.
  static registry::v1::CreateSchoolRequest NewSchool() {
    registry::v1::CreateSchoolRequest request;
    request.set_school_id("bac-kan");
    auto& school = *request.mutable_school();
    school.set_kind(registry::v1::SCHOOL_KIND_PROVINCIAL);
    school.set_province_id("bac-kan");
    school.set_province("Bắc Kạn");
    school.add_names()->set_official_name("Trường Chính trị tỉnh Bắc Kạn");
    school.mutable_provenance()->set_confidence(registry::v1::CONFIDENCE_PROVISIONAL);
    return request;
  }
  static absl::StatusOr<registry::v1::School> Create(
      const registry::v1::CreateSchoolRequest& request) {
    return Academy().Call<registry::v1::School>("thidua.registry.v1.SchoolService.CreateSchool",
                                                request);
  }

  static std::shared_ptr<grpc::Channel> Connection(Service service, const std::string& identity) {
    return ConnectAs(suite_->address(service), suite_->authority().Identity(identity));
  }

  // `check-config` on the registry's configuration with `old_text` replaced.
  static CommandResult CheckConfigWith(const std::string& old_text, const std::string& new_text) {
    const std::string good = ReadTextFile(suite_->config_file(Service::kRegistry));
    EXPECT_THAT(good, HasSubstr(old_text));
    const std::string file = suite_->directory() + "/changed.json";
    WriteTextFile(file, absl::StrReplaceAll(good, {{old_text, new_text}}));
    return RunCommand({THIDUA_BINARY_DIR "/services/registry", "check-config", "--config", file});
  }

  inline static Suite* suite_ = nullptr;
  std::map<Service, int64_t> before_;
  std::map<Service, pid_t> pids_;
};

// --- configuration ---

TEST_F(BadInput, TheConfigurationThatServesIsGood) {
  EXPECT_EQ(suite_->Program(Service::kRegistry, "check-config").exit_status, 0);
}

TEST_F(BadInput, AnUnknownFieldInTheConfigurationIsNamed) {
  const CommandResult result = CheckConfigWith("\"drainSeconds\"", "\"drainSecond\"");
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("drainSecond"));
}

TEST_F(BadInput, EveryProblemOfAConfigurationIsNamedAtOnce) {
  const CommandResult result = CheckConfigWith(
      "\"drainSeconds\":0",
      "\"drainSeconds\":301,\"workers\":1000,\"accessPolicyFile\":\"/nowhere/policy.json\"");
  EXPECT_EQ(result.exit_status, 1);
  const CommandResult numbers =
      CheckConfigWith("\"drainSeconds\":0", "\"drainSeconds\":301,\"workers\":1000");
  EXPECT_EQ(numbers.exit_status, 1);
  EXPECT_THAT(numbers.err, HasSubstr("drain_seconds"));
  EXPECT_THAT(numbers.err, HasSubstr("workers"));
}

// --- names ---

TEST_F(BadInput, AWrongNameIsAViolationOfItsField) {
  for (const char* name :
       {"", "schools", "schools/", "Schools/dien-bien", "schools/Điện-Biên",
        "schools/dien-bien/extra", "clusters/mnbg", "schools/dien bien", "schools/../secrets"}) {
    EXPECT_THAT(GetSchool(name), RefusedForField("name")) << '"' << name << '"';
  }
}

TEST_F(BadInput, ASchoolThatDoesNotExistIsNotFound) {
  EXPECT_THAT(GetSchool("schools/khong-co"), RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(BadInput, AnIdentifierInVietnameseIsRefused) {
  auto request = NewSchool();
  request.set_school_id("bắc-kạn");
  EXPECT_THAT(Create(request), RefusedForField("school_id"));
}

// --- texts ---

TEST_F(BadInput, ADecomposedNameIsRefused) {
  auto request = NewSchool();
  // "Bắc Kạn" with combining marks (NFD): the same to the eye, another text to the database.
  request.mutable_school()->set_province(
      "Ba\xCC\x86\xCC\x81"
      "c Ka\xCC\xA3n");
  EXPECT_THAT(Create(request), RefusedForField("school.province"));
}

TEST_F(BadInput, ControlCharactersAreRefused) {
  auto request = NewSchool();
  request.mutable_school()->set_province(std::string("Bắc\0Kạn", 10));
  EXPECT_THAT(Create(request), RefusedForField("school.province"));
}

TEST_F(BadInput, ALongTextIsRefusedWithItsField) {
  auto request = NewSchool();
  request.mutable_school()->mutable_names(0)->set_official_name(std::string(3 << 20, 'a'));
  EXPECT_THAT(Create(request), RefusedForField("school.names[0].official_name"));
}

TEST_F(BadInput, TenMegabytesDoNotReachTheService) {
  auto request = NewSchool();
  request.mutable_school()->mutable_names(0)->set_official_name(std::string(10 << 20, 'a'));
  EXPECT_EQ(Create(request).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(BadInput, InvalidUtf8IsRefusedAsMalformed) {
  const auto channel = Connection(Service::kRegistry, "academy/office");
  // GetSchoolRequest{name: "schools/\xff"}
  const std::string bytes = std::string("\x0a\x09schools/") + "\xff";
  EXPECT_THAT(CallWithBytes(*channel, "/thidua.registry.v1.SchoolService/GetSchool", bytes).status,
              RefusedFor(Reason::REASON_MALFORMED_MESSAGE));
}

TEST_F(BadInput, BytesThatAreNoMessageAreRefusedAsMalformed) {
  const auto channel = Connection(Service::kReporting, "academy/office");
  for (const std::string& bytes :
       {std::string("\x0a\xff\xff\xff\xff\x0f"), std::string(100, '\x07'), std::string("\x0a")}) {
    EXPECT_THAT(
        CallWithBytes(*channel, "/thidua.reporting.v1.ReportService/GetReport", bytes).status,
        RefusedFor(Reason::REASON_MALFORMED_MESSAGE));
  }
}

// --- figures ---

TEST_F(BadInput, NegativeCountsAreRefused) {
  auto request = northern::DraftOf(northern::Reports().at(7));
  request.mutable_report()->mutable_figures(0)->set_value(-27);
  EXPECT_THAT(suite_->As("school/son-la")
                  .Call<reporting::v1::SchoolReport>(
                      "thidua.reporting.v1.ReportService.CreateReport", request),
              RefusedForField("report.figures[0].value"));
}

TEST_F(BadInput, AValueOfZeroMustBeSaidAsZero) {
  auto request = northern::DraftOf(northern::Reports().at(7));
  request.mutable_report()->mutable_figures(0)->set_value(0);
  EXPECT_EQ(suite_->As("school/son-la")
                .Call<reporting::v1::SchoolReport>("thidua.reporting.v1.ReportService.CreateReport",
                                                   request)
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(BadInput, AnIndicatorThatTheWindowDoesNotAskForIsRefused) {
  auto request = northern::DraftOf(northern::Reports().at(7));
  request.mutable_report()->mutable_figures(0)->set_indicator("indicators/staff_total");
  const auto refused = suite_->As("school/son-la")
                           .Call<reporting::v1::SchoolReport>(
                               "thidua.reporting.v1.ReportService.CreateReport", request);
  EXPECT_THAT(refused, RefusedFor(Reason::REASON_INVALID_REQUEST));
}

TEST_F(BadInput, AStaleEtagNamesTheCurrentOneAndItsAuthor) {
  auto report = northern::Must(northern::GetReport(DienBien(), northern::ReportName("dien-bien")));
  const std::string current = report.etag();
  report.set_etag("\"0-0\"");
  const auto refused = northern::SubmitReport(DienBien(), report);
  const bool stale = contract::ReasonOf(refused.status()) == Reason::REASON_STALE_ETAG;
  ASSERT_TRUE(stale || refused.status().code() == absl::StatusCode::kInvalidArgument)
      << Described(refused.status());
  if (stale) {
    EXPECT_EQ(contract::MetadataOf(refused.status()).at("etag"), current);
  }
}

TEST_F(BadInput, AMissingEtagIsAViolation) {
  auto report = northern::Must(northern::GetReport(DienBien(), northern::ReportName("dien-bien")));
  report.clear_etag();
  EXPECT_THAT(northern::SubmitReport(DienBien(), report), RefusedForField("etag"));
}

TEST_F(BadInput, ARequestIdThatIsNoUuidIsRefused) {
  auto request = NewSchool();
  request.set_request_id("lần thứ hai");
  EXPECT_THAT(Create(request), RefusedForField("request_id"));
}

// --- dates and lineage ---

TEST_F(BadInput, ADayThatDoesNotExistIsRefused) {
  auto request = NewSchool();
  auto& day = *request.mutable_school()->mutable_valid_from();
  day.set_year(2023);
  day.set_month(2);
  day.set_day(29);
  EXPECT_THAT(Create(request), RefusedForField("school.valid_from"));
}

TEST_F(BadInput, APeriodThatEndsBeforeItBeginsIsRefused) {
  auto request = NewSchool();
  *request.mutable_school()->mutable_valid_from() = runtime::DayToProto(absl::CivilDay(2024, 1, 1));
  *request.mutable_school()->mutable_valid_to() = runtime::DayToProto(absl::CivilDay(2023, 1, 1));
  EXPECT_EQ(Create(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(BadInput, ASecondMembershipAtTheSameTimeOverlaps) {
  registry::v1::CreateMembershipRequest request;
  request.set_parent("clusters/tdmn");
  request.mutable_membership()->set_school("schools/dien-bien");
  request.mutable_membership()->mutable_provenance()->set_confidence(
      registry::v1::CONFIDENCE_PROVISIONAL);
  EXPECT_THAT(Academy().Call<registry::v1::Membership>(
                  "thidua.registry.v1.ClusterService.CreateMembership", request),
              RefusedFor(Reason::REASON_OVERLAP));
}

TEST_F(BadInput, NoSchoolIsItsOwnPredecessor) {
  registry::v1::CreateLineageEventRequest request;
  request.set_lineage_event_id("vong-lap");
  auto& event = *request.mutable_lineage_event();
  event.set_type(registry::v1::LINEAGE_EVENT_TYPE_MERGE);
  *event.mutable_effective_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 1));
  event.add_predecessors("schools/ha-giang");
  event.add_predecessors("schools/cao-bang");
  event.add_successors("schools/ha-giang");
  event.mutable_provenance()->set_confidence(registry::v1::CONFIDENCE_PROVISIONAL);
  EXPECT_THAT(Academy().Call<registry::v1::LineageEvent>(
                  "thidua.registry.v1.SchoolService.CreateLineageEvent", request),
              RefusedFor(Reason::REASON_LINEAGE_CYCLE));
}

// --- pages ---

class ForgedPage : public BadInput {
 protected:
  static absl::StatusOr<reporting::v1::ListIndicatorsResponse> List(
      const reporting::v1::ListIndicatorsRequest& request) {
    return Academy().Call<reporting::v1::ListIndicatorsResponse>(
        "thidua.reporting.v1.IndicatorService.ListIndicators", request);
  }
  static reporting::v1::ListIndicatorsRequest SecondPage() {
    reporting::v1::ListIndicatorsRequest request;
    request.set_page_size(2);
    request.set_page_token(northern::Must(List(request)).next_page_token());
    return request;
  }
};

TEST_F(ForgedPage, TheHonestTokenIsTaken) { EXPECT_THAT(List(SecondPage()), IsOk()); }

TEST_F(ForgedPage, NoCharacterOfATokenMayChange) {
  const auto honest = SecondPage();
  for (size_t at = 0; at < honest.page_token().size(); ++at) {
    auto forged = honest;
    char& character = (*forged.mutable_page_token())[at];
    character = character == 'A' ? 'B' : 'A';
    ASSERT_THAT(List(forged), RefusedFor(Reason::REASON_PAGE_TOKEN_INVALID)) << "character " << at;
  }
}

TEST_F(ForgedPage, ATokenIsBoundToItsArguments) {
  auto other = SecondPage();
  other.set_group("RESEARCH");
  EXPECT_THAT(List(other), RefusedFor(Reason::REASON_PAGE_TOKEN_INVALID));
}

TEST_F(ForgedPage, ATokenOfAnotherMethodIsRefused) {
  registry::v1::ListSchoolsRequest request;
  request.set_page_token(SecondPage().page_token());
  EXPECT_THAT(Academy().Call<registry::v1::ListSchoolsResponse>(
                  "thidua.registry.v1.SchoolService.ListSchools", request),
              RefusedFor(Reason::REASON_PAGE_TOKEN_INVALID));
}

TEST_F(ForgedPage, ANegativePageSizeIsRefused) {
  reporting::v1::ListIndicatorsRequest request;
  request.set_page_size(-1);
  EXPECT_THAT(List(request), RefusedForField("page_size"));
}

// --- callers ---

class StrangeCaller : public BadInput {
 protected:
  static absl::Status AskWith(const std::shared_ptr<grpc::Channel>& channel,
                              const WireOptions& options = {}) {
    registry::v1::GetClusterSnapshotRequest request;
    request.set_name(northern::kCluster);
    return CallWithBytes(*channel, "/thidua.registry.v1.ClusterService/GetClusterSnapshot",
                         request.SerializeAsString(), options)
        .status;
  }
  static absl::Status AskWithNames(const std::string& file, const std::vector<std::string>& names) {
    return AskWith(
        ConnectAs(suite_->address(Service::kRegistry), suite_->authority().Issue(file, names)));
  }
};

TEST_F(StrangeCaller, AKnownCallerIsAnswered) {
  EXPECT_THAT(AskWith(Connection(Service::kRegistry, "school/dien-bien")), IsOk());
}

TEST_F(StrangeCaller, WithoutACertificateThereIsNoConnection) {
  WireOptions options;
  options.patience = absl::Seconds(3);
  const auto channel =
      ConnectWithoutCertificate(suite_->address(Service::kRegistry), suite_->authority().ca_file());
  EXPECT_EQ(AskWith(channel, options).code(), absl::StatusCode::kUnavailable);
}

TEST_F(StrangeCaller, AForeignAuthorityIsNotTrusted) {
  CertificateAuthority foreign(suite_->directory() + "/foreign");
  access::CertificateFiles identity = foreign.Identity("academy/office");
  identity.ca = suite_->authority().ca_file();  // it trusts us; we do not trust it
  WireOptions options;
  options.patience = absl::Seconds(3);
  EXPECT_EQ(AskWith(ConnectAs(suite_->address(Service::kRegistry), identity), options).code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(StrangeCaller, TwoIdentitiesAreNone) {
  EXPECT_THAT(AskWithNames("two", {"URI:spiffe://thidua.local/school/dien-bien",
                                   "URI:spiffe://thidua.local/academy/office"}),
              RefusedFor(Reason::REASON_UNAUTHENTICATED));
}

TEST_F(StrangeCaller, ACertificateWithoutIdentityIsNobody) {
  EXPECT_THAT(AskWithNames("none", {"DNS:localhost"}), RefusedFor(Reason::REASON_UNAUTHENTICATED));
}

TEST_F(StrangeCaller, AnotherTrustDomainIsNobody) {
  EXPECT_THAT(AskWithNames("elsewhere", {"URI:spiffe://thidua.example/academy/office"}),
              RefusedFor(Reason::REASON_UNAUTHENTICATED));
}

TEST_F(StrangeCaller, AMalformedIdentityIsNobody) {
  for (const char* path :
       {"academy", "academy/", "academy/office/more", "teacher/an", "academy/%2e%2e"}) {
    EXPECT_THAT(AskWithNames("malformed", {absl::StrCat("URI:spiffe://thidua.local/", path)}),
                RefusedFor(Reason::REASON_UNAUTHENTICATED))
        << path;
  }
}

TEST_F(StrangeCaller, ABadlyEncodedPersonIsRefused) {
  WireOptions options;
  options.metadata = {{"thidua-acting-for", "Nguy%E1%BB%8"}};
  EXPECT_THAT(AskWith(Connection(Service::kRegistry, "portal/dien-bien"), options),
              RefusedForField("thidua-acting-for"));
}

TEST_F(StrangeCaller, AnUnknownMethodIsUnimplemented) {
  const auto channel = Connection(Service::kRegistry, "academy/office");
  EXPECT_EQ(
      CallWithBytes(*channel, "/thidua.registry.v1.SchoolService/DeleteSchool", "").status.code(),
      absl::StatusCode::kUnimplemented);
  EXPECT_EQ(
      CallWithBytes(*channel, "/thidua.reporting.v1.ReportService/GetReport", "").status.code(),
      absl::StatusCode::kUnimplemented);
}

TEST_F(StrangeCaller, ADeniedCallIsAnEventWithItsCallerAndWhatItAskedFor) {
  const int64_t denied_before = suite_->Events(Service::kRegistry, "DENIED");
  auto request = NewSchool();
  EXPECT_THAT(DienBien().Call<registry::v1::School>("thidua.registry.v1.SchoolService.CreateSchool",
                                                    request),
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
  EXPECT_EQ(suite_->Events(Service::kRegistry, "DENIED"), denied_before + 1);
  ASSERT_TRUE(suite_->AwaitFollowers());
  journal::v1::ListEventsRequest list;
  list.set_after_sequence(suite_->Events(Service::kRegistry) - 1);
  auto events = suite_->As("ops/on-call")
                    .CallOn<journal::v1::ListEventsResponse>(
                        Service::kRegistry, "thidua.journal.v1.JournalService.ListEvents", list);
  ASSERT_THAT(events, IsOk());
  ASSERT_EQ(events->events_size(), 1);
  EXPECT_EQ(events->events(0).change_kind(), "DENIED");
  EXPECT_EQ(events->events(0).actor(), "spiffe://thidua.local/school/dien-bien");
  EXPECT_EQ(events->events(0).method(), "/thidua.registry.v1.SchoolService/CreateSchool");
  EXPECT_EQ(events->events(0).permission(), "registry.schools.write");
}

// The journal keeps everything for ever: a portal without its right, asking in a loop, must not fill
// it. What is left out is told later.
TEST_F(StrangeCaller, WhoIsDeniedWithoutEndDoesNotFillTheJournal) {
  constexpr int kCalls = 800;
  Client& lai_chau = suite_->As("school/lai-chau");
  const int64_t before = suite_->Events(Service::kRegistry, "DENIED");
  for (int i = 0; i < kCalls; ++i) {
    ASSERT_THAT(lai_chau.Call<registry::v1::School>(
                    "thidua.registry.v1.SchoolService.CreateSchool", NewSchool()),
                RefusedFor(Reason::REASON_PERMISSION_DENIED));
  }
  EXPECT_LT(suite_->Events(Service::kRegistry, "DENIED"), before + kCalls - 100);
  EXPECT_THAT(suite_->Log(Service::kRegistry),
              ::testing::HasSubstr("a caller is denied again and again"));
  // Another caller's denial is recorded all the same.
  const int64_t others = suite_->Events(Service::kRegistry, "DENIED");
  EXPECT_THAT(DienBien().Call<registry::v1::School>("thidua.registry.v1.SchoolService.CreateSchool",
                                                    NewSchool()),
              RefusedFor(Reason::REASON_PERMISSION_DENIED));
  EXPECT_GE(suite_->Events(Service::kRegistry, "DENIED"), others + 1);
}

TEST_F(StrangeCaller, OperationsReadTheJournalAndNothingElse) {
  EXPECT_THAT(
      suite_->As("ops/on-call")
          .Call<registry::v1::School>("thidua.registry.v1.SchoolService.CreateSchool", NewSchool()),
      RefusedFor(Reason::REASON_PERMISSION_DENIED));
}

TEST_F(StrangeCaller, ADraftIsNotToldFromWhatDoesNotExist) {
  Client& lai_chau = suite_->As("school/lai-chau");
  const auto of_another = northern::GetReport(lai_chau, northern::ReportName("dien-bien"));
  const auto of_nobody = northern::GetReport(lai_chau, northern::ReportName("cao-bang"));
  EXPECT_THAT(of_another, RefusedFor(Reason::REASON_PERMISSION_DENIED));
  EXPECT_THAT(of_nobody, RefusedFor(Reason::REASON_PERMISSION_DENIED));
}

}  // namespace
}  // namespace thidua::testing
