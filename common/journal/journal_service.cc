#include "common/journal/journal_service.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/contract/refusal.h"
#include "common/document/digest.h"
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

// JOURNAL_DIVERGED when the event with this sequence does not have this hash here.
absl::Status CheckHash(database::Connection& connection, int64_t sequence,
                       const std::string& hash) {
  std::string here = ChainPosition().hash;
  if (sequence != 0) {
    const auto rows = connection.Query("SELECT hash FROM event_seal WHERE seq = ?", {sequence});
    if (!rows.ok()) return rows.status();
    here = rows->empty() ? "" : rows->front().Text(0);
  }
  if (here == hash) return absl::OkStatus();
  return contract::Refuse(contract::Reason::REASON_JOURNAL_DIVERGED,
                          {{"sequence", absl::StrCat(sequence)}});
}

absl::Status Describe(database::Connection& connection, int64_t at_or_before,
                      v1::FollowedService& followed) {
  const absl::StatusOr<ChainPosition> cursor = LoadCursor(connection, followed.service());
  if (!cursor.ok()) return cursor.status();
  followed.set_sequence(cursor->sequence);
  followed.set_hash(cursor->hash);
  const auto kept =
      LoadKept(connection, followed.service(), at_or_before == 0 ? cursor->sequence : at_or_before);
  if (!kept.ok()) return kept.status();
  if (!kept->has_value()) return absl::OkStatus();
  v1::KeptResource& resource = *followed.mutable_kept();
  resource.set_sequence((*kept)->sequence);
  resource.set_resource((*kept)->resource);
  resource.set_version((*kept)->version);
  resource.set_snapshot_sha256(document::Sha256((*kept)->snapshot));
  return absl::OkStatus();
}

}  // namespace

JournalService::JournalService(database::Pool& pool, Feed& feed, const contract::PageTokens& tokens,
                               document::CurrentSigningKey key, const Followers& followers)
    : pool_(pool), feed_(feed), tokens_(tokens), key_(std::move(key)), followers_(followers) {}

void JournalService::Register(rpc::Router& router) {
  router.Offer("thidua.journal.v1.JournalService")
      .Unary("ListEvents", this, &JournalService::ListEvents)
      .Stream("WatchEvents", this, &JournalService::WatchEvents)
      .Unary("VerifyEvents", this, &JournalService::VerifyEvents)
      .Unary("DescribeFollowing", this, &JournalService::DescribeFollowing);
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
  if (!request.after_hash().empty()) {
    auto connection = pool_.Borrow(context.bounds());
    if (!connection.ok()) return connection.status();
    absl::Status same = CheckHash(**connection, request.after_sequence(), request.after_hash());
    if (!same.ok()) return same;
  }
  return [watch = std::make_shared<Watch>(feed_, request.after_sequence())](
             rpc::CallContext& call) { return watch->Next(call); };
}

absl::StatusOr<v1::VerifyEventsResponse> JournalService::VerifyEvents(
    rpc::CallContext& context, const v1::VerifyEventsRequest&) {
  const auto key = document::VerifyingKey::FromPem(key_()->PublicKeyPem());
  if (!key.ok()) return key.status();
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  return VerifyJournal(**connection, *key);
}

absl::StatusOr<v1::DescribeFollowingResponse> JournalService::DescribeFollowing(
    rpc::CallContext& context, const v1::DescribeFollowingRequest& request) {
  auto connection = pool_.Borrow(context.bounds());
  if (!connection.ok()) return connection.status();
  v1::DescribeFollowingResponse response;
  for (const auto& [service, follower] : followers_) {
    v1::FollowedService& followed = *response.add_followed_services();
    followed.set_service(service);
    const Follower::Health health = follower->CurrentHealth();
    followed.set_connected(health.connected);
    followed.set_halted(health.halted);
    followed.set_problem(std::string(health.last_error.message()));
    if (absl::Status described = Describe(**connection, request.at_or_before_sequence(), followed);
        !described.ok())
      return described;
  }
  return response;
}

}  // namespace thidua::journal
