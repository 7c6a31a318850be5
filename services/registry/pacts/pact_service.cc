#include "services/registry/pacts/pact_service.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/contract/field_mask.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/registry/pacts/pact_rules.h"

namespace thidua::registry {

using v1::Pact;
using v1::PactSignature;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

// The request checks have seen that it is a date.
absl::CivilDay DayOf(const google::type::Date& date) {
  return runtime::DayFromProto(date).value_or(absl::CivilDay());
}

template <class Request>
std::optional<absl::CivilDay> AsOf(const Request& request) {
  return request.has_as_of() ? std::optional(DayOf(request.as_of())) : std::nullopt;
}

std::string ClusterId(const std::string& name) {
  return contract::SegmentAfter(name, "clusters").value_or("");
}

std::string SchoolId(const std::string& name) {
  return contract::SegmentAfter(name, "schools").value_or("");
}

// The first number from 2 whose name is free: "2023-2" amends "2023".
std::string FreeId(const Pact& pact, const std::vector<Pact>& of_year) {
  std::set<std::string> taken;
  for (const Pact& other : of_year)
    taken.insert(contract::SegmentAfter(other.name(), "pacts").value_or(""));
  int number = 2;
  while (taken.contains(absl::StrCat(pact.year(), "-", number))) ++number;
  return absl::StrCat(pact.year(), "-", number);
}

// The first day of a pact that binds or is told of by a source; any other is asked about as of
// today.
absl::CivilDay SigningDay(const Pact& pact, absl::CivilDay today) {
  const bool dated = Binds(pact) || pact.state() == v1::PACT_STATE_RECORDED;
  return dated ? DayOf(pact.valid_from()) : today;
}

v1::PactSigner SignerOf(const directory::SchoolMap& map, const std::string& school,
                        absl::CivilDay day, const PactSignature* signature) {
  v1::PactSigner signer;
  signer.set_school(school);
  signer.set_display_name(std::string(map.DisplayName(SchoolId(school), day)));
  if (signature != nullptr) *signer.mutable_signature() = *signature;
  return signer;
}

v1::PactSigning SigningOf(const Pact& pact, const directory::SchoolMap& map, absl::CivilDay day) {
  v1::PactSigning signing;
  signing.set_pact(pact.name());
  signing.set_state(pact.state());
  *signing.mutable_as_of() = runtime::DayToProto(day);
  std::set<std::string> members;
  for (const directory::Member& member : map.MembersOf(ClusterId(pact.name()), day)) {
    const std::string& school = member.membership->school();
    members.insert(school);
    const PactSignature* signature = SignatureBy(pact, school);
    *(signature != nullptr ? signing.add_signed_() : signing.add_missing()) =
        SignerOf(map, school, day, signature);
  }
  std::vector<const PactSignature*> others;
  for (const PactSignature& signature : pact.signatures()) {
    if (!members.contains(signature.school())) others.push_back(&signature);
  }
  std::sort(others.begin(), others.end(),
            [](const PactSignature* left, const PactSignature* right) {
              return left->school() < right->school();
            });
  for (const PactSignature* signature : others)
    *signing.add_no_longer_members() = SignerOf(map, signature->school(), day, signature);
  return signing;
}

}  // namespace

PactService::PactService(const rpc::Writing& writing, directory::Directory& directory,
                         const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), directory_(directory), page_tokens_(page_tokens) {}

void PactService::Register(rpc::Router& router) {
  router.Offer("thidua.registry.v1.PactService")
      .Unary("GetPact", this, &PactService::GetPact)
      .Unary("ListPacts", this, &PactService::ListPacts)
      .Unary("GetPactSigning", this, &PactService::GetPactSigning)
      .Unary("FindBindingPact", this, &PactService::FindBindingPact)
      .Mutation("CreatePact", writing_, this, &PactService::CreatePact)
      .Mutation("RecordPact", writing_, this, &PactService::RecordPact)
      .Mutation("UpdatePact", writing_, this, &PactService::UpdatePact)
      .Mutation("OpenPactForSigning", writing_, this, &PactService::OpenPactForSigning)
      .Mutation("ReturnPactToDraft", writing_, this, &PactService::ReturnPactToDraft)
      .Mutation("SignPact", writing_, this, &PactService::SignPact)
      .Mutation("WithdrawSignature", writing_, this, &PactService::WithdrawSignature)
      .Mutation("BringPactIntoForce", writing_, this, &PactService::BringPactIntoForce)
      .Mutation("AmendPact", writing_, this, &PactService::AmendPact)
      .Mutation("AssessPact", writing_, this, &PactService::AssessPact)
      .Mutation("CancelPact", writing_, this, &PactService::CancelPact);
}

// ---- Reads.

absl::StatusOr<Pact> PactService::GetPact(Context& context, const v1::GetPactRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.pacts().Get(**connection, request.name());
}

absl::StatusOr<v1::ListPactsResponse> PactService::ListPacts(Context& context,
                                                             const v1::ListPactsRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  PactStore::Wanted wanted;
  if (request.parent() != "clusters/-") wanted.cluster = request.parent();
  if (request.year() != 0) wanted.year = request.year();
  if (request.state() != v1::PACT_STATE_UNSPECIFIED) wanted.state = request.state();
  wanted.binding_on = AsOf(request);
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page =
      store_.pacts().List(**connection, PactStore::Matching(wanted), *position,
                          contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListPactsResponse response;
  for (Pact& pact : page->resources) *response.add_pacts() = std::move(pact);
  if (!page->next.empty()) {
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  }
  return response;
}

absl::StatusOr<v1::PactSigning> PactService::GetPactSigning(
    Context& context, const v1::GetPactSigningRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const absl::StatusOr<Pact> pact = store_.pacts().Get(**connection, request.name());
  if (!pact.ok()) return pact.status();
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  return SigningOf(*pact, *map, AsOf(request).value_or(SigningDay(*pact, context.today())));
}

absl::StatusOr<v1::FindBindingPactResponse> PactService::FindBindingPact(
    Context& context, const v1::FindBindingPactRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const std::string school = SchoolId(request.school());
  if (map->School(school) == nullptr) {
    return contract::Refuse(contract::Reason::REASON_NOT_FOUND, {{"resource", request.school()}});
  }
  const absl::CivilDay day = AsOf(request).value_or(context.today());
  const std::string_view cluster = map->ClusterOf(school, day);
  v1::FindBindingPactResponse response;
  if (cluster.empty()) {
    response.set_why(v1::NO_BINDING_PACT_NO_CLUSTER);
    return response;
  }
  response.set_cluster(contract::Join({"clusters", cluster}));
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const auto of_year =
      store_.PactsOfYear(**connection, response.cluster(), static_cast<int>(day.year()));
  if (!of_year.ok()) return of_year.status();
  const Binding binding = BindingOn(*of_year, day);
  if (binding.pact != nullptr) *response.mutable_pact() = *binding.pact;
  response.set_why(binding.why);
  return response;
}

// ---- Drafting and recording.

absl::StatusOr<Pact> PactService::Store(Mutation& mutation, const std::string& parent,
                                        const std::string& pact_id,
                                        const absl::StatusOr<Pact>& made,
                                        const resource::Why& why) {
  if (!made.ok()) return made;
  Pact pact = *made;
  const std::string id = pact_id.empty() ? absl::StrCat(pact.year()) : pact_id;
  pact.set_name(contract::Join({parent, "pacts", id}));
  absl::Status status = documents_.CheckNamed(mutation.connection(), pact);
  if (status.ok()) status = clusters_.clusters().Touch(mutation.transaction(), parent);
  if (!status.ok()) return status;
  const auto of_year = OfYear(mutation, pact);
  if (!of_year.ok()) return of_year.status();
  if (status = CheckBindsAlone(pact, *of_year); !status.ok()) return status;
  return store_.pacts().Create(mutation.transaction(), mutation.act(), std::move(pact), why);
}

absl::StatusOr<Pact> PactService::CreatePact(Mutation& mutation,
                                             const v1::CreatePactRequest& request) {
  return Store(mutation, request.parent(), request.pact_id(), Draft(request.pact()),
               {"CREATED", ""});
}

absl::StatusOr<Pact> PactService::RecordPact(Mutation& mutation,
                                             const v1::RecordPactRequest& request) {
  return Store(mutation, request.parent(), request.pact_id(),
               Record(request.pact(), mutation.today()), {"RECORDED", ""});
}

absl::StatusOr<Pact> PactService::UpdatePact(Mutation& mutation,
                                             const v1::UpdatePactRequest& request) {
  return Change(mutation, request.pact().name(), request.etag(), {"UPDATED", ""},
                [&](Pact pact) -> absl::StatusOr<Pact> {
                  absl::Status status = CheckChangeable(pact);
                  if (!status.ok()) return status;
                  // The permission to draft reaches to the head of the cluster; a record is the
                  // academy's.
                  if (pact.state() == v1::PACT_STATE_RECORDED &&
                      mutation.context().reach() != access::Reach::kAll) {
                    return contract::Refuse(
                        contract::Reason::REASON_PERMISSION_DENIED,
                        {{"permission", "registry.pacts.record"}, {"resource", pact.name()}});
                  }
                  status = contract::ApplyUpdate(request.pact(), request.update_mask(), &pact);
                  if (status.ok()) status = CheckContent(pact, mutation.today());
                  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), pact);
                  if (!status.ok()) return status;
                  const auto of_year = OfYear(mutation, pact);
                  if (!of_year.ok()) return of_year.status();
                  if (status = CheckBindsAlone(pact, *of_year); !status.ok()) return status;
                  return pact;
                });
}

absl::StatusOr<Pact> PactService::AmendPact(Mutation& mutation,
                                            const v1::AmendPactRequest& request) {
  const std::string cluster = contract::Join({"clusters", ClusterId(request.name())});
  absl::Status status = clusters_.clusters().Touch(mutation.transaction(), cluster);
  if (!status.ok()) return status;
  const auto earlier = store_.pacts().GetAt(mutation.transaction(), request.name(), request.etag());
  if (!earlier.ok()) return earlier;
  const auto of_year = OfYear(mutation, *earlier);
  if (!of_year.ok()) return of_year.status();
  const std::string id = request.pact_id().empty() ? FreeId(*earlier, *of_year) : request.pact_id();
  return Store(mutation, cluster, id,
               Amend(*earlier, request.has_pact() ? &request.pact() : nullptr, *of_year),
               {"CREATED", request.reason()});
}

// ---- From draft to assessment.

absl::StatusOr<Pact> PactService::OpenPactForSigning(Mutation& mutation,
                                                     const v1::OpenPactForSigningRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"OPENED", ""}, OpenForSigning);
}

absl::StatusOr<Pact> PactService::ReturnPactToDraft(Mutation& mutation,
                                                    const v1::ReturnPactToDraftRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"RETURNED", request.reason()},
                ReturnToDraft);
}

absl::StatusOr<Pact> PactService::SignPact(Mutation& mutation, const v1::SignPactRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"SIGNED", ""},
                [&](Pact pact) -> absl::StatusOr<Pact> {
                  const access::Caller& caller = mutation.context().caller();
                  const bool is_the_school = caller.kind == access::Caller::Kind::kSchool &&
                                             caller.id == SchoolId(request.school());
                  const auto signature =
                      SignatureOf(request, {is_the_school, caller.spiffe_id, caller.acting_for},
                                  mutation.today());
                  if (!signature.ok()) return signature.status();
                  const auto memberships =
                      clusters_.MembershipsOfSchool(mutation.connection(), request.school());
                  if (!memberships.ok()) return memberships.status();
                  return Sign(std::move(pact), *signature, *memberships);
                });
}

absl::StatusOr<Pact> PactService::WithdrawSignature(Mutation& mutation,
                                                    const v1::WithdrawSignatureRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"WITHDRAWN", request.reason()},
                [&](Pact pact) { return Withdraw(std::move(pact), request.school()); });
}

absl::StatusOr<Pact> PactService::BringPactIntoForce(Mutation& mutation,
                                                     const v1::BringPactIntoForceRequest& request) {
  return Change(
      mutation, request.name(), request.etag(), {"IN_FORCE", ""},
      [&](Pact pact) -> absl::StatusOr<Pact> {
        const auto memberships = clusters_.MembershipsOfCluster(
            mutation.connection(), contract::Join({"clusters", ClusterId(request.name())}));
        if (!memberships.ok()) return memberships.status();
        const auto of_year = OfYear(mutation, pact);
        if (!of_year.ok()) return of_year.status();
        const absl::CivilDay day =
            request.has_force_date() ? DayOf(request.force_date()) : mutation.today();
        auto enforcement =
            BringIntoForce(std::move(pact), day, mutation.today(), *memberships, *of_year);
        if (!enforcement.ok()) return enforcement.status();
        if (std::optional<Pact>& superseded = enforcement->superseded; superseded.has_value()) {
          const std::string etag = superseded->etag();
          const auto ended =
              store_.pacts().Update(mutation.transaction(), mutation.act(), *std::move(superseded),
                                    etag, {"SUPERSEDED", ""});
          if (!ended.ok()) return ended;
        }
        return std::move(enforcement->in_force);
      });
}

absl::StatusOr<Pact> PactService::AssessPact(Mutation& mutation,
                                             const v1::AssessPactRequest& request) {
  return Change(
      mutation, request.name(), request.etag(), {"ASSESSED", request.reason()}, [&](Pact pact) {
        return Assess(std::move(pact), request.assessments(), request.reason(), mutation.today());
      });
}

absl::StatusOr<Pact> PactService::CancelPact(Mutation& mutation,
                                             const v1::CancelPactRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"CANCELLED", request.reason()},
                [&](Pact pact) { return Cancel(std::move(pact), request.reason()); });
}

absl::StatusOr<Pact> PactService::Change(
    Mutation& mutation, const std::string& name, const std::string& etag, const resource::Why& why,
    absl::FunctionRef<absl::StatusOr<Pact>(Pact pact)> change) {
  database::Transaction& transaction = mutation.transaction();
  const std::string cluster = contract::Join({"clusters", ClusterId(name)});
  if (absl::Status status = clusters_.clusters().Touch(transaction, cluster); !status.ok())
    return status;
  absl::StatusOr<Pact> pact = store_.pacts().GetAt(transaction, name, etag);
  if (pact.ok()) pact = change(*std::move(pact));
  if (!pact.ok()) return pact;
  return store_.pacts().Update(transaction, mutation.act(), *std::move(pact), etag, why);
}

absl::StatusOr<std::vector<Pact>> PactService::OfYear(Mutation& mutation, const Pact& pact) {
  return store_.PactsOfYear(mutation.connection(),
                            contract::Join({"clusters", ClusterId(pact.name())}), pact.year());
}

}  // namespace thidua::registry
