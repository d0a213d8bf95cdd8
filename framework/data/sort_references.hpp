// Elements on their way to the partition that sorts them: those that stay on the rank, and lie where that partition can
// see them, send only where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "data/element.hpp"
#include "data/sort_key.hpp"
#include "engine/step_frame.hpp"

namespace pel::data {

struct SortReference {
  KeyHead head;
  std::byte const* place;
};

// The head must be all of the key: what lies in a file may be changed by others, and an order may not.
template <class T, class K>
inline constexpr bool worth_referring = Plain<T> && sizeof(T) >= 2 * sizeof(SortReference) && SortKey<K>::head_is_all;

// As Dealer, but what stays becomes references: see there.
template <class T>
class ReferenceDealer {
 public:
  // `local[p]`: whether partition p is on this rank. `most`: bytes after which it is full.
  void begin(std::span<std::uint8_t const> local, std::uint64_t most) {
    local_ = local;
    references_.clear();
    destinations_.clear();
    pieces_.assign(local.size(), {});
    bytes_ = 0;
    most_ = most;
  }
  [[nodiscard]] bool full() const noexcept {
    return bytes_ > most_ || references_.size() * (sizeof(SortReference) + sizeof destinations_[0]) > most_;
  }
  void add(SortReference const& reference, std::uint32_t destination) {
    references_.push_back(reference);
    destinations_.push_back(destination);
    auto const bytes = local_[destination] != 0 ? sizeof reference : sizeof(T);
    ++pieces_[destination].count;
    pieces_[destination].bytes += bytes;
    bytes_ += bytes;
  }
  [[nodiscard]] std::span<engine::Piece const> pieces() const noexcept { return pieces_; }
  void deal(std::span<std::byte*> to) const {
    for (std::size_t i = 0; i < references_.size(); ++i) {
      auto const destination = destinations_[i];
      if (local_[destination] != 0)
        put(&references_[i], sizeof(SortReference), to[destination]);
      else
        put(references_[i].place, sizeof(T), to[destination]);
    }
  }

 private:
  static void put(void const* from, std::size_t size, std::byte*& to) {
    std::memcpy(to, from, size);
    to += size;
  }

  std::span<std::uint8_t const> local_;
  std::vector<SortReference> references_;
  std::vector<std::uint32_t> destinations_;
  std::vector<engine::Piece> pieces_;
  std::uint64_t bytes_ = 0, most_ = 0;  // of all pieces
};

}  // namespace pel::data
