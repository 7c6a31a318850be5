#include "common/access/certificate_files.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/access/caller.h"
#include "common/contract/refusal.h"
#include "common/document/digest.h"
#include "common/runtime/secret_file.h"
#include "common/telemetry/log.h"

namespace thidua::access {
namespace {

namespace fs = std::filesystem;

template <auto free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    free(object);
  }
};
struct FreedStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Freed<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using Stack = std::unique_ptr<STACK_OF(X509), FreedStack>;

constexpr char kCertificate[] = "tls.crt";
constexpr char kKey[] = "tls.key";
constexpr char kAuthorities[] = "ca.crt";
constexpr char kCurrent[] = "current";
constexpr size_t kLargestFile = 1 << 20;

absl::Status Bad(const std::string& what) {
  return absl::FailedPreconditionError(absl::StrCat("certificate: ", what));
}

Bio Memory(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

absl::StatusOr<std::vector<Certificate>> ReadCertificates(const std::string& pem,
                                                          const char* what) {
  const Bio bio = Memory(pem);
  std::vector<Certificate> certificates;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates.empty() || !at_end) return Bad(absl::StrCat(what, " is not PEM certificates"));
  return certificates;
}

// Never asks on the terminal for the passphrase of an encrypted key.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::StatusOr<Key> ReadKey(const std::string& pem) {
  const Bio bio = Memory(pem);
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) return Bad("the key is not an unencrypted PEM private key");
  return key;
}

absl::StatusOr<absl::Time> EndOf(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return Bad("its end of validity cannot be read");
  }
  return absl::FromTM(end, absl::UTCTimeZone());
}

// Verifies the leaf as a TLS server's at `now`; answers with the earliest end of validity in the
// chain found.
absl::StatusOr<absl::Time> VerifyChain(const std::vector<Certificate>& chain,
                                       const std::vector<Certificate>& authorities,
                                       absl::Time now) {
  const Store store(X509_STORE_new());
  const Stack intermediates(sk_X509_new_null());
  const StoreContext context(X509_STORE_CTX_new());
  if (store == nullptr || intermediates == nullptr || context == nullptr) {
    return Bad("out of memory");
  }
  for (const Certificate& authority : authorities) {
    X509_STORE_add_cert(store.get(), authority.get());
  }
  for (size_t i = 1; i < chain.size(); ++i) sk_X509_push(intermediates.get(), chain[i].get());
  if (X509_STORE_CTX_init(context.get(), store.get(), chain.front().get(), intermediates.get()) !=
      1) {
    return Bad("cannot be verified");
  }
  X509_STORE_CTX_set_time(context.get(), 0, absl::ToTimeT(now));
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
  const int verified = X509_verify_cert(context.get());
  ERR_clear_error();
  if (verified != 1) {
    return Bad(
        absl::StrCat("its chain is not good: ",
                     X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()))));
  }
  const STACK_OF(X509)* found = X509_STORE_CTX_get0_chain(context.get());
  absl::Time earliest = absl::InfiniteFuture();
  for (int i = 0; i < sk_X509_num(found); ++i) {
    const absl::StatusOr<absl::Time> end = EndOf(sk_X509_value(found, i));
    if (!end.ok()) return end.status();
    earliest = std::min(earliest, *end);
  }
  return earliest;
}

std::vector<std::string> UriNames(const X509* certificate) {
  std::vector<std::string> uris;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const ASN1_IA5STRING* uri = name->d.uniformResourceIdentifier;
    const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri));
    uris.emplace_back(bytes, static_cast<size_t>(ASN1_STRING_length(uri)));
  }
  return uris;
}

absl::StatusOr<std::string> ReadPublic(const std::string& path) {
  if (absl::Status readable = runtime::CheckReadable(path); !readable.ok()) return readable;
  std::ifstream stream(path, std::ios::binary);
  std::string content((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (content.size() > kLargestFile) return Bad(absl::StrCat(path, " is larger than 1 MiB"));
  return content;
}

absl::Status SystemFailure(const std::string& what) {
  return absl::FailedPreconditionError(
      absl::StrCat(what, ": ", std::generic_category().message(errno)));
}

absl::Status WritePrivate(const std::string& path, const std::string& content) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return SystemFailure(path);
  size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = write(file, content.data() + written, content.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      close(file);
      return SystemFailure(path);
    }
    written += static_cast<size_t>(count);
  }
  return close(file) == 0 ? absl::OkStatus() : SystemFailure(path);
}

CertificateFiles In(const std::string& directory) {
  return {absl::StrCat(directory, "/", kCertificate), absl::StrCat(directory, "/", kKey),
          absl::StrCat(directory, "/", kAuthorities)};
}

// A stage is named by the first 16 hexadecimal digits of what it holds.
constexpr size_t kStageNameLength = 16;

bool IsStage(const std::string& name) {
  return name.size() == kStageNameLength && name.find_first_not_of("0123456789abcdef") == name.npos;
}

// All but the new stage and the one before it, from which gRPC may be reading at this moment.
void RemoveOldStages(const std::string& directory, const std::string& kept,
                     const std::string& before) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename();
    if (IsStage(name) && name != kept && name != before) fs::remove_all(entry.path(), ignored);
  }
}

// Writes a new stage beside the present one and turns the link to it.
absl::Status WriteStage(const std::string& directory, const std::string& stage,
                        const std::string& certificate, const std::string& key,
                        const std::string& ca) {
  const std::string path = absl::StrCat(directory, "/", stage);
  const std::string link = absl::StrCat(directory, "/", kCurrent);
  const std::string next_link = absl::StrCat(link, ".next");
  std::error_code error;
  fs::remove_all(path, error);
  fs::remove(next_link, error);
  if (mkdir(path.c_str(), 0700) != 0) return SystemFailure(path);
  const CertificateFiles files = In(path);
  for (const auto& [file, content] : {std::pair(files.certificate, &certificate),
                                      std::pair(files.key, &key), std::pair(files.ca, &ca)}) {
    if (absl::Status written = WritePrivate(file, *content); !written.ok()) return written;
  }
  const fs::path before = fs::read_symlink(link, error);
  if (symlink(stage.c_str(), next_link.c_str()) != 0) return SystemFailure(next_link);
  if (rename(next_link.c_str(), link.c_str()) != 0) return SystemFailure(link);
  RemoveOldStages(directory, stage, before);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CertificateFacts> CheckCertificate(const std::string& certificate,
                                                  const std::string& key, const std::string& ca,
                                                  std::string_view trust_domain, absl::Time now) {
  const auto chain = ReadCertificates(certificate, "the certificate file");
  if (!chain.ok()) return chain.status();
  const auto authorities = ReadCertificates(ca, "the authorities file");
  if (!authorities.ok()) return authorities.status();
  const auto private_key = ReadKey(key);
  if (!private_key.ok()) return private_key.status();

  const X509* leaf = chain->front().get();
  const int matches = X509_check_private_key(leaf, private_key->get());
  ERR_clear_error();
  if (matches != 1) return Bad("the key is not the certificate's");
  const absl::StatusOr<absl::Time> not_after = VerifyChain(*chain, *authorities, now);
  if (!not_after.ok()) return not_after.status();
  const absl::StatusOr<Caller> identity = IdentifyCaller(UriNames(leaf), trust_domain, "");
  if (!identity.ok()) return Bad(std::string(identity.status().message()));
  return CertificateFacts{identity->spiffe_id, *not_after};
}

CertificateStage::CertificateStage(CertificateFiles source, std::string directory,
                                   std::string trust_domain)
    : source_(std::move(source)),
      directory_(std::move(directory)),
      trust_domain_(std::move(trust_domain)),
      staged_(In(absl::StrCat(directory_, "/", kCurrent))) {}

absl::StatusOr<std::unique_ptr<CertificateStage>> CertificateStage::Create(
    CertificateFiles source, std::string directory, std::string trust_domain) {
  auto stage = std::unique_ptr<CertificateStage>(
      new CertificateStage(std::move(source), std::move(directory), std::move(trust_domain)));
  if (mkdir(stage->directory_.c_str(), 0700) != 0 && errno != EEXIST) {
    return SystemFailure(stage->directory_);
  }
  if (chmod(stage->directory_.c_str(), 0700) != 0) return SystemFailure(stage->directory_);
  const std::lock_guard lock(stage->refreshing_);
  if (const absl::StatusOr<bool> staged = stage->Reload(); !staged.ok()) return staged.status();
  return stage;
}

absl::StatusOr<bool> CertificateStage::Reload() {
  const absl::StatusOr<std::string> certificate = ReadPublic(source_.certificate);
  if (!certificate.ok()) return certificate.status();
  const absl::StatusOr<std::string> key = runtime::ReadSecretFile(source_.key);
  if (!key.ok()) return key.status();
  const absl::StatusOr<std::string> ca = ReadPublic(source_.ca);
  if (!ca.ok()) return ca.status();

  std::string digest;
  for (const std::string* part : {&*certificate, &*key, &*ca}) digest += document::Sha256(*part);
  digest = document::Hex(document::Sha256(digest));
  if (digest == digest_) return false;
  const absl::StatusOr<CertificateFacts> facts =
      CheckCertificate(*certificate, *key, *ca, trust_domain_, absl::Now());
  if (!facts.ok()) return facts.status();
  if (absl::Status staged =
          WriteStage(directory_, digest.substr(0, kStageNameLength), *certificate, *key, *ca);
      !staged.ok()) {
    return staged;
  }
  digest_ = std::move(digest);
  not_after_seconds_ = absl::ToUnixSeconds(facts->not_after);
  telemetry::Log(telemetry::Severity::kInfo, "certificate staged",
                 {{"spiffe_id", facts->spiffe_id},
                  {"not_after", absl::FormatTime(facts->not_after, absl::UTCTimeZone())}});
  return true;
}

absl::Status CertificateStage::Refresh() {
  const std::lock_guard lock(refreshing_);
  const absl::StatusOr<bool> reloaded = Reload();
  if (reloaded.ok() && *reloaded) ++reloads_;
  if (!reloaded.ok()) ++failures_;
  const std::string failure(reloaded.status().message());
  if (!reloaded.ok() && failure != last_failure_) {
    telemetry::Log(telemetry::Severity::kError, "certificate refused; the one before stays staged",
                   {{"error", failure}});
  }
  last_failure_ = failure;
  return reloaded.status();
}

absl::Time CertificateStage::NotAfter() const { return absl::FromUnixSeconds(not_after_seconds_); }

}  // namespace thidua::access
