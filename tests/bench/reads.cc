#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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
      "CREATE TABLE IF NOT EXISTS bench.least (request VARBINARY(255) PRIMARY KEY, answer MEDIUMBLOB NOT NULL) ENGINE=InnoDB");
  suite.database().Administer(absl::StrCat("REPLACE INTO bench.least VALUES (x'", Hex(request), "', x'", Hex(answer), "')"));
}

absl::Status Compare(const Reading& reading, const Callers& ours, const Callers& least, Figures& figures) {
  const absl::StatusOr<std::string> our_answer = ours.Ask(reading.question);
  if (!our_answer.ok()) return our_answer.status();
  const absl::StatusOr<std::string> least_answer = least.Ask(reading.question);
  if (!least_answer.ok()) return least_answer.status();
  if (*our_answer != *least_answer) return absl::InternalError(absl::StrCat(reading.question.path, ": the answers differ"));
  const auto rate = [&](const Callers& callers) -> absl::StatusOr<double> {
    const auto outcome = callers.AskInALoop(reading.question, kAtOnce, kRound);
    if (!outcome.ok()) return outcome.status();
    if (outcome->refused_share > 0) return absl::UnavailableError("calls of a closed loop were refused");
    return outcome->answered_per_second;
  };
  const auto comparison = Alternate(kRounds, [&] { return rate(ours); }, [&] { return rate(least); });
  if (!comparison.ok()) return comparison.status();
  figures.push_back({reading.what, comparison->ratio, Target::kAtLeast, reading.bound, "",
                     absl::StrCat(Describe(*comparison, "ours", "least", "/s"), "; ", our_answer->size(), " bytes")});
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
  std::vector<std::string> argv = {THIDUA_LEAST_SERVER, address, certificate.certificate, certificate.key, certificate.ca,
                                   absl::StrCat(kWorkers), suite.database().socket(), strong.question.path};
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

  if (absl::Status compared = Compare(strong, *ours, *least, figures); !compared.ok()) return compared;
  for (const Reading& reading : map_reads) {
    if (absl::Status compared = Compare(reading, *ours, *least, figures); !compared.ok()) return compared;
  }
  return absl::OkStatus();
}

}  // namespace thidua::bench
