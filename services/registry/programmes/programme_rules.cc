#include "services/registry/programmes/programme_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using v1::Adoption;
using v1::Membership;
using v1::Programme;
using v1::ProgrammeText;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// For what was checked when it was stored.
template <class Dated>
Period PeriodOf(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period{directory::kOpenStart, directory::kOpenStart});
}

// The request checks have seen that it is a date.
absl::CivilDay DayOf(const google::type::Date& date) {
  return runtime::DayFromProto(date).value_or(absl::CivilDay());
}

std::string KindWord(v1::ProgrammeTextKind kind) {
  return kind == v1::PROGRAMME_TEXT_KIND_PLAN ? "plan" : "bylaw";
}

std::string StateNameVi(v1::ProgrammeTextState state) {
  switch (state) {
    case v1::PROGRAMME_TEXT_STATE_DRAFT:
      return "dự thảo";
    case v1::PROGRAMME_TEXT_STATE_ADOPTED:
      return "đã thông qua";
    case v1::PROGRAMME_TEXT_STATE_SUPERSEDED:
      return "đã được thay";
    default:
      return "chưa rõ";
  }
}

absl::Status NotADraft(const ProgrammeText& text, const std::string& action,
                       const std::string& action_vi) {
  constexpr size_t kPrefix = std::char_traits<char>::length("PROGRAMME_TEXT_STATE_");
  return contract::Refuse(Reason::REASON_WRONG_STATE,
                          {{"resource", text.name()},
                           {"state", v1::ProgrammeTextState_Name(text.state()).substr(kPrefix)},
                           {"state_vi", StateNameVi(text.state())},
                           {"action", action},
                           {"action_vi", action_vi},
                           {"needed", "DRAFT"},
                           {"needed_vi", "dự thảo"}});
}

bool IsDraft(const ProgrammeText& text) { return text.state() == v1::PROGRAMME_TEXT_STATE_DRAFT; }

absl::Status CheckAdoption(const ProgrammeText& text, const Adoption& adoption,
                           absl::CivilDay today) {
  Violations violations;
  CheckProvenance(adoption.provenance(), "adoption.provenance", violations);
  if (DayOf(adoption.adopt_date()) > today) {
    violations.push_back({"adoption.adopt_date", "is after today", "là ngày trong tương lai"});
  }
  if (adoption.activity().empty() == adoption.meeting().empty()) {
    violations.push_back({"adoption.activity", "give either the activity or the meeting in words",
                          "cần nêu hoạt động hoặc cuộc họp, không cả hai"});
  }
  if (!adoption.activity().empty() &&
      ProgrammeOf(adoption.activity()) != ProgrammeOf(text.name())) {
    violations.push_back(
        {"adoption.activity", "is not of this programme", "không thuộc chương trình này"});
  }
  std::set<std::string> seen;
  for (int i = 0; i < adoption.schools_size(); ++i) {
    if (seen.insert(adoption.schools(i)).second) continue;
    violations.push_back(
        {absl::StrCat("adoption.schools[", i, "]"), "is named twice", "được nêu hai lần"});
  }
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

// Only members adopt.
absl::Status CheckMembers(const ProgrammeText& text, const Adoption& adoption,
                          const std::vector<Membership>& memberships) {
  const absl::CivilDay day = DayOf(adoption.adopt_date());
  for (const std::string& school : adoption.schools()) {
    const bool member =
        std::any_of(memberships.begin(), memberships.end(), [&](const Membership& membership) {
          return membership.school() == school && PeriodOf(membership).Contains(day);
        });
    if (member) continue;
    return BreaksRule(text.name(),
                      absl::StrCat(school, " was not a member of the cluster on ", Text(day)),
                      absl::StrCat(school, " không là thành viên cụm vào ngày ", Text(day)));
  }
  return absl::OkStatus();
}

// Versions are adopted in their order.
absl::Status CheckAgainstAdopted(const ProgrammeText& text, const Adoption& adoption,
                                 const ProgrammeText& before) {
  if (before.version() > text.version()) {
    return BreaksRule(text.name(), "a later version was adopted already: " + before.name(),
                      "phiên bản sau đã được thông qua: " + before.name());
  }
  const absl::CivilDay earlier = DayOf(before.adoption().adopt_date());
  if (DayOf(adoption.adopt_date()) < earlier) {
    return BreaksRule(text.name(),
                      absl::StrCat("the version before it was adopted on ", Text(earlier)),
                      absl::StrCat("phiên bản trước được thông qua ngày ", Text(earlier)));
  }
  return absl::OkStatus();
}

}  // namespace

std::string ClusterOfProgramme(std::string_view name) {
  return contract::Join({"clusters", contract::SegmentAfter(name, "clusters").value_or("")});
}

std::string ProgrammeOf(std::string_view name) {
  return contract::Join({"clusters", contract::SegmentAfter(name, "clusters").value_or(""),
                         "programmes", contract::SegmentAfter(name, "programmes").value_or("")});
}

int YearOf(std::string_view name) {
  int year = 0;
  return absl::SimpleAtoi(contract::SegmentAfter(name, "programmes").value_or(""), &year) ? year
                                                                                          : 0;
}

absl::Status CheckProgramme(const Programme& programme) {
  Violations violations;
  CheckProvenance(programme.provenance(), "programme.provenance", violations);
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

absl::Status CheckYear(const Programme& programme, const v1::ClusterRegime& regime) {
  const Period year = {absl::CivilDay(programme.year(), 1, 1),
                       absl::CivilDay(programme.year() + 1, 1, 1)};
  if (PeriodOf(regime).Overlaps(year)) return absl::OkStatus();
  return BreaksRule(programme.name(),
                    absl::StrCat(regime.name(), " is in force on no day of ", programme.year()),
                    absl::StrCat(regime.name(), " không có hiệu lực trong năm ", programme.year()));
}

absl::Status CheckText(const ProgrammeText& text) {
  Violations violations;
  CheckProvenance(text.provenance(), "programme_text.provenance", violations);
  if (text.uri().empty() && !text.sha256().empty()) {
    violations.push_back({"programme_text.uri", "is required where the digest of a file is given",
                          "bắt buộc khi có mã băm của tệp"});
  }
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

ProgrammeText NewText(ProgrammeText text, const std::string& programme,
                      const std::vector<ProgrammeText>& texts) {
  int latest = 0;
  for (const ProgrammeText& other : texts) {
    if (other.kind() == text.kind()) latest = std::max(latest, other.version());
  }
  text.set_version(latest + 1);
  text.set_name(contract::Join(
      {programme, "texts", absl::StrCat(KindWord(text.kind()), "-", text.version())}));
  text.set_state(v1::PROGRAMME_TEXT_STATE_DRAFT);
  text.clear_adoption();
  text.clear_superseded_by();
  return text;
}

absl::Status CheckDraft(const ProgrammeText& text) {
  if (IsDraft(text)) return absl::OkStatus();
  return NotADraft(text, "a change", "việc sửa");
}

absl::StatusOr<Adopted> Adopt(ProgrammeText text, const Adoption& adoption,
                              const std::vector<ProgrammeText>& texts,
                              const std::vector<Membership>& memberships, absl::CivilDay today) {
  if (!IsDraft(text)) return NotADraft(text, "adoption", "việc thông qua");
  if (absl::Status status = CheckAdoption(text, adoption, today); !status.ok()) return status;
  if (absl::Status status = CheckMembers(text, adoption, memberships); !status.ok()) return status;
  Adopted adopted;
  for (const ProgrammeText& other : texts) {
    if (other.kind() != text.kind() || other.state() != v1::PROGRAMME_TEXT_STATE_ADOPTED) continue;
    if (absl::Status status = CheckAgainstAdopted(text, adoption, other); !status.ok())
      return status;
    adopted.superseded = other;
    adopted.superseded->set_state(v1::PROGRAMME_TEXT_STATE_SUPERSEDED);
    adopted.superseded->set_superseded_by(text.name());
  }
  text.set_state(v1::PROGRAMME_TEXT_STATE_ADOPTED);
  *text.mutable_adoption() = adoption;
  adopted.text = std::move(text);
  return adopted;
}

const ProgrammeText* TextInForce(const std::vector<ProgrammeText>& texts,
                                 v1::ProgrammeTextKind kind, absl::CivilDay day) {
  const ProgrammeText* in_force = nullptr;
  for (const ProgrammeText& text : texts) {
    if (text.kind() != kind || IsDraft(text) || DayOf(text.adoption().adopt_date()) > day) continue;
    if (in_force == nullptr || in_force->version() < text.version()) in_force = &text;
  }
  return in_force;
}

}  // namespace thidua::registry
