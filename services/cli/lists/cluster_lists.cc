// regimes.csv, clusters.csv, memberships.csv, leadership.csv.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "common/directory/period.h"
#include "common/runtime/dates.h"
#include "services/cli/lists/catalogue.h"
#include "services/cli/lists/list_requests.h"
#include "services/cli/registry_text.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::cli {
namespace {

using directory::Period;
using google::protobuf::Message;
using registry::v1::Cluster;
using registry::v1::ClusterRegime;
using registry::v1::LeadershipTerm;
using registry::v1::Membership;
using registry::v1::School;

// As the server: two deputies unless the regime says otherwise.
constexpr int kUsualDeputyLimit = 2;

template <class Resource>
const Resource* Find(const Lookup& lookup, const std::string& name) {
  return google::protobuf::DynamicCastToGenerated<Resource>(lookup.find(name));
}

template <class Resource>
Resource& As(Message* message) {
  return *google::protobuf::DynamicCastToGenerated<Resource>(message);
}
template <class Resource>
const Resource& As(const Message& message) {
  return *google::protobuf::DynamicCastToGenerated<Resource>(&message);
}

void CompleteRegime(Message* message, const Lookup&) {
  auto& regime = As<ClusterRegime>(message);
  if (!regime.has_deputy_limit()) regime.set_deputy_limit(kUsualDeputyLimit);
}

// A blank day is that of school and regime.
void CompleteMembership(Message* message, const Lookup& lookup) {
  auto& membership = As<Membership>(message);
  const auto* school = Find<School>(lookup, membership.school());
  const auto* cluster = Find<Cluster>(lookup, ParentOf(membership.name()));
  const auto* regime =
      cluster == nullptr ? nullptr : Find<ClusterRegime>(lookup, cluster->regime());
  if (school == nullptr || regime == nullptr) return;  // a problem of its own
  const Period common = directory::PeriodOf(*school).value_or(Period()).Common(
      directory::PeriodOf(*regime).value_or(Period()));
  if (!membership.has_valid_from() && common.from != directory::kOpenStart)
    *membership.mutable_valid_from() = runtime::DayToProto(common.from);
  if (!membership.has_valid_to() && common.to != directory::kOpenEnd)
    *membership.mutable_valid_to() = runtime::DayToProto(common.to);
}

// Blank days are those of the year.
void CompleteTerm(Message* message, const Lookup&) {
  auto& term = As<LeadershipTerm>(message);
  if (term.state() == registry::v1::LEADERSHIP_TERM_STATE_UNSPECIFIED)
    term.set_state(registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
  if (term.year() < 1 || term.year() > 9998) return;
  if (!term.has_valid_from())
    *term.mutable_valid_from() = runtime::DayToProto(absl::CivilDay(term.year(), 1, 1));
  if (!term.has_valid_to())
    *term.mutable_valid_to() = runtime::DayToProto(absl::CivilDay(term.year() + 1, 1, 1));
}

const std::set<std::string> kRecognition = {"recognition_number", "recognition_date",
                                            "recognition_issuer", "recognition_title",
                                            "recognition_document"};

void Recognise(const LeadershipTerm& wanted, Verbs& verbs) {
  auto request = std::make_unique<registry::v1::RecogniseLeadershipTermRequest>();
  request->set_name(wanted.name());
  *request->mutable_decision() = wanted.recognition();
  verbs.acts.push_back({std::move(request), ""});
  verbs.settled.insert(kRecognition.begin(), kRecognition.end());
  verbs.settled.insert("state");
}

void End(const LeadershipTerm& wanted, Verbs& verbs) {
  auto request = std::make_unique<registry::v1::EndLeadershipTermRequest>();
  request->set_name(wanted.name());
  *request->mutable_end_date() = wanted.valid_to();
  verbs.acts.push_back({std::move(request), ""});
  verbs.settled.insert({"state", "last_day"});
}

// The other school takes over: its term comes into being by the same act.
void Replace(const LeadershipTerm& wanted, const LeadershipTerm& successor, Verbs& verbs) {
  auto request = std::make_unique<registry::v1::ReplaceLeadershipTermRequest>();
  request->set_name(wanted.name());
  *request->mutable_replace_date() = wanted.valid_to();
  request->set_school(successor.school());
  request->set_leadership_term_id(IdOf(successor.name()));
  *request->mutable_provenance() = successor.provenance();
  verbs.acts.push_back({std::move(request), successor.name()});
  verbs.settled.insert({"state", "last_day", "replaced_by"});
  auto whole = std::make_unique<LeadershipTerm>(wanted);
  *whole->mutable_valid_to() = successor.valid_to();
  verbs.creation = std::move(whole);
}

// The term that this new one takes over from; null when it is elected like any other.
const LeadershipTerm* ReplacedBy(const LeadershipTerm& wanted, const Lookup& lookup) {
  for (const Message* other : lookup.wanted(LeadershipTerm::descriptor())) {
    if (As<LeadershipTerm>(*other).replaced_by() == wanted.name())
      return &As<LeadershipTerm>(*other);
  }
  return nullptr;
}

// How far a term has come; ENDED and REPLACED are both the end.
int StepOf(registry::v1::LeadershipTermState state) {
  return std::min<int>(state, registry::v1::LEADERSHIP_TERM_STATE_REPLACED);
}

// ELECTED → RECOGNISED → ENDED or REPLACED.
Verbs TermVerbs(const Message* stored, const Message& target, const Lookup& lookup) {
  const auto& wanted = As<LeadershipTerm>(target);
  const auto before = stored == nullptr ? registry::v1::LEADERSHIP_TERM_STATE_ELECTED
                                        : As<LeadershipTerm>(*stored).state();
  Verbs verbs;
  verbs.moved_on = StepOf(wanted.state()) < StepOf(before);
  if (stored == nullptr && ReplacedBy(wanted, lookup) != nullptr) {
    auto made = std::make_unique<LeadershipTerm>(wanted);
    made->set_state(registry::v1::LEADERSHIP_TERM_STATE_ELECTED);
    made->clear_recognition();
    made->clear_elected_date();
    made->clear_acting_person();
    verbs.made = std::move(made);
  }
  if (wanted.state() == registry::v1::LEADERSHIP_TERM_STATE_ELECTED) verbs.settled = {"state"};
  if (verbs.moved_on || wanted.state() == before) return verbs;
  const bool recognised = wanted.state() == registry::v1::LEADERSHIP_TERM_STATE_RECOGNISED;
  if (before == registry::v1::LEADERSHIP_TERM_STATE_ELECTED &&
      (recognised || wanted.has_recognition()))
    Recognise(wanted, verbs);
  if (wanted.state() == registry::v1::LEADERSHIP_TERM_STATE_ENDED) End(wanted, verbs);
  if (wanted.state() == registry::v1::LEADERSHIP_TERM_STATE_REPLACED) {
    const auto* successor = Find<LeadershipTerm>(lookup, wanted.replaced_by());
    if (successor != nullptr) Replace(wanted, *successor, verbs);
  }
  return verbs;
}

}  // namespace

std::vector<List> ClusterLists() {
  ListOf regimes("regimes.csv", ClusterRegime::descriptor());
  regimes.Segment("code", "clusterRegimes")
      .Field("name_vi", "display_name")
      .Decision("decision", "decision")
      .Days()
      .Field("deputy_limit")
      .Provenance();
  regimes.list.complete = CompleteRegime;

  ListOf clusters("clusters.csv", Cluster::descriptor());
  clusters.Segment("code", "clusters")
      .Field("regime")
      .Field("number")
      .Field("name_vi", "display_name")
      .Field("aliases")
      .Field("region_vi", "region")
      .Provenance();

  ListOf memberships("memberships.csv", Membership::descriptor());
  memberships.Segment("cluster_code", "clusters")
      .Segment("code", "memberships", {"school_code"})
      .Field("school_code", "school")
      .Days()
      .Provenance();
  memberships.list.complete = CompleteMembership;

  ListOf terms("leadership.csv", LeadershipTerm::descriptor());
  terms.Segment("cluster_code", "clusters")
      .Segment("code", "leadershipTerms", {"year", "school_code"})
      .Field("year")
      .Field("school_code", "school")
      .Field("role")
      .Days()
      .Field("elected_date")
      .Field("state")
      .Decision("recognition", "recognition")
      .Field("replaced_by")
      .Field("acting_person")
      .Provenance();
  terms.list.complete = CompleteTerm;
  terms.list.verbs = TermVerbs;
  return {regimes.list, clusters.list, memberships.list, terms.list};
}

}  // namespace thidua::cli
