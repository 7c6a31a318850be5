// Resource names (AIP-122): collections and identifiers in turn,
// `windows/2024-h1/reports/dien-bien`.
#ifndef THIDUA_COMMON_CONTRACT_RESOURCE_NAME_H_
#define THIDUA_COMMON_CONTRACT_RESOURCE_NAME_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace thidua::contract {

// Longest whole name in bytes; the columns that hold one are VARBINARY(255).
inline constexpr size_t kLongestName = 255;

// 1 to 63 lower-case letters, digits, `-` and `_`, a letter or digit at both ends. Never Vietnamese
// text: names are typed into URLs and file names.
bool IsResourceId(std::string_view id);

// A collection: a lower-case letter, then letters and digits (`leadershipTerms`).
bool IsCollection(std::string_view segment);

// Collections and identifiers in turn; the last may be a collection alone (a singleton:
// `clusters/mnbg/settings`).
bool IsResourceName(std::string_view name);

// The identifier that follows `collection`: SegmentAfter("windows/2024-h1/reports/dien-bien",
// "reports") is "dien-bien". Nothing when the name is not well formed, does not hold the
// collection, or holds it twice.
std::optional<std::string> SegmentAfter(std::string_view name, std::string_view collection);

// A pattern read once: "windows/{window}/reports/{report}".
class NamePattern {
 public:
  // INVALID_ARGUMENT when a segment is neither a collection nor a {variable} of lower_snake_case,
  // or when they do not take turns.
  static absl::StatusOr<NamePattern> Parse(std::string_view pattern);

  // True when `name` has the pattern's collections and an identifier for each variable.
  bool Matches(std::string_view name) const;
  // The same where an identifier may also be `-`, "whichever" (AIP-159): "windows/-".
  bool MatchesAny(std::string_view name) const;

  // The pattern of the parent: "windows/{window}"; nothing for a top-level collection.
  std::optional<NamePattern> Parent() const;

  bool HasCollection(std::string_view collection) const;

  // As it was written.
  std::string ToString() const;

 private:
  bool Agrees(std::string_view name, bool wildcards) const;
  explicit NamePattern(std::vector<std::string> segments) : segments_(std::move(segments)) {}
  std::vector<std::string> segments_;
};

// NamePattern for one use. False also when the pattern is not one.
bool Matches(std::string_view name, std::string_view pattern);

// Join({"windows", window, "reports", report}). Joins what it is given; identifiers are checked
// where they come in.
std::string Join(std::initializer_list<std::string_view> segments);

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_RESOURCE_NAME_H_
