// Push or pull: which way a traversal goes in its next superstep.
#pragma once

#include <algorithm>
#include <cstdint>

#include "pel/fields.hpp"

namespace pel {

// The vertices that a superstep of a traversal reached, and the arcs out of them. An aggregate.
struct Frontier {
  std::uint64_t vertices = 0, arcs = 0;
  Frontier& operator+=(Frontier const& other) noexcept {
    vertices += other.vertices;
    arcs += other.arcs;
    return *this;
  }
  void serialize(auto& archive, unsigned) { fields(archive, "vertices", vertices, "arcs", arcs); }
};

// Pushing, the vertices of the frontier look at all their arcs; pulling, each vertex that is not reached looks at its
// in-arcs and leaves off at the first that comes from the frontier. Pulling begins where the frontier has more than a
// fifteenth of the arcs of vertices not reached, and ends where it is less than an eighteenth of all vertices (Beamer,
// Asanović, Patterson, "Direction-optimizing breadth-first search", SC 2012). A function of global sums: all partitions
// that advance alike go the same way. Where vertices were counted twice, as several ranks reached them at once, it
// turns earlier.
// Example: 1000 vertices, 20,000 arcs; a frontier of 1 vertex and 900 arcs: 19,100 arcs are left, 900 < 1273: push.
// Then one of 700 vertices and 15,000 arcs: 4,100 are left: pull, until a frontier has less than 55 vertices.
class Direction {
 public:
  Direction() = default;
  Direction(std::uint64_t vertices, std::uint64_t arcs) noexcept : vertices_(vertices), unreached_arcs_(arcs) {}

  // Takes note of what the superstep before reached.
  void advance(Frontier const& reached) noexcept {
    unreached_arcs_ -= std::min(unreached_arcs_, reached.arcs);
    pulls_ = pulls_ ? reached.vertices >= vertices_ / 18 : reached.arcs > unreached_arcs_ / 15;
  }
  [[nodiscard]] bool pulls() const noexcept { return pulls_; }

  void serialize(auto& archive, unsigned) {
    fields(archive, "vertices", vertices_, "unreached_arcs", unreached_arcs_, "pulls", pulls_);
  }

 private:
  std::uint64_t vertices_ = 0, unreached_arcs_ = 0;
  bool pulls_ = false;
};

}  // namespace pel
