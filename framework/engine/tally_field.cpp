#include "engine/tally_field.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace pel::engine {

TallyField::TallyField(std::shared_ptr<HaloLayout const> layout, int workers)
    : SharedField(std::move(layout)),
      lanes_(static_cast<std::size_t>(workers)),
      totals_(this->layout().plan.owned()),
      added_(this->layout().slots()),
      shipping_(this->layout().plan, sizeof(std::uint64_t)) {}

std::uint64_t* TallyField::lane(int worker) {
  auto& lane = lanes_[static_cast<std::size_t>(worker)];
  if (!lane.sums) lane.sums = std::make_unique<std::uint64_t[]>(layout().slots());
  lane.used = true;
  return lane.sums.get();
}

bool TallyField::written() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](Lane const& lane) { return lane.used; });
}

void TallyField::clear(Lane& lane) const {
  if (lane.used) std::fill_n(lane.sums.get(), layout().slots(), std::uint64_t{0});
  lane.used = false;
}

// All lanes added up, in the first of them.
std::uint64_t* TallyField::sum_of_lanes() {
  auto* const sums = lane(0);
  for (std::size_t i = 1; i < lanes_.size(); ++i) {
    if (!lanes_[i].used) continue;
    for (std::size_t slot = 0; slot < layout().slots(); ++slot) sums[slot] += lanes_[i].sums[slot];
    clear(lanes_[i]);
  }
  return sums;
}

void TallyField::exchange(std::vector<std::uint8_t> const&, bool shipping) {
  if (!shipping) return;
  auto const* const sums = sum_of_lanes();
  added_.clear();
  for (std::size_t slot = totals_.size(); slot < layout().slots(); ++slot)
    if (sums[slot] != 0) added_.set(slot);
  shipping_.backward(reinterpret_cast<std::byte const*>(sums), added_,
                     [&](std::span<std::uint32_t const> owned, std::byte const* values) {
                       for (std::size_t i = 0; i < owned.size(); ++i) {
                         std::uint64_t value = 0;
                         std::memcpy(&value, values + i * sizeof value, sizeof value);
                         totals_[owned[i]] += value;
                       }
                     });
  for (std::size_t i = 0; i < totals_.size(); ++i) totals_[i] += sums[i];
  clear(lanes_[0]);
}

void TallyField::refresh() {
  for (auto& lane : lanes_) clear(lane);
}

}  // namespace pel::engine
