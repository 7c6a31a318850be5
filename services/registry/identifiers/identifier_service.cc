#include "services/registry/identifiers/identifier_service.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/contract/field_mask.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/runtime/dates.h"
#include "services/registry/identifiers/identifier_rules.h"
#include "services/registry/schools/school_rules.h"

namespace thidua::registry {

using database::Transaction;
using directory::Period;
using v1::IdentifierScheme;
using v1::School;
using v1::SchoolIdentifier;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

// The request checks have seen that it is a date.
template <class Request>
absl::CivilDay DayOf(const Request& request, absl::CivilDay today) {
  return request.has_as_of() ? runtime::DayFromProto(request.as_of()).value_or(today) : today;
}

// "agency-code-h49-21" of the scheme agency-code and the code H49.21, where that is an identifier.
absl::StatusOr<std::string> ChooseId(const std::string& given, const SchoolIdentifier& identifier) {
  if (!given.empty()) return given;
  std::string id = contract::SegmentAfter(identifier.scheme(), "identifierSchemes").value_or("");
  for (const char c : "." + identifier.code()) {
    const auto letter = static_cast<unsigned char>(c);
    id += absl::ascii_isalnum(letter) ? absl::ascii_tolower(letter) : '-';
  }
  if (contract::IsResourceId(id)) return id;
  return contract::RefuseFields({{"school_identifier_id", "must be given", "bắt buộc"}});
}

void Take(IdentifierStore::Identifiers read, IdentifierFacts& facts) {
  for (SchoolIdentifier& identifier : read) {
    std::string name = identifier.name();
    facts.identifiers.emplace(std::move(name), std::move(identifier));
  }
}

}  // namespace

IdentifierService::IdentifierService(const rpc::Writing& writing, directory::Directory& directory,
                                     const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), directory_(directory), page_tokens_(page_tokens) {}

void IdentifierService::Register(rpc::Router& router) {
  router.Offer("thidua.registry.v1.IdentifierService")
      .Unary("GetIdentifierScheme", this, &IdentifierService::GetIdentifierScheme)
      .Unary("ListIdentifierSchemes", this, &IdentifierService::ListIdentifierSchemes)
      .Mutation("CreateIdentifierScheme", writing_, this,
                &IdentifierService::CreateIdentifierScheme)
      .Mutation("UpdateIdentifierScheme", writing_, this,
                &IdentifierService::UpdateIdentifierScheme)
      .Unary("GetSchoolIdentifier", this, &IdentifierService::GetSchoolIdentifier)
      .Unary("ListSchoolIdentifiers", this, &IdentifierService::ListSchoolIdentifiers)
      .Mutation("CreateSchoolIdentifier", writing_, this,
                &IdentifierService::CreateSchoolIdentifier)
      .Mutation("UpdateSchoolIdentifier", writing_, this,
                &IdentifierService::UpdateSchoolIdentifier)
      .Mutation("RetireSchoolIdentifier", writing_, this,
                &IdentifierService::RetireSchoolIdentifier)
      .Unary("ResolveIdentifier", this, &IdentifierService::ResolveIdentifier)
      .Unary("BatchResolveIdentifiers", this, &IdentifierService::BatchResolveIdentifiers);
}

// ---- Schemes.

absl::StatusOr<IdentifierScheme> IdentifierService::GetIdentifierScheme(
    Context& context, const v1::GetIdentifierSchemeRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.schemes().Get(**connection, request.name());
}

absl::StatusOr<v1::ListIdentifierSchemesResponse> IdentifierService::ListIdentifierSchemes(
    Context& context, const v1::ListIdentifierSchemesRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page =
      store_.schemes().List(**connection, {}, *position,
                            contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListIdentifierSchemesResponse response;
  for (IdentifierScheme& scheme : page->resources)
    *response.add_identifier_schemes() = std::move(scheme);
  if (!page->next.empty()) {
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  }
  return response;
}

absl::StatusOr<IdentifierScheme> IdentifierService::CreateIdentifierScheme(
    Mutation& mutation, const v1::CreateIdentifierSchemeRequest& request) {
  IdentifierScheme scheme = request.identifier_scheme();
  scheme.set_name(contract::Join({"identifierSchemes", request.identifier_scheme_id()}));
  absl::Status status = CheckScheme(scheme);
  if (status.ok()) status = documents_.CheckNamed(mutation.connection(), scheme);
  if (!status.ok()) return status;
  return store_.schemes().Create(mutation.transaction(), mutation.act(), std::move(scheme),
                                 {"CREATED", ""});
}

absl::StatusOr<IdentifierScheme> IdentifierService::UpdateIdentifierScheme(
    Mutation& mutation, const v1::UpdateIdentifierSchemeRequest& request) {
  Transaction& transaction = mutation.transaction();
  const std::string& name = request.identifier_scheme().name();
  absl::Status status = store_.schemes().Touch(transaction, name);
  if (!status.ok()) return status;
  absl::StatusOr<IdentifierScheme> scheme = store_.schemes().Get(transaction.connection(), name);
  if (!scheme.ok()) return scheme;
  status = contract::ApplyUpdate(request.identifier_scheme(), request.update_mask(), &*scheme);
  if (status.ok()) status = CheckScheme(*scheme);
  if (status.ok()) status = documents_.CheckNamed(transaction.connection(), *scheme);
  if (!status.ok()) return status;
  const auto outside = store_.OneOutside(transaction.connection(), name,
                                         directory::PeriodOf(*scheme).value_or(Period()));
  if (!outside.ok()) return outside.status();
  if (outside->has_value()) {
    return BreaksRule(name, absl::StrCat((*outside)->name(), " lies outside the validity"),
                      absl::StrCat((*outside)->name(), " nằm ngoài thời gian hiệu lực"));
  }
  return store_.schemes().Update(transaction, mutation.act(), *std::move(scheme), request.etag(),
                                 {"UPDATED", ""});
}

// ---- Identifiers.

absl::StatusOr<SchoolIdentifier> IdentifierService::GetSchoolIdentifier(
    Context& context, const v1::GetSchoolIdentifierRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto identifier = store_.identifiers().Get(**connection, request.name());
  if (!identifier.ok()) return identifier;
  return Shown(**connection, *std::move(identifier), DayOf(request, context.today()));
}

absl::StatusOr<SchoolIdentifier> IdentifierService::Shown(database::Connection& connection,
                                                          SchoolIdentifier identifier,
                                                          absl::CivilDay day) {
  const auto scheme = store_.schemes().Get(connection, identifier.scheme());
  if (!scheme.ok()) return scheme.status();
  const auto in_use = InUseOf(connection, identifier, *scheme);
  if (!in_use.ok()) return in_use.status();
  identifier.set_state(StateOn(*in_use, day));
  return identifier;
}

absl::StatusOr<v1::ListSchoolIdentifiersResponse> IdentifierService::ListSchoolIdentifiers(
    Context& context, const v1::ListSchoolIdentifiersRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  const auto filter = contract::ParseFilter(request.filter(), IdentifierStore::Filters());
  if (!filter.ok()) return filter.status();
  const absl::CivilDay day = DayOf(request, context.today());
  const auto in_use_on = request.show_all() ? std::nullopt : std::optional<absl::CivilDay>(day);
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page = store_.identifiers().List(
      **connection,
      IdentifierStore::Matching(request.school(), request.scheme(), in_use_on, *filter), *position,
      contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  const auto schemes = store_.AllSchemes(**connection);
  if (!schemes.ok()) return schemes.status();
  std::map<std::string, const IdentifierScheme*> by_name;
  for (const IdentifierScheme& scheme : *schemes) by_name[scheme.name()] = &scheme;
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  v1::ListSchoolIdentifiersResponse response;
  for (SchoolIdentifier& identifier : page->resources) {
    identifier.set_state(StateOn(InUse(identifier, *by_name.at(identifier.scheme()), *map), day));
    *response.add_school_identifiers() = std::move(identifier);
  }
  if (!page->next.empty()) {
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  }
  return response;
}

absl::StatusOr<SchoolIdentifier> IdentifierService::CreateSchoolIdentifier(
    Mutation& mutation, const v1::CreateSchoolIdentifierRequest& request) {
  SchoolIdentifier identifier = request.school_identifier();
  const auto id = ChooseId(request.school_identifier_id(), identifier);
  if (!id.ok()) return id.status();
  identifier.set_name(contract::Join({request.parent(), "identifiers", *id}));
  absl::Status status = Hold(mutation.transaction(), identifier);
  if (status.ok()) status = Check(mutation.connection(), identifier);
  if (!status.ok()) return status;
  const auto holders =
      store_.WithCodes(mutation.connection(), identifier.scheme(), {identifier.code()});
  if (!holders.ok()) return holders.status();
  if (!holders->empty()) return UsedBefore(identifier, holders->front());
  auto stored = store_.identifiers().Create(mutation.transaction(), mutation.act(),
                                            std::move(identifier), {"CREATED", ""});
  if (!stored.ok()) return stored;
  return Shown(mutation.connection(), *std::move(stored), mutation.today());
}

absl::StatusOr<SchoolIdentifier> IdentifierService::UpdateSchoolIdentifier(
    Mutation& mutation, const v1::UpdateSchoolIdentifierRequest& request) {
  return Change(mutation, request.school_identifier().name(), request.etag(), {"UPDATED", ""},
                [&](SchoolIdentifier identifier) -> absl::StatusOr<SchoolIdentifier> {
                  const absl::Status status = contract::ApplyUpdate(
                      request.school_identifier(), request.update_mask(), &identifier);
                  if (!status.ok()) return status;
                  return identifier;
                });
}

absl::StatusOr<SchoolIdentifier> IdentifierService::RetireSchoolIdentifier(
    Mutation& mutation, const v1::RetireSchoolIdentifierRequest& request) {
  return Change(mutation, request.name(), request.etag(), {"RETIRED", request.reason()},
                [&](SchoolIdentifier identifier) -> absl::StatusOr<SchoolIdentifier> {
                  if (!request.successor().empty()) identifier.set_successor(request.successor());
                  if (request.has_provenance())
                    *identifier.mutable_provenance() = request.provenance();
                  // The request checks have seen that it is a date.
                  return Retire(
                      std::move(identifier),
                      runtime::DayFromProto(request.end_date()).value_or(mutation.today()));
                });
}

absl::Status IdentifierService::Hold(Transaction& transaction, const SchoolIdentifier& identifier) {
  absl::Status status = schools_.schools().Touch(transaction, SchoolOf(identifier));
  if (status.ok()) status = store_.schemes().Touch(transaction, identifier.scheme());
  return status;
}

absl::StatusOr<SchoolIdentifier> IdentifierService::Change(Mutation& mutation,
                                                           const std::string& name,
                                                           const std::string& etag,
                                                           const resource::Why& why,
                                                           ChangeIdentifier change) {
  Transaction& transaction = mutation.transaction();
  // The school and the scheme never change, so that it may be read before anything is held.
  const auto seen = store_.identifiers().Get(transaction.connection(), name);
  if (!seen.ok()) return seen;
  if (absl::Status status = Hold(transaction, *seen); !status.ok()) return status;
  auto identifier = store_.identifiers().GetAt(transaction, name, etag);
  if (identifier.ok()) identifier = change(*std::move(identifier));
  if (!identifier.ok()) return identifier;
  if (absl::Status status = Check(transaction.connection(), *identifier); !status.ok())
    return status;
  auto stored =
      store_.identifiers().Update(transaction, mutation.act(), *std::move(identifier), etag, why);
  if (!stored.ok()) return stored;
  return Shown(transaction.connection(), *std::move(stored), mutation.today());
}

absl::Status IdentifierService::Check(database::Connection& connection,
                                      const SchoolIdentifier& identifier) {
  const auto school = schools_.schools().Get(connection, SchoolOf(identifier));
  if (!school.ok()) return school.status();
  const auto scheme = store_.schemes().Get(connection, identifier.scheme());
  if (!scheme.ok()) return scheme.status();
  const auto others = store_.OfSchool(connection, school->name());
  if (!others.ok()) return others.status();
  absl::Status status = CheckIdentifier(identifier, *school, *scheme, *others);
  if (status.ok()) status = documents_.CheckNamed(connection, identifier);
  if (status.ok()) status = CheckSuccession(connection, identifier, *scheme);
  return status;
}

absl::Status IdentifierService::CheckSuccession(database::Connection& connection,
                                                const SchoolIdentifier& identifier,
                                                const IdentifierScheme& scheme) {
  const auto in_use = InUseOf(connection, identifier, scheme);
  if (!in_use.ok()) return in_use.status();
  if (!identifier.successor().empty()) {
    const auto successor = store_.identifiers().Get(connection, identifier.successor());
    if (!successor.ok()) return successor.status();
    const auto longer = InUseOf(connection, *successor, scheme);
    if (!longer.ok()) return longer.status();
    const absl::Status status = CheckSuccessor(identifier, *in_use, *successor, *longer);
    if (!status.ok()) return status;
  }
  const auto before = store_.FollowedBy(connection, identifier.name());
  if (!before.ok()) return before.status();
  for (const SchoolIdentifier& other : *before) {
    const auto shorter = InUseOf(connection, other, scheme);
    if (!shorter.ok()) return shorter.status();
    const absl::Status status = CheckSuccessor(other, *shorter, identifier, *in_use);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<Period> IdentifierService::InUseOf(database::Connection& connection,
                                                  const SchoolIdentifier& identifier,
                                                  const IdentifierScheme& scheme) {
  const auto school = schools_.schools().Get(connection, SchoolOf(identifier));
  if (!school.ok()) return school.status();
  return InUse(identifier, directory::PeriodOf(*school).value_or(Period()),
               directory::PeriodOf(scheme).value_or(Period()));
}

// ---- What a code means.

absl::StatusOr<IdentifierFacts> IdentifierService::FactsOf(database::Connection& connection,
                                                           const std::string& scheme,
                                                           const std::vector<std::string>& codes,
                                                           const directory::SchoolMap& map,
                                                           absl::CivilDay day) {
  IdentifierFacts facts;
  auto stored = store_.schemes().Get(connection, scheme);
  if (!stored.ok()) return stored.status();
  facts.scheme = *std::move(stored);
  auto asked = store_.WithCodes(connection, scheme, codes);
  if (!asked.ok()) return asked.status();
  Take(*std::move(asked), facts);
  // Each round brings in successors that were not there, and there are only so many.
  for (auto names = SuccessorsToRead(facts); !names.empty(); names = SuccessorsToRead(facts)) {
    auto successors = store_.WithNames(connection, names);
    if (!successors.ok()) return successors.status();
    if (successors->size() < names.size())
      return absl::DataLossError(absl::StrCat("a successor of ", scheme, " is missing"));
    Take(*std::move(successors), facts);
  }
  auto followers = store_.OfSchools(connection, scheme, SchoolsToRead(facts, map, day));
  if (!followers.ok()) return followers.status();
  Take(*std::move(followers), facts);
  return facts;
}

absl::StatusOr<v1::ResolvedIdentifier> IdentifierService::ResolveIdentifier(
    Context& context, const v1::ResolveIdentifierRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const absl::CivilDay day = DayOf(request, context.today());
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const auto facts = FactsOf(**connection, request.scheme(), {request.code()}, *map, day);
  if (!facts.ok()) return facts.status();
  for (const auto& [name, identifier] : facts->identifiers) {
    if (identifier.code() == request.code()) return Resolve(identifier, *facts, *map, day);
  }
  return contract::Refuse(contract::Reason::REASON_NOT_FOUND,
                          {{"resource", absl::StrCat(request.scheme(), ": ", request.code())}});
}

absl::StatusOr<v1::BatchResolveIdentifiersResponse> IdentifierService::BatchResolveIdentifiers(
    Context& context, const v1::BatchResolveIdentifiersRequest& request) {
  const std::shared_ptr<const directory::SchoolMap> map = directory_.Current();
  context.set_position(map->position());
  const absl::CivilDay day = DayOf(request, context.today());
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  const std::set<std::string> codes(request.codes().begin(), request.codes().end());
  const auto facts =
      FactsOf(**connection, request.scheme(), {codes.begin(), codes.end()}, *map, day);
  if (!facts.ok()) return facts.status();
  std::map<std::string, const SchoolIdentifier*> by_code;
  for (const auto& [name, identifier] : facts->identifiers)
    by_code[identifier.code()] = &identifier;
  v1::BatchResolveIdentifiersResponse response;
  std::set<std::string> unmapped;
  for (const std::string& code : request.codes()) {
    const auto found = by_code.find(code);
    bool mapped = false;
    if (found != by_code.end()) {
      v1::ResolvedIdentifier resolved = Resolve(*found->second, *facts, *map, day);
      mapped = !resolved.candidates().empty();
      *response.add_resolved() = std::move(resolved);
    }
    if (!mapped && unmapped.insert(code).second) response.add_unmapped(code);
  }
  return response;
}

}  // namespace thidua::registry
