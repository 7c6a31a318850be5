// "Secrets rotate live": the database password, the signing key, the keys of page tokens and the
// public keys of documents are renewed in their files, under load and without a restart; a broken
// file leaves in force what is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/eventually.h"
#include "tests/support/reporting_load.h"
#include "thidua/awards/v1/scoring_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::testing {
namespace {

using northern::Must;

class Secrets : public ::testing::Test {
 protected:
  Secrets() { northern::Load(suite_); }

  Suite::Options OptionsThatKeepTheFiles() {
    Suite::Options options;
    options.configure = [this](Service service, config::v1::ServiceConfig& config) {
      if (service == Service::kAwards) {
        for (auto& follow : *config.mutable_follow()) {
          if (follow.service() != "reporting") continue;
          document_keys_ = config.signing_key_file() + ".reporting";
          std::filesystem::copy_file(reporting_public_, document_keys_);
          follow.set_document_key_file(document_keys_);
        }
      }
      if (service == Service::kReporting)
        reporting_public_ = absl::StrCat(
            config.signing_key_file().substr(0, config.signing_key_file().size() - 4), ".pub");
      configs_[service] = config;
    };
    return options;
  }

  // The whole content at once, as a mounted volume changes, with the rights of the file before.
  static void Replace(const std::string& path, const std::string& content) {
    WriteTextFile(path + ".new", content);
    std::filesystem::permissions(path + ".new", std::filesystem::status(path).permissions());
    std::filesystem::rename(path + ".new", path);
  }

  // What the service has logged about a file, once it has.
  bool AwaitLogged(Service service, const std::string& what) {
    return Eventually([&] { return absl::StrContains(suite_.Log(service), what); });
  }

  // The file came into force when the service started, and once more.
  bool AwaitRenewed(Service service, const std::string& what) {
    return Eventually([&] {
      const std::string log = suite_.Log(service);
      const size_t first = log.find(what + " in force");
      return first != log.npos && log.find(what + " in force", first + 1) != log.npos;
    });
  }

  std::string NewSigningKey() {
    const std::string path = absl::StrCat(suite_.directory(), "/renewed.key");
    EXPECT_EQ(RunCommand({"openssl", "genpkey", "-algorithm", "ed25519", "-out", path}).exit_status,
              0);
    return path;
  }

  // Everybody who is logged in as this user is thrown out, and logs in anew.
  void ThrowOut(const std::string& user) {
    database::Pool administrator(suite_.database().root(), 1);
    const auto sessions =
        (*administrator.Borrow({}))
            ->Query("SELECT id FROM information_schema.processlist WHERE user = ?", {user});
    ASSERT_TRUE(sessions.ok()) << sessions.status();
    EXPECT_GT(sessions->size(), 0u);
    for (const database::Row& session : *sessions)
      (void)(*administrator.Borrow({}))->Execute(absl::StrCat("KILL ", session.Int(0)));
  }

  const config::v1::ServiceConfig& config(Service service) { return configs_.at(service); }

  std::map<Service, config::v1::ServiceConfig> configs_;
  std::string reporting_public_;
  std::string document_keys_;
  Suite suite_{OptionsThatKeepTheFiles()};
};

TEST_F(Secrets, ADatabasePasswordIsRenewedUnderLoad) {
  const auto& database = config(Service::kReporting).database();
  const std::string file = database.app_password_file();
  const std::string before = ReadTextFile(file);
  const std::string account =
      absl::StrCat("'", database.app_user(), "'@'",
                   database.account_host().empty() ? "localhost" : database.account_host(), "'");
  ReportingLoad load(suite_, {.threads = 4});
  ASSERT_TRUE(load.AwaitProgress(100));

  Replace(file, "next-password\n" + before);  // known before it is good
  ThrowOut(database.app_user());
  ASSERT_TRUE(load.AwaitProgress(100)) << "with the password before";
  suite_.database().Administer("ALTER USER " + account + " IDENTIFIED BY 'next-password'");
  ThrowOut(database.app_user());
  ASSERT_TRUE(load.AwaitProgress(100)) << "with the next password";
  Replace(file, "next-password\n");
  ThrowOut(database.app_user());
  ASSERT_TRUE(load.AwaitProgress(100)) << "with the next password alone";

  load.Stop();
  load.ExpectAllThere();
}

TEST_F(Secrets, ASigningKeyIsRenewedAndItsFormerDocumentsAreStillGood) {
  northern::AcceptAll(suite_);
  const reporting::v1::Publication first = northern::Publish(suite_);
  northern::LoadScheme(suite_);
  const std::string before = first.key_id();
  EXPECT_EQ(
      Must(northern::ComputeRanking(suite_.As(northern::kAcademy))).source().verified_key_id(),
      before);

  // The public key is made known first, then the key is used.
  const std::string key = NewSigningKey();
  const std::string pem = RunCommand({"openssl", "pkey", "-in", key, "-pubout"}).out;
  Replace(document_keys_, pem + ReadTextFile(document_keys_));
  ASSERT_TRUE(AwaitLogged(Service::kAwards, absl::StrCat(",", before)));
  Replace(config(Service::kReporting).signing_key_file(), ReadTextFile(key));
  ASSERT_TRUE(AwaitRenewed(Service::kReporting, "signing key"));
  EXPECT_TRUE(
      Eventually([&] { return suite_.Program(Service::kReporting, "verify").exit_status == 0; }));

  // A corrected report gives a new document, signed by the new key, and both are good.
  Client& academy = suite_.As(northern::kAcademy);
  const auto accepted = Must(northern::GetReport(academy, northern::ReportName("lao-cai")));
  auto report = Must(northern::ReopenReport(academy, accepted, "sửa số lớp"));
  Client& school = suite_.As("school/lao-cai");
  report = Must(northern::UpdateFigures(school, report, {{"classes_total", 25}}));
  report = Must(northern::SubmitReport(school, report));
  Must(northern::AcceptReport(suite_.As(northern::kHead), report));
  const reporting::v1::Publication second = northern::Publish(suite_);
  EXPECT_NE(second.key_id(), before);
  ASSERT_TRUE(suite_.AwaitFollowers());
  EXPECT_EQ(Must(northern::ComputeRanking(academy)).source().verified_key_id(), second.key_id());
  EXPECT_EQ(suite_.Program(Service::kReporting, "verify").exit_status, 0);
}

TEST_F(Secrets, ABrokenKeyLeavesInForceWhatIs) {
  const std::string file = config(Service::kReporting).signing_key_file();
  const std::string good = ReadTextFile(file);
  Replace(file, "-----BEGIN PRIVATE KEY-----\nMC4C\n");
  ASSERT_TRUE(
      AwaitLogged(Service::kReporting, "signing key refused; the one before stays in force"));
  northern::AcceptAll(suite_);
  const std::string key_id = northern::Publish(suite_).key_id();
  Replace(file, good);
  absl::SleepFor(absl::Seconds(3));
  EXPECT_TRUE(absl::StrContains(suite_.Log(Service::kReporting), key_id));
  EXPECT_EQ(suite_.Program(Service::kReporting, "verify").exit_status, 0);
}

TEST_F(Secrets, AListingThatIsUnderWaySurvivesNewKeysOfPageTokens) {
  const std::string file = config(Service::kRegistry).page_token_key_file();
  const std::string before = ReadTextFile(file);
  const std::string next(64, '7');
  registry::v1::ListSchoolsRequest request;
  request.set_page_size(3);
  const auto list = [&] {
    return suite_.As(northern::kAcademy)
        .Call<registry::v1::ListSchoolsResponse>("thidua.registry.v1.SchoolService.ListSchools",
                                                 request);
  };
  request.set_page_token(Must(list()).next_page_token());
  ASSERT_NE(request.page_token(), "");
  Replace(file, next + "\n" + before);
  ASSERT_TRUE(AwaitRenewed(Service::kRegistry, "page token keys"));
  EXPECT_THAT(list(), IsOk());
  Replace(file, next);
  EXPECT_TRUE(Eventually([&] {
    return contract::ReasonOf(list().status()) == access::v1::REASON_PAGE_TOKEN_INVALID;
  }));
}

}  // namespace
}  // namespace thidua::testing
