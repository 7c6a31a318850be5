// Finds names that are equal, nearly equal, or share words. Pure; knows nothing of what is named.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_INDEX_RULES_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_INDEX_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace thidua::registry {

// The least number of letters to insert, drop, change or swap with their neighbour that makes one
// text the other; `most` + 1 when it is more than `most`.
int EditDistance(absl::string_view a, absl::string_view b, int most);

// What part of a recorded form a key is.
enum class KeyPart {
  kWhole,
  kProper,  // the proper name alone
  kPlace,   // the province or region alone
  kNumber,
};

enum class Closeness { kSame, kMisspelled, kPartial };

struct NameHit {
  uint32_t form;  // as it was added
  KeyPart part;
  Closeness closeness;
  int distance;    // letters that differ, for kMisspelled
  int share;       // how much of the longer text is common, in percent, for kPartial
  size_t reading;  // which of the texts looked up
};

// Keys are comparable words with single blanks between (name_reading_rules.h). Ten thousand schools
// take some 10 MB; a lookup takes well under a millisecond.
class NameIndex {
 public:
  void Add(absl::string_view key, uint32_t form, KeyPart part);

  // What any of the texts hits, the closest kind only: keys that are the same; if there are none,
  // those with the fewest letters different (1 in short keys of 4 to 8 letters, 2 in longer ones);
  // if there are none, keys that hold every word of the text; if there are none, the longest keys
  // whose words the text holds one after another.
  std::vector<NameHit> Find(const std::vector<std::string>& texts) const;

 private:
  struct Meaning {
    uint32_t form;
    KeyPart part;
  };
  struct Key {
    std::string text;
    std::vector<Meaning> meanings;
  };

  void AddHits(uint32_t key, const NameHit& like, std::vector<NameHit>& hits) const;
  void FindMisspelled(const std::vector<std::string>& texts, std::vector<NameHit>& hits) const;
  void FindWithin(absl::string_view text, size_t reading, std::vector<NameHit>& hits) const;
  void FindAround(absl::string_view text, size_t reading, std::vector<NameHit>& hits) const;

  std::vector<Key> keys_;
  absl::flat_hash_map<std::string, uint32_t> by_text_;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> by_word_;
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> by_trigram_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_INDEX_RULES_H_
