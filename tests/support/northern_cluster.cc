#include "tests/support/northern_cluster.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/runtime/dates.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"
#include "thidua/reporting/v1/indicator_service.pb.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::testing::northern {
namespace {

using registry::v1::Provenance;
using reporting::v1::Consolidation;
using reporting::v1::SchoolReport;

constexpr char kSource[] = "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh (site), 25-6-2024";

struct SchoolFacts {
  const char* id;
  const char* province;
  const char* official_name;
  const char* cluster;
};
constexpr SchoolFacts kSchools[] = {
    {"cao-bang", "Cao Bằng", "Trường Chính trị Hoàng Đình Giong tỉnh Cao Bằng", "mnbg"},
    {"dien-bien", "Điện Biên", "Trường Chính trị tỉnh Điện Biên", "mnbg"},
    {"ha-giang", "Hà Giang", "Trường Chính trị tỉnh Hà Giang", "mnbg"},
    {"lai-chau", "Lai Châu", "Trường Chính trị tỉnh Lai Châu", "mnbg"},
    {"lang-son", "Lạng Sơn", "Trường Chính trị Hoàng Văn Thụ tỉnh Lạng Sơn", "mnbg"},
    {"lao-cai", "Lào Cai", "Trường Chính trị tỉnh Lào Cai", "mnbg"},
    {"quang-ninh", "Quảng Ninh", "Trường Đào tạo cán bộ Nguyễn Văn Cừ tỉnh Quảng Ninh", "mnbg"},
    {"son-la", "Sơn La", "Trường Chính trị tỉnh Sơn La", "mnbg"},
    {"thai-nguyen", "Thái Nguyên", "Trường Chính trị tỉnh Thái Nguyên", "tdmn"},
};

struct IndicatorFacts {
  const char* code;
  const char* name;
  const char* unit;
  const char* group;
};
constexpr IndicatorFacts kIndicators[] = {
    {"classes_total", "tổng số lớp đào tạo, bồi dưỡng", "lớp", "TRAINING"},
    {"learners_total", "tổng số học viên / lượt học viên", "học viên (lượt)", "TRAINING"},
    {"topics_province", "đề tài cấp tỉnh", "đề tài", "RESEARCH"},
    {"topics_school", "đề tài cấp trường / cấp cơ sở", "đề tài", "RESEARCH"},
    {"schemes_total", "đề án", "đề án", "RESEARCH"},
    {"workshops_province", "hội thảo cấp tỉnh", "hội thảo", "RESEARCH"},
    {"workshops_school", "hội thảo cấp trường", "hội thảo", "RESEARCH"},
    {"roundtables_school", "tọa đàm cấp trường", "tọa đàm", "RESEARCH"},
    {"proceedings", "kỷ yếu", "kỷ yếu", "RESEARCH"},
    {"info_bulletins", "nội san, bản tin", "số", "RESEARCH"},
    {"monographs", "sách chuyên khảo", "cuốn", "RESEARCH"},
    {"articles_journal", "bài đăng tạp chí", "bài", "RESEARCH"},
};

void Document(Provenance* provenance) {
  provenance->set_confidence(registry::v1::CONFIDENCE_DOCUMENTED);
  provenance->set_source(kSource);
}

template <class Response, class Request>
Response MustCall(Suite& suite, const char* method, const Request& request) {
  return Must(suite.As(kAcademy).Call<Response>(method, request));
}

void CreateRegime(Suite& suite) {
  registry::v1::CreateClusterRegimeRequest request;
  request.set_cluster_regime_id("2021");
  auto& regime = *request.mutable_cluster_regime();
  regime.set_display_name("Cụm thi đua theo khu vực (từ 2021)");
  regime.mutable_decision()->set_number("550-QĐ/HVCTQG");
  *regime.mutable_decision()->mutable_date() = runtime::DayToProto(absl::CivilDay(2021, 2, 3));
  *regime.mutable_valid_from() = runtime::DayToProto(absl::CivilDay(2021, 2, 3));
  Document(regime.mutable_provenance());
  MustCall<registry::v1::ClusterRegime>(
      suite, "thidua.registry.v1.ClusterService.CreateClusterRegime", request);
}

void CreateCluster(Suite& suite, const std::string& id, const std::string& region) {
  registry::v1::CreateClusterRequest request;
  request.set_cluster_id(id);
  auto& cluster = *request.mutable_cluster();
  cluster.set_regime("clusterRegimes/2021");
  cluster.set_display_name(absl::StrCat("Cụm thi đua các trường chính trị khu vực ", region));
  cluster.set_region(region);
  Document(cluster.mutable_provenance());
  MustCall<registry::v1::Cluster>(suite, "thidua.registry.v1.ClusterService.CreateCluster",
                                  request);
}

void CreateSchool(Suite& suite, const SchoolFacts& facts) {
  registry::v1::CreateSchoolRequest request;
  request.set_school_id(facts.id);
  auto& school = *request.mutable_school();
  school.set_kind(registry::v1::SCHOOL_KIND_PROVINCIAL);
  school.set_province_id(facts.id);
  school.set_province(facts.province);
  auto& name = *school.add_names();
  name.set_official_name(facts.official_name);
  name.set_short_name(facts.province);
  Document(school.mutable_provenance());
  MustCall<registry::v1::School>(suite, "thidua.registry.v1.SchoolService.CreateSchool", request);
}

void CreateMembership(Suite& suite, const SchoolFacts& facts) {
  registry::v1::CreateMembershipRequest request;
  request.set_parent(absl::StrCat("clusters/", facts.cluster));
  request.mutable_membership()->set_school(absl::StrCat("schools/", facts.id));
  Document(request.mutable_membership()->mutable_provenance());
  MustCall<registry::v1::Membership>(suite, "thidua.registry.v1.ClusterService.CreateMembership",
                                     request);
}

void RecogniseTerm(Suite& suite, const std::string& school, registry::v1::LeadershipRole role) {
  registry::v1::CreateLeadershipTermRequest request;
  request.set_parent(kCluster);
  auto& term = *request.mutable_leadership_term();
  term.set_school("schools/" + school);
  term.set_year(2024);
  term.set_role(role);
  Document(term.mutable_provenance());
  const auto elected = MustCall<registry::v1::LeadershipTerm>(
      suite, "thidua.registry.v1.ClusterService.CreateLeadershipTerm", request);
  registry::v1::RecogniseLeadershipTermRequest recognise;
  recognise.set_name(elected.name());
  recognise.set_etag(elected.etag());
  MustCall<registry::v1::LeadershipTerm>(
      suite, "thidua.registry.v1.ClusterService.RecogniseLeadershipTerm", recognise);
}

void CreateIndicator(Suite& suite, const IndicatorFacts& facts) {
  reporting::v1::CreateIndicatorRequest request;
  request.set_indicator_id(facts.code);
  auto& indicator = *request.mutable_indicator();
  indicator.set_display_name(facts.name);
  indicator.set_unit(facts.unit);
  indicator.set_kind(reporting::v1::INDICATOR_KIND_FLOW);
  indicator.set_aggregation(reporting::v1::INDICATOR_AGGREGATION_SUM);
  indicator.set_group(facts.group);
  indicator.set_provenance(kSource);
  MustCall<reporting::v1::Indicator>(suite, "thidua.reporting.v1.IndicatorService.CreateIndicator",
                                     request);
}

void CreateWindow(Suite& suite) {
  reporting::v1::CreateWindowRequest request;
  request.set_window_id("2024-h1");
  auto& window = *request.mutable_window();
  window.set_title("Sáu tháng đầu năm 2024");
  window.set_kind(reporting::v1::WINDOW_KIND_H1);
  *window.mutable_period_start() = runtime::DayToProto(absl::CivilDay(2024, 1, 1));
  *window.mutable_period_end() = runtime::DayToProto(absl::CivilDay(2024, 6, 30));
  *window.mutable_cut_off_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
  *window.mutable_membership_date() = runtime::DayToProto(absl::CivilDay(2024, 6, 25));
  *window.mutable_due_time() = runtime::TimeToProto(
      absl::FromCivil(absl::CivilSecond(2024, 6, 25, 17, 0, 0), absl::UTCTimeZone()));
  for (const std::string& code : Indicators()) {
    auto& asked = *window.add_indicators();
    asked.set_indicator("indicators/" + code);
    asked.set_mandatory(code == "classes_total" || code == "learners_total");
  }
  window.add_clusters(kCluster);
  MustCall<reporting::v1::Window>(suite, "thidua.reporting.v1.WindowService.CreateWindow", request);
}

void FillIn(SchoolReport* report, const std::map<std::string, int64_t>& figures) {
  for (const auto& [code, value] : figures) {
    auto& figure = *report->add_figures();
    figure.set_indicator("indicators/" + code);
    figure.set_state(value == 0 ? reporting::v1::FIGURE_STATE_ZERO
                                : reporting::v1::FIGURE_STATE_VALUE);
    if (value != 0) figure.set_value(value);
  }
}

}  // namespace

const std::vector<SchoolFigures>& Reports() {
  static const auto* const reports = new std::vector<SchoolFigures>{
      {"cao-bang",
       {{"classes_total", 14},
        {"learners_total", 779},
        {"workshops_province", 2},
        {"workshops_school", 3}}},
      {"dien-bien",
       {{"classes_total", 15},
        {"learners_total", 1206},
        {"topics_school", 4},
        {"proceedings", 1},
        {"info_bulletins", 1},
        {"articles_journal", 4}}},
      {"ha-giang",
       {{"classes_total", 20},
        {"learners_total", 1663},
        {"topics_province", 1},
        {"topics_school", 4},
        {"workshops_province", 1},
        {"workshops_school", 1},
        {"roundtables_school", 1},
        {"proceedings", 2},
        {"info_bulletins", 3}}},
      {"lai-chau",
       {{"classes_total", 16},
        {"learners_total", 819},
        {"workshops_province", 1},
        {"workshops_school", 1},
        {"proceedings", 1},
        {"info_bulletins", 1},
        {"articles_journal", 5}}},
      {"lang-son",
       {{"classes_total", 21},
        {"learners_total", 1131},
        {"topics_province", 1},
        {"topics_school", 1},
        {"workshops_school", 1},
        {"proceedings", 1},
        {"info_bulletins", 1}}},
      {"lao-cai",
       {{"classes_total", 24},
        {"learners_total", 1254},
        {"topics_province", 2},
        {"topics_school", 7},
        {"workshops_province", 3},
        {"workshops_school", 1},
        {"roundtables_school", 2},
        {"info_bulletins", 2},
        {"articles_journal", 20}}},
      {"quang-ninh",
       {{"classes_total", 97},
        {"learners_total", 3864},
        {"topics_province", 3},
        {"topics_school", 6},
        {"schemes_total", 2},
        {"workshops_province", 1},
        {"info_bulletins", 2},
        {"monographs", 1},
        {"articles_journal", 2}}},
      {"son-la",
       {{"classes_total", 27},
        {"learners_total", 1727},
        {"topics_province", 2},
        {"topics_school", 6},
        {"workshops_province", 2}}},
  };
  return *reports;
}

const std::vector<std::string>& Indicators() {
  static const auto* const codes = [] {
    auto* all = new std::vector<std::string>;
    for (const IndicatorFacts& facts : kIndicators) all->push_back(facts.code);
    return all;
  }();
  return *codes;
}

std::string ReportName(const std::string& school) {
  return absl::StrCat(kWindow, "/reports/", school);
}

void LoadRegistry(Suite& suite) {
  CreateRegime(suite);
  CreateCluster(suite, "mnbg", "miền núi, biên giới phía Bắc");
  CreateCluster(suite, "tdmn", "Trung du miền núi phía Bắc");
  for (const SchoolFacts& facts : kSchools) {
    CreateSchool(suite, facts);
    CreateMembership(suite, facts);
  }
  RecogniseTerm(suite, "quang-ninh", registry::v1::LEADERSHIP_ROLE_HEAD);
  RecogniseTerm(suite, "ha-giang", registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY);
  RecogniseTerm(suite, "lang-son", registry::v1::LEADERSHIP_ROLE_DEPUTY);
  const bool all_run = suite.Running(Service::kReporting) && suite.Running(Service::kAwards);
  if (all_run && !suite.AwaitFollowers())
    Must<int>(absl::DeadlineExceededError("the followers do not arrive"));
}

void LoadWindow(Suite& suite) {
  for (const IndicatorFacts& facts : kIndicators) CreateIndicator(suite, facts);
  CreateWindow(suite);
}

void Load(Suite& suite) {
  LoadRegistry(suite);
  LoadWindow(suite);
}

void AcceptAll(Suite& suite) {
  for (const SchoolFigures& stated : Reports()) {
    Client& school = suite.As("school/" + stated.school);
    const SchoolReport submitted = Must(SubmitReport(school, Must(CreateReport(school, stated))));
    Must(
        AcceptReport(suite.As(stated.school == "quang-ninh" ? kStandingDeputy : kHead), submitted));
  }
}

Consolidation ConsolidateAndExplain(Suite& suite) {
  Client& head = suite.As(kHead);
  Consolidation consolidation = Must(Consolidate(head));
  consolidation =
      Must(DeclareTotals(head, consolidation, {{"classes_total", 238}, {"learners_total", 12378}}));
  consolidation = Must(Explain(head, consolidation, "classes_total",
                               "Số công bố gồm 4 lớp mở sau ngày chốt số liệu."));
  return Must(Explain(head, consolidation, "learners_total",
                      "Số công bố lấy theo báo cáo nhanh, chưa đối chiếu."));
}

reporting::v1::Publication Publish(Suite& suite) {
  return Must(PublishConsolidation(suite.As(kHead), ConsolidateAndExplain(suite)));
}

void LoadScheme(Suite& suite) {
  awards::v1::CreateScoringSchemeRequest request;
  request.set_scoring_scheme_id("mau-2024");
  auto& scheme = *request.mutable_scoring_scheme();
  scheme.set_title("Bảng điểm mẫu 2024");
  scheme.set_basis("Mẫu để thử cách chấm; không do cơ quan nào ban hành.");
  scheme.set_sample(true);
  for (const auto& [id, name] : {std::pair("training", "Đào tạo, bồi dưỡng"),
                                 std::pair("research", "Nghiên cứu khoa học")}) {
    auto& group = *scheme.add_groups();
    group.set_group_id(id);
    group.set_display_name(name);
  }
  const auto add_criterion = [&](const char* id, const char* name, const char* group,
                                 const char* indicator, const char* most) {
    auto& criterion = *scheme.add_criteria();
    criterion.set_criterion_id(id);
    criterion.set_display_name(name);
    criterion.set_group(group);
    criterion.set_indicator(indicator);
    criterion.mutable_max_points()->set_value(most);
    return &criterion;
  };
  add_criterion("classes", "Số lớp", "training", "indicators/classes_total", "20")
      ->mutable_per_unit()
      ->mutable_points_per_unit()
      ->set_value("0.2");
  add_criterion("learners", "Số học viên", "training", "indicators/learners_total", "50")
      ->mutable_linear()
      ->mutable_target()
      ->set_value("4000");
  add_criterion("topics", "Đề tài cấp tỉnh", "research", "indicators/topics_province", "30")
      ->mutable_per_unit()
      ->mutable_points_per_unit()
      ->set_value("5");
  scheme.mutable_rounding()->set_mode(awards::v1::ROUNDING_MODE_HALF_UP);
  scheme.mutable_rounding()->set_digits(2);
  scheme.set_not_applicable_policy(awards::v1::NOT_APPLICABLE_POLICY_LEAVE_OUT);
  scheme.add_tie_break()->set_kind(awards::v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED);
  const auto draft = MustCall<awards::v1::ScoringScheme>(
      suite, "thidua.awards.v1.ScoringService.CreateScoringScheme", request);
  awards::v1::PublishScoringSchemeRequest publish;
  publish.set_name(draft.name());
  publish.set_etag(draft.etag());
  MustCall<awards::v1::ScoringScheme>(suite, "thidua.awards.v1.ScoringService.PublishScoringScheme",
                                      publish);
  if (!suite.AwaitFollowers())
    Must<int>(absl::DeadlineExceededError("the followers do not arrive"));
}

reporting::v1::CreateReportRequest DraftOf(const SchoolFigures& stated) {
  reporting::v1::CreateReportRequest request;
  request.set_parent(kWindow);
  request.mutable_report()->set_school("schools/" + stated.school);
  FillIn(request.mutable_report(), stated.figures);
  return request;
}

absl::StatusOr<SchoolReport> CreateReport(Client& client, const SchoolFigures& stated) {
  return client.Call<SchoolReport>("thidua.reporting.v1.ReportService.CreateReport",
                                   DraftOf(stated));
}

absl::StatusOr<SchoolReport> GetReport(Client& client, const std::string& name) {
  reporting::v1::GetReportRequest request;
  request.set_name(name);
  return client.Call<SchoolReport>("thidua.reporting.v1.ReportService.GetReport", request);
}

absl::StatusOr<SchoolReport> SubmitReport(Client& client, const SchoolReport& report) {
  reporting::v1::SubmitReportRequest request;
  request.set_name(report.name());
  request.set_etag(report.etag());
  return client.Call<SchoolReport>("thidua.reporting.v1.ReportService.SubmitReport", request);
}

absl::StatusOr<SchoolReport> AcceptReport(Client& client, const SchoolReport& report) {
  reporting::v1::AcceptReportRequest request;
  request.set_name(report.name());
  request.set_etag(report.etag());
  return client.Call<SchoolReport>("thidua.reporting.v1.ReportService.AcceptReport", request);
}

absl::StatusOr<SchoolReport> ReopenReport(Client& client, const SchoolReport& report,
                                          const std::string& reason) {
  reporting::v1::ReopenReportRequest request;
  request.set_name(report.name());
  request.set_etag(report.etag());
  request.set_reason(reason);
  return client.Call<SchoolReport>("thidua.reporting.v1.ReportService.ReopenReport", request);
}

absl::StatusOr<SchoolReport> UpdateFigures(Client& client, const SchoolReport& report,
                                           const std::map<std::string, int64_t>& figures) {
  reporting::v1::UpdateReportRequest request;
  request.mutable_report()->set_name(report.name());
  request.mutable_report()->set_school(report.school());
  FillIn(request.mutable_report(), figures);
  request.mutable_update_mask()->add_paths("figures");
  request.set_etag(report.etag());
  return client.Call<SchoolReport>("thidua.reporting.v1.ReportService.UpdateReport", request);
}

absl::StatusOr<Consolidation> Consolidate(Client& client) {
  reporting::v1::ConsolidateReportsRequest request;
  request.set_name(kConsolidation);
  return client.Call<Consolidation>("thidua.reporting.v1.ConsolidationService.ConsolidateReports",
                                    request);
}

absl::StatusOr<Consolidation> DeclareTotals(Client& client, const Consolidation& consolidation,
                                            const std::map<std::string, int64_t>& totals) {
  reporting::v1::DeclareTotalsRequest request;
  request.set_name(consolidation.name());
  request.set_etag(consolidation.etag());
  for (const auto& [code, value] : totals) {
    auto& total = *request.add_totals();
    total.set_indicator("indicators/" + code);
    total.set_state(reporting::v1::FIGURE_STATE_VALUE);
    total.set_value(value);
  }
  return client.Call<Consolidation>("thidua.reporting.v1.ConsolidationService.DeclareTotals",
                                    request);
}

absl::StatusOr<Consolidation> Explain(Client& client, const Consolidation& consolidation,
                                      const std::string& indicator,
                                      const std::string& explanation) {
  reporting::v1::ExplainDiscrepancyRequest request;
  request.set_name(consolidation.name());
  request.set_etag(consolidation.etag());
  request.set_indicator("indicators/" + indicator);
  request.set_resolution(reporting::v1::DISCREPANCY_RESOLUTION_COMPUTED_PREVAILS);
  request.set_explanation(explanation);
  return client.Call<Consolidation>("thidua.reporting.v1.ConsolidationService.ExplainDiscrepancy",
                                    request);
}

absl::StatusOr<reporting::v1::Publication> PublishConsolidation(
    Client& client, const Consolidation& consolidation) {
  reporting::v1::PublishConsolidationRequest request;
  request.set_name(consolidation.name());
  request.set_etag(consolidation.etag());
  return client.Call<reporting::v1::Publication>(
      "thidua.reporting.v1.ConsolidationService.PublishConsolidation", request);
}

absl::StatusOr<reporting::v1::Publication> GetPublication(Client& client, const std::string& name) {
  reporting::v1::GetPublicationRequest request;
  request.set_name(name);
  return client.Call<reporting::v1::Publication>(
      "thidua.reporting.v1.ConsolidationService.GetPublication", request);
}

absl::StatusOr<awards::v1::Ranking> ComputeRanking(Client& client) {
  awards::v1::ComputeRankingRequest request;
  request.set_window(kWindow);
  request.set_cluster(kCluster);
  request.set_scoring_scheme(kScheme);
  return client.Call<awards::v1::Ranking>("thidua.awards.v1.ScoringService.ComputeRanking",
                                          request);
}

const reporting::v1::ConsolidatedCell& CellOf(const Consolidation& consolidation,
                                              const std::string& indicator) {
  for (const auto& cell : consolidation.cells()) {
    if (cell.indicator() == "indicators/" + indicator) return cell;
  }
  std::fprintf(stderr, "%s has no cell %s\n", consolidation.name().c_str(), indicator.c_str());
  std::abort();
}

}  // namespace thidua::testing::northern
