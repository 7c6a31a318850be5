#include "services/awards/scoring/scheme_rules.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace thidua::awards {
namespace {

using contract::FieldViolation;

// Collects the faults of one scheme.
class Inspection {
 public:
  explicit Inspection(const v1::ScoringScheme& scheme) : scheme_(scheme) {}

  std::vector<FieldViolation> Run() {
    CheckRounding();
    CheckGroups();
    CheckCriteria();
    CheckTieBreak();
    return std::move(faults_);
  }

 private:
  void Fault(const std::string& field, std::string en, std::string vi) {
    faults_.push_back({absl::StrCat("scoring_scheme.", field), std::move(en), std::move(vi)});
  }

  // A number of the scheme, or a fault.
  std::optional<Decimal> Number(bool present, const google::type::Decimal& proto,
                                const std::string& field) {
    if (!present) {
      Fault(field, "is required", "bắt buộc");
      return std::nullopt;
    }
    const absl::StatusOr<Decimal> value = FromProto(proto);
    if (!value.ok()) {
      Fault(field, std::string(value.status().message()),
            "không phải là số thập phân, ví dụ 71.25");
      return std::nullopt;
    }
    if (FractionDigits(*value) > kMostFractionDigits) {
      Fault(field, absl::StrCat("has more than ", kMostFractionDigits, " digits behind the point"),
            absl::StrCat("có quá ", kMostFractionDigits, " chữ số thập phân"));
      return std::nullopt;
    }
    return *value;
  }

  std::optional<Decimal> PositiveNumber(bool present, const google::type::Decimal& proto,
                                        const std::string& field) {
    std::optional<Decimal> value = Number(present, proto, field);
    if (value.has_value() && *value <= Decimal()) {
      Fault(field, "must be above zero", "phải lớn hơn 0");
      return std::nullopt;
    }
    return value;
  }

  // Points that are given as they stand keep to the rounding, or a total would show digits that no
  // criterion shows.
  std::optional<Decimal> PositivePoints(bool present, const google::type::Decimal& proto,
                                        const std::string& field) {
    std::optional<Decimal> points = PositiveNumber(present, proto, field);
    if (points.has_value()) CheckGrid(*points, field);
    return points;
  }

  void CheckGrid(Decimal points, const std::string& field) {
    if (FractionDigits(points) <= scheme_.rounding().digits()) return;
    Fault(field,
          absl::StrCat("has more than the ", scheme_.rounding().digits(),
                       " digits that rounding keeps"),
          absl::StrCat("có quá ", scheme_.rounding().digits(),
                       " chữ số thập phân mà quy tắc làm tròn giữ lại"));
  }

  void CheckRounding() {
    if (scheme_.rounding().mode() == v1::ROUNDING_MODE_UNSPECIFIED)
      Fault("rounding.mode", "is required", "bắt buộc");
    if (scheme_.rounding().digits() < 0 || scheme_.rounding().digits() > kMostFractionDigits) {
      Fault("rounding.digits", "must be 0 to 6", "phải từ 0 đến 6");
    }
    if (scheme_.not_applicable_policy() == v1::NOT_APPLICABLE_POLICY_UNSPECIFIED) {
      Fault("not_applicable_policy", "is required", "bắt buộc");
    }
  }

  void CheckGroups() {
    for (int i = 0; i < scheme_.groups_size(); ++i) {
      const v1::CriterionGroup& group = scheme_.groups(i);
      const std::string field = absl::StrCat("groups[", i, "].");
      if (!groups_.emplace(group.group_id(), 0).second)
        Fault(field + "group_id", "occurs twice", "bị trùng");
      if (group.has_max_points()) PositivePoints(true, group.max_points(), field + "max_points");
    }
    for (const v1::Criterion& criterion : scheme_.criteria()) {
      if (auto group = groups_.find(criterion.group()); group != groups_.end()) ++group->second;
    }
    for (int i = 0; i < scheme_.groups_size(); ++i) {
      if (groups_.at(scheme_.groups(i).group_id()) == 0) {
        Fault(absl::StrCat("groups[", i, "]"), "has no criterion", "không có tiêu chí nào");
      }
    }
    if (std::all_of(scheme_.groups().begin(), scheme_.groups().end(),
                    [](const auto& group) { return group.bonus(); })) {
      Fault("groups", "has nothing but bonus groups", "chỉ có nhóm điểm thưởng");
    }
  }

  void CheckCriteria() {
    for (int i = 0; i < scheme_.criteria_size(); ++i)
      CheckCriterion(scheme_.criteria(i), absl::StrCat("criteria[", i, "]"));
  }

  void CheckCriterion(const v1::Criterion& criterion, const std::string& field) {
    if (!criteria_.insert(criterion.criterion_id()).second)
      Fault(field + ".criterion_id", "occurs twice", "bị trùng");
    if (!groups_.contains(criterion.group())) {
      Fault(field + ".group", "is no group of this scheme", "không phải là nhóm của bảng điểm này");
    }
    indicators_.insert(criterion.indicator());
    const std::optional<Decimal> most =
        PositivePoints(criterion.has_max_points(), criterion.max_points(), field + ".max_points");
    switch (criterion.rule_case()) {
      case v1::Criterion::kPerUnit:
        PositiveNumber(criterion.per_unit().has_points_per_unit(),
                       criterion.per_unit().points_per_unit(), field + ".per_unit.points_per_unit");
        break;
      case v1::Criterion::kLinear:
        PositiveNumber(criterion.linear().has_target(), criterion.linear().target(),
                       field + ".linear.target");
        break;
      case v1::Criterion::kStep:
        CheckSteps(criterion.step(), most, field + ".step.steps");
        break;
      case v1::Criterion::RULE_NOT_SET:
        Fault(field + ".rule", "is required: per_unit, linear or step",
              "bắt buộc: per_unit, linear hoặc step");
    }
  }

  void CheckSteps(const v1::StepRule& rule, std::optional<Decimal> most, const std::string& field) {
    if (rule.steps().empty()) Fault(field, "is required", "bắt buộc");
    std::optional<Decimal> threshold_before;
    std::optional<Decimal> points_before;
    for (int i = 0; i < rule.steps_size(); ++i) {
      const v1::PointStep& step = rule.steps(i);
      const std::string at = absl::StrCat(field, "[", i, "]");
      const std::optional<Decimal> threshold =
          PositiveNumber(step.has_at_least(), step.at_least(), at + ".at_least");
      const std::optional<Decimal> points =
          PositivePoints(step.has_points(), step.points(), at + ".points");
      if (threshold.has_value() && threshold_before.has_value() &&
          *threshold <= *threshold_before) {
        Fault(at + ".at_least", "must be above the step before", "phải lớn hơn bậc trước");
      }
      if (points.has_value() && points_before.has_value() && *points < *points_before) {
        Fault(at + ".points", "must not be below the step before", "không được nhỏ hơn bậc trước");
      }
      if (points.has_value() && most.has_value() && *points > *most) {
        Fault(at + ".points", "exceeds the criterion's max_points",
              "vượt quá điểm tối đa của tiêu chí");
      }
      if (threshold.has_value()) threshold_before = threshold;
      if (points.has_value()) points_before = points;
    }
  }

  void CheckTieBreak() {
    const int last = scheme_.tie_break_size() - 1;
    if (last < 0 || scheme_.tie_break(last).kind() != v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED) {
      Fault("tie_break", "must end in TIE_BREAK_KIND_RUN_OFF_REQUIRED",
            "bước cuối cùng phải là TIE_BREAK_KIND_RUN_OFF_REQUIRED (biểu quyết phân định)");
    }
    std::set<std::pair<int, std::string_view>> seen;
    for (int i = 0; i <= last; ++i) {
      const v1::TieBreakStep& step = scheme_.tie_break(i);
      const std::string field = absl::StrCat("tie_break[", i, "]");
      if (!seen.emplace(step.kind(), step.subject()).second)
        Fault(field, "occurs twice", "bị trùng");
      if (!NamesPartOfScheme(step)) {
        Fault(field + ".subject", "names nothing of this scheme that this kind of step can compare",
              "không phải là thành phần nào của bảng điểm này mà bước đó so sánh được");
      }
    }
  }

  bool NamesPartOfScheme(const v1::TieBreakStep& step) const {
    switch (step.kind()) {
      case v1::TIE_BREAK_KIND_CRITERION_POINTS:
        return criteria_.contains(step.subject());
      case v1::TIE_BREAK_KIND_GROUP_POINTS:
        return groups_.contains(step.subject());
      case v1::TIE_BREAK_KIND_INDICATOR_VALUE:
        return indicators_.contains(step.subject());
      case v1::TIE_BREAK_KIND_RUN_OFF_REQUIRED:
        return step.subject().empty();
      default:
        return false;
    }
  }

  const v1::ScoringScheme& scheme_;
  std::map<std::string_view, int> groups_;  // group_id → number of criteria
  std::set<std::string_view> criteria_;
  std::set<std::string_view> indicators_;
  std::vector<FieldViolation> faults_;
};

// How a state is called where people read.
struct StateName {
  v1::ScoringSchemeState state;
  const char* en;
  const char* vi;
};
constexpr StateName kStates[] = {
    {v1::SCORING_SCHEME_STATE_DRAFT, "DRAFT", "dự thảo"},
    {v1::SCORING_SCHEME_STATE_PUBLISHED, "PUBLISHED", "đã ban hành"},
    {v1::SCORING_SCHEME_STATE_FROZEN, "FROZEN", "đã khóa"},
    {v1::SCORING_SCHEME_STATE_RETIRED, "RETIRED", "hết hiệu lực"},
};

const StateName& NameOf(v1::ScoringSchemeState state) {
  return *std::find_if(std::begin(kStates), std::end(kStates) - 1,
                       [&](const StateName& name) { return name.state == state; });
}

absl::Status NeedState(const v1::ScoringScheme& scheme, std::string_view action,
                       std::string_view action_vi,
                       std::initializer_list<v1::ScoringSchemeState> needed) {
  if (std::find(needed.begin(), needed.end(), scheme.state()) != needed.end())
    return absl::OkStatus();
  std::string en;
  std::string vi;
  for (const v1::ScoringSchemeState state : needed) {
    absl::StrAppend(&en, en.empty() ? "" : " or ", NameOf(state).en);
    absl::StrAppend(&vi, vi.empty() ? "" : " hoặc ", NameOf(state).vi);
  }
  return contract::Refuse(access::v1::REASON_WRONG_STATE, {{"resource", scheme.name()},
                                                           {"state", NameOf(scheme.state()).en},
                                                           {"state_vi", NameOf(scheme.state()).vi},
                                                           {"action", std::string(action)},
                                                           {"action_vi", std::string(action_vi)},
                                                           {"needed", en},
                                                           {"needed_vi", vi}});
}

}  // namespace

std::vector<FieldViolation> FaultsOf(const v1::ScoringScheme& scheme) {
  return Inspection(scheme).Run();
}

absl::StatusOr<Decimal> MaxPoints(const v1::ScoringScheme& scheme) {
  Decimal most;
  for (const v1::CriterionGroup& group : scheme.groups()) {
    if (group.bonus()) continue;
    Decimal of_group;
    for (const v1::Criterion& criterion : scheme.criteria()) {
      if (criterion.group() != group.group_id()) continue;
      const absl::StatusOr<Decimal> points = FromProto(criterion.max_points());
      if (!points.ok()) return points.status();
      const absl::StatusOr<Decimal> sum = of_group.Plus(*points);
      if (!sum.ok()) return sum.status();
      of_group = *sum;
    }
    if (group.has_max_points()) {
      const absl::StatusOr<Decimal> cap = FromProto(group.max_points());
      if (!cap.ok()) return cap.status();
      of_group = std::min(of_group, *cap);
    }
    const absl::StatusOr<Decimal> sum = most.Plus(of_group);
    if (!sum.ok()) return sum.status();
    most = *sum;
  }
  return most;
}

absl::Status CheckMayChange(const v1::ScoringScheme& scheme) {
  if (scheme.state() == v1::SCORING_SCHEME_STATE_FROZEN) {
    return contract::Refuse(access::v1::REASON_SCHEME_FROZEN, {{"resource", scheme.name()}});
  }
  return NeedState(scheme, "changing it", "sửa", {v1::SCORING_SCHEME_STATE_DRAFT});
}

absl::Status CheckMayPublish(const v1::ScoringScheme& scheme) {
  return NeedState(scheme, "publishing it", "ban hành", {v1::SCORING_SCHEME_STATE_DRAFT});
}

absl::Status CheckMayRetire(const v1::ScoringScheme& scheme) {
  return NeedState(scheme, "retiring it", "bãi bỏ",
                   {v1::SCORING_SCHEME_STATE_PUBLISHED, v1::SCORING_SCHEME_STATE_FROZEN});
}

absl::Status CheckMayRank(const v1::ScoringScheme& scheme) {
  return NeedState(scheme, "ranking with it", "xếp hạng",
                   {v1::SCORING_SCHEME_STATE_PUBLISHED, v1::SCORING_SCHEME_STATE_FROZEN});
}

absl::Status CheckMayBeFollowed(const v1::ScoringScheme& scheme) {
  return NeedState(scheme, "making its next version", "lập phiên bản mới",
                   {v1::SCORING_SCHEME_STATE_PUBLISHED, v1::SCORING_SCHEME_STATE_FROZEN,
                    v1::SCORING_SCHEME_STATE_RETIRED});
}

}  // namespace thidua::awards
