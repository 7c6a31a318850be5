// Pagination (AIP-158): page sizes, and tokens that hold the place in a keyset.
#ifndef THIDUA_COMMON_CONTRACT_PAGE_TOKEN_H_
#define THIDUA_COMMON_CONTRACT_PAGE_TOKEN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/contract/parameter.h"
#include "common/runtime/file_in_force.h"
#include "google/protobuf/message.h"

namespace thidua::contract {

// Longest token, in characters: room for a position of some 3,000 bytes.
inline constexpr int kLongestPageToken = 4096;

// 0 (and, though CheckRequest refuses it, less) means `default_size`; larger than `max` is reduced
// to it.
int32_t PageSize(int32_t requested, int32_t default_size, int32_t max);

// The secrets behind page tokens: the first makes them, and tokens of all are read, so that a
// renewed secret breaks no listing that is under way. Immutable.
class PageTokenKeys {
 public:
  // From a secret file (runtime/secret_file.h): one key a line, each of at least 32 bytes.
  static absl::StatusOr<std::shared_ptr<const PageTokenKeys>> Load(const std::string& file);
  static absl::StatusOr<std::shared_ptr<const PageTokenKeys>> Create(std::string_view lines);

  const std::vector<std::string>& keys() const { return keys_; }
  // Tells the keys apart and gives none away.
  std::string Fingerprint() const;

 private:
  explicit PageTokenKeys(std::vector<std::string> keys) : keys_(std::move(keys)) {}
  std::vector<std::string> keys_;
};

// Makes and reads page tokens. A token is URL-safe, grants nothing, and is authenticated with
// HMAC-SHA256, so that no caller can choose the place in the keyset. It is bound to the method and
// to every request field but page_size and page_token. Every replica needs the same keys.
// Thread-safe.
class PageTokens {
 public:
  // With keys that never change.
  static absl::StatusOr<PageTokens> Create(std::string_view lines);
  // With the keys that the file has at each moment. It outlives this and its copies.
  explicit PageTokens(const runtime::FileInForce<PageTokenKeys>& file);

  // The token for the page after `position`: the sort key of the last row, outermost column first.
  // `method` is "/package.Service/Method".
  std::string Make(std::string_view method, const google::protobuf::Message& request,
                   const Parameters& position) const;

  // The position in the request's `page_token`; empty on the first page. REASON_PAGE_TOKEN_INVALID
  // when the token was not made here or was made for other arguments.
  absl::StatusOr<Parameters> Read(std::string_view method,
                                  const google::protobuf::Message& request) const;

 private:
  using CurrentKeys = std::function<std::shared_ptr<const PageTokenKeys>()>;
  explicit PageTokens(CurrentKeys keys) : keys_(std::move(keys)) {}
  CurrentKeys keys_;
};

}  // namespace thidua::contract

#endif  // THIDUA_COMMON_CONTRACT_PAGE_TOKEN_H_
