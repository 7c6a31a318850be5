// Update masks (AIP-134, 161, 203): which fields of a resource an Update changes.
#ifndef THIDUA_COMMON_CONTRACT_FIELD_MASK_H_
#define THIDUA_COMMON_CONTRACT_FIELD_MASK_H_

#include "absl/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"

namespace thidua::contract {

// Carries what `mask` covers from `update` into `current`, two messages of the same type. What may
// be written follows from the descriptor:
//  - a path that no field has, or that leads through a repeated field, is refused;
//  - OUTPUT_ONLY fields, and `etag`, keep their current value, whatever the mask says;
//  - an IMMUTABLE or IDENTIFIER field that the mask covers is refused when its value differs;
//  - `*` replaces every field that may be written, with empty values too; it stands alone;
//  - an empty mask covers what is set in `update`.
// A covered field is replaced whole, repeated ones included; OUTPUT_ONLY parts of a covered message
// stay. All violations are told at once (REASON_INVALID_REQUEST on `update_mask` or the field), and
// then `current` is unchanged.
absl::Status ApplyUpdate(const google::protobuf::Message& update,
                         const google::protobuf::FieldMask& mask,
                         google::protobuf::Message* current);

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_FIELD_MASK_H_
