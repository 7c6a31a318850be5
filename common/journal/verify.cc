#include "common/journal/verify.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/journal/chain.h"
#include "common/journal/event_row.h"
#include "common/runtime/dates.h"

namespace thidua::journal {
namespace {

// Rows of events are read in small batches, for their snapshots; rows without, in larger ones.
constexpr int64_t kEventBatch = 200;
constexpr int64_t kRowBatch = 2000;

struct Finding {
  int64_t sequence = 0;
  std::string event_id;
  std::string english;
  std::string vietnamese;
};
using Found = std::optional<Finding>;

// One sealed event as it is stored; `event` is nothing when its row is gone.
struct SealedRow {
  int64_t sequence;
  std::string event_id;
  std::string previous_hash;
  std::string hash;
  absl::Time sealed_time;
  bool pending;
  std::optional<v1::Event> event;
};

SealedRow ReadSealedRow(const database::Row& row) {
  SealedRow sealed{row.Int(0),
                   row.Text(1),
                   row.Text(2),
                   row.Text(3),
                   runtime::FromMicros(row.Int(4)),
                   row.OptionalText(5).has_value(),
                   std::nullopt};
  if (row.OptionalText(6).has_value()) sealed.event = ReadEvent(row, 6);
  return sealed;
}

class Verifier {
 public:
  Verifier(database::Connection& connection, const document::VerifyingKey& key)
      : connection_(connection), key_(key) {}

  absl::StatusOr<v1::VerifyEventsResponse> Run() {
    Found found;
    for (auto check : {&Verifier::CheckChain, &Verifier::CheckEnd, &Verifier::CheckUnsealed}) {
      absl::StatusOr<Found> result = (this->*check)();
      if (!result.ok()) return result.status();
      found = *std::move(result);
      if (found.has_value()) break;
    }
    return Answer(found);
  }

 private:
  absl::StatusOr<Found> CheckChain();
  absl::StatusOr<Found> CheckBatch(const database::Rows& rows);
  Found CheckSealed(const SealedRow& row) const;
  absl::StatusOr<Found> CheckHeads(int64_t after, const std::vector<ChainPosition>& chain);
  Found CheckHead(const database::Row& head, const ChainPosition& stored) const;
  absl::StatusOr<Found> CheckEnd();
  absl::StatusOr<Found> CheckUnsealed();
  v1::VerifyEventsResponse Answer(const Found& found) const;

  database::Connection& connection_;
  const document::VerifyingKey& key_;
  ChainPosition end_;            // of what was checked
  int64_t signed_sequence_ = 0;  // of the newest good head
  // The first event behind the newest good head, and when it was sealed.
  std::optional<SealedRow> first_unsigned_;
};

absl::StatusOr<Found> Verifier::CheckChain() {
  while (true) {
    const auto rows = connection_.Query(
        absl::StrCat("SELECT s.seq, s.event_id, s.prev_hash, s.hash, s.sealed_at, p.event_id, ",
                     kEventColumns,
                     " FROM event_seal s LEFT JOIN event e ON e.event_id = s.event_id "
                     "LEFT JOIN event_pending p ON p.event_id = s.event_id WHERE s.seq > ? ORDER "
                     "BY s.seq LIMIT ?"),
        {end_.sequence, kEventBatch});
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return std::nullopt;
    absl::StatusOr<Found> found = CheckBatch(*rows);
    if (!found.ok() || found->has_value()) return found;
  }
}

// Links up to the first bad one, then the heads over the good ones: a bad head among these comes
// first in the order.
absl::StatusOr<Found> Verifier::CheckBatch(const database::Rows& rows) {
  const int64_t before = end_.sequence;
  std::vector<ChainPosition> chain;
  Found bad_link;
  std::vector<SealedRow> sealed;
  for (const database::Row& row : rows) {
    sealed.push_back(ReadSealedRow(row));
    bad_link = CheckSealed(sealed.back());
    if (bad_link.has_value()) break;
    end_ = {sealed.back().sequence, sealed.back().hash};
    chain.push_back(end_);
    sealed.back().event.reset();
  }
  absl::StatusOr<Found> bad_head = CheckHeads(before, chain);
  if (!bad_head.ok() || bad_head->has_value()) return bad_head;
  if (first_unsigned_.has_value() && first_unsigned_->sequence <= signed_sequence_)
    first_unsigned_.reset();
  for (SealedRow& row : sealed) {
    if (!first_unsigned_.has_value() && row.sequence > signed_sequence_)
      first_unsigned_ = std::move(row);
  }
  return bad_link;
}

Found Verifier::CheckSealed(const SealedRow& row) const {
  const int64_t expected = end_.sequence + 1;
  if (row.sequence != expected) {
    return Finding{expected, "", "the event with this sequence is missing",
                   "thiếu sự kiện mang số thứ tự này"};
  }
  if (!row.event.has_value()) {
    return Finding{expected, row.event_id, "the event is sealed, but its content is gone",
                   "sự kiện đã được niêm phong nhưng nội dung đã bị xóa"};
  }
  if (row.previous_hash != end_.hash) {
    return Finding{
        expected, row.event_id,
        "the event is not linked to the one before it; it was moved, inserted or exchanged",
        "sự kiện không nối với sự kiện liền trước; đã bị dời chỗ, chèn thêm hoặc tráo đổi"};
  }
  if (row.hash != Next(end_, EventDigest(*row.event)).hash) {
    return Finding{expected, row.event_id,
                   "the content or the place of the event was changed after it was written",
                   "nội dung hoặc vị trí của sự kiện đã bị sửa sau khi ghi"};
  }
  if (row.pending) {
    return Finding{expected, row.event_id, "the event is sealed and still waits for its seal",
                   "sự kiện đã được niêm phong nhưng vẫn nằm trong danh sách chờ"};
  }
  return std::nullopt;
}

// `chain`: the places after `after`, one for each sequence.
absl::StatusOr<Found> Verifier::CheckHeads(int64_t after, const std::vector<ChainPosition>& chain) {
  if (chain.empty()) return std::nullopt;
  const auto heads = connection_.Query(
      "SELECT seq, hash, signature, signed_at FROM event_head WHERE seq > ? AND seq <= ? AND "
      "key_id = ? ORDER BY seq",
      {after, chain.back().sequence, key_.KeyId()});
  if (!heads.ok()) return heads.status();
  for (const database::Row& head : *heads) {
    Found found = CheckHead(head, chain[static_cast<size_t>(head.Int(0) - after - 1)]);
    if (found.has_value()) return found;
    signed_sequence_ = head.Int(0);
  }
  return std::nullopt;
}

Found Verifier::CheckHead(const database::Row& head, const ChainPosition& stored) const {
  const ChainPosition signed_place{head.Int(0), head.Text(1)};
  if (!key_.Verify(HeadStatement(signed_place, runtime::FromMicros(head.Int(3))), head.Text(2))
           .ok()) {
    return Finding{signed_place.sequence, "",
                   "the signed head at this sequence was changed: its signature does not fit",
                   "bản ký đầu chuỗi tại số thứ tự này đã bị sửa: chữ ký không khớp"};
  }
  if (signed_place.hash == stored.hash) return std::nullopt;
  const int64_t first = signed_sequence_ + 1;
  return Finding{
      first, "",
      absl::StrCat("events ", first, " to ", stored.sequence,
                   " are not those that were signed; one or more were changed and the hashes "
                   "computed anew"),
      absl::StrCat("các sự kiện từ ", first, " đến ", stored.sequence,
                   " không phải các sự kiện đã ký; có sự kiện bị sửa và mã băm được tính lại")};
}

absl::StatusOr<Found> Verifier::CheckEnd() {
  const auto heads = connection_.Query(
      "SELECT seq FROM event_head WHERE key_id = ? ORDER BY seq DESC LIMIT 1", {key_.KeyId()});
  if (!heads.ok()) return heads.status();
  const int64_t newest = heads->empty() ? 0 : heads->front().Int(0);
  if (newest > end_.sequence) {
    // A sealer at work adds events and heads while we read: look on before judging.
    absl::StatusOr<Found> found = CheckChain();
    if (!found.ok() || found->has_value()) return found;
    if (newest > end_.sequence) {
      return Finding{end_.sequence + 1, "",
                     absl::StrCat("the chain ends here, but its head was signed at ", newest,
                                  ": the newest events were deleted"),
                     absl::StrCat("chuỗi kết thúc tại đây nhưng đầu chuỗi đã được ký tại ", newest,
                                  ": các sự kiện mới nhất đã bị xóa")};
    }
  }
  if (!first_unsigned_.has_value()) return std::nullopt;
  const absl::Duration age = absl::Now() - first_unsigned_->sealed_time;
  if (age <= kUnsignedFor && age >= -kUnsignedFor) return std::nullopt;
  return Finding{first_unsigned_->sequence, first_unsigned_->event_id,
                 "no signed head covers the event and those behind it: they were added by SQL, or "
                 "the sealer died before it signed them",
                 "chưa có bản ký nào bao gồm sự kiện này và các sự kiện sau đó: được thêm bằng "
                 "SQL, hoặc bộ niêm phong dừng trước khi ký"};
}

absl::StatusOr<Found> Verifier::CheckUnsealed() {
  const auto outside =
      connection_.Query("SELECT seq, event_id FROM event_seal WHERE seq < 1 ORDER BY seq LIMIT 1");
  if (!outside.ok()) return outside.status();
  if (!outside->empty()) {
    return Finding{outside->front().Int(0), outside->front().Text(1),
                   "the event was sealed before the beginning of the order",
                   "sự kiện được niêm phong trước điểm bắt đầu của chuỗi"};
  }
  std::string after;
  while (true) {
    const auto rows = connection_.Query(
        "SELECT e.event_id, s.event_id, p.event_id FROM event e LEFT JOIN event_seal s ON "
        "s.event_id = e.event_id "
        "LEFT JOIN event_pending p ON p.event_id = e.event_id WHERE e.event_id > ? ORDER BY "
        "e.event_id LIMIT ?",
        {after, kRowBatch});
    if (!rows.ok()) return rows.status();
    if (rows->empty()) return std::nullopt;
    for (const database::Row& row : *rows) {
      if (row.OptionalText(1).has_value() || row.OptionalText(2).has_value()) continue;
      return Finding{0, row.Text(0),
                     "the event has no place in the order and waits for none: it was inserted by "
                     "SQL, or its seal was deleted",
                     "sự kiện không có vị trí và cũng không chờ niêm phong: được chèn bằng SQL, "
                     "hoặc dấu niêm phong đã bị xóa"};
    }
    after = rows->back().Text(0);
  }
}

v1::VerifyEventsResponse Verifier::Answer(const Found& found) const {
  v1::VerifyEventsResponse response;
  response.set_intact(!found.has_value());
  response.set_events(end_.sequence);
  response.set_signed_sequence(signed_sequence_);
  if (signed_sequence_ > 0) response.set_key_id(key_.KeyId());
  if (!found.has_value()) return response;
  response.set_first_bad_sequence(found->sequence);
  if (!found->event_id.empty()) response.set_first_bad_event(found->event_id);
  response.set_finding(found->english);
  response.set_finding_vi(found->vietnamese);
  return response;
}

}  // namespace

absl::StatusOr<v1::VerifyEventsResponse> VerifyJournal(database::Connection& connection,
                                                       const document::VerifyingKey& key) {
  return Verifier(connection, key).Run();
}

}  // namespace thidua::journal
