// How events are linked, as pure functions: everybody who has the events can recompute the chain
// without this suite.
//
//   digest(event) = SHA-256 over the event's canonical bytes
//
//   hash(n) = SHA-256( hash(n-1) ‖ n in 8 bytes, big-endian ‖ digest(event n) )
//
//   hash(0) = 32 zero bytes
//
// The canonical bytes of an Event are these fields, one behind the other, without separators:
//
//   id (the name without "events/"), resource, resource_type, version, change_kind, snapshot,
//   actor, acting_for, permission, method, request_id, trace_id, reason, record_time
//
// A text or bytes field is its length in bytes, 4 bytes big-endian, then its bytes. A number is 8
// bytes big-endian, two's complement; record_time is the number of microseconds since
// 1970-01-01T00:00:00Z. Sequence and hash are not among them: the link adds the one and is the
// other. The digest is made when the event is written, so that an event that is changed while it
// waits for its seal is found like any other.
#ifndef THIDUA_COMMON_JOURNAL_CHAIN_H_
#define THIDUA_COMMON_JOURNAL_CHAIN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::journal {

// Length of digests and hashes.
inline constexpr size_t kHashBytes = 32;

// A place in the chain: the event with this sequence has this hash. The default is the place before
// the first event.
struct ChainPosition {
  int64_t sequence = 0;
  std::string hash = std::string(kHashBytes, '\0');

  friend bool operator==(const ChainPosition&, const ChainPosition&) = default;
};

// 32 raw bytes.
std::string EventDigest(const v1::Event& event);

// The place of the event with `digest` that follows `previous`.
ChainPosition Next(const ChainPosition& previous, std::string_view digest);

// OK when `event` is the one that follows `previous`: the next sequence, and the hash that its
// content gives. DATA_LOSS, saying which of the two is wrong, otherwise.
absl::Status CheckLink(const ChainPosition& previous, const v1::Event& event);

// The bytes that a signed head covers: "thidua-journal-head\n", the sequence, the hash in
// lower-case hexadecimal and the time of signing in microseconds since the epoch, each in decimal
// or hexadecimal digits and followed by "\n". No document begins so.
std::string HeadStatement(const ChainPosition& head, absl::Time sign_time);

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_CHAIN_H_
