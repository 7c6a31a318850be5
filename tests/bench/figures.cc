#include "tests/bench/figures.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"

namespace thidua::bench {
namespace {

std::string Number(double value, const char* unit) {
  const char* const format = value >= 100 ? "%.0f%s" : value >= 10 ? "%.1f%s" : "%.2f%s";
  std::string text(32, '\0');
  text.resize(static_cast<size_t>(std::snprintf(text.data(), text.size(), format, value, unit)));
  return text;
}

}  // namespace

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

absl::StatusOr<Comparison> Alternate(int rounds,
                                     const std::function<absl::StatusOr<double>()>& ours,
                                     const std::function<absl::StatusOr<double>()>& reference) {
  std::vector<double> our_values, reference_values, ratios;
  for (int round = 0; round <= rounds; ++round) {
    absl::StatusOr<double> our_value, reference_value;
    if (round % 2 == 0) {
      our_value = ours();
      reference_value = reference();
    } else {
      reference_value = reference();
      our_value = ours();
    }
    if (!our_value.ok()) return our_value.status();
    if (!reference_value.ok()) return reference_value.status();
    if (round == 0) continue;
    our_values.push_back(*our_value);
    reference_values.push_back(*reference_value);
    ratios.push_back(*our_value / *reference_value);
  }
  return Comparison{Median(our_values), Median(reference_values), Median(ratios),
                    *std::min_element(ratios.begin(), ratios.end()),
                    *std::max_element(ratios.begin(), ratios.end())};
}

std::string Describe(const Comparison& comparison, const char* ours, const char* reference,
                     const char* unit) {
  return absl::StrFormat("%s %s, %s %s; rounds %.2f–%.2f", ours, Number(comparison.ours, unit),
                         reference, Number(comparison.reference, unit), comparison.lowest,
                         comparison.highest);
}

void Print(const Figures& figures) {
  std::printf("%-66s %9s %10s  %-8s %s\n", "what", "measured", "target", "", "");
  for (const Figure& figure : figures) {
    const std::string bound = absl::StrFormat(
        "%s %s",
        figure.target == Target::kAtLeast ? ">=" : "<=", Number(figure.bound, figure.unit));
    std::printf("%-66s %9s %10s  %-8s %s\n", figure.what.c_str(),
                Number(figure.measured, figure.unit).c_str(), bound.c_str(),
                figure.held() ? "held" : "NOT HELD", figure.detail.c_str());
  }
  std::fflush(stdout);
}

}  // namespace thidua::bench
