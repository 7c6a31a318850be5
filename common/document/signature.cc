#include "common/document/signature.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/document/digest.h"

namespace thidua::document {
namespace {

constexpr char kAlgorithmName[] = "thidua-ed25519";
constexpr std::string_view kPemEnd = "-----END PUBLIC KEY-----";
constexpr size_t kRawKeyBytes = 32;
constexpr size_t kKeyIdBytes = 8;
// Far more than a PEM key with comments; a file named by mistake is not read whole.
constexpr size_t kLargestPemFile = 16'384;

using BioPointer = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using ContextPointer = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

const unsigned char* Octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Errors of OpenSSL stay queued for the thread and would be blamed on the next TLS call.
void ForgetOpenSslErrors() { ERR_clear_error(); }

// Without this OpenSSL would ask the terminal for the password of an encrypted key.
int NoPassword(char*, int, int, void*) { return 0; }

enum class Secrecy { kPublic, kSecret };

absl::Status CheckSecret(const struct stat& file, const std::string& path) {
  const bool own = file.st_uid == geteuid();
  const bool of_root = file.st_uid == 0;
  const mode_t forbidden = own ? S_IRWXG | S_IRWXO : S_IWGRP | S_IXGRP | S_IRWXO;
  if ((own || of_root) && (file.st_mode & forbidden) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "signing key ", path,
      " is open to others: it must belong to this user with mode 0600 or less, or to root ",
      "with mode 0640 or less"));
}

absl::StatusOr<std::string> ReadPemFile(const std::string& path, Secrecy secrecy) {
  // O_NONBLOCK: a pipe named by mistake must not stop the start.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  const auto close_file = absl::MakeCleanup([descriptor] { close(descriptor); });
  // The rights are read from the open file, so that it cannot be exchanged in between.
  struct stat file {};
  if (fstat(descriptor, &file) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("stat ", path));
  if (!S_ISREG(file.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
  }
  if (secrecy == Secrecy::kSecret) {
    if (absl::Status checked = CheckSecret(file, path); !checked.ok()) return checked;
  }
  std::string content(kLargestPemFile + 1, '\0');
  size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = read(descriptor, content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::ErrnoToStatus(errno, absl::StrCat("read ", path));
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  if (filled > kLargestPemFile) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is too long for a key"));
  }
  content.resize(filled);
  return content;
}

// Reads one key with `read` (PEM_read_bio_PrivateKey or PEM_read_bio_PUBKEY) and accepts nothing
// behind it.
absl::StatusOr<KeyPointer> ReadKey(std::string_view pem, decltype(&PEM_read_bio_PUBKEY) read,
                                   const char* expected) {
  const BioPointer bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free_all);
  KeyPointer key(bio == nullptr ? nullptr : read(bio.get(), nullptr, &NoPassword, nullptr));
  ForgetOpenSslErrors();
  if (key == nullptr || EVP_PKEY_get_id(key.get()) != EVP_PKEY_ED25519) {
    return absl::InvalidArgumentError(absl::StrCat("not ", expected, " in PEM"));
  }
  const std::string_view rest = pem.substr(pem.size() - BIO_ctrl_pending(bio.get()));
  if (rest.find_first_not_of(" \t\r\n") != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat("more than ", expected, " in PEM"));
  }
  return key;
}

absl::StatusOr<std::string> KeyIdOf(const evp_pkey_st& key) {
  std::array<unsigned char, kRawKeyBytes> raw;
  size_t length = raw.size();
  if (EVP_PKEY_get_raw_public_key(&key, raw.data(), &length) != 1 || length != raw.size()) {
    ForgetOpenSslErrors();
    return absl::InternalError("OpenSSL gives no public key");
  }
  const std::string digest =
      Sha256(std::string_view(reinterpret_cast<const char*>(raw.data()), raw.size()));
  return Hex(digest.substr(0, kKeyIdBytes));
}

absl::StatusOr<std::string> PublicPemOf(evp_pkey_st* key) {
  const BioPointer bio(BIO_new(BIO_s_mem()), &BIO_free_all);
  char* content = nullptr;
  if (bio == nullptr || PEM_write_bio_PUBKEY(bio.get(), key) != 1) {
    ForgetOpenSslErrors();
    return absl::InternalError("OpenSSL cannot write the public key");
  }
  const auto length = BIO_ctrl(bio.get(), BIO_CTRL_INFO, 0, &content);  // BIO_get_mem_data
  return std::string(content, static_cast<size_t>(length));
}

absl::Status WithPath(const absl::Status& status, const std::string& path) {
  return absl::Status(status.code(), absl::StrCat(path, ": ", status.message()));
}

bool IsKeyId(std::string_view text) {
  return text.size() == kKeyIdBytes * 2 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

void FreeKey::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

SigningKey::SigningKey(KeyPointer key, std::string public_key_pem, std::string key_id)
    : key_(std::move(key)),
      public_key_pem_(std::move(public_key_pem)),
      key_id_(std::move(key_id)) {}

absl::StatusOr<SigningKey> SigningKey::FromPemFile(const std::string& path) {
  absl::StatusOr<std::string> pem = ReadPemFile(path, Secrecy::kSecret);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<KeyPointer> key =
      ReadKey(*pem, &PEM_read_bio_PrivateKey, "an Ed25519 private key without password");
  OPENSSL_cleanse(pem->data(), pem->size());
  if (!key.ok()) return WithPath(key.status(), path);
  absl::StatusOr<std::string> public_key_pem = PublicPemOf(key->get());
  if (!public_key_pem.ok()) return public_key_pem.status();
  absl::StatusOr<std::string> key_id = KeyIdOf(**key);
  if (!key_id.ok()) return key_id.status();
  return SigningKey(*std::move(key), *std::move(public_key_pem), *std::move(key_id));
}

absl::StatusOr<std::shared_ptr<const SigningKey>> SigningKey::Load(const std::string& path) {
  absl::StatusOr<SigningKey> key = FromPemFile(path);
  if (!key.ok()) return key.status();
  return std::make_shared<const SigningKey>(*std::move(key));
}

absl::StatusOr<std::string> SigningKey::Sign(std::string_view bytes) const {
  const ContextPointer context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  size_t length = signature.size();
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                     Octets(bytes), bytes.size()) != 1 ||
      length != kSignatureBytes) {
    ForgetOpenSslErrors();
    return absl::InternalError("OpenSSL cannot sign");
  }
  return signature;
}

VerifyingKey::VerifyingKey(KeyPointer key, std::string key_id)
    : key_(std::move(key)), key_id_(std::move(key_id)) {}

absl::StatusOr<VerifyingKey> VerifyingKey::FromPem(std::string_view pem) {
  if (pem.size() > kLargestPemFile) return absl::InvalidArgumentError("too long for a key in PEM");
  absl::StatusOr<KeyPointer> key = ReadKey(pem, &PEM_read_bio_PUBKEY, "an Ed25519 public key");
  if (!key.ok()) return key.status();
  absl::StatusOr<std::string> key_id = KeyIdOf(**key);
  if (!key_id.ok()) return key_id.status();
  return VerifyingKey(*std::move(key), *std::move(key_id));
}

absl::StatusOr<VerifyingKey> VerifyingKey::FromPemFile(const std::string& path) {
  const absl::StatusOr<std::string> pem = ReadPemFile(path, Secrecy::kPublic);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<VerifyingKey> key = FromPem(*pem);
  if (!key.ok()) return WithPath(key.status(), path);
  return key;
}

absl::Status VerifyingKey::Verify(std::string_view bytes, std::string_view signature) const {
  if (signature.size() != kSignatureBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a signature of ", signature.size(), " bytes instead of ", kSignatureBytes));
  }
  const ContextPointer context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (context == nullptr ||
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1) {
    ForgetOpenSslErrors();
    return absl::InternalError("OpenSSL cannot verify");
  }
  if (EVP_DigestVerify(context.get(), Octets(signature), signature.size(), Octets(bytes),
                       bytes.size()) == 1) {
    return absl::OkStatus();
  }
  ForgetOpenSslErrors();
  return absl::DataLossError(
      absl::StrCat("the signature is not that of key ", key_id_, " over these bytes"));
}

absl::StatusOr<VerifyingKeys> VerifyingKeys::FromPem(std::string_view pem) {
  std::vector<VerifyingKey> keys;
  do {
    const size_t end = pem.find(kPemEnd);
    const size_t length = end == pem.npos ? pem.size() : end + kPemEnd.size();
    absl::StatusOr<VerifyingKey> key = VerifyingKey::FromPem(pem.substr(0, length));
    if (!key.ok()) return key.status();
    for (const VerifyingKey& other : keys) {
      if (other.KeyId() == key->KeyId())
        return absl::InvalidArgumentError(absl::StrCat("key ", key->KeyId(), " is given twice"));
    }
    keys.push_back(*std::move(key));
    pem.remove_prefix(length);
  } while (pem.find_first_not_of(" \t\r\n") != pem.npos);
  return VerifyingKeys(std::move(keys));
}

absl::StatusOr<VerifyingKeys> VerifyingKeys::FromPemFile(const std::string& path) {
  const absl::StatusOr<std::string> pem = ReadPemFile(path, Secrecy::kPublic);
  if (!pem.ok()) return pem.status();
  absl::StatusOr<VerifyingKeys> keys = FromPem(*pem);
  if (!keys.ok()) return WithPath(keys.status(), path);
  return keys;
}

absl::StatusOr<std::shared_ptr<const VerifyingKeys>> VerifyingKeys::Load(const std::string& path) {
  absl::StatusOr<VerifyingKeys> keys = FromPemFile(path);
  if (!keys.ok()) return keys.status();
  return std::make_shared<const VerifyingKeys>(*std::move(keys));
}

absl::Status VerifyingKeys::Verify(std::string_view key_id, std::string_view bytes,
                                   std::string_view signature) const {
  for (const VerifyingKey& key : keys_) {
    if (key.KeyId() == key_id) return key.Verify(bytes, signature);
  }
  return absl::FailedPreconditionError(
      absl::StrCat("key ", std::string(key_id), " signed it, which is none of ", Fingerprint()));
}

std::string VerifyingKeys::Fingerprint() const {
  return absl::StrJoin(keys_, ",", [](std::string* out, const VerifyingKey& key) {
    absl::StrAppend(out, key.KeyId());
  });
}

std::string EncodeSignatureFile(const DetachedSignature& signature) {
  return absl::StrCat(kAlgorithmName, " ", signature.key_id, " ",
                      absl::Base64Escape(signature.signature), "\n");
}

absl::StatusOr<DetachedSignature> ParseSignatureFile(std::string_view text) {
  const std::string line(text);
  const std::vector<std::string> fields = absl::StrSplit(line, ' ');
  DetachedSignature parsed;
  if (fields.size() == 3 && absl::Base64Unescape(fields[2], &parsed.signature)) {
    parsed.key_id = fields[1];
  }
  // Base64Unescape forgives spaces, missing padding and stray low bits; writing the file again and
  // comparing forgives nothing.
  if (!IsKeyId(parsed.key_id) || parsed.signature.size() != kSignatureBytes ||
      EncodeSignatureFile(parsed) != text) {
    return absl::InvalidArgumentError(absl::StrCat("not a signature file: expected the one line \"",
                                                   kAlgorithmName, " <key id> <base64>\""));
  }
  return parsed;
}

absl::StatusOr<std::string> SignDocument(const SigningKey& key, std::string_view document) {
  absl::StatusOr<std::string> signature = key.Sign(document);
  if (!signature.ok()) return signature.status();
  return EncodeSignatureFile({key.KeyId(), *std::move(signature)});
}

absl::StatusOr<std::string> VerifyDocument(const VerifyingKeys& keys, std::string_view document,
                                           std::string_view signature_file) {
  absl::StatusOr<DetachedSignature> parsed = ParseSignatureFile(signature_file);
  if (!parsed.ok()) return parsed.status();
  absl::Status verified = keys.Verify(parsed->key_id, document, parsed->signature);
  if (!verified.ok()) return verified;
  return std::move(parsed->key_id);
}

}  // namespace thidua::document
