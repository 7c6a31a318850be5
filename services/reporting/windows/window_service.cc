#include "services/reporting/windows/window_service.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/field_mask.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "services/reporting/windows/window_rules.h"

namespace thidua::reporting {
namespace {

using v1::Window;

constexpr char kServiceName[] = "thidua.reporting.v1.WindowService";
constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 200;

std::vector<contract::FieldViolation> UnknownClusters(const directory::SchoolMap& map,
                                                      const Window& window) {
  std::vector<contract::FieldViolation> violations;
  for (int i = 0; i < window.clusters_size(); ++i) {
    const auto cluster = contract::SegmentAfter(window.clusters(i), "clusters");
    if (cluster.has_value() && map.Cluster(*cluster) != nullptr) continue;
    violations.push_back(
        {absl::StrCat("window.clusters[", i, "]"), "does not exist", "không tồn tại"});
  }
  return violations;
}

std::vector<std::string> IndicatorsOf(const Window& window) {
  std::vector<std::string> names;
  for (const v1::WindowIndicator& item : window.indicators()) names.push_back(item.indicator());
  return names;
}

}  // namespace

void WindowService::Register(rpc::Router& router) {
  router.Offer(kServiceName)
      .Unary("GetWindow", this, &WindowService::GetWindow)
      .Unary("ListWindows", this, &WindowService::ListWindows)
      .Mutation("CreateWindow", writing_, this, &WindowService::CreateWindow)
      .Mutation("UpdateWindow", writing_, this, &WindowService::UpdateWindow);
}

absl::StatusOr<Window> WindowService::GetWindow(rpc::CallContext& context,
                                                const v1::GetWindowRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.Get(**connection, request.name());
}

absl::StatusOr<v1::ListWindowsResponse> WindowService::ListWindows(
    rpc::CallContext& context, const v1::ListWindowsRequest& request) {
  auto after = tokens_.Read(context.act().method, request);
  if (!after.ok()) return after.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = store_.List(**connection, *after,
                          contract::PageSize(request.page_size(), kDefaultPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListWindowsResponse response;
  for (Window& window : page->resources) *response.add_windows() = std::move(window);
  if (!page->next.empty())
    response.set_next_page_token(tokens_.Make(context.act().method, request, page->next));
  return response;
}

absl::Status WindowService::Complete(rpc::CallContext& context, database::Connection& connection,
                                     Window* window) const {
  const auto map = directory_.Current();
  context.set_position(map->position());
  auto violations = CheckWindow(*window);
  const auto unknown = UnknownClusters(*map, *window);
  violations.insert(violations.end(), unknown.begin(), unknown.end());
  const auto definitions = indicators_.GetAll(connection, IndicatorsOf(*window));
  if (!definitions.ok()) return definitions.status();
  const auto unpinned = PinDefinitions(*definitions, window);
  violations.insert(violations.end(), unpinned.begin(), unpinned.end());
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

absl::StatusOr<Window> WindowService::CreateWindow(rpc::Mutation& mutation,
                                                   const v1::CreateWindowRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  Window window = request.window();
  window.set_name("windows/" + request.window_id());
  if (absl::Status complete = Complete(mutation.context(), transaction.connection(), &window);
      !complete.ok())
    return complete;
  return store_.Create(transaction, mutation.act(), std::move(window));
}

absl::StatusOr<Window> WindowService::UpdateWindow(rpc::Mutation& mutation,
                                                   const v1::UpdateWindowRequest& request) {
  const std::string& name = request.window().name();
  database::Transaction& transaction = mutation.transaction();
  const absl::StatusOr<bool> used = store_.HoldAndAskUsed(transaction, name);
  if (!used.ok()) return used.status();
  if (*used) {
    return contract::Refuse(contract::Reason::REASON_RULE_VIOLATED,
                            {{"resource", name},
                             {"why", "a report exists, so the window cannot change any more"},
                             {"why_vi", "đã có báo cáo nên không thể sửa kỳ báo cáo"}});
  }
  absl::StatusOr<Window> window = store_.Get(transaction.connection(), name);
  if (!window.ok()) return window;
  if (absl::Status applied =
          contract::ApplyUpdate(request.window(), request.update_mask(), &*window);
      !applied.ok()) {
    return applied;
  }
  if (absl::Status complete = Complete(mutation.context(), transaction.connection(), &*window);
      !complete.ok())
    return complete;
  return store_.Update(transaction, mutation.act(), *std::move(window), request.etag());
}

}  // namespace thidua::reporting
