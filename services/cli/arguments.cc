#include "services/cli/arguments.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/runtime/dates.h"

namespace thidua::cli {

absl::StatusOr<Arguments> Arguments::Parse(const std::vector<std::string>& words,
                                           const std::set<std::string>& switches) {
  Arguments arguments;
  bool only_words = false;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_words || !absl::StartsWith(word, "--")) {
      arguments.words_.push_back(word);
      continue;
    }
    if (word == "--") {
      only_words = true;
      continue;
    }
    const size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (switches.contains(name)) {
      arguments.flags_[name].push_back("");
    } else if (equals != std::string::npos) {
      arguments.flags_[name].push_back(word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      arguments.flags_[name].push_back(words[++i]);
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, " needs a value / cần một giá trị"));
    }
  }
  return arguments;
}

std::optional<std::string> Arguments::Flag(const std::string& name) const {
  const auto found = flags_.find(name);
  if (found == flags_.end()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::Flags(const std::string& name) const {
  const auto found = flags_.find(name);
  return found == flags_.end() ? std::vector<std::string>{} : found->second;
}

absl::StatusOr<std::optional<absl::CivilDay>> Arguments::Day(const std::string& name) const {
  const std::optional<std::string> text = Flag(name);
  if (!text.has_value()) return std::nullopt;
  auto day = runtime::ParseDay(*text);
  if (!day.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--", name, " ", *text, ": a day is written 2024-06-25 / ngày viết dạng 2024-06-25"));
  }
  return *day;
}

std::vector<std::string> Arguments::Unknown(const std::set<std::string>& known) const {
  std::vector<std::string> unknown;
  for (const auto& [name, values] : flags_) {
    if (!known.contains(name)) unknown.push_back("--" + name);
  }
  return unknown;
}

Arguments Arguments::After(size_t count) const {
  Arguments rest = *this;
  rest.words_.erase(rest.words_.begin(),
                    rest.words_.begin() + static_cast<ptrdiff_t>(std::min(count, words_.size())));
  return rest;
}

}  // namespace thidua::cli
