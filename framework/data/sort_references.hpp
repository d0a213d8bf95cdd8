// Elements on their way to the partition that sorts them, where that can see them: they send only where they lie.
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

// As Dealer, for a rank that all of them stay on: see there.
class ReferenceDealer {
 public:
  void begin(std::uint32_t partitions, std::uint64_t most) {
    references_.clear();
    destinations_.clear();
    pieces_.assign(partitions, {});
    most_ = most;
  }
  [[nodiscard]] bool full() const noexcept {
    return references_.size() * (sizeof(SortReference) + sizeof destinations_[0]) > most_;
  }
  void add(SortReference const& reference, std::uint32_t destination) {
    references_.push_back(reference);
    destinations_.push_back(destination);
    ++pieces_[destination].count;
    pieces_[destination].bytes += sizeof reference;
  }
  [[nodiscard]] std::span<engine::Piece const> pieces() const noexcept { return pieces_; }
  void deal(std::span<std::byte*> to) const {
    for (std::size_t i = 0; i < references_.size(); ++i) {
      auto*& at = to[destinations_[i]];
      std::memcpy(at, &references_[i], sizeof(SortReference));
      at += sizeof(SortReference);
    }
  }

 private:
  std::vector<SortReference> references_;
  std::vector<std::uint32_t> destinations_;
  std::vector<engine::Piece> pieces_;
  std::uint64_t most_ = 0;
};

}  // namespace pel::data
