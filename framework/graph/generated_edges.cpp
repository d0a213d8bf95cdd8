#include <span>
#include <string_view>
#include <type_traits>

#include "base/digest.hpp"
#include "base/hash.hpp"
#include "data/debian.hpp"
#include "graph/edge_content.hpp"
#include "graph/rmat.hpp"
#include "graph/shape.hpp"

namespace pel::graph {
namespace {

std::string digest_of(std::string_view text) {
  base::DigestStream digest;
  digest.add(std::as_bytes(std::span(text)));
  return base::to_hex(digest.finish());
}

// 1 to 255, a hash of the edge. An undirected edge has the weight of (smaller, larger), whichever end comes first.
double generated_weight(std::pair<std::uint64_t, std::uint64_t> ends, bool directed) {
  if (!directed && ends.first > ends.second) std::swap(ends.first, ends.second);
  return static_cast<double>(1 + base::stable_hash(ends.first << 32 | ends.second) % 255);
}

// Of an Rmat, whose vertices are those with an edge, or a Shape, which has more.
template <class Generator>
class GeneratedEdges : public EdgeInput::Content {
 public:
  GeneratedEdges(Generator const& generator, EdgeInput::Wishes const& wishes)
      : generator_(generator), directed_(wishes.directed.value_or(false)) {
    constexpr std::uint64_t bytes_of_line = 16;
    facts.directed = directed_;
    facts.weighted = wishes.weights;
    facts.bytes = generator_.edges() * bytes_of_line;
    facts.declares_vertices = declares;
  }

  void read_vertices(SharePart part, std::vector<std::uint64_t>& ids, BadLines& /*bad*/) const override {
    if constexpr (declares) {
      auto const range = part.of(generator_.vertices());
      for (auto id = range.begin; id < range.end; ++id) ids.push_back(id);
    }
  }

  void read_edges(SharePart part, EdgeBlock& block, BadLines& /*bad*/) const override {
    auto const edges = part.of(generator_.edges());
    auto const before = block.ends.size();
    generator_.append_edges(edges.begin, edges.end, block.ends);
    if (!facts.weighted) return;
    for (auto i = before; i < block.ends.size(); ++i)
      block.weights.push_back(generated_weight(block.ends[i], directed_));
  }

  [[nodiscard]] std::string digest() const override { return digest_of(generator_.canonical()); }

 private:
  static constexpr bool declares = std::is_same_v<Generator, Shape>;
  Generator generator_;
  bool directed_;
};

class Packages : public EdgeInput::Content {
 public:
  explicit Packages(std::shared_ptr<std::string const> lists) : lists_(std::move(lists)) {
    auto graph = data::package_graph(*lists_);
    edges_ = std::move(graph.edges);
    vertices_ = graph.names.size();
    facts.names = std::make_shared<std::vector<std::string> const>(std::move(graph.names));
    facts.directed = true;
    facts.declares_vertices = true;
    facts.bytes = lists_->size();
  }

  void read_vertices(SharePart part, std::vector<std::uint64_t>& ids, BadLines& /*bad*/) const override {
    auto const range = part.of(vertices_);
    for (auto id = range.begin; id < range.end; ++id) ids.push_back(id);
  }

  void read_edges(SharePart part, EdgeBlock& block, BadLines& /*bad*/) const override {
    auto const range = part.of(edges_.size());
    for (auto i = range.begin; i < range.end; ++i) block.ends.emplace_back(edges_[i]);
  }

  [[nodiscard]] std::string digest() const override { return digest_of(*lists_); }

 private:
  std::shared_ptr<std::string const> lists_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges_;
  std::uint64_t vertices_ = 0;
};

}  // namespace

bool is_generated(std::string const& spec) { return spec.starts_with("rmat:") || Shape::is_one(spec); }

ContentPointer open_generated(std::string const& spec, EdgeInput::Wishes const& wishes) {
  if (wishes.names) throw UsageError("--names", "the vertices of " + spec + " have numbers");
  if (Shape::is_one(spec)) return std::make_shared<GeneratedEdges<Shape>>(Shape::parse(spec), wishes);
  return std::make_shared<GeneratedEdges<Rmat>>(Rmat::parse(spec), wishes);
}

ContentPointer open_packages(GraphSource const& source, EdgeInput::Wishes const& wishes) {
  if (!source.package_lists) throw InternalError(__FILE__, __LINE__, "debian: needs the package lists");
  if (wishes.weights)
    throw ConfigError(source.spec, "its dependencies have no weights", "name a graph with weights, such as rmat:");
  return std::make_shared<Packages>(source.package_lists);
}

}  // namespace pel::graph
