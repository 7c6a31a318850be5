// Reporting windows: GetWindow, ListWindows, CreateWindow, UpdateWindow.
#ifndef THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_SERVICE_H_
#define THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_SERVICE_H_

#include "common/contract/page_token.h"
#include "common/database/pool.h"
#include "common/directory/directory.h"
#include "common/rpc/router.h"
#include "services/reporting/indicators/indicator_store.h"
#include "services/reporting/windows/window_store.h"

namespace thidua::reporting {

class WindowService {
 public:
  // All must outlive the service.
  WindowService(const rpc::Writing& writing, const directory::Directory& directory,
                const contract::PageTokens& tokens)
      : writing_(writing), pool_(writing.pool), directory_(directory), tokens_(tokens) {}

  void Register(rpc::Router& router);

  absl::StatusOr<v1::Window> GetWindow(rpc::CallContext& context,
                                       const v1::GetWindowRequest& request);
  absl::StatusOr<v1::ListWindowsResponse> ListWindows(rpc::CallContext& context,
                                                      const v1::ListWindowsRequest& request);
  absl::StatusOr<v1::Window> CreateWindow(rpc::Mutation& mutation,
                                          const v1::CreateWindowRequest& request);
  absl::StatusOr<v1::Window> UpdateWindow(rpc::Mutation& mutation,
                                          const v1::UpdateWindowRequest& request);

 private:
  // Checks the window against itself, the registry and the catalogue, and pins the definitions.
  absl::Status Complete(rpc::CallContext& context, database::Connection& connection,
                        v1::Window* window) const;

  const rpc::Writing& writing_;
  database::Pool& pool_;
  const directory::Directory& directory_;
  const contract::PageTokens& tokens_;
  const WindowStore store_;
  const IndicatorStore indicators_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_SERVICE_H_
