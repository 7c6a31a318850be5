#include "services/registry/clusters/cluster_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

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
using v1::Cluster;
using v1::ClusterRegime;
using v1::LeadershipRole;
using v1::LeadershipTerm;
using v1::LeadershipTermState;
using v1::Membership;
using v1::School;

std::string Text(absl::CivilDay day) { return absl::FormatCivilTime(day); }

// For what was checked when it was stored.
template <class Dated>
Period PeriodOf(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period{directory::kOpenStart, directory::kOpenStart});
}

absl::Status Overlap(const std::string& resource, const std::string& other, const std::string& why,
                     const std::string& why_vi) {
  return contract::Refuse(
      Reason::REASON_OVERLAP,
      {{"resource", resource}, {"other", other}, {"why", why}, {"why_vi", why_vi}});
}

template <class Outer>
absl::Status Within(const Membership& membership, const Outer& outer) {
  if (PeriodOf(membership).Empty() || PeriodOf(membership).Within(PeriodOf(outer)))
    return absl::OkStatus();
  return BreaksRule(membership.name(), "lies outside the validity of " + outer.name(),
                    "nằm ngoài thời gian hiệu lực của " + outer.name());
}

template <class Outer>
absl::Status AllWithin(const std::vector<Membership>& memberships, const Outer& outer) {
  for (const Membership& membership : memberships) {
    if (absl::Status status = Within(membership, outer); !status.ok()) return status;
  }
  return absl::OkStatus();
}

std::string StateNameVi(LeadershipTermState state) {
  switch (state) {
    case v1::LEADERSHIP_TERM_STATE_ELECTED:
      return "đã bầu";
    case v1::LEADERSHIP_TERM_STATE_RECOGNISED:
      return "đã công nhận";
    case v1::LEADERSHIP_TERM_STATE_REPLACED:
      return "đã thay";
    case v1::LEADERSHIP_TERM_STATE_ENDED:
      return "đã kết thúc";
    default:
      return "chưa rõ";
  }
}

std::string StateName(LeadershipTermState state) {
  constexpr size_t kPrefix = std::char_traits<char>::length("LEADERSHIP_TERM_STATE_");
  return v1::LeadershipTermState_Name(state).substr(kPrefix);
}

absl::Status WrongState(const LeadershipTerm& term, const std::string& action,
                        const std::string& action_vi, const std::string& needed,
                        const std::string& needed_vi) {
  return contract::Refuse(Reason::REASON_WRONG_STATE, {{"resource", term.name()},
                                                       {"state", StateName(term.state())},
                                                       {"state_vi", StateNameVi(term.state())},
                                                       {"action", action},
                                                       {"action_vi", action_vi},
                                                       {"needed", needed},
                                                       {"needed_vi", needed_vi}});
}

bool StillOpen(const LeadershipTerm& term) {
  return term.state() == v1::LEADERSHIP_TERM_STATE_ELECTED ||
         term.state() == v1::LEADERSHIP_TERM_STATE_RECOGNISED;
}

bool Covered(const LeadershipTerm& term, const std::vector<Membership>& memberships) {
  const Period period = PeriodOf(term);
  return period.Empty() ||
         std::any_of(memberships.begin(), memberships.end(), [&](const Membership& membership) {
           return membership.school() == term.school() && period.Within(PeriodOf(membership));
         });
}

absl::Status NotCovered(const std::string& resource, const LeadershipTerm& term) {
  return BreaksRule(
      resource, absl::StrCat(term.school(), " would not be a member on every day of ", term.name()),
      absl::StrCat(term.school(), " không là thành viên cụm trong suốt ", term.name()));
}

absl::Status CheckYear(const LeadershipTerm& term) {
  const Period year = {absl::CivilDay(term.year(), 1, 1), absl::CivilDay(term.year() + 1, 1, 1)};
  if (PeriodOf(term).Overlaps(year)) return absl::OkStatus();
  return BreaksRule(term.name(), absl::StrCat("has no day in ", term.year()),
                    absl::StrCat("không có ngày nào trong năm ", term.year()));
}

// One post is held by one school, one school holds one post.
absl::Status CheckPost(const LeadershipTerm& term, const LeadershipTerm& other) {
  const std::string day = Text(PeriodOf(term).Common(PeriodOf(other)).from);
  if (other.school() == term.school()) {
    return Overlap(term.name(), other.name(),
                   absl::StrCat(term.school(), " holds that post on ", day),
                   absl::StrCat(term.school(), " giữ chức đó vào ngày ", day));
  }
  if (other.role() == term.role() && term.role() != v1::LEADERSHIP_ROLE_DEPUTY) {
    return Overlap(term.name(), other.name(),
                   absl::StrCat("the cluster has one ", RoleName(term.role()), ", and ",
                                other.school(), " is it on ", day),
                   absl::StrCat("mỗi cụm có một ", RoleNameVi(term.role()), ", ngày ", day, " là ",
                                other.school()));
  }
  return absl::OkStatus();
}

// Deputies can be too many only from a day on which one of the terms begins.
absl::Status CheckDeputies(const LeadershipTerm& term,
                           const std::vector<const LeadershipTerm*>& meeting, int limit) {
  if (!IsDeputy(term.role())) return absl::OkStatus();
  std::set<absl::CivilDay> days = {PeriodOf(term).from};
  for (const LeadershipTerm* other : meeting)
    days.insert(std::max(PeriodOf(*other).from, PeriodOf(term).from));
  for (const absl::CivilDay day : days) {
    const auto deputies =
        1 + std::count_if(meeting.begin(), meeting.end(), [&](const LeadershipTerm* other) {
          return IsDeputy(other->role()) && PeriodOf(*other).Contains(day);
        });
    if (deputies <= limit) continue;
    return BreaksRule(term.name(),
                      absl::StrCat("the cluster would have ", deputies, " deputies on ", Text(day),
                                   ", ", limit, " at most"),
                      absl::StrCat("cụm sẽ có ", deputies, " Cụm phó vào ngày ", Text(day),
                                   ", tối đa là ", limit));
  }
  return absl::OkStatus();
}

absl::Status CheckLastDay(const LeadershipTerm& term, absl::CivilDay end, absl::CivilDay today) {
  const Period period = PeriodOf(term);
  if (end < period.from || period.to < end) {
    return BreaksRule(term.name(), Text(end) + " does not lie within the term",
                      "ngày " + Text(end) + " không nằm trong nhiệm kỳ");
  }
  if (end > today && end != period.from) {
    return BreaksRule(term.name(), Text(end) + " is after today",
                      "ngày " + Text(end) + " là ngày trong tương lai");
  }
  return absl::OkStatus();
}

}  // namespace

bool IsDeputy(LeadershipRole role) {
  return role == v1::LEADERSHIP_ROLE_DEPUTY || role == v1::LEADERSHIP_ROLE_STANDING_DEPUTY;
}

std::string RoleName(LeadershipRole role) {
  switch (role) {
    case v1::LEADERSHIP_ROLE_HEAD:
      return "head";
    case v1::LEADERSHIP_ROLE_STANDING_DEPUTY:
      return "standing deputy";
    default:
      return "deputy";
  }
}

std::string RoleNameVi(LeadershipRole role) {
  switch (role) {
    case v1::LEADERSHIP_ROLE_HEAD:
      return "Cụm trưởng";
    case v1::LEADERSHIP_ROLE_STANDING_DEPUTY:
      return "Cụm phó thường trực";
    default:
      return "Cụm phó";
  }
}

absl::StatusOr<ClusterRegime> CheckRegime(ClusterRegime regime) {
  if (!regime.has_deputy_limit()) regime.set_deputy_limit(kUsualDeputyLimit);
  Violations violations;
  CheckPeriod(regime, "cluster_regime", violations);
  CheckProvenance(regime.provenance(), "cluster_regime.provenance", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  return regime;
}

absl::Status CheckCluster(const Cluster& cluster) {
  Violations violations;
  CheckProvenance(cluster.provenance(), "cluster.provenance", violations);
  return violations.empty() ? absl::OkStatus() : contract::RefuseFields(violations);
}

Membership WithBounds(Membership membership, const School& school, const ClusterRegime& regime) {
  const Period common = PeriodOf(school).Common(PeriodOf(regime));
  if (!membership.has_valid_from() && common.from != directory::kOpenStart) {
    *membership.mutable_valid_from() = runtime::DayToProto(common.from);
  }
  if (!membership.has_valid_to() && common.to != directory::kOpenEnd) {
    *membership.mutable_valid_to() = runtime::DayToProto(common.to);
  }
  return membership;
}

absl::Status CheckMembership(const Membership& membership, const School& school,
                             const ClusterRegime& regime,
                             const std::vector<Membership>& of_school) {
  Violations violations;
  const std::optional<Period> period = CheckPeriod(membership, "membership", violations);
  CheckProvenance(membership.provenance(), "membership.provenance", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  if (absl::Status status = Within(membership, school); !status.ok()) return status;
  if (absl::Status status = Within(membership, regime); !status.ok()) return status;
  for (const Membership& other : of_school) {
    if (other.name() == membership.name() || !period->Overlaps(PeriodOf(other))) continue;
    const std::string day = Text(period->Common(PeriodOf(other)).from);
    return Overlap(
        membership.name(), other.name(),
        absl::StrCat(school.name(), " belongs to one cluster at a time, and on ", day,
                     " to that one"),
        absl::StrCat(school.name(), " mỗi lúc chỉ thuộc một cụm, ngày ", day, " đã thuộc cụm đó"));
  }
  return absl::OkStatus();
}

absl::Status CheckMembershipsWithin(const School& school,
                                    const std::vector<Membership>& memberships) {
  return AllWithin(memberships, school);
}

absl::Status CheckMembershipsWithin(const ClusterRegime& regime,
                                    const std::vector<Membership>& memberships) {
  return AllWithin(memberships, regime);
}

absl::Status CheckTermsCovered(const Membership& changed, const std::vector<Membership>& in_cluster,
                               const std::vector<LeadershipTerm>& terms) {
  std::vector<Membership> memberships = {changed};
  std::copy_if(in_cluster.begin(), in_cluster.end(), std::back_inserter(memberships),
               [&](const Membership& other) { return other.name() != changed.name(); });
  for (const LeadershipTerm& term : terms) {
    if (term.school() == changed.school() && !Covered(term, memberships))
      return NotCovered(changed.name(), term);
  }
  return absl::OkStatus();
}

LeadershipTerm NewTerm(LeadershipTerm term) {
  term.set_state(v1::LEADERSHIP_TERM_STATE_ELECTED);
  if (!term.has_valid_from())
    *term.mutable_valid_from() = runtime::DayToProto(absl::CivilDay(term.year(), 1, 1));
  if (!term.has_valid_to())
    *term.mutable_valid_to() = runtime::DayToProto(absl::CivilDay(term.year() + 1, 1, 1));
  return term;
}

absl::Status CheckTerm(const LeadershipTerm& term, const ClusterFacts& facts) {
  Violations violations;
  const std::optional<Period> period = CheckPeriod(term, "leadership_term", violations);
  CheckProvenance(term.provenance(), "leadership_term.provenance", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  if (absl::Status status = CheckYear(term); !status.ok()) return status;
  if (!Covered(term, facts.memberships)) return NotCovered(term.name(), term);
  std::vector<const LeadershipTerm*> meeting;
  for (const LeadershipTerm& other : facts.terms) {
    if (other.name() == term.name() || !period->Overlaps(PeriodOf(other))) continue;
    if (absl::Status status = CheckPost(term, other); !status.ok()) return status;
    meeting.push_back(&other);
  }
  return CheckDeputies(term, meeting, facts.deputy_limit);
}

absl::Status CheckCorrectable(const LeadershipTerm& term) {
  if (StillOpen(term)) return absl::OkStatus();
  return WrongState(term, "a correction", "việc sửa", "ELECTED or RECOGNISED",
                    "đã bầu hoặc đã công nhận");
}

absl::StatusOr<LeadershipTerm> Recognise(LeadershipTerm term, const v1::Decision& decision,
                                         const v1::Provenance* provenance) {
  if (term.state() != v1::LEADERSHIP_TERM_STATE_ELECTED) {
    return WrongState(term, "recognition", "việc công nhận", "ELECTED", "đã bầu");
  }
  term.set_state(v1::LEADERSHIP_TERM_STATE_RECOGNISED);
  *term.mutable_recognition() = decision;
  if (provenance != nullptr) *term.mutable_provenance() = *provenance;
  Violations violations;
  CheckProvenance(term.provenance(), "provenance", violations);
  if (!violations.empty()) return contract::RefuseFields(violations);
  return term;
}

absl::StatusOr<LeadershipTerm> End(LeadershipTerm term, absl::CivilDay end, absl::CivilDay today) {
  if (!StillOpen(term)) {
    return WrongState(term, "ending it", "việc kết thúc", "ELECTED or RECOGNISED",
                      "đã bầu hoặc đã công nhận");
  }
  if (absl::Status status = CheckLastDay(term, end, today); !status.ok()) return status;
  *term.mutable_valid_to() = runtime::DayToProto(end);
  term.set_state(v1::LEADERSHIP_TERM_STATE_ENDED);
  return term;
}

absl::StatusOr<Replacement> Replace(LeadershipTerm term, LeadershipTerm successor,
                                    absl::CivilDay day, absl::CivilDay today) {
  if (!StillOpen(term)) {
    return WrongState(term, "replacing it", "việc thay", "ELECTED or RECOGNISED",
                      "đã bầu hoặc đã công nhận");
  }
  if (absl::Status status = CheckLastDay(term, day, today); !status.ok()) return status;
  successor.set_year(term.year());
  successor.set_role(term.role());
  *successor.mutable_valid_from() = runtime::DayToProto(day);
  *successor.mutable_valid_to() = term.valid_to();
  *term.mutable_valid_to() = runtime::DayToProto(day);
  term.set_state(v1::LEADERSHIP_TERM_STATE_REPLACED);
  term.set_replaced_by(successor.name());
  return Replacement{std::move(term), NewTerm(std::move(successor))};
}

absl::StatusOr<std::string> NewTermName(const std::string& cluster, const std::string& given,
                                        int year, const std::string& school) {
  const std::string made =
      absl::StrCat(year, "-", contract::SegmentAfter(school, "schools").value_or(""));
  const std::string& id = given.empty() ? made : given;
  if (contract::IsResourceId(id)) return contract::Join({cluster, "leadershipTerms", id});
  return contract::RefuseFields({{"leadership_term_id", "must be given", "bắt buộc"}});
}

absl::StatusOr<Replacement> TakeOver(LeadershipTerm term, LeadershipTerm successor,
                                     absl::CivilDay day, absl::CivilDay today) {
  const Period period = PeriodOf(term);
  if (!period.Empty() && !StillOpen(term)) {
    return WrongState(term, "taking it over", "việc tiếp nhận", "ELECTED or RECOGNISED",
                      "đã bầu hoặc đã công nhận");
  }
  if (!period.Empty() && today < day) {
    return BreaksRule(term.name(), term.school() + " holds the post until " + Text(day),
                      term.school() + " còn giữ chức đến ngày " + Text(day));
  }
  successor.set_year(term.year());
  successor.set_role(term.role());
  *successor.mutable_valid_from() = runtime::DayToProto(std::max(day, period.from));
  *successor.mutable_valid_to() = runtime::DayToProto(absl::CivilDay(term.year() + 1, 1, 1));
  term.set_state(v1::LEADERSHIP_TERM_STATE_REPLACED);
  term.set_replaced_by(successor.name());
  return Replacement{std::move(term), NewTerm(std::move(successor))};
}

std::optional<Membership> CutAt(Membership membership, absl::CivilDay day) {
  const Period period = PeriodOf(membership);
  if (period.Empty() || period.to <= day) return std::nullopt;
  *membership.mutable_valid_to() = runtime::DayToProto(std::max(period.from, day));
  return membership;
}

std::optional<LeadershipTerm> CutAt(LeadershipTerm term, absl::CivilDay day) {
  const Period period = PeriodOf(term);
  if (period.Empty() || period.to <= day) return std::nullopt;
  *term.mutable_valid_to() = runtime::DayToProto(std::max(period.from, day));
  if (day <= period.from) term.set_state(v1::LEADERSHIP_TERM_STATE_ENDED);
  return term;
}

absl::StatusOr<Membership> End(Membership membership, absl::CivilDay end) {
  const Period period = PeriodOf(membership);
  if (end < period.from || period.to < end) {
    return BreaksRule(membership.name(), Text(end) + " does not lie within the membership",
                      "ngày " + Text(end) + " không nằm trong thời gian là thành viên");
  }
  *membership.mutable_valid_to() = runtime::DayToProto(end);
  return membership;
}

}  // namespace thidua::registry
