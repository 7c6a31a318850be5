#include "services/reporting/indicators/indicator_service.h"

#include <utility>

#include "common/contract/field_mask.h"
#include "common/contract/refusal.h"
#include "services/reporting/indicators/indicator_rules.h"

namespace thidua::reporting {
namespace {

using v1::Indicator;

constexpr char kServiceName[] = "thidua.reporting.v1.IndicatorService";
constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 500;

}  // namespace

void IndicatorService::Register(rpc::Router& router) {
  router.Offer(kServiceName)
      .Unary("GetIndicator", this, &IndicatorService::GetIndicator)
      .Unary("ListIndicators", this, &IndicatorService::ListIndicators)
      .Mutation("CreateIndicator", writing_, this, &IndicatorService::CreateIndicator)
      .Mutation("UpdateIndicator", writing_, this, &IndicatorService::UpdateIndicator);
}

absl::StatusOr<Indicator> IndicatorService::GetIndicator(rpc::CallContext& context,
                                                         const v1::GetIndicatorRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  if (request.definition_version() == 0) return store_.Get(**connection, request.name());
  return store_.GetVersion(**connection, request.name(), request.definition_version());
}

absl::StatusOr<v1::ListIndicatorsResponse> IndicatorService::ListIndicators(
    rpc::CallContext& context, const v1::ListIndicatorsRequest& request) {
  auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = store_.List(**connection, request.group(), *after,
                          contract::PageSize(request.page_size(), kDefaultPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListIndicatorsResponse response;
  for (Indicator& indicator : page->resources) *response.add_indicators() = std::move(indicator);
  if (!page->next.empty())
    response.set_next_page_token(tokens_.Make(context.act().method, request, page->next));
  return response;
}

absl::StatusOr<Indicator> IndicatorService::CreateIndicator(
    rpc::Mutation& mutation, const v1::CreateIndicatorRequest& request) {
  Indicator indicator = request.indicator();
  indicator.set_name("indicators/" + request.indicator_id());
  if (const auto violations = CheckDefinition(indicator); !violations.empty())
    return contract::RefuseFields(violations);
  database::Transaction& transaction = mutation.transaction();
  return store_.Create(transaction, mutation.act(), indicator);
}

absl::StatusOr<Indicator> IndicatorService::UpdateIndicator(
    rpc::Mutation& mutation, const v1::UpdateIndicatorRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  absl::StatusOr<Indicator> indicator =
      store_.Get(transaction.connection(), request.indicator().name());
  if (!indicator.ok()) return indicator;
  if (absl::Status applied =
          contract::ApplyUpdate(request.indicator(), request.update_mask(), &*indicator);
      !applied.ok()) {
    return applied;
  }
  if (const auto violations = CheckDefinition(*indicator); !violations.empty()) {
    return contract::RefuseFields(violations);
  }
  return store_.Update(transaction, mutation.act(), *std::move(indicator), request.etag());
}

}  // namespace thidua::reporting
