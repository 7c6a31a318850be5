#ifndef THIDUA_COMMON_DOCUMENT_CANONICAL_JSON_H_
#define THIDUA_COMMON_DOCUMENT_CANONICAL_JSON_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "common/document/decimal.h"

// Canonical JSON: one value, one sequence of bytes, so that a published document can be digested,
// signed, rebuilt elsewhere and compared. RFC 8785 (JCS) with three differences:
//  - numbers are integers within int64, written plainly; there are no floats, and a decimal is a
//    string in Decimal's canonical form;
//  - strings and keys must be in NFC;
//  - keys are ordered by code point (their UTF-8 bytes), not by UTF-16 unit, which differs only
//    above U+FFFF.
// Within strings only the escapes \b \t \n \f \r \" \\ and \u00xx (lower case, other controls)
// exist. No space between tokens and no line end at the end.

namespace thidua::document {

// Objects and arrays nest no deeper than this, in either direction.
inline constexpr int kMaxDepth = 64;

// The integer types whose every value fits into int64. Characters are texts, not numbers.
template <typename T>
concept ExactInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                       (std::signed_integral<T> || sizeof(T) < sizeof(int64_t));

// What a document is made of. Floating point has no way in.
class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::map<std::string, Value, std::less<>>;  // ordered as the document is

  // Implicit, so that a document can be written down as it looks.
  // NOLINTBEGIN(google-explicit-constructor)
  Value();  // null
  Value(std::nullptr_t) : Value() {}
  Value(std::same_as<bool> auto value) : content_(value) {}
  Value(ExactInteger auto value) : content_(static_cast<int64_t>(value)) {}
  // Texts are checked when the document is written, by Canonical.
  Value(std::string value);
  Value(std::string_view value);
  Value(const char* value);
  Value(const Decimal& value);
  Value(Array value);
  Value(Object value);
  // NOLINTEND(google-explicit-constructor)

  Value(const Value& other);
  Value& operator=(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(Value&& other) noexcept;
  ~Value();

  // The content when it is of that kind, else null. Valid until this value changes.
  const bool* AsBool() const { return std::get_if<bool>(&content_); }
  const int64_t* AsInt() const { return std::get_if<int64_t>(&content_); }
  const std::string* AsString() const { return std::get_if<std::string>(&content_); }
  const Array* AsArray() const { return std::get_if<Array>(&content_); }
  const Object* AsObject() const { return std::get_if<Object>(&content_); }
  bool IsNull() const { return std::holds_alternative<std::monostate>(content_); }

  // The member `key` of an object; null when this is no object or has none.
  const Value* Find(std::string_view key) const;

  friend bool operator==(const Value& left, const Value& right) {
    return left.content_ == right.content_;
  }

 private:
  std::variant<std::monostate, bool, int64_t, std::string, Array, Object> content_;
};

// The bytes of `value`. INVALID_ARGUMENT, with the path of the culprit ("figures[3].school"), for a
// text or key that is not UTF-8 or not NFC, and for nesting deeper than kMaxDepth.
absl::StatusOr<std::string> Canonical(const Value& value);

// Reads bytes that Canonical could have written, so that writing the result gives the same bytes.
// INVALID_ARGUMENT, with the byte offset from 1, for anything else, even where other JSON readers
// would see the same value: spaces, keys out of order or repeated, other escapes, fractions,
// exponents, needless zeros, minus zero, integers past int64, texts not in NFC, a byte order mark,
// bytes behind the value.
absl::StatusOr<Value> ParseCanonical(std::string_view text);

}  // namespace thidua::document

#endif  // THIDUA_COMMON_DOCUMENT_CANONICAL_JSON_H_
