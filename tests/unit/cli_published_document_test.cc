#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/document/canonical_json.h"
#include "common/document/signature.h"
#include "gtest/gtest.h"
#include "services/cli/published_document.h"

namespace thidua::cli {
namespace {

// RFC 8032, test 1, as PKCS #8.
constexpr char kPrivateKey[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";

document::SigningKey Key() {
  const std::string file = testing::TempDir() + "/cli_published_document_key.pem";
  std::filesystem::remove(file);
  std::ofstream(file) << kPrivateKey;
  std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  auto key = document::SigningKey::FromPemFile(file);
  EXPECT_TRUE(key.ok()) << key.status();
  return *std::move(key);
}

// A small document of the kind that the reporting service publishes.
std::string Document() {
  return *document::Canonical(document::Value::Object{{"type", "thidua.reporting.consolidation/1"},
                                                      {"cluster", "clusters/mnbg"},
                                                      {"declared", 12378},
                                                      {"computed", 12443}});
}

TEST(VerifyPublished, TrustsWhatTheKeySigned) {
  const document::SigningKey key = Key();
  const auto verified =
      VerifyPublished(Document(), *document::SignDocument(key, Document()), key.PublicKeyPem());
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->type, "thidua.reporting.consolidation/1");
  EXPECT_EQ(verified->key_id, key.KeyId());
}

TEST(VerifyPublished, FailsAfterAnyOneByteIsChanged) {
  const document::SigningKey key = Key();
  const std::string document = Document();
  const std::string signature = *document::SignDocument(key, document);
  for (size_t i = 0; i < document.size(); ++i) {
    std::string changed = document;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_EQ(VerifyPublished(changed, signature, key.PublicKeyPem()).status().code(),
              absl::StatusCode::kDataLoss)
        << i;
  }
  for (size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(VerifyPublished(document, changed, key.PublicKeyPem()).ok()) << i;
  }
}

TEST(VerifyPublished, RefusesWhatIsSignedButNoDocument) {
  const document::SigningKey key = Key();
  EXPECT_EQ(VerifyPublished("head 12", *document::SignDocument(key, "head 12"), key.PublicKeyPem())
                .status()
                .code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(VerifyPublished, SaysWhenTheKeyIsNone) {
  EXPECT_EQ(VerifyPublished(Document(), "", "no key").status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace thidua::cli
