// Certificates for tests: of the real local authority (deploy/local/authority), and odd ones that
// it would never issue.
#ifndef THIDUA_TESTS_SUPPORT_CERTIFICATES_H_
#define THIDUA_TESTS_SUPPORT_CERTIFICATES_H_

#include <string>
#include <vector>

#include "common/access/certificate_files.h"

namespace thidua::testing {

// One authority in one directory, in which ca.crt, and for each identity school/dien-bien,
// school-dien-bien.crt and .key are found. Another object with another directory is a foreign
// authority. Aborts when OpenSSL fails.
class CertificateAuthority {
 public:
  explicit CertificateAuthority(std::string directory);

  // "academy/office", "school/dien-bien", "service/registry" …: made by the script on first use.
  access::CertificateFiles Identity(const std::string& identity);
  // Makes several at once, which is faster.
  void MakeIdentities(const std::vector<std::string>& identities);

  // A certificate with exactly these subject alternative names, for example
  // {"URI:spiffe://thidua.local/school/a", "DNS:localhost"}.
  access::CertificateFiles Issue(const std::string& file_name,
                                 const std::vector<std::string>& subject_alternative_names);

  std::string ca_file() const { return directory_ + "/ca.crt"; }
  const std::string& directory() const { return directory_; }

  static constexpr char kTrustDomain[] = "thidua.local";

 private:
  std::string directory_;
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_CERTIFICATES_H_
