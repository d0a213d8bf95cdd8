// Actions that make one value of all partitions, on every rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "data/element.hpp"
#include "data/flow.hpp"
#include "data/value_bytes.hpp"

namespace pel::data {

// One A a partition, which `look(step, a)` fills; folded with += from partition 0 up, a default value first.
template <class A, class Look>
[[nodiscard]] A fold_partitions(Flow& flow, std::string const& name, Arriving const* passing, Look const& look) {
  A total{};
  flow.superstep(
      name,
      [&](Step& step) {
        A mine{};
        look(step, mine);
        ByteWriter(*step.frame.contribution).put(mine);
      },
      [&](Contributions all) {
        for (auto const bytes : all) {
          A part{};
          ByteReader(bytes).take(part);
          total += part;
        }
      },
      passing);
  return total;
}

// Where a block lies: in the slot-th partition of its rank, behind so many elements.
struct Place {
  std::size_t slot = 0;
  std::size_t offset = 0;
};

// See Stream::aggregate. `add` may take the Place of a block, too.
template <class A, class Source, class Add>
[[nodiscard]] A aggregate(Source source, Add const& add) {
  using Block = BlockOf<typename Source::Element>;
  source.prepare();
  return fold_partitions<A>(*source.flow(), "aggregate", source.passing(), [&](Step& step, A& mine) {
    if constexpr (std::is_invocable_v<Add const&, Block, A&, Place>) {
      Place place{step.slot, 0};
      source.run_blocks(step, [&](Block block) {
        add(block, mine, place);
        place.offset += block.size();
      });
    } else {
      source.run_blocks(step, [&](Block block) { add(block, mine); });
    }
  });
}

// The elements of all partitions, in their order.
template <class Source>
[[nodiscard]] auto collect(Source source) {
  using T = typename Source::Element;
  source.prepare();
  std::vector<T> all;
  source.flow()->superstep(
      "collect",
      [&](Step& step) {
        std::vector<T> mine;
        source.run(step, [&](auto const& element) { mine.push_back(T(element)); });
        ByteWriter(*step.frame.contribution).put(mine);
      },
      [&](Contributions parts) {
        for (auto const bytes : parts) {
          std::vector<T> part;
          ByteReader(bytes).take(part);
          all.insert(all.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
        }
      },
      source.passing());
  return all;
}

}  // namespace pel::data
