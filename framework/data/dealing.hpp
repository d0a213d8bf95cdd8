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

// What one partition sends, or a part of it; used again for the next, so that its memory is that of one partition.
template <class T>
class Dealer {
 public:
  // `most`: bytes after which it is full; see full().
  void begin(std::uint32_t partitions, std::uint64_t most = ~std::uint64_t{0}) {
    packed_.clear();
    destinations_.clear();
    pieces_.assign(partitions, {});
    most_ = most;
  }
  // It has as much as a thread may deal: what is there is sent before more is added.
  [[nodiscard]] bool full() const noexcept {
    return packed_.size() + destinations_.size() * sizeof destinations_[0] > most_;
  }
  // Elements in order; to(element) is the number of the partition that gets it.
  template <class To>
  void add(BlockOf<T> block, To const& to) {
    std::size_t bytes = 0;
    for (auto const& element : block) bytes += packed_size<T>(element);
    auto const before = packed_.size();
    if (packed_.capacity() < before + bytes && most_ / 2 < before + bytes) packed_.reserve(most_ + bytes);
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
  std::uint64_t most_ = 0;
};

// Shapes what the step sends: `all` by destination, those without messages left out. Where each destination's bytes go;
// nullptr where none do.
[[nodiscard]] std::vector<std::byte*> shape_outgoing(Step& step, std::span<engine::Piece const> all);

// The same where each destination's elements are cut into `cuts` parts: `all` and the result are by destination, then
// by part. What a destination gets begins with count and bytes of each part, as two numbers of 64 bits.
[[nodiscard]] std::vector<std::byte*> shape_outgoing(Step& step, std::span<engine::Piece const> all,
                                                     std::uint32_t cuts);

// Waits until what the step has shaped is sent, so that it can shape more.
void send_now(Step& step);

}  // namespace pel::data
