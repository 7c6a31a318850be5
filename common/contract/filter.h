// The `filter` of List methods: a subset of AIP-160, turned into an SQL condition with bound
// parameters.
//
//   filter     = [ comparison { "AND" comparison } ]
//   comparison = field operator value
//   operator   = "=" | "!=" | "<" | "<=" | ">" | ">="
//   value      = quoted text ("…" or '…', \ escapes the next character) or a bare word of letters,
//   digits and _ - . / : +
//
// Only fields that the method allows may be named; OR, NOT and parentheses are refused by name.
// Nothing of the caller's text enters the SQL.
#ifndef THIDUA_COMMON_CONTRACT_FILTER_H_
#define THIDUA_COMMON_CONTRACT_FILTER_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/contract/parameter.h"
#include "google/protobuf/descriptor.h"

namespace thidua::contract {

// A field that may be filtered by, and how its values are stored.
struct FilterField {
  enum class Kind {
    kText,        // = and != only; NFC text, compared as bytes
    kInteger,     // int64
    kDay,         // "2024-06-30"; bound as that text, for a DATE column
    kInstant,     // RFC 3339, "2024-06-30T17:00:00Z"; bound as microseconds since the epoch
    kEnumNumber,  // = and != only; a value name of `values`, with or without the enum's prefix;
                  // bound as its number
    kEnumName,    // the same, bound as the value's full name
    kBool,        // = and != only; true or false, bound as 1 or 0
  };
  std::string column;  // SQL of the column, trusted
  Kind kind = Kind::kText;
  const google::protobuf::EnumDescriptor* values = nullptr;  // for the two enum kinds
};

// By the name callers use, which is that of the resource's field.
using FilterFields = std::map<std::string, FilterField, std::less<>>;

struct SqlCondition {
  std::string sql;  // "TRUE" for the empty filter; joins with AND without parentheses
  Parameters parameters;
};

// REASON_FILTER_INVALID with the position in code points, starting at 1, for what cannot be read:
// more than 1,000 code points or 20 comparisons, an unknown field, an operator that the field does
// not have, a value of another kind.
absl::StatusOr<SqlCondition> ParseFilter(std::string_view filter, const FilterFields& fields);

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_FILTER_H_
