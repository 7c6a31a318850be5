// A registry grown far beyond today's: what the reads of the registry are measured on.
#ifndef THIDUA_TESTS_BENCH_GROWN_REGISTRY_H_
#define THIDUA_TESTS_BENCH_GROWN_REGISTRY_H_

#include "absl/status/status.h"
#include "tests/support/suite.h"

namespace thidua::bench {

// How much is put beside what the suite holds already.
struct Growth {
  int schools = 10'000;
  int clusters = 1'000;
  int years = 20;  // of history, up to and including 2025
};

// Adds made-up schools with a code and a way to the standard, clusters, memberships (each school
// changes its cluster half-way through the years), and for each cluster and year three leadership
// terms, a pact, a programme and an activity: rows and journal events as the registry itself writes
// them. The registry must not run: it reads them when it starts.
absl::Status Grow(testing::Suite& suite, const Growth& growth);

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_GROWN_REGISTRY_H_
