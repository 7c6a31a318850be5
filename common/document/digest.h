#ifndef THIDUA_COMMON_DOCUMENT_DIGEST_H_
#define THIDUA_COMMON_DOCUMENT_DIGEST_H_

#include <memory>
#include <string>
#include <string_view>

// SHA-256 (FIPS 180-4). Should OpenSSL be unable to compute it, the process ends: no caller could
// go on, and a wrong digest in the journal or under a published report would be worse.

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace thidua::document {

// The 32 raw bytes. Safe from any thread.
std::string Sha256(std::string_view bytes);

// The same over bytes that come in pieces. The pieces are simply joined: where their borders
// matter, the caller adds lengths.
class Sha256Builder {
 public:
  Sha256Builder();

  Sha256Builder& Add(std::string_view bytes);

  // The 32 raw bytes over all that was added; the builder is then empty again.
  std::string Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Lower-case hexadecimal, two characters for a byte.
std::string Hex(std::string_view bytes);

}  // namespace thidua::document

#endif  // THIDUA_COMMON_DOCUMENT_DIGEST_H_
