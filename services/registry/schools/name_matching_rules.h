// Which school or cluster a written name means: from what an index finds to candidates with their
// reasons. Pure.
#ifndef THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_MATCHING_RULES_H_
#define THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_MATCHING_RULES_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "common/directory/school_map.h"
#include "common/runtime/dates.h"
#include "services/registry/schools/name_index_rules.h"
#include "services/registry/schools/name_reading_rules.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

// How a recorded form of a name is recorded.
enum class NameForm { kOfficial, kAlias, kShort, kPlace };

// How well a text matches a recorded form, and why.
struct NameMatch {
  int score;  // 1 to 100
  std::vector<v1::NameMatchReason> reasons;
  int distance;
};

// `hit`: of a form with the text `recorded` (empty for kPlace), given for a text. `says_kind`: the
// text says a kind of body; `same_kind`: the one that the form says.
NameMatch MatchOf(const NameHit& hit, NameForm form, std::string_view recorded,
                  std::string_view text, bool says_kind, bool same_kind);

// The match when the form does not hold on the day asked about.
void MarkOtherDay(NameMatch& match);

// UNIQUE for one candidate that exists on the day, NONE for none.
v1::NameOutcome OutcomeOf(size_t candidates, bool first_exists);

constexpr int UsualCandidates(int asked) { return asked > 0 ? asked : 10; }

// Drops the candidates that do not fit, unless none does. True when some fit.
template <class Candidate, class Fits>
bool KeepThoseThat(std::vector<Candidate>& candidates, Fits fits) {
  if (std::none_of(candidates.begin(), candidates.end(), fits)) return false;
  std::erase_if(candidates, [&](const Candidate& candidate) { return !fits(candidate); });
  return true;
}

// Sets valid_from and valid_to where the period is not open.
template <class Dated>
void SetPeriod(const directory::Period& period, Dated& dated) {
  if (period.from != directory::kOpenStart)
    *dated.mutable_valid_from() = runtime::DayToProto(period.from);
  if (period.to != directory::kOpenEnd) *dated.mutable_valid_to() = runtime::DayToProto(period.to);
}

// A text and what is known about where it was written. Views live as long as the question.
struct SchoolQuestion {
  std::string_view text;
  absl::CivilDay day;
  std::string_view province_hint;  // identifier or name; may be empty
  std::string_view cluster_hint;   // identifier; may be empty
  int max_candidates = 0;          // 0: as many as usual
};

// Every written form of every school of a map. Schools are looked up among those of the day first:
// those that exist on it under a name of that day, and those of which no document says whether they
// ended before it (UndecidedOn). Only where none of them matches, names and schools of other days
// are offered. Hints choose among what matches.
class SchoolNames {
 public:
  explicit SchoolNames(std::shared_ptr<const directory::SchoolMap> map);

  const std::shared_ptr<const directory::SchoolMap>& map() const { return map_; }
  // as_of is set to the day of the question.
  v1::ResolveSchoolNameResponse Resolve(const SchoolQuestion& question) const;

 private:
  struct Form {
    std::string_view school;  // identifier, in the map
    NameForm form;
    std::string_view recorded;  // in the map
    std::string kind;           // as NameReading
    directory::Period period;
  };
  struct Candidate {
    std::string_view school;
    const Form* form;
    NameMatch match;
    bool of_the_day;
    bool same_kind;
  };
  struct Asked;

  void AddSchool(std::string_view id, const v1::School& school);
  void AddForm(Form form, const std::string& core, const std::vector<std::string>& places);
  // The question, the schools that fit its hints, and what is undecided on its day.
  Asked WithWhatIsKnown(const SchoolQuestion& question) const;
  Candidate CandidateOf(const Form& form, NameMatch match, bool same_kind,
                        const Asked& asked) const;
  // Each school once, by its best match.
  std::vector<Candidate> Found(const std::vector<NameReading>& readings, const Asked& asked) const;
  // Where the text says no name: the provincial schools that the hints mean.
  std::vector<Candidate> Meant(const Asked& asked) const;
  v1::SchoolCandidate Shown(const Candidate& candidate, absl::CivilDay day) const;

  std::shared_ptr<const directory::SchoolMap> map_;
  std::vector<const v1::LineageEvent*> events_;
  std::vector<Form> forms_;
  NameIndex index_;
  // Provincial schools by what their province is called (as ReadPlace) and by its identifier.
  directory::ById<std::vector<std::string_view>> of_province_;
  // By school: the form that stands for its province.
  directory::ById<uint32_t> place_forms_;
};

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_SCHOOLS_NAME_MATCHING_RULES_H_
