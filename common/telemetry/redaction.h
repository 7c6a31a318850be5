// What must never be printed, whoever asks.
#ifndef THIDUA_COMMON_TELEMETRY_REDACTION_H_
#define THIDUA_COMMON_TELEMETRY_REDACTION_H_

#include <string_view>

namespace thidua::telemetry {

inline constexpr std::string_view kRedacted = "[redacted]";

// True when a field of this name holds a secret: "app_password", "signing_key", "page_token". False
// for names that only point to one: "signing_key_file", "key_id".
bool NamesSecret(std::string_view key);

// True when a text contains a PEM private key, whatever its field is called.
bool ContainsPrivateKey(std::string_view text);

}  // namespace thidua::telemetry

#endif  // THIDUA_COMMON_TELEMETRY_REDACTION_H_
