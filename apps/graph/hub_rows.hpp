// The rows of the vertices of highest degree, as bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <span>
#include <vector>

#include "common_bits.hpp"

// A rank's hubs: of its own vertices and mirrors those of highest degree, numbered by descending degree. Rows list
// vertices of higher degree, so that those of hub i are hubs below i: bits 0 … i - 1. All partitions of the rank share
// the rows; the first to come makes them, in each superstep anew, as rows come and go. They follow from the graph and
// its rows, and are never state.
class HubRows {
 public:
  static constexpr std::size_t most = 8192;  // 4.25 MiB of bits
  static constexpr std::uint16_t none = std::numeric_limits<std::uint16_t>::max();

  // `marked`: entries of rows have a bit of their own beside the slot, and rows of those that have it are made, too.
  // before(a, b): whether slot a comes before slot b, of equal degree; row_of(slot): the row if it is there, or
  // nothing. Called by partitions at the same time; afterwards reading is safe until the superstep ends.
  template <class Before, class RowOf>
  void prepare(std::int64_t superstep, std::span<std::uint32_t const> degrees, std::uint32_t mark, Before const& before,
               RowOf const& row_of) {
    std::scoped_lock const lock(mutex_);
    if (superstep_ == superstep) return;
    if (hub_.size() != degrees.size()) choose(degrees, before);
    fill(mark, row_of);
    superstep_ = superstep;
  }

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  // The number of the hub in this slot, or none.
  [[nodiscard]] std::uint16_t hub(std::uint32_t slot) const noexcept { return hub_[slot]; }
  // Its row, and the marked entries alone. Requires: the row was there.
  [[nodiscard]] std::span<BitBlock const> row(std::size_t hub) const noexcept { return of(all_, hub); }
  [[nodiscard]] std::span<BitBlock const> marked(std::size_t hub) const noexcept { return of(marked_, hub); }

 private:
  template <class Before>
  void choose(std::span<std::uint32_t const> degrees, Before const& before) {
    auto const least = least_degree(degrees);
    slots_.clear();
    for (std::uint32_t slot = 0; slot < degrees.size(); ++slot)
      if (degrees[slot] > least) slots_.push_back(slot);
    std::sort(slots_.begin(), slots_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return degrees[a] != degrees[b] ? degrees[a] > degrees[b] : before(a, b);
    });
    hub_.assign(degrees.size(), none);
    for (std::size_t i = 0; i < slots_.size(); ++i) hub_[slots_[i]] = static_cast<std::uint16_t>(i);
  }

  // At most `most` vertices have more, and who has less than two neighbours is in no triangle.
  [[nodiscard]] static std::uint32_t least_degree(std::span<std::uint32_t const> degrees) {
    if (degrees.size() <= most) return 1;
    std::vector<std::uint32_t> sorted(degrees.begin(), degrees.end());
    auto const at = sorted.begin() + most;
    std::nth_element(sorted.begin(), at, sorted.end(), std::greater<>());
    return std::max(*at, 1U);
  }

  template <class RowOf>
  void fill(std::uint32_t mark, RowOf const& row_of) {
    all_.assign(first_block(slots_.size()), BitBlock{});
    marked_.assign(mark == 0 ? 0 : all_.size(), BitBlock{});
    for (std::size_t i = 0; i < slots_.size(); ++i)
      for (auto const entry : row_of(slots_[i])) {
        auto const other = hub_[entry & ~mark];
        set_bit(of(all_, i), other);
        if ((entry & mark) != 0) set_bit(of(marked_, i), other);
      }
  }

  // Rows lie one behind the other, each as long as it may get.
  [[nodiscard]] static std::size_t first_block(std::size_t hub) noexcept {
    auto const longer = hub / bits_of_block;  // rows of 1, 2 … blocks, bits_of_block of each
    return longer * (longer + 1) / 2 * bits_of_block + (hub % bits_of_block) * (longer + 1);
  }
  [[nodiscard]] static std::span<BitBlock const> of(std::vector<BitBlock> const& bits, std::size_t hub) noexcept {
    return std::span(bits).subspan(first_block(hub), hub / bits_of_block + 1);
  }
  [[nodiscard]] static std::span<BitBlock> of(std::vector<BitBlock>& bits, std::size_t hub) noexcept {
    return std::span(bits).subspan(first_block(hub), hub / bits_of_block + 1);
  }

  std::mutex mutex_;
  std::int64_t superstep_ = -1;
  std::vector<std::uint32_t> slots_;  // by hub
  std::vector<std::uint16_t> hub_;    // by slot
  std::vector<BitBlock> all_, marked_;
};
