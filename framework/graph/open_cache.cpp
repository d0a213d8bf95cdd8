#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include "base/machine.hpp"
#include "engine/halo_field.hpp"
#include "engine/halo_map.hpp"
#include "engine/placement.hpp"
#include "graph/cache_columns.hpp"
#include "graph/cache_notes.hpp"
#include "graph/graph_cache.hpp"
#include "graph/owner_table.hpp"
#include "graph/row_builder.hpp"
#include "pel/error.hpp"
#include "store/checkpoint.hpp"
#include "store/column_file.hpp"

namespace pel::graph {
namespace {

// What store finds damaged is bad data here.
template <class Work>
auto reading(std::string const& path, Work const& work) {
  try {
    return work();
  } catch (store::Damaged const& damaged) {
    throw BadData(path, 0, 0, -1, "is no whole graph cache: " + damaged.reason);
  }
}

std::vector<std::string> columns_of(CacheKey const& key) {
  std::vector<std::string> names{column::key, column::found, column::sizes, column::sums, column::ids, column::degrees};
  for (std::size_t set = 0; set < (key.directed ? 2U : 1U); ++set) {
    names.emplace_back(column::ends[set]);
    names.emplace_back(column::neighbours[set]);
    if (key.weights) names.emplace_back(column::weights[set]);
  }
  return names;
}

// A set of vertices by g, which knows how many are below any.
class VertexSet {
 public:
  explicit VertexSet(std::uint64_t n) : words_((n + 63) / 64, 0) {}
  // By any threads at once.
  void add(std::uint32_t g) noexcept {
    std::atomic_ref<std::uint64_t> const word(words_[g / 64]);
    auto const bit = std::uint64_t{1} << g % 64;
    if ((word.load(std::memory_order_relaxed) & bit) == 0) word.fetch_or(bit, std::memory_order_relaxed);
  }
  void count() {
    before_.assign(1, 0);
    for (auto const word : words_) before_.push_back(before_.back() + static_cast<std::uint32_t>(std::popcount(word)));
  }
  // Requires: count() since the last add().
  [[nodiscard]] std::uint32_t size() const noexcept { return before_.back(); }
  [[nodiscard]] std::uint32_t below(std::uint32_t g) const noexcept {
    return before_[g / 64] +
           static_cast<std::uint32_t>(std::popcount(words_[g / 64] & ((std::uint64_t{1} << g % 64) - 1)));
  }
  template <class Take>
  void for_each(Take const& take) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (auto word = words_[i]; word != 0; word &= word - 1)
        take(static_cast<std::uint32_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> before_;  // by word
};

class CacheReader {
 public:
  CacheReader(engine::World& world, std::string const& path, CacheKey const& key, GraphNeeds const& needs)
      : world_(world),
        path_(path),
        key_(key),
        needs_(needs),
        owners_(engine::Placement::contiguous(key.partitions, world.ranks()), world.rank()),
        file_(path, columns_of(key)) {}

  void read_extents() {
    auto const sizes = numbers(column::sizes, 0, key_.partitions);
    sums_ = numbers(column::sums, 0, sums_of_partition * std::uint64_t{key_.partitions});
    base_.assign(1, 0);
    for (auto const size : sizes) base_.push_back(base_.back() + size);
    auto const found = numbers(column::found, 0, 3);
    graph_->source = path_;
    report().vertices = base_.back();
    report().edges = found[0];
    report().loops = found[1];
    report().repeats = found[2];
    report().directed = key_.directed;
    first_g_ = base_[index(owners_.mine().front())];
    last_g_ = base_[index(owners_.mine().back()) + 1];
    (void)engine::checked_entries(base_.back());
    for (auto const p : owners_.mine()) first_.push_back(static_cast<std::uint32_t>(base_[index(p)] - first_g_));
    first_.push_back(static_cast<std::uint32_t>(last_g_ - first_g_));
    graph_->ids.resize(first_.back());
    graph_->out_degree.resize(first_.back());
    for (std::size_t set = 0; set < 2; ++set)
      if (kept(set)) read_ends(set);
  }

  // Reads the slices of a partition and checks their sums.
  void read_part(std::size_t slot) {
    auto const first = first_[slot], last = first_[slot + 1];
    SliceSum sum;
    take(sum, column::ids, first_g_ + first, graph_->ids.data() + first, last - first);
    take(sum, column::degrees, first_g_ + first, graph_->out_degree.data() + first, last - first);
    check(sum, slot, sum_of_vertices);
    for (std::size_t set = 0; set < 2; ++set)
      if (kept(set)) read_rows(slot, set);
  }

  std::shared_ptr<RankGraph> all() {
    world_.together(engine::Site::load, "load", [&] { reading(path_, [&] { read_extents(); }); });
    by_partition([&](std::size_t slot) { reading(path_, [&] { read_part(slot); }); });
    find_mirrors();
    by_partition([&](std::size_t slot) { translate(slot); });
    auto const order = needs_.order;
    if (order == RowOrder::by_g) return graph_;
    auto const slots = slot_order();
    by_partition([&](std::size_t slot) {
      RowBuilder builder;
      for (std::size_t set = 0; set < 2; ++set)
        if (kept(set))
          for (auto v = first_[slot]; v < first_[slot + 1]; ++v)
            builder.sort_row(rows_of(set), v, slots, order == RowOrder::by_weight);
    });
    return graph_;
  }

  [[nodiscard]] OwnerTable const& owners() const noexcept { return owners_; }

 private:
  template <class Work>
  void by_partition(Work const& work) {
    world_.together(engine::Site::load, world_.where("", "load"), owners_.mine(),
                    [&](std::size_t slot, int) { work(slot); });
  }
  [[nodiscard]] LoadReport& report() { return graph_->report; }
  [[nodiscard]] Rows& rows_of(std::size_t set) { return set == 0 ? graph_->in : graph_->out; }
  [[nodiscard]] bool kept(std::size_t set) const {
    return key_.directed ? (set == 0 ? needs_.in : needs_.out) : set == 0;
  }

  [[nodiscard]] std::vector<std::uint64_t> numbers(char const* name, std::uint64_t first, std::uint64_t n) const {
    std::vector<std::uint64_t> values(n);
    file_.read(name, first, std::as_writable_bytes(std::span(values)));
    return values;
  }

  // The next rows of a column, from `row` on.
  template <class T>
  void take(SliceSum& sum, char const* name, std::uint64_t row, T* values, std::uint64_t n) const {
    auto const bytes = std::as_writable_bytes(std::span(values, n));
    file_.read(name, row, bytes);
    sum.add(bytes);
  }

  void check(SliceSum const& sum, std::size_t slot, std::size_t which) const {
    auto const p = index(owners_.mine()[slot]);
    if (sum.value() != sums_[sums_of_partition * p + which])
      throw store::Damaged(path_, "the bytes of partition " + std::to_string(p) + " are not those that were written");
  }

  void read_rows(std::size_t slot, std::size_t set) {
    auto& rows = rows_of(set);
    auto const first = first_[slot], last = first_[slot + 1];
    auto const from = rows.first[first], n = rows.first[last] - from;
    SliceSum sum;
    std::vector<std::uint64_t> ends(last - first);
    take(sum, column::ends[set], first_g_ + first, ends.data(), ends.size());
    take(sum, column::neighbours[set], first_arc_[set] + from, rows.slots.data() + from, n);
    check(sum, slot, sum_of_rows(set));
    if (!needs_.weights) return;
    SliceSum of_weights;
    take(of_weights, column::weights[set], first_arc_[set] + from, rows.weights.data() + from, n);
    check(of_weights, slot, sum_of_weights(set));
  }

  void read_ends(std::size_t set) {
    auto const before = first_g_ == 0 ? std::vector<std::uint64_t>{0} : numbers(column::ends[set], first_g_ - 1, 1);
    first_arc_[set] = before[0];
    auto& rows = rows_of(set);
    rows.first.assign(1, 0);
    for (auto const end : numbers(column::ends[set], first_g_, first_.back())) {
      if (end < first_arc_[set] + rows.first.back()) throw store::Damaged(path_, "rows do not ascend");
      rows.first.push_back(end - first_arc_[set]);
    }
    if (first_arc_[set] + rows.first.back() > file_.rows(column::neighbours[set]))
      throw store::Damaged(path_, "rows end behind their column");
    rows.slots = Array<std::uint32_t>(rows.first.back());
    if (needs_.weights) rows.weights = Array<double>(rows.first.back());
  }

  [[nodiscard]] bool is_own(std::uint32_t g) const noexcept { return g >= first_g_ && g < last_g_; }

  // Slots hold g until translate().
  void find_mirrors() {
    mirrors_ = VertexSet(base_.back());
    by_partition([&](std::size_t slot) {
      for (std::size_t set = 0; set < 2; ++set) {
        if (!kept(set)) continue;
        auto const& rows = rows_of(set);
        for (auto const g : rows.slots.part(rows.first[first_[slot]], rows.first[first_[slot + 1]])) {
          if (g >= base_.back())
            throw BadData(path_, 0, 0, -1, "is no whole graph cache: it names a vertex it has not");
          if (!is_own(g)) mirrors_.add(g);
        }
      }
    });
    mirrors_.count();
    std::vector<comm::HaloNeed> needs;
    std::size_t p = 0;
    auto const& placement = owners_.placement();
    std::uint64_t owner_first = 0;
    mirrors_.for_each([&](std::uint32_t g) {
      while (g >= base_[p + 1]) ++p;
      auto const owner = placement.rank_of(partition_id(p));
      if (needs.empty() || needs.back().owner != owner) {
        needs.push_back({owner, {}});
        auto of_owner = p;
        while (of_owner > 0 && placement.rank_of(partition_id(of_owner - 1)) == owner) --of_owner;
        owner_first = base_[of_owner];
      }
      needs.back().entries.push_back(static_cast<std::uint32_t>(g - owner_first));
      mirror_index_.push_back(static_cast<std::uint32_t>(g - base_[p]));
      if (g < first_g_) ++graph_->low_mirrors;
    });
    world_.communicate("halo", [&] {
      graph_->layout = std::make_shared<engine::HaloLayout const>(engine::HaloLayout{
          comm::HaloPlan::make(world_.communicator(), first_.back(), needs), owners_.mine(), first_});
    });
    world_.together(engine::Site::load, "load", [] {});  // an unannounced exchange ends with a collective
    engine::HaloField field(graph_->layout, sizeof(std::uint32_t));
    auto& degree = graph_->out_degree;
    if (!degree.empty()) std::memcpy(field.front(), degree.data(), degree.size() * sizeof degree[0]);
    world_.communicate("halo", [&] { field.refresh(); });
    degree.resize(graph_->slots());
    if (!degree.empty()) std::memcpy(degree.data(), field.front(), degree.size() * sizeof degree[0]);
  }

  void translate(std::size_t slot) {
    auto const own = static_cast<std::uint32_t>(first_g_);
    for (std::size_t set = 0; set < 2; ++set) {
      if (!kept(set)) continue;
      auto& rows = rows_of(set);
      for (auto i = rows.first[first_[slot]]; i < rows.first[first_[slot + 1]]; ++i) {
        auto& entry = rows.slots[i];
        entry = is_own(entry) ? entry - own : first_.back() + mirrors_.below(entry);
      }
    }
  }

  [[nodiscard]] SlotOrder slot_order() const {
    if (needs_.order != RowOrder::hub_first) return slots_by_g(*graph_);
    std::vector<std::uint32_t> index_of;
    for (std::size_t slot = 0; slot + 1 < first_.size(); ++slot)
      for (std::uint32_t i = 0; i < first_[slot + 1] - first_[slot]; ++i) index_of.push_back(i);
    index_of.insert(index_of.end(), mirror_index_.begin(), mirror_index_.end());
    return slots_hubs_first(*graph_, index_of);
  }

  engine::World& world_;
  std::string path_;
  CacheKey key_;
  GraphNeeds needs_;
  OwnerTable owners_;
  store::ColumnFile file_;
  std::vector<std::uint64_t> base_, sums_;  // by partition
  std::uint64_t first_g_ = 0, last_g_ = 0;  // of this rank
  std::vector<std::uint32_t> first_;        // by slot, and one past the end
  std::array<std::uint64_t, 2> first_arc_{};
  VertexSet mirrors_{0};
  std::vector<std::uint32_t> mirror_index_;
  std::shared_ptr<RankGraph> graph_ = std::make_shared<RankGraph>();
};

}  // namespace

namespace {

std::string text_column(std::string const& path, char const* name) {
  store::ColumnFile const file(path, {name});
  std::string text(file.row_bytes(name), '\0');
  file.read(name, 0, std::as_writable_bytes(std::span(text)));
  return text;
}

// Throws: Damaged.
CacheNotes notes_of_cache(std::string const& path) {
  auto const notes = notes_in(text_column(path, column::notes));
  if (!notes) throw store::Damaged(path, "its notes are not those that were written");
  return *notes;
}

}  // namespace

CacheKey key_of_cache(std::string const& path) {
  return reading(path, [&] {
    std::istringstream words(text_column(path, column::key));
    std::string format, direction, weights;
    CacheKey key;
    words >> format >> key.digest >> direction >> key.partitions >> weights;
    if (format != cache_format && format.starts_with("pel-graph-"))
      throw BadData(path, 0, 0, -1,
                    "is a graph cache of another version of PEL, " + format + " and not " + cache_format +
                        ": write it anew with --write-graph-cache");
    if (format != cache_format || !words) throw store::Damaged(path, "it is of another format: \"" + format + "\"");
    key.directed = direction == "directed";
    key.weights = weights == "weighted";
    auto const notes = notes_of_cache(path);
    key.origin = notes.origin;
    key.left_out = notes.left_out;
    return key;
  });
}

namespace {

// What the load line tells, of all ranks.
void report_on_ranks(engine::World& world, RankGraph& graph) {
  auto const arcs = std::max(graph.in.slots.size(), graph.report.directed ? graph.out.slots.size() : 0);
  auto const mine = std::to_string(arcs) + ' ' + std::to_string(graph.slots() - graph.owned());
  for (auto const& text : world.communicator().all_gather(mine)) {
    std::istringstream numbers(text);
    std::uint64_t of_rank = 0, mirrors = 0;
    numbers >> of_rank >> mirrors;
    graph.report.most_arcs = std::max(graph.report.most_arcs, of_rank);
    graph.report.mirrors += mirrors;
  }
}

}  // namespace

std::shared_ptr<RankGraph const> open_graph_cache(engine::World& world, std::string const& path,
                                                  std::uint32_t partitions, GraphNeeds const& needs) {
  auto wanted = needs;
  wanted.weights = needs.weights || needs.order == RowOrder::by_weight;
  auto const began = base::monotonic_seconds();
  std::unique_ptr<CacheReader> reader;
  CacheNotes notes;
  world.together(engine::Site::load, "load", [&] {
    auto const key = key_of_cache(path);
    if (world.rank() == 0) key.origin.check_sizes(path);
    if (key.partitions != partitions)
      throw ConfigError("partitions", path + " was made for " + std::to_string(key.partitions) + " partitions",
                        "give --partitions " + std::to_string(key.partitions) + ", or make it again");
    if (wanted.weights && !key.weights) throw ConfigError(path, "has no weights", "make it again from weighted edges");
    reader = reading(path, [&] { return std::make_unique<CacheReader>(world, path, key, wanted); });
    notes = reading(path, [&] { return notes_of_cache(path); });
  });
  auto graph = reader->all();
  graph->defaults = std::move(notes.defaults);
  graph->report.left_out = notes.left_out;
  report_on_ranks(world, *graph);
  if (needs.positions) {
    auto positions = find_positions(world, reader->owners(), graph->ids, graph->report.vertices);
    graph->position = std::move(positions.of_own);
    graph->position_ids = std::move(positions.here);
  }
  graph->source = path;
  graph->report.seconds = graph->report.read_seconds = base::monotonic_seconds() - began;
  return graph;
}

}  // namespace pel::graph
