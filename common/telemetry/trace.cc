#include "common/telemetry/trace.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace thidua::telemetry {
namespace {

// version "-" trace-id "-" parent-id "-" trace-flags: 2 + 1 + 32 + 1 + 16 + 1 + 2 characters.
constexpr size_t kVersion00Length = 55;
constexpr uint8_t kSampledFlag = 0x01;

thread_local const TraceContext* current_trace = nullptr;

// The header allows lower-case digits only; -1 otherwise.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

template <size_t N>
bool ParseHex(std::string_view text, std::array<uint8_t, N>& bytes) {
  if (text.size() != 2 * N) return false;
  for (size_t i = 0; i < N; ++i) {
    const int high = HexDigit(text[2 * i]);
    const int low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<uint8_t>(high * 16 + low);
  }
  return true;
}

template <size_t N>
bool AllZero(const std::array<uint8_t, N>& bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](uint8_t byte) { return byte == 0; });
}

template <size_t N>
std::string Hex(const std::array<uint8_t, N>& bytes) {
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

// Unique is enough, secret they are not: a system call for each would be a part of what a read
// costs.
template <size_t N>
void FillRandom(std::array<uint8_t, N>& bytes) {
  thread_local absl::BitGen random;
  do {
    for (uint8_t& byte : bytes) byte = absl::Uniform<uint8_t>(random);
  } while (AllZero(bytes));
}

}  // namespace

std::string TraceContext::TraceIdHex() const { return Hex(trace_id); }

std::string TraceContext::SpanIdHex() const { return Hex(span_id); }

std::optional<TraceContext> ParseTraceparent(std::string_view header) {
  if (header.size() < kVersion00Length) return std::nullopt;
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  std::array<uint8_t, 1> version;
  std::array<uint8_t, 1> flags;
  TraceContext context;
  if (!ParseHex(header.substr(0, 2), version) ||
      !ParseHex(header.substr(3, 32), context.trace_id) ||
      !ParseHex(header.substr(36, 16), context.span_id) || !ParseHex(header.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version[0] == 0xff) return std::nullopt;
  if (version[0] == 0 && header.size() != kVersion00Length) return std::nullopt;
  if (header.size() > kVersion00Length && header[kVersion00Length] != '-') return std::nullopt;
  if (AllZero(context.trace_id) || AllZero(context.span_id)) return std::nullopt;
  context.sampled = (flags[0] & kSampledFlag) != 0;
  return context;
}

std::string FormatTraceparent(const TraceContext& context) {
  return absl::StrCat("00-", context.TraceIdHex(), "-", context.SpanIdHex(),
                      context.sampled ? "-01" : "-00");
}

TraceContext NewTrace() {
  TraceContext context;
  FillRandom(context.trace_id);
  FillRandom(context.span_id);
  context.sampled = true;
  return context;
}

TraceContext ChildOf(const TraceContext& parent) {
  TraceContext child = parent;
  FillRandom(child.span_id);
  return child;
}

TraceScope::TraceScope(const TraceContext& context) : context_(context), previous_(current_trace) {
  current_trace = &context_;
}

TraceScope::~TraceScope() { current_trace = previous_; }

const TraceContext* CurrentTrace() { return current_trace; }

}  // namespace thidua::telemetry
