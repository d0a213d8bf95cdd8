// Where a graph comes from, as the user says it.
#pragma once

#include <memory>
#include <string>

namespace pel::graph {

// What a graph is read from:
//   debian:                        the packages of this machine and what they depend on (package_lists is needed)
//   rmat:scale=16,seed=1           a generated graph (see rmat.hpp)
//   grid: path: star:              graphs of a simple shape (see shape.hpp)
//   FILE                           a list of edges (see edge_text.hpp), or a Matrix Market file (see matrix_market.hpp)
//   FILE.e, PREFIX, X.properties   LDBC Graphalytics: PREFIX.e and, where they are there, PREFIX.v, PREFIX.properties
// Files may be packed with gzip or zstd. Generated edges have weights of 1 to 255, a hash of their ends.
struct GraphSource {
  std::string spec;
  std::shared_ptr<std::string const> package_lists;  // what data::package_lists() said, for debian: only
};

}  // namespace pel::graph
