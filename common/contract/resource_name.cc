#include "common/contract/resource_name.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace thidua::contract {
namespace {

constexpr size_t kLongestId = 63;

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLowerOrDigit(char c) { return IsLower(c) || IsDigit(c); }

bool IsVariable(std::string_view segment) {
  if (segment.size() < 3 || segment.front() != '{' || segment.back() != '}') return false;
  segment = segment.substr(1, segment.size() - 2);
  return IsLower(segment.front()) && std::all_of(segment.begin(), segment.end(), [](char c) {
           return IsLowerOrDigit(c) || c == '_';
         });
}

// Calls visit(segment, index) until it answers false; true when it never did.
template <typename Visit>
bool EachSegment(std::string_view name, Visit visit) {
  for (size_t index = 0;; ++index) {
    const size_t slash = name.find('/');
    if (!visit(name.substr(0, slash), index)) return false;
    if (slash == name.npos) return true;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace

bool IsResourceId(std::string_view id) {
  return !id.empty() && id.size() <= kLongestId && IsLowerOrDigit(id.front()) &&
         IsLowerOrDigit(id.back()) && std::all_of(id.begin(), id.end(), [](char c) {
           return IsLowerOrDigit(c) || c == '-' || c == '_';
         });
}

bool IsCollection(std::string_view segment) {
  return !segment.empty() && segment.size() <= kLongestId && IsLower(segment.front()) &&
         std::all_of(segment.begin(), segment.end(),
                     [](char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); });
}

bool IsResourceName(std::string_view name) {
  return name.size() <= kLongestName &&
         EachSegment(name, [](std::string_view segment, size_t index) {
           return index % 2 == 0 ? IsCollection(segment) : IsResourceId(segment);
         });
}

std::optional<std::string> SegmentAfter(std::string_view name, std::string_view collection) {
  if (!IsResourceName(name)) return std::nullopt;
  std::optional<std::string> found;
  bool follows = false;
  const bool once = EachSegment(name, [&](std::string_view segment, size_t index) {
    if (index % 2 == 0) {
      follows = segment == collection;
      return !(follows && found);
    }
    if (follows) found = std::string(segment);
    return true;
  });
  return once ? found : std::nullopt;
}

absl::StatusOr<NamePattern> NamePattern::Parse(std::string_view pattern) {
  std::vector<std::string> segments;
  const bool well_formed = EachSegment(pattern, [&](std::string_view segment, size_t index) {
    segments.emplace_back(segment);
    return index % 2 == 0 ? IsCollection(segment) : IsVariable(segment);
  });
  if (!well_formed) {
    return absl::InvalidArgumentError(
        absl::StrCat("not a resource name pattern: ", std::string(pattern)));
  }
  return NamePattern(std::move(segments));
}

bool NamePattern::Matches(std::string_view name) const { return Agrees(name, false); }

bool NamePattern::MatchesAny(std::string_view name) const { return Agrees(name, true); }

bool NamePattern::Agrees(std::string_view name, bool wildcards) const {
  if (name.size() > kLongestName) return false;
  size_t seen = 0;
  const bool agrees = EachSegment(name, [&](std::string_view segment, size_t index) {
    seen = index + 1;
    if (index >= segments_.size()) return false;
    if (index % 2 == 0) return segment == segments_[index];
    return IsResourceId(segment) || (wildcards && segment == "-");
  });
  return agrees && seen == segments_.size();
}

std::optional<NamePattern> NamePattern::Parent() const {
  // Of a singleton, the resource it belongs to.
  const size_t own = segments_.size() % 2 == 0 ? 2 : 1;
  if (segments_.size() <= own) return std::nullopt;
  return NamePattern(std::vector<std::string>(segments_.begin(),
                                              segments_.end() - static_cast<std::ptrdiff_t>(own)));
}

bool NamePattern::HasCollection(std::string_view collection) const {
  for (size_t i = 0; i < segments_.size(); i += 2) {
    if (segments_[i] == collection) return true;
  }
  return false;
}

std::string NamePattern::ToString() const { return absl::StrJoin(segments_, "/"); }

bool Matches(std::string_view name, std::string_view pattern) {
  const absl::StatusOr<NamePattern> parsed = NamePattern::Parse(pattern);
  return parsed.ok() && parsed->Matches(name);
}

std::string Join(std::initializer_list<std::string_view> segments) {
  std::string name;
  for (const std::string_view segment : segments) {
    if (!name.empty()) name.push_back('/');
    name.append(segment);
  }
  return name;
}

}  // namespace thidua::contract
