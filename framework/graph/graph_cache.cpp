#include "graph/graph_cache.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <exception>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "engine/halo_field.hpp"
#include "engine/halo_map.hpp"
#include "engine/placement.hpp"
#include "graph/cache_columns.hpp"
#include "graph/cache_notes.hpp"
#include "store/column_file.hpp"
#include "store/result_file.hpp"

namespace pel::graph {
namespace {

std::string text_of(CacheKey const& key) {
  return std::string(cache_format) + ' ' + key.digest + (key.directed ? " directed " : " undirected ") +
         std::to_string(key.partitions) + (key.weights ? " weighted" : " plain");
}

template <class T>
std::span<std::byte const> bytes_of(std::vector<T> const& values) {
  return std::as_bytes(std::span(values));
}

// The g of each slot of the rank, the order in which vertices lie in the file.
std::vector<std::uint32_t> g_of_slots(engine::World& world, RankGraph const& graph, std::uint64_t first) {
  engine::HaloField field(graph.layout, sizeof(std::uint32_t));
  std::vector<std::uint32_t> g(graph.slots());
  for (std::uint32_t i = 0; i < graph.owned(); ++i) g[i] = static_cast<std::uint32_t>(first + i);
  if (graph.owned() > 0) std::memcpy(field.front(), g.data(), graph.owned() * sizeof g[0]);
  world.communicate("halo", [&] { field.refresh(); });
  if (!g.empty()) std::memcpy(g.data(), field.front(), g.size() * sizeof g[0]);
  return g;
}

// What a rank writes of the rows of one direction: row ends as places in the file, neighbours as g, ascending.
struct FileRows {
  std::vector<std::uint64_t> ends;
  std::vector<std::uint32_t> neighbours;
  std::vector<double> weights;
};

FileRows file_rows(Rows const& rows, std::vector<std::uint32_t> const& g, std::uint64_t first_arc) {
  FileRows result;
  result.neighbours.reserve(rows.slots.size());
  std::vector<std::pair<std::uint32_t, double>> row;
  for (std::size_t v = 0; v + 1 < rows.first.size(); ++v) {
    row.clear();
    auto const slots = rows.row(v);
    auto const weights = rows.weights_of(v);
    for (std::size_t i = 0; i < slots.size(); ++i) row.emplace_back(g[slots[i]], weights.empty() ? 0 : weights[i]);
    std::sort(row.begin(), row.end());
    for (auto const& [neighbour, weight] : row) {
      result.neighbours.push_back(neighbour);
      if (!weights.empty()) result.weights.push_back(weight);
    }
    result.ends.push_back(first_arc + rows.first[v + 1]);
  }
  return result;
}

// Of each partition of the rank: how many vertices, and the sums of its slices.
struct Extents {
  std::vector<std::uint64_t> sizes, sums;
};

template <class Values>
std::span<std::byte const> slice(Values const& values, std::uint64_t from, std::uint64_t to) {
  if (values.empty()) return {};
  return std::as_bytes(std::span(values).subspan(from, to - from));
}

Extents extents_of(RankGraph const& graph, std::vector<std::uint32_t> const& degrees, FileRows const& in,
                   FileRows const& out) {
  Extents extents;
  auto const& first = graph.layout->first;
  for (std::size_t slot = 0; slot + 1 < first.size(); ++slot) {
    extents.sizes.push_back(first[slot + 1] - first[slot]);
    SliceSum of_vertices;
    of_vertices.add(slice(graph.ids, first[slot], first[slot + 1]));
    of_vertices.add(slice(degrees, first[slot], first[slot + 1]));
    extents.sums.push_back(of_vertices.value());
    for (auto const& [rows, file] : {std::pair(&graph.in, &in), std::pair(&graph.out, &out)}) {
      SliceSum sum, of_weights;
      if (!rows->first.empty()) {
        auto const from = rows->first[first[slot]], to = rows->first[first[slot + 1]];
        sum.add(slice(file->ends, first[slot], first[slot + 1]));
        sum.add(slice(file->neighbours, from, to));
        of_weights.add(slice(file->weights, from, to));
      }
      extents.sums.push_back(sum.value());  // in the order of sum_of_…()
      extents.sums.push_back(of_weights.value());
    }
  }
  return extents;
}

// Numbers of all ranks: sums of those below this one, and of all.
struct Sums {
  std::array<std::uint64_t, 3> below{}, all{};
};
Sums sums_of(engine::World& world, std::array<std::uint64_t, 3> const& mine) {
  std::string const text(reinterpret_cast<char const*>(mine.data()), sizeof mine);
  Sums sums;
  int rank = 0;
  for (auto const& theirs : world.communicator().all_gather(text)) {
    std::array<std::uint64_t, 3> numbers{};
    std::memcpy(numbers.data(), theirs.data(), sizeof numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      sums.all[i] += numbers[i];
      if (rank < world.rank()) sums.below[i] += numbers[i];
    }
    ++rank;
  }
  return sums;
}

// One column, and what this rank has of it.
struct ColumnPart {
  store::ColumnLayout layout;
  std::uint64_t first = 0;  // row
  std::span<std::byte const> bytes;
};

store::ColumnLayout text(char const* name, std::string const& content) {
  store::ColumnLayout layout;
  layout.name = name;
  layout.text_width = content.size();
  layout.rows = 1;
  return layout;
}

store::ColumnLayout numbers(char const* name, base::ElementType type, std::uint64_t rows) {
  store::ColumnLayout layout;
  layout.name = name;
  layout.type = type;
  layout.rows = rows;
  return layout;
}

void add_rows(std::vector<ColumnPart>& columns, std::size_t set, FileRows const& rows, bool weights, Sums const& sums) {
  using Type = base::ElementType;
  auto const first = sums.below[1 + set], arcs = sums.all[1 + set];
  columns.push_back({numbers(column::ends[set], Type::u64, sums.all[0]), sums.below[0], bytes_of(rows.ends)});
  columns.push_back({numbers(column::neighbours[set], Type::u32, arcs), first, bytes_of(rows.neighbours)});
  if (weights) columns.push_back({numbers(column::weights[set], Type::f64, arcs), first, bytes_of(rows.weights)});
}

void write_columns(engine::World& world, std::string const& path, std::vector<ColumnPart> const& columns) {
  std::string offsets;
  world.together(engine::Site::write, "graph cache", [&] {
    if (world.rank() != 0) return;
    std::vector<store::ColumnLayout> layouts;
    for (auto const& column : columns) layouts.push_back(column.layout);
    for (auto const offset : store::create_hdf5(path, {}, layouts)) offsets += std::to_string(offset) + ' ';
  });
  std::istringstream at(world.communicator().broadcast(offsets, 0));
  world.together(engine::Site::write, "graph cache", [&] {
    for (auto const& column : columns) {
      std::uint64_t offset = 0;
      at >> offset;
      if (!column.bytes.empty()) store::write_at(path, offset + column.first * column.layout.row_bytes(), column.bytes);
    }
    store::sync(path);
  });
  world.together(engine::Site::publish, "graph cache", [&] {
    if (world.rank() == 0) store::publish(path);
  });
}

}  // namespace

bool is_graph_cache(std::string const& path) { return store::is_hdf5(path); }

void write_graph_cache(engine::World& world, std::string const& path, RankGraph const& graph, CacheKey const& key) {
  world.together(engine::Site::write, "graph cache", [&] {
    (void)engine::checked_entries(graph.report.vertices);
    if (graph.names)
      throw ConfigError("write-graph-cache", "vertices with names have no cache", "leave the option out");
  });
  auto const sums = sums_of(world, {graph.owned(), graph.in.slots.size(), graph.out.slots.size()});
  auto const g = g_of_slots(world, graph, sums.below[0]);
  auto const in = file_rows(graph.in, g, sums.below[1]), out = file_rows(graph.out, g, sums.below[2]);
  std::vector<std::uint32_t> const degrees(graph.out_degree.begin(), graph.out_degree.begin() + graph.owned());
  auto const extents = extents_of(graph, degrees, in, out);
  std::string const key_text = text_of(key), notes = text_of(CacheNotes{graph.defaults, key.origin, key.left_out});
  std::vector<std::uint64_t> const found{graph.report.edges, graph.report.loops, graph.report.repeats};
  bool const once = world.rank() == 0;
  auto const p = std::uint64_t{index(graph.layout->partitions.front())};
  auto const from_one = [&](auto const& values) {
    return once ? std::as_bytes(std::span(values)) : std::span<std::byte const>();
  };
  using Type = base::ElementType;
  std::vector<ColumnPart> columns{{text(column::key, key_text), 0, from_one(key_text)},
                                  {text(column::notes, notes), 0, from_one(notes)},
                                  {numbers(column::found, Type::u64, found.size()), 0, from_one(found)},
                                  {numbers(column::sizes, Type::u64, key.partitions), p, bytes_of(extents.sizes)},
                                  {numbers(column::sums, Type::u64, sums_of_partition * std::uint64_t{key.partitions}),
                                   sums_of_partition * p, bytes_of(extents.sums)},
                                  {numbers(column::ids, Type::u64, sums.all[0]), sums.below[0], bytes_of(graph.ids)},
                                  {numbers(column::degrees, Type::u32, sums.all[0]), sums.below[0], bytes_of(degrees)}};
  for (std::size_t set = 0; set < (key.directed ? 2U : 1U); ++set)
    add_rows(columns, set, set == 0 ? in : out, key.weights, sums);
  write_columns(world, path, columns);
}

}  // namespace pel::graph
