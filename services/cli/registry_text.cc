#include "services/cli/registry_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace thidua::cli {

std::string DayText(const Session& session, const google::type::Date& date, bool present) {
  if (!present || date.year() == 0) return "…";
  return session.vietnamese()
             ? absl::StrFormat("%02d/%02d/%04d", date.day(), date.month(), date.year())
             : absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string RoleText(const Session& session, registry::v1::LeadershipRole role) {
  switch (role) {
    case registry::v1::LEADERSHIP_ROLE_HEAD:
      return session.vietnamese() ? "Cụm trưởng (HEAD)" : "HEAD";
    case registry::v1::LEADERSHIP_ROLE_STANDING_DEPUTY:
      return session.vietnamese() ? "Cụm phó thường trực (STANDING_DEPUTY)" : "STANDING_DEPUTY";
    case registry::v1::LEADERSHIP_ROLE_DEPUTY:
      return session.vietnamese() ? "Cụm phó (DEPUTY)" : "DEPUTY";
    default:
      return "?";
  }
}

std::string TermStateText(const Session& session, registry::v1::LeadershipTermState state) {
  switch (state) {
    case registry::v1::LEADERSHIP_TERM_STATE_ELECTED:
      return session.vietnamese() ? "đã bầu (ELECTED)" : "ELECTED";
    case registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED:
      return session.vietnamese() ? "đã công nhận (RECOGNISED)" : "RECOGNISED";
    case registry::v1::LEADERSHIP_TERM_STATE_REPLACED:
      return session.vietnamese() ? "đã thay (REPLACED)" : "REPLACED";
    case registry::v1::LEADERSHIP_TERM_STATE_ENDED:
      return session.vietnamese() ? "đã kết thúc sớm (ENDED)" : "ENDED";
    default:
      return "?";
  }
}

std::string ProvenanceText(const Session& session, const registry::v1::Provenance& provenance) {
  if (provenance.confidence() == registry::v1::CONFIDENCE_DOCUMENTED) return "";
  std::string text(session.Say("provisional", "tạm thời"));
  if (!provenance.source().empty()) absl::StrAppend(&text, ": ", provenance.source());
  if (!provenance.note().empty()) absl::StrAppend(&text, "; ", provenance.note());
  return text;
}

std::string Footnotes::Mark(const Session& session, const registry::v1::Provenance& provenance) {
  if (provenance.confidence() == registry::v1::CONFIDENCE_DOCUMENTED) return "";
  std::string note = provenance.source();
  if (!provenance.note().empty()) absl::StrAppend(&note, "; ", provenance.note());
  const auto found = std::find(notes_.begin(), notes_.end(), note);
  const auto number = found - notes_.begin() + 1;
  if (found == notes_.end()) notes_.push_back(note);
  return absl::StrCat(std::string(session.Say("provisional", "tạm thời")), " [", number, "]");
}

std::string Footnotes::Render() const {
  std::string text;
  for (size_t i = 0; i < notes_.size(); ++i)
    absl::StrAppend(&text, "  [", i + 1, "] ", notes_[i], "\n");
  return text;
}

namespace {

std::string ReasonText(const Session& session, registry::v1::NameMatchReason reason, int distance) {
  using namespace registry::v1;  // NOLINT: the contract's own words
  const auto say = [&](std::string_view english, std::string_view vietnamese) {
    return std::string(session.Say(english, vietnamese));
  };
  switch (reason) {
    case NAME_MATCH_REASON_OFFICIAL_NAME:
      return say("official name", "tên chính thức");
    case NAME_MATCH_REASON_ALIAS:
      return say("alias", "tên khác");
    case NAME_MATCH_REASON_SHORT_NAME:
      return say("short name", "tên ngắn");
    case NAME_MATCH_REASON_PROPER_NAME:
      return say("proper name", "tên riêng");
    case NAME_MATCH_REASON_PLACE_NAMED:
      return say("place named", "nêu địa danh");
    case NAME_MATCH_REASON_NUMBER:
      return say("number", "số của cụm");
    case NAME_MATCH_REASON_FOLDED:
      return say("other spelling", "khác cách viết");
    case NAME_MATCH_REASON_MISSPELLED:
      return absl::StrCat(say("misspelled by ", "sai "), distance,
                          say(distance == 1 ? " letter" : " letters", " chữ cái"));
    case NAME_MATCH_REASON_PARTIAL:
      return say("a part only", "chỉ một phần");
    case NAME_MATCH_REASON_PROVINCE_HINT:
      return say("province of the text", "tỉnh của văn bản");
    case NAME_MATCH_REASON_CLUSTER_HINT:
      return say("cluster of the text", "cụm của văn bản");
    case NAME_MATCH_REASON_OTHER_DAY:
      return say("name of another day", "tên của ngày khác");
    case NAME_MATCH_REASON_UNDECIDED:
      return say("undecided whether it exists", "chưa rõ còn hay không");
    default:
      return "?";
  }
}

}  // namespace

std::string ReasonsText(const Session& session, const google::protobuf::RepeatedField<int>& reasons,
                        int distance) {
  return absl::StrJoin(reasons, ", ", [&](std::string* out, int reason) {
    out->append(ReasonText(session, static_cast<registry::v1::NameMatchReason>(reason), distance));
  });
}

int ExitOf(registry::v1::NameOutcome outcome) {
  switch (outcome) {
    case registry::v1::NAME_OUTCOME_UNIQUE:
      return kOk;
    case registry::v1::NAME_OUTCOME_NONE:
      return kNotFound;
    default:
      return kAmbiguous;
  }
}

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::string ParentOf(const std::string& name) {
  const size_t id = name.rfind('/');
  if (id == std::string::npos || id == 0) return "";
  const size_t collection = name.rfind('/', id - 1);
  return collection == std::string::npos ? "" : name.substr(0, collection);
}

}  // namespace thidua::cli
