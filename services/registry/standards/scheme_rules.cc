#include "services/registry/standards/scheme_rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using google::protobuf::util::MessageDifferencer;
using v1::StandardCounts;
using v1::StandardCriterion;
using v1::StandardIndicator;
using v1::StandardScheme;

// How many indicators the scheme lists of each criterion, by its number.
std::map<int, int> ListedByCriterion(const StandardScheme& scheme) {
  std::map<int, int> listed;
  for (const StandardIndicator& indicator : scheme.indicators()) ++listed[indicator.criterion()];
  return listed;
}

void CheckCriteria(const StandardScheme& scheme, Violations& violations) {
  const std::map<int, int> listed = ListedByCriterion(scheme);
  int sum = 0;
  int unknown = 0;
  for (int i = 0; i < scheme.criteria_size(); ++i) {
    const StandardCriterion& criterion = scheme.criteria(i);
    const std::string path = absl::StrCat("standard_scheme.criteria[", i, "]");
    if (criterion.number() != i + 1) {
      violations.push_back(
          {path + ".number", absl::StrCat("must be ", i + 1), absl::StrCat("phải là ", i + 1)});
    }
    if (!criterion.has_indicator_total()) ++unknown;
    sum += criterion.indicator_total();
    const auto found = listed.find(criterion.number());
    const int number = found == listed.end() ? 0 : found->second;
    if (criterion.has_indicator_total() && number > criterion.indicator_total()) {
      violations.push_back({path + ".indicator_total",
                            absl::StrCat(number, " indicators are listed"),
                            absl::StrCat("đã liệt kê ", number, " chỉ tiêu")});
    }
  }
  // A criterion of unknown total has at least one indicator.
  const bool fits =
      unknown == 0 ? sum == scheme.indicator_total() : sum + unknown <= scheme.indicator_total();
  if (!fits) {
    violations.push_back({"standard_scheme.criteria",
                          absl::StrCat("their totals come to ", sum, " of ",
                                       scheme.indicator_total(), " indicators"),
                          absl::StrCat("tổng số chỉ tiêu của các tiêu chí là ", sum, " trên ",
                                       scheme.indicator_total())});
  }
}

void CheckIndicators(const StandardScheme& scheme, Violations& violations) {
  if (scheme.indicators_size() > scheme.indicator_total()) {
    violations.push_back(
        {"standard_scheme.indicators",
         absl::StrCat("lists ", scheme.indicators_size(), " of ", scheme.indicator_total()),
         absl::StrCat("liệt kê ", scheme.indicators_size(), " trên tổng số ",
                      scheme.indicator_total())});
  }
  std::set<std::string> codes;
  for (int i = 0; i < scheme.indicators_size(); ++i) {
    const StandardIndicator& indicator = scheme.indicators(i);
    const std::string path = absl::StrCat("standard_scheme.indicators[", i, "]");
    if (!codes.insert(indicator.code()).second)
      violations.push_back({path + ".code", "is there twice", "bị trùng"});
    if (indicator.criterion() > scheme.criteria_size()) {
      violations.push_back({path + ".criterion", "is no criterion of the scheme",
                            "không phải là tiêu chí của bộ này"});
    }
    if (indicator.has_provenance())
      CheckProvenance(indicator.provenance(), path + ".provenance", violations);
  }
}

absl::Status Frozen(const StandardScheme& scheme) {
  return contract::Refuse(Reason::REASON_SCHEME_FROZEN, {{"resource", scheme.name()}});
}

// Where an indicator is known from may change; what a school is judged by may not.
bool Keeps(const StandardIndicator& before, const StandardIndicator& after) {
  return before.criterion() == after.criterion() && before.text() == after.text() &&
         (!before.has_threshold() ||
          (after.has_threshold() &&
           MessageDifferencer::Equals(before.threshold(), after.threshold())));
}

}  // namespace

absl::Status CheckScheme(const StandardScheme& scheme) {
  Violations violations;
  CheckCriteria(scheme, violations);
  CheckIndicators(scheme, violations);
  CheckProvenance(scheme.provenance(), "standard_scheme.provenance", violations);
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

absl::Status CheckOnlyGrows(const StandardScheme& before, const StandardScheme& after) {
  if (before.indicator_total() != after.indicator_total() ||
      before.criteria_size() != after.criteria_size()) {
    return Frozen(before);
  }
  for (int i = 0; i < before.criteria_size(); ++i) {
    const StandardCriterion& was = before.criteria(i);
    const StandardCriterion& is = after.criteria(i);
    const bool keeps_total =
        !was.has_indicator_total() ||
        (is.has_indicator_total() && was.indicator_total() == is.indicator_total());
    if (was.display_name() != is.display_name() || !keeps_total) return Frozen(before);
  }
  for (const StandardIndicator& was : before.indicators()) {
    const auto is = std::find_if(
        after.indicators().begin(), after.indicators().end(),
        [&](const StandardIndicator& indicator) { return indicator.code() == was.code(); });
    if (is == after.indicators().end() || !Keeps(was, *is)) return Frozen(before);
  }
  return absl::OkStatus();
}

StandardCounts CompleteCounts(StandardCounts counts, int total, const std::string& path,
                              Violations& violations) {
  if (!counts.has_total()) counts.set_total(total);
  if (counts.total() != total) {
    violations.push_back({path + ".total", absl::StrCat("must be ", total, ", as in the scheme"),
                          absl::StrCat("phải là ", total, " như trong bộ chỉ tiêu")});
    return counts;
  }
  if (counts.has_met() && !counts.has_unmet()) counts.set_unmet(total - counts.met());
  if (counts.has_unmet() && !counts.has_met()) counts.set_met(total - counts.unmet());
  const bool known = counts.has_met();
  if (known && (counts.met() < 0 || counts.unmet() < 0 || counts.met() + counts.unmet() != total)) {
    violations.push_back({path,
                          absl::StrCat("met and unmet must add up to ", total, ", not ",
                                       counts.met(), " + ", counts.unmet()),
                          absl::StrCat("số đạt cộng số chưa đạt phải bằng ", total, ", không phải ",
                                       counts.met(), " + ", counts.unmet())});
    return counts;
  }
  const int most_met = known ? counts.met() : total;
  const int most_unmet = known ? counts.unmet() : total;
  if (counts.exceeded() > most_met) {
    violations.push_back({path + ".exceeded", absl::StrCat("is more than the ", most_met, " met"),
                          absl::StrCat("nhiều hơn ", most_met, " chỉ tiêu đạt")});
  }
  if (counts.near() > most_unmet) {
    violations.push_back({path + ".near", absl::StrCat("is more than the ", most_unmet, " unmet"),
                          absl::StrCat("nhiều hơn ", most_unmet, " chỉ tiêu chưa đạt")});
  }
  if (!known && counts.exceeded() + counts.near() > total) {
    violations.push_back({path, absl::StrCat("near and exceeded are more than ", total),
                          absl::StrCat("số gần đạt và số vượt nhiều hơn ", total)});
  }
  return counts;
}

}  // namespace thidua::registry
