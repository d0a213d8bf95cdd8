// What stands behind an EdgeInput: one class for each kind of input. For the sources of the graph layer alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "data/byte_range.hpp"
#include "data/text_input.hpp"
#include "graph/edge_input.hpp"
#include "graph/graph_files.hpp"

namespace pel::graph {

// Numbers of the files, for bad lines.
constexpr std::uint32_t vertex_file = 0, edge_file = 1;

// What the input says itself; see EdgeInput.
struct InputFacts {
  std::string spec;
  std::optional<bool> directed;
  std::optional<std::uint64_t> vertices_promised, edges_promised;
  KernelDefaults defaults;
  bool declares_vertices = false, weighted = false;
  std::uint64_t bytes = 0, max_bad = 0;
  std::shared_ptr<std::vector<std::string> const> names;
  std::vector<std::pair<std::string, std::uint64_t>> files;

  void adopt(LdbcProperties const& properties);
};

// One share of several.
struct SharePart {
  std::uint64_t share, shares;
  [[nodiscard]] data::ByteRange of(std::uint64_t n) const noexcept { return data::share_of(n, share, shares); }
};

class EdgeInput::Content {
 public:
  Content() = default;
  virtual ~Content() = default;
  Content(Content const&) = delete;
  Content& operator=(Content const&) = delete;

  virtual void read_vertices(SharePart part, std::vector<std::uint64_t>& ids, BadLines& bad) const = 0;
  virtual void read_edges(SharePart part, EdgeBlock& block, BadLines& bad) const = 0;
  // As read_edges(), of an input that declares its vertices, where these, ascending, are not among them.
  virtual void read_edges_without(SharePart part, std::vector<std::uint64_t> const& strangers, EdgeBlock& block,
                                  BadLines& bad) const;
  [[nodiscard]] virtual std::string digest() const = 0;
  // The text of file `number`, as BadLine calls it.
  [[nodiscard]] virtual data::TextSource const& text(std::uint32_t number) const;
  [[nodiscard]] virtual BadData unknown_vertex(std::uint64_t id) const;
  [[nodiscard]] virtual BadData repeated_vertex(std::uint64_t id) const;
  virtual void check_promises(std::uint64_t vertices, std::uint64_t edges, std::uint64_t bad) const;
  virtual void check_vertices_met(std::uint64_t vertices, std::uint64_t bad) const;

  InputFacts facts;
};

using ContentPointer = std::shared_ptr<EdgeInput::Content>;

// The packages in the lists of the source; `rmat:` and what else is generated; files.
[[nodiscard]] ContentPointer open_packages(GraphSource const& source, EdgeInput::Wishes const& wishes);
[[nodiscard]] bool is_generated(std::string const& spec);
[[nodiscard]] ContentPointer open_generated(std::string const& spec, EdgeInput::Wishes const& wishes);
[[nodiscard]] ContentPointer open_files(std::string const& spec, EdgeInput::Wishes const& wishes);
// Files whose vertices are named by texts.
[[nodiscard]] ContentPointer open_named_files(GraphFiles const& files, EdgeInput::Wishes const& wishes);

// What both kinds of files share. `vertices` without a name: there are none.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> sizes_of(GraphFiles const& files);
void add_texts_of(data::TextSource const& edges, data::TextSource const& vertices, base::DigestStream& digest);
void check_promise(Promise const& promise, std::uint64_t found, std::uint64_t bad, std::string const& path,
                   std::string const& what);
void check_promises_of(LdbcProperties const& properties, InputFacts const& facts, std::uint64_t vertices,
                       std::uint64_t edges, std::uint64_t bad);
void check_vertices_met_of(LdbcProperties const& properties, std::uint64_t vertices, std::uint64_t bad);
[[nodiscard]] ConfigError without_weights(std::string const& input, std::string const& why);

}  // namespace pel::graph
