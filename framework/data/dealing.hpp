// Elements on their way to partitions: read once into memory of the thread, then dealt to where they go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "data/column.hpp"
#include "data/flow.hpp"
#include "data/packed.hpp"

namespace pel::data {

// What one partition sends; used again for the next, so that its memory is that of one partition.
template <class T>
class Dealer {
 public:
  void begin(std::uint32_t partitions) {
    packed_.clear();
    destinations_.clear();
    pieces_.assign(partitions, {});
  }
  // Elements in order; to(element) is the number of the partition that gets it.
  template <class To>
  void add(BlockOf<T> block, To const& to) {
    std::size_t bytes = 0;
    for (auto const& element : block) bytes += packed_size<T>(element);
    auto const before = packed_.size();
    packed_.resize(before + bytes);
    auto* at = packed_.data() + before;
    for (auto const& element : block) {
      auto const destination = to(element);
      auto* const next = pack<T>(element, at);
      destinations_.push_back(destination);
      ++pieces_[destination].count;
      pieces_[destination].bytes += static_cast<std::uint64_t>(next - at);
      at = next;
    }
  }
  // By destination: how many elements, and bytes of them.
  [[nodiscard]] std::span<engine::Piece const> pieces() const noexcept { return pieces_; }
  // Writes each element behind those before it; to[p] is where the bytes for partition p go, and moves on.
  void deal(std::span<std::byte*> to) const {
    auto const* from = packed_.data();
    for (auto const destination : destinations_) {
      auto const* const begin = from;
      if constexpr (Plain<T>)
        from += sizeof(T);
      else
        (void)unpack<T>(from);
      auto const n = static_cast<std::size_t>(from - begin);
      std::memcpy(to[destination], begin, n);
      to[destination] += n;
    }
  }

 private:
  std::vector<std::byte> packed_;
  std::vector<std::uint32_t> destinations_;
  std::vector<engine::Piece> pieces_;
};

// Shapes what the step sends: `all` by destination, those without messages left out. Where each destination's bytes go;
// nullptr where none do.
[[nodiscard]] std::vector<std::byte*> shape_outgoing(Step& step, std::span<engine::Piece const> all);

}  // namespace pel::data
