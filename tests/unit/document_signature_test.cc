#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/document/digest.h"
#include "common/document/signature.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace thidua::document {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// RFC 8032 §7.1, tests 1 and 2.
struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};
constexpr Vector kFirst = {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                           "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                           "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821"
                           "590a33bacc61e39701cf9b46b"
                           "d25bf5f0595bbe24655141438e7a100b"};
constexpr Vector kSecond = {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                            "72",
                            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1"
                            "e43e15996e458f3613d0f11d8c"
                            "387b2eaeb4302aeeb00d291612bb0c00"};

std::string Raw(const char* hex) { return absl::HexStringToBytes(hex); }

std::string Pem(const char* label, const std::string& der) {
  return absl::StrCat("-----BEGIN ", label, "-----\n", absl::Base64Escape(der), "\n-----END ",
                      label, "-----\n");
}

// RFC 8410: the fixed beginning of PKCS #8 and of SubjectPublicKeyInfo, and the 32 raw bytes.
std::string PrivatePem(const Vector& vector) {
  return Pem("PRIVATE KEY", Raw("302e020100300506032b657004220420") + Raw(vector.seed));
}
std::string PublicPem(const Vector& vector) {
  return Pem("PUBLIC KEY", Raw("302a300506032b6570032100") + Raw(vector.public_key));
}

// A directory of its own for every test.
class SigningKeyTest : public testing::Test {
 protected:
  SigningKeyTest() : directory_(testing::TempDir() + "signature_XXXXXX") {
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
  }
  ~SigningKeyTest() override { std::filesystem::remove_all(directory_); }

  std::string Write(const std::string& content, mode_t mode = 0600) const {
    const std::string path = directory_ + "/key.pem";
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }

  SigningKey Key(const Vector& vector) const {
    absl::StatusOr<SigningKey> key = SigningKey::FromPemFile(Write(PrivatePem(vector)));
    EXPECT_TRUE(key.ok()) << key.status();
    return *std::move(key);
  }

  std::string directory_;
};

using VerifyingKeyTest = SigningKeyTest;
using DocumentTest = SigningKeyTest;

TEST_F(SigningKeyTest, SignsTheVectorsOfTheStandard) {
  for (const Vector& vector : {kFirst, kSecond}) {
    EXPECT_EQ(Hex(*Key(vector).Sign(Raw(vector.message))), vector.signature);
  }
}

TEST_F(SigningKeyTest, NamesItselfByTheDigestOfItsPublicKey) {
  EXPECT_EQ(Key(kFirst).KeyId(), Hex(Sha256(Raw(kFirst.public_key))).substr(0, 16));
  EXPECT_NE(Key(kFirst).KeyId(), Key(kSecond).KeyId());
}

TEST_F(SigningKeyTest, GivesItsPublicKeyInPem) {
  EXPECT_EQ(Key(kFirst).PublicKeyPem(), PublicPem(kFirst));
}

TEST_F(SigningKeyTest, SignsFromSeveralThreads) {
  const SigningKey key = Key(kSecond);
  std::array<std::string, 4> signatures;
  std::vector<std::thread> threads;
  for (std::string& signature : signatures) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) signature = *key.Sign(Raw(kSecond.message));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(signatures, testing::Each(Raw(kSecond.signature)));
}

TEST_F(SigningKeyTest, RefusesAFileOpenToOthers) {
  for (const mode_t mode : {0640, 0620, 0610, 0604, 0602, 0601, 0644, 0666}) {
    const std::string path = Write(PrivatePem(kFirst), mode);
    ASSERT_EQ(chown(path.c_str(), geteuid(), static_cast<gid_t>(-1)), 0);
    const absl::StatusOr<SigningKey> key = SigningKey::FromPemFile(path);
    EXPECT_EQ(key.status().code(), absl::StatusCode::kFailedPrecondition) << std::oct << mode;
    EXPECT_THAT(key.status().message(), HasSubstr("open to others"));
  }
}

TEST_F(SigningKeyTest, AcceptsAFileOfItsOwnUserAlone) {
  for (const mode_t mode : {0600, 0400}) {
    EXPECT_TRUE(SigningKey::FromPemFile(Write(PrivatePem(kFirst), mode)).ok()) << std::oct << mode;
  }
}

// Kubernetes mounts a Secret as a link to a file of root that the pod's group may read.
TEST_F(SigningKeyTest, AcceptsAGroupReadableFileOfRootWhenNotRootItself) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give the file to root";
  const std::string path = Write(PrivatePem(kFirst), 0440);
  const std::string link = directory_ + "/link.pem";
  ASSERT_EQ(symlink(path.c_str(), link.c_str()), 0);
  ASSERT_EQ(chown(path.c_str(), 0, 65534), 0);
  ASSERT_EQ(chmod(directory_.c_str(), 0755), 0);
  ASSERT_EQ(setegid(65534), 0);
  ASSERT_EQ(seteuid(65534), 0);
  const absl::StatusOr<SigningKey> key = SigningKey::FromPemFile(link);
  ASSERT_EQ(seteuid(0), 0);
  ASSERT_EQ(setegid(0), 0);
  EXPECT_TRUE(key.ok()) << key.status();
}

TEST_F(SigningKeyTest, RefusesAFileOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give the file away";
  const std::string path = Write(PrivatePem(kFirst));
  ASSERT_EQ(chown(path.c_str(), 65534, static_cast<gid_t>(-1)), 0);
  EXPECT_EQ(SigningKey::FromPemFile(path).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(SigningKeyTest, RefusesWhatIsNotOnePrivateKey) {
  // A key, but for key exchange.
  const std::string x25519 =
      Pem("PRIVATE KEY", Raw("302e020100300506032b656e04220420") + Raw(kFirst.seed));
  const std::string good = PrivatePem(kFirst);
  for (const std::string& content :
       {std::string(), std::string("no key"), PublicPem(kFirst), x25519, good + good, good + "x",
        good.substr(0, good.size() / 2), std::string(20'000, 'A')}) {
    const absl::StatusOr<SigningKey> key = SigningKey::FromPemFile(Write(content));
    EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument) << content.substr(0, 200);
  }
}

// A key that OpenSSL would ask a password for, at the terminal.
TEST_F(SigningKeyTest, RefusesAnEncryptedKeyWithoutAsking) {
  // `openssl genpkey -algorithm ed25519 -aes256 -pass pass:bi-mat`
  const std::string encrypted =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiucLIYxrSySQICCAAw\n"
      "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELv4pAKVpJhyAJZbBTwnK9cEQClh\n"
      "bqVUEOn1htVyHy2BSINF+/4xQLk63nVBLVU3nKehFM/ZL6DQvV3Qlv1f34Ihy1Hc\n"
      "G/Qf/OHsxqHc7/qU9rs=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";
  const absl::StatusOr<SigningKey> key = SigningKey::FromPemFile(Write(encrypted));
  EXPECT_EQ(key.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(SigningKeyTest, TellsNothingOfTheFile) {
  const absl::StatusOr<SigningKey> key =
      SigningKey::FromPemFile(Write(PrivatePem(kFirst) + "mật khẩu"));
  EXPECT_THAT(key.status().message(), Not(HasSubstr("mật khẩu")));
  EXPECT_THAT(key.status().message(), HasSubstr("key.pem"));
}

TEST_F(SigningKeyTest, SaysWhenThereIsNoFile) {
  EXPECT_EQ(SigningKey::FromPemFile(directory_ + "/none.pem").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(SigningKey::FromPemFile(directory_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(SigningKeyTest, DoesNotWaitForAPipe) {
  const std::string path = directory_ + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(SigningKey::FromPemFile(path).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(VerifyingKeyTest, VerifiesTheVectorsOfTheStandard) {
  for (const Vector& vector : {kFirst, kSecond}) {
    const absl::StatusOr<VerifyingKey> key = VerifyingKey::FromPem(PublicPem(vector));
    ASSERT_TRUE(key.ok()) << key.status();
    EXPECT_TRUE(key->Verify(Raw(vector.message), Raw(vector.signature)).ok());
  }
}

TEST_F(VerifyingKeyTest, HasTheIdOfItsSigningKey) {
  EXPECT_EQ(VerifyingKey::FromPem(PublicPem(kFirst))->KeyId(), Key(kFirst).KeyId());
}

TEST_F(VerifyingKeyTest, ReadsAFileThatAnybodyMayRead) {
  EXPECT_EQ(VerifyingKey::FromPemFile(Write(PublicPem(kFirst), 0644))->KeyId(),
            Key(kFirst).KeyId());
  EXPECT_EQ(VerifyingKey::FromPemFile(directory_ + "/none.pem").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(VerifyingKeyTest, RefusesWhatIsNotOnePublicKey) {
  for (const std::string& pem :
       {std::string(), std::string("no key"), PrivatePem(kFirst),
        PublicPem(kFirst) + PublicPem(kSecond), std::string(20'000, 'A'),
        Pem("PUBLIC KEY", Raw("302a300506032b656e032100") + Raw(kFirst.public_key)),
        Pem("PUBLIC KEY", Raw("302a300506032b6570032100"))}) {
    EXPECT_EQ(VerifyingKey::FromPem(pem).status().code(), absl::StatusCode::kInvalidArgument)
        << pem;
  }
}

TEST_F(VerifyingKeyTest, RefusesAnotherKeysSignature) {
  const absl::StatusOr<VerifyingKey> key = VerifyingKey::FromPem(PublicPem(kFirst));
  EXPECT_EQ(key->Verify(Raw(kSecond.message), Raw(kSecond.signature)).code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(VerifyingKeyTest, RefusesASignatureOfAnotherLength) {
  const absl::StatusOr<VerifyingKey> key = VerifyingKey::FromPem(PublicPem(kFirst));
  const std::string signature = Raw(kFirst.signature);
  for (const std::string& other :
       {std::string(), signature.substr(0, 63), signature + '\0', signature + signature}) {
    EXPECT_EQ(key->Verify("", other).code(), absl::StatusCode::kInvalidArgument) << other.size();
  }
}

// RFC 8032 §5.1.7: S + L would satisfy the equation too, and must not be accepted.
TEST_F(VerifyingKeyTest, RefusesTheOtherSpellingOfASignature) {
  std::string signature = Raw(kFirst.signature);
  const std::string order = Raw("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  unsigned carry = 0;
  for (size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(signature[32 + i]) + static_cast<unsigned char>(order[i]);
    signature[32 + i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  EXPECT_EQ(VerifyingKey::FromPem(PublicPem(kFirst))->Verify("", signature).code(),
            absl::StatusCode::kDataLoss);
}

TEST(SignatureFile, IsOneLine) {
  const std::string file = EncodeSignatureFile({"21fe31dfa154a261", Raw(kFirst.signature)});
  EXPECT_EQ(
      file,
      "thidua-ed25519 21fe31dfa154a261 "
      "5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc+bRr0lv18FlbviRlUUFDjnoQCw==\n");
  const absl::StatusOr<DetachedSignature> parsed = ParseSignatureFile(file);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->key_id, "21fe31dfa154a261");
  EXPECT_EQ(parsed->signature, Raw(kFirst.signature));
}

TEST(SignatureFile, IsRefusedInAnyOtherSpelling) {
  const std::string good = EncodeSignatureFile({"21fe31dfa154a261", Raw(kFirst.signature)});
  const std::string line = good.substr(0, good.size() - 1);
  const std::vector<std::string> others = {
      "",
      "\n",
      line,                                                         // no line end
      line + "\r\n",                                                // another line end
      good + "\n",                                                  // one more
      good + good,                                                  // two signatures
      " " + good,                                                   // space in front
      line + " \n",                                                 // and behind
      absl::StrReplaceAll(good, {{" ", "  "}}),                     // wider
      absl::StrReplaceAll(good, {{" ", "\t"}}),                     // tabs
      absl::StrReplaceAll(good, {{"a261", "A261"}}),                // case of the key id
      absl::StrReplaceAll(good, {{"a261", "a26"}}),                 // short key id
      absl::StrReplaceAll(good, {{"thidua", "Thidua"}}),            // case of the name
      absl::StrReplaceAll(good, {{"ed25519", "ed448"}}),            // another algorithm
      absl::StrReplaceAll(good, {{"QCw==", "QCx=="}}),              // stray low bits
      absl::StrReplaceAll(good, {{"==", "="}}),                     // padding cut
      absl::StrReplaceAll(good, {{"==", ""}}),                      // padding away
      absl::StrReplaceAll(good, {{"+", "-"}}),                      // web-safe alphabet
      absl::StrReplaceAll(good, {{"5VZD", "5V\nZD"}}),              // broken line
      absl::StrReplaceAll(good, {{"5VZD", ""}}),                    // 61 bytes
      absl::StrReplaceAll(good, {{"5VZD", "5VZD5VZD"}}),            // 67 bytes
      "\xEF\xBB\xBF" + good,                                        // byte order mark
      good.substr(0, 31) + std::string(1, '\0') + good.substr(32),  // NUL for a space
  };
  for (const std::string& other : others) {
    ASSERT_NE(other, good);
    EXPECT_EQ(ParseSignatureFile(other).status().code(), absl::StatusCode::kInvalidArgument)
        << other;
  }
}

constexpr std::string_view kDocument =
    R"({"cluster":"mnbg","classes":234,"declared":238,"note":"Chênh lệch 4 lớp đã được giải trình","window":"2024-h1"})";

TEST_F(DocumentTest, IsVerifiedByThePublicKeyAlone) {
  const absl::StatusOr<std::string> file = SignDocument(Key(kFirst), kDocument);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(*file, StartsWith("thidua-ed25519 " + Key(kFirst).KeyId() + " "));
  EXPECT_TRUE(VerifyDocument(*VerifyingKeys::FromPem(PublicPem(kFirst)), kDocument, *file).ok());
}

TEST_F(DocumentTest, NamesTheKeyThatSignedWhenItIsAnother) {
  const absl::StatusOr<std::string> file = SignDocument(Key(kFirst), kDocument);
  const absl::Status verified =
      VerifyDocument(*VerifyingKeys::FromPem(PublicPem(kSecond)), kDocument, *file).status();
  EXPECT_EQ(verified.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(verified.message(), HasSubstr(Key(kFirst).KeyId()));
}

TEST_F(DocumentTest, OfAFormerKeyIsStillGood) {
  const absl::StatusOr<VerifyingKeys> keys =
      VerifyingKeys::FromPem(PublicPem(kSecond) + "\n" + PublicPem(kFirst));
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_EQ(keys->Fingerprint(), Key(kSecond).KeyId() + "," + Key(kFirst).KeyId());
  for (const auto& vector : {kFirst, kSecond}) {
    const std::string file = *SignDocument(Key(vector), kDocument);
    EXPECT_EQ(*VerifyDocument(*keys, kDocument, file), Key(vector).KeyId());
  }
  // A signature of one key under the other's name.
  std::string exchanged = *SignDocument(Key(kFirst), kDocument);
  exchanged = absl::StrReplaceAll(exchanged, {{Key(kFirst).KeyId(), Key(kSecond).KeyId()}});
  EXPECT_EQ(VerifyDocument(*keys, kDocument, exchanged).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(DocumentTest, KeysAreReadWholeOrNotAtAll) {
  for (const std::string& pem :
       {std::string(), PublicPem(kFirst) + PublicPem(kFirst), PublicPem(kFirst) + "x",
        PublicPem(kFirst) + PublicPem(kSecond).substr(0, 60)}) {
    EXPECT_EQ(VerifyingKeys::FromPem(pem).status().code(), absl::StatusCode::kInvalidArgument)
        << pem;
  }
}

// Every byte of both files, changed into each of the 255 others.
TEST_F(DocumentTest, FailsAfterAnyChangeOfAnyByte) {
  const VerifyingKeys keys = *VerifyingKeys::FromPem(PublicPem(kFirst));
  const std::string file = *SignDocument(Key(kFirst), kDocument);
  std::string changed_document(kDocument);
  std::string changed_file = file;
  for (int mask = 1; mask < 256; ++mask) {
    for (char& byte : changed_file) {
      byte = static_cast<char>(byte ^ mask);
      ASSERT_FALSE(VerifyDocument(keys, kDocument, changed_file).ok()) << changed_file;
      byte = static_cast<char>(byte ^ mask);
    }
  }
  for (const int mask : {0x01, 0x20, 0x80}) {
    for (char& byte : changed_document) {
      byte = static_cast<char>(byte ^ mask);
      ASSERT_FALSE(VerifyDocument(keys, changed_document, file).ok()) << changed_document;
      byte = static_cast<char>(byte ^ mask);
    }
  }
  EXPECT_TRUE(VerifyDocument(keys, changed_document, changed_file).ok());
}

TEST_F(DocumentTest, FailsAfterAnyByteIsAddedOrRemoved) {
  const VerifyingKeys keys = *VerifyingKeys::FromPem(PublicPem(kFirst));
  const std::string document(kDocument);
  const std::string file = *SignDocument(Key(kFirst), document);
  for (size_t at = 0; at <= file.size(); ++at) {
    for (const char extra : {' ', '\n', '=', 'A', '\0'}) {
      EXPECT_FALSE(VerifyDocument(keys, document, std::string(file).insert(at, 1, extra)).ok())
          << at;
    }
    if (at < file.size()) {
      EXPECT_FALSE(VerifyDocument(keys, document, std::string(file).erase(at, 1)).ok()) << at;
    }
  }
  for (size_t at = 0; at <= document.size(); ++at) {
    EXPECT_FALSE(VerifyDocument(keys, std::string(document).insert(at, 1, ' '), file).ok()) << at;
    if (at < document.size()) {
      EXPECT_FALSE(VerifyDocument(keys, std::string(document).erase(at, 1), file).ok()) << at;
    }
  }
}

}  // namespace
}  // namespace thidua::document
