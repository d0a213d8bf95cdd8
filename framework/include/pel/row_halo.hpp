// Row halos: rows of slots, of own entries and of mirrored ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "engine/field_part.hpp"
#include "engine/row_field.hpp"

namespace pel {

// Each own entry has a row of slots of its rank: its neighbours, say. After step.publish(rows) every rank that mirrors
// the entry has the row, too, as slots of its own, in the order in which they were given, without those entries that it
// neither owns nor mirrors. Rows of mirrors come in rounds of bounded memory, one a publication, and a round's rows are
// gone with the next: a kernel publishes, uses what has() says is there, and publishes again until finished().
// In another superstep after that, new rows may be set and published.
// Name it in serialize(), so that the engine finds it; but it is no state that a checkpoint holds: after a restart
// started() is false, and the kernel sets its rows and publishes again. What it got out of the rounds before, it then
// gets again: rounds are not the same on other ranks.
// Cost of publish: w = entries of the rows shipped; h = 1 to 5 bytes an entry; in the first round 4 bytes a mirror and
// once 4 more, and l = 2 collectives.
// Example:
//   if (!rows.started()) {
//     for (auto const v : graph.vertices()) rows.set(v, row_of(v));
//   } else {
//     for (each neighbour's slot) if (rows.has(slot)) use(rows[slot]);
//   }
//   if (!rows.finished()) step.publish(rows);
class RowHalo {
 public:
  // Settings for tests and for rows with marks.
  struct Settings {
    bool marked = false;                                          // entries may have the bit `mark`
    std::uint64_t bytes_a_round = engine::RowField::usual_bytes;  // arriving at a rank
  };
  // Where rows are marked, this bit of an entry is not part of the slot, and travels along: slots are below it.
  static constexpr std::uint32_t mark = engine::RowField::mark;

  RowHalo() = default;
  // Of slot `slot` of the layout.
  RowHalo(std::shared_ptr<engine::HaloLayout const> layout, std::size_t slot, Settings settings)
      : part_(std::move(layout), slot), settings_(settings) {}
  RowHalo(std::shared_ptr<engine::HaloLayout const> layout, std::size_t slot)
      : RowHalo(std::move(layout), slot, Settings{}) {}

  [[nodiscard]] std::uint32_t size() const noexcept { return part_.size(); }
  // The slot of own entry i, in this rank's [owned | mirrors].
  [[nodiscard]] std::uint32_t slot(std::uint32_t i) const noexcept { return part_.first() + i; }
  // Sets the row of own entry i, in a superstep in which no delivery is under way. It is not copied: the memory stays
  // as it is until finished(), and while [slot] of it is read. Rows not set are empty.
  void set(std::uint32_t i, std::span<std::uint32_t const> row) noexcept { part_->set(slot(i), row); }

  // Whether the row of a slot, own or mirrored, is there now: own ones always, once published.
  [[nodiscard]] bool has(std::uint32_t slot) const noexcept { return part_->has(slot); }
  // The row of a slot. Requires: has(slot).
  [[nodiscard]] std::span<std::uint32_t const> operator[](std::uint32_t slot) const noexcept {
    return part_->row(slot);
  }
  // Whether rows have been published since the start or restart.
  [[nodiscard]] bool started() const noexcept { return part_->started(); }
  // Whether these are the last rows to come, the same on all ranks.
  [[nodiscard]] bool finished() const noexcept { return part_->finished(); }

  // For the engine.
  void bind(engine::HaloRegistry& registry, std::string const& name) {
    (void)part_.bind(registry, name, settings_.marked, settings_.bytes_a_round);
  }
  [[nodiscard]] unsigned number() const { return part_.number(); }

 private:
  engine::FieldPart<engine::RowField> part_;
  Settings settings_;
};

}  // namespace pel
