#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "base/distribution.hpp"
#include "comm/exchange.hpp"
#include "engine/halo_map.hpp"
#include "engine/placement.hpp"
#include "graph/rank_graph.hpp"
#include "graph/vertex_directory.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

// An entry of an adjacency row, by ids: `row` belongs to this rank once the arcs are dealt.
struct Arc {
  std::uint64_t row = 0, neighbour = 0;
  double weight = 1;
  friend auto operator<=>(Arc const&, Arc const&) = default;
};

class Loader {
 public:
  Loader(engine::World& world, std::uint32_t partitions, GraphSource const& source, std::optional<bool> directed,
         GraphNeeds const& needs)
      : world_(world),
        needs_(needs),
        source_(source),
        directed_(directed),
        owners_(partitions),
        placement_(engine::Placement::contiguous(partitions, world.ranks())),
        mine_(placement_.partitions_of(world.rank())) {}

  std::shared_ptr<RankGraph const> all() {
    read();
    deal();
    order();
    build();
    if (needs_.positions) find_positions();
    graph_->report = total();
    return graph_;
  }

 private:
  void read() {
    world_.together(engine::Site::load, "load", [&] {
      share_ = read_share(source_, world_.rank(), world_.ranks());
      if (!directed_) directed_ = share_.directed;
      if (!directed_)
        throw UsageError("--directed",
                         "whether " + source_.spec + " is directed must be said: --directed or --undirected");
    });
    graph_ = std::make_shared<RankGraph>();
    graph_->names = share_.names;
    declared_ = share_.declared;
  }

  // Arcs and vertices to the ranks that own them, then into the partitions. An undirected edge is two in-arcs.
  void deal() {
    std::vector<std::vector<Arc>> in(static_cast<std::size_t>(world_.ranks())), out(in.size());
    std::vector<std::vector<std::uint64_t>> vertices(in.size());
    world_.together(engine::Site::load, "deal", [&] { sort_by_rank(in, out, vertices); });
    in_ = into_partitions(ship(std::move(in)), [](Arc const& arc) { return arc.row; });
    out_ = into_partitions(ship(std::move(out)), [](Arc const& arc) { return arc.row; });
    vertices_ = into_partitions(ship(std::move(vertices)), [](std::uint64_t id) { return id; });
    world_.together(engine::Site::load, "load", [] {});
  }

  void sort_by_rank(std::vector<std::vector<Arc>>& in, std::vector<std::vector<Arc>>& out,
                    std::vector<std::vector<std::uint64_t>>& vertices) {
    for (auto const id : share_.vertices) vertices[rank_of(id)].push_back(id);
    for (auto const& [source, target] : share_.edges) {
      if (source == target) {
        ++loops_;
        if (declared_)
          looped_.push_back(source);  // is looked up like any other
        else
          vertices[rank_of(source)].push_back(source);
        continue;
      }
      in[rank_of(target)].push_back({target, source});
      if (*directed_)
        out[rank_of(source)].push_back({source, target});
      else
        in[rank_of(source)].push_back({source, target});
    }
    share_ = {};
  }

  [[nodiscard]] std::size_t rank_of(std::uint64_t id) const {
    return static_cast<std::size_t>(placement_.rank_of(owners_.owner(id)));
  }

  // What other ranks had for this one, after what it has for itself.
  template <class T>
  std::vector<T> ship(std::vector<std::vector<T>> by_rank) {
    auto const me = static_cast<std::size_t>(world_.rank());
    std::vector<comm::Consignment> outgoing;
    for (std::size_t r = 0; r < by_rank.size(); ++r)
      if (r != me && !by_rank[r].empty())
        outgoing.push_back(
            {static_cast<int>(r),
             {{partition_id(r), partition_id(me), by_rank[r].size(), std::as_bytes(std::span(by_rank[r]))}}});
    comm::Exchange exchange(world_.communicator());
    comm::Delivery delivery;
    world_.communicate("exchange", [&] { delivery = exchange.deliver_unannounced(outgoing); });
    world_.together(engine::Site::load, "ship", [] {});  // an unannounced exchange ends with a collective
    auto all = std::move(by_rank[me]);
    for (auto const& parcel : delivery.parcels) {
      auto const at = all.size();
      all.resize(at + parcel.count);
      std::memcpy(all.data() + at, parcel.bytes.data(), parcel.bytes.size());
    }
    return all;
  }

  template <class T, class IdOf>
  std::vector<std::vector<T>> into_partitions(std::vector<T> const& items, IdOf const& id_of) const {
    std::vector<std::uint32_t> slot_of(placement_.partitions(), 0);
    for (std::size_t slot = 0; slot < mine_.size(); ++slot)
      slot_of[index(mine_[slot])] = static_cast<std::uint32_t>(slot);
    std::vector<std::size_t> sizes(mine_.size(), 0);
    for (auto const& item : items) ++sizes[slot_of[index(owners_.owner(id_of(item)))]];
    std::vector<std::vector<T>> by_slot(mine_.size());
    for (std::size_t slot = 0; slot < mine_.size(); ++slot) by_slot[slot].reserve(sizes[slot]);
    for (auto const& item : items) by_slot[slot_of[index(owners_.owner(id_of(item)))]].push_back(item);
    return by_slot;
  }

  // Sorts the arcs of each partition, drops repeats, and orders the vertices.
  void order() {
    std::vector<std::vector<OwnVertex>> own(mine_.size());
    repeats_of_.assign(mine_.size(), 0);
    world_.together(engine::Site::load, world_.where("", "load"), mine_, [&](std::size_t slot, int) {
      for (auto* const arcs : {&in_[slot], &out_[slot]}) {
        std::sort(arcs->begin(), arcs->end());
        auto const end = std::unique(arcs->begin(), arcs->end(), [](Arc const& a, Arc const& b) {
        return a.row == b.row && a.neighbour == b.neighbour;
      });
        if (arcs == &in_[slot]) repeats_of_[slot] = static_cast<std::uint64_t>(arcs->end() - end);
        arcs->erase(end, arcs->end());
      }
      own[slot] = vertices_of(slot);
    });
    directory_.emplace(mine_, std::move(own));
  }

  // The vertices of a partition, ascending by id, with their degrees.
  [[nodiscard]] std::vector<OwnVertex> vertices_of(std::size_t slot) {
    auto& ids = vertices_[slot];
    std::sort(ids.begin(), ids.end());
    if (declared_) {
      if (auto const twice = std::adjacent_find(ids.begin(), ids.end()); twice != ids.end())
        throw BadData(source_.spec, 0, 0, -1, "vertex " + std::to_string(*twice) + " is declared twice");
    } else {
      for (auto const* const arcs : {&in_[slot], &out_[slot]})
        for (auto const& arc : *arcs)
          if (ids.empty() || ids.back() != arc.row) ids.push_back(arc.row);
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    }
    std::vector<OwnVertex> own;
    own.reserve(ids.size());
    for (auto const id : ids) own.push_back({id, 0, 0});
    count(own, in_[slot], &OwnVertex::in_degree);
    count(own, *directed_ ? out_[slot] : in_[slot], &OwnVertex::out_degree);
    return own;
  }

  void count(std::vector<OwnVertex>& own, std::vector<Arc> const& arcs, std::uint32_t OwnVertex::*degree) const {
    auto at = own.begin();
    for (auto const& arc : arcs) {
      while (at != own.end() && at->id < arc.row) ++at;
      if (at == own.end() || at->id != arc.row) throw unknown_vertex(source_, arc.row);
      ++((*at).*degree);
    }
  }

  void build() {
    std::vector<std::vector<std::uint64_t>> wanted(placement_.partitions());
    for (auto const* const all : {&in_, &out_})
      for (auto const& arcs : *all)
        for (auto const& arc : arcs) wanted[index(owners_.owner(arc.neighbour))].push_back(arc.neighbour);
    for (auto const id : looped_) wanted[index(owners_.owner(id))].push_back(id);
    for (auto& ids : wanted) {
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    }
    VertexLookup const lookup(world_, placement_, *directory_, std::move(wanted),
                              [&](std::uint64_t id) { throw unknown_vertex(source_, id); });
    std::vector<std::uint32_t> sizes;
    world_.together(engine::Site::load, "load", [&] {
      for (std::size_t slot = 0; slot < mine_.size(); ++slot)
        sizes.push_back(engine::checked_entries(directory_->ordered(slot).size()));
    });
    mirrors_of_.assign(static_cast<std::size_t>(world_.ranks()), 0);
    for (auto const& entry : lookup.all()) ++mirrors_of_[static_cast<std::size_t>(placement_.rank_of(entry.partition))];
    auto const map = engine::HaloMap::make(world_, placement_, sizes, lookup.all());
    graph_->layout = map.layout();
    lay_out();
    count_low_mirrors();
    world_.together(engine::Site::load, world_.where("", "load"), mine_, [&](std::size_t slot, int) {
      fill_rows(slot, graph_->in, in_[slot], lookup, map);
      if (*directed_ && needs_.out) fill_rows(slot, graph_->out, out_[slot], lookup, map);
    });
    auto& degree = graph_->out_degree;
    degree.resize(graph_->slots());
    world_.communicate(
        "halo", [&] { graph_->layout->plan.ship(reinterpret_cast<std::byte*>(degree.data()), sizeof degree[0]); });
  }

  void count_low_mirrors() {
    for (int rank = 0; rank < world_.rank(); ++rank) graph_->low_mirrors += mirrors_of_[static_cast<std::size_t>(rank)];
  }

  // Vertices and the extents of their rows, partition by partition.
  void lay_out() {
    auto& in = graph_->in;
    auto& out = graph_->out;
    in.first.assign(1, 0);
    out.first.assign(1, 0);
    for (std::size_t slot = 0; slot < mine_.size(); ++slot) {
      for (auto const& vertex : directory_->ordered(slot)) {
        graph_->ids.push_back(vertex.id);
        graph_->out_degree.push_back(vertex.out_degree);
        in.first.push_back(in.first.back() + vertex.in_degree);
        out.first.push_back(out.first.back() + vertex.out_degree);
      }
    }
    for (auto* const rows : {&in, &out}) {
      rows->slots = Array<std::uint32_t>(rows->first.back());
      if (needs_.weights) rows->weights = Array<double>(rows->first.back());
    }
  }

  void fill_rows(std::size_t slot, Rows& rows, std::vector<Arc>& arcs, VertexLookup const& lookup,
                 engine::HaloMap const& map) {
    std::vector<std::tuple<double, engine::HaloEntry, double>> row;
    for (std::size_t i = 0; i < arcs.size();) {
      auto const id = arcs[i].row;
      row.clear();
      for (; i < arcs.size() && arcs[i].row == id; ++i) {
        auto const entry = lookup.entry_of(owners_.owner(arcs[i].neighbour), arcs[i].neighbour);
        double const key = needs_.order == RowOrder::by_g        ? 0
                           : needs_.order == RowOrder::hub_first ? entry.index
                                                                 : arcs[i].weight;
        row.emplace_back(key, entry, arcs[i].weight);
      }
      std::sort(row.begin(), row.end());
      auto at = rows.first[graph_->layout->first[slot] + directory_->index_of(slot, id)];
      for (auto const& [key, entry, weight] : row) {
        if (needs_.weights) rows.weights[at] = weight;
        rows.slots[at++] = map.position(entry);
      }
    }
    arcs = {};
  }

  void find_positions() {
    std::string const mine(reinterpret_cast<char const*>(graph_->ids.data()), graph_->ids.size() * 8);
    std::vector<std::uint64_t> all;
    for (auto const& text : world_.communicator().all_gather(mine)) {
      auto const at = all.size();
      all.resize(at + text.size() / 8);
      if (!text.empty()) std::memcpy(all.data() + at, text.data(), text.size());
    }
    std::sort(all.begin(), all.end());
    for (auto const id : graph_->ids)
      graph_->position.push_back(
          static_cast<std::uint32_t>(std::lower_bound(all.begin(), all.end(), id) - all.begin()));
    Block const blocks(all.size(), placement_.partitions());
    for (auto const p : mine_) {
      auto const first = all.begin() + static_cast<std::ptrdiff_t>(blocks.first(p));
      graph_->position_ids.push_back(
          {blocks.first(p), {first, first + static_cast<std::ptrdiff_t>(blocks.size(p))}});
    }
  }

  // Sums over ranks; every rank brings its numbers in the name of its first partition.
  [[nodiscard]] LoadReport total() {
    std::array<std::uint64_t, 4> const mine{graph_->ids.size(), graph_->in.slots.size(), loops_,
                                            std::accumulate(repeats_of_.begin(), repeats_of_.end(), std::uint64_t{0})};
    engine::Report report;
    report.site = engine::Site::load;
    report.contributions.push_back({mine_[0], std::as_bytes(std::span(mine))});
    LoadReport sum;
    for (auto const bytes : world_.agreement().agree(report).contributions) {
      std::array<std::uint64_t, 4> theirs{};
      std::memcpy(theirs.data(), bytes.data(), sizeof theirs);
      sum.vertices += theirs[0];
      sum.edges += theirs[1];
      sum.most_arcs = std::max(sum.most_arcs, theirs[1]);
      sum.loops += theirs[2];
      sum.repeats += theirs[3];
    }
    sum.directed = *directed_;
    if (!*directed_) {  // each was counted from both ends
      sum.edges /= 2;
      sum.repeats /= 2;
    }
    return sum;
  }

  engine::World& world_;
  GraphNeeds needs_;
  std::vector<std::uint32_t> mirrors_of_;  // by rank
  GraphSource const& source_;
  std::optional<bool> directed_;
  Hashed owners_;
  engine::Placement placement_;
  std::vector<PartitionId> mine_;
  EdgeShare share_;
  bool declared_ = false;
  std::uint64_t loops_ = 0;
  std::vector<std::uint64_t> looped_;                 // vertices with a loop, where the input declares its vertices
  std::vector<std::uint64_t> repeats_of_;             // by slot
  std::vector<std::vector<Arc>> in_, out_;            // by slot
  std::vector<std::vector<std::uint64_t>> vertices_;  // by slot
  std::optional<VertexDirectory> directory_;
  std::shared_ptr<RankGraph> graph_;
};

}  // namespace

std::shared_ptr<RankGraph const> load(engine::World& world, std::uint32_t partitions, GraphSource const& source,
                                      std::optional<bool> directed, GraphNeeds const& needs) {
  world.together(engine::Site::start, "start", [&] {
    if (static_cast<std::uint32_t>(world.ranks()) > partitions)
      throw UsageError("--partitions", std::to_string(partitions) + " partitions cannot be shared by " +
                                           std::to_string(world.ranks()) + " ranks");
  });
  return Loader(world, partitions, source, directed, needs).all();
}

}  // namespace pel::graph
