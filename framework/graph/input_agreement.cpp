#include "graph/input_agreement.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/world.hpp"

namespace pel::graph {
namespace {

std::vector<std::byte> pack(ReadCounts const& counts) {
  auto bytes = counts.bad.pack();
  bytes.resize(bytes.size() + 2 * sizeof(std::uint64_t));
  auto* const end = bytes.data() + bytes.size();
  std::memcpy(end - 16, &counts.vertices, 8);
  std::memcpy(end - 8, &counts.edges, 8);
  return bytes;
}

void add(std::span<std::byte const> bytes, ReadCounts& sum) {
  std::uint64_t vertices = 0, edges = 0;
  std::memcpy(&vertices, bytes.data() + bytes.size() - 16, 8);
  std::memcpy(&edges, bytes.data() + bytes.size() - 8, 8);
  sum.vertices += vertices;
  sum.edges += edges;
  sum.bad.add(BadLines::unpack(bytes));
}

// The distinct ones, ascending; the first `most` of them.
std::vector<std::uint64_t> least_of(std::vector<std::uint64_t> ids, std::uint64_t most) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.size() > most) ids.resize(static_cast<std::size_t>(most));
  return ids;
}

}  // namespace

ReadCounts agree_on_input(engine::World& world, EdgeInput const& input, ReadCounts const& mine) {
  auto const bytes = pack(mine);
  engine::Report report;
  report.site = engine::Site::load;
  report.contributions.push_back({PartitionId{static_cast<std::uint32_t>(world.rank())}, bytes});
  ReadCounts sum;
  for (auto const theirs : world.agreement().agree(report).contributions) add(theirs, sum);
  world.together(engine::Site::load, "load", [&] {
    if (world.rank() != 0) return;
    if (sum.bad.count() > input.max_bad()) throw input.error_of(sum.bad);
    input.check_promises(sum.vertices, sum.edges, sum.bad.count());
  });
  return sum;
}

std::vector<std::uint64_t> agree_on_strangers(engine::World& world, EdgeInput const& input,
                                              std::vector<std::uint64_t> mine) {
  // A bad line has two at most, so one more than twice as many as are tolerated are enough to know.
  auto const tolerated = 2 * std::min(input.max_bad(), std::uint64_t{1} << 62U);
  mine = least_of(std::move(mine), tolerated + 1);
  std::string const text(reinterpret_cast<char const*>(mine.data()), mine.size() * sizeof mine[0]);
  std::vector<std::uint64_t> ids;
  for (auto const& theirs : world.communicator().all_gather(text)) {
    auto const before = ids.size();
    ids.resize(before + theirs.size() / sizeof ids[0]);
    if (!theirs.empty()) std::memcpy(ids.data() + before, theirs.data(), theirs.size());
  }
  ids = least_of(std::move(ids), tolerated + 1);
  world.together(engine::Site::load, "load", [&] {
    if (world.rank() == 0 && ids.size() > tolerated) throw input.unknown_vertex(ids.front());
  });
  return ids;
}

void tell_bad_lines(engine::World& world, EdgeInput const& input, BadLines const& bad) {
  if (bad.count() == 0) return;
  world.together(engine::Site::load, "load", [&] {
    if (world.rank() != 0) return;
    auto const places = input.places_of(bad);
    world.log().warn(std::to_string(bad.count()) + (bad.count() == 1 ? " bad line is" : " bad lines are") +
                     " left out:");
    for (auto const& place : places) world.log().warn(place);
  });
}

}  // namespace pel::graph
