// The catalogue of indicators: GetIndicator, ListIndicators, CreateIndicator, UpdateIndicator.
#ifndef THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_SERVICE_H_
#define THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_SERVICE_H_

#include "common/contract/page_token.h"
#include "common/database/pool.h"
#include "common/rpc/router.h"
#include "services/reporting/indicators/indicator_store.h"

namespace thidua::reporting {

class IndicatorService {
 public:
  // Both must outlive the service.
  IndicatorService(const rpc::Writing& writing, const contract::PageTokens& tokens)
      : writing_(writing), pool_(writing.pool), tokens_(tokens) {}

  void Register(rpc::Router& router);

  absl::StatusOr<v1::Indicator> GetIndicator(rpc::CallContext& context,
                                             const v1::GetIndicatorRequest& request);
  absl::StatusOr<v1::ListIndicatorsResponse> ListIndicators(
      rpc::CallContext& context, const v1::ListIndicatorsRequest& request);
  absl::StatusOr<v1::Indicator> CreateIndicator(rpc::Mutation& mutation,
                                                const v1::CreateIndicatorRequest& request);
  absl::StatusOr<v1::Indicator> UpdateIndicator(rpc::Mutation& mutation,
                                                const v1::UpdateIndicatorRequest& request);

 private:
  const rpc::Writing& writing_;
  database::Pool& pool_;
  const contract::PageTokens& tokens_;
  const IndicatorStore store_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_INDICATORS_INDICATOR_SERVICE_H_
