#include "services/registry/schools/name_reading_rules.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/text/fold.h"
#include "services/registry/schools/name_index_rules.h"

namespace thidua::registry {
namespace {

// The usual ones in reports and on the sites of schools.
const Abbreviations& OfSchools() {
  static const auto& abbreviations = *new Abbreviations{
      {"bd", "boi duong"},
      {"br", "ba ria"},
      {"brvt", "ba ria vung tau"},
      {"cb", "can bo"},
      {"cbql", "can bo quan ly"},
      {"dtbd", "dao tao boi duong"},
      {"dtcb", "dao tao can bo"},
      {"hcm", "ho chi minh"},
      {"hv", "hoc vien"},
      {"ql", "quan ly"},
      {"t", "tinh"},
      {"tcb", "truong can bo"},
      {"tct", "truong chinh tri"},
      {"tp", "thanh pho"},
      {"tphcm", "thanh pho ho chi minh"},
      {"tthue", "thua thien hue"},
      {"tw", "trung uong"},
      {"vt", "vung tau"},
  };
  return abbreviations;
}

// What the name of a school begins with, as ComparableWords gives it; longer ones first.
const std::vector<Words>& Kinds() {
  static const auto& kinds = *new std::vector<Words>{
      {"truong", "dao", "tao", "boi", "duong", "can", "bo", "quan", "li"},
      {"truong", "dao", "tao", "boi", "duong", "can", "bo"},
      {"truong", "boi", "duong", "can", "bo"},
      {"truong", "dao", "tao", "can", "bo"},
      {"truong", "can", "bo", "quan", "li"},
      {"hoc", "vien", "can", "bo"},
      {"truong", "chinh", "tri"},
      {"truong", "can", "bo"},
      {"hoc", "vien"},
  };
  return kinds;
}

bool IsVowel(char c) { return std::string_view("aeiouy").find(c) != std::string_view::npos; }

bool IsNumber(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return absl::ascii_isdigit(c); });
}

// One letter for what is one sound and written either way: a final y after a consonant or "qu" is
// i, a k that does not stand before h, i, e or y is c.
std::string OneSpelling(std::string word) {
  const size_t last = word.size() - 1;
  if (last > 0 && word[last] == 'y' &&
      (!IsVowel(word[last - 1]) || (last == 2 && word[0] == 'q' && word[1] == 'u'))) {
    word[last] = 'i';
  }
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] != 'k') continue;
    const char next = i == last ? ' ' : word[i + 1];
    if (std::string_view("hiey").find(next) == std::string_view::npos) word[i] = 'c';
  }
  return word;
}

std::string WithoutZeros(std::string word) {
  if (!IsNumber(word)) return word;
  word.erase(0, std::min(word.find_first_not_of('0'), word.size() - 1));
  return word;
}

Words Split(std::string_view text) {
  return absl::StrSplit(absl::string_view(text.data(), text.size()), ' ', absl::SkipEmpty());
}

std::string Joined(const Words& words, size_t from = 0) {
  return absl::StrJoin(words.begin() + static_cast<ptrdiff_t>(from), words.end(), " ");
}

// Where a text says a kind of school.
struct KindSaid {
  size_t from;
  size_t to;  // behind its last word
};

// The first one, the longest where several begin there.
std::optional<KindSaid> FindKind(const Words& words) {
  for (size_t from = 0; from < words.size(); ++from) {
    for (const Words& kind : Kinds()) {
      if (words.size() - from >= kind.size() &&
          std::equal(kind.begin(), kind.end(), words.begin() + static_cast<ptrdiff_t>(from)))
        return KindSaid{from, from + kind.size()};
    }
  }
  return std::nullopt;
}

// "Trường CT" is written for "Trường Chính trị"; "CT" alone may be anything.
Words WithUsualKind(Words words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != "truong" || words[i + 1] != "ct") continue;
    words[i + 1] = "chinh";
    words.insert(words.begin() + static_cast<ptrdiff_t>(i) + 2, "tri");
  }
  return words;
}

// Without "tỉnh" and "thành phố" before the name of a place. The Tĩnh of Hà Tĩnh folds like tỉnh.
std::string CoreOf(const Words& words, size_t from) {
  Words core;
  for (size_t i = from; i < words.size(); ++i) {
    const bool followed = i + 1 < words.size();
    if (words[i] == "tinh" && followed && (core.empty() || core.back() != "ha")) continue;
    if (words[i] == "thanh" && followed && words[i + 1] == "pho" &&
        (core.empty() || i + 2 < words.size())) {
      ++i;
      continue;
    }
    core.push_back(words[i]);
  }
  if (core.size() == 1 && core.front() == "tinh") core.clear();
  return Joined(core);
}

// How many words say the usual kind with a slip of one letter ("Trường Chính trj"); 0 when none do.
size_t MisspelledUsualKind(const Words& words) {
  constexpr size_t kWords = 3;
  if (words.size() < kWords) return 0;
  const std::string beginning = Joined(Words(words.begin(), words.begin() + kWords));
  return EditDistance(beginning, kUsualKind, 1) == 1 ? kWords : 0;
}

}  // namespace

Words ComparableWords(std::string_view text, const Abbreviations& abbreviations) {
  Words words;
  for (std::string& word : Split(text::SearchFold(text))) {
    const auto written_out = abbreviations.find(word);
    for (std::string& part :
         written_out == abbreviations.end() ? Words{std::move(word)} : Split(written_out->second)) {
      words.push_back(OneSpelling(WithoutZeros(std::move(part))));
    }
  }
  return words;
}

std::vector<NameReading> ReadSchoolName(std::string_view text) {
  Words words = WithUsualKind(ComparableWords(text, OfSchools()));
  if (const std::optional<KindSaid> said = FindKind(words); said.has_value()) {
    // What stands before, "Hiệu trưởng" or a number in a list, is no part of the name, unless the
    // name stands there.
    NameReading reading{absl::StrJoin(words.begin() + static_cast<ptrdiff_t>(said->from),
                                      words.begin() + static_cast<ptrdiff_t>(said->to), " "),
                        CoreOf(words, said->to)};
    if (reading.core.empty()) {
      words.resize(said->from);
      reading.core = CoreOf(words, 0);
    }
    return {std::move(reading)};
  }
  if (words.size() > 1 && IsNumber(words[0]) && words[1] == kAnySchool) words.erase(words.begin());
  std::vector<NameReading> readings;
  if (const size_t kind_words = MisspelledUsualKind(words); kind_words > 0)
    readings.push_back({kUsualKind, CoreOf(words, kind_words)});
  // "Trường Nguyễn Văn Cừ" has the word before the name, "Trường Chinh" in it.
  if (!words.empty() && words.front() == kAnySchool)
    readings.push_back({kAnySchool, CoreOf(words, 1)});
  readings.push_back({"", CoreOf(words, 0)});
  return readings;
}

std::string ReadPlace(std::string_view text) {
  return CoreOf(ComparableWords(text, OfSchools()), 0);
}

}  // namespace thidua::registry
