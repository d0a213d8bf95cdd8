// The layer graph: graphs from their input to rows of neighbours. It includes base, data and engine, and never MPI.
// This header is where it begins: the share of a graph's input that one reader takes, as it is written there. Loops,
// repeats and edges to vertices that are not declared are still in it: only all shares together can tell.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph_source.hpp"
#include "pel/error.hpp"

namespace pel::graph {

struct EdgeShare {
  std::vector<std::uint64_t> vertices;  // declared in this share
  bool declared = false;                // whether the input names its vertices; if not, they are those with an edge
  std::vector<std::pair<std::uint64_t, std::uint64_t>> edges;  // (source, target), as read
  std::shared_ptr<std::vector<std::string> const> names;       // of all vertices, by id, or null
  std::optional<bool> directed;                                // if the input says
  std::uint64_t input_bytes = 0;  // of the share, unpacked; over all shares the bytes of the input, 0 if generated
};

// The part of the input that falls to share `share` of `shares`: over all shares, every vertex and edge exactly once,
// in order. A file is cut by bytes, at line starts; a packed one is unpacked whole for each share. Requires: 0 <= share
// < shares; for debian: the lists. Throws: MissingInput; BadData with the first bad place of the share and the count of
// them; UsageError for rmat:. Cost: 4 MiB above what it returns (for a packed file the whole text); about 0.5 s a GB.
// Example: a file "1 2\n3 4\n" in two shares: (1, 2) and (3, 4).
[[nodiscard]] EdgeShare read_share(GraphSource const& source, int share, int shares);

// XXH3-128 of the content, in hexadecimal: the unpacked bytes of an edge list alone; with a list of vertices, those,
// its size and its bytes; the package lists; the canonical spec of a generator. Throws: as read_share().
[[nodiscard]] std::string digest_of_source(GraphSource const& source);

// The error for an edge that mentions a vertex that is not declared: where it stands. Reads the list of edges again.
[[nodiscard]] BadData unknown_vertex(GraphSource const& source, std::uint64_t id);

}  // namespace pel::graph
