// Between Event messages and rows of the table `event`.
#ifndef THIDUA_COMMON_JOURNAL_EVENT_ROW_H_
#define THIDUA_COMMON_JOURNAL_EVENT_ROW_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/database/database.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::journal {

// The columns of an event that is called `e` in a query, in the order of ReadEvent and EventValues.
inline constexpr char kEventColumns[] =
    "e.event_id, e.resource, e.resource_type, e.version, e.change_kind, e.snapshot, e.actor, "
    "e.acting_person, e.permission, e.method, "
    "e.request_id, e.trace_id, e.reason, e.recorded_at";
inline constexpr size_t kEventColumnCount = 14;

// An event without sequence and hash, from the columns that start at `first`; the row must have an
// event there (no outer join without a match).
v1::Event ReadEvent(const database::Row& row, size_t first);

// The columns of an event to be inserted.
std::vector<database::Value> EventValues(const v1::Event& event);

// The last segment of the event's name, "01j…" of "events/01j…".
std::string_view EventId(const v1::Event& event);
std::string EventName(std::string_view event_id);

// record_time in microseconds since the epoch.
int64_t RecordMicros(const v1::Event& event);

}  // namespace thidua::journal

#endif  // THIDUA_COMMON_JOURNAL_EVENT_ROW_H_
