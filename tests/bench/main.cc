// Prints the figures of README. `bench_figures
// [reads|submissions|consolidation|services|overload|scale]...` measures only those.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/measurements.h"
#include "tests/support/northern_cluster.h"

namespace {

using thidua::bench::Figures;
using thidua::testing::Suite;

Suite::Options SuiteOptions() {
  Suite::Options options;
  options.pool_size = thidua::bench::kWorkers;
  options.database.extra_arguments = {
      "--innodb-buffer-pool-size=256M"};  // 600,000 figures stay in memory
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> wanted(argv + 1, argv + argc);
  std::optional<Suite> suite;
  const auto with_suite = [&](absl::Status (*measure)(Suite&, Figures&)) {
    return [&suite, measure](Figures& figures) {
      if (!suite.has_value()) {
        suite.emplace(SuiteOptions());
        thidua::testing::northern::LoadRegistry(*suite);
      }
      return measure(*suite, figures);
    };
  };
  const std::vector<std::pair<std::string, std::function<absl::Status(Figures&)>>> measurements = {
      {"reads", with_suite(thidua::bench::MeasureReads)},
      {"submissions", with_suite(thidua::bench::MeasureSubmissions)},
      {"consolidation", with_suite(thidua::bench::MeasureConsolidation)},
      {"services", with_suite(thidua::bench::MeasureServices)},
      {"overload", thidua::bench::MeasureOverload},
      {"scale", thidua::bench::MeasureScale}};

  Figures figures;
  bool all_measured = true;
  for (const auto& [name, measure] : measurements) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    if (name == "overload" || name == "scale") suite.reset();
    const absl::Status measured = measure(figures);
    if (measured.ok()) continue;
    all_measured = false;
    std::fprintf(stderr, "%s cannot be measured: %s\n", name.c_str(), measured.ToString().c_str());
  }
  thidua::bench::Print(figures);
  return all_measured ? 0 : 1;
}
