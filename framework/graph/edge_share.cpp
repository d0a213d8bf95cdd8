#include "graph/edge_share.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/digest.hpp"
#include "data/byte_range.hpp"
#include "data/debian.hpp"
#include "data/text_input.hpp"
#include "graph/edge_text.hpp"
#include "graph/graph_files.hpp"
#include "graph/rmat.hpp"

namespace pel::graph {
namespace {

// One share of several.
struct Part {
  std::uint64_t share, shares;
  [[nodiscard]] data::ByteRange of(std::uint64_t n) const noexcept { return data::share_of(n, share, shares); }
};

bool is_debian(GraphSource const& source) { return source.spec == "debian:"; }
bool is_rmat(GraphSource const& source) { return source.spec.starts_with("rmat:"); }

std::string const& lists_of(GraphSource const& source) {
  if (!source.package_lists) throw InternalError(__FILE__, __LINE__, "debian: needs the package lists");
  return *source.package_lists;
}

EdgeShare share_of_packages(std::string const& lists, Part part) {
  auto graph = data::package_graph(lists);
  EdgeShare result;
  result.declared = true;
  result.directed = true;
  result.input_bytes = part.of(lists.size()).size();
  auto const vertices = part.of(graph.names.size());
  for (auto id = vertices.begin; id < vertices.end; ++id) result.vertices.push_back(id);
  auto const edges = part.of(graph.edges.size());
  auto const first = graph.edges.begin();
  result.edges.assign(first + static_cast<std::ptrdiff_t>(edges.begin), first + static_cast<std::ptrdiff_t>(edges.end));
  result.names = std::make_shared<std::vector<std::string> const>(std::move(graph.names));
  return result;
}

EdgeShare share_of_rmat(Rmat const& rmat, Part part) {
  EdgeShare result;
  auto const edges = part.of(rmat.edges());
  rmat.append_edges(edges.begin, edges.end, result.edges);
  return result;
}

EdgeShare share_of_files(GraphFiles const& files, Part part) {
  EdgeShare result;
  result.directed = files.directed;
  if (files.vertices) {
    auto const text = data::open_text_file(*files.vertices);
    auto const range = part.of(text.size);
    result.declared = true;
    result.input_bytes += range.size();
    append_vertices(text, range, result.vertices);
  }
  auto const text = data::open_text_file(files.edges);
  auto const range = part.of(text.size);
  result.input_bytes += range.size();
  append_edges(text, range, result.edges);
  return result;
}

}  // namespace

EdgeShare read_share(GraphSource const& source, int share, int shares) {
  if (share < 0 || share >= shares) throw InternalError(__FILE__, __LINE__, "there is no such share of the input");
  Part const part{static_cast<std::uint64_t>(share), static_cast<std::uint64_t>(shares)};
  if (is_debian(source)) return share_of_packages(lists_of(source), part);
  if (is_rmat(source)) return share_of_rmat(Rmat::parse(source.spec), part);
  return share_of_files(find_graph_files(source.spec), part);
}

std::string digest_of_source(GraphSource const& source) {
  base::DigestStream digest;
  auto const add = [&](std::string_view text) { digest.add(std::as_bytes(std::span(text))); };
  if (is_debian(source)) {
    add(lists_of(source));
  } else if (is_rmat(source)) {
    add(Rmat::parse(source.spec).canonical());
  } else {
    auto const files = find_graph_files(source.spec);
    data::add_text_of(data::open_text_file(files.edges), digest);
    if (files.vertices) {
      auto const text = data::open_text_file(*files.vertices);
      std::array<std::byte, 8> size{};
      for (std::size_t i = 0; i < size.size(); ++i) size[i] = static_cast<std::byte>(text.size >> (8 * i) & 255);
      digest.add(size);
      data::add_text_of(text, digest);
    }
  }
  return base::to_hex(digest.finish());
}

BadData unknown_vertex(GraphSource const& source, std::uint64_t id) {
  if (is_debian(source) || is_rmat(source))
    throw InternalError(__FILE__, __LINE__, source.spec + " has an edge to a vertex it does not declare");
  auto const files = find_graph_files(source.spec);
  return unknown_vertex_in(data::open_text_file(files.edges), files.vertices.value_or(source.spec + ".v"), id);
}

}  // namespace pel::graph
