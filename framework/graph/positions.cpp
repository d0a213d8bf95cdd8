#include "graph/positions.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>
#include <tuple>
#include <utility>

#include "base/distribution.hpp"
#include "base/stable_order.hpp"
#include "engine/halo_map.hpp"
#include "graph/ship_lists.hpp"

namespace pel::graph {
namespace {

using Placed = std::pair<std::uint64_t, std::uint32_t>;  // id, its place in a list

std::vector<std::uint64_t> numbers_in(std::string const& text) {
  std::vector<std::uint64_t> numbers(text.size() / sizeof(std::uint64_t));
  if (!text.empty()) std::memcpy(numbers.data(), text.data(), text.size());
  return numbers;
}

std::string text_of(std::vector<std::uint64_t> const& numbers) {
  return {reinterpret_cast<char const*>(numbers.data()), numbers.size() * sizeof(std::uint64_t)};
}

// Rank r sorts the ids from splitter r - 1 up to below splitter r. Only how evenly they fall depends on the sample.
std::vector<std::uint64_t> splitters(engine::World& world, std::vector<Placed> const& sorted) {
  constexpr std::size_t most = 256;
  std::vector<std::uint64_t> sample, all;
  auto const stride = std::max<std::size_t>(1, sorted.size() / most);
  for (std::size_t i = stride / 2; i < sorted.size(); i += stride) sample.push_back(sorted[i].first);
  for (auto const& text : world.communicator().all_gather(text_of(sample)))
    for (auto const id : numbers_in(text)) all.push_back(id);
  std::sort(all.begin(), all.end());
  std::vector<std::uint64_t> cuts;
  auto const ranks = static_cast<std::size_t>(world.ranks());
  for (std::size_t r = 1; r < ranks; ++r) cuts.push_back(all.empty() ? 0 : all[all.size() * r / ranks]);
  return cuts;
}

// How many ids the ranks below this one sort.
std::uint64_t sorted_below(engine::World& world, std::uint64_t here) {
  std::uint64_t below = 0;
  int rank = 0;
  for (auto const& text : world.communicator().all_gather(text_of({here})))
    if (rank++ < world.rank()) below += numbers_in(text)[0];
  return below;
}

// What lies at the positions from `first` on, to the partitions that keep it.
std::vector<PositionIds> deal(engine::World& world, OwnerTable const& owners, std::vector<std::uint64_t> const& sorted,
                              std::uint64_t first, std::uint64_t n) {
  Block const blocks(n, owners.placement().partitions());
  std::vector<std::vector<std::uint64_t>> to(static_cast<std::size_t>(world.ranks()));
  for (std::size_t i = 0; i < sorted.size(); ++i)
    to[static_cast<std::size_t>(owners.placement().rank_of(blocks.owner(first + i)))].push_back(sorted[i]);
  // Ranks sort ascending stretches, and a rank's partitions ascend: so do the lists in the order of ranks.
  std::vector<std::uint64_t> all;
  for (auto const& list : ship_lists(world, std::move(to))) all.insert(all.end(), list.begin(), list.end());
  std::vector<PositionIds> here;
  auto at = all.cbegin();
  for (auto const p : owners.mine()) {
    auto const end = at + static_cast<std::ptrdiff_t>(blocks.size(p));
    here.push_back({blocks.first(p), {at, end}});
    at = end;
  }
  return here;
}

}  // namespace

Positions find_positions(engine::World& world, OwnerTable const& owners, std::vector<std::uint64_t> const& ids,
                         std::uint64_t n) {
  world.together(engine::Site::load, "load", [&] { (void)engine::checked_entries(n); });
  std::vector<Placed> own, scratch;
  for (std::uint32_t i = 0; i < ids.size(); ++i) own.emplace_back(ids[i], i);
  base::stable_order(own, scratch);
  auto const cuts = splitters(world, own);
  std::vector<std::vector<std::uint64_t>> to(static_cast<std::size_t>(world.ranks()));
  std::size_t rank = 0;
  for (auto const& [id, place] : own) {
    while (rank < cuts.size() && id >= cuts[rank]) ++rank;
    to[rank].push_back(id);
  }
  auto const lists = ship_lists(world, std::move(to));

  std::vector<Placed> all;  // id, place in the lists one after the other
  for (auto const& list : lists)
    for (auto const id : list) all.emplace_back(id, static_cast<std::uint32_t>(all.size()));
  base::stable_order(all, scratch);
  auto const below = sorted_below(world, all.size());
  std::vector<std::uint64_t> sorted;
  std::vector<std::uint32_t> position_of(all.size());
  for (auto const& [id, place] : all) {
    position_of[place] = static_cast<std::uint32_t>(below + sorted.size());
    sorted.push_back(id);
  }
  std::vector<std::vector<std::uint32_t>> answers;
  auto next = position_of.cbegin();
  for (auto const& list : lists) {
    auto const end = next + static_cast<std::ptrdiff_t>(list.size());
    answers.emplace_back(next, end);
    next = end;
  }
  Positions positions;
  positions.of_own.resize(ids.size());
  auto at = own.cbegin();
  for (auto const& list : ship_lists(world, std::move(answers)))  // by rank: in the order of `own`
    for (auto const position : list) positions.of_own[(at++)->second] = position;
  positions.here = deal(world, owners, sorted, below, n);
  return positions;
}

}  // namespace pel::graph
