#include "common/journal/chain.h"

#include "absl/strings/str_cat.h"
#include "common/document/digest.h"
#include "common/journal/event_row.h"
#include "common/runtime/dates.h"

namespace thidua::journal {
namespace {

template <size_t kBytes>
std::string BigEndian(uint64_t number) {
  std::string bytes(kBytes, '\0');
  for (size_t i = 0; i < kBytes; ++i)
    bytes[kBytes - 1 - i] = static_cast<char>((number >> (8 * i)) & 0xff);
  return bytes;
}

std::string EightBytes(int64_t number) { return BigEndian<8>(static_cast<uint64_t>(number)); }

// Adds fields to the digest in their canonical form.
class CanonicalBytes {
 public:
  CanonicalBytes& Text(std::string_view text) {
    digest_.Add(BigEndian<4>(text.size())).Add(text);
    return *this;
  }
  CanonicalBytes& Number(int64_t number) {
    digest_.Add(EightBytes(number));
    return *this;
  }
  std::string Digest() { return digest_.Finish(); }

 private:
  document::Sha256Builder digest_;
};

}  // namespace

std::string EventDigest(const v1::Event& event) {
  return CanonicalBytes()
      .Text(EventId(event))
      .Text(event.resource())
      .Text(event.resource_type())
      .Number(event.version())
      .Text(event.change_kind())
      .Text(event.snapshot())
      .Text(event.actor())
      .Text(event.acting_for())
      .Text(event.permission())
      .Text(event.method())
      .Text(event.request_id())
      .Text(event.trace_id())
      .Text(event.reason())
      .Number(RecordMicros(event))
      .Digest();
}

ChainPosition Next(const ChainPosition& previous, std::string_view digest) {
  ChainPosition next;
  next.sequence = previous.sequence + 1;
  next.hash = document::Sha256Builder()
                  .Add(previous.hash)
                  .Add(EightBytes(next.sequence))
                  .Add(digest)
                  .Finish();
  return next;
}

absl::Status CheckLink(const ChainPosition& previous, const v1::Event& event) {
  if (event.sequence() != previous.sequence + 1) {
    return absl::DataLossError(absl::StrCat("event ", event.sequence(), " follows ",
                                            previous.sequence, ": the order has a gap"));
  }
  if (event.hash() != Next(previous, EventDigest(event)).hash) {
    return absl::DataLossError(
        absl::StrCat("event ", event.sequence(), " (", event.name(),
                     ") does not have the hash that its content and its place give"));
  }
  return absl::OkStatus();
}

std::string HeadStatement(const ChainPosition& head, absl::Time sign_time) {
  return absl::StrCat("thidua-journal-head\n", head.sequence, "\n", document::Hex(head.hash), "\n",
                      runtime::ToMicros(sign_time), "\n");
}

}  // namespace thidua::journal
