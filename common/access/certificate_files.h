// Certificates on their way to gRPC: gRPC's FileWatcherCertificateProvider takes what it finds, and
// a broken file ends all new handshakes; so it watches a private directory into which only what has
// been checked is put.
#ifndef THIDUA_COMMON_ACCESS_CERTIFICATE_FILES_H_
#define THIDUA_COMMON_ACCESS_CERTIFICATE_FILES_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace thidua::access {

// PEM files, as whoever issues certificates writes them.
struct CertificateFiles {
  std::string certificate;  // chain, leaf first
  std::string key;          // private key of the leaf
  std::string ca;           // authorities that peers and this certificate must descend from
};

// What a checked certificate says.
struct CertificateFacts {
  std::string spiffe_id;
  absl::Time not_after;  // the earliest in its chain, authority included
};

// Checks PEM texts: the key is the leaf's; the chain leads to one of the authorities and every
// certificate of it is valid at `now`; the leaf may serve TLS; its one URI name is a SPIFFE id of
// `trust_domain` (see IdentifyCaller). FAILED_PRECONDITION, never with key material, otherwise.
absl::StatusOr<CertificateFacts> CheckCertificate(const std::string& certificate,
                                                  const std::string& key, const std::string& ca,
                                                  std::string_view trust_domain, absl::Time now);

// Thread-safe. One directory belongs to one stage.
class CertificateStage {
 public:
  // Stages the source files into `directory`, which is made with mode 0700 when missing.
  // FAILED_PRECONDITION when they are not good: without a certificate nothing starts.
  static absl::StatusOr<std::unique_ptr<CertificateStage>> Create(CertificateFiles source,
                                                                  std::string directory,
                                                                  std::string trust_domain);

  // What gRPC watches. All three change at once: they lead through one symbolic link, and each
  // stage is a directory of its own (as Kubernetes does for mounted secrets).
  const CertificateFiles& staged() const { return staged_; }

  // Looks at the source files' content, and stages a changed one once it has been found good.
  // Otherwise what is staged stays, and the refusal is counted, and logged when first seen. Called
  // by the service's timer.
  absl::Status Refresh();

  // End of the staged certificate's validity; alarm at a third of its life.
  absl::Time NotAfter() const;
  // Changed certificates taken and refused since the start, without the first.
  int64_t reloads() const { return reloads_; }
  int64_t failures() const { return failures_; }

 private:
  CertificateStage(CertificateFiles source, std::string directory, std::string trust_domain);
  absl::StatusOr<bool> Reload();

  const CertificateFiles source_;
  const std::string directory_;
  const std::string trust_domain_;
  const CertificateFiles staged_;
  std::mutex refreshing_;
  std::string digest_;        // of what is staged; guarded by refreshing_
  std::string last_failure_;  // guarded by refreshing_
  std::atomic<int64_t> not_after_seconds_ = 0;
  std::atomic<int64_t> reloads_ = 0;
  std::atomic<int64_t> failures_ = 0;
};

}  // namespace thidua::access

#endif  // THIDUA_COMMON_ACCESS_CERTIFICATE_FILES_H_
