// Percent encoding of Vietnamese text in metadata, which carries ASCII only (RFC 3986 §2.1).
#ifndef THIDUA_COMMON_RPC_PERCENT_H_
#define THIDUA_COMMON_RPC_PERCENT_H_

#include <optional>
#include <string>
#include <string_view>

namespace thidua::rpc {

// Everything but unreserved ASCII becomes %XX.
std::string PercentEncode(std::string_view text);

// Nothing when a % is not followed by two hexadecimal digits.
std::optional<std::string> PercentDecode(std::string_view encoded);

}  // namespace thidua::rpc

#endif  // THIDUA_COMMON_RPC_PERCENT_H_
