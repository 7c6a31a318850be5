// "A repeated request has one effect", over the wire: whoever repeats, however often, gets the
// first answer.
#include <gtest/gtest.h>

#include <barrier>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/runtime/ids.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/persistent_caller.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using access::v1::Reason;
using reporting::v1::CreateReportRequest;
using reporting::v1::SchoolReport;
using reporting::v1::SubmitReportRequest;

constexpr char kCreate[] = "thidua.reporting.v1.ReportService.CreateReport";
constexpr char kSubmit[] = "thidua.reporting.v1.ReportService.SubmitReport";

class Idempotency : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    northern::Load(*suite_);
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static CreateReportRequest Draft(const std::string& school, int64_t learners) {
    CreateReportRequest request =
        northern::DraftOf({school, {{"classes_total", 1}, {"learners_total", learners}}});
    request.set_request_id(runtime::NewUuid4());
    return request;
  }

  static int64_t EventsOf(const std::string& request_id) {
    database::Pool root(suite_->database().root(), 1);
    auto connection = root.Borrow({absl::Now() + absl::Seconds(10)});
    EXPECT_TRUE(connection.ok()) << connection.status();
    const auto rows =
        (*connection)
            ->Query(absl::StrCat("SELECT COUNT(*) FROM `", suite_->schema(Service::kReporting),
                                 "`.event WHERE request_id = ?"),
                    {request_id});
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? rows->front().Int(0) : -1;
  }

  inline static Suite* suite_ = nullptr;
};

TEST_F(Idempotency, FiftyRepeatsAtOnceHaveOneEffectAndEqualAnswers) {
  constexpr size_t kRepeats = 50;
  Client& school = suite_->As("school/dien-bien");
  const CreateReportRequest request = Draft("dien-bien", 1206);
  std::vector<std::string> answers(kRepeats);
  std::barrier start(kRepeats);
  std::vector<std::thread> callers;
  for (std::string& bytes : answers) {
    callers.emplace_back([&] {
      start.arrive_and_wait();
      const auto answer = CallUntilAnswered<SchoolReport>(school, kCreate, request);
      EXPECT_THAT(answer, IsOk());
      if (answer.ok()) bytes = answer->SerializeAsString();
    });
  }
  for (std::thread& caller : callers) caller.join();
  for (const std::string& bytes : answers) EXPECT_EQ(bytes, answers.front());
  EXPECT_EQ(EventsOf(request.request_id()), 1);
}

TEST_F(Idempotency, AnIdWithAnotherBodyIsRefused) {
  Client& school = suite_->As("school/son-la");
  CreateReportRequest request = Draft("son-la", 1727);
  ASSERT_THAT(school.Call<SchoolReport>(kCreate, request), IsOk());
  request.mutable_report()->set_note("sửa lại");
  const auto refused = school.Call<SchoolReport>(kCreate, request);
  ASSERT_THAT(refused, RefusedFor(Reason::REASON_REQUEST_ID_REUSED));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(contract::MetadataOf(refused.status()).at("request_id"), request.request_id());
  EXPECT_EQ(EventsOf(request.request_id()), 1);
}

// Two callers who chose the same id do not see each other's answers.
TEST_F(Idempotency, AnIdBelongsToItsCaller) {
  const CreateReportRequest first = Draft("lai-chau", 819);
  CreateReportRequest second = Draft("lao-cai", 1254);
  second.set_request_id(first.request_id());
  ASSERT_THAT(suite_->As("school/lai-chau").Call<SchoolReport>(kCreate, first), IsOk());
  const auto answer = suite_->As("school/lao-cai").Call<SchoolReport>(kCreate, second);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->school(), "schools/lao-cai");
}

// Whoever did not hear the answer may ask after everything has been started anew, and after the
// report has gone on.
TEST_F(Idempotency, TheFirstAnswerSurvivesTheServiceAndTheDatabase) {
  Client& school = suite_->As("school/cao-bang");
  const CreateReportRequest create = Draft("cao-bang", 779);
  const auto created = school.Call<SchoolReport>(kCreate, create);
  ASSERT_THAT(created, IsOk());
  SubmitReportRequest submit;
  submit.set_name(created->name());
  submit.set_etag(created->etag());
  submit.set_request_id(runtime::NewUuid4());
  const auto submitted = school.Call<SchoolReport>(kSubmit, submit);
  ASSERT_THAT(submitted, IsOk());

  suite_->Kill(Service::kReporting);
  suite_->database().KillHard();
  suite_->database().Start();
  suite_->Start(Service::kReporting);

  const auto created_again = CallUntilAnswered<SchoolReport>(school, kCreate, create);
  ASSERT_THAT(created_again, IsOk());
  EXPECT_EQ(created_again->SerializeAsString(), created->SerializeAsString());
  const auto submitted_again = CallUntilAnswered<SchoolReport>(school, kSubmit, submit);
  ASSERT_THAT(submitted_again, IsOk());
  EXPECT_EQ(submitted_again->SerializeAsString(), submitted->SerializeAsString());
  EXPECT_EQ(EventsOf(create.request_id()), 1);
  EXPECT_EQ(EventsOf(submit.request_id()), 1);
}

// A refusal is not an effect: the id may come again once its cause is gone.
TEST_F(Idempotency, ARefusedIdIsNotUsedUp) {
  Client& school = suite_->As("school/lang-son");
  CreateReportRequest create = northern::DraftOf({"lang-son", {{"classes_total", 21}}});
  create.set_request_id(runtime::NewUuid4());
  const auto draft = school.Call<SchoolReport>(kCreate, create);
  ASSERT_THAT(draft, IsOk());
  SubmitReportRequest submit;
  submit.set_name(draft->name());
  submit.set_etag(draft->etag());
  submit.set_request_id(runtime::NewUuid4());
  ASSERT_THAT(school.Call<SchoolReport>(kSubmit, submit),
              RefusedFor(Reason::REASON_REPORT_INCOMPLETE));
  const auto complete = northern::UpdateFigures(school, *draft, {{"learners_total", 1131}});
  ASSERT_THAT(complete, IsOk());
  submit.set_etag(complete->etag());
  EXPECT_THAT(school.Call<SchoolReport>(kSubmit, submit), IsOk());
  EXPECT_EQ(EventsOf(submit.request_id()), 1);
}

}  // namespace
}  // namespace thidua::testing
