#include "services/registry/programmes/programme_overview.h"

#include <set>
#include <string>
#include <utility>

#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/registry/programmes/activity_rules.h"
#include "services/registry/programmes/programme_rules.h"

namespace thidua::registry {
namespace {

void Count(v1::ActivityTiming timing, v1::ProgrammeOverview& overview) {
  switch (timing) {
    case v1::ACTIVITY_TIMING_DUE:
      return overview.set_due(overview.due() + 1);
    case v1::ACTIVITY_TIMING_LATE:
      return overview.set_late(overview.late() + 1);
    case v1::ACTIVITY_TIMING_DONE:
      return overview.set_done(overview.done() + 1);
    case v1::ACTIVITY_TIMING_CANCELLED:
      return overview.set_cancelled(overview.cancelled() + 1);
    default:
      return;
  }
}

void AddTitles(const std::set<std::string>& schools, const directory::SchoolMap& map,
               absl::CivilDay day, v1::ProgrammeOverview& overview) {
  for (const std::string& school : schools) {
    const std::string id = contract::SegmentAfter(school, "schools").value_or("");
    v1::SchoolTitle& title = *overview.add_schools();
    title.set_school(school);
    title.set_display_name(std::string(map.DisplayName(id, day)));
    title.set_short_name(std::string(map.ShortName(id, day)));
  }
}

}  // namespace

v1::ProgrammeOverview Overview(v1::Programme programme, std::vector<v1::ProgrammeText> texts,
                               std::vector<v1::Activity> activities,
                               const directory::SchoolMap& map, absl::CivilDay as_of) {
  v1::ProgrammeOverview overview;
  *overview.mutable_programme() = std::move(programme);
  *overview.mutable_as_of() = runtime::DayToProto(as_of);
  if (const auto* plan = TextInForce(texts, v1::PROGRAMME_TEXT_KIND_PLAN, as_of))
    *overview.mutable_plan() = *plan;
  if (const auto* bylaw = TextInForce(texts, v1::PROGRAMME_TEXT_KIND_BYLAW, as_of))
    *overview.mutable_bylaw() = *bylaw;
  for (v1::ProgrammeText& text : texts) {
    if (text.state() == v1::PROGRAMME_TEXT_STATE_DRAFT) *overview.add_drafts() = std::move(text);
  }
  std::set<std::string> schools;
  for (v1::Activity& activity : activities) {
    for (const auto& [school, role] : RolesIn(activity)) schools.insert(school);
    v1::ActivityStanding& standing = *overview.add_activities();
    standing.set_timing(TimingOf(activity, as_of));
    Count(standing.timing(), overview);
    *standing.mutable_activity() = std::move(activity);
  }
  AddTitles(schools, map, as_of, overview);
  return overview;
}

}  // namespace thidua::registry
