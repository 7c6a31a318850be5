#include "services/registry/programmes/activity_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/registry/programmes/programme_rules.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using google::type::Date;
using v1::Activity;
using v1::ActivityOutcome;
using v1::ActivityRole;
using v1::ActivityState;
using v1::Participant;
using Participants = google::protobuf::RepeatedPtrField<Participant>;

// A review may slip into January and heads are recognised from December on; what lies farther from
// the year of the programme is a slip of the pen.
constexpr int kYearsAround = 1;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

Period YearDays(int year) { return {absl::CivilDay(year, 1, 1), absl::CivilDay(year + 1, 1, 1)}; }

bool SameDate(const Date& a, const Date& b) {
  return a.year() == b.year() && a.month() == b.month() && a.day() == b.day();
}

bool IsOpen(const Activity& activity) {
  return activity.state() == v1::ACTIVITY_STATE_PLANNED ||
         activity.state() == v1::ACTIVITY_STATE_MOVED;
}

bool IsDone(const Activity& activity) { return activity.state() == v1::ACTIVITY_STATE_DONE; }

bool IsInspection(const Activity& activity) {
  return activity.kind() == v1::ACTIVITY_KIND_INSPECTION;
}

std::string StateNameVi(ActivityState state) {
  switch (state) {
    case v1::ACTIVITY_STATE_PLANNED:
      return "đã lên kế hoạch";
    case v1::ACTIVITY_STATE_MOVED:
      return "đã dời";
    case v1::ACTIVITY_STATE_DONE:
      return "đã thực hiện";
    case v1::ACTIVITY_STATE_CANCELLED:
      return "đã hủy";
    default:
      return "chưa rõ";
  }
}

absl::Status WrongState(const Activity& activity, const std::string& action,
                        const std::string& action_vi, const std::string& needed,
                        const std::string& needed_vi) {
  constexpr size_t kPrefix = std::char_traits<char>::length("ACTIVITY_STATE_");
  return contract::Refuse(Reason::REASON_WRONG_STATE,
                          {{"resource", activity.name()},
                           {"state", v1::ActivityState_Name(activity.state()).substr(kPrefix)},
                           {"state_vi", StateNameVi(activity.state())},
                           {"action", action},
                           {"action_vi", action_vi},
                           {"needed", needed},
                           {"needed_vi", needed_vi}});
}

absl::Status NotOpen(const Activity& activity, const std::string& action,
                     const std::string& action_vi) {
  return WrongState(activity, action, action_vi, "PLANNED or MOVED", "đã lên kế hoạch hoặc đã dời");
}

absl::Status Told(const Violations& violations) {
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

void CheckNearYear(const Date& date, int year, const std::string& path, Violations& violations) {
  if (std::abs(date.year() - year) <= kYearsAround) return;
  violations.push_back(
      {path, absl::StrCat("is too far from the year ", year), absl::StrCat("quá xa năm ", year)});
}

void CheckPlannedDate(const Date& date, int year, const std::string& path, Violations& violations) {
  if (date.year() == 0 || date.month() == 0) {
    violations.push_back({path, "needs its year and month", "cần có năm và tháng"});
    return;
  }
  CheckNearYear(date, year, path, violations);
}

// `path` ends before the field: "activity.participants[0].".
void CheckParticipant(const Participant& participant, const Activity& activity,
                      const std::string& path, Violations& violations) {
  if (participant.role() != v1::ACTIVITY_ROLE_CO_HOST &&
      participant.role() != v1::ACTIVITY_ROLE_PRESENTER &&
      participant.role() != v1::ACTIVITY_ROLE_PARTICIPANT) {
    violations.push_back({path + "role", "must be CO_HOST, PRESENTER or PARTICIPANT",
                          "phải là CO_HOST, PRESENTER hoặc PARTICIPANT"});
  }
  if (participant.mode() == v1::ACTIVITY_MODE_HYBRID) {
    violations.push_back({path + "mode", "of one school is IN_PERSON or ONLINE",
                          "của một trường là IN_PERSON hoặc ONLINE"});
  }
  if (participant.school() == activity.host()) {
    violations.push_back({path + "school", "is the host already", "đã là đơn vị đăng cai"});
  }
  if (IsInspection(activity) && participant.school() == activity.inspected_school()) {
    violations.push_back(
        {path + "school", "is the inspected school already", "đã là đơn vị được kiểm tra"});
  }
}

void CheckParticipants(const Participants& participants, const Activity& activity,
                       const std::string& path, Violations& violations) {
  std::set<std::string> seen;
  for (int i = 0; i < participants.size(); ++i) {
    const std::string at = absl::StrCat(path, "[", i, "].");
    CheckParticipant(participants.Get(i), activity, at, violations);
    if (!seen.insert(participants.Get(i).school()).second)
      violations.push_back({at + "school", "is named twice", "được nêu hai lần"});
  }
}

void CheckChairs(const Activity& activity, Violations& violations) {
  std::set<std::string> seen;
  for (int i = 0; i < activity.chairs_size(); ++i) {
    if (seen.insert(activity.chairs(i)).second) continue;
    violations.push_back(
        {absl::StrCat("activity.chairs[", i, "]"), "is named twice", "được nêu hai lần"});
  }
}

void CheckBridges(const Activity& activity, Violations& violations) {
  if (!activity.bridges().empty() && activity.mode() != v1::ACTIVITY_MODE_ONLINE &&
      activity.mode() != v1::ACTIVITY_MODE_HYBRID) {
    violations.push_back({"activity.bridges", "belong to an ONLINE or HYBRID activity",
                          "chỉ dùng cho hình thức ONLINE hoặc HYBRID"});
  }
  for (int i = 0; i < activity.bridges_size(); ++i) {
    if (activity.bridges(i).school().empty() != activity.bridges(i).place().empty()) continue;
    violations.push_back({absl::StrCat("activity.bridges[", i, "]"),
                          "give either the school or the place",
                          "cần nêu trường hoặc địa điểm, không cả hai"});
  }
}

void CheckInspectedYears(const Activity& activity, Violations& violations) {
  const auto& years = activity.inspected_years();
  if (years.empty()) {
    violations.push_back({"activity.inspected_years", "is required of an inspection",
                          "bắt buộc đối với việc kiểm tra"});
    return;
  }
  if (std::adjacent_find(years.begin(), years.end(), std::greater_equal<int>()) != years.end()) {
    violations.push_back({"activity.inspected_years", "must ascend", "phải theo thứ tự tăng dần"});
  }
  if (years.Get(years.size() - 1) > YearOf(activity.name())) {
    violations.push_back({"activity.inspected_years", "lie after the year of the programme",
                          "sau năm của chương trình"});
  }
}

void CheckInspection(const Activity& activity, Violations& violations) {
  const std::string& inspected = activity.inspected_school();
  if (!IsInspection(activity)) {
    if (!inspected.empty() || !activity.inspected_years().empty()) {
      violations.push_back({"activity.inspected_school", "belongs to an INSPECTION only",
                            "chỉ dùng cho việc kiểm tra"});
    }
    return;
  }
  CheckInspectedYears(activity, violations);
  if (inspected.empty()) {
    violations.push_back({"activity.inspected_school", "is required of an inspection",
                          "bắt buộc đối với việc kiểm tra"});
    return;
  }
  if (inspected == activity.host() ||
      std::count(activity.chairs().begin(), activity.chairs().end(), inspected) > 0) {
    violations.push_back(
        {"activity.inspected_school", "cannot inspect itself", "không thể tự kiểm tra chính mình"});
  }
}

void CheckEvidence(const ActivityOutcome& outcome, const std::string& path,
                   Violations& violations) {
  for (int i = 0; i < outcome.evidence_size(); ++i) {
    if (!outcome.evidence(i).uri().empty() || !outcome.evidence(i).document().empty()) continue;
    violations.push_back({absl::StrCat(path, ".evidence[", i, "]"),
                          "give where it can be read, or the document on record",
                          "cần nêu địa chỉ hoặc văn bản đã lưu"});
  }
}

void CheckOutcome(const Activity& activity, const std::string& path, absl::CivilDay today,
                  Violations& violations) {
  const ActivityOutcome& outcome = activity.outcome();
  const std::string held = path + ".held_date";
  if (outcome.held_date().year() == 0) {
    violations.push_back({held, "needs its year", "cần có năm"});
  } else {
    CheckNearYear(outcome.held_date(), YearOf(activity.name()), held, violations);
    if (DaysOf(outcome.held_date()).from > today)
      violations.push_back({held, "is after today", "là ngày trong tương lai"});
  }
  CheckParticipants(outcome.attendance(), activity, path + ".attendance", violations);
  CheckEvidence(outcome, path, violations);
  CheckProvenance(outcome.provenance(), path + ".provenance", violations);
}

// A school that was announced to take part and hosts after all has one role.
void SetHost(const std::string& host, Activity& activity) {
  activity.set_host(host);
  Participants& announced = *activity.mutable_participants();
  announced.erase(
      std::remove_if(announced.begin(), announced.end(),
                     [&](const Participant& participant) { return participant.school() == host; }),
      announced.end());
}

const Participants& PartakersOf(const Activity& activity) {
  const bool recorded = IsDone(activity) && !activity.outcome().attendance().empty();
  return recorded ? activity.outcome().attendance() : activity.participants();
}

}  // namespace

Period DaysOf(const Date& date) {
  if (date.month() == 0) return YearDays(date.year());
  if (date.day() == 0) {
    const absl::CivilMonth month(date.year(), date.month());
    return {absl::CivilDay(month), absl::CivilDay(month + 1)};
  }
  const absl::CivilDay day(date.year(), date.month(), date.day());
  return {day, day + 1};
}

Period PossibleDays(const Activity& activity) {
  if (activity.has_planned_date()) return DaysOf(activity.planned_date());
  if (activity.has_outcome()) return DaysOf(activity.outcome().held_date());
  return YearDays(YearOf(activity.name()));
}

std::string NextActivityId(v1::ActivityKind kind, const std::vector<Activity>& in_programme) {
  std::set<std::string> taken;
  for (const Activity& activity : in_programme)
    taken.insert(contract::SegmentAfter(activity.name(), "activities").value_or(""));
  constexpr size_t kPrefix = std::char_traits<char>::length("ACTIVITY_KIND_");
  const std::string word = absl::StrReplaceAll(
      absl::AsciiStrToLower(v1::ActivityKind_Name(kind).substr(kPrefix)), {{"_", "-"}});
  int number = 1;
  while (taken.contains(absl::StrCat(word, "-", number))) ++number;
  return absl::StrCat(word, "-", number);
}

Activity NewActivity(Activity activity) {
  activity.set_state(v1::ACTIVITY_STATE_PLANNED);
  activity.clear_earlier_dates();
  activity.clear_cancel_reason();
  return activity;
}

absl::Status CheckActivity(const Activity& activity, absl::CivilDay today) {
  Violations violations;
  if (activity.has_planned_date()) {
    CheckPlannedDate(activity.planned_date(), YearOf(activity.name()), "activity.planned_date",
                     violations);
  }
  CheckChairs(activity, violations);
  CheckParticipants(activity.participants(), activity, "activity.participants", violations);
  CheckBridges(activity, violations);
  CheckInspection(activity, violations);
  CheckProvenance(activity.provenance(), "activity.provenance", violations);
  if (IsDone(activity)) {
    CheckOutcome(activity, "activity.outcome", today, violations);
  } else if (activity.has_outcome()) {
    violations.push_back({"activity.outcome", "is recorded by CompleteActivity",
                          "được ghi bằng việc hoàn thành hoạt động"});
  }
  return Told(violations);
}

absl::Status CheckCorrection(const Activity& before, const Activity& after) {
  if (before.state() == v1::ACTIVITY_STATE_CANCELLED) {
    return WrongState(before, "a correction", "việc sửa", "PLANNED, MOVED or DONE",
                      "đã lên kế hoạch, đã dời hoặc đã thực hiện");
  }
  const bool same_date = before.has_planned_date() == after.has_planned_date() &&
                         SameDate(before.planned_date(), after.planned_date());
  if (same_date || before.state() == v1::ACTIVITY_STATE_PLANNED) return absl::OkStatus();
  return WrongState(before, "another planned date", "việc sửa ngày dự kiến", "PLANNED",
                    "đã lên kế hoạch");
}

Naming NamedIn(const Activity& activity) {
  Naming naming;
  naming.days = IsDone(activity) ? DaysOf(activity.outcome().held_date()) : PossibleDays(activity);
  for (const auto& [school, role] : RolesIn(activity)) {
    // Those that were announced and of whom nothing more is known may have ended before the day.
    const bool announced_only =
        IsDone(activity) && activity.outcome().attendance().empty() &&
        (role == v1::ACTIVITY_ROLE_CO_HOST || role == v1::ACTIVITY_ROLE_PRESENTER ||
         role == v1::ACTIVITY_ROLE_PARTICIPANT);
    if (!announced_only) naming.schools.insert(school);
  }
  for (const v1::Bridge& bridge : activity.bridges()) {
    if (!IsDone(activity) && !bridge.school().empty()) naming.schools.insert(bridge.school());
  }
  return naming;
}

absl::Status CheckExists(const Activity& activity, const v1::School& school, const Period& days) {
  const Period validity =
      directory::PeriodOf(school).value_or(Period{directory::kOpenStart, directory::kOpenStart});
  if (validity.Overlaps(days)) return absl::OkStatus();
  const std::string first = Text(days.from);
  const std::string last = Text(days.to - 1);
  if (first == last) {
    return BreaksRule(activity.name(), absl::StrCat(school.name(), " does not exist on ", first),
                      absl::StrCat(school.name(), " không tồn tại vào ngày ", first));
  }
  return BreaksRule(
      activity.name(), absl::StrCat(school.name(), " exists on no day from ", first, " to ", last),
      absl::StrCat(school.name(), " không tồn tại vào ngày nào từ ", first, " đến ", last));
}

absl::Status CheckInspectedIsMember(const Activity& activity,
                                    const std::vector<v1::Membership>& memberships) {
  const Period days = NamedIn(activity).days;
  const bool member =
      std::any_of(memberships.begin(), memberships.end(), [&](const v1::Membership& membership) {
        const absl::StatusOr<Period> period = directory::PeriodOf(membership);
        return membership.school() == activity.inspected_school() && period.ok() &&
               period->Overlaps(days);
      });
  if (member) return absl::OkStatus();
  return BreaksRule(
      activity.name(),
      absl::StrCat(activity.inspected_school(), " is not a member of the cluster then"),
      absl::StrCat(activity.inspected_school(), " khi đó không là thành viên cụm"));
}

absl::StatusOr<Activity> Join(Activity activity, const Participant& participant) {
  if (!IsOpen(activity)) return NotOpen(activity, "joining", "việc đăng ký tham dự");
  Violations violations;
  CheckParticipant(participant, activity, "", violations);
  if (absl::Status status = Told(violations); !status.ok()) return status;
  Participants& announced = *activity.mutable_participants();
  const auto there = std::find_if(
      announced.begin(), announced.end(),
      [&](const Participant& other) { return other.school() == participant.school(); });
  (there == announced.end() ? *announced.Add() : *there) = participant;
  return activity;
}

absl::StatusOr<Activity> Complete(Activity activity, const v1::CompleteActivityRequest& request,
                                  absl::CivilDay today) {
  if (!IsOpen(activity)) return NotOpen(activity, "completing it", "việc hoàn thành");
  activity.set_state(v1::ACTIVITY_STATE_DONE);
  *activity.mutable_outcome() = request.outcome();
  if (!request.host().empty()) SetHost(request.host(), activity);
  if (!request.chairs().empty()) *activity.mutable_chairs() = request.chairs();
  Violations violations;
  CheckOutcome(activity, "outcome", today, violations);
  CheckChairs(activity, violations);
  CheckInspection(activity, violations);
  if (absl::Status status = Told(violations); !status.ok()) return status;
  return activity;
}

absl::StatusOr<Activity> Move(Activity activity, const Date& planned_date,
                              const std::string& reason, absl::CivilDay today) {
  if (!IsOpen(activity)) return NotOpen(activity, "moving it", "việc dời");
  Violations violations;
  CheckPlannedDate(planned_date, YearOf(activity.name()), "planned_date", violations);
  if (absl::Status status = Told(violations); !status.ok()) return status;
  if (SameDate(activity.planned_date(), planned_date)) {
    return BreaksRule(activity.name(), "is planned for that date already",
                      "đã dự kiến vào thời gian đó");
  }
  v1::EarlierDate& earlier = *activity.add_earlier_dates();
  if (activity.has_planned_date()) *earlier.mutable_planned_date() = activity.planned_date();
  earlier.set_reason(reason);
  *earlier.mutable_move_date() = runtime::DayToProto(today);
  *activity.mutable_planned_date() = planned_date;
  activity.set_state(v1::ACTIVITY_STATE_MOVED);
  return activity;
}

absl::StatusOr<Activity> Succeed(Activity activity, const std::string& predecessor,
                                 const std::string& successor) {
  if (!IsOpen(activity)) return NotOpen(activity, "a succession", "việc kế thừa");
  if (activity.host() == predecessor) activity.set_host(successor);
  if (activity.inspected_school() == predecessor) activity.set_inspected_school(successor);
  auto& chairs = *activity.mutable_chairs();
  std::replace(chairs.begin(), chairs.end(), predecessor, successor);
  std::set<std::string> seen;
  chairs.erase(std::remove_if(chairs.begin(), chairs.end(),
                              [&](const std::string& chair) { return !seen.insert(chair).second; }),
               chairs.end());
  seen.clear();
  auto& participants = *activity.mutable_participants();
  for (v1::Participant& participant : participants) {
    if (participant.school() == predecessor) participant.set_school(successor);
  }
  participants.erase(std::remove_if(participants.begin(), participants.end(),
                                    [&](const v1::Participant& participant) {
                                      return !seen.insert(participant.school()).second;
                                    }),
                     participants.end());
  for (v1::Bridge& bridge : *activity.mutable_bridges()) {
    if (bridge.school() == predecessor) bridge.set_school(successor);
  }
  return activity;
}

absl::StatusOr<Activity> Cancel(Activity activity, const std::string& reason) {
  if (!IsOpen(activity)) return NotOpen(activity, "cancelling it", "việc hủy");
  activity.set_state(v1::ACTIVITY_STATE_CANCELLED);
  activity.set_cancel_reason(reason);
  return activity;
}

v1::ActivityTiming TimingOf(const Activity& activity, absl::CivilDay as_of) {
  if (activity.state() == v1::ACTIVITY_STATE_CANCELLED) return v1::ACTIVITY_TIMING_CANCELLED;
  if (IsDone(activity) && DaysOf(activity.outcome().held_date()).from <= as_of)
    return v1::ACTIVITY_TIMING_DONE;
  return PossibleDays(activity).to <= as_of ? v1::ACTIVITY_TIMING_LATE : v1::ACTIVITY_TIMING_DUE;
}

std::set<std::pair<std::string, ActivityRole>> RolesIn(const Activity& activity) {
  std::set<std::pair<std::string, ActivityRole>> roles;
  if (!activity.host().empty()) roles.emplace(activity.host(), v1::ACTIVITY_ROLE_HOST);
  for (const std::string& chair : activity.chairs()) roles.emplace(chair, v1::ACTIVITY_ROLE_CHAIR);
  if (!activity.inspected_school().empty())
    roles.emplace(activity.inspected_school(), v1::ACTIVITY_ROLE_INSPECTED);
  for (const Participant& participant : PartakersOf(activity))
    roles.emplace(participant.school(), participant.role());
  return roles;
}

v1::ActivitySummary Summarise(const std::string& programme, const std::vector<Activity>& activities,
                              const std::set<std::string>& members) {
  std::map<v1::ActivityKind, v1::ActivityCount> kinds;
  std::map<std::string, v1::SchoolActivityCount> schools;
  for (const Activity& activity : activities) {
    v1::ActivityCount& kind = kinds[activity.kind()];
    if (activity.state() == v1::ACTIVITY_STATE_CANCELLED) {
      kind.set_cancelled(kind.cancelled() + 1);
      continue;
    }
    const bool done = IsDone(activity);
    done ? kind.set_done(kind.done() + 1) : kind.set_open(kind.open() + 1);
    std::set<std::string> seen;
    for (const auto& [school, role] : RolesIn(activity)) {
      v1::SchoolActivityCount& count = schools[school];
      if (seen.insert(school).second)
        done ? count.set_done(count.done() + 1) : count.set_open(count.open() + 1);
      const bool hosts = role == v1::ACTIVITY_ROLE_HOST || role == v1::ACTIVITY_ROLE_CO_HOST;
      if (done && hosts) count.set_hosted(count.hosted() + 1);
      if (done && role == v1::ACTIVITY_ROLE_CHAIR) count.set_chaired(count.chaired() + 1);
    }
  }
  v1::ActivitySummary summary;
  summary.set_programme(programme);
  for (auto& [kind, count] : kinds) {
    count.set_kind(kind);
    *summary.add_kinds() = std::move(count);
  }
  for (auto& [school, count] : schools) {
    count.set_school(school);
    count.set_member(members.contains(school));
    *summary.add_schools() = std::move(count);
  }
  return summary;
}

}  // namespace thidua::registry
