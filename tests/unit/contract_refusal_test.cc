#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/text/normalize.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace thidua::contract {
namespace {

using access::v1::REASON_CANCELLED;
using access::v1::REASON_DATABASE_UNAVAILABLE;
using access::v1::REASON_DEADLINE_EXCEEDED;
using access::v1::REASON_INTERNAL;
using access::v1::REASON_INVALID_REQUEST;
using access::v1::REASON_NOT_FOUND;
using access::v1::REASON_OPEN_DISCREPANCIES;
using access::v1::REASON_OVERLOADED;
using access::v1::REASON_RULE_VIOLATED;
using access::v1::REASON_UNSPECIFIED;
using access::v1::REASON_WRONG_STATE;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

template <typename Detail>
Detail DetailIn(const google::rpc::Status& wire) {
  Detail detail;
  int found = 0;
  for (const auto& any : wire.details()) found += any.Is<Detail>() && any.UnpackTo(&detail);
  EXPECT_EQ(found, 1) << Detail::descriptor()->full_name();
  return detail;
}

TEST(RefusalTest, EveryReasonIsDeclaredWell) { EXPECT_EQ(CheckReasons(), absl::OkStatus()); }

TEST(RefusalTest, CarriesCodeTextAndReason) {
  const absl::Status refused = Refuse(REASON_NOT_FOUND, {{"resource", "schools/dien-bien"}});
  EXPECT_EQ(refused.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(refused.message(), "schools/dien-bien does not exist.");
  EXPECT_EQ(ReasonOf(refused), REASON_NOT_FOUND);
  EXPECT_THAT(MetadataOf(refused), ElementsAre(Pair("resource", "schools/dien-bien")));
  EXPECT_EQ(VietnameseText(refused), "schools/dien-bien không tồn tại.");
}

TEST(RefusalTest, WireHasErrorInfoAndVietnameseText) {
  const google::rpc::Status wire =
      ToWire(Refuse(REASON_NOT_FOUND, {{"resource", "schools/dien-bien"}}), kTrace);
  EXPECT_EQ(wire.code(), google::rpc::NOT_FOUND);
  const auto info = DetailIn<google::rpc::ErrorInfo>(wire);
  EXPECT_EQ(info.reason(), "NOT_FOUND");
  EXPECT_EQ(info.domain(), "thidua.vn");
  EXPECT_EQ(info.metadata().at("resource"), "schools/dien-bien");
  EXPECT_EQ(info.metadata().count("trace_id"), 0u);
  const auto localized = DetailIn<google::rpc::LocalizedMessage>(wire);
  EXPECT_EQ(localized.locale(), "vi-VN");
  EXPECT_EQ(localized.message(), "schools/dien-bien không tồn tại.");
}

TEST(RefusalTest, MissingPlaceholdersNeverShow) {
  const google::rpc::Status wire =
      ToWire(Refuse(REASON_WRONG_STATE, {{"resource", "windows/2024-h1"}}), kTrace);
  EXPECT_EQ(wire.message(), "windows/2024-h1 is (unspecified); (unspecified) needs (unspecified).");
  EXPECT_THAT(DetailIn<google::rpc::LocalizedMessage>(wire).message(), Not(HasSubstr("{")));
}

TEST(RefusalTest, ValuesThatLookLikePlaceholdersStayText) {
  EXPECT_EQ(Refuse(REASON_NOT_FOUND, {{"resource", "{trace_id}{resource}"}}).message(),
            "{trace_id}{resource} does not exist.");
}

TEST(RefusalTest, VietnameseValueIsPreferredInVietnameseText) {
  const absl::Status refused =
      Refuse(REASON_OVERLOADED, {{"why", "the queue is full"}, {"why_vi", "hàng đợi đầy"}});
  EXPECT_EQ(refused.message(), "The server is busy: the queue is full. Retry later.");
  EXPECT_EQ(VietnameseText(refused), "Máy chủ đang bận: hàng đợi đầy. Hãy thử lại sau.");
}

TEST(RefusalTest, HostileValuesBecomePrintableUtf8) {
  const google::rpc::Status wire =
      ToWire(Refuse(REASON_NOT_FOUND, {{"resource", std::string("a\xff\0\r\nb\xc3", 7)}}), kTrace);
  EXPECT_EQ(wire.message(), "a\uFFFD   b\uFFFD does not exist.");
  google::rpc::Status parsed;
  ASSERT_TRUE(parsed.ParseFromString(wire.SerializeAsString()));
  EXPECT_EQ(DetailIn<google::rpc::ErrorInfo>(parsed).metadata().at("resource"),
            "a\uFFFD   b\uFFFD");
}

TEST(RefusalTest, UnspecifiedAndUndefinedReasonsAreInternal) {
  EXPECT_EQ(ReasonOf(Refuse(REASON_UNSPECIFIED)), REASON_INTERNAL);
  EXPECT_EQ(ReasonOf(Refuse(static_cast<Reason>(9999))), REASON_INTERNAL);
}

TEST(RefusalTest, FieldViolationsAreListedInBothLanguages) {
  const google::rpc::Status wire =
      ToWire(RefuseFields({{"report.figures[3].value", "is required", "là bắt buộc"},
                           {"etag", "is wrong", ""}}),
             kTrace);
  EXPECT_EQ(wire.code(), google::rpc::INVALID_ARGUMENT);
  EXPECT_THAT(wire.message(), HasSubstr("2 invalid field(s)"));
  const auto bad_request = DetailIn<google::rpc::BadRequest>(wire);
  ASSERT_EQ(bad_request.field_violations_size(), 2);
  EXPECT_EQ(bad_request.field_violations(0).field(), "report.figures[3].value");
  EXPECT_EQ(bad_request.field_violations(0).description(), "is required");
  EXPECT_EQ(bad_request.field_violations(0).localized_message().message(), "là bắt buộc");
  EXPECT_FALSE(bad_request.field_violations(1).has_localized_message());
}

TEST(RefusalTest, AtMostTwentyViolationsAreListedAndAllAreCounted) {
  const std::vector<FieldViolation> violations(57, {"f", "is required", "là bắt buộc"});
  const absl::Status refused = RefuseFields(violations);
  EXPECT_EQ(FieldViolationsOf(refused).size(), 20u);
  EXPECT_EQ(MetadataOf(refused).at("count"), "57");
}

TEST(RefusalTest, WireNeverPassesFourKibibytes) {
  std::vector<FieldViolation> violations(20, {std::string(1000, 'p'), std::string(1000, 'd'), ""});
  for (FieldViolation& violation : violations) {
    for (int i = 0; i < 500; ++i) violation.description_vi += "ữ";
  }
  const google::rpc::Status fields = ToWire(RefuseFields(violations), kTrace);
  EXPECT_LE(fields.ByteSizeLong(), kLargestWireStatus);
  EXPECT_GE(DetailIn<google::rpc::BadRequest>(fields).field_violations_size(), 1);

  Metadata metadata;
  for (int i = 0; i < 100; ++i) metadata[absl::StrCat("key_", i)] = std::string(100000, 'x');
  const google::rpc::Status long_values = ToWire(Refuse(REASON_RULE_VIOLATED, metadata), kTrace);
  EXPECT_LE(long_values.ByteSizeLong(), kLargestWireStatus);
  EXPECT_EQ(DetailIn<google::rpc::ErrorInfo>(long_values).reason(), "RULE_VIOLATED");
}

TEST(RefusalTest, AReceivedRefusalOfAnySizePassesOn) {
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_description(std::string(100000, 'x'));
  google::rpc::Status large = ToWire(RefuseFields({}), kTrace);
  large.add_details()->PackFrom(bad_request);
  const google::rpc::Status wire = ToWire(FromWire(large), kTrace);
  EXPECT_LE(wire.ByteSizeLong(), kLargestWireStatus);
  EXPECT_EQ(DetailIn<google::rpc::ErrorInfo>(wire).reason(), "INVALID_REQUEST");
}

TEST(RefusalTest, LongTextsAreCutBetweenCharacters) {
  std::string long_name;
  for (int i = 0; i < 1000; ++i) long_name += "ễ";
  const absl::Status refused = Refuse(REASON_NOT_FOUND, {{"resource", long_name}});
  EXPECT_TRUE(text::IsValidUtf8(MetadataOf(refused).at("resource")));
  EXPECT_LE(MetadataOf(refused).at("resource").size(), 512u);
}

TEST(RefusalTest, PreconditionsTravel) {
  const google::rpc::Status wire = ToWire(
      RefusePreconditions(
          REASON_OPEN_DISCREPANCIES,
          {{"resource", "windows/2024-h1/consolidations/mnbg"},
           {"count", "1"},
           {"cells", "so_hoc_vien"}},
          {{"OPEN_DISCREPANCY", "windows/2024-h1/reports/dien-bien", "so_hoc_vien differs"}}),
      kTrace);
  const auto failure = DetailIn<google::rpc::PreconditionFailure>(wire);
  ASSERT_EQ(failure.violations_size(), 1);
  EXPECT_EQ(failure.violations(0).type(), "OPEN_DISCREPANCY");
  EXPECT_EQ(failure.violations(0).subject(), "windows/2024-h1/reports/dien-bien");
}

TEST(RefusalTest, RetryDelayTravels) {
  const absl::Status received = FromWire(
      ToWire(RefuseForNow(REASON_OVERLOADED, {{"why", "full"}}, absl::Milliseconds(1250)), kTrace));
  EXPECT_EQ(received.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryAfter(received), absl::Milliseconds(1250));
  EXPECT_EQ(RetryAfter(Refuse(REASON_NOT_FOUND)), absl::InfiniteDuration());
  EXPECT_EQ(RetryAfter(RefuseForNow(REASON_OVERLOADED, {}, -absl::InfiniteDuration())),
            absl::ZeroDuration());
}

TEST(RefusalTest, InternalTextNeverCrossesTheEdge) {
  for (const absl::Status& status :
       {absl::InternalError("SELECT secret FROM ballots"), absl::UnknownError("SELECT secret"),
        absl::InvalidArgumentError("secret"), Refuse(REASON_INTERNAL, {{"why", "secret"}}),
        absl::UnavailableError("secret host"), absl::DeadlineExceededError("secret"),
        absl::CancelledError("secret")}) {
    const google::rpc::Status wire = ToWire(status, kTrace);
    EXPECT_THAT(wire.SerializeAsString(), Not(HasSubstr("secret"))) << status;
  }
}

TEST(RefusalTest, InternalErrorQuotesTheTrace) {
  const google::rpc::Status wire = ToWire(absl::InternalError("x"), kTrace);
  EXPECT_EQ(wire.code(), google::rpc::INTERNAL);
  EXPECT_EQ(wire.message(), absl::StrCat("Internal error; quote trace id ", kTrace, "."));
  EXPECT_EQ(DetailIn<google::rpc::ErrorInfo>(wire).metadata().at("trace_id"), kTrace);
}

TEST(RefusalTest, StatusesWithoutReasonGetTheMatchingOne) {
  const auto reason = [](const absl::Status& status) {
    return ReasonOf(FromWire(ToWire(status, kTrace)));
  };
  EXPECT_EQ(reason(absl::CancelledError()), REASON_CANCELLED);
  EXPECT_EQ(reason(absl::DeadlineExceededError("")), REASON_DEADLINE_EXCEEDED);
  EXPECT_EQ(reason(absl::UnavailableError("")), REASON_DATABASE_UNAVAILABLE);
  EXPECT_EQ(reason(absl::ResourceExhaustedError("")), REASON_OVERLOADED);
  EXPECT_EQ(reason(absl::PermissionDeniedError("")), REASON_INTERNAL);
}

TEST(RefusalTest, AnErrorInfoOfAnotherDomainIsNoRefusal) {
  google::rpc::ErrorInfo info;
  info.set_reason("NOT_FOUND");
  info.set_domain("googleapis.com");
  google::rpc::Status foreign;
  foreign.set_code(google::rpc::NOT_FOUND);
  foreign.add_details()->PackFrom(info);
  EXPECT_EQ(ReasonOf(FromWire(foreign)), REASON_UNSPECIFIED);
  EXPECT_EQ(ToWire(FromWire(foreign), kTrace).code(), google::rpc::INTERNAL);
}

TEST(RefusalTest, AClientReadsWhatTheServerSaid) {
  const absl::Status sent = RefuseFields({{"name", "is required", "là bắt buộc"}});
  const absl::Status received = FromWire(ToWire(sent, kTrace));
  EXPECT_EQ(received.code(), sent.code());
  EXPECT_EQ(received.message(), sent.message());
  EXPECT_EQ(ReasonOf(received), REASON_INVALID_REQUEST);
  EXPECT_EQ(VietnameseText(received), VietnameseText(sent));
  ASSERT_EQ(FieldViolationsOf(received).size(), 1u);
  EXPECT_EQ(FieldViolationsOf(received)[0].description_vi, "là bắt buộc");
}

TEST(RefusalTest, AReasonNewerThanTheClientStillHasItsTexts) {
  google::rpc::ErrorInfo info;
  info.set_reason("FROM_THE_FUTURE");
  info.set_domain(kErrorDomain);
  google::rpc::LocalizedMessage localized;
  localized.set_locale("vi-VN");
  localized.set_message("Lý do mới.");
  google::rpc::Status wire;
  wire.set_code(google::rpc::FAILED_PRECONDITION);
  wire.set_message("A new reason.");
  wire.add_details()->PackFrom(info);
  wire.add_details()->PackFrom(localized);
  const absl::Status received = FromWire(wire);
  EXPECT_EQ(received.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(received), REASON_UNSPECIFIED);
  EXPECT_EQ(VietnameseText(received), "Lý do mới.");
}

TEST(RefusalTest, OkStaysOkAndUnknownCodesAreUnknown) {
  EXPECT_EQ(ToWire(absl::OkStatus(), kTrace).code(), google::rpc::OK);
  EXPECT_TRUE(FromWire({}).ok());
  google::rpc::Status strange;
  strange.set_code(4711);
  EXPECT_EQ(FromWire(strange).code(), absl::StatusCode::kUnknown);
}

}  // namespace
}  // namespace thidua::contract
