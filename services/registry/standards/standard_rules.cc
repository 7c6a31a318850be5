#include "services/registry/standards/standard_rules.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/registry/schools/school_rules.h"
#include "services/registry/standards/partial_date.h"
#include "services/registry/standards/scheme_rules.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using google::protobuf::util::MessageDifferencer;
using v1::School;
using v1::StandardCase;
using v1::StandardScheme;
using v1::StandardStep;
using v1::StandardStepType;
using Steps = google::protobuf::RepeatedPtrField<StandardStep>;

// The steps that move a case are numbered in their order, from 1; what does not move it has none.
int RankOf(StandardStepType type) {
  return type <= v1::STANDARD_STEP_TYPE_CERTIFIED ? static_cast<int>(type) : 0;
}
constexpr int kAppraised = v1::STANDARD_STEP_TYPE_APPRAISED;
constexpr int kRecognised = v1::STANDARD_STEP_TYPE_RECOGNISED;

v1::StandardCaseState StateAfter(int rank) {
  return static_cast<v1::StandardCaseState>(v1::STANDARD_CASE_STATE_SCHEME_APPROVED + rank - 1);
}

bool IsReturn(const StandardStep& step) { return step.type() == v1::STANDARD_STEP_TYPE_RETURNED; }
bool Moves(const StandardStep& step) { return RankOf(step.type()) > 0 || IsReturn(step); }

std::string StateName(v1::StandardCaseState state) {
  constexpr size_t kPrefix = std::char_traits<char>::length("STANDARD_CASE_STATE_");
  return v1::StandardCaseState_Name(state).substr(kPrefix);
}

std::string StepName(StandardStepType type) {
  constexpr size_t kPrefix = std::char_traits<char>::length("STANDARD_STEP_TYPE_");
  return v1::StandardStepType_Name(type).substr(kPrefix);
}

std::string StepNameVi(StandardStepType type) {
  switch (type) {
    case v1::STANDARD_STEP_TYPE_SCHEME_APPROVED:
      return "phê duyệt đề án";
    case v1::STANDARD_STEP_TYPE_SELF_ASSESSED:
      return "tự đánh giá";
    case v1::STANDARD_STEP_TYPE_PROVINCIAL_ASSESSED:
      return "đánh giá cấp tỉnh";
    case v1::STANDARD_STEP_TYPE_SUBMITTED_TO_ACADEMY:
      return "trình Học viện";
    case v1::STANDARD_STEP_TYPE_SURVEYED:
      return "khảo sát";
    case v1::STANDARD_STEP_TYPE_APPRAISED:
      return "thẩm định";
    case v1::STANDARD_STEP_TYPE_RECOGNISED:
      return "công nhận";
    case v1::STANDARD_STEP_TYPE_CERTIFIED:
      return "trao bằng";
    case v1::STANDARD_STEP_TYPE_RETURNED:
      return "trả lại";
    default:
      return "báo cáo tiến độ";
  }
}

std::string StateNameVi(v1::StandardCaseState state) {
  switch (state) {
    case v1::STANDARD_CASE_STATE_PREPARING:
      return "đang xây dựng";
    case v1::STANDARD_CASE_STATE_REASSESSMENT_DUE:
      return "cần đánh giá lại";
    case v1::STANDARD_CASE_STATE_RETURNED:
      return "bị trả lại";
    default:
      return "đã " + StepNameVi(static_cast<StandardStepType>(
                         state - v1::STANDARD_CASE_STATE_SCHEME_APPROVED + 1));
  }
}

// The rank of the last step that holds: after a return, that of the one before the step to be done
// again.
int Reached(const StandardCase& standard_case) {
  int reached = 0;
  for (const StandardStep& step : standard_case.steps()) {
    reached =
        IsReturn(step) ? RankOf(step.returned_to()) - 1 : std::max(reached, RankOf(step.type()));
  }
  return reached;
}

absl::Status WrongState(const StandardCase& standard_case, StandardStepType action,
                        const std::string& needed, const std::string& needed_vi) {
  return contract::Refuse(Reason::REASON_WRONG_STATE,
                          {{"resource", standard_case.name()},
                           {"state", StateName(standard_case.state())},
                           {"state_vi", StateNameVi(standard_case.state())},
                           {"action", StepName(action)},
                           {"action_vi", StepNameVi(action)},
                           {"needed", needed},
                           {"needed_vi", needed_vi}});
}

absl::Status CheckNext(const StandardCase& standard_case, StandardStepType type) {
  const int rank = RankOf(type);
  if (rank == 0 || rank == Reached(standard_case) + 1) return absl::OkStatus();
  if (rank == 1)
    return WrongState(standard_case, type, "a case without steps", "hồ sơ chưa có bước nào");
  return WrongState(standard_case, type, StateName(StateAfter(rank - 1)),
                    StateNameVi(StateAfter(rank - 1)));
}

// The part of the history that a step of this rank belongs to: from the last return to it or to a
// step before it, up to the next return.
struct Round {
  int begin;
  int end;
};
Round RoundOf(const Steps& steps, int rank) {
  Round round{0, steps.size()};
  for (int i = steps.size() - 1; i >= 0; --i) {
    if (!IsReturn(steps.Get(i))) continue;
    if (RankOf(steps.Get(i).returned_to()) <= rank) {
      round.begin = i + 1;
      break;
    }
    round.end = i;
  }
  return round;
}

// Where a step goes: a step that moves the case before those of a higher order, anything else
// behind all that is not certainly later.
int PlaceFor(const StandardStep& step, const Steps& steps) {
  if (const int rank = RankOf(step.type()); rank > 0) {
    const Round round = RoundOf(steps, rank);
    for (int i = round.begin; i < round.end; ++i) {
      if (RankOf(steps.Get(i).type()) > rank) return i;
    }
    return round.end;
  }
  int place = steps.size();
  while (place > 0 && !IsReturn(step) && CertainlyAfter(steps.Get(place - 1), step)) --place;
  return place;
}

void Insert(StandardStep step, Steps* steps) {
  const int place = PlaceFor(step, *steps);
  *steps->Add() = std::move(step);
  std::rotate(steps->pointer_begin() + place, steps->pointer_begin() + steps->size() - 1,
              steps->pointer_begin() + steps->size());
}

absl::Status CheckOnce(const StandardCase& standard_case, const StandardStep& step) {
  for (const StandardStep& other : standard_case.steps()) {
    if (other.type() == step.type() && other.provenance().source() == step.provenance().source() &&
        other.has_date() == step.has_date() &&
        MessageDifferencer::Equals(other.date(), step.date())) {
      return contract::Refuse(
          Reason::REASON_ALREADY_EXISTS,
          {{"resource", absl::StrCat(standard_case.name(), ", ", StepName(step.type()))},
           {"resource_vi", absl::StrCat(standard_case.name(), ", ", StepNameVi(step.type()))}});
    }
  }
  const int rank = RankOf(step.type());
  if (rank == 0) return absl::OkStatus();
  const Round round = RoundOf(standard_case.steps(), rank);
  for (int i = round.begin; i < round.end; ++i) {
    if (standard_case.steps(i).type() != step.type()) continue;
    return BreaksRule(standard_case.name(),
                      absl::StrCat(StepName(step.type()), " is recorded already, as step ",
                                   standard_case.steps(i).number()),
                      absl::StrCat("đã ghi bước ", StepNameVi(step.type()), " ở bước số ",
                                   standard_case.steps(i).number()));
  }
  return absl::OkStatus();
}

// No step of the way is certainly later than one that comes after it.
absl::Status CheckOrder(const StandardCase& standard_case) {
  const Steps& steps = standard_case.steps();
  for (int later = 0; later < steps.size(); ++later) {
    if (!Moves(steps.Get(later))) continue;
    for (int earlier = 0; earlier < later; ++earlier) {
      if (!Moves(steps.Get(earlier)) || !CertainlyAfter(steps.Get(earlier), steps.Get(later)))
        continue;
      return BreaksRule(standard_case.name(),
                        absl::StrCat(StepName(steps.Get(later).type()), " on ",
                                     PartialDateText(steps.Get(later).date()),
                                     " would come before ", StepName(steps.Get(earlier).type()),
                                     " on ", PartialDateText(steps.Get(earlier).date())),
                        absl::StrCat("bước ", StepNameVi(steps.Get(later).type()), " ngày ",
                                     PartialDateText(steps.Get(later).date()), " lại trước bước ",
                                     StepNameVi(steps.Get(earlier).type()), " ngày ",
                                     PartialDateText(steps.Get(earlier).date())));
    }
  }
  return absl::OkStatus();
}

// Between which days the school was recognised. A certificate alone only says that it was by then.
void SetRecognition(StandardCase& standard_case, const School& school) {
  standard_case.clear_recognised_earliest();
  standard_case.clear_recognised_latest();
  if (Reached(standard_case) < kRecognised) return;
  const Period life = directory::PeriodOf(school).value_or(Period());
  DayRange recognised{life.from, life.to - 1};
  bool reached = false;
  for (const StandardStep& step : standard_case.steps()) {
    // Where a report of progress stands among the steps may be a guess.
    if (!Moves(step)) continue;
    const DayRange days = DaysOf(step);
    reached = reached || RankOf(step.type()) >= kRecognised;
    if (!reached || RankOf(step.type()) == kRecognised)
      recognised.first = std::max(recognised.first, days.first);
    if (!reached) continue;
    recognised.last = std::min(recognised.last, LastDayOf(step));
  }
  if (recognised.first != directory::kOpenStart)
    *standard_case.mutable_recognised_earliest() = runtime::DayToProto(recognised.first);
  *standard_case.mutable_recognised_latest() = runtime::DayToProto(recognised.last);
}

void SetState(StandardCase& standard_case) {
  const int reached = Reached(standard_case);
  const auto last =
      std::find_if(standard_case.steps().rbegin(), standard_case.steps().rend(), Moves);
  if (last == standard_case.steps().rend()) {
    standard_case.set_state(standard_case.predecessor_cases().empty()
                                ? v1::STANDARD_CASE_STATE_PREPARING
                                : v1::STANDARD_CASE_STATE_REASSESSMENT_DUE);
  } else {
    standard_case.set_state(IsReturn(*last) ? v1::STANDARD_CASE_STATE_RETURNED
                                            : StateAfter(reached));
  }
  standard_case.clear_unknown_steps();
  for (int rank = 1; rank < reached; ++rank) {
    const bool known =
        std::any_of(standard_case.steps().begin(), standard_case.steps().end(),
                    [&](const StandardStep& step) { return RankOf(step.type()) == rank; });
    if (!known) standard_case.add_unknown_steps(static_cast<StandardStepType>(rank));
  }
}

absl::Status CheckWithinLife(const StandardCase& standard_case, const School& school) {
  const absl::StatusOr<Period> life = directory::PeriodOf(school);
  if (!life.ok()) return life.status();
  for (const StandardStep& step : standard_case.steps()) {
    const DayRange days = DaysOf(step);
    if (days.last >= life->from && days.first < life->to) continue;
    return BreaksRule(standard_case.name(),
                      absl::StrCat("the school does not exist on the day of ",
                                   StepName(step.type()), ", ", PartialDateText(step.date())),
                      absl::StrCat("trường không tồn tại vào ngày của bước ",
                                   StepNameVi(step.type()), ", ", PartialDateText(step.date())));
  }
  return absl::OkStatus();
}

absl::StatusOr<StandardStep> CheckStep(StandardStep step, const StepGround& ground) {
  Violations violations;
  CheckProvenance(step.provenance(), "step.provenance", violations);
  if (step.has_counts()) {
    *step.mutable_counts() =
        CompleteCounts(step.counts(), ground.scheme.indicator_total(), "step.counts", violations);
  }
  if (!violations.empty()) return contract::RefuseFields(violations);
  return step;
}

absl::StatusOr<StandardCase> Settled(StandardCase standard_case, const StepGround& ground) {
  if (absl::Status status = CheckOrder(standard_case); !status.ok()) return status;
  SetState(standard_case);
  return Resettle(std::move(standard_case), ground.school);
}

absl::StatusOr<StandardCase> Append(StandardCase standard_case, StandardStep step,
                                    const StepGround& ground) {
  absl::StatusOr<StandardStep> checked = CheckStep(std::move(step), ground);
  if (!checked.ok()) return checked.status();
  checked->set_number(standard_case.steps_size() + 1);
  *checked->mutable_recorded_on() = runtime::DayToProto(ground.today);
  Insert(*std::move(checked), standard_case.mutable_steps());
  return Settled(std::move(standard_case), ground);
}

// What is done here is done by today, and a recognition by decision of the Academy's Director. A
// source is taken at its word: the registry's own day may be that of a rehearsal.
absl::StatusOr<StandardStep> DoneHere(StandardStep step, const StepGround& ground) {
  if (!step.has_date()) *step.mutable_date() = runtime::DayToProto(ground.today);
  Violations violations;
  if (DaysOf(step).first > ground.today)
    violations.push_back({"step.date", "is in the future", "ở tương lai"});
  if (step.type() == v1::STANDARD_STEP_TYPE_RECOGNISED && step.decision().number().empty()) {
    violations.push_back(
        {"step.decision.number", "is required for a recognition", "bắt buộc khi công nhận"});
  }
  if (!violations.empty()) return contract::RefuseFields(violations);
  return step;
}

}  // namespace

std::string CaseName(const std::string& school, int level) {
  return contract::Join({school, "standardCases", absl::StrCat("level-", level)});
}

std::string SchoolOf(const std::string& name) {
  return contract::Join({"schools", contract::SegmentAfter(name, "schools").value_or("")});
}

absl::StatusOr<StandardCase> OpenCase(const std::string& name, const StandardScheme& scheme) {
  if (name != CaseName(SchoolOf(name), scheme.level())) {
    return contract::RefuseFields(
        {{"scheme", absl::StrCat("is for level ", scheme.level(), ", the case is not"),
          absl::StrCat("dành cho mức ", scheme.level(), ", hồ sơ thì không")}});
  }
  StandardCase opened;
  opened.set_name(name);
  opened.set_scheme(scheme.name());
  opened.set_level(scheme.level());
  opened.set_state(v1::STANDARD_CASE_STATE_PREPARING);
  return opened;
}

absl::StatusOr<StandardCase> TakeStep(StandardCase standard_case, StandardStep step,
                                      const StepGround& ground) {
  if (absl::Status status = CheckNext(standard_case, step.type()); !status.ok()) return status;
  absl::StatusOr<StandardStep> done = DoneHere(std::move(step), ground);
  if (!done.ok()) return done.status();
  return Append(std::move(standard_case), *std::move(done), ground);
}

absl::StatusOr<StandardCase> RecordStep(StandardCase standard_case, StandardStep step,
                                        const StepGround& ground, bool allow_missing) {
  absl::Status status = CheckOnce(standard_case, step);
  if (status.ok() && !allow_missing) status = CheckNext(standard_case, step.type());
  if (!status.ok()) return status;
  return Append(std::move(standard_case), std::move(step), ground);
}

absl::StatusOr<StandardCase> ReturnTo(StandardCase standard_case, StandardStepType returned_to,
                                      StandardStep step, const StepGround& ground) {
  const int reached = Reached(standard_case);
  if (standard_case.state() == v1::STANDARD_CASE_STATE_RETURNED || reached == 0 ||
      reached > kAppraised) {
    return WrongState(standard_case, v1::STANDARD_STEP_TYPE_RETURNED,
                      "SCHEME_APPROVED to APPRAISED", "từ đã phê duyệt đề án đến đã thẩm định");
  }
  if (RankOf(returned_to) == 0 || RankOf(returned_to) > reached) {
    return contract::RefuseFields({{"returned_to", "is no step that the case has come to",
                                    "không phải là bước mà hồ sơ đã đạt tới"}});
  }
  step.set_type(v1::STANDARD_STEP_TYPE_RETURNED);
  step.set_returned_to(returned_to);
  absl::StatusOr<StandardStep> done = DoneHere(std::move(step), ground);
  if (!done.ok()) return done.status();
  return Append(std::move(standard_case), *std::move(done), ground);
}

absl::StatusOr<StandardCase> CorrectStep(StandardCase standard_case, int number, StandardStep step,
                                         const StepGround& ground) {
  Steps& steps = *standard_case.mutable_steps();
  const auto old = std::find_if(steps.begin(), steps.end(), [&](const StandardStep& recorded) {
    return recorded.number() == number;
  });
  if (old == steps.end()) {
    return contract::RefuseFields(
        {{"number", "is no step of the case", "không phải là bước của hồ sơ"}});
  }
  step.set_number(old->number());
  step.set_type(old->type());
  step.set_returned_to(old->returned_to());
  *step.mutable_recorded_on() = old->recorded_on();
  step.set_assessment(old->assessment());
  if (!old->assessment().empty()) *step.mutable_counts() = old->counts();
  absl::StatusOr<StandardStep> checked = CheckStep(std::move(step), ground);
  if (!checked.ok()) return checked.status();
  if (Moves(*checked)) {
    *old = *std::move(checked);
  } else {
    steps.erase(old);
    Insert(*std::move(checked), &steps);
  }
  return Settled(std::move(standard_case), ground);
}

bool IsBlank(const StandardCase& standard_case) { return standard_case.steps().empty(); }

absl::StatusOr<StandardCase> Resettle(StandardCase standard_case, const School& school) {
  if (absl::Status status = CheckWithinLife(standard_case, school); !status.ok()) return status;
  SetRecognition(standard_case, school);
  return standard_case;
}

StandardCase WithPredecessor(StandardCase standard_case, const std::string& predecessor,
                             const v1::LineageEvent& event) {
  auto& names = *standard_case.mutable_predecessor_cases();
  if (std::find(names.begin(), names.end(), predecessor) != names.end()) return standard_case;
  *names.Add() = predecessor;
  std::sort(names.begin(), names.end());
  standard_case.set_lineage_event(event.name());
  SetState(standard_case);
  return standard_case;
}

bool MakesSuccessors(const v1::LineageEvent& event) {
  return event.type() != v1::LINEAGE_EVENT_TYPE_RENAME;
}

}  // namespace thidua::registry
