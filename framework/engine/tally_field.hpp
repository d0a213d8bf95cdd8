// Sums of integers of a rank's entries and mirrors, which are added up at the owners.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bitmap.hpp"
#include "comm/sparse_shipping.hpp"
#include "engine/shared_field.hpp"

namespace pel::engine {

// Each worker adds to an array of its own, a lane, over [owned | mirrors]; exchange() adds all up and empties them.
// Invariant: outside of a superstep in which nothing was published all lanes are zero.
class TallyField final : public SharedField {
 public:
  TallyField(std::shared_ptr<HaloLayout const> layout, int workers);

  // The worker's lane. Called by that worker, or while no partition steps.
  [[nodiscard]] std::uint64_t* lane(int worker);
  [[nodiscard]] std::uint64_t* totals() noexcept { return totals_.data(); }  // by own entry

  [[nodiscard]] static std::string describe(int) { return "tally"; }
  [[nodiscard]] std::string description() const override { return "tally"; }
  [[nodiscard]] bool written() const override;
  void exchange(std::vector<std::uint8_t> const& published, bool shipping) override;
  // What was added waits until somebody publishes.
  void drop_unpublished(std::vector<std::size_t> const&) override {}
  void refresh() override;

 private:
  struct Lane {
    std::unique_ptr<std::uint64_t[]> sums;  // made when the worker first asks
    bool used = false;
  };
  [[nodiscard]] std::uint64_t* sum_of_lanes();
  void clear(Lane& lane) const;

  std::vector<Lane> lanes_;  // by worker
  std::vector<std::uint64_t> totals_;
  base::Bitmap added_;
  comm::SparseShipping shipping_;
};

}  // namespace pel::engine
