// What a message type asks of its values, worked out from its descriptor once. Used by
// request_check and field_mask.
#ifndef THIDUA_COMMON_CONTRACT_CHECK_PLAN_H_
#define THIDUA_COMMON_CONTRACT_CHECK_PLAN_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/contract/resource_name.h"
#include "google/api/field_behavior.pb.h"
#include "google/protobuf/descriptor.h"
#include "re2/re2.h"

namespace thidua::contract {

struct MessagePlan;

// Messages whose meaning is known as a whole.
enum class KnownMessage { kNone, kDate, kDecimal, kTimestamp };

// Fields whose meaning is their name.
enum class KnownField { kNone, kPageSize, kRequestId, kUpdateMask };

struct FieldPlan {
  const google::protobuf::FieldDescriptor* field = nullptr;
  KnownField known = KnownField::kNone;
  bool required = false;
  bool output_only = false;
  bool is_name = false;    // the name field of a resource message
  bool is_masked = false;  // a resource beside an update_mask

  int max_length = 0;
  int max_items = 0;
  std::optional<int64_t> min;
  std::optional<int64_t> max;
  std::unique_ptr<re2::RE2> pattern;
  bool partial_date = false;
  bool raw_text = false;
  bool is_reference = false;
  bool any_name = false;              // a reference to "*": any well-formed name
  std::vector<NamePattern> patterns;  // the value matches one of them
  bool wildcards = false;             // its identifiers may be `-`

  const MessagePlan* message = nullptr;  // for message fields
};

struct MessagePlan {
  const google::protobuf::Descriptor* descriptor = nullptr;
  KnownMessage known = KnownMessage::kNone;
  std::vector<FieldPlan> fields;  // in order of declaration
  const FieldPlan* update_mask = nullptr;
  bool is_request = false;          // the request of a method
  bool holds_output_only = false;   // here or below
  std::vector<std::string> faults;  // of this message's own declarations
};

// The plan of `descriptor`, made on first use; never null, lives as long as the process.
// Thread-safe. Descriptors must outlive the process too, as generated ones do.
const MessagePlan& PlanOf(const google::protobuf::Descriptor& descriptor);

// True when the field has that behaviour.
bool Behaves(const google::protobuf::FieldDescriptor& field, google::api::FieldBehavior behavior);

// The patterns of resource type `type` as declared in `file` and everything it imports, by
// google.api.resource on a message or google.api.resource_definition. Empty when there are none.
std::vector<NamePattern> PatternsOf(const std::string& type,
                                    const google::protobuf::FileDescriptor& file);

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_CHECK_PLAN_H_
