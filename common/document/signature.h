#ifndef THIDUA_COMMON_DOCUMENT_SIGNATURE_H_
#define THIDUA_COMMON_DOCUMENT_SIGNATURE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

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
  // The same, to be shared.
  static absl::StatusOr<std::shared_ptr<const SigningKey>> Load(const std::string& path);

  // The 64 raw bytes; the same bytes always get the same signature. INTERNAL when OpenSSL fails,
  // for want of memory.
  absl::StatusOr<std::string> Sign(std::string_view bytes) const;

  // SubjectPublicKeyInfo in PEM, as VerifyingKey::FromPem reads it.
  const std::string& PublicKeyPem() const { return public_key_pem_; }
  const std::string& KeyId() const { return key_id_; }
  // The key's id: which key a replica signs with.
  std::string Fingerprint() const { return key_id_; }

 private:
  SigningKey(KeyPointer key, std::string public_key_pem, std::string key_id);

  KeyPointer key_;
  std::string public_key_pem_;
  std::string key_id_;
};

// The key in force, which changes when its file does. Never null.
using CurrentSigningKey = std::function<std::shared_ptr<const SigningKey>()>;

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

// The public keys of one signer: the one that signs now and former ones, whose documents are still
// good. Immutable; safe from any thread.
class VerifyingKeys {
 public:
  // One key or more in PEM, each once, one behind the other and with nothing behind the last.
  // INVALID_ARGUMENT for anything else.
  static absl::StatusOr<VerifyingKeys> FromPem(std::string_view pem);
  static absl::StatusOr<VerifyingKeys> FromPemFile(const std::string& path);
  // The same, to be shared.
  static absl::StatusOr<std::shared_ptr<const VerifyingKeys>> Load(const std::string& path);

  // OK only when the key named `key_id` is one of these and `signature` is its own over exactly
  // `bytes`. FAILED_PRECONDITION when it is none of these; else as VerifyingKey::Verify.
  absl::Status Verify(std::string_view key_id, std::string_view bytes,
                      std::string_view signature) const;

  // The ids, joined by commas.
  std::string Fingerprint() const;

 private:
  explicit VerifyingKeys(std::vector<VerifyingKey> keys) : keys_(std::move(keys)) {}

  std::vector<VerifyingKey> keys_;
};

// The keys in force, which change when their file does.
using CurrentVerifyingKeys = std::function<std::shared_ptr<const VerifyingKeys>()>;

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

// The id of the key that signed, when `signature_file` is the `.sig` file that the owner of `keys`
// made for exactly `document`: a change of any byte of either is found. INVALID_ARGUMENT for a
// malformed file, FAILED_PRECONDITION when it names another key, DATA_LOSS when it does not fit.
absl::StatusOr<std::string> VerifyDocument(const VerifyingKeys& keys, std::string_view document,
                                           std::string_view signature_file);

}  // namespace thidua::document

#endif  // THIDUA_COMMON_DOCUMENT_SIGNATURE_H_
