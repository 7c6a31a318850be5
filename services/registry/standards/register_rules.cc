#include "services/registry/standards/register_rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "services/registry/standards/partial_date.h"
#include "services/registry/standards/standard_rules.h"

namespace thidua::registry {
namespace {

using v1::StandardCase;
using v1::StandardRegisterEntry;

absl::CivilDay DayOr(bool given, const google::type::Date& date, absl::CivilDay otherwise) {
  return given ? runtime::DayFromProto(date).value_or(otherwise) : otherwise;
}

bool MayBeRecognised(const StandardCase& standard_case, absl::CivilDay day) {
  return standard_case.has_recognised_latest() &&
         DayOr(standard_case.has_recognised_earliest(), standard_case.recognised_earliest(),
               directory::kOpenStart) <= day;
}

bool HasBegun(const StandardCase& standard_case, absl::CivilDay day) {
  return std::any_of(standard_case.steps().begin(), standard_case.steps().end(),
                     [&](const v1::StandardStep& step) { return LastDayOf(step) <= day; });
}

bool MayHaveBegun(const StandardCase& standard_case, absl::CivilDay day) {
  return std::any_of(standard_case.steps().begin(), standard_case.steps().end(),
                     [&](const v1::StandardStep& step) { return DaysOf(step).first <= day; });
}

bool IsDocumented(const StandardCase& standard_case) {
  return std::any_of(standard_case.steps().begin(), standard_case.steps().end(),
                     [](const v1::StandardStep& step) {
                       return (step.type() == v1::STANDARD_STEP_TYPE_RECOGNISED ||
                               step.type() == v1::STANDARD_STEP_TYPE_CERTIFIED) &&
                              step.provenance().confidence() == v1::CONFIDENCE_DOCUMENTED;
                     });
}

void SetStanding(const StandardCase& standard_case, absl::CivilDay day,
                 StandardRegisterEntry& entry) {
  if (IsRecognised(standard_case, day)) {
    entry.set_standing(v1::STANDARD_STANDING_RECOGNISED);
    entry.set_provisional(!IsDocumented(standard_case));
    return;
  }
  entry.set_uncertain(MayBeRecognised(standard_case, day));
  if (HasBegun(standard_case, day)) {
    entry.set_standing(v1::STANDARD_STANDING_IN_PROGRESS);
    return;
  }
  entry.set_uncertain(entry.uncertain() || MayHaveBegun(standard_case, day));
  entry.set_standing(standard_case.predecessor_cases().empty()
                         ? v1::STANDARD_STANDING_NONE
                         : v1::STANDARD_STANDING_REASSESSMENT_DUE);
}

}  // namespace

bool IsRecognised(const StandardCase& standard_case, absl::CivilDay day) {
  return DayOr(standard_case.has_recognised_latest(), standard_case.recognised_latest(),
               directory::kOpenEnd) <= day;
}

CasesOfLevel::CasesOfLevel(int level, std::vector<StandardCase> cases) : level_(level) {
  cases_.reserve(cases.size());
  for (StandardCase& standard_case : cases) {
    std::string name = standard_case.name();
    cases_.emplace(std::move(name), std::move(standard_case));
  }
}

const StandardCase* CasesOfLevel::Find(const std::string& name) const {
  const auto found = cases_.find(name);
  return found == cases_.end() ? nullptr : &found->second;
}

StandardRegisterEntry CasesOfLevel::EntryOf(const std::string& school, absl::CivilDay day) const {
  StandardRegisterEntry entry;
  entry.set_school(school);
  entry.set_standing(v1::STANDARD_STANDING_NONE);
  const StandardCase* own = Find(CaseName(school, level_));
  if (own == nullptr) return entry;
  entry.set_standard_case(own->name());
  SetStanding(*own, day, entry);
  // Lineage has no cycles; a line that splits and joins again is walked once.
  std::set<std::string> seen;
  std::vector<const StandardCase*> line = {own};
  std::set<std::string> recognised;
  while (!line.empty()) {
    const StandardCase* later = line.back();
    line.pop_back();
    for (const std::string& name : later->predecessor_cases()) {
      const StandardCase* earlier = Find(name);
      if (earlier == nullptr || !seen.insert(name).second) continue;
      if (IsRecognised(*earlier, day)) recognised.insert(SchoolOf(name));
      line.push_back(earlier);
    }
  }
  for (const std::string& predecessor : recognised) entry.add_recognised_predecessors(predecessor);
  return entry;
}

void SetCounts(v1::StandardRegister& standard_register) {
  std::array<int, v1::StandardStanding_ARRAYSIZE> schools{};
  for (const StandardRegisterEntry& entry : standard_register.entries())
    ++schools[static_cast<size_t>(entry.standing())];
  standard_register.clear_counts();
  for (int standing = 1; standing < v1::StandardStanding_ARRAYSIZE; ++standing) {
    v1::StandingCount& count = *standard_register.add_counts();
    count.set_standing(static_cast<v1::StandardStanding>(standing));
    count.set_schools(schools[static_cast<size_t>(standing)]);
  }
}

}  // namespace thidua::registry
