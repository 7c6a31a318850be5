#include "services/registry/identifiers/identifier_resolution_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/registry/identifiers/identifier_rules.h"

namespace thidua::registry {
namespace {

using directory::Period;
using directory::SchoolMap;
using v1::SchoolIdentifier;

// An answer in the making.
class Answer {
 public:
  Answer(const SchoolIdentifier& asked, const IdentifierFacts& facts, const SchoolMap& map,
         absl::CivilDay day)
      : asked_(asked), facts_(facts), map_(map), day_(day) {}

  v1::ResolvedIdentifier Give() && {
    *answer_.mutable_identifier() = asked_;
    answer_.mutable_identifier()->set_state(StateOf(asked_));
    answer_.set_school(SchoolOf(asked_));
    answer_.set_display_name(DisplayName(answer_.school()));
    *answer_.mutable_as_of() = runtime::DayToProto(day_);
    if (IsCurrent(asked_)) {
      AddCandidate(asked_, v1::IDENTIFIER_BASIS_SAME_CODE);
    } else {
      WarnOfState();
      Follow();
    }
    Finish();
    return std::move(answer_);
  }

 private:
  v1::SchoolIdentifierState StateOf(const SchoolIdentifier& identifier) const {
    return StateOn(InUse(identifier, facts_.scheme, map_), day_);
  }
  bool IsCurrent(const SchoolIdentifier& identifier) const {
    return StateOf(identifier) == v1::SCHOOL_IDENTIFIER_STATE_CURRENT;
  }
  std::string DisplayName(const std::string& school) const {
    return std::string(
        map_.DisplayName(contract::SegmentAfter(school, "schools").value_or(""), day_));
  }

  void Warn(v1::IdentifierWarningReason reason, const std::string& resource, std::string text,
            std::string text_vi) {
    v1::IdentifierWarning& warning = *answer_.add_warnings();
    warning.set_reason(reason);
    warning.set_resource(resource);
    warning.set_text(std::move(text));
    warning.set_text_vi(std::move(text_vi));
  }

  // Why the code is not in use on the day: the first of its ends.
  void WarnOfState() {
    const Period in_use = InUse(asked_, facts_.scheme, map_);
    const std::string& code = asked_.code();
    if (day_ < in_use.from) {
      const std::string from = absl::FormatCivilTime(in_use.from);
      Warn(v1::IDENTIFIER_WARNING_REASON_NOT_YET_IN_USE, asked_.name(),
           absl::StrCat(code, " is in use only from ", from),
           absl::StrCat("mã ", code, " chỉ dùng từ ", from));
      return;
    }
    const std::string end = absl::FormatCivilTime(in_use.to);
    if (asked_.has_valid_to() && directory::PeriodOf(asked_)->to == in_use.to) {
      Warn(v1::IDENTIFIER_WARNING_REASON_RETIRED, asked_.name(),
           absl::StrCat(code, " is not in use any more from ", end),
           absl::StrCat("mã ", code, " hết dùng từ ", end));
    } else if (facts_.scheme.has_valid_to() &&
               directory::PeriodOf(facts_.scheme)->to == in_use.to) {
      Warn(v1::IDENTIFIER_WARNING_REASON_SCHEME_ENDED, facts_.scheme.name(),
           absl::StrCat("nobody retired ", code, ", but its scheme ended on ", end),
           absl::StrCat("chưa ai cho mã ", code, " hết dùng, nhưng hệ mã đã chấm dứt từ ", end));
    } else {
      Warn(v1::IDENTIFIER_WARNING_REASON_SCHOOL_ENDED, SchoolOf(asked_),
           absl::StrCat("nobody retired ", code, ", but its school ended on ", end),
           absl::StrCat("chưa ai cho mã ", code, " hết dùng, nhưng trường đã kết thúc từ ", end));
    }
  }

  // The named successors as far as they lead; where they do not lead to a code in use, the school
  // of the last one.
  void Follow() {
    const SchoolIdentifier* at = &asked_;
    std::set<std::string> seen = {at->name()};
    while (StateOf(*at) == v1::SCHOOL_IDENTIFIER_STATE_RETIRED && !at->successor().empty()) {
      const auto next = facts_.identifiers.find(at->successor());
      if (next == facts_.identifiers.end() || !seen.insert(next->first).second) break;
      NoteProvenance(*at);
      at = &next->second;
    }
    if (IsCurrent(*at)) {
      AddCandidate(*at, v1::IDENTIFIER_BASIS_NAMED_SUCCESSOR);
    } else {
      FollowSchool(SchoolOf(*at));
    }
  }

  void FollowSchool(const std::string& school) {
    const directory::Resolution resolution =
        map_.Resolve(contract::SegmentAfter(school, "schools").value_or(""), day_);
    for (const v1::LineageEvent* event : resolution.events) {
      if (event->provenance().confidence() != v1::CONFIDENCE_DOCUMENTED)
        provisional_.insert(event->name());
    }
    for (const std::string_view id : resolution.schools) {
      const std::string name = contract::Join({"schools", id});
      const SchoolIdentifier* current = CurrentOf(name);
      if (current != nullptr) {
        AddCandidate(*current, name == SchoolOf(asked_) ? v1::IDENTIFIER_BASIS_SAME_SCHOOL
                                                        : v1::IDENTIFIER_BASIS_LINEAGE);
        continue;
      }
      const std::string display = DisplayName(name);
      Warn(v1::IDENTIFIER_WARNING_REASON_SCHOOL_WITHOUT_CODE, name,
           absl::StrCat(display, " (", name, ") has no code of the scheme on that day"),
           absl::StrCat(display, " (", name, ") không có mã thuộc hệ này vào ngày đó"));
    }
  }

  // The school's code of the scheme in use on the day; null when it has none.
  const SchoolIdentifier* CurrentOf(const std::string& school) const {
    const std::string prefix = absl::StrCat(school, "/");
    for (auto it = facts_.identifiers.lower_bound(prefix);
         it != facts_.identifiers.end() && absl::StartsWith(it->first, prefix); ++it) {
      if (IsCurrent(it->second)) return &it->second;
    }
    return nullptr;
  }

  void AddCandidate(const SchoolIdentifier& identifier, v1::IdentifierBasis basis) {
    v1::IdentifierCandidate& candidate = *answer_.add_candidates();
    candidate.set_identifier(identifier.name());
    candidate.set_code(identifier.code());
    candidate.set_school(SchoolOf(identifier));
    candidate.set_display_name(DisplayName(candidate.school()));
    candidate.set_basis(basis);
    NoteProvenance(identifier);
  }

  void NoteProvenance(const SchoolIdentifier& identifier) {
    if (identifier.provenance().confidence() != v1::CONFIDENCE_DOCUMENTED)
      provisional_.insert(identifier.name());
  }

  void Finish() {
    auto& candidates = *answer_.mutable_candidates();
    std::sort(candidates.begin(), candidates.end(), [](const auto& one, const auto& other) {
      return one.identifier() < other.identifier();
    });
    if (candidates.size() > 1) {
      Warn(v1::IDENTIFIER_WARNING_REASON_SEVERAL_CANDIDATES, asked_.name(),
           absl::StrCat(candidates.size(),
                        " codes may stand for it; which one is meant is not known"),
           absl::StrCat("có ", candidates.size(), " mã có thể thay; chưa rõ là mã nào"));
    } else if (candidates.empty()) {
      Warn(v1::IDENTIFIER_WARNING_REASON_NO_CANDIDATE, asked_.name(),
           "no code in use on that day is known to stand for it",
           "chưa rõ mã nào đang dùng vào ngày đó thay cho mã này");
    }
    for (const std::string& name : provisional_) {
      Warn(v1::IDENTIFIER_WARNING_REASON_PROVISIONAL, name, absl::StrCat(name, " is provisional"),
           absl::StrCat(name, " là dữ kiện tạm thời"));
    }
  }

  const SchoolIdentifier& asked_;
  const IdentifierFacts& facts_;
  const SchoolMap& map_;
  const absl::CivilDay day_;
  v1::ResolvedIdentifier answer_;
  std::set<std::string> provisional_;  // facts on the way, by name
};

}  // namespace

std::string SchoolOf(const SchoolIdentifier& identifier) {
  return contract::Join(
      {"schools", contract::SegmentAfter(identifier.name(), "schools").value_or("")});
}

Period InUse(const SchoolIdentifier& identifier, const v1::IdentifierScheme& scheme,
             const SchoolMap& map) {
  const v1::School* school =
      map.School(contract::SegmentAfter(identifier.name(), "schools").value_or(""));
  return InUse(identifier,
               school == nullptr ? Period() : directory::PeriodOf(*school).value_or(Period()),
               directory::PeriodOf(scheme).value_or(Period()));
}

std::vector<std::string> SuccessorsToRead(const IdentifierFacts& facts) {
  std::set<std::string> names;
  for (const auto& [name, identifier] : facts.identifiers) {
    if (!identifier.successor().empty() && !facts.identifiers.contains(identifier.successor()))
      names.insert(identifier.successor());
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> SchoolsToRead(const IdentifierFacts& facts, const SchoolMap& map,
                                       absl::CivilDay day) {
  std::set<std::string> schools;
  for (const auto& [name, identifier] : facts.identifiers) {
    if (InUse(identifier, facts.scheme, map).Contains(day)) continue;
    const directory::Resolution resolution =
        map.Resolve(contract::SegmentAfter(name, "schools").value_or(""), day);
    for (const std::string_view school : resolution.schools)
      schools.insert(contract::Join({"schools", school}));
  }
  return {schools.begin(), schools.end()};
}

v1::ResolvedIdentifier Resolve(const SchoolIdentifier& asked, const IdentifierFacts& facts,
                               const SchoolMap& map, absl::CivilDay day) {
  return Answer(asked, facts, map, day).Give();
}

}  // namespace thidua::registry
