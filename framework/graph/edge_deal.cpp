#include "graph/edge_deal.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/machine.hpp"
#include "data/byte_range.hpp"
#include "graph/in_parallel.hpp"
#include "graph/ship_lists.hpp"

namespace pel::graph {
namespace {

constexpr std::size_t blocks_a_round = 16;

// Into how many shares an input is cut: a function of its size alone.
std::uint64_t shares_of(std::uint64_t bytes) {
  constexpr std::uint64_t large = std::uint64_t{1} << 20U, small = std::uint64_t{1} << 12U, some = 64;
  return std::max({std::uint64_t{1}, (bytes + large - 1) / large, std::min(some, bytes / small)});
}

class Stopwatch {
 public:
  explicit Stopwatch(double& sum) : sum_(sum), began_(base::monotonic_seconds()) {}
  ~Stopwatch() { sum_ += base::monotonic_seconds() - began_; }
  Stopwatch(Stopwatch const&) = delete;
  Stopwatch& operator=(Stopwatch const&) = delete;

 private:
  double& sum_;
  double began_;
};

}  // namespace

struct EdgeDeal::Source {
  EdgeBlock block;
  BadLines bad;
  std::vector<EdgeParcel> to;  // by rank
  std::uint64_t largest = 0;   // id
};

EdgeDeal::EdgeDeal(engine::World& world, EdgeInput const& input, OwnerTable const& owners, VertexNumbers& numbers,
                   bool directed, bool weights)
    : world_(world),
      input_(input),
      owners_(owners),
      numbers_(numbers),
      directed_(directed),
      weights_(weights),
      exchange_(world.communicator()) {}
EdgeDeal::~EdgeDeal() = default;

DealtArcs EdgeDeal::deal() {
  auto const workers = static_cast<std::size_t>(world_.workers().threads());
  auto const slots = owners_.mine().size();
  for (auto& set : dealt_.buckets) set.resize(workers);
  for (auto& buckets : dealt_.buckets[0]) buckets.resize(slots);
  for (auto& buckets : dealt_.buckets[1]) buckets.resize(directed_ ? slots : 0);
  dealt_.looped.resize(workers);
  dealt_.vertices.resize(slots);
  if (input_.declares_vertices()) read_vertices();
  read_edges();
  return std::move(dealt_);
}

void EdgeDeal::read_vertices() {
  std::vector<std::vector<std::uint64_t>> to(static_cast<std::size_t>(world_.ranks()));
  world_.together(engine::Site::load, "load", [&] {
    Stopwatch const watch(dealt_.read_seconds);
    std::vector<std::uint64_t> ids;
    input_.read_vertices(world_.rank(), world_.ranks(), ids, dealt_.bad);
    dealt_.declared = ids.size();
    for (auto const id : ids) to[owners_.rank_of(id)].push_back(id);
  });
  auto const lists = ship_lists(world_, std::move(to));
  for (auto const& list : lists)
    for (auto const id : list) {
      dealt_.vertices[owners_.slot_of(id)].push_back(id);
      numbers_.reach(id);
    }
  if (numbers_.space() > VertexNumbers::limit) numbers_.use_tables();
}

void EdgeDeal::read_edges() {
  auto const shares = shares_of(input_.bytes());
  auto const ranks = static_cast<std::uint64_t>(world_.ranks());
  auto const mine = data::share_of(shares, static_cast<std::uint64_t>(world_.rank()), ranks);
  auto const most = (shares + ranks - 1) / ranks;  // of any rank
  sources_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(blocks_a_round, most)));
  for (auto& source : sources_) source.to.resize(static_cast<std::size_t>(ranks));
  for (std::uint64_t done = 0; done < most; done += blocks_a_round) {
    auto const first = std::min(mine.begin + done, mine.end);
    read_round(first, static_cast<std::size_t>(std::min<std::uint64_t>(blocks_a_round, mine.end - first)));
    comm::Delivery delivery;
    auto const lists = ship(delivery);
    world_.together(engine::Site::load, "load", [&] {
      Stopwatch const watch(dealt_.sort_seconds);
      absorb(lists);
    });
  }
  sources_.clear();
}

void EdgeDeal::read_round(std::uint64_t first, std::size_t blocks) {
  world_.together(engine::Site::load, "load", [&] {
    Stopwatch const watch(dealt_.read_seconds);
    in_parallel(world_.workers(), blocks, [&](std::size_t i, std::size_t) { read_block(first + i, sources_[i]); });
    for (auto i = blocks; i < sources_.size(); ++i)
      for (auto& parcel : sources_[i].to) parcel.clear(0);
    for (std::size_t i = 0; i < blocks; ++i) {
      dealt_.edges += sources_[i].block.ends.size();
      dealt_.bad.add(sources_[i].bad);
      sources_[i].bad = {};
    }
  });
}

// Each edge to the ranks that own its ends, once to each.
void EdgeDeal::read_block(std::uint64_t share, Source& source) const {
  auto& block = source.block;
  block.ends.clear();
  block.weights.clear();
  input_.read_edges(static_cast<int>(share), static_cast<int>(shares_of(input_.bytes())), block, source.bad);
  std::uint64_t all = 0;  // has the highest bit of the largest id
  for (auto const& [from, to] : block.ends) all |= from | to;
  source.largest = all;
  for (auto& parcel : source.to) parcel.clear(all);
  for (std::size_t i = 0; i < block.ends.size(); ++i) {
    auto const [from, to] = block.ends[i];
    auto const rank = source.to.size() == 1 ? 0 : owners_.rank_of(to);
    auto const other = source.to.size() == 1 ? 0 : owners_.rank_of(from);
    source.to[rank].add(from, to);
    if (weights_) source.to[rank].add_weight(block.weights[i]);
    if (other == rank) continue;
    source.to[other].add(from, to);
    if (weights_) source.to[other].add_weight(block.weights[i]);
  }
}

// What this rank owns of the round: lists of its own and of the others, whose memory is the delivery's.
std::vector<EdgeList> EdgeDeal::ship(comm::Delivery& delivery) {
  Stopwatch const watch(dealt_.ship_seconds);
  auto const me = static_cast<std::size_t>(world_.rank()), ranks = static_cast<std::size_t>(world_.ranks());
  std::vector<EdgeList> lists;
  for (auto const& source : sources_)
    lists.emplace_back(source.to[me].size(), source.to[me].ends(), source.to[me].weights());
  if (ranks == 1) return lists;
  // The parcels of a rank are numbered by `to`: 2 i are the ends of block i, 2 i + 1 its weights.
  std::vector<comm::Consignment> outgoing;
  for (std::size_t r = 0; r < ranks; ++r) {
    if (r == me) continue;
    comm::Consignment consignment{static_cast<int>(r), {}};
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      auto const& parcel = sources_[i].to[r];
      if (parcel.size() == 0) continue;
      consignment.parcels.push_back({partition_id(2 * i), partition_id(me), parcel.size(), parcel.ends()});
      if (weights_)
        consignment.parcels.push_back({partition_id(2 * i + 1), partition_id(me), parcel.size(), parcel.weights()});
    }
    outgoing.push_back(std::move(consignment));
  }
  world_.communicate("exchange", [&] { delivery = exchange_.deliver_unannounced(outgoing); });
  // They are ordered by (to, from): ends of all ranks, then their weights in the same order.
  auto const& parcels = delivery.parcels;
  for (std::size_t i = 0; i < parcels.size();) {
    auto end = i;
    while (end < parcels.size() && parcels[end].to == parcels[i].to) ++end;
    for (auto k = i; k < end; ++k)
      lists.emplace_back(parcels[k].count, parcels[k].bytes,
                         weights_ ? parcels[end + (k - i)].bytes : std::span<std::byte const>());
    i = weights_ ? end + (end - i) : end;
  }
  return lists;
}

void EdgeDeal::absorb(std::vector<EdgeList> const& lists) {
  if (numbers_.direct()) {
    std::vector<std::uint64_t> largest(lists.size(), 0);
    world_.workers().for_each(lists.size(), [&](std::size_t i, int) {
      std::uint64_t all = 0;
      lists[i].for_each([&](std::uint64_t from, std::uint64_t to, std::size_t) { all = std::max({all, from, to}); });
      largest[i] = all;
    });
    auto const most = *std::max_element(largest.begin(), largest.end());
    if (most >= VertexNumbers::limit)
      renumber(world_.workers(), dealt_, numbers_);
    else
      numbers_.reach(most);
  }
  in_parallel(world_.workers(), lists.size(), [&](std::size_t i, std::size_t worker) { absorb(lists[i], worker); });
}

void EdgeDeal::absorb(EdgeList const& list, std::size_t worker) {
  auto& in = dealt_.buckets[0][worker];
  auto& out = dealt_.buckets[1][worker];
  auto& looped = dealt_.looped[worker];
  auto const put = [&](std::vector<ArcBucket>& buckets, std::uint32_t slot, NumberedArc arc, std::size_t i) {
    if (slot == OwnerTable::elsewhere) return;
    if (weights_)
      buckets[slot].add(arc, list.weight(i));
    else
      buckets[slot].add(arc);
  };
  list.for_each([&](std::uint64_t from, std::uint64_t to, std::size_t i) {
    auto const source = numbers_.number_of(from), target = numbers_.number_of(to);
    if (source == target) {
      looped.push_back(source);
      return;
    }
    put(in, owners_.slot_of(to), {target, source}, i);
    put(directed_ ? out : in, owners_.slot_of(from), {source, target}, i);
  });
}

void renumber(engine::Workers& workers, DealtArcs& dealt, VertexNumbers& numbers) {
  numbers.use_tables();
  for (auto& set : dealt.buckets)
    for (auto& buckets : set)
      in_parallel(workers, buckets.size(), [&](std::size_t slot, std::size_t) {
        buckets[slot].for_each([&](NumberedArc& arc) {
          arc = {numbers.number_of(arc.row), numbers.number_of(arc.neighbour)};
        });
      });
  for (auto& looped : dealt.looped)
    for (auto& number : looped) number = numbers.number_of(number);
}

}  // namespace pel::graph
