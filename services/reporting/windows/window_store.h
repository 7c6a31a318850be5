// Reporting windows in the database.
#ifndef THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_STORE_H_
#define THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_STORE_H_

#include <string_view>

#include "common/resource/table.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::reporting {

class WindowStore {
 public:
  WindowStore();

  absl::StatusOr<v1::Window> Get(database::Connection& connection, std::string_view name) const;
  // The latest cut-off date first.
  absl::StatusOr<resource::Table<v1::Window>::Page> List(database::Connection& connection,
                                                         const contract::Parameters& after,
                                                         int limit) const;
  absl::StatusOr<v1::Window> Create(database::Transaction& transaction, const journal::Act& act,
                                    v1::Window window) const;
  absl::StatusOr<v1::Window> Update(database::Transaction& transaction, const journal::Act& act,
                                    v1::Window window, std::string_view etag) const;

  // Says that a report exists in the window; the first time this serialises with every change of
  // it, and from then on there are none. REASON_NOT_FOUND when there is no such window.
  absl::Status Use(database::Transaction& transaction, std::string_view name) const;
  // Holds the window until the transaction ends and tells whether a report exists in it.
  // REASON_NOT_FOUND when there is none.
  absl::StatusOr<bool> HoldAndAskUsed(database::Transaction& transaction,
                                      std::string_view name) const;

 private:
  resource::Table<v1::Window> windows_;
};

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_STORE_H_
