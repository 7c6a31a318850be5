// Checks that follow from a request's descriptor alone, all violations at once.
//
//  - google.api.field_behavior: REQUIRED must be set; OUTPUT_ONLY is not looked at (see
//  ClearOutputOnly). In a resource beside
//    an `update_mask`, only what the mask covers counts (AIP-134).
//  - thidua.access.v1.check: lengths in code points (bytes for bytes fields), ranges, number of
//  entries, pattern.
//  - google.api.resource_reference, and the name field of a google.api.resource message: the value
//  matches a pattern of
//    that type. Where a parent is named by what hangs on it (child_type), an identifier may be `-`:
//    all parents (AIP-159).
//  - Every text is in the form in which text is stored (text/normalize.h): UTF-8, NFC, no control
//  characters, no outer white
//    space; but for fields declared raw_text, which are looked up and never stored.
//  - A message called …Request within the request is that of another method and not looked into:
//  whoever carries it out checks it.
//  - Enum values are defined; google.type.Date, google.type.Decimal and Timestamp are valid;
//  `page_size` is not negative;
//    `request_id` is a UUID4.
//
// What a descriptor asks for is worked out once and kept; a check costs tens of nanoseconds a
// field.
#ifndef THIDUA_COMMON_CONTRACT_REQUEST_CHECK_H_
#define THIDUA_COMMON_CONTRACT_REQUEST_CHECK_H_

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace thidua::contract {

// Bounds where a field declares none.
inline constexpr int kDefaultLongestText = 1000;  // code points; of page_token, kLongestPageToken
inline constexpr int kDefaultLongestBytes = 64 << 10;
inline constexpr int kDefaultMostItems = 1000;

// Works out the checks of a request type and of all it contains. FAILED_PRECONDITION that names
// every declaration which cannot be kept: a pattern that RE2 does not compile, a bound on a field
// of another kind, a reference to a resource type that is declared neither in this file nor in one
// it imports, REQUIRED on a bool that cannot be absent, a map. Call at start-up for every request
// type.
absl::Status PrepareChecks(const google::protobuf::Descriptor& request);

// OK or REASON_INVALID_REQUEST. Field paths are as `report.figures[3].value`. At most 100
// violations are looked for.
absl::Status CheckRequest(const google::protobuf::Message& request);

// Clears every OUTPUT_ONLY field, at any depth, that a caller sent back from an earlier answer
// (AIP-203).
void ClearOutputOnly(google::protobuf::Message* message);

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_REQUEST_CHECK_H_
