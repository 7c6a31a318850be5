#include "common/journal/event_row.h"

#include <optional>

#include "common/runtime/dates.h"

namespace thidua::journal {
namespace {

constexpr std::string_view kCollection = "events/";

// In the table a text that is not there is NULL; in a message it is empty.
database::Value NullWhenEmpty(const std::string& text) {
  if (text.empty()) return nullptr;
  return text;
}

std::string EmptyWhenNull(const std::optional<std::string>& text) {
  return text.value_or(std::string());
}

}  // namespace

v1::Event ReadEvent(const database::Row& row, size_t first) {
  v1::Event event;
  event.set_name(EventName(row.Text(first)));
  event.set_resource(row.Text(first + 1));
  event.set_resource_type(row.Text(first + 2));
  event.set_version(row.Int(first + 3));
  event.set_change_kind(row.Text(first + 4));
  event.set_snapshot(EmptyWhenNull(row.OptionalText(first + 5)));
  event.set_actor(row.Text(first + 6));
  event.set_acting_for(EmptyWhenNull(row.OptionalText(first + 7)));
  event.set_permission(row.Text(first + 8));
  event.set_method(row.Text(first + 9));
  event.set_request_id(row.Text(first + 10));
  event.set_trace_id(row.Text(first + 11));
  event.set_reason(EmptyWhenNull(row.OptionalText(first + 12)));
  *event.mutable_record_time() = runtime::TimeToProto(runtime::FromMicros(row.Int(first + 13)));
  return event;
}

std::vector<database::Value> EventValues(const v1::Event& event) {
  return {std::string(EventId(event)),
          event.resource(),
          event.resource_type(),
          event.version(),
          event.change_kind(),
          NullWhenEmpty(event.snapshot()),
          event.actor(),
          NullWhenEmpty(event.acting_for()),
          event.permission(),
          event.method(),
          event.request_id(),
          event.trace_id(),
          NullWhenEmpty(event.reason()),
          RecordMicros(event)};
}

std::string_view EventId(const v1::Event& event) {
  std::string_view id = event.name();
  if (id.starts_with(kCollection)) id.remove_prefix(kCollection.size());
  return id;
}

std::string EventName(std::string_view event_id) {
  return std::string(kCollection).append(event_id);
}

int64_t RecordMicros(const v1::Event& event) {
  return event.record_time().seconds() * 1'000'000 + event.record_time().nanos() / 1'000;
}

}  // namespace thidua::journal
