// "No lost update": of those who edit the same revision at once, one wins; the others are told who
// was first and leave nothing behind.
#include <gtest/gtest.h>

#include <atomic>
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
using reporting::v1::SchoolReport;
using reporting::v1::UpdateReportRequest;

constexpr char kUpdate[] = "thidua.reporting.v1.ReportService.UpdateReport";

class TwoEditors : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite;
    northern::Load(*suite_);
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  // A draft with 1 class and 1 learner.
  static SchoolReport Draft(const std::string& school) {
    return northern::Must(northern::CreateReport(
        suite_->As("school/" + school), {school, {{"classes_total", 1}, {"learners_total", 1}}}));
  }

  // This cell of the revision that `etag` names becomes `value`.
  static UpdateReportRequest Edit(const SchoolReport& report, const std::string& cell,
                                  int64_t value) {
    UpdateReportRequest request;
    request.mutable_report()->set_name(report.name());
    request.mutable_report()->set_school(report.school());
    auto& figure = *request.mutable_report()->add_figures();
    figure.set_indicator("indicators/" + cell);
    figure.set_state(reporting::v1::FIGURE_STATE_VALUE);
    figure.set_value(value);
    request.mutable_update_mask()->add_paths("figures");
    request.set_etag(report.etag());
    request.set_request_id(runtime::NewUuid4());
    return request;
  }

  static int64_t ValueOf(const SchoolReport& report, const std::string& cell) {
    for (const auto& figure : report.figures()) {
      if (figure.indicator() == "indicators/" + cell) return figure.value();
    }
    return -1;
  }

  static SchoolReport Read(const std::string& name) {
    return northern::Must(northern::GetReport(suite_->As(northern::kAcademy), name));
  }

  // Rows of reporting's schema that bear this request id.
  static int64_t Traces(const std::string& request_id) {
    database::Pool root(suite_->database().root(), 1);
    auto connection = root.Borrow({absl::Now() + absl::Seconds(10)});
    EXPECT_TRUE(connection.ok()) << connection.status();
    int64_t rows = 0;
    for (const char* table : {"event", "request_ledger"}) {
      const auto count =
          (*connection)
              ->Query(absl::StrCat("SELECT COUNT(*) FROM `", suite_->schema(Service::kReporting),
                                   "`.", table, " WHERE request_id = ?"),
                      {request_id});
      EXPECT_TRUE(count.ok()) << count.status();
      if (count.ok()) rows += count->front().Int(0);
    }
    return rows;
  }

  inline static Suite* suite_ = nullptr;
};

// The loser is told the etag to read and whose change came first, in both languages, and the change
// of a cell that the winner did not touch is refused as well: nobody has seen the two together.
TEST_F(TwoEditors, OneWinsAndTheOtherIsToldByWhom) {
  const SchoolReport draft = Draft("dien-bien");
  const UpdateReportRequest first = Edit(draft, "classes_total", 15);
  const UpdateReportRequest second = Edit(draft, "learners_total", 1206);
  const auto won = suite_->As("school/dien-bien").Call<SchoolReport>(kUpdate, first);
  ASSERT_THAT(won, IsOk());
  const auto lost = suite_->As(northern::kAcademy).Call<SchoolReport>(kUpdate, second);
  ASSERT_THAT(lost, RefusedFor(Reason::REASON_STALE_ETAG));
  EXPECT_EQ(lost.status().code(), absl::StatusCode::kAborted);
  const contract::Metadata told = contract::MetadataOf(lost.status());
  EXPECT_EQ(told.at("resource"), draft.name());
  EXPECT_EQ(told.at("etag"), won->etag());
  EXPECT_EQ(told.at("author"), "spiffe://thidua.local/school/dien-bien");

  const SchoolReport stored = Read(draft.name());
  EXPECT_EQ(stored.etag(), won->etag());
  EXPECT_EQ(ValueOf(stored, "classes_total"), 15);
  EXPECT_EQ(ValueOf(stored, "learners_total"), 1) << "nothing of the loser's is stored";
  EXPECT_EQ(Traces(first.request_id()), 2) << "one event, one answer";
  EXPECT_EQ(Traces(second.request_id()), 0);
}

// Where a portal or the academy acts for a person, that person is the author.
TEST_F(TwoEditors, TheAuthorIsThePersonActedFor) {
  const SchoolReport draft = Draft("son-la");
  const std::string person = "Nguyễn Văn Ánh";
  const auto won = suite_->As(northern::kAcademy, person)
                       .Call<SchoolReport>(kUpdate, Edit(draft, "classes_total", 27));
  ASSERT_THAT(won, IsOk());
  const auto lost =
      suite_->As("school/son-la").Call<SchoolReport>(kUpdate, Edit(draft, "classes_total", 28));
  ASSERT_THAT(lost, RefusedFor(Reason::REASON_STALE_ETAG));
  EXPECT_EQ(contract::MetadataOf(lost.status()).at("author"), person);
}

// Eight at the same instant on the same etag, fifty times.
TEST_F(TwoEditors, OfEightAtOnceExactlyOneWins) {
  constexpr int kEditors = 8;
  constexpr int kRounds = 50;
  SchoolReport report = Draft("lai-chau");
  std::vector<Client*> clients;
  for (int i = 0; i < kEditors; ++i) {
    clients.push_back(&suite_->As(i % 2 == 0 ? "school/lai-chau" : northern::kAcademy,
                                  absl::StrCat("người sửa ", i)));
  }
  for (int round = 0; round < kRounds; ++round) {
    std::vector<absl::StatusOr<SchoolReport>> answers(kEditors, absl::UnknownError(""));
    std::vector<std::string> request_ids(kEditors);
    std::barrier start(kEditors);
    std::vector<std::thread> editors;
    for (size_t i = 0; i < kEditors; ++i) {
      editors.emplace_back([&, i] {
        const UpdateReportRequest edit =
            Edit(report, "classes_total", 1000 * (round + 1) + static_cast<int64_t>(i));
        request_ids[i] = edit.request_id();
        start.arrive_and_wait();
        answers[i] = CallUntilAnswered<SchoolReport>(*clients[i], kUpdate, edit);
      });
    }
    for (std::thread& editor : editors) editor.join();

    int winners = 0;
    const SchoolReport stored = Read(report.name());
    for (size_t i = 0; i < kEditors; ++i) {
      if (answers[i].ok()) {
        ++winners;
        EXPECT_EQ(answers[i]->SerializeAsString(), stored.SerializeAsString());
        EXPECT_EQ(ValueOf(stored, "classes_total"), 1000 * (round + 1) + static_cast<int64_t>(i));
        continue;
      }
      ASSERT_THAT(answers[i], RefusedFor(Reason::REASON_STALE_ETAG)) << "round " << round;
      EXPECT_EQ(contract::MetadataOf(answers[i].status()).at("etag"), stored.etag());
      EXPECT_EQ(Traces(request_ids[i]), 0);
    }
    ASSERT_EQ(winners, 1) << "round " << round;
    report = stored;
  }
}

// Read, add one, write back; who comes second reads again. At the end each has been counted.
TEST_F(TwoEditors, EightThatCountTogetherLoseNoCount) {
  constexpr int kEditors = 8;
  constexpr int kCounts = 50;
  const SchoolReport draft = Draft("lao-cai");
  std::atomic<int> stale{0};
  std::vector<std::thread> editors;
  for (int i = 0; i < kEditors; ++i) {
    Client& client = suite_->As("school/lao-cai", absl::StrCat("người đếm ", i));
    editors.emplace_back([&] {
      SchoolReport report = draft;
      for (int counted = 0; counted < kCounts;) {
        const auto answer = CallUntilAnswered<SchoolReport>(
            client, kUpdate, Edit(report, "classes_total", ValueOf(report, "classes_total") + 1));
        if (answer.ok()) {
          report = *answer;
          ++counted;
          continue;
        }
        ASSERT_THAT(answer, RefusedFor(Reason::REASON_STALE_ETAG));
        ++stale;
        reporting::v1::GetReportRequest read;
        read.set_name(draft.name());
        const auto fresh = CallUntilAnswered<SchoolReport>(
            client, "thidua.reporting.v1.ReportService.GetReport", read);
        ASSERT_THAT(fresh, IsOk());
        report = *fresh;
      }
    });
  }
  for (std::thread& editor : editors) editor.join();
  const SchoolReport counted = Read(draft.name());
  EXPECT_EQ(ValueOf(counted, "classes_total"), 1 + kEditors * kCounts);
  EXPECT_EQ(counted.etag(), absl::StrCat("\"v", 1 + kEditors * kCounts, "\""));
  EXPECT_GT(stale, 0) << "they never met, so this proves nothing";
}

}  // namespace
}  // namespace thidua::testing
