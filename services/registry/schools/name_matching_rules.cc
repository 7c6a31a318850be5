#include "services/registry/schools/name_matching_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/contract/resource_name.h"
#include "common/text/fold.h"
#include "common/text/normalize.h"
#include "services/registry/schools/undecided_rules.h"

namespace thidua::registry {
namespace {

using directory::Period;
using v1::NameMatchReason;

// Scores only order candidates; the distances between them leave room for what lowers a score.
constexpr int kExact = 100;          // letter by letter the official name
constexpr int kFolded = 94;          // the same but for how it is written
constexpr int kStepToAlias = 2;      // and again to the short name
constexpr int kProperAndPlace = 88;  // the whole name without its kind
constexpr int kPlace = 84;
constexpr int kProper = 82;
constexpr int kMisspelled = 74;
constexpr int kSlip = 8;  // for each letter
constexpr int kPartial = 20;
constexpr int kMostForShare = 40;
constexpr int kSameKind = 3;
constexpr int kOtherDay = 15;
constexpr int kMeantByProvince = 70;
constexpr int kMeantByCluster = 40;

// For what was checked when it was stored.
template <class Dated>
Period PeriodOf(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period{directory::kOpenStart, directory::kOpenStart});
}

// In NFC with single blanks; what cannot be stored as text is no recorded name anyway.
std::string AsRecorded(std::string_view text) {
  const absl::StatusOr<std::string> nfc = text::Nfc(text);
  if (!nfc.ok()) return "";
  return absl::StrJoin(absl::StrSplit(*nfc, ' ', absl::SkipEmpty()), " ");
}

// True when what the text has of the recorded name is written as there: "Lê Duẩn" but not "Le
// Duan".
bool WrittenAlike(const std::string& text, std::string_view recorded) {
  const absl::string_view in(recorded.data(), recorded.size());
  const std::string folded_in = absl::StrCat(" ", text::SearchFold(recorded), " ");
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    const std::string fold = text::SearchFold({word.data(), word.size()});
    if (absl::StrContains(folded_in, absl::StrCat(" ", fold, " ")) && !absl::StrContains(in, word))
      return false;
  }
  return true;
}

// Keeps the candidates that a hint speaks for, if there are any, and says so.
template <class Candidate>
void ChooseBy(const std::set<std::string_view>& hinted, NameMatchReason reason,
              std::vector<Candidate>& candidates) {
  const auto fits = [&](const Candidate& candidate) { return hinted.contains(candidate.school); };
  if (!KeepThoseThat(candidates, fits)) return;
  for (Candidate& candidate : candidates) candidate.match.reasons.push_back(reason);
}

NameMatchReason WholeReason(NameForm form) {
  switch (form) {
    case NameForm::kOfficial:
      return v1::NAME_MATCH_REASON_OFFICIAL_NAME;
    case NameForm::kAlias:
      return v1::NAME_MATCH_REASON_ALIAS;
    case NameForm::kShort:
      return v1::NAME_MATCH_REASON_SHORT_NAME;
    default:
      return v1::NAME_MATCH_REASON_PLACE_NAMED;
  }
}

NameMatchReason ReasonOf(KeyPart part, NameForm form) {
  switch (part) {
    case KeyPart::kProper:
      return v1::NAME_MATCH_REASON_PROPER_NAME;
    case KeyPart::kPlace:
      return v1::NAME_MATCH_REASON_PLACE_NAMED;
    case KeyPart::kNumber:
      return v1::NAME_MATCH_REASON_NUMBER;
    default:
      return WholeReason(form);
  }
}

int StepsDown(NameForm form) {
  return form == NameForm::kOfficial ? 0 : form == NameForm::kAlias ? 1 : 2;
}

NameMatch SameMatch(const NameHit& hit, NameForm form, std::string_view recorded,
                    std::string_view text, bool says_kind, bool same_kind) {
  NameMatch match{kFolded, {ReasonOf(hit.part, form)}, 0};
  const std::string written = AsRecorded(text);
  if (hit.part == KeyPart::kWhole && written == recorded) {
    match.score = kExact - kStepToAlias * StepsDown(form);
    return match;
  }
  if (hit.part == KeyPart::kWhole && same_kind) {
    match.score = kFolded - kStepToAlias * StepsDown(form);
    match.reasons.push_back(v1::NAME_MATCH_REASON_FOLDED);
    return match;
  }
  switch (hit.part) {
    case KeyPart::kWhole:
      // "Trường Chính trị Quảng Ninh" is not the short name "Quảng Ninh"; it names the province.
      if (form == NameForm::kShort && says_kind) {
        match.reasons = {v1::NAME_MATCH_REASON_PLACE_NAMED};
        match.score = kPlace;
      } else {
        match.score = kProperAndPlace;
      }
      break;
    case KeyPart::kProper:
      match.score = kProper + (same_kind ? kSameKind : 0);
      break;
    default:
      match.score = kPlace;
  }
  if (!recorded.empty() && !WrittenAlike(written, recorded))
    match.reasons.push_back(v1::NAME_MATCH_REASON_FOLDED);
  return match;
}

}  // namespace

NameMatch MatchOf(const NameHit& hit, NameForm form, std::string_view recorded,
                  std::string_view text, bool says_kind, bool same_kind) {
  switch (hit.closeness) {
    case Closeness::kSame:
      return SameMatch(hit, form, recorded, text, says_kind, same_kind);
    case Closeness::kMisspelled:
      return {kMisspelled - kSlip * hit.distance + (same_kind ? kSameKind : 0),
              {ReasonOf(hit.part, form), v1::NAME_MATCH_REASON_MISSPELLED},
              hit.distance};
    default:
      return {kPartial + kMostForShare * hit.share / 100 + (same_kind ? kSameKind : 0),
              {v1::NAME_MATCH_REASON_PARTIAL},
              0};
  }
}

void MarkOtherDay(NameMatch& match) {
  match.reasons.push_back(v1::NAME_MATCH_REASON_OTHER_DAY);
  match.score = std::max(1, match.score - kOtherDay);
}

v1::NameOutcome OutcomeOf(size_t candidates, bool first_exists) {
  if (candidates == 0) return v1::NAME_OUTCOME_NONE;
  return candidates == 1 && first_exists ? v1::NAME_OUTCOME_UNIQUE : v1::NAME_OUTCOME_AMBIGUOUS;
}

struct SchoolNames::Asked {
  const SchoolQuestion& question;
  // By identifier: the schools that fit the hints.
  std::set<std::string_view> of_province;
  std::set<std::string_view> of_cluster;
  // By name: of which no document says that they ended, or that they began.
  std::set<std::string> ended_undecided;
  std::set<std::string> presumed;
};

SchoolNames::SchoolNames(std::shared_ptr<const directory::SchoolMap> map) : map_(std::move(map)) {
  // Only these can be undecided on any day.
  for (const v1::LineageEvent* event : map_->Events()) {
    if (event->provenance().confidence() != v1::CONFIDENCE_DOCUMENTED) events_.push_back(event);
  }
  for (const std::string_view id : map_->Schools()) AddSchool(id, *map_->School(id));
}

void SchoolNames::AddSchool(std::string_view id, const v1::School& school) {
  const Period validity = PeriodOf(school);
  std::vector<std::string> places;
  const auto add_place = [&](const std::string& text) {
    std::string place = ReadPlace(text);
    if (!place.empty() && std::find(places.begin(), places.end(), place) == places.end())
      places.push_back(std::move(place));
  };
  if (school.kind() == v1::SCHOOL_KIND_PROVINCIAL) {
    add_place(school.province());
    for (const v1::SchoolName& name : school.names()) add_place(name.short_name());
    // The longest first: "thua thien hue" ends in "hue" too.
    std::stable_sort(places.begin(), places.end(),
                     [](const auto& a, const auto& b) { return a.size() > b.size(); });
    for (const std::string& place : places)
      index_.Add(place, static_cast<uint32_t>(forms_.size()), KeyPart::kPlace);
    place_forms_[std::string(id)] = static_cast<uint32_t>(forms_.size());
    forms_.push_back({id, NameForm::kPlace, {}, "", validity});
    of_province_[school.province_id()].push_back(id);
    for (const std::string& place : places) {
      if (place != school.province_id()) of_province_[place].push_back(id);
    }
  }
  for (const v1::SchoolName& name : school.names()) {
    const Period period = PeriodOf(name).Common(validity);
    const auto add = [&](NameForm form, const std::string& recorded) {
      if (recorded.empty()) return;
      NameReading reading = ReadSchoolName(recorded).front();
      AddForm({id, form, recorded, std::move(reading.kind), period}, reading.core, places);
    };
    add(NameForm::kOfficial, name.official_name());
    for (const std::string& alias : name.aliases()) add(NameForm::kAlias, alias);
    add(NameForm::kShort, name.short_name());
  }
}

void SchoolNames::AddForm(Form form, const std::string& core,
                          const std::vector<std::string>& places) {
  const auto number = static_cast<uint32_t>(forms_.size());
  std::string proper = core;
  for (const std::string& place : places) {
    if (core == place) proper.clear();
    if (!absl::EndsWith(core, " " + place)) continue;
    proper.resize(core.size() - place.size() - 1);
    break;
  }
  std::set<std::string> whole = {core};
  if (!proper.empty() && form.form != NameForm::kShort) {
    // "Nguyễn Chí Thanh" of Huế may be said with the province though the name does not hold it.
    for (const std::string& place : places) whole.insert(absl::StrCat(proper, " ", place));
    if (proper != core) index_.Add(proper, number, KeyPart::kProper);
  }
  for (const std::string& key : whole) index_.Add(key, number, KeyPart::kWhole);
  forms_.push_back(std::move(form));
}

SchoolNames::Candidate SchoolNames::CandidateOf(const Form& form, NameMatch match, bool same_kind,
                                                const Asked& asked) const {
  const std::string name = contract::Join({"schools", form.school});
  // A school whose end is undecided may go on under the name it had last.
  const bool may_go_on = asked.ended_undecided.contains(name) &&
                         form.period.to == PeriodOf(*map_->School(form.school)).to;
  const bool holds = form.period.Contains(asked.question.day);
  if (!holds) MarkOtherDay(match);
  if (may_go_on || asked.presumed.contains(name))
    match.reasons.push_back(v1::NAME_MATCH_REASON_UNDECIDED);
  return {form.school, &form, std::move(match), holds || may_go_on, same_kind};
}

std::vector<SchoolNames::Candidate> SchoolNames::Found(const std::vector<NameReading>& readings,
                                                       const Asked& asked) const {
  const auto rank = [](const Candidate& candidate) {
    return std::make_tuple(candidate.of_the_day, candidate.match.score);
  };
  std::vector<std::string> cores;
  for (const NameReading& reading : readings) cores.push_back(reading.core);
  std::map<std::string_view, Candidate> best;
  for (const NameHit& hit : index_.Find(cores)) {
    const Form& form = forms_[hit.form];
    const std::string& kind = readings[hit.reading].kind;
    const bool same_kind = form.form != NameForm::kPlace && kind == form.kind;
    Candidate candidate = CandidateOf(
        form, MatchOf(hit, form.form, form.recorded, asked.question.text, !kind.empty(), same_kind),
        same_kind, asked);
    const auto [place, is_new] = best.try_emplace(form.school, candidate);
    if (!is_new && rank(place->second) < rank(candidate)) place->second = std::move(candidate);
  }
  std::vector<Candidate> candidates;
  for (auto& [school, candidate] : best) candidates.push_back(std::move(candidate));
  return candidates;
}

std::vector<SchoolNames::Candidate> SchoolNames::Meant(const Asked& asked) const {
  std::set<std::string_view> meant = asked.of_province;
  meant.insert(asked.of_cluster.begin(), asked.of_cluster.end());
  std::vector<Candidate> candidates;
  for (const std::string_view school : meant) {
    const auto form = place_forms_.find(school);
    if (form == place_forms_.end()) continue;
    const int score = asked.of_province.contains(school) ? kMeantByProvince : kMeantByCluster;
    candidates.push_back(CandidateOf(forms_[form->second], {score, {}, 0}, false, asked));
  }
  return candidates;
}

v1::SchoolCandidate SchoolNames::Shown(const Candidate& candidate, absl::CivilDay day) const {
  v1::SchoolCandidate shown;
  shown.set_school(contract::Join({"schools", candidate.school}));
  shown.set_display_name(std::string(map_->DisplayName(candidate.school, day)));
  shown.set_matched_name(std::string(candidate.form->recorded));
  SetPeriod(candidate.form->period, shown);
  shown.set_score(candidate.match.score);
  for (const NameMatchReason reason : candidate.match.reasons) shown.add_reasons(reason);
  shown.set_distance(candidate.match.distance);
  if (map_->Exists(candidate.school, day)) return shown;
  const directory::Resolution on_day = map_->Resolve(candidate.school, day);
  for (const std::string_view school : on_day.schools)
    shown.add_schools_on_day(contract::Join({"schools", school}));
  return shown;
}

SchoolNames::Asked SchoolNames::WithWhatIsKnown(const SchoolQuestion& question) const {
  Asked asked{question, {}, {}, {}, {}};
  if (!question.province_hint.empty()) {
    for (const std::string& place :
         {std::string(question.province_hint), ReadPlace(question.province_hint)}) {
      const auto schools = of_province_.find(place);
      if (schools == of_province_.end()) continue;
      asked.of_province.insert(schools->second.begin(), schools->second.end());
    }
  }
  for (const directory::Member& member : map_->MembersOf(question.cluster_hint, question.day))
    asked.of_cluster.insert(member.school);
  for (const v1::LineageEvent* event : UndecidedOn(*map_, events_, question.day)) {
    asked.ended_undecided.insert(event->predecessors().begin(), event->predecessors().end());
    asked.presumed.insert(event->successors().begin(), event->successors().end());
  }
  return asked;
}

v1::ResolveSchoolNameResponse SchoolNames::Resolve(const SchoolQuestion& question) const {
  const Asked asked = WithWhatIsKnown(question);
  const std::vector<NameReading> readings = ReadSchoolName(question.text);
  const bool says_name = std::any_of(readings.begin(), readings.end(),
                                     [](const auto& reading) { return !reading.core.empty(); });
  std::vector<Candidate> candidates;
  if (says_name) {
    candidates = Found(readings, asked);
  } else if (!text::SearchFold(question.text).empty()) {
    candidates = Meant(asked);
  }
  KeepThoseThat(candidates, [](const Candidate& candidate) { return candidate.of_the_day; });
  // Every provincial school is called Trường Chính trị at times; no other kind is said of all.
  const std::string& kind = readings.front().kind;
  if (!kind.empty() && kind != kAnySchool && kind != kUsualKind)
    KeepThoseThat(candidates, [](const Candidate& candidate) { return candidate.same_kind; });
  ChooseBy(asked.of_province, v1::NAME_MATCH_REASON_PROVINCE_HINT, candidates);
  ChooseBy(asked.of_cluster, v1::NAME_MATCH_REASON_CLUSTER_HINT, candidates);
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::make_tuple(-a.match.score, a.school) < std::make_tuple(-b.match.score, b.school);
  });

  v1::ResolveSchoolNameResponse response;
  *response.mutable_as_of() = runtime::DayToProto(question.day);
  response.set_outcome(
      OutcomeOf(candidates.size(),
                !candidates.empty() && map_->Exists(candidates.front().school, question.day)));
  response.set_candidate_count(static_cast<int32_t>(candidates.size()));
  const auto most = static_cast<size_t>(UsualCandidates(question.max_candidates));
  for (size_t i = 0; i < std::min(candidates.size(), most); ++i)
    *response.add_candidates() = Shown(candidates[i], question.day);
  return response;
}

}  // namespace thidua::registry
