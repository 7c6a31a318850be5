#include "common/access/caller.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/contract/refusal.h"
#include "common/contract/resource_name.h"
#include "common/text/normalize.h"

namespace thidua::access {
namespace {

constexpr char kScheme[] = "spiffe://";
constexpr int64_t kLongestPerson = 120;

absl::Status Unidentified(const char* why, const char* why_vi) {
  return contract::Refuse(v1::REASON_UNAUTHENTICATED, {{"why", why}, {"why_vi", why_vi}});
}

absl::Status CheckPerson(Caller::Kind kind, std::string_view person) {
  if (kind == Caller::Kind::kOperations || kind == Caller::Kind::kService) {
    return Unidentified("this certificate may not act for a person",
                        "chứng thư này không được thay mặt cá nhân");
  }
  // Bounded before it is looked at: metadata may be long.
  const absl::StatusOr<std::string> stored = text::Nfc(person.substr(0, 4 * kLongestPerson + 1));
  if (!stored.ok() || *stored != person || text::CodePoints(person) > kLongestPerson) {
    return Unidentified("thidua-acting-for is not a name in NFC of at most 120 characters",
                        "thidua-acting-for không phải là tên dạng NFC tối đa 120 ký tự");
  }
  if (absl::StartsWith(absl::AsciiStrToLower(*stored), kScheme)) {
    return Unidentified("thidua-acting-for names a workload, not a person",
                        "thidua-acting-for là danh tính hệ thống, không phải cá nhân");
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<Caller::Kind> KindNamed(std::string_view word) {
  if (word == "academy") return Caller::Kind::kAcademy;
  if (word == "portal") return Caller::Kind::kPortal;
  if (word == "school") return Caller::Kind::kSchool;
  if (word == "ops") return Caller::Kind::kOperations;
  if (word == "service") return Caller::Kind::kService;
  return std::nullopt;
}

absl::StatusOr<Caller> IdentifyCaller(absl::Span<const std::string> uri_sans,
                                      std::string_view trust_domain, std::string_view acting_for) {
  // SPIFFE X.509-SVID section 2: exactly one URI SAN.
  if (uri_sans.size() != 1) {
    return Unidentified("the certificate must have exactly one URI name",
                        "chứng thư phải có đúng một tên URI");
  }
  const std::string& uri = uri_sans.front();
  const std::string origin = absl::StrCat(kScheme, std::string(trust_domain), "/");
  if (trust_domain.empty() || !absl::StartsWith(uri, origin)) {
    return Unidentified("the certificate is of another trust domain",
                        "chứng thư thuộc miền tin cậy khác");
  }
  const std::string_view path = std::string_view(uri).substr(origin.size());
  const size_t slash = path.find('/');
  const std::optional<Caller::Kind> kind = KindNamed(path.substr(0, slash));
  if (!kind || slash == path.npos || !contract::IsResourceId(path.substr(slash + 1))) {
    return Unidentified("the certificate's URI name is not a known identity",
                        "tên URI trong chứng thư không hợp lệ");
  }
  if (!acting_for.empty()) {
    if (absl::Status person = CheckPerson(*kind, acting_for); !person.ok()) return person;
  }
  return Caller{*kind, std::string(path.substr(slash + 1)), uri, std::string(acting_for)};
}

}  // namespace thidua::access
