// `thidua cluster member`: which school belongs to which cluster, and since when.
#include <iostream>

#include "absl/strings/str_cat.h"
#include "common/runtime/ids.h"
#include "services/cli/answers.h"
#include "services/cli/command.h"
#include "services/cli/provenance_flags.h"
#include "services/cli/registry_text.h"
#include "services/cli/table.h"
#include "thidua/registry/v1/cluster_service.pb.h"

namespace thidua::cli {
namespace {

using namespace registry::v1;  // NOLINT: the contract's own words

std::string Method(const std::string& name) { return "thidua.registry.v1.ClusterService." + name; }

void Print(const Session& session,
           const google::protobuf::RepeatedPtrField<Membership>& memberships) {
  Table table({{Word(session, "cluster", "cụm")},
               {Word(session, "school", "trường")},
               {Word(session, "period", "thời gian")},
               {Word(session, "membership", "mã")},
               {Word(session, "certainty", "độ tin cậy")}});
  Footnotes notes;
  for (const Membership& membership : memberships) {
    table.Row({IdOf(ParentOf(membership.name())), IdOf(membership.school()),
               PeriodText(session, membership), IdOf(membership.name()),
               notes.Mark(session, membership.provenance())});
  }
  std::cout << table.Render() << notes.Render();
}

int Shown(Session& session, const absl::StatusOr<Membership>& membership) {
  return Answered(session, membership, [&](const Membership& shown) {
    google::protobuf::RepeatedPtrField<Membership> one;
    *one.Add() = shown;
    Print(session, one);
  });
}

int List(Session& session) {
  ListMembershipsRequest request;
  const auto& words = session.arguments().words();
  request.set_parent("clusters/" + (words.empty() ? "-" : words.front()));
  if (const auto school = session.arguments().Flag("school"); school.has_value())
    request.set_school("schools/" + *school);
  request.set_filter(session.arguments().Flag("filter").value_or(""));
  request.set_page_size(500);
  const absl::Status day =
      ReadDay(session, "as-of", request, &ListMembershipsRequest::mutable_as_of);
  if (!day.ok()) return session.Fail(day);
  return Answered(
      session, AllPages<ListMembershipsResponse>(session, Method("ListMemberships"), request),
      [&](const ListMembershipsResponse& response) { Print(session, response.memberships()); });
}

int Add(Session& session) {
  const Arguments& arguments = session.arguments();
  CreateMembershipRequest request;
  request.set_parent("clusters/" + arguments.words()[0]);
  Membership& membership = *request.mutable_membership();
  membership.set_school("schools/" + arguments.words()[1]);
  absl::Status days = ReadDay(session, "from", membership, &Membership::mutable_valid_from);
  if (days.ok()) days = ReadDay(session, "to", membership, &Membership::mutable_valid_to);
  if (!days.ok()) return session.Fail(days);
  *membership.mutable_provenance() = ReadProvenance(arguments);
  request.set_membership_id(arguments.Flag("id").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Membership>(Method("CreateMembership"), request));
}

int End(Session& session) {
  const auto& words = session.arguments().words();
  GetMembershipRequest get;
  get.set_name(absl::StrCat("clusters/", words[0], "/memberships/", words[1]));
  const auto stored = session.Call<Membership>(Method("GetMembership"), get);
  if (!stored.ok()) return session.Fail(stored.status());
  EndMembershipRequest request;
  request.set_name(stored->name());
  request.set_etag(stored->etag());
  const absl::Status day = ReadDay(session, "on", request, &EndMembershipRequest::mutable_end_date);
  if (!day.ok()) return session.Fail(day);
  request.set_reason(session.arguments().Flag("reason").value_or(""));
  request.set_request_id(runtime::NewUuid4());
  return Shown(session, session.Call<Membership>(Method("EndMembership"), request));
}

}  // namespace

std::vector<Command> MemberCommands() {
  return {
      {"cluster member list",
       "[CLUSTER]",
       {"school", "filter", "as-of"},
       {},
       "the memberships of a cluster, or of all",
       "tư cách thành viên của một cụm hoặc mọi cụm",
       0,
       1,
       List},
      {"cluster member add",
       "CLUSTER SCHOOL",
       {"from", "to", "id", "source", "document", "provenance-note"},
       {"provisional"},
       "make a school a member",
       "ghi nhận trường là thành viên cụm",
       2,
       2,
       Add},
      {"cluster member end",
       "CLUSTER MEMBERSHIP",
       {"on", "reason"},
       {},
       "end a membership; --on is the first day after it",
       "kết thúc tư cách thành viên; --on là ngày đầu tiên không còn là thành viên",
       2,
       2,
       End},
  };
}

}  // namespace thidua::cli
