#include "services/awards/scoring/ranking_rules.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/document/digest.h"
#include "services/awards/scoring/criterion_rules.h"
#include "services/awards/scoring/points.h"
#include "services/awards/scoring/scheme_rules.h"
#include "services/awards/scoring/tie_break_rules.h"

namespace thidua::awards {
namespace {

namespace reporting = ::thidua::reporting::v1;

// Points that are added up, with the sum as people would write it: "19.40 + 15.00".
struct Sum {
  Decimal points;
  std::vector<std::string> terms;

  absl::Status Add(Decimal term, int digits) {
    const absl::StatusOr<Decimal> sum = points.Plus(term);
    if (!sum.ok()) return sum.status();
    points = *sum;
    terms.push_back(Fixed(term, digits));
    return absl::OkStatus();
  }

  std::string Text() const { return terms.empty() ? "0" : absl::StrJoin(terms, " + "); }
};

// What the groups come to that count towards the maximum, and the bonus groups.
struct Totals {
  Sum regular;
  Sum bonus;
  Decimal attainable;
};

class Scoring {
 public:
  explicit Scoring(const v1::ScoringScheme& scheme)
      : scheme_(scheme), digits_(scheme.rounding().digits()) {}

  absl::StatusOr<v1::RankingEntry> Score(const SchoolFigures& school) const {
    v1::RankingEntry entry;
    entry.set_school(school.school);
    entry.set_display_name(school.display_name);
    entry.set_exact(true);
    for (const v1::Criterion& criterion : scheme_.criteria()) {
      absl::StatusOr<v1::CriterionScore> score =
          ScoreCriterion(criterion, FigureOf(school, criterion.indicator()), scheme_.rounding());
      if (!score.ok()) return score.status();
      entry.set_exact(entry.exact() && score->exact());
      *entry.add_criterion_scores() = *std::move(score);
    }
    Totals totals;
    for (const v1::CriterionGroup& group : scheme_.groups()) {
      if (absl::Status scored = ScoreGroup(group, entry, totals); !scored.ok()) return scored;
    }
    if (absl::Status scored = SetTotal(totals, entry); !scored.ok()) return scored;
    return entry;
  }

 private:
  static v1::ScoredFigure FigureOf(const SchoolFigures& school, const std::string& indicator) {
    if (auto figure = school.figures.find(indicator); figure != school.figures.end())
      return figure->second;
    v1::ScoredFigure not_asked;
    not_asked.set_indicator(indicator);
    not_asked.set_state(reporting::FIGURE_STATE_NOT_APPLICABLE);
    return not_asked;
  }

  // Adds the group's score to the entry and its points to the totals.
  absl::Status ScoreGroup(const v1::CriterionGroup& group, v1::RankingEntry& entry,
                          Totals& totals) const {
    Sum sum;
    Decimal attainable;
    bool exact = true;
    for (int i = 0; i < scheme_.criteria_size(); ++i) {
      const v1::CriterionScore& score = entry.criterion_scores(i);
      if (scheme_.criteria(i).group() != group.group_id() || !score.has_points()) continue;
      exact = exact && score.exact();
      const absl::StatusOr<Decimal> points = FromProto(score.points());
      if (!points.ok()) return points.status();
      if (absl::Status added = sum.Add(*points, digits_); !added.ok()) return added;
      const absl::StatusOr<Decimal> most = FromProto(score.max_points());
      if (!most.ok()) return most.status();
      const absl::StatusOr<Decimal> reachable = attainable.Plus(*most);
      if (!reachable.ok()) return reachable.status();
      attainable = *reachable;
    }
    v1::GroupScore& score = *entry.add_group_scores();
    score.set_group(group.group_id());
    score.set_exact(exact);
    if (sum.terms.empty()) {
      score.set_arithmetic("không áp dụng: bỏ qua");
      return absl::OkStatus();
    }
    absl::StatusOr<Decimal> points = Capped(group, sum, score);
    if (!points.ok()) return points.status();
    if (group.bonus()) return totals.bonus.Add(*points, digits_);
    absl::StatusOr<Decimal> reachable = Capped(group, attainable);
    if (reachable.ok()) reachable = totals.attainable.Plus(*reachable);
    if (!reachable.ok()) return reachable.status();
    totals.attainable = *reachable;
    return totals.regular.Add(*points, digits_);
  }

  static absl::StatusOr<Decimal> Capped(const v1::CriterionGroup& group, Decimal points) {
    if (!group.has_max_points()) return points;
    const absl::StatusOr<Decimal> most = FromProto(group.max_points());
    if (!most.ok()) return most.status();
    return std::min(points, *most);
  }

  absl::StatusOr<Decimal> Capped(const v1::CriterionGroup& group, const Sum& sum,
                                 v1::GroupScore& score) const {
    const absl::StatusOr<Decimal> points = Capped(group, sum.points);
    if (!points.ok()) return points.status();
    *score.mutable_points() = ToProto(*points);
    const std::string worked =
        group.has_max_points()
            ? absl::StrCat("min(", group.max_points().value(), ", ", sum.Text(), ")")
            : sum.Text();
    score.set_arithmetic(absl::StrCat(worked, " = ", Fixed(*points, digits_)));
    return *points;
  }

  absl::Status SetTotal(const Totals& totals, v1::RankingEntry& entry) const {
    *entry.mutable_attainable_points() = ToProto(totals.attainable);
    absl::StatusOr<Decimal> most = MaxPoints(scheme_);
    if (!most.ok()) return most.status();
    const bool scaled =
        scheme_.not_applicable_policy() == v1::NOT_APPLICABLE_POLICY_LEAVE_OUT_AND_SCALE &&
        totals.attainable > Decimal() && totals.attainable < *most;
    absl::StatusOr<Decimal> total = totals.regular.points;
    std::string worked = totals.regular.Text();
    if (scaled) {
      total = Product(totals.regular.points, *most);
      if (total.ok())
        total = total->DividedBy(totals.attainable, digits_, ModeOf(scheme_.rounding()));
      if (totals.regular.terms.size() > 1) worked = absl::StrCat("(", worked, ")");
      worked = absl::StrCat(worked, " × ", most->ToString(), " / ", totals.attainable.ToString());
    }
    if (total.ok()) total = total->Plus(totals.bonus.points);
    if (!total.ok()) return total.status();
    if (!totals.bonus.terms.empty()) absl::StrAppend(&worked, " + ", totals.bonus.Text());
    *entry.mutable_total_points() = ToProto(*total);
    entry.set_arithmetic(absl::StrCat(worked, " = ", Fixed(*total, digits_)));
    return absl::OkStatus();
  }

  const v1::ScoringScheme& scheme_;
  const int digits_;
};

// The entries in the order of their schools, by total, the highest first.
absl::StatusOr<std::map<Decimal, Tied, std::greater<>>> ByTotal(
    std::vector<v1::RankingEntry>& entries) {
  std::map<Decimal, Tied, std::greater<>> by_total;
  for (v1::RankingEntry& entry : entries) {
    const absl::StatusOr<Decimal> total = FromProto(entry.total_points());
    if (!total.ok()) return total.status();
    by_total[*total].push_back(&entry);
  }
  return by_total;
}

// Gives the place its rank and takes its entries over.
void Place(const Tied& place, Order& order) {
  const int rank = static_cast<int>(order.entries.size()) + 1;
  for (v1::RankingEntry* entry : place) {
    entry->set_rank(rank);
    order.entries.push_back(*entry);
  }
}

}  // namespace

absl::StatusOr<Order> OrderSchools(const v1::ScoringScheme& scheme,
                                   const std::vector<SchoolFigures>& schools) {
  std::vector<v1::RankingEntry> entries;
  entries.reserve(schools.size());
  for (const SchoolFigures& school : schools) {
    absl::StatusOr<v1::RankingEntry> entry = Scoring(scheme).Score(school);
    if (!entry.ok()) return entry.status();
    entries.push_back(*std::move(entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& left, const auto& right) { return left.school() < right.school(); });
  const auto by_total = ByTotal(entries);
  if (!by_total.ok()) return by_total.status();
  Order order;
  for (const auto& [total, tied] : *by_total) {
    if (tied.size() == 1) {
      Place(tied, order);
      continue;
    }
    absl::StatusOr<TieBreak> tie = BreakTie(scheme, tied);
    if (!tie.ok()) return tie.status();
    for (const Tied& place : tie->places) Place(place, order);
    std::move(tie->tie_decisions.begin(), tie->tie_decisions.end(),
              std::back_inserter(order.tie_decisions));
  }
  return order;
}

std::string RankingName(std::string_view publication, std::string_view document_sha256,
                        std::string_view scheme) {
  constexpr size_t kDigits = 12;
  constexpr size_t kLongestId = 63;
  std::string readable =
      absl::StrCat(contract::SegmentAfter(publication, "windows").value_or(""), "-",
                   contract::SegmentAfter(publication, "publications").value_or(""))
          .substr(0, kLongestId - kDigits - 1);
  // The digest has a fixed length and names hold no line break, so the parts cannot run into one
  // another.
  const std::string inputs =
      document::Sha256(absl::StrCat(std::string(publication), "\n", std::string(scheme), "\n")
                           .append(document_sha256));
  return absl::StrCat("rankings/", readable, "-", document::Hex(inputs).substr(0, kDigits));
}

absl::StatusOr<v1::Ranking> Rank(const v1::ScoringScheme& scheme,
                                 const std::vector<SchoolFigures>& schools,
                                 std::string_view publication) {
  absl::StatusOr<Order> order = OrderSchools(scheme, schools);
  if (absl::IsOutOfRange(order.status()) || absl::IsInvalidArgument(order.status())) {
    return contract::Refuse(
        access::v1::REASON_RULE_VIOLATED,
        {{"resource", std::string(publication)},
         {"why", absl::StrCat("a figure cannot be scored exactly: ", order.status().message())},
         {"why_vi", "có số liệu không thể chấm điểm chính xác"}});
  }
  if (!order.ok()) return order.status();
  v1::Ranking ranking;
  ranking.set_scoring_scheme(scheme.name());
  ranking.set_scoring_scheme_version(scheme.version());
  ranking.set_sample(scheme.sample());
  *ranking.mutable_max_points() = scheme.max_points();
  for (v1::RankingEntry& entry : order->entries) *ranking.add_entries() = std::move(entry);
  for (v1::TieDecision& tie : order->tie_decisions) *ranking.add_tie_decisions() = std::move(tie);
  return ranking;
}

}  // namespace thidua::awards
