#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "common/database/database.h"

namespace thidua::database {
namespace {

// A defect of the program, never of its input; going on would store or show a wrong figure.
[[noreturn]] void Die(size_t column, const char* why) {
  std::fprintf(stderr, "database row: column %zu %s\n", column, why);
  std::abort();
}

}  // namespace

const std::optional<std::string>& Row::OptionalText(size_t column) const {
  if (column >= cells_.size()) Die(column, "does not exist");
  return cells_[column];
}

const std::string& Row::Text(size_t column) const {
  const std::optional<std::string>& cell = OptionalText(column);
  if (!cell.has_value()) Die(column, "is NULL");
  return *cell;
}

std::optional<int64_t> Row::OptionalInt(size_t column) const {
  const std::optional<std::string>& cell = OptionalText(column);
  if (!cell.has_value()) return std::nullopt;
  int64_t number = 0;
  if (!absl::SimpleAtoi(*cell, &number)) Die(column, "is not a 64-bit integer");
  return number;
}

int64_t Row::Int(size_t column) const {
  const std::optional<int64_t> number = OptionalInt(column);
  if (!number.has_value()) Die(column, "is NULL");
  return *number;
}

}  // namespace thidua::database
