#include "tests/support/certificates.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/support/process.h"

namespace thidua::testing {

CertificateAuthority::CertificateAuthority(std::string directory)
    : directory_(std::move(directory)) {
  MakeIdentities({});
}

void CertificateAuthority::MakeIdentities(const std::vector<std::string>& identities) {
  std::vector<std::string> argv = {THIDUA_SOURCE_DIR "/deploy/local/authority", directory_};
  argv.insert(argv.end(), identities.begin(), identities.end());
  RunOrDie(argv);
}

access::CertificateFiles CertificateAuthority::Identity(const std::string& identity) {
  const std::string stem =
      absl::StrCat(directory_, "/", absl::StrReplaceAll(identity, {{"/", "-"}}));
  const access::CertificateFiles files = {stem + ".crt", stem + ".key", ca_file()};
  if (!std::filesystem::exists(files.certificate)) MakeIdentities({identity});
  return files;
}

access::CertificateFiles CertificateAuthority::Issue(
    const std::string& file_name, const std::vector<std::string>& subject_alternative_names) {
  const std::string stem = absl::StrCat(directory_, "/", file_name);
  std::string extensions =
      "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage="
      "serverAuth,clientAuth\n";
  if (!subject_alternative_names.empty()) {
    absl::StrAppend(&extensions, "subjectAltName=", absl::StrJoin(subject_alternative_names, ","),
                    "\n");
  }
  WriteTextFile(stem + ".ext", extensions);
  RunOrDie({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-subj", absl::StrCat("/CN=", file_name), "-keyout", stem + ".key", "-out",
            stem + ".csr"});
  RunOrDie({"openssl", "x509", "-req", "-in", stem + ".csr", "-CA", ca_file(), "-CAkey",
            directory_ + "/ca.key", "-CAcreateserial", "-days", "2", "-extfile", stem + ".ext",
            "-out", stem + ".crt"});
  return {stem + ".crt", stem + ".key", ca_file()};
}

}  // namespace thidua::testing
