#include "services/registry/successions/activity_succession.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/registry/programmes/activity_rules.h"
#include "services/registry/programmes/programme_rules.h"
#include "services/registry/successions/succession_rules.h"

namespace thidua::registry {
namespace {

using v1::Activity;
using v1::SuccessionItem;

constexpr int kRowsAtOnce = 500;

bool IsOpen(const Activity& activity) {
  return activity.state() == v1::ACTIVITY_STATE_PLANNED ||
         activity.state() == v1::ACTIVITY_STATE_MOVED;
}

}  // namespace

absl::StatusOr<std::vector<SuccessionItem>> ActivitySuccession::Find(
    database::Connection& connection, const v1::LineageEvent& event,
    const std::string& predecessor) const {
  ActivitiesAsked asked;
  asked.school = predecessor;
  asked.from = EffectiveDay(event);
  std::vector<SuccessionItem> items;
  contract::Parameters after;
  do {
    auto page = programmes_.activities().List(connection, ProgrammeStore::Matching(asked), after,
                                              kRowsAtOnce);
    if (!page.ok()) return page.status();
    for (const Activity& activity : page->resources) {
      if (!IsOpen(activity)) continue;
      SuccessionItem item =
          NewItem(event, v1::SUCCESSION_KIND_ACTIVITY, activity.name(), predecessor);
      item.set_text(absl::StrCat("a role in the planned activity: ", activity.title()));
      item.set_text_vi(absl::StrCat("vai trò trong hoạt động dự kiến: ", activity.title()));
      items.push_back(std::move(item));
    }
    after = std::move(page->next);
  } while (!after.empty());
  std::sort(items.begin(), items.end(), [](const SuccessionItem& a, const SuccessionItem& b) {
    return a.subject() < b.subject();
  });
  return items;
}

absl::Status ActivitySuccession::CarryOut(rpc::Mutation& mutation, const v1::LineageEvent&,
                                          v1::SuccessionFate& fate) const {
  if (fate.fate() == v1::FATE_CLOSE) return absl::OkStatus();
  database::Transaction& transaction = mutation.transaction();
  const std::string cluster = ClusterStore::ClusterOf(fate.subject());
  if (absl::Status status = clusters_.clusters().Touch(transaction, cluster); !status.ok())
    return status;
  const auto activity = programmes_.activities().Get(transaction.connection(), fate.subject());
  if (!activity.ok()) return activity.status();
  absl::StatusOr<Activity> changed = fate.fate() == v1::FATE_CANCEL
                                         ? Cancel(*activity, fate.reason())
                                         : Succeed(*activity, fate.predecessor(), fate.successor());
  if (!changed.ok()) return changed.status();
  if (fate.fate() == v1::FATE_TRANSFER) {
    const auto school = schools_.schools().Get(transaction.connection(), fate.successor());
    if (!school.ok()) return school.status();
    absl::Status status = CheckActivity(*changed, mutation.today());
    if (status.ok()) status = CheckExists(*changed, *school, PossibleDays(*changed));
    if (!status.ok()) return status;
    if (!changed->inspected_school().empty()) {
      const auto memberships = clusters_.MembershipsOfCluster(transaction.connection(), cluster);
      if (!memberships.ok()) return memberships.status();
      if (status = CheckInspectedIsMember(*changed, *memberships); !status.ok()) return status;
    }
    fate.add_continued_by(activity->name());
  }
  const bool cancelled = fate.fate() == v1::FATE_CANCEL;
  return programmes_
      .UpdateActivity(transaction, mutation.act(), *activity, *std::move(changed), activity->etag(),
                      {cancelled ? "CANCELLED" : "SUCCEEDED", fate.reason()})
      .status();
}

}  // namespace thidua::registry
