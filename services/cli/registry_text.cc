#include "services/cli/registry_text.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

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

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

}  // namespace thidua::cli
