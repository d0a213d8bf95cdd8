#include "graph/input_agreement.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
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

void tell(engine::World& world, EdgeInput const& input, BadLines const& bad) {
  world.log().warn(std::to_string(bad.count()) + (bad.count() == 1 ? " bad line is" : " bad lines are") + " left out:");
  for (auto const& place : input.places_of(bad)) world.log().warn(place);
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
    if (sum.bad.count() > 0) tell(world, input, sum.bad);
  });
  return sum;
}

}  // namespace pel::graph
