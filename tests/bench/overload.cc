#include "absl/strings/str_format.h"
#include "tests/bench/load.h"
#include "tests/bench/measurements.h"
#include "tests/support/northern_cluster.h"
#include "thidua/registry/v1/school_service.pb.h"

namespace thidua::bench {
namespace {

using testing::Service;
using testing::Suite;

constexpr int kConnections = 4;
constexpr absl::Duration kRound = absl::Seconds(4);
constexpr absl::Duration kWarmUp = absl::Seconds(2);  // the queue fills once, as in a burst
constexpr double kOverload = 5;

}  // namespace

// Every packet to and from the database takes 5 ms more: the workers' number bounds what the
// service can answer, not the processor, which the callers need too.
absl::Status MeasureOverload(Figures& figures) {
  Suite::Options options;
  options.through_gates = true;
  options.pool_size = kWorkers;
  options.start = {Service::kRegistry};
  Suite suite(options);
  testing::northern::LoadRegistry(suite);
  suite.gate(Service::kRegistry).Delay(absl::Milliseconds(5));

  const auto callers =
      Callers::Connect(suite.address(Service::kRegistry),
                       suite.authority().Identity(testing::northern::kAcademy), kConnections);
  if (!callers.ok()) return callers.status();
  registry::v1::GetSchoolRequest request;
  request.set_name("schools/dien-bien");
  const Question question{"/thidua.registry.v1.SchoolService/GetSchool",
                          request.SerializeAsString(), absl::Seconds(1)};

  const auto peak = callers->AskInALoop(question, 2 * kWorkers, kRound);
  if (!peak.ok()) return peak.status();
  const auto calm = callers->AskAtARate(question, peak->answered_per_second / 2, kWarmUp, kRound);
  if (!calm.ok()) return calm.status();
  const auto overloaded =
      callers->AskAtARate(question, peak->answered_per_second * kOverload, kWarmUp, kRound);
  if (!overloaded.ok()) return overloaded.status();

  figures.push_back({"overload at 5 x capacity: goodput : peak goodput",
                     overloaded->answered_per_second / peak->answered_per_second, Target::kAtLeast,
                     0.8, "",
                     absl::StrFormat("%.0f/s of %.0f/s, %.0f%% of the calls refused",
                                     overloaded->answered_per_second, peak->answered_per_second,
                                     overloaded->refused_share * 100)});
  figures.push_back(
      {"overload at 5 x capacity: accepted p99 : p99 at half load",
       absl::FDivDuration(overloaded->p99, calm->p99), Target::kAtMost, 2, "",
       absl::StrFormat("%.0f ms : %.0f ms", absl::ToDoubleMilliseconds(overloaded->p99),
                       absl::ToDoubleMilliseconds(calm->p99))});
  return absl::OkStatus();
}

}  // namespace thidua::bench
