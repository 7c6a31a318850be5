#include "services/cli/reference_check.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/request_check.h"
#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "services/cli/reference_requests.h"
#include "services/cli/registry_text.h"

namespace thidua::cli {
namespace {

using directory::Period;
using registry::v1::Cluster;
using registry::v1::LeadershipTerm;
using registry::v1::LineageEvent;
using registry::v1::Membership;
using registry::v1::School;

template <class Dated>
Period PeriodIn(const Dated& dated) {
  return directory::PeriodOf(dated).value_or(Period());
}

// The column behind a field of a request: "school.names[0].official_name" is "name_vi". The field
// itself where no column has another name.
std::string ColumnOf(const std::string& path) {
  static const auto* const columns =
      new std::map<std::string, std::string>{{"display_name", "name_vi"},
                                             {"official_name", "name_vi"},
                                             {"short_name", "short_name_vi"},
                                             {"province", "province_vi"},
                                             {"region", "region_vi"},
                                             {"unit", "unit_vi"},
                                             {"provenance", "seen_in"},
                                             {"issuer", "decision_issuer"},
                                             {"valid_from", "first_day"},
                                             {"fraction_digits", "digits"},
                                             {"predecessors", "predecessor_code"},
                                             {"successors", "successor_code"},
                                             {"valid_to", "last_day"},
                                             {"cluster_regime_id", "code"},
                                             {"cluster_id", "code"},
                                             {"school_id", "code"},
                                             {"indicator_id", "code"},
                                             {"membership_id", "school_code"},
                                             {"leadership_term_id", "school_code"},
                                             {"lineage_event_id", "successor_code"}};
  std::string last = path.substr(path.rfind('.') + 1);
  last = last.substr(0, last.find('['));
  const auto found = columns->find(last);
  return found == columns->end() ? last : found->second;
}

template <class Resource>
void CheckRequests(const std::vector<Fact<Resource>>& facts, CsvProblems& problems) {
  for (const Fact<Resource>& fact : facts) {
    const absl::Status checked = contract::CheckRequest(CreateRequestFor(fact.wanted));
    std::set<std::string> told;
    for (const contract::FieldViolation& violation : contract::FieldViolationsOf(checked)) {
      // The identifier and the name say the same thing twice.
      const std::string column = violation.field == "name" || violation.field.ends_with(".name")
                                     ? "code"
                                     : ColumnOf(violation.field);
      if (told.insert(column).second)
        fact.row.Complain(column, violation.description, violation.description_vi, problems);
    }
  }
}

void CheckMemberships(const ReferenceData& data, CsvProblems& problems) {
  std::map<std::string, std::vector<const Membership*>> of_school;
  for (const auto& fact : data.memberships) {
    std::vector<const Membership*>& others = of_school[fact.wanted.school()];
    for (const Membership* other : others) {
      if (!PeriodIn(fact.wanted).Overlaps(PeriodIn(*other))) continue;
      const std::string day =
          absl::FormatCivilTime(PeriodIn(fact.wanted).Common(PeriodIn(*other)).from);
      fact.row.Complain(
          "school_code", absl::StrCat("is a member by ", other->name(), " too on ", day),
          absl::StrCat("cũng là thành viên theo ", other->name(), " vào ngày ", day), problems);
    }
    others.push_back(&fact.wanted);
  }
}

std::string ClusterOf(const LeadershipTerm& term) {
  return term.name().substr(0, term.name().find("/leadershipTerms/"));
}

bool IsMemberThroughout(const ReferenceData& data, const LeadershipTerm& term) {
  for (const auto& fact : data.memberships) {
    const bool same =
        fact.wanted.name() == absl::StrCat(ClusterOf(term), "/memberships/", IdOf(term.school()));
    if (same && PeriodIn(term).Within(PeriodIn(fact.wanted))) return true;
  }
  return false;
}

int DeputyLimit(const ReferenceData& data, const std::string& cluster) {
  for (const auto& fact : data.clusters) {
    if (fact.wanted.name() != cluster) continue;
    for (const auto& regime : data.regimes) {
      if (regime.wanted.name() == fact.wanted.regime()) return regime.wanted.deputy_limit();
    }
  }
  return 0;
}

void CheckPosts(const ReferenceData& data, const Fact<LeadershipTerm>& fact,
                const std::vector<const LeadershipTerm*>& before, CsvProblems& problems) {
  int deputies = fact.wanted.role() == registry::v1::LEADERSHIP_ROLE_HEAD ? 0 : 1;
  for (const LeadershipTerm* other : before) {
    if (!PeriodIn(*other).Overlaps(PeriodIn(fact.wanted))) continue;
    deputies += other->role() == registry::v1::LEADERSHIP_ROLE_HEAD ? 0 : 1;
    if (other->role() == fact.wanted.role() &&
        other->role() != registry::v1::LEADERSHIP_ROLE_DEPUTY) {
      fact.row.Complain("role", "the post is held by " + other->name(),
                        "chức danh đã thuộc về " + other->name(), problems);
    }
  }
  const int limit = DeputyLimit(data, ClusterOf(fact.wanted));
  if (fact.wanted.role() != registry::v1::LEADERSHIP_ROLE_HEAD && deputies > limit) {
    fact.row.Complain("role", absl::StrCat("more than ", limit, " deputies at a time"),
                      absl::StrCat("quá ", limit, " cụm phó cùng lúc"), problems);
  }
}

void CheckTerms(const ReferenceData& data, CsvProblems& problems) {
  std::map<std::string, std::vector<const LeadershipTerm*>> of_cluster;
  for (const auto& fact : data.terms) {
    if (!IsMemberThroughout(data, fact.wanted)) {
      fact.row.Complain("school_code", "is not a member of the cluster throughout the year",
                        "không là thành viên của cụm suốt năm đó", problems);
    }
    std::vector<const LeadershipTerm*>& others = of_cluster[ClusterOf(fact.wanted)];
    CheckPosts(data, fact, others, problems);
    others.push_back(&fact.wanted);
  }
}

void CheckMergers(const ReferenceData& data, CsvProblems& problems) {
  std::map<std::string, Period> validity;
  for (const auto& fact : data.schools) validity[fact.wanted.name()] = PeriodIn(fact.wanted);
  std::set<std::string> ended;
  for (const auto& fact : data.mergers) {
    const LineageEvent& event = fact.wanted;
    const absl::CivilDay day =
        runtime::DayFromProto(event.effective_date()).value_or(directory::kOpenStart);
    const std::string text = absl::FormatCivilTime(day);
    if (event.predecessors_size() < 2) {
      fact.row.Complain("predecessor_code", "a merger has at least two predecessors",
                        "sáp nhập cần ít nhất hai trường", problems);
    }
    for (const std::string& school : event.predecessors()) {
      if (validity[school].to != day) {
        fact.row.Complain("predecessor_code",
                          absl::StrCat(school, " must end on the day before ", text),
                          absl::StrCat(school, " phải kết thúc vào ngày trước ", text), problems);
      }
      if (!ended.insert(school).second) {
        fact.row.Complain("predecessor_code", school + " is merged twice",
                          school + " bị sáp nhập hai lần", problems);
      }
    }
    if (validity[event.successors(0)].from != day) {
      fact.row.Complain("successor_code",
                        absl::StrCat(event.successors(0), " must begin on ", text),
                        absl::StrCat(event.successors(0), " phải bắt đầu từ ", text), problems);
    }
  }
}

}  // namespace

void CheckReference(const ReferenceData& data, CsvProblems& problems) {
  CheckRequests(data.regimes, problems);
  CheckRequests(data.clusters, problems);
  CheckRequests(data.schools, problems);
  CheckRequests(data.memberships, problems);
  CheckRequests(data.terms, problems);
  CheckRequests(data.mergers, problems);
  CheckRequests(data.indicators, problems);
  CheckMemberships(data, problems);
  CheckTerms(data, problems);
  CheckMergers(data, problems);
}

}  // namespace thidua::cli
