// JournalService, which every server offers over its own journal.
#ifndef THIDUA_COMMON_JOURNAL_JOURNAL_SERVICE_H_
#define THIDUA_COMMON_JOURNAL_JOURNAL_SERVICE_H_

#include "absl/status/statusor.h"
#include "common/contract/page_token.h"
#include "common/database/pool.h"
#include "common/document/signature.h"
#include "common/journal/feed.h"
#include "common/rpc/call_context.h"
#include "common/rpc/router.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::journal {

class JournalService {
 public:
  // All outlive the service; key is the public part of the key that signs heads.
  JournalService(database::Pool& pool, Feed& feed, const contract::PageTokens& tokens,
                 const document::VerifyingKey& key);

  void Register(rpc::Router& router);

  absl::StatusOr<v1::ListEventsResponse> ListEvents(rpc::CallContext& context,
                                                    const v1::ListEventsRequest& request);
  absl::StatusOr<rpc::StreamSource> WatchEvents(rpc::CallContext& context,
                                                const v1::WatchEventsRequest& request);
  absl::StatusOr<v1::VerifyEventsResponse> VerifyEvents(rpc::CallContext& context,
                                                        const v1::VerifyEventsRequest& request);

 private:
  database::Pool& pool_;
  Feed& feed_;
  const contract::PageTokens& tokens_;
  const document::VerifyingKey& key_;
};

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_JOURNAL_SERVICE_H_
