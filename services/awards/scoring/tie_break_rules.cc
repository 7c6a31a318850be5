#include "services/awards/scoring/tie_break_rules.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/awards/scoring/points.h"

namespace thidua::awards {
namespace {

namespace reporting = ::thidua::reporting::v1;

// What one school shows in one step. No value stands behind every value.
struct Shown {
  std::optional<Decimal> value;
  bool exact = true;
};

absl::StatusOr<Shown> CriterionPoints(const v1::RankingEntry& entry, std::string_view criterion) {
  for (const v1::CriterionScore& score : entry.criterion_scores()) {
    if (score.criterion() != criterion) continue;
    if (!score.has_points()) return Shown{};
    const absl::StatusOr<Decimal> points = FromProto(score.points());
    if (!points.ok()) return points.status();
    return Shown{*points, score.exact()};
  }
  return absl::InternalError(absl::StrCat("no score for criterion ", std::string(criterion)));
}

absl::StatusOr<Shown> GroupPoints(const v1::RankingEntry& entry, std::string_view group) {
  for (const v1::GroupScore& score : entry.group_scores()) {
    if (score.group() != group) continue;
    if (!score.has_points()) return Shown{};
    const absl::StatusOr<Decimal> points = FromProto(score.points());
    if (!points.ok()) return points.status();
    return Shown{*points, score.exact()};
  }
  return absl::InternalError(absl::StrCat("no score for group ", std::string(group)));
}

absl::StatusOr<Shown> IndicatorValue(const v1::RankingEntry& entry, std::string_view indicator) {
  for (const v1::CriterionScore& score : entry.criterion_scores()) {
    if (score.figure().indicator() != indicator) continue;
    if (!score.figure().has_value()) return Shown{};
    const absl::StatusOr<Decimal> value = FromProto(score.figure().value());
    if (!value.ok()) return value.status();
    return Shown{*value, score.figure().qualifier() == reporting::QUALIFIER_EXACT};
  }
  return absl::InternalError(absl::StrCat("no figure for ", std::string(indicator)));
}

absl::StatusOr<Shown> Show(const v1::RankingEntry& entry, const v1::TieBreakStep& step) {
  switch (step.kind()) {
    case v1::TIE_BREAK_KIND_CRITERION_POINTS:
      return CriterionPoints(entry, step.subject());
    case v1::TIE_BREAK_KIND_GROUP_POINTS:
      return GroupPoints(entry, step.subject());
    case v1::TIE_BREAK_KIND_INDICATOR_VALUE:
      return IndicatorValue(entry, step.subject());
    default:
      return absl::InternalError("a tie-break step that compares nothing");
  }
}

// The schools by what they show, the highest value first, those without a value last.
using Places = std::map<std::optional<Decimal>, Tied, std::greater<>>;

class Chain {
 public:
  explicit Chain(const v1::ScoringScheme& scheme) : scheme_(scheme) {}

  absl::Status Break(const Tied& tied, int first_step) {
    v1::TieDecision decision;
    for (const v1::RankingEntry* entry : tied) decision.add_schools(entry->school());
    *decision.mutable_total_points() = tied.front()->total_points();
    for (int index = first_step; index < scheme_.tie_break_size(); ++index) {
      const v1::TieBreakStep& step = scheme_.tie_break(index);
      v1::TieTrial& trial = *decision.add_trials();
      *trial.mutable_step() = step;
      if (step.kind() == v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED)
        return LeaveToRunOff(tied, trial, decision);
      const absl::StatusOr<Places> places = Try(tied, step, trial);
      if (!places.ok()) return places.status();
      if (trial.outcome() == v1::TIE_OUTCOME_DECIDED) return Take(*places, index, decision);
    }
    return absl::InternalError("the tie-break chain does not end in RUN_OFF_REQUIRED");
  }

  TieBreak Result() && { return std::move(result_); }

 private:
  static absl::StatusOr<Places> Try(const Tied& tied, const v1::TieBreakStep& step,
                                    v1::TieTrial& trial) {
    Places places;
    bool exact = true;
    for (v1::RankingEntry* entry : tied) {
      const absl::StatusOr<Shown> shown = Show(*entry, step);
      if (!shown.ok()) return shown.status();
      v1::TieValue& value = *trial.add_values();
      value.set_school(entry->school());
      if (shown->value.has_value()) *value.mutable_value() = ToProto(*shown->value);
      value.set_exact(shown->exact);
      exact = exact && shown->exact;
      places[shown->value].push_back(entry);
    }
    trial.set_outcome(places.size() == 1
                          ? v1::TIE_OUTCOME_EQUAL
                          : (exact ? v1::TIE_OUTCOME_DECIDED : v1::TIE_OUTCOME_NOT_EXACT));
    return places;
  }

  absl::Status LeaveToRunOff(const Tied& tied, v1::TieTrial& trial,
                             const v1::TieDecision& decision) {
    trial.set_outcome(v1::TIE_OUTCOME_RUN_OFF_REQUIRED);
    for (v1::RankingEntry* entry : tied) entry->set_run_off_required(true);
    result_.tie_decisions.push_back(decision);
    result_.places.push_back(tied);
    return absl::OkStatus();
  }

  // What the deciding step left equal goes on with the next step.
  absl::Status Take(const Places& places, int step, const v1::TieDecision& decision) {
    result_.tie_decisions.push_back(decision);
    for (const auto& [value, place] : places) {
      if (place.size() == 1) {
        result_.places.push_back(place);
      } else if (absl::Status broken = Break(place, step + 1); !broken.ok()) {
        return broken;
      }
    }
    return absl::OkStatus();
  }

  const v1::ScoringScheme& scheme_;
  TieBreak result_;
};

}  // namespace

absl::StatusOr<TieBreak> BreakTie(const v1::ScoringScheme& scheme, const Tied& tied) {
  Chain chain(scheme);
  if (absl::Status broken = chain.Break(tied, 0); !broken.ok()) return broken;
  return std::move(chain).Result();
}

}  // namespace thidua::awards
