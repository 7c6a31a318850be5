#include "services/cli/programme_text.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/contract/resource_name.h"
#include "services/cli/partial_date.h"
#include "services/cli/registry_text.h"
#include "services/cli/window_form.h"

namespace thidua::cli {

using namespace registry::v1;  // NOLINT: the contract's own words

namespace {

std::string Say(bool vietnamese, const char* english, const char* in_vietnamese) {
  return vietnamese ? in_vietnamese : english;
}

// The word of an enum without its prefix, as people type it: "year-end-review".
std::string Typed(const std::string& word, size_t prefix) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(word.substr(prefix)), {{"_", "-"}});
}

// The value of the enum whose word without `prefix` is `word`.
template <class Enum>
absl::StatusOr<Enum> ReadWord(std::string_view word, const std::string& prefix) {
  const auto* values = google::protobuf::GetEnumDescriptor<Enum>();
  const std::string wanted =
      absl::StrReplaceAll(absl::AsciiStrToLower(std::string(word)), {{"_", "-"}});
  std::vector<std::string> known;
  for (int i = 1; i < values->value_count(); ++i) {
    known.push_back(Typed(values->value(i)->name(), prefix.size()));
    if (known.back() == wanted) return static_cast<Enum>(values->value(i)->number());
  }
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(word), ": ", absl::StrJoin(known, " | ")));
}

}  // namespace

std::string ProgrammeName(const std::string& cluster, const std::string& year) {
  return absl::StrCat(Named("clusters", cluster), "/programmes/", year);
}

std::string KindText(ActivityKind kind, bool vietnamese) {
  switch (kind) {
    case ACTIVITY_KIND_CONFERENCE:
      return Say(vietnamese, "conference", "hội nghị");
    case ACTIVITY_KIND_WORKSHOP:
      return Say(vietnamese, "workshop", "hội thảo");
    case ACTIVITY_KIND_ROUNDTABLE:
      return Say(vietnamese, "roundtable", "tọa đàm");
    case ACTIVITY_KIND_GAMES:
      return Say(vietnamese, "games", "hội thao");
    case ACTIVITY_KIND_EXCHANGE:
      return Say(vietnamese, "exchange", "giao lưu");
    case ACTIVITY_KIND_INSPECTION:
      return Say(vietnamese, "inspection", "kiểm tra");
    case ACTIVITY_KIND_INTERIM_REVIEW:
      return Say(vietnamese, "interim review", "sơ kết");
    case ACTIVITY_KIND_YEAR_END_REVIEW:
      return Say(vietnamese, "year-end review", "tổng kết");
    case ACTIVITY_KIND_PACT_SIGNING:
      return Say(vietnamese, "pact signing", "ký giao ước");
    default:
      return "?";
  }
}

std::string StateText(ActivityState state, bool vietnamese) {
  switch (state) {
    case ACTIVITY_STATE_PLANNED:
      return Say(vietnamese, "planned", "đã lên kế hoạch");
    case ACTIVITY_STATE_MOVED:
      return Say(vietnamese, "moved", "đã dời");
    case ACTIVITY_STATE_DONE:
      return Say(vietnamese, "done", "đã thực hiện");
    case ACTIVITY_STATE_CANCELLED:
      return Say(vietnamese, "cancelled", "đã hủy");
    default:
      return "?";
  }
}

std::string RoleText(ActivityRole role, bool vietnamese) {
  switch (role) {
    case ACTIVITY_ROLE_HOST:
      return Say(vietnamese, "host", "đăng cai");
    case ACTIVITY_ROLE_CO_HOST:
      return Say(vietnamese, "co-host", "phối hợp");
    case ACTIVITY_ROLE_CHAIR:
      return Say(vietnamese, "chair", "chủ trì");
    case ACTIVITY_ROLE_PRESENTER:
      return Say(vietnamese, "presenter", "tham luận");
    case ACTIVITY_ROLE_PARTICIPANT:
      return Say(vietnamese, "participant", "tham dự");
    case ACTIVITY_ROLE_INSPECTED:
      return Say(vietnamese, "inspected", "được kiểm tra");
    default:
      return "?";
  }
}

std::string ModeText(ActivityMode mode, bool vietnamese) {
  switch (mode) {
    case ACTIVITY_MODE_IN_PERSON:
      return Say(vietnamese, "in person", "trực tiếp");
    case ACTIVITY_MODE_ONLINE:
      return Say(vietnamese, "online", "trực tuyến");
    case ACTIVITY_MODE_HYBRID:
      return Say(vietnamese, "in person and online", "trực tiếp kết hợp trực tuyến");
    default:
      return "";
  }
}

std::string KindText(ProgrammeTextKind kind, bool vietnamese) {
  return kind == PROGRAMME_TEXT_KIND_PLAN ? Say(vietnamese, "plan", "kế hoạch")
                                          : Say(vietnamese, "by-law", "quy chế");
}

std::string StateText(ProgrammeTextState state, bool vietnamese) {
  switch (state) {
    case PROGRAMME_TEXT_STATE_DRAFT:
      return Say(vietnamese, "draft", "dự thảo");
    case PROGRAMME_TEXT_STATE_ADOPTED:
      return Say(vietnamese, "adopted", "đã thông qua");
    case PROGRAMME_TEXT_STATE_SUPERSEDED:
      return Say(vietnamese, "superseded", "đã được thay");
    default:
      return "?";
  }
}

std::string LateText(ActivityTiming timing, bool vietnamese) {
  return timing == ACTIVITY_TIMING_LATE ? Say(vietnamese, "LATE", "QUÁ HẠN") : "";
}

std::string WhenText(const Activity& activity, bool vietnamese) {
  if (activity.has_outcome()) return PartialDateText(activity.outcome().held_date(), vietnamese);
  if (activity.has_planned_date()) return PartialDateText(activity.planned_date(), vietnamese);
  return contract::SegmentAfter(activity.name(), "programmes").value_or("");
}

absl::StatusOr<ActivityKind> ReadActivityKind(std::string_view word) {
  return ReadWord<ActivityKind>(word, "ACTIVITY_KIND_");
}
absl::StatusOr<ActivityState> ReadActivityState(std::string_view word) {
  return ReadWord<ActivityState>(word, "ACTIVITY_STATE_");
}
absl::StatusOr<ActivityMode> ReadActivityMode(std::string_view word) {
  return ReadWord<ActivityMode>(word, "ACTIVITY_MODE_");
}
absl::StatusOr<ActivityRole> ReadActivityRole(std::string_view word) {
  return ReadWord<ActivityRole>(word, "ACTIVITY_ROLE_");
}
absl::StatusOr<ProgrammeTextKind> ReadTextKind(std::string_view word) {
  return ReadWord<ProgrammeTextKind>(word, "PROGRAMME_TEXT_KIND_");
}

absl::StatusOr<Participant> ReadParticipant(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), ':');
  if (parts.size() > 3 || parts[0].empty())
    return absl::InvalidArgumentError(absl::StrCat(std::string(text), ": SCHOOL[:ROLE[:MODE]]"));
  Participant participant;
  participant.set_school(Named("schools", parts[0]));
  participant.set_role(ACTIVITY_ROLE_PARTICIPANT);
  if (parts.size() > 1) {
    const auto role = ReadActivityRole(parts[1]);
    if (!role.ok()) return role.status();
    participant.set_role(*role);
  }
  if (parts.size() > 2) {
    const auto mode = ReadActivityMode(parts[2]);
    if (!mode.ok()) return mode.status();
    participant.set_mode(*mode);
  }
  return participant;
}

absl::StatusOr<ActivityEvidence> ReadEvidence(std::string_view text) {
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(text), ": TITLE=https://… | TITLE=documents/…"));
  }
  ActivityEvidence evidence;
  evidence.set_title(std::string(text.substr(0, equals)));
  const std::string where(text.substr(equals + 1));
  absl::StartsWith(where, "documents/") ? evidence.set_document(where) : evidence.set_uri(where);
  return evidence;
}

Bridge ReadBridge(const std::string& text) {
  Bridge bridge;
  const std::string id = absl::StartsWith(text, "schools/") ? IdOf(text) : text;
  contract::IsResourceId(id) ? bridge.set_school(Named("schools", id)) : bridge.set_place(text);
  return bridge;
}

bool TakeProvenance(const Arguments& arguments, Provenance* provenance) {
  bool given = false;
  const auto take = [&](const char* flag, std::string* value) {
    const auto word = arguments.Flag(flag);
    if (!word.has_value()) return;
    *value = *word;
    given = true;
  };
  take("source", provenance->mutable_source());
  take("note", provenance->mutable_note());
  take("document", provenance->mutable_document());
  if (!provenance->document().empty())
    provenance->set_document(Named("documents", provenance->document()));
  if (arguments.Switch("provisional")) {
    provenance->set_confidence(CONFIDENCE_PROVISIONAL);
    given = true;
  } else if (arguments.Switch("source")) {
    provenance->set_confidence(CONFIDENCE_DOCUMENTED);
  }
  return given;
}

SchoolTitles::SchoolTitles(const ProgrammeOverview& overview) {
  for (const SchoolTitle& title : overview.schools())
    if (!title.short_name().empty()) titles_[title.school()] = title.short_name();
}

std::string SchoolTitles::TitleOf(const std::string& school) const {
  const auto found = titles_.find(school);
  return found == titles_.end() ? IdOf(school) : found->second;
}

}  // namespace thidua::cli
