// The values of a halo on one rank: one array for all its partitions, [owned | mirrors], in two buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "comm/halo_plan.hpp"
#include "pel/partition.hpp"

namespace pel::engine {

// Where the values of a rank's partitions lie within [owned | mirrors], and who mirrors what. Shared by all halos over
// the same entries.
struct HaloLayout {
  comm::HaloPlan plan;
  std::vector<PartitionId> partitions;  // of this rank, ascending
  std::vector<std::uint32_t> first;  // by slot: the position of a partition's first entry; one past the end at the back
};

// One field: partitions read the front while they write their own entries of the back; exchange() makes the back the
// front. Invariants: 1. both buffers have owned + mirrors elements; 2. outside of exchange() the mirrors of the front
// hold what their owners published last; 3. after exchange() own entries are the same in both, so that those which
// nobody sets keep their value.
class HaloField {
 public:
  HaloField(std::shared_ptr<HaloLayout const> layout, std::size_t element_bytes);

  [[nodiscard]] std::byte* front() noexcept { return front_.get(); }
  [[nodiscard]] std::byte* back() noexcept { return back_.get(); }
  [[nodiscard]] HaloLayout const& layout() const noexcept { return *layout_; }
  [[nodiscard]] std::size_t element_bytes() const noexcept { return element_bytes_; }

  // Swaps the buffers and ships the values. Partitions that did not publish keep what they published before.
  // Collective: all ranks with this field, main thread. `published[slot]`. Throws: MpiError.
  void exchange(std::vector<std::uint8_t> const& published);

  // Nobody published: what was set all the same is dropped, in the slots that ran.
  void drop_unpublished(std::vector<std::size_t> const& slots);

  // Ships the front as it is: after a start or a restart.
  void refresh();

 private:
  std::shared_ptr<HaloLayout const> layout_;
  std::size_t element_bytes_;
  std::unique_ptr<std::byte[]> front_, back_;
};

// The fields of a job's kernels, by the name under which serialize() mentions them.
class HaloRegistry {
 public:
  struct Bound {
    std::shared_ptr<HaloField> field;
    unsigned number;
  };
  // The field of this name, made at the first call; number is its bit in StepFrame::published.
  // Throws: InternalError for more than 64 fields, or where a name is used for two kinds of halo.
  [[nodiscard]] Bound bind(std::string const& name, std::shared_ptr<HaloLayout const> const& layout,
                           std::size_t element_bytes);

  [[nodiscard]] std::vector<std::shared_ptr<HaloField>> const& fields() const noexcept { return fields_; }
  // All names with the bytes of an element, in order: the same on all ranks, or they would not ship the same.
  [[nodiscard]] std::string description() const;

 private:
  std::vector<std::string> names_;
  std::vector<std::shared_ptr<HaloField>> fields_;
};

}  // namespace pel::engine
