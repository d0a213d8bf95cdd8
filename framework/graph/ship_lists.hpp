// Lists from each rank to each.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "comm/exchange.hpp"
#include "engine/world.hpp"
#include "pel/partition.hpp"

namespace pel::graph {

// The lists that the ranks have for this one, by rank; the own one is moved. Collective: all ranks, main thread.
// Throws: MpiError. Cost: h = the bytes of the lists; l = 1 exchange and 1 collective (none of both on one rank).
// Example: rank 0 has {"a", "bc"} and rank 1 {"d", ""}: rank 0 gets {"a", "d"}, rank 1 {"bc", ""}.
template <class T>
[[nodiscard]] std::vector<std::vector<T>> ship_lists(engine::World& world, std::vector<std::vector<T>> by_rank) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (world.ranks() == 1) return by_rank;
  auto const me = static_cast<std::size_t>(world.rank());
  std::vector<comm::Consignment> outgoing;
  for (std::size_t r = 0; r < by_rank.size(); ++r)
    if (r != me && !by_rank[r].empty())
      outgoing.push_back(
          {static_cast<int>(r),
           {{partition_id(r), partition_id(me), by_rank[r].size(), std::as_bytes(std::span(by_rank[r]))}}});
  comm::Delivery delivery;
  world.communicate("exchange", [&] { delivery = comm::Exchange(world.communicator()).deliver_unannounced(outgoing); });
  std::vector<std::vector<T>> received(by_rank.size());
  world.together(engine::Site::load, "ship", [&] {
    received[me] = std::move(by_rank[me]);
    for (auto const& parcel : delivery.parcels) {
      auto& list = received[index(parcel.from)];
      list.resize(parcel.count);
      std::memcpy(list.data(), parcel.bytes.data(), parcel.bytes.size());
    }
  });
  return received;
}

}  // namespace pel::graph
