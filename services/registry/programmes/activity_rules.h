// What must hold for the activities of a programme, and how they are counted. Pure, as
// programme_rules.
#ifndef THIDUA_SERVICES_REGISTRY_PROGRAMMES_ACTIVITY_RULES_H_
#define THIDUA_SERVICES_REGISTRY_PROGRAMMES_ACTIVITY_RULES_H_

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/directory/period.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/programme_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::registry {

// The days that a date with its year may mean: a day, a month or a year.
directory::Period DaysOf(const google::type::Date& date);

// The days on which an activity may take place: those of its planned date; of the day it was held
// where no plan is known; else of the whole year of its programme.
directory::Period PossibleDays(const v1::Activity& activity);

// "year-end-review-1": kind and the first number that no activity of the programme bears.
std::string NextActivityId(v1::ActivityKind kind, const std::vector<v1::Activity>& in_programme);

// A new activity: PLANNED, without what the verbs set.
v1::Activity NewActivity(v1::Activity activity);

// What an activity says by itself: dates, roles, bridges, inspection, outcome. BR-17: an inspection
// is done at another member.
absl::Status CheckActivity(const v1::Activity& activity, absl::CivilDay today);

// What may be corrected depends on the state: nothing of a CANCELLED activity, the planned date of
// a PLANNED one only.
absl::Status CheckCorrection(const v1::Activity& before, const v1::Activity& after);

// The schools that must exist, and the days of which one will do: of an activity DONE those that
// took part, when it was held; of another all that it names, when it may take place.
struct Naming {
  std::set<std::string> schools;
  directory::Period days;
};
Naming NamedIn(const v1::Activity& activity);
absl::Status CheckExists(const v1::Activity& activity, const v1::School& school,
                         const directory::Period& days);

// The inspected school is a member on one of the days. `memberships`: all of the cluster.
absl::Status CheckInspectedIsMember(const v1::Activity& activity,
                                    const std::vector<v1::Membership>& memberships);

// While PLANNED or MOVED: the school is announced, in the role and form given. BR-09: it need not
// be a member.
absl::StatusOr<v1::Activity> Join(v1::Activity activity, const v1::Participant& participant);

// PLANNED or MOVED → DONE. `host` and `chairs` of the request replace the planned ones when given.
absl::StatusOr<v1::Activity> Complete(v1::Activity activity,
                                      const v1::CompleteActivityRequest& request,
                                      absl::CivilDay today);

// PLANNED or MOVED → MOVED; the earlier date is kept.
absl::StatusOr<v1::Activity> Move(v1::Activity activity, const google::type::Date& planned_date,
                                  const std::string& reason, absl::CivilDay today);

// While PLANNED or MOVED: every role of a school that ended is its successor's, once.
absl::StatusOr<v1::Activity> Succeed(v1::Activity activity, const std::string& predecessor,
                                     const std::string& successor);

// PLANNED or MOVED → CANCELLED.
absl::StatusOr<v1::Activity> Cancel(v1::Activity activity, const std::string& reason);

v1::ActivityTiming TimingOf(const v1::Activity& activity, absl::CivilDay as_of);

// Who has which role: host, chairs, inspected, and those that took part; while that is not
// recorded, those announced.
std::set<std::pair<std::string, v1::ActivityRole>> RolesIn(const v1::Activity& activity);

// Each activity once for the cluster and once for each school in it. `members`: schools that are
// members on a day of the year.
v1::ActivitySummary Summarise(const std::string& programme,
                              const std::vector<v1::Activity>& activities,
                              const std::set<std::string>& members);

}  // namespace thidua::registry

#endif  // THIDUA_SERVICES_REGISTRY_PROGRAMMES_ACTIVITY_RULES_H_
