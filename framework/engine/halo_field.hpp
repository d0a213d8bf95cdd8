// The values of a halo on one rank: one array for all its partitions, [owned | mirrors], in two buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/block.hpp"
#include "engine/shared_field.hpp"

namespace pel::engine {

// One field: partitions read the front while they write their own entries of the back; exchange() makes the back the
// front. Invariants: 1. both buffers have owned + mirrors elements; 2. outside of exchange() the mirrors of the front
// hold what their owners published last; 3. after exchange() own entries are the same in both, so that those which
// nobody sets keep their value.
class HaloField final : public SharedField {
 public:
  HaloField(std::shared_ptr<HaloLayout const> layout, std::size_t element_bytes);

  [[nodiscard]] std::byte* front() noexcept { return front_.data(); }
  [[nodiscard]] std::byte* back() noexcept { return back_.data(); }
  [[nodiscard]] static std::string describe(std::size_t element_bytes) { return std::to_string(element_bytes); }
  [[nodiscard]] std::string description() const override { return describe(element_bytes_); }

  // Swaps the buffers and ships the values. Partitions that did not publish keep what they published before.
  void exchange(std::vector<std::uint8_t> const& published, bool shipping = true) override;
  // What was set all the same is dropped.
  void drop_unpublished(std::vector<std::size_t> const& slots) override;
  // Ships the front as it is.
  void refresh() override;

 private:
  std::size_t element_bytes_;
  base::Block front_, back_;
};

}  // namespace pel::engine
