// Arcs as they arrive, sorted into partitions: the form in which most of a graph lies while it is loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "graph/array.hpp"

namespace pel::graph {

// An entry of a row to be, by numbers of vertices.
struct NumberedArc {
  std::uint32_t row = 0, neighbour = 0;
};

// A list of arcs that grows without copying, and is freed from its front while it is read. 8 bytes an arc, 16 with
// weight; pages that hold nothing take no memory.
class ArcBucket {
 public:
  struct Chunk {
    Array<NumberedArc> arcs;
    Array<double> weights;  // beside them, or empty
    std::size_t size = 0;
  };

  void add(NumberedArc arc) {
    if (left_ == 0) grow(false);
    *next_++ = arc;
    --left_;
  }
  void add(NumberedArc arc, double weight) {
    if (left_ == 0) grow(true);
    *next_++ = arc;
    *next_weight_++ = weight;
    --left_;
  }

  // What was added, in order; leaves nothing.
  [[nodiscard]] std::vector<Chunk> take() {
    close();
    return std::exchange(chunks_, {});
  }
  // Calls use(arc) for every arc, which it may change.
  template <class Use>
  void for_each(Use const& use) {
    close();
    for (auto& chunk : chunks_)
      for (std::size_t i = 0; i < chunk.size; ++i) use(chunk.arcs[i]);
  }
  [[nodiscard]] std::uint64_t size() const noexcept {
    std::uint64_t n = 0;
    for (auto const& chunk : chunks_) n += chunk.size;
    return n - left_;
  }

 private:
  static constexpr std::size_t chunk_arcs = std::size_t{1} << 15U;  // 256 KiB, which are pages of their own

  void close() noexcept {
    if (!chunks_.empty()) chunks_.back().size -= left_;
    left_ = 0;
  }
  void grow(bool weights) {
    close();
    chunks_.push_back({Array<NumberedArc>(chunk_arcs), Array<double>(weights ? chunk_arcs : 0), chunk_arcs});
    next_ = chunks_.back().arcs.data();
    next_weight_ = chunks_.back().weights.data();
    left_ = chunk_arcs;
  }

  NumberedArc* next_ = nullptr;
  double* next_weight_ = nullptr;
  std::size_t left_ = 0;
  std::vector<Chunk> chunks_;
};

}  // namespace pel::graph
