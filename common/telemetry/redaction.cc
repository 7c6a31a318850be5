#include "common/telemetry/redaction.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace thidua::telemetry {
namespace {

// Found anywhere in the name, also in "apppassword2".
constexpr absl::string_view kTellingParts[] = {
    "password", "passwd", "passphrase", "secret", "credential", "authorization", "private"};

// Only as a whole word: "monkey" is no key.
constexpr absl::string_view kTellingWords[] = {"key", "keys", "token", "tokens", "cookie", "pem"};

}  // namespace

bool NamesSecret(std::string_view key) {
  const std::string name = absl::AsciiStrToLower(std::string(key));
  if (absl::EndsWith(name, "_file") || absl::EndsWith(name, "_id")) return false;
  for (absl::string_view part : kTellingParts) {
    if (absl::StrContains(name, part)) return true;
  }
  for (absl::string_view word : absl::StrSplit(name, absl::ByAnyChar("_-. "))) {
    for (absl::string_view telling : kTellingWords) {
      if (word == telling) return true;
    }
  }
  return false;
}

bool ContainsPrivateKey(std::string_view text) {
  // RFC 7468 labels: "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY".
  return text.find("-----BEGIN") != text.npos && text.find("PRIVATE KEY") != text.npos;
}

}  // namespace thidua::telemetry
