#include "common/journal/journal_service.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/journal/verify.h"

namespace thidua::journal {
namespace {

constexpr char kListEvents[] = "/thidua.journal.v1.JournalService/ListEvents";
constexpr int32_t kDefaultPage = 100;
constexpr int32_t kLargestPage = 500;
constexpr absl::Duration kSignOfLife = absl::Seconds(5);

template <class Response>
void Take(std::vector<v1::Event> events, Response& response) {
  response.mutable_events()->Reserve(static_cast<int>(events.size()));
  for (v1::Event& event : events) *response.add_events() = std::move(event);
}

// One watcher: where it is, and when it last heard from us.
class Watch {
 public:
  Watch(Feed& feed, int64_t after) : feed_(feed), after_(after) {}

  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Next(rpc::CallContext& context) {
    auto events = feed_.Next(after_, {std::min(context.deadline(), absl::Now() + kSignOfLife),
                                      context.bounds().cancelled});
    if (!events.ok()) return events.status();
    const absl::Time now = absl::Now();
    if (!events->has_value() && now < last_sent_ + kSignOfLife) return nullptr;
    last_sent_ = now;
    auto batch = std::make_unique<v1::WatchEventsResponse>();
    if (events->has_value()) {
      after_ = (*events)->back().sequence();
      Take(**std::move(events), *batch);
    }
    batch->set_head_sequence(std::max(feed_.Head(), after_));
    return batch;
  }

 private:
  Feed& feed_;
  int64_t after_;
  absl::Time last_sent_ = absl::InfinitePast();
};

}  // namespace

JournalService::JournalService(database::Pool& pool, Feed& feed, const contract::PageTokens& tokens,
                               const document::VerifyingKey& key)
    : pool_(pool), feed_(feed), tokens_(tokens), key_(key) {}

void JournalService::Register(rpc::Router& router) {
  router.Offer("thidua.journal.v1.JournalService")
      .Unary("ListEvents", this, &JournalService::ListEvents)
      .Stream("WatchEvents", this, &JournalService::WatchEvents)
      .Unary("VerifyEvents", this, &JournalService::VerifyEvents);
}

absl::StatusOr<v1::ListEventsResponse> JournalService::ListEvents(
    rpc::CallContext& context, const v1::ListEventsRequest& request) {
  const absl::StatusOr<contract::Parameters> position = tokens_.Read(kListEvents, request);
  if (!position.ok()) return position.status();
  const int64_t after =
      position->empty() ? request.after_sequence() : std::get<int64_t>(position->front());
  const FeedLimit limit{.events =
                            contract::PageSize(request.page_size(), kDefaultPage, kLargestPage)};

  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<FeedPage> page = request.resource().empty()
                                      ? ReadAfter(**connection, after, limit)
                                      : ReadHistory(**connection, request.resource(), after, limit);
  if (!page.ok()) return page.status();
  const absl::StatusOr<ChainPosition> head = ReadHead(**connection);
  if (!head.ok()) return head.status();

  v1::ListEventsResponse response;
  response.set_head_sequence(head->sequence);
  if (page->more)
    response.set_next_page_token(
        tokens_.Make(kListEvents, request, {page->events.back().sequence()}));
  Take(std::move(page->events), response);
  return response;
}

absl::StatusOr<rpc::StreamSource> JournalService::WatchEvents(
    rpc::CallContext& context, const v1::WatchEventsRequest& request) {
  if (request.after_sequence() > feed_.Head()) {
    // Another replica may have sealed more than this one has heard of.
    auto connection = pool_.Borrow(context.bounds());
    if (!connection.ok()) return connection.status();
    const absl::StatusOr<ChainPosition> head = ReadHead(**connection);
    if (!head.ok()) return head.status();
    if (request.after_sequence() > head->sequence) {
      return contract::Refuse(contract::Reason::REASON_POSITION_NOT_REACHED,
                              {{"position", absl::StrCat(head->sequence)},
                               {"at_least", absl::StrCat(request.after_sequence())}});
    }
    feed_.Advance(head->sequence);
  }
  return [watch = std::make_shared<Watch>(feed_, request.after_sequence())](
             rpc::CallContext& call) { return watch->Next(call); };
}

absl::StatusOr<v1::VerifyEventsResponse> JournalService::VerifyEvents(
    rpc::CallContext& context, const v1::VerifyEventsRequest&) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return VerifyJournal(**connection, key_);
}

}  // namespace thidua::journal
