// sample and sample_exactly: elements drawn by number, the same whatever ranks and threads.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/ordered_pipe.hpp"

namespace pel::data {

// The numbers that a partition draws for a verb: of (seed of the job, number of the verb, partition, position).
class Draws {
 public:
  Draws(std::uint64_t seed, std::uint64_t verb, std::uint64_t partition) noexcept
      : state_(base::stable_hash(base::stable_hash(base::stable_hash(seed) ^ verb) ^ partition)) {}
  // Of the element at the next position: 64 bits, no two alike within a partition.
  [[nodiscard]] std::uint64_t next() noexcept { return base::mix64(state_ += 0x9e3779b97f4a7c15ULL); }

 private:
  std::uint64_t state_;
};

// The greatest draw that is taken, so that about this fraction of all are; none where none is.
[[nodiscard]] inline std::optional<std::uint64_t> greatest_draw(double fraction) noexcept {
  auto const scaled = fraction * 0x1p64;
  if (!(scaled >= 1)) return std::nullopt;
  if (scaled >= 0x1p64) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(scaled) - 1;
}

// The start of a pipe that lets through what has drawn a number up to a limit.
template <class T>
class DrawElements {
 public:
  DrawElements(std::uint64_t seed, std::uint64_t verb, double fraction)
      : seed_(seed), verb_(verb), limit_(greatest_draw(fraction)) {}
  [[nodiscard]] auto operator()(Step& step) const {
    return [draws = Draws(seed_, verb_, step.partition().index()), limit = limit_](ViewOf<T> const& element,
                                                                                   auto& sink) mutable {
      if (draws.next() <= limit) sink(element);  // never, where there is none
    };
  }

 private:
  std::uint64_t seed_, verb_;
  std::optional<std::uint64_t> limit_;
};

// The start of a pipe that lets through the n elements with the least draws; of equal ones, those of lower partitions.
template <class T>
class DrawExactly {
 public:
  DrawExactly(std::uint64_t seed, std::uint64_t verb, std::uint64_t n) : seed_(seed), verb_(verb), n_(n) {}

  template <class Source>
  void prepare(Source& source, bool again) {
    if (*last_) return source.prepare(again);
    auto const sizes = partition_sizes(source, "sample_exactly", true);
    std::uint64_t all = 0;
    for (auto const size : sizes) all += size;
    if (n_ == 0)
      *last_ = Last{0, 0};
    else if (all <= n_)
      *last_ = Last{std::numeric_limits<std::uint64_t>::max(), sizes.size()};
    else
      find_last(*source.flow(), sizes, all);
    source.prepare(again);
  }
  [[nodiscard]] auto operator()(Step& step) const {
    auto const p = step.partition().index();
    return [draws = Draws(seed_, verb_, p), last = **last_, p](ViewOf<T> const& element, auto& sink) mutable {
      if (Last{draws.next(), p} < last) sink(element);
    };
  }

 private:
  // What is less is taken.
  struct Last {
    std::uint64_t draw = 0, partition = 0;
    friend auto operator<=>(Last const&, Last const&) = default;
  };

  // Asks for as many of the least draws as n elements need most likely, and for more if those were too few.
  void find_last(Flow& flow, std::vector<std::uint64_t> const& sizes, std::uint64_t all) {
    auto const n = static_cast<double>(n_);
    std::vector<Last> taken;
    for (auto wanted = n + 6 * std::sqrt(n) + 16; taken.size() < n_; wanted *= 2) {
      taken.clear();
      auto const limit = greatest_draw(wanted / static_cast<double>(all));
      flow.superstep(
          "sample_exactly",
          [&](Step& step) {
            auto const p = step.partition().index();
            Draws draws(seed_, verb_, p);
            for (std::uint64_t i = 0; i < sizes[p]; ++i)
              if (auto const draw = draws.next(); draw <= limit) contribute(step, draw);
          },
          [&](Contributions parts) {
            for (std::uint64_t p = 0; p < parts.size(); ++p)
              for (std::size_t at = 0; at < parts[p].size(); at += sizeof(std::uint64_t)) {
                std::uint64_t draw = 0;
                std::memcpy(&draw, parts[p].data() + at, sizeof draw);
                taken.push_back({draw, p});
              }
          });
    }
    auto const nth = taken.begin() + static_cast<std::ptrdiff_t>(n_) - 1;
    std::nth_element(taken.begin(), nth, taken.end());
    *last_ = Last{nth->draw, nth->partition + 1};
  }

  std::uint64_t seed_, verb_, n_;
  std::shared_ptr<std::optional<Last>> last_ = std::make_shared<std::optional<Last>>();
};

}  // namespace pel::data
