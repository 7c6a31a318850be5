#include "services/registry/schools/name_index_rules.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace thidua::registry {
namespace {

constexpr size_t kLongestWindow = 12;  // words; no recorded core has more

std::vector<absl::string_view> WordsOf(absl::string_view text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

// Two blanks around, so that each letter stands in three of them.
absl::flat_hash_set<uint32_t> TrigramsOf(absl::string_view text) {
  absl::flat_hash_set<uint32_t> trigrams;
  uint32_t trigram = (uint32_t{' '} << 8) | ' ';
  const auto add = [&](char next) {
    trigram = ((trigram << 8) | static_cast<unsigned char>(next)) & 0xFFFFFF;
    trigrams.insert(trigram);
  };
  for (const char letter : text) add(letter);
  add(' ');
  add(' ');
  return trigrams;
}

// Letters that may differ in a key of that length. In a short name every other letter makes another
// name.
int MostSlips(size_t length) { return length < 4 ? 0 : length <= 8 ? 1 : 2; }

constexpr int kMostSlips = 2;

int Percent(size_t part, size_t whole) { return static_cast<int>(100 * part / whole); }

}  // namespace

int EditDistance(absl::string_view a, absl::string_view b, int most) {
  if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) > most) return most + 1;
  // Rows i-2, i-1 and i of the table.
  std::array<std::vector<int>, 3> rows;
  for (std::vector<int>& row : rows) row.resize(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = static_cast<int>(j);
  std::vector<int>* before = &rows[2];
  std::vector<int>* last = &rows[0];
  std::vector<int>* next = &rows[1];
  for (size_t i = 1; i <= a.size(); ++i) {
    (*next)[0] = static_cast<int>(i);
    int least = (*next)[0];
    for (size_t j = 1; j <= b.size(); ++j) {
      int best = std::min((*last)[j], (*next)[j - 1]) + 1;
      best = std::min(best, (*last)[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = std::min(best, (*before)[j - 2] + 1);
      (*next)[j] = best;
      least = std::min(least, best);
    }
    if (least > most) return most + 1;
    std::swap(before, last);
    std::swap(last, next);
  }
  return std::min((*last)[b.size()], most + 1);
}

void NameIndex::Add(absl::string_view text, uint32_t form, KeyPart part) {
  if (text.empty()) return;
  const auto [found, is_new] =
      by_text_.try_emplace(std::string(text), static_cast<uint32_t>(keys_.size()));
  const uint32_t id = found->second;
  if (is_new) {
    keys_.push_back({std::string(text), {}});
    const std::vector<absl::string_view> words = WordsOf(text);
    for (const absl::string_view word : std::set<absl::string_view>(words.begin(), words.end()))
      by_word_[std::string(word)].push_back(id);
    for (const uint32_t trigram : TrigramsOf(text)) by_trigram_[trigram].push_back(id);
  }
  keys_[id].meanings.push_back({form, part});
}

std::vector<NameHit> NameIndex::Find(const std::vector<std::string>& texts) const {
  std::vector<NameHit> hits;
  const auto each = [&](auto find) {
    for (size_t i = 0; i < texts.size(); ++i) {
      if (!texts[i].empty()) find(texts[i], i);
    }
    return !hits.empty();
  };
  if (each([&](const std::string& text, size_t reading) {
        const auto found = by_text_.find(text);
        if (found != by_text_.end())
          AddHits(found->second, {0, KeyPart::kWhole, Closeness::kSame, 0, 100, reading}, hits);
      })) {
    return hits;
  }
  FindMisspelled(texts, hits);
  if (!hits.empty()) return hits;
  if (each([&](const std::string& text, size_t reading) { FindWithin(text, reading, hits); }))
    return hits;
  each([&](const std::string& text, size_t reading) { FindAround(text, reading, hits); });
  return hits;
}

void NameIndex::AddHits(uint32_t key, const NameHit& like, std::vector<NameHit>& hits) const {
  for (const Meaning& meaning : keys_[key].meanings) {
    NameHit& hit = hits.emplace_back(like);
    hit.form = meaning.form;
    hit.part = meaning.part;
  }
}

void NameIndex::FindMisspelled(const std::vector<std::string>& texts,
                               std::vector<NameHit>& hits) const {
  int least = kMostSlips;
  for (size_t reading = 0; reading < texts.size(); ++reading) {
    const std::string& text = texts[reading];
    if (text.empty()) continue;
    const absl::flat_hash_set<uint32_t> trigrams = TrigramsOf(text);
    absl::flat_hash_map<uint32_t, int> shared;
    for (const uint32_t trigram : trigrams) {
      const auto found = by_trigram_.find(trigram);
      if (found == by_trigram_.end()) continue;
      for (const uint32_t key : found->second) ++shared[key];
    }
    for (const auto& [key, count] : shared) {
      const int most = std::min(least, MostSlips(keys_[key].text.size()));
      // A slip changes at most four trigrams, so those that share fewer are too far.
      if (most == 0 || count + 4 * most < static_cast<int>(trigrams.size())) continue;
      const int distance = EditDistance(text, keys_[key].text, most);
      if (distance > most) continue;
      if (distance < least) {
        hits.clear();
        least = distance;
      }
      AddHits(key, {0, KeyPart::kWhole, Closeness::kMisspelled, distance, 100, reading}, hits);
    }
  }
}

void NameIndex::FindWithin(absl::string_view text, size_t reading,
                           std::vector<NameHit>& hits) const {
  const std::vector<uint32_t>* rarest = nullptr;
  const std::vector<absl::string_view> words = WordsOf(text);
  for (const absl::string_view word : words) {
    const auto found = by_word_.find(word);
    if (found == by_word_.end()) return;
    if (rarest == nullptr || found->second.size() < rarest->size()) rarest = &found->second;
  }
  if (rarest == nullptr) return;
  for (const uint32_t key : *rarest) {
    const std::string& held = keys_[key].text;
    const std::vector<absl::string_view> held_words = WordsOf(held);
    const bool all = std::all_of(words.begin(), words.end(), [&](absl::string_view word) {
      return std::find(held_words.begin(), held_words.end(), word) != held_words.end();
    });
    if (!all) continue;
    AddHits(key,
            {0, KeyPart::kWhole, Closeness::kPartial, 0,
             std::min(100, Percent(text.size(), held.size())), reading},
            hits);
  }
}

void NameIndex::FindAround(absl::string_view text, size_t reading,
                           std::vector<NameHit>& hits) const {
  const std::vector<absl::string_view> words = WordsOf(text);
  size_t covered = 0;  // words before this one lie in a longer key found already
  for (size_t from = 0; from < words.size(); ++from) {
    for (size_t to = std::min(words.size(), from + kLongestWindow); to > std::max(from, covered);
         --to) {
      const auto length =
          static_cast<size_t>(words[to - 1].data() + words[to - 1].size() - words[from].data());
      const auto found = by_text_.find(absl::string_view(words[from].data(), length));
      if (found == by_text_.end()) continue;
      AddHits(found->second,
              {0, KeyPart::kWhole, Closeness::kPartial, 0, Percent(length, text.size()), reading},
              hits);
      covered = to;
      break;
    }
  }
}

}  // namespace thidua::registry
