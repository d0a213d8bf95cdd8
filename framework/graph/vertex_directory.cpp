#include "graph/vertex_directory.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "comm/exchange.hpp"

namespace pel::graph {

VertexDirectory::VertexDirectory(std::vector<PartitionId> partitions, std::vector<std::vector<OwnVertex>> by_slot)
    : ordered_(std::move(by_slot)), by_id_(partitions.size()) {
  for (std::size_t slot = 0; slot < ordered_.size(); ++slot) {
    auto& vertices = ordered_[slot];
    std::sort(vertices.begin(), vertices.end(), [](OwnVertex const& a, OwnVertex const& b) {
      auto const degree = [](OwnVertex const& v) { return std::uint64_t{v.in_degree} + v.out_degree; };
      return std::tuple(degree(b), a.id) < std::tuple(degree(a), b.id);
    });
    for (std::uint32_t i = 0; i < vertices.size(); ++i) by_id_[slot].emplace_back(vertices[i].id, i);
    std::sort(by_id_[slot].begin(), by_id_[slot].end());
  }
}

std::uint32_t VertexDirectory::index_of(std::size_t slot, std::uint64_t id) const {
  auto const& known = by_id_[slot];
  auto const at = std::lower_bound(known.begin(), known.end(), std::pair(id, std::uint32_t{0}));
  return at != known.end() && at->first == id ? at->second : absent;
}

VertexLookup::VertexLookup(engine::World& world, engine::Placement const& placement, VertexDirectory const& directory,
                           std::vector<std::vector<std::uint64_t>> wanted,
                           std::function<void(std::uint64_t)> const& unknown)
    : ids_(std::move(wanted)), indices_(ids_.size()) {
  auto const mine = placement.partitions_of(world.rank());
  comm::Exchange exchange(world.communicator());

  // Questions: the ids, a parcel for each partition; `from` is the rank that asks.
  auto const me = partition_id(static_cast<std::size_t>(world.rank()));
  std::vector<comm::Consignment> questions(static_cast<std::size_t>(world.ranks()));
  for (std::size_t p = 0; p < ids_.size(); ++p) {
    auto const rank = placement.rank_of(partition_id(p));
    questions[static_cast<std::size_t>(rank)].rank = rank;
    if (rank != world.rank() && !ids_[p].empty())
      questions[static_cast<std::size_t>(rank)].parcels.push_back(
          {partition_id(p), me, ids_[p].size(), std::as_bytes(std::span(ids_[p]))});
  }
  comm::Delivery asked, answered;
  world.communicate("exchange", [&] { asked = exchange.deliver_unannounced(questions); });

  // Answers: the indices in the order of the question; `to` is the rank that asked, `from` the partition.
  std::vector<std::vector<std::uint32_t>> answers(asked.parcels.size());
  std::vector<comm::Consignment> replies(static_cast<std::size_t>(world.ranks()));
  world.together(engine::Site::load, "look up vertices", [&] {
    for (std::size_t slot = 0; slot < mine.size(); ++slot)
      for (auto const id : ids_[index(mine[slot])]) {
        indices_[index(mine[slot])].push_back(directory.index_of(slot, id));
        if (indices_[index(mine[slot])].back() == VertexDirectory::absent) unknown(id);
      }
    for (std::size_t q = 0; q < asked.parcels.size(); ++q) {
      auto const& parcel = asked.parcels[q];
      auto const slot = static_cast<std::size_t>(std::lower_bound(mine.begin(), mine.end(), parcel.to) - mine.begin());
      for (std::uint64_t i = 0; i < parcel.count; ++i) {
        std::uint64_t id = 0;
        std::memcpy(&id, parcel.bytes.data() + i * sizeof id, sizeof id);
        answers[q].push_back(directory.index_of(slot, id));
        if (answers[q].back() == VertexDirectory::absent) unknown(id);
      }
      auto& reply = replies[index(parcel.from)];
      reply.rank = static_cast<int>(index(parcel.from));
      reply.parcels.push_back({parcel.from, parcel.to, parcel.count, std::as_bytes(std::span(answers[q]))});
    }
  });
  world.communicate("exchange", [&] { answered = exchange.deliver_unannounced(replies); });
  for (auto const& parcel : answered.parcels) {
    auto& indices = indices_[index(parcel.from)];
    indices.resize(parcel.count);
    std::memcpy(indices.data(), parcel.bytes.data(), parcel.bytes.size());
  }
}

engine::HaloEntry VertexLookup::entry_of(PartitionId partition, std::uint64_t id) const {
  auto const& ids = ids_[index(partition)];
  auto const at = std::lower_bound(ids.begin(), ids.end(), id) - ids.begin();
  return {partition, indices_[index(partition)][static_cast<std::size_t>(at)]};
}

std::vector<engine::HaloEntry> VertexLookup::all() const {
  std::vector<engine::HaloEntry> entries;
  for (std::size_t p = 0; p < ids_.size(); ++p)
    for (auto const i : indices_[p]) entries.push_back({partition_id(p), i});
  return entries;
}

}  // namespace pel::graph
