#include "services/registry/schools/school_service.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "common/contract/field_mask.h"
#include "common/contract/resource_name.h"
#include "services/registry/clusters/cluster_rules.h"
#include "services/registry/identifiers/identifier_rules.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {

using v1::LineageEvent;
using v1::School;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

// The request checks have seen that it is a date.
absl::CivilDay DayOr(bool given, const google::type::Date& date, absl::CivilDay otherwise) {
  return given ? runtime::DayFromProto(date).value_or(otherwise) : otherwise;
}

School Shown(School school, absl::CivilDay day) {
  school.set_display_name(directory::DisplayNameOf(school, day));
  return school;
}

std::set<std::string> PartiesOf(const LineageEvent& event) {
  std::set<std::string> parties(event.predecessors().begin(), event.predecessors().end());
  parties.insert(event.successors().begin(), event.successors().end());
  return parties;
}

}  // namespace

SchoolService::SchoolService(const rpc::Writing& writing, directory::Directory& directory,
                             const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), directory_(directory), page_tokens_(page_tokens) {}

void SchoolService::Register(rpc::Router& router) {
  router.Offer("thidua.registry.v1.SchoolService")
      .Unary("GetSchool", this, &SchoolService::GetSchool)
      .Unary("BatchGetSchools", this, &SchoolService::BatchGetSchools)
      .Unary("ListSchools", this, &SchoolService::ListSchools)
      .Mutation("CreateSchool", writing_, this, &SchoolService::CreateSchool)
      .Mutation("UpdateSchool", writing_, this, &SchoolService::UpdateSchool)
      .Mutation("CreateLineageEvent", writing_, this, &SchoolService::CreateLineageEvent)
      .Unary("GetLineageEvent", this, &SchoolService::GetLineageEvent)
      .Unary("ListLineageEvents", this, &SchoolService::ListLineageEvents)
      .Unary("ResolveLineage", this, &SchoolService::ResolveLineage)
      .Unary("GetSchoolMap", this, &SchoolService::GetSchoolMap)
      .Unary("ResolveSchoolName", this, &SchoolService::ResolveSchoolName);
}

absl::StatusOr<School> SchoolService::GetSchool(rpc::CallContext& context,
                                                const v1::GetSchoolRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<School> school = schools_.schools().Get(**connection, request.name());
  if (!school.ok()) return school;
  return Shown(*std::move(school), DayOr(request.has_as_of(), request.as_of(), context.today()));
}

absl::StatusOr<v1::BatchGetSchoolsResponse> SchoolService::BatchGetSchools(
    rpc::CallContext& context, const v1::BatchGetSchoolsRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<std::vector<School>> found = schools_.SchoolsNamed(**connection, request.names());
  if (!found.ok()) return found.status();
  std::map<std::string, School> by_name;
  for (School& school : *found) by_name[school.name()] = std::move(school);
  const absl::CivilDay day = DayOr(request.has_as_of(), request.as_of(), context.today());
  v1::BatchGetSchoolsResponse response;
  std::set<std::string> missing;
  for (const std::string& name : request.names()) {
    const auto school = by_name.find(name);
    if (school == by_name.end()) {
      missing.insert(name);
    } else {
      *response.add_schools() = Shown(school->second, day);
    }
  }
  if (missing.empty()) return response;
  return contract::Refuse(contract::Reason::REASON_NOT_FOUND,
                          {{"resource", absl::StrJoin(missing, ", ")}});
}

absl::StatusOr<v1::ListSchoolsResponse> SchoolService::ListSchools(
    rpc::CallContext& context, const v1::ListSchoolsRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  const auto filter = contract::ParseFilter(request.filter(), SchoolStore::Filters());
  if (!filter.ok()) return filter.status();
  const absl::CivilDay day = DayOr(request.has_as_of(), request.as_of(), context.today());
  const auto existing_on = request.show_all() ? std::nullopt : std::optional<absl::CivilDay>(day);
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = schools_.schools().List(
      **connection, SchoolStore::Matching(existing_on, *filter, request.query()), *position,
      contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListSchoolsResponse response;
  for (School& school : page->resources) *response.add_schools() = Shown(std::move(school), day);
  if (!page->next.empty()) {
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  }
  return response;
}

absl::StatusOr<School> SchoolService::CreateSchool(rpc::Mutation& mutation,
                                                   const v1::CreateSchoolRequest& request) {
  School school = request.school();
  school.set_name(contract::Join({"schools", request.school_id()}));
  absl::Status status = CheckSchool(school);
  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), school);
  if (!status.ok()) return status;
  absl::StatusOr<School> stored =
      schools_.schools().Create(mutation.transaction(), mutation.act(), school, {"CREATED", ""});
  if (!stored.ok()) return stored;
  return Shown(*std::move(stored), mutation.today());
}

absl::StatusOr<School> SchoolService::UpdateSchool(rpc::Mutation& mutation,
                                                   const v1::UpdateSchoolRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  const std::string& name = request.school().name();
  if (absl::Status status = schools_.schools().Touch(transaction, name); !status.ok())
    return status;
  absl::StatusOr<School> school = schools_.schools().Get(transaction.connection(), name);
  if (!school.ok()) return school;
  absl::Status status = contract::ApplyUpdate(request.school(), request.update_mask(), &*school);
  if (status.ok()) status = CheckSchool(*school);
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), *school);
  if (status.ok()) status = CheckDependents(transaction, *school);
  if (status.ok()) status = standards_.Resettle(transaction, mutation.act(), *school);
  if (!status.ok()) return status;
  absl::StatusOr<School> stored = schools_.schools().Update(
      transaction, mutation.act(), *std::move(school), request.etag(), {"UPDATED", ""});
  if (!stored.ok()) return stored;
  return Shown(*std::move(stored), mutation.today());
}

absl::Status SchoolService::CheckDependents(database::Transaction& transaction,
                                            const School& changed) {
  const auto memberships = clusters_.MembershipsOfSchool(transaction.connection(), changed.name());
  if (!memberships.ok()) return memberships.status();
  if (absl::Status status = CheckMembershipsWithin(changed, *memberships); !status.ok())
    return status;
  const auto identifiers = identifiers_.OfSchool(transaction.connection(), changed.name());
  if (!identifiers.ok()) return identifiers.status();
  if (absl::Status status = CheckIdentifiersWithin(changed, *identifiers); !status.ok())
    return status;
  const auto events = schools_.EventsNaming(transaction.connection(), changed.name());
  if (!events.ok()) return events.status();
  for (const LineageEvent& event : *events) {
    if (absl::Status status = CheckLineageDates(event, changed); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<LineageEvent> SchoolService::CreateLineageEvent(
    rpc::Mutation& mutation, const v1::CreateLineageEventRequest& request) {
  LineageEvent event = request.lineage_event();
  event.set_name(contract::Join({"lineageEvents", request.lineage_event_id()}));
  absl::Status status = CheckLineageEvent(event);
  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), event);
  if (status.ok()) status = EndPredecessors(mutation, event);
  if (status.ok() && registry::EndsPredecessors(event)) status = CutPredecessors(mutation, event);
  if (!status.ok()) return status;
  absl::StatusOr<LineageEvent> recorded =
      schools_.CreateEvent(mutation.transaction(), mutation.act(), event);
  if (recorded.ok())
    status = standards_.EnsureReassessments(mutation.transaction(), mutation.act(), *recorded);
  if (!status.ok()) return status;
  return recorded;
}

absl::Status SchoolService::EndPredecessors(rpc::Mutation& mutation, const LineageEvent& event) {
  database::Transaction& transaction = mutation.transaction();
  // In order of name, so that two events over the same schools wait for each other instead of
  // failing.
  const std::set<std::string> parties = PartiesOf(event);
  for (const std::string& name : parties) {
    if (absl::Status status = schools_.schools().Touch(transaction, name); !status.ok())
      return status;
  }
  const auto onward = schools_.EventsOnwardFrom(
      transaction.connection(), {event.successors().begin(), event.successors().end()});
  if (!onward.ok()) return onward.status();
  if (absl::Status status = CheckLineageAcyclic(event, *onward); !status.ok()) return status;
  for (const std::string& name : parties) {
    const auto recorded = schools_.EventsNaming(transaction.connection(), name);
    if (!recorded.ok()) return recorded.status();
    if (absl::Status status = CheckLineageOnce(event, *recorded); !status.ok()) return status;
    const absl::StatusOr<School> school = schools_.schools().Get(transaction.connection(), name);
    if (!school.ok()) return school.status();
    absl::StatusOr<School> after = EndedBy(event, *school);
    if (!after.ok()) return after.status();
    if (absl::Status status = CheckLineageDates(event, *after); !status.ok()) return status;
    if (school->has_valid_to() == after->has_valid_to()) continue;
    const absl::StatusOr<School> ended = schools_.schools().Update(
        transaction, mutation.act(), *std::move(after), school->etag(), {"ENDED", event.name()});
    if (!ended.ok()) return ended.status();
  }
  return absl::OkStatus();
}

absl::Status SchoolService::CutPredecessors(rpc::Mutation& mutation, const LineageEvent& event) {
  database::Transaction& transaction = mutation.transaction();
  const absl::CivilDay day = DayOr(true, event.effective_date(), absl::CivilDay());
  const resource::Why why = {"ENDED", event.name()};
  const std::set<std::string> predecessors(event.predecessors().begin(),
                                           event.predecessors().end());
  std::vector<v1::Membership> memberships;
  std::set<std::string> clusters;
  for (const std::string& school : predecessors) {
    auto of_school = clusters_.MembershipsOfSchool(transaction.connection(), school);
    if (!of_school.ok()) return of_school.status();
    for (v1::Membership& membership : *of_school) {
      clusters.insert(ClusterStore::ClusterOf(membership.name()));
      memberships.push_back(std::move(membership));
    }
  }
  for (const std::string& cluster : clusters) {
    if (absl::Status status = clusters_.clusters().Touch(transaction, cluster); !status.ok())
      return status;
  }
  for (const v1::Membership& membership : memberships) {
    std::optional<v1::Membership> cut = CutAt(membership, day);
    if (!cut.has_value()) continue;
    const auto ended = clusters_.memberships().Update(transaction, mutation.act(), *std::move(cut),
                                                      membership.etag(), why);
    if (!ended.ok()) return ended.status();
  }
  // A school leads only where it is a member.
  for (const std::string& cluster : clusters) {
    const auto terms = clusters_.TermsOfCluster(transaction.connection(), cluster);
    if (!terms.ok()) return terms.status();
    for (const v1::LeadershipTerm& term : *terms) {
      std::optional<v1::LeadershipTerm> cut = CutAt(term, day);
      if (!predecessors.contains(term.school()) || !cut.has_value()) continue;
      const auto ended =
          clusters_.terms().Update(transaction, mutation.act(), *std::move(cut), term.etag(), why);
      if (!ended.ok()) return ended.status();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LineageEvent> SchoolService::GetLineageEvent(
    rpc::CallContext& context, const v1::GetLineageEventRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return schools_.events().Get(**connection, request.name());
}

absl::StatusOr<v1::ListLineageEventsResponse> SchoolService::ListLineageEvents(
    rpc::CallContext& context, const v1::ListLineageEventsRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  std::optional<absl::CivilDay> day;
  if (request.has_as_of()) day = DayOr(true, request.as_of(), context.today());
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = schools_.events().List(
      **connection, SchoolStore::EventsMatching(request.school(), day), *position,
      contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListLineageEventsResponse response;
  for (LineageEvent& event : page->resources) *response.add_lineage_events() = std::move(event);
  if (!page->next.empty()) {
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  }
  return response;
}

absl::StatusOr<v1::ResolveLineageResponse> SchoolService::ResolveLineage(
    rpc::CallContext& context, const v1::ResolveLineageRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const absl::CivilDay day = DayOr(request.has_map_date(), request.map_date(), context.today());
  const std::string id = contract::SegmentAfter(request.name(), "schools").value_or("");
  if (map->School(id) == nullptr) {
    return contract::Refuse(contract::Reason::REASON_NOT_FOUND, {{"resource", request.name()}});
  }
  const directory::Resolution resolution = map->Resolve(id, day);
  v1::ResolveLineageResponse response;
  response.set_name(request.name());
  *response.mutable_map_date() = runtime::DayToProto(day);
  response.set_direction(resolution.direction);
  for (const std::string_view school : resolution.schools) {
    v1::ResolvedSchool& resolved = *response.add_schools();
    resolved.set_school(contract::Join({"schools", school}));
    resolved.set_display_name(std::string(map->DisplayName(school, day)));
    *resolved.mutable_provenance() = map->School(school)->provenance();
  }
  response.set_confidence(v1::CONFIDENCE_DOCUMENTED);
  for (const LineageEvent* event : resolution.events) {
    *response.add_events() = *event;
    if (event->provenance().confidence() != v1::CONFIDENCE_DOCUMENTED) {
      response.set_confidence(v1::CONFIDENCE_PROVISIONAL);
    }
  }
  for (const std::string_view school : resolution.unresolved) {
    response.add_unresolved(contract::Join({"schools", school}));
  }
  return response;
}

absl::StatusOr<rpc::Encoded<v1::SchoolMap>> SchoolService::GetSchoolMap(
    rpc::CallContext& context, const v1::GetSchoolMapRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  return day_maps_.Of(map, DayOr(request.has_as_of(), request.as_of(), context.today()));
}

absl::StatusOr<v1::ResolveSchoolNameResponse> SchoolService::ResolveSchoolName(
    rpc::CallContext& context, const v1::ResolveSchoolNameRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const std::string cluster =
      contract::SegmentAfter(request.cluster_hint(), "clusters").value_or("");
  return names_.Of(map)->Resolve({request.text(),
                                  DayOr(request.has_as_of(), request.as_of(), context.today()),
                                  request.province_hint(), cluster, request.max_candidates()});
}

}  // namespace thidua::registry
