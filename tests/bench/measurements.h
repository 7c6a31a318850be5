// What is measured (targets: README). Each adds its figures; an error means that something could
// not be measured.
#ifndef THIDUA_TESTS_BENCH_MEASUREMENTS_H_
#define THIDUA_TESTS_BENCH_MEASUREMENTS_H_

#include "absl/status/status.h"
#include "tests/bench/figures.h"
#include "tests/support/suite.h"

namespace thidua::bench {

// Workers, and connections to the database, of every server in the bench.
inline constexpr int kWorkers = 8;

// Strong reads and reads from the map, each against the least possible server with the same answer.
// The cluster mnbg is loaded.
absl::Status MeasureReads(testing::Suite& suite, Figures& figures);

// SubmitReport against the same statements by themselves. The cluster mnbg is loaded; awards must
// not follow, since the replayed statements leave revisions behind that no service wrote.
absl::Status MeasureSubmissions(testing::Suite& suite, Figures& figures);

// The sums of 10,000 accepted reports against SELECT … GROUP BY over a row for each figure.
absl::Status MeasureConsolidation(testing::Suite& suite, Figures& figures);

// Memory of the idle services, and the time from exec to SERVING. Restarts them.
absl::Status MeasureServices(testing::Suite& suite, Figures& figures);

// Five times as many calls as a service can answer whose database is slow. Makes a suite of its
// own.
absl::Status MeasureOverload(Figures& figures);

// Every read of the registry at 10,000 schools, 1,000 clusters and 20 years of history against the
// same read at today's size. Makes two suites of its own.
absl::Status MeasureScale(Figures& figures);

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_MEASUREMENTS_H_
