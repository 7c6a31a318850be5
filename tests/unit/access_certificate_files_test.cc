#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "common/access/certificate_files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::access {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kDomain[] = "thidua.example.vn";
constexpr char kRegistry[] = "URI:spiffe://thidua.example.vn/service/registry";

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

// A key with its certificate, as an issuer would make them.
struct Issued {
  std::shared_ptr<EVP_PKEY> key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  std::shared_ptr<X509> certificate{X509_new(), X509_free};

  std::string KeyPem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return Text(bio);
  }
  std::string Pem() const {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate.get());
    return Text(bio);
  }
};

struct Wish {
  std::string name = "registry";
  std::string san = kRegistry;
  std::string usage = "serverAuth,clientAuth";
  bool authority = false;
  long valid_from_seconds = -3600;
  long valid_to_seconds = 24 * 3600;
};

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// Signed by `issuer`, by itself when null.
Issued Issue(const Wish& wish, const Issued* issuer) {
  static long serial = 1;
  Issued issued;
  X509* certificate = issued.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), wish.valid_from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), wish.valid_to_seconds);
  X509_set_pubkey(certificate, issued.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  const Issued& signer = issuer == nullptr ? issued : *issuer;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
  AddExtension(certificate, NID_basic_constraints,
               wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (wish.authority) AddExtension(certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  if (!wish.authority && !wish.usage.empty())
    AddExtension(certificate, NID_ext_key_usage, wish.usage);
  if (!wish.authority && !wish.san.empty())
    AddExtension(certificate, NID_subject_alt_name, wish.san);
  X509_sign(certificate, signer.key.get(), EVP_sha256());
  return issued;
}

Wish Authority(const std::string& name) {
  Wish wish;
  wish.name = name;
  wish.authority = true;
  wish.valid_to_seconds = 365 * 24 * 3600;
  return wish;
}

std::string Content(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream content;
  content << stream.rdbuf();
  return content.str();
}

class CertificateTest : public ::testing::Test {
 protected:
  absl::StatusOr<CertificateFacts> Check(const Issued& leaf) const {
    return CheckCertificate(leaf.Pem(), leaf.KeyPem(), authority_.Pem(), kDomain, absl::Now());
  }
  Issued Leaf(const Wish& wish) const { return Issue(wish, &authority_); }
  void ExpectBad(const absl::StatusOr<CertificateFacts>& facts, const std::string& why) const {
    EXPECT_EQ(facts.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(facts.status().message()), HasSubstr(why));
    EXPECT_THAT(std::string(facts.status().message()), Not(HasSubstr("PRIVATE")));
  }

  const Issued authority_ = Issue(Authority("Thi đua test CA"), nullptr);
};

TEST_F(CertificateTest, AGoodOneSaysWhoAndUntilWhen) {
  const auto facts = Check(Leaf({}));
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->spiffe_id, "spiffe://thidua.example.vn/service/registry");
  EXPECT_LT(absl::AbsDuration(facts->not_after - (absl::Now() + absl::Hours(24))),
            absl::Minutes(1));
}

TEST_F(CertificateTest, TheKeyMustBeItsOwn) {
  const Issued leaf = Leaf({});
  ExpectBad(CheckCertificate(leaf.Pem(), Leaf({}).KeyPem(), authority_.Pem(), kDomain, absl::Now()),
            "not the certificate's");
}

TEST_F(CertificateTest, ItMustDescendFromAnAuthority) {
  const Issued other = Issue(Authority("other"), nullptr);
  ExpectBad(Check(Issue({}, &other)), "its chain is not good");
  ExpectBad(Check(Issue({}, nullptr)), "its chain is not good");
  // An impostor with the authority's name.
  const Issued impostor = Issue(Authority("Thi đua test CA"), nullptr);
  ExpectBad(Check(Issue({}, &impostor)), "its chain is not good");
}

TEST_F(CertificateTest, ItMustBeValidNow) {
  Wish wish;
  wish.valid_to_seconds = -60;
  ExpectBad(Check(Leaf(wish)), "expired");
  wish = {};
  wish.valid_from_seconds = 3600;
  ExpectBad(Check(Leaf(wish)), "not yet valid");
}

TEST_F(CertificateTest, AnExpiredAuthorityIsNone) {
  Wish wish = Authority("old");
  wish.valid_to_seconds = -60;
  const Issued old = Issue(wish, nullptr);
  const Issued leaf = Issue({}, &old);
  ExpectBad(CheckCertificate(leaf.Pem(), leaf.KeyPem(), old.Pem(), kDomain, absl::Now()),
            "expired");
}

TEST_F(CertificateTest, TheShortestLifeInItsChainCounts) {
  Wish wish = Authority("intermediate");
  wish.valid_to_seconds = 1800;
  const Issued intermediate = Issue(wish, &authority_);
  const Issued leaf = Issue({}, &intermediate);
  ExpectBad(CheckCertificate(leaf.Pem(), leaf.KeyPem(), authority_.Pem(), kDomain, absl::Now()),
            "its chain is not good");
  const auto facts = CheckCertificate(leaf.Pem() + intermediate.Pem(), leaf.KeyPem(),
                                      authority_.Pem(), kDomain, absl::Now());
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_LT(facts->not_after, absl::Now() + absl::Minutes(31));
}

TEST_F(CertificateTest, OneOfSeveralAuthoritiesIsEnough) {
  const Issued leaf = Leaf({});
  const std::string both = Issue(Authority("new"), nullptr).Pem() + authority_.Pem();
  EXPECT_TRUE(CheckCertificate(leaf.Pem(), leaf.KeyPem(), both, kDomain, absl::Now()).ok());
}

TEST_F(CertificateTest, ItMustServe) {
  Wish wish;
  wish.usage = "clientAuth";
  ExpectBad(Check(Leaf(wish)), "its chain is not good");
}

TEST_F(CertificateTest, ItHasExactlyOneSpiffeName) {
  for (const char* san :
       {"", "DNS:registry", "URI:https://thidua.example.vn/service/registry",
        "URI:spiffe://other.example.vn/service/registry", "URI:spiffe://thidua.example.vn/registry",
        "URI:spiffe://thidua.example.vn/service/registry,URI:spiffe://thidua.example.vn/service/"
        "awards"}) {
    Wish wish;
    wish.san = san;
    SCOPED_TRACE(san);
    ExpectBad(Check(Leaf(wish)), "The caller is not identified");
  }
  Wish wish;
  wish.san = std::string("DNS:registry.thidua.svc,") + kRegistry;
  EXPECT_TRUE(Check(Leaf(wish)).ok());
}

TEST_F(CertificateTest, DamagedFilesAreRefused) {
  const Issued leaf = Leaf({});
  const std::string pem = leaf.Pem();
  const std::string key = leaf.KeyPem();
  const std::string ca = authority_.Pem();
  const auto check = [](const std::string& c, const std::string& k, const std::string& a) {
    return CheckCertificate(c, k, a, kDomain, absl::Now());
  };
  for (const std::string& bad : {std::string(), std::string("x"), pem.substr(0, pem.size() / 2),
                                 key, pem + "-----BEGIN CERTIFICATE-----\nAAAA"}) {
    ExpectBad(check(bad, key, ca), "certificate file is not PEM");
    ExpectBad(check(pem, key, bad), "authorities file is not PEM");
  }
  for (const std::string& bad :
       {std::string(), std::string("x"), key.substr(0, key.size() / 2), pem}) {
    ExpectBad(check(pem, bad, ca), "not an unencrypted PEM private key");
  }
}

TEST_F(CertificateTest, AnEncryptedKeyIsRefusedWithoutAsking) {
  const Issued leaf = Leaf({});
  BIO* bio = BIO_new(BIO_s_mem());
  unsigned char passphrase[] = "mật khẩu";
  PEM_write_bio_PKCS8PrivateKey(bio, leaf.key.get(), EVP_aes_256_cbc(), nullptr, 0, nullptr,
                                passphrase);
  ExpectBad(CheckCertificate(leaf.Pem(), Text(bio), authority_.Pem(), kDomain, absl::Now()),
            "unencrypted");
}

class CertificateStageTest : public CertificateTest {
 protected:
  CertificateStageTest() { fs::create_directories(directory_); }
  ~CertificateStageTest() override { fs::remove_all(directory_); }

  void Write(const std::string& path, const std::string& content) const {
    std::ofstream(path, std::ios::trunc | std::ios::binary) << content;
    chmod(path.c_str(), 0600);
  }
  void Write(const Issued& leaf) const {
    Write(source_.certificate, leaf.Pem());
    Write(source_.key, leaf.KeyPem());
    Write(source_.ca, authority_.Pem());
  }
  absl::StatusOr<std::unique_ptr<CertificateStage>> Create() const {
    return CertificateStage::Create(source_, directory_ + "/stage", kDomain);
  }
  static void ExpectStaged(const CertificateStage& stage, const Issued& leaf) {
    EXPECT_EQ(Content(stage.staged().certificate), leaf.Pem());
    EXPECT_THAT(leaf.KeyPem(), HasSubstr(Content(stage.staged().key)));
    EXPECT_FALSE(Content(stage.staged().key).empty());
  }
  size_t Stages() const {
    size_t stages = 0;
    for (const auto& entry : fs::directory_iterator(directory_ + "/stage"))
      stages += entry.is_directory() && !entry.is_symlink();
    return stages;
  }

  const std::string directory_ =
      absl::StrCat(::testing::TempDir(), "access_certificates.",
                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const CertificateFiles source_{directory_ + "/tls.crt", directory_ + "/tls.key",
                                 directory_ + "/ca.crt"};
};

TEST_F(CertificateStageTest, StagesAGoodCertificatePrivately) {
  const Issued leaf = Leaf({});
  Write(leaf);
  const auto stage = Create();
  ASSERT_TRUE(stage.ok()) << stage.status();
  ExpectStaged(**stage, leaf);
  EXPECT_EQ(Content((*stage)->staged().ca), authority_.Pem());
  EXPECT_EQ(fs::status((*stage)->staged().key).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(fs::status(directory_ + "/stage").permissions(), fs::perms::owner_all);
  EXPECT_LT(absl::AbsDuration((*stage)->NotAfter() - (absl::Now() + absl::Hours(24))),
            absl::Minutes(1));
}

TEST_F(CertificateStageTest, NothingStartsWithoutAGoodCertificate) {
  EXPECT_FALSE(Create().ok());
  Wish expired;
  expired.valid_to_seconds = -1;
  Write(Leaf(expired));
  EXPECT_FALSE(Create().ok());
}

TEST_F(CertificateStageTest, AKeyThatAllMayReadIsRefused) {
  Write(Leaf({}));
  chmod(source_.key.c_str(), 0644);
  EXPECT_FALSE(Create().ok());
}

TEST_F(CertificateStageTest, ARenewedCertificateTakesItsPlace) {
  Write(Leaf({}));
  const auto stage = *Create();
  EXPECT_EQ(stage->Refresh(), absl::OkStatus());
  EXPECT_EQ(stage->reloads(), 0);
  Wish longer;
  longer.valid_to_seconds = 72 * 3600;
  const Issued renewed = Leaf(longer);
  Write(renewed);
  EXPECT_EQ(stage->Refresh(), absl::OkStatus());
  ExpectStaged(*stage, renewed);
  EXPECT_EQ(stage->reloads(), 1);
  EXPECT_GT(stage->NotAfter(), absl::Now() + absl::Hours(71));
}

TEST_F(CertificateStageTest, ABrokenOneNeverReplacesAGoodOne) {
  const Issued good = Leaf({});
  Write(good);
  const auto stage = *Create();
  const absl::Time not_after = stage->NotAfter();
  Wish expired;
  expired.valid_to_seconds = -1;
  Write(Leaf(expired));
  EXPECT_FALSE(stage->Refresh().ok());
  Write(source_.certificate, Leaf({}).Pem());  // half of a renewal
  EXPECT_FALSE(stage->Refresh().ok());
  Write(source_.certificate, "");
  EXPECT_FALSE(stage->Refresh().ok());
  fs::remove(source_.key);
  EXPECT_FALSE(stage->Refresh().ok());
  EXPECT_EQ(stage->failures(), 4);
  ExpectStaged(*stage, good);
  EXPECT_EQ(stage->NotAfter(), not_after);

  const Issued renewed = Leaf({});
  Write(renewed);
  EXPECT_EQ(stage->Refresh(), absl::OkStatus());
  ExpectStaged(*stage, renewed);
}

TEST_F(CertificateStageTest, AllFilesChangeWithOneLink) {
  Write(Leaf({}));
  const auto stage = *Create();
  const std::string link = directory_ + "/stage/current";
  const fs::path before = fs::read_symlink(link);
  const Issued renewed = Leaf({});
  Write(renewed);
  EXPECT_EQ(stage->Refresh(), absl::OkStatus());
  EXPECT_NE(fs::read_symlink(link), before);
  EXPECT_TRUE(fs::exists(directory_ + "/stage/" + before.string() +
                         "/tls.key"));  // who reads it now may finish
}

TEST_F(CertificateStageTest, OldStagesAreRemoved) {
  Write(Leaf({}));
  const auto stage = *Create();
  fs::create_directories(directory_ + "/stage/not-ours");
  for (int i = 0; i < 5; ++i) {
    Write(Leaf({}));
    EXPECT_EQ(stage->Refresh(), absl::OkStatus());
  }
  EXPECT_EQ(Stages(), 3u);  // this one, the one before, and what is not a stage
}

TEST_F(CertificateStageTest, ReturningToAnEarlierCertificateWorks) {
  const Issued first = Leaf({});
  const Issued second = Leaf({});
  Write(first);
  const auto stage = *Create();
  for (const Issued* leaf : {&second, &first, &second}) {
    Write(*leaf);
    EXPECT_EQ(stage->Refresh(), absl::OkStatus());
    ExpectStaged(*stage, *leaf);
  }
}

TEST_F(CertificateStageTest, ARestartFindsItsDirectoryAsItLeftIt) {
  const Issued leaf = Leaf({});
  Write(leaf);
  ASSERT_TRUE(Create().ok());
  const auto again = Create();
  ASSERT_TRUE(again.ok()) << again.status();
  ExpectStaged(**again, leaf);
}

}  // namespace
}  // namespace thidua::access
