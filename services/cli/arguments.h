// The words of one command line, sorted into positional words and --flags.
#ifndef THIDUA_SERVICES_CLI_ARGUMENTS_H_
#define THIDUA_SERVICES_CLI_ARGUMENTS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace thidua::cli {

class Arguments {
 public:
  // `--flag value` and `--flag=value`; flags in `switches` take no value. "--" ends the flags.
  // INVALID_ARGUMENT for a flag without its value.
  static absl::StatusOr<Arguments> Parse(const std::vector<std::string>& words,
                                         const std::set<std::string>& switches);

  const std::vector<std::string>& words() const { return words_; }
  // The flag's last value; nothing when it was not given.
  std::optional<std::string> Flag(const std::string& name) const;
  // Every value of a flag that may be repeated.
  std::vector<std::string> Flags(const std::string& name) const;
  bool Switch(const std::string& name) const { return flags_.contains(name); }
  // A day written 2024-06-25; INVALID_ARGUMENT otherwise. `fallback` when the flag was not given.
  absl::StatusOr<std::optional<absl::CivilDay>> Day(const std::string& name) const;
  // Flags that are not in `known`.
  std::vector<std::string> Unknown(const std::set<std::string>& known) const;
  // The same without the first `count` words.
  Arguments After(size_t count) const;

 private:
  std::vector<std::string> words_;
  std::map<std::string, std::vector<std::string>> flags_;
};

}  // namespace thidua::cli

#endif  // THIDUA_SERVICES_CLI_ARGUMENTS_H_
