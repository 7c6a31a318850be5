#include "common/journal/writer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/journal/chain.h"
#include "common/journal/event_row.h"
#include "common/runtime/dates.h"
#include "common/runtime/ids.h"

namespace thidua::journal {
namespace {

// Longest resource name that the table holds, in bytes.
constexpr size_t kLongestResource = 255;

v1::Event MakeEvent(const Act& act, const Change& change, absl::Time now) {
  v1::Event event;
  event.set_name(EventName(runtime::NewId()));
  event.set_resource(change.resource);
  event.set_resource_type(change.resource_type);
  event.set_version(change.version);
  event.set_change_kind(change.change_kind);
  event.set_snapshot(change.snapshot);
  event.set_actor(act.actor);
  event.set_acting_for(act.acting_for);
  event.set_permission(act.permission);
  event.set_method(act.method);
  event.set_request_id(act.request_id);
  event.set_trace_id(act.trace_id);
  event.set_reason(change.reason);
  // Through microseconds, so that the digest is over what will be read back.
  *event.mutable_record_time() = runtime::TimeToProto(runtime::FromMicros(runtime::ToMicros(now)));
  return event;
}

absl::Status Insert(database::Transaction& transaction, const v1::Event& event) {
  const auto inserted = transaction.Execute(
      "INSERT INTO event (event_id, resource, resource_type, version, change_kind, snapshot, "
      "actor, acting_person, permission, method, "
      "request_id, trace_id, reason, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?)",
      EventValues(event));
  if (!inserted.ok()) return inserted.status();
  return transaction
      .Execute("INSERT INTO event_pending (event_id, digest) VALUES (?, ?)",
               {std::string(EventId(event)), EventDigest(event)})
      .status();
}

// Resource names are ASCII (AIP-122); of whatever else was sent only the place is shown.
std::string FitResource(std::string_view text) {
  std::string fit(text.substr(0, kLongestResource));
  for (char& c : fit) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return fit;
}

}  // namespace

absl::StatusOr<std::string> Append(database::Transaction& transaction, const Act& act,
                                   const Change& change) {
  if (change.snapshot.size() > kLargestSnapshot) {
    return absl::OutOfRangeError(absl::StrCat(change.resource, " has ", change.snapshot.size(),
                                              " bytes; an event holds at most ", kLargestSnapshot));
  }
  const v1::Event event = MakeEvent(act, change, transaction.now());
  if (const absl::Status inserted = Insert(transaction, event); !inserted.ok()) return inserted;
  transaction.Wrote({change.resource_type, change.resource, change.version, change.snapshot});
  return std::string(EventId(event));
}

absl::Status AppendDenied(database::Pool& pool, const Act& act, std::string_view resource,
                          int64_t left_out, const database::Bounds& bounds, absl::Time now) {
  Change change;
  change.resource = FitResource(resource);
  change.change_kind = kDenied;
  if (left_out > 0) {
    change.reason =
        absl::StrCat(left_out, " denied calls of this caller before it are in no event");
  }
  v1::Event event = MakeEvent(act, change, now);
  // A denied call's fields are not checked; one that its column cannot hold must not keep the
  // denial out of the journal.
  if (!runtime::IsUuid4(event.request_id())) event.clear_request_id();
  return database::Transaction::RunUnledgered(
      pool, bounds, [&](database::Transaction& transaction) { return Insert(transaction, event); });
}

}  // namespace thidua::journal
