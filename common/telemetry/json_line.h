// Builds one JSON object on one line. Enough for log records; documents that are signed use
// common/document.
#ifndef THIDUA_COMMON_TELEMETRY_JSON_LINE_H_
#define THIDUA_COMMON_TELEMETRY_JSON_LINE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace thidua::telemetry {

class JsonLine {
 public:
  // Longest text in bytes, of a key's value; what is beyond is replaced by "…".
  static constexpr size_t kMaxTextBytes = 4096;

  // Members appear in the order of the calls; the caller keeps keys distinct. Bytes that are not
  // UTF-8 become U+FFFD.
  void Text(std::string_view key, std::string_view value);
  void Integer(std::string_view key, int64_t value);
  void Unsigned(std::string_view key, uint64_t value);
  // The shortest digits that read back as the same number. NaN and infinities, which JSON lacks,
  // become texts.
  void Number(std::string_view key, double value);
  void Bool(std::string_view key, bool value);

  // The object, without a line end. The line is then empty again.
  std::string Take();

 private:
  void Key(std::string_view key);

  std::string line_ = "{";
};

}  // namespace thidua::telemetry

#endif  // THIDUA_COMMON_TELEMETRY_JSON_LINE_H_
