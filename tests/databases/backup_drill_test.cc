// The drill: back up under load, lose everything, restore, and have `thidua verify suite` prove
// that the three services agree. With deploy/database/backup and restore as an operator runs them,
// and an account that has no more rights than they say.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "tests/support/figure.h"
#include "tests/support/reporting_load.h"
#include "tests/support/wire.h"
#include "thidua/journal/v1/journal_service.pb.h"

namespace thidua::testing {
namespace {

namespace fs = std::filesystem;
using google::protobuf::Struct;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// Exit status of `thidua verify suite` when the services do not agree.
constexpr int kDisagreement = 7;
// Ballast that the backup carries beside the suite's own rows: request ledgers as they grow.
constexpr int kLedgerRows = 50'000;

// Each before those that it follows.
constexpr std::array kTopDown = {Service::kAwards, Service::kReporting, Service::kRegistry};

Suite::Options WithBinaryLog() {
  Suite::Options options;
  options.database.extra_arguments = {"--log-bin=bin", "--server-id=1", "--binlog-format=ROW",
                                      "--sync-binlog=1"};
  return options;
}

Struct ReadJson(const std::string& text) {
  Struct json;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(text, &json).ok()) << text;
  return json;
}

int64_t Number(const Struct& json, const std::string& field) {
  const auto found = json.fields().find(field);
  return found == json.fields().end() ? -1 : static_cast<int64_t>(found->second.number_value());
}

std::string Text(const Struct& json, const std::string& field) {
  const auto found = json.fields().find(field);
  return found == json.fields().end() ? "" : found->second.string_value();
}

int64_t BytesUnder(const std::string& directory) {
  int64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) bytes += static_cast<int64_t>(entry.file_size());
  }
  return bytes;
}

// Admits schools to the registry without end, so that what the others follow moves too.
class Registrar {
 public:
  explicit Registrar(Suite& suite) : suite_(suite), academy_(suite.As(northern::kAcademy)) {
    thread_ = std::thread([this] {
      for (int i = 0; !stopping_ && Admit(absl::StrCat("vao-so-", i)); ++i)
        absl::SleepFor(absl::Milliseconds(10));
    });
  }
  ~Registrar() { Stop(); }
  void Stop() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
  }

  bool Admit(const std::string& id) {
    registry::v1::CreateSchoolRequest request;
    request.set_request_id(runtime::NewUuid4());
    request.set_school_id(id);
    request.mutable_school()->set_kind(registry::v1::SCHOOL_KIND_PROVINCIAL);
    request.mutable_school()->set_province_id(id);
    request.mutable_school()->set_province(id);
    request.mutable_school()->add_names()->set_official_name("Trường Chính trị " + id);
    request.mutable_school()->mutable_provenance()->set_confidence(
        registry::v1::CONFIDENCE_DOCUMENTED);
    request.mutable_school()->mutable_provenance()->set_source("Số liệu thử nghiệm");
    auto admitted = CallUntilAnswered<registry::v1::School>(
        academy_, "thidua.registry.v1.SchoolService.CreateSchool", request);
    EXPECT_THAT(admitted, IsOk());
    if (!admitted.ok()) return false;
    admitted->clear_display_name();  // made for the day of the reading, and not stored
    writes_.Add(Service::kRegistry, request.request_id(), *std::move(admitted));
    return true;
  }

  int64_t acknowledged() const { return writes_.size(); }
  const AcknowledgedWrites& writes() const { return writes_; }

 private:
  Suite& suite_;
  Client& academy_;
  std::atomic<bool> stopping_{false};
  AcknowledgedWrites writes_;
  std::thread thread_;
};

class BackupDrill : public ::testing::Test {
 protected:
  BackupDrill() {
    northern::Load(suite_);
    northern::AcceptAll(suite_);
    northern::Publish(suite_);
    northern::LoadScheme(suite_);
    northern::Must(northern::ComputeRanking(suite_.As(northern::kHead)));
    MakeAccounts();
  }

  // An operator's account files. The one for backups has no more rights than the script says.
  void MakeAccounts() {
    const std::string client =
        absl::StrCat("[client]\nsocket=", suite_.database().socket(), "\nuser=");
    WriteTextFile(backup_account_, client + "thidua_backup\npassword=\"sao lưu\"\n");
    WriteTextFile(administrator_, client + "root\n");
    std::vector<std::string> words = {"--local", "--backup", backup_account_};
    for (const Service service : kAllServices) words.push_back(suite_.schema(service));
    const CommandResult made = Run("accounts", words);
    EXPECT_EQ(made.exit_status, 0) << made.err;
    for (const auto statement : absl::StrSplit(made.out, '\n', absl::SkipEmpty()))
      Administer(std::string(statement));
    fs::create_directory(backups_);
  }
  void Administer(const std::string& sql) { suite_.database().Administer(sql); }
  int64_t Ask(const std::string& sql) {
    database::Pool root(suite_.database().root(), 1);
    auto connection = root.Borrow({absl::Now() + absl::Seconds(30)});
    EXPECT_TRUE(connection.ok()) << connection.status();
    const auto rows = (*connection)->Query(sql);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() && !rows->empty() ? rows->front().Int(0) : -1;
  }

  CommandResult Run(const std::string& script, std::vector<std::string> words,
                    const std::vector<std::string>& environment = {}) {
    words.insert(words.begin(), THIDUA_SOURCE_DIR "/deploy/database/" + script);
    return RunCommand(words, environment, absl::Minutes(5));
  }
  CommandResult TryBackup(const std::vector<std::string>& options = {}) {
    std::vector<std::string> words = {"--account", backup_account_, "--to", backups_};
    words.insert(words.end(), options.begin(), options.end());
    for (const Service service : kTopDown) words.push_back(suite_.schema(service));
    return Run("backup", words);
  }
  // The backup's directory.
  std::string Backup(const std::vector<std::string>& options = {}) {
    const CommandResult made = TryBackup(options);
    EXPECT_EQ(made.exit_status, 0) << made.err;
    return std::string(absl::StripSuffix(made.out, "\n"));
  }
  void FetchLogs(const std::string& backup) {
    const CommandResult fetched =
        Run("backup", {"--account", backup_account_, "--logs-of", backup});
    ASSERT_EQ(fetched.exit_status, 0) << fetched.err;
  }
  CommandResult Restore(const std::string& backup, const std::vector<std::string>& more = {},
                        const std::vector<std::string>& environment = {}) {
    std::vector<std::string> words = {"--account", administrator_, "--from", backup};
    words.insert(words.end(), more.begin(), more.end());
    return Run("restore", words, environment);
  }
  // What the manifest says of a schema.
  Struct InManifest(const std::string& backup, Service service) {
    const Struct manifest = ReadJson(ReadTextFile(backup + "/manifest.json"));
    for (const auto& schema : manifest.fields().at("schemas").list_value().values()) {
      if (Text(schema.struct_value(), "schema") == suite_.schema(service))
        return schema.struct_value();
    }
    ADD_FAILURE() << backup << " does not tell of " << NameOf(service);
    return {};
  }
  int64_t JournalEnd(const std::string& backup, Service service) {
    return Number(InManifest(backup, service).fields().at("journal").struct_value(), "sequence");
  }
  int64_t FollowedIn(const std::string& backup, Service service, Service below) {
    const Struct schema = InManifest(backup, service);
    for (const auto& each : schema.fields().at("follows").list_value().values()) {
      if (Text(each.struct_value(), "service") == NameOf(below))
        return Number(each.struct_value(), "sequence");
    }
    return -1;
  }

  void StopServices() {
    for (const Service service : kTopDown) {
      if (!suite_.Running(service)) continue;
      EXPECT_EQ(suite_.Stop(service), 0) << NameOf(service);
    }
  }
  void Migrate(Service service) {
    const CommandResult migrated = suite_.Program(service, "migrate");
    ASSERT_EQ(migrated.exit_status, 0) << migrated.err;
  }
  void MigrateAndStart() {
    for (const Service service : kAllServices) Migrate(service);
    for (const Service service : kAllServices) suite_.Start(service);
  }
  // Starts it without waiting for what it follows.
  void StartAlone(Service service) {
    suite_.Launch(service);
    const absl::Time give_up = absl::Now() + absl::Seconds(30);
    for (;;) {
      const absl::StatusOr<bool> serving = AskHealth(suite_.health_address(service));
      if (serving.ok() && *serving) return;
      ASSERT_LT(absl::Now(), give_up) << suite_.Log(service);
      absl::SleepFor(absl::Milliseconds(10));
    }
  }
  void LoseEverything() {
    StopServices();
    suite_.LoseDatabase();
  }

  CommandResult VerifySuite(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"verify", "suite", "--key",
                                      suite_.public_key_file(Service::kReporting)};
    words.insert(words.end(), more.begin(), more.end());
    return suite_.Thidua(words, "ops/on-call");
  }
  // The finding about what one service follows of another.
  Struct FollowFinding(Service service, Service below) {
    const CommandResult verified = VerifySuite({"--format", "json"});
    const Struct json = ReadJson(verified.out);
    EXPECT_EQ(json.fields().at("agrees").bool_value(), verified.exit_status == 0);
    const std::string subject = absl::StrCat(NameOf(service), " follows ", NameOf(below));
    for (const auto& finding : json.fields().at("findings").list_value().values()) {
      if (Text(finding.struct_value(), "subject") == subject) return finding.struct_value();
    }
    ADD_FAILURE() << "nothing is said of: " << subject << "\n" << verified.out << verified.err;
    return {};
  }
  void ExpectAgreement() {
    ASSERT_TRUE(suite_.AwaitFollowers(absl::Seconds(60)));
    const CommandResult verified = VerifySuite();
    EXPECT_EQ(verified.exit_status, 0) << verified.out << verified.err;
  }
  bool Halted(Service service, Service below) {
    auto list = suite_.As("ops/on-call")
                    .CallOn<journal::v1::DescribeFollowingResponse>(
                        service, "thidua.journal.v1.JournalService.DescribeFollowing",
                        journal::v1::DescribeFollowingRequest());
    if (!list.ok()) return false;  // the channel has not heard yet that it is back
    for (const auto& followed : list->followed_services()) {
      if (followed.service() == NameOf(below)) return followed.halted();
    }
    return false;
  }
  void AwaitHalted(Service service, Service below) {
    const absl::Time give_up = absl::Now() + absl::Seconds(40);
    while (!Halted(service, below)) {
      ASSERT_LT(absl::Now(), give_up) << suite_.Log(service);
      absl::SleepFor(absl::Milliseconds(50));
    }
  }

  // A larger schema costs more than a larger load: the ledger of months.
  void GrowLedger(Service service) {
    Administer(absl::StrCat(
        "INSERT INTO `", suite_.schema(service),
        "`.request_ledger SELECT UNHEX(SHA2(seq, 256)), 'ballast', seq, UNHEX(SHA2(seq, 256)), "
        "CONCAT(REPEAT(UNHEX(SHA2(seq, 512)), 4), REPEAT('Trường Chính trị ', 40)), 0 FROM "
        "seq_1_to_",
        kLedgerRows));
  }

  Suite suite_{WithBinaryLog()};
  const std::string backups_ = suite_.directory() + "/backups";
  const std::string backup_account_ = suite_.directory() + "/backup.cnf";
  const std::string administrator_ = suite_.directory() + "/administrator.cnf";
};

TEST_F(BackupDrill, HoldsWhatWasAcknowledgedBeforeItAndTheFollowersReplayTheRest) {
  for (const Service service : kAllServices) GrowLedger(service);
  ReportingLoad load(suite_, {.threads = 4});
  Registrar registrar(suite_);
  ASSERT_TRUE(load.AwaitProgress(100));
  const int64_t reports_before = load.acknowledged();
  const int64_t schools_before = registrar.acknowledged();
  absl::Time started = absl::Now();
  const std::string backup = Backup();
  const absl::Duration backing_up = absl::Now() - started;
  const int64_t meanwhile = load.acknowledged() - reports_before;
  EXPECT_GT(meanwhile, 0) << "nobody waits for a backup";
  ASSERT_TRUE(load.AwaitProgress(20));
  load.Stop();
  registrar.Stop();
  EXPECT_LT(FollowedIn(backup, Service::kAwards, Service::kRegistry),
            JournalEnd(backup, Service::kRegistry));
  const int64_t bytes = Ask("SELECT SUM(data_length) FROM information_schema.tables");

  LoseEverything();
  started = absl::Now();
  const CommandResult restored = Restore(backup);
  const absl::Duration restoring = absl::Now() - started;
  ASSERT_EQ(restored.exit_status, 0) << restored.out << restored.err;
  Figure("backup of three schemas under load",
         absl::StrFormat("%d MB of tables in %.1f s, %d MB kept; %d writes acknowledged meanwhile",
                         bytes >> 20, absl::ToDoubleSeconds(backing_up), BytesUnder(backup) >> 20,
                         meanwhile));
  Figure("restore of them into an empty server",
         absl::StrFormat("%.1f s", absl::ToDoubleSeconds(restoring)));

  // Awards cannot reach the registry for now, so that there is time to ask what it will replay.
  for (const Service service : kAllServices) Migrate(service);
  const std::string config = ReadTextFile(suite_.config_file(Service::kAwards));
  WriteTextFile(suite_.config_file(Service::kAwards),
                absl::StrReplaceAll(config, {{suite_.address(Service::kRegistry),
                                              absl::StrCat("127.0.0.1:", FreePorts(1)[0])}}));
  suite_.Start(Service::kRegistry);
  suite_.Start(Service::kReporting);
  StartAlone(Service::kAwards);
  const Struct replay = FollowFinding(Service::kAwards, Service::kRegistry);
  EXPECT_EQ(Text(replay, "verdict"), "REPLAYS");
  EXPECT_EQ(Number(replay, "followedUpTo"),
            FollowedIn(backup, Service::kAwards, Service::kRegistry));
  EXPECT_GE(Number(replay, "head"), JournalEnd(backup, Service::kRegistry));
  EXPECT_THAT(Text(replay, "text"),
              HasSubstr(absl::StrCat(
                  "replays ", Number(replay, "head") - Number(replay, "followedUpTo"),
                  " more: ", Number(replay, "followedUpTo") + 1, "–", Number(replay, "head"))));

  ASSERT_EQ(suite_.Stop(Service::kAwards), 0);
  WriteTextFile(suite_.config_file(Service::kAwards), config);
  suite_.Start(Service::kAwards);
  ExpectAgreement();
  EXPECT_EQ(Text(FollowFinding(Service::kAwards, Service::kRegistry), "verdict"), "AGREES");
  load.ExpectFirst(reports_before);
  registrar.writes().ExpectFirst(schools_before, suite_);
}

TEST_F(BackupDrill, BinaryLogsBringBackEverythingUpToTheMoment) {
  ReportingLoad load(suite_, {.threads = 4});
  Registrar registrar(suite_);
  ASSERT_TRUE(load.AwaitProgress(50));
  const std::string backup = Backup();
  ASSERT_TRUE(load.AwaitProgress(50));
  FetchLogs(backup);
  // A migration gives rights again, which stand in the logs and must not be replayed into a schema
  // under another name.
  Migrate(Service::kReporting);
  Administer("FLUSH BINARY LOGS");
  ASSERT_TRUE(load.AwaitProgress(50));
  const int64_t reports_before = load.acknowledged();
  const int64_t schools_before = registrar.acknowledged();
  const absl::Time moment = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 2);
  absl::SleepFor(moment + absl::Seconds(1) - absl::Now());
  ASSERT_TRUE(load.AwaitProgress(50));
  load.Stop();
  registrar.Stop();
  FetchLogs(backup);

  LoseEverything();
  absl::Time started = absl::Now();
  CommandResult restored = Restore(backup, {"--until", "end"});
  ASSERT_EQ(restored.exit_status, 0) << restored.out << restored.err;
  Figure("restore with the binary logs of the load replayed",
         absl::StrFormat(
             "%.1f s, %d events", absl::ToDoubleSeconds(absl::Now() - started),
             suite_.Events(Service::kReporting) - JournalEnd(backup, Service::kReporting)));
  MigrateAndStart();
  ExpectAgreement();
  load.ExpectAllThere();
  registrar.writes().ExpectEachOnce(suite_);

  StopServices();
  restored = Restore(backup, {"--replace", "--until",
                              absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", moment, absl::UTCTimeZone())});
  ASSERT_EQ(restored.exit_status, 0) << restored.out << restored.err;
  for (const Service service : kAllServices) {
    EXPECT_LT(
        Ask(absl::StrCat("SELECT MAX(sealed_at) FROM `", suite_.schema(service), "`.event_seal")),
        absl::ToUnixMicros(moment))
        << NameOf(service);
  }
  MigrateAndStart();
  ExpectAgreement();
  load.ExpectFirst(reports_before);
  registrar.writes().ExpectFirst(schools_before, suite_);
}

TEST_F(BackupDrill, ASourceThatIsOlderThanItsFollowersIsNamedAndTheyCanFollowItAnew) {
  ASSERT_TRUE(suite_.AwaitFollowers());
  const std::string backup = Backup();
  const int64_t end = JournalEnd(backup, Service::kRegistry);
  {
    Registrar registrar(suite_);
    while (registrar.acknowledged() < 5) absl::SleepFor(absl::Milliseconds(5));
  }
  ASSERT_TRUE(suite_.AwaitFollowers());
  const int64_t known = suite_.Events(Service::kRegistry);
  StopServices();
  const CommandResult restored = Restore(backup, {"--replace", suite_.schema(Service::kRegistry)});
  ASSERT_EQ(restored.exit_status, 0) << restored.out << restored.err;
  Migrate(Service::kRegistry);
  suite_.Start(Service::kRegistry);
  for (const Service above : {Service::kReporting, Service::kAwards}) StartAlone(above);

  // The source ends before what was followed.
  for (const Service above : {Service::kReporting, Service::kAwards}) {
    AwaitHalted(above, Service::kRegistry);
    EXPECT_THAT(suite_.Log(above), HasSubstr("the followed journal is broken"));
    const absl::StatusOr<bool> following =
        AskHealth(suite_.health_address(above), "follow:registry");
    EXPECT_TRUE(following.ok() && !*following);
    const Struct finding = FollowFinding(above, Service::kRegistry);
    EXPECT_EQ(Text(finding, "verdict"), "DISAGREES");
    EXPECT_EQ(Number(finding, "followedUpTo"), known);
    EXPECT_EQ(Number(finding, "sameUpTo"), end);
    EXPECT_EQ(Number(finding, "differsAt"), end + 1);
  }

  // The numbers of the lost events go to others, more than there were; the followers start again.
  Registrar others(suite_);
  while (others.acknowledged() < 9) absl::SleepFor(absl::Milliseconds(5));
  others.Stop();
  ASSERT_TRUE(suite_.AwaitSealed(Service::kRegistry, absl::Seconds(20)));
  for (const Service above : {Service::kAwards, Service::kReporting}) {
    ASSERT_EQ(suite_.Stop(above), 0);
    StartAlone(above);
    AwaitHalted(above, Service::kRegistry);
    EXPECT_EQ(Number(FollowFinding(above, Service::kRegistry), "differsAt"), end + 1);
  }
  const CommandResult verified = VerifySuite();
  EXPECT_EQ(verified.exit_status, kDisagreement) << verified.out << verified.err;
  EXPECT_THAT(verified.out, AllOf(HasSubstr(absl::StrCat("differs from event ", end + 1, " on")),
                                  HasSubstr("thidua-reporting refollow registry")));

  // The way out.
  const CommandResult running = suite_.Program(Service::kReporting, "refollow", {"registry"});
  EXPECT_EQ(running.exit_status, 1);
  EXPECT_THAT(running.err + running.out, HasSubstr("stop every one first"));
  for (const Service above : {Service::kAwards, Service::kReporting}) {
    ASSERT_EQ(suite_.Stop(above), 0);
    const CommandResult forgot = suite_.Program(above, "refollow", {"registry"});
    ASSERT_EQ(forgot.exit_status, 0) << forgot.err;
    EXPECT_THAT(forgot.out, HasSubstr(absl::StrCat("followed up to ", known)));
  }
  const CommandResult stranger = suite_.Program(Service::kReporting, "refollow", {"awards"});
  EXPECT_EQ(stranger.exit_status, 1);
  suite_.Start(Service::kReporting);
  suite_.Start(Service::kAwards);
  ExpectAgreement();
  others.writes().ExpectEachOnce(suite_);
}

TEST_F(BackupDrill, ADocumentThatIsGoneOrChangedIsNamed) {
  ASSERT_TRUE(suite_.AwaitFollowers());
  const std::string backup = Backup();
  const std::string table = absl::StrCat("`", suite_.schema(Service::kReporting), "`.publication");
  const std::string name = "windows/2024-h1/publications/mnbg-1";
  Administer(absl::StrCat("UPDATE ", table,
                          " SET snapshot = REPLACE(snapshot, 'mnbg\"', 'mnbh\"') WHERE name = '",
                          name, "'"));
  CommandResult verified = VerifySuite();
  EXPECT_EQ(verified.exit_status, kDisagreement) << verified.out << verified.err;
  EXPECT_THAT(verified.out, ContainsRegex(name + ".*the document does not have its digest"));

  Administer(absl::StrCat("DELETE FROM ", table, " WHERE name = '", name, "'"));
  verified = VerifySuite();
  EXPECT_EQ(verified.exit_status, kDisagreement) << verified.out << verified.err;
  EXPECT_THAT(verified.out, AllOf(ContainsRegex(name + ".*is gone"),
                                  ContainsRegex("rankings/2024-h1-mnbg-1.*is gone")));

  // Nothing can be compared with a journal that was touched.
  Administer(absl::StrCat("UPDATE `", suite_.schema(Service::kReporting),
                          "`.event SET reason = 'đã sửa' ORDER BY event_id LIMIT 1"));
  verified = VerifySuite();
  EXPECT_EQ(verified.exit_status, kDisagreement) << verified.out << verified.err;
  EXPECT_THAT(verified.out, ContainsRegex("reporting: journal +✗ disagrees +1 [0-9A-Za-z]+:"));

  StopServices();
  ASSERT_EQ(Restore(backup, {"--replace", suite_.schema(Service::kReporting)}).exit_status, 0);
  MigrateAndStart();
  ExpectAgreement();
}

TEST_F(BackupDrill, OneChangedByteIsRefusedAndNothingIsWritten) {
  const std::string backup = Backup();
  FetchLogs(backup);
  StopServices();
  const int64_t events = suite_.Events(Service::kRegistry);
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(backup)) {
    if (!entry.is_regular_file() || entry.file_size() == 0) continue;
    ++files;
    const std::string path = entry.path().string();
    EXPECT_EQ(entry.status().permissions(), fs::perms::owner_read | fs::perms::owner_write) << path;
    const std::string good = ReadTextFile(path);
    for (const size_t at : {size_t{0}, good.size() / 2, good.size() - 1}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 1);
      WriteTextFile(path, bad);
      const CommandResult refused = Restore(backup, {"--replace", "--until", "end"});
      EXPECT_NE(refused.exit_status, 0) << path << " at " << at;
      EXPECT_THAT(refused.err, HasSubstr("nothing was restored")) << path << " at " << at;
    }
    WriteTextFile(path, good);
  }
  EXPECT_GE(files, 7) << "three dumps, manifest, checksums, a log and its checksums";
  EXPECT_EQ(suite_.Events(Service::kRegistry), events);
  EXPECT_EQ(Ask("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name LIKE "
                "'%restoring'"),
            0);
  EXPECT_EQ(Restore(backup, {"--replace", "--until", "end"}).exit_status, 0);
}

TEST_F(BackupDrill, AnInterruptedBackupIsNone) {
  GrowLedger(Service::kAwards);  // the first to be dumped
  std::vector<std::string> words = {THIDUA_SOURCE_DIR "/deploy/database/backup",
                                    "--account",
                                    backup_account_,
                                    "--to",
                                    backups_,
                                    suite_.schema(Service::kAwards),
                                    suite_.schema(Service::kReporting)};
  Process interrupted(words, suite_.directory() + "/interrupted.log");
  const auto dumping = [&] {
    for (const auto& entry : fs::recursive_directory_iterator(backups_)) {
      if (absl::StrContains(entry.path().string(), ".sql.zst")) return true;
    }
    return false;
  };
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (!dumping()) {
    ASSERT_LT(absl::Now(), give_up) << interrupted.Log();
    absl::SleepFor(absl::Milliseconds(1));
  }
  interrupted.Kill();
  std::string rest;
  for (const auto& entry : fs::directory_iterator(backups_)) {
    EXPECT_TRUE(absl::StartsWith(entry.path().filename().string(), ".")) << entry.path();
    if (entry.is_directory()) rest = entry.path().string();
  }
  ASSERT_NE(rest, "");
  const CommandResult refused = Restore(rest, {"--replace"});
  EXPECT_NE(refused.exit_status, 0);
  EXPECT_THAT(refused.err, HasSubstr("the rest of a backup that was interrupted"));
  // The next one takes away what it finds.
  const std::string backup = Backup();
  EXPECT_FALSE(fs::exists(rest));
  StopServices();
  EXPECT_EQ(Restore(backup, {"--replace", suite_.schema(Service::kRegistry)}).exit_status, 0);
}

TEST_F(BackupDrill, TheNewestAreKeptAndLogsAreAddedToTheNewest) {
  const auto logs_of_newest = [&] {
    return Run("backup", {"--account", backup_account_, "--logs-of", backups_});
  };
  EXPECT_THAT(logs_of_newest().err, HasSubstr("is no backup and holds none yet"));
  for (const char* number : {"0", "-1", "many"})
    EXPECT_THAT(TryBackup({"--keep", number}).err, HasSubstr("is a number from 1 on"));

  // They are named by the second.
  const auto next = [&](const std::vector<std::string>& options = {}) {
    absl::SleepFor(absl::Milliseconds(1'100));
    return Backup(options);
  };
  const std::string first = next();
  fs::create_directories(first + "/logs");
  const std::string second = next({"--keep", "2"});
  {
    // Somebody still fetches the logs of the oldest.
    Process fetching({"flock", "--no-fork", first + "/logs/.lock", "sleep", "60"},
                     suite_.directory() + "/fetching.log");
    const absl::Time give_up = absl::Now() + absl::Seconds(10);
    while (RunCommand({"flock", "-n", first + "/logs/.lock", "true"}).exit_status == 0) {
      ASSERT_LT(absl::Now(), give_up);
      absl::SleepFor(absl::Milliseconds(10));
    }
    next({"--keep", "2"});
    EXPECT_TRUE(fs::exists(first));
  }
  const std::string third = next({"--keep", "2"});
  fs::create_directory(backups_ + "/another's");
  const std::string newest = next({"--keep", "2"});
  std::set<std::string> left;
  for (const auto& entry : fs::directory_iterator(backups_)) {
    if (entry.path().filename() != ".lock") left.insert(entry.path().string());
  }
  EXPECT_THAT(left, UnorderedElementsAre(third, newest, backups_ + "/another's"));

  const CommandResult fetched = logs_of_newest();
  EXPECT_EQ(fetched.exit_status, 0) << fetched.err;
  EXPECT_THAT(fetched.out, HasSubstr(newest + "/logs up to bin."));
  EXPECT_FALSE(fs::exists(third + "/logs/sha256sums"));
  LoseEverything();
  EXPECT_EQ(Restore(newest, {"--until", "end"}).exit_status, 0);
}

TEST_F(BackupDrill, WhatCouldDestroyIsRefused) {
  const std::string backup = Backup();
  const auto refusal = [&](const std::vector<std::string>& options) {
    const CommandResult refused = Restore(backup, options);
    EXPECT_EQ(refused.exit_status, 1) << refused.out;
    return refused.err;
  };
  EXPECT_THAT(refusal({}), HasSubstr("is not empty"));
  EXPECT_THAT(refusal({"--replace"}), HasSubstr("a service still runs on"));
  EXPECT_THAT(refusal({"--replace", "unknown"}), HasSubstr("holds no unknown"));
  fs::permissions(backup_account_, fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(TryBackup().err, HasSubstr("others may read it"));
  fs::permissions(backup_account_, fs::perms::others_read, fs::perm_options::remove);

  // The disaster itself stands in the logs.
  StopServices();
  Administer(absl::StrCat("DROP DATABASE `", suite_.schema(Service::kRegistry), "`"));
  FetchLogs(backup);
  const CommandResult refused = Restore(backup, {"--replace", "--until", "end"});
  EXPECT_EQ(refused.exit_status, 1) << refused.out;
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("itself is dropped or made"), HasSubstr("DROP DATABASE `registry")));
  EXPECT_EQ(Restore(backup, {"--replace"}).exit_status, 0);
  MigrateAndStart();
  ExpectAgreement();
}

TEST_F(BackupDrill, AnEncryptedBackupNeedsTheSecretKey) {
  const std::string home = suite_.directory() + "/keyring";
  fs::create_directory(home);
  fs::permissions(home, fs::perms::owner_all);
  const std::vector<std::string> keyring = {"GNUPGHOME=" + home};
  ASSERT_EQ(RunCommand({"gpg", "--batch", "--passphrase", "", "--quick-generate-key", "sao-luu",
                        "default", "default", "never"},
                       keyring)
                .exit_status,
            0);
  const std::string key = suite_.directory() + "/backup.pub";
  ASSERT_EQ(
      RunCommand({"gpg", "--batch", "--output", key, "--export", "sao-luu"}, keyring).exit_status,
      0);
  const std::string backup = Backup({"--encrypt-to", key});
  const CommandResult fetched =
      Run("backup", {"--account", backup_account_, "--logs-of", backup, "--encrypt-to", key});
  ASSERT_EQ(fetched.exit_status, 0) << fetched.err;
  for (const auto& entry : fs::recursive_directory_iterator(backup)) {
    if (!absl::StrContains(entry.path().string(), ".zst")) continue;
    EXPECT_EQ(entry.path().extension(), ".gpg") << entry.path();
  }
  LoseEverything();
  // A log of the new server has the name of one that is kept, and does not take its place.
  const CommandResult other =
      Run("backup", {"--account", administrator_, "--logs-of", backup, "--encrypt-to", key});
  EXPECT_EQ(other.exit_status, 1) << other.out;
  EXPECT_THAT(other.err, HasSubstr("the server was set up anew"));
  EXPECT_NE(Restore(backup, {"--until", "end"}).exit_status, 0);
  const CommandResult restored = Restore(backup, {"--until", "end"}, keyring);
  EXPECT_EQ(restored.exit_status, 0) << restored.out << restored.err;
  RunCommand({"gpgconf", "--kill", "all"}, keyring);
  MigrateAndStart();
  ExpectAgreement();
}

}  // namespace
}  // namespace thidua::testing
