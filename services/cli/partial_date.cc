#include "services/cli/partial_date.h"

#include <cstdint>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/runtime/dates.h"

namespace thidua::cli {
namespace {

// A number of exactly `digits` digits, not zero; 0 otherwise.
int32_t NumberOf(std::string_view text, size_t digits) {
  int32_t number = 0;
  if (text.size() != digits) return 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return 0;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

absl::StatusOr<google::type::Date> ReadPartialDate(std::string_view text) {
  const absl::Status misread =
      absl::InvalidArgumentError("a date is written as YYYY-MM-DD, YYYY-MM, YYYY or --MM-DD");
  google::type::Date date;
  const bool without_year = absl::StartsWith(std::string(text), "--");
  std::vector<std::string> parts =
      absl::StrSplit(std::string(without_year ? text.substr(2) : text), '-');
  if (without_year) {
    if (parts.size() != 2) return misread;
    parts.insert(parts.begin(), "");
  }
  if (parts.size() > 3) return misread;
  static constexpr size_t kDigits[] = {4, 2, 2};
  int32_t numbers[] = {0, 0, 0};
  for (size_t i = without_year ? 1 : 0; i < parts.size(); ++i) {
    numbers[i] = NumberOf(parts[i], kDigits[i]);
    if (numbers[i] == 0) return misread;
  }
  date.set_year(numbers[0]);
  date.set_month(numbers[1]);
  date.set_day(numbers[2]);
  if (absl::Status status = runtime::CheckPartialDate(date); !status.ok()) return status;
  return date;
}

std::string PartialDateText(const google::type::Date& date, bool vietnamese) {
  std::vector<std::string> parts;
  if (date.year() != 0) parts.push_back(absl::StrFormat("%04d", date.year()));
  if (date.month() != 0) parts.push_back(absl::StrFormat("%02d", date.month()));
  if (date.day() != 0) parts.push_back(absl::StrFormat("%02d", date.day()));
  if (vietnamese) return absl::StrJoin(parts.rbegin(), parts.rend(), "/");
  return absl::StrCat(date.year() == 0 && !parts.empty() ? "--" : "", absl::StrJoin(parts, "-"));
}

}  // namespace thidua::cli
