// Calls as bytes: for what no proper client would send, and for services whose contract is not
// ours.
#ifndef THIDUA_TESTS_SUPPORT_WIRE_H_
#define THIDUA_TESTS_SUPPORT_WIRE_H_

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/access/certificate_files.h"
#include "grpcpp/channel.h"

namespace thidua::testing {

// What came back. `status` is what a client of ours makes of it (contract/refusal.h reads its
// details).
struct WireAnswer {
  absl::Status status;
  std::string bytes;
  std::map<std::string, std::string> initial_metadata;
};

struct WireOptions {
  absl::Duration patience = absl::Seconds(20);
  std::multimap<std::string, std::string> metadata;
};

// A channel with this certificate. Nothing: one that trusts the authority and shows no certificate.
std::shared_ptr<grpc::Channel> ConnectAs(const std::string& address,
                                         const access::CertificateFiles& identity);
std::shared_ptr<grpc::Channel> ConnectWithoutCertificate(const std::string& address,
                                                         const std::string& ca_file);
std::shared_ptr<grpc::Channel> ConnectInPlaintext(const std::string& address);

// One unary call, "/package.Service/Method", with any bytes as its message.
WireAnswer CallWithBytes(grpc::Channel& channel, const std::string& path, const std::string& bytes,
                         const WireOptions& options = {});

// grpc.health.v1 in plaintext: whether `service` ("" for all) is SERVING; an error when nobody
// answers.
absl::StatusOr<bool> AskHealth(const std::string& address, const std::string& service = "");

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_SUPPORT_WIRE_H_
