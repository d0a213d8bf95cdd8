#include "graph/graph_cache.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "base/hash.hpp"
#include "graph/cache_columns.hpp"
#include "graph/cache_notes.hpp"
#include "pel/error.hpp"
#include "store/column_file.hpp"
#include "support/mpi_test.hpp"

namespace {

constexpr std::uint32_t partitions = 16;
constexpr pel::GraphNeeds everything{.out = true, .weights = true};

pel::engine::World make_world() {
  return {pel::comm::Communicator::world(), 1, pel::base::Log(), pel::base::Fault("")};
}

// A path of the scratch directory, the same for all ranks.
std::string path_of(std::string const& name) { return (pel::test::scratch() / name).string(); }

// A list of edges, and what .properties beside it say.
std::string edges(pel::engine::World& world, std::uint64_t vertices, std::size_t n,
                  std::string const& said = "cdlp.max-iterations = 2\n") {
  std::ostringstream text;
  for (std::size_t i = 0; i < n; ++i)
    text << pel::base::mix64(3 * i) % vertices << ' ' << pel::base::mix64(3 * i + 1) % vertices << ' '
         << static_cast<double>(pel::base::mix64(3 * i + 2) % 8) / 4 << '\n';
  auto const path = path_of("cached.e");
  world.together(pel::engine::Site::load, "write", [&] {
    if (world.rank() != 0) return;
    std::ofstream(path) << text.str();
    std::ofstream(path_of("cached.properties")) << said;
  });
  return path;
}

std::shared_ptr<pel::graph::RankGraph const> load(pel::engine::World& world, std::string const& path, bool directed,
                                                  pel::GraphNeeds const& needs) {
  auto const input = pel::graph::EdgeInput::open({path, nullptr}, {.weights = needs.weights, .directed = directed});
  return pel::graph::load(world, partitions, input, directed, needs);
}

// A cache of a graph of some edges.
std::string cache(pel::engine::World& world, std::string const& text, bool directed) {
  auto path = path_of("graph.h5");
  pel::graph::write_graph_cache(world, path, *load(world, text, directed, everything),
                                {"0123abcd", directed, true, partitions});
  return path;
}

std::string bytes_of(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <class T>
bool same(pel::graph::Array<T> const& a, pel::graph::Array<T> const& b) {
  return std::ranges::equal(a.part(0, a.size()), b.part(0, b.size()));
}

void check_same(pel::graph::RankGraph const& a, pel::graph::RankGraph const& b) {
  CHECK(a.ids == b.ids);
  CHECK(a.out_degree == b.out_degree);
  CHECK(a.low_mirrors == b.low_mirrors);
  CHECK(a.layout->first == b.layout->first);
  for (auto const rows : {&pel::graph::RankGraph::in, &pel::graph::RankGraph::out}) {
    CHECK((a.*rows).first == (b.*rows).first);
    CHECK(same((a.*rows).slots, (b.*rows).slots));
    CHECK(same((a.*rows).weights, (b.*rows).weights));
  }
  CHECK(a.position == b.position);
  CHECK(a.report.vertices == b.report.vertices);
  CHECK(a.report.edges == b.report.edges);
  CHECK(a.report.repeats == b.report.repeats);
  CHECK(a.report.loops == b.report.loops);
  CHECK(a.report.mirrors == b.report.mirrors);
}

std::uint64_t sum_of_sums(std::string const& path) {
  std::vector<std::uint64_t> sums(pel::graph::sums_of_partition * partitions);
  auto const bytes = std::as_writable_bytes(std::span(sums));
  pel::store::ColumnFile(path, {pel::graph::column::sums}).read(pel::graph::column::sums, 0, bytes);
  return pel::base::checksum_of(bytes);
}

}  // namespace

TEST_CASE("a cached graph opens as what its edges load as, in every order") {
  auto world = make_world();
  auto const text = edges(world, 200, 1500);
  for (bool const directed : {true, false}) {
    auto const path = cache(world, text, directed);
    for (auto const order : {pel::RowOrder::by_g, pel::RowOrder::hub_first, pel::RowOrder::by_weight}) {
      pel::GraphNeeds const needs{.out = true, .weights = true, .positions = true, .order = order};
      check_same(*pel::graph::open_graph_cache(world, path, partitions, needs), *load(world, text, directed, needs));
    }
    pel::GraphNeeds const one{.in = !directed, .out = true};
    check_same(*pel::graph::open_graph_cache(world, path, partitions, one), *load(world, text, directed, one));
  }
}

TEST_CASE("a cached graph knows what its input says of the kernels' parameters") {
  auto world = make_world();
  for (std::string const said : {"pr.damping-factor = 0.1\nbfs.source-vertex = 7\ncdlp.max-iterations = 2\n", ""}) {
    auto const graph = load(world, edges(world, 50, 100, said), true, {.out = true});
    CHECK(graph->defaults.damping.has_value() == !said.empty());
    auto const path = path_of("graph.h5");
    pel::graph::write_graph_cache(world, path, *graph, {"0123abcd", true, false, partitions});

    CHECK(pel::graph::open_graph_cache(world, path, partitions, {})->defaults == graph->defaults);
  }
}

TEST_CASE("notes are read as they were written, and refused if they are not whole") {
  pel::graph::CacheNotes const notes{{"4", "say \"5\"\\\n6", 3, 2, 0.1},
                                     {"/a b/\"g\"", {{"/a b/\"g\".e", 12}, {"/v", 0}}}};
  auto const text = pel::graph::text_of(notes);
  auto const read = pel::graph::notes_in(text);

  CHECK(read.has_value());
  if (read) {
    CHECK(read->defaults == notes.defaults);
    CHECK(read->origin.spec == notes.origin.spec);
    CHECK(read->origin.files == notes.origin.files);
  }
  CHECK_FALSE(pel::graph::notes_in(text.substr(0, text.size() - 1)).has_value());
  CHECK_FALSE(pel::graph::notes_in("").has_value());
}

TEST_CASE("a cache is refused while its input has another size, and not when that is gone") {
  auto world = make_world();
  auto const text = edges(world, 50, 100);
  auto const input = pel::graph::EdgeInput::open({text, nullptr}, {});
  auto const graph = load(world, text, true, {.out = true});
  auto const path = path_of("graph.h5");
  for (int i = 0; i < 2; ++i)  // the second takes the place of the first
    pel::graph::write_graph_cache(world, path, *graph,
                                  {"0123abcd", true, false, partitions, pel::graph::CacheOrigin::of(input)});
  auto const opens = [&] {
    try {
      (void)pel::graph::open_graph_cache(world, path, partitions, {});
      return std::string("opened");
    } catch (pel::BadData const& error) {
      return error.problem;
    }
  };
  auto const change = [&](auto const& how) {
    world.together(pel::engine::Site::load, "write", [&] {
      if (world.rank() == 0) how();
    });
  };

  auto const same = opens();
  change([&] { std::ofstream(text, std::ios::app) << "1 2\n"; });
  auto const longer = opens();
  change([&] { std::filesystem::remove(text); });
  auto const gone = opens();

  CHECK(pel::graph::key_of_cache(path).origin.files == input.files());
  CHECK(same == "opened");
  CHECK(longer.find("not the graph of its input any more: " + text + " had ") != std::string::npos);
  CHECK(gone == "opened");
}

TEST_CASE("a cache holds the same on any number of ranks") {
  auto world = make_world();

  auto const path = cache(world, edges(world, 200, 1500), true);

  CHECK(sum_of_sums(path) == 8959163816846481802U);
  auto const key = pel::graph::key_of_cache(path);
  CHECK(key.digest == "0123abcd");
  CHECK(key.directed);
  CHECK(key.weights);
  CHECK(key.partitions == partitions);
  CHECK(pel::graph::is_graph_cache(path));
  CHECK_FALSE(pel::graph::is_graph_cache(path_of("cached.e")));
  CHECK_FALSE(pel::graph::is_graph_cache(path_of("not-there")));
}

TEST_CASE("a graph without vertices, and one of fewer than there are partitions") {
  auto world = make_world();
  for (std::size_t const n : {0, 2}) {
    auto const text = edges(world, 3, n);
    auto const path = cache(world, text, false);

    check_same(*pel::graph::open_graph_cache(world, path, partitions, everything),
               *load(world, text, false, everything));
  }
}

TEST_CASE("what a cache was not made for is refused") {
  auto world = make_world();
  auto const text = edges(world, 50, 100);
  auto const path = path_of("plain.h5");
  pel::graph::write_graph_cache(world, path, *load(world, text, true, {.out = true}),
                                {"0123abcd", true, false, partitions});

  CHECK_THROWS_AS((void)pel::graph::open_graph_cache(world, path, 2 * partitions, {}), pel::ConfigError);
  CHECK_THROWS_AS((void)pel::graph::open_graph_cache(world, path, partitions, {.weights = true}), pel::ConfigError);
}

TEST_CASE("a cache of an older format is refused by name, and one whose notes are damaged") {
  auto world = make_world();
  auto const path = cache(world, edges(world, 200, 1500), true);
  for (auto const& [what, instead, problem] :
       {std::array{"pel-graph-2", "pel-graph-1", "is a graph cache of another version of PEL, pel-graph-1"},
        std::array{"cdlp-iterations \"2\"", "cdlp-iterations \"3\"", "its notes are not those that were written"}}) {
    auto const other = path_of("other.h5");
    world.together(pel::engine::Site::load, "write", [&] {
      if (world.rank() != 0) return;
      auto bytes = bytes_of(path);
      auto const at = bytes.find(what);
      CHECK(at != bytes.npos);
      if (at != bytes.npos) bytes.replace(at, std::string(what).size(), instead);
      std::ofstream(other, std::ios::binary) << bytes;
    });

    std::string found;
    try {
      (void)pel::graph::open_graph_cache(world, other, partitions, everything);
    } catch (pel::BadData const& error) {
      found = error.problem;
    }
    CHECK(found.find(problem) != std::string::npos);
  }
}

TEST_CASE("a damaged cache is refused, wherever it is damaged") {
  auto world = make_world();
  auto const path = cache(world, edges(world, 200, 1500), true);
  auto const whole = bytes_of(path);
  for (std::size_t const from_end : {std::size_t{1}, whole.size() / 3, whole.size() / 2}) {
    auto const broken = path_of("broken.h5");
    world.together(pel::engine::Site::load, "write", [&] {
      if (world.rank() != 0) return;
      auto text = whole;
      text[text.size() - from_end] = static_cast<char>(text[text.size() - from_end] ^ 1);
      std::ofstream(broken, std::ios::binary) << text;
    });

    CHECK_THROWS_AS((void)pel::graph::open_graph_cache(world, broken, partitions, everything), pel::BadData);
  }
  auto const cut = path_of("cut.h5");
  world.together(pel::engine::Site::load, "write", [&] {
    if (world.rank() == 0) std::ofstream(cut, std::ios::binary) << whole.substr(0, whole.size() / 2);
  });

  CHECK_THROWS_AS((void)pel::graph::open_graph_cache(world, cut, partitions, everything), pel::BadData);
}
