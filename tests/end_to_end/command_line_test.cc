// The `thidua` command against the real suite: the reference data, and the main job as a person
// would do it, command by command.
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/support/suite.h"

namespace thidua::testing {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kReference = THIDUA_SOURCE_DIR "/deploy/reference";
const std::string kHalfYear = kReference + "/h1-2024";

constexpr const char* kSchools[] = {"quang-ninh", "dien-bien", "ha-giang", "cao-bang",
                                    "lai-chau",   "lang-son",  "lao-cai",  "son-la"};

// The suite's today; what the lists tell of later days cannot have been done yet.
constexpr char kToday[] = "2024-06-25";

// What the shipped lists stand for by then: documents; schools and what became of them; regimes,
// clusters, memberships, terms; pacts; programmes and activities; sets of indicators of the
// standard and cases; the scheme of agency codes; the catalogue.
constexpr int kResources = 17 + (96 + 23) + (2 + 18 + 137 + 25) + 4 + (18 + 23) + (2 + 12) + 1 + 99;

struct Loaded {
  int created = 0;
  int updated = 0;
  int unchanged = 0;
};

class CommandLine : public ::testing::Test {
 protected:
  // Runs a command that must succeed; what it printed.
  std::string Done(const std::vector<std::string>& words,
                   const std::string& identity = "academy/office") {
    const CommandResult result = suite_.Thidua(words, identity);
    EXPECT_EQ(result.exit_status, 0) << absl::StrCat(words[0], " ", words[1], ": ", result.err);
    return result.out;
  }

  Loaded Load(const std::string& directory) {
    google::protobuf::Struct json;
    const std::string out =
        Done({"reference", "load", directory, "--until", kToday, "--format", "json"});
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(out, &json).ok()) << out;
    Loaded loaded;
    for (const auto& file : (*json.mutable_fields())["files"].list_value().values()) {
      const auto& tally = file.struct_value().fields();
      loaded.created += static_cast<int>(tally.at("created").number_value());
      loaded.updated += static_cast<int>(tally.at("updated").number_value());
      loaded.unchanged += static_cast<int>(tally.at("unchanged").number_value());
    }
    return loaded;
  }

  static std::string Content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  // A copy of the shipped files with every `from` replaced by `to` in one of them.
  std::string ChangedReference(const std::string& file, const std::string& from,
                               const std::string& to) {
    const std::string directory = suite_.directory() + "/reference";
    std::filesystem::copy(kReference, directory,
                          std::filesystem::copy_options::overwrite_existing |
                              std::filesystem::copy_options::recursive);
    std::string text = Content(directory + "/" + file);
    EXPECT_GT(absl::StrReplaceAll({{from, to}}, &text), 0) << from;
    std::ofstream(directory + "/" + file) << text;
    return directory;
  }

  Suite suite_;
};

TEST_F(CommandLine, LoadsTheReferenceDataOnceAndThenLeavesIt) {
  const Loaded first = Load(kReference);
  EXPECT_EQ(first.created, kResources);
  const absl::Time before = absl::Now();
  const Loaded second = Load(kReference);
  EXPECT_LT(absl::Now() - before, absl::Seconds(3));
  EXPECT_EQ(second.created, 0);
  EXPECT_EQ(second.updated, 0);
  EXPECT_EQ(second.unchanged, first.created);
}

TEST_F(CommandLine, ADryRunWritesNothing) {
  EXPECT_THAT(Done({"reference", "load", kReference, "--until", kToday, "--dry-run"}),
              HasSubstr("schools.csv"));
  EXPECT_EQ(suite_.Thidua({"school", "show", "quang-ninh"}).exit_status, 5);
}

TEST_F(CommandLine, UpdatesWhatDiffersAndNothingElse) {
  Load(kReference);
  const Loaded changed = Load(ChangedReference("school_names.csv", "Trường Chính trị tỉnh Sơn La",
                                               "Trường Chính trị Tô Hiệu tỉnh Sơn La"));
  EXPECT_EQ(changed.created, 0);
  EXPECT_EQ(changed.updated, 1);
  EXPECT_THAT(Done({"school", "show", "son-la"}), HasSubstr("Tô Hiệu"));
}

TEST_F(CommandLine, AProblemInAFileStopsEverythingBeforeTheFirstWrite) {
  const CommandResult refused =
      suite_.Thidua({"reference", "load",
                     ChangedReference("memberships.csv", "mnbg,son-la,", "mnbg,son-la,2O21-02-03"),
                     "--lang", "en"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("memberships.csv:"), HasSubstr("first_day"),
                                 HasSubstr("Nothing was written")));
  EXPECT_EQ(suite_.Thidua({"school", "show", "quang-ninh"}).exit_status, 5);
}

TEST_F(CommandLine, ARowThatTheRulesRefuseLeavesNothingAndIsTold) {
  const std::string directory = ChangedReference(
      "leadership.csv", "mnbg,2024,ha-giang,STANDING_DEPUTY", "mnbg,2024,ha-giang,HEAD");
  for (const bool dry_run : {true, false}) {
    std::vector<std::string> words = {"reference", "load",   directory, "--until",
                                      kToday,      "--lang", "vi"};
    if (dry_run) words.push_back("--dry-run");
    const CommandResult refused = suite_.Thidua(words);
    EXPECT_EQ(refused.exit_status, 1);
    EXPECT_THAT(refused.err, AllOf(ContainsRegex("leadership.csv:[0-9]+: .*trùng thời gian"),
                                   HasSubstr("Chưa ghi gì")));
  }
  EXPECT_EQ(suite_.Thidua({"school", "show", "quang-ninh"}).exit_status, 5);
  EXPECT_THAT(Done({"indicator", "list", "--format", "json"}), Not(HasSubstr("classes_total")));
}

TEST_F(CommandLine, ADirectoryMayHoldOnlySomeOfTheLists) {
  const std::string directory = suite_.directory() + "/schools-alone";
  std::filesystem::create_directories(directory);
  std::filesystem::copy(kReference + "/schools.csv", directory + "/schools.csv");
  EXPECT_EQ(Load(directory).created, 96);
  EXPECT_THAT(suite_.Thidua({"reference", "load", directory, "--lang", "en"}).err,
              HasSubstr("school_names.csv"));
}

TEST_F(CommandLine, AnExportLoadsWithoutAChangeAndExportsToTheSameBytes) {
  Load(kReference);
  const std::string first = suite_.directory() + "/export-1";
  const std::string second = suite_.directory() + "/export-2";
  Done({"reference", "export", first});
  const Loaded again = Load(first);
  EXPECT_EQ(again.created + again.updated, 0);
  EXPECT_GE(again.unchanged, kResources);  // mergers open cases of reassessment beside
  Done({"reference", "export", second});
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(first)) {
    ++files;
    EXPECT_EQ(Content(entry.path()), Content(second / entry.path().filename()));
  }
  EXPECT_GT(files, 10);
  EXPECT_EQ(suite_.Thidua({"reference", "export", first}).exit_status, 2) << "overwritten";
}

TEST_F(CommandLine, AnExportMakesAnEmptyRegistryTheSame) {
  Load(kReference);
  const std::string first = suite_.directory() + "/export-1";
  const std::string second = suite_.directory() + "/export-2";
  Done({"reference", "export", first});
  Suite empty;
  const CommandResult loaded =
      empty.Thidua({"reference", "load", first, "--until", kToday}, "academy/office");
  EXPECT_EQ(loaded.exit_status, 0) << loaded.err;
  EXPECT_EQ(empty.Thidua({"reference", "export", second}, "academy/office").exit_status, 0);
  for (const auto& entry : std::filesystem::directory_iterator(first))
    EXPECT_EQ(Content(entry.path()), Content(second / entry.path().filename()));
}

TEST_F(CommandLine, AMergerThatIsRecordedIsNeverChanged) {
  Load(kReference);
  const CommandResult refused = suite_.Thidua(
      {"reference", "load",
       ChangedReference("lineage.csv", "nghean24h.vn scheme item 2", "nghean24h.vn item 2"),
       "--until", kToday, "--lang", "en"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("lineage.csv:"), HasSubstr("lineageEvents/lao-cai-2025")));
}

TEST_F(CommandLine, APactIsInForceOnceEveryMemberHasSigned) {
  const std::string head = "school/quang-ninh";
  Load(kReference);
  for (const char* school : kSchools) suite_.As(absl::StrCat("school/", school));
  Done({"pact", "create", "mnbg", "--year", "2024", "--theme", "Đoàn kết - Sáng tạo", "--source",
        "Dự thảo giao ước năm 2024", "--target", "Mỗi trường có đề án trường chính trị chuẩn"},
       head);
  Done({"pact", "open", "mnbg", "2024"}, head);
  const auto sign = [&](const std::string& school) {
    Done({"pact", "sign", "mnbg", "2024", "--acting-for", "Hiệu trưởng"}, "school/" + school);
  };
  for (const std::string school : kSchools) {
    if (school != "son-la") sign(school);
  }
  EXPECT_THAT(Done({"pact", "missing", "mnbg", "2024", "--lang", "vi"}),
              AllOf(HasSubstr("7/8 đã ký"), ContainsRegex("son-la .*✗ chưa ký")));
  const CommandResult refused =
      suite_.Thidua({"pact", "enforce", "mnbg", "2024", "--lang", "vi"}, head);
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_THAT(refused.err, HasSubstr("chưa ký đến ngày đó: schools/son-la"));
  sign("son-la");
  Done({"pact", "enforce", "mnbg", "2024"}, head);
  EXPECT_THAT(Done({"pact", "binding", "son-la", "--as-of", "2024-12-31"}),
              HasSubstr("clusters/mnbg/pacts/2024"));
  EXPECT_THAT(Done({"pact", "show", "mnbg", "2024", "--lang", "vi"}),
              AllOf(HasSubstr("có hiệu lực (IN_FORCE)"), HasSubstr("8/8 đã ký")));
}

// Whoever writes to one service and goes on with the next can wait until that has heard of it.
TEST_F(CommandLine, HealthWaitsUntilTheServicesKnowOfEachOther) {
  Load(kReference);
  const std::string known = Done({"health", "--wait", "30"});
  EXPECT_TRUE(std::regex_search(known, std::regex(R"(reporting .*registry (\d+)/\1\n)"))) << known;
  suite_.Kill(Service::kRegistry);
  const CommandResult without = suite_.Thidua({"health"});
  EXPECT_EQ(without.exit_status, 3) << without.out;
  EXPECT_THAT(without.out, ContainsRegex("registry +UNAVAILABLE"));
  EXPECT_EQ(suite_.Thidua({"health", "--wait", "2"}).exit_status, 3);
  suite_.Start(Service::kRegistry);
  Done({"health", "--wait", "30"});
  EXPECT_EQ(suite_.Thidua({"health", "--wait", "soon"}).exit_status, 2);
}

TEST_F(CommandLine, CarriesTheHalfYearFromReportsToARanking) {
  const std::string head = "school/quang-ninh";
  const std::string standing_deputy = "school/ha-giang";
  Load(kReference);
  ASSERT_TRUE(suite_.AwaitFollowers());
  Done({"window", "create", kHalfYear + "/window.json"});
  EXPECT_THAT(Done({"window", "show", "2024-h1", "--lang", "vi"}),
              HasSubstr("tổng số lớp đào tạo, bồi dưỡng"));

  for (const char* school : kSchools)
    suite_.As(absl::StrCat("school/", school));  // makes their certificates

  // Drafts, each by its own school; the second time there is nothing left to do.
  EXPECT_THAT(Done({"report", "import", "2024-h1", kHalfYear + "/reports.csv", "--each-as-school",
                    "--lang", "en"}),
              Not(HasSubstr("refused")));
  EXPECT_THAT(Done({"report", "import", "2024-h1", kHalfYear + "/reports.csv", "--each-as-school",
                    "--lang", "en"}),
              Not(HasSubstr("updated")));
  EXPECT_THAT(Done({"report", "show", "2024-h1", "cao-bang", "--lang", "vi"}),
              ContainsRegex("topics_province\\) +chưa báo cáo"));
  for (const char* school : kSchools) {
    const std::string own = absl::StrCat("school/", school);
    Done({"report", "submit", "2024-h1", school}, own);
    Done({"report", "accept", "2024-h1", school}, own == head ? standing_deputy : head);
  }
  EXPECT_EQ(
      suite_.Thidua({"report", "create", "2024-h1", "bac-giang"}, "school/bac-giang").exit_status,
      1);

  // Totals, and what does not add up.
  Done({"consolidation", "run", "2024-h1", "mnbg"}, head);
  Done({"consolidation", "declare", "2024-h1", "mnbg", kHalfYear + "/declared_totals.csv"}, head);
  const std::string totals =
      Done({"consolidation", "show", "2024-h1", "mnbg", "--lang", "vi"}, head);
  EXPECT_THAT(totals,
              ContainsRegex("classes_total\\) +238 +234 +\\+4 +8/8 trường +✗ chưa giải trình"));
  EXPECT_THAT(totals, ContainsRegex(
                          "learners_total\\) +12.378 +12.443 +−65 +8/8 trường +✗ chưa giải trình"));
  EXPECT_THAT(totals, ContainsRegex("topics_province\\) +9 +5/8 trường"));
  EXPECT_THAT(totals, HasSubstr("topics_province: cao-bang, dien-bien, lai-chau"));
  EXPECT_EQ(suite_.Thidua({"consolidation", "publish", "2024-h1", "mnbg"}, head).exit_status, 1);
  Done({"consolidation", "explain", "2024-h1", "mnbg", "classes_total", "--resolution",
        "declared-prevails", "--explanation", "Bốn lớp mở sau ngày chốt số liệu."},
       head);
  Done({"consolidation", "explain", "2024-h1", "mnbg", "learners_total", "--resolution",
        "computed-prevails", "--explanation", "Số công bố lấy theo báo cáo nhanh."},
       head);
  Done({"consolidation", "publish", "2024-h1", "mnbg"}, head);

  // The document, checked with the public key alone.
  const std::string document = suite_.directory() + "/mnbg.json";
  const std::string key = suite_.public_key_file(Service::kReporting);
  Done({"report", "download", "2024-h1", "mnbg", "--out", document});
  Done({"report", "verify", document, "--key", key});
  std::fstream(document, std::ios::in | std::ios::out).seekp(100).put('#');
  EXPECT_EQ(suite_.Thidua({"report", "verify", document, "--key", key}).exit_status, 1);

  // A ranking, and where its points come from.
  Done({"scheme", "create", THIDUA_SOURCE_DIR "/services/awards/scoring/sample_scheme.json", "--id",
        "mau-2024"});
  Done({"scheme", "publish", "mau-2024"});
  ASSERT_TRUE(suite_.AwaitFollowers());
  Done({"ranking", "compute", "2024-h1", "mnbg", "--scheme", "mau-2024"}, head);
  EXPECT_THAT(Done({"ranking", "show", "2024-h1", "mnbg"}), HasSubstr("Nguyễn Văn Cừ"));
  EXPECT_THAT(Done({"ranking", "show", "2024-h1", "mnbg", "--trace", "cao-bang", "--lang", "vi"}),
              HasSubstr("chưa báo cáo"));

  // Two cells are corrected: the document names exactly these.
  Done({"report", "reopen", "2024-h1", "lao-cai", "--reason", "Rà soát lại số liệu"},
       "academy/office");
  Done({"report", "set", "2024-h1", "lao-cai", "classes_total=25", "articles_journal=21"},
       "school/lao-cai");
  Done({"report", "submit", "2024-h1", "lao-cai"}, "school/lao-cai");
  Done({"report", "accept", "2024-h1", "lao-cai"}, head);
  EXPECT_THAT(Done({"report", "diff", "2024-h1", "lao-cai", "1", "2"}, "school/lao-cai"),
              ContainsRegex("classes_total +24 +25"));
  const std::string superseded = Done({"publication", "show", "2024-h1", "mnbg-1", "--lang", "en"});
  EXPECT_THAT(superseded,
              AllOf(HasSubstr("SUPERSEDED"), ContainsRegex("lao-cai +classes_total +24 +25 +1 → 2"),
                    ContainsRegex("lao-cai +articles_journal +20 +21 +1 → 2"),
                    Not(HasSubstr("learners_total"))));
}

}  // namespace
}  // namespace thidua::testing
