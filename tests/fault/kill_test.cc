// "An acknowledged write is never lost, and a repeated request has one effect": the database and
// each service are killed with SIGKILL, again and again, under callers that repeat what was not
// answered.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/reporting_load.h"
#include "thidua/awards/v1/scoring_service.pb.h"

namespace thidua::testing {
namespace {

// Writes to the registry and to awards, one thread each, beside the reports.
class OtherWriters {
 public:
  explicit OtherWriters(Suite& suite) : suite_(suite), academy_(suite.As(northern::kAcademy)) {
    registrar_ = std::thread([this] { Repeat([this](int i) { return AdmitSchool(i); }); });
    author_ = std::thread([this] { Repeat([this](int i) { return PublishScheme(i); }); });
  }
  ~OtherWriters() { Stop(); }

  void Stop() {
    stopping_ = true;
    if (registrar_.joinable()) registrar_.join();
    if (author_.joinable()) author_.join();
  }

  void ExpectAllThere() const {
    for (const absl::Status& failure : failures_) ADD_FAILURE() << Described(failure);
    EXPECT_GT(writes_.size(), 0);
    writes_.ExpectEachOnce(suite_);
  }

  int64_t acknowledged() const { return writes_.size(); }

 private:
  template <class Step>
  void Repeat(Step step) {
    for (int i = 0; !stopping_ && step(i); ++i) absl::SleepFor(absl::Milliseconds(20));
  }

  template <class Response, class Request>
  bool Write(Service service, const std::string& method, Request request, Response* answer) {
    request.set_request_id(runtime::NewUuid4());
    auto answered = CallUntilAnswered<Response>(academy_, method, request);
    if (!answered.ok()) {
      const std::lock_guard lock(mutex_);
      failures_.push_back(answered.status());
      return false;
    }
    *answer = *answered;
    if constexpr (std::is_same_v<Response, registry::v1::School>) {
      answered->clear_display_name();  // made for the day of the reading, and not stored
    }
    writes_.Add(service, request.request_id(), *std::move(answered));
    return true;
  }

  bool AdmitSchool(int number) {
    const std::string id = absl::StrCat("moi-", number);
    registry::v1::CreateSchoolRequest school;
    school.set_school_id(id);
    school.mutable_school()->set_kind(registry::v1::SCHOOL_KIND_PROVINCIAL);
    school.mutable_school()->set_province_id(id);
    school.mutable_school()->set_province(id);
    school.mutable_school()->add_names()->set_official_name("Trường Chính trị mới " + id);
    Document(school.mutable_school()->mutable_provenance());
    registry::v1::School admitted;
    if (!Write(Service::kRegistry, "thidua.registry.v1.SchoolService.CreateSchool", school,
               &admitted)) {
      return false;
    }
    registry::v1::CreateMembershipRequest membership;
    membership.set_parent("clusters/tdmn");
    membership.mutable_membership()->set_school(admitted.name());
    Document(membership.mutable_membership()->mutable_provenance());
    registry::v1::Membership member;
    return Write(Service::kRegistry, "thidua.registry.v1.ClusterService.CreateMembership",
                 membership, &member);
  }

  bool PublishScheme(int number) {
    awards::v1::CreateScoringSchemeRequest create;
    create.set_scoring_scheme_id(absl::StrCat("mau-", number));
    auto& scheme = *create.mutable_scoring_scheme();
    scheme.set_title("Bảng điểm mẫu");
    scheme.set_basis("Mẫu để thử; không do cơ quan nào ban hành.");
    scheme.set_sample(true);
    scheme.add_groups()->set_group_id("training");
    scheme.mutable_groups(0)->set_display_name("Đào tạo, bồi dưỡng");
    auto& criterion = *scheme.add_criteria();
    criterion.set_criterion_id("classes");
    criterion.set_display_name("Số lớp");
    criterion.set_group("training");
    criterion.set_indicator("indicators/classes_total");
    criterion.mutable_max_points()->set_value("100");
    criterion.mutable_per_unit()->mutable_points_per_unit()->set_value("1");
    scheme.mutable_rounding()->set_mode(awards::v1::ROUNDING_MODE_HALF_UP);
    scheme.mutable_rounding()->set_digits(2);
    scheme.set_not_applicable_policy(awards::v1::NOT_APPLICABLE_POLICY_LEAVE_OUT);
    scheme.add_tie_break()->set_kind(awards::v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED);
    awards::v1::ScoringScheme draft;
    if (!Write(Service::kAwards, "thidua.awards.v1.ScoringService.CreateScoringScheme", create,
               &draft)) {
      return false;
    }
    awards::v1::PublishScoringSchemeRequest publish;
    publish.set_name(draft.name());
    publish.set_etag(draft.etag());
    return Write(Service::kAwards, "thidua.awards.v1.ScoringService.PublishScoringScheme", publish,
                 &draft);
  }

  static void Document(registry::v1::Provenance* provenance) {
    provenance->set_confidence(registry::v1::CONFIDENCE_DOCUMENTED);
    provenance->set_source("Số liệu thử nghiệm");
  }

  Suite& suite_;
  Client& academy_;
  std::atomic<bool> stopping_{false};
  AcknowledgedWrites writes_;
  std::mutex mutex_;
  std::vector<absl::Status> failures_;  // guarded by mutex_
  std::thread registrar_;
  std::thread author_;
};

// Each writer of the suite, and whatever is killed, in one place.
class Killing : public ::testing::Test {
 protected:
  Killing() {
    northern::Load(suite_);
    northern::AcceptAll(suite_);
    northern::Publish(suite_);  // so that awards has a document to follow
  }

  void PauseAtRandom() {
    absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution(0, 150)(random_)));
  }

  void KillAndLaunch(Service service) {
    PauseAtRandom();
    suite_.Kill(service);
    suite_.Launch(service);
  }

  // The services in another order each time.
  std::vector<Service> InRandomOrder() {
    std::vector<Service> services(kAllServices.begin(), kAllServices.end());
    std::shuffle(services.begin(), services.end(), random_);
    return services;
  }

  void AwaitAllServing() {
    for (const Service service : kAllServices)
      ASSERT_TRUE(suite_.AwaitServing(service)) << suite_.Log(service);
  }

  // The database alone; its services live on and find it again.
  void KillDatabase() {
    PauseAtRandom();
    suite_.database().KillHard();
    suite_.database().Start();
  }

  // The services while there is no database either: they wait for it.
  void KillServicesWithoutDatabase() {
    PauseAtRandom();
    suite_.database().KillHard();
    for (const Service service : InRandomOrder()) KillAndLaunch(service);
    suite_.database().Start();
  }

  int64_t Ask(const std::string& sql) {
    database::Pool root(suite_.database().root(), 1);
    auto connection = root.Borrow({absl::Now() + absl::Seconds(30)});
    EXPECT_TRUE(connection.ok()) << connection.status();
    if (!connection.ok()) return -1;
    const auto rows = (*connection)->Query(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() && !rows->empty() ? rows->front().Int(0) : -1;
  }

  // What `above` keeps of `below` is the latest snapshot of each resource of those types, no more
  // and no less.
  void ExpectFollowedEqual(Service above, Service below, const std::vector<std::string>& types) {
    const std::string latest = absl::StrCat(
        "SELECT e.resource, e.version, e.snapshot FROM `", suite_.schema(below),
        "`.event e JOIN (SELECT resource, MAX(version) AS version ", "FROM `", suite_.schema(below),
        "`.event GROUP BY resource) newest ON newest.resource = e.resource AND newest.version = "
        "e.version ",
        "WHERE e.change_kind <> 'DENIED' AND e.resource_type IN ('", absl::StrJoin(types, "', '"),
        "')");
    const std::string followed = absl::StrCat(
        "`", suite_.schema(above), "`.followed_resource WHERE source = '", NameOf(below), "'");
    const int64_t resources = Ask(absl::StrCat("SELECT COUNT(*) FROM (", latest, ") l"));
    EXPECT_GT(resources, 0);
    EXPECT_EQ(Ask(absl::StrCat("SELECT COUNT(*) FROM ", followed)), resources) << NameOf(above);
    EXPECT_EQ(
        Ask(absl::StrCat("SELECT COUNT(*) FROM (", latest, ") l JOIN (SELECT * FROM ", followed,
                         ") f ON f.resource = l.resource AND f.version = l.version AND f.snapshot "
                         "= l.snapshot")),
        resources)
        << NameOf(above);
  }

  void ExpectFollowersEqualTheirSources() {
    ASSERT_TRUE(suite_.AwaitFollowers(absl::Seconds(60)));
    const std::vector<std::string> directory = {
        registry::v1::School::descriptor()->full_name(),
        registry::v1::LineageEvent::descriptor()->full_name(),
        registry::v1::ClusterRegime::descriptor()->full_name(),
        registry::v1::Cluster::descriptor()->full_name(),
        registry::v1::Membership::descriptor()->full_name(),
        registry::v1::LeadershipTerm::descriptor()->full_name()};
    ExpectFollowedEqual(Service::kReporting, Service::kRegistry, directory);
    ExpectFollowedEqual(Service::kAwards, Service::kRegistry, directory);
    ExpectFollowedEqual(Service::kAwards, Service::kReporting,
                        {reporting::v1::Publication::descriptor()->full_name()});
  }

  void ExpectJournalsIntact() {
    for (const Service service : kAllServices) {
      const CommandResult verified = suite_.Program(service, "verify");
      EXPECT_EQ(verified.exit_status, 0) << NameOf(service) << ": " << verified.out << verified.err;
    }
  }

  Suite suite_;
  std::mt19937 random_{20240625};
};

TEST_F(Killing, TwentyDeathsOfEveryProcessLoseAndDoubleNothing) {
  constexpr int kRounds = 20;
  ReportingLoad load(suite_, {.threads = 8, .schools_of_a_thread = 4});
  OtherWriters others(suite_);
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_TRUE(load.AwaitProgress(10)) << "before round " << round;
    if (round % 4 == 3) {
      KillServicesWithoutDatabase();
    } else {
      KillDatabase();
      ASSERT_TRUE(load.AwaitProgress(5)) << "after the database died in round " << round;
      for (const Service service : InRandomOrder()) KillAndLaunch(service);
    }
    AwaitAllServing();
  }
  load.Stop();
  others.Stop();
  EXPECT_GE(load.submitted(), 100);
  RecordProperty("acknowledged_writes", absl::StrCat(load.acknowledged() + others.acknowledged()));
  RecordProperty("submitted_reports", absl::StrCat(load.submitted()));
  load.ExpectAllThere();
  others.ExpectAllThere();
  ExpectFollowersEqualTheirSources();
  ExpectJournalsIntact();
}

}  // namespace
}  // namespace thidua::testing
