#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <system_error>

#include "base/digest.hpp"
#include "data/line_blocks.hpp"
#include "graph/edge_content.hpp"
#include "graph/edge_text.hpp"
#include "graph/graph_files.hpp"
#include "graph/matrix_market.hpp"

namespace pel::graph {
namespace {

// Lists of edges, with or without one of vertices and properties; Matrix Market files.
class EdgeFiles : public EdgeInput::Content {
 public:
  EdgeFiles(GraphFiles const& files, EdgeInput::Wishes const& wishes) : properties_(files.properties) {
    facts.files = sizes_of(files);
    edges_.text = data::open_text_file(files.edges);
    edges_.text.max_line = wishes.max_line;
    edges_.weights = wishes.weights;
    edges_.file = edge_file;
    if (files.vertices) {
      vertices_.text = data::open_text_file(*files.vertices);
      vertices_.text.max_line = wishes.max_line;
      vertices_.file = vertex_file;
    }
    facts.declares_vertices = files.vertices.has_value();
    facts.weighted = wishes.weights;
    facts.bytes = edges_.text.size;
    if (properties_) facts.adopt(*properties_);
    matrix_ = MatrixHeader::read(edges_.text);
    if (matrix_) adopt_matrix(wishes.directed.value_or(false));
    if (wishes.weights) find_weights();
  }

  void read_vertices(SharePart part, std::vector<std::uint64_t>& ids, BadLines& bad) const override {
    if (matrix_) {
      auto const range = part.of(matrix_->rows);
      for (auto i = range.begin; i < range.end; ++i) ids.push_back(i + 1);
    } else if (facts.declares_vertices) {
      append_vertices(vertices_, vertices_.share_of(part.share, part.shares), ids, bad);
    }
  }

  void read_edges(SharePart part, EdgeBlock& block, BadLines& bad) const override {
    append_edges(edges_, edges_.share_of(part.share, part.shares), block, bad);
  }

  void read_edges_without(SharePart part, std::vector<std::uint64_t> const& strangers, EdgeBlock& block,
                          BadLines& bad) const override {
    auto const problem = [&](std::uint64_t id) { return problem_of_stranger(id); };
    append_edges_without(edges_, edges_.share_of(part.share, part.shares), strangers, problem, block, bad);
  }

  [[nodiscard]] std::string digest() const override {
    base::DigestStream digest;
    add_texts_of(edges_.text, vertices_.text, digest);
    add_weight_column(properties_, digest);
    return base::to_hex(digest.finish());
  }

  [[nodiscard]] data::TextSource const& text(std::uint32_t number) const override {
    return number == vertex_file ? vertices_.text : edges_.text;
  }

  [[nodiscard]] BadData unknown_vertex(std::uint64_t id) const override {
    return error_at_id(edges_, 2, id, 1, problem_of_stranger(id));
  }

  [[nodiscard]] BadData repeated_vertex(std::uint64_t id) const override {
    return error_at_id(vertices_, 1, id, 2, "vertex " + std::to_string(id) + " is declared twice");
  }

  void check_promises(std::uint64_t vertices, std::uint64_t edges, std::uint64_t bad) const override {
    if (matrix_) check_promise({matrix_->entries, matrix_->size_line}, edges, bad, edges_.text.name, "entries");
    if (properties_) check_promises_of(*properties_, facts, vertices, edges, bad);
  }
  void check_vertices_met(std::uint64_t vertices, std::uint64_t bad) const override {
    if (properties_) check_vertices_met_of(*properties_, vertices, bad);
  }

 private:
  [[nodiscard]] std::string problem_of_stranger(std::uint64_t id) const {
    return "\"" + std::to_string(id) + "\": " + vertices_.text.name + " has no such vertex";
  }

  // Throws: UsageError for a symmetric matrix as a directed graph: it stores one triangle, so half of the arcs.
  void adopt_matrix(bool as_directed) {
    if (matrix_->symmetric && as_directed)
      throw UsageError("--directed", edges_.text.name +
                                         " is a symmetric matrix, which stores one arc of each pair: leave the option "
                                         "out, as its graph is undirected, or write the matrix as a general one");
    facts.directed = !matrix_->symmetric;
    facts.declares_vertices = true;
    facts.vertices_promised = matrix_->rows;
    facts.edges_promised = matrix_->entries;
    edges_.begin = matrix_->entries_begin;
    edges_.least_id = 1;
    edges_.ids = matrix_->rows;
  }

  // Which column holds the weights. Throws: ConfigError if none does.
  void find_weights() {
    if (properties_ && properties_->between) {
      edges_.between = *properties_->between;
    } else if (matrix_) {
      if (!matrix_->weights) throw without_weights(edges_.text.name, "its entries are a pattern");
    } else if (auto const first = first_edge(edges_); first.columns == 2) {
      throw without_weights(edges_.text.name, "line " + std::to_string(data::line_number(edges_.text, first.offset)) +
                                                  " holds a source and a target alone");
    }
  }

  std::optional<LdbcProperties> properties_;
  std::optional<MatrixHeader> matrix_;
  EdgeText edges_, vertices_;
};

}  // namespace

void InputFacts::adopt(LdbcProperties const& properties) {
  directed = properties.directed;
  defaults = properties.defaults;
  if (properties.vertices) vertices_promised = properties.vertices->number;
  if (properties.edges) edges_promised = properties.edges->number;
}

std::vector<std::pair<std::string, std::uint64_t>> sizes_of(GraphFiles const& files) {
  std::vector<std::pair<std::string, std::uint64_t>> sizes;
  auto const note = [&](std::string const& path) {
    std::error_code error;
    auto const size = std::filesystem::file_size(path, error);
    if (error) throw MissingInput(path, error.message());
    sizes.emplace_back(path, size);
  };
  note(files.edges);
  if (files.vertices) note(*files.vertices);
  if (files.properties) note(files.properties->path);
  return sizes;
}

void add_texts_of(data::TextSource const& edges, data::TextSource const& vertices, base::DigestStream& digest) {
  data::add_text_of(edges, digest);
  if (vertices.name.empty()) return;
  std::array<std::byte, 8> size{};
  for (std::size_t i = 0; i < size.size(); ++i) size[i] = static_cast<std::byte>(vertices.size >> (8 * i) & 255);
  digest.add(size);
  data::add_text_of(vertices, digest);
}

void check_promise(Promise const& promise, std::uint64_t found, std::uint64_t bad, std::string const& path,
                   std::string const& what) {
  if (found <= promise.number && promise.number - found <= bad) return;
  throw BadData(path, promise.line, 1, -1,
                "says " + std::to_string(promise.number) + " " + what + ", but there are " + std::to_string(found));
}

void check_promises_of(LdbcProperties const& properties, InputFacts const& facts, std::uint64_t vertices,
                       std::uint64_t edges, std::uint64_t bad) {
  if (properties.vertices && facts.declares_vertices)
    check_promise(*properties.vertices, vertices, bad, properties.path, "vertices");
  if (properties.edges) check_promise(*properties.edges, edges, bad, properties.path, "edges");
}

void check_vertices_met_of(LdbcProperties const& properties, std::uint64_t vertices, std::uint64_t bad) {
  auto const& promise = properties.vertices;
  if (!promise || (vertices <= promise->number && promise->number - vertices <= 2 * bad)) return;
  auto const met = std::to_string(vertices);
  throw BadData(properties.path, promise->line, 1, -1,
                "says " + std::to_string(promise->number) + " vertices, but " + met +
                    " have an edge, and there is no list of vertices: " +
                    (vertices < promise->number
                         ? "put the list (.v) beside the edges, which alone knows those without one, or say "
                         : "the edges are of another graph, or the number should be ") +
                    met);
}

ConfigError without_weights(std::string const& input, std::string const& why) {
  return {input, "has no weights: " + why, "name a graph with weights, in a column behind source and target"};
}

ContentPointer open_files(std::string const& spec, EdgeInput::Wishes const& wishes) {
  auto const files = find_graph_files(spec);
  if (wishes.names) return open_named_files(files, wishes);
  return std::make_shared<EdgeFiles>(files, wishes);
}

}  // namespace pel::graph
