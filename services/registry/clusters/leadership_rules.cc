#include "services/registry/clusters/leadership_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/resource_name.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "services/registry/clusters/cluster_rules.h"

namespace thidua::registry {
namespace {

using directory::Period;
using directory::SchoolMap;
using v1::LeadershipFinding;
using v1::LeadershipTerm;

// A term and when it holds; what the map holds was checked when it was stored.
struct DatedTerm {
  const LeadershipTerm* term;
  Period period;
};

// The terms that have a day within `bounds`.
std::vector<DatedTerm> TermsWithin(const SchoolMap& map, std::string_view cluster,
                                   const Period& bounds) {
  std::vector<DatedTerm> terms;
  for (const LeadershipTerm* term : map.TermsOf(cluster)) {
    const absl::StatusOr<Period> period = directory::PeriodOf(*term);
    if (period.ok() && period->Overlaps(bounds)) terms.push_back({term, *period});
  }
  return terms;
}

bool IsProvisional(const v1::Provenance& provenance) {
  return provenance.confidence() != v1::CONFIDENCE_DOCUMENTED;
}

// ---- Rotation.

void Count(const LeadershipTerm& term, v1::RotationMember& member) {
  switch (term.role()) {
    case v1::LEADERSHIP_ROLE_HEAD:
      member.add_head_years(term.year());
      break;
    case v1::LEADERSHIP_ROLE_STANDING_DEPUTY:
      member.add_standing_deputy_years(term.year());
      break;
    default:
      member.add_deputy_years(term.year());
  }
  member.set_last_year(std::max(member.last_year(), term.year()));
  if (IsProvisional(term.provenance())) member.set_confidence(v1::CONFIDENCE_PROVISIONAL);
}

// Ascending, each once: a school may hold one post twice in a year.
void Sort(google::protobuf::RepeatedField<int32_t>& years) {
  std::sort(years.begin(), years.end());
  years.erase(std::unique(years.begin(), years.end()), years.end());
}

int LastYearAsHead(const v1::RotationMember& member) {
  return member.head_years().empty() ? 0 : *member.head_years().rbegin();
}

// ---- Findings.

// The findings of one cluster and one emulation year.
class YearReview {
 public:
  YearReview(const SchoolMap& map, std::string_view cluster, int year, const Period& days)
      : map_(map),
        cluster_(cluster),
        year_(year),
        days_(days),
        terms_(TermsWithin(map, cluster, days)) {
    boundaries_ = {days_.from, days_.to};
    for (const DatedTerm& term : terms_) {
      const Period common = term.period.Common(days_);
      boundaries_.insert(common.from);
      boundaries_.insert(common.to);
    }
  }

  std::vector<LeadershipFinding> Findings(int deputy_limit, absl::CivilDay today) {
    FindNoHead();
    FindDeputies(deputy_limit);
    FindContradictions();
    for (const DatedTerm& term : terms_) {
      FindNotRecognised(term, today);
      FindSchoolGone(term);
    }
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const auto& a, const auto& b) { return Order(a) < Order(b); });
    return std::move(findings_);
  }

 private:
  static std::tuple<int, absl::CivilDay> Order(const LeadershipFinding& finding) {
    return {finding.kind(), runtime::DayFromProto(finding.valid_from()).value_or(absl::CivilDay())};
  }

  // "from 2024-01-01 to 2024-06-30": people name the last day of a stretch, not the day after it.
  static std::string Days(const Period& period) {
    return absl::StrCat("from ", absl::FormatCivilTime(period.from), " to ",
                        absl::FormatCivilTime(period.to - 1));
  }
  static std::string DaysVi(const Period& period) {
    return absl::StrCat("từ ngày ", absl::FormatCivilTime(period.from), " đến ngày ",
                        absl::FormatCivilTime(period.to - 1));
  }

  LeadershipFinding& Add(v1::LeadershipFindingKind kind, const Period& period,
                         const std::string& text, const std::string& text_vi,
                         const std::vector<const LeadershipTerm*>& terms) {
    LeadershipFinding& finding = findings_.emplace_back();
    finding.set_cluster(contract::Join({"clusters", cluster_}));
    finding.set_year(year_);
    finding.set_kind(kind);
    *finding.mutable_valid_from() = runtime::DayToProto(period.from);
    *finding.mutable_valid_to() = runtime::DayToProto(period.to);
    finding.set_text(absl::StrCat(text, " ", Days(period)));
    finding.set_text_vi(absl::StrCat(text_vi, " ", DaysVi(period)));
    for (const LeadershipTerm* term : terms) {
      finding.add_leadership_terms(term->name());
      if (IsProvisional(term->provenance())) finding.set_provisional(true);
    }
    return finding;
  }

  // The longest stretches over which `count` stays the same; terms begin and end at boundaries
  // only.
  struct Stretch {
    Period period;
    int count;
  };
  template <class Counts>
  std::vector<Stretch> Stretches(Counts counts) const {
    std::vector<Stretch> stretches;
    for (auto day = boundaries_.begin(); std::next(day) != boundaries_.end(); ++day) {
      int count = 0;
      for (const DatedTerm& term : terms_)
        count += counts(term.term->role()) && term.period.Contains(*day) ? 1 : 0;
      if (!stretches.empty() && stretches.back().count == count) {
        stretches.back().period.to = *std::next(day);
      } else {
        stretches.push_back({{*day, *std::next(day)}, count});
      }
    }
    return stretches;
  }

  void FindNoHead() {
    for (const Stretch& stretch :
         Stretches([](v1::LeadershipRole role) { return role == v1::LEADERSHIP_ROLE_HEAD; })) {
      if (stretch.count > 0) continue;
      Add(v1::LEADERSHIP_FINDING_KIND_NO_HEAD, stretch.period, "no head is recorded",
          "chưa ghi nhận Cụm trưởng", {});
    }
  }

  void FindDeputies(int limit) {
    for (const Stretch& stretch : Stretches(IsDeputy)) {
      if (stretch.count == limit) continue;
      std::vector<const LeadershipTerm*> deputies;
      for (const DatedTerm& term : terms_) {
        if (IsDeputy(term.term->role()) && term.period.Overlaps(stretch.period))
          deputies.push_back(term.term);
      }
      if (stretch.count < limit) {
        Add(v1::LEADERSHIP_FINDING_KIND_FEW_DEPUTIES, stretch.period,
            absl::StrCat(stretch.count, " of ", limit, " deputies recorded"),
            absl::StrCat("ghi nhận ", stretch.count, " trên ", limit, " Cụm phó"), deputies);
      } else {
        Add(v1::LEADERSHIP_FINDING_KIND_OVERLAP, stretch.period,
            absl::StrCat(stretch.count, " deputies recorded, ", limit, " at most,"),
            absl::StrCat("ghi nhận ", stretch.count, " Cụm phó, tối đa ", limit, ","), deputies);
      }
    }
  }

  void FindContradictions() {
    for (size_t i = 0; i < terms_.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        const Period common = terms_[i].period.Common(terms_[j].period).Common(days_);
        if (!common.Empty()) FindContradiction(*terms_[j].term, *terms_[i].term, common);
      }
    }
  }

  void FindContradiction(const LeadershipTerm& a, const LeadershipTerm& b, const Period& common) {
    if (a.school() == b.school()) {
      Add(v1::LEADERSHIP_FINDING_KIND_OVERLAP, common, a.school() + " holds two posts",
          a.school() + " giữ hai chức", {&a, &b});
    } else if (a.role() == b.role() && a.role() != v1::LEADERSHIP_ROLE_DEPUTY) {
      Add(v1::LEADERSHIP_FINDING_KIND_OVERLAP, common,
          absl::StrCat(a.school(), " and ", b.school(), " are both ", RoleName(a.role())),
          absl::StrCat(a.school(), " và ", b.school(), " cùng là ", RoleNameVi(a.role())),
          {&a, &b});
    }
  }

  void FindNotRecognised(const DatedTerm& dated, absl::CivilDay today) {
    const Period common = dated.period.Common(days_);
    if (dated.term->state() != v1::LEADERSHIP_TERM_STATE_ELECTED || today < common.from) return;
    Add(v1::LEADERSHIP_FINDING_KIND_NOT_RECOGNISED, common,
        absl::StrCat(dated.term->school(), ", elected ", RoleName(dated.term->role()),
                     ", is not recognised and may not act"),
        absl::StrCat(dated.term->school(), " được bầu làm ", RoleNameVi(dated.term->role()),
                     " nhưng chưa được công nhận, chưa có quyền điều hành"),
        {dated.term});
  }

  void FindSchoolGone(const DatedTerm& dated) {
    const std::string id = contract::SegmentAfter(dated.term->school(), "schools").value_or("");
    const v1::School* school = map_.School(id);
    const Period validity = school == nullptr ? Period{directory::kOpenStart, directory::kOpenStart}
                                              : directory::PeriodOf(*school).value_or(Period());
    for (const Period& outside :
         {Period{directory::kOpenStart, validity.from}, Period{validity.to, directory::kOpenEnd}}) {
      const Period gone = dated.period.Common(days_).Common(outside);
      if (gone.Empty()) continue;
      Add(v1::LEADERSHIP_FINDING_KIND_SCHOOL_GONE, gone,
          absl::StrCat(dated.term->school(), ", ", RoleName(dated.term->role()),
                       ", does not exist"),
          absl::StrCat(dated.term->school(), " là ", RoleNameVi(dated.term->role()),
                       " nhưng không tồn tại"),
          {dated.term});
    }
  }

  const SchoolMap& map_;
  const std::string_view cluster_;
  const int year_;
  const Period days_;
  const std::vector<DatedTerm> terms_;
  std::set<absl::CivilDay> boundaries_;
  std::vector<LeadershipFinding> findings_;
};

}  // namespace

v1::LeadershipRotation RotationOf(const SchoolMap& map, std::string_view cluster,
                                  absl::CivilDay day) {
  std::vector<v1::RotationMember> members;
  std::map<std::string, size_t, std::less<>> place;  // by school
  for (const directory::Member& from : map.MembersOf(cluster, day)) {
    place[from.membership->school()] = members.size();
    v1::RotationMember& member = members.emplace_back();
    member.set_school(from.membership->school());
    member.set_display_name(std::string(from.display_name));
    member.set_confidence(from.membership->provenance().confidence());
  }
  for (const DatedTerm& dated : TermsWithin(map, cluster, {directory::kOpenStart, day + 1})) {
    if (const auto found = place.find(dated.term->school()); found != place.end())
      Count(*dated.term, members[found->second]);
  }
  for (v1::RotationMember& member : members) {
    Sort(*member.mutable_head_years());
    Sort(*member.mutable_standing_deputy_years());
    Sort(*member.mutable_deputy_years());
  }
  std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) {
    return std::pair(LastYearAsHead(a), a.last_year()) <
           std::pair(LastYearAsHead(b), b.last_year());
  });
  v1::LeadershipRotation rotation;
  rotation.set_cluster(contract::Join({"clusters", cluster}));
  *rotation.mutable_as_of() = runtime::DayToProto(day);
  for (v1::RotationMember& member : members) *rotation.add_members() = std::move(member);
  return rotation;
}

std::vector<LeadershipFinding> FindingsOf(const SchoolMap& map, std::string_view cluster,
                                          int from_year, int to_year, absl::CivilDay today) {
  const std::string regime_id =
      contract::SegmentAfter(map.Cluster(cluster)->regime(), "clusterRegimes").value_or("");
  const v1::ClusterRegime* regime = map.Regime(regime_id);
  const Period in_force =
      regime == nullptr ? Period() : directory::PeriodOf(*regime).value_or(Period());
  const int deputy_limit = regime == nullptr ? kUsualDeputyLimit : regime->deputy_limit();
  std::vector<LeadershipFinding> findings;
  for (int year = from_year; year <= to_year; ++year) {
    const Period days =
        Period{absl::CivilDay(year, 1, 1), absl::CivilDay(year + 1, 1, 1)}.Common(in_force);
    if (days.Empty()) continue;
    for (LeadershipFinding& finding :
         YearReview(map, cluster, year, days).Findings(deputy_limit, today)) {
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace thidua::registry
