// sample and sample_exactly: elements drawn by number, the same whatever ranks and threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "data/draws.hpp"
#include "data/ordered_pipe.hpp"

namespace pel::data {

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

// The start of a pipe that lets through the n elements with the least draws.
template <class T>
class DrawExactly {
 public:
  DrawExactly(std::uint64_t seed, std::uint64_t verb, std::uint64_t n) : seed_(seed), verb_(verb), n_(n) {}

  template <class Source>
  void prepare(Source& source, bool again) {
    if (!*end_) *end_ = end_of_draws(*source.flow(), seed_, verb_, partition_sizes(source, "sample_exactly", true), n_);
    source.prepare(again);
  }
  [[nodiscard]] auto operator()(Step& step) const {
    auto const p = step.partition().index();
    return [draws = Draws(seed_, verb_, p), end = **end_, p](ViewOf<T> const& element, auto& sink) mutable {
      if (DrawOf{draws.next(), p} < end) sink(element);
    };
  }

 private:
  std::uint64_t seed_, verb_, n_;
  std::shared_ptr<std::optional<DrawOf>> end_ = std::make_shared<std::optional<DrawOf>>();
};

}  // namespace pel::data
