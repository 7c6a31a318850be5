// What a written name says, apart from how it is written. Pure.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_READING_RULES_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_READING_RULES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace thidua::registry {

using Words = std::vector<std::string>;

// Abbreviations by their folded form: {"tp", "thanh pho"}.
using Abbreviations = std::map<std::string, std::string, std::less<>>;

// The words of a text as they count in comparing: folded (text/fold.h), abbreviations written out,
// what is spelled either way made one (Lý/Lí, Quy/Qui, Đắk/Đắc, Kạn/Cạn), numbers without zeros in
// front. Never empty words.
Words ComparableWords(std::string_view text, const Abbreviations& abbreviations);

// Kinds as NameReading has them that tell nothing: what every provincial school is called at times,
// and what every school is.
inline constexpr char kUsualKind[] = "truong chinh tri";
inline constexpr char kAnySchool[] = "truong";

// One way to read the name of a school.
struct NameReading {
  // The kind of body it says, "truong chinh tri"; empty when none.
  std::string kind;
  // What tells it from others of its kind, without the words for province and city: "le duan quang
  // tri". Empty when nothing does.
  std::string core;
};

// The ways to read a school's name; never empty. The first is the one in which recorded names are
// meant. What stands before the kind ("Hiệu trưởng", a number in a list) is not read.
std::vector<NameReading> ReadSchoolName(std::string_view text);

// What a province or city is called, without the word for either: "ho chi minh" of "TP Hồ Chí
// Minh".
std::string ReadPlace(std::string_view text);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_READING_RULES_H_
