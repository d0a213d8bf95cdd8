#include <array>
#include <cstddef>
#include <filesystem>
#include <span>

#include "base/digest.hpp"
#include "data/line_blocks.hpp"
#include "graph/edge_content.hpp"
#include "graph/edge_text.hpp"
#include "graph/graph_files.hpp"

namespace pel::graph {
namespace {

constexpr std::uint32_t vertex_file = 0, edge_file = 1;

// Lists of edges, with or without one of vertices.
class EdgeFiles : public EdgeInput::Content {
 public:
  EdgeFiles(GraphFiles const& files, EdgeInput::Wishes const& wishes) {
    note(files.edges);
    edges_.text = data::open_text_file(files.edges);
    edges_.weights = wishes.weights;
    edges_.file = edge_file;
    if (files.vertices) {
      note(*files.vertices);
      vertices_.text = data::open_text_file(*files.vertices);
      vertices_.file = vertex_file;
    }
    facts.directed = files.directed;
    facts.declares_vertices = files.vertices.has_value();
    facts.weighted = wishes.weights;
    facts.bytes = edges_.text.size;
    if (wishes.weights) require_weights();
  }

  void read_vertices(SharePart part, std::vector<std::uint64_t>& ids, BadLines& bad) const override {
    if (facts.declares_vertices) append_vertices(vertices_, vertices_.share_of(part.share, part.shares), ids, bad);
  }

  void read_edges(SharePart part, EdgeBlock& block, BadLines& bad) const override {
    append_edges(edges_, edges_.share_of(part.share, part.shares), block, bad);
  }

  [[nodiscard]] std::string digest() const override {
    base::DigestStream digest;
    data::add_text_of(edges_.text, digest);
    if (facts.declares_vertices) {
      std::array<std::byte, 8> size{};
      for (std::size_t i = 0; i < size.size(); ++i)
        size[i] = static_cast<std::byte>(vertices_.text.size >> (8 * i) & 255);
      digest.add(size);
      data::add_text_of(vertices_.text, digest);
    }
    return base::to_hex(digest.finish());
  }

  [[nodiscard]] data::TextSource const& text(std::uint32_t number) const override {
    return number == vertex_file ? vertices_.text : edges_.text;
  }

  [[nodiscard]] BadData unknown_vertex(std::uint64_t id) const override {
    return error_at_id(edges_, 2, id, 1,
                       "\"" + std::to_string(id) + "\": " + vertices_.text.name + " has no such vertex");
  }

  [[nodiscard]] BadData repeated_vertex(std::uint64_t id) const override {
    return error_at_id(vertices_, 1, id, 2, "vertex " + std::to_string(id) + " is declared twice");
  }

 private:
  void note(std::string const& path) { facts.files.emplace_back(path, std::filesystem::file_size(path)); }

  void require_weights() const {
    auto const first = first_edge(edges_);
    if (first.columns != 2) return;
    throw ConfigError(edges_.text.name,
                      "has no weights: line " + std::to_string(data::line_number(edges_.text, first.offset)) +
                          " holds a source and a target alone",
                      "name a graph with weights, in a third column");
  }

  EdgeText edges_, vertices_;
};

}  // namespace

ContentPointer open_files(std::string const& spec, EdgeInput::Wishes const& wishes) {
  return std::make_shared<EdgeFiles>(find_graph_files(spec), wishes);
}

}  // namespace pel::graph
