// Times for the benchmarks: medians, and two sides measured in turn within one run.
#pragma once

#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace bench {

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// CPU seconds of this process so far, user and system.
inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto const seconds = [](timeval const& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Medians of two sides, measured A B A B …, a first round of each not counted.
inline std::pair<double, double> interleaved(int rounds, std::function<double()> const& a,
                                             std::function<double()> const& b) {
  std::vector<double> of_a, of_b;
  for (int round = 0; round <= rounds; ++round) {
    auto const [x, y] = std::pair(a(), b());
    if (round == 0) continue;
    of_a.push_back(x);
    of_b.push_back(y);
  }
  return {median(of_a), median(of_b)};
}

}  // namespace bench
