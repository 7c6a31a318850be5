// Pagination (AIP-158): page sizes, and tokens that hold the place in a keyset.
#ifndef THIDUA_COMMON_CONTRACT_PAGE_TOKEN_H_
#define THIDUA_COMMON_CONTRACT_PAGE_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/contract/parameter.h"
#include "google/protobuf/message.h"

namespace thidua::contract {

// Longest token, in characters: room for a position of some 3,000 bytes.
inline constexpr int kLongestPageToken = 4096;

// 0 (and, though CheckRequest refuses it, less) means `default_size`; larger than `max` is reduced
// to it.
int32_t PageSize(int32_t requested, int32_t default_size, int32_t max);

// Makes and reads page tokens. A token is URL-safe, grants nothing, and is authenticated with
// HMAC-SHA256, so that no caller can choose the place in the keyset. It is bound to the method and
// to every request field but page_size and page_token. Every replica needs the same key.
// Thread-safe; copies share nothing.
class PageTokens {
 public:
  // `key`: at least 32 bytes of secret text.
  static absl::StatusOr<PageTokens> Create(std::string_view key);
  // The same from a secret file (runtime/secret_file.h).
  static absl::StatusOr<PageTokens> Load(const std::string& key_file);

  // The token for the page after `position`: the sort key of the last row, outermost column first.
  // `method` is "/package.Service/Method".
  std::string Make(std::string_view method, const google::protobuf::Message& request,
                   const Parameters& position) const;

  // The position in the request's `page_token`; empty on the first page. REASON_PAGE_TOKEN_INVALID
  // when the token was not made here or was made for other arguments.
  absl::StatusOr<Parameters> Read(std::string_view method,
                                  const google::protobuf::Message& request) const;

 private:
  explicit PageTokens(std::string key) : key_(std::move(key)) {}
  std::string Mac(std::string_view bytes) const;
  std::string key_;
};

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_PAGE_TOKEN_H_
