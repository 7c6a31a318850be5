// Rows that hold one of several texts, without a new statement to prepare for every number of them.
#ifndef THIDUA_COMMON_RESOURCE_AMONG_H_
#define THIDUA_COMMON_RESOURCE_AMONG_H_

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/resource/table.h"

namespace thidua::resource {

// Most texts that one Among takes.
inline constexpr size_t kMostAmong = 100;

// "COLUMN IN (?, …)" for 1 to kMostAmong texts. The number of marks is rounded up to 1, 10 or
// kMostAmong; the first text fills the rest.
inline Where Among(const std::string& column, std::vector<std::string> texts) {
  texts.resize(texts.size() == 1 ? 1 : texts.size() <= 10 ? 10 : kMostAmong, texts.front());
  const std::vector<std::string> marks(texts.size(), "?");
  Where where{absl::StrCat(column, " IN (", absl::StrJoin(marks, ", "), ")"), {}};
  for (std::string& text : texts) where.parameters.emplace_back(std::move(text));
  return where;
}

// Calls `see(std::vector<std::string>)` with not more than kMostAmong of `texts` at a time, until
// one call fails.
template <class See>
absl::Status InParts(const std::vector<std::string>& texts, See see) {
  for (size_t begin = 0; begin < texts.size(); begin += kMostAmong) {
    const auto from = texts.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto count = std::min(kMostAmong, texts.size() - begin);
    const absl::Status status =
        see(std::vector<std::string>(from, from + static_cast<std::ptrdiff_t>(count)));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace thidua::resource

#endif  // THIDUA_COMMON_RESOURCE_AMONG_H_
