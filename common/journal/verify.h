// Recomputes a whole journal and finds what was changed behind its back.
#ifndef THIDUA_COMMON_JOURNAL_VERIFY_H_
#define THIDUA_COMMON_JOURNAL_VERIFY_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/document/signature.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::journal {

// A sealed event that is older than this must be under a signed head.
inline constexpr absl::Duration kUnsignedFor = absl::Seconds(10);

// Checks every event, link and head signed by `key`, in order, and answers with the first finding:
//
//  - a sequence that is missing, an event whose row is gone, one whose content or place is not what
//  its hash says (edit, deletion,
//    insertion, exchange), one that is sealed and still waits for its seal;
//  - a head that does not fit the event it names, or whose signature does not fit;
//  - a chain that ends before its newest signed head, and events behind it that should have been
//  signed (kUnsignedFor);
//  - an event that is neither sealed nor waiting, which has no sequence.
//
// Where a forger has computed new hashes for all that follows, the first event that no good head
// covers is named. Heads of other keys are not looked at. What cannot be seen from inside: a
// database that was wholly put back to an earlier, signed state. The head in the log (see Sealer)
// and the position of every follower show that.
//
// May run beside a working sealer. Errors are the database's; a broken journal is an answer.
absl::StatusOr<v1::VerifyEventsResponse> VerifyJournal(database::Connection& connection,
                                                       const document::VerifyingKey& key);

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_VERIFY_H_
