// Narrow verbs for which it matters where an element stands.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "data/pipe.hpp"
#include "data/wide.hpp"

namespace pel::data {

// A pipe whose stage goes through a partition from its beginning: start(step) makes one, which is called with each
// element in order and the sink of what it makes of it. A start that must know something of all partitions beforehand
// prepares the source itself: start.prepare(source, again).
template <class Source, class Start, class T>
class OrderedPipe : public OverSource<Source, T> {
 public:
  OrderedPipe(Source source, Start start) : OverSource<Source, T>(std::move(source)), start_(std::move(start)) {}

  void prepare(bool again = false) {
    if constexpr (requires { start_.prepare(this->source_, again); })
      start_.prepare(this->source_, again);
    else
      this->source_.prepare(again);
  }
  template <class Sink>
  void run(Step& step, Sink&& sink) const {
    auto stage = start_(step);
    this->source_.run(step, [&](auto const& element) { stage(element, sink); });
  }
  template <class Sink>
  void run_blocks(Step& step, Sink&& sink) const {
    ColumnSink<T> made(sink);
    run(step, [&](ViewOf<T> const& element) { made.add(element); });
    made.flush();
  }

 private:
  Start start_;
};

// How many elements each partition has. The source is prepared then, as by prepare(again).
// Collective: all ranks. Cost: nothing where sizes are known (of generated elements, records, what was sorted or
// rebalanced), else one superstep, and the elements are kept.
template <class Source>
[[nodiscard]] std::vector<std::uint64_t> partition_sizes(Source& source, std::string const& verb, bool again = false) {
  source.prepare(again);
  if (auto const* const known = source.sizes()) return *known;
  source.prepare(true);
  std::vector<std::uint64_t> sizes;
  source.flow()->superstep(
      verb + ": count",
      [&](Step& step) {
        std::uint64_t n = 0;
        source.run_blocks(step, [&](auto const& block) { n += block.size(); });
        contribute(step, n);
      },
      [&](Contributions all) {
        for (auto const bytes : all) std::memcpy(&sizes.emplace_back(), bytes.data(), sizeof sizes[0]);
      },
      source.passing());
  source.prepare(again);
  return sizes;
}

// The number of the first element of each partition, and at the end how many there are.
// Example: sizes 2, 0, 3 give 0, 2, 2, 5.
[[nodiscard]] std::vector<std::uint64_t> firsts_of(std::vector<std::uint64_t> const& sizes);

}  // namespace pel::data
