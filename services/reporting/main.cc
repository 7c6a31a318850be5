// reporting: what was done — indicators, windows, school reports, consolidation, publication.
#include <memory>

#include "common/service/service.h"
#include "services/reporting/consolidation/consolidation_service.h"
#include "services/reporting/indicators/indicator_service.h"
#include "services/reporting/reports/report_service.h"
#include "services/reporting/windows/window_service.h"

namespace {

using namespace thidua;  // NOLINT: this file only puts rooms together

struct Rooms {
  explicit Rooms(service::Foundation& on)
      : indicators(on.writing, on.page_tokens),
        windows(on.writing, on.directory, on.page_tokens),
        reports(on.writing, on.directory, on.page_tokens),
        consolidation(on.writing, on.directory, on.page_tokens, on.signing_key) {}

  reporting::IndicatorService indicators;
  reporting::WindowService windows;
  reporting::ReportService reports;
  reporting::ConsolidationService consolidation;
};

absl::StatusOr<service::Rooms> Furnish(service::Foundation& foundation, rpc::Router& router) {
  auto rooms = std::make_shared<Rooms>(foundation);
  rooms->indicators.Register(router);
  rooms->windows.Register(router);
  rooms->reports.Register(router);
  rooms->consolidation.Register(router);
  return service::Rooms{rooms, {}, {}};
}

}  // namespace

int main(int argc, char** argv) {
  return service::Main(
      {"reporting",
       "what was done: indicators, windows, school reports, consolidation, publication",
       database::reporting_migrations(), Furnish, nullptr},
      argc, argv);
}
