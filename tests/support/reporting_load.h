// Schools that report without end, as persistent callers, while a test breaks something: each
// thread opens windows and drafts, corrects and submits its schools' reports in them.
//
//   northern::Load(suite);
//   ReportingLoad load(suite, {.threads = 8});   // makes its cluster and schools, and starts
//   ... break and mend ...
//   load.Stop();                                 // every request that was begun is answered
//   load.ExpectAllThere();
#ifndef THIDUA_TESTS_SUPPORT_REPORTING_LOAD_H_
#define THIDUA_TESTS_SUPPORT_REPORTING_LOAD_H_

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "tests/support/acknowledged_writes.h"
#include "tests/support/northern_cluster.h"
#include "tests/support/persistent_caller.h"
#include "tests/support/refusal_matchers.h"
#include "tests/support/suite.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/reporting/v1/report_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::testing {

class ReportingLoad {
 public:
  struct Options {
    int threads = 8;
    int schools_of_a_thread = 2;
    int corrections = 2;                           // updates of each draft before it is submitted
    absl::Duration pause = absl::Milliseconds(5);  // between two requests of one thread
  };

  // Makes what it needs through the contracts, on the thread that made the suite, and starts.
  ReportingLoad(Suite& suite, Options options) : suite_(suite), options_(options) {
    MakeCluster();
    for (int i = 0; i < options_.threads; ++i) Furnish(i);
    EXPECT_TRUE(suite_.AwaitFollowers());
    for (Reporter& reporter : reporters_) {
      threads_.emplace_back([this, &reporter] { Report(reporter); });
    }
  }
  ~ReportingLoad() { Stop(); }
  ReportingLoad(const ReportingLoad&) = delete;
  ReportingLoad& operator=(const ReportingLoad&) = delete;

  // Lets each thread finish what it is at.
  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  int64_t acknowledged() const { return writes_.size(); }
  int64_t submitted() const { return submitted_; }
  // After Stop: the first so many of the acknowledged writes are there.
  void ExpectFirst(int64_t writes) const { writes_.ExpectFirst(writes, suite_); }
  const Refusals& refusals() const { return refusals_; }

  // Waits for so many more acknowledged writes; says why there are none when it gives up.
  ::testing::AssertionResult AwaitProgress(int64_t writes,
                                           absl::Duration patience = absl::Seconds(20)) {
    const int64_t goal = acknowledged() + writes;
    const absl::Time give_up = absl::Now() + patience;
    while (acknowledged() < goal && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(2));
    if (acknowledged() >= goal) return ::testing::AssertionSuccess();
    const std::lock_guard lock(mutex_);
    return ::testing::AssertionFailure()
           << goal - acknowledged() << " of " << writes
           << " writes are missing; last refusal: " << Described(refusals_.last())
           << "; given up: " << absl::StrJoin(failures_, "\n");
  }

  // After Stop, with everything running: no request failed for good, each acknowledged write is in
  // the journal once, and each report reads as it was last acknowledged, its revision too.
  void ExpectAllThere() {
    for (const std::string& failure : failures_) ADD_FAILURE() << failure;
    writes_.ExpectEachOnce(suite_);
    Client& academy = suite_.As(northern::kAcademy);
    for (const auto& [name, report] : latest_) {
      const auto read = northern::GetReport(academy, name);
      ASSERT_THAT(read, IsOk()) << name;
      EXPECT_EQ(read->SerializeAsString(), report.SerializeAsString()) << name;
      ExpectRevision(academy, report);
    }
  }

 private:
  using SchoolReport = reporting::v1::SchoolReport;
  static constexpr char kCluster[] = "clusters/thi-diem";

  struct Reporter {
    int number;
    Client* academy;
    std::vector<std::pair<std::string, Client*>> schools;
  };

  static void Document(registry::v1::Provenance* provenance) {
    provenance->set_confidence(registry::v1::CONFIDENCE_DOCUMENTED);
    provenance->set_source("Số liệu thử nghiệm");
  }

  void MakeCluster() {
    registry::v1::CreateClusterRequest request;
    request.set_cluster_id("thi-diem");
    request.mutable_cluster()->set_regime("clusterRegimes/2021");
    request.mutable_cluster()->set_display_name("Cụm thí điểm");
    request.mutable_cluster()->set_region("thí điểm");
    Document(request.mutable_cluster()->mutable_provenance());
    northern::Must(suite_.As(northern::kAcademy)
                       .Call<registry::v1::Cluster>(
                           "thidua.registry.v1.ClusterService.CreateCluster", request));
  }

  void Furnish(int number) {
    Reporter reporter{number, &suite_.As(northern::kAcademy), {}};
    for (int i = 0; i < options_.schools_of_a_thread; ++i) {
      const std::string id = absl::StrCat("thi-diem-", number, "-", i);
      MakeSchool(id);
      reporter.schools.emplace_back(id, &suite_.As("school/" + id));
    }
    reporters_.push_back(std::move(reporter));
  }

  void MakeSchool(const std::string& id) {
    Client& academy = suite_.As(northern::kAcademy);
    registry::v1::CreateSchoolRequest school;
    school.set_school_id(id);
    school.mutable_school()->set_kind(registry::v1::SCHOOL_KIND_PROVINCIAL);
    school.mutable_school()->set_province_id(id);
    school.mutable_school()->set_province(id);
    auto& name = *school.mutable_school()->add_names();
    name.set_official_name(absl::StrCat("Trường Chính trị ", id));
    name.set_short_name(id);
    Document(school.mutable_school()->mutable_provenance());
    northern::Must(academy.Call<registry::v1::School>(
        "thidua.registry.v1.SchoolService.CreateSchool", school));
    registry::v1::CreateMembershipRequest membership;
    membership.set_parent(kCluster);
    membership.mutable_membership()->set_school("schools/" + id);
    Document(membership.mutable_membership()->mutable_provenance());
    northern::Must(academy.Call<registry::v1::Membership>(
        "thidua.registry.v1.ClusterService.CreateMembership", membership));
  }

  // One request with an id of its own. False when it was refused for good, which is noted.
  template <class Response, class Request>
  bool Write(Client& client, const std::string& method, Request request, Response* answer) {
    request.set_request_id(runtime::NewUuid4());
    auto answered = CallUntilAnswered<Response>(client, method, request, &refusals_);
    if (!answered.ok()) {
      const std::lock_guard lock(mutex_);
      failures_.push_back(
          absl::StrCat(method, " ", request.request_id(), ": ", Described(answered.status())));
      return false;
    }
    writes_.Add(Service::kReporting, request.request_id(), *answered);
    *answer = *std::move(answered);
    absl::SleepFor(options_.pause);
    return true;
  }

  void Report(const Reporter& reporter) {
    for (int round = 0; !stopping_; ++round) {
      const std::string window = absl::StrCat("thi-diem-", reporter.number, "-", round);
      if (!OpenWindow(*reporter.academy, window)) return;
      for (const auto& [school, client] : reporter.schools) {
        if (stopping_) return;
        if (!HandIn(*client, "windows/" + window, school)) return;
      }
    }
  }

  bool OpenWindow(Client& academy, const std::string& id) {
    reporting::v1::CreateWindowRequest request;
    request.set_window_id(id);
    auto& window = *request.mutable_window();
    window.set_title("Kỳ thí điểm " + id);
    window.set_kind(reporting::v1::WINDOW_KIND_H1);
    *window.mutable_period_start() = runtime::DayToProto(absl::CivilDay(2024, 1, 1));
    *window.mutable_period_end() = runtime::DayToProto(absl::CivilDay(2024, 6, 30));
    *window.mutable_cut_off_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
    *window.mutable_membership_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
    *window.mutable_due_time() = runtime::TimeToProto(
        absl::FromCivil(absl::CivilSecond(2024, 6, 25, 17, 0, 0), absl::UTCTimeZone()));
    for (const char* indicator : {"indicators/classes_total", "indicators/learners_total"}) {
      auto& asked = *window.add_indicators();
      asked.set_indicator(indicator);
      asked.set_mandatory(true);
    }
    window.add_clusters(kCluster);
    reporting::v1::Window opened;
    return Write(academy, "thidua.reporting.v1.WindowService.CreateWindow", request, &opened);
  }

  static void State(const char* indicator, int64_t value, SchoolReport* report) {
    auto& figure = *report->add_figures();
    figure.set_indicator(indicator);
    figure.set_state(reporting::v1::FIGURE_STATE_VALUE);
    figure.set_value(value);
  }

  bool HandIn(Client& school, const std::string& window, const std::string& id) {
    SchoolReport report;
    reporting::v1::CreateReportRequest create;
    create.set_parent(window);
    create.mutable_report()->set_school("schools/" + id);
    State("indicators/classes_total", 1, create.mutable_report());
    State("indicators/learners_total", ++figure_, create.mutable_report());
    if (!Write(school, "thidua.reporting.v1.ReportService.CreateReport", create, &report))
      return false;
    for (int i = 0; i < options_.corrections; ++i) {
      reporting::v1::UpdateReportRequest update;
      update.mutable_report()->set_name(report.name());
      update.mutable_report()->set_school(report.school());
      State("indicators/learners_total", ++figure_, update.mutable_report());
      update.mutable_update_mask()->add_paths("figures");
      update.set_etag(report.etag());
      if (!Write(school, "thidua.reporting.v1.ReportService.UpdateReport", update, &report))
        return false;
    }
    reporting::v1::SubmitReportRequest submit;
    submit.set_name(report.name());
    submit.set_etag(report.etag());
    if (!Write(school, "thidua.reporting.v1.ReportService.SubmitReport", submit, &report))
      return false;
    ++submitted_;
    const std::lock_guard lock(mutex_);
    latest_[report.name()] = report;
    return true;
  }

  static void ExpectRevision(Client& academy, const SchoolReport& report) {
    reporting::v1::ListReportRevisionsRequest request;
    request.set_parent(report.name());
    const auto revisions = academy.Call<reporting::v1::ListReportRevisionsResponse>(
        "thidua.reporting.v1.ReportService.ListReportRevisions", request);
    ASSERT_THAT(revisions, IsOk()) << report.name();
    ASSERT_EQ(revisions->revisions_size(), 1) << report.name();
    EXPECT_EQ(revisions->revisions(0).sha256(), report.sha256()) << report.name();
  }

  Suite& suite_;
  const Options options_;
  std::vector<Reporter> reporters_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> figure_{0};
  std::atomic<int64_t> submitted_{0};
  AcknowledgedWrites writes_;
  Refusals refusals_;
  std::mutex mutex_;
  std::vector<std::string> failures_;           // guarded by mutex_
  std::map<std::string, SchoolReport> latest_;  // guarded by mutex_; submitted reports
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_REPORTING_LOAD_H_
