#include "services/registry/identifiers/identifier_rules.h"

#include <re2/re2.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/contract/refusal.h"
#include "common/runtime/dates.h"
#include "common/text/normalize.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {
namespace {

using contract::Reason;
using directory::Period;
using v1::IdentifierScheme;
using v1::School;
using v1::SchoolIdentifier;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// For what was checked when it was stored.
template <class Dated>
Period PeriodOf(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period{directory::kOpenStart, directory::kOpenStart});
}

RE2::Options Quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

// An open bound means "as far as the other": only those that are written can lie outside.
bool WrittenBoundsWithin(const SchoolIdentifier& identifier, const Period& outer) {
  const Period period = PeriodOf(identifier);
  return (!identifier.has_valid_from() || (outer.from <= period.from && period.from < outer.to)) &&
         (!identifier.has_valid_to() || (outer.from < period.to && period.to <= outer.to));
}

absl::Status Outside(const SchoolIdentifier& identifier, const std::string& outer) {
  return BreaksRule(identifier.name(), absl::StrCat("lies outside the validity of ", outer),
                    absl::StrCat("nằm ngoài thời gian hiệu lực của ", outer));
}

}  // namespace

absl::Status CheckScheme(const IdentifierScheme& scheme) {
  Violations violations;
  const RE2 pattern(scheme.pattern(), Quiet());
  if (!pattern.ok()) {
    violations.push_back({"identifier_scheme.pattern",
                          absl::StrCat("cannot be read: ", pattern.error()),
                          absl::StrCat("không đọc được: ", pattern.error())});
  }
  CheckProvenance(scheme.provenance(), "identifier_scheme.provenance", violations);
  (void)CheckPeriod(scheme, "identifier_scheme", violations);
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

absl::Status CheckCode(const IdentifierScheme& scheme, const std::string& code) {
  const std::string path = "school_identifier.code";
  Violations violations;
  if (text::CodePoints(code) > scheme.max_length()) {
    violations.push_back({path, absl::StrCat("has more than ", scheme.max_length(), " characters"),
                          absl::StrCat("dài hơn ", scheme.max_length(), " ký tự")});
  }
  bool empty_group = false;
  if (!scheme.group_separator().empty()) {
    for (const std::string& group :
         std::vector<std::string>(absl::StrSplit(code, scheme.group_separator()))) {
      empty_group = empty_group || group.empty();
    }
  }
  if (empty_group) {
    violations.push_back({path, "has an empty group", "có nhóm ký tự để trống"});
  } else if (!RE2::FullMatch(code, RE2(scheme.pattern(), Quiet()))) {
    violations.push_back({path, absl::StrCat("is not written as ", scheme.pattern()),
                          absl::StrCat("không đúng dạng ", scheme.pattern())});
  }
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

Period InUse(const SchoolIdentifier& identifier, const Period& school, const Period& scheme) {
  return PeriodOf(identifier).Common(school).Common(scheme);
}

v1::SchoolIdentifierState StateOn(const Period& in_use, absl::CivilDay day) {
  if (in_use.Contains(day)) return v1::SCHOOL_IDENTIFIER_STATE_CURRENT;
  return day < in_use.from ? v1::SCHOOL_IDENTIFIER_STATE_PENDING
                           : v1::SCHOOL_IDENTIFIER_STATE_RETIRED;
}

absl::Status CheckIdentifier(const SchoolIdentifier& identifier, const School& school,
                             const IdentifierScheme& scheme,
                             const std::vector<SchoolIdentifier>& others) {
  Violations violations;
  CheckProvenance(identifier.provenance(), "school_identifier.provenance", violations);
  (void)CheckPeriod(identifier, "school_identifier", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  if (absl::Status status = CheckCode(scheme, identifier.code()); !status.ok()) return status;
  const Period of_school = PeriodOf(school);
  const Period of_scheme = PeriodOf(scheme);
  if (!WrittenBoundsWithin(identifier, of_school)) return Outside(identifier, school.name());
  if (!WrittenBoundsWithin(identifier, of_scheme)) return Outside(identifier, scheme.name());
  const Period in_use = InUse(identifier, of_school, of_scheme);
  if (in_use.Empty()) return Outside(identifier, school.name());
  for (const SchoolIdentifier& other : others) {
    if (other.name() == identifier.name() || other.scheme() != identifier.scheme()) continue;
    const Period common = in_use.Common(InUse(other, of_school, of_scheme));
    if (common.Empty()) continue;
    return contract::Refuse(
        Reason::REASON_OVERLAP,
        {{"resource", identifier.name()},
         {"other", other.name()},
         {"why", absl::StrCat("both are codes of ", school.name(), " on ", Text(common.from))},
         {"why_vi",
          absl::StrCat("cùng là mã của ", school.name(), " vào ngày ", Text(common.from))}});
  }
  return absl::OkStatus();
}

absl::Status UsedBefore(const SchoolIdentifier& identifier, const SchoolIdentifier& holder) {
  return BreaksRule(
      identifier.name(),
      absl::StrCat(identifier.code(), " was given as ", holder.name(), " and is never given again"),
      absl::StrCat("mã ", identifier.code(), " đã cấp là ", holder.name(),
                   " và không bao giờ cấp lại"));
}

absl::Status CheckIdentifiersWithin(const School& school,
                                    const std::vector<SchoolIdentifier>& identifiers) {
  for (const SchoolIdentifier& identifier : identifiers) {
    if (!WrittenBoundsWithin(identifier, PeriodOf(school)))
      return Outside(identifier, school.name());
  }
  return absl::OkStatus();
}

absl::StatusOr<SchoolIdentifier> Retire(SchoolIdentifier identifier, absl::CivilDay end) {
  if (identifier.has_valid_to()) {
    return contract::Refuse(
        Reason::REASON_WRONG_STATE,
        {{"resource", identifier.name()},
         {"state", absl::StrCat("retired from ", Text(PeriodOf(identifier).to))},
         {"state_vi", absl::StrCat("hết dùng từ ", Text(PeriodOf(identifier).to))},
         {"action", "retiring it"},
         {"action_vi", "việc cho hết dùng"},
         {"needed", "an open end"},
         {"needed_vi", "chưa có ngày hết dùng"}});
  }
  *identifier.mutable_valid_to() = runtime::DayToProto(end);
  return identifier;
}

absl::Status CheckSuccessor(const SchoolIdentifier& identifier, const Period& identifier_in_use,
                            const SchoolIdentifier& successor, const Period& successor_in_use) {
  if (successor.name() == identifier.name()) {
    return BreaksRule(identifier.name(), "no code follows itself", "mã không thể kế tiếp chính nó");
  }
  if (successor.scheme() != identifier.scheme()) {
    return BreaksRule(identifier.name(),
                      absl::StrCat(successor.name(), " is a code of ", successor.scheme()),
                      absl::StrCat(successor.name(), " là mã thuộc ", successor.scheme()));
  }
  if (identifier_in_use.to < successor_in_use.to) return absl::OkStatus();
  return BreaksRule(identifier.name(),
                    absl::StrCat(successor.name(), " is in use no longer than the code it follows"),
                    absl::StrCat(successor.name(), " không được dùng lâu hơn mã mà nó kế tiếp"));
}

}  // namespace thidua::registry
