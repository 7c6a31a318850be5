#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/load.h"
#include "tests/bench/measurements.h"
#include "tests/support/northern_cluster.h"
#include "thidua/registry/v1/cluster_service.pb.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::bench {
namespace {

using testing::Service;
using testing::Suite;

constexpr int kRounds = 9;
constexpr int kConnections = 4;
constexpr int kAtOnce = 32;
constexpr absl::Duration kRound = absl::Milliseconds(1000);

struct Reading {
  const char* what;
  Question question;
  double bound;
};

Reading StrongRead() {
  registry::v1::GetSchoolRequest request;
  request.set_name("schools/dien-bien");
  return {"GetSchool (strong read) : least server with one SELECT",
          {"/thidua.registry.v1.SchoolService/GetSchool", request.SerializeAsString()},
          0.85};
}

std::vector<Reading> MapReads() {
  registry::v1::GetClusterSnapshotRequest snapshot;
  snapshot.set_name(testing::northern::kCluster);
  registry::v1::ResolveLineageRequest lineage;
  lineage.set_name("schools/dien-bien");
  return {{"GetClusterSnapshot (map read) : bare echo of the same bytes",
           {"/thidua.registry.v1.ClusterService/GetClusterSnapshot", snapshot.SerializeAsString()},
           0.8},
          {"ResolveLineage (map read) : bare echo of the same bytes",
           {"/thidua.registry.v1.SchoolService/ResolveLineage", lineage.SerializeAsString()},
           0.8}};
}

std::string Hex(const std::string& bytes) {
  std::string hex;
  for (const unsigned char byte : bytes) absl::StrAppend(&hex, absl::Hex(byte, absl::kZeroPad2));
  return hex;
}

// The least server's own database: one row, the answer under its question.
void StoreAnswer(Suite& suite, const std::string& request, const std::string& answer) {
  suite.database().Administer("CREATE DATABASE IF NOT EXISTS bench");
  suite.database().Administer(
      "CREATE TABLE IF NOT EXISTS bench.least (request VARBINARY(255) PRIMARY KEY, answer "
      "MEDIUMBLOB NOT NULL) ENGINE=InnoDB");
  suite.database().Administer(absl::StrCat("REPLACE INTO bench.least VALUES (x'", Hex(request),
                                           "', x'", Hex(answer), "')"));
}

// One of the two that are compared.
struct Server {
  const Callers& callers;
  pid_t pid;
  double seconds = 0;  // of processor time, in all rounds
  double calls = 0;

  double MicrosecondsPerCall() const { return 1e6 * seconds / calls; }
};

// Seconds of processor time that a process has used.
double ProcessorTime(pid_t pid) {
  clockid_t clock = 0;
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

absl::StatusOr<double> Rate(const Question& question, Server& server) {
  const double before = ProcessorTime(server.pid);
  const auto outcome = server.callers.AskInALoop(question, kAtOnce, kRound);
  if (!outcome.ok()) return outcome.status();
  if (outcome->refused_share > 0)
    return absl::UnavailableError("calls of a closed loop were refused");
  server.seconds += ProcessorTime(server.pid) - before;
  server.calls += outcome->answered_per_second * absl::ToDoubleSeconds(kRound);
  return outcome->answered_per_second;
}

absl::Status Compare(const Reading& reading, Server ours, Server least, Figures& figures) {
  const absl::StatusOr<std::string> our_answer = ours.callers.Ask(reading.question);
  if (!our_answer.ok()) return our_answer.status();
  const absl::StatusOr<std::string> least_answer = least.callers.Ask(reading.question);
  if (!least_answer.ok()) return least_answer.status();
  if (*our_answer != *least_answer)
    return absl::InternalError(absl::StrCat(reading.question.path, ": the answers differ"));
  const auto comparison = Alternate(
      kRounds, [&] { return Rate(reading.question, ours); },
      [&] { return Rate(reading.question, least); });
  if (!comparison.ok()) return comparison.status();
  figures.push_back(
      {reading.what, comparison->ratio, Target::kAtLeast, reading.bound, "",
       absl::StrFormat("%s; server's processor time a call %.0f : %.0f µs; %d bytes",
                       Describe(*comparison, "ours", "least", "/s"), ours.MicrosecondsPerCall(),
                       least.MicrosecondsPerCall(), our_answer->size())});
  return absl::OkStatus();
}

}  // namespace

absl::Status MeasureReads(Suite& suite, Figures& figures) {
  const access::CertificateFiles academy = suite.authority().Identity(testing::northern::kAcademy);
  const auto ours = Callers::Connect(suite.address(Service::kRegistry), academy, kConnections);
  if (!ours.ok()) return ours.status();

  const Reading strong = StrongRead();
  const absl::StatusOr<std::string> school = ours->Ask(strong.question);
  if (!school.ok()) return school.status();
  StoreAnswer(suite, strong.question.request, *school);

  const access::CertificateFiles certificate = suite.authority().Identity("service/registry");
  const std::string address = absl::StrCat("127.0.0.1:", testing::FreePorts(1).front());
  std::vector<std::string> argv = {THIDUA_LEAST_SERVER,
                                   address,
                                   certificate.certificate,
                                   certificate.key,
                                   certificate.ca,
                                   absl::StrCat(kWorkers),
                                   suite.database().socket(),
                                   strong.question.path};
  const std::vector<Reading> map_reads = MapReads();
  for (size_t i = 0; i < map_reads.size(); ++i) {
    const absl::StatusOr<std::string> answer = ours->Ask(map_reads[i].question);
    if (!answer.ok()) return answer.status();
    const std::string file = absl::StrCat(suite.directory(), "/echo", i);
    testing::WriteTextFile(file, *answer);
    argv.insert(argv.end(), {map_reads[i].question.path, file});
  }
  const testing::Process least_server(argv, suite.directory() + "/least_server.log");
  const auto least = Callers::Connect(address, academy, kConnections);
  if (!least.ok()) return least.status();

  const Server our_server{*ours, suite.pid(Service::kRegistry)};
  const Server least_possible{*least, least_server.pid()};
  if (absl::Status compared = Compare(strong, our_server, least_possible, figures); !compared.ok())
    return compared;
  for (const Reading& reading : map_reads) {
    if (absl::Status compared = Compare(reading, our_server, least_possible, figures);
        !compared.ok())
      return compared;
  }
  return absl::OkStatus();
}

}  // namespace thidua::bench
