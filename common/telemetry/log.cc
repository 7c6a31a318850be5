#include "common/telemetry/log.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/telemetry/json_line.h"
#include "common/telemetry/redaction.h"
#include "common/telemetry/trace.h"

namespace thidua::telemetry {
namespace {

constexpr std::string_view kOwnKeys[] = {"time",    "severity", "service",
                                         "message", "trace_id", "span_id"};

// The writer thread with its queue, and the logger that feeds it.
struct Writer {
  explicit Writer(size_t queue_length)
      : threads(std::make_shared<spdlog::details::thread_pool>(queue_length, 1)),
        logger(std::make_shared<spdlog::async_logger>(
            "log", std::make_shared<spdlog::sinks::stderr_sink_mt>(), threads,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger->set_level(spdlog::level::trace);  // The threshold is ours.
    logger->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, "\n"));
  }

  std::shared_ptr<spdlog::details::thread_pool> threads;
  std::shared_ptr<spdlog::async_logger> logger;
};

struct State {
  std::atomic<Severity> threshold{Severity::kInfo};
  absl::Mutex mutex;
  std::string service ABSL_GUARDED_BY(mutex);
  std::unique_ptr<Writer> writer ABSL_GUARDED_BY(mutex);
  uint64_t dropped_by_stopped_writers ABSL_GUARDED_BY(mutex) = 0;
};

// Never destroyed: destructors of other statics may still log.
State& GetState() {
  static State& state = *new State;
  return state;
}

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      break;
  }
  return "ERROR";
}

std::string_view Printable(std::string_view text) {
  return ContainsPrivateKey(text) ? kRedacted : text;
}

struct AppendValue {
  JsonLine& line;
  std::string_view key;

  void operator()(std::string_view value) const { line.Text(key, Printable(value)); }
  void operator()(int64_t value) const { line.Integer(key, value); }
  void operator()(uint64_t value) const { line.Unsigned(key, value); }
  void operator()(double value) const { line.Number(key, value); }
  void operator()(bool value) const { line.Bool(key, value); }
};

void AppendField(const LogField& field, JsonLine& line) {
  std::string key(field.key);
  if (std::find(std::begin(kOwnKeys), std::end(kOwnKeys), field.key) != std::end(kOwnKeys)) {
    key.insert(0, "field_");
  }
  if (NamesSecret(field.key)) {
    line.Text(key, kRedacted);
  } else {
    std::visit(AppendValue{line, key}, field.value.variant());
  }
}

std::string Record(Severity severity, std::string_view service, std::string_view message,
                   absl::Span<const LogField> fields) {
  JsonLine line;
  line.Text("time", absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()));
  line.Text("severity", SeverityName(severity));
  line.Text("service", service);
  line.Text("message", Printable(message));
  if (const TraceContext* trace = CurrentTrace(); trace != nullptr) {
    line.Text("trace_id", trace->TraceIdHex());
    line.Text("span_id", trace->SpanIdHex());
  }
  for (const LogField& field : fields) AppendField(field, line);
  return line.Take();
}

void WriteAtOnce(const std::string& record) {
  const std::string line = record + '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

void Log(Severity severity, std::string_view message, absl::Span<const LogField> fields) {
  State& state = GetState();
  if (severity < state.threshold.load(std::memory_order_relaxed)) return;
  // Shared: callers meet only in the queue, and StopLog cannot take the writer away under them.
  absl::ReaderMutexLock lock(&state.mutex);
  const std::string record = Record(severity, state.service, message, fields);
  if (state.writer != nullptr) {
    state.writer->logger->log(spdlog::level::info, spdlog::string_view_t(record));
  } else {
    WriteAtOnce(record);
  }
}

void Log(Severity severity, std::string_view message, std::initializer_list<LogField> fields) {
  Log(severity, message, absl::MakeConstSpan(fields.begin(), fields.size()));
}

void StartLog(const LogOptions& options) {
  static const int at_exit = std::atexit(StopLog);
  static_cast<void>(at_exit);
  StopLog();
  State& state = GetState();
  state.threshold = options.threshold;
  absl::MutexLock lock(&state.mutex);
  state.service = options.service;
  state.writer = std::make_unique<Writer>(std::max<size_t>(options.queue_length, 1));
}

void SetLogThreshold(Severity threshold) { GetState().threshold = threshold; }

void StopLog() {
  State& state = GetState();
  absl::MutexLock lock(&state.mutex);
  if (state.writer == nullptr) return;
  // The end of the thread pool writes what waits and joins the thread. Its message to the thread
  // waits for room, so nothing is discarded for it.
  state.dropped_by_stopped_writers += state.writer->threads->overrun_counter();
  state.writer.reset();
}

uint64_t DroppedLogRecords() {
  State& state = GetState();
  absl::ReaderMutexLock lock(&state.mutex);
  const uint64_t running = state.writer != nullptr ? state.writer->threads->overrun_counter() : 0;
  return state.dropped_by_stopped_writers + running;
}

}  // namespace thidua::telemetry
