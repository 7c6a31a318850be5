#include "common/telemetry/json_line.h"

#include <charconv>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"

namespace thidua::telemetry {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";     // …

// The well-formed sequences of Unicode, table 3-7: how many bytes follow a lead byte, and the range
// of the first of them (which excludes overlong forms, surrogates and what is above U+10FFFF).
struct Sequence {
  size_t following = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
};

// `following` is 0 for a byte that can lead nothing.
Sequence SequenceOf(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {1};
  if (lead == 0xE0) return {2, 0xA0, 0xBF};
  if (lead == 0xED) return {2, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {2};
  if (lead == 0xF0) return {3, 0x90, 0xBF};
  if (lead >= 0xF1 && lead <= 0xF3) return {3};
  if (lead == 0xF4) return {3, 0x80, 0x8F};
  return {};
}

// Takes one non-ASCII character, or the longest beginning of one (Unicode's "maximal subpart"), off
// `text`. False when what was taken is not a character.
bool TakeCharacter(std::string_view text, size_t& taken) {
  const Sequence sequence = SequenceOf(static_cast<unsigned char>(text[0]));
  taken = 1;
  if (sequence.following == 0) return false;
  unsigned char low = sequence.low;
  unsigned char high = sequence.high;
  while (taken <= sequence.following) {
    if (taken == text.size()) return false;
    const unsigned char byte = static_cast<unsigned char>(text[taken]);
    if (byte < low || byte > high) return false;
    low = 0x80;
    high = 0xBF;
    ++taken;
  }
  return true;
}

void AppendAscii(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20) {
    absl::StrAppend(&out, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
  } else {
    out += c;
  }
}

void AppendString(std::string_view text, std::string& out) {
  out += '"';
  size_t at = 0;
  while (at < text.size() && at < JsonLine::kMaxTextBytes) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      AppendAscii(text[at++], out);
      continue;
    }
    size_t taken = 0;
    const bool valid = TakeCharacter(text.substr(at), taken);
    out += valid ? text.substr(at, taken) : kReplacement;
    at += taken;
  }
  if (at < text.size()) out += kEllipsis;
  out += '"';
}

}  // namespace

void JsonLine::Key(std::string_view key) {
  if (line_.size() > 1) line_ += ',';
  AppendString(key, line_);
  line_ += ':';
}

void JsonLine::Text(std::string_view key, std::string_view value) {
  Key(key);
  AppendString(value, line_);
}

void JsonLine::Integer(std::string_view key, int64_t value) {
  Key(key);
  absl::StrAppend(&line_, value);
}

void JsonLine::Unsigned(std::string_view key, uint64_t value) {
  Key(key);
  absl::StrAppend(&line_, value);
}

void JsonLine::Number(std::string_view key, double value) {
  if (!std::isfinite(value)) {
    Text(key, std::isnan(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    return;
  }
  Key(key);
  char digits[32];
  const std::to_chars_result written = std::to_chars(digits, digits + sizeof(digits), value);
  line_.append(digits, written.ptr);
}

void JsonLine::Bool(std::string_view key, bool value) {
  Key(key);
  line_ += value ? "true" : "false";
}

std::string JsonLine::Take() {
  line_ += '}';
  return std::exchange(line_, "{");
}

}  // namespace thidua::telemetry
