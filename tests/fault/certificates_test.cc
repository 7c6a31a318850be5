// "Certificates rotate live": a service takes a renewed certificate without a call failing, refuses
// a broken one and says so, and keeps the one it has.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/reporting_load.h"
#include "tests/support/wire.h"

namespace thidua::testing {
namespace {

constexpr char kListWindows[] = "/thidua.reporting.v1.WindowService/ListWindows";
// The service looks at its files every 2 s and gRPC at the staged ones every second.
constexpr absl::Duration kLongEnough = absl::Seconds(5);

// Callers that connect anew for every call, so that each one shakes hands with whatever
// certificate is shown at that moment; nobody repeats.
class NewConnections {
 public:
  NewConnections(const std::string& address, const access::CertificateFiles& identity,
                 int threads) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, address, identity] {
        while (!stopping_) {
          Note(CallWithBytes(*ConnectAs(address, identity), kListWindows, "").status);
          absl::SleepFor(absl::Milliseconds(10));
        }
      });
    }
  }
  ~NewConnections() { Stop(); }
  void Stop() {
    stopping_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  int64_t answered() const { return answered_; }
  std::vector<absl::Status> failures() const {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  void Note(const absl::Status& status) {
    if (status.ok()) {
      ++answered_;
      return;
    }
    const std::lock_guard lock(mutex_);
    failures_.push_back(status);
  }

  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> answered_{0};
  mutable std::mutex mutex_;
  std::vector<absl::Status> failures_;  // guarded by mutex_
  std::vector<std::thread> threads_;
};

class Certificates : public ::testing::Test {
 protected:
  Certificates() {
    northern::Load(suite_);
    school_ = suite_.authority().Identity(northern::kHead);
    in_use_ = suite_.authority().Identity("service/reporting");
  }

  // A new certificate of the same identity, not yet in place.
  access::CertificateFiles Renewed() {
    return suite_.authority().Issue(
        absl::StrCat("renewed-", ++renewals_),
        {"URI:spiffe://thidua.local/service/reporting", "DNS:localhost", "IP:127.0.0.1"});
  }

  // One file after the other, each whole at once, as who renews certificates does.
  void Place(const access::CertificateFiles& files) {
    Replace(files.key, in_use_.key);
    Replace(files.certificate, in_use_.certificate);
  }
  static void Replace(const std::string& with, const std::string& path) {
    std::filesystem::copy_file(with, path + ".new",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(path + ".new", path);
  }

  // The SHA-256 fingerprint of the certificate in the file, and of the one that the service shows.
  static std::string FingerprintOf(const std::string& certificate) {
    return RunCommand({"openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"})
        .out;
  }
  std::string FingerprintShown() {
    const std::string shown = suite_.directory() + "/shown.pem";
    WriteTextFile(
        shown,
        RunCommand({"openssl", "s_client", "-connect", suite_.address(Service::kReporting), "-cert",
                    school_.certificate, "-key", school_.key, "-CAfile", school_.ca, "-alpn", "h2"})
            .out);
    return FingerprintOf(shown);
  }
  bool AwaitShown(const std::string& fingerprint) {
    const absl::Time give_up = absl::Now() + absl::Seconds(15);
    while (FingerprintShown() != fingerprint) {
      if (absl::Now() > give_up) return false;
      absl::SleepFor(absl::Milliseconds(100));
    }
    return true;
  }

  // How often the service has refused a certificate for this reason.
  int RefusalsLogged(const std::string& why) {
    int refusals = 0;
    const std::string log = suite_.Log(Service::kReporting);
    for (size_t line = 0; line < log.size(); line = log.find('\n', line) + 1) {
      const std::string text = log.substr(line, log.find('\n', line) - line);
      if (absl::StrContains(text, "certificate refused") && absl::StrContains(text, why))
        ++refusals;
      if (log.find('\n', line) == std::string::npos) break;
    }
    return refusals;
  }

  // What is in place now is refused, said once, and the certificate before goes on being shown.
  void ExpectRefused(const std::string& why, const std::string& kept) {
    const absl::Time give_up = absl::Now() + absl::Seconds(10);
    while (RefusalsLogged(why) == 0 && absl::Now() < give_up)
      absl::SleepFor(absl::Milliseconds(50));
    absl::SleepFor(kLongEnough);
    EXPECT_EQ(RefusalsLogged(why), 1) << suite_.Log(Service::kReporting);
    EXPECT_EQ(FingerprintShown(), kept);
  }

  Suite suite_;
  access::CertificateFiles school_;
  access::CertificateFiles in_use_;
  int renewals_ = 0;
};

TEST_F(Certificates, FiveRotationsTwoOfThemBrokenFailNoCall) {
  ReportingLoad load(suite_, {.threads = 4});
  NewConnections connections(suite_.address(Service::kReporting), school_, 2);
  const auto rotate = [&] {
    const access::CertificateFiles renewed = Renewed();
    Place(renewed);
    EXPECT_TRUE(AwaitShown(FingerprintOf(renewed.certificate))) << "rotation " << renewals_;
    return FingerprintOf(renewed.certificate);
  };
  rotate();
  std::string good = rotate();

  WriteTextFile(in_use_.certificate, "-----BEGIN CERTIFICATE-----\nMIIB\n");
  ExpectRefused("is not PEM certificates", good);

  good = rotate();
  const access::CertificateFiles other = Renewed();
  Replace(other.certificate, in_use_.certificate);  // and the key of another
  ExpectRefused("the key is not the certificate's", good);
  rotate();

  load.Stop();
  connections.Stop();
  RecordProperty("calls_on_new_connections", absl::StrCat(connections.answered()));
  RecordProperty("calls_on_kept_connections", absl::StrCat(load.acknowledged()));
  EXPECT_GT(connections.answered(), 100);
  EXPECT_GT(load.acknowledged(), 100);
  for (const absl::Status& failure : connections.failures()) ADD_FAILURE() << failure;
  EXPECT_TRUE(load.refusals().counts().empty());
  load.ExpectAllThere();
}

// As deploy/README.md says it: both authorities are known everywhere, then each certificate is
// exchanged, then the old authority is known no more. A caller that goes along notices nothing.
TEST_F(Certificates, AuthorityIsExchangedWithoutAFailedCall) {
  const std::string ca = suite_.authority().ca_file();
  CertificateAuthority next(suite_.directory() + "/next");
  const access::CertificateFiles renewed_school = next.Identity(northern::kHead);
  const std::string new_ca = ReadTextFile(next.ca_file());
  const auto know = [&](const std::string& authorities) {
    WriteTextFile(ca + ".new", authorities);
    std::filesystem::rename(ca + ".new", ca);
    absl::SleepFor(kLongEnough);
  };
  ReportingLoad load(suite_, {.threads = 4});
  NewConnections before(suite_.address(Service::kReporting), school_, 1);

  know(ReadTextFile(ca) + new_ca);
  NewConnections after(suite_.address(Service::kReporting),
                       {renewed_school.certificate, renewed_school.key, ca}, 1);
  // The last is who asks how far the followers are.
  for (const std::string identity :
       {"service/registry", "service/reporting", "service/awards", "ops/on-call"}) {
    in_use_ = suite_.authority().Identity(identity);
    Place(next.Identity(identity));
  }
  in_use_ = suite_.authority().Identity("service/reporting");
  EXPECT_TRUE(AwaitShown(FingerprintOf(in_use_.certificate)));
  absl::SleepFor(kLongEnough);
  before.Stop();
  load.Stop();
  know(new_ca);

  EXPECT_EQ(
      CallWithBytes(*ConnectAs(suite_.address(Service::kReporting), school_), kListWindows, "")
          .status.code(),
      absl::StatusCode::kUnavailable)
      << "a certificate of the former authority";
  // What each service is told by those below it still comes.
  suite_.Kill(Service::kRegistry);
  suite_.Start(Service::kRegistry);
  EXPECT_TRUE(suite_.AwaitFollowers());
  after.Stop();
  for (const auto* connections : {&before, &after}) {
    EXPECT_GT(connections->answered(), 100);
    for (const absl::Status& failure : connections->failures()) ADD_FAILURE() << failure;
  }
  EXPECT_TRUE(load.refusals().counts().empty());
  load.ExpectAllThere();
}

// A certificate of another authority, or for another domain of trust, is as broken as a torn file.
TEST_F(Certificates, OneThatCallersWouldNotTrustIsRefused) {
  const std::string good = FingerprintShown();
  CertificateAuthority foreign(suite_.directory() + "/foreign");
  Place(foreign.Identity("service/reporting"));
  ExpectRefused("its chain is not good", good);
  EXPECT_THAT(
      CallWithBytes(*ConnectAs(suite_.address(Service::kReporting), school_), kListWindows, "")
          .status,
      IsOk());
}

}  // namespace
}  // namespace thidua::testing
