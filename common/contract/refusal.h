// Refusals a caller can see: a reason from the enum, metadata for its texts, optional details
// (AIP-193).
//
// Inside the server a refusal is an absl::Status: its code and English message come from the
// reason's options in reason.proto, and the google.rpc details travel as payloads under their type
// URLs. Only ToWire makes what leaves.
#ifndef THIDUA_COMMON_CONTRACT_REFUSAL_H_
#define THIDUA_COMMON_CONTRACT_REFUSAL_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "thidua/access/v1/reason.pb.h"

namespace thidua::contract {

using access::v1::Reason;
using Metadata = std::map<std::string, std::string>;

// ErrorInfo.domain of every refusal.
inline constexpr char kErrorDomain[] = "thidua.vn";

// Most violations that one answer lists, and its size on the wire: gRPC 1.51 drops a call whose
// trailing metadata passes 8 KiB, and the details travel in base64 beside the percent-encoded
// message.
inline constexpr int kMostViolations = 20;
inline constexpr size_t kLargestWireStatus = 4096;

// One wrong field of a request: path (`report.figures[3].value`), what is wrong in English and
// Vietnamese.
struct FieldViolation {
  std::string field;
  std::string description;
  std::string description_vi;
};

// What must change before the call can succeed.
struct Precondition {
  std::string type;     // kind of the condition, UPPER_SNAKE_CASE, for example "OPEN_DISCREPANCY"
  std::string subject;  // resource name
  std::string description;  // English
};

// The status code and both texts come from the reason's options; {key} in them is replaced by
// metadata[key], in the Vietnamese text by metadata[key_vi] where that is given. A missing key
// reads "(unspecified)". Values may hold anything a caller sent: control characters and ill-formed
// UTF-8 are replaced, more than 512 bytes are cut. `reason` must not be REASON_UNSPECIFIED; if it
// is, the refusal is REASON_INTERNAL.
absl::Status Refuse(Reason reason, const Metadata& metadata = {});

// REASON_INVALID_REQUEST with all violations at once: the first 20 are listed, {count} is the
// number of all.
absl::Status RefuseFields(const std::vector<FieldViolation>& violations);

// A refusal that also lists what must change first (PreconditionFailure, at most 20).
absl::Status RefusePreconditions(Reason reason, const Metadata& metadata,
                                 const std::vector<Precondition>& preconditions);

// RESOURCE_EXHAUSTED / UNAVAILABLE with RetryInfo. A negative delay counts as zero.
absl::Status RefuseForNow(Reason reason, const Metadata& metadata, absl::Duration retry_after);

// The reason carried by a refusal, REASON_UNSPECIFIED for any other status.
Reason ReasonOf(const absl::Status& status);

// The metadata of a refusal, empty for any other status.
Metadata MetadataOf(const absl::Status& status);

// The violations listed by REASON_INVALID_REQUEST, empty for any other status.
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

// The delay of RetryInfo, absl::InfiniteDuration() when the status has none.
absl::Duration RetryAfter(const absl::Status& status);

// The Vietnamese text of a refusal, made here or received (LocalizedMessage). For any other status,
// its message.
std::string VietnameseText(const absl::Status& status);

// What crosses the edge: a refusal becomes google.rpc.Status with ErrorInfo, its details and
// LocalizedMessage (vi-VN), at most 4 KiB. CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED and
// UNAVAILABLE without a reason get the matching one; any other status becomes REASON_INTERNAL with
// the trace id and no internal text.
google::rpc::Status ToWire(const absl::Status& status, std::string_view trace_id);

// What a client makes of an answer: code, message and every detail, so that ReasonOf, MetadataOf
// and the others read it.
absl::Status FromWire(const google::rpc::Status& status);

// OK when every reason but the first declares a code other than OK and both texts, their braces are
// balanced around lower_snake_case keys, and both texts speak of the same keys. Names every fault
// otherwise (FAILED_PRECONDITION).
absl::Status CheckReasons();

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_REFUSAL_H_
