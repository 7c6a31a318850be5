// A journal of its own in a private MariaDB, with what its tests do to it.
#ifndef THIDUA_TESTS_STORE_JOURNAL_SCHEMA_H_
#define THIDUA_TESTS_STORE_JOURNAL_SCHEMA_H_

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/database/transaction.h"
#include "common/document/signature.h"
#include "common/journal/feed.h"
#include "common/journal/sealer.h"
#include "common/journal/writer.h"
#include "common/runtime/ids.h"
#include "tests/support/eventually.h"
#include "tests/support/private_database.h"

namespace thidua::testing {

// A file with a new Ed25519 key, removed with the object.
class KeyFile {
 public:
  KeyFile()
      : path_(absl::StrCat(::testing::TempDir(), "/journal-", ::getpid(), "-", runtime::NewId(),
                           ".pem")) {
    const mode_t before = ::umask(077);
    std::FILE* file = std::fopen(path_.c_str(), "w");
    ::umask(before);
    EVP_PKEY* key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    PEM_write_PKCS8PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    EVP_PKEY_free(key);
    std::fclose(file);
  }
  ~KeyFile() { ::unlink(path_.c_str()); }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class JournalSchema {
 public:
  JournalSchema()
      : schema_(PrivateDatabase::Shared().CreateSchema("journal", FoundationMigrations())),
        pool_(schema_.app, 12),
        owner_(schema_.owner, 2),
        key_(document::SigningKey::FromPemFile(key_file_.path()).value()),
        verifying_key_(document::VerifyingKey::FromPem(key_.PublicKeyPem()).value()) {}

  database::Pool& pool() { return pool_; }
  const PrivateDatabase::Schema& schema() const { return schema_; }
  const document::SigningKey& key() const { return key_; }
  document::CurrentSigningKey current_key() {
    return [this] { return std::shared_ptr<const document::SigningKey>(&key_, [](auto*) {}); };
  }
  const document::VerifyingKey& verifying_key() const { return verifying_key_; }
  const std::string& key_file() const { return key_file_.path(); }

  // One statement by somebody with the owner's rights: what the app user may not do.
  void Sql(const std::string& statement) {
    const auto done = (*owner_.Borrow({}))->Execute(statement);
    ASSERT_TRUE(done.ok()) << statement << ": " << done.status();
  }
  int64_t Number(const std::string& select) {
    return (*owner_.Borrow({}))->Query(select).value().front().Int(0);
  }
  std::string Text(const std::string& select) {
    return (*owner_.Borrow({}))->Query(select).value().front().Text(0);
  }
  database::Rows Rows(const std::string& select) {
    return (*owner_.Borrow({}))->Query(select).value();
  }

  static journal::Act Act() {
    journal::Act act;
    act.actor = "spiffe://thidua.example.vn/school/quang-ninh";
    act.acting_for = "Trần Văn Bình";
    act.permission = "registry.schools.write";
    act.method = "/thidua.registry.v1.SchoolService/UpdateSchool";
    act.request_id = runtime::NewUuid4();
    act.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    return act;
  }

  // Commits one event and returns its id.
  std::string Write(const std::string& resource, int64_t version = 1,
                    const std::string& snapshot = "Trường Chính trị") {
    std::string id;
    const absl::Status written = database::Transaction::RunUnledgered(
        pool_, {absl::Now() + absl::Seconds(20)},
        [&](database::Transaction& transaction) -> absl::Status {
          auto appended = journal::Append(transaction, Act(),
                                          {.resource = resource,
                                           .resource_type = "thidua.registry.v1.School",
                                           .version = version,
                                           .change_kind = version == 1 ? "CREATED" : "UPDATED",
                                           .snapshot = snapshot,
                                           .reason = "đổi tên"});
          if (!appended.ok()) return appended.status();
          id = *appended;
          return absl::OkStatus();
        });
    EXPECT_TRUE(written.ok()) << written;
    return id;
  }

  std::unique_ptr<journal::Sealer> MakeSealer(absl::Duration lease = absl::Seconds(5)) {
    return std::make_unique<journal::Sealer>(
        pool_, current_key(), journal::Sealer::Options{.holder = runtime::NewId(), .lease = lease});
  }

  // Seals and signs everything that is committed.
  void Seal() {
    auto sealer = MakeSealer();
    sealer->Start();
    sealer->Stop();
    ASSERT_EQ(Number("SELECT COUNT(*) FROM event_pending"), 0);
  }

  journal::ChainPosition Head() { return journal::ReadHead(**pool_.Borrow({})).value(); }

 private:
  PrivateDatabase::Schema schema_;
  database::Pool pool_;
  database::Pool owner_;
  KeyFile key_file_;
  document::SigningKey key_;
  document::VerifyingKey verifying_key_;
};

}  // namespace thidua::testing

#endif  // THIDUA_TESTS_STORE_JOURNAL_SCHEMA_H_
