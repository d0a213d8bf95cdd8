#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "base/machine.hpp"
#include "base/stable_order.hpp"
#include "engine/halo_map.hpp"
#include "engine/placement.hpp"
#include "graph/edge_deal.hpp"
#include "graph/grouped_rows.hpp"
#include "graph/in_parallel.hpp"
#include "graph/input_agreement.hpp"
#include "graph/mirrors.hpp"
#include "graph/owner_table.hpp"
#include "graph/rank_graph.hpp"
#include "graph/row_builder.hpp"
#include "graph/vertex_numbers.hpp"
#include "graph/vertex_states.hpp"
#include "pel/error.hpp"

namespace pel::graph {
namespace {

// An own vertex. In a partition they stand by id first: that is a vertex's place.
struct OwnVertex {
  std::uint64_t id = 0;
  std::uint32_t number = 0;
};

class Loader {
 public:
  Loader(engine::World& world, std::uint32_t partitions, EdgeInput const& input, std::optional<bool> directed,
         GraphNeeds const& needs)
      : world_(world),
        input_(input),
        directed_(directed ? *directed : input.directed().value_or(true)),
        needs_(needs),
        owners_(engine::Placement::contiguous(partitions, world.ranks()), world.rank()),
        slots_(owners_.mine().size()) {}

  // Reads the input into rows. Returns the vertices that its edges name and it does not declare, the same on all ranks:
  // if there are any, nothing can be built, and the input has to be read again without the edges to them.
  [[nodiscard]] std::vector<std::uint64_t> read() {
    graph_->source = input_.spec();
    graph_->defaults = input_.defaults();
    graph_->names = input_.names();
    graph_->weights_read = input_.weighted();
    dealt_ = EdgeDeal(world_, input_, owners_, numbers_, directed_, needs_.weights).deal();
    bad_ = agree_on_input(world_, input_, {dealt_.declared, dealt_.edges, dealt_.bad}).bad;
    dealt_at_ = base::monotonic_seconds();
    find_own_vertices();
    group();
    if (!input_.declares_vertices()) return {};
    return agree_on_strangers(world_, input_, own_strangers());
  }

  // Requires: read() returned nothing. Once.
  std::shared_ptr<RankGraph const> build() {
    tell_bad_lines(world_, input_, bad_);
    order();
    find_mirrors();
    build_rows();
    graph_->report = total();
    graph_->report.left_out = bad_.count();
    world_.together(engine::Site::load, "load",
                    [&] { input_.check_vertices_met(graph_->report.vertices, bad_.count()); });
    if (needs_.positions) {
      auto positions = find_positions(world_, owners_, graph_->ids, graph_->report.vertices);
      graph_->position = std::move(positions.of_own);
      graph_->position_ids = std::move(positions.here);
    }
    graph_->report.read_seconds = dealt_.read_seconds;
    graph_->report.ship_seconds = dealt_.ship_seconds;
    graph_->report.build_seconds = dealt_.sort_seconds + base::monotonic_seconds() - dealt_at_;
    graph_->report.seconds = base::monotonic_seconds() - started_;
    return graph_;
  }

 private:
  // Work on each of this rank's partitions. Collective.
  template <class Work>
  void by_partition(Work const& work) {
    world_.together(engine::Site::load, world_.where("", "load"), owners_.mine(),
                    [&](std::size_t slot, int worker) { work(slot, static_cast<std::size_t>(worker)); });
  }

  void find_own_vertices() {
    own_.resize(slots_);
    strangers_.resize(slots_);
    world_.together(engine::Site::load, "load", [&] {
      std::uint64_t arcs = 0, declared = 0;
      for (auto const& set : dealt_.buckets)
        for (auto const& buckets : set)
          for (auto const& bucket : buckets) arcs += bucket.size();
      for (auto const& ids : dealt_.vertices) declared += ids.size();
      // Tables by number are to be no longer than what they serve.
      auto const most = std::max(arcs, 16 * declared * static_cast<std::uint64_t>(world_.ranks()));
      if (numbers_.direct() && numbers_.space() > most + (1U << 16U)) renumber(world_.workers(), dealt_, numbers_);
      looped_.resize(slots_);
      for (auto const& numbers : dealt_.looped)
        for (auto const number : numbers) looped_[owners_.slot_of(numbers_.id_of(number))].push_back(number);
      if (numbers_.direct()) return;
      for (auto const& ids : dealt_.vertices)
        for (auto const id : ids) (void)numbers_.number_of(id);
    });
    states_.emplace(numbers_.space());
    by_partition([&](std::size_t slot, std::size_t) { input_.declares_vertices() ? declare(slot) : meet(slot); });
  }

  // The vertices that the input names.
  void declare(std::size_t slot) {
    auto& own = own_[slot];
    auto ids = std::exchange(dealt_.vertices[slot], {});
    std::sort(ids.begin(), ids.end());
    for (auto const id : ids) {
      if (!own.empty() && own.back().id == id) throw input_.repeated_vertex(id);
      own.push_back({id, numbers_.number_of(id)});
      (*states_)[own.back().number] = static_cast<std::uint32_t>(own.size() - 1);
    }
    for (auto const number : looped_[slot])
      if ((*states_)[number] == VertexStates::unseen) strangers_[slot].push_back(number);
  }

  // The vertices that have an edge.
  void meet(std::size_t slot) {
    auto& own = own_[slot];
    auto const see = [&](std::uint32_t number) {
      auto& state = (*states_)[number];
      if (state != VertexStates::unseen) return;
      state = 0;
      own.push_back({numbers_.id_of(number), number});
    };
    for (auto& set : dealt_.buckets)
      for (auto& buckets : set)
        if (!buckets.empty()) buckets[slot].for_each([&](NumberedArc const& arc) { see(arc.row); });
    for (auto const number : looped_[slot]) see(number);
    std::sort(own.begin(), own.end(), [](OwnVertex const& a, OwnVertex const& b) { return a.id < b.id; });
    for (std::uint32_t i = 0; i < own.size(); ++i) (*states_)[own[i].number] = i;
  }

  [[nodiscard]] std::vector<std::uint64_t> own_strangers() const {
    std::vector<std::uint64_t> ids;
    for (auto const& numbers : strangers_)
      for (auto const number : numbers) ids.push_back(numbers_.id_of(number));
    return ids;
  }

  [[nodiscard]] bool needed(std::size_t set) const {
    return set == 0 ? needs_.in || !directed_ : needs_.out && directed_;
  }

  // Rows as sets. Both directions, as degrees follow from both; what only degrees need goes at once.
  void group() {
    for (auto& set : grouped_) set.resize(slots_);
    std::vector<RepeatFilter> filters(static_cast<std::size_t>(world_.workers().threads()));
    by_partition([&](std::size_t slot, std::size_t worker) {
      for (std::size_t set = 0; set < (directed_ ? 2U : 1U); ++set) {
        std::vector<ArcBucket*> buckets;
        for (auto& of_worker : dealt_.buckets[set]) buckets.push_back(&of_worker[slot]);
        auto& rows = grouped_[set][slot];
        rows = group_rows(buckets, *states_, own_[slot].size(), needs_.weights, filters[worker], strangers_[slot]);
        if (!needed(set)) {
          rows.neighbours = {};
          rows.weights = {};
          continue;
        }
        for (std::size_t v = 0; v < rows.first.size(); ++v)
          for (auto i = rows.first[v]; i < rows.first[v] + rows.degree[v]; ++i) states_->want(rows.neighbours[i]);
      }
    });
    for (auto& set : dealt_.buckets) set.clear();
    for (std::size_t set = 0; set < 2; ++set)
      for (auto const& rows : grouped_[set]) {
        arcs_[set] += rows.arcs();
        if (set == 0) repeats_ += rows.repeats;
      }
  }

  // Vertices by descending degree, then id; slots for them.
  void order() {
    order_.resize(slots_);
    by_partition([&](std::size_t slot, std::size_t) {
      std::vector<std::pair<std::int64_t, std::uint32_t>> by_degree, scratch;
      auto const& in = grouped_[0][slot].degree;
      auto const* const out = directed_ ? &grouped_[1][slot].degree : nullptr;
      for (std::uint32_t i = 0; i < in.size(); ++i)
        by_degree.emplace_back(-(std::int64_t{in[i]} + (out == nullptr ? 0 : std::int64_t{(*out)[i]})), i);
      base::stable_order(by_degree, scratch);
      for (auto const& [degree, place] : by_degree) order_[slot].push_back(place);
    });
    first_.assign(1, 0);
    std::uint64_t owned = 0;
    world_.together(engine::Site::load, "load", [&] {
      for (auto const& own : own_) first_.push_back(engine::checked_entries(owned += own.size()));
    });
    graph_->ids.resize(owned);
    graph_->out_degree.resize(owned);
    by_partition([&](std::size_t slot, std::size_t) {
      auto const& out = grouped_[directed_ ? 1 : 0][slot].degree;
      auto at = first_[slot];
      for (auto const place : order_[slot]) {
        graph_->ids[at] = own_[slot][place].id;
        graph_->out_degree[at] = out[place];
        (*states_)[own_[slot][place].number] = at++;
      }
      own_[slot] = {};
    });
  }

  void find_mirrors() {
    std::vector<std::vector<WantedVertex>> wanted(static_cast<std::size_t>(world_.ranks()));
    for (std::size_t number = 0; number < states_->space(); ++number) {
      if ((*states_)[number] != VertexStates::wanted) continue;
      auto const id = numbers_.id_of(static_cast<std::uint32_t>(number));
      wanted[owners_.rank_of(id)].push_back({id, static_cast<std::uint32_t>(number)});
    }
    auto mirrors = ask_owners(world_, wanted, [&](std::uint64_t id) { return facts_of(id); });
    world_.together(engine::Site::load, "load",
                    [&] { (void)engine::checked_entries(mirrors.numbers.size() + std::uint64_t{first_.back()}); });
    graph_->low_mirrors = mirrors.of_lower_ranks;
    for (std::size_t i = 0; i < mirrors.numbers.size(); ++i) {
      (*states_)[mirrors.numbers[i]] = static_cast<std::uint32_t>(first_.back() + i);
      graph_->out_degree.push_back(mirrors.facts[i].out_degree);
      mirror_index_.push_back(mirrors.facts[i].index);
    }
    world_.communicate("halo", [&] {
      graph_->layout = std::make_shared<engine::HaloLayout const>(engine::HaloLayout{
          comm::HaloPlan::make(world_.communicator(), first_.back(), mirrors.needs), owners_.mine(), first_});
    });
    world_.together(engine::Site::load, "load", [] {});  // an unannounced exchange ends with a collective
  }

  [[nodiscard]] VertexFacts facts_of(std::uint64_t id) const {
    auto const number = numbers_.find(id);
    auto const slot = number < states_->space() ? (*states_)[number] : VertexStates::unseen;
    if (slot >= first_.back())
      throw InternalError(__FILE__, __LINE__, "vertex " + std::to_string(id) + " is not where its neighbour seeks it");
    return {slot, slot - first_[owners_.slot_of(id)], graph_->out_degree[slot]};
  }

  [[nodiscard]] SlotOrder slot_order() const {
    if (needs_.order != RowOrder::hub_first) return slots_by_g(*graph_);
    std::vector<std::uint32_t> index_of;
    for (std::size_t slot = 0; slot < slots_; ++slot)
      for (std::uint32_t i = 0; i < first_[slot + 1] - first_[slot]; ++i) index_of.push_back(i);
    index_of.insert(index_of.end(), mirror_index_.begin(), mirror_index_.end());
    return slots_hubs_first(*graph_, index_of);
  }

  void build_rows() {
    auto const slots = slot_order();
    for (std::size_t number = 0; number < states_->space(); ++number)
      if (auto& state = (*states_)[number]; state < VertexStates::wanted) state = slots.rank_of[state];
    std::vector<RowBuilder> builders(static_cast<std::size_t>(world_.workers().threads()));
    for (std::size_t set = 0; set < 2; ++set) {
      if (!needed(set)) continue;
      auto& rows = set == 0 ? graph_->in : graph_->out;
      world_.together(engine::Site::load, "load", [&] { lay_out(rows, grouped_[set]); });
      by_partition([&](std::size_t slot, std::size_t worker) {
        builders[worker].build(grouped_[set][slot], order_[slot], *states_, slots, first_[slot],
                               needs_.order == RowOrder::by_weight, rows);
        grouped_[set][slot] = {};
      });
    }
  }

  void lay_out(Rows& rows, std::vector<GroupedRows> const& grouped) const {
    rows.first.assign(1, 0);
    rows.first.reserve(graph_->ids.size() + 1);
    for (std::size_t slot = 0; slot < slots_; ++slot)
      for (auto const place : order_[slot]) rows.first.push_back(rows.first.back() + grouped[slot].degree[place]);
    rows.slots = Array<std::uint32_t>(rows.first.back());
    if (needs_.weights) rows.weights = Array<double>(rows.first.back());
  }

  // Sums over ranks; every rank brings its numbers in the name of its first partition.
  [[nodiscard]] LoadReport total() {
    std::uint64_t loops = 0;
    for (auto const& numbers : looped_) loops += numbers.size();
    std::array<std::uint64_t, 5> const mine{graph_->ids.size(), arcs_[0], loops, repeats_, mirror_index_.size()};
    engine::Report report;
    report.site = engine::Site::load;
    report.contributions.push_back({owners_.mine()[0], std::as_bytes(std::span(mine))});
    LoadReport sum;
    for (auto const bytes : world_.agreement().agree(report).contributions) {
      std::array<std::uint64_t, 5> theirs{};
      std::memcpy(theirs.data(), bytes.data(), sizeof theirs);
      sum.vertices += theirs[0];
      sum.edges += theirs[1];
      sum.most_arcs = std::max(sum.most_arcs, theirs[1]);
      sum.loops += theirs[2];
      sum.repeats += theirs[3];
      sum.mirrors += theirs[4];
    }
    sum.directed = directed_;
    if (!directed_) {  // each was counted from both ends
      sum.edges /= 2;
      sum.repeats /= 2;
    }
    return sum;
  }

  engine::World& world_;
  EdgeInput const& input_;
  bool directed_;
  GraphNeeds needs_;
  OwnerTable owners_;
  std::size_t slots_;  // partitions of this rank
  VertexNumbers numbers_;
  DealtArcs dealt_;
  BadLines bad_;  // of all ranks
  double started_ = base::monotonic_seconds(), dealt_at_ = 0;
  std::optional<VertexStates> states_;
  std::vector<std::vector<std::uint32_t>> looped_;     // by slot
  std::vector<std::vector<std::uint32_t>> strangers_;  // by slot: numbers with edges that are no vertices
  std::vector<std::vector<OwnVertex>> own_;            // by slot, ascending by id
  std::array<std::vector<GroupedRows>, 2> grouped_;    // in, out; by slot
  std::vector<std::vector<std::uint32_t>> order_;      // by slot: places in their order
  std::vector<std::uint32_t> first_;                   // by slot, and one past the end
  std::vector<std::uint32_t> mirror_index_;            // in its partition
  std::array<std::uint64_t, 2> arcs_{};                // in, out; of this rank
  std::uint64_t repeats_ = 0;
  std::shared_ptr<RankGraph> graph_ = std::make_shared<RankGraph>();
};

}  // namespace

std::shared_ptr<RankGraph const> load(engine::World& world, std::uint32_t partitions, EdgeInput const& input,
                                      std::optional<bool> directed, GraphNeeds const& needs) {
  world.together(engine::Site::start, "start", [&] {
    if (static_cast<std::uint32_t>(world.ranks()) > partitions)
      throw UsageError("--partitions", std::to_string(partitions) + " partitions cannot be shared by " +
                                           std::to_string(world.ranks()) + " ranks");
    if (!directed && !input.directed())
      throw UsageError("--directed",
                       "whether " + input.spec() + " is directed must be said: --directed or --undirected");
  });
  auto wanted = needs;
  wanted.weights = needs.weights || needs.order == RowOrder::by_weight;
  world.together(engine::Site::start, "start", [&] {
    if (wanted.weights && !input.weighted())
      throw ConfigError(input.spec(), "was opened without weights", "wish for them when it is opened");
  });
  std::optional<Loader> loader(std::in_place, world, partitions, input, directed, wanted);
  auto strangers = loader->read();
  if (strangers.empty()) return loader->build();
  auto const rest = input.without_edges_to(std::move(strangers));
  loader.emplace(world, partitions, rest, directed, wanted);
  if (!loader->read().empty()) throw BadData(input.spec(), 0, 0, -1, "changed while it was read");
  return loader->build();
}

}  // namespace pel::graph
