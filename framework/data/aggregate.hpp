// Actions that make one value of all partitions, on every rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
[[nodiscard]] A aggregate(Source source, Add const& add, char const* verb = "aggregate") {
  using Block = BlockOf<typename Source::Element>;
  source.prepare();
  return fold_partitions<A>(*source.flow(), verb, source.passing(), [&](Step& step, A& mine) {
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

// See Stream::all_reduce.
template <class Source, class S, class Op>
[[nodiscard]] S all_reduce(Source source, S initial, Op const& op) {
  source.prepare();
  source.flow()->superstep(
      "all_reduce",
      [&](Step& step) {
        std::optional<S> mine;
        source.run(step, [&](auto const& element) {
          mine = mine ? static_cast<S>(op(*mine, element)) : static_cast<S>(element);
        });
        if (mine) ByteWriter(*step.frame.contribution).put(*mine);
      },
      [&](Contributions parts) {
        for (auto const bytes : parts) {
          if (bytes.empty()) continue;
          S part{};
          ByteReader(bytes).take(part);
          initial = static_cast<S>(op(initial, part));
        }
      },
      source.passing());
  return initial;
}

// See Stream::foreach_partition.
template <class Source, class F>
void foreach_partition(Source source, F const& f) {
  source.prepare();
  source.flow()->superstep(
      "foreach_partition",
      [&](Step& step) {
        f(step.partition(),
          [&](auto&& look) { source.run_blocks(step, [&](BlockOf<typename Source::Element> block) { look(block); }); });
      },
      {}, source.passing());
}

}  // namespace pel::data
