// Who calls: the one SPIFFE URI SAN of the client certificate, and the person it may act for.
#ifndef THIDUA_COMMON_ACCESS_CALLER_H_
#define THIDUA_COMMON_ACCESS_CALLER_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace thidua::access {

struct Caller {
  enum class Kind { kAcademy, kPortal, kSchool, kOperations, kService };
  static constexpr int kKinds = 5;

  Kind kind = Kind::kSchool;
  std::string id;          // academy workload, province id, school id, operator, or service name
  std::string spiffe_id;   // spiffe://<trust domain>/<kind>/<id>
  std::string acting_for;  // the person named in metadata thidua-acting-for; empty when none

  // The identity that four-eyes rules compare: the person when one is named, else the SPIFFE id.
  const std::string& person() const { return acting_for.empty() ? spiffe_id : acting_for; }
};

// The kind that a SPIFFE path and the policy write as "academy", "portal", "school", "ops" or
// "service".
std::optional<Caller::Kind> KindNamed(std::string_view word);

// Exactly one well-formed URI SAN of the trust domain, of the form /academy/<id>,
// /portal/<province>, /school/<id>, /ops/<id> or /service/<name>; none, two or malformed →
// REASON_UNAUTHENTICATED. `acting_for`, empty for none, must be NFC text of at most 120 code points
// that is no SPIFFE id (a person must not pass for a workload); portals, schools and the academy
// may name a person, from others the call is refused.
absl::StatusOr<Caller> IdentifyCaller(absl::Span<const std::string> uri_sans,
                                      std::string_view trust_domain, std::string_view acting_for);

}  // namespace thidua::access

#endif  // THIDUA_COMMON_ACCESS_CALLER_H_
