// Identifiers over a real database: given once for ever, one at a time, and never resolved
// silently.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/identifiers/identifier_service.h"
#include "services/registry/schools/school_service.h"
#include "tests/store/registry_calls.h"
#include "tests/support/identifier_facts.h"
#include "tests/support/refusal_matchers.h"

namespace thidua {
namespace {

using contract::Reason;
using registry::IdentifierService;
using registry::SchoolService;
using registry::v1::SchoolIdentifier;
using testing::AgencyCode;
using testing::Day;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::RefusedFor;

class RegistryIdentifiersTest : public testing::RegistryCalls {
 protected:
  RegistryIdentifiersTest()
      : identifiers_(writing_, directory_, page_tokens_),
        schools_(writing_, directory_, page_tokens_) {
    registry::v1::CreateIdentifierSchemeRequest scheme;
    scheme.set_identifier_scheme_id("agency-code");
    *scheme.mutable_identifier_scheme() = testing::AgencyCodes();
    EXPECT_THAT(Call(identifiers_, &IdentifierService::CreateIdentifierScheme, scheme), IsOk());
    CreateSchool("ha-giang", "", "2025-07-01");
    CreateSchool("tuyen-quang", "", "2025-07-01");
    CreateSchool("tuyen-quang-2025", "2025-07-01", "");
    registry::v1::CreateLineageEventRequest merger;
    merger.set_lineage_event_id("tuyen-quang-2025");
    *merger.mutable_lineage_event() =
        testing::Lineage(registry::v1::LINEAGE_EVENT_TYPE_MERGE, "tuyen-quang-2025", "2025-07-01",
                         {"ha-giang", "tuyen-quang"}, {"tuyen-quang-2025"});
    EXPECT_THAT(Call(schools_, &SchoolService::CreateLineageEvent, merger), IsOk());
  }

  void CreateSchool(const std::string& id, const std::string& from, const std::string& to) {
    registry::v1::CreateSchoolRequest request;
    request.set_school_id(id);
    *request.mutable_school() = testing::School(id, "Tỉnh", "Trường Chính trị " + id, from, to);
    EXPECT_THAT(Call(schools_, &SchoolService::CreateSchool, request), IsOk());
  }

  absl::StatusOr<SchoolIdentifier> Give(const SchoolIdentifier& identifier,
                                        bool validate_only = false) {
    registry::v1::CreateSchoolIdentifierRequest request;
    request.set_parent(registry::SchoolOf(identifier));
    *request.mutable_school_identifier() = identifier;
    request.set_validate_only(validate_only);
    return Call(identifiers_, &IdentifierService::CreateSchoolIdentifier, request);
  }

  absl::StatusOr<SchoolIdentifier> Retire(const SchoolIdentifier& identifier,
                                          const std::string& day,
                                          const std::string& successor = "") {
    registry::v1::RetireSchoolIdentifierRequest request;
    request.set_name(identifier.name());
    request.set_etag(identifier.etag());
    *request.mutable_end_date() = runtime::DayToProto(Day(day));
    request.set_successor(successor);
    return Call(identifiers_, &IdentifierService::RetireSchoolIdentifier, request);
  }

  absl::StatusOr<registry::v1::ResolvedIdentifier> Resolve(const std::string& code,
                                                           const std::string& day) {
    registry::v1::ResolveIdentifierRequest request;
    request.set_scheme("identifierSchemes/agency-code");
    request.set_code(code);
    *request.mutable_as_of() = runtime::DayToProto(Day(day));
    return Call(identifiers_, &IdentifierService::ResolveIdentifier, request);
  }

  std::vector<std::string> Listed(registry::v1::ListSchoolIdentifiersRequest request,
                                  const std::string& day) {
    *request.mutable_as_of() = runtime::DayToProto(Day(day));
    const auto response = Call(identifiers_, &IdentifierService::ListSchoolIdentifiers, request);
    EXPECT_THAT(response, IsOk());
    std::vector<std::string> codes;
    for (const SchoolIdentifier& identifier : response->school_identifiers())
      codes.push_back(identifier.code());
    return codes;
  }

  IdentifierService identifiers_;
  SchoolService schools_;
};

TEST_F(RegistryIdentifiersTest, ACodeIsReadBackWithItsState) {
  const auto given = Give(AgencyCode("ha-giang", "H22.15", "2021-01-01"));
  ASSERT_THAT(given, IsOk());
  EXPECT_EQ(given->name(), "schools/ha-giang/identifiers/agency-code-h22-15");
  EXPECT_EQ(given->state(), registry::v1::SCHOOL_IDENTIFIER_STATE_CURRENT);
  registry::v1::GetSchoolIdentifierRequest request;
  request.set_name(given->name());
  *request.mutable_as_of() = runtime::DayToProto(Day("2025-07-01"));
  EXPECT_EQ(Call(identifiers_, &IdentifierService::GetSchoolIdentifier, request)->state(),
            registry::v1::SCHOOL_IDENTIFIER_STATE_RETIRED);
}

TEST_F(RegistryIdentifiersTest, ACodeIsNeverGivenToAnotherSchool) {
  ASSERT_THAT(Give(AgencyCode("ha-giang", "H22.15")), IsOk());
  EXPECT_THAT(Give(AgencyCode("tuyen-quang-2025", "H22.15")),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryIdentifiersTest, ARetiredCodeIsNotGivenToItsOwnSchoolAgain) {
  const auto given = Give(AgencyCode("ha-giang", "H22.15", "2021-01-01"));
  ASSERT_THAT(Retire(*given, "2023-01-01"), IsOk());
  SchoolIdentifier again = AgencyCode("ha-giang", "H22.15", "2024-01-01");
  registry::v1::CreateSchoolIdentifierRequest request;
  request.set_parent("schools/ha-giang");
  request.set_school_identifier_id("agency-code-again");
  *request.mutable_school_identifier() = again;
  EXPECT_THAT(Call(identifiers_, &IdentifierService::CreateSchoolIdentifier, request),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryIdentifiersTest, ASecondCodeAtTheSameTimeIsRefused) {
  ASSERT_THAT(Give(AgencyCode("ha-giang", "H22.15", "2021-01-01")), IsOk());
  EXPECT_THAT(Give(AgencyCode("ha-giang", "H22.16", "2024-01-01")),
              RefusedFor(Reason::REASON_OVERLAP));
}

TEST_F(RegistryIdentifiersTest, ARehearsedCodeIsNotStored) {
  ASSERT_THAT(Give(AgencyCode("ha-giang", "H22.15"), /*validate_only=*/true), IsOk());
  EXPECT_THAT(Resolve("H22.15", "2024-06-25"), RefusedFor(Reason::REASON_NOT_FOUND));
}

TEST_F(RegistryIdentifiersTest, ARetiredCodeResolvesToItsSuccessorWithAWarning) {
  const auto old = Give(AgencyCode("ha-giang", "H22.15", "2021-01-01"));
  const auto next = Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01"));
  ASSERT_THAT(Retire(*old, "2025-07-01", next->name()), IsOk());
  const auto resolved = Resolve("H22.15", "2025-11-01");
  ASSERT_THAT(resolved, IsOk());
  ASSERT_EQ(resolved->candidates_size(), 1);
  EXPECT_EQ(resolved->candidates(0).code(), "H60.15");
  EXPECT_EQ(resolved->candidates(0).basis(), registry::v1::IDENTIFIER_BASIS_NAMED_SUCCESSOR);
  ASSERT_EQ(resolved->warnings_size(), 1);
  EXPECT_EQ(resolved->warnings(0).reason(), registry::v1::IDENTIFIER_WARNING_REASON_RETIRED);
  EXPECT_THAT(Resolve("H22.15", "2025-06-30")->warnings(), IsEmpty());
}

TEST_F(RegistryIdentifiersTest, WithoutASuccessorLineageLeadsOn) {
  ASSERT_THAT(Give(AgencyCode("ha-giang", "H22.15", "2021-01-01")), IsOk());
  ASSERT_THAT(Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01")), IsOk());
  const auto resolved = Resolve("H22.15", "2025-07-01");
  ASSERT_THAT(resolved, IsOk());
  ASSERT_EQ(resolved->candidates_size(), 1);
  EXPECT_EQ(resolved->candidates(0).basis(), registry::v1::IDENTIFIER_BASIS_LINEAGE);
  EXPECT_EQ(resolved->warnings(0).reason(), registry::v1::IDENTIFIER_WARNING_REASON_SCHOOL_ENDED);
}

TEST_F(RegistryIdentifiersTest, ABatchListsWhatIsUnmapped) {
  ASSERT_THAT(Give(AgencyCode("ha-giang", "H22.15")), IsOk());
  ASSERT_THAT(Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01")), IsOk());
  ASSERT_THAT(Give(AgencyCode("tuyen-quang", "H60.14", "", "2023-01-01")), IsOk());
  registry::v1::BatchResolveIdentifiersRequest request;
  request.set_scheme("identifierSchemes/agency-code");
  for (const char* code : {"H99", "H22.15", "H60.14", "H60.15", "H99"}) request.add_codes(code);
  *request.mutable_as_of() = runtime::DayToProto(Day("2024-06-25"));
  const auto response = Call(identifiers_, &IdentifierService::BatchResolveIdentifiers, request);
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->resolved_size(), 3);
  EXPECT_EQ(response->resolved(0).identifier().code(), "H22.15");
  // H60.15 is not in use yet, but leads back to the two schools of that day, one of which has a
  // code; H60.14 was retired without another.
  EXPECT_THAT(response->unmapped(), ElementsAre("H99", "H60.14"));
}

TEST_F(RegistryIdentifiersTest, CodesAreListedAsOfADay) {
  ASSERT_THAT(Give(AgencyCode("ha-giang", "H22.15", "2021-01-01")), IsOk());
  ASSERT_THAT(Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01")), IsOk());
  registry::v1::ListSchoolIdentifiersRequest all;
  EXPECT_THAT(Listed(all, "2025-06-30"), ElementsAre("H22.15"));
  EXPECT_THAT(Listed(all, "2025-07-01"), ElementsAre("H60.15"));
  all.set_show_all(true);
  EXPECT_THAT(Listed(all, "2025-07-01"), ElementsAre("H22.15", "H60.15"));
  all.set_school("schools/ha-giang");
  all.set_scheme("identifierSchemes/agency-code");
  EXPECT_THAT(Listed(all, "2025-07-01"), ElementsAre("H22.15"));
  all.set_filter("code = \"H60.15\"");
  EXPECT_THAT(Listed(all, "2025-07-01"), IsEmpty());
}

TEST_F(RegistryIdentifiersTest, ASuccessorThatEndsSoonerIsRefused) {
  const auto first = Give(AgencyCode("ha-giang", "H22.15", "2021-01-01", "2022-01-01"));
  const auto second = Give(AgencyCode("ha-giang", "H22.16", "2022-01-01"));
  EXPECT_THAT(Retire(*second, "2023-01-01", first->name()),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryIdentifiersTest, ACodeIsNotRetiredSoonerThanTheOneItFollows) {
  const auto next = Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01"));
  SchoolIdentifier old = AgencyCode("ha-giang", "H22.15", "2021-01-01", "2025-07-01");
  old.set_successor(next->name());
  ASSERT_THAT(Give(old), IsOk());
  EXPECT_THAT(Retire(*next, "2025-07-01"), ::testing::Not(IsOk()));
  EXPECT_THAT(Retire(*next, "2025-07-02"), IsOk());
}

TEST_F(RegistryIdentifiersTest, AStaleEtagRetiresNothing) {
  const auto given = Give(AgencyCode("ha-giang", "H22.15", "2021-01-01"));
  ASSERT_THAT(Retire(*given, "2023-01-01"), IsOk());
  EXPECT_THAT(Retire(*given, "2023-01-01"), RefusedFor(Reason::REASON_STALE_ETAG));
}

TEST_F(RegistryIdentifiersTest, ASchoolCannotEndBeforeItsCodes) {
  const auto next = Give(AgencyCode("tuyen-quang-2025", "H60.15", "2025-07-01", "2030-01-01"));
  ASSERT_THAT(next, IsOk());
  registry::v1::UpdateSchoolRequest request;
  request.mutable_school()->set_name("schools/tuyen-quang-2025");
  *request.mutable_school()->mutable_valid_to() = runtime::DayToProto(Day("2029-01-01"));
  request.mutable_update_mask()->add_paths("valid_to");
  request.set_etag("\"v1\"");
  EXPECT_THAT(Call(schools_, &SchoolService::UpdateSchool, request),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
}

TEST_F(RegistryIdentifiersTest, ASchemeCannotEndBeforeACodeThatWasGivenLater) {
  ASSERT_THAT(Give(AgencyCode("ha-giang", "H22.15", "2021-01-01")), IsOk());
  registry::v1::UpdateIdentifierSchemeRequest request;
  request.mutable_identifier_scheme()->set_name("identifierSchemes/agency-code");
  request.mutable_update_mask()->add_paths("valid_to");
  request.set_etag("\"v1\"");
  *request.mutable_identifier_scheme()->mutable_valid_to() = runtime::DayToProto(Day("2020-01-01"));
  EXPECT_THAT(Call(identifiers_, &IdentifierService::UpdateIdentifierScheme, request),
              RefusedFor(Reason::REASON_RULE_VIOLATED));
  *request.mutable_identifier_scheme()->mutable_valid_to() = runtime::DayToProto(Day("2024-01-01"));
  EXPECT_THAT(Call(identifiers_, &IdentifierService::UpdateIdentifierScheme, request), IsOk());
  EXPECT_EQ(Resolve("H22.15", "2024-06-25")->warnings(0).reason(),
            registry::v1::IDENTIFIER_WARNING_REASON_SCHEME_ENDED);
}

TEST_F(RegistryIdentifiersTest, ACodeNamesOnlyRecordedDocuments) {
  SchoolIdentifier identifier = AgencyCode("ha-giang", "H22.15");
  identifier.mutable_provenance()->set_document("documents/khong-co");
  EXPECT_THAT(Give(identifier), RefusedFor(Reason::REASON_NOT_FOUND));
}

}  // namespace
}  // namespace thidua
