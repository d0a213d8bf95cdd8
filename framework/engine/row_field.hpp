// Rows of slots, shipped from owners to mirrors in rounds of bounded memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/ranked_bitmap.hpp"
#include "comm/peer_messages.hpp"
#include "engine/shared_field.hpp"

namespace pel::engine {

// A row names entries by the slots of its owner's rank. On the wire an entry is the number it has among those of all
// ranks, ordered by rank; the receiver drops the entries it does not have, and finds its slots for the others.
// A delivery takes rounds, one an exchange: in each, every stretch of mirrors gets as many of the following rows as fit
// into its share of the bound, at least one. Both ends know the lengths of all rows before, and so agree on that.
// Invariants: 1. rows of own entries stay what was given, whose memory is the caller's; 2. arrived rows are those of
// the last round only.
class RowField final : public SharedField {
 public:
  static constexpr std::uint64_t usual_bytes = std::uint64_t{64} << 20U;  // arriving at a rank in a round
  static constexpr std::uint32_t mark = std::uint32_t{1} << 31U;          // of an entry, where rows are marked

  // `marked`: the top bit of a row's slots is not part of the slot and travels with it.
  RowField(std::shared_ptr<HaloLayout const> layout, bool marked, std::uint64_t bytes_a_round = usual_bytes);

  void set(std::size_t owned, std::span<std::uint32_t const> row) noexcept { own_[owned] = row; }
  [[nodiscard]] bool has(std::size_t slot) const noexcept {
    return slot < own_.size() ? round_ > 0 : round_ > 0 && arrived_[slot - own_.size()].first != absent;
  }
  [[nodiscard]] std::span<std::uint32_t const> row(std::size_t slot) const noexcept {
    if (slot < own_.size()) return own_[slot];
    auto const& at = arrived_[slot - own_.size()];
    return {slots_.data() + at.first, at.count};
  }
  [[nodiscard]] bool started() const noexcept { return round_ > 0; }
  [[nodiscard]] bool finished() const noexcept { return round_ > 0 && round_ == rounds_; }

  [[nodiscard]] static std::string describe(bool marked, std::uint64_t bytes_a_round = usual_bytes) {
    return std::string(marked ? "marked rows " : "rows ") + std::to_string(bytes_a_round);
  }
  [[nodiscard]] std::string description() const override { return describe(marked_, bytes_a_round_); }
  // The next round of the delivery under way, or the first of a new one.
  void exchange(std::vector<std::uint8_t> const& published, bool shipping) override;
  void drop_unpublished(std::vector<std::size_t> const&) override {}
  // All rows are forgotten.
  void refresh() override;

 private:
  static constexpr std::uint64_t absent = ~std::uint64_t{0};
  struct Arrived {
    std::uint64_t first = absent;  // among slots_
    std::uint32_t count = 0;       // before it arrives: the length at its owner
  };
  struct Window {  // of a stretch, or of a neighbour's entries
    std::uint32_t first = 0, last = 0;
  };

  void number_entries();
  void begin();
  template <class Length>
  [[nodiscard]] std::uint32_t end_of_round(std::uint32_t first, std::uint32_t n, Length const& length) const;
  [[nodiscard]] std::uint32_t rounds_here() const;
  void drop_arrived();
  void encode(std::vector<std::uint32_t> const& entries, Window const& window, std::vector<std::byte>& bytes) const;
  void decode(std::span<std::byte const> bytes, std::uint32_t first, std::uint32_t last);
  [[nodiscard]] std::uint64_t number_of(std::uint32_t slot) const noexcept;
  [[nodiscard]] std::uint32_t slot_of(std::uint64_t number) const noexcept;

  bool marked_, numbered_ = false;
  std::uint64_t bytes_a_round_;
  std::vector<std::span<std::uint32_t const>> own_;  // by owned entry
  std::vector<Arrived> arrived_;                     // by mirror
  std::vector<std::uint32_t> slots_;                 // of all rows of the round
  std::uint32_t round_ = 0, rounds_ = 0;             // of a delivery: done, in all
  std::vector<Window> out_, in_;                     // by neighbour, by stretch

  std::uint64_t own_number_ = 0;               // of own entry 0
  std::vector<std::uint64_t> mirror_numbers_;  // by mirror, ascending
  base::RankedBitmap mirrored_;                // numbers that have a mirror
  comm::PeerMessages messages_;
};

}  // namespace pel::engine
