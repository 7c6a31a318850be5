// Matchers for statuses and refusals. The abseil of Debian 12 has none.
#ifndef THIDUA_TESTS_SUPPORT_REFUSAL_MATCHERS_H_
#define THIDUA_TESTS_SUPPORT_REFUSAL_MATCHERS_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "gmock/gmock.h"

namespace thidua::testing {

inline const absl::Status& StatusIn(const absl::Status& status) { return status; }
template <class T>
const absl::Status& StatusIn(const absl::StatusOr<T>& value) {
  return value.status();
}

// What a person reads of a refusal, for messages of failed tests.
inline std::string Described(const absl::Status& status) {
  std::string text = absl::StrCat(absl::StatusCodeToString(status.code()), " ", access::v1::Reason_Name(contract::ReasonOf(status)), ": ",
                                  std::string(status.message()));
  for (const contract::FieldViolation& violation : contract::FieldViolationsOf(status)) {
    absl::StrAppend(&text, "\n  ", violation.field, ": ", violation.description);
  }
  return text;
}

MATCHER(IsOk, "is OK") {
  *result_listener << Described(StatusIn(arg));
  return StatusIn(arg).ok();
}

// A refusal with this reason that a person can read in Vietnamese: the text is there and differs from the English one.
MATCHER_P(RefusedFor, reason, absl::StrCat("is refused with ", access::v1::Reason_Name(reason))) {
  const absl::Status& status = StatusIn(arg);
  *result_listener << Described(status);
  return contract::ReasonOf(status) == reason && !contract::VietnameseText(status).empty() &&
         contract::VietnameseText(status) != status.message();
}

// A refusal of these fields: a violation of `field` is listed.
MATCHER_P(RefusedForField, field, absl::StrCat("is refused for the field ", field)) {
  const absl::Status& status = StatusIn(arg);
  *result_listener << Described(status);
  for (const contract::FieldViolation& violation : contract::FieldViolationsOf(status)) {
    if (violation.field == field) return !violation.description.empty() && !violation.description_vi.empty();
  }
  return false;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_REFUSAL_MATCHERS_H_
