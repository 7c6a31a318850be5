#include "services/registry/schools/undecided_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"

namespace thidua::registry {
namespace {

bool IsPresumed(const v1::LineageEvent& event, absl::CivilDay day) {
  const absl::StatusOr<absl::CivilDay> effective = runtime::DayFromProto(event.effective_date());
  return effective.ok() && *effective <= day && event.type() != v1::LINEAGE_EVENT_TYPE_RENAME &&
         event.provenance().confidence() != v1::CONFIDENCE_DOCUMENTED;
}

}  // namespace

std::vector<const v1::LineageEvent*> UndecidedOn(const directory::SchoolMap& map,
                                                 const std::vector<const v1::LineageEvent*>& events,
                                                 absl::CivilDay day) {
  std::vector<const v1::LineageEvent*> undecided;
  // Latest first: whether an event's outcome stands depends on what came after it.
  std::set<std::string_view> before_undecided;
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    if (!IsPresumed(**event, day)) continue;
    const bool stands = std::any_of(
        (*event)->successors().begin(), (*event)->successors().end(), [&](const std::string& name) {
          return before_undecided.contains(name) ||
                 map.Exists(contract::SegmentAfter(name, "schools").value_or(""), day);
        });
    if (!stands) continue;
    undecided.push_back(*event);
    before_undecided.insert((*event)->predecessors().begin(), (*event)->predecessors().end());
  }
  std::reverse(undecided.begin(), undecided.end());
  return undecided;
}

}  // namespace thidua::registry
