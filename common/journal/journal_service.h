// JournalService, which every server offers over its own journal.
#ifndef THIDUA_COMMON_JOURNAL_JOURNAL_SERVICE_H_
#define THIDUA_COMMON_JOURNAL_JOURNAL_SERVICE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/contract/page_token.h"
#include "common/database/pool.h"
#include "common/document/signature.h"
#include "common/journal/feed.h"
#include "common/journal/follower.h"
#include "common/rpc/call_context.h"
#include "common/rpc/router.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::journal {

// By followed service.
using Followers = std::map<std::string, std::unique_ptr<Follower>>;

class JournalService {
 public:
  // All outlive the service; `key` signs the heads. followers is filled before the first call.
  JournalService(database::Pool& pool, Feed& feed, const contract::PageTokens& tokens,
                 document::CurrentSigningKey key, const Followers& followers);

  void Register(rpc::Router& router);

  absl::StatusOr<v1::ListEventsResponse> ListEvents(rpc::CallContext& context,
                                                    const v1::ListEventsRequest& request);
  absl::StatusOr<rpc::StreamSource> WatchEvents(rpc::CallContext& context,
                                                const v1::WatchEventsRequest& request);
  absl::StatusOr<v1::VerifyEventsResponse> VerifyEvents(rpc::CallContext& context,
                                                        const v1::VerifyEventsRequest& request);
  absl::StatusOr<v1::DescribeFollowingResponse> DescribeFollowing(
      rpc::CallContext& context, const v1::DescribeFollowingRequest& request);

 private:
  database::Pool& pool_;
  Feed& feed_;
  const contract::PageTokens& tokens_;
  const document::CurrentSigningKey key_;
  const Followers& followers_;
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_JOURNAL_SERVICE_H_
