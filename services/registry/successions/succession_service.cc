#include "services/registry/successions/succession_service.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "common/contract/refusal.h"
#include "services/registry/schools/school_rules.h"
#include "services/registry/successions/activity_succession.h"
#include "services/registry/successions/membership_succession.h"
#include "services/registry/successions/pact_succession.h"
#include "services/registry/successions/standard_succession.h"
#include "services/registry/successions/succession_rules.h"
#include "services/registry/successions/term_succession.h"

namespace thidua::registry {

using v1::LineageEvent;
using v1::SuccessionFate;
using v1::SuccessionItem;

namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 500;

}  // namespace

SuccessionService::SuccessionService(const rpc::Writing& writing,
                                     const contract::PageTokens& page_tokens)
    : writing_(writing), pool_(writing.pool), page_tokens_(page_tokens) {
  kinds_.push_back(std::make_unique<MembershipSuccession>());
  kinds_.push_back(std::make_unique<TermSuccession>());
  kinds_.push_back(std::make_unique<PactSuccession>());
  kinds_.push_back(std::make_unique<ActivitySuccession>());
  kinds_.push_back(std::make_unique<StandardSuccession>());
}

void SuccessionService::Register(rpc::Router& router) {
  router.Offer("thidua.registry.v1.SuccessionService")
      .Unary("ListSuccessionItems", this, &SuccessionService::ListSuccessionItems)
      .Mutation("DecideSuccessionItem", writing_, this, &SuccessionService::DecideSuccessionItem)
      .Unary("GetSuccessionFate", this, &SuccessionService::GetSuccessionFate)
      .Unary("ListSuccessionFates", this, &SuccessionService::ListSuccessionFates);
}

absl::StatusOr<std::vector<SuccessionItem>> SuccessionService::ItemsOf(
    database::Connection& connection, const LineageEvent& event, v1::SuccessionKind kind) const {
  std::vector<SuccessionItem> items;
  if (!EndsPredecessors(event)) return items;
  const std::set<std::string> predecessors(event.predecessors().begin(),
                                           event.predecessors().end());
  for (const auto& succession : kinds_) {
    if (kind != v1::SUCCESSION_KIND_UNSPECIFIED && kind != succession->kind()) continue;
    for (const std::string& predecessor : predecessors) {
      auto found = succession->Find(connection, event, predecessor);
      if (!found.ok()) return found.status();
      for (SuccessionItem& item : *found) items.push_back(std::move(item));
    }
  }
  const auto fates = store_.FatesOf(connection, event.name());
  if (!fates.ok()) return fates.status();
  std::map<std::string, const SuccessionFate*> decided;
  for (const SuccessionFate& fate : *fates) decided[fate.name()] = &fate;
  for (SuccessionItem& item : items) {
    const auto fate = decided.find(FateName(event.name(), item.subject(), item.predecessor()));
    if (fate == decided.end()) continue;
    item.set_fate_record(fate->first);
    item.set_fate(fate->second->fate());
    item.set_settled(false);
    decided.erase(fate);
  }
  // What a decision has changed so that it would be found no more is shown as it was.
  for (const auto& [name, fate] : decided) {
    if (kind == v1::SUCCESSION_KIND_UNSPECIFIED || kind == fate->kind())
      items.push_back(ItemOf(event, *fate));
  }
  std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) {
    return std::forward_as_tuple(a.kind(), a.predecessor(), a.subject()) <
           std::forward_as_tuple(b.kind(), b.predecessor(), b.subject());
  });
  return items;
}

absl::StatusOr<v1::ListSuccessionItemsResponse> SuccessionService::ListSuccessionItems(
    rpc::CallContext& context, const v1::ListSuccessionItemsRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  resource::Where where;
  if (request.parent() != kAllEvents) {
    where = {"name = ?", {request.parent()}};
    const auto event = schools_.events().Get(**connection, request.parent());
    if (!event.ok()) return event.status();
  }
  // A position is how many items of an event have been told, and the place of the event before it.
  size_t told = position->empty() ? 0 : std::get<int64_t>(position->front());
  contract::Parameters after;
  if (!position->empty()) after.assign(position->begin() + 1, position->end());
  const int size = contract::PageSize(request.page_size(), kUsualPage, kLargestPage);
  // Most events have nothing left to decide; a page does not look for ever.
  constexpr int kMostEvents = 100;
  v1::ListSuccessionItemsResponse response;
  for (int looked_at = 0;; ++looked_at) {
    const auto page = schools_.events().List(**connection, where, after, 1);
    if (!page.ok()) return page.status();
    if (page->resources.empty()) return response;
    const auto token = [&](size_t next) {
      contract::Parameters place = {static_cast<int64_t>(next)};
      place.insert(place.end(), after.begin(), after.end());
      return page_tokens_.Make(context.act().method, request, place);
    };
    if (looked_at == kMostEvents) {
      response.set_next_page_token(token(0));
      return response;
    }
    const auto items = ItemsOf(**connection, page->resources.front(), request.kind());
    if (!items.ok()) return items.status();
    for (size_t next = told; next < items->size(); ++next) {
      const SuccessionItem& item = (*items)[next];
      if (request.undecided_only() && (item.fate() != v1::FATE_UNSPECIFIED || item.settled()))
        continue;
      if (response.succession_items_size() == size) {
        response.set_next_page_token(token(next));
        return response;
      }
      *response.add_succession_items() = item;
    }
    if (page->next.empty()) return response;
    after = page->next;
    told = 0;
  }
}

absl::StatusOr<SuccessionItem> SuccessionService::ItemNamed(
    database::Connection& connection, const LineageEvent& event,
    const v1::DecideSuccessionItemRequest& request) const {
  const auto items = ItemsOf(connection, event, v1::SUCCESSION_KIND_UNSPECIFIED);
  if (!items.ok()) return items.status();
  const SuccessionItem* named = nullptr;
  for (const SuccessionItem& item : *items) {
    if (item.subject() != request.subject()) continue;
    if (!request.predecessor().empty() && item.predecessor() != request.predecessor()) continue;
    if (named != nullptr) {
      return contract::RefuseFields(
          {{"predecessor", "is required: several predecessors have a part in it",
            "bắt buộc: nhiều trường tiền thân cùng có phần"}});
    }
    named = &item;
  }
  if (named == nullptr)
    return contract::Refuse(contract::Reason::REASON_NOT_FOUND, {{"resource", request.subject()}});
  return *named;
}

absl::StatusOr<SuccessionFate> SuccessionService::DecideSuccessionItem(
    rpc::Mutation& mutation, const v1::DecideSuccessionItemRequest& request) {
  database::Transaction& transaction = mutation.transaction();
  const auto event = schools_.events().Get(transaction.connection(), request.parent());
  if (!event.ok()) return event.status();
  std::set<std::string> parties(event->predecessors().begin(), event->predecessors().end());
  parties.insert(event->successors().begin(), event->successors().end());
  for (const std::string& school : parties) {
    if (absl::Status status = schools_.schools().Touch(transaction, school); !status.ok())
      return status;
  }
  if (absl::Status status = documents_.CheckNamed(transaction.connection(), request); !status.ok())
    return status;
  const auto item = ItemNamed(transaction.connection(), *event, request);
  if (!item.ok()) return item.status();
  if (item->fate() != v1::FATE_UNSPECIFIED) {
    return contract::Refuse(contract::Reason::REASON_ALREADY_EXISTS,
                            {{"resource", item->fate_record()}});
  }
  absl::StatusOr<SuccessionFate> fate = Decide(request, *event, *item);
  if (!fate.ok()) return fate;
  const auto succession = std::find_if(
      kinds_.begin(), kinds_.end(), [&](const auto& kind) { return kind->kind() == item->kind(); });
  if (absl::Status status = (*succession)->CarryOut(mutation, *event, *fate); !status.ok())
    return status;
  return store_.fates().Create(transaction, mutation.act(), *std::move(fate),
                               {"DECIDED", request.reason()});
}

absl::StatusOr<SuccessionFate> SuccessionService::GetSuccessionFate(
    rpc::CallContext& context, const v1::GetSuccessionFateRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return store_.fates().Get(**connection, request.name());
}

absl::StatusOr<v1::ListSuccessionFatesResponse> SuccessionService::ListSuccessionFates(
    rpc::CallContext& context, const v1::ListSuccessionFatesRequest& request) {
  const auto position = page_tokens_.Read(context.act().method, request);
  if (!position.ok()) return position.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  auto page =
      store_.fates().List(**connection, SuccessionStore::OfEvent(request.parent()), *position,
                          contract::PageSize(request.page_size(), kUsualPage, kLargestPage));
  if (!page.ok()) return page.status();
  v1::ListSuccessionFatesResponse response;
  for (SuccessionFate& fate : page->resources) *response.add_succession_fates() = std::move(fate);
  if (!page->next.empty()) {
    response.set_next_page_token(page_tokens_.Make(context.act().method, request, page->next));
  }
  return response;
}

}  // namespace thidua::registry
