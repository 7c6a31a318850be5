// Builders of schools, lineage, clusters, memberships and terms as the tests of several rooms need
// them.
#ifndef THIDUA_TESTS_SUPPORT_SCHOOL_FACTS_H_
#define THIDUA_TESTS_SUPPORT_SCHOOL_FACTS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/directory/directory.h"
#include "common/runtime/dates.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::testing {

inline absl::CivilDay Day(std::string_view text) { return runtime::ParseDay(text).value(); }

// Sets valid_from and valid_to; an empty text leaves the bound open.
template <class Dated>
Dated Dating(Dated dated, const std::string& from, const std::string& to) {
  if (!from.empty()) *dated.mutable_valid_from() = runtime::DayToProto(Day(from));
  if (!to.empty()) *dated.mutable_valid_to() = runtime::DayToProto(Day(to));
  return dated;
}

template <class Fact>
Fact Documented(Fact fact, const std::string& source = "550-QĐ/HVCTQG, 3-2-2021") {
  fact.mutable_provenance()->set_confidence(registry::v1::CONFIDENCE_DOCUMENTED);
  fact.mutable_provenance()->set_source(source);
  return fact;
}

template <class Fact>
Fact Provisional(Fact fact) {
  fact.mutable_provenance()->set_confidence(registry::v1::CONFIDENCE_PROVISIONAL);
  fact.mutable_provenance()->clear_source();
  return fact;
}

inline registry::v1::SchoolName SchoolName(const std::string& official,
                                           const std::string& from = "",
                                           const std::string& to = "") {
  registry::v1::SchoolName name;
  name.set_official_name(official);
  return Dating(std::move(name), from, to);
}

// A documented provincial school under one name; no name when `official` is empty.
inline registry::v1::School School(const std::string& id, const std::string& province,
                                   const std::string& official, const std::string& from = "",
                                   const std::string& to = "") {
  registry::v1::School school;
  school.set_name("schools/" + id);
  school.set_kind(registry::v1::SCHOOL_KIND_PROVINCIAL);
  school.set_province_id(id);
  school.set_province(province);
  if (!official.empty()) *school.add_names() = SchoolName(official);
  return Documented(Dating(std::move(school), from, to));
}

inline registry::v1::LineageEvent Lineage(registry::v1::LineageEventType type,
                                          const std::string& id, const std::string& effective,
                                          const std::vector<std::string>& predecessors,
                                          const std::vector<std::string>& successors) {
  registry::v1::LineageEvent event;
  event.set_name("lineageEvents/" + id);
  event.set_type(type);
  *event.mutable_effective_date() = runtime::DayToProto(Day(effective));
  for (const auto& school : predecessors) event.add_predecessors("schools/" + school);
  for (const auto& school : successors) event.add_successors("schools/" + school);
  return Documented(std::move(event));
}

inline registry::v1::ClusterRegime Regime(const std::string& id, const std::string& from = "",
                                          const std::string& to = "") {
  registry::v1::ClusterRegime regime;
  regime.set_name("clusterRegimes/" + id);
  regime.set_display_name("Cụm thi đua theo khu vực");
  regime.set_deputy_limit(2);
  return Documented(Dating(std::move(regime), from, to));
}

inline registry::v1::Cluster Cluster(const std::string& id, const std::string& regime,
                                     const std::string& display_name) {
  registry::v1::Cluster cluster;
  cluster.set_name("clusters/" + id);
  cluster.set_regime("clusterRegimes/" + regime);
  cluster.set_display_name(display_name);
  return Documented(std::move(cluster));
}

inline registry::v1::Membership Membership(const std::string& cluster, const std::string& school,
                                           const std::string& from = "",
                                           const std::string& to = "") {
  registry::v1::Membership membership;
  membership.set_name("clusters/" + cluster + "/memberships/" + school);
  membership.set_school("schools/" + school);
  return Documented(Dating(std::move(membership), from, to));
}

// A recognised, documented term of a whole year.
inline registry::v1::LeadershipTerm Term(const std::string& cluster, const std::string& school,
                                         int year, registry::v1::LeadershipRole role) {
  registry::v1::LeadershipTerm term;
  term.set_name("clusters/" + cluster + "/leadershipTerms/" + std::to_string(year) + "-" + school);
  term.set_school("schools/" + school);
  term.set_year(year);
  term.set_role(role);
  term.set_state(registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED);
  return Documented(Dating(std::move(term), std::to_string(year) + "-01-01",
                           std::to_string(year + 1) + "-01-01"));
}

template <class Fact>
directory::Entry EntryOf(const Fact& fact, int64_t version = 1) {
  return {Fact::descriptor()->full_name(), fact.name(), version, fact.SerializeAsString()};
}

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_SCHOOL_FACTS_H_
