// Edges on their way to the ranks that own their ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace pel::graph {

// A list of edges as it is shipped: (source, target), in 32 bits each if all ids of the list fit below the largest.
class EdgeParcel {
 public:
  static constexpr std::uint64_t narrow_below = ~std::uint32_t{0} - 1;

  // Empty, for ids up to `largest`. Keeps its memory.
  void clear(std::uint64_t largest) {
    wide_ = largest >= narrow_below;
    largest_ = largest;
    narrow_ends_.clear();
    wide_ends_.clear();
    weights_.clear();
  }
  void add(std::uint64_t source, std::uint64_t target) {
    if (wide_) {
      wide_ends_.insert(wide_ends_.end(), {source, target});
    } else {
      narrow_ends_.insert(narrow_ends_.end(), {static_cast<std::uint32_t>(source), static_cast<std::uint32_t>(target)});
    }
  }
  void add_weight(double weight) { weights_.push_back(weight); }

  [[nodiscard]] std::size_t size() const noexcept { return (wide_ ? wide_ends_.size() : narrow_ends_.size()) / 2; }
  [[nodiscard]] std::span<std::byte const> ends() const noexcept {
    return wide_ ? std::as_bytes(std::span(wide_ends_)) : std::as_bytes(std::span(narrow_ends_));
  }
  [[nodiscard]] std::span<std::byte const> weights() const noexcept { return std::as_bytes(std::span(weights_)); }

 private:
  bool wide_ = false;
  std::uint64_t largest_ = 0;
  std::vector<std::uint32_t> narrow_ends_;
  std::vector<std::uint64_t> wide_ends_;
  std::vector<double> weights_;
};

// The same where it arrived: bytes in memory of somebody else's, aligned to 8.
class EdgeList {
 public:
  EdgeList(std::size_t size, std::span<std::byte const> ends, std::span<std::byte const> weights)
      : size_(size), ends_(ends.data()), wide_(ends.size() > 8 * size) {
    if (!weights.empty()) weights_ = reinterpret_cast<double const*>(weights.data());
  }

  // Calls take(source, target, its place) for each edge.
  template <class Take>
  void for_each(Take const& take) const {
    if (wide_) return walk(reinterpret_cast<std::uint64_t const*>(ends_), take);
    walk(reinterpret_cast<std::uint32_t const*>(ends_), take);
  }
  [[nodiscard]] double weight(std::size_t i) const noexcept { return weights_[i]; }

 private:
  template <class Id, class Take>
  void walk(Id const* ends, Take const& take) const {
    for (std::size_t i = 0; i < size_; ++i) take(std::uint64_t{ends[2 * i]}, std::uint64_t{ends[2 * i + 1]}, i);
  }

  std::size_t size_;
  std::byte const* ends_;
  double const* weights_ = nullptr;
  bool wide_;
};

}  // namespace pel::graph
