// W3C Trace Context (https://www.w3.org/TR/trace-context/): the `traceparent` header, and the
// context of this thread.
#ifndef THIDUA_COMMON_TELEMETRY_TRACE_H_
#define THIDUA_COMMON_TELEMETRY_TRACE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace thidua::telemetry {

// Metadata key under which the context travels.
inline constexpr char kTraceparentKey[] = "traceparent";

// One span of one trace. Neither id is all zero.
struct TraceContext {
  std::array<uint8_t, 16> trace_id{};
  std::array<uint8_t, 8> span_id{};
  bool sampled = false;

  // Lower-case hexadecimal, as logged and as stored in the journal: 32 and 16 characters.
  std::string TraceIdHex() const;
  std::string SpanIdHex() const;

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// Nothing when the header is not valid; the receiver then starts a new trace. Versions above 00 are
// read by the fields known here, as its "Versioning of traceparent" asks.
std::optional<TraceContext> ParseTraceparent(std::string_view header);

// Always version 00; flags other than "sampled" are sent as zero.
std::string FormatTraceparent(const TraceContext& context);

// A new, sampled trace with random ids.
TraceContext NewTrace();

// The same trace with a new random span id: the span of work caused by `parent`.
TraceContext ChildOf(const TraceContext& parent);

// Makes a context the current one of this thread for the scope's life; log records then carry its
// ids. Scopes nest and end on the thread, and in the order, that they began.
class TraceScope {
 public:
  explicit TraceScope(const TraceContext& context);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  TraceContext context_;
  const TraceContext* previous_;
};

// The innermost scope's context, null outside of any. Valid until that scope ends.
const TraceContext* CurrentTrace();

}  // namespace thidua::telemetry

#endif  // THIDUA_COMMON_TELEMETRY_TRACE_H_
