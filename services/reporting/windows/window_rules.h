// What makes a reporting window sound. Pure.
#ifndef THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_RULES_H_
#define THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_RULES_H_

#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/contract/refusal.h"
#include "thidua/reporting/v1/window_service.pb.h"

namespace thidua::reporting {

// What is wrong with the window beyond what its fields declare: the order of its days, indicators
// or clusters named twice, an indicator both mandatory and cluster_only. Paths begin with
// "window.". The dates are valid (the request was checked).
std::vector<contract::FieldViolation> CheckWindow(const v1::Window& window);

// Pins the newest definition of each indicator; a violation for each that `definitions` does not
// hold.
std::vector<contract::FieldViolation> PinDefinitions(const std::vector<v1::Indicator>& definitions,
                                                     v1::Window* window);

// True when schools of the cluster ("mnbg", or "clusters/mnbg") report in the window.
bool ReportsIn(const v1::Window& window, std::string_view cluster);

// The day whose membership counts. The window is stored, so its date is valid.
absl::CivilDay MembershipDay(const v1::Window& window);

}  // namespace thidua::reporting

#endif  // THIDUA_SERVICES_REPORTING_WINDOWS_WINDOW_RULES_H_
