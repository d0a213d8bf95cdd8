// Where a graph comes from, as the user says it.
#pragma once

#include <memory>
#include <string>

namespace pel::graph {

// What a graph is read from:
//   debian:                        the packages of this machine and what they depend on (package_lists is needed)
//   rmat:scale=16,seed=1           a generated graph (see rmat.hpp)
//   FILE                           a list of edges (see edge_text.hpp)
//   FILE.e, or PREFIX              LDBC Graphalytics: PREFIX.e and, where they are there, PREFIX.v, PREFIX.properties
// Files may be packed with zstd.
struct GraphSource {
  std::string spec;
  std::shared_ptr<std::string const> package_lists;  // what data::package_lists() said, for debian: only
};

}  // namespace pel::graph
