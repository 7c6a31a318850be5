#include "common/document/digest.h"

#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>

namespace thidua::document {
namespace {

constexpr size_t kDigestBytes = 32;

void Require(bool done) {
  if (done) return;
  std::fputs("OpenSSL cannot compute SHA-256\n", stderr);
  std::abort();
}

// Fetched once: looking the algorithm up costs more than digesting a short event (OpenSSL 3 manual,
// crypto(7), "ALGORITHM FETCHING").
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = [] {
    const EVP_MD* fetched = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
    Require(fetched != nullptr);
    return fetched;
  }();
  return algorithm;
}

unsigned char* Octets(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

std::string Sha256(std::string_view bytes) {
  std::string digest(kDigestBytes, '\0');
  Require(EVP_Digest(bytes.data(), bytes.size(), Octets(digest), nullptr, Algorithm(), nullptr) ==
          1);
  return digest;
}

Sha256Builder::Sha256Builder() : context_(EVP_MD_CTX_new()) {
  Require(context_ != nullptr && EVP_DigestInit_ex(context_.get(), Algorithm(), nullptr) == 1);
}

void Sha256Builder::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Builder& Sha256Builder::Add(std::string_view bytes) {
  Require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  return *this;
}

std::string Sha256Builder::Finish() {
  std::string digest(kDigestBytes, '\0');
  Require(EVP_DigestFinal_ex(context_.get(), Octets(digest), nullptr) == 1);
  Require(EVP_DigestInit_ex(context_.get(), Algorithm(), nullptr) == 1);
  return digest;
}

std::string Hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const unsigned value = static_cast<unsigned char>(byte);
    hex.push_back(kDigits[value >> 4]);
    hex.push_back(kDigits[value & 15]);
  }
  return hex;
}

}  // namespace thidua::document
