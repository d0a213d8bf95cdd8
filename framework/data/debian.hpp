// The input `debian:`: what this machine knows of the packages of its distribution, as a graph and as a text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel::data {

// The text of `apt-cache dumpavail`: about 50 MB in 0.8 s. Call it in one process, before MPI_Init.
// Throws: SystemError if the machine has no such program, or it fails.
[[nodiscard]] std::string package_lists();

// Who depends on whom.
struct PackageGraph {
  std::vector<std::string> names;  // of the packages, sorted by bytes; vertex = position
  std::vector<std::pair<std::uint32_t, std::uint32_t>>
      edges;  // (package, needed package), sorted, no repeats, no loops
};

// The graph of the lists, whatever their text is: what is no package with a name is passed over.
// Each clause of Depends and Pre-Depends gives an edge to the first of its alternatives that exists: to the package of
// that name, or, if the name is only provided, to every package that provides it. Versions, architectures and
// restrictions ("(>= 2)", ":any", "[amd64]", "<!nocheck>") do not count; several versions of a package are one vertex.
// Example: "Package: a\nDepends: x | b (>= 2), v\n\nPackage: b\nProvides: v\n\nPackage: c\nProvides: v\n"
// has the names a, b, c and the edges (0, 1), (0, 2).
[[nodiscard]] PackageGraph package_graph(std::string_view lists);

// The descriptions of all packages in their order, a line each line: synopsis and long text where there is one, without
// the leading blank of continuation lines, and without the lines " ." that stand for empty ones.
[[nodiscard]] std::string package_descriptions(std::string_view lists);

}  // namespace pel::data
