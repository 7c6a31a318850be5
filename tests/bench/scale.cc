#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/text_format.h"
#include "tests/bench/grown_registry.h"
#include "tests/bench/load.h"
#include "tests/bench/measurements.h"
#include "tests/contract/suite_contracts.h"
#include "tests/support/northern_cluster.h"
#include "thidua/registry/v1/succession_service.pb.h"

namespace thidua::bench {
namespace {

using testing::Service;
using testing::Suite;

constexpr int kRounds = 5;
constexpr int kConnections = 2;
constexpr int kAtOnce = 4;
constexpr absl::Duration kRound = absl::Milliseconds(400);
constexpr double kMostGrowth = 3;
constexpr absl::Duration kSealing = absl::Minutes(5);

// What every read of the registry is asked, in today's terms; the same is asked of the grown one.
const std::map<std::string, std::string>& Asked() {
  static const auto* const asked = new std::map<std::string, std::string>{
      {"SchoolService.GetSchool", "name: 'schools/dien-bien'"},
      {"SchoolService.BatchGetSchools", "names: 'schools/dien-bien' names: 'schools/lai-chau'"},
      {"SchoolService.ListSchools", "page_size: 50"},
      {"SchoolService.GetLineageEvent", "name: 'lineageEvents/quang-tri-2025'"},
      {"SchoolService.ListLineageEvents", "page_size: 20"},
      {"SchoolService.ResolveLineage",
       "name: 'schools/ha-giang' map_date { year: 2025 month: 7 day: 1 }"},
      {"SchoolService.GetSchoolMap", ""},
      {"SchoolService.ResolveSchoolName", "text: 'truong CT Hoang Dinh Giong'"},
      {"ClusterService.GetClusterRegime", "name: 'clusterRegimes/2021'"},
      {"ClusterService.ListClusterRegimes", ""},
      {"ClusterService.GetCluster", "name: 'clusters/mnbg'"},
      {"ClusterService.ListClusters", "show_all: true page_size: 10"},
      {"ClusterService.GetMembership", "name: 'clusters/mnbg/memberships/dien-bien'"},
      {"ClusterService.ListMemberships", "parent: 'clusters/mnbg'"},
      {"ClusterService.GetLeadershipTerm", "name: 'clusters/mnbg/leadershipTerms/2024-quang-ninh'"},
      {"ClusterService.ListLeadershipTerms", "parent: 'clusters/mnbg'"},
      {"ClusterService.GetClusterSnapshot", "name: 'clusters/mnbg'"},
      {"ClusterService.ResolveClusterName", "text: 'Cụm miền núi, biên giới phía Bắc'"},
      {"StandardService.GetStandardScheme", "name: 'standardSchemes/11-qd-tw-level-1'"},
      {"StandardService.ListStandardSchemes", ""},
      {"StandardService.GetStandardCase", "name: 'schools/phu-tho-2025/standardCases/level-1'"},
      {"StandardService.ListStandardCases", "page_size: 5"},
      {"StandardService.GetStandardRegister", "level: 1 cluster: 'clusters/mnbg'"},
      {"StandardService.GetStandardAssessment",
       "name: 'schools/lao-cai/standardCases/level-1/assessments/2022-09'"},
      {"StandardService.ListStandardAssessments",
       "parent: 'schools/lao-cai/standardCases/level-1'"},
      {"StandardService.GetStandardGaps", "name: 'schools/lao-cai/standardCases/level-1'"},
      {"ClusterService.BatchGetClusters", "names: 'clusters/mnbg' names: 'clusters/tdmn'"},
      {"ClusterService.GetSchoolSnapshot",
       "name: 'schools/long-an' as_of { year: 2025 month: 7 day: 1 }"},
      {"ClusterService.GetLeadershipRotation", "name: 'clusters/mnbg'"},
      {"ClusterService.ListLeadershipFindings",
       "parent: 'clusters/mnbg' from_year: 2024 to_year: 2024"},
      {"DocumentService.GetDocument", "name: 'documents/550-qd-hvctqg'"},
      {"DocumentService.BatchGetDocuments",
       "names: 'documents/550-qd-hvctqg' names: 'documents/11-qd-tw'"},
      {"DocumentService.ListDocuments", "page_size: 10"},
      {"IdentifierService.GetIdentifierScheme", "name: 'identifierSchemes/agency-code'"},
      {"IdentifierService.ListIdentifierSchemes", ""},
      {"IdentifierService.GetSchoolIdentifier", "name: 'schools/dien-bien/identifiers/bench'"},
      {"IdentifierService.ListSchoolIdentifiers", "school: 'schools/dien-bien'"},
      {"IdentifierService.ResolveIdentifier",
       "scheme: 'identifierSchemes/agency-code' code: 'H18.BENCH'"},
      {"IdentifierService.BatchResolveIdentifiers",
       "scheme: 'identifierSchemes/agency-code' codes: 'H18.BENCH' codes: 'H18.NONE'"},
      {"PactService.GetPact", "name: 'clusters/ntbtn/pacts/2023'"},
      {"PactService.ListPacts", "parent: 'clusters/ntbtn'"},
      {"PactService.GetPactSigning", "name: 'clusters/ntbtn/pacts/2023'"},
      {"PactService.FindBindingPact",
       "school: 'schools/dak-lak' as_of { year: 2023 month: 6 day: 1 }"},
      {"ProgrammeService.GetProgramme", "name: 'clusters/mnbg/programmes/2024'"},
      {"ProgrammeService.ListProgrammes", "parent: 'clusters/mnbg'"},
      {"ProgrammeService.GetProgrammeText", "name: 'clusters/mnbg/programmes/2024/texts/plan-1'"},
      {"ProgrammeService.ListProgrammeTexts", "parent: 'clusters/mnbg/programmes/2024'"},
      {"ProgrammeService.GetActivity",
       "name: 'clusters/mnbg/programmes/2024/activities/exchange-1'"},
      {"ProgrammeService.ListActivities", "parent: 'clusters/-/programmes/-' page_size: 10"},
      {"ProgrammeService.SummariseActivities", "parent: 'clusters/mnbg' year: 2024"},
      {"ProgrammeService.GetProgrammeOverview", "name: 'clusters/mnbg/programmes/2024'"},
      {"SuccessionService.ListSuccessionItems", "parent: 'lineageEvents/lam-dong-2025'"},
      {"SuccessionService.GetSuccessionFate", ""},  // named by the registry: see FateOf
      {"SuccessionService.ListSuccessionFates", "parent: 'lineageEvents/lam-dong-2025'"},
  };
  return *asked;
}

// Every method of the registry that only reads, each with its question; an error names those that
// nobody thought of.
absl::StatusOr<std::vector<Question>> Questions() {
  static auto& factory = *new google::protobuf::DynamicMessageFactory;
  std::vector<Question> questions;
  std::string unasked;
  for (const auto* method : testing::SuiteMethods()) {
    if (method->file()->package() != "thidua.registry.v1" ||
        method->options().idempotency_level() != google::protobuf::MethodOptions::NO_SIDE_EFFECTS)
      continue;
    const auto asked = Asked().find(absl::StrCat(method->service()->name(), ".", method->name()));
    if (asked == Asked().end()) {
      absl::StrAppend(&unasked, " ", method->name());
      continue;
    }
    std::unique_ptr<google::protobuf::Message> request(
        factory.GetPrototype(method->input_type())->New());
    if (!google::protobuf::TextFormat::ParseFromString(asked->second, request.get())) {
      return absl::InvalidArgumentError(absl::StrCat(asked->first, ": ", asked->second));
    }
    questions.push_back({absl::StrCat("/", method->service()->full_name(), "/", method->name()),
                         request->SerializeAsString()});
  }
  if (!unasked.empty()) return absl::InternalError("no question is known for" + unasked);
  return questions;
}

Suite::Options RegistryAlone() {
  Suite::Options options;
  options.pool_size = kWorkers;
  options.start = {Service::kRegistry, Service::kReporting};  // the lists have indicators too
  options.database.extra_arguments = {"--innodb-buffer-pool-size=512M"};
  return options;
}

absl::Status LoadLists(Suite& suite) {
  const testing::CommandResult loaded = suite.Thidua(
      {"reference", "load", THIDUA_SOURCE_DIR "/deploy/reference", "--until", "2024-06-25"});
  if (loaded.exit_status != 0) return absl::InternalError(loaded.err);
  // What no source tells is made to be read.
  const std::vector<std::vector<std::string>> made = {
      {"standard", "assess", "lao-cai", "2022-09", "--date", "2022-09-15", "--met", "50",
       "--source", "bench"},
      {"identifier", "create", "dien-bien", "H18.BENCH", "--id", "bench", "--scheme", "agency-code",
       "--source", "bench"},
      {"programme", "text", "add", "mnbg", "2024", "plan", "--title", "Kế hoạch", "--source",
       "bench"},
      {"succession", "decide", "lam-dong-2025", "clusters/ntbtn/memberships/lam-dong", "--fate",
       "close", "--reason", "bench", "--source", "bench"}};
  for (const auto& words : made) {
    const testing::CommandResult done = suite.Thidua(words);
    if (done.exit_status != 0) return absl::InternalError(done.err);
  }
  return absl::OkStatus();
}

// The fate that LoadLists decided: its identifier is the registry's.
absl::Status NameFate(const Callers& callers, std::vector<Question>& questions) {
  registry::v1::ListSuccessionFatesRequest list;
  list.set_parent("lineageEvents/lam-dong-2025");
  const auto bytes = callers.Ask(
      {"/thidua.registry.v1.SuccessionService/ListSuccessionFates", list.SerializeAsString()});
  if (!bytes.ok()) return bytes.status();
  registry::v1::ListSuccessionFatesResponse fates;
  if (!fates.ParseFromString(*bytes) || fates.succession_fates().empty())
    return absl::InternalError("no fate is decided");
  registry::v1::GetSuccessionFateRequest get;
  get.set_name(fates.succession_fates(0).name());
  for (Question& question : questions) {
    if (question.path.ends_with("/GetSuccessionFate")) question.request = get.SerializeAsString();
  }
  return absl::OkStatus();
}

absl::StatusOr<double> SecondsPerCall(const Callers& callers, const Question& question) {
  const auto outcome = callers.AskInALoop(question, kAtOnce, kRound);
  if (!outcome.ok()) return outcome.status();
  if (outcome->refused_share > 0)
    return absl::UnavailableError("calls of a closed loop were refused");
  return 1 / outcome->answered_per_second;
}

// The map of a day is as long as there are schools; what must not grow is the time for each byte.
bool IsAsLongAsTheMap(const Question& question) { return question.path.ends_with("/GetSchoolMap"); }

std::string ShortName(const Question& question) {
  return question.path.substr(question.path.rfind('/') + 1);
}

}  // namespace

absl::Status MeasureScale(Figures& figures) {
  auto questions = Questions();
  if (!questions.ok()) return questions.status();

  Suite today(RegistryAlone()), grown(RegistryAlone());
  if (absl::Status loaded = LoadLists(today); !loaded.ok()) return loaded;
  if (absl::Status loaded = LoadLists(grown); !loaded.ok()) return loaded;
  grown.Stop(Service::kReporting);
  today.Stop(Service::kReporting);
  grown.Stop(Service::kRegistry);
  if (absl::Status filled = Grow(grown, Growth()); !filled.ok()) return filled;
  grown.Start(Service::kRegistry);
  if (!grown.AwaitSealed(Service::kRegistry, kSealing))
    return absl::DeadlineExceededError("the grown registry's events are not sealed in time");

  const auto connect = [](Suite& suite) {
    return Callers::Connect(suite.address(Service::kRegistry),
                            suite.authority().Identity(testing::northern::kAcademy), kConnections);
  };
  const auto of_today = connect(today);
  if (!of_today.ok()) return of_today.status();
  const auto of_grown = connect(grown);
  if (!of_grown.ok()) return of_grown.status();

  if (absl::Status named = NameFate(*of_today, *questions); !named.ok()) return named;
  for (const Question& question : *questions) {
    const auto today_answer = of_today->Ask(question);
    const auto grown_answer = of_grown->Ask(question);
    if (!today_answer.ok() || !grown_answer.ok()) {
      return absl::InternalError(absl::StrCat(question.path, ": ", today_answer.status().ToString(),
                                              "; ", grown_answer.status().ToString()));
    }
    const auto comparison = Alternate(
        kRounds, [&] { return SecondsPerCall(*of_grown, question); },
        [&] { return SecondsPerCall(*of_today, question); });
    if (!comparison.ok()) return comparison.status();
    const bool by_byte = IsAsLongAsTheMap(question);
    const double longer = by_byte ? static_cast<double>(grown_answer->size()) /
                                        static_cast<double>(today_answer->size())
                                  : 1;
    figures.push_back(
        {absl::StrCat(ShortName(question), by_byte ? ", a byte" : "", ", grown : today's size"),
         comparison->ratio / longer, Target::kAtMost, kMostGrowth, "",
         absl::StrFormat("%.0f : %.0f µs; %d : %d bytes", 1e6 * comparison->ours,
                         1e6 * comparison->reference, grown_answer->size(), today_answer->size())});
  }
  return absl::OkStatus();
}

}  // namespace thidua::bench
