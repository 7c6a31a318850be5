// The structured log: one JSON object a line on standard error, written by a thread of its own.
//
//   {"time":"2024-07-02T08:15:04.120394Z","severity":"INFO","service":"thidua-reporting",
//    "message":"report submitted","trace_id":"…","span_id":"…",
//    "resource":"windows/2024-h1/reports/dien-bien","version":3}
#ifndef THIDUA_COMMON_TELEMETRY_LOG_H_
#define THIDUA_COMMON_TELEMETRY_LOG_H_

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "absl/types/span.h"

namespace thidua::telemetry {

enum class Severity { kDebug, kInfo, kWarning, kError };

// A text, integer, number or truth value. Texts are borrowed: they must live until Log returns.
class LogValue {
 public:
  // NOLINTBEGIN(google-explicit-constructor): fields are written as {"key", value}.
  LogValue(const char* value) : value_(std::string_view(value)) {}
  LogValue(double value) : value_(value) {}
  // A template, so that neither a pointer becomes a bool nor an int is ambiguous.
  template <std::integral T>
  LogValue(T value) : value_(Widened(value)) {}
  // std::string, and both std::string_view and absl::string_view (two types in Debian's build).
  template <typename Text>
  requires requires(const Text& text) { std::string_view(text.data(), text.size()); }
  LogValue(const Text& value) : value_(std::string_view(value.data(), value.size())) {}
  // NOLINTEND(google-explicit-constructor)

  using Variant = std::variant<std::string_view, int64_t, uint64_t, double, bool>;
  const Variant& variant() const { return value_; }

 private:
  template <std::integral T>
  static Variant Widened(T value) {
    if constexpr (std::same_as<T, bool>) {
      return value;
    } else if constexpr (std::signed_integral<T>) {
      return int64_t{value};
    } else {
      return uint64_t{value};
    }
  }

  Variant value_;
};

// Keys are lower_snake_case words. A key that is one of the record's own (time, severity, …) is
// printed as `field_<key>`.
struct LogField {
  std::string_view key;
  LogValue value;
};

struct LogOptions {
  // Name in every record, for example "thidua-reporting".
  std::string service;
  // Records below it are not made at all.
  Severity threshold = Severity::kInfo;
  // Records that may wait for the writer, at least 1. One more discards the oldest, which is
  // counted.
  size_t queue_length = 2048;
};

// Writes one record; never blocks on the terminal or pipe once the log has started. `time` is the
// real UTC instant of the call in microseconds, also in a rehearsal. Texts longer than 4 KiB are
// cut, invalid UTF-8 becomes U+FFFD.
//
// Never printed: the value of a field whose key says that it is a secret (a word "password",
// "secret", "credential", "token", "authorization", "cookie", "key", … unless the key ends in
// `_file` or `_id`), and any text that contains a PEM private key.
void Log(Severity severity, std::string_view message, std::initializer_list<LogField> fields = {});
void Log(Severity severity, std::string_view message, absl::Span<const LogField> fields);

// Starts the writer thread. Until then, and after StopLog, records go straight to standard error.
// Call once, at the start of main and after ShutdownSignal::Block. The rest of the queue is written
// when the process exits.
void StartLog(const LogOptions& options);

void SetLogThreshold(Severity threshold);

// Writes what waits and ends the writer thread. Does nothing when the log is not running.
void StopLog();

// Records discarded since the process began because the writer could not keep up.
uint64_t DroppedLogRecords();

}  // namespace thidua::telemetry

#endif  // THIDUA_COMMON_TELEMETRY_LOG_H_
