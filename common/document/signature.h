#ifndef THIDUA_COMMON_DOCUMENT_SIGNATURE_H_
#define THIDUA_COMMON_DOCUMENT_SIGNATURE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Ed25519 (RFC 8032, PureEdDSA) for published documents and journal heads. The signature covers the
// bytes as they are, without a prefix, so that anybody can check a document with the public key and
// OpenSSL alone:
//   openssl pkeyutl -verify -pubin -inkey KEY.pem -rawin -in DOCUMENT -sigfile RAW_SIGNATURE
// A canonical JSON document begins with '{'. Whatever else is signed with the same key must not, or
// a signature made for the one would be valid for the other.

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace thidua::document {

inline constexpr size_t kSignatureBytes = 64;

// Owns a key of OpenSSL.
struct FreeKey {
  void operator()(evp_pkey_st* key) const;
};
using KeyPointer = std::unique_ptr<evp_pkey_st, FreeKey>;

// Immutable; safe from any thread. KeyId() names a key in signature files and logs: the first 8
// bytes of SHA-256 over the 32 raw bytes of the public key, as 16 lower-case hexadecimal
// characters. It is a name and no proof.
class SigningKey {
 public:
  // An unencrypted PKCS #8 PEM file with one Ed25519 key (`openssl genpkey -algorithm ed25519`),
  // followed by nothing.
  //
  // FAILED_PRECONDITION when somebody else could read or replace the key, by the rule PostgreSQL
  // has for `ssl_key_file`: the file belongs to this process's user and grants nothing to group or
  // others, or it belongs to root and grants the group no more than reading (which is how
  // Kubernetes mounts a Secret for a process that is not root). NOT_FOUND or PERMISSION_DENIED when
  // it cannot be opened; INVALID_ARGUMENT when it holds anything else. No message contains a byte
  // of the file.
  static absl::StatusOr<SigningKey> FromPemFile(const std::string& path);

  // The 64 raw bytes; the same bytes always get the same signature. INTERNAL when OpenSSL fails,
  // for want of memory.
  absl::StatusOr<std::string> Sign(std::string_view bytes) const;

  // SubjectPublicKeyInfo in PEM, as VerifyingKey::FromPem reads it.
  const std::string& PublicKeyPem() const { return public_key_pem_; }
  const std::string& KeyId() const { return key_id_; }

 private:
  SigningKey(KeyPointer key, std::string public_key_pem, std::string key_id);

  KeyPointer key_;
  std::string public_key_pem_;
  std::string key_id_;
};

// Immutable; safe from any thread.
class VerifyingKey {
 public:
  // One Ed25519 public key in PEM ("BEGIN PUBLIC KEY"), followed by nothing. INVALID_ARGUMENT for
  // anything else.
  static absl::StatusOr<VerifyingKey> FromPem(std::string_view pem);
  static absl::StatusOr<VerifyingKey> FromPemFile(const std::string& path);

  // OK only when `signature` is this key's over exactly `bytes`. INVALID_ARGUMENT when it is not 64
  // bytes long, DATA_LOSS when it does not fit: one of the two was changed, or another key signed.
  absl::Status Verify(std::string_view bytes, std::string_view signature) const;

  const std::string& KeyId() const { return key_id_; }

 private:
  VerifyingKey(KeyPointer key, std::string key_id);

  KeyPointer key_;
  std::string key_id_;
};

// What a `.sig` file beside a document says.
struct DetachedSignature {
  std::string key_id;     // KeyId() of the signing key
  std::string signature;  // 64 raw bytes
};

// The one line "thidua-ed25519 <key id> <base64, RFC 4648 §4 with padding>\n".
std::string EncodeSignatureFile(const DetachedSignature& signature);

// INVALID_ARGUMENT unless `text` is, byte for byte, what EncodeSignatureFile writes; so no two
// files carry one signature.
absl::StatusOr<DetachedSignature> ParseSignatureFile(std::string_view text);

// The `.sig` file for `document`.
absl::StatusOr<std::string> SignDocument(const SigningKey& key, std::string_view document);

// OK only when `signature_file` is the `.sig` file that `key`'s owner made for exactly `document`:
// a change of any byte of either is found. INVALID_ARGUMENT for a malformed file,
// FAILED_PRECONDITION when it names another key, DATA_LOSS when it does not fit.
absl::Status VerifyDocument(const VerifyingKey& key, std::string_view document,
                            std::string_view signature_file);

}  // namespace thidua::document

#endif  // THIDUA_COMMON_DOCUMENT_SIGNATURE_H_
