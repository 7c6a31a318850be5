// The reporting service's rooms over a real database, asked as the pipeline would ask them, and the
// real reports of the mountain cluster for the first half of 2024.
#ifndef THIDUA_TESTS_STORE_REPORTING_ROOMS_H_
#define THIDUA_TESTS_STORE_REPORTING_ROOMS_H_

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "common/contract/refusal.h"
#include "common/directory/directory.h"
#include "common/document/signature.h"
#include "common/runtime/clock.h"
#include "common/text/csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/consolidation/consolidation_service.h"
#include "services/reporting/indicators/indicator_service.h"
#include "services/reporting/reports/report_service.h"
#include "services/reporting/windows/window_service.h"
#include "tests/support/handler_call.h"
#include "tests/support/private_database.h"
#include "tests/support/report_facts.h"
#include "tests/support/school_facts.h"

namespace thidua::testing {

inline constexpr char kWindow[] = "windows/2024-h1";
inline constexpr char kConsolidation[] = "windows/2024-h1/consolidations/mnbg";

class ReportingRooms : public ::testing::Test {
 protected:
  ReportingRooms()
      : schema_(
            PrivateDatabase::Shared().CreateSchema("reporting", database::reporting_migrations())),
        pool_(schema_.app, 8),
        tokens_(
            contract::PageTokens::Create("khoa-thu-nghiem-cua-trang-danh-sach-0123456789").value()),
        key_(MakeKey()),
        indicators_(writing_, tokens_),
        windows_(writing_, directory_, tokens_),
        reports_(writing_, directory_, tokens_),
        consolidations_(writing_, directory_, tokens_, [this] {
          return std::shared_ptr<const document::SigningKey>(&key_, [](auto*) {});
        }) {
    FillDirectory();
  }

  // Callers.
  static access::Caller School(const std::string& school, const std::string& person = "") {
    return {access::Caller::Kind::kSchool, school, "spiffe://thidua.example.vn/school/" + school,
            person};
  }
  static access::Caller Portal(const std::string& province) {
    return {access::Caller::Kind::kPortal, province,
            "spiffe://thidua.example.vn/portal/" + province, ""};
  }
  static access::Caller Academy() {
    return {access::Caller::Kind::kAcademy, "vu-ctct", "spiffe://thidua.example.vn/academy/vu-ctct",
            ""};
  }

  template <class Room, class Context, class Request, class Response>
  absl::StatusOr<Response> Call(Room& room,
                                absl::StatusOr<Response> (Room::*handler)(Context&, const Request&),
                                const Request& request, const access::Caller& caller = Academy(),
                                const std::string& request_id = runtime::NewUuid4()) {
    rpc::HandlerCall call("/" + Request::descriptor()->full_name(), request, now_, request_id);
    call.By(caller, caller.kind == access::Caller::Kind::kAcademy ? access::Reach::kAll
                                                                  : access::Reach::kOwn);
    return call.Ask(writing_, room, handler, request);
  }

  // The catalogue and the window.
  reporting::v1::Indicator AddIndicator(const reporting::v1::Indicator& indicator) {
    reporting::v1::CreateIndicatorRequest request;
    request.set_indicator_id(indicator.name().substr(std::string("indicators/").size()));
    *request.mutable_indicator() = indicator;
    auto created = Call(indicators_, &reporting::IndicatorService::CreateIndicator, request);
    EXPECT_TRUE(created.ok()) << created.status();
    return *created;
  }

  absl::StatusOr<reporting::v1::Window> OpenWindow(const reporting::v1::Window& window) {
    reporting::v1::CreateWindowRequest request;
    request.set_window_id("2024-h1");
    *request.mutable_window() = window;
    return Call(windows_, &reporting::WindowService::CreateWindow, request);
  }

  // The indicators of the eight reports and those that the cluster states alone, for the mountain
  // cluster.
  void OpenHalfYear() {
    std::vector<reporting::v1::Indicator> asked;
    for (const std::string& code : ColumnOf("h1_2024_northern_totals.csv", "indicator"))
      asked.push_back(Flow(code, 0));
    const size_t of_schools = asked.size();
    for (const std::string& code : ColumnOf("h1_2024_northern_cluster_only.csv", "indicator"))
      asked.push_back(Flow(code, 0));
    for (const reporting::v1::Indicator& indicator : asked) AddIndicator(indicator);
    reporting::v1::Window window = HalfYear(asked);
    for (int i = static_cast<int>(of_schools); i < window.indicators_size(); ++i) {
      window.mutable_indicators(i)->set_cluster_only(true);
    }
    window.mutable_indicators(1)->set_mandatory(true);  // classes_total
    window.add_clusters("clusters/mnbg");
    const auto opened = OpenWindow(window);
    ASSERT_TRUE(opened.ok()) << opened.status();
  }

  // The figures of one real report.
  static std::vector<reporting::v1::Figure> RealFigures(const std::string& school) {
    const text::CsvTable table = Fixture("h1_2024_northern.csv");
    std::vector<reporting::v1::Figure> figures;
    for (const text::CsvRow& row : table.rows) {
      if (row.cells[2].text != school) continue;
      int64_t value = 0;
      EXPECT_TRUE(absl::SimpleAtoi(row.cells[4].text, &value));
      reporting::v1::Figure figure = Count(row.cells[3].text, value);
      figure.set_source(reporting::v1::FIGURE_SOURCE_IMPORT);
      figure.set_raw_text(row.cells[5].text);
      figures.push_back(std::move(figure));
    }
    return figures;
  }

  static std::string ReportOf(const std::string& school) {
    return std::string(kWindow) + "/reports/" + school;
  }

  absl::StatusOr<reporting::v1::SchoolReport> Draft(
      const std::string& school, const std::vector<reporting::v1::Figure>& figures) {
    reporting::v1::CreateReportRequest request;
    request.set_parent(kWindow);
    request.mutable_report()->set_school("schools/" + school);
    *request.mutable_report()->mutable_figures() = Figures(figures);
    return Call(reports_, &reporting::ReportService::CreateReport, request, School(school));
  }

  absl::StatusOr<reporting::v1::SchoolReport> Change(
      const reporting::v1::SchoolReport& report, const std::vector<reporting::v1::Figure>& figures,
      const std::string& request_id = runtime::NewUuid4(), const std::string& person = "") {
    reporting::v1::UpdateReportRequest request;
    request.mutable_report()->set_name(report.name());
    *request.mutable_report()->mutable_figures() = Figures(figures);
    request.mutable_update_mask()->add_paths("figures");
    request.set_etag(report.etag());
    return Call(reports_, &reporting::ReportService::UpdateReport, request,
                School(SchoolOf(report), person), request_id);
  }

  template <class Request>
  static Request On(const reporting::v1::SchoolReport& report) {
    Request request;
    request.set_name(report.name());
    request.set_etag(report.etag());
    return request;
  }

  absl::StatusOr<reporting::v1::SchoolReport> Submit(const reporting::v1::SchoolReport& report,
                                                     bool rehearse = false) {
    auto request = On<reporting::v1::SubmitReportRequest>(report);
    request.set_validate_only(rehearse);
    return Call(reports_, &reporting::ReportService::SubmitReport, request,
                School(SchoolOf(report)));
  }

  absl::StatusOr<reporting::v1::SchoolReport> Accept(const reporting::v1::SchoolReport& report,
                                                     const access::Caller& caller) {
    return Call(reports_, &reporting::ReportService::AcceptReport,
                On<reporting::v1::AcceptReportRequest>(report), caller);
  }
  // By the head; its own report by the standing deputy.
  absl::StatusOr<reporting::v1::SchoolReport> Accept(const reporting::v1::SchoolReport& report) {
    return Accept(report, School(SchoolOf(report) == "quang-ninh" ? "ha-giang" : "quang-ninh"));
  }

  absl::StatusOr<reporting::v1::SchoolReport> Return(const reporting::v1::SchoolReport& report,
                                                     const std::string& reason,
                                                     const std::vector<std::string>& codes) {
    auto request = On<reporting::v1::ReturnReportRequest>(report);
    request.set_reason(reason);
    for (const std::string& code : codes) request.add_cells(IndicatorName(code));
    return Call(reports_, &reporting::ReportService::ReturnReport, request, School("quang-ninh"));
  }

  absl::StatusOr<reporting::v1::SchoolReport> Reopen(const reporting::v1::SchoolReport& report,
                                                     const std::string& reason) {
    auto request = On<reporting::v1::ReopenReportRequest>(report);
    request.set_reason(reason);
    return Call(reports_, &reporting::ReportService::ReopenReport, request, School("quang-ninh"));
  }

  absl::StatusOr<reporting::v1::SchoolReport> Read(const std::string& school,
                                                   const access::Caller& caller = Academy()) {
    reporting::v1::GetReportRequest request;
    request.set_name(ReportOf(school));
    return Call(reports_, &reporting::ReportService::GetReport, request, caller);
  }

  // From draft to acceptance.
  reporting::v1::SchoolReport Bring(const std::string& school,
                                    const std::vector<reporting::v1::Figure>& figures) {
    const auto draft = Draft(school, figures);
    EXPECT_TRUE(draft.ok()) << draft.status();
    return Settle(*draft);
  }
  reporting::v1::SchoolReport Settle(const reporting::v1::SchoolReport& draft) {
    const auto submitted = Submit(draft);
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    const auto accepted = Accept(*submitted);
    EXPECT_TRUE(accepted.ok()) << accepted.status();
    return *accepted;
  }

  // The cluster, acting through its head.
  absl::StatusOr<reporting::v1::Consolidation> Consolidate() {
    reporting::v1::ConsolidateReportsRequest request;
    request.set_name(kConsolidation);
    return Call(consolidations_, &reporting::ConsolidationService::ConsolidateReports, request,
                School("quang-ninh"));
  }
  absl::StatusOr<reporting::v1::Consolidation> DeclareTotals(
      const reporting::v1::Consolidation& consolidation,
      const std::vector<reporting::v1::DeclaredTotal>& totals) {
    reporting::v1::DeclareTotalsRequest request;
    request.set_name(kConsolidation);
    request.set_etag(consolidation.etag());
    for (const auto& total : totals) *request.add_totals() = total;
    return Call(consolidations_, &reporting::ConsolidationService::DeclareTotals, request,
                School("quang-ninh"));
  }
  absl::StatusOr<reporting::v1::Consolidation> Explain(
      const reporting::v1::Consolidation& consolidation, const std::string& code,
      const std::string& explanation) {
    reporting::v1::ExplainDiscrepancyRequest request;
    request.set_name(kConsolidation);
    request.set_etag(consolidation.etag());
    request.set_indicator(IndicatorName(code));
    request.set_resolution(reporting::v1::DISCREPANCY_RESOLUTION_COMPUTED_PREVAILS);
    request.set_explanation(explanation);
    return Call(consolidations_, &reporting::ConsolidationService::ExplainDiscrepancy, request,
                School("quang-ninh"));
  }
  absl::StatusOr<reporting::v1::Publication> Publish(
      const reporting::v1::Consolidation& consolidation, bool rehearse = false) {
    reporting::v1::PublishConsolidationRequest request;
    request.set_name(kConsolidation);
    request.set_etag(consolidation.etag());
    request.set_validate_only(rehearse);
    return Call(consolidations_, &reporting::ConsolidationService::PublishConsolidation, request,
                School("quang-ninh"));
  }
  absl::StatusOr<reporting::v1::Publication> ReadPublication(int number) {
    reporting::v1::GetPublicationRequest request;
    request.set_name(std::string(kWindow) + "/publications/mnbg-" + std::to_string(number));
    return Call(consolidations_, &reporting::ConsolidationService::GetPublication, request,
                School("dong-thap"));
  }

  static reporting::v1::ConsolidatedCell Cell(const reporting::v1::Consolidation& consolidation,
                                              const std::string& code) {
    for (const auto& cell : consolidation.cells()) {
      if (cell.indicator() == IndicatorName(code)) return cell;
    }
    ADD_FAILURE() << code;
    return {};
  }

  static std::string SchoolOf(const reporting::v1::SchoolReport& report) {
    return report.school().substr(std::string("schools/").size());
  }

  static text::CsvTable Fixture(const std::string& file) {
    std::ifstream stream(SourceDirectory() + "/tests/fixtures/" + file);
    std::stringstream content;
    content << stream.rdbuf();
    return text::ReadCsv(content.str()).value();
  }
  static std::vector<std::string> ColumnOf(const std::string& file, const std::string& column) {
    const text::CsvTable table = Fixture(file);
    std::vector<std::string> values;
    for (const text::CsvRow& row : table.rows)
      values.push_back(row.cells[table.Column(column).value()].text);
    return values;
  }

  static const std::vector<std::pair<std::string, std::string>>& Members() {
    static const auto& members = *new std::vector<std::pair<std::string, std::string>>{
        {"quang-ninh", "Trường Đào tạo cán bộ Nguyễn Văn Cừ"},
        {"dien-bien", "Trường Chính trị tỉnh Điện Biên"},
        {"ha-giang", "Trường Chính trị tỉnh Hà Giang"},
        {"cao-bang", "Trường Chính trị Hoàng Đình Giong"},
        {"lai-chau", "Trường Chính trị tỉnh Lai Châu"},
        {"lang-son", "Trường Chính trị Hoàng Văn Thụ"},
        {"lao-cai", "Trường Chính trị tỉnh Lào Cai"},
        {"son-la", "Trường Chính trị tỉnh Sơn La"}};
    return members;
  }

  directory::Directory directory_;
  PrivateDatabase::Schema schema_;
  database::Pool pool_;
  rpc::Writing writing_{pool_, nullptr};
  contract::PageTokens tokens_;
  document::SigningKey key_;
  reporting::IndicatorService indicators_;
  reporting::WindowService windows_;
  reporting::ReportService reports_;
  reporting::ConsolidationService consolidations_;
  // The morning of the half-year review.
  absl::Time now_ =
      absl::FromCivil(absl::CivilSecond(2024, 6, 25, 9, 0, 0), runtime::VietnamTime());

 private:
  static document::SigningKey MakeKey() {
    std::string file = ::testing::TempDir() + "/reporting_key_XXXXXX";
    const int descriptor = mkstemp(file.data());
    EXPECT_GE(descriptor, 0);
    // PKCS #8 of an Ed25519 key: a fixed head, then the 32 bytes of the key, here of no worth.
    const std::string head = absl::HexStringToBytes("302e020100300506032b657004220420");
    std::ofstream(file) << "-----BEGIN PRIVATE KEY-----\n"
                        << absl::Base64Escape(head + std::string(32, 'k'))
                        << "\n-----END PRIVATE KEY-----\n";
    EXPECT_EQ(fchmod(descriptor, 0600), 0);
    auto key = document::SigningKey::FromPemFile(file);
    std::filesystem::remove(file);
    return std::move(key).value();
  }

  void FillDirectory() {
    using registry::v1::LEADERSHIP_ROLE_DEPUTY;
    using registry::v1::LEADERSHIP_ROLE_HEAD;
    using registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY;
    std::vector<directory::Entry> entries = {
        EntryOf(Cluster("mnbg", "2021", "Cụm khu vực miền núi, biên giới phía Bắc")),
        EntryOf(Cluster("cum-9", "2021", "Cụm số 9")),
        EntryOf(testing::School("dong-thap", "Đồng Tháp", "Trường Chính trị tỉnh Đồng Tháp")),
        EntryOf(Membership("cum-9", "dong-thap")),
        EntryOf(Term("mnbg", "quang-ninh", 2024, LEADERSHIP_ROLE_HEAD)),
        EntryOf(Term("mnbg", "ha-giang", 2024, LEADERSHIP_ROLE_STANDING_DEPUTY)),
        EntryOf(Term("mnbg", "lang-son", 2024, LEADERSHIP_ROLE_DEPUTY))};
    for (const auto& [school, name] : Members()) {
      entries.push_back(EntryOf(testing::School(school, school, name)));
      entries.push_back(EntryOf(Membership("mnbg", school)));
    }
    ASSERT_TRUE(directory_.Apply(entries, 120).ok());
  }
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_STORE_REPORTING_ROOMS_H_
