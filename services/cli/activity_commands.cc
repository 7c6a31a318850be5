// `thidua activity`: what clusters plan, move, cancel and do.
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/partial_date.h"
#include "services/cli/programme_text.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "services/cli/window_form.h"
#include "thidua/registry/v1/programme_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) {
  return "thidua.registry.v1.ProgrammeService." + name;
}

// The operands CLUSTER, YEAR and ACTIVITY.
std::string NameAskedFor(const Session& session) {
  const std::vector<std::string>& words = session.arguments().words();
  return absl::StrCat(ProgrammeName(words[0], words[1]), "/activities/", IdOf(words[2]));
}

absl::StatusOr<Activity> Get(Session& session) {
  GetActivityRequest request;
  request.set_name(NameAskedFor(session));
  return session.Call<Activity>(Method("GetActivity"), request);
}

std::string ParticipantText(const Session& session, const Participant& participant) {
  std::string text = absl::StrCat(IdOf(participant.school()), " (",
                                  RoleText(participant.role(), session.vietnamese()));
  if (participant.mode() != ACTIVITY_MODE_UNSPECIFIED)
    absl::StrAppend(&text, ", ", ModeText(participant.mode(), session.vietnamese()));
  return text + ")";
}

std::string BridgeText(const Bridge& bridge) {
  return bridge.school().empty() ? bridge.place() : IdOf(bridge.school());
}

// The parts of a list, one after another.
template <class Parts, class Tell>
std::string Joined(const Parts& parts, Tell tell) {
  return absl::StrJoin(parts, "; ",
                       [&](std::string* out, const auto& part) { out->append(tell(part)); });
}

void PrintOutcome(const Session& session, const ActivityOutcome& outcome) {
  const auto line = [&](std::string_view english, std::string_view vietnamese,
                        const std::string& value) {
    if (!value.empty()) std::cout << session.Say(english, vietnamese) << value << "\n";
  };
  line("  held         ", "  tổ chức       ",
       PartialDateText(outcome.held_date(), session.vietnamese()));
  line("  attendance   ", "  đã tham dự    ",
       Joined(outcome.attendance(), [&](const Participant& participant) {
         return ParticipantText(session, participant);
       }));
  line("  conclusions  ", "  kết luận      ", outcome.conclusions());
  for (const ActivityEvidence& evidence : outcome.evidence()) {
    line("  evidence     ", "  minh chứng    ",
         absl::StrCat(evidence.title(), ": ",
                      evidence.uri().empty() ? evidence.document() : evidence.uri()));
  }
  line("  held, source ", "  nguồn kết quả ", outcome.provenance().source());
}

void Print(const Session& session, const Activity& activity) {
  const bool vietnamese = session.vietnamese();
  const auto line = [&](std::string_view english, std::string_view in_vietnamese,
                        const std::string& value) {
    if (!value.empty()) std::cout << session.Say(english, in_vietnamese) << value << "\n";
  };
  std::cout << activity.title() << " (" << activity.name() << ")\n";
  line("  kind         ", "  loại          ", KindText(activity.kind(), vietnamese));
  line("  state        ", "  trạng thái    ", StateText(activity.state(), vietnamese));
  line("  topic        ", "  chủ đề        ", activity.topic());
  line("  task         ", "  nhiệm vụ      ", activity.task());
  line("  planned      ", "  dự kiến       ", PartialDateText(activity.planned_date(), vietnamese));
  for (const EarlierDate& earlier : activity.earlier_dates()) {
    line("  before       ", "  trước đó      ",
         absl::StrCat(PartialDateText(earlier.planned_date(), vietnamese), ": ", earlier.reason(),
                      " (", DayText(session, earlier.move_date()), ")"));
  }
  line("  cancelled    ", "  lý do hủy     ", activity.cancel_reason());
  line("  host         ", "  đăng cai      ", IdOf(activity.host()));
  line("  chairs       ", "  chủ trì       ", Joined(activity.chairs(), IdOf));
  line("  inspected    ", "  được kiểm tra ", IdOf(activity.inspected_school()));
  line("  years        ", "  các năm       ", absl::StrJoin(activity.inspected_years(), ", "));
  line("  mode         ", "  hình thức     ", ModeText(activity.mode(), vietnamese));
  line("  bridges      ", "  điểm cầu      ", Joined(activity.bridges(), BridgeText));
  line("  announced    ", "  đăng ký dự    ",
       Joined(activity.participants(), [&](const Participant& participant) {
         return ParticipantText(session, participant);
       }));
  if (activity.has_outcome()) PrintOutcome(session, activity.outcome());
  line("  source       ", "  nguồn         ", activity.provenance().source());
  line("  certainty    ", "  độ tin cậy    ", ProvenanceText(session, activity.provenance()));
}

int Shown(Session& session, const absl::StatusOr<Activity>& activity) {
  return Answered(session, activity, [&](const Activity& shown) { Print(session, shown); });
}

int Show(Session& session) { return Shown(session, Get(session)); }

absl::Status TakeDay(const Arguments& arguments, const char* flag, google::type::Date* date) {
  auto day = arguments.Day(flag);
  if (!day.ok()) return day.status();
  if (day->has_value()) *date = runtime::DayToProto(**day);
  return absl::OkStatus();
}

absl::Status TakeFilters(const Arguments& arguments, ListActivitiesRequest& request) {
  std::vector<std::string> conditions;
  if (const auto word = arguments.Flag("kind"); word.has_value()) {
    const auto kind = ReadActivityKind(*word);
    if (!kind.ok()) return kind.status();
    conditions.push_back("kind = " + ActivityKind_Name(*kind));
  }
  if (const auto word = arguments.Flag("state"); word.has_value()) {
    const auto state = ReadActivityState(*word);
    if (!state.ok()) return state.status();
    conditions.push_back("state = " + ActivityState_Name(*state));
  }
  request.set_filter(absl::StrJoin(conditions, " AND "));
  if (const auto school = arguments.Flag("school"); school.has_value())
    request.set_school(Named("schools", *school));
  absl::Status status;
  if (arguments.Switch("from")) status = TakeDay(arguments, "from", request.mutable_planned_from());
  if (status.ok() && arguments.Switch("to"))
    status = TakeDay(arguments, "to", request.mutable_planned_to());
  if (status.ok() && arguments.Switch("overdue"))
    status = TakeDay(arguments, "overdue", request.mutable_overdue_as_of());
  return status;
}

int List(Session& session) {
  const Arguments& arguments = session.arguments();
  ListActivitiesRequest request;
  request.set_page_size(500);
  request.set_parent(
      ProgrammeName(arguments.Flag("cluster").value_or("-"), arguments.Flag("year").value_or("-")));
  if (absl::Status status = TakeFilters(arguments, request); !status.ok())
    return session.Fail(status);
  return Answered(
      session, AllPages<ListActivitiesResponse>(session, Method("ListActivities"), request),
      [&](const ListActivitiesResponse& response) {
        Table table({{Word(session, "when", "thời gian")},
                     {Word(session, "kind", "loại")},
                     {Word(session, "activity", "hoạt động")},
                     {Word(session, "title", "tên")},
                     {Word(session, "host", "đăng cai")},
                     {Word(session, "state", "trạng thái")},
                     {Word(session, "certainty", "độ tin cậy")}});
        Footnotes notes;
        for (const Activity& activity : response.activities()) {
          table.Row({WhenText(activity, session.vietnamese()),
                     KindText(activity.kind(), session.vietnamese()), activity.name(),
                     activity.title(), activity.host().empty() ? "–" : IdOf(activity.host()),
                     StateText(activity.state(), session.vietnamese()),
                     notes.Mark(session, activity.provenance())});
        }
        std::cout << table.Render() << notes.Render();
      });
}

// Reads flags into an activity and remembers what they say.
class ActivityFlags {
 public:
  ActivityFlags(const Arguments& arguments, Activity& activity)
      : arguments_(arguments), activity_(activity) {}

  // The paths of what the flags say.
  absl::StatusOr<std::vector<std::string>> Take() {
    Text("title", "title", activity_.mutable_title());
    Text("topic", "topic", activity_.mutable_topic());
    Text("task", "task", activity_.mutable_task());
    School("host", "host", activity_.mutable_host());
    School("inspected", "inspected_school", activity_.mutable_inspected_school());
    absl::Status status = Lists();
    if (status.ok()) status = Choices();
    if (!status.ok()) return status;
    if (TakeProvenance(arguments_, activity_.mutable_provenance())) paths_.push_back("provenance");
    return paths_;
  }

 private:
  void Text(const char* flag, const char* path, std::string* value) {
    if (const auto given = arguments_.Flag(flag); given.has_value()) {
      *value = *given;
      paths_.push_back(path);
    }
  }
  void School(const char* flag, const char* path, std::string* value) {
    Text(flag, path, value);
    if (arguments_.Switch(flag) && !value->empty()) *value = Named("schools", *value);
  }
  // Every value of a repeated flag; one that is empty empties the list.
  std::vector<std::string> Values(const char* flag, const char* path) {
    if (arguments_.Switch(flag)) paths_.push_back(path);
    std::vector<std::string> values;
    for (const std::string& value : arguments_.Flags(flag))
      if (!value.empty()) values.push_back(value);
    return values;
  }

  absl::Status Lists() {
    if (arguments_.Switch("chair")) activity_.clear_chairs();
    for (const std::string& chair : Values("chair", "chairs"))
      activity_.add_chairs(Named("schools", chair));
    if (arguments_.Switch("bridge")) activity_.clear_bridges();
    for (const std::string& bridge : Values("bridge", "bridges"))
      *activity_.add_bridges() = ReadBridge(bridge);
    if (arguments_.Switch("inspected-year")) activity_.clear_inspected_years();
    for (const std::string& text : Values("inspected-year", "inspected_years")) {
      int32_t year = 0;
      if (!absl::SimpleAtoi(text, &year))
        return absl::InvalidArgumentError("--inspected-year 2024");
      activity_.add_inspected_years(year);
    }
    if (arguments_.Switch("participant")) activity_.clear_participants();
    for (const std::string& text : Values("participant", "participants")) {
      const auto participant = ReadParticipant(text);
      if (!participant.ok()) return participant.status();
      *activity_.add_participants() = *participant;
    }
    return absl::OkStatus();
  }

  absl::Status Choices() {
    if (const auto word = arguments_.Flag("kind"); word.has_value()) {
      const auto kind = ReadActivityKind(*word);
      if (!kind.ok()) return kind.status();
      activity_.set_kind(*kind);
      paths_.push_back("kind");
    }
    if (const auto word = arguments_.Flag("mode"); word.has_value()) {
      const auto mode = ReadActivityMode(*word);
      if (!mode.ok()) return mode.status();
      activity_.set_mode(*mode);
      paths_.push_back("mode");
    }
    if (const auto text = arguments_.Flag("when"); text.has_value()) {
      const auto date = ReadPartialDate(*text);
      if (!date.ok()) return date.status();
      *activity_.mutable_planned_date() = *date;
      paths_.push_back("planned_date");
    }
    return absl::OkStatus();
  }

  const Arguments& arguments_;
  Activity& activity_;
  std::vector<std::string> paths_;
};

// Writes what the flags say of the outcome. True when they say anything.
absl::StatusOr<bool> TakeOutcome(const Arguments& arguments, ActivityOutcome& outcome) {
  bool given = false;
  if (const auto text = arguments.Flag("held"); text.has_value()) {
    const auto date = ReadPartialDate(*text);
    if (!date.ok()) return date.status();
    *outcome.mutable_held_date() = *date;
    given = true;
  }
  if (const auto conclusions = arguments.Flag("conclusions"); conclusions.has_value()) {
    outcome.set_conclusions(*conclusions);
    given = true;
  }
  if (arguments.Switch("attended")) outcome.clear_attendance();
  for (const std::string& text : arguments.Flags("attended")) {
    const auto participant = ReadParticipant(text);
    if (!participant.ok()) return participant.status();
    *outcome.add_attendance() = *participant;
    given = true;
  }
  if (arguments.Switch("evidence")) outcome.clear_evidence();
  for (const std::string& text : arguments.Flags("evidence")) {
    const auto evidence = ReadEvidence(text);
    if (!evidence.ok()) return evidence.status();
    *outcome.add_evidence() = *evidence;
    given = true;
  }
  return given;
}

int Plan(Session& session) {
  const std::vector<std::string>& words = session.arguments().words();
  CreateActivityRequest request;
  request.set_parent(ProgrammeName(words[0], words[1]));
  request.set_activity_id(session.arguments().Flag("id").value_or(""));
  Activity& activity = *request.mutable_activity();
  const auto kind = ReadActivityKind(words[2]);
  if (!kind.ok()) return session.Fail(kind.status());
  activity.set_kind(*kind);
  activity.set_title(words[3]);
  if (const auto taken = ActivityFlags(session.arguments(), activity).Take(); !taken.ok())
    return session.Fail(taken.status());
  request.set_validate_only(session.arguments().Switch("validate-only"));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Activity>(Method("CreateActivity"), request));
}

int Update(Session& session) {
  absl::StatusOr<Activity> activity = Get(session);
  if (!activity.ok()) return session.Fail(activity.status());
  UpdateActivityRequest request;
  const auto paths = ActivityFlags(session.arguments(), *activity).Take();
  if (!paths.ok()) return session.Fail(paths.status());
  for (const std::string& path : *paths) request.mutable_update_mask()->add_paths(path);
  ActivityOutcome outcome = activity->outcome();
  const auto about_outcome = TakeOutcome(session.arguments(), outcome);
  if (!about_outcome.ok()) return session.Fail(about_outcome.status());
  if (*about_outcome) {
    *activity->mutable_outcome() = std::move(outcome);
    request.mutable_update_mask()->add_paths("outcome");
  }
  if (request.update_mask().paths().empty())
    return Misused(session, "say what to change", "cần nêu nội dung thay đổi");
  request.set_etag(activity->etag());
  *request.mutable_activity() = *std::move(activity);
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Activity>(Method("UpdateActivity"), request));
}

int Join(Session& session) {
  const absl::StatusOr<Activity> activity = Get(session);
  if (!activity.ok()) return session.Fail(activity.status());
  const Arguments& arguments = session.arguments();
  JoinActivityRequest request;
  request.set_name(activity->name());
  request.set_etag(activity->etag());
  request.set_school(Named("schools", arguments.words()[3]));
  if (const auto word = arguments.Flag("role"); word.has_value()) {
    const auto role = ReadActivityRole(*word);
    if (!role.ok()) return session.Fail(role.status());
    request.set_role(*role);
  }
  if (const auto word = arguments.Flag("mode"); word.has_value()) {
    const auto mode = ReadActivityMode(*word);
    if (!mode.ok()) return session.Fail(mode.status());
    request.set_mode(*mode);
  }
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Activity>(Method("JoinActivity"), request));
}

int Complete(Session& session) {
  const absl::StatusOr<Activity> activity = Get(session);
  if (!activity.ok()) return session.Fail(activity.status());
  const Arguments& arguments = session.arguments();
  CompleteActivityRequest request;
  request.set_name(activity->name());
  request.set_etag(activity->etag());
  if (const auto taken = TakeOutcome(arguments, *request.mutable_outcome()); !taken.ok())
    return session.Fail(taken.status());
  TakeProvenance(arguments, request.mutable_outcome()->mutable_provenance());
  if (const auto host = arguments.Flag("host"); host.has_value())
    request.set_host(Named("schools", *host));
  for (const std::string& chair : arguments.Flags("chair"))
    request.add_chairs(Named("schools", chair));
  request.set_validate_only(arguments.Switch("validate-only"));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Activity>(Method("CompleteActivity"), request));
}

int Move(Session& session) {
  const absl::StatusOr<Activity> activity = Get(session);
  if (!activity.ok()) return session.Fail(activity.status());
  MoveActivityRequest request;
  request.set_name(activity->name());
  request.set_etag(activity->etag());
  const auto date = ReadPartialDate(session.arguments().words()[3]);
  if (!date.ok()) return session.Fail(date.status());
  *request.mutable_planned_date() = *date;
  request.set_reason(session.arguments().Flag("reason").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Activity>(Method("MoveActivity"), request));
}

int Cancel(Session& session) {
  const absl::StatusOr<Activity> activity = Get(session);
  if (!activity.ok()) return session.Fail(activity.status());
  CancelActivityRequest request;
  request.set_name(activity->name());
  request.set_etag(activity->etag());
  request.set_reason(session.arguments().Flag("reason").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Activity>(Method("CancelActivity"), request));
}

int Summary(Session& session) {
  SummariseActivitiesRequest request;
  request.set_parent(Named("clusters", session.arguments().words()[0]));
  int32_t year = 0;
  if (!absl::SimpleAtoi(session.arguments().words()[1], &year))
    return Misused(session, "the year is a number", "năm phải là số");
  request.set_year(year);
  return Answered(
      session, session.Call<ActivitySummary>(Method("SummariseActivities"), request),
      [&](const ActivitySummary& summary) {
        Table kinds({{Word(session, "activities of the cluster", "hoạt động của cụm")},
                     {Word(session, "done", "đã thực hiện"), Table::Align::kRight},
                     {Word(session, "open", "còn lại"), Table::Align::kRight},
                     {Word(session, "cancelled", "đã hủy"), Table::Align::kRight}});
        for (const ActivityCount& count : summary.kinds()) {
          kinds.Row({KindText(count.kind(), session.vietnamese()), absl::StrCat(count.done()),
                     absl::StrCat(count.open()), absl::StrCat(count.cancelled())});
        }
        Table schools({{Word(session, "school", "trường")},
                       {Word(session, "done", "đã tham gia"), Table::Align::kRight},
                       {Word(session, "hosted", "đăng cai"), Table::Align::kRight},
                       {Word(session, "chaired", "chủ trì"), Table::Align::kRight},
                       {Word(session, "open", "còn lại"), Table::Align::kRight},
                       {Word(session, "member", "thành viên")}});
        for (const SchoolActivityCount& count : summary.schools()) {
          schools.Row({IdOf(count.school()), absl::StrCat(count.done()),
                       absl::StrCat(count.hosted()), absl::StrCat(count.chaired()),
                       absl::StrCat(count.open()),
                       count.member() ? "" : Word(session, "of another cluster", "ngoài cụm")});
        }
        std::cout << kinds.Render() << "\n"
                  << schools.Render()
                  << session.Say(
                         "  a joint activity counts once for the cluster and once for each "
                         "school in it\n",
                         "  hoạt động chung được tính một lần cho cụm và một lần cho mỗi "
                         "trường tham gia\n");
      });
}

}  // namespace

std::vector<Command> ActivityCommands() {
  const std::set<std::string> plan_fields = {
      "topic",     "task",           "host",        "chair",  "when", "mode",     "bridge",
      "inspected", "inspected-year", "participant", "source", "note", "document", "id"};
  std::set<std::string> update_fields = plan_fields;
  update_fields.erase("id");
  update_fields.insert({"kind", "title", "held", "attended", "evidence", "conclusions"});
  return {
      {"activity list",
       "",
       {"cluster", "year", "kind", "state", "school", "from", "to", "overdue"},
       {},
       "activities by date; --school in any role, --overdue DAY those that are late on that day",
       "các hoạt động theo thời gian; --school ở mọi vai trò, --overdue NGÀY: quá hạn tại ngày đó",
       0,
       0,
       List},
      {"activity show",
       "CLUSTER YEAR ACTIVITY",
       {},
       {},
       "one activity with everything known of it",
       "một hoạt động và mọi thông tin về nó",
       3,
       3,
       Show},
      {"activity plan",
       "CLUSTER YEAR KIND TITLE",
       plan_fields,
       {"provisional", "validate-only"},
       "plan an activity; --when 2024-09, --participant SCHOOL[:ROLE[:MODE]]; --check stores "
       "nothing",
       "lên kế hoạch một hoạt động; --when 2024-09, --participant TRƯỜNG[:VAI TRÒ[:HÌNH THỨC]]; "
       "--validate-only không lưu gì",
       4,
       4,
       Plan},
      {"activity update",
       "CLUSTER YEAR ACTIVITY",
       update_fields,
       {"provisional"},
       "correct an activity: what the flags name; a repeated flag gives the whole list",
       "sửa một hoạt động: phần được nêu; tùy chọn lặp lại cho cả danh sách",
       3,
       3,
       Update},
      {"activity join",
       "CLUSTER YEAR ACTIVITY SCHOOL",
       {"role", "mode"},
       {},
       "announce that a school takes part",
       "đăng ký cho một trường tham dự",
       4,
       4,
       Join},
      {"activity complete",
       "CLUSTER YEAR ACTIVITY",
       {"held", "host", "chair", "attended", "evidence", "conclusions", "source", "note",
        "document"},
       {"provisional", "validate-only"},
       "record that it took place; --held 2023-11-23 or 2023-11, --evidence TITLE=https://…",
       "ghi đã tổ chức; --held 2023-11-23 hoặc 2023-11, --evidence TÊN=https://…",
       3,
       3,
       Complete},
      {"activity move",
       "CLUSTER YEAR ACTIVITY DATE",
       {"reason"},
       {},
       "put an activity off or forward",
       "dời một hoạt động",
       4,
       4,
       Move},
      {"activity cancel",
       "CLUSTER YEAR ACTIVITY",
       {"reason"},
       {},
       "record that it will not take place",
       "ghi hoạt động bị hủy",
       3,
       3,
       Cancel},
      {"activity summary",
       "CLUSTER YEAR",
       {},
       {},
       "the year counted: for the cluster by kind, and for each school",
       "thống kê năm: của cụm theo loại, và của từng trường",
       2,
       2,
       Summary},
  };
}

}  // namespace thidua::cli
