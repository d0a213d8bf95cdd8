#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "data/line_blocks.hpp"
#include "graph/edge_content.hpp"
#include "graph/edge_line.hpp"
#include "graph/edge_problem.hpp"
#include "graph/matrix_market.hpp"
#include "graph/name_table.hpp"

namespace pel::graph {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;

// A line of names: its columns, up to `columns` of them.
struct NamedLine {
  std::array<std::string_view, 2> names{};
  std::size_t columns = 0;
  char const* start = nullptr;
  char const* end = nullptr;    // where the last column ends
  std::uint64_t offset = 0;     // of the line in the text
  char const* limit = nullptr;  // the end of its block
};

// Calls sink(NamedLine) for each line of the range that holds something. A column may be empty ("a,,b").
template <class Sink>
void for_each_named_line(data::TextSource const& text, data::ByteRange range, std::size_t columns, Sink&& sink) {
  data::LineBlocks blocks(text, range, block_bytes);
  while (blocks.next()) {
    char const* const begin = blocks.block().data();
    char const* const end = begin + blocks.block().size();
    for (char const* p = begin; p < end; p = next_line(p, end)) {
      NamedLine line;
      line.start = p;
      line.offset = blocks.offset() + static_cast<std::uint64_t>(p - begin);
      line.limit = end;
      skip_blanks(p);
      if (holds_nothing(p, end)) continue;
      for (; line.columns < columns && p < end && *p != '\n'; ++line.columns) {
        line.names[line.columns] = take_column(p, end);
        line.end = p;
        skip_separator(p);
      }
      sink(line);
    }
  }
}

BadLine bad_line(NamedLine const& line, std::uint32_t file, char const* where, std::string problem) {
  return {file, line.offset, static_cast<std::uint32_t>(where - line.start + 1), std::move(problem)};
}

// Lists of edges whose vertices are texts. Every rank reads the whole of what names them when it opens the input, and
// holds all names: they are numbered by their bytes, so that no share needs another.
class NamedFiles : public EdgeInput::Content {
 public:
  NamedFiles(GraphFiles const& files, EdgeInput::Wishes const& wishes) : properties_(files.properties) {
    facts.files = sizes_of(files);
    edges_ = data::open_text_file(files.edges);
    if (files.vertices) vertices_ = data::open_text_file(*files.vertices);
    edges_.max_line = vertices_.max_line = wishes.max_line;
    if (MatrixHeader::read(edges_))
      throw UsageError("--names", "the vertices of a matrix have numbers: " + edges_.name);
    facts.declares_vertices = files.vertices.has_value();
    facts.weighted = wishes.weights;
    facts.bytes = edges_.size;
    if (properties_) {
      facts.adopt(*properties_);
      between_ = properties_->between.value_or(0);
    }
    name_all();
    if (wishes.weights && !(properties_ && properties_->between)) require_weights();
  }

  void read_vertices(SharePart part, std::vector<std::uint64_t>& ids, BadLines& bad) const override {
    if (!facts.declares_vertices) return;
    for_each_named_line(vertices_, part.of(vertices_.size), 1, [&](NamedLine const& line) {
      if (auto const id = table_.find(line.names[0]))
        ids.push_back(*id);
      else
        bad.add(bad_line(line, vertex_file, line.names[0].data(), "expected a vertex name"));
    });
  }

  void read_edges(SharePart part, EdgeBlock& block, BadLines& bad) const override {
    for_each_named_line(edges_, part.of(edges_.size), 2, [&](NamedLine const& line) { read_edge(line, block, bad); });
  }

  [[nodiscard]] std::string digest() const override {
    base::DigestStream digest;
    digest.add(std::as_bytes(std::span(std::string_view("names "))));
    add_texts_of(edges_, vertices_, digest);
    add_weight_column(properties_, digest);
    return base::to_hex(digest.finish());
  }

  [[nodiscard]] data::TextSource const& text(std::uint32_t number) const override {
    return number == vertex_file ? vertices_ : edges_;
  }

  [[nodiscard]] BadData repeated_vertex(std::uint64_t id) const override {
    std::optional<BadLine> second;
    bool seen = false;
    for_each_named_line(vertices_, {0, vertices_.size}, 1, [&](NamedLine const& line) {
      if (second || line.names[0] != table_.name(id)) return;
      if (seen) second = bad_line(line, vertex_file, line.names[0].data(), "");
      seen = true;
    });
    return {vertices_.name, second ? data::line_number(vertices_, second->offset) : 0, second ? second->column : 0, -1,
            "vertex " + table_.name(id) + " is declared twice"};
  }

  void check_promises(std::uint64_t vertices, std::uint64_t edges, std::uint64_t bad) const override {
    if (properties_) check_promises_of(*properties_, facts, vertices, edges, bad);
  }
  void check_vertices_met(std::uint64_t vertices, std::uint64_t bad) const override {
    if (properties_) check_vertices_met_of(*properties_, vertices, bad);
  }

 private:
  void name_all() {
    auto const& text = facts.declares_vertices ? vertices_ : edges_;
    std::size_t const columns = facts.declares_vertices ? 1 : 2;
    for_each_named_line(text, {0, text.size}, columns, [&](NamedLine const& line) {
      if (problem_of(line, columns)) return;
      for (std::size_t i = 0; i < columns; ++i) table_.add(line.names[i]);
    });
    table_.sort();
    facts.names = std::make_shared<std::vector<std::string> const>(table_.names());
  }

  // What is wrong with the line's names, if anything.
  [[nodiscard]] static std::optional<BadLine> problem_of(NamedLine const& line, std::size_t columns) {
    if (line.columns < columns)
      return bad_line(line, edge_file, line.end, "the line ends here: expected a second vertex name");
    for (std::size_t i = 0; i < columns; ++i)
      if (line.names[i].empty()) return bad_line(line, edge_file, line.names[i].data(), "expected a vertex name");
    return std::nullopt;
  }

  void read_edge(NamedLine const& line, EdgeBlock& block, BadLines& bad) const {
    if (auto problem = problem_of(line, 2)) return bad.add(std::move(*problem));
    std::array<std::uint64_t, 2> ids{};
    for (std::size_t i = 0; i < ids.size(); ++i) {
      auto const id = table_.find(line.names[i]);
      if (!id)
        return bad.add(bad_line(line, edge_file, line.names[i].data(),
                                shown(line.names[i]) + ": " + vertices_.name + " has no such vertex"));
      ids[i] = *id;
    }
    if (facts.weighted) {
      double weight = 0;
      char const* p = line.end;
      char const* at = p;
      if (!read_weight(p, line.limit, between_, weight, at))
        return bad.add(bad_line(line, edge_file, at, problem_of_weight(column_at(at, line.limit))));
      block.weights.push_back(weight + 0.0);
    }
    block.ends.emplace_back(ids[0], ids[1]);
  }

  void require_weights() const {
    std::optional<std::uint64_t> first;
    bool there = false;
    for_each_named_line(edges_, {0, edges_.size}, 2, [&](NamedLine const& line) {
      if (first || line.columns < 2) return;
      first = line.offset;
      char const* p = line.end;
      skip_separator(p);
      there = p < line.limit && *p != '\n';
    });
    if (first && !there)
      throw without_weights(edges_.name, "line " + std::to_string(data::line_number(edges_, *first)) +
                                             " holds a source and a target alone");
  }

  std::optional<LdbcProperties> properties_;
  data::TextSource edges_, vertices_;
  std::uint32_t between_ = 0;
  NameTable table_;
};

}  // namespace

ContentPointer open_named_files(GraphFiles const& files, EdgeInput::Wishes const& wishes) {
  return std::make_shared<NamedFiles>(files, wishes);
}

}  // namespace pel::graph
