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
  std::string text = absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                                  access::v1::Reason_Name(contract::ReasonOf(status)), ": ",
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

// True when the Vietnamese text is there, is not the English one, and does not quote the English
// why.
inline bool ReadableInVietnamese(const absl::Status& status) {
  const std::string text = contract::VietnameseText(status);
  const contract::Metadata metadata = contract::MetadataOf(status);
  const auto why = metadata.find("why");
  return !text.empty() && text != status.message() &&
         (why == metadata.end() || !absl::StrContains(text, why->second));
}

// A refusal with this reason that a person can read in Vietnamese.
MATCHER_P(RefusedFor, reason, absl::StrCat("is refused with ", access::v1::Reason_Name(reason))) {
  const absl::Status& status = StatusIn(arg);
  *result_listener << Described(status) << "\n  " << contract::VietnameseText(status);
  return contract::ReasonOf(status) == reason && ReadableInVietnamese(status);
}

// A refusal of these fields: a violation of `field` is listed.
MATCHER_P(RefusedForField, field, absl::StrCat("is refused for the field ", field)) {
  const absl::Status& status = StatusIn(arg);
  *result_listener << Described(status);
  for (const contract::FieldViolation& violation : contract::FieldViolationsOf(status)) {
    if (violation.field == field)
      return !violation.description.empty() && !violation.description_vi.empty();
  }
  return false;
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_REFUSAL_MATCHERS_H_
