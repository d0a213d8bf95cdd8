#include "graph/rmat.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../data/temporary_directory.hpp"
#include "data/program_output.hpp"
#include "pel/error.hpp"

using pel::graph::Rmat;

namespace {

using Edges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

Edges all_edges(Rmat const& rmat) {
  Edges edges;
  rmat.append_edges(0, rmat.edges(), edges);
  return edges;
}

// What a graph is made of: no loops, no repeats; an undirected edge from the smaller id.
Edges simple(Edges edges, bool directed) {
  std::erase_if(edges, [](auto const& edge) { return edge.first == edge.second; });
  if (!directed)
    for (auto& [a, b] : edges)
      if (a > b) std::swap(a, b);
  std::ranges::sort(edges);
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

std::size_t vertices_of(Edges const& edges) {
  std::set<std::uint64_t> ids;
  for (auto const& [a, b] : edges) ids.insert({a, b});
  return ids.size();
}

// The text of the reference generator: "source target weight", the weight a hash of the edge.
std::string reference_text(Edges const& edges) {
  std::string text;
  for (auto const& [source, target] : edges) {
    auto z = (source << 32 | target) + 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    z ^= z >> 31;
    text += std::to_string(source) + ' ' + std::to_string(target) + ' ' + std::to_string(1 + z % 255) + '\n';
  }
  return text;
}

std::string sha256_of(std::string const& text) {
  pel::test::TemporaryDirectory const directory;
  return pel::data::program_output({"sha256sum", directory.write("edges", text)}).substr(0, 64);
}

}  // namespace

TEST_CASE("the edges are those of the reference generator") {
  struct Golden {  // as in the golden.json of the set graph-rmat
    int scale;
    std::uint64_t seed;
    bool directed;
    std::size_t vertices, edges;
    char const* sha256;
  };
  for (auto const& golden :
       {Golden{10, 1, true, 881, 12'140, "0965a5b1a762632ee212b0fb60061959ee928d69fecb24ae71807c223883969d"},
        Golden{10, 1, false, 881, 10'548, "c54986da7364c41de9acbdd8042e3f4f125b493c5aac58f542c1c12e7510d0a0"},
        Golden{16, 2, true, 46'828, 955'360, "4521cafb494151629661c80c648c1e64c05c69f408334c9747375263b334966f"},
        Golden{16, 2, false, 46'828, 909'293, "c7743604d1950817379430bec20984cd9e7cb8b9dce418502f942039ec6dfb2e"}}) {
    auto const edges = simple(all_edges({golden.scale, golden.seed}), golden.directed);
    CHECK(edges.size() == golden.edges);
    CHECK(vertices_of(edges) == golden.vertices);
    CHECK(sha256_of(reference_text(edges)) == golden.sha256);
  }
}

TEST_CASE("any range of edges can be made alone") {
  Rmat const rmat{10, 5, 3, true};
  auto const all = all_edges(rmat);
  Edges part;
  rmat.append_edges(1000, 1500, part);
  CHECK(part == Edges(all.begin() + 1000, all.begin() + 1500));
  rmat.append_edges(3072, 3072, part);
  CHECK(part.size() == 500);
}

TEST_CASE("scrambling renames the vertices, one to one") {
  for (int const scale : {1, 2, 5, 10, 13}) {
    Rmat plain{scale, 9, 16, false}, scrambled{scale, 9, 16, true};
    auto const before = all_edges(plain), after = all_edges(scrambled);
    std::vector<std::uint64_t> name(std::size_t{1} << scale, ~std::uint64_t{0});
    std::set<std::uint64_t> used;
    for (std::size_t i = 0; i < before.size(); ++i)
      for (auto const& [old_id, new_id] :
           {std::pair(before[i].first, after[i].first), std::pair(before[i].second, after[i].second)}) {
        CHECK(new_id < name.size());
        if (name[old_id] == ~std::uint64_t{0})
          CHECK(used.insert(new_id).second);
        else
          CHECK(name[old_id] == new_id);
        name[old_id] = new_id;
      }
  }
}

TEST_CASE("each seed makes another graph") {
  std::set<Edges> graphs;
  for (std::uint64_t const seed : {0, 1, 2, 255, 256, 257, 512, 65'536}) graphs.insert(all_edges({8, seed}));
  CHECK(graphs.size() == 8);
}

TEST_CASE("the largest graph has ids of 40 bits") {
  Edges edges;
  Rmat const rmat{40, 1, 16, true};
  rmat.append_edges(rmat.edges() - 1000, rmat.edges(), edges);
  CHECK(edges.size() == 1000);
  std::uint64_t seen = 0;
  for (auto const& [a, b] : edges) seen |= a | b;
  CHECK(seen == (std::uint64_t{1} << 40) - 1);
}

TEST_CASE("a spec is read, and written with all its parameters") {
  CHECK(Rmat::parse("rmat:").canonical() == "rmat:scale=16,seed=1,edge_factor=16,scramble=no");
  CHECK(Rmat::parse("rmat:scramble=yes,edge_factor=8,seed=7,scale=3").canonical() ==
        "rmat:scale=3,seed=7,edge_factor=8,scramble=yes");
  for (auto const* const spec : {"rmat:scale=0", "rmat:scale=41", "rmat:scale=", "rmat:scal=3", "rmat:scramble=1",
                                 "rmat:edge_factor=0", "rmat:seed=-1", "rmat:7"}) {
    CAPTURE(spec);
    CHECK_THROWS_AS((void)Rmat::parse(spec), pel::UsageError);
  }
}
