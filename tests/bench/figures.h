// The figures of the bench: what was measured, what it is held against, and the table of them.
//
// Everything is a ratio of two things measured alternately in the same run, in several rounds, and
// the median of the rounds' ratios: what else happens on the machine falls on both. A figure that
// cannot be measured is an error; one that misses its target is a figure.
#ifndef THIDUA_TESTS_BENCH_FIGURES_H_
#define THIDUA_TESTS_BENCH_FIGURES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace thidua::bench {

enum class Target { kAtLeast, kAtMost };

struct Figure {
  std::string what;
  double measured = 0;
  Target target = Target::kAtLeast;
  double bound = 0;
  const char* unit = "";  // " ms", " MB"; empty for a ratio
  std::string detail;     // both sides in absolute numbers, and how far the rounds lay apart

  bool held() const { return target == Target::kAtLeast ? measured >= bound : measured <= bound; }
};

using Figures = std::vector<Figure>;

// The middle value; of an even number the mean of both. Not empty.
double Median(std::vector<double> values);

// Two rates or times measured alternately.
struct Comparison {
  double ours = 0;       // median
  double reference = 0;  // median
  double ratio = 0;      // median of ours / reference, round by round
  double lowest = 0;     // ratio
  double highest = 0;    // ratio
};

// Runs both once unmeasured, then `rounds` times alternately, the one that begins changing from
// round to round.
absl::StatusOr<Comparison> Alternate(int rounds,
                                     const std::function<absl::StatusOr<double>()>& ours,
                                     const std::function<absl::StatusOr<double>()>& reference);

// "ours 8,123/s, least server 9,876/s; rounds 0.80–0.85"
std::string Describe(const Comparison& comparison, const char* ours, const char* reference,
                     const char* unit);

void Print(const Figures& figures);

}  // namespace thidua::bench

#endif  // THIDUA_TESTS_BENCH_FIGURES_H_
